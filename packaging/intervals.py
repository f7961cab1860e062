"""Write the coverage and width of every interval for a share into `docs/statistics.md`.

Coverage is how often an interval holds the true share, computed exactly from the distribution of
the number of yes: for a census with nonresponse over every number of yes in a population of 28 of
whom 25 answer at random, and for a sample over a grid of shares. A test compares.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, hypergeom

from evalkit.rounding import half_up
from evalkit.statistics.census import census_proportion
from evalkit.statistics.intervals import normal_quantile, proportion, wilson_bounds

DOCS = Path(__file__).resolve().parents[1] / "docs" / "statistics.md"
START, END = "<!-- computed: packaging/intervals.py -->", "<!-- end of what is computed -->"

POPULATION, ANSWERED = 28, 25
SAMPLES = (5, 10, 25, 100)
GRID = np.arange(1, 1000) / 1000

Bounds = Callable[[int], tuple[float, float]]
Floats = NDArray[np.float64]


def sample(method: str, answered: int) -> Bounds:
    """The bounds of one of the methods for a sample, by the number of yes."""

    def bounds(yes: int) -> tuple[float, float]:
        found = proportion(yes, answered, method=method)  # type: ignore[arg-type]
        assert found.low is not None  # noqa: S101
        assert found.high is not None  # noqa: S101
        return found.low, found.high

    return bounds


def census(yes: int) -> tuple[float, float]:
    """The hypergeometric bounds."""
    people = census_proportion(yes, ANSWERED, POPULATION).people
    assert people is not None  # noqa: S101
    return people[0] / POPULATION, people[1] / POPULATION


def corrected_wilson(yes: int) -> tuple[float, float]:
    """Wilson's bounds as usually corrected for a finite population; evalkit does not offer it."""
    effective = ANSWERED * (POPULATION - 1) / (POPULATION - ANSWERED)
    low, high = wilson_bounds(yes / ANSWERED, effective, normal_quantile(0.95))
    return float(low), float(high)


CENSUS: dict[str, Bounds] = {
    "hypergeometric": census,
    "wilson": sample("wilson", ANSWERED),
    "clopper_pearson": sample("clopper_pearson", ANSWERED),
    "agresti_coull": sample("agresti_coull", ANSWERED),
    "jeffreys": sample("jeffreys", ANSWERED),
    "wilson, corrected": corrected_wilson,
}


def coverage(bounds: Bounds, truth: Floats, chances: Floats) -> tuple[Floats, Floats]:
    """Coverage and expected width for each of `truth`; `chances` has shape (truth, yes)."""
    made = np.array([bounds(yes) for yes in range(chances.shape[1])])
    low, high = made.T
    inside = (low - 1e-9 <= truth[:, None]) & (truth[:, None] <= high + 1e-9)
    return (chances * inside).sum(axis=1), chances @ (high - low)


def census_chances() -> tuple[Floats, Floats]:
    """The true shares of the population, and the chance of each number of yes among answers."""
    people = np.arange(POPULATION + 1)
    chances = hypergeom.pmf(np.arange(ANSWERED + 1)[None, :], POPULATION, people[:, None], ANSWERED)
    return people / POPULATION, np.asarray(chances)


def number(value: float) -> str:
    """Three decimals, as in the text."""
    return str(half_up(value, 3))


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """The lines of a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def census_summary() -> list[str]:
    """One row a method: coverage, width, and how often it claims what is impossible."""
    truth, chances = census_chances()
    rows = []
    for name, bounds in CENSUS.items():
        covered, width = coverage(bounds, truth, chances)
        beyond = sum(
            low < yes / POPULATION - 1e-9
            or high > (yes + POPULATION - ANSWERED) / POPULATION + 1e-9
            for yes in range(ANSWERED + 1)
            for low, high in [bounds(yes)]
        )
        figures = [number(covered.min()), number(covered.mean()), number(width.mean())]
        rows.append([name, *figures, f"{beyond} of {ANSWERED + 1}"])
    head = ["method", "lowest coverage", "mean coverage", "mean width", "beyond what is possible"]
    return table(head, rows)


def census_in_full() -> list[str]:
    """One row for each number of yes in the population: the coverage of each method."""
    truth, chances = census_chances()
    columns = [coverage(bounds, truth, chances)[0] for bounds in CENSUS.values()]
    rows = [
        [str(k), *(number(each[k]) for each in columns)] for k in range(POPULATION + 1)
    ]  # fmt: skip
    return table([f"yes in {POPULATION}", *CENSUS], rows)


def sample_summary() -> list[str]:
    """One row a method and size of sample."""
    rows = []
    for answered in SAMPLES:
        chances = np.asarray(binom.pmf(np.arange(answered + 1)[None, :], answered, GRID[:, None]))
        for method in ("wilson", "clopper_pearson", "agresti_coull", "jeffreys"):
            covered, width = coverage(sample(method, answered), GRID, chances)
            figures = [number(each) for each in (covered.min(), covered.mean(), width.mean())]
            rows.append([str(answered), method, *figures])
    return table(["answers", "method", "lowest coverage", "mean coverage", "mean width"], rows)


def computed() -> str:
    """What stands between the two marks."""
    asked = f"A population of {POPULATION}, of whom {ANSWERED} answer at random"
    parts = [
        f"{asked}, level 0.95, over every number of yes from 0 to {POPULATION}:",
        "\n".join(census_summary()),
        "The coverage for each number of yes:",
        "\n".join(census_in_full()),
        "A sample of many, level 0.95, over the shares 0.001, 0.002 … 0.999:",
        "\n".join(sample_summary()),
    ]
    return "\n\n".join(parts)


def with_computed(text: str) -> str:
    """`text` of the page with the tables put in."""
    before, rest = text.split(START)
    _, after = rest.split(END)
    return f"{before}{START}\n\n{computed()}\n\n{END}{after}"


def main() -> None:
    """Write the page."""
    DOCS.write_text(with_computed(DOCS.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
