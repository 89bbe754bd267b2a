"""The slice: which statements of earlier cells a trial runs again, and why.

`trace(past, tree, known)` reads the executed sources once and gives a `Trace`: every statement
on which the training cell depends (there tunables are looked for). `Trace.rerun(places)` gives
the `Slice`, once it is known what is tuned: the statements that a tuned value reaches, and
those that build what the trial changes. All else is inherited as it stands.
Pure, standard library only.
"""

from ..captured import Rerun
from .trace import Trace, trace
from .values import Executed, Known, ObjectKind, Past, Reached, Slice

__all__ = [
    "Executed",
    "Known",
    "ObjectKind",
    "Past",
    "Reached",
    "Rerun",
    "Slice",
    "Trace",
    "trace",
]
