"""What the code prints or logs: each value with the literal text around it.

Seen in `print`, `logging` and `tqdm.write` calls: f-strings, `%` and `.format`, strings joined
by `+`, values beside strings; in `set_postfix` and `wandb.log` the keys are the text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

Path = tuple[tuple[str, int | None], ...]

_LOG = {"debug", "info", "warning", "error", "critical", "log", "write", "echo", "secho", "print"}
_KEYED = {"set_postfix", "log", "log_metrics", "log_dict", "set_postfix_str"}
_NAMED = {"add_scalar", "log_metric", "log_value", "scalar"}
_SPEC = re.compile(r"%(?:\((\w+)\))?[-+ #0]*(?:\d+|\*)?(?:\.\d+)?[hlL]?([diouxXeEfFgGcrsa%])")
_WRAPPERS = {"str", "round", "float", "format", "repr"}


@dataclass(frozen=True, eq=False)
class Printed:
    """anchor: the call that prints. path: from it to value. text: what is printed around it,
    `{}` for the value. label: the text that belongs to it, for its direction. certain: the
    text appears on the output as it stands here (not only in a tracker or a progress bar)."""

    anchor: ast.Call
    path: Path
    value: ast.expr
    text: str
    label: str
    certain: bool = True


def printed_by(call: ast.Call) -> Iterator[Printed]:
    """The values that one call prints or logs, in order."""
    name = _name(call.func)
    if name in _NAMED and len(call.args) >= 2:
        yield from _named(call)
    elif name == "print" and isinstance(call.func, ast.Name):
        yield from _values(call, list(_arguments(call)))
    elif name in _KEYED and (keyed := list(_keyed(call))):
        yield from keyed
    elif name in _LOG and isinstance(call.func, ast.Attribute) and call.args:
        parts = list(_logged(call))
        yield from _values(call, parts)


@dataclass(frozen=True)
class _Part:
    """A piece of what is printed: text, or a value with the path to it."""

    text: str = ""
    value: ast.expr | None = None
    path: Path = ()


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _arguments(call: ast.Call) -> Iterator[_Part]:
    separator = " "
    for keyword in call.keywords:
        if keyword.arg == "sep" and isinstance(keyword.value, ast.Constant):
            separator = str(keyword.value.value)
    for i, argument in enumerate(call.args):
        if i:
            yield _Part(separator)
        yield from _parts(argument, (("args", i),))


def _logged(call: ast.Call) -> Iterator[_Part]:
    first = call.args[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str) and call.args[1:]:
        values = [(v, (("args", i),)) for i, v in enumerate(call.args[1:], 1)]
        yield from _percent(first.value, values, {})  # type: ignore[arg-type]
    else:
        yield from _parts(first, (("args", 0),))


def _parts(node: ast.expr, path: Path) -> Iterator[_Part]:
    match node:
        case ast.Constant(value=str(text)):
            yield _Part(text)
        case ast.JoinedStr(values=values):
            for i, inner in enumerate(values):
                at: Path = (*path, ("values", i))
                if isinstance(inner, ast.FormattedValue):
                    yield from _value(inner.value, (*at, ("value", None)))
                else:
                    yield from _parts(inner, at)
        case ast.BinOp(left=left, op=ast.Add(), right=right) if _is_text(node):
            yield from _parts(left, (*path, ("left", None)))
            yield from _parts(right, (*path, ("right", None)))
        case ast.BinOp(left=ast.Constant(value=str(template)), op=ast.Mod(), right=right):
            at = (*path, ("right", None))
            if isinstance(right, ast.Tuple):
                given = [(v, (*at, ("elts", i))) for i, v in enumerate(right.elts)]
                yield from _percent(template, given, {})
            elif isinstance(right, ast.Dict):
                keyed = {
                    k.value: (v, (*at, ("values", i)))
                    for i, (k, v) in enumerate(zip(right.keys, right.values, strict=True))
                    if isinstance(k, ast.Constant) and isinstance(k.value, str)
                }
                yield from _percent(template, [], keyed)
            else:
                yield from _percent(template, [(right, at)], {})
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str(template)), attr="format"), args=args
        ):
            given = [(v, (*path, ("args", i))) for i, v in enumerate(args)]
            keyed = {
                k.arg: (k.value, (*path, ("keywords", i), ("value", None)))
                for i, k in enumerate(node.keywords)
                if k.arg
            }
            yield from _format(template, given, keyed)
        case _:
            yield from _value(node, path)


def _value(node: ast.expr, path: Path) -> Iterator[_Part]:
    """A value, `str(...)` and `round(...)` around it left out."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[inner, *_]) if name in _WRAPPERS:
            yield from _value(inner, (*path, ("args", 0)))
        case ast.Constant(value=value):
            yield _Part(str(value))
        case _:
            yield _Part("", node, path)


