"""(h): each of 290 units against the rest, 20 items, 1 million respondents, from codes."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial
from typing import Any

import measure
import numpy as np
import pandas as pd
from counting import GROUPS, ITEMS, RESPONDENTS, SHARES
from numpy.typing import NDArray
from scipy import stats

from evalkit.counts import tally
from evalkit.statistics import fast

VALID = 4
"""The answers of the scale, in order; then don't know and no answer."""
POSITIVE = 2
TIMED = 4
"""Units of each item that the loop is timed on; its time for all of them is that, scaled."""

Codes = list[NDArray[np.int16]]
Tables = list[NDArray[np.int64]]
Figures = dict[tuple[int, int], tuple[float, float, float]]
"""(item, unit) → p of chi-square, of Mann–Whitney, and of two proportions."""


def against_loops(rounds: int) -> str:
    """(h) All comparisons of each unit to the rest, against loops over items and units."""
    random = np.random.default_rng(20121)
    size = len(SHARES)
    codes = [random.choice(size, RESPONDENTS, p=SHARES).astype(np.int16) for _ in range(ITEMS)]
    group = random.integers(0, GROUPS, RESPONDENTS).astype(np.int16)
    frame = pd.DataFrame({f"q{at:02}": each for at, each in enumerate(codes)}).assign(group=group)
    chosen = random.choice(GROUPS, TIMED, replace=False).tolist()
    _compare(
        by_counts(codes, group), by_respondents(frame, chosen), by_tables(crosstabs(frame), chosen)
    )
    ways: dict[str, Callable[[], measure.Sample]] = {
        "evalkit": partial(measure.function, lambda: by_counts(codes, group)),
        "crosstab, then SciPy": partial(tables_scaled, frame, chosen),
        "respondents to SciPy": partial(respondents_scaled, frame, chosen),
    }
    samples = measure.interleaved(ways, rounds)
    tests = 3 * ITEMS * GROUPS
    return (
        f"{measure.table(samples, 'evalkit')}\n{_times_slower(samples)}\n"
        f"{tests:,} tests. The loops are timed on {TIMED} of {GROUPS} units of every item and "
        f"scaled; all three give the same p there."
    )


def _times_slower(samples: measure.Samples) -> str:
    """How many times as long each loop takes: medians of ratios within a round."""
    own = samples["evalkit"]
    lines = []
    for name, runs in samples.items():
        if name != "evalkit":
            ratios = [run.cpu / mine.cpu for run, mine in zip(runs, own, strict=True)]
            lines.append(f"{name}: {statistics.median(ratios):,.0f} times evalkit's CPU time")
    return "\n".join(lines)


def _scaled(sample: measure.Sample) -> measure.Sample:
    """A loop over some units as if over all."""
    times = GROUPS / TIMED
    return measure.Sample(sample.cpu * times, sample.wall * times)


def tables_scaled(frame: pd.DataFrame, units: list[int]) -> measure.Sample:
    """The crosstabs once, and the loop on some units as if on all."""
    tables: Tables = []
    once = measure.function(lambda: tables.extend(crosstabs(frame)))
    return once + _scaled(measure.function(lambda: by_tables(tables, units)))


def respondents_scaled(frame: pd.DataFrame, units: list[int]) -> measure.Sample:
    """The loop on some units as if on all."""
    return _scaled(measure.function(lambda: by_respondents(frame, units)))


def by_counts(codes: Codes, group: NDArray[np.int16]) -> tuple[NDArray[Any], ...]:
    """evalkit: counted once, then all units of all items at a time."""
    tables = tally(codes, [len(SHARES)] * len(codes), group, GROUPS)
    counts = np.stack(tables)[..., :VALID]
    yes = counts[..., :POSITIVE].sum(axis=-1)
    chi = fast.chi_square(counts)
    ranks = fast.mann_whitney(counts)
    shares = fast.proportions(yes, counts.sum(axis=-1))
    return chi.p.filled(), ranks.p.filled(), shares.p.filled()


def crosstabs(frame: pd.DataFrame) -> Tables:
    """A crosstab of each item, opinions alone."""
    return [
        pd.crosstab(frame["group"], frame[name]).to_numpy()[:, :VALID]
        for name in frame.columns
        if name != "group"
    ]


def by_tables(tables: Tables, units: list[int]) -> Figures:
    """For each unit its row of an item's crosstab and the rest's to SciPy, as repeated codes."""
    found: Figures = {}
    for item, table in enumerate(tables):
        whole = table.sum(axis=0)
        for unit in units:
            both = np.array([table[unit], whole - table[unit]])
            own, rest = (np.repeat(np.arange(VALID), each) for each in both)
            found[item, unit] = _tests(both, own, rest)
    return found


def by_respondents(frame: pd.DataFrame, units: list[int]) -> Figures:
    """For each item and unit the respondents of both sides, a crosstab of them, and SciPy."""
    found: Figures = {}
    for item, name in enumerate(each for each in frame.columns if each != "group"):
        answered = frame.loc[frame[name] < VALID, [name, "group"]]
        for unit in units:
            inside = answered["group"] == unit
            own, rest = answered.loc[inside, name], answered.loc[~inside, name]
            both = pd.crosstab(inside, answered[name]).to_numpy()[::-1]
            found[item, unit] = _tests(both, own.to_numpy(), rest.to_numpy())
    return found


def _tests(
    both: NDArray[np.int64], own: NDArray[Any], rest: NDArray[Any]
) -> tuple[float, float, float]:
    yes = both[:, :POSITIVE].sum(axis=1)
    return (
        stats.chi2_contingency(both, correction=False).pvalue,
        stats.mannwhitneyu(own, rest, method="asymptotic").pvalue,
        stats.chi2_contingency(np.array([yes, both.sum(axis=1) - yes]), correction=False).pvalue,
    )


def _compare(own: tuple[NDArray[Any], ...], *others: Figures) -> None:
    for figures in others:
        for (item, unit), wanted in figures.items():
            found = [each[item, unit] for each in own]
            if not np.allclose(found, wanted, rtol=1e-6, atol=1e-12):
                raise SystemExit(f"Item {item}, unit {unit}: {found} is not {wanted}.")
