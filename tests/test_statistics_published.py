"""Estimators and tests against published worked examples, SciPy and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats import proportion as sm_proportion
from statsmodels.stats.contingency_tables import SquareTable
from statsmodels.stats.multitest import multipletests

from evalkit.statistics import (
    census,
    columns,
    effects,
    fast,
    intervals,
    multiplicity,
    ordinal,
    paired,
    ranks,
    two_way,
    weights,
)
from evalkit.statistics.outcome import table_of_groups


def rounded(*figures: float, digits: int = 4) -> tuple[float, ...]:
    return tuple(round(each, digits) for each in figures)


def test_sixteen_of_twenty_five():
    wilson = intervals.proportion(16, 25)
    assert wilson.method == "wilson"
    assert rounded(wilson.low, wilson.high, digits=5) == (0.44518, 0.79752)
    exact = intervals.proportion(16, 25, method="clopper_pearson")
    assert rounded(exact.low, exact.high, digits=5) == (0.42521, 0.82028)


def test_a_census_never_claims_more_than_is_possible():
    found = census.census_proportion(16, 25, 28)
    assert (found.people, found.possible) == ((16, 19), (16, 19))
    assert (found.interval.low, found.interval.high) == (16 / 28, 19 / 28)
    nobody = census.census_proportion(0, 25, 28)
    assert (nobody.people, nobody.possible) == ((0, 1), (0, 3))
    all_of_them = census.census_proportion(25, 25, 28)
    assert (all_of_them.people, all_of_them.possible) == ((27, 28), (25, 28))


@pytest.mark.parametrize("x", [0, 1, 7, 16, 24, 25])
def test_proportions_of_statsmodels(x):
    for method in ("wilson", "agresti_coull"):
        ours = intervals.proportion(x, 25, method=method)
        low, high = sm_proportion.proportion_confint(x, 25, method=method)
        assert (ours.low, ours.high) == pytest.approx((max(low, 0), min(high, 1)), abs=1e-12)
    if 0 < x < 25:
        ours = intervals.proportion(x, 25, method="jeffreys")
        theirs = sm_proportion.proportion_confint(x, 25, method="jeffreys")
        assert (ours.low, ours.high) == pytest.approx(theirs)


# Newcombe (1998), Statistics in Medicine 17: 873–890, table II, method 10.
NEWCOMBE = [
    ((56, 48), (70, 80), 0.0524, 0.3339),
    ((9, 3), (10, 10), 0.1705, 0.8090),
    ((6, 2), (7, 7), 0.0582, 0.8062),
    ((5, 0), (56, 29), -0.0381, 0.1926),
    ((0, 0), (10, 20), -0.1611, 0.2775),
    ((0, 0), (10, 10), -0.2775, 0.2775),
    ((10, 0), (10, 20), 0.6791, 1.0),
    ((10, 0), (10, 10), 0.6075, 1.0),
]


@pytest.mark.parametrize(("yes", "answered", "low", "high"), NEWCOMBE)
def test_newcombes_table(yes, answered, low, high):
    found = intervals.difference_of_proportions(yes, answered)
    assert rounded(found.low, found.high) == (low, high)


def test_paired_shares_of_fagerland_lydersen_and_laake():
    """Complete response before and after treatment (Cavo 2012), in their book's package."""
    found = intervals.difference_of_paired_proportions([[59, 6], [16, 80]])
    assert rounded(found.estimate, found.low, found.high) == (-0.0621, -0.1186, -0.0046)
    assert round(paired.mcnemar([[59, 6], [16, 80]]).p, 6) == 0.052479
    assert round(paired.mcnemar([[59, 6], [16, 80]], "mid_p").p, 6) == 0.034690
    assert round(paired.mcnemar([[59, 6], [16, 80]], "asymptotic").p, 6) == 0.033006
    assert round(paired.mcnemar([[59, 6], [16, 80]], "asymptotic_corrected").p, 6) == 0.055009


