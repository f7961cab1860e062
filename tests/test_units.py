"""Units: their counts, their frame, their response rates, and one of them beside the whole."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import evalkit
from evalkit.analysis.units import UnitRate, UnitRates, unit_tables
from evalkit.codebook import Text, read_codebook
from evalkit.counts import add, count, read_counts
from evalkit.errors import EvalkitError
from evalkit.intake import Level, Responses
from evalkit.present.comparisons import Sides, alt_beside, beside_finding
from evalkit.present.tables import beside_csv, beside_table, rates_csv, rates_table
from evalkit.release import Released, Rule
from evalkit.release.units import kept_back, release_rates, release_unit
from evalkit.units import UnitCounts, count_units, read_return, side_by_side

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "data" / "raw" / "lanen-modell"
NBSP = "\u00a0"
CODEBOOK = """name,item,number,part_of,label,label_en,kind,scale,section,mean,positive
Nr,nr,,,,,id,,,,
Kommun,kommun,1,,Kommun,Municipality,nominal,kommun,1,no,
Hur,q1,2,,Hur var det?,How was it?,likert,hur,1,yes,high
,q2,3,,Vad?,What?,multiple,,1,no,
A,q2_a,,q2,Alfa,Alpha,option,vald,,no,
B,q2_b,,q2,Beta,Beta,option,vald,,no,
"""
SCALES = """scale,value,label,label_en,status
kommun,1,Örby,,valid
kommun,2,Arby,,valid
kommun,3,Åby,,valid
kommun,,Vill inte säga,,refused
hur,2,Bra,Good,valid
hur,1,Dåligt,Bad,valid
hur,,Vet ej,Don't know,dont_know
vald,1,Ja,Yes,valid
vald,0,Nej,No,valid
"""
# Counted by hand below: Örby 3, Arby 2, Åby 2, and one who will not say.
EXPORT = """Nr,Kommun,Hur,A,B
1,Örby,Bra,Ja,Nej
2,Örby,Bra,Ja,Ja
3,Örby,Dåligt,,
4,Arby,Bra,Nej,Ja
5,Arby,Vet ej,Nej,Nej
6,Åby,,Ja,Nej
7,Åby,Dåligt,Ja,Nej
8,Vill inte säga,Bra,Nej,Ja
"""
FRAME = """unit,label,label_en,invited
Örby,Örby kommun,Town of Örby,4
2,Arby kommun,,3
Åby,Åby kommun,,10
"""
STUDY = """name: liten
title: {sv: Liten, en: Small}
unit: kommun
whole: {sv: hela länet, en: the whole county}
rounds:
  "1": {responses: svar.csv, frame: ram.csv}
publication: {min_respondents: 2}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "liten"
    folder.mkdir()
    files = {"codebook": CODEBOOK, "scales": SCALES, "svar": EXPORT, "ram": FRAME}
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    (folder / "sections.csv").write_text("section,title\n1,Ett\n", "utf-8")
    (folder / "study.yaml").write_text(STUDY, "utf-8")
    return folder


def as_counts(home: Path, files: dict[str, str], counts: str, more: str = "") -> None:
    """Make the study one of counts; `more` are settings of its round."""
    for name, text in files.items():
        (home / name).write_text(text, "utf-8")
    text = STUDY.replace("unit: kommun\n", "")
    text = text.replace("responses: svar.csv, frame: ram.csv", f"counts: {counts}{more}")
    (home / "study.yaml").write_text(text, "utf-8")


def problems(home: Path) -> list[str]:
    return [str(each) for each in evalkit.check(home) if each.severity == "error"]


def cells(frame: pd.DataFrame, unit: str, item: str) -> list[int]:
    return frame[(frame["unit"] == unit) & (frame["item"] == item)]["n"].tolist()


# Counts by unit, from responses


def test_units_are_counted_as_by_hand(home):
    assert problems(home) == []
    counts = evalkit.open_study(home).counts()
    assert list(dict.fromkeys(counts["unit"])) == ["all", "Örby", "2", "Åby", "unknown"]
    assert cells(counts, "all", "q1") == [4, 2, 1, 1]
    assert cells(counts, "Örby", "q1") == [2, 1, 0, 0]
    assert cells(counts, "2", "q1") == [1, 0, 1, 0]
    assert cells(counts, "Åby", "q1") == [0, 1, 0, 1]
    assert cells(counts, "unknown", "q1") == [1, 0, 0, 0]
    assert cells(counts, "Örby", "q2_a") == [2, 0, 1]


def test_without_a_frame_units_have_the_labels_of_their_answers(home):
    (home / "study.yaml").write_text(STUDY.replace(", frame: ram.csv", ""), "utf-8")
    counts = evalkit.open_study(home).counts()
    assert list(dict.fromkeys(counts["unit"])) == ["all", "Örby", "Arby", "Åby", "unknown"]


def test_processed_counts_have_the_units_too(home, evalkit_command):
    done = evalkit_command("counts", home)
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert rows[0]["unit"] == "all"
    assert {row["unit"] for row in rows} == {"all", "Örby", "2", "Åby", "unknown"}
    assert len(rows) == 5 * sum(row["unit"] == "all" for row in rows)


