"""Groups: how an item is answered in each, which test is made of it, and what may be shown."""

from __future__ import annotations

import csv
import io
import itertools
import re
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import evalkit
from evalkit.analysis.group_tests import group_tests
from evalkit.analysis.groups import crosstabs
from evalkit.errors import EvalkitError
from evalkit.release import Rule
from evalkit.release.groups import _tells, adds_up_to_few, hidden_groups
from evalkit.statistics.effects import score_correlation
from evalkit.workbook.groups import grouped_by

SCALES = """scale,value,label,label_en,status
kon,1,Flicka,Girl,valid
kon,2,Pojke,Boy,valid
kon,3,Annat,Other,valid
alder,1,10-12,,valid
alder,2,13-15,,valid
alder,3,16-18,,valid
hem,1,Familjehem,Foster home,valid
hem,2,HVB,,valid
hem,3,Stödboende,,valid
hur,3,Bra,Good,valid
hur,2,Varken,Neither,valid
hur,1,Dåligt,Bad,valid
hur,,Vet ej,Don't know,dont_know
vald,1,Ja,Yes,valid
vald,0,Nej,No,valid
"""
CODEBOOK = """name,item,number,part_of,label,label_en,kind,scale,section,mean,positive
Nr,nr,,,,,id,,,,
Kön,kon,1,,Kön,Sex,nominal,kon,1,no,
Ålder,alder,2,,Ålder,Age,ordinal,alder,1,no,
Hem,hem,3,,Hem,Home,nominal,hem,1,no,
Hur,q1,4,,Hur var det?,How was it?,likert,hur,2,yes,high
Var,q2,5,,Var då?,Where?,nominal,hem,2,no,
,q3,6,,Vem?,Who?,multiple,,2,no,
A,q3_a,,q3,Alfa,Alpha,option,vald,,no,
B,q3_b,,q3,Beta,Beta,option,vald,,no,
,q4,7,,Rutnät,Grid,grid,,2,no,
G1,q4a,,q4,Första,First,likert,hur,,yes,high
G2,q4b,,q4,Andra,Second,likert,hur,,yes,high
"""
SECTIONS = "section,title,title_en\n1,Bakgrund,Background\n2,Svar,Answers\n"
STUDY = """name: liten
title: {sv: Liten, en: Small}
mark: synthetic
rounds:
  "1": {responses: svar.csv}
publication: {min_respondents: 5}
notebooks: [01_intake, 02_survey, 03_groups_and_rounds]
groups: [kon, alder, {by: hem, items: [q1, q2]}, q3]
"""


def with_groups(groups: str) -> str:
    """The settings with other groupings."""
    return re.sub("groups: .*", f"groups: [{groups}]", STUDY)


def invented(n: int = 60, others: int = 0, seed: int = 1) -> pd.DataFrame:
    """Answers by chance, except that boys answer q1 higher; `others` are of a third sex."""
    draw = np.random.default_rng(seed)
    sex = np.array(["Flicka", "Pojke"])[draw.integers(0, 2, n)]
    sex[:others] = "Annat"
    high = np.where(sex == "Pojke", 1, 0) + draw.integers(0, 2, n)
    marks = np.array(["Ja", "Nej"])
    hur = np.array(["Dåligt", "Varken", "Bra"])
    frame = pd.DataFrame(
        {
            "Nr": np.arange(1, n + 1),
            "Kön": sex,
            "Ålder": np.array(["10-12", "13-15", "16-18"])[draw.integers(0, 3, n)],
            "Hem": np.array(["Familjehem", "HVB", "Stödboende"])[draw.integers(0, 3, n)],
            "Hur": hur[high],
            "Var": np.array(["Familjehem", "HVB", "Stödboende"])[draw.integers(0, 3, n)],
            "A": marks[draw.integers(0, 2, n)],
            "B": marks[draw.integers(0, 2, n)],
            "G1": hur[draw.integers(0, 3, n)],
            "G2": hur[draw.integers(0, 3, n)],
        }
    )
    frame.loc[n - 3 :, "Hur"] = "Vet ej"
    return frame


