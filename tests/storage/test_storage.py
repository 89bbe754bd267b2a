"""The Storage contract, over every implementation; then what is the journal's own."""

from __future__ import annotations

import copy
import os

import optuna
import pytest

from jupyter_hpo.errors import StorageError
from jupyter_hpo.space import Categorical, Float, Int, SearchSpace
from jupyter_hpo.storage import MemoryStorage, StudyFolder, list_studies
from jupyter_hpo.storage.journal import (
    JournalStorage,
    describe_finished,
    open_journal,
    read_study,
)
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial import Report, Trial, TrialError, TrialState

SPACE = SearchSpace(
    {"lr": Float(1e-5, 1e-1, log=True), "layers": Int(1, 4), "opt": Categorical(("adam", None, 2))}
)
LOSS = (Objective("loss", "minimize"),)
TWO = (*LOSS, Objective("acc", "maximize"))


@pytest.fixture(params=["memory", "journal"])
def reopen(request, tmp_path):
    """A function that opens the same study, as a later session would."""
    shared: dict[int, Trial] = {}
    opened = []

    def open_again(objectives=LOSS):
        for storage in opened:
            storage.close()
        if request.param == "memory":
            opened.append(MemoryStorage(shared))
        else:
            opened.append(JournalStorage(tmp_path / "journal.log", "s", SPACE, objectives))
        return opened[-1]

    yield open_again
    opened[-1].close()


def trial(number=0, state="RUNNING", **changes):
    params = {"lr": 1e-3, "layers": 2, "opt": None}
    return Trial(number, params, TrialState[state], started_at=1000.0 + number, **changes)


def bare(found):
    """Without what a storage need not keep."""
    found = copy.deepcopy(found)
    found.version, found.pid = 0, None
    found.reports = [Report(r.step, r.values, 0) for r in found.reports]
    return found


def write(storage, one, reports=(), state="COMPLETE", **end):
    storage.save(one)
    for step, values in enumerate(reports, 1):
        one.reports.append(Report(step, values, 9))
        storage.save_report(one)
    one.state = TrialState[state]
    for name, value in end.items():
        setattr(one, name, value)
    storage.save(one)
    return one


def test_whether_a_trial_lies_outside_is_kept_also_as_it_changes(reopen):
    storage = reopen()
    done, running = write(storage, trial(0), values=(0.5,)), trial(1)
    storage.save(running)
    for outside in (True, False, True):
        for one in (done, running):
            one.outside = outside
            storage.save(one)
    running.outside = False
    write(storage, running, values=(0.25,))
    write(storage, trial(2, outside=True), values=(0.125,))
    assert [t.outside for t in reopen().load()] == [True, False, True]
    assert [t.outside for t in reopen().load()] == [True, False, True]


def test_a_finished_trial_reads_back_equal(reopen):
    written = write(
        reopen(),
        trial(),
        [(0.5,), (0.25,)],
        values=(0.25,),
        finished_at=1010.5,
        figures={"wall_s": 10.5, "peak_memory_bytes": 1e9},
    )
    (read,) = reopen().load()
    assert bare(read) == bare(written)


def test_numbers_that_are_zero_are_written_and_what_is_no_longer_so_is_not_read(reopen):
    storage = reopen()
    copy = trial(0, parent=0, rounds=[(0.5,), (0.5,)], amounts={"acc > 1": 0.0}, notice="copied")
    copy.uncounted, copy.unjudged = True, ["size < 9"]
    storage.save(copy)
    other = trial(1, parent=3, inherited={"lr": 1e-3}, notice="copied", rounds=[(1.0,)])
    storage.save(other)
    other.parent, other.inherited, other.notice, other.rounds = None, {}, "", []
    write(storage, other, values=(0.25,))
    later = write(storage, trial(2, outside=True), values=(0.5,))
    later.outside = False
    storage.save(later)
    for _ in range(2):
        first, second, third = reopen().load()
        assert (first.parent, first.amounts) == (0, {"acc > 1": 0.0})
        assert (first.uncounted, first.unjudged) == (True, ["size < 9"])
        assert (second.parent, second.inherited, second.notice, second.rounds) == (None, {}, "", [])
        assert not third.outside