@st.composite
def grouped(draw):
    """Responses to some items, and a group of each respondent."""
    n = draw(st.integers(0, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=6))
    codes = {f"q{at}": rng.integers(0, size, n).astype(np.int16) for at, size in enumerate(sizes)}
    levels = {
        f"q{at}": (*(Level(code, "valid") for code in range(1, size)), Level(None, "no_answer"))
        for at, size in enumerate(sizes)
    }
    groups = draw(st.integers(1, 5))
    return Responses(n, codes, levels), rng.integers(0, groups, n), [f"u{g}" for g in range(groups)]


@given(grouped())
def test_the_counts_of_units_add_to_all_at_every_item_and_level(given_responses):
    responses, group, names = given_responses
    units = count_units(responses, "r", group, names)
    together = add(*(units.of(name).assign(unit="all") for name in names))
    assert_frame_equal(together, count(responses, "r"))
    assert units.n.sum(axis=0).tolist() == units.whole["n"].tolist()


@given(grouped())
def test_the_counts_of_units_are_a_groupby_of_pandas(given_responses):
    responses, group, names = given_responses
    units = count_units(responses, "r", group, names)
    assert units.frame["n"].sum() == responses.n * len(responses.codes)
    for item, codes in responses.codes.items():
        levels, table = units.table(item)
        assert levels == responses.levels[item]
        crossed = pd.crosstab(group, codes).reindex(
            index=range(len(names)), columns=range(len(levels)), fill_value=0
        )
        assert table.tolist() == crossed.to_numpy().tolist()
    sizes = Counter(group.tolist())
    assert units.respondents.tolist() == [sizes.get(at, 0) for at in range(len(names))]


def test_the_unit_has_to_be_told_by_a_nominal_item(home):
    text = STUDY.replace("unit: kommun", "unit: q1")
    (home / "study.yaml").write_text(text, "utf-8")
    assert any("q1 cannot tell which unit" in each for each in problems(home))
    (home / "study.yaml").write_text(STUDY.replace("unit: kommun", "unit: komun"), "utf-8")
    assert any('no item "komun". Did you mean "kommun"?' in each for each in problems(home))
    (home / "study.yaml").write_text(STUDY.replace("unit: kommun\n", ""), "utf-8")
    assert any("no item tells which one" in each for each in problems(home))


# Counts by unit, from files


def lines(*counts: int, unit: str = "") -> str:
    """Rows of q1 and of q2, from: bra, dåligt, vet ej, inget svar; ticked a, ticked b, none."""
    good, bad, unsure, none = counts
    n = sum(counts)
    rows = [
        ("kommun", "1", "valid", n), ("q1", "2", "valid", good), ("q1", "1", "valid", bad),
        ("q1", "", "dont_know", unsure), ("q1", "", "no_answer", none), ("q2", "1", "valid", n),
        ("q2_a", "1", "valid", good), ("q2_a", "0", "valid", n - good), ("q2_b", "1", "valid", n),
    ]  # fmt: skip
    return "".join(
        f"{f'{unit},' if unit else ''}{','.join(str(each) for each in row)}\n" for row in rows
    )


HEAD = "item,value,status,n\n"
ONE, OTHER = lines(5, 3, 1, 1), lines(2, 6, 0, 0)


def test_two_returns_add_to_what_pandas_adds_them_to(home):
    as_counts(home, {"a.csv": HEAD + ONE, "b.csv": HEAD + OTHER}, "{Län A: a.csv, Län B: b.csv}")
    assert problems(home) == []
    counts = evalkit.open_study(home).counts()
    both = pd.concat(
        [pd.read_csv(home / each, dtype={"value": str}) for each in ("a.csv", "b.csv")]
    )
    wanted = both.fillna({"value": ""}).groupby(["item", "value", "status"])["n"].sum().to_dict()
    found = {
        (row.item, "" if pd.isna(row.value) else str(row.value), row.status): row.n
        for row in counts[counts["unit"] == "all"].itertuples()
    }
    assert {key: n for key, n in found.items() if n or key in wanted} == wanted
    assert cells(counts, "Län A", "q1") == [5, 3, 1, 1]
    assert cells(counts, "Län B", "q1") == [2, 6, 0, 0]
    assert cells(counts, "all", "q1") == [7, 9, 1, 1]


def test_one_file_can_hold_all_units_in_a_column(home):
    text = "unit," + HEAD + lines(5, 3, 1, 1, unit="A") + lines(2, 6, 0, 0, unit="B")
    as_counts(home, {"antal.csv": text}, "antal.csv")
    assert problems(home) == []
    counts = evalkit.open_study(home).counts()
    assert list(dict.fromkeys(counts["unit"])) == ["all", "A", "B"]
    assert cells(counts, "all", "q1") == [7, 9, 1, 1]


def test_what_evalkit_counts_writes_is_read_back_the_same(home, evalkit_command, tmp_path):
    written = evalkit_command("counts", home).out
    before = evalkit.open_study(home).counts()
    as_counts(home, {"antal.csv": written}, "antal.csv")
    assert problems(home) == []
    after = evalkit.open_study(home).counts()
    keys = ["unit", "item", "value", "status"]
    frames = [each.sort_values(keys, ignore_index=True) for each in (after, before)]
    assert_frame_equal(*frames)  # responses and files of counts have their items in other orders


