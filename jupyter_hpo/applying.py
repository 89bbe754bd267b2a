"""`%hpo apply`: the cell's text with a trial's values, offered where no button can write it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from .outcome import edits, excluded
from .widgets.control import current_kernel
from .widgets.protocol import Edit

if TYPE_CHECKING:
    from .handle import StudyHandle


def apply(study: StudyHandle, number: int | None = None) -> None:
    """Show what changes, and put the new text of the training cell into a new cell below; in
    plain IPython, which has no cells, print it. Raises StudyError as `outcome.edits` does."""
    found = edits(study, number)
    which = f"trial {study.best_trial.number}, the best" if number is None else f"trial {number}"
    if not found:
        print(f"The cell has the values of {which} already.")
        return
    print(f"The values of {which}:")
    for edit in found:
        print(difference(edit))
    for sentence in excluded(study, number):
        print(sentence)
    own = [edit for edit in found if not edit.cell]
    if current_kernel() is None:
        for edit in own:
            print(f"\n{edit.after}")
        return
    if own:
        from IPython import get_ipython  # type: ignore[attr-defined]

        get_ipython().set_next_input(own[0].after)  # type: ignore[no-untyped-call]
        print("\nThe cell with these values stands below: run it, or copy what you like.")
    for edit in found:
        if edit.cell:
            print(f"In[{edit.cell}] has to be changed by hand, as shown.")


def difference(edit: Edit) -> str:
    """The lines that change, - before and + after."""
    where = f"In[{edit.cell}]" if edit.cell else "this cell"
    lines = difflib.unified_diff(edit.before.split("\n"), edit.after.split("\n"), lineterm="", n=0)
    shown = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    return "\n".join([f"  {where}:", *(f"    {line[0]} {line[1:]}" for line in shown)])
