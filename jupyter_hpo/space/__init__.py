"""The search space: distributions, conditions, and the mapping that joins them."""

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