def study(folder: Path, answers: pd.DataFrame, text: str = STUDY) -> Path:
    """A study with these answers."""
    home = folder / "liten"
    home.mkdir()
    answers.to_csv(home / "svar.csv", index=False)
    for name, content in (
        ("codebook.csv", CODEBOOK),
        ("scales.csv", SCALES),
        ("sections.csv", SECTIONS),
        ("study.yaml", text),
    ):
        (home / name).write_text(content, "utf-8")
    assert [str(each) for each in evalkit.check(home) if each.severity == "error"] == []
    return home


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return invented()


@pytest.fixture(scope="module")
def home(tmp_path_factory, answers) -> Path:
    return study(tmp_path_factory.mktemp("groups"), answers)


@pytest.fixture(scope="module")
def book(home):
    return evalkit.open_study(home)


# What is counted: against pandas


def test_a_crosstab_is_that_of_pandas(book, answers):
    frame = book.crosstab("q1", "kon")
    wanted = pd.crosstab(answers["Hur"], answers["Kön"])
    own = frame[frame["group"] != "all"].pivot_table(
        index="answer", columns="group_label", values="n", aggfunc="sum"
    )
    for answer in wanted.index:
        for group in wanted.columns:
            assert own.loc[answer, group] == wanted.loc[answer, group]
    girls = frame[(frame["group_label"] == "Flicka") & (frame["answer"] == "Bra")].iloc[0]
    base = (answers["Kön"] == "Flicka").sum()
    assert girls["base"] == base
    assert girls["percent"] == pytest.approx(100 * girls["n"] / base)
    whole = frame[(frame["group"] == "all") & (frame["answer"] == "Bra")].iloc[0]
    assert whole["n"] == (answers["Hur"] == "Bra").sum()


def test_those_who_ticked_an_option_are_a_group_that_overlaps_others(book, answers):
    frame = book.crosstab("q1", "q3")
    found = frame[(frame["group"] == "q3_a") & (frame["answer"] == "Bra")]["n"].item()
    assert found == ((answers["A"] == "Ja") & (answers["Hur"] == "Bra")).sum()
    assert book.compare("q3").empty


# Which test: against SciPy


def compared(book, by: str) -> pd.DataFrame:
    frame = book.compare(by)
    return frame.assign(key=frame["option"].where(frame["option"] != "", frame["item"])).set_index(
        "key"
    )


def scores(answers: pd.DataFrame, column: str = "Hur") -> pd.Series:
    return answers[column].map({"Dåligt": 1, "Varken": 2, "Bra": 3})


def test_ordered_answers_of_two_groups_have_mann_whitney_and_cliffs_delta(book, answers):
    row = compared(book, "kon").loc["q1"]
    value = scores(answers)
    girls, boys = (value[(answers["Kön"] == each) & value.notna()] for each in ("Flicka", "Pojke"))
    assert (row["test"], row["kind"]) == ("mann_whitney", "exact")
    oracle = stats.mannwhitneyu(boys, girls, method="asymptotic")
    assert row["statistic"] == oracle.statistic
    assert row["n"] == len(girls) + len(boys)
    drawn = stats.permutation_test(
        (boys, girls),
        lambda x, y, axis: stats.mannwhitneyu(x, y, axis=axis, method="asymptotic").statistic,
        permutation_type="independent", n_resamples=9999, vectorized=True,
        rng=np.random.default_rng(3),
    )  # fmt: skip
    assert float(row["p"]) == pytest.approx(drawn.pvalue, abs=0.01)
    higher = np.sign(boys.to_numpy()[:, None] - girls.to_numpy()).mean()
    assert row["effect"] == "cliffs_delta"
    assert row["estimate"] == pytest.approx(higher)
    assert row["low"] < higher < row["high"]


def test_ordered_answers_of_several_groups_have_kruskal_wallis(book, answers):
    row = compared(book, "hem").loc["q4a"]
    value = scores(answers, "G1")
    groups = [value[answers["Hem"] == each] for each in ("Familjehem", "HVB", "Stödboende")]
    assert row["test"] == "kruskal_wallis"
    assert row["statistic"] == pytest.approx(stats.kruskal(*groups).statistic)


