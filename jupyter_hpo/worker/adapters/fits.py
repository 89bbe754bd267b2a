"""The fits of one trial: which of them reports, what, and how it is stopped."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from types import CodeType, FrameType
from typing import Any

from ...cell.captured import CellProgram
from ...cell.fits import Ask, Formula, formula_of
from ...cell.program import cell_named, tree_of
from ...cell.recorder import reported_turn
from ...study.objective import ObjectiveError, as_number
from ..reporting import Reporter
from .base import Missing, View
from .calls import Site, site_of
from .data import same


class Fits:
    """Belongs to one trial and its thread; adapters ask it at the begin of each fit."""

    def __init__(
        self,
        program: CellProgram,
        reporter: Reporter,
        namespace: dict[str, Any],
        stop: type[BaseException],
    ) -> None:
        self.program, self.reporter = program, reporter
        self.namespace, self.stop = namespace, stop
        self.thread = threading.get_ident()
        self.active: Fit | None = None
        self.step = 0
        self.closed = False
        self._formulas: list[tuple[Formula, CodeType]] | None = None

    def begin(self, *own: str, frame: FrameType | None = None) -> Fit | None:
        """The fit that begins in the caller's frame (or `frame`), when its steps are reports.

        own: names of the framework's packages. None: it runs as if there were no trial. Call
        `end` (or `Fit.over`) when it returns, in whatever way.
        """
        if self.closed or threading.get_ident() != self.thread:
            return None
        frame = frame or sys._getframe(1)
        if self.active is not None:
            if self.active.running(frame):
                return None
            self.active.over()  # it ended by an exception
        try:
            site = site_of(frame.f_back, self.program, own)
            counts = site is not None and not site.looped and self._counts(site)
        except Exception:  # code that can't be read: the fit itself has nothing to do with it
            return None
        if not counts:
            return None
        self.active = Fit(self, frame)
        return self.active

    def close(self) -> None:
        """The trial is over. A wrapper that others have wrapped again, and fits that an
        adapter still holds, neither report any more nor keep the trial's objects."""
        self.closed = True
        if self.active is not None:
            self.active.over()
        self.namespace, self._formulas = {}, []

    def formulas(self) -> list[tuple[Formula, CodeType]]:
        """One for each objective; none at all when one has none."""
        if self._formulas is None:
            tree = tree_of(self.program)
            found = [formula_of(tree, o.source) for o in self.program.objectives]
            self._formulas = [
                (formula, compile(formula.code, "<objective>", "eval"))
                for formula in found
                if formula is not None
            ]
            if len(self._formulas) != len(found):
                self._formulas = []
        return self._formulas

    def _counts(self, site: Site) -> bool:
        """Whether every objective's formula means a fit that is called here."""
        places = [(cell_named(self.program, name), line) for name, line in site.lines]
        formulas = self.formulas()
        return bool(formulas) and all(
            not formula.calls
            or any(
                cell == at and first <= line <= last
                for at, line in places
                for cell, first, last in formula.calls
            )
            for formula, _ in formulas
        )


class Fit:
    """A fit that reports. frame: of the framework's function, while it runs."""

    def __init__(self, fits: Fits, frame: FrameType) -> None:
        self.fits = fits
        self.frame: FrameType | None = frame
        self.stopped = False

    def running(self, frame: FrameType | None) -> bool:
        while frame is not None:
            if frame is self.frame:
                return True
            frame = frame.f_back
        return False

    def report(
        self, make: Callable[..., View], *given: Any, fold: tuple[Any, ...] | None = None
    ) -> bool:
        """A step has ended; True when the fit is to end as by its own early stop.

        make: called with `given`, makes what the step tells. fold: where steps are folds, what
        makes the view of this one alone. Waits as long as the trial is
        paused. What the step doesn't tell, or another version of the framework tells
        otherwise, is no report: a fit never fails by being looked at.
        """
        fits = self.fits
        if self.stopped:
            return True
        if fits.closed:
            return False
        fits.step += 1
        if not reported_turn(fits.step):
            return False
        try:
            values = self._values(make(*given))
            own = None if fold is None else self._values(make(*fold))
        except Exception:  # Missing, or a view that can't be made
            fits.step -= 1
            return False
        try:
            fits.reporter.from_fit(fits.step, values, own)
        except fits.stop:
            self.stopped = True
        return self.stopped

    def over(self) -> None:
        """The fit has ended, by itself or by an exception."""
        self.frame = None
        if self.fits.active is self:
            self.fits.active = None

    def end(self) -> None:
        """The fit has returned: where the trial was told to stop, it does."""
        self.over()
        if self.stopped:
            raise self.fits.stop

    def _values(self, view: View) -> tuple[float, ...]:
        return tuple(self._value(f, code, view) for f, code in self.fits.formulas())

    def _value(self, formula: Formula, code: CodeType, view: View) -> float:
        answers: dict[int, Any] = {}

        def fill(index: int) -> Any:
            if index not in answers:
                answers[index] = self._answer(formula.asks[index], formula.aliases, view)
            return answers[index]

        namespace = {**self.fits.namespace, "__fit__": fill}
        try:
            return as_number(eval(code, namespace), "objective")
        except Missing:
            raise
        except ObjectiveError as error:
            raise Missing from error
        except Exception as error:  # no such key yet, a list that is still empty
            raise Missing from error

    def _answer(self, ask: Ask, aliases: Mapping[str, frozenset[str]], view: View) -> Any:
        match ask.what:
            case "result":
                return view.made(view.result)
            case "model":
                found = self.fits.namespace.get(ask.name)
                # A pipeline, say, whose last step is what trains; its parts are as they stand.
                outer = found is not None and view.owner is not None and found is not view.owner
                return found if outer else view.made(view.model)
            case "live":
                return self.fits.namespace[ask.name]
            case "argument":
                return view.made(view.argument)
            case "named":
                return view.named(ask.name)
        figures = self._figures(ask, aliases, view)
        if ask.what == "metric":
            return view.metric(ask.name, figures)
        if view.evaluated is None:
            raise Missing
        return view.evaluated(figures, ask.as_dict)

    def _figures(
        self, ask: Ask, aliases: Mapping[str, frozenset[str]], view: View
    ) -> Mapping[str, float]:
        """Of the data set that is asked for."""
        sets = view.sets
        if not ask.data and sets:
            return sets[-1][1]
        wanted = partial(same, namespace=self.fits.namespace, aliases=aliases)
        for objects, figures in sets[::-1]:
            if any(wanted(ask.data, made) for made in objects):
                return figures
        raise Missing
