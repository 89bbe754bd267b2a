"""`%%hpo` and `%hpo`: parse, wire, display."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from IPython.core.magic import Magics, line_cell_magic, magics_class

from .arguments import Request, build_parser, parse_line
from .errors import CellError, HpoError
from .interrupts import Interrupts
from .warmup import warmup

BANNER = "#! %%hpo"


@magics_class
class HpoMagics(Magics):  # type: ignore[misc]
    """The magics of one shell."""

    shell: Any

    @line_cell_magic
    def hpo(self, line: str, cell: str | None = None) -> Any:
        """(replaced by the parser's help)"""
        if cell is None:
            from .line_magic import run_line

            return run_line(line, self.shell.user_ns)
        with Interrupts() as interrupts:
            self._search(parse_line(line), cell)
        if interrupts.seen:
            from .run import Interrupted

            raise Interrupted("stopped. Run the cell again to go on.")
        return None

    def _search(self, request: Request, source: str) -> None:
        from .cell import capture
        from .editing import open_editor
        from .run import Runner

        namespace = self.shell.user_ns
        arguments: dict[str, Any] = {
            "objectives": request.objectives,
            "line_space": request.space,
            "space": _space(request, namespace),
            "names": frozenset(namespace),
            "transform": self.shell.input_transformer_manager.transform_cell,
            "filename": f"<cell In[{self.shell.execution_count}]>",
            "keep": request.options.keep,
            "read_elsewhere": _read_by_functions(namespace),
        }
        cell = capture(source, auto=request.auto, **arguments)
        wants_editor = request.edit or (not cell.space and not request.auto)
        problems = [p for p in cell.problems if not (wants_editor and p.code in EDITABLE)]
        if problems:
            raise CellError(problems)
        if wants_editor:
            open_editor(cell, request, source, arguments, namespace)
        else:
            runner = Runner(namespace, background=request.background, quiet=request.quiet)
            runner.start(cell, request.options)


EDITABLE = ("which_objective", "no_objective")
"""Problems that the space editor asks about instead."""


def _space(request: Request, namespace: dict[str, Any]) -> Any:
    from .space import SearchSpace

    if request.space_name is None:
        return None
    if request.space_name not in namespace:
        raise HpoError(f"--space {request.space_name}: the notebook has no such name.")
    found = namespace[request.space_name]
    if isinstance(found, dict):
        found = SearchSpace(found)
    if not isinstance(found, SearchSpace):
        what = type(found).__name__
        raise HpoError(f"--space {request.space_name}: it is a {what}, not a SearchSpace.")
    return found


def _read_by_functions(namespace: dict[str, Any]) -> frozenset[str]:
    """Globals that functions of earlier cells read: a value tuned here may act through them."""
    functions = [f for f in namespace.values() if isinstance(f, FunctionType)]
    own = [f for f in functions if f.__globals__ is namespace]
    return frozenset(name for f in own for name in f.__code__.co_names)


def plain_cell(lines: list[str]) -> list[str]:
    """Cells that begin with `#! %%hpo` are `%%hpo` cells where the extension is loaded."""
    if lines and lines[0].startswith(BANNER):
        return [lines[0][len("#! ") :], *lines[1:]]
    return lines


def complete(shell: Any, event: Any) -> list[str]:
    """Tab on the `%%hpo` line: options, and the choices of an option."""
    words = event.line.split()
    last = words[-1] if event.line.endswith(" ") or len(words) < 2 else words[-2]
    for action in build_parser()._actions:
        if last in action.option_strings and action.choices:
            return [str(choice) for choice in action.choices]
    return [flag for action in build_parser()._actions for flag in action.option_strings]


def load(shell: Any) -> None:
    """Register the magics, completion and the `#! %%hpo` form; warm up what trials need."""
    HpoMagics.hpo.__doc__ = build_parser().format_help()
    if plain_cell in shell.input_transformers_cleanup:
        return  # %load_ext once more
    shell.register_magics(HpoMagics)
    shell.input_transformers_cleanup.append(plain_cell)
    shell.set_hook("complete_command", complete, str_key="%%hpo")
    shell.events.register("post_run_cell", warmup.follow)
    warmup.begin()


def unload(shell: Any) -> None:
    """Take the magics away again; studies that run go on."""
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("hpo", None)
    if plain_cell in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(plain_cell)
        shell.events.unregister("post_run_cell", warmup.follow)
    warmup.end()
