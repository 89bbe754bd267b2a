"""What came back from studies of other cells stands as it is."""

from __future__ import annotations

from jupyter_hpo.cell.captured import Place
from jupyter_hpo.cell.slice import Executed, Known, Past, Slice, trace
from jupyter_hpo.cell.source import parsed

LR = Executed(2, "lr = 1e-3\nwidth = 8\n", "<cell In[2]>")
STUDY = Executed(4, "\nmodel = Net(width)\nloss = fit(model, lr)\n", "<cell In[4]>", given=True)
KNOWN = Known(
    kinds={"lr": "constant", "width": "constant", "model": "library", "X": "data", "Net": "type"}
)


def of(training: str, tuned: set[Place], *cells: Executed, given: Executed = STUDY) -> Slice:
    past = Past(cells or (LR,), (given,))
    return trace(past, parsed(training), KNOWN).rerun(tuned)


def lines(found: Slice) -> list[tuple[int, int]]:
    return [(s.cell, s.first_line) for s in found.statements]


def test_a_value_of_a_study_is_not_made_again():
    given = Executed(4, "\nlr = 1e-3\nloss = fit(lr)\n", "<cell In[4]>", given=True)
    found = of("total = run(lr)\nrate = 1\n", {Place(2, 7, 2, 8)}, given=given)
    assert lines(found) == []
    assert any("`lr` came back from the study in In[4]" in notice for notice in found.notices)


def test_the_best_model_of_a_study_goes_on_as_it_stands():
    found = of("model.fit(X, 3)\n", {Place(1, 13, 1, 14)})
    assert lines(found) == []
    assert any("`model` came back" in notice for notice in found.notices)


def test_what_the_study_does_not_bind_is_built_as_ever():
    found = of("total = width * lr\n", {Place(2, 8, 2, 9, 2)})
    assert lines(found) == [(2, 2)]


def test_a_later_cell_that_builds_anew_hides_the_study():
    later = Executed(5, "model = Net(width)\n", "<cell In[5]>")
    found = of("model.fit(X)\n", set(), LR, later)
    assert lines(found) == [(5, 1)]
    assert "came back" not in "".join(found.notices)


def test_values_that_only_the_study_read_are_not_reached():
    past = Past((LR,), (STUDY,))
    assert trace(past, parsed("model.fit(X)\n"), KNOWN).reached == ()
