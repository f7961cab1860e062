"""Rounds side by side, against pandas, SciPy, statsmodels and hand counts, from file to page."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

import evalkit
from evalkit.errors import EvalkitError

NB = "\u00a0"
STUDY = Path(__file__).resolve().parents[1] / "data" / "raw" / "skaraborg-modell"
ROUNDS = ("2014-05", "2014-10")


@pytest.fixture(scope="module")
def raw():
    """The two exports, read without evalkit."""
    return [
        pd.read_csv(STUDY / "rounds" / each / f"enkat-{each}.csv", sep=None, engine="python")
        for each in ROUNDS
    ]


@pytest.fixture(scope="module")
def workbook():
    return evalkit.open_study(STUDY)


@pytest.fixture(scope="module")
def frame(workbook):
    return workbook.changes()


def row_of(frame, item, value):
    return frame[(frame["item"] == item) & (frame["value"] == value)].iloc[0]


DECIDE = "19. Jag får vara med och bestämma om det som gäller mig"
AGREE = ["Stämmer inte alls", "Stämmer ganska dåligt", "Stämmer ganska bra", "Stämmer helt"]


def counts_of(column, answers):
    return [int((column == each).sum()) for each in answers]


def test_a_share_and_its_difference_are_those_of_pandas_and_statsmodels(frame, raw):
    given = [each[DECIDE].dropna() for each in raw]
    yes = [sum(counts_of(each, AGREE[2:])) for each in given]
    n = [len(each) for each in given]
    found = row_of(frame, "delaktig", "positive")
    assert [found["before_n"], found["before_base"], found["n"], found["base"]] == [
        yes[0], n[0], yes[1], n[1],
    ]  # fmt: skip
    low, high = confint_proportions_2indep(
        yes[1], n[1], yes[0], n[0], method="newcomb", compare="diff"
    )
    assert found["difference"] == pytest.approx(100 * (yes[1] / n[1] - yes[0] / n[0]))
    assert [found["low"], found["high"]] == pytest.approx([100 * low, 100 * high])


def test_a_mean_and_its_difference_are_those_of_scipy(frame, raw):
    scored = [each[DECIDE].map(dict(zip(AGREE, range(1, 5), strict=True))).dropna() for each in raw]
    found = row_of(frame, "delaktig", "mean")
    wanted = stats.ttest_ind(scored[1], scored[0], equal_var=False).confidence_interval()
    assert found["difference"] == pytest.approx(scored[1].mean() - scored[0].mean())
    assert [found["low"], found["high"]] == pytest.approx([wanted.low, wanted.high])


def test_an_unordered_item_is_tested_as_scipy_does(frame, raw):
    cells = [counts_of(each["2. Kön"], ["Flicka", "Pojke"]) for each in raw]
    found = row_of(frame, "kon", "1")
    assert found["test"] == "chi_square"
    assert found["p"] == pytest.approx(stats.chi2_contingency(cells, correction=False).pvalue)


def test_an_unordered_item_with_few_expected_has_an_exact_test(frame, raw):
    homes = ["Familjehem", "HVB", "Jourhem eller annat"]
    if "Jourhem eller annat" not in set(raw[1]["4. Boende"]):
        homes = sorted(set(raw[1]["4. Boende"].dropna()))
    cells = np.array([counts_of(each["4. Boende"], homes) for each in raw])
    assert stats.contingency.expected_freq(cells).min() < 5
    found = row_of(frame, "placeringsform", "1")
    assert found["test"] == "fisher_freeman_halton"
    assert found["p"] == pytest.approx(enumerated_fisher(cells), abs=1e-9)


def enumerated_fisher(cells):
    """All tables of two rows with these margins, one by one."""
    columns, first = cells.sum(axis=0), cells[0].sum()
    total = math.comb(int(columns.sum()), int(first))

    def ways(row):
        return math.prod(math.comb(int(c), int(k)) for c, k in zip(columns, row, strict=True))

    seen = ways(cells[0])
    spans = [range(min(int(c), int(first)) + 1) for c in columns[:-1]]
    every = (
        ways((*some, first - sum(some)))
        for some in itertools.product(*spans)
        if 0 <= first - sum(some) <= columns[-1]
    )
    return sum(each for each in every if each <= seen) / total


def test_an_ordered_item_is_tested_by_ranks(frame, raw):
    """SciPy's normal p, near to the exact one that evalkit gives here."""
    places = dict(zip(AGREE, range(1, 5), strict=True))
    column = "15. De vuxna där jag bor lyssnar på mig"
    scored = [each[column].map(places).dropna() for each in raw]
    found = row_of(frame, "trygg_lyssnar", "positive")
    wanted = stats.mannwhitneyu(scored[1], scored[0], method="asymptotic").pvalue
    assert found["test"] == "mann_whitney"
    assert found["p"] == pytest.approx(wanted, abs=0.01)


def test_p_is_adjusted_over_every_test_of_the_table(frame):
    tested = frame[frame["p"].notna()]
    wanted = multipletests(tested["p"].astype(float), method="holm")[1]
    assert tested["p_adjusted"].astype(float).tolist() == pytest.approx(wanted.tolist())


def test_what_is_not_compared_says_why(frame):
    out = frame[frame["not_compared"].fillna("") != ""]
    assert dict(zip(out["item"], out["not_compared"], strict=True)) == {
        "skoldagar": "not_comparable", "skolgang": "not_comparable", "vardag": "not_asked",
    }  # fmt: skip


def test_a_first_round_has_nothing_to_compare_with(workbook):
    with pytest.raises(EvalkitError, match="no earlier one"):
        workbook.changes("2014-05")
    with pytest.raises(EvalkitError, match="before 2014-05"):
        workbook.changes("2014-05", since="2014-10")
    report = workbook.comparison_report("2014-05")
    assert not report.changes.overview()
    assert not report.changes.same_respondents()
    assert not report.changes.same_units()
    assert not report.changes.items()
    assert list(report.changes.declared) == []