def test_rows_of_all_have_to_be_what_the_units_add_to(home):
    text = "unit," + HEAD + lines(5, 3, 1, 1, unit="A") + lines(2, 6, 0, 0, unit="B")
    as_counts(home, {"antal.csv": text + lines(7, 9, 2, 0, unit="all")}, "antal.csv")
    found = problems(home)
    assert any('The units add to 1 at q1 dont_know, "all" has 2.' in each for each in found)
    assert any('The units add to 1 at q1 no_answer, "all" has 0.' in each for each in found)
    assert len(found) == 2


def test_the_items_of_each_unit_have_to_add_to_the_same(home):
    """Two units that are uneven, and even together."""
    uneven = lines(5, 3, 1, 1, unit="A").replace("A,q1,,no_answer,1", "A,q1,,no_answer,0")
    other = lines(2, 6, 0, 0, unit="B").replace("B,q1,,no_answer,0", "B,q1,,no_answer,1")
    as_counts(home, {"antal.csv": "unit," + HEAD + uneven + other}, "antal.csv")
    found = problems(home)
    assert any("A: The counts of q1 add to 9, those of other items to 10." in e for e in found)
    assert any("B: The counts of kommun add to 8, those of other items to 9." in e for e in found)


def test_a_unit_without_a_name_is_refused_with_its_row(home):
    as_counts(
        home, {"antal.csv": "unit," + HEAD + "," + lines(1, 0, 0, 0)[:-1] + "\n"}, "antal.csv"
    )
    text = "unit,item,value,status,n\n,q1,2,valid,3\n"
    (home / "antal.csv").write_text(text, "utf-8")
    assert any('antal.csv, row 2, column "unit"' in each for each in problems(home))


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ("{A: a.csv, B: a.csv}", "A and B have the same file, a.csv"),
        ("{all: a.csv}", '"all" is no name for a unit'),
        ("{A b: a.csv, A-b: b.csv}", "would have reports in the same folder"),
        ("{A: a.csv, B: c.csv}", "The file c.csv does not exist"),
    ],
)
def test_files_of_units_that_cannot_be(home, counts, message):
    as_counts(home, {"a.csv": HEAD + ONE, "b.csv": HEAD + OTHER}, counts)
    assert any(message in each for each in problems(home))


def test_a_return_may_be_another_studys_file(home):
    as_counts(home, {"a.csv": HEAD + ONE}, "{A: a.csv, B: ../annan/antal.csv}")
    (home.parent / "annan").mkdir()
    (home.parent / "annan" / "antal.csv").write_text(HEAD + OTHER, "utf-8")
    assert problems(home) == []
    assert cells(evalkit.open_study(home).counts(), "all", "q1") == [7, 9, 1, 1]


def test_a_level_that_only_a_later_unit_has_stands_with_its_item(home):
    """`refused` is no answer of the scale; a file may have it all the same."""
    more = OTHER.replace("q1,,no_answer,0", "q1,,refused,0").replace("q1,1,valid,6", "q1,1,valid,5")
    more = more.replace("q1,,refused,0", "q1,,refused,1")
    codebook = read_codebook(home)[0]
    frames = {}
    for name, text in (("A", ONE), ("B", more)):
        (home / "x.csv").write_text(HEAD + text, "utf-8")
        frames[name], found = read_counts(home / "x.csv", "x.csv", codebook, "1")
        assert found == ()
    units = side_by_side(frames)
    items = units.whole["item"].tolist()
    assert items == sorted(items, key=list(dict.fromkeys(items)).index)
    levels, table = units.table("q1")
    assert levels[-1] == Level(None, "refused")
    assert table.tolist() == [[5, 3, 1, 1, 0], [2, 5, 0, 0, 1]]


def test_every_file_can_have_its_sha256(home):
    files = {"a.csv": HEAD + ONE, "b.csv": HEAD + OTHER}
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    named = ", ".join(f"{name}: {each}" for name, each in sums.items())
    as_counts(home, files, "{A: a.csv, B: b.csv}", f", sha256: {{{named}}}")
    assert problems(home) == []
    (home / "b.csv").write_text(HEAD + ONE, "utf-8")
    assert any("The file b.csv has been changed" in each for each in problems(home))
    as_counts(home, files, "{A: a.csv, B: b.csv}", f", sha256: {sums['a.csv']}")
    assert any("`sha256` for each" in each for each in problems(home))
    as_counts(home, files, "{A: a.csv, B: b.csv}", ", sha256: {a.csv: abc}")
    assert any('column "rounds.1.sha256": "abc" is no SHA-256' in each for each in problems(home))
    as_counts(home, files, "{A: a.csv, B: b.csv}", f", sha256: {{c.csv: {sums['a.csv']}}}")
    assert any("names c.csv, which is no file of the round" in each for each in problems(home))


