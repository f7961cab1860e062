"""Where there is no figure there is a reason: never NaN, never a warning."""

from __future__ import annotations

import dataclasses
import math
import subprocess
import sys
from enum import Enum
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.statistics import (
    agreement,
    bootstrap,
    census,
    columns,
    cooccurrence,
    distances,
    effects,
    fast,
    intervals,
    krippendorff,
    many_coders,
    multiplicity,
    ordinal,
    outcome,
    paired,
    ranks,
    ratings,
    saturation,
    scales,
    two_coders,
    two_way,
    weights,
)

SRC = Path(__file__).resolve().parents[1] / "src"


def reason_of(found) -> str | None:
    """The reason of an outcome, or of the outcome that it holds."""
    for name in ("interval", "test", "alpha"):
        found = getattr(found, name, found)
    return found.reason


REASONS = [
    # One proportion, one mean
    (lambda: intervals.proportion(0, 0), "no_answers"),
    (lambda: census.census_proportion(0, 0, 28), "no_answers"),
    (lambda: census.census_proportion(16, 28, 28), "everybody_answered"),
    (lambda: intervals.mean([]), "no_answers"),
    (lambda: intervals.mean([1, 2], [0, 0]), "no_answers"),
    (lambda: intervals.mean([3]), "one_answer"),
    (lambda: intervals.mean([3, 4], [0, 1]), "one_answer"),
    (lambda: intervals.mean([0.1] * 7), "all_equal"),
    (lambda: intervals.mean([1, 2, 3], population=3), "everybody_answered"),
    # Two
    (lambda: intervals.difference_of_proportions((0, 3), (0, 5)), "empty_group"),
    (lambda: intervals.difference_of_paired_proportions([[0, 0], [0, 0]]), "no_answers"),
    (lambda: intervals.difference_of_means(([], None), ([1, 2], None)), "empty_group"),
    (lambda: intervals.difference_of_means(([1], None), ([1, 2], None)), "one_answer"),
    (lambda: intervals.difference_of_means(([1, 1], None), ([2, 2], None)), "all_equal"),
    # Tables
    (lambda: two_way.chi_square([[0, 0], [0, 0]]), "no_answers"),
    (lambda: two_way.chi_square([[1, 4], [0, 0]]), "one_group"),
    (lambda: two_way.chi_square([[1, 0], [4, 0]]), "all_equal"),
    (lambda: two_way.fisher_freeman_halton(np.zeros((0, 3))), "no_answers"),
    (lambda: two_way.fisher_freeman_halton([[0, 0], [3, 2]]), "one_group"),
    (lambda: two_way.fisher_freeman_halton([[0, 5], [0, 2]]), "all_equal"),
    (lambda: two_way.linear_by_linear([[0, 5], [0, 2]]), "all_equal"),
    (lambda: two_way.linear_by_linear([[1, 5], [3, 2]], column_scores=[2, 2]), "all_equal"),
    (lambda: two_way.cramers_v([[3, 2]]), "one_group"),
    (lambda: columns.two_proportions_z((0, 0), (0, 0)), "no_answers"),
    (lambda: columns.two_proportions_z((1, 0), (4, 0)), "empty_group"),
    (lambda: columns.two_proportions_z((0, 0), (4, 9)), "all_equal"),
    (lambda: columns.two_proportions_z((4, 9), (4, 9)), "all_equal"),
    # Ranks
    (lambda: ranks.mann_whitney([[0, 0], [0, 0]]), "no_answers"),
    (lambda: ranks.mann_whitney([[0, 0], [1, 4]]), "empty_group"),
    (lambda: ranks.mann_whitney([[0, 3], [0, 4]]), "all_equal"),
    (lambda: ranks.mann_whitney([[0, 1], [0, 0]]), "empty_group"),
    (lambda: ranks.kruskal_wallis([[0, 0], [0, 0]]), "no_answers"),
    (lambda: ranks.kruskal_wallis([[1, 2], [0, 0]]), "one_group"),
    (lambda: ranks.kruskal_wallis([[1, 0], [2, 0], [4, 0]]), "all_equal"),
    (lambda: ranks.signed_rank([]), "no_answers"),
    (lambda: ranks.signed_rank([0, 0, 0]), "no_change"),
    (lambda: effects.cliffs_delta([[0, 0], [0, 0]]), "no_answers"),
    (lambda: effects.cliffs_delta([[0, 0], [1, 0]]), "empty_group"),
    (lambda: effects.cliffs_delta([[1, 0], [1, 3]]), "one_answer"),
    (lambda: effects.cliffs_delta([[3, 0], [4, 0]]), "all_equal"),
    (lambda: effects.cliffs_delta([[3, 0], [0, 4]]), "extreme"),
    (lambda: effects.rank_biserial([[3, 0], [0, 4]]), "extreme"),
    (lambda: effects.rank_biserial([[3, 0], [4, 0]]), "all_equal"),
    (lambda: effects.rank_biserial([[0, 0], [4, 0]]), "empty_group"),
    (lambda: effects.matched_rank_biserial([1, 2]), "extreme"),
    (lambda: effects.matched_rank_biserial([0]), "no_change"),
    (lambda: effects.matched_rank_biserial([]), "no_answers"),
    # The same respondents twice
    (lambda: paired.mcnemar([[3, 0], [0, 2]]), "no_change"),
    (lambda: paired.mcnemar([[0, 0], [0, 0]], "asymptotic"), "no_answers"),
    (lambda: paired.bowker(np.diag([3, 2, 1])), "no_change"),
    (lambda: paired.bowker(np.zeros((3, 3))), "no_answers"),
    (lambda: paired.marginal_homogeneity(np.diag([3, 2, 1])), "no_change"),
    (lambda: paired.marginal_homogeneity(np.zeros((3, 3))), "no_answers"),
    (lambda: paired.marginal_scores(np.diag([3, 2, 1])), "no_change"),
    (lambda: paired.marginal_scores([[1, 4], [2, 3]], [5, 5]), "no_change"),
    (lambda: paired.marginal_scores(np.zeros((2, 2))), "no_answers"),
    # Scales
    (lambda: scales.cronbach_alpha(np.zeros((0, 3))), "no_answers"),
    (lambda: scales.cronbach_alpha([[1, 2, 3]]), "one_answer"),
    (lambda: scales.cronbach_alpha([[1, np.nan], [np.nan, 2]]), "no_answers"),
    (lambda: scales.cronbach_alpha([[1], [2]]), "too_few_items"),
    (lambda: scales.cronbach_alpha([[2, 2], [2, 2]]), "all_equal"),
    (lambda: scales.cronbach_alpha([[1, 2], [2, 1], [3, 0]]), "no_total_variance"),
    # The proportional-odds model
    (lambda: ordinal.proportional_odds([], {"x": []}), "no_answers"),
    (lambda: ordinal.proportional_odds([1], {"x": [1]}), "one_answer"),
    (lambda: ordinal.proportional_odds([2, 2, 2], {"x": [1, 0, 1]}), "all_equal"),
    (lambda: ordinal.proportional_odds([1, 2, 3], {"x": [1, 0, 1]}), "too_few_answers"),
    (lambda: ordinal.proportional_odds([1, 2, 3, 1, 2], {"x": [1] * 5}), "collinear"),
    (
        lambda: ordinal.proportional_odds(
            [1, 2, 3, 1, 2, 3], {"x": [1, 0, 1, 1, 0, 0], "y": [0, 1, 0, 0, 1, 1]}
        ),
        "collinear",
    ),
    (  # complete separation
        lambda: ordinal.proportional_odds([1, 1, 2, 2, 3, 3], {"x": [0, 0, 1, 1, 2, 2]}),
        "separation",
    ),
    (  # quasi-complete: nobody with x = 1 gave the lowest, nobody with x = 0 the highest answer
        lambda: ordinal.proportional_odds([1, 1, 2, 2, 3, 3, 2], {"x": [0, 0, 0, 1, 1, 1, 0]}),
        "separation",
    ),
    # Weights
    (lambda: weights.post_stratify([], []), "no_answers"),
    (lambda: weights.post_stratify([0, 0], [4, 3]), "empty_stratum"),
    (lambda: weights.post_stratify([0, 1], [4, 3], [0, 1]), "empty_stratum"),
    (lambda: weights.post_stratify([0, 1], [4, 3], [0, 0]), "no_weight"),
    (lambda: weights.post_stratify([0, 1], [0, 0]), "no_weight"),
    (lambda: weights.rake([[0, 1], [0, 1]], [[4, 3], [4, 4]]), "margins_disagree"),
    (lambda: weights.rake([[0, 1], [0, 1]], [[4, 3], [3, 4]]), "not_converged"),
    (lambda: weights.trim([]), "no_answers"),
    (lambda: weights.trim([0, 0]), "no_weight"),
    (lambda: weights.trim([1, 5], high=2), "bounds_too_narrow"),
    (lambda: weights.trim([1, 1], low=2), "bounds_too_narrow"),
    (lambda: weights.kish([]), "no_answers"),
    (lambda: weights.kish([0, 0]), "no_weight"),
    (lambda: weights.weighted_mean([], []), "no_answers"),
    (lambda: weights.weighted_mean([1, 2], [0, 0]), "no_weight"),
    (lambda: weights.weighted_mean([1, 2], [0, 1]), "one_answer"),
    (lambda: weights.weighted_mean([0.1, 0.1, 0.1], [1, 2, 3]), "all_equal"),
    (lambda: weights.weighted_mean([1, 2], [1, 2], population=2), "everybody_answered"),
    (lambda: weights.weighted_proportion([0, 0, 0], [1, 2, 3]), "all_equal"),
    (lambda: weights.weighted_proportion([1, 1, 0], [1, 2, 0]), "all_equal"),
    # Agreement between coders
    (lambda: two_coders.cohen_kappa([[0, 0], [0, 0]]), "no_pairs"),
    (lambda: two_coders.cohen_kappa([[9, 0], [0, 0]]), "nothing_varies"),
    (lambda: two_coders.cohen_kappa([[0, 1], [0, 0]]), "one_unit"),
    (lambda: two_coders.cohen_kappa([[9, 0], [0, 4]]), "no_spread"),
    (lambda: two_coders.cohen_kappa([[9, 0], [4, 0]]), "no_spread"),
    (lambda: two_coders.scott_pi([[0, 0], [0, 0]]), "no_pairs"),
    (lambda: two_coders.scott_pi([[9]]), "nothing_varies"),
    (lambda: many_coders.percent_agreement([[1, 0], [0, 1]]), "no_pairs"),
    (lambda: many_coders.percent_agreement([[2, 0], [0, 3]]), "no_spread"),
    (lambda: many_coders.percent_agreement([[2, 0]]), "one_unit"),
    (lambda: many_coders.fleiss_kappa(np.zeros((0, 2))), "no_pairs"),
    (lambda: many_coders.fleiss_kappa([[1, 0], [0, 1]]), "no_pairs"),
    (lambda: many_coders.fleiss_kappa([[3, 0], [2, 0]]), "nothing_varies"),
    (lambda: many_coders.fleiss_kappa([[3, 0], [0, 3]]), "no_spread"),
    (lambda: many_coders.gwet_ac([[3, 0], [2, 0]]), "nothing_varies"),
    (lambda: many_coders.gwet_ac([[3], [2]]), "nothing_varies"),
    (lambda: many_coders.gwet_ac(np.zeros((0, 2))), "no_pairs"),
    (lambda: many_coders.gwet_ac([[2, 0], [0, 2]]), "no_spread"),
    (lambda: many_coders.conger_kappa(ratings.ratings([])), "no_pairs"),
    (lambda: many_coders.conger_kappa(ratings.ratings([[1, None], [2, None]])), "no_pairs"),
    (lambda: many_coders.conger_kappa(ratings.ratings([[1, 1], [1, 1]])), "nothing_varies"),
    (lambda: many_coders.conger_kappa(ratings.ratings([[1, 1], [2, 2]])), "no_spread"),
    (lambda: krippendorff.krippendorff_alpha([[1, 0], [0, 1]]), "no_pairs"),
    (lambda: krippendorff.krippendorff_alpha(np.zeros((0, 2)), "ordinal"), "no_pairs"),
    (lambda: krippendorff.krippendorff_alpha([[2, 0], [3, 0]]), "nothing_varies"),
    (lambda: krippendorff.krippendorff_alpha([[2, 0], [3, 0]], "ordinal"), "nothing_varies"),
    (lambda: krippendorff.krippendorff_alpha([[1, 1]]), "one_unit"),
    (lambda: krippendorff.krippendorff_alpha([[2, 0]] * 9 + [[0, 2]] * 9), "no_spread"),
    (lambda: krippendorff.krippendorff_alpha([[2, 0]] * 40 + [[0, 2]]), "undefined_draws"),
    (lambda: krippendorff.krippendorff_alpha([[2, 0], [0, 2]], way="bca"), "undefined_draws"),
    (lambda: bootstrap.bootstrap([agreement.pooled([], "pooled_kappa", 0)])[0], "no_pairs"),
    (
        lambda: bootstrap.bootstrap([agreement.pooled([], "pooled_kappa", 3)])[0],
        "nothing_varies",
    ),
]


