"""jupyter_hpo: put `%%hpo` above a training cell and get a hyperparameter search.

    %load_ext jupyter_hpo

Everything here is imported when it is first used: importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import pieces
    from .errors import HpoError
    from .handle import StudyHandle, load_study
    from .range_test import lr_find
    from .results import StudyResults
    from .space import Categorical, Condition, Float, Int, Parameter, SearchSpace
    from .tuning import tune
    from .worker.reporting import report

_HOMES = {
    "Categorical": ".space",
    "Condition": ".space",
    "Float": ".space",
    "HpoError": ".errors",
    "Int": ".space",
    "Parameter": ".space",
    "SearchSpace": ".space",
    "StudyHandle": ".handle",
    "StudyResults": ".results",
    "load_study": ".handle",
    "lr_find": ".range_test",
    "report": ".worker.reporting",
    "tune": ".tuning",
}

__version__ = "0.1.0"

__all__ = [
    "Categorical",
    "Condition",
    "Float",
    "HpoError",
    "Int",
    "Parameter",
    "SearchSpace",
    "StudyHandle",
    "StudyResults",
    "__version__",
    "load_ipython_extension",
    "load_study",
    "lr_find",
    "pieces",
    "report",
    "tune",
    "unload_ipython_extension",
]


def __getattr__(name: str) -> Any:
    if name == "pieces":
        return import_module(".pieces", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext jupyter_hpo`: `%%hpo`, `%hpo`, and cells that begin with `#! %%hpo`."""
    from .magics import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext jupyter_hpo`."""
    from .magics import unload

    unload(shell)