# The frame


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Åby,Åby kommun,,10", "Abyy,Åby kommun,,10", 'row 4, column "unit": "Abyy" is no answer'),
        ("Åby,Åby kommun,,10", "Örby,Åby kommun,,10", '"Örby" stands there twice'),
        ("Åby,Åby kommun,,10", "1,Åby kommun,,10", "are the same answer to kommun"),
        ("Åby,Åby kommun,,10", "Åby,Örby kommun,,10", '"Örby kommun" stands there twice'),
        ("Åby,Åby kommun,,10", "Åby,,,10", "has no label"),
        ("Åby,Åby kommun,,10", "Åby,Åby kommun,,tio", '"tio" is not a number of people'),
        ("Åby,Åby kommun,,10", "Åby,Åby kommun,,-1", '"-1" is not a number of people'),
        ("Åby,Åby kommun,,10", "Åby,Åby kommun,,", '"" is not a number of people'),
        ("Åby,Åby kommun,,10", "Åby,Åby kommun,,1", "1 were invited in Åby and 2 answered"),
        ("Åby,Åby kommun,,10\n", "", '2 responded in "Åby", which is not there'),
        ("unit,label", "enhet,label", 'column "unit": The column is missing'),
        (FRAME.partition("\n")[2], "", "The frame has no unit"),
    ],
)
def test_every_fault_of_a_frame_is_told_with_its_place(home, old, new, message):
    assert old in FRAME
    (home / "ram.csv").write_text(FRAME.replace(old, new), "utf-8")
    found = problems(home)
    assert any(each.startswith("ram.csv") and message in each for each in found), found


def test_what_study_yaml_and_the_frame_tell_has_to_agree(home):
    text = STUDY.replace("frame: ram.csv", "frame: ram.csv, invited: 16")
    (home / "study.yaml").write_text(text, "utf-8")
    [found] = problems(home)
    assert "`invited` is 16, and that of the units in ram.csv adds to 17." in found
    (home / "study.yaml").write_text(text.replace("16", "17"), "utf-8")
    assert problems(home) == []


def test_without_invited_in_study_yaml_the_frame_tells_it(home):
    tables = evalkit.open_study(home).tables()
    assert (tables.response.invited, tables.response.responded) == (17, 8)


def test_a_unit_of_a_file_of_counts_has_to_be_in_the_frame(home):
    text = "unit," + HEAD + lines(5, 3, 1, 1, unit="A") + lines(2, 6, 0, 0, unit="C")
    frame = "unit,label,invited,responded\nA,A,12,9\nB,B,20,8\n"
    as_counts(home, {"antal.csv": text, "ram.csv": frame}, "antal.csv", ", frame: ram.csv")
    found = problems(home)
    assert any('row 11, column "unit": The frame ram.csv has no unit "C"' in each for each in found)
    assert any("9 responded in A, and its counts add to 10" in each for each in found)


def test_where_only_counts_came_in_the_frame_tells_who_responded(home):
    frame = "unit,label,invited,responded\nA,Län A,12,11\nB,Län B,20,8\nC,Län C,3,0\n"
    as_counts(
        home,
        {"a.csv": HEAD + ONE, "b.csv": HEAD + OTHER, "ram.csv": frame},
        "{A: a.csv, B: b.csv}",
        ", frame: ram.csv",
    )
    (found,) = problems(home)
    assert "19 took part and 0 are excluded in data_log.csv; the counts add to 18" in found
    (home / "data_log.csv").write_text(
        "round,respondent,unit,item,value,action,to,reason,decided_by,date\n"
        ",,A,,,exclude,,Fel ifylld,Bo,2026\n",
        "utf-8",
    )
    assert problems(home) == []
    book = evalkit.open_study(home)
    found = book.units()
    assert found["responded"].tolist() == [11, 8, 0]
    assert found["percent"].tolist() == pytest.approx([100 * 11 / 12, 40, 0])
    assert book.tables().response.responded == 19
    with pytest.raises(EvalkitError, match="Nobody has responded in C"):
        book.unit_report("C")


# The response rate by unit


def rates(**responded: int) -> UnitRates:
    rows = tuple(UnitRate(name, Text(name), 2 * n + 1, n) for name, n in responded.items())
    whole = sum(responded.values())
    return UnitRates(rows, UnitRate("", Text(), 2 * whole + len(rows), whole))


@pytest.mark.parametrize(
    ("responded", "hidden"),
    [
        ({"a": 5, "b": 9}, set()),
        ({"a": 3, "b": 4, "c": 9}, {"a", "b"}),
        ({"a": 3, "b": 8, "c": 9}, {"a", "b"}),
        ({"a": 3, "b": 9, "c": 8}, {"a", "c"}),
        ({"a": 0, "b": 9, "c": 8}, {"a", "c"}),
        ({"a": 3, "c": 8, "b": 8}, {"a", "b"}),
        ({"a": 3}, set()),
        ({"a": 6}, set()),
    ],
)
def test_one_unit_kept_back_alone_takes_the_next_smallest_along(responded, hidden):
    released = release_rates(rates(**responded), Rule("published", 5))
    if sum(responded.values()) < 5:
        assert released.content is None
        return
    rows = {each.name: each for each in released.content.rows}
    assert {name for name, each in rows.items() if each.hidden} == hidden
    for name in hidden:
        assert (rows[name].invited, rows[name].responded, rows[name].rate) == (None, None, None)
    assert released.content.total.responded == sum(responded.values())
    internal = release_rates(rates(**responded), Rule("internal", 5)).content
    assert not internal.hidden


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_no_rate_that_is_kept_back_can_be_taken_from_the_total(responded):
    given_rates = rates(**{f"u{at}": n for at, n in enumerate(responded)})
    released = release_rates(given_rates, Rule("published", 5))
    if released.content is None:
        assert sum(responded) < 5
        return
    hidden = [each for each in released.content.rows if each.hidden]
    assert len(hidden) != 1 or len(responded) == 1
    assert all(each.hidden or each.responded >= 5 for each in released.content.rows)


