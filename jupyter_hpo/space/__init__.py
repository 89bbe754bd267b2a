"""The search space: distributions, conditions, and the mapping that joins them.

Marks: `grammar` reads their text, `marks` says what it means beside the code's own value,
`writing` writes them, `colab` reads Colab's forms.
"""

from .conditions import Comparison, Condition
from .distributions import Categorical, Distribution, Float, Int
from .space import MISSING, Parameter, SearchSpace

__all__ = [
    "MISSING",
    "Categorical",
    "Comparison",
    "Condition",
    "Distribution",
    "Float",
    "Int",
    "Parameter",
    "SearchSpace",
]
