"""What an adapter is, and what it lets a formula see of a fit that runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...cell.fits.metrics import key_like, metric_from

if TYPE_CHECKING:
    from .fits import Fits
    from .patches import Patches


def arguments_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """By parameter what a call would be given; nothing when it would raise."""
    try:
        return dict(inspect.signature(call).bind(*args, **kwargs).arguments)
    except (TypeError, ValueError):
        return {}


class Missing(LookupError):
    """The fit tells nothing of what is asked, now or at all: no report."""


@dataclass(frozen=True)
class Adapter:
    """One framework. modules: a module's name -> what to replace once it is loaded, called as
    put(module, patches, fits). It must not import anything."""

    name: str
    modules: Mapping[str, Callable[[Any, Patches, Fits], None]]


@dataclass
class View:
    """A fit at the end of a step, as a formula sees it.

    result: makes what the call would return if it ended now. model: what stands before `.fit`.
    argument: what a dictionary handed to the call holds by now. logged: the figures of this
    step, by the framework's key. sets: the data sets that are measured, as (the objects that
    they were made of, figures by key); the validation data last. classifier: whether `score` is
    an accuracy. owner: the object itself that stands before `.fit`. evaluated: makes what
    `.evaluate` would return of figures.
    """

    logged: Mapping[str, float] = field(default_factory=dict)
    sets: Sequence[tuple[tuple[Any, ...], Mapping[str, float]]] = ()
    result: Callable[[], Any] | None = None
    model: Callable[[], Any] | None = None
    argument: Callable[[], Any] | None = None
    evaluated: Callable[[Mapping[str, float], bool], Any] | None = None
    classifier: bool = True
    owner: Any = None

    def made(self, part: Callable[[], Any] | None) -> Any:
        """One of the parts above, made now. Raises Missing."""
        if part is None:
            raise Missing
        return part()

    def named(self, name: str) -> float:
        """The figure of this step that is called so. Raises Missing."""
        key = key_like(name, self.logged)
        if key is None:
            raise Missing
        return float(self.logged[key])

    def metric(self, name: str, figures: Mapping[str, float]) -> float:
        """A metric among a data set's figures. Raises Missing."""
        if name == "score":
            if not self.classifier:
                raise Missing
            name = "accuracy"
        value = metric_from(figures.items(), name)
        if value is None:
            raise Missing
        return value
