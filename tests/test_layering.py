"""The direction of dependence, and what importing costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import jupyter_hpo

ROOT = Path(jupyter_hpo.__file__).parent

MAY_IMPORT = {
    "errors": set(),
    "space": {"errors"},
    "study": {"errors", "space"},
    "cell": {"errors", "space", "study"},
    "search": {"errors", "space", "study"},
    "storage": {"errors", "space", "study", "search"},
    "worker": {"errors", "space", "study", "cell"},
    "executors": {"errors", "space", "study", "cell", "worker"},
    "engine": {"errors", "study", "search", "storage", "executors"},
    "widgets": {"errors", "space"},
    "options": set(),
}
"""Room -> rooms it may import. Rooms not named here wire, and may import anything."""

STANDARD_LIBRARY_ONLY = {"errors", "space", "study", "cell"}
OPTUNA = {
    "search/learning.py",
    "search/convert.py",
    "search/importance.py",
    "search/optuna_sampler.py",
    "search/entropy.py",
    "search/kinds.py",
    "storage/foreign.py",
    "storage/journal.py",
    "storage/records.py",
    "results.py",
}


def modules():
    return sorted(p.relative_to(ROOT) for p in ROOT.rglob("*.py"))


def imports(path: Path):
    """(module, at module level) for every import; ours as their path below the package."""
    tree = ast.parse((ROOT / path).read_text())
    inside = {
        id(n)
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
        for n in ast.walk(f)
    }
    for node in ast.walk(tree):
        at_top = id(node) not in inside
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, at_top
        elif isinstance(node, ast.ImportFrom):
            if not node.level:
                yield node.module or "", at_top
                continue
            base = path.parts[: len(path.parts) - node.level]
            name = [*base, *(node.module or "").split(".")] if node.module else [*base]
            if node.module:
                yield ".".join(["jupyter_hpo", *name]), at_top
            else:
                for alias in node.names:
                    yield ".".join(["jupyter_hpo", *name, alias.name]), at_top


def room(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=str)
def test_dependencies_point_one_way(path):
    here = room(path)
    if here not in MAY_IMPORT:
        return
    for module, _ in imports(path):
        if module.startswith("jupyter_hpo."):
            there = module.split(".")[1]
            assert there == here or there in MAY_IMPORT[here], f"{path} imports {module}"


@pytest.mark.parametrize(
    "path", [p for p in modules() if room(p) in STANDARD_LIBRARY_ONLY], ids=str
)
def test_the_core_is_standard_library_only(path):
    for module, _ in imports(path):
        top = module.split(".")[0]
        assert top in sys.stdlib_module_names or top == "jupyter_hpo", f"{path} imports {module}"


@pytest.mark.parametrize("path", modules(), ids=str)
def test_optuna_stays_in_its_rooms(path):
    if path.as_posix() in OPTUNA:
        return
    for module, _ in imports(path):
        assert module.split(".")[0] != "optuna", f"{path} imports {module}"


@pytest.mark.parametrize("path", modules(), ids=str)
def test_heavy_libraries_are_never_imported_at_the_top(path):
    heavy = {"torch", "ray", "tensorflow", "keras", "sklearn", "pandas"}
    tree = ast.parse((ROOT / path).read_text())
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [a.name for a in node.names] if isinstance(node, ast.Import) else []
            assert not heavy & {n.split(".")[0] for n in names}, f"{path}:{node.lineno}"


CORE = "import jupyter_hpo.space, jupyter_hpo.study.study, jupyter_hpo.cell, jupyter_hpo.errors"


@pytest.mark.parametrize("code", ["import jupyter_hpo", CORE], ids=["package", "core"])
def test_importing_loads_nothing_heavy(code):
    heavy = "IPython optuna torch ray anywidget ipywidgets numpy matplotlib cloudpickle psutil"
    check = f"{code}; import sys; print([m for m in {heavy.split()} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_package_costs_next_to_nothing():
    """Itself and a few modules that Python has at hand: what that takes in time depends on the
    machine."""
    check = (
        "import sys; before = set(sys.modules); import jupyter_hpo\n"
        "print('\\n'.join(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    new = done.stdout.split()
    assert [name for name in new if name.startswith("jupyter_hpo")] == ["jupyter_hpo"]
    assert {name.split(".")[0] for name in new} - {"jupyter_hpo"} <= set(sys.stdlib_module_names)
    assert len(new) < 60, sorted(new)


def test_the_public_face_is_pinned():
    assert jupyter_hpo.__all__ == [
        "Categorical", "Condition", "Float", "HpoError", "Int", "Parameter", "SearchSpace",
        "StudyHandle", "StudyResults", "__version__", "load_ipython_extension", "load_study",
        "lr_find", "pieces", "report", "tune", "unload_ipython_extension",
    ]  # fmt: skip
    for name in jupyter_hpo.__all__:
        assert getattr(jupyter_hpo, name) is not None


def test_files_stay_small():
    lengths = {p: len((ROOT / p).read_text().splitlines()) for p in modules()}
    assert {p: n for p, n in lengths.items() if n > 500} == {}