def test_ordered_answers_of_ordered_groups_have_the_linear_test(book, answers):
    row = compared(book, "alder").loc["q4a"]
    age = answers["Ålder"].map({"10-12": 1, "13-15": 2, "16-18": 3})
    oracle = stats.pearsonr(age, scores(answers, "G1"))
    assert row["test"] == "linear_by_linear"
    assert row["effect"] == "score_correlation"
    assert row["estimate"] == pytest.approx(oracle.statistic)
    between = oracle.confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((between.low, between.high))
    assert row["statistic"] == pytest.approx(59 * oracle.statistic**2)


def test_answers_in_no_order_have_chi_square_where_enough_are_expected_else_fisher(book, answers):
    tests = compared(book, "kon")
    table = pd.crosstab(answers["Kön"], answers["Var"])
    found = stats.chi2_contingency(table, correction=False)
    assert found.expected_freq.min() >= 5
    assert tests.loc["q2", "test"] == "chi_square"
    assert tests.loc["q2", "p"] == pytest.approx(found.pvalue)


def test_few_answers_in_no_order_have_fisher(tmp_path):
    answers = invented(12, seed=5)
    book = evalkit.open_study(study(tmp_path, answers))
    row = compared(book, "kon").loc["q3_a"]
    table = pd.crosstab(answers["Kön"], answers["A"])
    assert (row["test"], row["kind"]) == ("fisher_freeman_halton", "exact")
    assert row["p"] == pytest.approx(stats.fisher_exact(table).pvalue)


def test_p_is_adjusted_over_all_tests_of_a_grouping(book):
    from statsmodels.stats.multitest import multipletests

    tests = book.compare("kon")
    p = tests["p"].to_numpy(float)
    assert len(p) == 6  # q1, q2, the two options of q3, the two parts of q4
    assert tests["p_holm"].to_numpy(float) == pytest.approx(multipletests(p, method="holm")[1])
    assert tests["p_bh"].to_numpy(float) == pytest.approx(multipletests(p, method="fdr_bh")[1])


def test_the_correlation_of_scores_needs_four_answers():
    assert score_correlation([[1, 0], [0, 2]]).reason == "too_few_answers"
    assert score_correlation([[0, 3], [0, 4]]).reason == "all_equal"


def test_equal_answers_and_one_group_have_a_reason_and_no_figure(tmp_path):
    answers = invented(30).assign(Hur="Bra", G1="", A="Nej", B="Nej", Var="HVB")
    book = evalkit.open_study(study(tmp_path, answers))
    reasons = compared(book, "kon")["reason"].to_dict()
    assert reasons["q1"] == "all_equal"
    assert reasons["q4a"] == "no_answers"
    assert reasons["q3_a"] == "all_equal"
    (tmp_path / "one").mkdir()
    only = evalkit.open_study(study(tmp_path / "one", answers.assign(Kön="Pojke")))
    assert set(compared(only, "kon")["reason"]) <= {"one_group", "no_answers"}


# What may be shown


def release(about: dict[str, int], least: int = 5) -> set[str]:
    """The hidden groups of a table about so many."""

    class _Table:
        def __init__(self) -> None:
            self.about = about

    class _Groups:
        overlapping = False

    return set(hidden_groups(_Table(), _Groups(), Rule("published", least)))  # type: ignore[arg-type]


def test_a_small_group_takes_another_with_it():
    assert release({"a": 20, "b": 30, "c": 2}) == {"a", "c"}
    assert release({"a": 20, "b": 30, "c": 6}) == set()
    assert release({"a": 20, "b": 2, "c": 3}) == {"b", "c"}


@given(st.lists(st.integers(0, 12), min_size=2, max_size=7), st.integers(2, 6))
def test_what_is_hidden_is_never_one_group_or_few(sizes, least):
    about = {str(at): n for at, n in enumerate(sizes)}
    hidden = release(about, least)
    left = sum(about[each] for each in hidden)
    assert left == 0 or left >= least or sum(sizes) == left
    assert all(about[each] >= least for each in set(about) - hidden)


def blocks_of(home: Path, edition: str = "published", language: str = "sv"):
    return evalkit.open_study(home).comparison_report(language=language, edition=edition).groups


def page(blocks) -> str:
    parts = [blocks.about().html]
    for grouping in blocks.groupings:
        parts.append(blocks.summary(grouping).html)
        parts += [blocks.item(grouping, each).html for each in blocks.items(grouping)]
        parts.append(blocks.others(grouping).html)
    return "".join(parts)


