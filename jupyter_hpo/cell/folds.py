"""`--folds`: where a cell that trains on some rows and scores on others takes their numbers.

The cell reads two names such as `train_idx` and `val_idx`, made by a split of its own or not at
all. In every round they are bound, after that split, to a fold of the data that they index.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import CellError, Problem
from .captured import FoldPlace
from .scopes import FUNCTIONS, stored
from .source import cell_of
from .values import place_of

_TRAIN = r"train(?:ing)?|trn?|fit"
_VALIDATION = r"val(?:id|idation)?|va|vl|test|tst?|te|dev|holdout|eval"
_NUMBERS = r"(?:idxs?|index|indexes|indices|ids?|inds?|ix)"
_NAME = re.compile(
    rf"(?P<role>{_TRAIN}|{_VALIDATION})_?{_NUMBERS}|{_NUMBERS}_(?P<late>{_TRAIN}|{_VALIDATION})",
    re.IGNORECASE,
)
_LABELS = re.compile(r"(?:^|_)(?:y|ys|labels?|targets?|class(?:es)?)(?:_|$)", re.IGNORECASE)
_TAKES = ("Subset", "take", "select", "index_select", "_safe_indexing")
_LOCATORS = ("iloc", "loc")
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

WRITE = (
    "Write the cell so that it trains on X[train_idx], y[train_idx] and scores on X[val_idx], "
    "y[val_idx]; --folds gives the two names another fold in every round."
)

GROUPS = "groups"
"""The notebook's name of the groups that a splitter such as GroupKFold is given."""

BOUND = "__hpo_fold__"
"""Under this name the bound code expects what gives the numbers of a round's rows."""


def role_of(name: str) -> str:
    """'train' or 'validation' of a name that `--folds` may bind, else ''."""
    found = _NAME.fullmatch(name)
    if found is None:
        return ""
    word = found["role"] or found["late"]
    return "train" if re.fullmatch(_TRAIN, word, re.IGNORECASE) else "validation"


@dataclass(frozen=True)
class _Indexed:
    """Data that one of the names indexes, as text, and where. root: the name it begins with."""

    text: str
    root: str
    node: ast.expr


def find_folds(tree: ast.Module) -> FoldPlace:
    """Where the names are bound, of a trial's statements. Raises CellError where there are none,
    or the data that they index can't be told."""
    names = _names(tree)
    own = _own_loop(tree, set(names))
    if own is not None:
        raise _problem(
            "folds_twice",
            f"--folds can't be joined with the loop over folds that binds {names[0]!r} itself.",
            "Leave out --folds: each fold of that loop is a report, and is compared as one.",
            own,
        )
    data = list(_indexed(tree, set(names)))
    if not data:
        at = next(n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == names[0])
        raise _problem(
            "folds_data",
            f"--folds: {names[0]!r} indexes nothing here, so it can't be told what to split.",
            WRITE,
            at,
        )
    labels = next((d for d in data if _LABELS.search(_last(d.text))), None)
    split = next((d for d in data if labels is None or d.text != labels.text), data[0])
    roots = {split.root} | ({labels.root} if labels is not None else set())
    before = _place(tree, set(names), roots)
    late = sorted(roots & _bound_only_after(tree, before))
    if late:
        raise _problem(
            "folds_data",
            f"--folds: {late[0]!r} is assigned only after {names[0]!r} is first used.",
            f"Assign {late[0]} above that line.",
            tree.body[before],
        )
    return FoldPlace(names, split.text, "" if labels is None else labels.text, before)


def fold_statement(tree: ast.Module, folds: FoldPlace) -> ast.stmt:
    """`train_idx, val_idx = __hpo_fold__(X, y)`, to stand before `folds.before`."""
    given = [folds.data, *([folds.labels] if folds.labels else [])]
    text = f"{', '.join(folds.names)} = {BOUND}({', '.join(given)})"
    statement = ast.parse(text).body[0]
    at = tree.body[folds.before]
    for node in ast.walk(statement):
        if isinstance(node, ast.expr | ast.stmt):
            ast.copy_location(node, at)
            node.end_lineno, node.end_col_offset = node.lineno, node.col_offset
        if cell_of(at):
            node.hpo_cell = cell_of(at)  # type: ignore[attr-defined]
    return statement


