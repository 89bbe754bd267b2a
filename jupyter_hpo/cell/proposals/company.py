"""What else stands in the code and so decides what a value may become."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from ...space import Categorical, Distribution, Float, Int
from ..values import Value, dotted
from .code import Code, last_name
from .standing import OPTIONS, Standing, standing

_HEADS = re.compile(r"(?:n|num)_?(?:attention_)?heads?|nhead|heads")
_WIDTH = re.compile(
    r"(?:\w*_)?(?:d_?model|embed(?:ding)?_?dim|emb_?dim|hidden(?:_?(?:size|dim))?|n_embd|dim)"
)
_NO_OPTION = frozenset(
    ["device", "mode", "phase", "split", "path", "dataset", "data", "backend", "name", "file",
     "target", "task", "platform", "direction", "metric", "monitor", "stage", "key", "column"]
)  # fmt: skip
"""Words of names whose strings are told apart, but are no choice to search."""


_POSITIONS = frozenset(["n_positions", "max_position_embeddings", "n_ctx"])
_LENGTH = re.compile(r"(?:max_?)?(?:seq(?:uence)?_?)?len(?:gth)?|block_size|context_length|bptt")


def heads_in(values: Iterable[Value], code: Code) -> list[int]:
    """The numbers of attention heads that stand in the code; they must divide the widths."""
    found = [0] if "MultiheadAttention" in code.calls else []
    for value in values:
        if isinstance(value.literal, int) and value.role not in ("inner", "callee", "element"):
            where = standing(value, code)
            if where is not None and _HEADS.fullmatch(where.name.lower()):
                found.append(value.literal)
    return found


def is_heads(name: str) -> bool:
    return _HEADS.fullmatch(name.lower()) is not None


def widths_in(values: Iterable[Value], code: Code) -> list[int]:
    """The widths that heads may have to divide."""
    found = []
    for value in values:
        if isinstance(value.literal, int) and value.role not in ("inner", "callee", "element"):
            where = standing(value, code)
            if value.literal >= 8 and where is not None and _WIDTH.fullmatch(where.name.lower()):
                found.append(value.literal)
    return found


def divided_width(width: int, heads: Sequence[int]) -> Distribution | None:
    """Half and twice a width, where its heads divide them."""
    near = [w for w in (width // 2, width, width * 2) if all(w % h == 0 for h in heads if h)]
    return Categorical(tuple(near)) if len(near) > 1 and width in near and width % 2 == 0 else None


def heads_that_divide(
    heads: int, widths: Sequence[int], all_heads: Sequence[int]
) -> Distribution | None:
    """Numbers of heads that divide all widths, and what these may become."""
    reachable: list[int] = []
    for width in widths:
        near = divided_width(width, all_heads)
        reachable += list(near.choices) if isinstance(near, Categorical) else [width]
    usual = sorted({1, 2, 4, 8, heads} | ({3, 6, 12} if heads % 3 == 0 else set()))
    fitting = [
        h for h in usual if h <= 2 * heads and (heads % h == 0 or reachable)
        and all(w % h == 0 for w in reachable)
    ]  # fmt: skip
    return Categorical(tuple(fitting)) if len(fitting) > 1 and heads in fitting else None


def compared_with(where: Standing) -> tuple[str, ...]:
    """The strings that the code itself tells a string variable apart by, its own first; () when
    it doesn't.

    `if cell == "lstm": ... elif cell == "gru": ...`; a dict indexed by the variable; `match`.
    """
    literal, code = where.value.literal, where.code
    if not isinstance(literal, str) or not where.bound:
        return ()
    if any(word in _NO_OPTION for word in where.name.lower().split("_")):
        return ()
    names = {where.bound.lstrip(".")} | {a.name for a in where.passed if a.library == "own"}
    found: list[str] = []
    for node in ast.walk(code.tree):
        match node:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=str(s))]):
                found += [s] if _is_one(left, names) else []
            case ast.Compare(left=left, ops=[ast.In()], comparators=[many]):
                found += _strings(getattr(many, "elts", [])) if _is_one(left, names) else []
            case ast.Subscript(value=table, slice=index) if _is_one(index, names):
                found += _strings(_keys_of(table, code))
            case ast.Match(subject=subject, cases=cases) if _is_one(subject, names):
                found += [
                    c.pattern.value.value
                    for c in cases
                    if isinstance(c.pattern, ast.MatchValue)
                    and isinstance(c.pattern.value, ast.Constant)
                    and isinstance(c.pattern.value.value, str)
                ]
    return tuple(dict.fromkeys([literal, *found])) if found else ()


_FEATURES = {"load_iris": 4, "load_wine": 13, "load_breast_cancer": 30, "load_digits": 64,
             "load_diabetes": 10, "load_linnerud": 3, "fetch_california_housing": 8}  # fmt: skip
_WIDENS = ("PolynomialFeatures", "OneHotEncoder", "get_dummies", "SplineTransformer",
           "KBinsDiscretizer", "RBFSampler", "Nystroem", "TfidfVectorizer",
           "CountVectorizer")  # fmt: skip


def features_in(code: Code) -> int | None:
    """How many features the data have, where they are made or loaded in the code by one call
    that says so and nothing adds to them."""
    if any(name in code.calls for name in _WIDENS):
        return None
    found = [n for name, n in _FEATURES.items() for _ in code.calls.get(name, ())]
    for name, calls in code.calls.items():
        if name.startswith("make_"):
            found += [
                k.value.value
                for call in calls
                for k in call.keywords
                if k.arg == "n_features"
                and isinstance(k.value, ast.Constant)
                and isinstance(k.value.value, int)
            ]
    return found[0] if len(found) == 1 else None


_DRAWS = re.compile(
    r"rand\w*|integers|normal|standard_normal|uniform|choices?|make_\w+|permutation"
)


def draws_data(where: Standing) -> bool:
    """Whether a constant sizes data that the code draws itself: `randint(9, size=(n, MAX_LEN))`."""
    readers = where.code.readers.get(where.bound, ()) if where.bound else ()
    return any(
        isinstance(call, ast.Call) and _DRAWS.fullmatch(dotted(call.func).rpartition(".")[2])
        for reader in readers
        for call in _around(reader, where.code)
    )


def _around(node: ast.AST, code: Code) -> Iterator[ast.AST]:
    """What stands around an expression, to the end of its statement."""
    for found in code.above(node):
        if isinstance(found, ast.stmt):
            return
        yield found


def declared_int(where: Standing) -> bool:
    """Whether the code says that a value is an integer: `type=int`, `n: int = 3`."""
    parent = where.code.parent(where.value.node)
    call = where.code.call_of(where.value.node)
    if call is not None and last_name(call.func) in OPTIONS:
        return any(k.arg == "type" and last_name(k.value) == "int" for k in call.keywords)
    annotation = parent.annotation if isinstance(parent, ast.AnnAssign) else None
    if isinstance(parent, ast.arguments):
        named = [*parent.posonlyargs, *parent.args, *parent.kwonlyargs]
        annotation = next((a.annotation for a in named if a.arg == where.name), None)
    return annotation is not None and last_name(annotation) == "int"


def _keys_of(table: ast.expr, code: Code) -> list[ast.expr | None]:
    """Of a dict that stands there, or that a name is bound to."""
    if isinstance(table, ast.Name):
        for statement in ast.walk(code.tree):
            if not isinstance(statement, ast.Assign):
                continue
            bound = statement.value
            if isinstance(bound, ast.Dict) and dotted(statement.targets[0]) == table.id:
                return bound.keys
    return table.keys if isinstance(table, ast.Dict) else []


def _is_one(node: ast.expr, names: set[str]) -> bool:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value in names
    return dotted(node).rpartition(".")[2] in names


def _strings(nodes: Iterable[ast.expr | None]) -> list[str]:
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def without_impossible(distribution: Distribution, where: Standing) -> Distribution | None:
    """The choices less those that other calls and arguments of the code forbid."""
    code, name = where.code, where.name
    call = where.argument.call if where.argument else None
    given = {k.arg for k in call.keywords} if call is not None else set()
    if name == "bootstrap" and given & {"oob_score", "max_samples"}:
        return None
    if name == "kernel" and code.readers.get(".coef_"):
        return None
    if name == "voting" and code.readers.get(".predict_proba"):
        return None
    positions = any(k.arg in _POSITIONS for k in code.keywords)
    if positions and isinstance(distribution, Int) and _LENGTH.fullmatch(name.lower()):
        return Int(distribution.low, where.value.literal, distribution.log)
    nesterov = [k for k in code.keywords if k.arg == "nesterov"]
    if name == "nesterov" and not where.value.literal and "momentum" not in given:
        return None
    if name.endswith("momentum") and nesterov and isinstance(distribution, Float):
        return Float(0.5, distribution.high) if distribution.contains(0.5) else distribution
    if not isinstance(distribution, Categorical):
        return distribution
    forbidden: set[object] = set()
    if name == "solver" and ("partial_fit" in code.calls or "early_stopping" in given):
        forbidden.add("lbfgs")
    if name == "linkage" and given & {"metric", "affinity"}:
        forbidden.add("ward")
    left = tuple(c for c in distribution.choices if c not in forbidden)
    return Categorical(left, distribution.expressions) if len(left) > 1 else None
