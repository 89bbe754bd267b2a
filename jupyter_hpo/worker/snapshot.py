"""The notebook as it stands, frozen into shared memory for the workers."""

from __future__ import annotations

import mmap
import os
import pickle
import sys
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ExecutorError, SnapshotError
from . import pickling, randomness, reasons, settings


@dataclass(frozen=True)
class Surroundings:
    """What a worker sets before it loads the objects, so that imports find their modules."""

    path: list[str]
    folder: str
    environment: dict[str, str]

    @classmethod
    def here(cls) -> Surroundings:
        try:
            folder = os.getcwd()
        except FileNotFoundError:  # the folder was deleted
            folder = os.path.expanduser("~")
        return cls(list(sys.path), folder, dict(os.environ))

    def apply(self, keep: Collection[str] = ()) -> None:
        """Make this process's path, folder and environment these; `keep`: variables it has."""
        sys.path[:] = self.path
        os.chdir(self.folder)
        for name in set(os.environ) - set(self.environment) - set(keep):
            del os.environ[name]
        os.environ.update({n: v for n, v in self.environment.items() if n not in keep})


@dataclass
class Snapshot:
    """A frozen notebook. fd: the file in memory, owned by this object until `close`. late: to be
    imported, and the objects to be unpickled by each worker itself (`computing`); mostly none."""

    fd: int
    size_bytes: int
    names: tuple[str, ...]
    surroundings: Surroundings
    closed: bool = False
    late: tuple[str, ...] = ()

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            os.close(self.fd)

    def __del__(self) -> None:
        self.close()


def take_snapshot(
    names: Mapping[str, Any],
    *,
    namespace: dict[str, Any],
    random_state: randomness.RandomState | None = None,
) -> Snapshot:
    """Freeze `names` (name -> object) and what they refer to in `namespace`, the notebook's.

    Called in the kernel, on any thread while nothing changes the objects. Random states
    (random_state; None: as they are now), the libraries' settings, sys.path, folder and
    environment go with it. Raises SnapshotError with the reason of every name that can't
    travel; ExecutorError when there is no memory for it.
    """
    wanted = {n: v for n, v in names.items() if not pickling.is_hidden(n, v)}
    state = random_state or randomness.capture(), settings.capture()
    late: set[str] = set()
    try:
        fd = _write(wanted, state, namespace, late)
    except OSError as error:
        raise _no_memory(error) from error
    except Exception as first:
        found = reasons.find(wanted, namespace)
        if not found:
            found = {", ".join(sorted(wanted)): reasons.sentence(first)}
        raise SnapshotError(found) from None
    size = os.fstat(fd).st_size
    return Snapshot(fd, size, tuple(wanted), Surroundings.here(), late=tuple(sorted(late)))


def _no_memory(error: OSError) -> ExecutorError:
    return ExecutorError(
        f"the notebook's data can't be shared with the workers: {error.strerror or error}. "
        "Free some memory, or run the study with `--executor inline`."
    )


def _write(
    wanted: dict[str, Any],
    state: tuple[randomness.RandomState, settings.Settings],
    namespace: dict[str, Any],
    late: set[str],
) -> int:
    fd = _memory_file()
    try:
        with os.fdopen(fd, "wb", buffering=0, closefd=False) as raw:
            # The sources are known only once the objects are pickled: two records.
            sources = pickling.dump((state, wanted), raw, namespace=namespace, late=late)
            at = raw.tell()
            raw.write(pickle.dumps(sources))
            raw.write(at.to_bytes(8, "little"))
    except BaseException:
        os.close(fd)
        raise
    return fd


def _memory_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("jupyter_hpo", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile(buffering=0) as file:  # unlinked; owner only
        return os.dup(file.fileno())


def load_snapshot(fd: int, namespace: dict[str, Any]) -> randomness.RandomState:
    """Put the snapshot's objects into namespace (a worker's), and the notebook's settings of
    libraries in force; returns the random states.

    Arrays and CPU tensors look into a private mapping of the file: writable, and copied page
    by page only where this process or a child of it writes. The fd may be closed after.
    """
    mapping = mmap.mmap(fd, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    memory = memoryview(mapping)
    at = int.from_bytes(memory[-8:], "little")
    pickling.register_sources(pickle.loads(memory[at:-8]))
    (random_state, process), objects = pickling.load(memory[:at], namespace)
    namespace.update(objects)
    settings.apply(process)
    return random_state  # type: ignore[no-any-return]
