"""Measures of codings against published examples, other programs, hand counts and every order."""

from __future__ import annotations

import csv
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import inter_rater

from evalkit.statistics import (
    agreement,
    bootstrap,
    cooccurrence,
    distances,
    krippendorff,
    many_coders,
    ratings,
    saturation,
    two_coders,
)

FIXTURES = Path(__file__).parent / "fixtures" / "statistics"
_ = None

# Krippendorff (2011), "Computing Krippendorff's alpha-reliability": four observers, twelve units.
FOUR_BY_TWELVE = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
# Fleiss (1971) as in Wikipedia's worked example: ten subjects, five categories, fourteen raters.
TEN_BY_FIVE = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]


@pytest.fixture(scope="module")
def four_by_twelve() -> ratings.Ratings:
    return ratings.ratings(zip(*FOUR_BY_TWELVE, strict=True))


def by_unit(*coders: str) -> ratings.Ratings:
    return ratings.ratings(zip(*coders, strict=True))


# Published examples


@pytest.mark.parametrize(
    ("metric", "published"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_krippendorffs_four_observers(four_by_twelve, metric, published):
    values = four_by_twelve.categories
    found = krippendorff.krippendorff_alpha(four_by_twelve.counts, metric, values)
    assert found.estimate == pytest.approx(published, abs=5e-7)
    assert (found.units, found.scale) == (11, metric)
    assert found.interval.low < found.estimate < found.interval.high
    assert found.drawn == agreement.Drawn(draws=2000, undefined=0, seed=2012)


def test_gwets_figures_for_the_same_data(four_by_twelve):
    ac1 = many_coders.gwet_ac(four_by_twelve.counts)
    assert ac1.method == "gwet_ac1"
    assert (ac1.estimate, ac1.interval.error) == pytest.approx((0.77544, 0.14295), abs=5e-6)
    fleiss = many_coders.fleiss_kappa(four_by_twelve.counts)
    assert fleiss.estimate == pytest.approx(0.76117, abs=5e-6)


def test_conger_as_gwet_prints_it_and_as_krippendorffs_table_has_it():
    """Gwet's copy of the table (`cac.raw4raters`) has the last rating by the third coder.

    Only Conger's kappa asks who gave a rating: it is 0.76282 there, and 0.76207 where the second
    coder gave it, as Krippendorff has it (both by irrCAC 1.0).
    """
    gwets = [list(row) for row in FOUR_BY_TWELVE]
    gwets[1][11], gwets[2][11] = gwets[2][11], gwets[1][11]
    for table, value in ((gwets, 0.76282), (FOUR_BY_TWELVE, 0.76207)):
        found = many_coders.conger_kappa(ratings.ratings(zip(*table, strict=True)))
        assert found.estimate == pytest.approx(value, abs=5e-6)


def test_two_abstractors():
    cohen = two_coders.cohen_kappa(ABSTRACTORS)
    assert (cohen.estimate, cohen.interval.error) == pytest.approx((0.7964, 0.0589), abs=5e-5)
    assert two_coders.scott_pi(ABSTRACTORS).estimate == pytest.approx(0.7962, abs=5e-5)
    counts = units_of(ABSTRACTORS)
    assert many_coders.gwet_ac(counts).estimate == pytest.approx(0.8493, abs=5e-5)


def test_fleiss_ten_subjects():
    found = many_coders.fleiss_kappa(TEN_BY_FIVE)
    assert found.estimate == pytest.approx(0.20993, abs=5e-6)
    assert found.estimate == pytest.approx(inter_rater.fleiss_kappa(np.array(TEN_BY_FIVE)))


def test_the_paradox():
    """118 both yes, 5 and 2 of one alone, nobody both no."""
    table = [[118, 5], [2, 0]]
    kappa = two_coders.cohen_kappa(table)
    assert kappa.estimate == pytest.approx(-0.0234, abs=5e-5)
    assert many_coders.gwet_ac(units_of(table)).estimate == pytest.approx(0.9408, abs=5e-5)
    behind = two_coders.yes_no(table)
    assert behind.observed == kappa.observed == 118 / 125
    assert (behind.positive, behind.negative) == (236 / 243, 0)
    assert (behind.prevalence_index, behind.bias_index) == (118 / 125, 3 / 125)
    prevalence = (2 * 118 + 5 + 2) / 250
    assert agreement.prevalence_paradox(behind.observed, kappa.estimate, prevalence)


def test_krippendorffs_binary_example():
    found = by_unit("0100000010", "1110010000")
    assert krippendorff.krippendorff_alpha(found.counts).estimate == pytest.approx(
        0.095238, abs=5e-7
    )


def test_cohen_of_a_textbook_and_weighted():
    assert two_coders.cohen_kappa([[20, 5], [10, 15]]).estimate == pytest.approx(0.4)
    table = [[44, 5, 1], [7, 20, 3], [9, 5, 6]]
    for scale, published in (("nominal", 0.4915), ("linear", 0.4737), ("quadratic", 0.4545)):
        assert two_coders.cohen_kappa(table, scale).estimate == pytest.approx(published, abs=6e-5)


@pytest.mark.parametrize("table", [ABSTRACTORS, [[118, 5], [2, 0]], [[20, 5], [10, 15]]])
@pytest.mark.parametrize("scale", ["nominal", "linear", "quadratic"])
def test_kappa_of_statsmodels(table, scale):
    weights = {"nominal": None, "linear": "linear", "quadratic": "quadratic"}[scale]
    theirs = inter_rater.cohens_kappa(np.array(table), wt=weights)
    ours = two_coders.cohen_kappa(table, scale)
    assert ours.estimate == pytest.approx(theirs.kappa)
    assert ours.interval.error == pytest.approx(theirs.std_kappa)
    assert ours.null_error == pytest.approx(theirs.std_kappa0)
    assert ours.interval.low == pytest.approx(max(theirs.kappa_low, -1))
    assert ours.interval.high == pytest.approx(min(theirs.kappa_upp, 1))


# Sets of codes


def other_programs():
    found = []
    with (FIXTURES / "sets.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            rows = [
                [frozenset(map(int, each.split(","))) for each in unit.split(" ")]
                for unit in row["input"].split("/")
            ]
            found.append(pytest.param(row["case"], rows, float(row["value"]), id=row["case"]))
    return found


@pytest.mark.parametrize(("case", "rows", "value"), other_programs())
def test_alpha_of_nltk_and_of_the_package_krippendorff(case, rows, value):
    of_sets = {"jaccard": distances.jaccard, "masi": distances.masi}
    if case in of_sets:
        found = ratings.ratings(rows)
        metric, values = of_sets[case](found.categories), None
    else:
        found = ratings.ratings([[min(each) for each in row] for row in rows])
        metric, values = case, found.categories
    ours = krippendorff.krippendorff_alpha(found.counts, metric, values, draws=10)
    assert ours.estimate == pytest.approx(value, abs=1e-12)


def test_distances_of_sets_by_hand():
    sets = [{"a"}, {"a", "b"}, {"b", "c"}, {"d"}, set()]
    by_jaccard = distances.jaccard(sets)
    assert by_jaccard[0].tolist() == [0, 1 / 2, 1, 1, 1]
    assert by_jaccard[1].tolist() == pytest.approx([1 / 2, 0, 2 / 3, 1, 1])
    by_masi = distances.masi(sets)
    assert by_masi[0, 1] == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert by_masi[1, 2] == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert by_masi[4].tolist() == [1, 1, 1, 1, 0]


def test_alpha_of_sets_by_hand():
    """Two units: {a} and {a, b}; {b} and {b}. Distances: ab/a ½, ab/b ½, a/b 1.

    Observed: (½ + ½ + 0 + 0)/4 = ¼. Expected over 12 ordered pairs of a, ab, b, b: a–ab, ab–b,
    ab–b ½ each, a–b, a–b 1 each: 2 · 3½/12 = 7/12. Alpha is 1 − (1/4)/(7/12) = 4/7.
    """
    a, b, both = frozenset("a"), frozenset("b"), frozenset("ab")
    found = ratings.ratings([[a, both], [b, b]])
    apart = distances.jaccard(found.categories)
    assert krippendorff.krippendorff_alpha(found.counts, apart).estimate == pytest.approx(4 / 7)


def test_the_ordinal_distance_is_krippendorffs_and_not_irrcacs(four_by_twelve):
    size = len(four_by_twelve.categories)
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    irrcac = (apart + 1) * apart / 2 / (size * (size - 1) / 2)
    counts = four_by_twelve.counts
    theirs = krippendorff.krippendorff_alpha(counts, irrcac).estimate
    assert theirs == pytest.approx(0.834, abs=1e-3)
    assert krippendorff.krippendorff_alpha(counts, "ordinal").estimate < theirs - 0.018


# Units, and what is missing


def units_of(table) -> np.ndarray:
    """A row of counts for every unit of a table of two coders."""
    one = np.eye(len(table), dtype=int)
    cells = itertools.product(range(len(table)), repeat=2)
    return np.array([one[i] + one[j] for i, j in cells for _ in range(table[i][j])])


def test_copies_of_a_text_count_once():
    assert ratings.same_units(["a", "b", "a", "c", "b"]) == ((0, 2), (1, 4), (3,))
    assert ratings.same_units([]) == ()


def test_what_is_missing_is_not_no():
    full = by_unit("yynnyn", "yynynn")
    missing = ratings.ratings([*zip("yynnyn", "yynynn", strict=True), ("y", None), (None, "n")])
    assert missing.table().tolist() == full.table().tolist()
    for measure in (krippendorff.krippendorff_alpha, many_coders.percent_agreement):
        assert measure(missing.counts).estimate == measure(full.counts).estimate


def test_categories_are_in_order_and_may_be_declared():
    assert ratings.ratings([[3, 1], [2, None]]).categories == (1, 2, 3)
    declared = ratings.ratings([["ja", "nej"], ["ja", math.nan]], ["ja", "vet ej", "nej"])
    assert declared.counts.tolist() == [[1, 0, 1], [1, 0, 0]]
    assert declared.codes.tolist() == [[0, 2], [0, -1]]
    more = many_coders.gwet_ac(declared.counts[:1]).estimate
    assert more > many_coders.gwet_ac(declared.counts[:1, [0, 2]]).estimate


# The bootstrap


def kappa_of(first, second) -> float:
    """Cohen's kappa from scratch, NaN where nothing varies."""
    agree = np.mean(np.asarray(first) == np.asarray(second))
    chance = sum(np.mean(np.asarray(first) == k) * np.mean(np.asarray(second) == k) for k in (0, 1))
    return float("nan") if chance == 1 else (agree - chance) / (1 - chance)


FIRST = [0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1]
SECOND = [0, 1, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0, 1]


def cohen_of(first, second) -> agreement.Coefficient:
    cells = np.zeros((len(first), 2, 2), dtype=np.int64)
    cells[np.arange(len(first)), first, second] = 1
    return two_coders.cohen(cells, np.eye(2))


@pytest.mark.parametrize("way", ["percentile", "bca"])
def test_the_bootstrap_of_scipy(way):
    theirs = stats.bootstrap(
        (np.array(FIRST), np.array(SECOND)),
        kappa_of,
        paired=True,
        vectorized=False,
        n_resamples=20_000,
        method="BCa" if way == "bca" else "percentile",
        rng=np.random.default_rng(7),
    )
    (ours,) = bootstrap.bootstrap([cohen_of(FIRST, SECOND)], draws=20_000, way=way)
    assert ours.estimate == pytest.approx(kappa_of(FIRST, SECOND))
    assert ours.interval.low == pytest.approx(theirs.confidence_interval.low, abs=0.02)
    assert ours.interval.high == pytest.approx(theirs.confidence_interval.high, abs=0.02)
    assert ours.interval.error == pytest.approx(theirs.standard_error, rel=0.03)


def test_the_bootstrap_against_every_sample():
    """All 6⁶ samples of six units: how often kappa is not defined, and its quantiles."""
    first, second = [0, 0, 1, 1, 0, 1], [0, 0, 1, 1, 1, 0]
    every = [
        kappa_of([first[i] for i in which], [second[i] for i in which])
        for which in itertools.product(range(6), repeat=6)
    ]
    there = np.array([each for each in every if not math.isnan(each)])
    (ours,) = bootstrap.bootstrap([cohen_of(first, second)], draws=40_000, level=0.8)
    undefined = 1 - len(there) / len(every)
    assert 0 < undefined < 0.02
    assert ours.drawn.undefined / ours.drawn.draws == pytest.approx(undefined, abs=0.002)
    low, high = np.quantile(there, [0.1, 0.9])
    assert (ours.interval.low, ours.interval.high) == pytest.approx((low, high), abs=0.03)


def test_the_same_seed_gives_the_same_interval_however_much_is_drawn_at_a_time(monkeypatch):
    measures = [cohen_of(FIRST, SECOND)]
    once = bootstrap.bootstrap(measures)
    monkeypatch.setattr(bootstrap, "BLOCK", 100)
    assert bootstrap.bootstrap(measures) == once
    assert bootstrap.bootstrap(measures, seed=1) != once


def test_measures_are_drawn_together():
    counts = units_of([[20, 5], [10, 15]])
    alpha = krippendorff.alpha(counts)
    fleiss = many_coders.fleiss(counts, np.eye(2))
    together = bootstrap.bootstrap([fleiss, alpha])
    assert together[1] == krippendorff.krippendorff_alpha(counts)
    apart = [each.interval.high - each.interval.low for each in together]
    assert apart[0] == pytest.approx(apart[1], rel=0.03)
    with pytest.raises(ValueError, match="same units"):
        bootstrap.bootstrap([alpha, krippendorff.alpha(counts[1:])])


def test_draws_without_a_figure_are_counted_and_too_many_of_them_say_so():
    rare = units_of([[1, 0], [0, 40]])
    found = krippendorff.krippendorff_alpha(rare)
    assert found.estimate == 1
    assert found.reason == "undefined_draws"
    assert found.drawn.undefined / 2000 == pytest.approx((40 / 41) ** 41, abs=0.03)
    often = krippendorff.krippendorff_alpha(units_of([[9, 0], [0, 9]]))
    assert (often.estimate, often.reason) == (1, "no_spread")


def test_a_pooled_kappa_is_of_mean_agreement():
    tables = [np.array([[20, 5], [10, 15]]), np.array([[40, 4], [2, 4]])]
    found = [two_coders.cohen_kappa(each) for each in tables]
    cells = [
        np.array([[[i == r and j == c for c in (0, 1)] for r in (0, 1)]], dtype=np.int64)
        .repeat(table[i, j], axis=0)
        for table in tables
        for i in (0, 1)
        for j in (0, 1)
    ]  # fmt: skip
    both = [two_coders.cohen(np.vstack(cells[k : k + 4]), np.eye(2)) for k in (0, 4)]
    (pooled,) = bootstrap.bootstrap([agreement.pooled(both, "pooled_kappa", 50)])
    observed = (found[0].observed + found[1].observed) / 2
    expected = (found[0].expected + found[1].expected) / 2
    assert (pooled.observed, pooled.expected) == pytest.approx((observed, expected))
    assert pooled.estimate == pytest.approx((observed - expected) / (1 - expected))


def test_a_code_that_nobody_gave_says_nothing_in_a_pooled_measure():
    some = units_of([[20, 5], [10, 15]])
    nobody = np.tile([0, 2], (50, 1))
    for of in (many_coders.fleiss, many_coders.gwet):
        alone = of(some, np.eye(2))
        both = agreement.pooled([alone, of(nobody, np.eye(2))], "pooled_ac1", 50)
        assert both.whole == pytest.approx(alone.whole)
        one, other = bootstrap.bootstrap([alone, both])
        assert one.interval.low == pytest.approx(other.interval.low)


# The standard errors are those of a linearisation: the jackknife comes near


@pytest.mark.parametrize("scale", ["nominal", "linear"])
def test_errors_are_near_those_of_the_jackknife(scale):
    rng = np.random.default_rng(3)
    true = rng.integers(0, 3, 150)
    rows = np.where(rng.random((150, 3)) < 0.75, true[:, None], rng.integers(0, 3, (150, 3)))
    given_ratings = ratings.ratings(rows.tolist())
    counts = given_ratings.counts
    weights = distances.agreement_weights(scale, 3)
    for coefficient, found in (
        (many_coders.percent(counts, weights), many_coders.percent_agreement(counts, scale)),
        (many_coders.fleiss(counts, weights), many_coders.fleiss_kappa(counts, scale)),
        (many_coders.gwet(counts, weights), many_coders.gwet_ac(counts, scale)),
        (
            many_coders.conger(given_ratings, weights),
            many_coders.conger_kappa(given_ratings, scale),
        ),
    ):
        without = coefficient.figures(coefficient.parts.sum(axis=0) - coefficient.parts)
        jackknife = math.sqrt(149 / 150 * ((without - without.mean()) ** 2).sum())
        assert found.interval.error == pytest.approx(jackknife, rel=0.02)


# Properties


few = st.integers(0, 2)


@settings(max_examples=60)
@given(st.lists(st.tuples(few, few), min_size=2, max_size=12))
def test_two_coders_without_gaps_are_a_case_of_many(rows):
    found = ratings.ratings(rows, [0, 1, 2])
    table = found.table()
    same = pytest.approx
    cohen, scott = two_coders.cohen_kappa(table), two_coders.scott_pi(table)
    assert many_coders.conger_kappa(found).estimate == none_or(cohen.estimate)
    fleiss = many_coders.fleiss_kappa(found.counts)
    assert fleiss.estimate == none_or(scott.estimate)
    if fleiss.estimate is not None:
        # Krippendorff (2004): alpha corrects Scott's pi for the size of the sample.
        n = 2 * len(rows)
        alpha = krippendorff.krippendorff_alpha(found.counts, draws=2).estimate
        assert alpha == same(1 - (1 - fleiss.estimate) * (n - 1) / n)


def none_or(value):
    return None if value is None else pytest.approx(value, abs=1e-9)


@settings(max_examples=60)
@given(st.lists(st.tuples(few, few, few), min_size=2, max_size=12), st.permutations(range(3)))
def test_the_order_of_coders_and_units_and_the_names_of_categories_do_not_matter(rows, order):
    one = ratings.ratings(rows, [0, 1, 2])
    other = ratings.ratings([[order[each] for each in row[::-1]] for row in rows[::-1]], [0, 1, 2])
    for measure in (many_coders.fleiss_kappa, many_coders.gwet_ac):
        assert measure(other.counts).estimate == none_or(measure(one.counts).estimate)
    assert many_coders.conger_kappa(other).estimate == none_or(
        many_coders.conger_kappa(one).estimate
    )


# The rule for the paradox


@pytest.mark.parametrize(
    ("observed", "estimate", "prevalence", "flagged"),
    [
        (0.80, 0.59, 0.20, True),
        (0.80, 0.59, 0.80, True),
        (0.79, 0.59, 0.20, False),
        (0.80, 0.60, 0.20, False),
        (0.80, 0.59, 0.21, False),
        (0.98, None, 0.01, False),
        (None, None, None, False),
    ],
)
def test_when_the_paradox_is_told_of(observed, estimate, prevalence, flagged):
    assert agreement.prevalence_paradox(observed, estimate, prevalence) is flagged


# Codes on the same segments


def test_cooccurrence_by_hand():
    found = cooccurrence.cooccurrence([[1, 1, 0, 1], [0, 1, 1, 1], [0, 0, 0, 0]])
    assert found.counts.tolist() == [[3, 2, 0], [2, 3, 0], [0, 0, 0]]
    assert found.jaccard[0, 1] == 2 / 4
    assert found.jaccard[0, 2] == 0
    assert found.jaccard.mask.tolist() == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    assert found.segments == 4
    never = cooccurrence.cooccurrence(np.zeros((2, 3)))
    assert never.jaccard.mask.all()
    assert cooccurrence.cooccurrence(np.zeros((0, 0))).counts.shape == (0, 0)


# Saturation


def test_saturation_against_every_order():
    raised = np.random.default_rng(5).random((6, 11)) < 0.3
    curves = np.array(
        [
            np.logical_or.accumulate(raised[list(order)], axis=0).sum(axis=1)
            for order in itertools.permutations(range(6))
        ]
    )
    added = np.diff(curves, axis=1, prepend=0)
    found = saturation.saturation(raised, level=0.9)
    assert (found.kind, found.orders) == ("exact", 720)
    for band, each in ((found.found, curves), (found.new, added)):
        assert band.mean == pytest.approx(each.mean(axis=0))
        low, high = np.quantile(each, [0.05, 0.95], axis=0, method="inverted_cdf")
        assert band.low == tuple(low)
        assert band.high == tuple(high)
    assert found.as_given == tuple(curves[0])
    assert found.themes == raised.any(axis=0).sum()


def test_saturation_by_hand():
    """Groups with themes {a, b}, {b}, {c}: two at a time find 2, 3 or 2."""
    found = saturation.saturation([[1, 1, 0], [0, 1, 0], [0, 0, 1]])
    assert found.found.mean == pytest.approx((4 / 3, 7 / 3, 3))
    assert (found.found.low, found.found.high) == ((1, 2, 3), (2, 3, 3))
    assert found.new.mean == pytest.approx((4 / 3, 1, 2 / 3))
    assert (found.new.low, found.new.high) == ((1, 0, 0), (2, 2, 1))
    assert found.as_given == (2, 2, 3)


def test_many_groups_are_drawn_with_a_fixed_seed_and_near_the_exact_band():
    raised = np.random.default_rng(5).random((12, 20)) < 0.2
    exact = saturation.saturation(raised)
    assert (exact.kind, exact.orders) == ("exact", math.factorial(12))
    more = np.vstack([raised, np.zeros((1, 20))])
    drawn = saturation.saturation(more)
    assert (drawn.kind, drawn.orders, drawn.groups) == ("monte_carlo", 10_000, 13)
    assert drawn == saturation.saturation(more)
    curves = saturation._of_drawn_orders(more.astype(bool), 10_000, 1)[0]
    means = [each.mean() for each in curves]
    assert drawn.found.mean == pytest.approx(means, abs=0.1)


def test_no_groups_and_no_themes():
    assert saturation.saturation(np.zeros((0, 3))).found.mean == ()
    found = saturation.saturation(np.zeros((3, 0)))
    assert found.found.mean == (0, 0, 0)
    assert (found.themes, found.new.high) == (0, (0, 0, 0))
