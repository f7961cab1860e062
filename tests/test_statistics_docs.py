"""`docs/statistics.md` is in step with the code: its computed tables, its methods, its reasons."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from evalkit.statistics import (
    agreement,
    bootstrap,
    census,
    columns,
    effects,
    fast,
    funnel,
    intervals,
    krippendorff,
    many_coders,
    multiplicity,
    ordinal,
    outcome,
    paired,
    ranks,
    ratings,
    scales,
    two_coders,
    two_way,
    weights,
)

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "statistics.md").read_text("utf-8")


def script():
    spec = importlib.util.spec_from_file_location("intervals", ROOT / "packaging" / "intervals.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_computed_tables_are_what_the_code_gives():
    assert script().with_computed(PAGE) == PAGE


def rows_of(page: str, first: str) -> dict[str, list[str]]:
    """The rows of the table whose heading begins with `first`, by their first cell."""
    lines = page[page.index(f"| {first} |") :].split("\n\n", maxsplit=1)[0].splitlines()
    cells = [[each.strip() for each in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in cells}


def test_the_coverage_of_the_census_over_every_k_by_another_way():
    """Summed over every set of answers by SciPy's distribution, from the intervals as people."""
    page = rows_of(PAGE, "yes in 28")
    assert page["yes in 28"][0] == "hypergeometric"
    covered = []
    for k in range(29):
        chance = 0.0
        for x in range(26):
            low, high = census.census_proportion(x, 25, 28).people
            if low <= k <= high:
                chance += float(stats.hypergeom(28, k, 25).pmf(x))
        covered.append(chance)
        assert page[str(k)][0] == f"{chance + 1e-12:.3f}"
    assert min(covered) >= 0.95
    summary = rows_of(PAGE, "method")["hypergeometric"]
    assert summary[0] == f"{min(covered):.3f}" == "0.977"
    assert summary[2] == "0.085"
    assert summary[3] == "0 of 26"


PAIRS = [[3, 2, 1], [1, 4, 2], [0, 2, 5]]


@pytest.fixture(scope="module")
def methods() -> set[str]:
    """The key of every method that the functions give."""
    two = [[3, 2], [1, 4]]
    values, counts = [1, 2, 3, 4], [2, 3, 2, 1]
    d = [1, -1, 2, 0, 2]
    found = [
        *(
            intervals.proportion(3, 9, method=each)
            for each in ("wilson", "clopper_pearson", "agresti_coull", "jeffreys")
        ),
        census.census_proportion(3, 9, 12).interval,
        intervals.mean(values, counts),
        intervals.mean(values, counts, population=20),
        intervals.difference_of_proportions((1, 2), (4, 5)),
        intervals.difference_of_paired_proportions(two),
        intervals.difference_of_means((values, None), (values, counts)),
        two_way.chi_square(two).test,
        two_way.fisher_freeman_halton(two),
        two_way.linear_by_linear(two),
        two_way.cramers_v(two).interval,
        columns.two_proportions_z((1, 2), (4, 5)),
        ranks.mann_whitney(two),
        ranks.kruskal_wallis(PAIRS),
        *(ranks.signed_rank(d, zeros=each) for each in ("pratt", "drop")),
        effects.cliffs_delta(two),
        effects.rank_biserial(two),
        effects.score_correlation(two),
        *(effects.matched_rank_biserial(d, zeros=each) for each in ("pratt", "drop")),
        *(paired.mcnemar(two, each) for each in ("exact", "mid_p", "asymptotic")),
        paired.mcnemar(two, "asymptotic_corrected"),
        paired.bowker(PAIRS),
        paired.marginal_homogeneity(PAIRS),
        paired.marginal_scores(PAIRS),
        *(multiplicity.adjust([0.1], each) for each in ("holm", "benjamini_hochberg")),
        scales.cronbach_alpha([[1, 2], [2, 2], [3, 4]]).alpha,
        weights.post_stratify([0, 0], [4]),
        weights.rake([[0, 0]], [[4]]),
        weights.trim([1, 1]),
        *(weights.weighted_mean([1, 2], [1, 2], population=each) for each in (None, 9)),
        *(weights.weighted_proportion([1, 0], [1, 2], population=each) for each in (None, 9)),
        fast.chi_square(np.ones((3, 2), int)),
        fast.mann_whitney(np.ones((3, 2), int)),
        fast.proportions([1, 2], [3, 3]),
        funnel.funnel_limits(0.5, [9]),
    ]
    counts = [[2, 0], [1, 1], [0, 2]]
    coded = [
        two_coders.cohen_kappa(two),
        two_coders.scott_pi(two),
        many_coders.percent_agreement(counts),
        many_coders.fleiss_kappa(counts),
        many_coders.conger_kappa(ratings.ratings([[1, 2], [2, 2]])),
        *(many_coders.gwet_ac(np.ones((2, 3), int), each) for each in ("nominal", "linear")),
        *(
            krippendorff.krippendorff_alpha(counts, draws=2, way=each)
            for each in ("percentile", "bca")
        ),
        *bootstrap.bootstrap([agreement.pooled([], each, 0) for each in agreement.POOLED]),
    ]
    found += [*coded, *(each.interval for each in coded)]
    model = ordinal.proportional_odds([1, 2, 3, 1, 2, 3, 2, 1], {"x": [1, 0, 1, 0, 1, 1, 0, 1]})
    found += [model, model.coefficients[0].odds_ratio, model.odds[0].test]
    return {each.method for each in found}


def test_every_method_is_described_and_nothing_else(methods):
    heads = re.findall(r"^\| (`[a-z_0-9]+`(?:, `[a-z_0-9]+`)*) \|", PAGE, re.MULTILINE)
    described = {key for head in heads for key in re.findall(r"`([a-z_0-9]+)`", head)}
    described -= {each.value for each in outcome.Reason}
    assert methods - {"wald"} == described
    assert "`wald`" in PAGE


def test_every_key_in_the_code_is_given_by_something(methods):
    room = ROOT / "src" / "evalkit" / "statistics"
    code = "\n".join(path.read_text("utf-8") for path in room.glob("*.py"))
    written = re.findall(r'^ +method = "([a-z_]+)"', code, re.MULTILINE)
    written += re.findall(r'(?:Interval|SignificanceTest|EveryUnit)\(\s*method="([a-z_]+)"', code)
    assert len(set(written)) > 15
    assert set(written) <= methods


def test_every_reason_stands_there_with_its_sentence():
    listed = re.findall(r"^\| `([a-z_]+)` \| ([A-Z][^|]*\.) \|$", PAGE, re.MULTILINE)
    assert dict(listed) == {each.value: each.sentence for each in outcome.Reason}


def test_a_census_corrected_in_the_usual_way_claims_too_much():
    summary = rows_of(PAGE, "method")
    assert summary["wilson, corrected"][0] == "0.893"
    assert summary["wilson, corrected"][3].startswith("24 of")
    assert summary["wilson"][2] == "0.294"