def test_a_failed_trial_keeps_its_error(reopen):
    error = TrialError("ValueError", "bad <b>value</b>", 7, "Traceback ...\nline 7")
    written = write(reopen(), trial(), state="FAIL", error=error, finished_at=1001.0)
    (read,) = reopen().load()
    assert bare(read) == bare(written)


def test_a_pruned_trial_keeps_its_last_report_as_value(reopen):
    write(reopen(), trial(), [(0.5,), (0.4,)], "PRUNED", values=(0.4,), notice="2 of 3")
    (read,) = reopen().load()
    assert (read.state, read.values, read.notice) == (TrialState.PRUNED, (0.4,), "2 of 3")


def test_trials_come_back_by_number(reopen):
    storage = reopen()
    for number in range(5):
        write(storage, trial(number), values=(float(number),))
    assert [t.number for t in reopen().load()] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("state", ["RUNNING", "PAUSED"])
def test_a_trial_cut_off_is_read_as_interrupted_and_stays_so(reopen, state):
    storage = reopen()
    one = trial(state=state)
    storage.save(one)
    for _ in range(2):
        (read,) = reopen().load()
        assert read.state is TrialState.FAIL
        assert read.error.kind == "interrupted"


def test_several_objectives(reopen):
    written = write(reopen(TWO), trial(), [(1.0, 0.5)], values=(0.5, 0.9), finished_at=1.0)
    (read,) = reopen(TWO).load()
    assert bare(read) == bare(written)


def test_a_notice_after_the_end_is_kept(reopen):
    storage = reopen()
    one = write(storage, trial(), values=(1.0,))
    one.notice = "loader not kept: too large"
    storage.save(one)
    (read,) = reopen().load()
    assert read.notice == "loader not kept: too large"


def test_what_a_copy_went_on_from_and_what_it_kept_comes_back(reopen):
    storage = reopen()
    write(storage, trial(), values=(1.0,))
    write(storage, trial(1), values=(1.0,))
    copy = trial(2)
    copy.parent = 1
    storage.save(copy)  # before it is known what it could not change
    kept = next(iter(copy.params))
    copy.inherited = {kept: 0.5}
    copy.params = {**copy.params, **copy.inherited}
    write(storage, copy, values=(2.0,))
    read = reopen().load()[2]
    assert (read.parent, read.inherited, read.params) == (1, {kept: 0.5}, copy.params)


# ---------------------------------------------------------------- the journal's own


def test_a_space_that_grows_gives_finished_trials_the_codes_own_values(reopen):
    storage = reopen()
    one = write(storage, trial(enqueued=True), values=(1.0,))
    storage.change_space(SearchSpace({**SPACE, "depth": Int(1, 9)}))
    one.params["depth"], one.own = 3, {"depth": 3}
    storage.save(one)
    two = trial(1)
    two.params["depth"] = 7
    write(storage, two, values=(2.0,))
    assert storage.problem() is None
    (read, other) = reopen().load()
    assert (read.params["depth"], read.own, read.enqueued) == (3, {"depth": 3}, True)
    assert (other.params["depth"], other.own) == (7, {})
    storage = reopen()
    (read, _) = storage.load()
    read.params, read.own = read.tuned, {}
    storage.save(read)
    (read, _) = reopen().load()
    assert ("depth" in read.params, read.own) == (False, {})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.log"


def test_optuna_opens_the_file(path):
    storage = JournalStorage(path, "s", SPACE, LOSS)
    write(storage, trial(0), [(0.5,)], values=(0.25,))
    write(storage, trial(1), [(0.7,)], "PRUNED", values=(0.7,))
    storage.describe({"seed": 1})
    storage.close()
    study = optuna.load_study(study_name="s", storage=open_journal(path))
    assert study.best_params == {"lr": 1e-3, "layers": 2, "opt": None}
    assert study.best_value == 0.25
    assert [t.state.name for t in study.trials] == ["COMPLETE", "PRUNED"]
    assert study.trials[0].intermediate_values == {1: 0.5}
    assert study.user_attrs["jupyter_hpo:seed"] == 1


