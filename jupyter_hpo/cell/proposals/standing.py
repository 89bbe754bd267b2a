"""Where a value stands: what it is called, whose argument it is, where it is passed on."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property

from ..values import Value, dotted, literal_of
from .code import Code, Function, last_name, string_argument
from .signatures import library_of, parameter

_RECORDS = frozenset(
    ["dict", "SimpleNamespace", "Namespace", "Box", "EasyDict", "edict", "AttrDict", "ConfigDict",
     "Munch", "update", "OmegaConf", "setdefault", "DotDict", "namedtuple"]
)  # fmt: skip
OPTIONS = frozenset(["add_argument", "option", "Option", "DEFINE_float", "DEFINE_integer"])
_FIELDS = frozenset(["field", "Field", "attrib", "ib"])


@dataclass(frozen=True)
class Argument:
    """Of a call: callee, its last name; library as `Code.library`; name of the parameter."""

    name: str
    callee: str
    library: str
    call: ast.Call


@dataclass(frozen=True)
class Standing:
    """name: what a person would call the value, '' if nothing says. argument: the call it
    belongs to. holder: the variable or attribute that the call's result is bound to.
    passed: arguments that the name, once bound to the value, is passed on as."""

    value: Value
    code: Code
    name: str
    argument: Argument | None = None
    holder: str = ""
    bound: str = ""

    @property
    def callee(self) -> str:
        return self.argument.callee if self.argument else ""

    @property
    def library(self) -> str:
        return self.argument.library if self.argument else ""

    @cached_property
    def passed(self) -> tuple[Argument, ...]:
        found = []
        if self.bound:
            for reader in self.code.readers.get(self.bound, ()):
                argument = argument_of(reader, self.code)
                if argument is not None and argument.name:
                    found += [argument, *_inside(argument, self.code)]
        return tuple(found)


def _inside(argument: Argument, code: Code, depth: int = 0) -> list[Argument]:
    """What the person's own function does with a parameter."""
    if argument.library != "own" or depth > 2:
        return []
    name = last_name(argument.call.func)
    bodies = code.functions.get(name, []) + [
        s
        for s in (code.classes[name].body if name in code.classes else [])
        if isinstance(s, Function) and s.name == "__init__"
    ]
    found = []
    for reader in code.readers.get(argument.name, ()):
        if any(above in bodies for above in code.above(reader)):
            inner = argument_of(reader, code)
            if inner is not None and inner.name:
                found += [inner, *_inside(inner, code, depth + 1)]
    return found


def argument_of(node: ast.expr, code: Code) -> Argument | None:
    """An expression as the argument of a call, its parameter named where that is known."""
    call = code.call_of(node)
    if call is None:
        return None
    callee = last_name(call.func)
    library = code.library(call.func) or library_of(callee, code.libraries)
    parent = code.parent(node)
    if isinstance(parent, ast.keyword):
        name = (parent.arg or "").rpartition("__")[2]
    else:
        place = next((i for i, a in enumerate(call.args) if a is node), -1)
        if place < 0 or any(isinstance(a, ast.Starred) for a in call.args[: place + 1]):
            return Argument("", callee, library, call)
        own = code.parameters(call)
        if own is not None:
            name = own[place] if place < len(own) else ""
        else:
            name = parameter(callee, library, place)
    return Argument(name, callee, library, call)


def holder_of(call: ast.Call, code: Code) -> str:
    """`fc1` of `self.fc1 = nn.Linear(...)`, of `name="fc1"`, of `("fc1", nn.Linear(...))`."""
    for keyword in call.keywords:
        if keyword.arg == "name" and isinstance(found := literal_of(keyword.value), str):
            return found
    parent = code.parent(call)
    match parent:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.Assign(targets=[ast.Attribute(attr=name)]):
            return name
        case ast.Tuple(elts=[ast.Constant(value=str(name)), _]):
            return name
    return ""


def standing(value: Value, code: Code) -> Standing | None:
    """None for a value that nothing names: a callee, or a number inside an expression."""
    match value.role:
        case "assign":
            bound = _bound_name(value, code)
            return Standing(value, code, value.key, _owner_of_item(value, code), "", bound)
        case "default":
            return Standing(value, code, value.key, bound=value.key)
        case "dict":
            return Standing(
                value, code, value.key, _owner_of_dict(value, code), "", f".{value.key}"
            )
        case "keyword" | "positional":
            return _of_argument(value, code)
        case "element":
            return _of_element(value, code)
    return None


def _bound_name(value: Value, code: Code) -> str:
    """A name of the module or a function is read as itself, an attribute or key with a dot."""
    statement = code.statement(value.node)
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    inside = code.scope(value.node)
    plain = any(
        isinstance(n, ast.Name) and n.id == value.key
        for target in targets
        if target is not None
        for n in ast.walk(target)
    )
    return value.key if plain and not isinstance(inside, ast.ClassDef) else f".{value.key}"


