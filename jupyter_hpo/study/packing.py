"""How many trials run side by side, and on which device. Pure: events and times in, room out.

The first trial runs alone. Its peak memory says how many fit; from there a device's level is
doubled as long as its throughput (reports a second, finished trials where none reports) gains,
then halved into the last gap until more would bring nothing. A trial that ran out of memory
lowers the level and is tried again alone, once.

The engine's thread owns it, through the Study. Times are seconds on the Study's clock, sizes
bytes. A trial occupies its device from `place` to `ended`; while it waits for its answer it
takes memory and no slot.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .throughput import Climb

HEADROOM = 0.1
"""Share of a device's memory that stays free, for what allocators fragment."""

MARGIN = 1.1
"""A trial is taken to need this times the largest peak seen lately."""

PEAKS = 32
"""Peaks are remembered of so many trials: the search moves on to others."""

PATIENCE = 4
"""After an out-of-memory, so many times the level must end well before one more is tried."""

CONTEXT_AT_MOST = 2 << 30
"""What more is missing from a device's memory was taken by other processes."""

GIB = float(1 << 30)


@dataclass(frozen=True)
class DeviceFacts:
    """What is known of a device before the first trial. name: as the kernel counts
    (`cuda:0`), None for the CPU; label: what the maker calls it; free_bytes: with no trial on
    it; context_bytes: what a process takes merely by using it. None: not known."""

    name: str | None
    label: str = ""
    total_bytes: int | None = None
    free_bytes: int | None = None
    context_bytes: int = 0


@dataclass
class _Device:
    facts: DeviceFacts
    climb: Climb
    free_bytes: int | None
    context_bytes: int
    total_bytes: int | None
    running: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    again: deque[int] = field(default_factory=deque)  # to be tried again, alone
    alone: int | None = None  # the one that is
    cap: int | None = None  # since an out-of-memory
    well: int = 0  # trials that ended well under the cap
    lessons: int = 0  # how often it ran out

    @property
    def reserved(self) -> bool:
        return bool(self.again) or self.alone is not None


