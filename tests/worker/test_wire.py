"""Messages and descriptors over a socket pair."""

from __future__ import annotations

import os
import threading

import pytest

from jupyter_hpo.worker.wire import Closed, Wire, pair


@pytest.fixture
def ends():
    a, sock = pair()
    b = Wire(sock)
    yield a, b
    a.close()
    b.close()


def test_messages_come_whole_and_in_order(ends):
    a, b = ends
    big = b"x" * 5_000_000  # more than a socket holds
    sender = threading.Thread(target=lambda: [a.send(m) for m in (1, big, "two")])
    sender.start()
    assert [b.receive()[0] for _ in range(3)] == [1, big, "two"]
    sender.join()
    assert list(b.available()) == []


def test_two_ends_that_both_send_more_than_fits_do_not_wait_for_each_other(ends):
    a, b = ends
    big = b"x" * 5_000_000
    got = {}

    def send_and_receive(end):
        end.send(big)
        got[end] = end.receive()[0]

    threads = [threading.Thread(target=send_and_receive, args=(end,)) for end in ends]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {a: big, b: big}


def test_what_was_taken_in_while_sending_is_unread(ends):
    a, b = ends
    big = b"x" * 5_000_000
    b.send("early")
    taken_in, await_room = threading.Event(), a._await_room

    def noted():
        await_room()
        taken_in.set()

    a._await_room = noted
    sender = threading.Thread(target=a.send, args=(big,))
    sender.start()
    assert taken_in.wait(60)  # it does not fit: a has to wait, and takes in what has come
    assert b.receive()[0] == big
    sender.join()
    assert a.unread
    assert [message for message, _ in a.available()] == ["early"]
    assert not a.unread


def test_descriptors_stay_with_their_message(ends):
    a, b = ends
    r, w = os.pipe()
    a.send("first", [w])
    a.send("none")
    a.send("second", [r])
    os.close(r), os.close(w)
    (first, (w,)), (none, empty), (second, (r,)) = list(b.available())
    assert (first, none, second, empty) == ("first", "none", "second", [])
    assert not os.get_inheritable(r)
    os.write(w, b"!")
    assert os.read(r, 1) == b"!"
    os.close(r), os.close(w)


def test_a_closed_end_is_seen_after_its_last_message(ends):
    a, b = ends
    a.send("last")
    a.close()
    seen = []
    with pytest.raises(Closed):
        seen.extend(message for message, _ in b.available())
    assert seen == ["last"]
    with pytest.raises(Closed):
        b.receive()
    with pytest.raises(Closed):
        b.send("nobody hears")


def test_text_is_no_message(ends):
    a, b = ends
    a.sock.sendall(b"hello")
    with pytest.raises(ValueError, match="a message of"):
        list(b.available())