def table_of(html: str) -> list[list[str]]:
    rows = BeautifulSoup(html, "html.parser").find_all("tr")
    return [[each.get_text() for each in row.find_all(["th", "td"])] for row in rows]


def test_the_table_of_rates_is_in_swedish_order_with_the_total_last():
    given_rates = rates(Öby=6, Aby=9, Åby=4, Zby=20)
    released = release_rates(given_rates, Rule("published", 5))
    whole = Text("hela länet", "the whole county")
    found = table_of(rates_table(released, whole, "sv"))
    assert found == [
        ["Enhet", "Tillfrågade", "Svarande", "Svarsfrekvens"],
        ["Aby", "19", "9", f"47{NBSP}%"],
        ["Zby", "41", "20", f"49{NBSP}%"],
        ["Åby", "..", "..", ".."],
        ["Öby", "..", "..", ".."],
        ["Hela länet", "82", "39", f"48{NBSP}%"],
    ]
    rows = list(csv.reader(io.StringIO(rates_csv(released, whole, "sv")), delimiter=";"))
    assert rows[0] == ["enhet", "tillfrågade", "svarande", "procent"]
    assert rows[1] == ["Aby", "19", "9", "47,3684"]
    assert rows[3] == ["Åby", "..", "..", ".."]
    assert rows[-1][:3] == ["Hela länet", "82", "39"]


def test_without_a_frame_only_those_who_responded_are_shown(home):
    (home / "study.yaml").write_text(STUDY.replace(", frame: ram.csv", ""), "utf-8")
    page = evalkit.open_study(home).report(edition="internal").method().html
    [found] = [table_of(str(each)) for each in BeautifulSoup(page, "html.parser")("table")]
    assert found == [
        ["Enhet", "Svarande"],
        ["Arby", "2"],
        ["Åby", "2"],
        ["Örby", "3"],
        ["Enhet inte känd", "1"],
        ["Hela länet", "8"],
    ]


def test_the_table_of_the_unit_item_does_not_tell_what_the_rates_keep_back(home):
    """One who does not say, and the next smallest with them, are kept back."""
    book = evalkit.open_study(home)
    report = book.report()
    rows = table_of(str(BeautifulSoup(report.method().html, "html.parser")("table")[-1]))
    assert [row[0] for row in rows if row[-1] == ".."] == ["Arby kommun", "Enhet inte känd"]
    block = report.item(book.study.codebook.item("kommun")).html
    assert "<table" not in block
    assert "skulle röja hur många som svarat i små enheter" in block
    internal = book.report(edition="internal")
    assert "<table" in internal.item(book.study.codebook.item("kommun")).html


# One unit beside the whole


SIDES = Sides(Text("Örby", "Örby"), Text("hela länet", "the whole county"))


@pytest.fixture
def beside(home):
    """Örby beside everybody, with true figures."""
    book = evalkit.open_study(home)
    return unit_tables(book.study.codebook, book.round().units, "Örby")


def shown(table) -> Released:
    return Released(table, Rule("internal", 1), table.item)


def test_a_table_beside_the_whole_is_as_counted_by_hand(beside):
    html = beside_table(shown(beside.items["q1"]), SIDES, "sv")
    assert table_of(html) == [
        ["Svar", f"Örbyn{NBSP}={NBSP}3", f"Övrigan{NBSP}={NBSP}4", f"Allan{NBSP}={NBSP}7"],
        ["Antal", "Procent", "Procent", "Procent"],
        ["Bra (2)", "2", f"67{NBSP}%", f"50{NBSP}%", f"57{NBSP}%"],
        ["Dåligt (1)", "1", f"33{NBSP}%", f"25{NBSP}%", f"29{NBSP}%"],
        ["Vet ej", "0", f"0{NBSP}%", f"25{NBSP}%", f"14{NBSP}%"],
        ["Antal svar", "3", "", "4", "7"],
        ["Därav med åsikt", "3", "", "3", "6"],
        ["Medel", "1,67", "1,67", "1,67"],
        ["Median", "Bra (2)", "2", "2"],
    ]
    assert "(antal svar: Örby = 3; hela länet = 7)" in html
    heads = BeautifulSoup(html, "html.parser")("th")
    assert {each["scope"] for each in heads} == {"col", "colgroup", "row"}


def test_the_sentence_and_the_alternative_text_name_both_and_their_bases(beside):
    likert, multiple = shown(beside.items["q1"]), shown(beside.items["q2"])
    text = f"I Örby svarar 67{NBSP}% ”Bra”, i hela länet 57{NBSP}%."
    assert beside_finding(likert, SIDES, "sv") == text
    assert beside_finding(likert, SIDES, "en") == (
        "In Örby, 67% answered “Good”; in the whole county, 57%."
    )
    text = f"Vanligast i Örby är ”Alfa”, 100{NBSP}% (i hela länet 57{NBSP}%)."
    assert beside_finding(multiple, SIDES, "sv") == text
    alternative = alt_beside(likert, SIDES, "sv")
    assert alternative.startswith(
        "Liggande stapeldiagram över ”Hur var det?”: Örby, 3 svar, bredvid"
    )
    assert f"hela länet, 7 svar. I Örby svarar 67{NBSP}% ”Bra”" in alternative
    assert f"Bra 67{NBSP}% (57{NBSP}%), Dåligt 33{NBSP}% (29{NBSP}%)" in alternative


