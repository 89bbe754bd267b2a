"""The shared set-up at run time: the helper runs it once, and forks the trials afterwards.

What the statements will do is only forecast (`cell.setup`), so they run in a fork of the
helper. The fork takes over as the helper when all goes well, and the process that it was
forked from, which nothing has touched, only waits and ends as the fork ends. When something
may not be shared (see `watch`), a statement fails, or the fork dies, the untouched process
tries once more with the statements before that one, and goes on as the helper itself.
"""

from __future__ import annotations

import ast
import gc
import io
import json
import os
import select
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, Any

from ..cell.bind import compiled, prepare, remember_source
from ..cell.captured import CellProgram
from ..cell.program import tree_of
from ..cell.setup import lines_of, shared_setup, worth_sharing
from ..cell.source import cell_of
from ..cell.values import place_of
from ..study.trial_events import SetUp
from . import randomness, reporting
from .behind import look_behind
from .child import LIBC, PR_SET_PDEATHSIG, redirect_to
from .inherited import SetUpDone
from .waiting import become_waiting
from .watch import NotShared, Watch, originals

FILES = 1 << 16
OUTPUT_BYTES = 1 << 20
"""More output than this is not put into every trial's log: its head and its tail are."""


@dataclass(frozen=True)
class Outcome:
    """program: with the set-up that was shared, none of it when `done` is None. event: to be
    told, None when there was nothing to share."""

    program: CellProgram
    done: SetUpDone | None = None
    event: SetUp | None = None


def run_shared(
    program: CellProgram,
    namespace: dict[str, Any],
    random_state: randomness.RandomState,
    *,
    seed: int | None,
    kernel_fd: int,
) -> Outcome:
    """Run `program.setup` once, for all trials; called in the helper before it forks any.

    It may return in another process, which has taken the helper's place: pids are to be asked
    for anew. kernel_fd: the socket whose other end is the kernel's; when that closes while the
    statements run, the process and its fork end. Raises nothing: what can't be shared is left
    to the trials.
    """
    if not program.setup:
        return Outcome(program)
    prepare(program)
    remember_source(program)
    asked = program
    why = ""
    while program.setup:
        end, theirs = os.pipe()
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(end)
            os.close(theirs)
            why = why or f"no process could be started for it: {error.strerror or error}."
            break
        if pid == 0:
            os.close(end)
            _die_with(parent)
            return _in_fork(program, namespace, random_state, seed, theirs)
        os.close(theirs)
        failed, reason = _wait(pid, end, kernel_fd)
        why = why or reason
        rest = program.setup[: program.setup.index(failed)] if failed in program.setup else ()
        program = replace(program, setup=rest)
        if not worth_sharing(program):
            break
    return Outcome(
        replace(program, setup=()), event=SetUp(lines_of(asked), 0.0, why or "it was not run.")
    )


# in the process that it was --------------------------------------------------------------


def _wait(pid: int, end: int, kernel_fd: int) -> tuple[int | None, str]:
    """For the fork: when it takes over this process ends with it, else the index of the
    statement that failed and a sentence."""
    told = b""
    poll = select.poll()
    poll.register(end, select.POLLIN)
    poll.register(kernel_fd, 0)  # only to see it close
    while True:
        ready = dict(poll.poll())
        if kernel_fd in ready:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os._exit(0)
        more = os.read(end, 4096)
        if not more:
            break
        told += more
    os.close(end)
    if told == b"shared":
        os.closerange(3, FILES)  # a worker's socket is to close when the worker ends
        become_waiting(pid)
    _, status = os.waitpid(pid, 0)
    if not told:
        return None, f"its process ended (status {status}) while it ran."
    index, reason = json.loads(told)
    return index, reason


# in its fork -----------------------------------------------------------------------------


def _in_fork(
    program: CellProgram,
    namespace: dict[str, Any],
    random_state: randomness.RandomState,
    seed: int | None,
    told: int,
) -> Outcome:
    """Become the helper, or tell why not and end."""
    index = -1
    try:
        began = time.perf_counter()
        with _captured() as output:
            for reached in _run(program, namespace, random_state, seed):
                index = reached
        after = randomness.capture()
        wall_s = time.perf_counter() - began
        os.write(told, b"shared")
        os.close(told)
    except BaseException as error:
        line = place_of(tree_of(program).body[index]).where if index >= 0 else None
        os.write(told, json.dumps([index, _why(error, line)]).encode())
        os._exit(0)
    event = SetUp(lines_of(program), wall_s)
    return Outcome(program, SetUpDone(after, _shortened(output)), event)


def _run(
    program: CellProgram,
    namespace: dict[str, Any],
    random_state: randomness.RandomState,
    seed: int | None,
) -> Iterator[int]:
    """Run the statements as a trial would, each index told before its statement runs."""
    randomness.restore(random_state)
    if seed is not None:
        randomness.seed_all(seed)
    gc.enable()
    body = tree_of(program).body
    watch = Watch(namespace, seeded=seed is not None)
    reporting.set_reporter(_NoReports(watch))  # type: ignore[arg-type]
    for position, index in enumerate(program.setup):
        yield index
        statement = body[index]
        code = compiled(program, cell_of(statement), [statement])
        with watch.statement():
            exec(code, namespace)
        originals(namespace)
        if isinstance(statement, ast.Import | ast.ImportFrom):
            refused = _after_import(program, namespace, statement, position, seed)
            if refused is not None:
                yield refused
                raise NotShared("uses a module that does what can't be shared")
    reporting.set_reporter(None)


def _after_import(
    program: CellProgram,
    namespace: Mapping[str, Any],
    statement: ast.Import | ast.ImportFrom,
    position: int,
    seed: int | None,
) -> int | None:
    """The first statement to come that can't be shared, now that what it imports is known."""
    names = [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    if not look_behind(namespace, names).behind:  # nothing of the person's own
        return None
    everything = look_behind(namespace, list(namespace))
    allowed = shared_setup(program, everything, seeded=seed is not None)
    return next((i for i in program.setup[position + 1 :] if i not in allowed), None)


class _NoReports:
    """Stands for the trial's reporter: what reports belongs to every trial."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        self._watch.refuse("reports")


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(0)


def _why(error: BaseException, where: str | None) -> str:
    where = where or "it"
    if isinstance(error, NotShared):
        return f"{where} {error}."
    said = str(error).strip().splitlines()
    return f"{where} raised {type(error).__name__}" + (f": {said[0][:200]}" if said else ".")


@contextmanager
def _captured() -> Iterator[io.BytesIO]:
    """What is printed meanwhile, by C code too, is in the buffer afterwards."""
    gathered = io.BytesIO()
    saved = os.dup(1), os.dup(2)
    file: IO[bytes]
    with tempfile.TemporaryFile() as file:
        redirect_to(file.fileno())
        try:
            yield gathered
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            LIBC.fflush(None)
            for fd, number in zip(saved, (1, 2), strict=True):
                os.dup2(fd, number)
                os.close(fd)
            file.seek(0)
            gathered.write(file.read())


def _shortened(output: io.BytesIO) -> bytes:
    text = output.getvalue()
    if len(text) <= OUTPUT_BYTES:
        return text
    half = OUTPUT_BYTES // 2
    left_out = f"\n... {len(text) - 2 * half} bytes left out ...\n".encode()
    return text[:half] + left_out + text[-half:]
