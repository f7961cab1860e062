"""All tables of counts with given margins, without looking at each of them.

Under independence with fixed margins a table is made column by column: each column takes what it
needs from what the earlier ones left of each row, with multivariate hypergeometric probability.
Ways that leave the same and have the same value so far are merged (Mehta and Patel 1983 call the
ways paths through a network). What is summed up is any statistic that is a sum over columns.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.statistics.outcome import Counts, Floats

# Ways looked at before an exact distribution is given up: a second or two.
LIMIT = 5_000_000
# Values that differ by less are the same number, computed in another order.
SAME = 1e-9
_CHUNK = 1_000_000
_COLUMNS_AT_MOST = 300_000
_MANY = 1e15
_FIT = 3

Contribution = Callable[[int, Counts], Floats]


@dataclass(frozen=True)
class Ways:
    """Partly filled tables: what is `left` of each row, the value so far and the probability."""

    left: Counts
    value: Floats
    probability: Floats


# From the number of columns filled and the ways: which are settled and may be dropped.
Settle = Callable[[int, Ways], NDArray[np.bool_]]


def log_factorials(up_to: int) -> Floats:
    """Array of ln k! for k = 0 … `up_to`."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, up_to + 1)))])


def number_of_fillings(total: int, room: Counts) -> float:
    """In how many ways `total` can be laid into cells with at most `room` each; at most 10¹⁵."""
    everything = int(room.sum())
    # As many as leave this much room.
    total = min(total, everything - total)
    if total < 0:
        return 0
    ways = np.zeros(total + 1)
    ways[0] = 1
    for most in np.minimum(room, total).tolist():
        sums = np.concatenate([[0.0], np.cumsum(ways)])
        ways = sums[1:] - np.concatenate([np.zeros(most), sums[: total + 1 - most]])
        ways = np.minimum(ways, _MANY)
    return float(ways[total])


def fillings(total: int, room: Counts) -> Counts:
    """Every way to lay `total` into cells with at most `room` each, one a row."""
    made = np.zeros((1, 0), dtype=np.int64)
    left = np.array([total], dtype=np.int64)
    after = np.append(np.cumsum(room[::-1])[::-1][1:], 0)
    for most, later in zip(room.tolist(), after.tolist(), strict=True):
        least = np.maximum(left - later, 0)
        options = np.maximum(np.minimum(left, most) - least + 1, 0)
        source = np.repeat(np.arange(len(left)), options)
        step = np.arange(len(source)) - np.repeat(np.cumsum(options) - options, options)
        part = least[source] + step
        made = np.column_stack([made[source], part])
        left = left[source] - part
    return made


def walk(
    rows: Counts,
    columns: Counts,
    contribution: Contribution,
    *,
    alike: bool = False,
    settle: Settle | None = None,
    limit: int = LIMIT,
) -> tuple[Floats, Floats] | None:
    """The values of the statistic and their probabilities; None where that takes too long.

    `contribution` gives what columns of shape (any, rows) add as the column of that number.
    `alike` says that it treats all rows and columns in the same way, so that ways which leave the
    same numbers in another order can be merged. What `settle` takes out is not in the result. Too
    long is a number of ways above `limit`: the same on every machine.
    """
    sizes = rows + 1
    if math.prod(sizes.tolist()) >= 2**62:
        return None
    if settle is None and not alike and _is_hopeless(rows, columns, limit):
        return None
    logs = log_factorials(int(rows.sum()))
    ways = Ways(np.sort(rows)[None, :] if alike else rows[None, :], np.zeros(1), np.ones(1))
    seen = 0
    for number, total in enumerate(columns[:-1].tolist()):
        if number_of_fillings(total, rows) > _COLUMNS_AT_MOST:
            return None
        merged: list[Ways] = []
        column = fillings(total, np.sort(rows) if alike else rows)
        added = contribution(number, column)
        for chunk in _extended(ways, column, added, logs):
            seen += len(chunk.value)
            if seen > limit:
                return None
            left = np.sort(chunk.left, axis=1) if alike else chunk.left
            kept = Ways(left, chunk.value, chunk.probability)
            if settle is not None:
                # Before merging: what is settled need not be sorted.
                open_ = ~settle(number + 1, kept)
                kept = Ways(left[open_], kept.value[open_], kept.probability[open_])
            merged.append(_merge(kept))
        ways = _merge(_joined(merged, len(rows)))
    last = ways.value + contribution(len(columns) - 1, ways.left)
    whole = _merge(Ways(np.zeros((len(last), 0), np.int64), last, ways.probability))
    return whole.value, whole.probability


