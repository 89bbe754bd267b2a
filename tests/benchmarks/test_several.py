"""The measure of fronts, and that each sampler takes part."""

from __future__ import annotations

import pytest

from . import several


def test_a_hypervolume_is_the_area_that_the_front_beats():
    front = [(0.5, 0.5), (0.2, 0.8)]
    beaten = [(0.6, 0.6), (0.0, 2.0), (1.5, 0.1)]  # by another, or beyond the reference
    assert several.hypervolume(front + beaten) == pytest.approx(0.5 * 0.5 + 0.3 * 0.2)
    assert several.hypervolume([]) == 0


@pytest.mark.parametrize("kind", several.KINDS)
def test_every_sampler_takes_part(kind, monkeypatch):
    monkeypatch.setattr(several, "TRIALS", (2, 12))
    values = several.run(("ZDT1, 4 floats", kind, 0))
    assert len(values) == 12
    assert all(len(pair) == 2 for pair in values)
