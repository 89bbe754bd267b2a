"""Real-looking training cells: what is found in them, and that binding changes nothing."""

from __future__ import annotations

import asyncio
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jupyter_hpo.cell import CapturedCell, bind, capture
from jupyter_hpo.cell.source import FLAGS
from jupyter_hpo.cell.wrapping import RECORDER, recorder_of
from jupyter_hpo.study.objective import Objective

CELLS = Path(__file__).parent.parent / "cells"


@dataclass(frozen=True)
class Expected:
    """marked: tuned by marks. offered: proposed. loop: the reporting loop's line (the cell's
    own first line is 2). objective: asked for; '' when it must be found (found). reports: how
    many a run gives; None when it isn't run. free: names it needs, exactly."""

    marked: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    loop: int | None = None
    objective: str = ""
    found: str = ""
    reports: int | None = 0
    free: frozenset[str] = frozenset()


DATA = frozenset({"X", "y"})
TORCH = frozenset({"torch", "nn", "F", "X_t", "y_t"})
EXPECTED = {
    "torch_digits": Expected(
        ("lr", "hidden", "optimizer", "momentum"), ("activation",), 14, "", "val_acc", 3, TORCH
    ),
    "torch_ties": Expected(
        ("width", "act", "Dropout.p", "opt", "lr", "weight_decay"),
        (),
        17,
        "val_losses[-1]",
        reports=3,
        free=frozenset({"X_t", "y_t"}),
    ),
    "torch_loader": Expected(
        ("n_hidden",),
        ("Dropout.p", "activation", "batch_size", "optimizer", "lr", "momentum"),
        31, "acc", "", 2, TORCH
    ),
    "torch_samples": Expected(
        ("step",), (), 7, "", "avg_loss", 40, frozenset({"torch", "X_t", "y_t"})
    ),
    "keras_fit": Expected(
        ("units", "activation"),
        ("Dropout.rate", "optimizer", "learning_rate", "batch_size"),
        None,
        "history.history['val_accuracy'][-1]",
        reports=None,
        free=frozenset({"keras", "X_train", "y_train"}),
    ),
    "sk_pipeline": Expected(
        (),
        ("scaler", "n_estimators", "max_depth", "min_samples_leaf"),
        None,
        "",
        "val_score",
        0,
        DATA,
    ),
    "sk_svc": Expected(
        ("C", "gamma"), ("kernel",), None, "", "score", 0, DATA | {"cross_val_score", "SVC"}
    ),
    "sk_partial_fit": Expected((), ("alpha", "penalty"), 5, "", "val_acc", 4, DATA),
    "sk_folds": Expected((), ("alpha",), 7, "np.mean(scores)", "", 3, DATA | {"np"}),
    "numpy_descent": Expected((), ("learning_rate", "l2"), 7, "", "loss", 50, DATA),
    "magics": Expected(("C",), (), None, "", "accuracy", None, DATA),
    "top_level_await": Expected(("rate",), (), 12, "", "loss", 5),
    "star_import": Expected(
        ("sigma",), (), None, "", "loss", 0, frozenset({"fsum", "exp"})
    ),
    "global_in_function": Expected(
        ("lr",), (), 12, "loss", "", 10, frozenset({"loss"})
    ),
    "while_break": Expected(("damping",), (), 4, "", "error", None),
    "nested_while": Expected(("rate",), (), 5, "", "loss", None),
    "progress": Expected(("lr",), (), 16, "", "val_loss", 6, frozenset({"np"})),
    "config_dict": Expected(
        ("lr", "hidden"),
        ("dropout", "optimizer"),
        14,
        "history['loss'][-1]",
        "",
        5,
        DATA | {"np"},
    ),
    "printed_only": Expected(
        (), ("n_neighbors", "weights"), None, "knn.score(X[150:], y[150:])", "", 0, DATA
    ),
    "earlier_model": Expected(
        (),
        ("optimizer", "lr"),
        3,
        "",
        "val_loss",
        3,
        frozenset({"torch", "model", "train_one_epoch", "evaluate", "history"}),
    ),
}  # fmt: skip


