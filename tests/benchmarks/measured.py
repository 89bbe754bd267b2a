"""One run of one contender on one workload, and the figures drawn from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Measured:
    """seconds: from Run to the end. ends: when each trial ended, seconds since Run, sorted.
    spent: pure work of each trial, seconds. peak_bytes: memory of all processes beyond what
    the notebook (the peer's script) held before, where it was sampled. why: the reason when
    there is nothing to show.
    """

    seconds: float = 0.0
    ends: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    peak_bytes: float | None = None
    why: str = ""

    @property
    def steady_s(self) -> float:
        """Seconds a trial once it runs: the first tenth of the trials left out."""
        skipped = max(1, len(self.ends) // 10)
        if len(self.ends) <= skipped:
            return self.seconds / max(1, len(self.ends))
        first = self.ends[skipped - 1]
        return (self.ends[-1] - first) / (len(self.ends) - skipped)

    def limit_s(self, slots: int) -> float:
        """The least this run could have taken: its pure work, shared by `slots`."""
        return sum(self.spent) / slots

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
