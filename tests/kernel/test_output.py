"""What trials print, display, draw and warn of: in their logs, not in the notebook."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.kernel

NOISY = """%%hpo --maximize acc --trials 2 --name noisy-{executor} {options}
import sys, warnings
import matplotlib.pyplot as plt
from IPython.display import HTML, clear_output, display as show
from tqdm import tqdm
x = 0    # hpo: 0..9
for i in tqdm(range(50), mininterval=0, miniters=1):
    plt.figure(); plt.plot([1, 2]); plt.show()
for i in range(25):
    fig = plt.figure()
display(HTML("<b>bold</b>"))
show({{"displayed": x}})
clear_output()
handle = show("first", display_id=True)
handle.update("second")
plt.rcParams["lines.linewidth"] = 9
for i in range(3):
    warnings.warn("be careful")
acc = float(len(plt.get_fignums()))
"""


@pytest.mark.parametrize(
    ("executor", "options"), [("processes", "--jobs 1"), ("inline", "--executor inline")]
)
def test_a_noisy_cell_leaves_one_output(shared, executor, options):
    shared.run("%matplotlib inline\nimport matplotlib.pyplot as plt")
    width = shared.value("plt.rcParams['lines.linewidth']")
    result = shared.run(NOISY.format(executor=executor, options=options))
    assert result.error is None, result.error
    assert len(result.displays) == 1, result.displays  # the study itself
    assert "figures have been opened" not in result.all
    assert shared.value("study.best_value") == 25
    figures = shared.value("study.trial(1).figures")
    assert figures["n_warnings"] == 1
    assert figures["peak_memory_bytes"] > 0
    log = shared.value("study.trial(1).log")
    lines = log.splitlines()
    assert len([line for line in lines if "50/50" in line]) == 1
    assert "\r" not in log
    assert "0%|" not in log.replace("100%|", "")
    assert "UserWarning: be careful" in log
    for text in ("<IPython.core.display.HTML object>", "{'displayed': ", "'first'", "'second'"):
        assert text in log
    assert shared.value("plt.get_fignums()") == []
    assert shared.value("plt.rcParams['lines.linewidth']") == width
    assert shared.run("study.best('fig').number").error is None
    assert shared.value("plt.get_fignums()") == []


def test_bars_of_the_notebook_are_no_obstacle(shared):
    result = shared.run(
        "%%hpo --maximize acc --trials 2 --jobs 1 --name bars\n"
        "from tqdm.notebook import tqdm\n"
        "x = 0    # hpo: 0..9\n"
        "for i in tqdm(range(3)):\n"
        "    acc = x + i\n"
    )
    assert result.error is None
    assert shared.value("[t.error for t in study.trials]") == [None, None]
