"""The tunables of a cell and its search space: marks, magic line, `--space`, editor, proposals.

Precedence: the line over `--space` over marks over what the editor chose; a proposal that
nobody chose is only offered.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..errors import Problem, SpaceError
from ..space import Condition, Distribution, Parameter, SearchSpace
from ..space.grammar import Choices, Fixed, Range, Spec, Term, Tie, Word
from ..space.marks import nearest, to_condition, to_distribution
from .captured import Tunable
from .marking import Marked, match_marks
from .naming import name_values
from .proposals import Code, Finder, standing
from .shown import default_of, kind_of, place_in, shown_value
from .source import cell_of
from .values import Value, Values


@dataclass
class _Item:
    """A value on its way to a tunable. declared: by whom (line, space, mark, auto), or ''."""

    value: Value
    spec: Spec | None = None
    distribution: Distribution | None = None
    condition: Condition | None = None
    declared: str = ""
    why: str = ""
    ties: list[Value] = field(default_factory=list)
    name: str = ""
    line: int | None = None
    broken: bool = False
    problem: Problem | None = None
    short: str = ""
    long: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        return self.spec.terms if self.spec else ()


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
        reached, unreached = _reached(specs, values, cell)
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
        self.items: list[_Item] = []
        self.problems: list[Problem] = []
        self.notices: list[str] = []
        self.fixed: set[int] = set()

    # gathering ------------------------------------------------------------------------

    def add_marks(self, marked: Sequence[Marked]) -> None:
        for mark in marked:
            if isinstance(mark.spec.body, Fixed | Tie):
                self.fixed.add(id(mark.value))
            else:
                item = _Item(mark.value, declared="mark", line=mark.spec.line)
                self._give_spec(item, mark.spec)
                self.items.append(item)

    def add_proposals(self) -> None:
        taken = {id(item.value) for item in self.items} | self.fixed
        self.finder = Finder(self.values.found, self.code, self.read, self.skip, taken, self.rows)
        for item in self.items:
            self._name_by_standing(item)
            item.ties += self._linked(item, taken)
        for offer in self.finder.offers():
            item = _Item(offer.value, distribution=offer.distribution, why=offer.why)
            item.ties = offer.values[1:]
            item.short, item.long = offer.short, offer.long
            self.items.append(item)

    def _name_by_standing(self, item: _Item) -> None:
        """A marked value is called as a proposal for it would be."""
        where = standing(item.value, self.code)
        if where is not None and where.name and item.value.role in ("keyword", "positional"):
            item.short, item.long = self.finder.names(where)

    def _linked(self, item: _Item, taken: set[int]) -> list[Value]:
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
        seen: dict[str, _Item] = {}
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
                    f"two values are named {name!r}, here and in line {other.value.line}.",
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
            item = self._named(wanted)
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
        who: str,
        *,
        spec: Spec | None = None,
        parameter: Parameter | None = None,
    ) -> None:
        """What the line or `--space` says about a value, by its name."""
        item = self._named(name)
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
        item.problem = None
        item.declared, item.broken, item.line = who, False, spec.line if spec else None
        if spec is not None:
            self._give_spec(item, spec)
        elif parameter is not None:
            item.distribution, item.condition, item.spec = (
                parameter.distribution,
                parameter.condition,
                None,
            )

    def _named(self, name: str) -> _Item | None:
        for item in self.items:
            if item.name == name:
                return item
        loose = [i for i in self.items if name in (i.value.key, i.value.qualified, i.short, i.long)]
        declared = [i for i in loose if i.declared]
        loose = declared if len(declared) == 1 else loose
        return loose[0] if len(loose) == 1 else None

    def _unlisted(self, name: str, spec: Spec | None, who: str) -> _Item | None:
        """A value that no mark and no rule found, but somebody named."""
        found = [
            v
            for v in self.values.found
            if v.role not in ("inner", "callee")
            and (name in (v.key, v.qualified) or v.qualified.endswith("." + name))
        ]
        found = found or [v for v in self.values.found if self._known_as(v, name)]
        found = [v for v in found if v.is_literal] or found
        variables = [v for v in found if v.variable is not None]
        found = variables if len(variables) == 1 else found
        if len(found) == 1:
            item = _Item(found[0], name=name)
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

    def _known_as(self, value: Value, name: str) -> bool:
        """Whether a positional value is called so by its parameter (`Dropout.p`)."""
        if value.role != "positional" or not value.is_literal:
            return False
        where = standing(value, self.code)
        if where is not None and where.callee == "range":
            return name in self._names_of_loop(value)
        if where is None or not where.name:
            return False
        return name in (where.name, f"{where.callee}.{where.name}", f"{where.holder}.{where.name}")

    def _names_of_loop(self, value: Value) -> tuple[str, ...]:
        """`epochs` and `n_epochs` for the end of `for epoch in range(20)`."""
        call = self.code.call_of(value.node)
        loop = self.code.parent(call) if call is not None else None
        if call is None or not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            return ()
        end = call.args[0] if len(call.args) == 1 else call.args[1]
        many = loop.target.id + "s"
        return (many, f"n_{many}", f"num_{many}") if end is value.node else ()

    def _give_spec(self, item: _Item, spec: Spec) -> None:
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

    def _problem(self, item: _Item, code: str, message: str, fix: str) -> None:
        line = item.spec.line if item.spec else item.value.line
        self.problems.append(Problem(code, message, fix, line, item.name or item.value.key))
        item.broken = True

    # finishing ------------------------------------------------------------------------

    def finish(self) -> Tuned:
        for item in self.items:
            if item.problem is not None:
                self.problems.append(replace(item.problem, name=item.name))
        self._read_conditions()
        self._break_circles()
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

    def _read_conditions(self) -> None:
        known: dict[str, Distribution] = {}
        broken = set()
        for item in self.items:
            if item.declared and item.distribution is not None and not item.broken:
                known[item.name] = item.distribution
            elif item.declared:
                broken.add(item.name)
        for item in self.items:
            if not item.terms or not item.declared:
                self._check_names(item, known)
                continue
            terms = [replace(term, name=self._declared_name(term.name)) for term in item.terms]
            if any(term.name in broken for term in terms):
                item.broken = True
                continue
            found = to_condition(terms, known, item.line)
            if isinstance(found, Problem):
                self.problems.append(found)
                item.broken = True
            else:
                item.condition = found

    def _check_names(self, item: _Item, known: Mapping[str, Distribution]) -> None:
        """Conditions of a SearchSpace, whose values are ready but whose names may not be."""
        for name in item.condition.names if item.condition and item.declared else ():
            if name not in known:
                self._problem(
                    item,
                    "unknown_condition",
                    f"the condition of {item.name!r} looks at {name!r}, which is not tuned.",
                    nearest(name, known, "Tuned here"),
                )

    def _declared_name(self, name: str) -> str:
        item = self._named(name)
        return item.name if item is not None and item.declared else name

    def _break_circles(self) -> None:
        parents = {i.name: i.condition.names for i in self.items if i.condition and i.declared}
        for item in self.items:
            trail, names = [item.name], list(parents.get(item.name, ()))
            while names and item.name in parents:
                name = names.pop()
                if name == item.name:
                    self._problem(
                        item,
                        "condition_circle",
                        f"the condition of {item.name!r} depends on itself, by {trail[-1]!r}.",
                        "Remove one of the conditions.",
                    )
                    parents.pop(item.name)
                    break
                if name not in trail:
                    trail.append(name)
                    names += parents.get(name, ())

    def _tunable(self, item: _Item) -> Tunable:
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
        )


def _reached(specs: Sequence[Spec], values: Values, cell: int) -> tuple[list[Spec], list[str]]:
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
            notices.append(
                f"the mark {spec.text!r} (In[{cell}], line {spec.line}) does nothing: this cell "
                "doesn't depend on its statement."
            )
    return reached, notices
