"""The tunables of a cell and its search space: marks, magic line, `--space`, editor, proposals.

Precedence: the line over `--space` over marks over what the editor chose; a proposal that
nobody chose is only offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ..errors import Problem, SpaceError
from ..space import Parameter, SearchSpace
from ..space.grammar import Choices, Fixed, Range, Spec, Tie, Word
from ..space.marks import nearest, to_distribution
from .asked import values_called
from .captured import Tunable
from .conditions import propose_conditions, read_conditions
from .items import Item, named_item
from .marking import Marked, match_marks
from .naming import name_values
from .proposals import Code, Finder, standing
from .shown import default_of, idle_mark, kind_of, place_in, shown_value
from .source import cell_of
from .values import Value, Values


@dataclass
class Tuned:
    """tunables: in the order of the code. space: what will be searched."""

    tunables: tuple[Tunable, ...]
    space: SearchSpace
    problems: list[Problem]
    notices: list[str] = field(default_factory=list)


def find_tunables(
    values: Values,
    marks: Mapping[int, Sequence[Spec]],
    lines: Mapping[int, Sequence[str]],
    *,
    line_space: Sequence[Spec] = (),
    space: SearchSpace | None = None,
    auto: bool = False,
    read: Iterable[str] = (),
    skip: Iterable[str] = (),
    origins: Mapping[str, str] | None = None,
    rows: int | None = None,
) -> Tuned:
    """values: of one cell or of several, each of which says where it stands. marks, lines: the
    specs and the source lines of each cell, by its number (0: the training cell). read: names
    that something reads (a variable that nobody reads is not proposed). skip: names never
    proposed (the objective's). origins: what names of the notebook are (`Surroundings`). rows:
    of the training data, if known."""
    maker = _Maker(values, lines, set(read), set(skip), Code(values.tree, origins), rows)
    marked: list[Marked] = []
    for cell, specs in marks.items():
        reached, unreached = _reached(specs, values, cell, lines.get(cell, ()))
        found, problems = match_marks(reached, values, cell)
        marked += found
        maker.problems += problems
        maker.notices += unreached
    maker.add_marks(marked)
    maker.add_proposals()
    maker.name_items()
    maker.add_ties(marked)
    if space is not None:
        for parameter in space.values():
            maker.override(parameter.name, "space", parameter=parameter)
    for spec in line_space:
        maker.override(spec.key or "", "line", spec=spec)
    if auto:
        for item in maker.items:
            if not item.declared and item.distribution is not None:
                item.declared = "auto"
    return maker.finish()


class _Maker:
    def __init__(
        self,
        values: Values,
        lines: Mapping[int, Sequence[str]],
        read: set[str],
        skip: set[str],
        code: Code,
        rows: int | None,
    ) -> None:
        self.values, self.lines, self.read, self.skip = values, lines, read, skip
        self.code, self.rows = code, rows
        self.items: list[Item] = []
        self.problems: list[Problem] = []
        self.notices: list[str] = []
        self.fixed: set[int] = set()

    # gathering ------------------------------------------------------------------------

    def add_marks(self, marked: Sequence[Marked]) -> None:
        for mark in marked:
            if isinstance(mark.spec.body, Fixed | Tie):
                self.fixed.add(id(mark.value))
            else:
                item = Item(mark.value, declared="mark", line=mark.spec.line)
                self._give_spec(item, mark.spec)
                self.items.append(item)

    def add_proposals(self) -> None:
        taken = {id(item.value) for item in self.items} | self.fixed
        self.finder = Finder(
            self.values.found, self.code, self.read, self.skip, taken, self.rows, self.fixed
        )
        for item in self.items:
            self._name_by_standing(item)
            item.ties += self._linked(item, taken)
        for offer in self.finder.offers():
            item = Item(offer.value, distribution=offer.distribution, why=offer.why)
            item.ties = offer.values[1:]
            item.short, item.long, item.proposed = offer.short, offer.long, offer.terms
            self.items.append(item)

    def _name_by_standing(self, item: Item) -> None:
        """A marked value is called as a proposal for it would be."""
        where = standing(item.value, self.code)
        if where is not None and where.name and item.value.role in ("keyword", "positional"):
            item.short, item.long = self.finder.names(where)

    def _linked(self, item: Item, taken: set[int]) -> list[Value]:
        """What must have a marked width's value, too, unless a mark says what it has."""
        by_node = {id(v.node): v for v in self.values.found}
        links = self.finder.links
        group = links.group_of(item.value.node) or links.arrays.get(id(item.value.node), [])
        values = [by_node[id(n)] for n in group if id(n) in by_node]
        return [v for v in values if v is not item.value and id(v) not in taken]

    def name_items(self) -> None:
        order = {id(v): i for i, v in enumerate(self.values.found)}
        self.items.sort(key=lambda item: order[id(item.value)])
        explicit: dict[int, str] = {}
        seen: dict[str, Item] = {}
        for item in self.items:
            if item.spec is not None and (item.spec.name or item.value.role == "inner"):
                name = item.spec.name or ""
                if not name:
                    self._problem(
                        item, "needs_name", f"the value {item.value.literal!r} has no name.",
                        f"Give it one: {item.spec.text} as weight.",
                    )  # fmt: skip
                    name = f"value in line {item.value.line}"
            elif item.declared and item.value.variable is not None:
                name = item.value.variable
            else:
                continue
            if name in seen:
                other = seen[name]
                self._problem(
                    item,
                    "same_name",
                    f"two values are named {name!r}, here and in {other.value.place.where}.",
                    f"Name one of them otherwise: as {name}_2.",
                )
                item.broken = True
                continue
            seen[name] = item
            explicit[id(item.value)] = name
        labels = {id(i.value): (i.short, i.long) for i in self.items if i.short}
        names = name_values([i.value for i in self.items], explicit, labels)
        for item in self.items:
            item.name = names[id(item.value)]

    def add_ties(self, marked: Sequence[Marked]) -> None:
        for mark in marked:
            if not isinstance(mark.spec.body, Tie):
                continue
            wanted = mark.spec.body.name
            item = named_item(self.items, wanted)
            if item is None or not item.declared:
                known = [i.name for i in self.items if i.declared]
                self.problems.append(
                    Problem(
                        "unknown_tie",
                        f"{wanted!r} is no value that is tuned here.",
                        nearest(wanted, known, "Tuned here")
                        + " A range is low..high, a choice a | b | c.",
                        mark.spec.line,
                        wanted,
                    )
                )
            else:
                item.ties.append(mark.value)

    def override(
        self,
        name: str,
        who: Literal["space", "line"],
        *,
        spec: Spec | None = None,
        parameter: Parameter | None = None,
    ) -> None:
        """What the line or `--space` says about a value, by its name."""
        item = named_item(self.items, name)
        if item is None:
            item = self._unlisted(name, spec, who)
            if item is None:
                return
        if spec is not None and isinstance(spec.body, Fixed):
            item.declared, item.spec, item.broken = "", None, False
            item.distribution = None
            return
        if spec is not None and isinstance(spec.body, Tie):
            spec = replace(spec, body=Choices((Word(spec.body.name),)))
        item.problem, item.proposed, item.condition = None, (), None
        item.declared, item.broken, item.line = who, False, spec.line if spec else None
        if spec is not None:
            self._give_spec(item, spec)
        elif parameter is not None:
            item.distribution, item.condition, item.spec = (
                parameter.distribution,
                parameter.condition,
                None,
            )

    def _unlisted(self, name: str, spec: Spec | None, who: Literal["space", "line"]) -> Item | None:
        """A value that no mark and no rule found, but somebody named."""
        found = values_called(name, self.values.found, self.code)
        if len(found) == 1:
            item = Item(found[0], name=name)
            item.ties += self._linked(item, {id(v) for i in self.items for v in (i.value, *i.ties)})
            self.items.append(item)
            return item
        where = "on the magic line" if who == "line" else "in the search space"
        line = spec.line if spec else None
        if found:
            names = list(dict.fromkeys(v.qualified for v in found))
            fix = f"Say which: {', '.join(names)}." if len(names) > 1 else "Use a mark instead."
            self.problems.append(
                Problem("ambiguous_name", f"{name!r} {where} is several values.", fix, line, name)
            )
        else:
            known = [i.name for i in self.items]
            known += [v.key for v in self.values.found if v.is_literal and v.role == "assign"]
            self.problems.append(
                Problem(
                    "unknown_name",
                    f"{name!r} {where} is no value of this cell.",
                    nearest(name, dict.fromkeys(known), "Values here"),
                    line,
                    name,
                )
            )
        return None

    def _give_spec(self, item: Item, spec: Spec) -> None:
        item.spec = spec
        value = item.value
        found = to_distribution(
            spec, value.literal if value.is_literal else value.text, expression=not value.is_literal
        )
        if isinstance(found, Problem):
            item.problem, item.broken, item.distribution = found, True, None
        elif value.role == "callee" and isinstance(spec.body, Range):
            self._problem(item, "no_value", f"{value.key!r} is no number.", "Write a | b | c.")
        else:
            item.distribution = found

    def _problem(self, item: Item, code: str, message: str, fix: str) -> None:
        self.problems.append(item.breaks(code, message, fix))

    # finishing ------------------------------------------------------------------------

    def finish(self) -> Tuned:
        for item in self.items:
            if item.problem is not None:
                cell = item.value.place.cell if item.problem.line is not None else 0
                self.problems.append(replace(item.problem, name=item.name, cell=cell))
        propose_conditions(self.items)
        self.problems += read_conditions(self.items)
        order = {id(v): i for i, v in enumerate(self.values.found)}
        self.items.sort(key=lambda item: order[id(item.value)])
        good = [i for i in self.items if i.declared and not i.broken and i.distribution]
        names = {i.name for i in good}
        parameters = []
        for item in good:
            condition = item.condition
            if condition is not None and not set(condition.names) <= names:
                continue
            assert item.distribution is not None
            default = default_of(item.value, item.distribution)
            parameters.append(Parameter(item.name, item.distribution, condition, default))
        try:
            space = SearchSpace(parameters)
        except SpaceError as error:
            self.problems.append(Problem("space", error.message, error.fix))
            space = SearchSpace()
        tunables = tuple(self._tunable(i) for i in self.items)
        return Tuned(tunables, space, self.problems, self.notices)

    def _tunable(self, item: Item) -> Tunable:
        value, distribution = item.value, item.distribution
        places = (place_in(value, distribution), *(place_in(v, distribution) for v in item.ties))
        lines = self.lines.get(value.place.cell, ())
        text = lines[value.line - 1].strip() if value.line <= len(lines) else ""
        return Tunable(
            name=item.name,
            kind=kind_of(value, distribution),
            value=shown_value(value, distribution),
            places=places,
            distribution=distribution,
            condition=item.condition,
            declared=bool(item.declared) and item.declared != "auto",
            why=item.why,
            text=text,
            variable=value.variable,
            source="" if item.declared == "auto" else item.declared,
        )


def _reached(
    specs: Sequence[Spec], values: Values, cell: int, lines: Sequence[str]
) -> tuple[list[Spec], list[str]]:
    """Of an earlier cell the marks in statements that are looked at, and a word on the rest."""
    if not cell:
        return list(specs), []
    spans = [(s.lineno, s.end_lineno or 0) for s in values.tree.body if cell_of(s) == cell]
    reached: list[Spec] = []
    notices: list[str] = []
    for spec in specs:
        if any(first <= (spec.line or 0) <= last for first, last in spans):
            reached.append(spec)
        else:
            line = spec.line or 0
            text = lines[line - 1] if 0 < line <= len(lines) else spec.text
            notices.append(idle_mark(text, cell, line, "this cell does not depend on it"))
    return reached, notices
