"""`%%hpo` and `%hpo`: parse, wire, display."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class

from .arguments import Request, parse_line
from .errors import CellError, StudyError
from .interrupts import Interrupts
from .lobby import open_lobby
from .past.records import BANNER
from .past.session import history_of
from .warmup import warmup

if TYPE_CHECKING:
    from .cell import CapturedCell
    from .completion import Session
    from .handle import StudyHandle
    from .notebook import Notebook


@magics_class
class HpoMagics(Magics):  # type: ignore[misc]
    """The magics of one shell."""

    shell: Any

    @line_magic("hpo")  # type: ignore[untyped-decorator, arg-type]
    def command(self, line: str) -> Any:
        """See `help_text.command_help`."""
        from .line_magic import run_line

        return run_line(line, self.shell.user_ns)

    @cell_magic("hpo")  # type: ignore[untyped-decorator, arg-type]
    def search(self, line: str, cell: str) -> None:
        """See `help_text.search_help`."""
        with Interrupts() as interrupts:
            self._search(parse_line(line), cell)
        if interrupts.seen:
            from .run import Interrupted

            raise Interrupted("stopped. Run the cell again to go on.")

    def _search(self, request: Request, source: str) -> None:
        from .editing import open_editor
        from .folding import given_by_folds
        from .notebook import Notebook
        from .run import Runner

        notebook = Notebook(self.shell, request, source)
        cell = notebook.capture(auto=request.auto)
        if request.explain:
            print(explained(cell, notebook))
            return
        wants_editor = request.edit or (not cell.space and not request.auto)
        asked = [p for p in cell.problems if p.code in EDITABLE or given_by_folds(p)]
        problems = [p for p in cell.problems if not (wants_editor and p in asked)]
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


MATCHER = "jupyter_hpo"
"""The identifier of ours among IPython's matchers."""


def matcher_of(shell: Any) -> Any:
    """What completes our lines, for IPython's completer: nothing else does there."""

    @context_matcher(identifier=MATCHER, priority=1000)  # type: ignore[untyped-decorator]
    def match(context: CompletionContext) -> dict[str, Any]:
        if "%hpo" not in context.line_with_cursor:
            return {"completions": []}
        lines = context.full_text.split("\n")
        before, after = lines[: context.cursor_line], lines[context.cursor_line + 1 :]
        line = context.line_with_cursor
        with warmup.held():
            from .completion import suggest

            found = suggest(
                "\n".join([*before, line[: context.cursor_position]]),
                "\n".join([line[context.cursor_position :], *after]),
                _session_of(shell),
            )
        if found is None:
            return {"completions": []}
        return {
            "completions": [SimpleCompletion(text, type=kind) for text, kind in found.words],
            "matched_fragment": found.fragment,
            "suppress": True,
            "ordered": True,
        }

    return match


def _session_of(shell: Any) -> Session:
    from .completion import Session

    return Session(
        shell.user_ns,
        _studies,
        lambda: _of_the_newest(_unfinished),
        lambda: _of_the_newest(lambda study: list(study.session.cell.space)),
        shell.input_transformer_manager.transform_cell,
    )


def _studies() -> list[str]:
    from .handle import studies
    from .storage import list_studies

    return [*reversed(studies.names()), *list_studies()]


def _unfinished(study: StudyHandle) -> list[int]:
    from .study.trial import TrialState

    return [t.number for t in study.trials if not TrialState(t.state).finished]


def _of_the_newest(ask: Callable[[StudyHandle], list[Any]]) -> list[Any]:
    from .handle import studies

    try:
        return ask(studies.latest())
    except StudyError:  # there is none
        return []


def _help_on_magics() -> None:
    """What `%%hpo?` and `%hpo?` show; IPython asks a `getdoc` of ours before the docstring."""

    def command_help() -> str:
        from .help_text import command_help

        return command_help()

    def search_help() -> str:
        from .help_text import search_help

        return search_help()

    magics: Any = HpoMagics
    magics.command.getdoc, magics.search.getdoc = command_help, search_help


DURING: tuple[tuple[str, Callable[..., None]], ...] = (
    ("pre_execute", warmup.stand_back),
    ("post_execute", warmup.go_on),
    ("post_run_cell", warmup.follow),
)
"""IPython's events -> what is called then."""


def load(shell: Any) -> None:
    """Register the magics, completion and the `#! %%hpo` form; warm up what trials need."""
    _help_on_magics()
    if plain_cell in shell.input_transformers_cleanup:
        return  # %load_ext once more
    shell.register_magics(HpoMagics)
    shell.input_transformers_cleanup.append(plain_cell)
    shell.Completer.custom_matchers.append(matcher_of(shell))
    for event, callback in DURING:
        shell.events.register(event, callback)
    history_of(shell).begin()
    open_lobby()
    warmup.begin()


def unload(shell: Any) -> None:
    """Take the magics away again; studies that run go on."""
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("hpo", None)
    if plain_cell in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(plain_cell)
        matchers = shell.Completer.custom_matchers
        matchers[:] = [m for m in matchers if getattr(m, "matcher_identifier", "") != MATCHER]
        for event, callback in DURING:
            shell.events.unregister(event, callback)
    history_of(shell).end()
    warmup.end()