def _percent(
    template: str, given: list[tuple[ast.expr, Path]], keyed: dict[str, tuple[ast.expr, Path]]
) -> Iterator[_Part]:
    at = 0
    values = iter(given)
    for found in _SPEC.finditer(template):
        yield _Part(template[at : found.start()])
        at = found.end()
        if found[2] == "%":
            yield _Part("%")
            continue
        pair = keyed.get(found[1]) if found[1] else next(values, None)
        if pair is not None:
            yield from _value(*pair)
    yield _Part(template[at:])


def _format(
    template: str, given: list[tuple[ast.expr, Path]], keyed: dict[str, tuple[ast.expr, Path]]
) -> Iterator[_Part]:
    try:
        pieces = list(Formatter().parse(template))
    except ValueError:  # braces that don't pair: Python says so when the line runs
        return
    count = 0
    for literal, field, _, _ in pieces:
        yield _Part(literal)
        if field is None:
            continue
        index = count if not field else int(field) if field.isdigit() else None
        count += not field
        pair = given[index] if index is not None and index < len(given) else keyed.get(field)
        if pair is not None:
            yield from _value(*pair)


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _is_text(left) or _is_text(right)
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.Call(func=ast.Name(id="str")):
            return True
    return False


def _values(call: ast.Call, parts: list[_Part]) -> Iterator[Printed]:
    """The values among parts, each with the text between it and its neighbours."""
    for i, part in enumerate(parts):
        if part.value is None:
            continue
        before = "".join(reversed(_until_value(parts[i - 1 :: -1] if i else [])))
        after = "".join(_until_value(parts[i + 1 :]))
        before, after = before.rpartition("\n")[2], after.partition("\n")[0]
        label = _trimmed(before)
        own = re.split(r"[,;|(]|  +", after)[0].rstrip()
        leads = any(p.value is not None for p in parts[i + 1 :]) and len(own) >= len(after.rstrip())
        if not _has_words(label) and _has_words(own) and not leads:
            label, text = own, "{}" + own
        else:
            text = f"{label}{{}}"
        yield Printed(call, part.path, part.value, text.replace("\r", ""), label)


def _until_value(parts: list[_Part]) -> list[str]:
    texts: list[str] = []
    for part in parts:
        if part.value is not None:
            break
        texts.append(part.text)
    return texts


def _trimmed(before: str) -> str:
    """The text before a value, from where it begins to speak of it."""
    pieces = re.split(r"[,;|/]\s*|\s-+\s|\s{2,}|\t|^[\s%\])}]+", before)
    for start in range(len(pieces)):
        kept = before[before.find(pieces[-1 - start]) :] if start == 0 else ""
        if start == 0 and _has_words(pieces[-1]):
            return kept.lstrip(" \t%])}-,;:|/=>")
    return before.lstrip(" \t%])}-,;:|/=>")


def _has_words(text: str) -> bool:
    return re.search(r"[^\W\d_]{2,}|R2|R²|F1|f1|r2", text) is not None


def _keyed(call: ast.Call) -> Iterator[Printed]:
    for i, keyword in enumerate(call.keywords):
        if keyword.arg is not None and call.func:
            for part in _value(keyword.value, (("keywords", i), ("value", None))):
                if part.value is not None and _name(call.func) == "set_postfix":
                    yield _of_key(call, part, keyword.arg)
    for j, argument in enumerate(call.args[:2]):
        if isinstance(argument, ast.Dict):
            for i, (key, value) in enumerate(zip(argument.keys, argument.values, strict=True)):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    for part in _value(value, (("args", j), ("values", i))):
                        if part.value is not None:
                            yield _of_key(call, part, key.value)


def _of_key(call: ast.Call, part: _Part, key: str) -> Printed:
    assert part.value is not None
    return Printed(call, part.path, part.value, f"{key}={{}}", key, certain=False)


def _named(call: ast.Call) -> Iterator[Printed]:
    name = call.args[0]
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        for part in _value(call.args[1], (("args", 1),)):
            if part.value is not None:
                yield _of_key(call, part, name.value)
