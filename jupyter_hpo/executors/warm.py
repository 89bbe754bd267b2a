"""The helper process seen from the kernel; it may be started before a study needs it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence

from ..errors import ExecutorError
from ..worker.threads import THREAD_VARIABLES
from ..worker.wire import Closed, pair

# The kernel's own sys.path, from the first import on: this package may be on it only there.
BOOT = (
    "import sys; sys.path[:] = {path!r}; "
    "from jupyter_hpo.worker.helper import main; main(int(sys.argv[1]))"
)
GRACE_S = 3.0


class WarmHelper:
    """A helper process that waits for a snapshot. modules: imported meanwhile.

    Start one early (it takes a second or two with torch) and hand it to `ProcessExecutor`,
    which owns it from then on. Raises ExecutorError where processes can't be forked.
    """

    def __init__(self, modules: Sequence[str] = ()) -> None:
        if not hasattr(os, "fork"):
            raise ExecutorError(
                f"trials in processes need fork, which {sys.platform} hasn't. "
                "Run the study with `--executor inline`."
            )
        self.closed = False
        self.last_words = ""
        """The last line that it wrote on stderr; known once it is closed."""
        self.wire, theirs = pair()
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            with theirs:
                self.process = subprocess.Popen(
                    [sys.executable, "-c", BOOT.format(path=sys.path), str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self.errors,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                    env=environment(os.environ),
                )
        except OSError as error:
            self.wire.close()
            self.errors.close()
            raise ExecutorError(f"the helper process can't be started: {error}.") from error
        if modules:
            self.prepare(modules)

    def prepare(self, modules: Sequence[str]) -> None:
        """Import these too; only until an executor has taken it over."""
        try:
            self.wire.send(("import", tuple(modules)))
        except Closed:  # seen again, and told, when it is to run a trial
            pass

    def close(self) -> bool:
        """End the process and its children; returns when it is gone. False when it had to be
        forced or had died before, so that its children may be left."""
        if self.closed:
            return True
        self.closed = True
        self.wire.close()
        try:
            self.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:  # it is busy importing, say
            self.process.kill()
            self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        self.last_words = lines[-1] if lines else ""
        self.errors.close()
        return self.process.returncode == 0


def environment(base: Mapping[str, str]) -> dict[str, str]:
    """A helper's environment: one thread for every library, pictures without a screen."""
    made = {**base, **dict.fromkeys(THREAD_VARIABLES, "1"), "PYTHONUNBUFFERED": "1"}
    backend = base.get("MPLBACKEND", "")
    if not backend or backend.startswith("module://"):
        made["MPLBACKEND"] = "agg"
    return made
