"""Write seaborn's theme and palettes to `src/evalkit/present/style.json`, which the charts use.

Importing seaborn costs more than drawing all charts of a report, since it imports all of SciPy's
statistics. The charts of counted tables need of it only a theme and some colours, so those are
written down here, by seaborn itself, and a test fails when they no longer are what seaborn gives.
"""

from __future__ import annotations

import json
from pathlib import Path

import seaborn as sns

OUT = Path(__file__).resolve().parents[1] / "src" / "evalkit" / "present" / "style.json"
STEPS = range(2, 12)
DIVERGING = "PuOr_r"
SEQUENTIAL = "Purples_r"


def style() -> dict[str, object]:
    """Seaborn's whitegrid theme at notebook size, and its palettes by number of steps."""
    rc = {**sns.axes_style("whitegrid"), **sns.plotting_context("notebook")}
    del rc["font.family"], rc["font.sans-serif"], rc["image.cmap"]
    return {
        "rc": rc,
        "diverging": {n: sns.color_palette(DIVERGING, n).as_hex() for n in STEPS},
        "sequential": {n: sns.color_palette(SEQUENTIAL, n).as_hex() for n in STEPS},
    }


def main() -> None:
    """Write the file."""
    OUT.write_text(json.dumps(style(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
