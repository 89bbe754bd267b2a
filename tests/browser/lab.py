"""A private JupyterLab and Notebook 7 in headless Chromium, for the tests of this folder.

Starts its own server on a free port with its own settings, drives one page, and ends what it
started. Both front ends come from the one server, and are driven alike. State is read from the
notebook's model, because cells out of view are detached and the kernel's status light is not to
be trusted while subshells are in use.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Locator, Page, Playwright

from .. import kernels

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
]
NOISE = (
    "reading 'kernel'",  # JupyterLab's own, for a notebook opened without a kernel
    "reading 'schema'",  # Notebook 7's own, whatever it opens
    "'filebrowser:open-path' not registered",  # the same, in a notebook's page
    "Failed to load resource",  # of extensions that ask for what is not installed
)
FIND = """
    const app = window.jupyterapp, panel = app && app.shell.currentWidget;
    const nb = panel && panel.content && panel.content.widgets ? panel.content : null;
"""


class Lab:
    """One server, one page. Times are seconds."""

    def __init__(
        self, playwright: Playwright, folder: Path, size: tuple[int, int] = (1400, 1000)
    ) -> None:
        self.root = folder / "root"
        self.root.mkdir()
        self.token = secrets.token_hex(16)
        self.port = _free_port()
        self.errors: list[str] = []
        self.folder = folder
        self._settle()
        kernels.write_specs(folder / "data")
        env = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "IPYTHONDIR": str(folder / "ipython"),
            "XDG_DATA_HOME": str(folder / "xdg"),
            "JUPYTER_PREFER_ENV_PATH": "1",
        }
        self.log = folder / "server.log"
        with self.log.open("w") as log:
            self.server = subprocess.Popen(
                [
                    sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
                    "--expose-app-in-browser",
                    "--JupyterNotebookApp.expose_app_in_browser=True", "--ServerApp.ip=127.0.0.1",
                    f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0",
                    f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.root}",
                ],
                env=env, cwd=self.root, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self._until(self._answers, 60, "the server does not answer")
        self.browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        self.size = size
        self.page = self._new_page()

    def _new_page(self) -> Page:
        width, height = self.size
        page = self.browser.new_context(viewport={"width": width, "height": height}).new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("console", lambda m: self._note(m.text) if m.type == "error" else None)
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def _note(self, text: str) -> None:
        if not any(part in text for part in NOISE):
            self.errors.append(text)

    # -------------------------------------------------------------------- notebooks
    def open(
        self,
        notebook: dict,
        name: str = "notebook.ipynb",
        *,
        kernel: str = kernels.NEWEST,
        front_end: str = "lab",
    ) -> None:
        """Write the notebook into the root folder and open it with a kernel.

        kernel: a version of `kernels.VERSIONS`. front_end: 'lab', or 'notebook' for Notebook 7.
        """
        spec = {"name": f"ipykernel-{kernel}", "display_name": kernel, "language": "python"}
        notebook = {**notebook, "metadata": {**notebook["metadata"], "kernelspec": spec}}
        (self.root / name).write_text(json.dumps(notebook))
        place = {"lab": f"lab/tree/{name}?reset&", "notebook": f"notebooks/{name}?"}[front_end]
        self.page.goto(f"http://127.0.0.1:{self.port}/{place}token={self.token}")
        self.wait_loaded()
        self.wait(
            "const k = panel.sessionContext.session?.kernel;"
            "return !!k && k.status === 'idle' && k.connectionStatus === 'connected'"
        )

    def reload(self) -> None:
        """Load the page again as a person does; the kernel runs on, and may be busy."""
        self.page.reload()
        self.wait_loaded()
        self.wait("return panel.sessionContext.session?.kernel?.connectionStatus === 'connected'")

    def wait_loaded(self) -> None:
        self.wait("return !!(nb && nb.widgets.length && panel.context.isReady)")

    def open_without_kernel(self, name: str = "notebook.ipynb") -> None:
        """Open a saved notebook as a reader without a kernel sees it, in a fresh browser."""
        self.page.context.close()
        self.page = self._new_page()
        self.page.goto(f"http://127.0.0.1:{self.port}/lab?token={self.token}&reset")
        self.wait("return !!(app && app.restored)")
        self.js(
            "await app.restored; await app.commands.execute('docmanager:open', {path: arg,"
            " factory: 'Notebook', kernelPreference: {shouldStart: false, canStart: false}})",
            name,
        )
        self.wait_loaded()

    def run(self, cell: int, *, wait: bool = True, timeout: float = 90) -> None:
        """Run one cell; with wait=False return while it is busy."""
        self.js(
            "nb.deselectAll(); nb.activeCellIndex = arg; window.__runs = (window.__runs || 0) + 1;"
            "app.commands.execute('notebook:run-cell').finally(() => { window.__runs -= 1; })",
            cell,
        )
        if wait:
            self.wait_idle(timeout)

    @property
    def busy(self) -> bool:
        return self.js(
            "return (window.__runs || 0) > 0 || nb.widgets.some(c => c.model.type === 'code'"
            " && (c.model.executionState === 'running' || c.prompt === '*'))"
        )

    def wait_idle(self, timeout: float = 90) -> None:
        self._until(lambda: not self.busy, timeout, "a cell is still running")

    def output(self, cell: int) -> Locator:
        """The output area of a cell, scrolled into view."""
        self.js(
            "await nb.scrollToItem(arg, 'smart');"
            "nb.widgets.forEach((c, i) => { c.node.dataset.testCell = i; });",
            cell,
        )
        return self.page.locator(f".jp-Cell[data-test-cell='{cell}'] .jp-OutputArea").first

    def saved(self) -> dict:
        """Save as a person would, and read the file."""
        path = self.js("await panel.context.save(); return panel.context.path")
        return json.loads((self.root / path).read_text())

    def execute(self, code: str) -> str:
        """Run code in the kernel beside the notebook; what it printed."""
        return self.js(
            "const f = panel.sessionContext.session.kernel.requestExecute({code: arg,"
            " store_history: false}); let text = '';"
            "f.onIOPub = m => { if (m.header.msg_type === 'stream') text += m.content.text; };"
            "await f.done; return text",
            code,
        )

    # ------------------------------------------------------------------------ waiting
    def js(self, body: str, arg: object = None):
        return self.page.evaluate(f"async (arg) => {{ {FIND} {body} }}", arg)

    def wait(self, body: str, timeout: float = 60) -> None:
        def holds() -> bool:
            try:
                return bool(self.js(body))
            except Exception as error:
                if "context was destroyed" in str(error) or "navigat" in str(error):
                    return False
                raise

        self._until(holds, timeout, body)

    def until(self, test, timeout: float = 60, what: str = "") -> None:
        self._until(test, timeout, what)

    def _until(self, test, timeout: float, what: str) -> None:
        end = time.monotonic() + timeout
        while not test():
            if time.monotonic() > end:
                raise TimeoutError(f"{what}; console: {self.errors[-3:]}")
            if hasattr(self, "page"):
                self.page.wait_for_timeout(50)  # lets the browser's events come in
            else:
                time.sleep(0.1)  # the server is starting, and has no event to wait for

    def _answers(self) -> bool:
        if self.server.poll() is not None:
            raise RuntimeError(self.log.read_text()[-2000:])
        try:
            self._api("GET", "api/status")
            return True
        except (urllib.error.URLError, OSError):
            return False

    def _api(self, method: str, path: str):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            body = reply.read()
        return json.loads(body) if body else None

    def clear(self) -> None:
        """End all kernels; forget notebooks, studies, settings and what the page complained of."""
        self.page.goto("about:blank")
        self._end_kernels()
        for kept in (self.folder / "xdg", self.folder / "workspaces", *self.root.iterdir()):
            if kept.is_file():
                kept.unlink()
            else:
                shutil.rmtree(kept, ignore_errors=True)  # it may not be there
        self._settle()
        self.page.context.close()
        self.page = self._new_page()
        self.errors.clear()

    def _settle(self) -> None:
        """The settings of one who wants no news."""
        settings = self.folder / "settings"
        shutil.rmtree(settings, ignore_errors=True)
        quiet = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
        of_app = settings / "@jupyterlab" / "apputils-extension"
        of_app.mkdir(parents=True)
        (of_app / "notification.jupyterlab-settings").write_text(json.dumps(quiet))

    def _end_kernels(self) -> None:
        for kernel in self._api("GET", "api/kernels"):
            self._api("DELETE", f"api/kernels/{kernel['id']}")

    def close(self) -> None:
        self.browser.close()
        try:
            self._end_kernels()
        finally:
            self.server.terminate()
            try:
                self.server.wait(10)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()


def notebook(*cells: str) -> dict:
    """A notebook of code cells."""
    made = [
        {"id": f"c{i}", "cell_type": "code", "metadata": {}, "source": source, "outputs": [],
         "execution_count": None}
        for i, source in enumerate(cells)
    ]  # fmt: skip
    return {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
