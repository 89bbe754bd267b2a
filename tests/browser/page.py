"""A widget in a bare Chromium page: no Jupyter, the built bundle and the real messages.

Quicker than `lab.py` by a factor of ten, and open to any study one can make up. The page has
the variables of JupyterLab's own themes. Commands of the widget come back to Python.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, Route

import jupyter_hpo
from jupyter_hpo.widgets.encode import plain
from jupyter_hpo.widgets.feed import Feed
from jupyter_hpo.widgets.protocol import Reply, Source

from .lab import CHROMIUM, FLAGS

STATIC = Path(jupyter_hpo.__file__).parent / "widgets" / "static"
HOST = "http://localhost"
"""Served by the test itself; a host that browsers trust, as they do that of a notebook."""

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A study</title>
<style>{theme} body {{ margin: 0; background: var(--jp-layout-color0); }}
main {{ padding: 8px; }}</style>
<body data-jp-theme-light="{light}"><main><h1 style="display: none">A notebook</h1></main></body>
</html>"""
GLUE = """
window.widget = (() => {
  const listeners = new Set();
  const receive = (text, encoded) => {
    const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
    const content = JSON.parse(text);
    for (const listener of listeners) listener(content, [new DataView(bytes.buffer)]);
  };
  const model = {
    get: (name) => window.traits[name],
    on: (event, listener) => { if (event === 'msg:custom') listeners.add(listener); },
    off: (event, listener) => { listeners.delete(listener); },
    send: (command) => void window.toKernel(command).then(
      (reply) => receive(JSON.stringify({ kind: 'reply', reply }), '')),
  };
  const show = async (url) => {
    const widget = (await import(url)).default();
    await widget.initialize?.({ model });
    await widget.render({ model, el: document.querySelector('main') });
  };
  return { receive, show };
})();
"""


def start(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


def theme_css(dark: bool) -> str:
    """The variables of JupyterLab's light or dark theme."""
    from jupyter_core.paths import ENV_JUPYTER_PATH

    name = f"theme-{'dark' if dark else 'light'}-extension"
    for path in ENV_JUPYTER_PATH:
        found = Path(path) / "lab" / "themes" / "@jupyterlab" / name / "index.css"
        if found.exists():
            return found.read_text(encoding="utf-8").partition("}")[0] + "}"
    raise FileNotFoundError(f"JupyterLab's {name} is not installed")


class WidgetPage:
    """One page with one widget. errors: what the console and the page complained of.

    answer: (command as JSON) -> Reply, for commands other than resync.
    """

    def __init__(
        self,
        browser: Browser,
        *,
        size: tuple[int, int] = (1300, 900),
        dark: bool = False,
        forced_colors: bool = False,
        bundle: Path | None = None,
    ) -> None:
        self.errors: list[str] = []
        self.commands: list[dict[str, Any]] = []
        self.answer: Callable[[dict[str, Any]], Reply | None] = lambda command: None
        self.bundles = {path.name: path for path in STATIC.glob("*.js")}
        if bundle is not None:
            self.bundles[bundle.name] = bundle
        self.feed: Feed | None = None
        self.html = PAGE.format(theme=theme_css(dark), light=str(not dark).lower())
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            forced_colors="active" if forced_colors else "none",
        )
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.route(f"{HOST}/**", self._serve)
        self.page.expose_function("toKernel", self._on_command)

    def _serve(self, route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name == "favicon.ico":
            route.fulfill(status=204)
        elif name in self.bundles:
            code = self.bundles[name].read_text(encoding="utf-8")
            route.fulfill(body=code, content_type="text/javascript; charset=utf-8")
        else:
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")

    def board(self, source: Source) -> None:
        """Show the dashboard of a study, all of it sent."""
        self.feed = Feed(source)
        self.show("dashboard", {"_study": "s"})
        self.send_news(anew=True)

    def open(self, html: str) -> None:
        """Show a page of one's own."""
        self.html = html
        self.page.goto(f"{HOST}/")
        self.settle()

    def show(self, widget: str, traits: dict[str, Any]) -> None:
        """Show a widget with its traits; returns when it has been drawn."""
        self.page.goto(f"{HOST}/")
        self.page.evaluate("traits => { window.traits = traits; }", traits)
        self.page.evaluate(GLUE)
        self.page.evaluate("url => widget.show(url)", f"{HOST}/{widget}.js")

    def send_news(self, *, anew: bool = False) -> None:
        """Send what is new, and the rest of it, and wait until it is drawn."""
        assert self.feed is not None
        self.send(self.feed.next(anew=anew))
        while self.feed.more:
            self.send(self.feed.next())
        self.settle()

    def send(self, message: tuple[dict[str, Any], list[bytes]]) -> None:
        self.page.evaluate("([text, data]) => widget.receive(text, data)", list(as_text(message)))

    def settle(self) -> None:
        """Wait until the page has been drawn and rests."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestIdleCallback("
            "() => requestAnimationFrame(() => requestIdleCallback(done)))))"
        )

    def _on_command(self, command: dict[str, Any]) -> Any:
        self.commands.append(command)
        reply = None if command["command"] == "resync" else self.answer(command)
        return plain(reply or Reply(command["id"], True))

    def close(self) -> None:
        self.context.close()


def as_text(message: tuple[dict[str, Any], list[bytes]]) -> tuple[str, str]:
    """A message as the page takes it: its JSON, and its buffer in base64."""
    content, buffers = message
    return json.dumps(content), base64.b64encode(buffers[0] if buffers else b"").decode("ascii")
