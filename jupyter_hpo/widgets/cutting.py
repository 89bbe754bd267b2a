"""A study's texts cut to what is drawn of them, in live messages and in saved results.

A choice may be a program, a name in a sentence a megabyte: the header goes out ten times a
second, and a saved notebook must stay small. What is cut stays different from what else is
cut, and the whole of a trial's values is told where it is opened (`Detail`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from . import texts
from .protocol import Header, ParamInfo, Row, Update

NAME = 200
SENTENCES = 100
"""So many notices and facts at most."""


@dataclass(frozen=True)
class Cut:
    """value, text: at most so many characters of a value, and of a sentence. names: what the
    parameters are called instead; the others keep theirs."""

    value: int
    text: int
    names: Mapping[str, str]

    def header(self, header: Header) -> Header:
        def short(text: str) -> str:
            return texts.short(text, self.text)

        return replace(
            header,
            study=texts.short(header.study, NAME),
            objectives=[replace(o, name=texts.short(o.name, NAME)) for o in header.objectives],
            params=[self._info(info) for info in header.params],
            facts=list(map(short, header.facts[:SENTENCES])),
            notices=list(map(short, header.notices[:SENTENCES])),
            message=short(header.message),
            setup=short(header.setup),
            device=short(header.device),
            constraints=list(map(short, header.constraints[:SENTENCES])),
            jobs_why=short(header.jobs_why),
            sampler_why=short(header.sampler_why),
        )

    def row(self, row: Row) -> Row:
        params = self.params(row.params)
        error, notice = texts.short(row.error, self.text), texts.short(row.notice, self.text)
        broken = texts.short(row.infeasible, self.text)
        if (params, error, notice, broken) == (row.params, row.error, row.notice, row.infeasible):
            return row  # as almost always
        return replace(row, params=params, error=error, notice=notice, infeasible=broken)

    def params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {self.names.get(name, name): self.of(value) for name, value in params.items()}

    def of(self, value: Any) -> Any:
        """A value, as it is told in a row and among the choices."""
        return texts.brief(value, self.value) if isinstance(value, str) else value

    def _info(self, info: ParamInfo) -> ParamInfo:
        choices = None if info.choices is None else list(map(self.of, info.choices))
        name = self.names.get(info.name, info.name)
        return replace(info, name=name, own=self.of(info.own), choices=choices)


LIVE = Cut(value=400, text=4_000, names={})
"""As much as a table, a picture and a tooltip draw. Parameters are asked for by their names."""


def cut_live(update: Update) -> Update:
    """What goes to a page while the study runs."""
    return replace(
        update, header=LIVE.header(update.header), rows=[LIVE.row(row) for row in update.rows]
    )


def whole(values: Mapping[str, Any], choices: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Values that a page took from a live message, with what was cut of them. choices: of the
    parameters that have some."""
    return {
        name: next((c for c in choices.get(name, ()) if LIVE.of(c) == value), value)
        if isinstance(value, str) and len(value) > LIVE.value
        else value
        for name, value in values.items()
    }


def short_names(params: Iterable[ParamInfo]) -> dict[str, str]:
    """What parameters are called where long names are cut; still different."""
    names: dict[str, str] = {}
    for info in params:
        name = cut = texts.short(info.name, NAME)
        again = count(2)
        while cut in names.values():
            cut = f"{name} ({next(again)})"
        names[info.name] = cut
    return names
