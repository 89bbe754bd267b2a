"""Schedulers: which trials go on. Pure: reports in, verdicts out."""

from .asha import Asha
from .base import NoPruning, Scheduler, Verdict

__all__ = ["Asha", "NoPruning", "Scheduler", "Verdict"]
