"""What is imported behind the person's back keeps out of the way of their cells."""

from __future__ import annotations

import sys
import threading

import pytest

from jupyter_hpo import interrupts
from jupyter_hpo import warmup as module
from jupyter_hpo.warmup import Warmup


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose import takes until `release` is set, and imports its part."""
    folder = tmp_path / "hpo_slow_package"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "import tests.test_warmup as t\n"
        "t.entered.set()\n"
        "assert t.release.wait(30)\n"
        "from hpo_slow_package.part import THING\n"
    )
    (folder / "part.py").write_text("THING = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(module, "NEEDED", ("hpo_slow_package", "colorsys"))
    monkeypatch.setattr(Warmup, "_start", lambda self: None)
    for event in (entered, release):
        event.clear()
    yield
    release.set()
    for thread in threads():
        thread.join(30)
    for name in [n for n in sys.modules if n.startswith("hpo_slow_package")]:
        del sys.modules[name]


entered, release = threading.Event(), threading.Event()


def threads():
    return [t for t in threading.enumerate() if t.name == "jupyter_hpo-imports"]


def test_nothing_is_imported_before_the_cell_that_loads_it_has_ended(package):
    warmup = Warmup()
    warmup.begin()
    assert not entered.wait(0.2)
    warmup.go_on()
    assert entered.wait(30)
    warmup.end()


def test_a_cell_waits_for_the_module_under_way_and_the_next_ones_wait_for_the_cell(package):
    """Without, `import a.b` here while the thread imports `a`, which imports `a.b`, may find
    a half-made module: each holds the lock that the other waits for."""
    sys.modules.pop("colorsys", None)
    warmup = Warmup()
    warmup.begin()
    warmup.go_on()
    assert entered.wait(30)
    threading.Timer(0.2, release.set).start()
    with warmup.held():
        from hpo_slow_package.part import THING  # type: ignore[import-not-found]

        assert THING == 1
        assert "colorsys" not in sys.modules
    for thread in threads():
        thread.join(30)
    assert "colorsys" in sys.modules
    warmup.end()


def test_what_is_held_within_a_cell_stays_so_until_the_cell_ends(package):
    warmup = Warmup()
    warmup.begin()
    warmup.stand_back()
    with warmup.held():
        pass
    assert not entered.wait(0.2)
    warmup.go_on()
    assert entered.wait(30)
    warmup.end()


def test_an_interrupt_while_a_cell_waits_reaches_the_cell(package):
    warmup = Warmup()
    warmup.begin()
    warmup.go_on()
    assert entered.wait(30)
    interrupts.send_later(0.1)
    threading.Timer(0.3, release.set).start()
    reached = False
    try:
        warmup.stand_back()
        reached = True
        assert not threading.Event().wait(30), "the cell, which is interrupted"
    except KeyboardInterrupt:
        assert (reached, release.is_set()) == (True, True)
    else:
        pytest.fail("it never came")
    warmup.end()
