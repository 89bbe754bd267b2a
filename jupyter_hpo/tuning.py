"""`jupyter_hpo.tune(function, space, ...)`: the search of `%%hpo` for a function, also in scripts.

A thin layer: the function's call becomes a cell (`result = train(lr=lr, hidden=hidden)`), its
options the words of the magic's line, and the study is run by the same `Runner`.
"""

from __future__ import annotations

import os
import re
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .calling import (
    RESULT,
    VALUE_OF,
    call_of,
    captured_call,
    in_a_call,
    source_of,
    space_of,
)
from .cell import CapturedCell
from .errors import StudyError
from .functions import text_of

if TYPE_CHECKING:
    from .arguments import Request
    from .handle import StudyHandle
    from .options import Options

LIKE = "older_study"
"""The name by which the study given as `like` is found."""
NOT_HERE = (
    "auto",
    "edit",
    "explain",
    "reach",
    "resume",
    "space",
    "shared_setup",
    "no_shared_setup",
)
"""Options of the magic's line that mean nothing here."""


def tune(
    function: Callable[..., Any],
    space: Any,
    *,
    maximize: str | Sequence[str] = (),
    minimize: str | Sequence[str] = (),
    trials: int | None = None,
    timeout: str | float | None = None,
    jobs: int | str | None = None,
    sampler: str | None = None,
    pruner: str | None = None,
    seed: int | None = None,
    name: str | None = None,
    storage: Any = None,
    constraint: str | Sequence[str] = (),
    on: str | None = None,
    background: bool = False,
    quiet: bool = False,
    **options: Any,
) -> StudyHandle:
    """Search for the best arguments of a function.

        import jupyter_hpo
        from jupyter_hpo import Float, Int

        def train(lr, hidden=64):
            for epoch in range(20):
                ...
                jupyter_hpo.report(val_acc=accuracy)   # so that hopeless trials end early
            return accuracy

        study = jupyter_hpo.tune(
            train, {"lr": Float(1e-5, 1e-1, log=True), "hidden": Int(16, 256, log=True)},
            maximize="val_acc", trials=40,
        )
        study.best_params, study.best_value

    function: called in a worker process with one keyword argument for each parameter of the space
    (or, when it takes a single argument of another name, with a dict of them, as Ray Tune does).
    A parameter that does not exist under a trial's other values keeps the function's own default.
    It returns the objective as a number; a dict that has it (`{"val_acc": 0.9, "model": net}`);
    or nothing, and then the last `report(val_acc=...)` counts. What it returned in the best trial
    is `study.best("result")`. It may come from a module or from `__main__`; what it refers to
    travels with it.

    space: a dict of `Float`, `Int`, `Categorical`; a `SearchSpace`; an Optuna study or its
    distributions; a Ray Tune `param_space`; a scikit-learn grid.

    maximize, minimize: names of the objectives; several make a Pareto front. The other options
    are those of `%%hpo`, with the same values: timeout="30m", trial_timeout="5m", patience=20,
    jobs="auto", device="cuda:1", on="ray", like=older_study, ... With a name a study goes on where
    it stood; without one each call begins a new one (its name: `study.name`), as what a function
    does may hang on more than its code. When the function has a default for every parameter,
    trial 0 runs with these.

    background: return at once; `study.wait()` waits. quiet: show nothing but the result.

    In a notebook it shows the dashboard, in a terminal a line of progress, and the result at
    the end. Ctrl-C stops it, keeps what finished and raises KeyboardInterrupt, which names the
    study: `load_study(name)` has it. Call it on the main thread.

    Raises SpaceError for a space that can't be read or does not fit the function, StudyError for
    an option that is none, CellError when something the function needs can't travel to a worker,
    and what `%%hpo` raises when no trial could be run to its end.
    """
    from .run import Interrupted, Runner, StudyFailed
    from .session import study_name

    given = {
        "maximize": maximize, "minimize": minimize, "trials": trials, "timeout": timeout,
        "jobs": jobs, "sampler": sampler, "pruner": pruner, "seed": seed, "name": name,
        "storage": storage, "constraint": constraint, "on": on, **options,
    }  # fmt: skip
    cell, chosen, namespace = as_cell(function, space, given)
    if found := _above(function):
        cell = replace(cell, above=found[0], missing=found[1])
    called = chosen.name or study_name(replace(cell, identity=uuid.uuid4().hex[:10]))
    place = f"{called!r}" if chosen.root is None else f"{called!r}, {str(chosen.root)!r}"
    again = f"load_study({place}) has them; tune(..., name={called!r}) goes on."
    runner = Runner(namespace, background=background, quiet=quiet, again=again)
    try:
        return runner.start(cell, replace(chosen, name=called))
    except Interrupted as stop:
        ended: BaseException = Interrupted(str(stop))
    except StudyFailed as failure:
        ended = StudyFailed(_in_file(str(failure), cell.function_file))
    except StudyError as error:
        ended = StudyError(in_a_call(str(error)))
    raise ended


