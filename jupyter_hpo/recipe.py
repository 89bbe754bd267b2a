"""The cells that run a study again, from what its file says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import StudyError

IMPORT = (
    "from jupyter_hpo.space import (\n"
    "    Categorical, Comparison, Condition, Float, Int, MISSING, Parameter, SearchSpace,\n)"
)
OLDER = "older_study"
"""What `tune` calls a study that is given as `like`."""
FLAGS = {
    "trials": "--trials", "timeout_s": "--timeout", "trial_timeout_s": "--trial-timeout",
    "patience": "--patience", "device": "--device", "sampler": "--sampler",
    "pruner": "--pruner", "constraints": "--constraint", "folds": "--folds",
    "repeats": "--repeats", "like": "--like", "on": "--on", "seed": "--seed",
    "executor": "--executor", "keep": "--keep", "keep_limit_bytes": "--keep-limit",
}  # fmt: skip
"""Fields of Options -> options of the line. Where studies lie, and the name, are of the machine."""

NEXT = "\n\n# ---------------- next cell ----------------\n\n"
"""Between two parts: a magic works at the top of a cell of its own only."""


def recipe(path: Path, name: str) -> str:
    """Text to paste into a notebook: what it was made with, all earlier cells it rests on as they
    were executed, its space, and its cell with the line; or for a study of `tune` the function,
    with what it refers to, and the call. What that lacks is said at its top. Runs nothing.

    Raises StudyError when the file says too little: it is none of ours, or an older one's.
    """
    from .storage.journal import read_study

    about = read_study(path, name).about
    if "parameters" not in about or "cell" not in about:
        raise StudyError(
            f"study {name!r} does not say how it was made: its cell was not run with this version."
        )
    return NEXT.join(_cells(name, about)) + "\n"


def _cells(name: str, about: Mapping[str, Any]) -> Iterator[str]:
    versions = ", ".join(f"{n} {v}" for n, v in about.get("versions", {}).items())
    machine = about.get("machine", {})
    where = f"{machine.get('cores', '?')} cores, {machine.get('system', '')}".rstrip(", ")
    lines = [f"# Study {name!r}, as it was made with {versions}"]
    lines.append(f"# on {about['device']}, {where}.")
    if about.get("seed") is None:
        lines.append("# It had no seed: other values will be tried.")
    called = bool(about.get("function"))
    lines += _lacking(about, called)
    yield "\n".join(lines)
    if not called:
        yield "%load_ext jupyter_hpo"
    for number, source in _above(about):
        # A comment above a cell's magic would keep it from being one.
        head = f"# In[{number}]\n" if number and not source.lstrip().startswith("%%") else ""
        yield f"{head}{source.strip()}"
    parameters = "".join(f"    {parameter},\n" for parameter in about["parameters"])
    yield f"{IMPORT}\n\nsearched = SearchSpace([\n{parameters}])"
    if called:
        yield "\n".join(_call(about))
    else:
        yield f"%%hpo {' '.join(_line(about))}\n{about['cell'].strip()}"


def _above(about: Mapping[str, Any]) -> list[tuple[int, str]]:
    """What must be run before, as (In[number], text)."""
    if "above" in about:
        return [(number, text) for number, text in about["above"]]
    _, function = about.get("function") or ("", "")  # a file that another version wrote
    earlier = [(number, source) for number, source, _ in about.get("earlier", ())]
    return [*earlier, *([(0, function)] if function else [])]


def _lacking(about: Mapping[str, Any], called: bool) -> Iterator[str]:
    """What has to be there and isn't in the recipe, said at its top."""
    if "above" not in about:
        yield "# Its file does not say what else must be there: imports, data, classes."
    for sentence in about.get("missing", ()):
        yield f"# Missing here: {sentence}."
    if called:
        file, function = about["function"]
        home = "a notebook" if "ipykernel_" in file or file.startswith("<") else file
        yield f"# A function of {home}, searched with jupyter_hpo.tune."
        if function and not about.get("above"):
            yield from ("# It was:", *(f"#     {line}" for line in function.splitlines()))


def _call(about: Mapping[str, Any]) -> Iterator[str]:
    """The call of tune() that it was."""
    found = re.search(r"^result = (\w+)\(", about["cell"], re.MULTILINE)
    yield "import jupyter_hpo\n"
    yield "study = jupyter_hpo.tune("
    yield f"    {found[1] if found else 'function'},"
    yield "    searched,"
    for direction in ("maximize", "minimize"):
        names = [source for source, way in about.get("objectives", ()) if way == direction]
        if names:
            yield f"    {direction}={(names[0] if len(names) == 1 else names)!r},"
    options = about.get("options", {})
    for field, flag in FLAGS.items():
        value = options.get(field)
        if value is None or field == "keep":
            continue
        if (field, value) == ("like", OLDER):
            yield "    # like=... (an older study was given)"
            continue
        yield f"    {flag[2:].replace('-', '_')}={value!r},"
    jobs = options.get("jobs") or about.get("jobs")
    if jobs and options.get("executor") != "inline":
        yield f"    jobs={jobs},"
    yield ")"


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
