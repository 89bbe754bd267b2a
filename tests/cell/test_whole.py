"""The whole code a study looks at, and marks in it that count for nothing."""

from __future__ import annotations

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.slice import Executed, Past

USED = Executed(2, "width = 8  # hpo: 4..16\nother = 1  # hpo: 1..3\n", "<cell In[2]>")
UNUSED = Executed(3, "depth = 2  # hpo: 1..5\nepochs = 3  # hpo: fixed\n", "<cell In[3]>")
FAILED = Executed(4, "rate = 1.5  # hpo: 1..2\n1 / 0\n", "<cell In[4]>", failed=True)


def test_marks_that_count_for_nothing_are_said():
    past = Past((USED, UNUSED), (FAILED,))
    cell = capture("loss = width * 2\n", names={"width", "depth", "rate"}, past=past)
    assert list(cell.space) == ["width"]
    said = [notice for notice in cell.notices if "mark" in notice]
    assert len(said) == 3
    why = "counts for nothing here: this cell does not depend on it."
    assert f"The mark `other = 1  # hpo: 1..3` (In[2], line 2) {why}" in said
    assert f"The mark `depth = 2  # hpo: 1..5` (In[3], line 1) {why}" in said[0]
    assert "(In[4], line 1) counts for nothing here: that cell failed." in said[1]


def test_marks_of_another_study_are_not_said():
    other = Executed(3, "depth = 2  # hpo: 1..5\n", "<cell In[3]>", given=True)
    stopped = Executed(4, "rate = 1  # hpo: 1..2\n", "<cell In[4]>", failed=True, given=True)
    cell = capture("loss = width * 2\n", names={"width"}, past=Past((USED, other), (stopped,)))
    said = [notice for notice in cell.notices if "mark" in notice]
    assert all("In[2], line 2" in notice for notice in said), said


def test_marks_of_the_study_itself_are_not_said_after_a_stop():
    stopped = Executed(4, "rate = 1  # hpo: 1..2\n", "<cell In[4]>", failed=True, study=True)
    cell = capture("loss = width * 2\n", names={"width"}, past=Past((USED,), (stopped,)))
    assert not [notice for notice in cell.notices if "In[4]" in notice]


def test_a_cell_that_failed_and_was_put_right_is_not_said():
    right = Executed(5, "rate = 1.5  # hpo: 1..2\n", "<cell In[5]>")
    cell = capture("loss = rate * 2\n", names={"rate"}, past=Past((right,), (FAILED,)))
    assert list(cell.space) == ["rate"]
    assert not [notice for notice in cell.notices if "mark" in notice]


def test_problems_of_marks_say_their_cell():
    first = Executed(2, "lr = 1  # hpo: 1..3\n", "<cell In[2]>")
    second = Executed(4, "rate = 2  # hpo: 9..3\nstep = 1  # hpo: 1..3 as lr\n", "<cell In[4]>")
    cell = capture(
        "loss = lr + rate + step\n", names={"lr", "rate", "step"}, past=Past((first, second))
    )
    said = [str(problem) for problem in cell.problems]
    assert any(s.startswith("In[4], line 1: ") for s in said), said
    assert any(
        s.startswith("In[4], line 2: two values are named 'lr', here and in In[2], line 1")
        for s in said
    )
