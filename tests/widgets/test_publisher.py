import math
import threading

import pytest

from jupyter_hpo.widgets.protocol import Detail, Header, Point, Row, Update
from jupyter_hpo.widgets.publisher import HEARTBEAT_S, INTERVAL_S, Publisher


class FakeSource:
    def __init__(self):
        self.version, self.asked = 1, []
        self.rows = {0: (1, Row(0, "RUNNING"))}
        self.points = []

    def change(self, number):
        self.version += 1
        self.rows[number] = (self.version, Row(number, "COMPLETE"))

    def changes(self, since):
        self.asked.append(since)
        rows = [row for version, row in self.rows.values() if version > since]
        return Update(self.version, Header("s", "running"), rows, list(self.points))

    def detail(self, number):
        if number not in self.rows:
            raise KeyError(number)
        return Detail(number, log="hello")


@pytest.fixture
def source():
    return FakeSource()


@pytest.fixture
def sent():
    return []


@pytest.fixture
def publisher(source, sent):
    return Publisher(source, lambda content, buffers: sent.append(content))


def test_first_turn_sends_everything(publisher, source, sent):
    due = publisher.turn(0.0)
    assert [(m["reset"], m["rows"]["n"]) for m in sent] == [(True, 1)]
    assert source.asked == [0]
    assert due == HEARTBEAT_S


def test_many_changes_become_one_message(publisher, source, sent):
    publisher.turn(0.0)
    for number in range(1, 51):
        source.change(number)
        publisher.notify()
    assert publisher.turn(0.01) == pytest.approx(INTERVAL_S)  # too early: nothing is sent
    assert len(sent) == 1
    publisher.turn(INTERVAL_S)
    assert (sent[1]["rows"]["n"], sent[1]["reset"], sent[1]["seq"]) == (50, False, 2)
    assert source.asked == [0, 1]


def test_ten_messages_a_second_at_most(publisher, source, sent):
    now = 0.0
    while now < 1.0:
        publisher.notify()
        publisher.turn(now)
        now += 0.003
    assert len(sent) <= 10


def test_heartbeat_without_changes(publisher, source, sent):
    publisher.turn(0.0)
    publisher.turn(0.5)
    assert len(sent) == 1
    publisher.turn(HEARTBEAT_S)
    assert (len(sent), sent[1]["rows"]["n"]) == (2, 0)


def test_resync_sends_all_again(publisher, source, sent):
    publisher.turn(0.0)
    source.change(1)
    publisher.turn(1.0)
    publisher.resync()
    publisher.turn(2.0)
    assert (sent[2]["reset"], sent[2]["rows"]["n"]) == (True, 2)


def test_a_resync_abandons_what_was_left_of_a_big_update(publisher, source, sent):
    source.points = [Point(0, i, 0.5) for i in range(10_000)]
    publisher.turn(0.0)
    assert sent[0]["more"]
    publisher.resync()
    now = 1.0
    while len(sent) < 2 or sent[-1]["more"]:
        publisher.turn(now)
        now += INTERVAL_S
    assert [m["reset"] for m in sent[1:]] == [True] + [False] * (len(sent) - 2)
    assert sum(m["points"]["n"] for m in sent[1:]) == 10_000


def test_the_thread_sends_when_woken_and_ends_when_stopped(source):
    arrived = threading.Semaphore(0)
    names = []

    def send(content, buffers):
        names.append(threading.current_thread().name)
        arrived.release()

    publisher = Publisher(source, send)
    publisher.start()
    assert arrived.acquire(timeout=30)
    publisher.notify()
    assert arrived.acquire(timeout=30)
    publisher.stop()
    assert set(names) == {"jupyter_hpo-publisher"}
    assert "jupyter_hpo-publisher" not in {t.name for t in threading.enumerate() if t.is_alive()}


def test_a_source_that_raises_does_not_end_the_thread(source, caplog):
    arrived = threading.Event()
    working = source.changes

    def changes(since):
        source.changes = working
        raise RuntimeError("broken")

    source.changes = changes
    publisher = Publisher(source, lambda content, buffers: arrived.set())
    publisher.start()
    publisher.notify()
    assert arrived.wait(timeout=30)
    publisher.stop()
    assert "the dashboard could not be updated" in caplog.text


def test_no_heartbeat_after_the_end_but_a_resync_is_answered(source, sent):
    source.changes = lambda since: Update(1, Header("s", "finished"))
    publisher = Publisher(source, lambda content, buffers: sent.append(content))
    assert publisher.turn(0.0) == math.inf
    publisher.resync()
    publisher.turn(1000.0)
    assert [m["reset"] for m in sent] == [True, True]
