"""Objectives: which of the cell's values can be one, which way is better, which is proposed.

`directions` knows the words of metrics, `printing` what the code prints, `frameworks` where
libraries keep their figures, `finding` puts together all that can be chosen, `choosing`
proposes one.
"""

from .candidate import Candidate
from .choosing import candidates, propose_objective
from .directions import DIRECTIONS, direction_of, is_test
from .finding import find_objectives, inner_names, names_read

__all__ = [
    "DIRECTIONS",
    "Candidate",
    "candidates",
    "direction_of",
    "find_objectives",
    "inner_names",
    "is_test",
    "names_read",
    "propose_objective",
]