def as_cell(
    function: Callable[..., Any], space: Any, given: Mapping[str, Any]
) -> tuple[CapturedCell, Options, dict[str, Any]]:
    """The cell that calls the function, the study's options, and the names that the cell reads.
    given: options by the magic's names. Raises as `tune` does."""
    given, like = _with_like(given)
    request = _request(given)
    if not request.objectives:
        raise StudyError('tune() needs an objective: maximize="val_acc" or minimize="val_loss".')
    called, call, searched = call_of(function, space_of(space, function))
    source = source_of(called, call, searched, request)
    namespace = {"__name__": "__main__", called: function, VALUE_OF: _value_of()}
    cell = captured_call(source, searched, request, function, namespace)
    if like is not None:
        namespace[LIKE] = like
    return cell, replace(request.options, keep=(RESULT,)), namespace


def _above(function: Any) -> tuple[tuple[tuple[int, str], ...], tuple[str, ...]] | None:
    """The cells that make a function of a notebook; None elsewhere."""
    if "IPython" not in sys.modules or getattr(function, "__module__", "") != "__main__":
        return None
    from IPython import get_ipython  # type: ignore[attr-defined]

    from .past.above import above_function

    shell, name = get_ipython(), getattr(function, "__name__", "")
    if shell is None or shell.user_ns.get(name) is not function:
        return None
    try:
        found = above_function(shell, name, text_of(function))
    except (RecursionError, SyntaxError):
        return None
    return found if found[0] else None


# the options ----------------------------------------------------------------------------


def _request(given: Mapping[str, Any]) -> Request:
    """What the magic's line would ask for. Raises StudyError with its sentences."""
    from IPython.core.error import UsageError

    from .arguments import parsed_words

    words = []
    for option, value in given.items():
        if option in NOT_HERE:
            raise StudyError(f"tune() has no option {option!r}.")
        flag = "--" + option.replace("_", "-")
        for one in value if isinstance(value, list | tuple) else [value]:
            if one is True:
                words.append(flag)
            elif one is not None and one is not False:
                words.append(f"{flag}={_as_word(option, one)}")
    try:
        return parsed_words(words)
    except UsageError as error:
        raise StudyError(in_a_call(str(error))) from None


def _with_like(given: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """The options, in which a study given as `like` is a name, and that study. Raises StudyError
    for what is none."""
    like = given.get("like")
    if like is None or isinstance(like, str | os.PathLike):
        return dict(given), None
    from .storage.foreign import in_memory

    if in_memory(like) is None:
        raise StudyError(
            f"tune(): like={like!r} is no study. Give a study, its name, or the path of its folder."
        )
    return {**given, "like": LIKE}, like


def _as_word(option: str, value: Any) -> str:
    if option in ("timeout", "trial_timeout") and isinstance(value, int | float):
        return f"{value}s"
    return str(value)


def _in_file(text: str, file: str) -> str:
    """A sentence on an error, its line told with the file it is of."""
    if not os.path.isfile(file):  # typed at a prompt, or in a notebook
        return text
    return re.sub(r"\(line (\d+)\)$", lambda m: f'(File "{file}", line {m[1]})', text)


def _value_of() -> Callable[..., Any]:
    from .worker.returned import objective_of

    return objective_of