def _of_argument(value: Value, code: Code) -> Standing | None:
    argument = argument_of(value.node, code)
    if argument is None:
        return None
    call, callee = argument.call, argument.callee
    if callee in OPTIONS:
        return _of_option(value, argument, code)
    if callee in _FIELDS and argument.name in ("default", "") and value.role != "dict":
        field = code.parent(call)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            return Standing(value, code, field.target.id, bound=f".{field.target.id}")
        return None
    if callee in _RECORDS:
        if not argument.name:
            return None
        owner = _receiver(call, code)
        return Standing(value, code, argument.name, owner, "", f".{argument.name}")
    if callee == "partial" and call.args and value.role == "keyword":
        inner = last_name(call.args[0])
        library = code.library(call.args[0]) or library_of(inner, code.libraries)
        argument = Argument(argument.name, inner, library, call)
    bound = argument.name if argument.library == "own" else ""
    return Standing(value, code, argument.name, argument, holder_of(call, code), bound)


def _of_option(value: Value, argument: Argument, code: Code) -> Standing | None:
    """`add_argument("--lr", default=1e-3)` is called `lr`."""
    call = argument.call
    if argument.name not in ("default", "") or value.node in call.args[:1]:
        return None
    names = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    long = [n for n in names if n.startswith("--")] or names
    if not long or (not argument.name and not argument.callee.startswith("DEFINE")):
        return None
    name = long[0].lstrip("-").replace("-", "_")
    return Standing(value, code, name, None, "", f".{name}")


def _owner_of_item(value: Value, code: Code) -> Argument | None:
    """Of `params["eta"] = 0.1`, whom `params` reaches."""
    statement = code.parent(value.node)
    match statement:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            record = next(
                (
                    s.value
                    for s in ast.walk(code.tree)
                    if isinstance(s, ast.Assign)
                    and any(isinstance(t, ast.Name) and t.id == name for t in s.targets)
                ),
                None,
            )
            return _receiver(record, code) if record is not None else None
    return None


def _owner_of_dict(value: Value, code: Code) -> Argument | None:
    """The call that a dict's items are keywords or parameters of."""
    parent = code.parent(value.node)
    return _receiver(parent, code) if isinstance(parent, ast.Dict) else None


def _receiver(record: ast.AST, code: Code) -> Argument | None:
    """Whom a dict reaches: directly, or by the name it is bound to (`params`)."""
    holders: list[ast.AST] = [record]
    parent = code.parent(record)
    if isinstance(parent, ast.Assign | ast.AnnAssign):
        targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
        for target in targets:
            if isinstance(target, ast.Name):
                holders += code.readers.get(target.id, [])
    for holder in holders:
        above = code.parent(holder)
        if isinstance(above, ast.BinOp):  # {**a} | b
            holder, above = above, code.parent(above)
        call = code.call_of(holder) if isinstance(holder, ast.expr) else None
        if call is None:
            continue
        library = code.library(call.func)
        starred = isinstance(above, ast.keyword) and above.arg is None
        if starred:
            return Argument("", last_name(call.func), library, call)
        if library == "boost" or last_name(call.func) in ("XGBClassifier", "LGBMClassifier"):
            return Argument("", "boosting", "boost", call)
    keys = _keys_of(record)
    if keys & BOOSTING_KEYS:
        call = ast.Call(ast.Name("boosting", ast.Load()), [], [])
        return Argument("", "boosting", "boost", call)
    return None


BOOSTING_KEYS = frozenset(
    ["num_leaves", "colsample_bytree", "bagging_fraction", "feature_fraction", "num_boost_round",
     "min_child_weight", "reg_lambda", "reg_alpha", "l2_leaf_reg", "eta", "lambda_l1", "lambda_l2",
     "min_data_in_leaf", "colsample_bylevel", "booster", "boosting_type"]
)  # fmt: skip


def _keys_of(record: ast.AST) -> set[str]:
    if isinstance(record, ast.Dict):
        return {k for key in record.keys if key and isinstance(k := literal_of(key), str)}
    if isinstance(record, ast.Call):
        return {k.arg for k in record.keywords if k.arg}
    return set()


def _of_element(value: Value, code: Code) -> Standing | None:
    """`hidden_layer_sizes[0]`, `betas[1]`: elements of a named tuple."""
    parent = code.parent(value.node)
    if not isinstance(parent, ast.Tuple | ast.List):
        return None
    place = next((i for i, e in enumerate(parent.elts) if e is value.node), 0)
    argument = argument_of(parent, code)
    owner = code.parent(parent)
    if argument is not None and argument.name:
        name = argument.name
    elif isinstance(owner, ast.Assign) and len(owner.targets) == 1:
        name = dotted(owner.targets[0]).rpartition(".")[2]
    elif isinstance(owner, ast.Dict):
        at = next((i for i, v in enumerate(owner.values) if v is parent), -1)
        key = owner.keys[at] if at >= 0 else None
        name = str(literal_of(key)) if key is not None else ""
    elif isinstance(owner, ast.arguments):
        name = _default_name(parent, owner)
    else:
        return None
    if not name:
        return None
    holder = holder_of(argument.call, code) if argument else ""
    return Standing(value, code, f"{name}[{place}]", argument, holder, "")


def _default_name(node: ast.expr, arguments: ast.arguments) -> str:
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    pairs = [*zip(with_default, arguments.defaults, strict=True)]
    pairs += [
        (a, d)
        for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if d is not None
    ]
    return next((a.arg for a, d in pairs if d is node), "")


def function_of_default(value: Value, code: Code) -> Function | None:
    """The function whose parameter's default a value is."""
    arguments = code.parent(value.node)
    function = code.parent(arguments) if isinstance(arguments, ast.arguments) else None
    return function if isinstance(function, Function) else None


__all__ = ["Argument", "Standing", "argument_of", "standing", "string_argument"]