def _names(tree: ast.Module) -> tuple[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.setdefault(role_of(node.id), node.id)
    missing = [role for role in ("train", "validation") if role not in found]
    if missing:
        what = " and ".join(missing)
        example = " and ".join({"train": "train_idx", "validation": "val_idx"}[r] for r in missing)
        raise CellError(
            [
                Problem(
                    "folds_names",
                    f"--folds: the cell reads no name for the {what} rows, such as {example}.",
                    WRITE,
                )
            ]
        )
    return found["train"], found["validation"]


def _own_loop(tree: ast.Module, names: set[str]) -> ast.stmt | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.AsyncFor) and names & set(stored([node.target])):
            return node
    return None


def _indexed(tree: ast.Module, names: set[str]) -> Iterator[_Indexed]:
    """Data at the module's level that the names index, in the order of the code."""
    inner = {
        argument.arg
        for function in ast.walk(tree)
        if isinstance(function, FUNCTIONS)
        for argument in ast.walk(function)
        if isinstance(argument, ast.arg)
    }
    seen = set()
    for node, numbers in _with_numbers(tree, names):
        for base in _bases(node, numbers):
            text, root = ast.unparse(base), _root(base)
            if root and root not in inner | names and text not in seen:
                seen.add(text)
                yield _Indexed(text, root, base)


def _with_numbers(tree: ast.Module, names: set[str]) -> Iterator[tuple[ast.AST, set[str]]]:
    """Every node with the names that stand for rows there: in `[X[i] for i in train_idx]` each
    number has one, too."""
    for node in ast.walk(tree):
        yield node, names
        inside: list[ast.comprehension | ast.For] = []
        if isinstance(node, _COMPREHENSIONS):
            inside += node.generators
        elif isinstance(node, ast.For):
            inside.append(node)
        one = {
            part.target.id
            for part in inside
            if isinstance(part.target, ast.Name)
            and isinstance(part.iter, ast.Name)
            and part.iter.id in names
        }
        if one:
            yield from ((inner, one) for inner in ast.walk(node))


def _bases(node: ast.AST, names: set[str]) -> Iterator[ast.expr]:
    match node:
        case ast.Subscript(value=value, slice=index):
            first = index.elts[0] if isinstance(index, ast.Tuple) and index.elts else index
            if isinstance(first, ast.Name) and first.id in names:
                located = isinstance(value, ast.Attribute) and value.attr in _LOCATORS
                yield value.value if located else value  # type: ignore[attr-defined]
        case ast.Call(func=func, args=[*given]) if any(
            isinstance(a, ast.Name) and a.id in names for a in given
        ):
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if isinstance(func, ast.Attribute) and name in _TAKES and len(given) == 1:
                yield func.value
            elif name in _TAKES and isinstance(given[0], ast.Name | ast.Attribute | ast.Subscript):
                yield given[0]  # Subset(data, train_idx), np.take(X, train_idx)


def _root(node: ast.expr) -> str:
    """The name that a plain path (`digits.data`, `table["x"]`) begins with, else ''."""
    while True:
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner, slice=ast.Constant()):
                node = inner
            case ast.Name(id=name):
                return name
            case _:
                return ""


def _last(text: str) -> str:
    return re.split(r"[.\[]", text)[-1].strip("]'\"")


def _place(tree: ast.Module, names: set[str], data: set[str]) -> int:
    """The index of the statement before which the names are bound: the first that needs them,
    after those that make them or the data."""
    readers, first = set(names), None
    last_made = -1
    for i, statement in enumerate(tree.body):
        read = any(
            isinstance(n, ast.Name) and n.id in readers and isinstance(n.ctx, ast.Load)
            for n in ast.walk(statement)
        )
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if read:
                readers.add(statement.name)
            continue
        if names & set(stored([statement])):
            last_made = i
        elif read and first is None:
            first = i
    if first is None:
        first = len(tree.body) - 1
    return max(first, last_made + 1) if last_made + 1 < len(tree.body) else first


def _bound_only_after(tree: ast.Module, before: int) -> set[str]:
    return set(stored(tree.body[before:])) - set(stored(tree.body[:before]))


def _problem(code: str, text: str, fix: str, at: ast.expr | ast.stmt) -> CellError:
    place = place_of(at)
    return CellError([Problem(code, text, fix, place.line, None, place.cell)])
