"""What is run: the same source as a cell of ours and as a function for the peers.

Standard library only: the peers' environment imports it too.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Workload:
    """setup: what stands in earlier cells. cell: the training cell, marked; a line that ends
    in `# reported` assigns the objective `acc`. space: the marks again, for the peers:
    name -> (low, high, log), integers where both ends are. data: names of the setup's objects
    that a peer has to pass to its workers. default: the cell's own values, for a plain loop.

    The cell sets `spent` to the seconds of pure work in it.
    """

    name: str
    title: str
    trials: int
    setup: str
    cell: str
    space: dict[str, tuple[float, float, bool]]
    default: dict[str, float]
    data: tuple[str, ...] = field(default=())

    def shortened(self, trials: int) -> Workload:
        return replace(self, trials=min(trials, self.trials))

    def magic_cell(self, options: str) -> str:
        """The cell under `%%hpo`; prints what it spent into its trial's log."""
        magic = f"%%hpo --maximize acc --trials {self.trials} --fresh {options}"
        return f"{magic}\n{self.cell}\nprint('spent', spent)\n"

    def function(self, namespace: dict[str, Any]) -> Callable[..., tuple[float, float]]:
        """`trial(report, **data, **params) -> (acc, spent)`, its source put into namespace.

        report(acc, step) is called at every report of the cell.
        """
        lines = [f"def trial(report, {', '.join([*self.data, *self.space])}):", "    step = 0"]
        for line in self.cell.splitlines():
            if "# hpo:" in line:
                continue
            lines.append("    " + line)
            if line.endswith("# reported"):
                indent = " " * (4 + len(line) - len(line.lstrip()))
                lines += [f"{indent}step += 1", f"{indent}report(acc, step)"]
        lines.append("    return acc, spent")
        exec("\n".join(lines), namespace)
        return namespace["trial"]  # type: ignore[no-any-return]


def dedent(source: str) -> str:
    return textwrap.dedent(source).strip("\n")


EMPTY = Workload(
    name="w1",
    title="an empty cell",
    trials=200,
    setup="import time",
    cell=dedent("""
        x = 500    # hpo: 1..1000
        spent = 0.0
        acc = x / 1000  # reported
    """),
    space={"x": (1, 1000, False)},
    default={"x": 500},
)

MANY = Workload(
    name="scale",
    title="an empty cell with five params",
    trials=5000,
    setup="import time",
    cell=dedent("""
        lr = 1e-3       # hpo: 1e-5..1e-1 log
        units = 8       # hpo: 1..64 log
        drop = 0.5      # hpo: 0.0..0.9
        act = "relu"    # hpo: relu | tanh | gelu
        decay = 0.0     # hpo: -5.0..5.0
        spent = 0.0
        acc = drop - (decay - 1) ** 2 - abs(units - 20) - lr  # reported
    """),
    space={},
    default={},
)

DIGITS = Workload(
    name="w2",
    title="a torch MLP on digits, 30 epochs",
    trials=64,
    setup=dedent("""
        import time
        import torch
        from sklearn.datasets import load_digits

        torch.set_num_threads(1)
        pixels, labels = load_digits(return_X_y=True)
        inputs = torch.tensor(pixels / 16, dtype=torch.float32)
        targets = torch.tensor(labels)
        train_x, test_x = inputs[:1400], inputs[1400:]
        train_y, test_y = targets[:1400], targets[1400:]
    """),
    # Nothing that is tuned changes how long a training takes, so all contenders do the same.
    cell=dedent("""
        began = time.perf_counter()
        lr = 0.05          # hpo: 1e-3..1e-1 log
        momentum = 0.5     # hpo: 0.0..0.95
        torch.manual_seed(0)
        model = torch.nn.Sequential(
            torch.nn.Linear(64, 256), torch.nn.ReLU(),
            torch.nn.Linear(256, 256), torch.nn.ReLU(),
            torch.nn.Linear(256, 10),
        )
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
        for epoch in range(30):
            for rows in torch.randperm(len(train_x)).split(32):
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(train_x[rows]), train_y[rows])
                loss.backward()
                optimizer.step()
            with torch.no_grad():
                spent = time.perf_counter() - began
                acc = (model(test_x).argmax(1) == test_y).float().mean().item()  # reported
    """),
    space={"lr": (1e-3, 1e-1, True), "momentum": (0.0, 0.95, False)},
    default={"lr": 0.05, "momentum": 0.5},
    data=("train_x", "train_y", "test_x", "test_y"),
)


def big(size: int = 2048 * MEBIBYTE) -> Workload:
    """A notebook that holds an array of `size` bytes; each trial reads 8 MiB of it."""
    elements, part = size // 8, min(MEBIBYTE, size // 80)
    return Workload(
        name="w3",
        title=f"a notebook that holds {size / MEBIBYTE / 1024:.3g} GiB",
        trials=16,
        setup=f"import time\nimport numpy\nheld = numpy.ones({elements})",
        cell=dedent(f"""
            began = time.perf_counter()
            x = 5    # hpo: 1..10
            part = held[x * {part} - {part} : x * {part}]
            acc = float(part.sum()) * x  # reported
            spent = time.perf_counter() - began
        """),
        space={"x": (1, 10, False)},
        default={"x": 5},
        data=("held",),
    )


WORKLOADS = {w.name: w for w in (EMPTY, DIGITS, big())}