def test_the_csv_has_a_row_for_each_answer_and_side(beside):
    text = beside_csv([shown(beside.items["q1"])], SIDES, "en")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["unit"] for row in rows] == [
        *(["Örby"] * 3),
        *(["the whole county"] * 3),
        *(["the other units"] * 3),
    ]
    assert [row["count"] for row in rows] == ["2", "1", "0", "4", "2", "1", "2", "1", "1"]
    assert [row["number of answers"] for row in rows] == ["3"] * 3 + ["7"] * 3 + ["4"] * 3
    assert rows[0]["percent"] == "66.6667"


def test_the_base_of_a_multiple_response_set_is_those_who_answered_it(beside):
    bases = beside.items["q2"].unit.bases, beside.items["q2"].whole.bases
    assert [each.answered for each in bases] == [2, 7]
    assert beside.about["q2"] == {"Örby": 2, "2": 2, "Åby": 2, "unknown": 1}


def units_of(*answered: int) -> UnitCounts:
    """Units named u0, u1, … in which so many answered one item."""
    whole = pd.DataFrame(
        {
            "round": "r", "unit": "all", "item": "q", "status": "valid",
            "value": pd.array([1, 2], "Int64"), "n": [sum(answered), 0],
        }
    )  # fmt: skip
    n = np.array([[each, 0] for each in answered])
    return UnitCounts(tuple(f"u{at}" for at in range(len(answered))), whole, n)


def reasons(codebook, answered, edition="published", least=5):
    units = units_of(*answered)
    return {
        name: release_unit(unit_tables(codebook, units, name), Rule(edition, least)).reasons.get(
            "q"
        )
        for name in units.units
    }


@pytest.fixture(scope="module")
def one_item(tmp_path_factory):
    folder = tmp_path_factory.mktemp("one")
    text = "name,item,number,part_of,label,kind,scale,section,mean\nF,q,1,,Ett,nominal,s,1,no\n"
    (folder / "codebook.csv").write_text(text)
    (folder / "scales.csv").write_text("scale,value,label,status\ns,1,Ja,valid\ns,2,Nej,valid\n")
    (folder / "sections.csv").write_text("section,title\n1,Ett\n")
    return read_codebook(folder)[0]


@pytest.mark.parametrize(
    ("answered", "wanted"),
    [
        ((5, 9), {}),
        ((4, 9, 30), {"u0": "few", "u1": "others"}),
        ((4, 9), {"u0": "few", "u1": "rest"}),
        ((2, 3, 30), {"u0": "few", "u1": "few"}),
        ((2, 2, 9, 30), {"u0": "few", "u1": "few", "u2": "others"}),
        ((0, 9, 30), {"u0": "few"}),
        ((2, 2, 40), {"u0": "few", "u1": "few", "u2": "rest"}),
        ((12,), {}),
    ],
)
def test_why_a_table_of_a_unit_is_kept_back(one_item, answered, wanted):
    found = reasons(one_item, answered)
    assert {name: each for name, each in found.items() if each} == wanted
    assert set(reasons(one_item, answered, "internal").values()) == {None}


def test_a_unit_whose_response_rate_is_kept_back_is_kept_back_altogether(home):
    """Arby is, only because one respondent does not say where they belong."""
    report = evalkit.open_study(home).unit_report("Arby kommun")
    assert set(report.released.reasons) == {"q1", "q2"}
    assert set(report.released.reasons.values()) == {"others"}
    assert [row[-1] for row in table_of(report.about().html)[1:]] == ["..", f"47{NBSP}%"]
    assert evalkit.open_study(home).unit_report("Örby").released.reasons == {}


@given(st.lists(st.integers(0, 15), min_size=1, max_size=7), st.integers(1, 7))
def test_nothing_about_few_is_left_when_shown_units_are_taken_from_the_whole(
    one_item, answered, least
):
    """All reports together: what the whole has beyond the units shown is nobody or enough."""
    found = reasons(one_item, answered, least=least)
    shown_n = [n for n, each in zip(answered, found.values(), strict=True) if each is None]
    left = sum(answered) - sum(shown_n)
    assert left == 0 or left >= least or not shown_n
    for n in shown_n:
        assert n >= least
        assert not 0 < sum(answered) - n < least


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 9), min_size=1, max_size=6))
def test_those_kept_back_are_always_among_the_units(respondents):
    few = [name for name, n in respondents.items() if n < 3]
    hidden = kept_back(respondents, few, 2, 3)
    assert set(few) <= hidden <= set(respondents)


# The report of a unit


def page_of(out: Path, unit: str, study: str = "lanen-modell") -> BeautifulSoup:
    text = (out / study / "units" / unit / "report.html").read_text("utf-8")
    return BeautifulSoup(text, "html.parser")