@pytest.mark.parametrize(
    ("compute", "reason"), REASONS, ids=[f"{i}-{reason}" for i, (_, reason) in enumerate(REASONS)]
)
def test_a_reason_instead_of_a_figure(compute, reason):
    found = compute()
    assert reason_of(found) == reason
    assert outcome.Reason(reason).sentence.endswith(".")
    assert all_finite(found)


def test_every_reason_has_a_sentence_and_is_given_by_something():
    given_somewhere = {reason for _, reason in REASONS}
    assert given_somewhere == {each.value for each in outcome.Reason}
    assert len({each.sentence for each in outcome.Reason}) == len(outcome.Reason)


def all_finite(found) -> bool:
    """Whether nowhere in an outcome there is a NaN or an infinity."""
    if dataclasses.is_dataclass(found):
        return all(all_finite(getattr(found, f.name)) for f in dataclasses.fields(found))
    if isinstance(found, (tuple, list)):
        return all(all_finite(each) for each in found)
    if isinstance(found, np.ndarray):
        return found.dtype.kind not in "fc" or bool(np.isfinite(np.ma.getdata(found)).all())
    if isinstance(found, Enum) or not isinstance(found, float):
        return True
    return math.isfinite(found)


# Where one part of an outcome has none


def test_an_estimate_may_stand_without_an_interval():
    assert census.census_proportion(7, 28, 28).interval.estimate == 0.25
    assert intervals.mean([3]).estimate == 3
    assert intervals.mean([0.1] * 7).estimate == 0.1
    assert effects.cliffs_delta([[3, 0], [0, 4]]).estimate == -1
    assert weights.weighted_proportion([1, 1], [1, 2]).estimate == 1


