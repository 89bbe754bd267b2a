"""What axe-core says of a page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"


def violations(page: Page, where: str, within: str = "main") -> list[str]:
    """The serious ones within a selector, each as a line with an element that has it."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "async (within) => (await axe.run(within, {resultTypes: ['violations']})).violations",
        within,
    )
    return [
        f"{where}: {v['id']} ({v['impact']}, {len(v['nodes'])} x): {v['help']}: "
        f"{v['nodes'][0]['html'][:160]} {v['nodes'][0]['any'][:1]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
