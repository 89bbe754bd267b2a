"""`jupyter_hpo.tune(function, space, ...)`: the search of `%%hpo` for a function, also in scripts.

A thin layer: the function's call becomes a cell (`result = train(lr=lr, hidden=hidden)`), its
options the words of the magic's line, and the study is run by the same `Runner`.
"""

from __future__ import annotations

import hashlib
import inspect
import keyword
import math
import os
import re
import textwrap
import types
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .cell import CapturedCell, capture
from .errors import CellError, SpaceError, StudyError
from .space import MISSING, Categorical, Float, Parameter, SearchSpace
from .study.constraints import ConstraintError, parse_constraints
from .study.figures import FIGURES

if TYPE_CHECKING:
    from .arguments import Request
    from .handle import StudyHandle
    from .options import Options

RESULT = "result"
VALUE_OF = "objective_of"
LIKE = "older_study"
"""The name by which the study given as `like` is found."""
FILENAME = "<jupyter_hpo.tune>"
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
        ended = StudyError(_said(str(error)))
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
    called, call, searched = _call(function, _space(space, function))
    source = _source(called, call, searched, request)
    namespace = {"__name__": "__main__", called: function, VALUE_OF: _value_of()}
    cell = _captured(source, searched, request, function, namespace)
    if like is not None:
        namespace[LIKE] = like
    return cell, replace(request.options, keep=(RESULT,)), namespace


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
        raise StudyError(_said(str(error))) from None


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


def _said(text: str) -> str:
    """The magic's sentence, of a call."""
    text = text.replace(" (%%hpo? lists the options)", "").replace("in this line", "in this call")
    text = re.sub(r"--([a-z]+(?:-[a-z]+)*)", lambda m: m[1].replace("-", "_"), text)
    return text.replace("%%hpo: ", "tune(): ", 1)


def _in_file(text: str, file: str) -> str:
    """A sentence on an error, its line told with the file it is of."""
    if not os.path.isfile(file):  # typed at a prompt, or in a notebook
        return text
    return re.sub(r"\(line (\d+)\)$", lambda m: f'(File "{file}", line {m[1]})', text)


# the space and the call -----------------------------------------------------------------


def _space(space: Any, function: Callable[..., Any]) -> SearchSpace:
    """With the function's own defaults. Raises SpaceError."""
    from .interop import read_space

    found = read_space(space)
    if not found:
        raise SpaceError("the space is empty.", 'Give it a range: {"lr": Float(1e-5, 1e-1)}.')
    for name in found:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise SpaceError(
                f"{name!r} is no name of an argument.", "Name it by letters, digits and _."
            )
    defaults = {
        p.name: p.default
        for p in _parameters(function) or ()
        if p.default is not inspect.Parameter.empty
    }
    parameters = []
    for parameter in found.values():
        if parameter.default is MISSING and parameter.name in defaults:
            parameter = replace(parameter, default=_default(parameter, defaults[parameter.name]))
        parameters.append(parameter)
    return SearchSpace(parameters)


def _default(parameter: Parameter, value: Any) -> Any:
    """A default of the function as the space has it; MISSING for what is no value of its kind."""
    distribution = parameter.distribution
    if isinstance(distribution, Categorical):
        value = repr(value) if distribution.expressions else value
        return value if distribution.contains(value) else MISSING
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return MISSING
    if isinstance(distribution, Float):
        return float(value)
    return value if isinstance(value, int) else MISSING


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """None where Python doesn't know."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        if not callable(function):
            raise SpaceError(f"{function!r} can't be called.", "Give a function.") from None
        return None


def _call(function: Callable[..., Any], space: SearchSpace) -> tuple[str, str, SearchSpace]:
    """The function's name in the cell, its call there, and the space. Raises SpaceError when it
    can't be called with the parameters of the space."""
    shown = getattr(function, "__name__", type(function).__name__)
    called = shown if shown.isidentifier() and not keyword.iskeyword(shown) else "function"
    while called in space or called in (RESULT, VALUE_OF):
        called += "_"
    parameters = _parameters(function)
    by_name = f"{called}({', '.join(f'{name}={name}' for name in space)})"
    if parameters is None:
        return called, by_name, space
    P = inspect.Parameter
    if any(p.kind is P.VAR_KEYWORD for p in parameters):
        taken = set(space)
    else:
        taken = {p.name for p in parameters if p.kind in (P.POSITIONAL_OR_KEYWORD, P.KEYWORD_ONLY)}
    needed = [
        p.name for p in parameters
        if p.default is P.empty and p.kind not in (P.VAR_KEYWORD, P.VAR_POSITIONAL)
    ]  # fmt: skip
    if not taken & set(space) and len(needed) == 1:
        items = ", ".join(f'"{name}": {name}' for name in space)
        return called, f"{called}({{{items}}})", space
    unknown = [name for name in space if name not in taken]
    if unknown:
        raise SpaceError(
            f"{shown}() takes no argument {unknown[0]!r}.",
            f"It takes: {', '.join(p.name for p in parameters) or 'none'}.",
        )
    missing = [name for name in needed if name not in space]
    if missing:
        raise SpaceError(
            f"{shown}() also needs {', '.join(missing)}, which the space doesn't have.",
            f"Give it a default, or functools.partial({shown}, {missing[0]}=...).",
        )
    for parameter in space.values():
        if parameter.condition is not None and parameter.name in needed:
            raise SpaceError(
                f"{parameter.name!r} exists only if {parameter.condition}, and {shown}() always "
                "needs it.",
                f"Give it a default there: {parameter.name}=...",
            )
    return called, by_name, space