# The page


@pytest.fixture(scope="module", params=["sv", "en"])
def page(workbook, request):
    blocks = workbook.comparison_report(language=request.param).changes
    every = [blocks.overview(), blocks.same_respondents(), blocks.same_units(), blocks.items()]
    return request.param, BeautifulSoup("".join(each.html for each in every), "html.parser")


def cells(soup, ident):
    """The texts of each row of a table, by its first cell."""
    table = soup.find("caption", id=f"{ident}-text")
    table = table.find_parent("table") if table else soup.find("table", id=ident)
    rows = [[c.get_text(" ") for c in r.find_all(["th", "td"])] for r in table.find_all("tr")]
    return {row[0]: row[1:] for row in rows if len(row) > 1}


def test_a_cell_of_the_page_is_what_pandas_gives(page, raw):
    language, soup = page
    rows = cells(soup, "forandring-tabell")
    name = next(each for each in rows if each.startswith(("Får vara med", "Has a say")))
    given = [each[DECIDE].dropna() for each in raw]
    yes = [sum(counts_of(each, AGREE[2:])) for each in given]
    sign, of = (f"{NB}%", "av") if language == "sv" else ("%", "of")
    shares = [
        f"{math.floor(100 * k / len(each) + 0.5)}{sign}{NB}{of}{NB}{len(each)}"
        for k, each in zip(yes, given, strict=True)
    ]
    assert rows[name][:2] == shares
    assert rows[name][2:] == (
        ["+20", "+3 till +38", "Ja"] if language == "sv" else ["+20", "+3 to +38", "Yes"]
    )


def test_every_table_has_a_caption_and_every_chart_its_figures_in_words(page):
    _, soup = page
    assert all(each.find("caption").get_text().strip() for each in soup.find_all("table"))
    alternative = " ".join(each["aria-label"] for each in soup.find_all("svg"))
    assert "58" in alternative
    assert "77" in alternative
    idents = [each["id"] for each in soup.find_all(id=True)]
    assert len(idents) == len(set(idents))
    assert "nan" not in soup.get_text().lower().split()
    assert "None" not in soup.get_text()


def test_units_that_took_part_both_times_stand_beside_all(page, raw):
    _, soup = page
    both = set(raw[0]["1. Kommun"]) & set(raw[1]["1. Kommun"])
    assert 0 < len(both) < len(set(raw[1]["1. Kommun"]))
    given = [each[each["1. Kommun"].isin(both)][DECIDE].dropna() for each in raw]
    rows = cells(soup, "forandring-enheter-tabell")
    name = next(each for each in rows if each.startswith(("Får vara med", "Has a say")))
    for at, each in zip((3, 4), given, strict=True):
        yes = sum(counts_of(each, AGREE[2:]))
        share = math.floor(100 * yes / len(each) + 0.5)
        digits = [int(one) for one in rows[name][at].replace("%", " ").split() if one.isdigit()]
        assert digits == [share, len(each)]


# The same respondents


def merged(raw):
    ident = next(each for each in raw[0].columns if each.startswith("Löp"))
    once = [each[~each[ident].duplicated(keep=False) & each[ident].notna()] for each in raw]
    return once[0].merge(once[1], on=ident, suffixes=("_before", "_after"))


def test_pairs_are_those_that_pandas_finds(workbook, raw):
    both = merged(raw)
    internal = workbook.comparison_report(edition="internal").changes.released.content
    assert internal.paired.matching.n == len(both)
    scale = dict(zip(AGREE, range(1, 5), strict=True))
    first, second = (both[f"{DECIDE}_{each}"].map(scale) for each in ("before", "after"))
    change = (second - first).dropna()
    found = next(each for each in internal.paired.pairs if each.item.name == "delaktig")
    assert found.n == len(change)
    assert found.moves == ((change > 0).sum(), (change == 0).sum(), (change < 0).sum())
    assert found.table.sum() == len(change)
    crossed = pd.crosstab(first[change.index], second[change.index])
    for before, after in itertools.product(range(1, 5), repeat=2):
        wanted = crossed.get(after, pd.Series(dtype=int)).get(before, 0)
        assert found.table[4 - before][4 - after] == wanted
    assert found.test.p == pytest.approx(enumerated_pratt(change.to_numpy()))


def enumerated_pratt(change):
    """All signs of the signed ranks, the zeros ranked and then left out."""
    ranks = stats.rankdata(np.abs(change))[change != 0]
    seen = abs((ranks * np.sign(change[change != 0])).sum())
    signs = itertools.product((-1, 1), repeat=len(ranks))
    sums = [abs(sum(r * s for r, s in zip(ranks, each, strict=True))) for each in signs]
    return sum(each >= seen - 1e-9 for each in sums) / len(sums)


def test_an_option_of_the_same_respondents_has_mcnemars_test(workbook, raw):
    both = merged(raw)
    column = "9. Vem pratar du med? - Kompis"
    rows = both[both[[f"{column}_before", f"{column}_after"]].notna().all(axis=1)]
    first, second = (rows[f"{column}_{when}"] == "Vald" for when in ("before", "after"))
    won, lost = (~first & second).sum(), (first & ~second).sum()
    internal = workbook.comparison_report(edition="internal").changes.released.content
    found = next(each for each in internal.paired.pairs if each.key == "prata_kompis")
    assert found.moves == (won, len(rows) - won - lost, lost)
    assert found.test.method == "mcnemar_exact"
    assert found.test.p == pytest.approx(stats.binomtest(int(won), int(won + lost)).pvalue)