def test_nought_and_a_hundred_per_cent_have_intervals():
    for method in ("wilson", "clopper_pearson", "agresti_coull", "jeffreys"):
        nobody = intervals.proportion(0, 9, method=method)
        assert (nobody.low, nobody.estimate) == (0, 0)
        assert nobody.high > 0.15
        everybody = intervals.proportion(9, 9, method=method)
        assert (everybody.high, everybody.estimate) == (1, 1)
        assert everybody.low == pytest.approx(1 - nobody.high)
    both = intervals.difference_of_proportions((0, 9), (9, 9))
    assert (both.low, both.estimate) == (-1, -1)


def test_a_constant_item_has_no_correlation_but_the_scale_has_an_alpha():
    found = scales.cronbach_alpha([[1, 2, 3], [2, 3, 3], [3, 3, 3], [4, 5, 3]])
    assert found.alpha.reason is None
    assert found.items[2].item_total is None
    assert found.items[2].item_total_reason == "all_equal"
    assert found.items[0].item_total is not None
    two = scales.cronbach_alpha([[1, 2], [2, 3], [3, np.nan], [4, 3]])
    assert (two.respondents, two.left_out) == (3, 1)
    assert {each.dropped_reason for each in two.items} == {"too_few_items"}


def test_column_proportions_leave_out_what_cannot_be_compared():
    found = columns.column_proportions([[0, 0, 0], [4, 9, 0], [40, 10, 0]])
    assert [each.test.reason for each in found.pairs[:3]] == ["all_equal", *["empty_group"] * 2]
    assert found.family == (0, 1, 1)
    assert found.letters == (("", "", ""), ("", "A", ""), ("B", "", ""))
    assert found.pairs[1].difference is None