class Packing:
    """Room for the trials of one study on its devices.

    jobs: so many over all devices, whatever the throughput (`--jobs N`); None: measured.
    """

    def __init__(self, devices: Sequence[DeviceFacts], *, jobs: int | None = None) -> None:
        if not devices:
            raise ValueError("no device to place trials on")
        self._jobs = jobs
        shares = _shares(jobs, len(devices)) if jobs is not None else [1] * len(devices)
        self._devices = [
            _Device(f, Climb(n, fixed=jobs is not None), f.free_bytes, f.context_bytes,
                    f.total_bytes)
            for f, n in zip(devices, shares, strict=True)
        ]  # fmt: skip
        self._home: dict[int, _Device] = {}
        self._peaks: deque[int] = deque(maxlen=PEAKS)
        self._retried: set[int] = set()
        self._strict: set[int] = set()  # of these: beside trials that waited
        self._company: dict[int, bool] = {}  # whether it ever had another beside it
        self._first_is_known = jobs is not None
        self._first = max(self._devices, key=lambda d: d.free_bytes or 0)

    # ------------------------------------------------------------------------ questions
    @property
    def slots(self) -> int:
        """Trials that may run at the same time now, over all devices; at least 1."""
        return max(1, sum(self._allowed(d) for d in self._devices))

    @property
    def free(self) -> int:
        """How many more trials may start, or go on, now."""
        return sum(max(0, self._allowed(d) - len(d.running)) for d in self._devices)

    @property
    def pool(self) -> int | None:
        """How many trials may wait paused, for the memory they hold; None: no bound of ours."""
        fits = [self._fit(d) for d in self._devices]
        known = [n for n in fits if n is not None]
        return sum(n // 2 for n in known) if len(known) == len(fits) else None

    @property
    def why(self) -> str:
        """One sentence on the present number, for the person."""
        if len(self._devices) == 1:
            return self._why(self._devices[0])
        return " ".join(self._why(d) for d in self._devices)

    @property
    def decides(self) -> bool:
        """Whether the number of slots is more than what was asked for at the start."""
        managed = self._jobs is None
        return managed or any(d.reserved or d.cap is not None for d in self._devices)

    @property
    def label(self) -> str:
        """The devices, for the person."""
        facts = [d.facts for d in self._devices]
        return ", ".join(_label(f) for f in facts)

    # --------------------------------------------------------------------------- events
    def place(self, number: int, now: float) -> str | None:
        """Choose the device of a trial that is about to start; it is taken from now on."""
        device = next((d for d in self._devices if d.again and d.again[0] == number), None)
        if device is not None:
            device.alone = device.again.popleft()
        else:
            device = max(self._devices, key=self._preference)
        self._home[number] = device
        device.running.add(number)
        self._note_company(device)
        device.climb.occupied(len(device.running), now)
        return device.facts.name

    def reported(self, number: int, now: float) -> None:
        device = self._home[number]
        if device.alone is None:
            device.climb.report(number, now, limit=self._limit(device))

    def waits(self, number: int, now: float) -> None:
        """The trial is paused: its slot is free, its memory is not."""
        device = self._home[number]
        device.running.discard(number)
        device.waiting.add(number)
        device.climb.occupied(len(device.running), now)

    def goes_on(self, number: int, now: float) -> None:
        device = self._home.get(number)  # none: it was never begun
        if device is not None and number in device.waiting:
            device.waiting.discard(number)
            device.running.add(number)
            device.climb.occupied(len(device.running), now)

    def finished(self, number: int, figures: Mapping[str, float], now: float) -> None:
        """The trial came to its end, or was stopped at a report; not: it failed.

        figures: device_memory_bytes (its peak), device_free_bytes and device_total_bytes as
        seen at its end, where they are known.
        """
        device = self._home[number]
        if self._managed(device):
            self._measure(device, number, figures)
        if device.cap is not None:
            device.well += 1
            if device.well >= PATIENCE * device.cap * 2 ** (device.lessons - 1):
                device.well, device.cap = 0, device.cap + 1
                if self._jobs is not None and device.cap >= device.climb.level:
                    device.cap = None
        if device.alone is None:
            alone = not self._company.get(number, False)
            device.climb.finish(number, now, limit=self._limit(device), alone=alone)
        self._first_is_known = True

    def failed(self, number: int, figures: Mapping[str, float]) -> None:
        """The trial raised: how little it took says nothing, how much does."""
        peak = figures.get("device_memory_bytes")
        if peak is not None and self._peaks and peak > max(self._peaks):
            self._peaks.append(int(peak))

    def out_of_memory(self, number: int, now: float) -> bool:
        """The trial ran out of memory. True: it is tried again, alone, when `again` says so;
        False: that was its second time (not counted: beside trials that waited paused)."""
        device = self._home[number]
        if not device.reserved:  # several at once are one lesson
            together = len(device.running | device.waiting | {number})
            device.cap = max(1, min(device.cap or together, together * 3 // 4))
            device.lessons += 1
            device.well = 0
            if self._jobs is None:
                device.climb.lower(device.cap, now)
        if number in self._retried:
            if number in self._strict or not device.waiting - {number}:
                return False
            self._strict.add(number)  # what waits there held memory: without it, then
        self._retried.add(number)
        device.again.append(number)
        return True

    def again(self) -> int | None:
        """A trial whose second attempt may start now: nothing else runs on its device."""
        for device in self._vacated():
            if not (device.again[0] in self._strict and device.waiting):
                return device.again[0]
        return None

    @property
    def in_the_way(self) -> list[int]:
        """Trials that wait paused and hold the memory of one to be tried again without them."""
        return [
            number
            for device in self._vacated()
            if device.again[0] in self._strict
            for number in sorted(device.waiting)
        ]

    def ended(self, number: int, now: float) -> None:
        """Its process let go of the device; safe for trials that were never placed."""
        device = self._home.get(number)
        if device is None:
            return
        device.running.discard(number)
        device.waiting.discard(number)
        if device.alone == number:
            device.alone = None
        self._company.pop(number, None)
        device.climb.occupied(len(device.running), now)

    def forget(self, number: int) -> None:
        """The trial is not to be tried again after all (its study ends)."""
        for device in self._devices:
            if number in device.again:
                device.again.remove(number)

    def held(self, now: float) -> None:
        """The person paused the study, or let it go on: what was being timed is void."""
        for device in self._devices:
            device.climb.restart(now)

    def ask_for(self, jobs: int | None, now: float) -> None:
        """The person wants so many from now on, None: as many as is good, measured from where
        it stands. What runs beyond that is left to end."""
        self._jobs = jobs
        levels = (
            [max(1, d.climb.level) for d in self._devices]
            if jobs is None
            else _shares(jobs, len(self._devices))
        )
        for device, level in zip(self._devices, levels, strict=True):
            device.climb, device.cap = Climb(level, fixed=jobs is not None), None
            device.climb.occupied(len(device.running), now)
        self._first_is_known = True

    # ----------------------------------------------------------------------------- room
    def _vacated(self) -> list[_Device]:
        """Devices on which nothing runs, for one to be tried again."""
        return [d for d in self._devices if d.again and d.alone is None and not d.running]

    def _managed(self, device: _Device) -> bool:
        return device.facts.name is not None

    def _allowed(self, device: _Device) -> int:
        if device.reserved:
            return 1 if device.alone is not None else 0
        if not self._first_is_known:  # the very first trial
            return 1 if device is self._first else 0
        room = min(device.climb.level, self._limit(device))
        fit = self._fit(device)
        if fit is not None:
            room = min(room, fit - len(device.waiting))
        elif self._managed(device) and self._jobs is None:
            room = 1  # what its trials need could not be measured
        if room < 1 <= device.climb.level and not any(d.running for d in self._devices):
            return 1  # better one that may fail than none
        return max(0, room)

    def _limit(self, device: _Device) -> int:
        """The most that memory allows, as far as one can know."""
        fit = self._fit(device)
        bounds = [n for n in (fit, device.cap) if n is not None]
        if self._jobs is not None:
            bounds.append(device.climb.level)
        return max(1, min(bounds)) if bounds else 1 << 20

    def _fit(self, device: _Device) -> int | None:
        """How many trials fit at once, running or waiting; None where it isn't known."""
        if self._jobs is not None or not self._managed(device):
            return None
        if not self._peaks or device.free_bytes is None:
            return None
        need = max(self._peaks) * MARGIN + device.context_bytes
        total = device.total_bytes if device.total_bytes is not None else device.free_bytes
        return max(1, int((device.free_bytes - HEADROOM * total) // max(1.0, need)))

    def _preference(self, device: _Device) -> tuple[int, float, int]:
        """Devices with room first, then by the memory that is left, then by company."""
        here = len(device.running) + len(device.waiting)
        need = max(self._peaks, default=0) + device.context_bytes
        left = (device.free_bytes or 0) - here * need
        return (min(1, max(0, self._allowed(device) - len(device.running))), left, -here)

    def _note_company(self, device: _Device) -> None:
        here = device.running | device.waiting
        for number in here:
            self._company[number] = self._company.get(number, False) or len(here) > 1

    def _measure(self, device: _Device, number: int, figures: Mapping[str, float]) -> None:
        peak = figures.get("device_memory_bytes")
        if peak is not None:
            self._peaks.append(int(peak))
        total, free = figures.get("device_total_bytes"), figures.get("device_free_bytes")
        if total is not None:
            device.total_bytes = int(total)
        if free is None or peak is None:
            return
        if not self._company.get(number, False):
            if device.free_bytes is None:
                device.free_bytes = int(free + peak) + device.context_bytes
            else:  # what is gone, and its allocator did not know of: the context, or others
                gone = int(device.free_bytes - free - peak)
                if gone <= CONTEXT_AT_MOST:
                    device.context_bytes = max(device.context_bytes, gone)
                else:
                    device.free_bytes -= gone - device.context_bytes
        elif free < HEADROOM / 2 * (total or free) and device.cap is None:
            device.cap = max(1, len(device.running | device.waiting))  # nearly full: no more

    # ------------------------------------------------------------------------ sentences
    def _why(self, device: _Device) -> str:
        name = device.facts.name
        n = self._allowed(device)
        if name is None:
            if device.reserved:
                return "A trial that ran out of memory is tried again alone."
            if device.cap is not None:
                return f"{_trials(n)} side by side: fewer since one ran out of memory."
            return f"{_trials(n)} side by side."
        if device.reserved:
            return f"A trial that ran out of memory on {name} is tried again alone."
        if not self._first_is_known:
            return f"The first trial runs alone on {name}: what it needs is measured."
        many = f"{_trials(n)} side by side on {name}"
        if device.cap is not None and n >= device.cap:
            return f"{many}: fewer since one ran out of memory."
        if self._jobs is not None:
            return f"{many}, as asked for."
        fit = self._fit(device)
        if fit is None:
            return f"{many}: the memory that a trial needs could not be measured."
        size = f"{max(self._peaks) / GIB:.2g} GB a trial"
        if n >= fit - len(device.waiting):
            return f"{many}: as many as its memory holds ({size})."
        if device.climb.settled:
            return f"{many}: more were not faster (memory holds {fit}, {size})."
        return f"{many}: {device.climb.level} are tried (memory holds {fit}, {size})."


def fixed_slots(slots: int) -> Packing:
    """On the CPU: so many trials side by side, fewer after one ran out of memory."""
    return Packing([DeviceFacts(None)], jobs=slots)


def _label(facts: DeviceFacts) -> str:
    if facts.name is None:
        return facts.label or "CPU"
    return f"{facts.name} ({facts.label})" if facts.label else facts.name


def _shares(jobs: int, devices: int) -> list[int]:
    return [jobs // devices + (i < jobs % devices) for i in range(devices)]


def _trials(n: int) -> str:
    return "1 trial" if n == 1 else f"{n} trials"
