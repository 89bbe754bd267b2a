"""The study on disk: Optuna's journal file, and beside it logs and the best trial's objects."""

from .base import Storage
from .folder import StudyFolder, list_studies
from .memory import MemoryStorage

__all__ = ["MemoryStorage", "Storage", "StudyFolder", "list_studies"]
