"""A tutorial or recipe, run from top to bottom in a kernel of its own, as *Run all* does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[2] / "notebooks"
CELL_LIMIT = 240  # seconds


@dataclass
class Executed:
    """The executed notebook, and all that its cells printed or displayed as text."""

    notebook: NotebookNode
    text: str

    @property
    def searches(self) -> list[NotebookNode]:
        """Its cells that searched."""
        return [
            cell
            for cell in self.notebook.cells
            if cell.source.startswith("%%hpo") and "--explain" not in cell.source
        ]

    def numbers(self, pattern: str) -> list[tuple[float, ...]]:
        """The groups of each place in the text where the pattern is, as numbers. One at least."""
        found = [match.groups() for match in re.finditer(pattern, self.text)]
        assert found, f"{pattern!r} is not in:\n{self.text}"
        return [tuple(map(float, groups)) for groups in found]

    def states(self, word: str) -> list[int]:
        """How many trials ended so ("complete", "pruned"), of each result shown."""
        ended = re.findall(r"^(?:(?:Best|Chosen) .*?)?Trials \d+ .*?\((.*?)\)", self.text, re.M)
        assert ended, self.text
        found = [re.search(rf"(\d+) {word}", states) for states in ended]
        return [int(match[1]) if match else 0 for match in found]

    def pictures(self, cell: int) -> int:
        """How many outputs of this cell (of all, from 0) are drawn."""
        return sum("image/png" in o.get("data", {}) for o in self.notebook.cells[cell].outputs)


def execute(name: str, folder: Path) -> Executed:
    """Runs notebooks/NAME.ipynb in that folder. Raises CellExecutionError when a cell does."""
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=CELL_LIMIT, resources=resources).execute()
    text = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return Executed(notebook, "\n".join(text))
