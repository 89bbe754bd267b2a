"""Packing: how many trials side by side, from their memory and their throughput."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_hpo.study.packing import DeviceFacts, Packing, fixed_slots

from .pack_driver import GB, machine

FINISHED = {"device_memory_bytes": 2.0 * GB, "device_free_bytes": 7.5 * GB}


def level(m):
    return m.packing._devices[0].climb.level


def test_the_first_trial_runs_alone_whatever_its_rate():
    packing = Packing([DeviceFacts("cuda:0", "H200", 100 * GB, 100 * GB)])
    assert (packing.free, packing.slots) == (1, 1)
    assert packing.place(0, 0.0) == "cuda:0"
    for step in range(50):
        packing.reported(0, step / 10)
        assert packing.free == 0
    assert packing.why == "The first trial runs alone on cuda:0: what it needs is measured."
    packing.finished(0, {"device_memory_bytes": 1.0 * GB}, 5.0)
    assert packing.free == 1
    packing.ended(0, 5.0)
    assert packing.free == 2


@pytest.mark.parametrize(("knee", "least", "most"), [(1, 1, 1), (2, 2, 3), (4, 4, 5), (16, 13, 20)])
def test_slots_rise_to_the_knee_and_come_back(knee, least, most):
    m = machine(100, knee=knee)
    m.run(400)
    assert least <= level(m) <= most
    assert m.packing._devices[0].climb.settled
    assert f"{level(m)} trial" in m.packing.why
    assert "more were not faster" in m.packing.why


def test_a_device_that_gets_slower_with_company_is_left_at_its_best():
    m = machine(100, knee=4, penalty=0.2)
    m.run(300)
    assert level(m) == 4


def test_memory_bounds_the_climb():
    m = machine(10, need=lambda n: 2 * GB, knee=50)
    m.run(100)
    assert level(m) == m.most["sim:0"] == 4  # 10 less a tenth, by 2.2
    assert m.packing.why == ("4 trials side by side on sim:0: as many as its memory holds "
                             "(2 GB a trial).")  # fmt: skip


def test_without_reports_finished_trials_are_counted():
    m = machine(100, reports=0, knee=8)
    m.run(400)
    assert 8 <= level(m) <= 10


def test_packing_beats_one_at_a_time_by_about_the_knee():
    packed, single = machine(100, knee=8).run(64), machine(100, knee=8, jobs=1).run(64)
    assert single / packed > 4


def test_memory_that_is_not_known_beforehand_is_learned_from_the_first_trial():
    m = machine(10, known=False, need=lambda n: 2 * GB, knee=50)
    m.run(60)
    assert m.most["sim:0"] == 4


def test_memory_that_cannot_be_measured_keeps_trials_alone():
    packing = Packing([DeviceFacts("cuda:0")])
    packing.place(0, 0.0)
    packing.finished(0, {}, 1.0)
    packing.ended(0, 1.0)
    assert packing.free == packing.slots == 1
    assert "could not be measured" in packing.why


def test_a_context_that_the_allocator_does_not_know_of_counts():
    m = machine(10, context=GB, knee=50)
    m.run(60)
    assert m.most["sim:0"] <= 4  # 9 by 1.1 + 1
    assert not m.infeasible


def test_what_others_took_meanwhile_is_not_taken_for_a_context():
    packing = Packing([DeviceFacts("cuda:0", "", 100 * GB, 100 * GB)])
    packing.place(0, 0.0)
    figures = {"device_memory_bytes": 1.0 * GB, "device_free_bytes": 49.0 * GB}
    packing.finished(0, figures, 1.0)
    assert packing._devices[0].free_bytes == 50 * GB
    assert packing._devices[0].context_bytes == 0


def test_a_hungry_trial_is_tried_again_alone_and_the_rest_runs_on():
    m = machine(10, need=lambda n: 8 * GB if n == 30 else GB, knee=50)
    m.run(80)
    assert m.alone == [30]
    assert not m.infeasible
    assert sorted(m.done) == list(range(80))


def test_a_trial_too_large_for_the_device_is_infeasible_after_its_second_attempt():
    m = machine(10, need=lambda n: 12 * GB if n in (5, 6) else GB, knee=50)
    m.run(40)
    assert sorted(m.infeasible) == [5, 6]
    assert sorted(m.alone) == [5, 6]
    assert sorted(m.done) == [n for n in range(40) if n not in (5, 6)]


def test_out_of_memory_lowers_the_slots_and_says_so():
    packing = Packing([DeviceFacts("cuda:0", "", 100 * GB, 100 * GB)], jobs=8)
    for n in range(8):
        packing.place(n, 0.0)
    assert packing.out_of_memory(3, 1.0)
    assert packing.slots == 1
    assert "tried again alone" in packing.why
    assert packing.out_of_memory(4, 1.0), "of several at once each has its second chance"
    for n in range(8):
        assert packing.again() is None
        packing.ended(n, 2.0)
    assert packing.again() == 3
    packing.place(3, 2.0)
    assert (packing.again(), packing.free) == (None, 0)
    packing.finished(3, {}, 3.0)
    packing.ended(3, 3.0)
    assert packing.again() == 4
    packing.place(4, 3.0)
    assert not packing.out_of_memory(4, 4.0)
    packing.ended(4, 4.0)
    assert packing.slots == 6
    assert packing.why == "6 trials side by side on cuda:0: fewer since one ran out of memory."


def test_slots_come_back_after_many_good_ends():
    packing = fixed_slots(2)
    packing.place(0, 0.0)
    packing.place(1, 0.0)
    assert packing.out_of_memory(1, 0.0)
    packing.ended(1, 0.0)
    packing.ended(0, 0.0)
    assert packing.place(packing.again(), 0.0) is None
    packing.finished(1, {}, 1.0)
    packing.ended(1, 1.0)
    assert packing.slots == 1
    for n in range(2, 5):
        packing.place(n, 1.0)
        packing.finished(n, {}, 2.0)
        packing.ended(n, 2.0)
    assert packing.slots == 2


def test_paused_trials_take_memory_and_no_slot():
    packing = Packing([DeviceFacts("cuda:0", "", 10 * GB, 10 * GB)])
    packing.place(0, 0.0)
    packing.finished(0, FINISHED, 1.0)
    packing.ended(0, 1.0)
    assert packing.pool == 1, "of three that fit"
    packing.place(1, 1.0)
    packing.place(2, 1.0)
    assert packing.free == 0
    packing.waits(1, 2.0)
    assert packing.free == 1
    packing.place(3, 2.0)
    packing.goes_on(1, 3.0)
    assert packing.free == 0, "three run where two were meant to: no more"


def test_beside_paused_trials_the_second_attempt_was_not_alone():
    packing = Packing([DeviceFacts("cuda:0", "", 10 * GB, 10 * GB)], jobs=2)
    packing.place(0, 0.0)
    packing.waits(0, 1.0)
    packing.place(1, 1.0)
    assert packing.out_of_memory(1, 2.0)
    packing.ended(1, 2.0)
    assert (packing.again(), packing.in_the_way) == (1, [])
    packing.place(1, 3.0)
    assert packing.out_of_memory(1, 4.0), "trial 0 held some of the memory"
    packing.ended(1, 4.0)
    assert (packing.again(), packing.in_the_way) == (None, [0])
    packing.ended(0, 5.0)
    assert (packing.again(), packing.in_the_way) == (1, [])
    packing.place(1, 5.0)
    assert not packing.out_of_memory(1, 6.0)


def test_several_devices_by_free_memory():
    m = machine(8, 40, need=lambda n: 2 * GB, knee=50)
    m.run(100)
    assert m.at == {}
    assert m.most["sim:1"] > m.most["sim:0"] == 3
    first = machine(8, 40)
    first.run(1)
    assert first.most == {"sim:1": 1}


def test_jobs_are_shared_over_devices():
    m = machine(40, 40, jobs=3)
    m.run(30)
    assert m.most == {"sim:0": 2, "sim:1": 1}
    one = machine(40, 40, jobs=1)
    one.run(5)
    assert one.most == {"sim:0": 1}


def test_a_study_held_by_the_person_times_nothing():
    packing = Packing([DeviceFacts("cuda:0", "", 100 * GB, 100 * GB)])
    packing.place(0, 0.0)
    for step in range(5):
        packing.reported(0, step / 10)
    packing.held(1.0)
    packing.reported(0, 1000.0)
    assert packing._devices[0].climb.rates == {}


def test_forgotten_trials_are_not_tried_again():
    packing = fixed_slots(2)
    packing.place(0, 0.0)
    packing.out_of_memory(0, 0.0)
    packing.ended(0, 0.0)
    packing.forget(0)
    assert packing.again() is None
    assert packing.free == packing.slots == 1


def test_no_devices_are_refused():
    with pytest.raises(ValueError, match="no device"):
        Packing([])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    sizes=st.lists(st.integers(1, 64), min_size=1, max_size=3),
    needs=st.lists(st.integers(1, 80), min_size=1, max_size=7),
    knee=st.integers(1, 40),
    reports=st.integers(0, 12),
    jobs=st.none() | st.integers(1, 9),
    known=st.booleans(),
)
def test_whatever_trials_need_every_one_ends_once(sizes, needs, knee, reports, jobs, known):
    """Each trial is done or infeasible, none both, and none that fits its device alone is
    given up; memory is never exceeded by what runs (the machine would have refused it)."""
    m = machine(*sizes, jobs=jobs, known=known, reports=reports, knee=knee,
                need=lambda n: needs[n % len(needs)] * GB // 2)  # fmt: skip
    m.run(40)
    assert sorted(m.done + m.infeasible) == list(range(40))
    assert len(m.alone) == len(set(m.alone))
    for n in m.infeasible:
        assert m.need(n) > min(sizes) * GB
    assert m.packing.free >= 1
    assert m.packing.slots >= 1


@settings(max_examples=25, deadline=None, derandomize=True)
@given(knee=st.integers(1, 30), size=st.integers(2, 60), reports=st.integers(3, 30))
def test_equal_trials_never_exceed_memory_and_come_near_the_best(knee, size, reports):
    m = machine(size, knee=knee, reports=reports)
    m.run(300)
    assert not m.alone
    fit = max(1, int(size * 0.9 / 1.1))
    assert m.most["sim:0"] <= fit
    best = min(knee, fit)
    assert level(m) >= 0.65 * best
