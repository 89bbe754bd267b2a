"""An exception of the cell, told whatever it is."""

from __future__ import annotations

from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.worker.failures import describe


def failed(error: BaseException):
    try:
        raise error
    except BaseException as raised:
        return describe(raised, CellProgram("", "<cell In[1]>", SearchSpace({}), {}, ()))


def test_an_exception_that_cannot_be_shown_is_still_the_cells_own():
    class Mute(RuntimeError):
        def __str__(self):
            raise ValueError("no str")

    told = failed(Mute())
    assert (told.kind, told.message) == ("Mute", "(its message can't be shown: ValueError)")
    assert "Mute" in told.traceback
