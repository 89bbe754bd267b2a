"""What goes into `Study.handle` (events) and what comes out (commands).

Events from the trials are those of the Executor seam (`study.trial_events`); the ones here come
from the person, the clock and the sampler. Commands are performed by the engine, in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..space import SearchSpace
from .config import Budget
from .trial import Trial

# --------------------------------------------------------------------------- events


@dataclass(frozen=True)
class Begin:
    """The engine is ready: start filling the slots."""


@dataclass(frozen=True)
class Suggested:
    """The sampler's answer to `Ask`."""

    number: int
    params: dict[str, Any]


@dataclass(frozen=True)
class Exhausted:
    """The sampler's other answer: there is nothing left to try. why: a clause."""

    number: int
    why: str


@dataclass(frozen=True)
class Held:
    """This trial has told something that is not looked at yet: until then it does not run."""

    number: int


@dataclass(frozen=True)
class Tick:
    """Time passed; the engine sends one at least every 0.2 s."""


@dataclass(frozen=True)
class StopRequested:
    """End the study: trials at their next report, the rest by force after the grace time."""

    why: str = "stopped by you"


@dataclass(frozen=True)
class PauseRequested:
    pass


@dataclass(frozen=True)
class ResumeRequested:
    pass


@dataclass(frozen=True)
class StopTrialRequested:
    """End this trial now: at its next report, or by force after the grace time. It is PRUNED
    with its last report, FAIL (and no fault) without one."""

    number: int


@dataclass(frozen=True)
class PruneTrialRequested:
    """End this trial at its next report, whenever that comes; at once when it waits with one.
    It is PRUNED with its last report; if it comes to its end first, it is complete."""

    number: int


@dataclass(frozen=True)
class PauseTrialRequested:
    """Hold this trial at its next report; its slot is free for another."""

    number: int


@dataclass(frozen=True)
class ResumeTrialRequested:
    """Let a trial go on that the person, or the scheduler, has paused; when a slot is free."""

    number: int


@dataclass(frozen=True)
class SlotsChanged:
    """From now on so many trials run side by side (1 or more; None on devices: as many as is
    good); those that run already are left to end. why: a sentence for the person. threads: of
    the CPU, for each trial that starts from now on."""

    slots: int | None
    why: str = ""
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.slots is not None and self.slots < 1:
            raise ValueError(f"a study needs at least one slot, not {self.slots}")


@dataclass(frozen=True)
class EnqueueRequested:
    """Try these values next; parameters left out are suggested by the sampler."""

    params: dict[str, Any]


@dataclass(frozen=True)
class Chosen:
    """The person makes this trial the result; None: the best one again."""

    number: int | None


@dataclass(frozen=True)
class BudgetChanged:
    """From now on the study ends so. What is used up already ends it at once."""

    budget: Budget


@dataclass(frozen=True)
class SpaceChanged:
    """From now on values are searched here. Trials that run go on to their end; those whose
    values the space does not hold stay in the record, and count for nothing. Those that do are
    told (`Tell`) again, as far as it pays, to a sampler that is new."""

    space: SearchSpace


# ------------------------------------------------------------------------- commands


@dataclass(frozen=True)
class Ask:
    """Ask the sampler for the params of trial `number`, with `fixed` ones given."""

    number: int
    fixed: dict[str, Any] | None = None


@dataclass(frozen=True)
class Launch:
    trial: Trial


@dataclass(frozen=True)
class Copy:
    """Start the trial as a copy of its parent, which waits: it goes on from that one's state, and
    waits too."""

    trial: Trial


@dataclass(frozen=True)
class Continue:
    """Let a waiting trial go on."""

    number: int


@dataclass(frozen=True)
class Stop:
    """End a waiting trial (or a running one, at its next report)."""

    number: int


@dataclass(frozen=True)
class Keep:
    """The finished trial is the best so far: its objects are wanted."""

    number: int


@dataclass(frozen=True)
class Release:
    """The finished trial may end; its objects are not wanted."""

    number: int


@dataclass(frozen=True)
class Discard:
    """The objects kept of this trial are no longer the best: free their file."""

    number: int


@dataclass(frozen=True)
class Kill:
    number: int
    reason: str


@dataclass(frozen=True)
class Save:
    """The trial's state changed: write it down."""

    trial: Trial


@dataclass(frozen=True)
class SaveReport:
    """The trial's newest report is to be written down."""

    trial: Trial


@dataclass(frozen=True)
class Describe:
    """Write something more of the study itself: JSON values by name."""

    attributes: dict[str, Any]


@dataclass(frozen=True)
class Tell:
    """The trial is finished: the sampler may learn from it."""

    trial: Trial


@dataclass(frozen=True)
class End:
    """Nothing is left to do; no trial is alive."""


Command = (
    Ask
    | Launch
    | Copy
    | Continue
    | Stop
    | Keep
    | Release
    | Discard
    | Kill
    | Save
    | SaveReport
    | Describe
    | Tell
    | End
)