def test_read_study_needs_no_space_and_writes_nothing(path):
    storage = JournalStorage(path, "s", SPACE, LOSS)
    write(storage, trial(), values=(1.0,))
    storage.describe({"objectives": [["loss", "minimize"]]})
    storage.close()
    before = path.read_bytes()
    stored = read_study(path, "s")
    (found,) = stored.trials
    assert (stored.objectives, found.values) == ([*LOSS], (1.0,))
    assert stored.space == SPACE
    assert stored.about == {"objectives": [["loss", "minimize"]]}
    assert path.read_bytes() == before
    with pytest.raises(StorageError, match="holds no study 'other'"):
        read_study(path, "other")


def test_other_objectives_are_refused(path):
    JournalStorage(path, "s", SPACE, LOSS).close()
    with pytest.raises(StorageError, match="other objectives"):
        JournalStorage(path, "s", SPACE, TWO)


def test_a_damaged_file_is_refused_with_the_way_out(path):
    path.write_text('{"op_code": 0, "worker_id"\nnot json\n{}\n')
    with pytest.raises(StorageError, match="--fresh"):
        JournalStorage(path, "s", SPACE, LOSS)


@pytest.mark.parametrize("text", ["null\n" * 3, "[1,2]\n", "[" * 1000, "hello"])
def test_a_file_of_something_else_is_left_as_it_is(tmp_path, text):
    folder = StudyFolder("s", tmp_path)
    folder.open()
    folder.journal.write_text(text)
    folder.mend()
    with pytest.raises(StorageError, match="--fresh"):
        JournalStorage(folder.journal, "s", SPACE, LOSS)
    assert folder.journal.read_text() == text
    folder.close()


def test_the_file_of_another_study_is_refused(path):
    JournalStorage(path, "s", SPACE, LOSS).close()
    with pytest.raises(StorageError, match="holds study 's', and not 'mine'"):
        JournalStorage(path, "mine", SPACE, LOSS)


def test_a_write_that_fails_is_said_once_and_raises_nowhere(path):
    storage = JournalStorage(path, "s", SPACE, LOSS)
    strange = trial()
    strange.params["nowhere"] = 1
    storage.save(strange)
    storage.save(trial(1))
    storage.close()
    assert "goes on in memory" in storage.problem()


# --------------------------------------------------------------------- the folder


def test_a_study_is_run_by_one_kernel_at_a_time(tmp_path):
    first, second = StudyFolder("s", tmp_path), StudyFolder("s", tmp_path)
    first.open()
    with pytest.raises(StorageError, match="running in this kernel"):
        second.open()
    os.pwrite(os.open(second.path / "lock", os.O_RDWR), b"1" + b" " * 20, 0)
    with pytest.raises(StorageError, match="another kernel \\(process 1\\)"):
        second.open()
    first.close()
    second.open()
    second.close()


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b", "x" * 101])
def test_names_that_are_no_file_names_are_refused(name, tmp_path):
    with pytest.raises(StorageError, match="can't name a study"):
        StudyFolder(name, tmp_path)


def test_the_folder_is_the_owners_alone_and_ignored_by_git(tmp_path):
    folder = StudyFolder("s", tmp_path / "studies")
    folder.open()
    assert folder.path.stat().st_mode & 0o077 == 0
    assert (tmp_path / "studies" / ".gitignore").read_text() == "*\n"
    folder.close()


def test_clear_forgets_logs_objects_and_trials(tmp_path):
    folder = StudyFolder("s", tmp_path)
    folder.open()
    for file in (folder.journal, folder.log(1), folder.objects(1)):
        file.write_text("x")
    folder.clear()
    assert not any(f.exists() for f in (folder.journal, folder.log(1), folder.objects(1)))
    folder.close()


