"""Answers that take a moment, asked from a thread that may not wait."""

from __future__ import annotations

import threading

import pytest

from jupyter_hpo.planner import Planner


def test_a_quick_answer_comes_at_once_and_is_remembered():
    asked = []
    planner = Planner(lambda question: asked.append(question) or question * 2)
    assert planner.known(4) is None
    assert planner.ask(4, wait_s=60) == 8
    assert planner.ask(4, wait_s=0) == planner.known(4) == 8
    assert planner.known(5) is None
    assert asked == [4]


def test_a_slow_answer_is_there_when_asked_again():
    begun, go_on = threading.Event(), threading.Event()

    def work(question):
        begun.set()
        go_on.wait(60)
        return question * 2

    planner = Planner(work)
    assert planner.ask(4, wait_s=0) is None
    assert begun.wait(60)
    assert planner.ask(4, wait_s=0.01) is None
    go_on.set()
    assert planner.ask(4, wait_s=60) == 8


def test_only_the_newest_question_is_worked_out():
    begun, go_on, asked = threading.Event(), threading.Event(), []

    def work(question):
        asked.append(question)
        begun.set()
        go_on.wait(60)
        return question * 2

    planner = Planner(work)
    assert planner.ask(1, wait_s=0) is None
    assert begun.wait(60)
    assert planner.ask(2, wait_s=0) is None
    assert planner.ask(3, wait_s=0) is None
    go_on.set()
    assert planner.ask(3, wait_s=60) == 6
    assert asked == [1, 3]


def test_what_went_wrong_is_raised_where_it_was_asked():
    planner = Planner(lambda question: 1 / question)
    with pytest.raises(ZeroDivisionError):
        planner.ask(0, wait_s=60)
    assert planner.ask(2, wait_s=60) == 0.5