def _is_hopeless(rows: Counts, columns: Counts, limit: int) -> bool:
    """Whether a walk would surely be given up, so that it need not be begun.

    After some columns there is a way at least for each filling of their sum, and each goes on in
    most of the fillings of the next column: in a third at least, wherever we have looked.
    """
    totals = columns[:-1].tolist()
    before = 1.0
    for number, total in enumerate(totals):
        if before * number_of_fillings(total, rows) > _FIT * limit:
            return True
        before = number_of_fillings(int(sum(totals[: number + 1])), rows)
    return False


def _extended(ways: Ways, column: Counts, added: Floats, logs: Floats) -> Iterator[Ways]:
    """`ways` with one more column in every way that fits, some at a time."""
    if not len(ways.value):
        return
    total = int(column[0].sum())
    at_once = max(1, _CHUNK // len(column))
    starts = np.flatnonzero(np.append(True, (np.diff(ways.left, axis=0) != 0).any(axis=1)))
    ends = np.append(starts[1:], len(ways.value))
    own = logs[column].sum(axis=1) + logs[int(ways.left[0].sum()) - total] + logs[total]
    own -= logs[int(ways.left[0].sum())]
    for first in range(0, len(starts), at_once):
        nodes = slice(first, first + at_once)
        left = ways.left[starts[nodes]]
        node, chosen = np.nonzero((left[:, None, :] >= column[None, :, :]).all(axis=2))
        rest = left[node] - column[chosen]
        chance = logs[left[node]].sum(axis=1) - logs[rest].sum(axis=1)
        chance = np.exp(chance - 2 * logs[column[chosen]].sum(axis=1) + own[chosen])
        often = (ends - starts)[nodes][node]
        for part in _parts(often):
            times = often[part]
            arc = np.repeat(np.arange(part.start, part.start + len(times)), times)
            offset = np.arange(len(arc)) - np.repeat(np.cumsum(times) - times, times)
            way = starts[nodes][node[arc]] + offset
            yield Ways(
                rest[arc],
                ways.value[way] + added[chosen[arc]],
                ways.probability[way] * chance[arc],
            )


def _parts(often: Counts) -> Iterator[slice]:
    """Slices of `often`, each of a sum of about a chunk."""
    if not len(often):
        return
    number = np.cumsum(often) // _CHUNK
    edges = np.flatnonzero(np.append(True, np.diff(number) > 0))
    for start, end in zip(edges, np.append(edges[1:], len(often)), strict=True):
        yield slice(int(start), int(end))


def _joined(parts: list[Ways], rows: int) -> Ways:
    if not parts:
        return Ways(np.zeros((0, rows), np.int64), np.zeros(0), np.zeros(0))
    return Ways(
        np.concatenate([each.left for each in parts]),
        np.concatenate([each.value for each in parts]),
        np.concatenate([each.probability for each in parts]),
    )


def _merge(ways: Ways) -> Ways:
    """Ways that leave the same and have the same value, as one with their probabilities added."""
    if not len(ways.value):
        return ways
    code = np.zeros(len(ways.left), dtype=np.int64)
    for each in ways.left.T:
        code = code * (int(each.max()) + 1) + each
    grid = np.rint(ways.value / SAME).astype(np.int64)
    grid -= grid.min()
    # Two values one step of the grid apart are the same number, beside the edge of a step.
    span = int(grid.max()) + 2
    if (int(code.max()) + 1) * span < 2**63:
        order = np.argsort(code * span + grid)
    else:
        order = np.lexsort((grid, code))
    code, grid = code[order], grid[order]
    new = np.append(True, (np.diff(code) != 0) | (np.diff(grid) > 1))
    starts = np.flatnonzero(new)
    return Ways(
        ways.left[order[starts]],
        ways.value[order[starts]],
        np.add.reduceat(ways.probability[order], starts),
    )
