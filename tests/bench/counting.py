"""(d): counting 20 items of 1 million respondents in 290 groups, from codes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import measure
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.counts import tally

RESPONDENTS = 1_000_000
ITEMS = 20
GROUPS = 290
SHARES = (0.20, 0.34, 0.24, 0.12, 0.06, 0.04)
"""Of the answers to an item: four of a scale, don't know, no answer."""

Tables = list[NDArray[Any]]


def against_pandas(rounds: int) -> str:
    """(d) The same counts in four ways, which have to agree."""
    random = np.random.default_rng(20121)
    size = len(SHARES)
    codes = [random.choice(size, RESPONDENTS, p=SHARES).astype(np.int16) for _ in range(ITEMS)]
    group = random.integers(0, GROUPS, RESPONDENTS).astype(np.int16)
    answers = pd.DataFrame(
        {
            f"q{at:02}": pd.Categorical.from_codes(code, list(range(size)))
            for at, code in enumerate(codes)
        }
    )
    groups = pd.Series(pd.Categorical.from_codes(group, list(range(GROUPS))), name="group")
    ways: dict[str, Callable[[], Tables]] = {
        "evalkit.counts.tally": lambda: tally(codes, [size] * ITEMS, group, GROUPS),
        "bincount, an item at a time": lambda: by_bincount(codes, size, group),
        "crosstab on categories": lambda: by_crosstab(answers, groups),
        "melt and groupby": lambda: by_melt(answers, groups),
    }
    expected = ways["bincount, an item at a time"]()
    for name, way in ways.items():
        for own, other in zip(expected, way(), strict=True):
            if not np.array_equal(own, other):
                raise SystemExit(f"{name} gives other counts.")
    samples = measure.interleaved(
        {name: partial(measure.function, way) for name, way in ways.items()}, rounds
    )
    return measure.table(samples, "evalkit.counts.tally") + "\nAll four give the same counts."


def by_bincount(codes: list[NDArray[np.int16]], size: int, group: NDArray[np.int16]) -> Tables:
    """The plain way with NumPy."""
    start = group.astype(np.intp) * size
    return [
        np.bincount(start + code, minlength=GROUPS * size).reshape(GROUPS, size) for code in codes
    ]


def by_crosstab(answers: pd.DataFrame, groups: pd.Series) -> Tables:
    """A crosstab for each item."""
    return [pd.crosstab(groups, answers[name]).to_numpy() for name in answers]


def by_melt(answers: pd.DataFrame, groups: pd.Series) -> Tables:
    """One long frame, counted in one go."""
    long = answers.assign(group=groups).melt("group", var_name="item", value_name="answer")
    counts = long.groupby(["item", "group", "answer"], observed=False).size()
    return list(counts.to_numpy().reshape(len(answers.columns), GROUPS, -1))
