"""The engine: events, Study, commands over in-process doubles of its three seams."""

from __future__ import annotations

import time

import pytest

from jupyter_hpo.engine import Engine
from jupyter_hpo.search.sampler import Exhausted
from jupyter_hpo.space import Int, SearchSpace
from jupyter_hpo.storage import MemoryStorage, StudyFolder
from jupyter_hpo.study import messages as m
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import TrialError, TrialState
from jupyter_hpo.study.trial_events import (
    Answer,
    Died,
    Ended,
    ExecutorLost,
    Failed,
    Finished,
    Kept,
    Reported,
    Started,
    Stopped,
)


class Sampler:
    name = "counting"

    def __init__(self, fails_at=None, plus=0):
        self.told, self.fails_at, self.plus = [], fails_at, plus

    def ask(self, number, fixed=None):
        if number == self.fails_at:
            raise RuntimeError("the sampler is broken")
        return {"x": number + self.plus, **(fixed or {})}

    def tell(self, trial):
        self.told.append(trial.number)


class Executor:
    """Runs trials by answering at once: two reports, then a result; `script` changes that."""

    def __init__(self, emit, script):
        self.emit, self.script, self.slots = emit, script, 1
        self.closed, self.answers = 0, []

    def submit(self, spec):
        self.emit(Started(spec.number, 1, 0.0))
        action = self.script.get(spec.number)
        if action == "fail":
            self.emit(Failed(spec.number, TrialError("ValueError", "no")))
            self.emit(Ended(spec.number))
        else:
            self.emit(Reported(spec.number, 1, (float(spec.number),)))

    def answer(self, number, answer, path=None):
        self.answers.append((number, answer))
        if answer is Answer.CONTINUE and self.script.get(number) == "endless":
            self.emit(Reported(number, 1, (0.0,)))
        elif answer is Answer.CONTINUE and self.script.get(number) not in ("hang", "wait"):
            self.emit(Finished(number, (float(number),)))
        elif answer is Answer.KEEP:
            with open(path, "wb") as file:
                file.write(b"objects")
            self.emit(Kept(number, path, ("model",)))
            self.emit(Ended(number))
        elif answer is Answer.RELEASE:
            self.emit(Ended(number))
        elif answer is Answer.STOP:
            self.emit(Stopped(number))
            self.emit(Ended(number))

    def kill(self, number, reason):
        self.emit(Stopped(number))
        self.emit(Ended(number))

    def close(self):
        self.closed += 1