def test_adjustment_keeps_the_place_of_what_has_no_p():
    found = multiplicity.adjust([0.01, None, 0.04])
    assert (found.p, found.family) == ((0.02, None, 0.04), 2)
    assert multiplicity.adjust([None, None]).p == (None, None)
    assert multiplicity.adjust([]).family == 0


def test_every_unit_has_figures_or_a_reason():
    counts = [[[0, 0, 0], [3, 1, 0], [2, 2, 0]], [[4, 0, 0], [3, 0, 0], [2, 0, 0]]]
    alone = [[[0, 0, 0], [3, 1, 0], [0, 0, 0]], [[0, 0, 0]] * 3]
    for test in (fast.chi_square, fast.mann_whitney):
        found = test(counts)
        assert found.reason.tolist() == [["empty_group", "", ""], ["all_equal"] * 3]
        assert found.p.mask.tolist() == [[True, False, False], [True] * 3]
        assert all_finite(found)
        found = test(alone)
        assert found.reason.tolist() == [["empty_group"] * 3, ["no_answers"] * 3]
        assert all_finite(found)
    found = fast.proportions([0, 2, 0], [0, 4, 3])
    assert found.reason.tolist() == ["empty_group", "", ""]
    found = fast.proportions([[0, 0], [3, 2]], [[3, 2], [3, 2]])
    assert found.reason.tolist() == [["all_equal"] * 2] * 2
    assert all_finite(found)


