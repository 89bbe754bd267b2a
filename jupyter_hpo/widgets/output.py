"""One output of a cell that is shown once and replaced later, from any thread."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

from .control import current_kernel
from .encode import plain
from .protocol import VIEW_TYPE, View


class Output:
    """A display that can be updated in place; Jupyter finds it again by its id.

    Made and shown on the main thread, in the cell it belongs to. Without a kernel
    (a terminal) nothing is shown at first, and `replace` prints the text.
    """

    def __init__(self) -> None:
        self.display_id = f"jupyter_hpo-{uuid.uuid4().hex}"
        self._parent: dict[str, Any] | None = None
        self._shown = False

    @property
    def mark(self) -> dict[str, Any]:
        """What names this output to a page, in a bundle that is shown here."""
        return {VIEW_TYPE: plain(View(self.display_id))}

    def show(self, bundle: dict[str, Any]) -> None:
        kernel = current_kernel()
        if kernel is None:
            return
        from IPython.display import display

        if hasattr(kernel, "get_parent"):
            self._parent = kernel.get_parent() or None
        self._shown = True
        display(bundle, raw=True, display_id=self.display_id)  # type: ignore[no-untyped-call]

    def replace(self, bundle: dict[str, Any]) -> None:
        """Put `bundle` where the display stands. Any thread; best on the main thread."""
        from IPython.core.interactiveshell import InteractiveShell
        from IPython.display import display

        if not InteractiveShell.initialized():  # a script
            print(bundle["text/plain"])
            return

        def send() -> None:
            display(bundle, raw=True, display_id=self.display_id, update=self._shown)  # type: ignore[no-untyped-call]

        if threading.current_thread() is threading.main_thread():
            send()
        else:
            self._as_that_cell(send)

    def _as_that_cell(self, send: Callable[[], None]) -> None:
        """Send as part of the cell that showed it, touching this thread's context only.

        (`get_ipython().set_parent` would redirect what another, running cell prints.)
        Where the kernel has no parent per thread, the display's id alone has to do.
        """
        from IPython import get_ipython  # type: ignore[attr-defined]

        publisher = getattr(get_ipython(), "display_pub", None)  # type: ignore[no-untyped-call]
        set_parent = getattr(publisher, "set_thread_parent", None)
        reset_parent = getattr(publisher, "reset_thread_parent", None)
        if self._parent is None or set_parent is None or reset_parent is None:
            send()
            return
        token = set_parent(self._parent)
        try:
            send()
        finally:
            reset_parent(token)


def view_of(widget: Any, at: Output) -> dict[str, Any]:
    """The bundle that displays a live widget there."""
    bundle = widget._repr_mimebundle_()
    view = dict(bundle[0] if isinstance(bundle, tuple) else bundle)
    return {**view, **at.mark}