@pytest.fixture
def make(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    engines = []

    def make_engine(n_trials=3, script=None, sampler=None, storage=None, **budget):
        folder = StudyFolder("s", tmp_path)
        folder.open()
        config = StudyConfig(
            "s", (Objective("x", "maximize"),), Budget(n_trials=n_trials, **budget)
        )
        made = []

        def executor(emit):
            made.append(Executor(emit, script or {}))
            return made[-1]

        engine = Engine(
            Study(config),
            sampler=sampler or Sampler(),
            storage=storage or MemoryStorage(),
            folder=folder,
            make_executor=executor,
        )
        engine.made = made
        engines.append(engine)
        return engine

    yield make_engine
    for engine in engines:
        if not engine.done.is_set():
            engine.request(m.StopRequested())
            engine.done.wait(10)


def run(engine):
    engine.start()
    assert engine.done.wait(20)
    return engine.study


def test_a_study_is_run_told_and_written(make):
    storage, sampler = MemoryStorage(), Sampler()
    engine = make(storage=storage, sampler=sampler)
    study = run(engine)
    assert study.best.number == 2
    assert sampler.told == [0, 1, 2]
    assert [t.state for t in storage.load()] == [TrialState.COMPLETE] * 3
    assert engine.made[0].closed == 1
    assert engine.executor is None, "the snapshot is let go"


def test_only_the_best_objects_stay_on_disk_signed(make, tmp_path):
    from jupyter_hpo.storage.trust import is_ours

    run(make())
    objects = sorted(p.name for p in (tmp_path / "s" / "objects").iterdir())
    assert objects == ["trial-0002", "trial-0002.sig"]
    assert is_ours(tmp_path / "s" / "objects" / "trial-0002")


@pytest.mark.parametrize("error", [OSError("no space"), MemoryError("no memory")])
def test_objects_that_can_not_be_signed_are_said_and_hold_nothing_up(make, monkeypatch, error):
    def refuse(path):
        raise error

    monkeypatch.setattr("jupyter_hpo.engine.sign", refuse)
    study = run(make())
    assert study.counts()[TrialState.COMPLETE] == 3
    assert f"they can't be signed, so not reloaded later: {error}" in study.best.notice


def test_a_failing_trial_is_one_among_others(make):
    study = run(make(script={1: "fail"}))
    assert [study.trials[n].state.value for n in range(3)] == ["COMPLETE", "FAIL", "COMPLETE"]


def test_a_broken_sampler_ends_the_study_and_keeps_what_finished(make):
    engine = make(n_trials=9, sampler=Sampler(fails_at=2))
    study = run(engine)
    assert study.failed
    assert "the sampler is broken" in study.message
    assert "RuntimeError" in engine.crash
    assert study.best.number == 1
    assert engine.made[0].closed == 1


def test_stopping_from_another_thread(make):
    engine = make(n_trials=None, script={0: "hang"})
    engine.start()
    engine.request(m.StopRequested())
    assert engine.done.wait(10)
    assert engine.study.phase == "finished"


def test_changes_are_announced(make):
    engine = make()
    seen = []
    engine.on_change = lambda: seen.append(engine.study.version)
    run(engine)
    assert seen == sorted(seen)
    assert len(seen) > 3


def test_a_finished_study_needs_no_executor(make):
    engine = make(n_trials=1)
    run(engine)
    assert len(engine.made) == 1
    empty = make(n_trials=0)
    run(empty)
    assert empty.made == []


@pytest.fixture
def moving(make):
    """A study whose first trial hangs, moved to another space with workers of its own."""
    engine = make(n_trials=None, script={0: "wait"})
    engine.start()
    later, made = Sampler(plus=100), []

    def executor(emit):
        made.append(Executor(emit, {}))
        return made[-1]

    return engine, later, made, executor


def until(holds):
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


X = m.SpaceChanged(SearchSpace({"x": Int(100, 1_000_000)}))


def test_another_space_has_its_own_workers_and_the_old_end_with_their_trials(moving):
    engine, later, made, executor = moving
    until(lambda: engine.executor is not None)
    (old,) = engine.made
    until(lambda: len(old.answers) == 1)
    engine.change_space(X, later, executor)
    engine.request(m.SlotsChanged(2))  # no sooner, or the next would begin in the old space
    engine.request(m.PauseTrialRequested(0))
    until(lambda: engine.study.space is not None)
    assert old.closed == 0, "a trial runs in it"
    old.emit(Reported(0, 2, (0.0,)))
    until(lambda: len(later.told) > 3)
    engine.request(m.ResumeTrialRequested(0))
    until(lambda: len(old.answers) == 2)
    old.emit(Finished(0, (-1.0,)))
    until(lambda: old.closed == 1)
    engine.request(m.StopRequested())
    assert engine.done.wait(20)
    assert made[0].closed == 1
    assert 0 not in later.told, "it lies outside"
    assert engine.study.trials[1].params["x"] == 101
    assert engine.crash is None


def test_a_space_with_the_same_program_keeps_the_workers(moving):
    engine, later, *_ = moving
    until(lambda: engine.executor is not None)
    engine.change_space(X, later)
    until(lambda: engine.study.space is not None)
    assert engine.executor is engine.made[0]


def test_workers_of_an_earlier_space_that_are_lost_end_their_own_trials_only(moving):
    engine, later, _, executor = moving
    until(lambda: engine.executor is not None)
    (old,) = engine.made
    engine.change_space(X, later, executor)
    until(lambda: engine.study.space is not None)
    old.emit(Died(0, "they are lost"))
    old.emit(Ended(0))
    old.emit(ExecutorLost("they are lost"))
    until(lambda: len(later.told) > 3)
    assert engine.study.phase == "running"
    assert engine.study.trials[0].state is TrialState.FAIL


def test_time_passes_also_while_events_never_stop_coming(make):
    study = run(make(n_trials=1, script={0: "endless"}, trial_timeout_s=0.2))
    assert study.phase == "finished"
    assert study.trials[0].state is not TrialState.COMPLETE


class Finite(Sampler):
    def ask(self, number, fixed=None):
        if number >= 2 and not fixed:
            raise Exhausted("all 2 combinations of the space were tried")
        return super().ask(number, fixed)


def test_a_study_whose_sampler_has_nothing_left_ends_by_itself(make):
    engine = make(n_trials=9, sampler=Finite())
    engine.start()
    assert engine.done.wait(20)
    study = engine.study
    assert sorted(study.trials) == [0, 1]
    assert (study.message, study.failed, engine.crash) == ("", False, None)
    assert study.exhausted == "all 2 combinations of the space were tried"
