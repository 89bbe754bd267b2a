"""The simulator: its clock and its counts on curves made here, and a small table."""

from __future__ import annotations

import pytest

from jupyter_hpo.study.schedulers import Asha, NoPruning

from .curves import FOLDER, NONE, Draw, Nearest, Result, compare, curves, task
from .simulate import Curve, Simulation


class InOrder:
    def ask(self, number, fixed=None):
        return {"index": number}

    def tell(self, trial):
        return None


def run(scheduler, curve, **options):
    return Simulation(scheduler, InOrder(), lambda params: curve(params["index"]), **options).run()


def test_without_a_pruner_every_trial_runs_to_its_end_and_epochs_are_counted():
    course = run(NoPruning(), lambda i: Curve([1.0 / (i + 1)] * 4, [0.5] * 4), epochs=12, slots=1)
    assert course.epochs == 12
    assert course.better[0] == (4, 2.0, 1.0)
    assert [error for _, _, error in course.better] == [1.0, 1 / 2, 1 / 3]
    assert course.error_at(3) == float("inf")
    assert course.error_at(11) == 1 / 2


def test_slots_share_the_simulated_time_by_what_an_epoch_takes():
    """The slow trial 1, which begins at the first report, takes as long for two epochs as the
    others for four."""
    quick, slow = Curve([0.5, 0.5], [1.0, 1.0]), Curve([0.1, 0.1], [2.1, 2.1])
    course = run(NoPruning(), lambda i: slow if i == 1 else quick, epochs=8, real_time=True)
    assert [(n, error) for n, _, error in course.better] == [(2, 0.5), (7, 0.1)]


def test_paused_trials_cost_nothing_and_are_bounded():
    course = run(Asha(pool=2), lambda i: Curve([1.0 + i] * 9, [1.0] * 9), epochs=60)
    assert course.n_trials > 30, "each but the first ends after one epoch or little more"
    assert course.most_paused == 2


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.npz")))
def test_a_recording_is_whole(name):
    found = task(name)
    assert len(found.curves) == len(found.params) >= 150
    assert {len(curve.errors) for curve in found.curves} == {found.steps}
    assert {Draw(found, 0).ask(n)["index"] for n in range(3)} <= set(range(len(found.curves)))


def test_tpe_takes_what_it_suggests_for_the_nearest_recorded_configuration():
    found = task("mlp_digits")
    sampler = Nearest(found, seed=0)
    for number in (3, 17):
        sampler._tpe.ask = lambda _, of=found.params[number]: dict(of)
        assert sampler.ask(0)["index"] == number


def test_a_table_compares_with_the_search_that_prunes_nothing():
    schedulers = {NONE: NoPruning, "ASHA": Asha}
    found = compare(task("mlp_digits"), "random", schedulers, seeds=3, trainings=8)
    assert isinstance(found["ASHA"], Result)
    assert found[NONE].speed_up >= 1
    drawn = curves(tasks=["mlp_digits"], schedulers=schedulers, seeds=2, trainings=6)
    assert "random search, 6 full trainings of epochs, 2 at a time, 2 seeds" in drawn
    assert [line.split()[0] for line in drawn.splitlines()[3:5]] == [NONE, "ASHA"]
