"""Search spaces of other tools, read and written: `from jupyter_hpo import interop`.

`read_space` takes whatever it is. Nothing here imports Optuna, Ray, scikit-learn or SciPy
until an object of theirs is read or asked for. What one side can't say is refused with a
sentence that names the parameter.
"""

from .colab_forms import from_colab, to_colab
from .optuna_spaces import from_optuna, to_optuna
from .papermill_cells import from_papermill, papermill_yaml, parameters_cell, to_papermill
from .ray_tune import from_ray, to_ray
from .reading import read_space
from .sklearn_grids import from_sklearn, to_sklearn

__all__ = [
    "from_colab",
    "from_optuna",
    "from_papermill",
    "from_ray",
    "from_sklearn",
    "papermill_yaml",
    "parameters_cell",
    "read_space",
    "to_colab",
    "to_optuna",
    "to_papermill",
    "to_ray",
    "to_sklearn",
]
