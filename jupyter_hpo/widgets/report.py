"""An exported report: one HTML file with the whole study, for any browser, with no network.

The page holds the board's script, the snapshot as JSON, and for where scripts don't run a
static table. Its own policy allows that one script, by its hash, and nothing from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from pathlib import Path
from typing import Any

from ..errors import HpoError
from . import assets, texts

GENERATOR = '<meta name="generator" content="jupyter_hpo report 1">'
LOOKED_AT = 2_000
"""A report says within its first bytes that it is one."""

_STYLE = """
:root { color-scheme: light dark; --page: #fff; }
body { margin: 0; background: var(--page); }
#hpo-report, noscript > div { max-width: 1280px; margin: 0 auto; padding: 16px; }
@media (prefers-color-scheme: dark) {
  :root {
    --page: #111; color: #e6e6e6;
    --jp-layout-color0: #111; --jp-layout-color1: #1c1c1c; --jp-ui-font-color1: #e6e6e6;
    --jp-ui-font-color2: #b4b4b4; --jp-ui-font-color3: #8a8a8a; --jp-border-color1: #616161;
    --jp-border-color2: #3d3d3d; --jp-brand-color1: #64b5f6; --jp-success-color1: #66bb6a;
    --jp-warn-color1: #ffb74d; --jp-error-color1: #ef7070; --jp-ui-inverse-font-color1: #111;
  }
}
"""


def report_html(title: str, snapshot: dict[str, Any], static: str) -> str:
    """The page. static: the study as static HTML. Raises HpoError when the front end was never
    built."""
    # Neither may end the script, nor begin a comment in it.
    script = assets.load("report").replace("</script", "<\\/script").replace("<!--", "<\\!--")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    data = json.dumps(snapshot, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    data = data.replace("<", "\\u003c")
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8">{GENERATOR}'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(texts.line(title, 120))}</title><style>{_STYLE}</style></head><body>"
        f'<main id="hpo-report"></main><noscript><div>{static}</div></noscript>'
        f'<script type="application/json" id="hpo-snapshot">{data}</script>'
        f"<script>{script}</script></body></html>\n"
    )


def write_report(path: Path, page: str, *, force: bool = False) -> None:
    """Raises HpoError where the file can't be written, or is something else than a report (then
    force writes over it all the same)."""
    try:
        if path.is_dir():
            raise HpoError(f"{path} is a folder. Name a file: {path / 'report.html'}")
        if path.exists() and not force and not _is_report(path):
            raise HpoError(
                f"{path} exists and is no report of jupyter_hpo. Choose another name, or write "
                "over it with --force."
            )
        part = path.with_name(f".{path.name}.part")
        part.write_text(page, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise HpoError(
            f"the report can't be written to {path}: {error.strerror or error}. Choose another "
            "path: %hpo export PATH"
        ) from None


def _is_report(path: Path) -> bool:
    with open(path, "rb") as file:
        return GENERATOR.encode() in file.read(LOOKED_AT)