def namespace() -> dict[str, Any]:
    """A small notebook: data, modules, a model and functions of earlier cells."""
    np = pytest.importorskip("numpy")
    torch = pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    from sklearn.model_selection import cross_val_score
    from sklearn.svm import SVC

    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 8))
    y = (x[:, 0] + x[:, 1] ** 2 > 0.7).astype(int)
    x_t, y_t = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
    functional = torch.nn.functional
    torch.manual_seed(5)
    model = torch.nn.Linear(8, 2)

    def train_one_epoch(model: Any, opt: Any) -> float:
        loss = functional.cross_entropy(model(x_t), y_t)
        opt.zero_grad()
        loss.backward()
        opt.step()
        return loss.item()

    def evaluate(model: Any) -> float:
        with torch.no_grad():
            return functional.cross_entropy(model(x_t), y_t).item()

    return {
        "X": x, "y": y, "X_t": x_t, "y_t": y_t, "np": np, "torch": torch, "nn": torch.nn,
        "F": functional, "model": model, "train_one_epoch": train_one_epoch,
        "evaluate": evaluate, "history": [], "cross_val_score": cross_val_score, "SVC": SVC,
        "keras": None, "X_train": x, "y_train": y, "fsum": None, "exp": None,
        "__name__": "__main__",
    }  # fmt: skip


def transform() -> Callable[[str], str]:
    manager = pytest.importorskip("IPython.core.inputtransformer2").TransformerManager()
    return manager.transform_cell


def captured(name: str, auto: bool = False) -> CapturedCell:
    expected = EXPECTED[name]
    asked = (Objective(expected.objective, "minimize"),) if expected.objective else ()
    return capture(
        (CELLS / f"{name}.py").read_text(),
        objectives=asked,
        names=frozenset(namespace()),
        transform=transform(),
        auto=auto,
    )


def test_every_cell_has_its_expectation() -> None:
    assert {path.stem for path in CELLS.glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_capture(name: str) -> None:
    expected, cell = EXPECTED[name], captured(name)
    assert cell.problems == ()
    assert tuple(t.name for t in cell.tunables if t.declared) == expected.marked
    assert set(cell.space) == set(expected.marked)
    offered = tuple(t.name for t in cell.tunables if not t.declared and t.distribution)
    assert offered == expected.offered
    assert (cell.loop.place.line if cell.loop else None) == expected.loop
    assert [o.source for o in cell.objectives] == [expected.objective or expected.found]
    assert cell.free_names == expected.free


@pytest.mark.parametrize("name", [n for n in EXPECTED if n not in ("keras_fit", "magics")])
def test_bound_at_its_own_values_a_cell_gives_the_same_numbers(name: str) -> None:
    cell = captured(name, auto=True)
    own = {n: p.default for n, p in cell.space.items()}
    plain, bound = namespace(), namespace()
    code = compile(cell.source, "<cell>", "exec", flags=FLAGS, dont_inherit=True)
    result = eval(code, plain)
    if inspect.iscoroutine(result):
        asyncio.run(result)
    reports: list[int] = []
    bound[RECORDER] = recorder_of(cell.program(), bound, lambda step, *_: reports.append(step))
    bind(cell.program(), own).run(bound)
    assert set(plain) == set(bound) - {RECORDER}
    for key, value in plain.items():
        assert same(value, bound[key]), key
    expected = EXPECTED[name].reports
    assert expected is None or len(reports) == expected
    assert bound[RECORDER].error is None
    assert bool(reports) == (cell.loop is not None)


def same(a: Any, b: Any) -> bool:
    """Equal numbers, arrays, tensors and lists of them; other objects by type."""
    if isinstance(a, ModuleType | type):
        return a is b or a.__name__ == b.__name__
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if hasattr(a, "state_dict") and hasattr(a, "parameters"):
        return all(map(same, a.parameters(), b.parameters()))
    if hasattr(a, "dtype") and hasattr(a, "shape"):
        return bool((a == b).all())
    return a == b if isinstance(a, int | str) else type(a).__name__ == type(b).__name__
