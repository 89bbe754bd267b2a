"""What a framework's own epochs say of the objective, read off the code before it runs.

`formula_of(tree, objective)` follows the objective back through the assignments of a trial's
code to what a fit tells: `max(h.history["val_acc"])`, where `h = model.fit(...)`, becomes the
same expression over a placeholder for "what fit would return if it ended now". In a trial the
framework's adapter fills the placeholders in at each epoch, and the value is a report.
`framework_reports` says it in a sentence.
"""

from .asks import Ask, Formula
from .explain import framework_reports
from .formula import formula_of

__all__ = ["Ask", "Formula", "formula_of", "framework_reports"]
