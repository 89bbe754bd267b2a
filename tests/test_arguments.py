"""The `%%hpo` line: words, options, durations, and one-sentence errors."""

from __future__ import annotations

import pytest
from IPython.core.error import UsageError

from jupyter_hpo.arguments import parse_line, split_line
from jupyter_hpo.study.objective import Objective


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--maximize acc --trials 40", ["--maximize", "acc", "--trials", "40"]),
        ("--maximize clf.score(X, y)", ["--maximize", "clf.score(X, y)"]),
        ('--minimize h["val loss"][-1]', ["--minimize", 'h["val loss"][-1]']),
        ("--minimize 'a + b'", ["--minimize", "a + b"]),
        ('"momentum=0..0.9 if opt==SGD"', ["momentum=0..0.9 if opt==SGD"]),
        ("lr=1e-5..1e-1:log  act=relu|tanh", ["lr=1e-5..1e-1:log", "act=relu|tanh"]),
        ("'a' + 'b'", ["a", "+", "b"]),
        ("", []),
    ],
)
def test_words_are_not_split_inside_quotes_or_brackets(line, words):
    assert split_line(line) == words


def test_objectives_keep_their_order():
    request = parse_line("--maximize acc --minimize size")
    assert request.objectives == (Objective("acc", "maximize"), Objective("size", "minimize"))


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("30m", 1800), ("1.5h", 5400), ("1h30m", 5400)]
)
def test_durations(text, seconds):
    assert parse_line(f"--timeout {text}").options.timeout_s == seconds


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--maximise acc", "there is no option --maximise. Did you mean --maximize?"),
        ("-trials 4", "Did you mean --trials?"),
        ("--optoin 4", "there is no option --optoin"),
        ("--name a --name b", "--name is given twice"),
        ("--auto --trials=3 --trials 4", "--trials is given twice"),
        ("--minimize acc --maximize acc", "the objective acc is given twice"),
        ("--jobs 100000000000", "--jobs: 100000000000 is too many: at most 1000"),
        ("--trials \u00b2", "'\u00b2' is not a whole number"),
        ("--timeout 99999999999999999999d", "longer than ten years"),
        ("--trials", "--trials needs a value: --trials 40"),
        ("--trials --auto", "--trials needs a value: --trials 40"),
        ("--timeout -3s", "--timeout: '-3s' is no time"),
        ("--trials -3", "'-3' is not a whole number"),
        ("--sampler tpr", "--sampler: there is no 'tpr'. Did you mean tpe?"),
        ("--sampler bayes", "Did you mean tpe, or gp for a Gaussian process?"),
        ("--sampler xyz", "Choose from tpe, gp, random, grid"),
        ("--pruner=ashes", "Did you mean asha?"),
        ("--pruner asha:4", "--pruner: asha takes no number; write asha"),
        ("--pruner patience:2.5", "2.5 is not a whole number of steps greater than 0; write pat"),
        ("--pruner patience:", "'' is no number; write patience:5"),
        ("--pruner threshold", "threshold needs the value that is too bad; write threshold:0.9"),
        ("--pruner threshold:1@0", "'0' is not a step, counted from 1; write threshold:0.9@5"),
        ("--pruner threshold:nan", "nan is no finite number; write threshold:0.9"),
        ("--pruner thresold:0.9", "there is no 'thresold:0.9'. Did you mean threshold?"),
        ("status", "write %hpo status on a line of its own"),
        ("--trials many", "'many' is not a whole number"),
        ("--trials 0", "greater than 0"),
        ("--seed -1", "'-1'"),
        ("--seed 99999999999", "2**32"),
        ("--background --executor inline", "leave out --background"),
        ("--timeout soon", "'soon' is no time"),
        ("--timeout 0s", "longer than 0"),
        ("--fresh --resume", "exclude each other"),
        ("--minimize a + b", "'+' is neither an option"),
        ('--name "open', "is not closed"),
    ],
)
def test_errors_are_one_sentence(line, words):
    with pytest.raises(UsageError, match="%%hpo") as caught:
        parse_line(line)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_that_is_wrong_with_a_line_is_said_at_once():
    line = "--trials lots eta=0.5..0.1 --sampler tpr --optoin --name a --name b --timeout soon"
    with pytest.raises(UsageError) as caught:
        parse_line(line)
    said = str(caught.value)
    assert said.startswith("%%hpo: 6 problems in this line")
    for words in (
        "--trials: 'lots' is not", "low 0.5 is greater than high 0.1", "Did you mean tpe?",
        "no option --optoin", "--name is given twice", "'soon' is no time",
    ):  # fmt: skip
        assert words in said


def test_ranges_may_stand_before_and_after_options():
    request = parse_line("lr=0..1 --trials 4 hidden=32|64")
    assert request.space == ("lr=0..1", "hidden=32|64")


def test_defaults_ask_for_nothing():
    request = parse_line("")
    assert request.objectives == ()
    assert request.options.jobs is None
    assert (request.background, request.auto, request.edit) == (False, False, False)


def test_a_value_may_begin_with_a_minus():
    request = parse_line("--minimize -score --maximize -a*b --seed 3")
    assert request.objectives == (Objective("-score", "minimize"), Objective("-a*b", "maximize"))


def test_the_shared_set_up_can_be_switched_off():
    assert parse_line("--trials 3").options.shared_setup
    assert not parse_line("--no-shared-setup").options.shared_setup


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [("500MB", 500_000_000), ("4GB", 4 * 10**9), ("1.5GiB", 3 << 29), ("2g", 2 * 10**9)],
)
def test_sizes_of_what_is_kept(text, size_bytes):
    assert parse_line(f"--keep-limit {text}").options.keep_limit_bytes == size_bytes


@pytest.mark.parametrize("text", ["much", "0", "4 parsecs"])
def test_what_is_no_size(text):
    with pytest.raises(UsageError, match="is no size; write 500MB or 4GB"):
        parse_line(f'--keep-limit "{text}"')
