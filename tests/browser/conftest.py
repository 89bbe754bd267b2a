from __future__ import annotations

import pytest


# For all files of this folder that a process runs: a server and a browser take long to start.
@pytest.fixture(scope="package")
def playwright():
    from playwright.sync_api import sync_playwright

    from .lab import CHROMIUM

    if CHROMIUM is None:
        pytest.fail("no Chromium on the PATH: `make chromium` installs it")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def _lab(playwright, tmp_path_factory):
    from .lab import Lab

    lab = Lab(playwright, tmp_path_factory.mktemp("lab"))
    yield lab
    lab.close()


@pytest.fixture
def lab(_lab):
    """One server; each test begins without kernels, studies and settings."""
    yield _lab
    _lab.clear()


@pytest.fixture(scope="package")
def chromium(playwright):
    """A browser for bare pages (see `page.py`)."""
    from .page import start

    browser = start(playwright)
    yield browser
    browser.close()
