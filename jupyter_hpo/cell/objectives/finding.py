"""All that can be the objective, in the cell and in the functions that it calls."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from ...study.objective import Direction, Objective
from ...study.printed import printed_source
from ..captured import Place
from ..flow import Functions, bound_names, path_of
from ..flow.functions import Function
from ..flow.paths import is_reset
from ..loops import is_repeat, loops_around
from ..names import reads, use_of_names
from ..scopes import own_scope, stored
from ..source import from_magic
from ..values import place_of
from .candidate import ASSIGNED, COMPUTED, KEPT, LISTED, LOCAL, PRINTED, TOLD, Candidate
from .directions import (
    direction_of,
    direction_of_list,
    direction_of_text,
    rank_of,
    words_of,
)
from .frameworks import Libraries
from .printing import Printed, printed_by

_RANKS = {"test": 3, "train": 5}
"""Ranks of what is computed from a split's data; 0 for all others."""

_CRITERIA = {"criterion", "loss_fn", "loss_func", "loss_function", "lossfn", "cost_fn"}
_SPLITS = ("test", "val", "valid", "validation", "dev", "holdout", "oof", "eval", "train")
_FOLD = {"index", "idx", "indices", "ids", "fold"}


def find_objectives(tree: ast.Module, known_names: Collection[str] = ()) -> tuple[Candidate, ...]:
    """Every candidate, the likeliest first, each source once. tree: the cell, or all
    statements of the trial. known_names: of the notebook, which expressions may read."""
    finder = _Finder(tree, frozenset(known_names))
    finder.run()
    found = sorted(finder.found.values(), key=lambda c: c.rank)
    return tuple(found)


