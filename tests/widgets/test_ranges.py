import pytest

from jupyter_hpo.errors import SpaceError
from jupyter_hpo.space import Categorical, Float, Int
from jupyter_hpo.widgets.protocol import (
    EditorChoice,
    EditorChoiceRow,
    EditorGoal,
    EditorOption,
    EditorSettings,
)
from jupyter_hpo.widgets.ranges import editor_row, parse_row, read_choice, split_choices


@pytest.mark.parametrize(
    ("value", "kind", "distribution"),
    [
        (1e-3, "float", Float(1e-5, 1e-1, log=True)),
        (0.1, "float", Float(0.123456789, 0.7, step=0.05)),
        (64, "int", Int(16, 10**7)),
        (64, "int", Int(32, 256, step=32)),
        ("adam", "str", Categorical(("adam", "a|b", "", " x", "it's", None))),
        (False, "bool", Categorical((False, True))),
        (64, "int", Categorical((16, 32, 64))),
        (0.5, "float", Categorical((0.1, 0.5, 1.0, None))),
        ("torch.optim.Adam", "object", Categorical(("torch.optim.Adam", "SGD"), expressions=True)),
        ("f", "object", Categorical(("f(1 | 2)", "g['|']"), expressions=True)),
    ],
)
def test_what_is_shown_reads_back_as_the_same(value, kind, distribution):
    row = editor_row("x", value, kind, distribution)
    back = EditorChoiceRow(
        "x", row.kind, row.low, row.high, row.log, row.step, " | ".join(row.choices)
    )
    assert parse_row(back, kind) == distribution


def test_a_value_without_a_proposal_has_an_empty_range():
    row = editor_row("x", 3, "int", None)
    assert (row.kind, row.low, row.high) == ("int", "", "")


@pytest.mark.parametrize(
    ("row", "kind", "said"),
    [
        (EditorChoiceRow("x", "float", "", "1"), "float", "low is empty"),
        (EditorChoiceRow("x", "float", "a", "1"), "float", "'a', not a number"),
        (EditorChoiceRow("x", "float", "5", "1"), "float", "greater than high"),
        (EditorChoiceRow("x", "float", "0", "1", log=True), "float", "can't start at 0"),
        (EditorChoiceRow("x", "float", "inf", "nan"), "float", "finite"),
        (EditorChoiceRow("x", "int", "1.5", "3"), "int", "not an integer"),
        (EditorChoiceRow("x", "categorical", choices=" | "), "str", "at least one"),
        (EditorChoiceRow("x", "categorical", choices="1 | a"), "int", "'a' is not a number"),
        (EditorChoiceRow("x", "categorical", choices="True | 3"), "bool", "neither"),
        (EditorChoiceRow("x", "categorical", choices="a b"), "object", "no Python"),
    ],
)
def test_a_bad_range_says_what_is_wrong(row, kind, said):
    with pytest.raises(SpaceError, match=said):
        parse_row(row, kind)


def test_choices_are_split_outside_quotes_and_brackets_only():
    assert split_choices("a | 'b|c' | f(d | e)") == ["a", "'b|c'", "f(d | e)"]


SETTINGS = EditorSettings(
    [],
    samplers=[EditorOption("tpe", "TPE"), EditorOption("random", "random")],
    pruners=[EditorOption("", "automatic"), EditorOption("none", "none")],
    devices=[EditorOption("auto", "automatic"), EditorOption("cpu", "CPU")],
)


def choice(**more):
    fields = {
        "rows": [
            EditorChoiceRow("lr", "float", "1e-5", "1e-1", log=True, condition=" opt == sgd ")
        ],
        "objective": " acc ",
        "direction": "maximize",
    }
    return EditorChoice(**{**fields, **more})


def test_a_good_choice_comes_as_values():
    more = {"trials": "40", "timeout": "30m", "trial_timeout": "90", "jobs": "2"}
    more |= {"folds": " cv ", "repeats": "3"}
    words = {"sampler": "random", "pruner": "none", "device": "cpu"}
    chosen, problems = read_choice(choice(**more, **words), {"lr": "float"}, SETTINGS)
    assert problems == []
    assert chosen.distributions == {"lr": Float(1e-5, 1e-1, log=True)}
    assert chosen.conditions == {"lr": "opt == sgd"}
    assert chosen.objectives == (("acc", "maximize"),)
    assert (chosen.trials, chosen.timeout_s, chosen.jobs) == (40, 1800, 2)
    assert chosen.trial_timeout_s == 90
    assert (chosen.folds, chosen.repeats) == ("cv", 3)
    assert (chosen.sampler, chosen.pruner, chosen.device) == ("random", "none", "cpu")


def test_empty_settings_mean_no_limit_and_the_tools_own_choice():
    chosen, _ = read_choice(choice(), {"lr": "float"}, SETTINGS)
    assert (chosen.trials, chosen.timeout_s, chosen.trial_timeout_s) == (None, None, None)
    assert (chosen.folds, chosen.repeats) == (None, 1)
    assert (chosen.jobs, chosen.sampler, chosen.pruner, chosen.device) == (None, "", "", "")


def test_what_is_searched_is_told_from_how():
    kinds = {"lr": "float"}
    slow, _ = read_choice(choice(trials="4", sampler="tpe"), kinds, SETTINGS)
    quick, _ = read_choice(choice(trials="400", sampler="random"), kinds, SETTINGS)
    other, _ = read_choice(choice(objective="loss"), kinds, SETTINGS)
    assert slow != quick
    assert slow.searched == quick.searched != other.searched
    folds, _ = read_choice(choice(folds="5"), kinds, SETTINGS)
    assert folds.searched != slow.searched


def test_several_objectives():
    also = [EditorGoal("size", "minimize"), EditorGoal(" ", "minimize")]
    chosen, _ = read_choice(choice(also=also), {"lr": "float"}, SETTINGS)
    assert chosen.objectives == (("acc", "maximize"), ("size", "minimize"))
    twice = choice(also=[EditorGoal("acc", "minimize")])
    assert "stands twice" in read_choice(twice, {"lr": "float"}, SETTINGS)[1][0].message


def test_all_problems_are_told_together():
    rows = [EditorChoiceRow("lr", "float", "5", "1"), EditorChoiceRow("nope", "int", "1", "2")]
    texts = {"trials": "0", "timeout": "soon", "trial_timeout": "-1", "jobs": "many"}
    texts |= {"folds": "1", "repeats": "0"}
    words = {"sampler": "gp", "pruner": "asha", "device": "cuda:9"}
    bad = choice(rows=rows, objective="", **texts, **words)
    chosen, problems = read_choice(bad, {"lr": "float"}, SETTINGS)
    assert chosen is None
    assert [p.name for p in problems] == [
        *("lr", "nope", "objective", "trials", "timeout", "trial_timeout", "jobs"),
        *(*words, "folds", "repeats"),
    ]
    assert problems[-3].message == "There is no device 'cuda:9', only auto, cpu."


def test_nothing_ticked():
    assert "Nothing is ticked" in read_choice(choice(rows=[]), {}, SETTINGS)[1][0].message
