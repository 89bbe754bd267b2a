"""With a seed, whatever the timing, the same decisions are made; and nothing waits for ever."""

from __future__ import annotations

import random
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.lockstep import Lockstep
from jupyter_hpo.study.schedulers import Asha, NoPruning
from jupyter_hpo.study.study import Study

from .driver import LOSS

DECISIONS = (m.Ask, m.Launch, m.Continue, m.Stop, m.Tell, m.Keep, m.Release)


class World:
    """An engine and its trials, whose events arrive in the order that `chance` says.

    What is suggested depends on all that was told before, so that another order would show.
    """

    def __init__(self, study, lives, chance):
        self.study, self.lives, self.chance = study, lives, chance
        self.lockstep, self.told = Lockstep(), 1
        self.log: list[object] = []
        self.late: list[object] = []
        self.under_way: dict[int, deque[object]] = {}  # events still to arrive, by trial
        self.steps: dict[int, int] = {}
        self.over: set[int] = set()  # trials that have told their end
        self.now = 0.0

    def run(self, more=()):
        self.take(m.Begin())
        requests = deque(more)
        for _ in range(3000):
            if self.study.phase == "finished":
                # Once it stops nothing is decided: what ends first then, changes nothing.
                return [repr(e) for e in self.log] + sorted(repr(e) for e in self.late)
            self.now += self.chance.random()
            ready = sorted(number for number, events in self.under_way.items() if events)
            if requests and (not ready or self.chance.random() < 0.1):
                self.take(requests.popleft())
            elif ready:
                number = self.chance.choice(ready)
                self.take(self.under_way[number].popleft())
            else:
                self.take(m.Tick())
        raise AssertionError(f"it hangs: {self.study.phase}, {self.under_way}")

    def take(self, event):
        held = self.lockstep.holds(event)
        self.process(m.Held(event.number) if held else event)
        while batch := self.lockstep.batch(self.study.awaited):
            for one in batch:
                self.process(one)

    def process(self, event):
        pending = deque([event])
        while pending:
            for command in self.study.handle(pending.popleft(), self.now):
                answer = self.perform(command)
                if answer is not None:
                    pending.append(answer)

    def perform(self, command):
        number = getattr(command, "number", None)
        log = self.log if self.study.phase == "running" else self.late
        if isinstance(command, m.Launch | m.Tell):
            number = command.trial.number
        if isinstance(command, DECISIONS):
            log.append((type(command).__name__, number))
        match command:
            case m.Ask(number, _):
                log.append(("suggested", self.told % 97))
                return m.Suggested(number, {"x": self.told % 97})
            case m.Launch(trial):
                self.steps[number] = 0
                self.under_way[number] = deque([ev.Started(number, 1, self.now)])
                self.go_on(trial.number)
            case m.Continue(_):
                self.go_on(number)
            case m.Stop(_) if not self.under_way[number] and number not in self.over:
                self.over.add(number)
                self.under_way[number] += [ev.Stopped(number), ev.Ended(number)]
            case m.Kill(_, reason) if number not in self.over:
                self.over.add(number)
                self.under_way[number] = deque([ev.Died(number, reason), ev.Ended(number)])
            case m.Keep(_):
                kept = ev.Kept(number, "/objects", ("model",))
                self.under_way[number] += [kept, ev.Ended(number)]
            case m.Release(_):
                self.under_way[number].append(ev.Ended(number))
            case m.Tell(trial):
                log.append((trial.state.value, trial.params["x"], trial.values))
                self.told = (self.told * 31 + trial.params["x"] + number) % 1_000_003
        return None

    def go_on(self, number):
        self.steps[number] += 1
        kind, length = self.lives[number % len(self.lives)]
        x, step = self.study.trials[number].params["x"], self.steps[number]
        value = (float((x * 7 + step * 3 + number) % 11),)
        if step <= length:
            self.under_way[number].append(ev.Reported(number, step, value))
            return
        self.over.add(number)
        if kind == "fails":
            error = ev.TrialError("ValueError", "no")
            self.under_way[number] += [ev.Failed(number, error), ev.Ended(number)]
        elif kind == "dies":
            self.under_way[number] += [ev.Died(number, "killed"), ev.Ended(number)]
        else:
            self.under_way[number].append(ev.Finished(number, value))


def study(slots, pruned, **budget):
    config = StudyConfig("s", (LOSS,), Budget(**budget), slots=slots)
    return Study(config, scheduler=Asha(pool=3) if pruned else NoPruning())


lives = st.lists(
    st.tuples(st.sampled_from(["ends", "ends", "ends", "fails", "dies"]), st.integers(0, 10)),
    min_size=1,
    max_size=7,
)


@settings(deadline=None, max_examples=60)
@given(lives, st.integers(1, 4), st.booleans(), st.booleans(), st.integers(0, 999))
def test_the_same_decisions_whatever_the_timing(lives, slots, pruned, patience, timing):
    lives = [("ends", 3), *lives]
    budget = {"patience": 6} if patience else {"n_trials": 15}
    first, second = (
        World(study(slots, pruned, **budget), lives, random.Random(seed)).run()
        for seed in (timing, timing + 1000)
    )
    assert first == second


REQUESTS = [
    m.PauseRequested(),
    m.ResumeRequested(),
    m.PauseTrialRequested(2),
    m.StopTrialRequested(1),
    m.PruneTrialRequested(3),
    m.EnqueueRequested({"x": 5}),
    m.ResumeTrialRequested(2),
    m.SlotsChanged(1),
    m.SlotsChanged(3),
]


@settings(deadline=None, max_examples=40)
@given(lives, st.permutations(REQUESTS), st.booleans(), st.integers(0, 999))
def test_whatever_is_asked_for_nothing_waits_for_ever(lives, requests, pruned, timing):
    world = World(study(3, pruned, n_trials=12), [("ends", 4), *lives], random.Random(timing))
    go_on = [m.ResumeRequested(), *(m.ResumeTrialRequested(n) for n in range(14))]
    assert world.run([*requests, *go_on])


def test_without_it_the_timing_decides():
    """Else the test above would prove nothing."""

    def run(seed):
        world = World(study(3, True, n_trials=15), [("ends", 5)], random.Random(seed))
        world.lockstep.holds = lambda event: False
        return world.run()

    assert len({tuple(run(seed)) for seed in range(5)}) > 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_result_comes_before_a_report_and_a_report_before_a_free_slot(order):
    lockstep = Lockstep()
    told = [ev.Ended(0), ev.Reported(1, 1, (0.0,)), ev.Finished(2, (0.0,))]
    assert all(lockstep.holds(told[i]) for i in order)
    assert lockstep.batch(frozenset({0, 1, 2})) == []
    assert lockstep.holds(told[2])
    assert lockstep.batch(frozenset({0, 1, 2})) == told[::-1]
    assert lockstep.batch(frozenset({0})) == lockstep.batch(frozenset()) == []
    assert not lockstep.holds(m.Tick())
