"""A piece put into the cell's text, with its marks: where it belongs, or for what it replaces."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...space.grammar import is_name
from ...space.space import MISSING
from ..captured import CapturedCell, Typed
from ..pieces import INSERTED, Piece, Setting, as_code, setting_of
from ..source import from_magic, parse_cell
from ..values import dotted, literal_of, place_of
from ..written_out import HOME
from .imports import line_after, line_for_import
from .replaced import OPTIMIZERS, REPLACED, as_it_was, holding
from .typed import CellEdit, Splice, TypedText, typed_of


@dataclass(frozen=True)
class Insertion:
    """replaces: the code that goes, '' where nothing does."""

    edit: CellEdit
    replaces: str = ""


def inserted(cell: CapturedCell, piece: str, known: bool) -> Insertion:
    """The cell's text with a piece in it. known: the notebook has the name `pieces`, so that no
    import is needed. Raises StudyError when the cell's text isn't known, SyntaxError when it is no
    Python."""
    return _Inserting(typed_of({t.number: t for t in cell.typed}, 0), cell).insert(piece, known)


class _Inserting:
    """Into one cell's text."""

    def __init__(self, typed: Typed, cell: CapturedCell) -> None:
        self.cell, self.text = cell, TypedText(typed)
        self.tree = parse_cell(typed.python)
        self.body = [s for s in self.tree.body if not from_magic(s)]
        self.body = _training(self.body) or self.body
        self.indent = " " * (self.body[0].col_offset if self.body else 0)
        loops = [s for s in self.body if isinstance(s, ast.For | ast.While)]
        goals = {o.source for o in cell.objectives if o.is_name}
        self.goal = next(iter(goals), "")
        self.loop = next((s for s in loops if goals & _bound(s)), loops[0] if loops else None)

    def insert(self, name: str, known: bool) -> Insertion:
        piece = INSERTED[name]
        splices = [] if known or self._imported() else [self._import()]
        old = self._replaced(piece)
        if old is not None:
            given = ", ".join([ast.unparse(a) for a in old.args[:1]]) or self._given(piece)
            if piece.name == "lr_schedule":
                given += f", epochs={self._epochs()}"
            code = self._code(piece, given if piece.given else "", old)
            code = code.replace("\n", "\n" + " " * self._indent(old))
            splices.append(self.text.splice(place_of(old), code))
            return Insertion(self.text.edit(splices), ast.unparse(old))
        line = self._line(piece)
        lines = self._code(piece, self._given(piece), None).split("\n")
        if piece.holder:
            lines[0] = f"{piece.holder} = {lines[0]}"
        lines += [f"# {comment}" for comment in piece.after if not self._steps(piece)]
        indent = self.indent
        if name == "metrics" and self.loop is not None:  # at the end of every epoch
            line = line_after(self.loop.body[-1])
            indent = " " * self.loop.body[0].col_offset
        splices.append(self._before(line, [indent + text for text in lines]))
        if self._steps(piece) and isinstance(self.loop, ast.For | ast.While):
            inside = " " * self.loop.body[0].col_offset
            splices.append(self._before(line_after(self.loop.body[-1]), [inside + self._step()]))
        return Insertion(self.text.edit(splices))

    # the code -----------------------------------------------------------------------

    def _code(self, piece: Piece, given: str, old: ast.Call | None) -> str:
        """The call, one setting a line with its mark: formatters leave it so. What the old call
        computes stays as it is, without a mark."""
        kind, written = ("", {}) if old is None else as_it_was(old, self._epochs())
        without = {"plateau"} if old is not None and self._stepped_blindly() else set()
        lines = [f"pieces.{piece.name}("]
        if given:
            lines.append(f"    {given},")
        for setting in piece.settings:
            value = literal_of(written[setting.name]) if setting.name in written else None
            if value is MISSING:
                lines.append(f"    {setting.name}={ast.unparse(written[setting.name])},")
                continue
            default = kind if setting.name == "kind" and kind else setting.default
            default = value if isinstance(value, int | float) else default
            if setting.asked or default is None:
                continue
            found = setting_of(piece.name, setting.name, default) or setting
            found = found if old is None else holding(found, default)
            mark = self._mark(piece, found, kind or _first_kind(piece), without)
            if mark:
                lines.append(f"    {setting.name}={as_code(default)},  # hpo: {mark}")
        if len(lines) < 3 and not piece.settings:
            return lines[0] + given + ")"
        return "\n".join([*lines, ")"])

    def _mark(self, piece: Piece, setting: Setting, kind: str, without: set[str]) -> str:
        """The mark of a setting, its condition by the full name of what it looks at; '' for one
        that counts for no kind that can come. without: kinds that can't."""
        kinds = setting_of(piece.name, "kind", kind)
        offered = set(re.findall(r"\w+", kinds.mark)) - without if kinds else set()
        body, found, condition = setting.mark.partition(" if ")
        if not found:
            return " | ".join(w for w in body.split(" | ") if w not in without)
        words = [w for w in re.findall(r"\w+", condition)[1:] if w not in ("in", "not")]
        there = [w for w in words if w in offered]
        if not there:
            return body if "!=" in condition else ""
        full = f"{piece.name}.kind"
        if "!=" in condition:
            return f"{body} if {full} != {there[0]}"
        if len(there) == 1:
            return f"{body} if {full} == {there[0]}"
        return f"{body} if {full} in ({', '.join(there)})"

    def _given(self, piece: Piece) -> str:
        names = {
            "model.parameters()": f"{self._model()}.parameters()",
            "model": self._model(),
            "model(X_val)": f"{self._model()}(X_val)",
            "optimizer": self._optimizer(),
            "epochs=epochs": f"epochs={self._epochs()}",
        }
        return ", ".join(names.get(text, text) for text in piece.given)

    # what is there ------------------------------------------------------------------

    def _assigned(self) -> Iterator[tuple[str, ast.expr, ast.stmt]]:
        for statement in self.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    yield name, value, statement

    def _replaced(self, piece: Piece) -> ast.Call | None:
        kinds = REPLACED.get(piece.replaces, {})
        made = [n for n in ast.walk(self.tree) if isinstance(n, ast.Assign) and not from_magic(n)]
        for value in (n.value for n in sorted(made, key=lambda n: n.lineno)):
            if isinstance(value, ast.Call):
                head, _, last = dotted(value.func).rpartition(".")
                plain = piece.replaces == "criterion" or head.endswith(("optim", "lr_scheduler"))
                if last in kinds and (plain or not head) and HOME not in head:
                    return value
        return None

    def _model(self) -> str:
        for node in ast.walk(self.tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="parameters" | "train")
                ):
                    return name
        names = [name for name, _, _ in self._assigned()]
        return next((n for n in ("model", "net") if n in names), "model")

    def _optimizer(self) -> str:
        for name, value, _ in self._assigned():
            text = dotted(value.func) if isinstance(value, ast.Call) else ""
            last = text.rpartition(".")[2]
            if last in OPTIMIZERS or text.endswith("pieces.optimizer"):
                return name
        return "optimizer"

    def _epochs(self) -> str:
        match self.loop:
            case ast.For(iter=ast.Call(func=ast.Name(id="range"), args=args)) if len(args) < 3:
                return ast.unparse(args[-1]) if args else "epochs"
        return "epochs"

    def _steps(self, piece: Piece) -> bool:
        """Whether the loop can step the schedule itself: it has the objective's value."""
        if piece.name != "lr_schedule" or not isinstance(self.loop, ast.For):
            return False
        return bool(self.goal) and self.goal in _bound(self.loop)

    def _stepped_blindly(self) -> bool:
        """Whether the code steps a schedule without a value, as kind 'plateau' can't be."""
        steps = [
            node.func.value.id
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and (node.func.attr, node.args) == ("step", [])
            and isinstance(node.func.value, ast.Name)
        ]
        return any("sched" in name for name in steps)

    def _step(self) -> str:
        goal = next(o for o in self.cell.objectives if o.source == self.goal)
        sign = "-" if goal.direction == "maximize" else ""
        return f"schedule.step({sign}{self.goal})"

    def _imported(self) -> bool:
        return any(
            isinstance(n, ast.ImportFrom)
            and n.module == "jupyter_hpo"
            and any(a.name == "pieces" and a.asname is None for a in n.names)
            for n in self.tree.body
        )

    # where --------------------------------------------------------------------------

    def _line(self, piece: Piece) -> int:
        """Before which line it goes: below what it is made of, above the loop that uses it."""
        needs = {
            name for text in piece.given for name in re.findall(r"\w+", self._given(piece) + text)
        }
        makers = [s for s in self.body if _bound(s) & needs and s is not self.loop]
        last = next(
            (s for s in reversed(makers) if self.loop is None or s.lineno < self.loop.lineno), None
        )
        if piece.given and last is not None:
            return line_after(last)
        if self.loop is not None:
            return self.loop.lineno
        return line_after(self.body[-1]) if self.body else 1

    def _import(self) -> Splice:
        lines = [f"from {HOME.rpartition('.')[0]} import {HOME.rpartition('.')[2]}"]
        return self._before(line_for_import(self.tree), lines)

    def _before(self, line: int, lines: list[str]) -> Splice:
        text = "".join(f"{one}\n" for one in lines)
        count = len(self.text.typed.python.rstrip("\n").split("\n"))
        if line <= count:
            at = self.text.line_start(line)
            return Splice(at, at, text)
        at = len(self.text.typed.text.encode("utf-8", "surrogatepass"))
        ends = self.text.typed.text.endswith("\n")
        return Splice(at, at, text if ends else "\n" + text.removesuffix("\n"))

    def _indent(self, node: ast.expr) -> int:
        content = self.text.typed.python.split("\n")[node.lineno - 1]
        return len(content) - len(content.lstrip())


def _first_kind(piece: Piece) -> str:
    return next((str(s.default) for s in piece.settings if s.name == "kind"), "")


def _training(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of the function that trains, where the cell has no loop of its own."""
    if any(isinstance(s, ast.For | ast.While) for s in body):
        return []
    for function in body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for loop in function.body:
            calls = (n.func for n in ast.walk(loop) if isinstance(n, ast.Call))
            trains = any(isinstance(f, ast.Attribute) and f.attr == "backward" for f in calls)
            if trains and isinstance(loop, ast.For | ast.While):
                return function.body
    return []


def _bound(statement: ast.stmt) -> set[str]:
    return {
        n.id
        for n in ast.walk(statement)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and is_name(n.id)
    }
