"""A cell, understood and bound.

`capture(source)` (in the kernel) reads a cell: what can be tuned, the objective, the loop
whose turns are reports, what it needs from the notebook, and all that is wrong with it.
`bind(program, params)` (in a worker) makes code of it for one trial. In between:
    source      IPython's text to Python, line numbers kept
    values      every value of the syntax tree that a mark could mean; shown: how it is shown
    marking     which value each mark means; naming: what tunables are called
    proposals   what is worth tuning, with ranges an expert would propose
    links       which sizes must change together
    tunables    all of these joined: the tunables and the search space
    names       what the cell binds and reads, in order; scopes: Python's nested scopes;
                strings: the Python inside a call's strings
    objectives  all that can be the objective, and which is proposed
    flow        the way of a value through loops and functions
    loops       the reporting loop; watching: expressions whose values are reports
    wrapping    both put into the bound tree; recorder: what they call while the cell runs
"""

from ..errors import Problem
from .bind import BoundCell, bind, prepare, remember_source
from .capture import capture
from .captured import CapturedCell, CellProgram, Loop, Place, Tunable
from .objectives import direction_of, propose_objective
from .recorder import Recorder

__all__ = [
    "BoundCell",
    "CapturedCell",
    "CellProgram",
    "Loop",
    "Place",
    "Problem",
    "Recorder",
    "Tunable",
    "bind",
    "capture",
    "direction_of",
    "prepare",
    "propose_objective",
    "remember_source",
]