# the cell -------------------------------------------------------------------------------


def _source(called: str, call: str, space: SearchSpace, request: Request) -> str:
    """The cell that calls the function."""
    lines = [f"{p.name} = {_literal(p)}" for p in space.values()]
    lines.append(f"{RESULT} = {call}")
    wanted = [o.source for o in request.objectives if o.is_name and o.source not in FIGURES]
    bounded = _bounded(request.options.constraints)
    known = {*space, *FIGURES, RESULT}
    for name in dict.fromkeys([*wanted, *bounded]):
        if name not in known:
            alone = wanted == [name] and name not in bounded
            lines.append(f"{name} = {VALUE_OF}({called!r}, {name!r}, {RESULT}, {alone})")
    return "\n".join(lines) + "\n"


def _bounded(constraints: Sequence[str]) -> Iterator[str]:
    for text in constraints:
        try:
            yield from (name for c in parse_constraints(text) for name in c.names)
        except ConstraintError:  # said with the options
            continue


def _literal(parameter: Parameter) -> str:
    """The value that stands in the cell; what has no default begins anywhere in its range."""
    distribution, value = parameter.distribution, parameter.default
    if isinstance(distribution, Categorical):
        value = distribution.choices[0] if value is MISSING else value
        return str(value) if distribution.expressions else repr(value)
    return repr(distribution.low if value is MISSING else value)


def _captured(
    source: str,
    space: SearchSpace,
    request: Request,
    function: Callable[..., Any],
    namespace: Mapping[str, Any],
) -> CapturedCell:
    """The cell as a captured one that knows the function. Raises CellError with its problems."""
    cell = capture(
        source,
        objectives=request.objectives,
        constraints=request.options.constraints,
        space=space,
        names=frozenset(namespace),
        filename=FILENAME,
        line_offset=0,
        keep=(RESULT,),
    )
    if cell.problems:
        raise CellError(list(cell.problems))
    # Where the function has no default, the cell's value is only a place.
    given = [replace(p, default=space[p.name].default) for p in cell.space.values()]
    code = _code(function)
    text = _text(function)
    return replace(
        cell,
        space=SearchSpace(given),
        function_file="" if code is None else code.co_filename,
        function_source=text,
        identity=hashlib.sha256((text or repr(function)).encode()).hexdigest()[:10],
        reports="each call of report(...) is a report" if _may_report(function) else "",
    )


def _function(function: Any) -> types.FunctionType | None:
    """The Python function in a callable, where there is one."""
    function = inspect.unwrap(getattr(function, "func", function))  # a partial's
    if inspect.ismethod(function):
        function = function.__func__
    if not isinstance(function, types.FunctionType):  # an object that can be called
        function = getattr(type(function), "__call__", None)  # noqa: B004
    return function if isinstance(function, types.FunctionType) else None


def _code(function: Any) -> types.CodeType | None:
    found = _function(function)
    return None if found is None else found.__code__


def _text(function: Any) -> str:
    found = _function(function)
    try:
        return textwrap.dedent(inspect.getsource(found)) if found is not None else ""
    except (OSError, TypeError):  # typed at a prompt, or compiled
        return ""


def _may_report(function: Any) -> bool:
    """Whether it, or a function of its module that it calls, speaks of `report`; where it can't
    be read: yes."""
    first = _function(function)
    if first is None:
        return True
    todo, seen = [first], set()
    while todo:
        one = todo.pop()
        if one.__code__ in seen:
            continue
        seen.add(one.__code__)
        names = _names(one.__code__)
        if "report" in names:
            return True
        held = [one.__globals__.get(name) for name in names]
        todo += [f for f in held if isinstance(f, types.FunctionType)]
    return False


def _names(code: types.CodeType) -> set[str]:
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return set(code.co_names).union(*(_names(c) for c in inner))


def _value_of() -> Callable[..., Any]:
    from .worker.returned import objective_of

    return objective_of
