"""`make demo`: run a tutorial headless and print what its cells show."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def main(path: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": folder}})
        client.execute()
    print(f"{Path(path).name}\n")
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                print(output.text)
            elif "text/plain" in output.get("data", {}):
                print(output.data["text/plain"] + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