def names_read(objective: Objective) -> set[str]:
    """Names of the notebook that an objective reads; none for a printed one."""
    if objective.printed is not None:
        return set()
    try:
        return reads(ast.parse(objective.source.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return set()


@dataclass
class _Finder:
    tree: ast.Module
    known: frozenset[str]
    found: dict[str, Candidate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.table = Functions.of(self.tree)
        self.bound = bound_names(self.tree)
        self.used = {n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name)} | {
            n.attr for n in ast.walk(self.tree) if isinstance(n, ast.Attribute)
        }
        self.values = _values_of(self.tree.body)
        self.differentiated = _differentiated(self.tree)
        self.loops = loops_around(self.tree)
        self.summands = _summands(self.tree)
        self.stores: dict[str, list[ast.Name]] = {}
        for node in own_scope(self.tree.body):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.stores.setdefault(node.id, []).append(node)

    def run(self) -> None:
        self._names()
        self._results()
        self._attributes()
        self._lists()
        libraries = Libraries(self.tree, self.known)
        for figure in libraries.figures():
            direction = direction_of(figure.name)
            if direction is not None:
                rank = 10 * rank_of(figure.name) + figure.kind
                if figure.worse:
                    rank += LOCAL - figure.kind
                self._add(figure.source, direction, rank, figure.why, figure.node)
        for name in libraries.lists:
            self.found.pop(name, None)
        self._locals()
        self._expressions()
        self._printed()
        self._means()

    def _add(
        self, source: str, direction: Direction, rank: int, why: str, node: ast.AST | Place
    ) -> None:
        place = node if isinstance(node, Place) else place_of(node)  # type: ignore[arg-type]
        before = self.found.get(source)
        if before is None or rank < before.rank:
            self.found[source] = Candidate(Objective(source, direction), rank, why, place)

    # names of the cell ----------------------------------------------------------------

    def _names(self) -> None:
        use = use_of_names(self.tree)
        first = _first_stores(self.tree)
        for name in use.variables:
            direction = direction_of(name)
            if direction is None or name.startswith("_"):
                continue
            values = self.values.get(name, [])
            if values and all(_is_no_number(v) for v in values):
                continue
            rank, why = self._rank(name, values)
            node = first.get(name)
            if node is not None:
                if rank < 4 and self._of_a_fold(name):
                    rank, why = 4, "a figure of one fold or repeat only"
                self._add(name, direction, 10 * rank + ASSIGNED, why, node)

    def _of_a_fold(self, name: str) -> bool:
        """Whether the name is bound only inside a loop over folds, seeds or repeats."""
        loops = [self.loops[id(node)] for node in self.stores.get(name, [])]
        return bool(loops) and all(any(map(is_repeat, around)) for around in loops)

    def _rank(self, name: str, values: list[ast.expr]) -> tuple[int, str]:
        """Of a name: by its own words, else by what it is computed from."""
        rank = rank_of(name)
        if rank == 1:
            if name in self.differentiated:
                return 5, f"{name!r} is what the model is trained on"
            if name in self.summands:
                return 5, f"a part of {self.summands[name]!r}"
            split = _split_of(values)
            if split:
                return _RANKS.get(split, 0), f"computed from {split} data"
        said = {0: "a validation figure", 1: "assigned in the cell", 3: "a figure on the test set"}
        return rank, said.get(rank, "a training figure")

    # what functions return ------------------------------------------------------------

    def _results(self) -> None:
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
                continue
            for called in self.table.called(node.value, None):
                if called.call is not node.value or called.function.node.name == "__init__":
                    continue
                for target in node.targets:
                    path = path_of(target)
                    if path is not None and path[0] in self.bound and "[]" not in path:
                        self._returned(ast.unparse(target), called.function, node)

    def _returned(self, target: str, function: Function, node: ast.Assign) -> None:
        split = _split_of([node.value], whole=True)
        for returned in function.returned:
            for suffix, value in _elements(returned):
                name = _named(value)
                why = f"what {function.name}() returns"
                if isinstance(value, ast.Name) and _is_list(value.id, function):
                    self._element(f"{target}{suffix}[-1]", value.id, value.id, why, node, split)
                    continue
                label = suffix.strip("[]'\"") if "'" in suffix or '"' in suffix else name
                self._element(f"{target}{suffix}", label or name, name, why, node, split)

    def _element(
        self, source: str, label: str, name: str, why: str, node: ast.AST, split: str
    ) -> None:
        direction = direction_of_list(label) or direction_of_list(name)
        rank = rank_of(label or name)
        if rank == 1:
            rank = _RANKS.get(split, 0 if split else 1)
        if direction is not None and source not in self.bound | self.found.keys():
            self._add(source, direction, 10 * rank + KEPT, why, node)
        elif direction is not None and direction_of(source) is None:
            self._add(source, direction, 10 * rank + ASSIGNED, why, node)

    # attributes and lists -------------------------------------------------------------

    def _attributes(self) -> None:
        """`trainer.val_acc`, where a method assigns `self.val_acc`."""
        for name, made in self.table.instances.items():
            if name not in self.bound:
                continue
            for method in self.table.classes[made].values():
                own = (method.parameters or [""])[0]
                for node in own_scope(method.node.body):
                    match node:
                        case ast.Attribute(value=ast.Name(id=root), attr=attr, ctx=ast.Store()) if (
                            root == own and (direction := direction_of(attr)) is not None
                        ):
                            why = f"{method.name}() assigns it"
                            source, rank = f"{name}.{attr}", 10 * rank_of(attr) + KEPT
                            if not _is_no_number(_value_at(method.node, node)):
                                self._add(source, direction, rank, why, node)
                        case ast.Call(
                            func=ast.Attribute(value=listed, attr="append"), args=[value]
                        ):
                            if (path := path_of(listed)) and path[0] == own and "[]" not in path:
                                source = name + ast.unparse(listed)[len(own) :]
                                self._listed(source, path, value, node)

    def _lists(self) -> None:
        """`val_losses[-1]`, `history["val_acc"][-1]`."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Call(func=ast.Attribute(value=listed, attr="append"), args=[value]):
                    path = path_of(listed)
                    if path is not None and path[0] in self.bound and "[]" not in path:
                        self._listed(ast.unparse(listed), path, value, node)
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name)) as target]):
                    key = target.slice
                    dictionary = any(isinstance(v, ast.Dict) for v in self.values.get(name, []))
                    if name in self.bound and not isinstance(key, ast.Constant | ast.Slice):
                        if dictionary:
                            continue
                        self._listed(name, (name,), node.value, node, preallocated=True)

    def _listed(
        self,
        source: str,
        path: tuple[str, ...],
        value: ast.expr,
        node: ast.AST,
        preallocated: bool = False,
    ) -> None:
        label = path[-1].strip("[].'\"")
        name = _named(value)
        direction = direction_of_list(label) or direction_of(name) if label else None
        bare = _bare(value)
        again = isinstance(bare, ast.Name) and bare.id in self.found
        if direction is None or (again and not preallocated and not self._in_repeats(node)):
            return
        words = "_".join(words_of(label) + (words_of(path[0]) if len(path) > 1 else []))
        split = next((w for w in words_of(name) if w in _SPLITS), "")
        rank = rank_of(f"{split}_{words}" if split and rank_of(words) == 1 else words)
        if self._in_repeats(node):
            rank = 0 if rank in (1, 3) else rank
            why = f"the mean of {source}, over the folds or repeats"
            self._add(f"sum({source}) / len({source})", direction, 10 * rank + LISTED, why, node)
            return
        why = f"filled in, turn by turn, in {source}" if preallocated else f"appended to {source}"
        self._add(f"{source}[-1]", direction, 10 * rank + LISTED, why, node)

    def _in_repeats(self, node: ast.AST) -> bool:
        """Whether it is done once a fold, seed or repeat."""
        around = self.loops.get(id(node), [])
        return bool(around) and is_repeat(around[-1])

    def _means(self) -> None:
        """Where the cell itself takes the mean over the folds, that is the objective."""
        for source in [s for s in self.found if s.startswith("sum(")]:
            listed = ast.parse(source[4 : source.index(")")], mode="eval").body
            generic = self.found[source]
            for other, candidate in list(self.found.items()):
                value = ast.parse(other, mode="eval").body
                values = self.values.get(other, []) if isinstance(value, ast.Name) else [value]
                if other != source and any(_is_mean(v, ast.dump(listed)) for v in values):
                    self.found.pop(source, None)
                    rank = min(generic.rank, candidate.rank)
                    self.found[other] = replace(candidate, rank=rank)

    # inside functions -----------------------------------------------------------------

    def _locals(self) -> None:
        """Names that only a function has, which the cell calls and whose result is not them."""
        for function in self._functions():
            returned = {
                n.id for r in function.returned for n in ast.walk(r) if isinstance(n, ast.Name)
            }
            values = _values_of(function.node.body)
            trained = _differentiated(function.node)
            for node in own_scope(function.node.body):
                if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Store):
                    continue
                name = node.id
                direction = direction_of(name)
                given = values.get(name, [])
                if (
                    direction is None
                    or name in self.bound | returned
                    or name.startswith("_")
                    or (given and all(map(_is_no_number, given)))
                ):
                    continue
                rank = rank_of(name)
                if rank == 1 and name in trained:
                    rank = 5
                elif rank == 1 and (split := _split_of(given)):
                    rank = _RANKS.get(split, 0)
                self._add(
                    name, direction, 10 * rank + LOCAL, f"assigned inside {function.name}()", node
                )

    def _functions(self) -> Iterator[Function]:
        methods = (m for ms in self.table.classes.values() for m in ms.values())
        seen: set[int] = set()
        for function in [*self.table.functions.values(), *methods]:
            if function.node.name in self.used and id(function.node) not in seen:
                seen.add(id(function.node))
                yield function

    # expressions and prints -----------------------------------------------------------

    def _expressions(self) -> None:
        """`clf.score(X_val, y_val)` standing alone, or computed for a print."""
        last = self.tree.body[-1] if self.tree.body else None
        for statement in own_scope(self.tree.body):
            if not isinstance(statement, ast.Expr) or from_magic(statement):
                continue
            if statement is last:
                self._shown(statement.value)
            for inner in [statement.value, *getattr(statement.value, "args", [])]:
                self._computed(
                    inner, "its value is shown" if inner is statement.value else "printed"
                )

    def _shown(self, value: ast.expr) -> None:
        """What the cell ends with is what its author looks at."""
        for node in value.elts if isinstance(value, ast.Tuple) else [value]:
            source = ast.unparse(node)
            before = self.found.get(source)
            if before is None:
                listed = path_of(node)
                if listed is not None and "[]" not in listed:
                    if (source := f"{source}[-1]") not in self.found:
                        continue
                elif not self._computed(node, "", "", any_call=True):
                    continue
                before = self.found.get(source)
            if before is not None and not isinstance(value, ast.Tuple):
                rank = before.rank // 10 * 10 - 1
                why = "the cell ends with it"
                self._add(source, before.objective.direction, rank, why, node)

    def _computed(
        self, node: ast.expr, why: str, label: str = "", *, any_call: bool = False
    ) -> bool:
        """Whether an expression over the cell's names is a metric; then it is one of found."""
        bare = _bare(node)
        if isinstance(bare, ast.Name) and bare.id in self.found:
            return True
        name = _named(node)
        called = isinstance(node, ast.Call) or (any_call and _has_call(node))
        direction = direction_of(name) or direction_of_list(name) or direction_of_text(label)
        if not called or direction is None or not reads(node) <= self.bound | self.known:
            return False
        if not any_call and not label and not _is_metric(name):
            return False
        if any(isinstance(n, ast.NamedExpr | ast.Await | ast.Yield) for n in ast.walk(node)):
            return False
        split = _split_of([node])
        rank = rank_of(label) if label and rank_of(label) != 1 else rank_of(name)
        if split and rank == 1:
            rank = _RANKS.get(split, 0)
        source = ast.unparse(node)
        if "\n" in source:
            return False
        self._add(source, direction, 10 * rank + COMPUTED, why, node)
        return True

    def _printed(self) -> None:
        top = {id(n) for n in own_scope(self.tree.body)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and not from_magic(node):
                for printed in printed_by(node):
                    self._one_printed(printed, id(node) in top)

    def _one_printed(self, printed: Printed, at_top: bool) -> None:
        value = printed.value
        name = _named(value)
        label = printed.label.strip(" :=\t-")
        direction = direction_of_text(label) or direction_of(name)
        if direction is None or isinstance(value, ast.Constant):
            return
        why = f"printed as {label!r}" if label else "printed"
        rank = rank_of(label) if direction_of_text(label) else rank_of(name)
        if rank == 1 and rank_of(name) != 1:
            rank = rank_of(name)
        if rank == 1 and (split := _split_of([value])):
            rank = _RANKS.get(split, 0)
        path = path_of(value)
        inner = _bare(value)
        if isinstance(inner, ast.Name) and (inner.id in self.found or inner.id in self._given()):
            return
        if isinstance(value, ast.Name) and (at_top or value.id not in self.bound):
            if value.id in self.bound or not at_top:
                self._add(value.id, direction, 10 * rank + TOLD, why, printed.anchor)
            return
        if path is not None and path[0] in self.bound and at_top:
            source = ast.unparse(value)
            if source not in self.found:
                self._add(source, direction, 10 * rank + COMPUTED, why, printed.anchor)
            return
        if at_top and self._computed(value, why, label):
            return
        if "{}" in printed.text and len(printed.text) > 2:
            kind = TOLD if printed.certain else PRINTED
            source = printed_source(" ".join(printed.text.split()))
            self._add(source, direction, 10 * rank + kind, why, printed.anchor)

    def _given(self) -> set[str]:
        """Local names whose value the cell gets as a function's result, under a name of its."""
        found = set()
        for source, candidate in self.found.items():
            if candidate.why.startswith("what "):
                found.add(source)
        return found


# expressions --------------------------------------------------------------------------


def _bare(node: ast.expr) -> ast.expr:
    """The name in `loss.item()`, `float(loss)`, `100 * acc`."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="item" | "numpy" | "cpu" | "detach")):
            return _bare(value)
        case ast.Call(func=ast.Name(id="float" | "round" | "str"), args=[value, *_]):
            return _bare(value)
        case ast.Call(func=ast.Attribute(value=value, attr="result"), args=[]):
            return _bare(value)
        case ast.BinOp(left=left, op=ast.Mult(), right=ast.Constant()):
            return _bare(left)
        case ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=right):
            return _bare(right)
    return node


def _named(node: ast.AST) -> str:
    """The name that speaks of a value: its own, its attribute's, the called function's."""
    match _bare(node) if isinstance(node, ast.expr) else node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Subscript(value=value):
            return _named(value)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "torch")), args=[first, *_]):
            return _named(first)
        case ast.Call(func=ast.Name(id="max" | "min" | "sum" | "mean"), args=[first, *_]):
            return _named(first)
        case ast.Call(func=ast.Attribute(value=value, attr="mean" | "max" | "min" | "compute")):
            return _named(value)
        case ast.Call(func=func):
            name = _named(func)
            return "loss" if name in _CRITERIA else name
        case ast.BinOp(left=left, op=ast.Div()):
            return _named(left)
        case ast.Tuple(elts=[first, *_]):
            return _named(first)
    return ""


def _is_metric(name: str) -> bool:
    return name == "score" or direction_of(name) is not None


def _split_of(values: list[ast.expr], *, whole: bool = False) -> str:
    """The split that values are computed from, by the names that they read; '' if none.
    whole: a whole training is called, which is given training and validation data: then only
    training data alone says something."""
    names = [
        words_of(node.id if isinstance(node, ast.Name) else node.attr)
        for value in values
        for node in ast.walk(value)
        if isinstance(node, ast.Name | ast.Attribute)
    ]
    words = {word for name in names for word in name}
    if any("test" in name and _FOLD & set(name) for name in names):
        return "val"  # `test_index` of a fold
    if whole:
        return "train" if "train" in words and not words & set(_SPLITS[:-1]) else ""
    for split in ("test", "val", "valid", "validation", "dev", "holdout", "eval", "train"):
        if split in words and not (split == "eval" and "model" in words):
            return split
    return ""


def _values_of(body: list[ast.stmt]) -> dict[str, list[ast.expr]]:
    """What the names of a scope are assigned; None stands for what can't be said."""
    found: dict[str, list[ast.expr]] = {}
    for node in own_scope(body):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name in stored([target]):
                    found.setdefault(name, []).append(node.value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            for name in stored([node.target]):
                found.setdefault(name, []).append(node.target)
    return found


def _value_at(function: ast.AST, target: ast.AST) -> ast.expr | None:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and target in node.targets:
            return node.value
    return None


def _is_no_number(value: ast.expr | None) -> bool:
    """Whether a value is surely no metric: a criterion, a string, a collection."""
    match value:
        case ast.Constant(value=str() | None):
            return True
        case ast.List() | ast.Dict() | ast.Set() | ast.Lambda() | ast.ListComp() | ast.DictComp():
            return True
        case ast.Call(func=ast.Name(id="list" | "dict" | "defaultdict" | "deque" | "partial")):
            return True
        case ast.Call(func=ast.Attribute(attr="load_metric" | "compile" | "load" | "partial")):
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name[:1].isupper() and any(c.islower() for c in name)
    return False


def _is_list(name: str, function: Function) -> bool:
    values = _values_of(function.node.body).get(name, [])
    return any(isinstance(v, ast.List) for v in values) or any(
        isinstance(v, ast.Call) and isinstance(v.func, ast.Name) and v.func.id == "list"
        for v in values
    )


def _elements(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """What of a result can be a number: ('', x), ('[1]', x), ('["val_acc"]', x)."""
    if isinstance(node, ast.Tuple):
        for i, element in enumerate(node.elts):
            yield f"[{i}]", element
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield f'["{key.value}"]', value
    else:
        yield "", node


def _differentiated(tree: ast.AST) -> set[str]:
    """Names on which `.backward()` is called, and what the gradient is taken of."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="backward")):
                found.add(name)
            case ast.Call(func=ast.Attribute(attr="gradient" | "backward"), args=[
                ast.Name(id=name), *_
            ]):  # fmt: skip
                found.add(name)
    return found


def _is_mean(node: ast.expr, listed: str) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="float" | "round"), args=[inner, *_]):
            return _is_mean(inner, listed)
        case ast.Call(func=ast.Name(id="mean") | ast.Attribute(attr="mean"), args=[inner, *_]):
            return ast.dump(inner) == listed
        case ast.Call(func=ast.Attribute(value=inner, attr="mean")):
            return ast.dump(inner) == listed
        case ast.BinOp(left=ast.Call(func=ast.Name(id="sum"), args=[inner]), op=ast.Div()):
            return ast.dump(inner) == listed
    return False


def _has_call(node: ast.expr) -> bool:
    return any(isinstance(n, ast.Call) for n in ast.walk(node))


def _summands(tree: ast.Module) -> dict[str, str]:
    """Names that are parts of another: of `loss = data_loss + reg_loss` the last two."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=whole)], value=ast.BinOp(op=ast.Add()) as value):
                terms: list[ast.expr] = [value]
                while terms:
                    term = terms.pop()
                    if isinstance(term, ast.BinOp) and isinstance(term.op, ast.Add | ast.Mult):
                        terms += [term.left, term.right]
                    elif isinstance(term, ast.Name) and term.id != whole:
                        found[term.id] = whole
    return found


def _first_stores(tree: ast.Module) -> dict[str, ast.AST]:
    found: dict[str, ast.AST] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.setdefault(node.id, node)
    return found


__all__ = ["find_objectives", "is_reset", "names_read"]
