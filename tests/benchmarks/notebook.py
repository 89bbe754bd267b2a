"""A real kernel, driven as a front end drives it."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from jupyter_client.manager import start_new_kernel

WARMING = """
import threading
at_work = {"jupyter_hpo-warmup", "jupyter_hpo-imports"}
print("busy" if at_work & {_.name for _ in threading.enumerate()} else "")
"""

FACTS = """
import json
print(json.dumps({
    "ends": [t.finished_at for t in study.session.study.trials.values() if t.finished_at],
    "spent": [float(t.log.rpartition("spent")[2]) for t in study.trials if "spent" in t.log],
    "states": [t.state for t in study.trials],
}))
"""


class Notebook:
    """Runs cells in a kernel of its own, in `folder`. Raises RuntimeError where a cell does."""

    def __init__(self, folder: str) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        self.manager, self.client = start_new_kernel(
            cwd=folder, env=environment, extra_arguments=["--IPKernelApp.log_level=ERROR"]
        )

    @property
    def pid(self) -> int:
        return int(self.manager.provisioner.pid)

    def run(self, code: str) -> tuple[float, str]:
        """Seconds from sending the cell to its end, and what it printed."""
        printed: list[str] = []

        def collect(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        began = time.perf_counter()
        reply = self.client.execute_interactive(code, output_hook=collect, timeout=1800)
        if reply["content"]["status"] != "ok":
            content = reply["content"]
            raise RuntimeError(f"{content.get('ename')}: {content.get('evalue')}".strip())
        return time.perf_counter() - began, "".join(printed)

    def ready(self) -> None:
        """Wait until what warms up behind the notebook has done so, as while a person reads."""
        while "busy" in self.run(WARMING)[1]:  # it goes on between cells only
            time.sleep(0.2)

    def facts(self) -> dict[str, Any]:
        """Of the study that has just run: ends (by time()), spent, states."""
        found: dict[str, Any] = json.loads(self.run(FACTS)[1].splitlines()[-1])
        return found

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
