from __future__ import annotations

import pytest


def _started(folder):
    from .lab import CHROMIUM, Lab

    if CHROMIUM is None:
        pytest.fail("no Chromium on the PATH: `make chromium` installs it")
    return Lab(folder)


@pytest.fixture(scope="module")
def _lab_of_module(tmp_path_factory):
    lab = _started(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.close()


@pytest.fixture
def lab(_lab_of_module):
    """One server for the tests of a module; each begins without kernels, studies and settings."""
    yield _lab_of_module
    _lab_of_module.clear()


@pytest.fixture(scope="module")
def chromium():
    """A browser for bare pages (see `page.py`)."""
    from playwright.sync_api import sync_playwright

    from .lab import CHROMIUM
    from .page import start

    if CHROMIUM is None:
        pytest.fail("no Chromium on the PATH: `make chromium` installs it")
    with sync_playwright() as playwright:
        browser = start(playwright)
        yield browser
        browser.close()
