"""Write the digests of the shipped notebooks, by which evalkit knows that one is unchanged.

An unchanged notebook runs inside evalkit's own process, which saves starting a kernel; a notebook
that an evaluator has changed runs in a kernel of its own. A test fails when a digest is stale.
"""

from __future__ import annotations

import json
from pathlib import Path

from evalkit.notebooks import read_notebook

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src" / "evalkit" / "shipped_notebooks.json"


def digests() -> dict[str, str]:
    """Name → digest of every notebook under `notebooks/`."""
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    return {path.stem: read_notebook(path).digest for path in paths}


def main() -> None:
    """Write the file."""
    OUT.write_text(json.dumps(digests(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