def test_each_unit_has_a_report_in_a_folder_of_its_own(evalkit_command, tmp_path):
    made = []
    for unit in ("Län A", "County B"):
        done = evalkit_command("run", "lanen-modell", "--unit", unit, "--out", tmp_path, "-q")
        assert done.status == 0, done.err
        made.append(Path(done.out.strip()))
    units = tmp_path / "lanen-modell" / "units"
    assert made == [units / "län-a" / "report.html", units / "län-b" / "report.html"]
    for each in made:
        assert sorted(p.name for p in each.parent.iterdir()) == [
            "04_unit.ipynb", "record.json", "report.html",
        ]  # fmt: skip
    page = page_of(tmp_path, "län-b")
    assert page.title.get_text() == page.h1.get_text()
    assert page.h1.get_text().startswith("Län B: ")
    assert "Svaren är påhittade" in page.header.get_text()
    assert "unit = Län B" in page.footer.get_text()
    assert "ingår också i alla tre länen" in page.main.get_text()
    names = [each.get_text() for each in page.select("footer table code")]
    assert {"rounds/2024/frame.csv", "rounds/2024/lan-a.csv"} <= set(names)


def test_the_report_of_a_unit_holds_what_was_counted(evalkit_command, tmp_path):
    """Every answer of every question, against the return itself and pandas' sum of all three."""
    evalkit_command("run", "lanen-modell", "--unit", "Län B", "--out", tmp_path, "-q")
    page = page_of(tmp_path, "län-b")
    returns = [pd.read_csv(path) for path in sorted(MODEL.glob("rounds/2024/lan-*.csv"))]
    own = returns[1].groupby(["item", "status"])["n"].apply(list).to_dict()
    summed = pd.concat(returns).groupby(["item", "value", "status"], dropna=False, sort=False)
    whole = summed["n"].sum().reset_index().groupby(["item", "status"])["n"].apply(list).to_dict()
    for number, item in (("1", "q1"), ("4", "q4"), ("5", "q5")):
        section = page.find(id=f"tabell-{number}").find_parent("section")
        rows = table_of(str(section.table))
        wanted = own[item, "valid"] + own.get((item, "dont_know"), [])
        wanted_whole = whole[item, "valid"] + whole.get((item, "dont_know"), [])
        found = rows[2 : 2 + len(wanted)]
        assert [int(row[1]) for row in found] == wanted
        rest = [n - own for n, own in zip(wanted_whole, wanted, strict=True)]
        shares = (
            [round(100 * n / sum(each) + 1e-9) for n in each] for each in (rest, wanted_whole)
        )
        for at, each in zip((3, 4), shares, strict=True):
            assert [int(row[at].removesuffix(f"{NBSP}%")) for row in found] == each
        link = section.select_one(".download a")["href"]
        text = unquote(link.partition(",")[2]).lstrip("\ufeff")
        data = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        assert [int(row["antal"]) for row in data] == wanted + wanted_whole + rest


def test_a_unit_that_there_is_not_is_refused_with_the_nearest(evalkit_command, tmp_path):
    done = evalkit_command("run", "lanen-modell", "--unit", "Län D", "--out", tmp_path)
    assert done.status == 1
    assert re.search(r'There is no unit "Län D". Did you mean "Län [ABC]"\?', done.err)
    done = evalkit_command("run", "bou-2012", "--unit", "Län D", "--out", tmp_path)
    assert done.status == 1
    assert "has no units" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_about_a_unit_is_run_with_a_unit_and_no_other(evalkit_command, tmp_path):
    run = ("run", "lanen-modell", "--out", tmp_path)
    done = evalkit_command(*run, "--notebook", "04_unit")
    assert (done.status, "is about one unit" in done.err) == (1, True)
    done = evalkit_command(*run, "--notebook", "02_survey", "--unit", "Län A")
    assert (done.status, "is not about one unit" in done.err) == (1, True)
    done = evalkit_command(*run, "--unit", "Län A", "-p", "unit=Län B")
    assert (done.status, "Use --unit." in done.err) == (1, True)


def test_a_study_cannot_have_the_notebook_about_a_unit_in_its_report(home):
    text = f"{STUDY}notebooks: [01_intake, 04_unit]\n"
    (home / "study.yaml").write_text(text, "utf-8")
    assert any("The notebook 04_unit is about one unit." in each for each in problems(home))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_is_kept_back_of_a_unit_is_nowhere_on_its_page(home, language):
    """Örby has two answers to q2 and three to q1; published needs three here."""
    sure = EXPORT.partition("8,Vill")[0]
    (home / "study.yaml").write_text(STUDY.replace("respondents: 2", "respondents: 3"), "utf-8")
    (home / "svar.csv").write_text(
        sure + "".join(f"{n},{'Åby' if n % 2 else 'Arby'},Bra,Ja,Ja\n" for n in range(9, 25)),
        "utf-8",
    )
    (home / "ram.csv").write_text(FRAME.replace(",3\n", ",30\n").replace(",10\n", ",30\n"), "utf-8")
    book = evalkit.open_study(home)
    report = book.unit_report("Örby", language=language)
    codebook = book.study.codebook
    assert report.released.reasons == {"q2": "few"}
    block = report.item(codebook.item("q2")).html
    assert "<table" not in block
    assert "<svg" not in block
    assert "data:text/csv" not in block
    assert {"sv": "färre än 3 har svarat i Örby kommun", "en": "fewer than 3"}[language] in block
    assert "<table" in report.item(codebook.item("q1")).html
    internal = book.unit_report("Town of Örby", language=language, edition="internal")
    assert "<table" in internal.item(codebook.item("q2")).html
    assert any("intern" in banner.casefold() for banner in internal.all.cover.banners)


