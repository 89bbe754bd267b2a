"""IPython in a worker, only for cells that use it: `!cmd`, `%time`, `display`.

What a trial displays is printed as text, so it stands in the log.
"""

from __future__ import annotations

import builtins
from typing import Any


def wanted(source: str) -> bool:
    """Whether a cell needs the shell from the start: for magics, and for displays that are
    updated later (IPython gives no handle of them without a shell)."""
    return "get_ipython(" in source or "display_id" in source


def offer(namespace: dict[str, Any], *, now: bool) -> None:
    """Give the trials `get_ipython` and `display`, made at the first use, or now."""
    shell: list[Any] = []

    def get_ipython() -> Any:
        """The worker's own shell: no history, no terminal, no kernel."""
        if not shell:
            shell.append(_make(namespace))
        return shell[0]

    def display(*objects: Any, **options: Any) -> Any:
        import IPython.display

        if options.get("display_id"):
            get_ipython()
        show: Any = IPython.display.display
        return show(*objects, **options)

    builtins.get_ipython = get_ipython  # type: ignore[attr-defined]
    builtins.display = display  # type: ignore[attr-defined]
    if now:
        get_ipython()


def _make(namespace: dict[str, Any]) -> Any:
    import sys

    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.autocall = 0
    config.InteractiveShell.colors = "nocolor"
    before = (sys.excepthook, sys.displayhook)
    shell = InteractiveShell.instance(
        config=config, user_module=sys.modules["__main__"], user_ns=namespace
    )
    sys.excepthook, sys.displayhook = before
    shell.register_magic_function(_nothing, "line", "matplotlib")
    return shell


def _nothing(line: str) -> None:
    """`%matplotlib ...`: a worker draws with Agg, whatever the notebook shows with."""
