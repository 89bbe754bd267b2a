from __future__ import annotations

import pytest


@pytest.fixture
def lab(tmp_path):
    from .lab import CHROMIUM, Lab

    if CHROMIUM is None:
        pytest.fail("no Chromium on the PATH: `make chromium` installs it")
    lab = Lab(tmp_path)
    yield lab
    lab.close()
