"""The versions of ipykernel that control is tested on: two older ones beside the newest.

Each older one lies in a folder of its own (`make kernels`), put before the environment's own
on the kernel's path; all else is shared, so a version costs a megabyte and a second.

ipykernel 7.0 to 7.3 lose a request now and then: a reply is sent on a socket behind the back of
the stream that reads it, which then may miss that something came (ipython/ipykernel#1554,
mended in 7.4 by #1529). That is nothing of ours, so `python -m tests.kernels` makes the same
change in our copy.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

OLDER = ("6.31", "7.3")
NEWEST = "newest"
VERSIONS = (*OLDER, NEWEST)
FOLDER = Path(__file__).parents[1] / ".kernels"

LOST = "self._shell_socket.send_multipart(msg)"
MENDED = """from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.instance().kernel.shell_stream.send_multipart(msg)"""


def environment(version: str) -> dict[str, str]:
    """What a kernel of that version has in its environment beside ours.

    Raises FileNotFoundError when that version was not fetched.
    """
    if version == NEWEST:
        return {}
    folder = FOLDER / version
    if not (folder / "ipykernel").is_dir():
        raise FileNotFoundError(f"no ipykernel {version} in {folder}: `make kernels` fetches it")
    paths = [str(folder), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def write_specs(data: Path) -> None:
    """Kernelspecs `ipykernel-<version>` in a Jupyter data folder, of the versions fetched."""
    for version in VERSIONS:
        if version != NEWEST and not (FOLDER / version).is_dir():
            continue
        folder = data / "kernels" / f"ipykernel-{version}"
        folder.mkdir(parents=True)
        spec = {
            "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": f"ipykernel {version}",
            "language": "python",
            "env": environment(version),
            "metadata": {"debugger": False},
        }
        (folder / "kernel.json").write_text(json.dumps(spec))


def mend(folder: Path) -> None:
    """See above; nothing where the version has not that fault."""
    manager = folder / "ipykernel" / "subshell_manager.py"
    if manager.is_file():
        manager.write_text(manager.read_text().replace(LOST, MENDED))


if __name__ == "__main__":
    for older in OLDER:
        mend(FOLDER / older)
