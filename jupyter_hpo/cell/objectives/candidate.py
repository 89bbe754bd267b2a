"""A value that can be the objective, and how likely it is to be meant."""

from __future__ import annotations

from ..captured import Candidate

__all__ = ["ASSIGNED", "COMPUTED", "KEPT", "LISTED", "LOCAL", "PRINTED", "TOLD", "Candidate"]

ASSIGNED, KEPT, LISTED, LOCAL, COMPUTED, TOLD, PRINTED = range(7)
"""How a value is reached, the surest first: a name of the cell, a figure that an object keeps,
the last of a list, a name inside a function, an expression, a value that is printed, its text."""
