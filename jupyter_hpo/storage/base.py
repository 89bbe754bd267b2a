"""The Storage seam: a study written down as it happens, and read back."""

from __future__ import annotations

from typing import Any, Protocol

from ..space import SearchSpace
from ..study.trial import Trial


class Storage(Protocol):
    """One study's record. The engine's thread alone calls it, and none of its methods waits
    for a disk: writing happens behind the search.

    Reading back what was saved gives equal trials (but for paths and process ids); one that
    was not finished when its session ended is read as FAIL with an error of kind
    'interrupted', and written so.
    """

    def load(self) -> list[Trial]:
        """All trials of earlier sessions, by number. Raises StorageError when unreadable."""

    def save(self, trial: Trial) -> None:
        """Write the trial as it is now (params, state, values, figures, error, ...)."""

    def save_report(self, trial: Trial) -> None:
        """Write the trial's newest report."""

    def describe(self, attributes: dict[str, Any]) -> None:
        """Write what is needed to run the study again: JSON values by name."""

    def described(self) -> dict[str, Any]:
        """What `describe` wrote in earlier sessions."""

    def change_space(self, space: SearchSpace) -> None:
        """Trials that are saved first from now on are of this space."""

    def problem(self) -> str | None:
        """A sentence when something could not be written (once is enough to say it)."""

    def close(self) -> None:
        """Wait until everything is written (a few seconds at most), then let go."""
