"""IPython's text to Python: line numbers kept, cell magics taken off, marks kept by formatters."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.source import to_python


@pytest.fixture(scope="module")
def transform() -> Callable[[str], str]:
    return pytest.importorskip("IPython.core.inputtransformer2").TransformerManager().transform_cell


LINES = {
    "plain": "MARK = 1",
    "leading blank lines": "\n\n  \nMARK = 1",
    "a shell command": "!ls\nMARK = 1",
    "a shell command over lines": "!ls \\\n  -l \\\n  -a\nMARK = 1\n%matplotlib inline\nx = 2",
    "an indented cell": "    a = 1\n    MARK = 1",
    "a line magic in a loop": "for i in range(2):\n    %time i\nMARK = 1",
    "output of a command": "files = !ls \\\n *.py\n\nMARK = 1",
    "help": "int?\nMARK = 1",
    "modulo continued": "x = (7\n% 4)\nMARK = 1",
    "a string that looks like a magic": 's = """\n%time\n!ls\n"""\nMARK = 1',
    "%%time": "%%time\nMARK = 1",
    "%%capture after blanks": "\n%%capture out\n%%time\n\nMARK = 1",
}


@pytest.mark.parametrize("source", LINES.values(), ids=LINES)
@pytest.mark.parametrize("offset", [0, 1])
def test_line_numbers_stay(source: str, offset: int, transform: Callable[[str], str]) -> None:
    python = to_python(source, transform=transform, line_offset=offset)
    assert python.problems == []
    expected = 1 + offset + next(i for i, s in enumerate(source.split("\n")) if "MARK" in s)
    assert python.text.split("\n")[expected - 1].strip() == "MARK = 1"
    compile(python.text, "c", "exec")


def test_syntax_errors_keep_their_line(transform: Callable[[str], str]) -> None:
    for source in ("\n!ls \\\n -l\nx = = 1", "\n\n\nx = (\n", "\n\n\nx = 'a"):
        problems = to_python(source, transform=transform).problems
        assert [(p.code, p.line) for p in problems] == [("syntax", 5)]


def test_time_counts_as_its_code(transform: Callable[[str], str]) -> None:
    cell = capture(
        "lr = 1  # hpo: 1..9\n%time net = fit(lr)\nloss = %time net", transform=transform
    )
    assert [p.name for p in cell.problems] == ["fit"]
    assert cell.assigned == ("lr", "net", "loss")


FORMATTED = {
    "short": "lr = 1e-3 # hpo: 1e-5..1e-1 log",
    "a long call": (
        "optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=0, amsgrad=False)"
        "  # hpo: lr = 1e-5..1e-1 log; weight_decay = 1e-6..1e-2 log"
    ),
    "an unkeyed mark on a long call": (
        "optimizer = torch.optim.Adam(the_model_with_a_long_name.parameters(), lr=1e-3)"
        "  # hpo: 1e-5..1e-1 log"
    ),
    "a callee": (
        "optimizer = torch.optim.Adam(the_model_with_a_long_name.parameters(), lr=lr)"
        "  # hpo: Adam | SGD | RMSprop | AdamW as opt"
    ),
    "layers": (
        "net = nn.Sequential(nn.Linear(784, 128), # hpo: [1] = 32..512 log as width\n"
        "nn.ReLU(), nn.Dropout(0.5), # hpo: 0.0..0.7\n"
        "nn.Linear(128, 10)) # hpo: [0] = width"
    ),
    "positional of a long call": (
        "a_layer_with_a_long_name = torch.nn.Linear(number_of_input_features_of_data, 128)"
        "  # hpo: [1] = 32..512 log"
    ),
    "a default": (
        "def make_a_model_of_some_kind(number_of_inputs, hidden=64, number_of_outputs=a_number):"
        "  # hpo: hidden = 16..256 log\n    return 1"
    ),
    "a dict": "config = {'lr': 1e-3, # hpo: 1e-5..1e-1 log\n 'wd': 0.1} # hpo: 1e-6..1 log",
}


@pytest.mark.parametrize("source", FORMATTED.values(), ids=FORMATTED)
def test_a_formatter_leaves_marks_at_their_values(source: str) -> None:
    ruff = shutil.which("ruff", path=str(sys.prefix + "/bin")) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("no ruff")
    after = subprocess.run(
        [ruff, "format", "--isolated", "-"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    before, then = capture(source, names=set()), capture(after, names=set())
    assert {n: p.distribution for n, p in before.space.items()} == {
        n: p.distribution for n, p in then.space.items()
    }
    assert len(before.space) >= 1
    values = [[(t.name, t.value, len(t.places)) for t in c.tunables] for c in (before, then)]
    assert values[0] == values[1]
    assert not [p for p in (*before.problems, *then.problems) if "mark" in p.code]
