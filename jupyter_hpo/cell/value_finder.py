"""Find every value in a cell that a mark could mean, by position in the syntax tree."""

from __future__ import annotations

import ast
from typing import Any

from ..space.space import MISSING
from .source import cell_of, from_magic
from .values import Region, Role, Value, Values, computed, dotted, literal_of, place_of

DATA = 100
"""A list or tuple of more elements than this is data: nobody marks one of them."""


def find_values(tree: ast.Module) -> Values:
    """All values in the order of the code; each place says which cell it stands in."""
    finder = _Finder()
    finder.values.tree = tree
    for statement in tree.body:
        finder.visit(statement)
    return finder.values


class _Finder(ast.NodeVisitor):
    def __init__(self) -> None:
        self.values = Values()
        self.depth = 0
        self.owner = -1
        self.scopes: list[str] = []

    # statements ---------------------------------------------------------------------

    def visit(self, node: ast.AST) -> None:
        if from_magic(node) or isinstance(node, ast.JoinedStr):
            return
        if isinstance(node, ast.stmt):
            self._statement(node)
        else:
            super().visit(node)

    def _statement(self, node: ast.stmt) -> None:
        body: list[ast.AST] = []
        for name in ("body", "handlers", "orelse", "finalbody", "cases"):
            body += getattr(node, name, [])
        if body:
            first = min(getattr(inner, "lineno", 10**9) for inner in body)
            end = max(first - 1, node.lineno)
        else:
            end = node.end_lineno or node.lineno
        with _Within(self, node.lineno, end, cell_of(node)):
            visitor = getattr(self, "head_" + type(node).__name__, self._head)
            visitor(node)
        scope = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if scope:
            self.depth += 1
            self.scopes.append(node.name)  # type: ignore[attr-defined]
        for inner in body:
            self.visit(inner)
        if scope:
            self.depth -= 1
            self.scopes.pop()

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        for inner in node.body:
            self.visit(inner)

    def visit_match_case(self, node: ast.match_case) -> None:
        for inner in node.body:
            self.visit(inner)

    def _head(self, node: ast.AST) -> None:
        for name, value in ast.iter_fields(node):
            if name in ("body", "handlers", "orelse", "finalbody", "cases"):
                continue
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, ast.AST):
                    self.visit(inner)

    def head_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.visit(node.value)

    def head_Assign(self, node: ast.Assign) -> None:
        self._assign(node.targets[0], node.value)

    def head_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._assign(node.target, node.value)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case ast.Tuple(elts=targets) | ast.List(elts=targets), ast.Tuple(elts=values) if len(
                targets
            ) == len(values) and not any(isinstance(e, ast.Starred) for e in targets + values):
                for one, its in zip(targets, values, strict=True):
                    self._assign(one, its)
            case ast.Name(id=name), _:
                variable = name if self.depth == 0 else None
                inside = f"{self.scopes[-1]}.{name}" if self.scopes else name
                self._offer(value, "assign", name, inside, variable=variable)
            case ast.Attribute(attr=attr), _:
                self._offer(value, "assign", attr, dotted(target) or attr)
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(key))), _:
                self._offer(value, "assign", key, f"{_path(owner) or 'item'}.{key}")
            case _:
                self.visit(value)

    def head_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._defaults(node.args, node.name)

    head_AsyncFunctionDef = head_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._defaults(node.args, "lambda")
        self.depth += 1
        self.visit(node.body)
        self.depth -= 1

    def _defaults(self, arguments: ast.arguments, function: str) -> None:
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = [
            *zip(
                positional[len(positional) - len(arguments.defaults) :],
                arguments.defaults,
                strict=True,
            ),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        for argument, default in pairs:
            if default is not None:
                self._offer(default, "default", argument.arg, f"{function}.{argument.arg}")

    # expressions --------------------------------------------------------------------

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._offer(node.value, "assign", node.target.id, node.target.id)

    def visit_Call(self, node: ast.Call) -> None:
        with _Within(self, node.lineno, node.end_lineno or node.lineno, cell_of(node)) as region:
            callee = dotted(node.func)
            if isinstance(node.func, ast.Name | ast.Attribute):
                self._callee(node.func)
            else:
                self.visit(node.func)
            if isinstance(node.func, ast.Attribute):
                self.visit(node.func.value)
            last = callee.rpartition(".")[2] or getattr(node.func, "attr", "call")
            starred = False
            for i, argument in enumerate(node.args):
                region.last = len(self.values.found)
                starred = starred or isinstance(argument, ast.Starred)
                if starred:
                    self.visit(argument)
                else:
                    self._offer(argument, "positional", f"[{i}]", f"{last}[{i}]", callee or last)
            for keyword in node.keywords:
                region.last = len(self.values.found)
                if keyword.arg is None:
                    self.visit(keyword.value)
                else:
                    key = keyword.arg
                    self._offer(keyword.value, "keyword", key, f"{last}.{key}", callee or last)

    def visit_Dict(self, node: ast.Dict) -> None:
        self._dict(node, "")

    def _dict(self, node: ast.Dict, prefix: str) -> None:
        with _Within(self, node.lineno, node.end_lineno or node.lineno, cell_of(node)) as region:
            for key, value in zip(node.keys, node.values, strict=True):
                region.last = len(self.values.found)
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    name = key.value
                    self._offer(value, "dict", name, f"{prefix}.{name}" if prefix else name)
                else:
                    self.visit(value)

    def visit_Tuple(self, node: ast.Tuple | ast.List) -> None:
        with _Within(self, node.lineno, node.end_lineno or node.lineno, cell_of(node)) as region:
            for element in node.elts:
                region.last = len(self.values.found)
                self.visit(element)

    visit_List = visit_Tuple

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        if not isinstance(literal_of(node.slice), int | str) and not isinstance(
            node.slice, ast.Slice | ast.Tuple
        ):
            self.visit(node.slice)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            self._add(node, "inner", "", "", literal=node.value)

    # collecting ---------------------------------------------------------------------

    def _offer(
        self,
        node: ast.expr,
        role: Role,
        key: str,
        qualified: str,
        callee: str = "",
        variable: str | None = None,
    ) -> None:
        if from_magic(node) or isinstance(node, ast.JoinedStr):
            return
        literal = literal_of(node)
        plain = literal is not MISSING
        if not plain:
            literal = computed(node)
        simple = literal is not MISSING or isinstance(
            node, ast.Name | ast.Attribute | ast.Subscript | ast.Tuple | ast.List
        )
        done = literal is not MISSING and not plain
        self._add(node, role, key, qualified, literal, callee, variable, simple, done)
        if plain:
            return
        if isinstance(node, ast.Tuple | ast.List):
            if len(node.elts) > DATA:
                return
            with _Within(
                self, node.lineno, node.end_lineno or node.lineno, cell_of(node)
            ) as region:
                for i, element in enumerate(node.elts):
                    region.last = len(self.values.found)
                    if literal_of(element) is MISSING:
                        self.visit(element)
                    else:
                        self._offer(element, "element", f"[{i}]", f"{qualified}[{i}]", callee)
        elif isinstance(node, ast.Dict):
            self._dict(node, qualified)
        else:
            self.visit(node)

    def _callee(self, node: ast.Name | ast.Attribute) -> None:
        name = node.id if isinstance(node, ast.Name) else node.attr
        self._add(node, "callee", name, dotted(node) or name)

    def _add(
        self,
        node: ast.expr,
        role: Role,
        key: str,
        qualified: str,
        literal: Any = MISSING,
        callee: str = "",
        variable: str | None = None,
        simple: bool = True,
        computed: bool = False,
    ) -> None:
        self.values.found.append(
            Value(
                place_of(node),
                role,
                key,
                qualified,
                literal,
                node,
                self.depth == 0,
                callee,
                variable,
                self.owner,
                simple,
                computed,
            )
        )


class _Within:
    """Opens a region around what is found inside the `with`."""

    def __init__(self, finder: _Finder, line: int, end_line: int, cell: int) -> None:
        self.finder, self.outer = finder, finder.owner
        regions = finder.values.regions
        start = len(finder.values.found)
        self.region = Region(line, end_line, start, start, index=len(regions), cell=cell)
        regions.append(self.region)

    def __enter__(self) -> Region:
        self.finder.owner = self.region.index
        return self.region

    def __exit__(self, *_: object) -> None:
        self.finder.owner = self.outer
        self.region.stop = len(self.finder.values.found)


def _path(node: ast.AST) -> str:
    """`config.train` of `config["train"]`, '' when it is neither a name nor an item."""
    match node:
        case ast.Subscript(value=owner, slice=ast.Constant(value=str(key))):
            return f"{_path(owner) or 'item'}.{key}"
    return dotted(node)
