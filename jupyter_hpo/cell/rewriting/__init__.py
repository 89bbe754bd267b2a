"""Back into the cell's text: a trial's values, marks, and pieces.

`applied(cell, params)` writes values where the code's own stand; `marked(cell, chosen)` writes
what was chosen as marks; `inserted(cell, piece, known)` puts a piece in. They answer with
`CellEdit`s and change nothing themselves. Nothing else of the text changes: not the `%%hpo` line,
magics, comments or how a string is quoted.
    typed       from places in plain Python to places in the text as typed
    literals    how a value is written
    imports     the import that a choice needs
"""

from .applying import applied
from .inserting import Insertion, inserted
from .marks import marked
from .typed import CellEdit

__all__ = ["CellEdit", "Insertion", "applied", "inserted", "marked"]
