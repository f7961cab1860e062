"""Every estimator and test against R, whose figures `fixtures/statistics/make.R` wrote down."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from evalkit.statistics import (
    columns,
    cooccurrence,
    effects,
    intervals,
    krippendorff,
    many_coders,
    multiplicity,
    ordinal,
    paired,
    ranks,
    saturation,
    scales,
    two_coders,
    two_way,
    weights,
)
from evalkit.statistics.outcome import table_of_groups
from evalkit.statistics.ratings import ratings

FIXTURES = Path(__file__).parent / "fixtures" / "statistics"


def read() -> dict[str, dict[str, dict[str, list[float]]]]:
    """Case → input → figure → values."""
    found: dict = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    with (FIXTURES / "r.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            found[row["case"]][row["input"]][row["figure"]].append(float(row["value"]))
    return found


R = read()
# What the tests below look up under a name that they are given.
used = {
    "clopper_pearson", "signed_rank_drop", "mcnemar_corrected", "mcnemar_mid_p", "mcnemar_exact",
    "wine", "wine_nominal", "clm", "clm_nominal", "vglm", "weighted_mean", "weighted_mean_fpc",
    "weighted_proportion", "weighted_proportion_fpc", "jaccard",
}  # fmt: skip


def cases(name: str):
    """A parameter for each input of a case: (input, figure → value or values)."""
    used.add(name)
    return [
        pytest.param(
            text, {k: v[0] if len(v) == 1 else v for k, v in figures.items()}, id=text[:60]
        )
        for text, figures in R[name].items()
    ]


def numbers(text: str) -> list[float]:
    return [float(each) for each in text.split()]


def rows(text: str) -> list[list[float]]:
    return [numbers(each) for each in text.split("/")]


def near(value, digits: float = 1e-9):
    return pytest.approx(value, rel=digits, abs=digits)


def bounds(found) -> tuple[float, float]:
    assert found.reason is None
    return found.low, found.high


# Intervals


@pytest.mark.parametrize("method", ["wilson", "clopper_pearson"])
@pytest.mark.parametrize(("text", "r"), cases("wilson"))
def test_proportion(text, r, method):
    x, n, level = numbers(text)
    r = {k: v[0] for k, v in R[method][text].items()}
    found = intervals.proportion(int(x), int(n), level, method)
    assert bounds(found) == near((r["low"], r["high"]))


@pytest.mark.parametrize(("text", "r"), cases("newcombe"))
def test_difference_of_proportions(text, r):
    (a, b), (c, d) = rows(text)
    found = intervals.difference_of_proportions((int(a), int(c)), (int(a + b), int(c + d)))
    assert (found.estimate, *bounds(found)) == near((r["estimate"], r["low"], r["high"]))


@pytest.mark.parametrize(("text", "r"), cases("newcombe_paired"))
def test_difference_of_paired_proportions(text, r):
    found = intervals.difference_of_paired_proportions(rows(text))
    assert (found.estimate, *bounds(found)) == near((r["estimate"], r["low"], r["high"]))


@pytest.mark.parametrize(("text", "r"), cases("welch"))
def test_difference_of_means(text, r):
    first, second = rows(text)
    found = intervals.difference_of_means((first, None), (second, None))
    assert (*bounds(found), found.error) == near((r["low"], r["high"], r["error"]))


@pytest.mark.parametrize(("text", "r"), cases("welch_90"))
def test_difference_of_means_of_rs_sleep(text, r):
    first, second = rows(text)
    found = intervals.difference_of_means((first, None), (second, None), 0.9)
    assert bounds(found) == near((r["low"], r["high"]))


@pytest.mark.parametrize(("text", "r"), cases("mean"))
def test_mean(text, r):
    values = numbers(text)
    assert bounds(intervals.mean(values)) == near((r["low"], r["high"]))
    codes, counts = np.unique(values, return_counts=True)
    assert bounds(intervals.mean(codes, counts)) == near((r["low"], r["high"]))


@pytest.mark.parametrize(("text", "r"), cases("mean_fpc"))
def test_mean_of_a_finite_population(text, r):
    found = intervals.mean(numbers(text), population=12)
    assert (*bounds(found), found.error) == near((r["low"], r["high"], r["error"]))


# Tables


@pytest.mark.parametrize(("text", "r"), cases("fisher"))
def test_fisher_freeman_halton(text, r):
    found = two_way.fisher_freeman_halton(rows(text))
    assert found.kind == "exact"
    assert found.p == near(r["p"], 1e-7)


@pytest.mark.parametrize(("text", "r"), cases("chi_square"))
def test_chi_square(text, r):
    found = two_way.chi_square(rows(text))
    test = found.test
    assert (test.statistic, test.df, test.p) == near((r["statistic"], r["df"], r["p"]))
    assert found.smallest_expected == near(r["smallest"])


@pytest.mark.parametrize(("text", "r"), cases("linear_by_linear"))
def test_linear_by_linear(text, r):
    found = two_way.linear_by_linear(rows(text), exact=False)
    assert found.kind == "asymptotic"
    assert (abs(found.z), found.p) == near((abs(r["z"]), r["p"]))


@pytest.mark.parametrize(("text", "r"), cases("linear_by_linear_exact"))
def test_linear_by_linear_exact(text, r):
    table, values = table_of_groups(rows(text))
    found = two_way.linear_by_linear(table, column_scores=values**2)
    assert found.kind == "exact"
    assert found.p == near(r["p"])


@pytest.mark.parametrize(("text", "r"), cases("cramers_v"))
def test_cramers_v(text, r):
    found = two_way.cramers_v(rows(text)).interval
    assert found.estimate == near(r["estimate"])
    assert bounds(found) == near((r["low"], r["high"]), 1e-7)


@pytest.mark.parametrize(("text", "r"), cases("bergsma"))
def test_cramers_v_corrected(text, r):
    assert two_way.cramers_v(rows(text)).corrected == near(r["estimate"])


@pytest.mark.parametrize(("text", "r"), cases("column_proportions"))
def test_column_proportions(text, r):
    row, table = text.split("|")
    found = columns.column_proportions(rows(table))
    adjusted = [each.p_adjusted for each in found.pairs if each.row == int(row)]
    assert adjusted == near([r["p01"], r["p02"], r["p12"]])


# Ranks


@pytest.mark.parametrize(("text", "r"), cases("mann_whitney_exact"))
def test_mann_whitney_exact(text, r):
    found = ranks.mann_whitney(table_of_groups(rows(text))[0])
    assert found.kind == "exact"
    assert (found.p, found.z) == near((r["p"], r["z"]))


@pytest.mark.parametrize(("text", "r"), cases("mann_whitney"))
def test_mann_whitney_corrected(text, r):
    found = ranks.mann_whitney(table_of_groups(rows(text))[0], exact=False)
    assert (found.kind, found.corrected) == ("asymptotic", True)
    assert (found.p, found.statistic) == near((r["p"], r["u"]))


@pytest.mark.parametrize(("text", "r"), cases("mann_whitney_uncorrected"))
def test_mann_whitney_uncorrected(text, r):
    found = ranks.mann_whitney(table_of_groups(rows(text))[0], exact=False, corrected=False)
    assert found.p == near(r["p"])


@pytest.mark.parametrize(("text", "r"), cases("kruskal_wallis"))
def test_kruskal_wallis(text, r):
    y, g = (np.array(each) for each in rows(text))
    table, _ = table_of_groups([y[g == each] for each in np.unique(g)])
    found = ranks.kruskal_wallis(table, exact=False)
    assert (found.statistic, found.df, found.p) == near((r["statistic"], r["df"], r["p"]))


@pytest.mark.parametrize("zeros", ["pratt", "drop"])
@pytest.mark.parametrize(("text", "r"), cases("signed_rank_pratt"))
def test_signed_rank(text, r, zeros):
    r = {k: v[0] for k, v in R[f"signed_rank_{zeros}"][text].items()}
    found = ranks.signed_rank(numbers(text), zeros=zeros)
    assert found.kind == "exact"
    assert found.p == near(r["p"])
    assert found.z == near(r["z"])


@pytest.mark.parametrize(("text", "r"), cases("signed_rank_exact"))
def test_signed_rank_against_another_package(text, r):
    assert ranks.signed_rank(numbers(text), zeros="drop").p == near(r["p"])


@pytest.mark.parametrize(("text", "r"), cases("signed_rank_normal"))
def test_signed_rank_normal(text, r):
    found = ranks.signed_rank(numbers(text), zeros="drop", exact=False)
    assert (found.p, found.statistic) == near((r["p"], r["v"]))


@pytest.mark.parametrize(("text", "r"), cases("cliffs_delta"))
def test_cliffs_delta(text, r):
    table, _ = table_of_groups(rows(text))
    found = effects.cliffs_delta(table)
    assert found.estimate == near(r["estimate"])
    n1, n2 = table.sum(axis=1)
    floor = (1 - r["estimate"] ** 2) / (n1 * n2 - 1)
    # effsize has not Cliff's floor for a variance that comes out too small, or below 0.
    assert found.error**2 == near(max(r["variance"], floor))
    if r["variance"] > floor:
        assert bounds(found) == near((r["low"], r["high"]))


@pytest.mark.parametrize(("text", "r"), cases("rank_biserial"))
def test_rank_biserial(text, r):
    found = effects.rank_biserial(table_of_groups(rows(text))[0])
    assert (found.estimate, *bounds(found)) == near((r["estimate"], r["low"], r["high"]))


@pytest.mark.parametrize(("text", "r"), cases("matched_rank_biserial"))
def test_matched_rank_biserial(text, r):
    found = effects.matched_rank_biserial(numbers(text), zeros="drop")
    assert found.estimate == near(r["estimate"])
    if abs(found.estimate) < 1:
        assert bounds(found) == near((r["low"], r["high"]))


# The same respondents twice


@pytest.mark.parametrize(
    ("case", "how"),
    [
        ("mcnemar", "asymptotic"),
        ("mcnemar_corrected", "asymptotic_corrected"),
        ("mcnemar_mid_p", "mid_p"),
        ("mcnemar_exact", "exact"),
    ],
)
@pytest.mark.parametrize(("text", "r"), cases("mcnemar"))
def test_mcnemar(text, r, case, how):
    found = paired.mcnemar(rows(text), how)
    assert found.p == near(R[case][text]["p"][0])


@pytest.mark.parametrize(("text", "r"), cases("bowker"))
def test_bowker(text, r):
    found = paired.bowker(rows(text))
    assert (found.statistic, found.df, found.p) == near((r["statistic"], r["df"], r["p"]))


@pytest.mark.parametrize(("text", "r"), cases("stuart_maxwell"))
def test_marginal_homogeneity(text, r):
    found = paired.marginal_homogeneity(rows(text))
    assert (found.statistic, found.p) == near((r["statistic"], r["p"]))


@pytest.mark.parametrize(("text", "r"), cases("marginal_scores"))
def test_marginal_scores(text, r):
    found = paired.marginal_scores(rows(text))
    assert (abs(found.z), found.p) == near((r["z"], r["p"]))


@pytest.mark.parametrize(("text", "r"), cases("adjust"))
def test_adjust(text, r):
    assert multiplicity.adjust(numbers(text), "holm").p == near(tuple(r["holm"]))
    assert multiplicity.adjust(numbers(text), "benjamini_hochberg").p == near(tuple(r["bh"]))


@pytest.mark.parametrize(("text", "r"), cases("adjust_family"))
def test_adjust_in_a_larger_family(text, r):
    assert multiplicity.adjust(numbers(text), "holm", 7).p == near(tuple(r["holm"]))


# Scales


@pytest.mark.parametrize(("text", "r"), cases("cronbach"))
def test_cronbach_alpha(text, r):
    found = scales.cronbach_alpha(np.array(rows(text)).T)
    assert (found.alpha.estimate, *bounds(found.alpha)) == near((r["alpha"], r["low"], r["high"]))
    assert [each.item_total for each in found.items] == near(r["item_total"])
    assert [each.alpha_if_dropped for each in found.items] == near(r["dropped"])


@pytest.mark.parametrize(("text", "r"), cases("feldt"))
def test_feldts_interval(text, r):
    alpha, k, n = numbers(text)
    assert scales.feldt_bounds(alpha, int(n), int(k), 0.95) == near((r["low"], r["high"]))


# The proportional-odds model


@pytest.mark.parametrize("case", ["wine", "clm"])
def test_proportional_odds(case):
    ((text, r),) = R[case].items()
    y, *x = rows(text)
    names = [each.split("|")[0] for each in R[f"{case}_nominal"]]
    found = ordinal.proportional_odds(y, dict(zip(names, x, strict=True)))
    assert found.log_likelihood == near(r["log_likelihood"][0], 1e-8)
    assert [each.estimate for each in found.coefficients] == near(r["estimate"], 2e-6)
    assert [each.error for each in found.coefficients] == near(r["error"], 2e-6)
    assert list(found.thresholds) == near(r["threshold"], 1e-5)
    for test, figures in zip(found.odds, R[f"{case}_nominal"].values(), strict=False):
        statistic = 2 * (figures["log_likelihood"][0] - r["log_likelihood"][0])
        assert test.test.statistic == pytest.approx(statistic, abs=1e-4)


def test_all_odds_at_once():
    ((text, r),) = R["vglm"].items()
    y, *x = rows(text)
    found = ordinal.proportional_odds(y, dict(zip("abc", x, strict=True)))
    assert found.odds[-1].term is None
    statistic = 2 * (r["log_likelihood"][0] - found.log_likelihood)
    assert found.odds[-1].test.statistic == pytest.approx(statistic, abs=1e-5)


# Weights


@pytest.mark.parametrize(("text", "r"), cases("post_stratification"))
def test_post_stratification(text, r):
    _, age, _ = rows(text)
    assert weights.post_stratify(age, [11, 10, 7]).weights.tolist() == near(r["w"])


@pytest.mark.parametrize(("text", "r"), cases("raking"))
def test_raking(text, r):
    sex, age, _ = rows(text)
    found = weights.rake([sex, age], [[12, 16], [11, 10, 7]], tolerance=1e-12)
    assert found.weights.tolist() == near(r["w"], 1e-8)
    assert [each.tolist() for each in found.margins] == [near([12, 16]), near([11, 10, 7])]


@pytest.mark.parametrize(("text", "r"), cases("trimming"))
def test_trimming(text, r):
    found = weights.trim(numbers(text), 1.5, 4)
    assert found.weights.tolist() == near(r["w"], 1e-6)


@pytest.mark.parametrize(("case", "population"), [("", None), ("_fpc", 60)])
@pytest.mark.parametrize("what", ["mean", "proportion"])
def test_weighted(case, population, what):
    name = f"weighted_{what}{case}"
    ((text, r),) = R[name].items()
    y, w = rows(text)
    estimate = weights.weighted_mean if what == "mean" else weights.weighted_proportion
    found = estimate(y, w, population=population)
    expected = [r[each][0] for each in ("estimate", "error", "low", "high")]
    assert [found.estimate, found.error, found.low, found.high] == near(expected, 1e-7)


# Codings

SCALES = {"unweighted": "nominal", "identity": "nominal"}
MANY = {
    "pa.coeff": lambda given, scale: many_coders.percent_agreement(given.counts, scale),
    "fleiss.kappa": lambda given, scale: many_coders.fleiss_kappa(given.counts, scale),
    "conger.kappa": many_coders.conger_kappa,
    "gwet.ac1": lambda given, scale: many_coders.gwet_ac(given.counts, scale),
}


@pytest.mark.parametrize(
    ("name", "text", "r"), [(name, *each.values) for name in MANY for each in cases(name)]
)
def test_agreement_of_many_coders(name, text, r):
    """irrCAC rounds to five decimals."""
    scale, _, data = text.partition("|")
    found = MANY[name](ratings(rows(data)), SCALES.get(scale, scale))
    assert found.observed == near(r["observed"])
    assert found.estimate == pytest.approx(r["estimate"], abs=6e-6)
    assert found.interval.error == pytest.approx(r["error"], abs=6e-6)


@pytest.mark.parametrize(("text", "r"), cases("krippendorff"))
def test_krippendorffs_alpha(text, r):
    metric, _, data = text.partition("|")
    given = ratings(rows(data))
    values = given.categories
    found = krippendorff.krippendorff_alpha(given.counts, metric, values, draws=10)
    assert found.estimate == near(r["estimate"])


@pytest.mark.parametrize(("text", "r"), cases("fleiss_null"))
def test_fleiss_against_no_agreement(text, r):
    found = many_coders.fleiss_kappa(ratings(rows(text)).counts)
    assert (found.estimate, found.estimate / found.null_error) == near((r["estimate"], r["z"]))


@pytest.mark.parametrize(("text", "r"), cases("conger_exact"))
def test_conger(text, r):
    assert many_coders.conger_kappa(ratings(rows(text))).estimate == near(r["estimate"])


@pytest.mark.parametrize(
    ("name", "text", "r"),
    [
        (name, *each.values)
        for name in ("kappa2.table", "scott2.table", "gwet.ac1.table")
        for each in cases(name)
    ],
)
def test_agreement_of_two_coders(name, text, r):
    scale, _, data = text.partition("|")
    table = np.array(rows(data), dtype=int)
    if name == "gwet.ac1.table":
        found = many_coders.gwet_ac(counts_of(table), SCALES.get(scale, scale))
        error = found.interval.error * ((table.sum() - 1) / table.sum()) ** 0.5
    else:
        of = two_coders.cohen_kappa if name == "kappa2.table" else two_coders.scott_pi
        found = of(table, SCALES.get(scale, scale))
        error = found.interval.error
    assert (found.estimate, error) == near((r["estimate"], r["error"]))


def counts_of(table: np.ndarray) -> np.ndarray:
    """A unit each of a table of two coders, by the categories that it was put into."""
    size = len(table)
    one = np.eye(size, dtype=int)
    return np.array(
        [one[i] + one[j] for i in range(size) for j in range(size) for _ in range(table[i, j])]
    )


@pytest.mark.parametrize(("text", "r"), cases("vcd_kappa"))
def test_kappa_of_vcd(text, r):
    for scale in ("nominal", "linear", "quadratic"):
        found = two_coders.cohen_kappa(rows(text), scale)
        assert (found.estimate, found.interval.error) == near(tuple(r[scale]))


@pytest.mark.parametrize(("text", "r"), cases("cooccurrence"))
def test_codes_on_the_same_segments(text, r):
    found = cooccurrence.cooccurrence(rows(text))
    assert found.counts.T.ravel().tolist() == r["n"]
    lower = found.jaccard.T[np.triu_indices(len(found.counts), 1)]
    assert lower.filled(-1).tolist() == near(R["jaccard"][text]["index"])


@pytest.mark.parametrize(("text", "r"), cases("saturation"))
def test_saturation(text, r):
    found = saturation.saturation(rows(text), draws=50)
    assert list(found.found.mean) == near(r["found"])


def test_every_figure_of_r_is_compared():
    assert used == set(R)
    assert all(row["command"] for row in commands())


def commands() -> list[dict[str, str]]:
    with (FIXTURES / "r.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
