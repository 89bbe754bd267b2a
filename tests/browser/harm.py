"""Texts that would do harm if they were taken for anything but text, and how harm is seen."""

from __future__ import annotations

from dataclasses import replace

from jupyter_hpo.widgets.protocol import Best, Detail, ObjectiveInfo, ParamInfo, Point, Row

from . import studies

HARMFUL = {
    "an image": "<img src=x onerror=\"window.harmed='image'\">",
    "a script": "</script><script>window.harmed='script'</script>",
    "an attribute": "\" onmouseover=\"window.harmed='attribute'\" x='",
    "a link": "javascript:window.harmed='link'",
    "a style": "</style><style>* { display: none !important }</style>",
    "an entity": "&lt;b&gt;&amp;",
    "a template": "${window.harmed='template'} {{constructor.constructor('harmed=1')()}}",
}
ANSI = "\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07"
BACKWARDS = "abc\u202edef"
MEGABYTE = ("0123456789 " * 100_000)[:1_000_000]
UNWANTED = "script, iframe, object, embed, img[onerror], [onmouseover], a[href^=javascript]"
WATCH = """(() => {
  window.injected = [];
  new MutationObserver((changes) => {
    for (const { addedNodes, target, type } of changes) {
      const seen = type === 'attributes' ? [target] : [...addedNodes];
      for (const node of seen) {
        if (node.nodeType === 1 && node.matches(UNWANTED)) injected.push(node.outerHTML);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true });
})()""".replace("UNWANTED", repr(UNWANTED))
"""Keeps, from the page's start on, what should not come into it, also for a moment."""
OFFENDERS = """([most, raw]) => {
  const found = new Set();
  for (const element of document.querySelectorAll('main, main *')) {
    if (['STYLE', 'PRE'].includes(element.tagName)) continue;
    const own = [...element.childNodes].filter((node) => node.nodeType === 3);
    const texts = own.map((node) => [node.data, 'text']);
    for (const { name, value } of element.attributes) {
      if (!['value', 'src', 'd', 'style'].includes(name)) texts.push([value, name]);
    }
    for (const [text, where] of texts) {
      const bad = text.length > most ? `${text.length} characters` : raw && text.includes(raw);
      if (bad) found.add(`${element.tagName} ${element.className} ${where}: ${bad}`);
    }
  }
  return [...found];
}"""
"""Texts and attributes that are too long, or hold what should not be there as it is."""
LONGEST = 5000


def study(text):
    """A study in which every text the person can set is that one."""
    rows = [
        Row(0, "COMPLETE", [0.5], {text: text, "lr": 0.1}, 3, 1.5, 0.0, 1.5, notice=text),
        Row(1, "FAIL", None, {text: text}, error=text, error_line=3, duration_s=1.0,
            started_s=2.0, finished_s=3.0),
        Row(2, "PRUNED", [0.2], {text: "b"}, 2, 1.0, 3.0, 4.0, notice=text),
        Row(3, "RUNNING", [0.1], {"lr": 0.2}, 1, 1.0, 4.0, heard_s=5.0, long_s=10.0),
    ]  # fmt: skip
    header = studies.header(
        "running", study=text, objectives=[ObjectiveInfo(text, "maximize")],
        params=[ParamInfo("lr", "float", low=0.0, high=1.0),
                ParamInfo(text, "categorical", choices=[text, "b"], own=text)],
        facts=[text], notices=[text], message=text, setup=text, device=text, jobs_why=text,
        best=Best(0, [0.5]), n_complete=1, n_failed=1, n_pruned=1, n_running=1, use={text: 0.5},
    )  # fmt: skip
    points = [Point(n, step, 0.1 * step) for n in (0, 2, 3) for step in (1, 2, 3)]
    details = {
        row.number: Detail(
            row.number, row.params, f"Traceback:\n{text}", f"log:\n{text}", {"x_s": 1}
        )
        for row in rows
    }
    return studies.Made(header, rows, points, details)


def ended(text):
    """The whole of that study once it is over."""
    made = study(text)
    made.header = replace(made.header, state="finished", n_running=0)
    made.rows = [row for row in made.rows if row.state != "RUNNING"]
    return made.changes(0)


def unharmed(page, own_scripts=0):
    """No script ran, no element came of a text, the page is there and quiet."""
    assert page.page.evaluate("() => window.harmed === undefined && window.hacked === undefined")
    injected = page.page.evaluate("() => window.injected")
    assert len(injected) == own_scripts, [html[:200] for html in injected]
    assert page.page.locator(UNWANTED).count() == own_scripts
    assert page.page.locator("main").first.is_visible()
    assert not page.errors, page.errors


def not_found(page, raw=""):
    """No text that is too long, and none with that character in it."""
    offenders = page.page.evaluate(OFFENDERS, [LONGEST, raw])
    assert not offenders, "\n".join(offenders)
