"""Small pages into huge ones, so that forking a process with large libraries is cheap.

A fork copies the page tables: with torch loaded some 50,000 entries. Regions collapsed into
2 MB pages have one entry each. Linux 6.1 or later (`MADV_COLLAPSE`); elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator

HUGE = 1 << 21
MADV_COLLAPSE = 25


def regions() -> Iterator[int]:
    """Addresses of the 2 MB stretches of this process's own writable memory, as it is now.

    File mappings are left out: the notebook's data lies in one, and is not ours to copy.
    """
    if sys.platform != "linux":
        return
    try:
        with open("/proc/self/maps") as file:
            lines = file.read().splitlines()
    except OSError:  # no /proc in this container
        return
    for line in lines:
        fields = line.split()
        name = fields[5] if len(fields) > 5 else ""
        if "w" not in fields[1] or name not in ("", "[heap]"):
            continue
        start, end = (int(part, 16) for part in fields[0].split("-"))
        yield from range(-(-start // HUGE) * HUGE, end // HUGE * HUGE, HUGE)


def collapse(address: int) -> None:
    """Make one stretch a huge page; takes some milliseconds. What can't be (no memory to
    spare, an older kernel) stays as it is."""
    libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(HUGE), MADV_COLLAPSE)


libc = ctypes.CDLL(None)
