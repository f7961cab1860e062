"""`make bench`: what evalkit costs, beside other ways to the same end. See docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import platform
from importlib.metadata import version

import counting
import large
import pages
import units_rest

PARTS = {
    "a": ("One report, cold, against papermill, seaborn and nbconvert", pages.against_usual),
    "b": ("One report, cold, against a plain script", pages.against_floor),
    "c": ("Size of the page", pages.sizes),
    "d": ("20 items × 1 million respondents × 290 groups", counting.against_pandas),
    "e": ("CSV of 1 million × 20 label texts to counts, against pandas", large.csv),
    "f": ("Parquet of 1 million × 20 label texts to counts, against pandas", large.parquet),
    "g": ("XLSX of 50 000 × 20 label texts to counts, against pandas", large.xlsx),
    "h": ("Each of 290 units against the rest, 20 items × 1 million", units_rest.against_loops),
}
ALL = ",".join(PARTS)
PACKAGES = (
    "numpy",
    "pandas",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
    "ipykernel",
    "polars",
    "openpyxl",
    "scipy",
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure evalkit beside other ways.")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="5 if not given")
    parser.add_argument("--only", default=ALL, metavar=ALL, help="some of the parts")
    given = parser.parse_args()
    chosen = given.only.split(",")
    if given.rounds < 1 or not set(chosen) <= set(PARTS):
        parser.error(f"--rounds is at least 1, and --only names parts out of {ALL}")
    print(
        f"Python {platform.python_version()}",
        *(f"{each} {version(each)}" for each in PACKAGES),
        sep=", ",
    )
    print(
        f"{os.cpu_count()} cores, {given.rounds} rounds; medians, and medians of ratios per round"
    )
    for part in chosen:
        title, measured = PARTS[part]
        print(f"\n({part}) {title}", measured(given.rounds), sep="\n", flush=True)


if __name__ == "__main__":
    main()
