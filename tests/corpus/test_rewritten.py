"""Values and marks written into the corpus' cells, read again by the tool itself."""

from __future__ import annotations

import ast
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_hpo.arguments import parse_line
from jupyter_hpo.cell import CapturedCell, capture
from jupyter_hpo.cell.captured import Typed
from jupyter_hpo.cell.rewriting import CellEdit, applied, marked
from jupyter_hpo.cell.slice import Past
from jupyter_hpo.cell.slice.values import Executed
from jupyter_hpo.past.reading import analysed
from jupyter_hpo.space import Categorical, Float, Int, SearchSpace
from jupyter_hpo.space.marks import parse_line_space

from .corpus import Example, examples

TRANSFORM = TransformerManager().transform_cell
ALL = [(room, name) for room in ("cells", "notebooks", "unseen") for name in examples(room)]


@dataclass(frozen=True)
class Book:
    """Cells as typed, by number; 0 is the training cell, below its magic."""

    cells: dict[int, str]

    def captured(self, **more: Any) -> CapturedCell:
        executed = [
            Executed(number, analysed(text, TRANSFORM).text, f"<cell In[{number}]>")
            for number, text in self.cells.items()
            if number
        ]
        python = {e.number: e.source for e in executed}
        cell = capture(
            self.cells[0].partition("\n")[2],
            transform=TRANSFORM,
            past=Past(tuple(executed)),
            names=names_of("".join(self.cells.values())),
            line_space=self.line_space,
            **more,
        )
        texts = {**python, 0: cell.source}
        typed = (Typed(n, text, texts[n], f"id-{n}") for n, text in self.cells.items())
        return replace(cell, typed=tuple(typed))

    @property
    def line_space(self) -> tuple[str, ...]:
        return parse_line(self.cells[0].partition("\n")[0].removeprefix("%%hpo")).space

    def after(self, edits: list[CellEdit]) -> Book:
        cells = dict(self.cells)
        for edit in edits:
            assert cells[edit.cell] == edit.before
            assert edit.cell_id == f"id-{edit.cell}"
            cells[edit.cell] = edit.after
        return Book(cells)


def names_of(text: str) -> frozenset[str]:
    """A notebook whose namespace has whatever its cells speak of."""
    tree = ast.parse(TRANSFORM("\n".join(t for t in text.split("\n") if not t.startswith("%%"))))
    return frozenset(n.id for n in ast.walk(tree) if isinstance(n, ast.Name))


def book_of(example: Example) -> Book:
    cells = dict(enumerate(example.earlier, 1))
    return Book({**cells, 0: f"%%hpo --trials 9\n{example.training}"})


def drawn(space: SearchSpace, seed: int) -> dict[str, Any]:
    """Values of a trial, those whose conditions hold."""
    chance = random.Random(seed)
    params: dict[str, Any] = {}
    for name, parameter in space.items():
        match parameter.distribution:
            case Categorical(choices=choices):
                params[name] = chance.choice(choices)
            case Int(low, high, _, step):
                params[name] = chance.randrange(low, high + 1, step or 1)
            case Float(low, high, _, step):
                steps = chance.randint(0, int((high - low) / step)) if step else 0
                params[name] = low + step * steps if step else chance.uniform(low, high)
    return {name: params[name] for name in space.active(params)}


def own_values(cell: CapturedCell) -> dict[str, Any]:
    return {name: parameter.default for name, parameter in cell.space.items()}


@pytest.mark.parametrize(("room", "name"), ALL, ids=lambda part: part)
def test_what_was_chosen_and_found_is_read_again(room: str, name: str) -> None:
    book = book_of(examples(room)[name])
    proposed = book.captured(auto=True)
    assert proposed.space, "nothing to mark"
    with_marks = book.after(marked(proposed, proposed.space))
    cell = with_marks.captured()
    assert [p for p in cell.problems if p.code not in OBJECTIVE] == []
    assert dict(cell.space) == dict(proposed.space)
    assert with_marks.after(marked(cell, cell.space)) == with_marks, "marks are written once"
    on_line = {spec.key for spec in parse_line_space(with_marks.line_space)[0]}
    for seed in range(3):
        params = drawn(cell.space, seed)
        tuned = with_marks.after(applied(cell, params))
        again = tuned.captured()
        # What the magic line calls after a callee is called otherwise with another callee.
        lost = {p.name for p in again.problems if p.code == "unknown_name"}
        assert lost <= on_line
        if lost:
            continue
        assert [p for p in again.problems if p.code not in OBJECTIVE] == []
        assert {n: v for n, v in own_values(again).items() if n in params} == params
        assert {n: p.distribution for n, p in again.space.items()} == {
            n: p.distribution for n, p in cell.space.items()
        }
        assert again.identity == cell.identity, "the search goes on"
        assert tuned.after(applied(again, params)) == tuned
        assert with_marks.after(applied(cell, own_values(cell))) == with_marks


OBJECTIVE = ("which_objective", "no_objective")
"""Asked of the person: not what these tests are about."""


def by_ruff(text: str) -> str:
    ruff = shutil.which("ruff", path=f"{sys.prefix}/bin") or shutil.which("ruff")
    if ruff is None:
        pytest.skip("no ruff")
    command = [ruff, "format", "--isolated", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    return text if done.returncode else done.stdout


def by_black(text: str) -> str:
    black = pytest.importorskip("black", reason="black isn't installed")
    try:
        return str(black.format_str(text, mode=black.Mode()))
    except black.InvalidInput:  # a magic, a shell command
        return text


FORMATTED = [(*example, by_ruff) for example in ALL] + [
    (*example, by_black)
    for example in [*ALL[::6], ("cells", "sklearn_voting"), ("cells", "transformers_own_loop")]
]
"""Black breaks lines as ruff does, nearly: it is asked about a sample."""


@pytest.mark.parametrize(
    ("room", "name", "formatter"), FORMATTED, ids=lambda part: getattr(part, "__name__", part)
)
def test_formatters_leave_the_marks_where_they_mean_the_same(
    room: str, name: str, formatter: Callable[[str], str]
) -> None:
    def formatted(text: str) -> str:
        first, _, below = text.partition("\n")
        magic, body = (first + "\n", below) if first.startswith("%%hpo") else ("", text)
        return magic + formatter(body)

    def all_formatted(book: Book) -> Book:
        return Book({number: formatted(text) for number, text in book.cells.items()})

    book = all_formatted(book_of(examples(room)[name]))
    proposed = book.captured(auto=True)
    with_marks = book.after(marked(proposed, proposed.space))
    cell = all_formatted(with_marks).captured()
    assert [p for p in cell.problems if p.code not in OBJECTIVE] == []
    assert dict(cell.space) == dict(proposed.space)
