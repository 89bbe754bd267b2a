"""`make bench`: %%hpo against its peers.

    make bench                          start, w1, w2 and w3: about half an hour
    make bench ARGS="w1 w3"             only those
    make bench ARGS=scale               a trial at 5,000 trials against one at 100
    make bench ARGS=sampler             the same for the sampler alone, and what it finds
    make bench ARGS=curves              epochs that samplers and schedulers need, simulated
    make bench ARGS=sampler-choice      which sampler finds the best place
    make bench ARGS=several             the same for two objectives
    make bench ARGS=front-end           the dashboard of 10,000 trials in Chromium
    make bench ARGS="w2 --rounds 3 --without 'Ray Tune + Optuna'"

Nothing else should run on the machine. Contenders take turns, so what does run hits all.
"""

from __future__ import annotations

import argparse

from . import table
from .contenders import Contender, contenders, race
from .curves import all_curves
from .first_study import first_study
from .front_end import front_end
from .sampler import sampler
from .sampler_choice import SEEDS, sampler_choice
from .scale import scale
from .several import SEEDS as SEEDS_OF_SEVERAL
from .several import several
from .workloads import WORKLOADS, Workload

DEFAULT = ("start", "w1", "w2", "w3")
KNOWN = (*DEFAULT, "scale", "sampler", "sampler-choice", "several", "front-end", "curves")
ROUNDS = {"start": 1, "w1": 3, "w2": 1, "w3": 3}
SLOTS = 2


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.partition("\n")[0])
    parser.add_argument("which", nargs="*", help=f"of {', '.join(KNOWN)}")
    parser.add_argument("--rounds", type=int, help="of each, instead of the default")
    parser.add_argument("--trials", type=int, help="at most so many in a workload")
    parser.add_argument("--ours", action="store_true", help="no peers")
    parser.add_argument("--without", action="append", default=[], metavar="CONTENDER")
    found = parser.parse_args(argv)
    unknown = set(found.which) - set(KNOWN)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(KNOWN)}")
    for which in found.which or DEFAULT:
        rounds = found.rounds or ROUNDS.get(which, 1)
        if which == "start":
            print(first_study(rounds), flush=True)
        elif which == "scale":
            print(scale(found.trials or 5000), flush=True)
        elif which == "sampler":
            print(sampler(found.trials or 1000), flush=True)
        elif which == "curves":
            for drawn in all_curves(found.rounds or 40):
                print(drawn, flush=True)
        elif which == "sampler-choice":
            print(sampler_choice(seeds=found.rounds or SEEDS), flush=True)
        elif which == "several":
            print(several(found.rounds or SEEDS_OF_SEVERAL), flush=True)
        elif which == "front-end":
            print(front_end(found.trials or 10_000), flush=True)
        else:
            workload = WORKLOADS[which]
            those = [
                c
                for c in contenders(workload)
                if c.name not in found.without and (c.name.startswith("%%hpo") or not found.ours)
            ]
            if found.trials:
                workload = workload.shortened(found.trials)
            print(compared(workload, those, rounds), flush=True)


def compared(workload: Workload, those: list[Contender], rounds: int) -> str:
    """Run one workload and draw its table."""
    results = race(workload, rounds, those)
    if workload.name == "w2":
        return table.of_training(workload, results, SLOTS)
    if workload.name == "w1":
        return table.of_short_trials(workload, results)
    able = [c for c in those if not all(run.why for run in results[c.name])]
    peaks = {c.name: c.measure(workload, memory=True) for c in able}
    return table.of_memory(workload, results, peaks)


if __name__ == "__main__":
    main()
