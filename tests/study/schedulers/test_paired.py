"""Rounds compared pair by pair: the tests of the differences, and who ends."""

import random
from itertools import product

import pytest

from jupyter_hpo.study.schedulers import Verdict
from jupyter_hpo.study.schedulers.paired import Paired
from jupyter_hpo.study.signed_rank import student_above, wilcoxon


def complete(paired, number, losses):
    for step, loss in enumerate(losses, start=1):
        if paired.on_report(number, step, loss) is Verdict.STOP:
            paired.on_end(number)
            return step
    paired.on_end(number, complete=True)
    return None


def by_all_signs(differences):
    """The p of the definition: of all signs, how many give as much above zero."""
    sizes = sorted(abs(d) for d in differences)

    def rank(d):
        same = [i + 1 for i, size in enumerate(sizes) if size == abs(d)]
        return sum(same) / len(same)

    ranks = [rank(d) for d in differences if d]
    above = sum(rank(d) for d in differences if d > 0)
    sums = [sum(r for r, up in zip(ranks, signs, strict=True) if up) for signs in
            product((0, 1), repeat=len(ranks))]  # fmt: skip
    return sum(total >= above for total in sums) / len(sums)


@pytest.mark.parametrize("n", range(1, 9))
def test_the_signed_rank_test_is_exact_with_ties_and_zeros(n):
    chance = random.Random(n)
    for _ in range(20):
        differences = [chance.choice((-2, -1, 0, 1, 1, 2, 3)) for _ in range(n)]
        assert wilcoxon(differences) == by_all_signs(differences)


def test_all_worse_is_one_of_all_signs():
    assert [wilcoxon([1.0, 2.0, 3.0, 4.0][:n]) for n in (2, 3, 4)] == [1 / 4, 1 / 8, 1 / 16]
    assert wilcoxon([0.0, 0.0]) == 1


@pytest.mark.parametrize(
    ("t", "df", "p"),
    [(6.3138, 1, 0.05), (2.9200, 2, 0.05), (2.1318, 4, 0.05), (4.0321, 5, 0.005), (0.0, 3, 0.5)],
)
def test_student_s_t_is_that_of_the_tables(t, df, p):
    assert student_above(t, df) == pytest.approx(p, abs=1e-5)
    assert student_above(-t, df) == pytest.approx(1 - p, abs=1e-5)


def test_what_is_far_worse_ends_after_a_fold_once_differences_are_known():
    paired = Paired()
    chance = random.Random(0)
    base = [chance.gauss(1, 0.3) for _ in range(10)]
    for number in range(4):
        complete(paired, number, [b + chance.gauss(0.001 * number, 0.02) for b in base])
    assert paired.on_report(9, 1, base[0] + 1) is Verdict.STOP
    assert (
        paired.why_pruned(9) == f"worse than trial {paired.best} in 1 of 1 fold, paired t p < 0.001"
    )


def test_without_anything_known_it_is_the_ranks_that_say_so():
    paired = Paired(word="repeat", student_p=-1)
    complete(paired, 0, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert complete(paired, 1, [1.1, 2.2, 3.3, 4.4, 5.5, 6.6]) == 4
    assert paired.why_pruned(1) == "worse than trial 0 in 4 of 4 repeats, Wilcoxon p = 0.062"


def test_the_best_is_never_ended_nor_a_trial_at_its_last_round():
    paired = Paired(total=3)
    complete(paired, 0, [5.0, 5.0, 5.0])
    assert complete(paired, 1, [1.0, 1.1, 1.2]) is None
    assert paired.best == 1
    paired.on_report(2, 1, 1.0)
    paired.on_report(2, 2, 1.1)
    assert paired.on_report(2, 3, 99.0) is Verdict.CONTINUE


def test_the_protected_go_on_and_those_left_out_are_no_measure():
    paired = Paired()
    complete(paired, 0, [1.0, 1.1, 0.9, 1.0, 1.05])
    paired.protect(1)
    assert complete(paired, 1, [9.0, 9.2, 9.1, 9.0, 9.3]) is None
    paired.leave_out({0})
    assert paired.best == 1
    assert complete(paired, 2, [5.0, 5.1, 5.0, 5.2, 5.1]) is None


@pytest.mark.parametrize("seed", range(10))
def test_of_equal_trials_few_end_and_the_best_of_different_ones_is_found(seed):
    chance = random.Random(seed)
    base = [chance.gauss(0, 1) for _ in range(8)]
    paired, ended, means = Paired(), 0, {}
    for number in range(30):
        quality = chance.choice((0.0, 0.5, 2.0))
        losses = [b + quality + chance.gauss(0, 0.1) for b in base]
        means[number] = sum(losses) / 8
        stopped = complete(paired, number, losses)
        ended += stopped is not None
        assert stopped is None or stopped < 8
    best = min(means, key=means.get)
    assert means[paired.best] - means[best] < 0.1
    assert ended > 10