def test_job_satisfaction():
    """Agresti (2002, table 2.8), in R's `fisher.test`."""
    table = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]
    found = two_way.fisher_freeman_halton(table)
    assert (found.kind, round(found.p, 5)) == ("exact", 0.78268)


def test_ties_turn_the_decision():
    table, _ = table_of_groups([[1, 1, 2], [3, 4, 4, 5]])
    assert round(ranks.mann_whitney(table).p, 4) == 0.0571
    assert round(ranks.mann_whitney(table, exact=False).p, 4) == 0.0477
    assert round(ranks.mann_whitney(table, exact=False, corrected=False).p, 4) == 0.0308


def test_cliffs_delta_of_effsizes_manual():
    first, second = [10, 10, 20, 20, 20, 30, 30, 30, 40, 50], [10, 20, 30, 40, 40, 50]
    found = effects.cliffs_delta(table_of_groups([first, second])[0])
    assert found.estimate == pytest.approx(-0.25)
    assert rounded(found.low, found.high, digits=7) == (-0.7265846, 0.3890062)


def test_stuarts_test_of_two_psychiatrists():
    """Fleiss, Levin and Paik (2003): 14.00 with two degrees of freedom."""
    found = paired.marginal_homogeneity([[35, 5, 0], [15, 20, 5], [10, 5, 5]])
    assert (round(found.statistic, 3), found.df, round(found.p, 6)) == (14.0, 2, 0.000912)


SQUARE = [[6, 1, 3, 1], [2, 9, 2, 4], [3, 4, 5, 8], [1, 2, 6, 5]]


def test_square_tables_of_statsmodels():
    theirs = SquareTable(np.array(SQUARE), shift_zeros=False)
    bowker, symmetry = paired.bowker(SQUARE), theirs.symmetry()
    assert (bowker.statistic, bowker.df) == pytest.approx((symmetry.statistic, symmetry.df))
    assert bowker.p == pytest.approx(symmetry.pvalue)
    stuart, homogeneity = paired.marginal_homogeneity(SQUARE), theirs.homogeneity()
    assert (stuart.statistic, stuart.df) == pytest.approx((homogeneity.statistic, homogeneity.df))


def test_a_pair_between_which_nobody_changed_is_left_out():
    table = [[6, 1, 0], [4, 9, 3], [0, 1, 5]]
    found = paired.bowker(table)
    assert found.df == 2
    assert found.statistic == pytest.approx((4 - 1) ** 2 / 5 + (3 - 1) ** 2 / 4)
    assert found.p == pytest.approx(stats.chi2.sf(2.8, 2))


def test_unused_answers_and_islands_of_change():
    """Answers 1 and 2, and 3 and 4, exchange; nobody goes from one island to the other."""
    table = np.zeros((5, 5), int)
    table[0, 1], table[1, 0], table[2, 3], table[3, 2] = 5, 2, 1, 6
    found = paired.marginal_homogeneity(table)
    assert found.df == 2
    assert found.statistic == pytest.approx(9 / 7 + 25 / 7)


