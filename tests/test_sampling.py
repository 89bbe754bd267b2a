"""Which sampler a study gets, and what is said of it."""

from __future__ import annotations

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.errors import StudyError
from jupyter_hpo.options import SAMPLERS, Options
from jupyter_hpo.sampling import choose, sampler_for
from jupyter_hpo.search import kinds
from jupyter_hpo.search.slow import SLOW_S, SlowTrials
from jupyter_hpo.space import (
    Categorical,
    Comparison,
    Condition,
    Float,
    Int,
    Parameter,
    SearchSpace,
)
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial import Trial, TrialState

LOSS, SIZE = Objective("loss", "minimize"), Objective("size", "minimize")
NUMBERS = SearchSpace({"x": Float(0, 1), "n": Int(1, 100)})
SMALL = SearchSpace({"n": Int(1, 4), "kind": Categorical(("a", "b", "c"))})
CONDITIONAL = SearchSpace(
    [
        Parameter("kind", Categorical(("a", "b"))),
        Parameter("x", Float(0, 1), Condition((Comparison("kind", "==", "a"),))),
    ]
)


@pytest.mark.parametrize(
    ("space", "options", "pruned", "kind", "slow"),
    [
        (NUMBERS, Options(), True, "tpe", False),
        (NUMBERS, Options(), False, "tpe", True),
        (NUMBERS, Options(seed=1), False, "tpe", False),
        (SMALL, Options(), True, "grid", False),
        (SMALL, Options(trials=12), False, "grid", False),
        (SMALL, Options(trials=11), False, "tpe", False),
        (CONDITIONAL, Options(), False, "tpe", False),
        (SearchSpace(), Options(), False, "tpe", True),
    ],
)
def test_what_is_chosen_by_itself(space, options, pruned, kind, slow):
    choice = choose(space, (LOSS,), options, pruned=pruned)
    assert (choice.kind, bool(choice.slow)) == (kind, slow)
    assert choice.why
    several = choose(space, (LOSS, SIZE), options, pruned=pruned)
    assert (several.kind, several.slow) == (kind, "")


def captured(source, *objectives):
    return capture(source, objectives=objectives or (LOSS,))


CELL = "x = 0.5  # hpo: 0..1\nkind = 'a'  # hpo: a | b\nloss = size = x\n"


@pytest.mark.parametrize("kind", SAMPLERS)
def test_the_persons_choice_is_taken(kind):
    options = Options(sampler=kind)
    cell = captured(CELL.replace("0..1", "1..4").replace("0.5", "2"))
    if kinds.missing(kind):
        with pytest.raises(StudyError, match=r"--sampler \w+ needs .* Run %pip install"):
            sampler_for(cell, options, seed=0)
        return
    made = sampler_for(cell, options, seed=0)
    assert made.name == kind
    assert cell.space.holds(made.ask(0))
    drawn = "drawn at random" in made.why
    assert drawn == (kind == "cmaes"), "CMA-ES has no model of choices"
    assert ("--pruner none" in made.why) == (kind in ("gp", "cmaes", "nsga2", "entropy"))


def test_what_can_not_be_had_is_refused_with_what_can(monkeypatch):
    with pytest.raises(StudyError, match=r"'x' has too many to list. Give it a step"):
        sampler_for(captured(CELL), Options(sampler="grid"), seed=None)
    with pytest.raises(StudyError, match=r"one objective, and this study has 2 .*Those that can"):
        sampler_for(captured(CELL, LOSS, SIZE), Options(sampler="cmaes"), seed=None)
    with pytest.raises(StudyError, match="there is no sampler 'tpa'"):
        sampler_for(captured(CELL), Options(sampler="tpa"), seed=None)
    monkeypatch.setitem(kinds.KINDS, "qmc", kinds.Kind(needs=("no_such_module",), install="it"))
    with pytest.raises(StudyError, match=r"needs no_such_module.*%pip install it and restart"):
        sampler_for(captured(CELL), Options(sampler="qmc"), seed=None)


@pytest.mark.parametrize(("running_s", "name"), [(SLOW_S / 2, "tpe"), (SLOW_S * 2, "gp")])
def test_a_model_thinks_longer_where_trials_take_long(running_s, name):
    made = sampler_for(captured("x = 0.5  # hpo: 0..1\nloss = x\n"), Options(), seed=None,
                       pruned=False)  # fmt: skip
    assert isinstance(made, SlowTrials)
    first = made.ask(0)
    made.tell(Trial(0, first, TrialState.FAIL))
    assert made.name == "tpe", "nothing is known yet"
    done = Trial(1, made.ask(1), TrialState.COMPLETE, (1.0,), figures={"running_s": running_s})
    made.tell(done)
    assert made.name == name
    assert ("Gaussian process" in made.why) == (name == "gp")
    made.tell(Trial(2, made.ask(2), TrialState.COMPLETE, (1.0,), figures={"running_s": 99.0}))
    assert made.name == name, "it is decided once"
