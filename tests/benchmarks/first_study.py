"""`make bench`: the first tutorial against a plain loop, the cost of a trial, time to a report.

Everything runs in one real kernel, one after the other, so that the ratios hold when the
machine is slow; absolute seconds are for orientation only.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel

TUTORIAL = Path(__file__).parents[2] / "notebooks" / "01_first_study.ipynb"
PLAIN_RUNS = 20
EMPTY_TRIALS = 200

OPTUNA = f"""
import optuna, time
optuna.logging.set_verbosity(optuna.logging.ERROR)
t = time.perf_counter()
optuna.create_study(direction="maximize").optimize(
    lambda trial: trial.suggest_int("x", 1, 1000), n_trials={EMPTY_TRIALS}
)
print(time.perf_counter() - t)
"""

EMPTY = f"""%%hpo --maximize acc --trials {EMPTY_TRIALS} --name empty --fresh --jobs JOBS
x = 1    # hpo: 1..1000
acc = x
"""

REPORT = """%%hpo --maximize acc --trials 1 --name NAME --fresh
x = 0.5    # hpo: 0.0..1.0
import time
for epoch in range(3):
    acc = x
    print(time.time())
"""


class Notebook:
    def __init__(self, folder: str) -> None:
        self.manager, self.client = start_new_kernel(cwd=folder)

    def run(self, code: str) -> tuple[float, str]:
        """Seconds from sending the cell to its end, and what it printed."""
        printed: list[str] = []

        def collect(message: dict) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])
            elif message["msg_type"] == "error":
                raise RuntimeError("\n".join(message["content"]["traceback"]))

        began = time.perf_counter()
        self.client.execute_interactive(code, output_hook=collect, timeout=600)
        return time.perf_counter() - began, "".join(printed)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def first_report(notebook: Notebook, name: str) -> float:
    began = time.time()
    notebook.run(REPORT.replace("NAME", name))
    _, printed = notebook.run("print(study.trial(0).log.splitlines()[0])")
    return float(printed) - began


def main() -> None:
    cells = [c.source for c in nbformat.read(TUTORIAL, as_version=4).cells if c.cell_type == "code"]
    plain = next(c for c in cells if "untuned" in c and "%%hpo" not in c)
    search = next(c for c in cells if c.startswith("%%hpo"))
    rows: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        cold = Notebook(folder)
        cold.run("%load_ext jupyter_hpo")
        cold_s = first_report(cold, "cold")
        cold.close()

        notebook = Notebook(folder)
        notebook.run(cells[0])
        notebook.run("import torch; torch.set_num_threads(1)")
        loop_s, _ = notebook.run(f"for _ in range({PLAIN_RUNS}):\n" + indent(plain))
        notebook.run("%load_ext jupyter_hpo")
        notebook.run("import time; time.sleep(10)  # a person reads on while the helper warms")
        warm_s = first_report(notebook, "warm")
        notebook.run("time.sleep(10)")
        study_s, _ = notebook.run(search)
        _, facts = notebook.run(
            "print(len(study.trials), sum(len(t.reports) for t in study.trials), untuned,"
            " accuracy(model, test_x, test_y))"
        )
        notebook.run("time.sleep(10)")
        one_s, _ = notebook.run(EMPTY.replace("JOBS", "1"))
        two_s, _ = notebook.run(EMPTY.replace("JOBS", "2"))
        _, optuna_s = notebook.run(OPTUNA)
        notebook.close()
    trials, epochs, untuned, tuned = facts.split()
    rows += [
        (f"the plain cell, {PLAIN_RUNS} times", f"{loop_s:.1f} s"),
        (f"01_first_study, {trials} trials ({epochs} epochs)", f"{study_s:.1f} s"),
        ("   ratio study / plain loop", f"{study_s / loop_s:.2f}"),
        ("   test accuracy untuned -> tuned", f"{float(untuned):.3f} -> {float(tuned):.3f}"),
        ("empty cell, 1 job, a trial", f"{one_s / EMPTY_TRIALS * 1e3:.1f} ms"),
        ("empty cell, 2 jobs, a trial", f"{two_s / EMPTY_TRIALS * 1e3:.1f} ms"),
        (
            "   Optuna alone in the process, a trial",
            f"{float(optuna_s) / EMPTY_TRIALS * 1e3:.1f} ms",
        ),
        ("Run to first report, extension just loaded", f"{cold_s:.2f} s"),
        ("Run to first report, warm, torch in the notebook", f"{warm_s:.2f} s"),
    ]
    width = max(len(name) for name, _ in rows)
    for name, figure in rows:
        print(f"{name:<{width}}  {figure}")


def indent(code: str) -> str:
    return "\n".join("    " + line for line in code.splitlines())


if __name__ == "__main__":
    main()
