"""`%%hpo` and `%hpo`: parse, wire, display."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class

from .arguments import Request, build_parser, parse_line
from .errors import CellError
from .interrupts import Interrupts
from .past.records import BANNER
from .past.session import history_of
from .warmup import warmup

if TYPE_CHECKING:
    from .cell import CapturedCell
    from .notebook import Notebook


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
        from .editing import open_editor
        from .notebook import Notebook
        from .run import Runner

        notebook = Notebook(self.shell, request, source)
        cell = notebook.capture(auto=request.auto)
        if request.explain:
            print(explained(cell, notebook))
            return
        wants_editor = request.edit or (not cell.space and not request.auto)
        problems = [p for p in cell.problems if not (wants_editor and p.code in EDITABLE)]
        if problems:
            raise CellError(problems)
        if wants_editor:
            open_editor(cell, notebook)
        else:
            runner = Runner(notebook.namespace, background=request.background, quiet=request.quiet)
            notebook.run(runner, cell, request.options)


def explained(cell: CapturedCell, notebook: Notebook) -> str:
    """What `--explain` prints: of a cell in which nothing is marked, with its proposals."""
    from .explain import as_text, explain
    from .facts import facts_of
    from .programs import planned

    if not cell.space:
        cell = notebook.capture(auto=True)
    options = notebook.request.options
    program = planned(cell, options, notebook.namespace, notebook.states_for(cell))
    return as_text(explain(cell, program, notebook.namespace, facts_of(cell)))


EDITABLE = ("which_objective", "no_objective")
"""Problems that the space editor asks about instead."""


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
    history_of(shell).begin()
    warmup.begin()


def unload(shell: Any) -> None:
    """Take the magics away again; studies that run go on."""
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("hpo", None)
    if plain_cell in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(plain_cell)
        shell.events.unregister("post_run_cell", warmup.follow)
    history_of(shell).end()
    warmup.end()