def test_separation_is_not_guessed_from_large_estimates():
    """A rare background variable with a strong but finite effect has its model."""
    y = [1] * 20 + [2] * 20 + [3] * 20
    x = [0] * 19 + [1] + [0] * 15 + [1] * 5 + [1] * 19 + [0]
    found = ordinal.proportional_odds(y, {"x": x})
    assert found.reason is None
    assert found.coefficients[0].estimate > 2


cell = st.integers(0, 6)


@settings(max_examples=60)
@given(st.lists(st.lists(cell, min_size=3, max_size=3), min_size=2, max_size=2))
def test_any_table_gives_figures_or_reasons(cells):
    for found in (
        two_way.chi_square(cells),
        two_way.fisher_freeman_halton(cells),
        two_way.linear_by_linear(cells),
        two_way.cramers_v(cells),
        columns.column_proportions(cells),
        ranks.mann_whitney(cells),
        ranks.mann_whitney(cells, exact=False),
        ranks.kruskal_wallis(cells),
        effects.cliffs_delta(cells),
        effects.rank_biserial(cells),
        fast.chi_square(cells),
        fast.mann_whitney(cells),
    ):
        assert all_finite(found)


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=3, max_size=3))
def test_any_square_gives_figures_or_reasons(cells):
    for test in (paired.bowker, paired.marginal_homogeneity, paired.marginal_scores):
        assert all_finite(test(cells))


