"""What `%%hpo?` and `%hpo?` say."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from textwrap import wrap

from .parser import EXAMPLES, build_parser

WIDTH, COLUMN = 88, 24
"""Characters of a line (a pager in a notebook shows these), and of the column of names."""

INTRODUCTION = """\
%%hpo [name=range ...] [options]

Searches the hyperparameters of the cell below it. Say what to tune in comments at the
ends of lines, on this line, or with neither: then a form lists what can be tuned.

    %%hpo --maximize val_acc --trials 40
    lr = 1e-3              # hpo: 1e-5..1e-1 log
    optimizer = "adam"     # hpo: adam | sgd | rmsprop
    ...the training cell, as it was...

Without options the objective is found by its name, and every core is used until 30
trials in a row bring nothing better."""

MARKS = """\
Marks, the comments in the code
  dropout = 0.5          # hpo: 0.0..0.7
  lr = 1e-3              # hpo: 1e-5..1e-1 log
  units = 64             # hpo: 32..256 step 32
  activation = "relu"    # hpo: relu | tanh | gelu
  nesterov = False       # hpo: bool
  momentum = 0.9         # hpo: 0..0.99 if optimizer == sgd
  fit(lr=0.1, decay=0)   # hpo: lr = 1e-3..1 log; decay = 0..0.1
  Linear(784, 128)       # hpo: [1] = 32..512 log as width
  epochs = 20            # hpo: fixed"""

SEE_ALSO = "%hpo? lists what can be done with a study that runs or has run."


def search_help() -> str:
    """Of `%%hpo`."""
    groups = [_group(title, actions) for title, actions in build_parser().groups]
    return "\n\n".join([INTRODUCTION, *groups, MARKS, SEE_ALSO])


def command_help() -> str:
    """Of `%hpo`."""
    from .line_magic import COMMANDS

    rows = [_row(f"{word} {c.usage}".strip(), c.help) for word, c in COMMANDS.items()]
    return "\n\n".join(
        [
            "%hpo command",
            "Asks something of the newest study, or steers it while it runs; %hpo alone shows it.",
            "\n".join(line for row in rows for line in row),
            "To search a cell, begin it with %%hpo; %%hpo? explains that.",
        ]
    )


def _group(title: str, actions: list[argparse.Action]) -> str:
    return "\n".join([title, *(line for action in actions for line in _option(action))])


def _option(action: argparse.Action) -> Iterator[str]:
    names = [*action.option_strings] or [f"{action.metavar} ..."]
    takes = action.metavar if action.option_strings and action.nargs is None else ""
    if action.choices:
        takes = "|".join(map(str, action.choices))
    elif action.option_strings and action.nargs is None and not takes:
        takes = "NAME"
    yield from _row(f"{names[0]} {takes or ''}".strip(), str(action.help))
    example = EXAMPLES[action.option_strings[0] if action.option_strings else "space"]
    if example != names[0]:  # of a switch there is nothing to show
        yield " " * (COLUMN + 4) + example


def _row(name: str, text: str) -> Iterator[str]:
    """A name, and a text beside it; below it where the name is long."""
    lines = wrap(text, WIDTH - COLUMN)
    if len(name) + 4 <= COLUMN:
        yield f"  {name}".ljust(COLUMN) + lines.pop(0)
    else:
        yield f"  {name}"
    yield from (" " * COLUMN + line for line in lines)
