"""Where a unit differs most from the rest, its place among the others, and what of it is shown."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

import evalkit
from evalkit.release import Rule
from evalkit.release.units import hidden_groups, hidden_units
from evalkit.statistics.funnel import funnel_limits, outside

MODEL = Path(__file__).parents[1] / "data" / "raw" / "skaraborg-modell"
NBSP = "\u00a0"


# The limits of a funnel


@pytest.mark.parametrize("target", [0.01, 0.1, 0.37, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("level", [0.95, 0.998])
@pytest.mark.parametrize("n", [1, 2, 5, 16, 129, 1000])
def test_limits_are_where_scipys_distribution_function_reaches_the_tail(target, level, n):
    """With straight lines between whole numbers; the upper one by the opposite answers."""
    tail = (1 - level) / 2
    found = funnel_limits(target, [n], level)
    for share, wanted in ((target, found.low[0]), (1 - target, 1 - found.high[0])):
        reached = np.concatenate([[0.0], stats.binom.cdf(np.arange(n + 1), n, share)])
        first = int(stats.binom.ppf(tail, n, share)) + 1
        while reached[first] <= tail:
            first += 1
        part = (tail - reached[first - 1]) / (reached[first] - reached[first - 1])
        assert wanted == pytest.approx(max(first - 2 + part, 0) / n, abs=1e-9)


@pytest.mark.parametrize("target", [0.0, 0.05, 0.37, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("n", [1, 5, 16, 60])
def test_outside_is_where_an_exact_tail_is_small_enough(target, n):
    share = Fraction(target).limit_denominator(100)
    chances = [
        Fraction(int(np.prod([Fraction(n - k, k + 1) for k in range(yes)], dtype=object)))
        * share**yes
        * (1 - share) ** (n - yes)
        for yes in range(n + 1)
    ]
    yes = np.arange(n + 1)
    for level, tail in ((0.95, Fraction(25, 1000)), (0.998, Fraction(1, 1000))):
        found = outside(yes, np.full(n + 1, n), float(share), level).tolist()
        wanted = [
            int(sum(chances[at:]) <= tail) - int(sum(chances[: at + 1]) <= tail)
            for at in range(n + 1)
        ]
        assert found == wanted


def test_a_share_that_nobody_or_everybody_has_has_no_funnel():
    for target in (0.0, 1.0):
        found = funnel_limits(target, [1, 9, 80])
        assert found.low.tolist() == found.high.tolist() == [target] * 3
    with pytest.raises(ValueError, match="without answers"):
        funnel_limits(0.5, [3, 0])


# The model study, from its files to the page


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    frame = pd.read_csv(MODEL / "rounds" / "2014-10" / "enkat-2014-10.csv", dtype=str)
    return frame.set_axis([name.partition(".")[0] for name in frame.columns], axis=1)


@pytest.fixture(scope="module")
def before() -> pd.DataFrame:
    frame = pd.read_csv(MODEL / "rounds" / "2014-05" / "enkat-2014-05.csv", dtype=str)
    return frame.set_axis([name.partition(".")[0] for name in frame.columns], axis=1)


@pytest.fixture(scope="module")
def page(evalkit_command, tmp_path_factory) -> BeautifulSoup:
    out = tmp_path_factory.mktemp("unit")
    done = evalkit_command("run", MODEL, "--unit", "Kommun C", "--out", out, "-q")
    assert done.status == 0, done.err
    return BeautifulSoup(Path(done.out.strip()).read_text("utf-8"), "html.parser")


def csv_of(page: BeautifulSoup, name: str) -> list[dict[str, str]]:
    link = page.find("a", download=name)["href"]
    text = unquote(link.partition(",")[2]).lstrip("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def number(text: str) -> float:
    return float(text.replace(",", "."))


WORRY = {"Alltid": 5, "Ofta": 4, "Ibland": 3, "Sällan": 2, "Aldrig": 1}


def test_the_columns_of_an_item_are_those_of_the_files(page, answers, before):
    rows = [
        [cell.get_text() for cell in row.find_all(["th", "td"])]
        for row in page.find(id="tabell-8").find_parent("section").table.find_all("tr")
    ]
    own = answers["1"] == "Kommun C"
    sides = [
        answers[own]["8"].dropna(),
        answers[~own]["8"].dropna(),
        answers["8"].dropna(),
        before[before["1"] == "Kommun C"]["8"].dropna(),
    ]
    assert [each.replace(NBSP, " ") for each in rows[0][1:]] == [
        f"{name}n = {len(side)}"
        for name, side in zip(["Kommun C", "Övriga", "Alla", "Maj 2014"], sides, strict=True)
    ]
    for row in rows[2:8]:
        label = row[0].partition(" (")[0]
        assert int(row[1]) == (sides[0] == label).sum()
        shares = [100 * (side == label).mean() for side in sides]
        assert row[2:] == [f"{int(share + 0.5)}{NBSP}%" for share in shares]
    means = [side.map(WORRY).mean() for side in sides]
    assert rows[10] == ["Medel", *(f"{each:.2f}".replace(".", ",") for each in means)]


def test_the_rank_test_of_an_item_is_scipys(page, answers):
    text = page.find(id="tabell-8").find_parent("section").get_text()
    own = answers["1"] == "Kommun C"
    codes = answers["8"].map(WORRY)
    # Towards the positive end, which is the low one here.
    sides = [-codes[own].dropna(), -codes[~own].dropna()]
    found = stats.mannwhitneyu(*sides)
    assert f"U\u00a0=\u00a0{found.statistic:.2f}".replace(".", ",") in text
    rows = [row for row in csv_of(page, "skillnader.csv") if row["tabell"] == "8"]
    rng = np.random.default_rng(5)
    dealt = stats.permutation_test(
        sides, lambda x, y: stats.mannwhitneyu(x, y).statistic, permutation_type="independent",
        n_resamples=4000, rng=rng,
    )  # fmt: skip
    assert number(rows[0]["p"]) == pytest.approx(dealt.pvalue, abs=0.03)
    assert number(rows[0]["Cliffs delta"]) == pytest.approx(
        2 * found.statistic / (len(sides[0]) * len(sides[1])) - 1, abs=5e-5
    )


def test_an_option_is_compared_as_scipy_and_statsmodels_do(page, answers):
    """9. Vem pratar du med? Kompis is the third of five columns with that number."""
    ticks = answers.loc[:, "9"].to_numpy()
    own = (answers["1"] == "Kommun C").to_numpy()
    answered = ~pd.isna(ticks).all(axis=1)
    yes = ticks[:, 2] == "Vald"
    cells = [[int((yes & side & answered).sum()), int((~yes & side & answered).sum())]
             for side in (own, ~own)]  # fmt: skip
    rows = {row["fråga"]: row for row in csv_of(page, "skillnader.csv")}
    row = rows["Vem man pratar med när något är svårt: Kompis"]
    assert (int(row["antal svar"]), int(row["antal svar övriga"])) == tuple(map(sum, cells))
    assert number(row["procent"]) == pytest.approx(100 * cells[0][0] / sum(cells[0]), abs=1e-4)
    assert number(row["p"]) == pytest.approx(stats.fisher_exact(cells)[1], abs=1e-4)
    low, high = confint_proportions_2indep(
        cells[0][0], sum(cells[0]), cells[1][0], sum(cells[1]), compare="diff", method="newcomb"
    )
    bounds = (row["intervall från"], row["intervall till"])
    assert [number(each) for each in bounds] == pytest.approx([100 * low, 100 * high], abs=1e-4)


def test_p_is_adjusted_over_the_whole_table_and_rows_are_sorted(page):
    rows = csv_of(page, "skillnader.csv")
    p = [number(row["p"]) for row in rows]
    adjusted = multipletests(p, method="holm")[1]
    assert [number(row["justerat p"]) for row in rows] == pytest.approx(adjusted, abs=2e-3)
    sizes = [abs(number(row["skillnad"])) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    caption = page.find(id="skillnader-tabell-text").get_text()
    assert f"i {len(rows)} jämförelser" in caption
    assert len(page.find(id="skillnader").find_parent("section").tbody.find_all("tr")) == len(rows)


def test_the_units_of_a_funnel_are_those_of_the_file(page, answers):
    [funnel] = [each for each in page.find_all("figure") if each["id"] == "trattdiagram-delaktig"]
    assert "Kommun C" in funnel.svg["aria-label"]
    good = answers["19"].isin(["Stämmer helt", "Stämmer ganska bra"])
    given = answers["19"].notna()
    target = good.sum() / given.sum()
    rows = csv_of(page, "trattdiagram-delaktig.csv")
    assert len(rows) == 11
    for row in rows:
        unit = (answers["1"] == row["enhet"]) & given
        n, yes = int(unit.sum()), int((unit & good).sum())
        assert int(row["antal svar"]) == n
        assert number(row["procent"]) == pytest.approx(100 * yes / n, abs=1e-4)
        high, low = (
            stats.binom.sf(yes - 1, n, target) <= 0.025,
            stats.binom.cdf(yes, n, target) <= 0.025,
        )
        assert row["läge"] == ("över 95 %" if high else "under 95 %" if low else "inom")
    assert [row["enhet"] for row in rows] == sorted(row["enhet"] for row in rows)


def test_units_kept_back_are_in_no_funnel_and_nowhere_else_on_the_page(page, evalkit_command):
    """Four and three responded in these two."""
    text = unquote(str(page))
    assert "Kommun D" not in text
    assert "Kommun I" not in text
    assert "Antal enheter med svar som inte visas: 2." in text
    internal = evalkit.open_study(MODEL).unit_report("Kommun C", edition="internal")
    assert "Kommun D" in internal.place().html


# What may be shown


def study(folder: Path, codes: dict[str, str], more: str = "", frame: str = "") -> Path:
    """A study of one item, in which each letter is an answer: a, b or ? for none."""
    folder.mkdir()
    units = list(codes)
    (folder / "codebook.csv").write_text(
        "name,item,number,part_of,label,kind,scale,section,mean,positive\n"
        "Kommun,kommun,1,,Kommun,nominal,kommun,1,no,\nHur,q,2,,Hur,likert,hur,1,yes,high\n",
        "utf-8",
    )
    scales = "".join(f"kommun,{at},{name},valid\n" for at, name in enumerate(units, start=1))
    (folder / "scales.csv").write_text(
        f"scale,value,label,status\n{scales}hur,2,Bra,valid\nhur,1,Dåligt,valid\n", "utf-8"
    )
    (folder / "sections.csv").write_text("section,title\n1,Ett\n", "utf-8")
    words = {"a": "Bra", "b": "Dåligt", "?": ""}
    rows = "".join(f"{unit},{words[each]}\n" for unit, given in codes.items() for each in given)
    (folder / "svar.csv").write_text(f"Kommun,Hur\n{rows}", "utf-8")
    rounds = '"1": {responses: svar.csv}'
    if frame:
        (folder / "ram.csv").write_text(frame, "utf-8")
        rounds = '"1": {responses: svar.csv, frame: ram.csv}'
    (folder / "study.yaml").write_text(
        f"name: liten\ntitle: Liten\nunit: kommun\nrounds:\n  {rounds}\n{more}", "utf-8"
    )
    return folder


def similar(**groups: str) -> str:
    rows = "".join(f"{unit},{unit},99,{group}\n" for unit, group in groups.items())
    return f"unit,label,invited,similar\n{rows}"


def shown_of(home: Path, unit: str):
    return evalkit.open_study(home).unit_report(unit).released.items["q"].content


def test_similar_units_are_those_of_the_frame_without_the_unit(tmp_path):
    codes = {"A": "aaaaabb", "B": "aabbbb", "C": "aaaabbbb", "D": "bbbbbbb"}
    frame = similar(A="stad", B="stad", C="land", D="")
    home = study(tmp_path / "liten", codes, frame=frame)
    table = shown_of(home, "A")
    assert [row.n for row in table.alike.rows[:2]] == [2, 4]
    assert [row.n for row in table.rest.rows[:2]] == [6, 15]
    assert shown_of(home, "C").alike is None
    assert shown_of(home, "D").alike is None
    html = evalkit.open_study(home).unit_report("A").about().html
    assert "”Liknande” är de andra enheterna i gruppen ”stad”" in html


def test_a_group_does_not_give_a_unit_away_that_is_kept_back(tmp_path):
    """B has two answers: A with its group would tell them, and so would the other group."""
    codes = {"A": "aaaaabb", "B": "ab", "C": "aaaabbbb", "D": "bbbbbbb", "E": "aaabbb"}
    frame = similar(A="stad", B="stad", C="land", D="land", E="land")
    home = study(tmp_path / "liten", codes, frame=frame)
    book = evalkit.open_study(home)
    reasons = {unit: book.unit_report(unit).released.reasons for unit in codes}
    hidden = {unit for unit, each in reasons.items() if "q" in each}
    assert hidden == {"B", "E"}
    for unit in ("A", "C", "D"):
        assert shown_of(home, unit).alike is None


@given(
    st.lists(st.tuples(st.integers(0, 14), st.sampled_from(["x", "y", "z", ""])), min_size=1,
             max_size=9),
    st.integers(1, 7),
)  # fmt: skip
def test_what_is_left_of_any_group_is_nobody_or_enough(units, least):
    """All reports side by side: units and groups shown, and the whole."""
    about = {f"u{at}": n for at, (n, _) in enumerate(units)}
    group_of = {f"u{at}": group for at, (_, group) in enumerate(units) if group}
    rule = Rule("published", least)
    hidden = hidden_units(about, rule, frozenset())
    seen = {name for name in about if name not in hidden and about[name] >= least}
    if not seen:
        return
    groups = set(group_of.values()) - hidden_groups(about, group_of, rule, frozenset())
    left_over = 0
    for group in ("x", "y", "z", ""):
        left = sum(
            n for name, n in about.items() if group_of.get(name, "") == group and name not in seen
        )
        if group in groups:
            assert left == 0 or left >= least
        else:
            left_over += left
    assert left_over == 0 or left_over >= least


def two_rounds(tmp_path: Path, first: dict[str, str], second: dict[str, str]) -> Path:
    home = study(tmp_path / "liten", second)
    other = study(tmp_path / "annan", first)
    (home / "forr.csv").write_text((other / "svar.csv").read_text("utf-8"), "utf-8")
    text = (home / "study.yaml").read_text("utf-8")
    both = '"1": {responses: forr.csv, label: våren}\n  "2": {responses: svar.csv}'
    text = text.replace('"1": {responses: svar.csv}', both)
    (home / "study.yaml").write_text(text, "utf-8")
    return home


def test_the_last_round_of_a_unit_is_what_its_own_report_shows(tmp_path):
    codes = {"A": "aaaaabb", "B": "aaabbb", "C": "aaaabbbb"}
    home = two_rounds(tmp_path, {"A": "aaabb", "B": "aaaaaa", "C": "abbbb"}, codes)
    assert [row.n for row in shown_of(home, "A").before.rows[:2]] == [3, 2]
    html = evalkit.open_study(home).unit_report("A")
    block = html.item(html.all.codebook.items["q"]).html
    assert f"I våren var andelen i A 60{NBSP}% (antal svar = 5)." in block


def test_a_unit_kept_back_in_the_last_round_has_no_column_for_it(tmp_path):
    codes = {"A": "aaaaabb", "B": "aaabbb", "C": "aaaabbbb"}
    home = two_rounds(tmp_path, {"A": "aaab", "B": "aaaaaa", "C": "abbbbbbb"}, codes)
    for unit in ("A", "B"):  # B, since A could be taken from the whole
        assert shown_of(home, unit).before is None
    assert shown_of(home, "C").before is not None


def test_what_is_kept_back_is_not_in_the_family_of_tests(tmp_path):
    """A p adjusted over items that are kept back would tell of them."""
    codes = {"A": "aaaa??", "B": "aaabbb", "C": "aaaabbbb"}
    home = study(tmp_path / "liten", codes)
    report = evalkit.open_study(home).unit_report("A")
    assert report.released.reasons == {"q": "few"}
    assert report.standing.content is None
    html = report.differences().html
    assert "Ingen fråga i A kan jämföras med övriga enheter" in html
    assert "<table" not in html
    assert report.place().html == ""


def test_a_table_that_the_whole_keeps_back_stands_in_no_units_report(tmp_path):
    """One invited gave the second answer by the population: its table would tell who."""
    codes = {"A": "aaaaabb", "B": "aaabbb", "C": "aaaabbbb"}
    home = study(tmp_path / "liten", codes)
    (home / "folk.csv").write_text("item,value,n\nq,2,40\nq,1,11\n", "utf-8")
    text = (home / "study.yaml").read_text("utf-8")
    text = text.replace("{responses: svar.csv}", "{responses: svar.csv, population: folk.csv}")
    text = text.replace("rounds:", "publication: {min_respondents: 10}\nrounds:")
    (home / "study.yaml").write_text(text, "utf-8")
    (home / "svar.csv").write_text(
        "Kommun,Hur\n" + "".join(
            f"{unit},{word}\n"
            for unit in "ABC"
            for word in ["Bra"] * 12 + ["Dåligt"] * (3 if unit == "A" else 2)
        ),
        "utf-8",
    )  # fmt: skip
    book = evalkit.open_study(home)
    assert book.report().released.items["q"].content is None
    report = book.unit_report("A")
    assert report.released.reasons == {"q": "whole"}
    assert report.standing.content is None
    block = report.item(report.all.codebook.items["q"]).html
    assert "visas inte, eftersom frågan inte heller visas för" in block
    assert "<table" not in block


# Nothing to test, and rebuilt answers


def test_where_all_answer_alike_it_is_said_that_nothing_can_be_tested(tmp_path):
    home = study(tmp_path / "liten", {"A": "aaaaaa", "B": "aaaaaaa", "C": "aaaaaa"})
    report = evalkit.open_study(home).unit_report("A")
    [row] = report.standing.content.differences.rows
    assert (row.p, row.verdict, row.place) == (None, "none", "within")
    page = report.differences().html + report.place().html
    page += report.item(report.all.codebook.items["q"]).html
    assert "prövas inte" in page
    assert "kan inte prövas" in page
    assert "Alla svar är lika." in page
    assert "nan" not in page.casefold().replace("annan", "").replace("enheternan", "")


def test_a_large_difference_is_more_than_chance_and_far_out(tmp_path):
    home = study(tmp_path / "liten", {"A": "b" * 20, "B": "a" * 60, "C": "a" * 55 + "b" * 5})
    report = evalkit.open_study(home).unit_report("A")
    [row] = report.standing.content.differences.rows
    assert (row.verdict, row.place) == ("more", "far_below")
    assert row.test.p == pytest.approx(stats.fisher_exact([[0, 20], [115, 5]])[1], rel=1e-6)
    html = report.differences().html
    assert "En av 1 jämförelser visar en skillnad som är större" in html
    assert f"”Hur” (0{NBSP}% mot 96{NBSP}%)" in html
    assert "A ligger under det." in report.place().html
    item = report.item(report.all.codebook.items["q"]).html
    assert "Skillnaden mot övriga enheter är större än slumpen brukar ge." in item


def test_a_unit_that_is_alone_is_the_whole(tmp_path):
    home = study(tmp_path / "liten", {"A": "aabbaa", "B": "", "C": ""})
    report = evalkit.open_study(home).unit_report("A")
    assert shown_of(home, "A").rest is None
    assert "Ingen fråga i A kan jämföras" in report.differences().html


def test_rebuilt_answers_are_not_compared(tmp_path):
    codes = {"A": "aaaaabb", "B": "aaabbb", "C": "aaaabbbb"}
    home = study(tmp_path / "liten", codes, "mark: reconstructed\n")
    report = evalkit.open_study(home).unit_report("A")
    page = report.differences().html + report.place().html
    page += report.item(report.all.codebook.items["q"]).html
    assert "Ingen jämförelse prövas" in page
    assert "p =" not in page
    assert "slump" not in page


def test_in_english_it_says_the_same(tmp_path):
    home = study(tmp_path / "liten", {"A": "b" * 20, "B": "a" * 60, "C": "a" * 55 + "b" * 5})
    report = evalkit.open_study(home).unit_report("A", language="en")
    assert "One of 1 comparisons shows a difference" in report.differences().html
    assert "A lies below that." in report.place().html
    assert "is larger than chance usually gives" in report.item(report.all.codebook.items["q"]).html


# All units at once


def test_every_unit_that_may_be_shown_gets_its_report(tmp_path, evalkit_command):
    codes = {"A": "aaaaabb", "B": "aaabbb", "C": "aaaabbbb", "D": "ab", "E": "aaaaaaa"}
    home = study(tmp_path / "liten", codes)
    done = evalkit_command("run", home, "--units", "--out", tmp_path / "out")
    assert done.status == 0, done.err
    made = [Path(each).parent.name for each in done.out.split()]
    assert made == ["a", "c", "e"]
    assert "Without a report, since too few responded: B, D" in done.err
    folder = tmp_path / "out" / "liten" / "units"
    assert sorted(each.name for each in folder.iterdir()) == made
    both = evalkit_command("run", home, "--units", "--unit", "A", "--out", tmp_path / "out")
    assert both.status == 2
    internal = evalkit_command(
        "run", home, "--units", "--edition", "internal", "--out", tmp_path / "alla", "-q"
    )
    assert len(internal.out.split()) == 5
    refused = evalkit_command("run", "bou-2012", "--units", "--out", tmp_path / "ut")
    assert (refused.status, "has no units" in refused.err) == (1, True)
