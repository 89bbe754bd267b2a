"""The objects of a finished trial: what fits is kept, what doesn't is said."""

from __future__ import annotations

import ast
import threading

import numpy as np
import pytest

from jupyter_hpo.cell.bind import bind
from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.cell.recorder import SILENT, Recorder
from jupyter_hpo.cell.watching import find_reports
from jupyter_hpo.cell.wrapping import RECORDER, recorder_of
from jupyter_hpo.errors import StorageError
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.worker.objects import load_objects, size, write_objects

MB = 1 << 20


class Model:
    def __init__(self, weights):
        self.weights = weights

    def predict(self):
        return self.weights.sum()


def test_the_limit_leaves_out_data_before_models(tmp_path):
    space = {
        "model": Model(np.ones(6 * MB, np.uint8)),
        "data": np.zeros(5 * MB, np.uint8),
        "huge": np.zeros(20 * MB, np.uint8),
        "score": 0.5,
    }
    names, left_out = write_objects(
        str(tmp_path / "o"), [*space, "nowhere"], space, limit_bytes=10 * MB
    )
    assert set(names) == {"model", "score"}
    assert left_out == {
        "huge": "it is larger than the 10 MiB kept of a trial; raise that with --keep-limit",
        "data": "with it (5 MiB) the objects are larger than the 10 MiB kept of a trial; "
        "name those you want with --keep, or raise the limit with --keep-limit",
    }
    loaded = load_objects(tmp_path / "o", {})
    assert loaded["model"].predict() == 6 * MB
    assert (tmp_path / "o").stat().st_size <= 10 * MB


def test_what_can_not_be_kept_is_named_without_a_fix_that_was_followed(tmp_path):
    space = {"pool": [threading.Lock()], "model": Model(np.ones(3))}
    names, left_out = write_objects(str(tmp_path / "o"), [*space], space, limit_bytes=10 * MB)
    assert names == ("model",)
    assert left_out == {"pool": "`pool` holds in [0], a lock"}


def test_names_that_share_memory_are_counted_together(tmp_path):
    array = np.zeros(6 * MB, np.uint8)
    names, left_out = write_objects(
        str(tmp_path / "o"), ["a", "b"], {"a": array, "b": array[:]}, limit_bytes=10 * MB
    )
    assert set(names) == {"a", "b"}
    assert left_out == {}


def test_a_damaged_file_is_an_error_with_its_name(tmp_path):
    write_objects(str(tmp_path / "o"), ["a"], {"a": np.zeros(9000)})
    content = (tmp_path / "o").read_bytes()
    for damaged in (b"", content[:5000], content[:-30] + b"x" * 30):
        (tmp_path / "o").write_bytes(damaged)
        with pytest.raises(StorageError, match="can't be read from"):
            load_objects(tmp_path / "o", {})


@pytest.mark.parametrize(
    ("size_bytes", "shown"), [(1 << 30, "1 GiB"), (340 * MB, "340 MiB"), (12_000, "12 kB")]
)
def test_sizes(size_bytes, shown):
    assert size(size_bytes) == shown


def test_functions_bring_the_small_things_they_refer_to(tmp_path):
    space = {"scale": 2, "data": np.ones(3 * MB, np.uint8), "__name__": "__main__"}
    exec("def small(v): return v * scale\ndef large(v): return v * data[0] * small(1)", space)
    names = ["large"]
    write_objects(str(tmp_path / "o"), names, space, known=["scale", "data", "small"])
    assert (tmp_path / "o").stat().st_size < MB
    notebook = {"scale": 3}
    large = load_objects(tmp_path / "o", notebook)["large"]
    assert "data" not in notebook
    notebook["data"] = [10]
    assert large(1) == 30  # the notebook's own scale counts where it has one
    fresh = {"data": [1]}
    assert load_objects(tmp_path / "o", fresh)["large"](1) == 2


def test_a_kept_function_with_the_reporting_loop_still_works(tmp_path):
    source = "def train(n):\n    for i in range(n):\n        v = i\n    return v\nloss = train(3)\n"
    objectives = (Objective("loss", "minimize"),)
    loop = find_reports(ast.parse(source), objectives).loop
    program = CellProgram(source, "<cell>", SearchSpace(), {}, objectives, loop=loop)
    space = {"__name__": "__main__"}
    reports = []
    space[RECORDER] = recorder_of(program, space, lambda *report: reports.append(report))
    bind(program, {}).run(space)
    assert len(reports) == 3
    space[RECORDER] = SILENT  # as a trial leaves it
    write_objects(str(tmp_path / "o"), ["train"], space)
    notebook = {}
    loaded = load_objects(tmp_path / "o", notebook)
    assert loaded["train"](5) == 4
    assert notebook[RECORDER] is SILENT
    # In a later study it is another program's code: its turns are none of that study's.
    notebook[RECORDER] = Recorder(objectives, notebook, lambda *report: None, key="another")
    assert loaded["train"](5) == 4
    assert notebook[RECORDER].step == 0
    assert len(reports) == 3
