"""The cells that run a study again, from what its file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import StudyError

IMPORT = (
    "from jupyter_hpo.space import (\n"
    "    Categorical, Comparison, Condition, Float, Int, MISSING, Parameter, SearchSpace,\n)"
)
FLAGS = {
    "trials": "--trials", "timeout_s": "--timeout", "trial_timeout_s": "--trial-timeout",
    "patience": "--patience", "device": "--device", "sampler": "--sampler",
    "pruner": "--pruner", "constraints": "--constraint", "folds": "--folds",
    "repeats": "--repeats", "like": "--like", "on": "--on", "seed": "--seed",
    "executor": "--executor", "keep": "--keep", "keep_limit_bytes": "--keep-limit",
}  # fmt: skip
"""Fields of Options -> options of the line. Where studies lie, and the name, are of the machine."""


def recipe(path: Path, name: str) -> str:
    """Text to paste into a notebook: what it was made with, the earlier cells it rests on as they
    were executed, its space, and its cell with the line. Runs nothing.

    Raises StudyError when the file says too little: it is none of ours, or an older one's.
    """
    from .storage.journal import read_study

    about = read_study(path, name).about
    if "parameters" not in about or "cell" not in about:
        raise StudyError(
            f"study {name!r} does not say how it was made: its cell was not run with this version."
        )
    return "\n\n\n".join(_cells(name, about)) + "\n"


def _cells(name: str, about: Mapping[str, Any]) -> Iterator[str]:
    versions = ", ".join(f"{n} {v}" for n, v in about.get("versions", {}).items())
    machine = about.get("machine", {})
    where = f"{machine.get('cores', '?')} cores, {machine.get('system', '')}".rstrip(", ")
    lines = [f"# Study {name!r}, as it was made with {versions}"]
    lines.append(f"# on {about['device']}, {where}.")
    if about.get("seed") is None:
        lines.append("# It had no --seed: other values will be tried.")
    yield "\n".join(lines)
    yield "%load_ext jupyter_hpo"
    for number, source, _ in about.get("earlier", ()):
        yield f"# In[{number}]\n{source.rstrip()}"
    file, function = about.get("function") or ("", "")
    if function:
        yield f"# A function of {file}, searched with jupyter_hpo.tune\n{function.rstrip()}"
    parameters = "".join(f"    {parameter},\n" for parameter in about["parameters"])
    yield f"{IMPORT}\n\nsearched = SearchSpace([\n{parameters}])"
    yield f"%%hpo {' '.join(_line(about))}\n{about['cell'].strip()}"


def _line(about: Mapping[str, Any]) -> Iterator[str]:
    for source, direction in about.get("objectives", ()):
        yield f"--{direction} {_quoted(source)}"
    yield "--space searched"
    options = about.get("options", {})
    for field, flag in FLAGS.items():
        value = options.get(field)
        if value is None:
            continue
        if field == "keep":
            yield f"{flag} {','.join(value)}"
        elif field.endswith("_s"):
            yield f"{flag} {value:g}s"
        else:
            for one in value if isinstance(value, list) else [value]:
                yield f"{flag} {_quoted(str(one))}"
    if options.get("shared_setup") is False:
        yield "--no-shared-setup"
    jobs = options.get("jobs") or about.get("jobs")
    if jobs and options.get("executor") != "inline":
        yield f"--jobs {jobs}"


def _quoted(word: str) -> str:
    if not any(c.isspace() or c in "'\"" for c in word):
        return word
    return f"'{word}'" if '"' in word else f'"{word}"'