def csv_rows(html: str, file: str, delimiter: str = ";") -> list[dict[str, str]]:
    soup = BeautifulSoup(html, "html.parser")
    link = next(each for each in soup.find_all("a", download=True) if each["download"] == file)
    text = unquote(link["href"].split(",", 1)[1]).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_figures_reach_the_page_and_its_csv(home, answers):
    html = page(blocks_of(home))
    rows = csv_rows(html, "grupper-kon.csv")
    boys = answers[answers["Kön"] == "Pojke"]
    row = next(
        each for each in rows
        if each["grupp"] == "Pojke" and each["fråga"] == "Hur var det?" and each["svar"] == "Bra"
    )  # fmt: skip
    assert int(row["antal"]) == (boys["Hur"] == "Bra").sum()
    assert int(row["antal svar"]) == len(boys)
    mean = scores(boys).mean()
    assert float(row["medel"].replace(",", ".")) == pytest.approx(mean, abs=1e-4)
    soup = BeautifulSoup(html, "html.parser")
    table = next(
        each for each in soup.find_all("table")
        if each.caption.text.startswith("Tabell 4, efter ”Kön”")
    )  # fmt: skip
    good = next(each for each in table.find_all("tr") if each.th.text == "Bra")
    share = round(100 * (boys["Hur"] == "Bra").mean())
    assert good.find_all("td")[1].text.startswith(f"{share}\u00a0%")
    tests = csv_rows(html, "grupper-kon-tester.csv")
    assert [each["fråga"] for each in tests][:2] == ["Hur var det?", "Var då?"]


def test_a_difference_is_told_in_plain_words_and_shown_with_a_chart(home):
    blocks = blocks_of(home)
    kon = blocks.groupings[0]
    assert "q1" in [each.name for each in blocks.items(kon)]
    item = next(each for each in blocks.items(kon) if each.name == "q1")
    shown = blocks.item(kon, item).html
    assert "Gruppernas svar skiljer sig mer än slumpen brukar ge." in shown
    assert "Mann–Whitneys test" in shown
    alt = BeautifulSoup(shown, "html.parser").svg["aria-label"]
    assert "efter ”Kön”" in alt
    assert "Flicka" in alt


def test_overlapping_groups_get_no_test_and_a_sentence_why(home):
    blocks = blocks_of(home)
    text = blocks.summary(blocks.groupings[3]).html
    assert "överlappar" in text
    assert "grupper-q3-tester" not in text


def hidden_page(tmp_path: Path) -> str:
    return page(blocks_of(study(tmp_path, invented(60, others=2))))


def test_a_small_group_is_two_dots_everywhere_and_tests_leave_it_out(tmp_path):
    html = hidden_page(tmp_path)
    rows = csv_rows(html, "grupper-kon.csv")
    others = [each for each in rows if each["grupp"] == "Annat"]
    assert others
    assert all(each["antal"] == each["antal svar"] == each["medel"] == ".." for each in others)
    seen = {each["grupp"] for each in rows if each["antal"] != ".."}
    assert "Alla" in seen
    assert len(seen & {"Flicka", "Pojke"}) == 1  # the other one goes with the small group
    assert "grupper-kon-tester.csv" not in html
    assert "Bara en grupp har svar" not in html
    assert "för få grupper med svar kan visas" in html
    assert "NaN" not in html
    assert "nan" not in re.sub(r"<[^>]*>", " ", html).split()


def test_the_internal_edition_shows_all(tmp_path):
    html = page(blocks_of(study(tmp_path, invented(60, others=2)), "internal"))
    rows = csv_rows(html, "grupper-kon.csv")
    assert not any(each["antal"] == ".." for each in rows)


def test_a_group_within_a_group_of_another_grouping_is_not_left_over():
    """Of 7 of 13 to 17 years, 5 are 13 to 15: the other two would be told."""
    fine = np.array([0] * 5 + [1] * 2 + [2] * 20)
    coarse = np.array([0] * 7 + [1] * 20)
    hidden = np.array([0] * 5 + [1] * 22)  # the two are hidden with the third group
    assert _tells(fine, coarse, 5)
    assert _tells(hidden, coarse, 5)
    assert _tells(coarse, hidden, 5)
    assert not _tells(coarse, coarse, 5)
    assert not _tells(hidden, np.array([0, 1] * 13 + [0]), 5)


