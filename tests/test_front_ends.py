import pytest

from jupyter_hpo.front_ends import COLAB, limits


@pytest.mark.parametrize(
    ("modules", "background", "said"),
    [
        ({}, False, []),
        ({"google.colab": object()}, False, [COLAB]),
        ({"google.colab": object()}, True, []),
    ],
    ids=["JupyterLab", "Colab", "Colab in the background"],
)
def test_what_will_not_work_is_said(modules, background, said):
    assert limits(background=background, modules=modules) == said
