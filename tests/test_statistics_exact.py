"""Exact tests against all ways to deal the same answers, dealt one by one with ties and all."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evalkit.statistics import census, margins, paired, ranks, two_way


def deals(answers: list[int], sizes: list[int]):
    """Every way to deal the answers, all told apart, to groups of these sizes."""

    def deal(left: tuple[int, ...], sizes: list[int]):
        if len(sizes) == 1:
            yield (left,)
            return
        for chosen in itertools.combinations(left, sizes[0]):
            rest = tuple(each for each in left if each not in chosen)
            for more in deal(rest, sizes[1:]):
                yield (chosen, *more)

    for groups in deal(tuple(range(len(answers))), sizes):
        yield [[answers[each] for each in group] for group in groups]


def table_of(groups, levels: int) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(group.count(level) for level in range(levels)) for group in groups)


@st.composite
def tables(draw, rows: int, columns: int, most: int):
    """A table in which every row and at least two columns have somebody."""
    extra = st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1))
    cells = [[0] * columns for _ in range(rows)]
    places = [draw(st.permutations(range(columns))) for _ in range(rows)]
    for row in range(rows):
        cells[row][places[row][0]] += 1
    if all(place[0] == places[0][0] for place in places):
        cells[0][places[0][1]] += 1
    for row, column in draw(st.lists(extra, max_size=most - sum(map(sum, cells)))):
        cells[row][column] += 1
    return cells


def every_table(cells) -> Counter:
    answers = [j for row in cells for j, n in enumerate(row) for _ in range(n)]
    return Counter(
        table_of(each, len(cells[0])) for each in deals(answers, [sum(r) for r in cells])
    )


def share(counted: Counter, far) -> float:
    return float(Fraction(sum(n for t, n in counted.items() if far(t)), counted.total()))


small = settings(max_examples=25)


@small
@given(st.one_of(tables(2, 3, 10), tables(3, 3, 8), tables(2, 5, 9), tables(3, 2, 9)))
def test_fisher_freeman_halton_over_all_deals(cells):
    counted = every_table(cells)
    observed = counted[tuple(map(tuple, cells))]
    found = two_way.fisher_freeman_halton(cells)
    assert found.kind == "exact"
    assert found.p == pytest.approx(share(counted, lambda t: counted[t] <= observed))


@small
@given(st.one_of(tables(2, 4, 9), tables(3, 3, 8)), st.booleans())
def test_linear_by_linear_over_all_deals(cells, squared):
    power = 2 if squared else 1

    def score(table) -> int:
        return sum(
            (i + 1) * (j + 1) ** power * n for i, row in enumerate(table) for j, n in enumerate(row)
        )

    counted = every_table(cells)
    mean = Fraction(sum(score(t) * n for t, n in counted.items()), counted.total())
    far = abs(score(cells) - mean)
    columns = [(j + 1) ** power for j in range(len(cells[0]))]
    found = two_way.linear_by_linear(cells, column_scores=columns)
    assert found.kind == "exact"
    assert found.p == pytest.approx(share(counted, lambda t: abs(score(t) - mean) >= far))


def pairs_won(table) -> Fraction:
    first, second = table
    return sum(
        (Fraction(a * b) if i > j else Fraction(a * b, 2) if i == j else Fraction(0))
        for i, a in enumerate(first)
        for j, b in enumerate(second)
    )  # fmt: skip


@small
@given(st.one_of(tables(2, 4, 10), tables(2, 2, 8), tables(2, 6, 9)))
def test_mann_whitney_over_all_deals(cells):
    counted = every_table(cells)
    mean = Fraction(sum(cells[0]) * sum(cells[1]), 2)
    far = abs(pairs_won(cells) - mean)
    found = ranks.mann_whitney(cells)
    assert found.kind == "exact"
    assert found.statistic == float(pairs_won(cells))
    assert found.p == pytest.approx(share(counted, lambda t: abs(pairs_won(t) - mean) >= far))


def kruskal_by_scipy(table) -> float:
    groups = [[j for j, n in enumerate(row) for _ in range(n)] for row in table]
    return float(stats.kruskal(*groups).statistic)


@settings(max_examples=10)
@given(st.one_of(tables(3, 3, 8), tables(3, 4, 7)))
def test_kruskal_wallis_over_all_deals(cells):
    counted = every_table(cells)
    values = {table: kruskal_by_scipy(table) for table in counted}
    observed = kruskal_by_scipy(cells)
    found = ranks.kruskal_wallis(cells)
    assert found.kind == "exact"
    assert found.statistic == pytest.approx(observed)
    assert found.p == pytest.approx(share(counted, lambda t: values[t] >= observed - 1e-9))


@settings(max_examples=40)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=9).filter(any), st.booleans())
def test_signed_rank_over_all_signs(differences, pratt):
    kept = differences if pratt else [d for d in differences if d]
    rank = stats.rankdata(np.abs(kept))
    used = [(r, d) for r, d in zip(rank.tolist(), kept, strict=True) if d]
    total = sum(r for r, _ in used)
    observed = sum(r for r, d in used if d > 0)
    sums = [
        sum(r for (r, _), sign in zip(used, signs, strict=True) if sign)
        for signs in itertools.product([0, 1], repeat=len(used))
    ]
    far = [s for s in sums if abs(s - total / 2) >= abs(observed - total / 2) - 1e-9]
    found = ranks.signed_rank(differences, zeros="pratt" if pratt else "drop")
    assert (found.kind, found.statistic, found.n) == ("exact", observed, len(used))
    assert found.p == pytest.approx(len(far) / len(sums))


@pytest.mark.parametrize(("lost", "won"), [(0, 1), (0, 5), (1, 4), (3, 3), (2, 7), (4, 6)])
def test_mcnemar_over_all_ways_to_change(lost, won):
    n = lost + won
    ways = Counter(sum(signs) for signs in itertools.product([0, 1], repeat=n))
    distance = abs(lost - n / 2)
    beyond = sum(count for k, count in ways.items() if abs(k - n / 2) > distance)
    equal = sum(count for k, count in ways.items() if abs(k - n / 2) == distance)
    table = [[3, lost], [won, 2]]
    assert paired.mcnemar(table).p == pytest.approx((beyond + equal) / 2**n)
    assert paired.mcnemar(table, "mid_p").p == pytest.approx((beyond + equal / 2) / 2**n)


# A census


def tail_kept(yes: int, answered: int, population: int, among: int, level: Fraction) -> bool:
    """Whether neither tail of the hypergeometric distribution is α/2 or less; whole numbers."""
    ways = {
        x: math.comb(among, x) * math.comb(population - among, answered - x)
        for x in range(answered + 1)
    }
    whole = sum(ways.values())
    above = sum(n for x, n in ways.items() if x >= yes)
    below = sum(n for x, n in ways.items() if x <= yes)
    return 2 * min(above, below) > (1 - level) * whole


@pytest.mark.parametrize("population", [1, 2, 5, 8, 13, 28, 40])
@pytest.mark.parametrize("level", [Fraction(95, 100), Fraction(9, 10)])
def test_the_census_interval_over_all_k(population, level):
    for answered in range(1, population):
        for yes in range(answered + 1):
            kept = [
                k for k in range(population + 1) if tail_kept(yes, answered, population, k, level)
            ]
            found = census.census_proportion(yes, answered, population, float(level))
            assert found.people == (kept[0], kept[-1]), (yes, answered)
            assert len(kept) == kept[-1] - kept[0] + 1
            assert found.possible[0] <= kept[0] <= kept[-1] <= found.possible[1]


def test_the_census_interval_of_the_large():
    found = census.census_proportion(150_000, 300_000, 500_000)
    low, high = found.people
    # Against the normal distribution with the finite-population correction.
    reach = 1.959964 * math.sqrt(0.25 / 300_000 * 0.4) * 500_000
    assert (low, high) == pytest.approx((250_000 - reach, 250_000 + reach), abs=3)


# The walk itself


def test_fillings_are_all_there_are():
    room = np.array([2, 0, 3, 1])
    wanted = [
        each for each in itertools.product(*(range(m + 1) for m in room.tolist())) if sum(each) == 4
    ]
    assert sorted(map(tuple, margins.fillings(4, room).tolist())) == sorted(wanted)
    assert margins.number_of_fillings(4, room) == len(wanted)
    assert margins.number_of_fillings(7, room) == len(margins.fillings(7, room)) == 0


@pytest.mark.parametrize("alike", [False, True])
def test_probabilities_of_a_walk_add_to_one(alike):
    def nothing(_number, column):
        return np.zeros(len(column))

    found = margins.walk(np.array([3, 4, 2]), np.array([5, 1, 3]), nothing, alike=alike)
    assert found[0].tolist() == [0]
    assert found[1].sum() == pytest.approx(1)


def test_a_walk_that_takes_too_long_is_given_up():
    rows, columns = np.array([9, 9, 9]), np.array([9, 9, 9])
    assert margins.walk(rows, columns, lambda _, c: c[:, 0] * 1.0, limit=10) is None
    wide = np.full(80, 1)
    assert margins.walk(wide, np.array([40, 40]), lambda _, c: c[:, 0] * 1.0) is None


JOB = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]


def test_monte_carlo_comes_near_and_says_how_near():
    exact = two_way.fisher_freeman_halton(JOB)
    drawn = two_way.fisher_freeman_halton(JOB, limit=0, draws=20_000)
    assert (exact.kind, drawn.kind, exact.p_error) == ("exact", "monte_carlo", None)
    assert drawn.p_error == pytest.approx(math.sqrt(drawn.p * (1 - drawn.p) / 20_000))
    assert abs(drawn.p - exact.p) < 4 * drawn.p_error
    assert two_way.fisher_freeman_halton(JOB, limit=0, draws=20_000) == drawn
    assert two_way.fisher_freeman_halton(JOB, limit=0, draws=20_000, seed=1) != drawn


def test_what_is_stated_as_feasible_is():
    rng = np.random.default_rng(4)
    for shape, n in (((2, 5), 200), ((3, 5), 60), ((4, 5), 40), ((5, 5), 26)):
        table = rng.multinomial(n, np.full(shape[0] * shape[1], 1 / shape[0] / shape[1]))
        found = two_way.fisher_freeman_halton(table.reshape(shape))
        assert found.kind == "exact", shape
    large = rng.multinomial(2000, np.full(25, 1 / 25)).reshape(5, 5)
    assert two_way.fisher_freeman_halton(large, draws=1000).kind == "monte_carlo"
    two = rng.multinomial(70, np.full(5, 0.2), 2)
    assert ranks.mann_whitney(two).kind == "exact"
    assert ranks.mann_whitney(two * 3).kind == "asymptotic"
    three = rng.multinomial(10, np.full(5, 0.2), 3)
    assert ranks.kruskal_wallis(three).kind == "exact"
    assert ranks.kruskal_wallis(three * 9).kind == "asymptotic"
    with pytest.raises(ValueError, match="too large"):
        ranks.kruskal_wallis(three * 9, exact=True)
    with pytest.raises(ValueError, match="too large"):
        two_way.linear_by_linear(large, exact=True)
    with pytest.raises(ValueError, match="too many"):
        ranks.mann_whitney(two * 1000, exact=True)
    with pytest.raises(ValueError, match="too many"):
        ranks.signed_rank(rng.integers(-3, 4, 20_000), exact=True)


def test_exact_and_normal_agree_when_there_are_many():
    rng = np.random.default_rng(5)
    table = rng.multinomial(90, [0.1, 0.2, 0.3, 0.3, 0.1], 2)
    normal = ranks.mann_whitney(table, exact=False)
    assert ranks.mann_whitney(table, exact=True).p == pytest.approx(normal.p, abs=0.003)
    turned = ranks.mann_whitney(table[::-1], exact=True)
    assert turned.p == pytest.approx(ranks.mann_whitney(table, exact=True).p)
    changes = rng.integers(-3, 4, 200)
    normal = ranks.signed_rank(changes, exact=False)
    assert ranks.signed_rank(changes).p == pytest.approx(normal.p, abs=0.01)