def three(together):
    """Who is in two of three groups, ten in each two, and some in all three.

    The three groups less twice everybody are those in all three, whom no two groups tell of.
    """
    who = [(1, 1, 0)] * 10 + [(1, 0, 1)] * 10 + [(0, 1, 1)] * 10 + [(1, 1, 1)] * together
    return [np.array(each) for each in zip(*who, strict=True)]


def test_three_groupings_add_up_to_few_of_whom_no_two_tell():
    for one, other in itertools.permutations(three(2), 2):
        assert not _tells(one, other, 5)
        assert not adds_up_to_few([one, other], 5)
    assert adds_up_to_few(three(2), 5)
    assert not adds_up_to_few(three(5), 5)
    apart = np.array([3, 4] + [0] * 30)  # one of the two is known to be in a part of one's own
    assert adds_up_to_few([*three(2), apart[::-1]], 5)
    everywhere = [np.array(each) for each in zip(*itertools.product((0, 1), repeat=3), strict=True)]
    assert not adds_up_to_few([np.tile(each, 2) for each in everywhere], 5)


@pytest.mark.parametrize("together", [2, 5])
def test_the_last_of_three_groupings_is_kept_back(made, together):
    columns = dict(zip("abc", (each.tolist() for each in three(together)), strict=True))
    columns["y"] = [1, 2, 3, 4, 5] * 6 + [5] * together
    kinds = dict.fromkeys("abc", "nominal")
    study = made(columns, kinds, "groups: [a, b, c]")
    released = evalkit.open_study(study).comparison_report().groups.released
    shown = {by: [each.item.name for each in found.content.tables]
             for by, found in released.items()}  # fmt: skip
    assert shown == {"a": ["y"], "b": ["y"], "c": [] if together == 2 else ["y"]}


def test_a_table_that_would_tell_beside_another_groupings_is_not_shown(tmp_path):
    answers = invented(60)
    answers["Hem"] = ""
    answers.loc[:7, "Hem"] = "Familjehem"
    answers.loc[8:9, "Hem"] = "HVB"
    answers.loc[10:15, "Hem"] = "Stödboende"
    answers["Kön"] = "Pojke"
    answers.loc[:9, "Kön"] = "Flicka"
    alone = blocks_of(study(tmp_path, answers, with_groups("hem")))
    shown = [each.group.key for each in alone.released["hem"].content.tables[0].shown]
    assert shown == ["1", "unknown"]
    (tmp_path / "both").mkdir()
    blocks = blocks_of(study(tmp_path / "both", answers, with_groups("kon, hem")))
    released = blocks.released
    assert {each.item.name for each in released["kon"].content.tables} >= {"q1", "q2"}
    assert released["hem"].content.tables == ()
    assert "Inget visas efter" in blocks.summary(blocks.groupings[1]).html


def test_crossing_two_groupings_is_all_or_nothing(tmp_path):
    text = with_groups("{by: kon, items: [alder]}, {by: alder, items: [kon]}")
    blocks = blocks_of(study(tmp_path, invented(60, others=2), text))
    assert blocks.released["kon"].content.tables == ()
    assert blocks.released["alder"].content.tables == ()


# Rounds that cannot be compared


def test_a_reconstructed_study_refuses_and_passes_on_the_published_statement():
    blocks = evalkit.open_study("bou-2012").comparison_report().groups
    text = blocks.about().html
    assert "Inga grupper jämförs" in text
    assert "inga signifikanta skillnader" in text
    assert blocks.groupings == ()
    with pytest.raises(EvalkitError, match="reconstructed"):
        evalkit.open_study("bou-2012").compare("q07")


def test_counts_are_compared_by_unit_alone():
    book = evalkit.open_study("lanen-modell")
    tests = book.compare("unit")
    assert len(tests) > 5
    assert not tests["p"].isna().all()
    with pytest.raises(EvalkitError, match="came in as counts"):
        book.compare(tests["item"][0])


