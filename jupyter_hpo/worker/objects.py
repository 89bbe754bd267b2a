"""The objects of a finished trial: written by the worker, read by the kernel."""

from __future__ import annotations

import os
import secrets
import types
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ..errors import StorageError
from . import arrays, devices, pickling, reasons

LIMIT_BYTES = 1 << 30
SMALL_BYTES = 1 << 20
"""Of the notebook's own values, what a kept function brings along."""


def write_objects(
    path: str,
    names: Iterable[str],
    namespace: dict[str, Any],
    *,
    known: Collection[str] = (),
    limit_bytes: int = LIMIT_BYTES,
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Write those of names that namespace has to path (owner only, whole or not at all).

    known: names the notebook has. What functions refer to of them comes along only when it is
    small: a notebook that is opened later has to define its data, not each setting, again.
    Returns the names written and, for each left out, why.
    """
    left_out: dict[str, str] = {}
    wanted: dict[str, Any] = {}
    for name in names:
        if name not in namespace or pickling.is_hidden(name, namespace[name]):
            continue
        if isinstance(namespace[name], types.ModuleType):
            continue  # an import, not a result
        wanted[name] = namespace[name]
    known = _Large(frozenset(known) - wanted.keys(), namespace)
    try:
        if wanted:
            _write(path, wanted, namespace, known, limit_bytes)
    except OSError as error:
        reason = f"the file can't be written: {error.strerror or error}"
        return (), dict.fromkeys(wanted, reason)
    except Exception:  # one of them can't be pickled or they are too large: find which
        wanted = _those_that_fit(wanted, namespace, known, limit_bytes, left_out)
        try:
            _write(path, wanted, namespace, known, limit_bytes)
        except Exception as error:
            reason = reasons.sentence(error)
            return (), {**left_out, **dict.fromkeys(wanted, reason)}
    return tuple(wanted), left_out


def _those_that_fit(
    wanted: Mapping[str, Any],
    namespace: dict[str, Any],
    known: Collection[str],
    limit_bytes: int,
    left_out: dict[str, str],
) -> dict[str, Any]:
    sizes: dict[str, int] = {}
    for name, value in wanted.items():
        sink = reasons.Nowhere()
        try:
            pickling.dump(value, sink, namespace=namespace, known=known, limit_bytes=limit_bytes)
        except pickling.TooLarge:
            left_out[name] = (
                f"it is larger than the {size(limit_bytes)} kept of a trial; raise that with "
                "--keep-limit"
            )
        except Exception as error:
            why, _, fix = reasons.explain(name, value, namespace, error).rpartition(": ")
            # It is inside the cell already.
            left_out[name] = why if "inside the cell" in fix else f"{why}: {fix}".rstrip(".")
        else:
            sizes[name] = sink.size_bytes
    while sum(sizes.values()) > limit_bytes:
        # Data first: a model is what the search was for.
        data = [name for name in sizes if not _is_model(wanted[name])]
        largest = max(data or sizes, key=lambda name: sizes[name])
        left_out[largest] = (
            f"with it ({size(sizes.pop(largest))}) the objects are larger than the "
            f"{size(limit_bytes)} kept of a trial; name those you want with --keep, or "
            "raise the limit with --keep-limit"
        )
    return {name: wanted[name] for name in sizes}


class _Large(Collection[str]):
    """Those of the known names whose values are large, or can't be pickled; asked one by one."""

    def __init__(self, known: frozenset[str], namespace: dict[str, Any]) -> None:
        self._known, self._namespace = known, namespace
        self._found: dict[str, bool] = {}

    def __contains__(self, name: object) -> bool:
        if name not in self._known or not isinstance(name, str):
            return False
        if name not in self._found:
            self._found[name] = self._is_large(name)
        return self._found[name]

    def _is_large(self, name: str) -> bool:
        try:
            pickling.dump(
                self._namespace.get(name), reasons.Nowhere(), namespace=self._namespace,
                known=self._known, limit_bytes=SMALL_BYTES,
            )  # fmt: skip
        except Exception:
            return True
        return False

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._known if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _is_model(value: Any) -> bool:
    return any(hasattr(value, name) for name in ("state_dict", "fit", "predict", "get_weights"))


def size(size_bytes: float) -> str:
    """A size as a person reads it: 1 GiB, 340 MiB, 12 kB."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB")):
        if size_bytes >= unit:
            return f"{size_bytes / unit:.3g} {name}"
    return f"{size_bytes / 1000:.3g} kB"


def _write(
    path: str,
    wanted: dict[str, Any],
    namespace: dict[str, Any],
    known: Collection[str],
    limit_bytes: int,
) -> None:
    temporary = f"{path}.{secrets.token_hex(4)}.part"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "wb", buffering=0) as raw:
            pickling.dump(wanted, raw, namespace=namespace, known=known, limit_bytes=limit_bytes)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def load_objects(path: str | os.PathLike[str], namespace: dict[str, Any]) -> dict[str, Any]:
    """The objects by name, in memory of their own: the file may go, arrays are writable.

    namespace: the notebook's; functions get it as their globals, and names that they refer
    to and that it lacks are added. Only files that this user's own trials wrote may be read:
    it unpickles. Raises StorageError when the file can't be read.
    """
    token = arrays.placing.set(devices.place_here)
    try:
        with open(path, "rb", buffering=0) as raw:
            content = bytearray(os.fstat(raw.fileno()).st_size)
            view, done = memoryview(content), 0
            while done < len(content):
                count = raw.readinto(view[done:])
                if not count:
                    break
                done += count
        return pickling.load(view, namespace)  # type: ignore[no-any-return]
    except Exception as error:
        raise StorageError(
            f"the objects of the trial can't be read from {os.fspath(path)}: "
            f"{type(error).__name__}: {error}"
        ) from error
    finally:
        arrays.placing.reset(token)
