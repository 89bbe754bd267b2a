"""The way of a value through loops and functions: where the turns of a loop change it.

`paths` says what an expression reads and a statement changes, `functions` who is called,
`walk` follows an expression from the cell into the functions that it calls, `same` finds it
computed there.
"""

from .functions import Functions
from .paths import changes_of, path_of, read_paths, touches
from .same import same_figures
from .walk import Site, Turn, bound_names, find_sites

__all__ = [
    "Functions",
    "Site",
    "Turn",
    "bound_names",
    "changes_of",
    "find_sites",
    "path_of",
    "read_paths",
    "same_figures",
    "touches",
]