def test_what_makes_no_groups_is_refused(book):
    with pytest.raises(EvalkitError, match="There is no item"):
        book.crosstab("q1", "kn")
    with pytest.raises(EvalkitError, match="makes no groups"):
        book.crosstab("q1", "q4")
    with pytest.raises(EvalkitError, match="is a grid"):
        book.crosstab("q4", "kon")
    with pytest.raises(EvalkitError, match="no units"):
        book.crosstab("q1", "unit")
    with pytest.raises(EvalkitError, match="cannot be compared"):
        book.crosstab("kon", "kon")


def test_the_unit_item_groups_as_units_do():
    book = evalkit.open_study("skaraborg-modell")
    assert list(dict.fromkeys(book.crosstab("oro", "kommun")["group"])) == list(
        dict.fromkeys(book.crosstab("oro", "unit")["group"])
    )


def test_nothing_of_a_unit_whose_response_rate_is_kept_back_is_shown():
    report = evalkit.open_study("skaraborg-modell").comparison_report()
    kept = {each.name for each in report.all.unit_rates.content.rows if each.hidden}
    released = report.groups.released.get("unit")
    assert released is not None
    assert kept
    for table in released.content.tables:
        assert not {each.group.key for each in table.shown} & kept


def test_the_model_study_is_as_pandas_has_it():
    book = evalkit.open_study("skaraborg-modell")
    folder = book.study.folder / "rounds" / "2014-10" / "enkat-2014-10.csv"
    raw = folder.read_bytes().decode("utf-8-sig").splitlines()[0]
    assert raw
    grouped = grouped_by(book.study, book.round(), "kon")
    item = book.study.codebook_of("2014-10").item("oro")
    table = crosstabs(book.study.codebook_of("2014-10"), grouped, [item])["oro"]
    test = group_tests(table, grouped, [each.key for each in grouped.known])[0]
    counts = book.counts(by=["kon"])
    own = counts[(counts["item"] == "oro") & (counts["status"] == "valid")]
    by_sex = [own[own["kon"] == each] for each in ("2", "1")]
    samples = [np.repeat(each["value"].to_numpy(int), each["n"]) for each in by_sex]
    assert test.test.statistic == stats.mannwhitneyu(*samples).statistic


def test_the_command_writes_what_python_gives(evalkit_command, home, book):
    done = evalkit_command("crosstab", home, "q1", "--by", "kon")
    assert "Not for publication" in done.err
    frame = pd.read_csv(io.StringIO(done.out))
    assert frame["n"].tolist() == book.crosstab("q1", "kon")["n"].tolist()
    refused = evalkit_command("crosstab", "bou-2012", "q01", "--by", "q07")
    assert refused.status == 1
    assert "reconstructed" in refused.err
    assert refused.out == ""


@pytest.mark.parametrize("of_few", [2, 6])
def test_what_is_left_of_similar_units_is_not_told_by_another_grouping(made, of_few):
    """A unit's report shows similar units: what is left of north, 6, is known, and of south, 14.

    Sex 1 is unit 1, what is left of north and so many of south; six are the rule's minimum.
    """
    sizes = {1: 10, 2: 10, 3: 3, 4: 3, 5: 5, 6: 5, 7: 4}
    place = [unit for unit, n in sizes.items() for _ in range(n)]
    sex = [1] * 10 + [0] * 10 + [1] * 6 + [1] * of_few + [0] * (14 - of_few)
    group = {unit: "norr" if unit in {1, 3, 4} else "söder" for unit in sizes}
    rows = [f"svar place {unit},U{unit},20,{group[unit]}" for unit in sizes]
    frame = "\n".join(["unit,label,invited,similar", *rows, ""])
    made.folder.mkdir(parents=True, exist_ok=True)
    (made.folder / "frame.csv").write_text(frame, "utf-8")
    columns = {"y": [1, 2, 3, 4] * 10, "sex": sex, "place": place}
    kinds = {"sex": "nominal", "place": "nominal"}
    study = made(
        columns, kinds, "unit: place\ngroups: [sex]", least=6, of_round=", frame: frame.csv"
    )
    released = evalkit.open_study(study).comparison_report().groups.released["sex"].content
    assert [each.item.name for each in released.tables] == ([] if of_few == 2 else ["y"])