def test_a_transition_table_counts_each_respondent_once():
    found = paired.transition_table([1, 2, 2, 5], [2, 2, 1, 5], [1, 2, 5])
    assert found.tolist() == [[0, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert paired.transition_table([5], [1], [5, 1]).tolist() == [[0, 1], [0, 0]]
    with pytest.raises(ValueError, match="levels"):
        paired.transition_table([1, 3], [1, 1], [1, 2])


def test_scores_change_as_the_paired_differences():
    found = paired.marginal_scores(SQUARE)
    cells = np.array(SQUARE)
    d = np.repeat((np.arange(4)[None, :] - np.arange(4)[:, None]).ravel(), cells.ravel())
    assert found.z == pytest.approx(d.sum() / np.sqrt((d**2).sum()))


def test_letters_name_the_lower_columns():
    table = [[10, 40, 12], [40, 10, 38]]
    found = columns.column_proportions(table)
    assert found.letters == (("", "AC", ""), ("B", "", "B"))
    assert found.family == (3, 3)
    z, p = sm_proportion.proportions_ztest([10, 40], [50, 50])
    assert (found.pairs[0].test.z, found.pairs[0].test.p) == pytest.approx((z, p))
    whole = columns.column_proportions(table, family="table", adjustment="benjamini_hochberg")
    assert whole.family == (6, 6)
    raw = [each.test.p for each in whole.pairs]
    adjusted = [each.p_adjusted for each in whole.pairs]
    assert adjusted == pytest.approx(stats.false_discovery_control(raw).tolist())


def test_cramers_v_of_scipy():
    table = np.array([[12, 7, 3], [4, 9, 11]])
    v = stats.contingency.association(table, method="cramer")
    assert two_way.cramers_v(table).interval.estimate == pytest.approx(v)


def test_wine():
    """Christensen's primer of `ordinal`: table 1 and `nominal_test`."""
    counts = {
        (0, 0): [4, 9, 5, 0, 0],
        (0, 1): [1, 7, 8, 2, 0],
        (1, 0): [0, 5, 8, 3, 2],
        (1, 1): [0, 1, 5, 7, 5],
    }
    rows = [(*of, j) for of, row in counts.items() for j, n in enumerate(row, 1) for _ in range(n)]
    temp, contact, rating = np.array(rows).T
    found = ordinal.proportional_odds(rating, {"temp": temp, "contact": contact})
    assert (found.n, found.reason, found.few) == (72, None, False)
    assert [each.name for each in found.coefficients] == ["temp", "contact"]
    figures = [(each.estimate, each.error) for each in found.coefficients]
    assert [rounded(*each, digits=6) for each in figures] == [
        (2.503102, 0.528680),
        (1.527798, 0.476623),
    ]
    assert round(found.log_likelihood, 6) == -86.491923
    assert rounded(*found.thresholds, digits=3) == (-1.344, 1.251, 3.467, 5.006)
    first, second = found.odds[:2]
    assert (first.term, first.test.df, *rounded(first.test.statistic, first.test.p)) == (
        "temp", 3, 3.1750, 0.3654,
    )  # fmt: skip
    assert (second.term, second.test.df, *rounded(second.test.statistic, second.test.p)) == (
        "contact", 3, 0.5667, 0.9040,
    )  # fmt: skip
    assert (first.separated, second.separated) == (True, False)
    odds = found.coefficients[0].odds_ratio
    assert odds.estimate == pytest.approx(np.exp(2.503102), rel=1e-6)
    assert odds.low == pytest.approx(np.exp(2.503102 - 1.959964 * 0.528680), rel=1e-5)


def test_two_answers_make_a_logistic_regression():
    import statsmodels.api as sm

    rng = np.random.default_rng(8)
    x = rng.normal(size=80)
    y = (x + rng.logistic(size=80) > 0).astype(int)
    theirs = sm.Logit(y, sm.add_constant(x)).fit(disp=0)
    found = ordinal.proportional_odds(y, {"x": x})
    assert found.coefficients[0].estimate == pytest.approx(theirs.params[1], abs=1e-5)
    assert found.coefficients[0].error == pytest.approx(theirs.bse[1], abs=1e-5)
    assert found.log_likelihood == pytest.approx(theirs.llf)
    assert found.odds == ()


def test_respondents_who_are_alike_are_counted():
    """Against statsmodels with one row a respondent, whose Hessian is numeric."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    rng = np.random.default_rng(11)
    x = rng.integers(0, 3, (300, 2))
    y = np.digitize(0.5 * x[:, 0] - x[:, 1] + rng.logistic(size=300), [-2, -1, 0.5])
    theirs = OrderedModel(y, x, distr="logit").fit(method="bfgs", gtol=1e-7, disp=0)
    found = ordinal.proportional_odds(y, {"a": x[:, 0], "b": x[:, 1]})
    assert [each.estimate for each in found.coefficients] == pytest.approx(
        theirs.params[:2], abs=1e-5
    )
    assert [each.error for each in found.coefficients] == pytest.approx(theirs.bse[:2], abs=1e-5)
    assert found.log_likelihood == pytest.approx(theirs.llf)
    hundredfold = ordinal.proportional_odds(
        np.repeat(y, 100), {"a": np.repeat(x[:, 0], 100), "b": np.repeat(x[:, 1], 100)}
    )
    assert hundredfold.n == 30_000
    assert hundredfold.coefficients[0].error == pytest.approx(
        found.coefficients[0].error / 10, rel=1e-4
    )


def test_a_term_of_several_columns_is_tested_as_one():
    rng = np.random.default_rng(9)
    group = rng.integers(0, 3, 150)
    y = np.digitize(0.8 * (group == 1) + rng.logistic(size=150), [-1, 0, 1])
    predictors = {"b": group == 1, "c": group == 2, "x": rng.normal(size=150)}
    found = ordinal.proportional_odds(y, predictors, terms={"group": ["b", "c"], "x": ["x"]})
    assert [(each.term, each.test.df) for each in found.odds] == [("group", 4), ("x", 2), (None, 6)]
    scaled = ordinal.proportional_odds(y, {**predictors, "x": predictors["x"] * 1e4 + 1e6})
    assert scaled.coefficients[2].z == pytest.approx(found.coefficients[2].z, abs=1e-4)
    with pytest.raises(ValueError, match="one term"):
        ordinal.proportional_odds(y, predictors, terms={"group": ["b", "c"]})


@pytest.mark.parametrize("size", [1, 2, 9])
@pytest.mark.parametrize("ours", ["holm", "benjamini_hochberg"])
def test_adjusted_p_of_statsmodels(size, ours):
    p = np.random.default_rng(size).uniform(size=size).round(1).tolist()
    theirs = multipletests(p, method={"holm": "holm", "benjamini_hochberg": "fdr_bh"}[ours])
    found = multiplicity.adjust(p, ours)
    assert list(found.p) == pytest.approx(theirs[1].tolist())
    assert found.family == size


# Weights


def test_raking_on_twenty_eight_comes_to_its_margins():
    sex = [0] * 10 + [1] * 15
    age = [0, 1, 2, 0, 1, 0, 0, 1, 0, 2, 0, 1, 2, 1, 2, 2, 0, 1, 0, 0, 0, 1, 1, 0, 2]
    found = weights.rake([sex, age], [[12, 16], [11, 10, 7]])
    assert found.worst <= 1e-8
    assert found.iterations > 1
    assert found.margins[0] == pytest.approx([12, 16], rel=1e-8)
    assert found.margins[1] == pytest.approx([11, 10, 7], rel=1e-8)
    few = weights.rake([sex, age], [[12, 16], [11, 10, 7]], iterations=1)
    assert (few.weights, few.reason, few.iterations) == (None, "not_converged", 1)


def test_post_stratification_by_hand():
    found = weights.post_stratify([0, 0, 1, 1, 1], [6, 3], start=[1, 2, 1, 1, 1])
    assert found.weights.tolist() == pytest.approx([2, 4, 1, 1, 1])
    assert found.margins[0].tolist() == pytest.approx([6, 3])


def test_kish_by_hand():
    found = weights.kish([1, 1, 2])
    assert found.effective_n == pytest.approx(16 / 6)
    assert found.design_effect == pytest.approx(3 * 6 / 16)
    assert weights.kish([3, 3, 3, 0]).effective_n == pytest.approx(3)


def test_equal_weights_give_the_plain_mean():
    values = [1, 2, 2, 3, 5, 4]
    plain, weighted = intervals.mean(values), weights.weighted_mean(values, [2.5] * 6)
    assert (weighted.low, weighted.high) == pytest.approx((plain.low, plain.high))
    plain = intervals.mean(values, population=9)
    weighted = weights.weighted_mean(values, [1.5] * 6, population=9)
    assert (weighted.low, weighted.error) == pytest.approx((plain.low, plain.error))


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [([1, 1, 1, 9], 0, 4), ([0.1, 1, 2, 3], 0.5, 2), ([1, 1, 6], 0, 8 / 3), ([5, 1, 1], 1.5, 4)],
)
def test_trimmed_weights_lie_within_and_keep_their_sum(given, low, high):
    found = weights.trim(given, low, high)
    assert found.reason is None
    assert found.weights.sum() == pytest.approx(sum(given))
    assert found.weights.min() >= low - 1e-6
    assert found.weights.max() <= high + 1e-6


# Every unit


@pytest.fixture(scope="module")
def units() -> np.ndarray:
    rng = np.random.default_rng(10)
    return rng.poisson(rng.uniform(0.5, 6, (3, 15, 5))).astype(np.int64)


def test_every_unit_against_the_rest_by_chi_square(units):
    found = fast.chi_square(units)
    for item, unit in np.ndindex(found.p.shape):
        one = units[item, unit]
        table = np.array([one, units[item].sum(axis=0) - one])
        theirs = stats.chi2_contingency(table, correction=False)
        assert found.statistic[item, unit] == pytest.approx(theirs.statistic)
        assert found.p[item, unit] == pytest.approx(theirs.pvalue)
        assert found.smallest_expected[item, unit] == pytest.approx(theirs.expected_freq.min())
        v = stats.contingency.association(table, method="cramer")
        assert found.effect[item, unit] == pytest.approx(v)


@pytest.mark.parametrize("corrected", [True, False])
def test_every_unit_against_the_rest_by_ranks(units, corrected):
    found = fast.mann_whitney(units, corrected=corrected)
    for item, unit in np.ndindex(found.p.shape):
        one = units[item, unit]
        rest = units[item].sum(axis=0) - one
        a, b = (np.repeat(np.arange(5), each) for each in (one, rest))
        theirs = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=corrected)
        assert found.p[item, unit] == pytest.approx(theirs.pvalue)
        delta = effects.cliffs_delta([one, rest]).estimate
        assert found.effect[item, unit] == pytest.approx(delta)


def test_every_unit_against_the_rest_by_shares(units):
    yes, answered = units[..., 0], units.sum(axis=-1)
    found = fast.proportions(yes, answered)
    for item, unit in np.ndindex(found.p.shape):
        x = [yes[item, unit], yes[item].sum() - yes[item, unit]]
        n = [answered[item, unit], answered[item].sum() - answered[item, unit]]
        z, p = sm_proportion.proportions_ztest(x, n)
        assert (found.statistic[item, unit], found.p[item, unit]) == pytest.approx((z, p))
        low, high = sm_proportion.confint_proportions_2indep(
            x[0], n[0], x[1], n[1], method="newcomb"
        )
        assert (found.low[item, unit], found.high[item, unit]) == pytest.approx((low, high))


def test_respondents_without_a_unit_belong_to_the_rest(units):
    nowhere = np.array([3, 0, 1, 5, 2])
    whole = units.sum(axis=1) + nowhere
    with_them = np.concatenate([units, np.broadcast_to(nowhere, (3, 1, 5))], axis=1)
    for test in (fast.chi_square, fast.mann_whitney):
        assert test(units, whole).p.data == pytest.approx(test(with_them).p.data[:, :-1])
    shares = fast.proportions(units[..., 0], units.sum(-1), (whole[..., 0], whole.sum(-1)))
    wide = fast.proportions(with_them[..., 0], with_them.sum(-1))
    assert shares.p.data == pytest.approx(wide.p.data[:, :-1])
