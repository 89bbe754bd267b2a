"""An objective's value out of what a tuned function returns, for `jupyter_hpo.tune`.

The cell that `tune` makes of a function calls it here, once for each objective.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..study.objective import ObjectiveError
from . import reporting


def objective_of(function: str, name: str, returned: Any, alone: bool) -> Any:
    """The value of the objective `name`: under that name in a mapping, the number itself when
    it is the only objective (alone), the last report when nothing was returned.

    Raises ObjectiveError with what was returned and what to return.
    """
    if isinstance(returned, Mapping):
        if name in returned:
            return returned[name]
        given = ", ".join(map(str, returned)) or "nothing"
        raise ObjectiveError(
            f'{function}() returned {given}, not the objective {name!r}. Return {{"{name}": ...}}.'
        )
    if returned is None:
        reported = reporting.last_reported(name)
        if reported is None:
            raise ObjectiveError(
                f"{function}() returned None and reported nothing. Return {name}, a dict that "
                f"has it, or call jupyter_hpo.report({name}=...)."
            )
        return reported
    if not alone:
        raise ObjectiveError(
            f"{function}() returned a {type(returned).__name__}; with several objectives "
            f'return a dict: {{"{name}": ..., ...}}.'
        )
    return returned
