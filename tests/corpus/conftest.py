"""The runs of the corpus: a process for each framework, two at a time, begun with the first
test that asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

import pytest

from .corpus import examples
from .running import results

NEEDED = {
    "keras-torch": ("keras", "torch"),
    "keras-tensorflow": ("keras", "tensorflow"),
    "keras-jax": ("keras", "jax"),
    "transformers": ("transformers", "accelerate"),
    "skorch": ("skorch", "torch"),
}
Results = dict[str, dict[str, Any]]


def installed(framework: str) -> bool:
    return all(find_spec(m) for m in ("sklearn", "pandas", *NEEDED.get(framework, (framework,))))


@pytest.fixture(scope="session")
def result_of_notebook() -> Callable[[str], dict[str, Any]]:
    """The same for a notebook, which has a process of its own."""

    def result_of(name: str) -> dict[str, Any]:
        framework = examples("notebooks")[name].framework
        if not installed(framework):
            pytest.skip(f"{framework} isn't installed")
        return results(framework, name, room="notebooks")[name]

    return result_of


@pytest.fixture(scope="session")
def result_of(request: pytest.FixtureRequest) -> Iterator[Callable[[str], dict[str, Any]]]:
    """An example's name -> what its runs gave. Skips where its framework isn't installed."""
    asked = {
        examples()[name].framework
        for item in request.session.items
        for name in getattr(getattr(item, "callspec", None), "params", {}).values()
        if isinstance(name, str) and name in examples()
    }
    with ThreadPoolExecutor(2) as pool:
        runs = {f: pool.submit(results, f) for f in sorted(asked) if installed(f)}

        def result_of(name: str) -> dict[str, Any]:
            framework = examples()[name].framework
            if framework not in runs:
                pytest.skip(f"{framework} isn't installed")
            return runs[framework].result()[name]

        yield result_of
