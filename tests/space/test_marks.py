"""The marks grammar: tables of named cases, and properties by hypothesis."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_hpo.errors import CellError, Problem, SpaceError
from jupyter_hpo.space import Categorical, Comparison, Condition, Float, Int
from jupyter_hpo.space.grammar import Fixed, Spec, Tie
from jupyter_hpo.space.marks import (
    format_mark,
    mark_of_comment,
    parse_condition,
    parse_line_space,
    parse_mark,
    to_condition,
    to_distribution,
)

OBJECT = "torch.optim.Adam"


def one(text: str) -> Spec:
    specs, problems = parse_mark(text, 7)
    assert not problems
    assert len(specs) == 1
    return specs[0]


MEANINGS = {
    "float": ("0.0..0.7", 0.5, Float(0.0, 0.7)),
    "log scale": ("1e-5..1e-1 log", 1e-3, Float(1e-5, 1e-1, log=True)),
    "integer": ("1..6", 2, Int(1, 6)),
    "step": ("32..256 step 32", 64, Int(32, 256, step=32)),
    "float step": ("0..1 step 0.25", 0.5, Float(0, 1, step=0.25)),
    "integer log": ("16..512 log", 64, Int(16, 512, log=True)),
    "float literal, integer bounds": ("1..1000 log", 100.0, Float(1, 1000, log=True)),
    "integer literal, float bound": ("0.1..1000 log", 100, Float(0.1, 1000, log=True)),
    "integer literal, integer bounds": ("1..1000 log", 100, Int(1, 1000, log=True)),
    "negative": ("-1e-2..-1e-3", -5e-3, Float(-1e-2, -1e-3)),
    "underscores": ("1_000..1_000_000 log", 5000, Int(1000, 1000000, log=True)),
    "spaces around dots": ("1e-5 .. 1e-1 log", 1e-3, Float(1e-5, 1e-1, log=True)),
    "None beside a range": ("2..32 log", None, Int(2, 32, log=True)),
    "strings": ("relu | tanh | gelu", "relu", Categorical(("relu", "tanh", "gelu"))),
    "quoted strings": ("'a b' | \"c;d\"", "x", Categorical(("a b", "c;d"))),
    "string with None": ("sqrt | log2 | None", "sqrt", Categorical(("sqrt", "log2", None))),
    "string or number": ("sqrt | 0.5", "sqrt", Categorical(("sqrt", 0.5))),
    "digits that are strings": ("1 | 2", "1", Categorical(("1", "2"))),
    "numbers": ("16 | 32 | 64", 64, Categorical((16, 32, 64))),
    "numbers beside a float": ("0 | 0.5 | 1", 0.5, Categorical((0.0, 0.5, 1.0))),
    "numbers or None": ("None | 4 | 8", None, Categorical((None, 4, 8))),
    "strings beside None": ("sqrt | None", None, Categorical(("sqrt", None))),
    "objects beside None": ("nn.ReLU() | None", None, Categorical(("nn.ReLU()", "None"), True)),
    "boolean": ("bool", False, Categorical((False, True))),
    "boolean choices": ("True | False", True, Categorical((True, False))),
    "tuples": ("(64,) | (64, 32)", (64,), Categorical(("(64,)", "(64, 32)"), True)),
}


@pytest.mark.parametrize(("text", "value", "meant"), MEANINGS.values(), ids=MEANINGS.keys())
def test_literal_decides(text: str, value: object, meant: object) -> None:
    assert to_distribution(one(text), value) == meant


OBJECTS = {
    "dotted names": ("torch.optim.Adam | torch.optim.SGD", ("torch.optim.Adam", "torch.optim.SGD")),
    "names": ("Adam | SGD", ("Adam", "SGD")),
    "calls": ("nn.ReLU() | nn.LeakyReLU(0.2)", ("nn.ReLU()", "nn.LeakyReLU(0.2)")),
    "bars in brackets": ("f(a | b) | g", ("f(a | b)", "g")),
    "a string among objects": ("np.mean | 'median'", ("np.mean", "'median'")),
}


@pytest.mark.parametrize(("text", "choices"), OBJECTS.values(), ids=OBJECTS.keys())
def test_choices_beside_an_object_are_expressions(text: str, choices: tuple[str, ...]) -> None:
    meant = to_distribution(one(text), OBJECT, expression=True)
    assert meant == Categorical(choices, expressions=True)


def test_range_beside_an_object_goes_by_its_bounds() -> None:
    assert to_distribution(one("1..4"), "args.layers", expression=True) == Int(1, 4)
    assert to_distribution(one("1e-4..1"), "args.lr", expression=True) == Float(1e-4, 1)


PARTS = {
    "key": ("lr = 1e-5..1e-1 log", "lr", None),
    "index": ("[1] = 32..512 log as width", "[1]", "width"),
    "qualified": ("Linear[1] = 32..512", "Linear[1]", None),
    "dotted": ("Adam.lr = 1e-5..1e-1", "Adam.lr", None),
    "name": ("Adam | SGD | RMSprop as opt", None, "opt"),
    "name before condition": ("0..1 as m if opt == sgd", None, "m"),
    "name after condition": ("0..1 if opt == sgd as m", None, "m"),
}


@pytest.mark.parametrize(("text", "key", "name"), PARTS.values(), ids=PARTS.keys())
def test_key_and_name(text: str, key: str | None, name: str | None) -> None:
    spec = one(text)
    assert (spec.key, spec.name, spec.line) == (key, name, 7)


def test_several_specs_on_a_line() -> None:
    specs, problems = parse_mark("lr = 1e-5..1e-1 log; weight_decay = 1e-6..1e-2 log;", 1)
    assert [s.key for s in specs] == ["lr", "weight_decay"]
    assert not problems


def test_fixed_and_tie() -> None:
    assert one("fixed").body == Fixed()
    assert one("[0] = width").body == Tie("width")


PARENTS = {
    "opt": Categorical(("sgd", "adam")),
    "cls": Categorical(("torch.optim.Adam", "torch.optim.SGD"), expressions=True),
    "depth": Int(1, 9),
    "flag": Categorical((False, True)),
    "size": Categorical((16, 32, None)),
}
CONDITIONS = {
    "string": ("opt == sgd", Comparison("opt", "==", "sgd")),
    "quoted": ("opt == 'sgd'", Comparison("opt", "==", "sgd")),
    "not": ("opt != sgd", Comparison("opt", "!=", "sgd")),
    "number": ("depth >= 3", Comparison("depth", ">=", 3)),
    "no spaces": ("depth<3", Comparison("depth", "<", 3)),
    "in": ("opt in (sgd, adam)", Comparison("opt", "in", ("sgd", "adam"))),
    "not in": ("opt not in [sgd]", Comparison("opt", "not in", ("sgd",))),
    "True": ("flag == True", Comparison("flag", "==", True)),
    "bare flag": ("flag", Comparison("flag", "==", True)),
    "not flag": ("not flag", Comparison("flag", "==", False)),
    "None": ("size == None", Comparison("size", "==", None)),
    "last name of an object": ("cls == SGD", Comparison("cls", "==", "torch.optim.SGD")),
    "whole object": ("cls == torch.optim.SGD", Comparison("cls", "==", "torch.optim.SGD")),
}


@pytest.mark.parametrize(("text", "meant"), CONDITIONS.values(), ids=CONDITIONS.keys())
def test_conditions(text: str, meant: Comparison) -> None:
    assert to_condition(one(f"0..1 if {text}").terms, PARENTS) == Condition((meant,))
    assert parse_condition(text, PARENTS) == Condition((meant,))


def test_conditions_joined_and_late_log() -> None:
    spec = one("1e-3..1 if opt == sgd and depth > 2 log")
    found = to_condition(spec.terms, PARENTS)
    assert found == Condition((Comparison("opt", "==", "sgd"), Comparison("depth", ">", 2)))
    assert to_distribution(spec, 0.5) == Float(1e-3, 1, log=True)


BAD_CONDITIONS = {
    "unknown name": ("optt == sgd", "unknown_condition", "'opt'"),
    "unknown choice": ("opt == sgdd", "condition_value", "sgd | adam"),
    "word for a number": ("depth == deep", "condition_value", "number"),
}


@pytest.mark.parametrize(("text", "code", "fix"), BAD_CONDITIONS.values(), ids=BAD_CONDITIONS)
def test_bad_conditions(text: str, code: str, fix: str) -> None:
    problem = to_condition(one(f"0..1 if {text}").terms, PARENTS, 4)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.line) == (code, 4)
    assert fix in problem.fix


BAD_MARKS = {
    "empty": ("", "low..high"),
    "empty choice": ("a | | b", "a | b"),
    "open quote": ("'a | b", "Close"),
    "open bracket": ("f(a | b", "Add )"),
    "no number": ("low..high", "1e-5..1e-1"),
    "half a range": ("1..", "1e-5..1e-1"),
    "unknown modifier": ("1..6 log foo", "log"),
    "step without number": ("1..6 step two", "step 32"),
    "name that is none": ("1..6 as 7up", "as width"),
    "only a condition": ("if opt == sgd", "first"),
    "empty condition": ("0..1 if", "if name == value"),
    "single equals": ("0..1 if opt = sgd", "opt == sgd"),
    "or": ("0..1 if a == 1 or b == 2", "in (a, b)"),
    "chained": ("0..1 if 1 < a", "if name == value"),
    "compared twice": ("0..1 if a < b < c", "and"),
    "in without brackets": ("0..1 if a in b", "in (a, b)"),
}


@pytest.mark.parametrize(("text", "fix"), BAD_MARKS.values(), ids=BAD_MARKS.keys())
def test_marks_that_cannot_be_read(text: str, fix: str) -> None:
    specs, problems = parse_mark(text, 9)
    assert not specs
    assert [(p.code, p.line) for p in problems] == [("mark_syntax", 9)]
    assert fix in problems[0].fix


BAD_RANGES = {
    "low > high": ("1e-1..1e-5", 0.1, "1e-05..0.1"),
    "log from 0": ("0..1 log", 0.5, "above 0"),
    "log below 0": ("-1..1 log", 0.5, "above 0"),
    "integer with float step": ("1..8 step 0.5", 2, "float"),
    "step 0": ("1..8 step 0", 2, "greater than 0"),
    "step and log": ("1..8 step 2 log", 2, "one of them"),
    "infinite": ("1..1e999", 0.5, "finite"),
    "huge": ("1.." + "9" * 400, 2, "smaller"),
    "range beside a string": ("1..2", "adam", "a | b"),
    "range beside a boolean": ("0..1", True, "bool"),
    "choice twice": ("a | a", "a", "Leave one"),
    "space in a word": ("sgd | sgd slow", "sgd", '"sgd slow"'),
}


@pytest.mark.parametrize(("text", "value", "fix"), BAD_RANGES.values(), ids=BAD_RANGES.keys())
def test_ranges_that_make_no_sense(text: str, value: object, fix: str) -> None:
    problem = to_distribution(one(text), value)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.line) == ("bad_range", 7)
    assert fix in problem.fix


COMMENTS = {
    "plain": ("# hpo: 1..6", " 1..6"),
    "no space": ("#hpo:1..6", "1..6"),
    "capitals": ("# HPO: 1..6", " 1..6"),
    "note after": ("# hpo: 1..6  # layers", " 1..6  "),
    "pragma before": ("# noqa: E501  # hpo: 1..6", " 1..6"),
    "hash in quotes": ("# hpo: '#a' | b", " '#a' | b"),
    "other": ("# hyper", None),
    "prose": ("# see hpo: it is good", None),
}


@pytest.mark.parametrize(("comment", "mark"), COMMENTS.values(), ids=COMMENTS.keys())
def test_mark_of_comment(comment: str, mark: str | None) -> None:
    assert mark_of_comment(comment) == mark


LINES = {
    "log": ("lr=1e-5..1e-1:log", 0.1, "lr", Float(1e-5, 1e-1, log=True)),
    "choices": ("hidden=32|64", 32, "hidden", Categorical((32, 64))),
    "strings": ("act=relu|tanh", "relu", "act", Categorical(("relu", "tanh"))),
    "step": ("units=32..256:step:32", 64, "units", Int(32, 256, step=32)),
    "step with =": ("units=32..256:step=32", 64, "units", Int(32, 256, step=32)),
    "quoted": ('"units=32..256 step 32"', 64, "units", Int(32, 256, step=32)),
    "colons in choices": ("d=cuda:0|cuda:1", "cuda:0", "d", Categorical(("cuda:0", "cuda:1"))),
    "qualified": ("Linear[1]=32..64", 48, "Linear[1]", Int(32, 64)),
    "bool": ("nesterov=bool", False, "nesterov", Categorical((False, True))),
}


@pytest.mark.parametrize(("text", "value", "key", "meant"), LINES.values(), ids=LINES.keys())
def test_magic_line(text: str, value: object, key: str, meant: object) -> None:
    specs, problems = parse_line_space(text)
    assert not problems
    assert specs[0].key == key
    assert to_distribution(specs[0], value) == meant


def test_magic_line_of_many_words() -> None:
    text = 'lr=1e-5..1e-1:log act=relu|tanh "momentum=0..0.99 if opt==SGD" w=1..2:if:opt==SGD'
    specs, problems = parse_line_space(text)
    assert not problems
    assert [s.key for s in specs] == ["lr", "act", "momentum", "w"]
    assert specs[2].terms == specs[3].terms
    assert parse_line_space(["lr=1..2", "momentum=0..0.99 if opt==SGD"])[1] == []


def test_magic_line_problems() -> None:
    _, problems = parse_line_space("relu|tanh lr=1..")
    assert [p.code for p in problems] == ["line_space", "mark_syntax"]
    assert all(p.fix and p.line == 1 for p in problems)
    assert parse_line_space('"lr=1..2')[1][0].code == "mark_syntax"


def test_parse_condition_without_parents_and_bad() -> None:
    assert parse_condition("n == 3 and a == b").all_of == (
        Comparison("n", "==", 3),
        Comparison("a", "==", "b"),
    )
    with pytest.raises(CellError, match="=="):
        parse_condition("a = b")


# properties ---------------------------------------------------------------------------

finite = st.floats(allow_nan=False, allow_infinity=False, width=64)
integers = st.integers(-(10**12), 10**12)
strings = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
scalars = st.one_of(st.none(), st.booleans(), integers, finite, strings)
names = st.from_regex(r"[a-z][a-z_0-9]{0,8}", fullmatch=True).filter(
    lambda s: s not in {"and", "or", "in", "not", "if", "as", "log", "step", "bool", "fixed"}
)


@st.composite
def floats(draw: st.DrawFn) -> Float:
    ends = st.floats(-1e300, 1e300)
    low, high = sorted((draw(ends), draw(ends)))
    shape = draw(st.sampled_from(["plain", "log", "step"]))
    if shape == "log" and low > 0:
        return Float(low, high, log=True)
    if shape == "step":
        # Powers of two, whose grids are exact; decimal grids have tables of their own.
        step = 2.0 ** draw(st.integers(-8, 8))
        low = draw(st.integers(-1000, 1000)) * step
        return Float(low, low + draw(st.integers(0, 1000)) * step, step=step)
    return Float(low, high)


@st.composite
def ints(draw: st.DrawFn) -> Int:
    low, high = sorted((draw(integers), draw(integers)))
    if low > 0 and draw(st.booleans()):
        return Int(low, high, log=True)
    return Int(low, high, step=draw(st.none() | st.integers(1, 1000)))


@st.composite
def categoricals(draw: st.DrawFn) -> Categorical:
    choices = draw(st.lists(scalars, min_size=1, max_size=5))
    try:
        return Categorical(tuple(choices))
    except SpaceError:
        return Categorical((draw(strings),))


@given(floats())
def test_floats_round_trip(distribution: Float) -> None:
    assert to_distribution(one(format_mark(distribution)), 0.5) == distribution


@given(ints())
def test_integers_round_trip(distribution: Int) -> None:
    assert to_distribution(one(format_mark(distribution)), 3) == distribution


@given(categoricals())
def test_choices_round_trip(distribution: Categorical) -> None:
    assert to_distribution(one(format_mark(distribution)), "word") == distribution


@given(st.lists(st.sampled_from(["nn.ReLU", "f(1, 2)", "[1, 2]", "x", "'a'"]), min_size=1,
                max_size=4, unique=True))  # fmt: skip
def test_expressions_round_trip(choices: list[str]) -> None:
    distribution = Categorical(tuple(choices), expressions=True)
    found = to_distribution(one(format_mark(distribution)), OBJECT, expression=True)
    assert found == distribution


@given(floats(), names, names, st.lists(strings, min_size=1, max_size=3, unique=True))
def test_conditions_keys_and_names_round_trip(
    distribution: Float, key: str, name: str, choices: list[str]
) -> None:
    condition = Condition(
        (
            Comparison("p", "==", choices[0]),
            Comparison("p", "in", tuple(choices)),
            Comparison("q", ">", 0.5),
        )
    )
    spec = one(format_mark(distribution, condition, key=key, name=name))
    assert (spec.key, spec.name) == (key, name)
    assert to_distribution(spec, 0.5) == distribution
    parents = {"p": Categorical(tuple(choices)), "q": Float(0, 1)}
    assert to_condition(spec.terms, parents) == condition


WORDS = """1e-5 .. 1 log step if as and in ( ) [ ] { | ; = == < ' " \\ a b.c None True : bool fixed
    , # lr [0] \0 é ² ١ . not != or hpo:"""
TOKENS = st.lists(st.sampled_from(WORDS.split()))


@settings(max_examples=300)
@given(st.text() | TOKENS.map(" ".join) | TOKENS.map("".join), scalars, st.booleans())
def test_never_raises(text: str, value: object, expression: bool) -> None:
    specs, problems = parse_mark(text, 1)
    mark_of_comment("# hpo:" + text)
    more, wrong = parse_line_space(text)
    for spec in [*specs, *more]:
        if not isinstance(spec.body, Fixed | Tie):
            beside = str(value) if expression else value
            to_distribution(spec, beside, expression=expression)
        to_condition(spec.terms, {"a": Categorical(("b", 1)), "b.c": Int(0, 1)})
    assert all(p.message and p.fix for p in [*problems, *wrong])