def test_the_repr_of_a_units_report_holds_no_figures(home):
    report = evalkit.open_study(home).unit_report("Örby")
    assert not re.search(r"\d", repr(report).replace("round 1", "").replace("Mätning: 1", ""))


def test_questions_of_other_kinds_are_said_to_be_left_out(home):
    book = evalkit.open_study(home)
    units = book.round().units
    rows = units.whole["item"] != "q1"
    fewer = UnitCounts(units.units, units.whole[rows].reset_index(drop=True), units.n[:, rows])
    tables = unit_tables(book.study.codebook, fewer, "Örby")
    assert [each.name for each in tables.others] == ["q1"]


# The model study


def test_the_returns_are_what_their_script_makes(tmp_path, copy_study):
    import subprocess
    import sys

    study = copy_study(tmp_path / "lanen-modell", "lanen-modell")
    for path in (study / "rounds" / "2024").iterdir():
        path.unlink()
    script = study / "invent_returns.py"
    subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, check=True)
    for path in (MODEL / "rounds" / "2024").iterdir():
        assert (study / "rounds" / "2024" / path.name).read_bytes() == path.read_bytes()


def test_two_hundred_and_ninety_units_are_read_in_one_file(home):
    """As many as there are municipalities; the arrays are what later comparisons stand on."""
    text = "".join(lines(at % 7, at % 5, at % 3, 1, unit=f"Kommun {at}") for at in range(290))
    (home / "antal.csv").write_text(f"unit,{HEAD}{text}", "utf-8")
    codebook = read_codebook(home)[0]
    found, faults = read_return(home / "antal.csv", "antal.csv", codebook, "1")
    assert faults == ()
    levels, table = found.units.table("q1")
    assert table.shape == (290, len(levels))
    assert table[:, 0].tolist() == [at % 7 for at in range(290)]
    assert found.units.whole["n"].sum() == found.units.n.sum()


def test_a_unit_is_not_compared_by_the_item_that_tells_of_units(home):
    """Of the whole it would tell how many responded in each other unit."""
    text = STUDY.replace("min_respondents: 2", "min_respondents: 1")
    (home / "study.yaml").write_text(text, "utf-8")
    report = evalkit.open_study(home).unit_report("Örby")
    item = report.all.codebook.items["kommun"]
    shown = BeautifulSoup(report.item(item).html, "html.parser")
    assert "delar in de svarande i enheter" in shown.get_text()
    assert shown.find("table") is None
    assert "diagram-1" not in list(report.declared)


def test_items_can_stand_in_a_chapter_without_sections(home, evalkit_command, tmp_path):
    unit = ["--unit", "Örby"]
    for more in ([], unit):
        options = ("--out", tmp_path / "out", "--edition", "internal", "-q", *more)
        done = evalkit_command("run", home, *options)
        assert done.status == 0, done.err
    page = (tmp_path / "out" / "liten" / "report.html").read_text("utf-8")
    found = BeautifulSoup(page, "html.parser").select(".item > :is(h3, h4, h5)")
    named = [(each.name, each["id"]) for each in found]
    assert named[:3] == [("h3", "tabell-1"), ("h3", "tabell-2"), ("h3", "tabell-3")]
    assert named[3:] == [("h4", "tabell-3-kombinationer-rubrik")]


def test_a_set_of_which_only_ticks_are_known_stands_beside_the_whole(tmp_path):
    """Two returns in the form of fyrbodal-2011: the units are the base, in each and together."""
    raw = Path(__file__).parents[1] / "data" / "raw"
    shutil.copytree(raw / "fyrbodal-2011", tmp_path / "fyrbodal-2011")
    home = tmp_path / "land"
    home.mkdir()
    shutil.copy(raw / "fyrbodal-2011" / "data_log.csv", home)
    counts = (raw / "fyrbodal-2011" / "rounds" / "2011" / "counts.csv").read_text("utf-8")
    assert "q2_politiker,1,valid,7\n" in counts
    other = counts.replace("q2_politiker,1,valid,7\n", "q2_politiker,1,valid,9\n")
    (home / "b.csv").write_text(other, "utf-8")
    (home / "ram.csv").write_text(
        "unit,label,invited,responded\nA,Fyrbodal,14,12\nB,Län B,15,11\n", "utf-8"
    )
    (home / "study.yaml").write_text(
        "name: land\ntitle: Land\ncodebook: fyrbodal-2011\nrespondents: kommuner\nrounds:\n"
        '  "2011": {counts: {A: ../fyrbodal-2011/rounds/2011/counts.csv, B: b.csv}, '
        "frame: ram.csv}\n",
        "utf-8",
    )
    book = evalkit.open_study(home)
    tables = unit_tables(book.study.codebook, book.round().units, "A")
    beside = tables.items["q2"]
    politicians = [side.rows[0] for side in (beside.unit, beside.whole)]
    assert [(row.key, row.n) for row in politicians] == [("q2_politiker", 7), ("q2_politiker", 16)]
    assert (beside.unit.base, beside.whole.base) == (11, 22)
    assert politicians[1].percent == pytest.approx(100 * 16 / 22)
    assert tables.about["q2"] == {"A": 11, "B": 11}