@settings(max_examples=25)
@given(st.data(), st.integers(1, 25))
def test_any_answers_give_a_model_or_a_reason(data, n):
    few = st.integers(1, 4)
    y = data.draw(st.lists(few, min_size=n, max_size=n))
    x = data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    assert all_finite(ordinal.proportional_odds(y, {"x": x}))


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), max_size=6))
def test_any_ratings_give_figures_or_reasons(cells):
    counts = np.array(cells, dtype=int).reshape(-1, 3)
    for found in (
        many_coders.percent_agreement(counts),
        many_coders.fleiss_kappa(counts, "linear"),
        many_coders.gwet_ac(counts),
        *(
            krippendorff.krippendorff_alpha(counts, metric, [0, 1, 2], draws=20, way=way)
            for metric in ("nominal", "ordinal", "interval", "ratio")
            for way in ("percentile", "bca")
        ),
    ):
        assert all_finite(found)
        assert found.estimate is None or found.estimate <= 1
    if len(counts) == 3:
        for weights_ in ("nominal", "linear", "quadratic"):
            assert all_finite(two_coders.cohen_kappa(counts, weights_))
            assert all_finite(two_coders.scott_pi(counts, weights_))


@settings(max_examples=60)
@given(st.lists(st.lists(st.sampled_from([0, 1, 2, None]), min_size=3, max_size=3), max_size=6))
def test_any_coders_give_figures_or_reasons(rows):
    found = many_coders.conger_kappa(ratings.ratings(rows, [0, 1, 2]))
    assert all_finite(found)


# Mistakes of the caller


@pytest.mark.parametrize(
    "compute",
    [
        lambda: intervals.proportion(3, 2),
        lambda: intervals.proportion(1, 2, level=1.0),
        lambda: census.census_proportion(3, 4, 2),
        lambda: census.census_proportion(0, 0, 0),
        lambda: intervals.mean([1, math.nan]),
        lambda: intervals.mean([1, 2], population=1),
        lambda: intervals.mean([1, 2], [1]),
        lambda: two_way.chi_square([1, 2]),
        lambda: two_way.chi_square([[1, -2], [1, 1]]),
        lambda: two_way.chi_square([[1, 0.5], [1, 1]]),
        lambda: two_way.chi_square([[1, math.nan], [1, 1]]),
        lambda: two_way.linear_by_linear([[1, 2], [3, 4]], [1, 2, 3]),
        lambda: columns.column_proportions(np.ones((2, 27))),
        lambda: ranks.mann_whitney([[1], [2], [3]]),
        lambda: ranks.signed_rank([1, math.nan]),
        lambda: effects.matched_rank_biserial([math.inf]),
        lambda: outcome.table_of_groups([[1, math.nan]]),
        lambda: paired.mcnemar([[1, 2, 3], [1, 2, 3]]),
        lambda: paired.bowker([[1, 2, 3], [1, 2, 3]]),
        lambda: paired.transition_table([1], [1, 2], [1, 2]),
        lambda: paired.marginal_scores([[1, 2], [3, 4]], [1]),
        lambda: multiplicity.adjust([1.5]),
        lambda: multiplicity.adjust([0.5, 0.5], family=1),
        lambda: scales.cronbach_alpha([1, 2]),
        lambda: ordinal.proportional_odds([1, 2], {}),
        lambda: ordinal.proportional_odds([1, 2], {"x": [1, math.nan]}),
        lambda: weights.post_stratify([2], [1, 1]),
        lambda: weights.post_stratify([0.5], [1, 1]),
        lambda: weights.kish([-1]),
        lambda: weights.weighted_mean([1], [1, 2]),
        lambda: weights.weighted_mean([1, 2], [1, 2], population=1),
        lambda: weights.weighted_proportion([2], [1]),
        lambda: fast.chi_square([1, 2]),
        lambda: fast.chi_square([[1, 2]], [0, 0]),
        lambda: fast.proportions([3], [2]),
        lambda: fast.proportions([1, 1], [2, 2], (5, 4)),
        lambda: ratings.ratings([[1, 2], [1]]),
        lambda: ratings.ratings([[1, 2]], [1]),
        lambda: distances.agreement_weights("cubic", 2),
        lambda: distances.agreement_weights([[1, 0.5], [0, 1]], 2),
        lambda: distances.agreement_weights([[0.5, 0], [0, 1]], 2),
        lambda: distances.given_distances([[0, -1], [-1, 0]], 2),
        lambda: distances.given_distances([[0, math.nan], [1, 0]], 2),
        lambda: distances.given_distances([[0]], 2),
        lambda: distances.ratio([-1, 1]),
        lambda: distances.interval([math.inf, 1]),
        lambda: two_coders.cohen_kappa([[1, 2]]),
        lambda: two_coders.yes_no(np.ones((2, 3), int)),
        lambda: krippendorff.krippendorff_alpha([[2, 0], [0, 2]], "interval"),
        lambda: krippendorff.krippendorff_alpha([[2, 0], [0, 2]], "no such metric"),
        lambda: krippendorff.alpha(np.array([[1, 0]])),
        lambda: krippendorff.krippendorff_alpha([[2, 0], [0, 2]], level=1.0),
        lambda: bootstrap.bootstrap([], way="normal"),
        lambda: cooccurrence.cooccurrence([[0, 2]]),
        lambda: cooccurrence.cooccurrence([0, 1]),
        lambda: saturation.saturation([[1, 0]], level=0),
        lambda: outcome.Interval(method="x", level=0.95),
        lambda: outcome.SignificanceTest(method="x", n=1),
    ],
)
def test_what_is_impossible_is_refused(compute):
    with pytest.raises(ValueError, match=r"\w"):
        compute()


