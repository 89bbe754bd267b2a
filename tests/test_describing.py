"""What a study's file says of how it was made."""

from __future__ import annotations

import json
import platform
from pathlib import Path

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.captured import Part
from jupyter_hpo.describing import chosen, description
from jupyter_hpo.options import Options
from jupyter_hpo.study.rounds import Rounds
from jupyter_hpo.tuning import as_cell


def test_everything_needed_to_run_it_again_is_said_and_is_plain():
    from dataclasses import replace

    cell = capture("lr = 0.1  # hpo: 0.01..1 log\nloss = lr", line_offset=0)
    cell = replace(cell, earlier=(Part(2, "a = 1\nb = a", "<cell In[2]>", (1,)),))
    said = description(cell, Options(seed=3, trials=9, device="cpu"), Rounds(), "CPU")
    assert json.loads(json.dumps(said)) == said
    assert said["cell"] == cell.source
    assert said["earlier"] == [[2, "a = 1\nb = a", [1]]]
    assert said["seed"] == 3
    assert said["device"] == "CPU"
    assert said["options"] == {"seed": 3, "trials": 9, "device": "cpu"}
    assert said["versions"]["python"] == platform.python_version()
    assert {"jupyter_hpo", "optuna", "numpy"} <= said["versions"].keys()


def test_a_tuned_function_is_said_with_its_file():
    from jupyter_hpo import Float

    def train(lr=0.1):
        return lr

    cell, options, _ = as_cell(train, {"lr": Float(0.0, 1.0)}, {"minimize": "loss"})
    file, source = description(cell, options, Rounds(), "CPU")["function"]
    assert file == __file__
    assert source == "def train(lr=0.1):\n    return lr\n"


def test_options_are_written_as_plain_values():
    made = chosen(Options(root=Path("/data"), keep=("model",), constraints=("a <= 1",)))
    assert made == {"root": "/data", "keep": ["model"], "constraints": ["a <= 1"]}
    assert chosen(Options()) == {}
