"""Who calls a fit: the person's own code, outside any loop, or something else."""

from __future__ import annotations

import ast
import linecache
import os
from functools import lru_cache
from types import CodeType, FrameType

from ...cell.captured import CellProgram
from ...cell.fits.flow import COMPREHENSIONS, LOOPS
from ..installed import INSTALLED

TRANSPARENT = (
    *("sklearn/pipeline.py", "sklearn/base.py", "sklearn/compose/_target.py"),
    *("contextlib.py", "torch/utils/_contextlib.py", "sklearn/utils/"),
)
"""Files of libraries through which a fit is still the one that the person asked for."""

_PACKAGE = os.sep + "jupyter_hpo" + os.sep + "worker" + os.sep
_NESTED = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


class Site:
    """The person's lines that lead to a fit: (filename, line), the nearest first. frames:
    every frame up to the cell's own code. looped: one of the lines stands in a loop of its
    function."""

    def __init__(self, lines: list[tuple[str, int]], looped: bool) -> None:
        self.lines, self.looped = lines, looped


def site_of(frame: FrameType | None, program: CellProgram, own: tuple[str, ...]) -> Site | None:
    """Where the person's code calls what runs in `frame`. own: the packages of the framework
    that may lie between. None when other code calls it (a search, an ensemble, folds), or it
    isn't called from the cell."""
    filenames = {program.filename, *(part.filename for part in program.earlier)}
    lines: list[tuple[str, int]] = []
    looped = False
    while frame is not None:
        code = frame.f_code
        filename = code.co_filename
        if filename in filenames or not is_library(filename):
            lines.append((filename, frame.f_lineno))
            looped = looped or code.co_name in _NESTED or _in_loop(frame, program)
            if code.co_name == "<module>" and filename in filenames:
                return Site(lines, looped)
        elif _PACKAGE in filename:
            if filename.endswith("trial.py"):
                return None
        elif (lines or not _of(filename, own)) and not _transparent(filename):
            return None
        frame = frame.f_back
    return None


def is_library(filename: str) -> bool:
    """Whether a file belongs to an installed package or the standard library."""
    return (
        filename.startswith((*INSTALLED, "<frozen ", "<decorator"))
        or _PACKAGE in filename
        or filename == "<string>"
    )


def _of(filename: str, packages: tuple[str, ...]) -> bool:
    return any(f"{os.sep}{package}{os.sep}" in filename for package in packages)


def _transparent(filename: str) -> bool:
    return any(part in filename.replace(os.sep, "/") for part in TRANSPARENT)


def _in_loop(frame: FrameType, program: CellProgram) -> bool:
    """Whether the line at which a frame stands is in a loop of its own function."""
    code = frame.f_code
    spans = _loops(_source(code, program), code.co_firstlineno, code.co_name == "<module>")
    line = frame.f_lineno
    column = _column(code, frame.f_lasti)
    for first, last, start, end in spans:
        if not first <= line <= last:
            continue
        if start is None or column is None:  # the lines decide
            return True
        if start <= column[0] and column[1] <= end:
            return True
    return False


def _source(code: CodeType, program: CellProgram) -> str:
    if code.co_filename == program.filename:
        return program.source
    for part in program.earlier:
        if part.filename == code.co_filename:
            return part.source
    return "".join(linecache.getlines(code.co_filename))


Span = tuple[int, int, tuple[int, int] | None, tuple[int, int]]


@lru_cache(maxsize=64)
def _loops(source: str, first_line: int, module: bool) -> tuple[Span, ...]:
    """The loops of the function that begins in `first_line` (of the module's own level): lines
    of their bodies; for a comprehension where it begins and ends, too."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ()
    scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    root: ast.AST = tree
    if not module:
        for node in ast.walk(tree):
            if isinstance(node, scopes):
                starts = [node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]
                if min(starts) == first_line:
                    root = node
                    break
        else:
            return ()
    found: list[Span] = []

    def walk(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, scopes):
                continue
            if isinstance(child, LOOPS):
                last = child.body[-1].end_lineno or child.lineno
                found.append((child.body[0].lineno, last, None, (0, 0)))
            elif isinstance(child, COMPREHENSIONS):
                end = child.end_lineno or child.lineno
                at = (child.lineno, child.col_offset)
                found.append((child.lineno, end, at, (end, child.end_col_offset or 0)))
            walk(child)

    walk(root)
    return tuple(found)


def _column(code: CodeType, lasti: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where the call under way stands, as (line, column) of its begin and end; None where
    Python doesn't say (3.10, in which a comprehension has a frame of its own)."""
    positions = getattr(code, "co_positions", None)
    if positions is None:
        return None
    for index, (line, end_line, column, end_column) in enumerate(positions()):
        if index == lasti // 2:
            if None in (line, end_line, column, end_column):
                return None
            return (line, column), (end_line, end_column)
    return None
