"""The tutorials, each executed once, with what their text says that happens."""

from __future__ import annotations

import re

import nbformat
import pytest

from jupyter_hpo.widgets.protocol import SNAPSHOT_TYPE, VIEW_TYPE

from .executed import FOLDER, execute

pytestmark = [pytest.mark.notebooks, pytest.mark.timeout(500)]

NOTEBOOKS = sorted([*FOLDER.glob("*.ipynb"), *FOLDER.glob("recipes/*.ipynb")])
WRITTEN_BEST = r"as written ([\d.]+), best ([\d.]+)"
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def test_the_first_study_beats_the_untuned_cell(tmp_path):
    done = execute("01_first_study", tmp_path)
    ((untuned, tuned),) = done.numbers(
        r"untuned: test accuracy ([\d.]+)\ntuned:   test accuracy ([\d.]+)"
    )
    assert tuned > untuned + 0.1
    assert done.numbers(r"Trials (\d+)")[0] >= (20,)
    (search,) = done.searches
    (output,) = search.outputs
    assert set(output.data) == {"text/plain", "text/html", "image/png", SNAPSHOT_TYPE, VIEW_TYPE}


def test_any_cell_finds_better_values_than_written_and_is_exported(tmp_path):
    from nbconvert import HTMLExporter

    done = execute("02_any_cell", tmp_path)
    ((best, written),) = done.numbers(r"validation ([\d.]+) \(as written: ([\d.]+)\)")
    assert best > written
    assert "gamma" in done.text
    html, _ = HTMLExporter().from_notebook_node(done.notebook)
    assert "clf.score(X_val, y_val)" in html
    assert "<table" in html
    assert "data:image/png;base64" in html
    assert "Loading widget" not in html


def test_more_than_one_cell_is_searched(tmp_path):
    done = execute("03_more_than_one_cell", tmp_path)
    ((written, tuned),) = done.numbers(r"as written: ([\d.]+)\ntuned:      ([\d.]+)")
    assert tuned > written + 0.3
    for found in ("batch_size  In[4], line 1", "hidden      In[5], line 2", "model = Net()"):
        assert found in done.text


def test_the_dashboard_is_read(tmp_path):
    done = execute("04_reading_the_dashboard", tmp_path)
    ((best, written),) = done.numbers(r"best ([\d.]+), as written ([\d.]+)")
    assert best > written
    drawn = [i for i, cell in enumerate(done.notebook.cells) if "study.plot_" in cell.source]
    assert len(drawn) == 3
    assert all(done.pictures(cell) == 1 for cell in drawn)


def test_conditional_values_exist_only_where_they_apply(tmp_path):
    done = execute("05_conditional_spaces", tmp_path)
    ((written, best),) = done.numbers(WRITTEN_BEST)
    assert best > written + 0.3
    (pruned,) = done.states("pruned")
    assert pruned > 0
    assert "NaN" in done.text  # where momentum, or width2, does not exist


def test_pruning_saves_epochs_and_finds_as_good_a_value(tmp_path):
    done = execute("06_pruning_and_promotion", tmp_path)
    ((all_epochs, best), (fewer, best_pruned)) = done.numbers(
        r"with\w* +(\d+) epochs, best ([\d.]+)"
    )
    assert all_epochs == 16 * 27
    assert fewer < all_epochs / 2
    assert best_pruned > best - 0.02
    without, pruned = done.states("pruned")
    assert without == 0 < pruned


def test_the_front_has_several_trials_within_the_constraint_and_one_is_chosen(tmp_path):
    done = execute("07_several_objectives_and_constraints", tmp_path)
    front = done.numbers(r"trial +(\d+): accuracy ([\d.]+) with +(\d+) parameters")
    assert len(front) >= 2
    accuracies = [accuracy for _, accuracy, _ in front]
    sizes = [size for _, _, size in front]
    assert accuracies == sorted(accuracies)  # what is larger is better, else it is not there
    assert sizes == sorted(sizes)
    assert max(sizes) <= 20_000
    chosen = min(size for _, accuracy, size in front if accuracy > 0.9)
    assert done.numbers(r"(?m:^)(\d+) parameters") == [(chosen,)]
    assert done.states("pruned")[0] > 0


def test_hopeless_settings_get_few_folds_and_repeats(tmp_path):
    done = execute("08_cross_validation", tmp_path)
    ((mean, written),) = done.numbers(r"best mean ([\d.]+), as written ([\d.]+)")
    assert mean > written
    ((trained, of),) = done.numbers(r"folds trained: (\d+) of (\d+)")
    assert trained < 0.9 * of
    ((own, own_written),) = done.numbers(r"best ([\d.]+), as written ([\d.]+)")
    assert own > own_written
    assert done.states("pruned")[1] > 0


def test_each_architecture_is_tried_and_scikit_learn_estimators_too(tmp_path):
    done = execute("09_choosing_among_architectures", tmp_path)
    for name in ("CNN", "RNN", "Transformer", "SVC", "KNeighborsClassifier"):
        assert done.numbers(rf"{name} +(\d+) +([\d.]+)")[0][0] > 0  # a row of the table
    ((best, written),) = done.numbers(r"accuracy ([\d.]+) \(as written: ([\d.]+)\)")
    assert best > written
    assert min(done.states("complete")) >= 2
    assert min(done.states("pruned")) > 0


def test_keras_and_tensorflow_are_searched(tmp_path):
    done = execute("10_keras_and_tensorflow", tmp_path)
    assert "on tensorflow" in done.text
    ((written, best), (loss_written, loss_best)) = done.numbers(WRITTEN_BEST)
    assert best > written
    assert loss_best < loss_written
    ((back,),) = done.numbers(r"the model that came back: ([\d.]+)")
    assert abs(back - best) < 0.002
    assert sum(done.states("pruned")) > 0


def test_schedules_and_optimisers_come_with_their_values(tmp_path):
    done = execute("11_schedules_and_optimisers", tmp_path)
    ((written, best),) = done.numbers(WRITTEN_BEST)
    assert best > written + 0.3
    for found in ("if optimizer.kind in (adam, adamw)", "if lr_schedule.kind == plateau"):
        assert found in done.text
    drawn = [i for i, cell in enumerate(done.notebook.cells) if "plt.subplots" in cell.source]
    assert [done.pictures(cell) for cell in drawn] == [1]


def test_a_study_goes_on_and_is_exported(tmp_path):
    done = execute("12_resume_share_export", tmp_path)
    ((first, value), (last, later)) = done.numbers(r"after (\d+) trials: ([\d.]+)")
    assert (first, last) == (10, 24)
    assert later <= value
    assert done.states("complete") == [10, 20, 24]
    assert (tmp_path / "report.html").stat().st_size > 50_000
    assert (tmp_path / "trials.csv").read_text().count("\n") == 25


def test_a_language_model_gets_less_perplexed(tmp_path):
    done = execute("13_a_small_language_model", tmp_path)
    ((written, best),) = done.numbers(r"perplexity as written ([\d.]+), best ([\d.]+)")
    assert best < written < 93  # the characters there are
    assert done.states("pruned")[0] > 0
    assert done.text.count("The ") > 1  # what it wrote begins so


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_committed_without_outputs_and_their_links_lead_somewhere(path):
    notebook = nbformat.read(path, as_version=4)
    assert not any(c.get("outputs") or c.get("execution_count") for c in notebook.cells)
    prose = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    for target in LINK.findall(prose):
        assert (path.parent / target).exists(), target
