"""A device in numbers only: runs trials against a Packing on a clock of its own."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from jupyter_hpo.study.packing import DeviceFacts, Packing

GB = 1 << 30


@dataclass
class Machine:
    """Devices that share their speed among their trials beyond a knee.

    need(number) -> bytes; reports: a trial's reports (0: none); step_s: alone, for each;
    knee: so many run at full speed together, more share that speed.
    """

    packing: Packing
    sizes: dict[str | None, int]
    need: Callable[[int], int] = lambda n: GB
    reports: int = 20
    step_s: float = 0.1
    knee: int = 4
    penalty: float = 0.0
    context: int = 0
    now: float = 0.0
    at: dict[int, str | None] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)
    infeasible: list[int] = field(default_factory=list)
    most: dict[str | None, int] = field(default_factory=dict)
    history: list[tuple[float, int]] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)

    def used(self, name: str | None) -> int:
        return sum(self.need(n) + self.context for n, at in self.at.items() if at == name)

    def pace(self, name: str | None) -> float:
        """Seconds a report takes now on this device."""
        k = sum(at == name for at in self.at.values())
        return self.step_s * max(1.0, k / self.knee) * (1 + self.penalty * max(0, k - self.knee))

    def run(self, trials: int) -> float:
        """Run so many trials to their ends; returns the seconds it took."""
        began, fresh = self.now, iter(range(trials))
        queue: list[tuple[float, int, int]] = []
        self._start(fresh, queue)
        while queue:
            self.now, number, step = heapq.heappop(queue)
            name = self.at[number]
            if step <= max(1, self.reports):
                if self.reports:
                    self.packing.reported(number, self.now)
                heapq.heappush(queue, (self.now + self.pace(name), number, step + 1))
            else:
                total = self.sizes[name]
                figures = {
                    "device_memory_bytes": float(self.need(number)),
                    "device_total_bytes": float(total),
                    "device_free_bytes": float(total - self.used(name)),
                }
                self.packing.finished(number, figures, self.now)
                self.done.append(number)
                self._end(number)
            self._start(fresh, queue)
        return self.now - began

    def _end(self, number: int) -> None:
        del self.at[number]
        self.packing.ended(number, self.now)

    def _start(self, fresh, queue) -> None:
        while True:
            number = self.packing.again()
            if number is not None:
                self.alone.append(number)
            elif self.packing.free > 0:
                number = next(fresh, None)
            if number is None:
                return
            name = self.packing.place(number, self.now)
            if self.alone[-1:] == [number]:
                assert name not in self.at.values(), "tried again, but not alone"
            self.at[number] = name
            k = sum(at == name for at in self.at.values())
            self.most[name] = max(self.most.get(name, 0), k)
            self.history.append((self.now, k))
            if self.used(name) > self.sizes[name]:
                if not self.packing.out_of_memory(number, self.now):
                    self.infeasible.append(number)
                self._end(number)
            else:
                heapq.heappush(queue, (self.now + self.pace(name), number, 1))


def machine(*sizes: int, jobs: int | None = None, known: bool = True, **options) -> Machine:
    """A Packing over devices of so many GB, and the machine that it runs on."""
    named = {f"sim:{i}": size * GB for i, size in enumerate(sizes)}
    facts = [DeviceFacts(n, "", s if known else None, s if known else None)
             for n, s in named.items()]  # fmt: skip
    return Machine(Packing(facts, jobs=jobs), named, **options)
