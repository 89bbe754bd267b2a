"""The wheel: built without Node on the PATH, with the front end inside, light to install."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def copy_of_the_tree(target: Path) -> Path:
    """The files git knows: no build output, no node_modules."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


@pytest.mark.timeout(400)
def test_a_wheel_is_built_without_node_on_the_path(tmp_path):
    tree = copy_of_the_tree(tmp_path / "tree")
    bare = tmp_path / "bin"
    bare.mkdir()
    for tool in ("sh", "env", "git", "uname", "sed", "dirname", "readlink"):
        if found := shutil.which(tool):
            (bare / tool).symlink_to(found)
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", str(tmp_path / "wheel"), "."],
        cwd=tree, env={**os.environ, "PATH": str(bare)}, capture_output=True, text=True,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    (wheel,) = (tmp_path / "wheel").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "jupyter_hpo/widgets/static/dashboard.js" in names
    assert "jupyter_hpo/widgets/static/editor.js" in names
    assert not [n for n in names if "node_modules" in n or n.startswith(("js/", "tests/"))]
    shared = "jupyter_hpo-0.1.0.data/data/share/jupyter/labextensions/jupyter-hpo"
    extension = {n.removeprefix(shared + "/") for n in names if n.startswith(shared)}
    assert {"package.json", "install.json", "schemas/jupyter-hpo/plugin.json"} <= extension
    assert not [n for n in names if n.startswith("jupyter_hpo/labextension")], "it is there twice"
    told = json.loads(zipfile.ZipFile(wheel).read(f"{shared}/package.json"))
    entry = told["jupyterlab"]["_build"]["load"]
    assert entry in extension, "JupyterLab would load a file that is not there"


def test_an_sdist_holds_the_built_front_end_and_its_sources(tmp_path):
    tree = copy_of_the_tree(tmp_path / "tree")
    for built in ("widgets/static", "labextension"):
        shutil.copytree(ROOT / "jupyter_hpo" / built, tree / "jupyter_hpo" / built)
    build = "import sys, hatchling.build as b; print(b.build_sdist(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=tree, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    with tarfile.open(tmp_path / done.stdout.split()[-1]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        "jupyter_hpo/widgets/static/dashboard.js",
        "jupyter_hpo/labextension/package.json",
        "js/src/lab/index.ts",
        "js/schema/plugin.json",
        "js/install.json",
        "js/package-lock.json",
    } <= names
    assert any(n.startswith("jupyter_hpo/labextension/static/remoteEntry.") for n in names)
    assert not [n for n in names if "node_modules" in n or n.startswith("js/lib/")]


def test_this_environment_has_the_extension():
    """As `make setup` leaves it: the newest build, with no JupyterLab command run."""
    installed = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "jupyter-hpo"
    told = json.loads((installed / "package.json").read_text())
    assert (installed / told["jupyterlab"]["_build"]["load"]).exists()
    assert installed.resolve() == ROOT / "jupyter_hpo" / "labextension"


def test_the_core_asks_for_no_framework():
    from importlib.metadata import requires

    needed = [r for r in requires("jupyter_hpo") or [] if "extra ==" not in r]
    names = {r.split(">")[0].split("<")[0].split("[")[0].strip().lower() for r in needed}
    assert not names & {"torch", "tensorflow", "keras", "ray", "jupyterlab", "scikit-learn"}
    extras = {r.split("extra ==")[1].strip(" '\"") for r in requires("jupyter_hpo") if "extra" in r}
    assert {"torch", "keras", "boosting", "ray", "entropy", "tutorials", "test"} <= extras


def test_no_build_output_is_in_git():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = listed.stdout.splitlines()
    built = ("/static/", "/labextension/", "js/lib/", "node_modules")
    assert not [n for n in names if n.endswith(".whl") or any(part in n for part in built)]


def test_the_readme_names_every_extra_and_nothing_tells_to_install_this_package_from_afar():
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    table = project.partition("[project.optional-dependencies]")[2].partition("\n[")[0]
    extras = re.findall(r"^(\w+) = \[", table, re.MULTILINE)
    installing = (ROOT / "README.md").read_text("utf-8").partition("## Installing")[2]
    assert len(extras) > 5
    assert [extra for extra in extras if f"`{extra}`" not in installing] == []
    for path in [ROOT / "README.md", *(ROOT / "jupyter_hpo").rglob("*.py")]:
        assert "jupyter_hpo[" not in path.read_text("utf-8"), path
