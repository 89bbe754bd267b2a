"""papermill: the `parameters` cell of a notebook, and values for it.

Such a cell gives names and values, no ranges: those are proposed, as for any cell.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import SpaceError
from ..space import SearchSpace

TAG = "parameters"


def parameters_cell(path: str | Path) -> str:
    """The source of the cell tagged `parameters` of a notebook file. Raises SpaceError when
    it can't be read or has none."""
    try:
        notebook = json.loads(Path(path).read_text(encoding="utf-8"))
        cells = notebook["cells"]
        for cell in cells:
            if cell.get("cell_type") == "code" and TAG in cell.get("metadata", {}).get("tags", ()):
                source = cell["source"]
                return source if isinstance(source, str) else "".join(source)
    except OSError as error:
        raise SpaceError(f"{path} can't be read: {error.strerror or error}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SpaceError(f"{path} is no notebook.", "Give the path of an .ipynb file.") from None
    raise SpaceError(f"{path} has no cell tagged {TAG!r}.", "Tag the cell, or pass its source.")


def from_papermill(source: str) -> SearchSpace:
    """The space of a `parameters` cell: its marks, and proposals for what has none. source:
    the cell's code. A value that nobody tunes (a path, a seed) is no parameter."""
    from ..cell import capture

    names = frozenset(_assigned(source))
    return capture(source, auto=True, line_offset=0, read_elsewhere=names).space


def _assigned(source: str) -> list[str]:
    from ..cell.names import use_of_names
    from ..cell.source import to_python

    tree = to_python(source, line_offset=0).tree
    if tree is None:
        raise SpaceError("the parameters cell is no Python.", "Correct its syntax.")
    return use_of_names(tree).assigned


def to_papermill(params: Mapping[str, Any]) -> dict[str, Any]:
    """Values (`study.best_params`) as `papermill.execute_notebook(..., parameters=)` takes
    them. Raises SpaceError for a name that can't be a variable of the parameters cell."""
    found = {}
    for name, value in params.items():
        if not name.isidentifier():
            raise SpaceError(
                f"{name!r} is no variable that a parameters cell could assign.",
                "Leave it out: `{k: v for k, v in params.items() if k.isidentifier()}`.",
            )
        scalar = type(value).__module__ == "numpy" and hasattr(value, "item")
        found[name] = value.item() if scalar else value
    return found


def papermill_yaml(params: Mapping[str, Any]) -> str:
    """The same as YAML text, for `papermill -f params.yaml`."""
    lines = []
    for name, value in to_papermill(params).items():
        key = _yaml(name) if name.lower() in _WORDS else name
        lines.append(f"{key}: {_yaml(value)}\n")
    return "".join(lines)


_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def _yaml(value: Any) -> str:
    """As JSON, which YAML includes, but for floats and for characters it wants escaped."""
    if isinstance(value, float):
        return _yaml_float(value)
    text = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _yaml_float(value: float) -> str:
    """With a point before the exponent: `1e-05` is a string to YAML 1.1."""
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    mantissa, mark, exponent = repr(value).partition("e")
    if mark and "." not in mantissa:
        mantissa += ".0"
    return mantissa + mark + exponent
