"""Kept objects are pickles, and unpickling runs code: load only what this user wrote here.

Every file of objects is signed with a key of this user on this machine, as Jupyter signs
notebooks. A study folder that came by mail has no valid signature: its numbers can be read,
its objects are not loaded.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path


def sign(path: Path) -> None:
    """Write the signature of the file beside it."""
    target = path.with_suffix(".sig")
    target.unlink(missing_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(_digest(path))


def is_ours(path: Path) -> bool:
    """Whether the file was signed by this user on this machine and not changed since."""
    try:
        written = path.with_suffix(".sig").read_text()
        return hmac.compare_digest(written, _digest(path))
    except OSError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        content = hashlib.sha256()
        while block := file.read(1 << 20):
            content.update(block)
    return hmac.new(_key(), content.digest(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    path = _key_path()
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another kernel was faster
            return path.read_bytes()
        key = os.urandom(32)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
        return key


def _key_path() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "jupyter_hpo" / "objects.key"
