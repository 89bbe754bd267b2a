"""What silence is long."""

from jupyter_hpo.study.pace import FLOOR_S, UNKNOWN_S, Pace


def reports(pace, number, times):
    pace.began(number, 0.0)
    for at in times:
        pace.reported(number, at)


def test_before_anything_is_known_a_minute_is_long():
    pace = Pace()
    pace.began(0, 0.0)
    assert pace.long_s(0) == UNKNOWN_S


def test_a_trial_is_judged_by_its_own_reports():
    pace = Pace()
    reports(pace, 0, [1, 2, 3, 4])
    reports(pace, 1, [30, 60, 90])
    assert pace.long_s(0) == FLOOR_S
    assert pace.long_s(1) == 150


def test_until_there_are_some_by_those_of_the_others():
    pace = Pace()
    reports(pace, 0, [30, 60, 90])
    pace.began(1, 90.0)
    assert pace.long_s(1) == 150


def test_trials_that_never_report_are_judged_by_how_long_the_others_took():
    pace = Pace()
    for number in range(3):
        pace.began(number, 0.0)
        pace.finished(number, 40.0)
        pace.gone(number)
    pace.began(3, 40.0)
    assert pace.long_s(3) == 200


def test_a_pause_is_no_silence():
    pace = Pace()
    reports(pace, 0, [1, 2])
    pace.began(0, 500.0)
    assert pace.heard_at(0) == 500.0
    pace.reported(0, 501.0)
    assert pace.long_s(0) == FLOOR_S


def test_what_is_gone_is_not_remembered():
    pace = Pace()
    reports(pace, 0, [1, 2])
    pace.gone(0)
    assert pace.heard_at(0) is None