def test_list_studies_shows_the_newest_first(tmp_path):
    for age, name in enumerate(["new", "old"]):
        (tmp_path / name).mkdir()
        journal = tmp_path / name / "journal.log"
        journal.touch()
        os.utime(journal, (1000 - age, 1000 - age))
    assert list_studies(tmp_path) == ["new", "old"]


def test_a_torn_last_line_is_taken_away_before_anything_is_added(tmp_path):
    folder = StudyFolder("s", tmp_path)
    folder.open()
    storage = JournalStorage(folder.journal, "s", SPACE, LOSS)
    for number in range(3):
        write(storage, trial(number), values=(1.0,))
    storage.close()
    folder.journal.write_bytes(folder.journal.read_bytes()[:-20])
    for number in (3, 4):
        folder.mend()
        storage = JournalStorage(folder.journal, "s", SPACE, LOSS)
        assert len(storage.load()) == number
        write(storage, trial(number), values=(1.0,))
        storage.close()
        assert storage.problem() is None


def test_mend_deletes_objects_that_were_being_written(tmp_path):
    folder = StudyFolder("s", tmp_path)
    folder.open()
    part = folder.path / "objects" / "trial-0001.abcd.part"
    part.write_text("half")
    folder.mend()
    assert not part.exists()
    folder.close()


def test_a_trial_without_enough_memory_is_infeasible_to_optuna_too(path):
    storage = JournalStorage(path, "s", SPACE, LOSS)
    error = TrialError("device_memory", "CUDA out of memory", 3)
    write(storage, trial(0), [(0.5,)], "PRUNED", error=error)
    write(storage, trial(1), [(0.4,)], "COMPLETE", values=(0.4,))
    storage.close()
    study = optuna.load_study(study_name="s", storage=open_journal(path))
    assert [t.constraints for t in study.trials] == [{"memory": 1.0}, {}]
    first, second = JournalStorage(path, "s", SPACE, LOSS).load()
    assert first.infeasible
    assert not second.infeasible


def test_constraints_are_optunas_and_come_back(path):
    storage = JournalStorage(path, "s", SPACE, TWO)
    small, fast = "n_params <= 1e6", "wall_s < 3"
    one, two = trial(0), trial(1)
    one.take_amounts({small: 2e5, fast: -1.0})
    write(storage, one, [(0.5, float("nan"))], "COMPLETE", values=(0.5, 2.0))
    two.take_amounts({small: 3e5})
    write(storage, two, [(0.4, float("nan"))], "PRUNED", values=(0.4, float("nan")))
    storage.describe({"chosen": 0})
    storage.close()
    study = optuna.load_study(study_name="s", storage=open_journal(path))
    assert [t.constraints for t in study.trials] == [{small: 2e5, fast: -1.0}, {small: 3e5}]
    again = JournalStorage(path, "s", SPACE, TWO)
    first, second = again.load()
    assert (first.violations, first.slacks) == ({small: 2e5}, {fast: -1.0})
    assert second.violations == {small: 3e5}
    assert again.described()["chosen"] == 0
    ((_, (loss, unknown), _),) = second.reports
    assert (loss, unknown != unknown, second.values[0]) == (0.4, True, 0.4)
    again.close()
    describe_finished(path, "s", {"chosen": None})
    assert read_study(path, "s").about["chosen"] is None


def test_numbers_that_differ_from_optunas_stop_the_writing(path):
    storage = JournalStorage(path, "s", SPACE, LOSS)
    storage.save(trial(1))
    storage.close()
    assert "was numbered 0" in storage.problem()


def test_a_study_of_another_objective_is_refused(path):
    storage = JournalStorage(path, "s", SPACE, LOSS)
    storage.describe({"objectives": [["loss", "minimize"]]})
    storage.close()
    with pytest.raises(StorageError, match="other objectives"):
        JournalStorage(path, "s", SPACE, [Objective("val_mse", "minimize")])
