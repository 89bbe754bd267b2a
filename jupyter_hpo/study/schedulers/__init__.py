"""Schedulers: which trials go on. Pure: reports in, verdicts out."""

from .asha import Asha
from .base import NoPruning, Scheduler, Verdict
from .halving import SuccessiveHalving
from .hyperband import Hyperband
from .median import MedianRule
from .own_course import Patience, Threshold
from .pbt import Pbt

__all__ = [
    "Asha",
    "Hyperband",
    "MedianRule",
    "NoPruning",
    "Patience",
    "Pbt",
    "Scheduler",
    "SuccessiveHalving",
    "Threshold",
    "Verdict",
]
