"""Messages over an inherited socket pair: length-prefixed pickles, file descriptors beside.

Both ends are ours (kernel, helper, trial), of one user, and no port listens, so what is
unpickled here was written by this user's own processes.
"""

from __future__ import annotations

import array
import os
import pickle
import select
import socket
import struct
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

HEADER = struct.Struct("<IB")
CHUNK = 64 * 1024
LARGEST = 1 << 28
"""No message is larger, in bytes; text, taken for one, says that it is."""
FD_BYTES = array.array("i").itemsize
FD_SPACE = socket.CMSG_SPACE(8 * FD_BYTES) if hasattr(socket, "CMSG_SPACE") else 0


class Closed(Exception):
    """The other end is gone."""


class Wire:
    """One end of a socket pair. Used by one thread; the socket is blocking."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._buffer = bytearray()
        self._fds: deque[int] = deque()
        sock.setblocking(True)

    def fileno(self) -> int:
        return self.sock.fileno()

    def send(self, message: Any, fds: Sequence[int] = ()) -> None:
        """Send it all; raises Closed when the other end is gone.

        While there is no room it takes in what has come (see `unread`): two ends that both
        send more than fits must not wait for each other.
        """
        body = pickle.dumps(message, protocol=5)
        data = memoryview(HEADER.pack(len(body), len(fds)) + body)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        while data:
            try:
                data = data[self.sock.sendmsg([data], rights, socket.MSG_DONTWAIT) :]
                rights = []
            except BlockingIOError:
                self._await_room()
            except OSError as error:
                raise Closed from error

    def _await_room(self) -> None:
        poll = select.poll()
        poll.register(self.sock, select.POLLIN | select.POLLOUT)
        if any(events & select.POLLIN for _, events in poll.poll()):
            self._read(socket.MSG_DONTWAIT)

    @property
    def unread(self) -> bool:
        """Whether something has been taken in that no select shows any more."""
        return bool(self._buffer)

    def receive(self) -> tuple[Any, list[int]]:
        """The next message and its descriptors; waits. Raises Closed at the end."""
        while (message := self._take()) is None:
            self._read(0)
        return message

    def available(self) -> Iterator[tuple[Any, list[int]]]:
        """The messages that are here already, without waiting.

        Raises Closed, after the last message, when the other end is gone.
        """
        while True:
            try:
                more = self._read(socket.MSG_DONTWAIT)
            except Closed:
                yield from iter(self._take, None)
                raise
            yield from iter(self._take, None)
            if not more:
                return

    def _read(self, flags: int) -> bool:
        try:
            # Not socket.recv_fds: it drops its flags.
            data, ancillary, _, _ = self.sock.recvmsg(CHUNK, FD_SPACE, flags)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as error:
            raise Closed from error
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds = array.array("i", content[: len(content) - len(content) % FD_BYTES])
                for fd in fds:
                    os.set_inheritable(fd, False)
                self._fds.extend(fds)
        if not data:
            raise Closed
        self._buffer += data
        return True

    def _take(self) -> tuple[Any, list[int]] | None:
        if len(self._buffer) < HEADER.size:
            return None
        size, count = HEADER.unpack_from(self._buffer)
        if size > LARGEST:
            raise ValueError(f"a message of {size} bytes")
        end = HEADER.size + size
        if len(self._buffer) < end:
            return None
        message = pickle.loads(memoryview(self._buffer)[HEADER.size : end].tobytes())
        del self._buffer[:end]
        return message, [self._fds.popleft() for _ in range(count)]

    def close(self) -> None:
        self.sock.close()
        while self._fds:
            os.close(self._fds.popleft())


def pair() -> tuple[Wire, socket.socket]:
    """A wire, and the socket for its other end."""
    mine, other = socket.socketpair()
    return Wire(mine), other
