"""Where a study lives: `.jupyter_hpo/NAME/` beside the notebook, for its owner only.

journal.log          the study, in Optuna's journal format
lock                 held by the one kernel that runs the study
logs/trial-0007.log  what trial 7 printed
objects/trial-0007   the objects of the best trial, and their signature (.sig)
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from ..errors import StorageError, UnwritableError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

ROOT = ".jupyter_hpo"


class StudyFolder:
    """The files of one study. Raises StorageError, with a sentence, when they can't be made,
    or when another kernel holds the study."""

    def __init__(self, name: str, root: Path | str | None = None) -> None:
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name) or name.startswith("."):
            raise StorageError(
                f"{name!r} can't name a study: use letters, digits, '.', '_' and '-' "
                "(at most 100, not starting with a dot)."
            )
        self.name = name
        self.path = Path(root if root is not None else ROOT).absolute() / name
        self._lock: int | None = None
        self._made: list[Path] = []  # by `open`: the folder, the one around it

    @property
    def journal(self) -> Path:
        return self.path / "journal.log"

    def log(self, number: int) -> Path:
        return self.path / "logs" / f"trial-{number:04d}.log"

    def objects(self, number: int) -> Path:
        return self.path / "objects" / f"trial-{number:04d}"

    def open(self) -> None:
        """Make the folders and take the study's lock."""
        self._made = [f for f in (self.path, self.path.parent) if not f.exists()]
        try:
            for folder in (self.path, self.path / "logs", self.path / "objects"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            ignore = self.path.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n")
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise UnwritableError(f"can't write to {self.path}: {error.strerror}.") from None
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                holder = os.pread(lock, 20, 0).decode(errors="replace").strip() or "unknown"
                os.close(lock)
                if holder == str(os.getpid()):
                    raise StorageError(
                        f"study {self.name!r} is running in this kernel. Wait for it "
                        "(study.wait()), stop it (%hpo stop), or give this one another --name."
                    ) from None
                raise StorageError(
                    f"study {self.name!r} is being run by another kernel (process {holder}). "
                    "Stop it there, or give this one another --name."
                ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        self._lock = lock

    def mend(self) -> None:
        """Take away what a crash left half-done: the torn last line of the journal (a full
        disk, a machine that went down), objects that were being written. Lock held."""
        for part in (self.path / "objects").glob("*.part"):
            part.unlink(missing_ok=True)
        for stale in self.path.glob("journal.log.lock*"):  # of a writer that was killed
            stale.unlink(missing_ok=True)
        if not self.journal.is_file():
            return
        with self.journal.open("rb+") as file:
            if file.read(1) != b"{":  # not a journal that was torn: nothing is taken from it
                return
            end = file.seek(0, os.SEEK_END)
            while end > 0:
                start = max(0, end - (1 << 16))
                file.seek(start)
                last = file.read(end - start).rfind(b"\n")
                if last >= 0:
                    file.truncate(start + last + 1)
                    return
                end = start
            file.truncate(0)

    def clear(self) -> None:
        """Forget everything of the study (--fresh); the lock stays."""
        for folder in (self.path / "logs", self.path / "objects"):
            for file in folder.glob("trial-*"):
                file.unlink(missing_ok=True)
        for file in self.path.glob("journal.log*"):
            file.unlink(missing_ok=True)

    def discard_objects(self, number: int) -> None:
        """Delete the kept objects of a trial, if there are any."""
        path = self.objects(number)
        path.unlink(missing_ok=True)
        path.with_suffix(".sig").unlink(missing_ok=True)

    def withdraw(self) -> None:
        """Close, and take away what opening made: the study was refused before it began."""
        if self.path in self._made:
            shutil.rmtree(self.path, ignore_errors=True)
        self.close()
        root = self.path.parent
        if (
            root in self._made
            and root.is_dir()
            and [f.name for f in root.iterdir()] == [".gitignore"]
        ):
            shutil.rmtree(root, ignore_errors=True)
        self._made = []

    def close(self) -> None:
        """Let go of the lock; safe to call twice."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def list_studies(root: Path | str | None = None) -> list[str]:
    """Names of the studies found under root, the newest first."""
    folder = Path(root if root is not None else ROOT)
    journals = folder.glob("*/journal.log")
    newest = sorted(journals, key=lambda path: path.stat().st_mtime, reverse=True)
    return [path.parent.name for path in newest]
