"""A program: run every cell of a folder with and without its shared set-up, and compare.

One process imports the libraries and runs the notebook's earlier cells; each trial is a fork of
it. Prints one JSON object: cell -> what differs, "" when nothing does.
"""

from __future__ import annotations

import json
import linecache
import os
import pickle
import re
import socket
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.cell.setup import shared_setup
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial_events import Answer, Finished, Reported, TrialSpec
from jupyter_hpo.worker import randomness, shell
from jupyter_hpo.worker.behind import look_behind
from jupyter_hpo.worker.child import redirect_output
from jupyter_hpo.worker.shared_setup import run_shared
from jupyter_hpo.worker.trial import Setting, Trial

NOTEBOOK = """
import numpy as np, torch
import torch._dynamo  # the first optimiser would import it, in every fork
from torch import nn
from torch.nn import functional as F
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC
torch.set_num_threads(1)
rng = np.random.default_rng(0)
X = rng.normal(size=(200, 8))
y = (X[:, 0] + X[:, 1] ** 2 > 0.7).astype(int)
X_t, y_t = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
torch.manual_seed(5)
model = nn.Linear(8, 2)
history = []
def train_one_epoch(model, opt):
    loss = F.cross_entropy(model(X_t), y_t)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.item()
def evaluate(model):
    with torch.no_grad():
        return F.cross_entropy(model(X_t), y_t).item()
"""
LEADING = """
torch.manual_seed(11); np.random.seed(12)
noise = np.random.rand(3).sum() + float(torch.rand(()))
print("prepared")
"""
"""Put before each cell: there is something to share, and draws that the rest goes on from."""

OBJECTIVES = {
    "torch_ties": "val_losses[-1]", "torch_loader": "acc", "sk_folds": "np.mean(scores)",
    "config_dict": "history['loss'][-1]", "global_in_function": "loss", "magics": "accuracy",
    "printed_only": "knn.score(X[150:], y[150:])",
}  # fmt: skip


class Notes:
    """A trial's channel that answers everything with yes, and keeps what was sent."""

    def __init__(self) -> None:
        self.reports: list[Any] = []
        self.end: Any = None

    def send(self, event: Any) -> None:
        if isinstance(event, Reported):
            self.reports.append((event.step, event.values))
        self.end = event

    def answer(self) -> tuple[Answer, str | None]:
        over = isinstance(self.end, Finished)
        return (Answer.RELEASE if over else Answer.CONTINUE), None

    def give_up(self) -> Any:
        raise AssertionError("nobody gives up here")


def outcome(program: CellProgram, namespace: dict[str, Any], log: Path, seed: int | None) -> Any:
    """What one trial in a fork reports, prints and binds; its set-up's event first."""
    end, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(end)
        kernel, _other = socket.socketpair()
        state = randomness.capture()
        shared = run_shared(program, namespace, state, seed=seed, kernel_fd=kernel.fileno())
        redirect_output(str(log))
        notes = Notes()
        setting = Setting(shared.program, state, frozenset(), shared.done)
        Trial(setting, TrialSpec(0, {}, seed), namespace, notes).run()
        bound = {name: shape(namespace.get(name)) for name in program.keep}
        values = getattr(notes.end, "values", None)
        with os.fdopen(theirs, "wb") as out:
            pickle.dump((shared.event, values or str(notes.end), notes.reports, bound), out)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(end, "rb") as found:
        content = found.read()
    os.waitpid(pid, 0)
    event, values, reports, bound = pickle.loads(content)
    text = log.read_text()
    log.unlink()
    return event, {"values": values, "reports": reports, "log": text, **bound}


def shape(value: Any) -> Any:
    """Something plain that is equal when the values are, bit for bit."""
    if isinstance(value, type | ModuleType):
        return value.__name__
    if hasattr(value, "bit_generator"):
        return repr(value.bit_generator.state)
    if hasattr(value, "state_dict"):
        return shape(value.state_dict())
    if isinstance(value, Mapping):
        return [(repr(key), shape(inner)) for key, inner in value.items()]
    if isinstance(value, list | tuple):
        return [shape(inner) for inner in value]
    if hasattr(value, "detach"):
        return shape(value.detach().numpy())
    if hasattr(value, "tobytes"):
        return value.tobytes()
    if hasattr(value, "get_params"):
        return [type(value).__name__, shape(vars(value))]
    return re.sub(r" at 0x\w+", "", repr(value))


def compare(shared: CellProgram, namespace: dict[str, Any], scratch: Path, seed: int | None) -> str:
    """What differs between a trial with the set-up and one without."""
    event, first = outcome(shared, namespace, scratch / "log", seed)
    _, second = outcome(replace(shared, setup=()), namespace, scratch / "log", seed)
    if event is None or event.why_not:
        return event.why_not if event else "nothing was shared"
    if not isinstance(first["values"], tuple):
        return str(first["values"])
    wrong = [name for name in second if first[name] != second[name]]
    return ", ".join(f"{n}: {first[n]!r:.200} not {second[n]!r:.200}" for n in wrong)


def main(folder: Path, scratch: Path) -> None:
    namespace = sys.modules["__main__"].__dict__
    linecache.cache["<earlier>"] = (1, None, NOTEBOOK.splitlines(True), "<earlier>")
    exec(compile(NOTEBOOK, "<earlier>", "exec"), namespace)
    shell.offer(namespace, now=True)
    differences = {}
    for path in sorted(folder.glob("*.py")):
        if path.stem == "keras_fit":
            continue
        asked = OBJECTIVES.get(path.stem)
        cell = capture(
            LEADING + path.read_text(),
            objectives=[Objective(asked, "minimize")] if asked else [],
            names=set(namespace),
            transform=TransformerManager().transform_cell,
            auto=True,
            filename="<cell In[3]>",
            line_offset=0,
        )
        assert not cell.problems, cell.problems
        program = replace(cell.program(), keep=(*cell.assigned, "model", "history"))
        setup = shared_setup(program, look_behind(namespace, cell.free_names))
        shared = replace(program, setup=setup)
        differences[path.stem] = next(
            filter(None, (compare(shared, namespace, scratch, seed) for seed in (None, 7))), ""
        )
    print(json.dumps(differences))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
