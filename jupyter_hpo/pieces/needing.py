"""What the parts share: libraries that may be missing, words that may be misspelt, arguments that
count for other kinds."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from functools import wraps
from importlib import import_module
from inspect import Parameter, signature
from typing import Any, ParamSpec, TypeVar

from ..errors import HpoError

P = ParamSpec("P")
R = TypeVar("R")


def part(
    name: str, counts: Mapping[str, Collection[str]] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A part's function that answers a misspelt argument with the nearest (HpoError), and warns of
    one that its kind does not use. counts: argument -> the kinds that use it.

    A trial is not warned: the search writes all arguments into a call.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        parameters = signature(function).parameters
        takes_more = any(p.kind is Parameter.VAR_KEYWORD for p in parameters.values())

        @wraps(function)
        def call(*args: P.args, **given: P.kwargs) -> R:
            for argument in given:
                if argument not in parameters and not takes_more:
                    raise unknown(name, argument, parameters)
            if counts and not _in_trial():
                position = list(parameters).index("kind")
                kind = args[position] if len(args) > position else given.get("kind")
                kind = parameters["kind"].default if kind is None else kind
                idle = [a for a in given if a in counts and _word(kind) not in counts[a]]
                if idle:
                    said = f"{name}: kind {kind!r} does not use {', '.join(idle)}."
                    warnings.warn(said, stacklevel=2)
            return function(*args, **given)

        return call

    return decorate


def unknown(part: str, argument: str, there_are: Collection[str]) -> HpoError:
    """For an argument that there is not: the nearest, or all that there are."""
    near = get_close_matches(argument, there_are, 1)
    hint = f"Did you mean {near[0]}?" if near else f"It takes {', '.join(there_are)}."
    return HpoError(f"{part} has no argument {argument!r}. {hint}")


def _in_trial() -> bool:
    reporting = sys.modules.get("jupyter_hpo.worker.reporting")
    return reporting is not None and reporting.in_trial()


def need(module: str, part: str, install: str) -> Any:
    """The module. Raises HpoError that says which package `part` needs."""
    try:
        return import_module(module)
    except ImportError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise HpoError(
            f"{part} needs {module.partition('.')[0]}, which is not installed: "
            f"%pip install {install}."
        ) from None


def torch_for(part: str) -> Any:
    return need("torch", part, "torch")


def known(part: str, kind: str, kinds: Collection[str]) -> str:
    """The kind in lower case. Raises HpoError with the nearest for one that there is not."""
    word = _word(kind)
    if word in kinds:
        return word
    near = get_close_matches(word, kinds, 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise HpoError(f"{part} has no kind {kind!r}.{hint} Kinds: {', '.join(kinds)}.")


def _word(kind: object) -> str:
    return str(kind).lower().replace("-", "_").replace(" ", "_")


def plain_number(value: Any) -> float:
    """A number, also of a tensor that belongs to a graph of gradients."""
    return float(value.detach() if hasattr(value, "detach") else value)