def test_nan_cannot_get_into_an_outcome():
    with pytest.raises(ArithmeticError):
        outcome.Interval(method="x", level=0.95, estimate=math.nan, low=0, high=1)
    with pytest.raises(ArithmeticError):
        outcome.SignificanceTest(method="x", n=1, p=math.inf)


# The room


def test_what_is_given_is_not_changed():
    table = np.array([[3, 1, 0], [2, 5, 4]])
    floats = np.array([1.0, 0.5, 6.0])
    kept, kept_floats = table.copy(), floats.copy()
    for compute in (
        two_way.chi_square, two_way.fisher_freeman_halton, two_way.linear_by_linear,
        two_way.cramers_v, columns.column_proportions, ranks.mann_whitney, ranks.kruskal_wallis,
        effects.cliffs_delta, fast.chi_square, fast.mann_whitney,
    ):  # fmt: skip
        compute(table)
    weights.trim(floats, high=3)
    weights.rake([[0, 1, 1]], [[4, 4]], floats)
    weights.weighted_mean([1, 2, 3], floats)
    assert (table == kept).all()
    assert (floats == kept_floats).all()


def test_scipy_waits_until_it_is_needed():
    code = """
import sys
import evalkit
import evalkit.statistics.census, evalkit.statistics.columns, evalkit.statistics.effects
import evalkit.statistics.fast, evalkit.statistics.intervals, evalkit.statistics.multiplicity
import evalkit.statistics.ordinal, evalkit.statistics.paired, evalkit.statistics.ranks
import evalkit.statistics.scales, evalkit.statistics.two_way, evalkit.statistics.weights
import evalkit.statistics.krippendorff, evalkit.statistics.many_coders
import evalkit.statistics.two_coders, evalkit.statistics.saturation
print([name for name in ("scipy", "statsmodels", "pandas") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(SRC), "PATH": ""},
    )
    assert done.stdout.strip() == "[]"


def test_an_unknown_way_of_mcnemar_is_refused():
    with pytest.raises(ValueError, match="none of exact, mid_p"):
        paired.mcnemar([[1, 2], [3, 4]], "corrected")
