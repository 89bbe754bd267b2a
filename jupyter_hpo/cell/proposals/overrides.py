"""Defaults that every caller overrides: then the argument at the call is what is tuned."""

from __future__ import annotations

import ast

from ..values import literal_of
from .code import Code, Function, is_record
from .standing import Standing, function_of_default


def overridden(where: Standing) -> bool:
    """Whether no call in the code uses a value that stands as a default, a record's field, an
    option of the command line or an attribute of a class; a default nobody refers to, too."""
    value, code = where.value, where.code
    if value.role == "default":
        function = function_of_default(value, code)
        return function is not None and _default_overridden(function, value.key, code)
    scope = code.scope(value.node)
    if isinstance(scope, ast.ClassDef) and is_record(scope):
        calls = code.calls.get(scope.name, [])
        order = code.class_parameters(scope) or []
        return bool(calls) and all(_gives(c, where.name, order, code) for c in calls)
    if where.argument is None and value.role == "keyword":  # an option of the command line
        flag = "--" + where.name
        return any(_in_arguments(c, flag) for c in code.calls.get("parse_args", []))
    return False


def _default_overridden(function: Function, name: str, code: Code) -> bool:
    owner = code.parent(function)
    arguments = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    if isinstance(owner, ast.ClassDef):
        called = owner.name if function.name == "__init__" else function.name
        arguments = arguments[1:]
    else:
        called = function.name
    calls = [*code.calls.get(called, [])]
    if function.name == "__init__" and isinstance(owner, ast.ClassDef):
        calls += _calls_of_super(owner, code)
    if any(k.arg and k.arg.endswith(f"__{name}") for k in code.keywords):
        return True
    if not calls:
        named = [*code.readers.get(called, []), *code.readers.get("." + called, [])]
        return not named and not function.decorator_list
    return all(_gives(call, name, arguments, code) for call in calls)


def _calls_of_super(owner: ast.ClassDef, code: Code) -> list[ast.Call]:
    """`super().__init__(...)` of the classes that derive from owner."""
    found = []
    for derived in code.classes.values():
        if any(isinstance(b, ast.Name) and b.id == owner.name for b in derived.bases):
            found += [
                n
                for n in ast.walk(derived)
                if isinstance(n, ast.Call)
                and isinstance(n.func, ast.Attribute)
                and n.func.attr == "__init__"
            ]
    return found


def _gives(call: ast.Call, name: str, order: list[str], code: Code) -> bool:
    if any(k.arg == name for k in call.keywords):
        return True
    if name in order and order.index(name) < len(call.args):
        return True
    return any(
        k.arg is None and name in _keys(k.value, code) for k in call.keywords
    )  # fmt: skip


def _keys(node: ast.expr, code: Code) -> set[str]:
    """The string keys of the dict that `**name` unpacks, where the code shows them."""
    records: list[ast.AST] = [node]
    if isinstance(node, ast.Name):
        for statement in ast.walk(code.tree):
            if isinstance(statement, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == node.id for t in statement.targets
            ):
                records.append(statement.value)
    found: set[str] = set()
    for record in records:
        if isinstance(record, ast.Dict):
            found |= {str(literal_of(k)) for k in record.keys if k is not None}
        elif isinstance(record, ast.Call) and isinstance(record.func, ast.Name):
            found |= {k.arg for k in record.keywords if k.arg}
    return found


def _in_arguments(call: ast.Call, flag: str) -> bool:
    """Whether `parse_args(["--lr", "0.1"])` gives an option."""
    return any(
        isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value.split("=")[0] == flag
        for a in call.args
        for n in ast.walk(a)
    )
