"""Areas that units are part of: codes, sums by county, and what is kept back of both."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

import evalkit
from evalkit.analysis.units import UnitRate, UnitRates
from evalkit.codebook import Text
from evalkit.errors import EvalkitError
from evalkit.frame import Frame, read_frame
from evalkit.release import Rule
from evalkit.release.areas import kept_back_in_areas
from evalkit.release.units import release_rates

NBSP = "\u00a0"
# Invited and responded in each unit; the county follows from the code. By hand: 01 has 28 and 14,
# 03 has 10 and 7, 14 has 29 and 22; the whole 67 and 43.
FRAME = """unit,label,invited,responded,code
sth,Stockholm,20,10,0180
sod,Södertälje kommun,8,4,0181
gbg,Göteborgs stad,15,12,1480
mol,Mölndal,5,2,1481
kun,Kungälv,9,8,1482
kni,Knivsta,10,7,0330
"""
COUNTS = {  # answers 2, 1, Vet ej, none
    "sth": (6, 2, 1, 1), "sod": (3, 1, 0, 0), "gbg": (5, 5, 0, 2), "mol": (1, 1, 0, 0),
    "kun": (4, 2, 1, 1), "kni": (3, 3, 1, 0),
}  # fmt: skip
BY_COUNTY = {"03": [3, 3, 1, 0], "01": [9, 3, 1, 1], "14": [10, 8, 1, 3]}
LEVELS = ((2, "valid"), (1, "valid"), ("", "dont_know"), ("", "no_answer"))
STUDY = """name: liten
title: {sv: Liten, en: Small}
whole: {sv: hela landet, en: the whole country}
rounds:
  "1": {counts: svar.csv, frame: ram.csv}
publication: {min_respondents: 5}
"""
CODEBOOK = """name,item,number,part_of,label,kind,scale,section,mean,positive
Hur,q1,1,,Hur var det?,likert,hur,1,yes,high
"""
SCALES = """scale,value,label,status
hur,2,Bra,valid
hur,1,Dåligt,valid
hur,,Vet ej,dont_know
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    rows = [
        f"{unit},q1,{value},{status},{n}"
        for unit, counts in COUNTS.items()
        for (value, status), n in zip(LEVELS, counts, strict=True)
    ]
    files = {
        "study.yaml": STUDY, "codebook.csv": CODEBOOK, "scales.csv": SCALES, "ram.csv": FRAME,
        "sections.csv": "section,title\n1,Ett\n",
        "svar.csv": "\n".join(["unit,item,value,status,n", *rows, ""]),
    }  # fmt: skip
    folder = tmp_path / "liten"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def read(tmp_path: Path, text: str) -> tuple[Frame, list[str]]:
    path = tmp_path / "ram.csv"
    path.write_text(text, "utf-8")
    frame, problems = read_frame(path, "ram.csv")
    return frame, [f"{each.severity}: {each}" for each in problems]


# The frame


def test_the_county_follows_from_the_code_and_zeros_are_kept(tmp_path):
    frame, problems = read(tmp_path, FRAME)
    assert problems == []
    assert [(each.code, each.area) for each in frame.units.values()] == [
        ("0180", "01"), ("0181", "01"), ("1480", "14"), ("1481", "14"), ("1482", "14"),
        ("0330", "03"),
    ]  # fmt: skip
    assert {key: label.sv for key, label in frame.areas.items()} == {
        "01": "Stockholms län", "03": "Uppsala län", "14": "Västra Götalands län",
    }  # fmt: skip
    assert [*frame.areas] == ["01", "03", "14"]
    assert frame.in_counties


def test_what_a_unit_is_said_to_be_part_of_comes_before_its_code(tmp_path):
    frame, problems = read(
        tmp_path,
        "unit,label,invited,code,part_of\n"
        "a,Kungsbacka,9,1384,Göteborgsregionen\nb,Ale,9,1440,Göteborgsregionen\n"
        "c,Skola C,9,,Hallands län\nd,Skola D,9,,13\ne,Skola E,9,,Halland\nf,Skövde,9,1496,\n",
    )
    assert problems == []
    areas = [each.area for each in frame.units.values()]
    assert areas == ["Göteborgsregionen", "Göteborgsregionen", "13", "13", "13", "14"]
    assert [*frame.areas] == ["Göteborgsregionen", "13", "14"]
    assert not frame.in_counties


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a,Stockholm,9,180,", 'error: ram.csv, row 2, column "code": "180" is no code'),
        ("a,Stockholm,9,180,", "Did you mean 0180 (Stockholm)? A leading zero is part"),
        ("a,Malmö stad,9,9999,", "The code of Malmö is 1280."),
        ("a,Malmö,9,1480,", 'warning: ram.csv, row 2, column "code": 1480 is the code of Göteb'),
        ("a,Malmö,9,1480,", "the unit is called Malmö. The code of that is 1280."),
        ("a,Kommun C,9,1480,", "Look whether they are the same."),
        ("a,Skola,9,,1480", 'column "part_of": "1480" is no code of a county. Its county is 14.'),
        ("a,Skola,9,,1", "Did you mean 01 (Stockholms län)?"),
        ("a,Skola,9,,Upsala län", 'warning: ram.csv, row 2, column "part_of": "Upsala län" is no'),
        ("a,Skola,9,,Upsala län", 'Did you mean "Uppsala län"?'),
        ("a,Skola,9,,all", '"all" is no name for an area'),
        ("a,Skola,9,,Norr\nb,Skola B,9,,norr", '"norr" and "Norr" differ in signs and capitals'),
        ("a,Skola,9,,Norr\nb,Skola B,9,,", 'row 3, column "part_of": b is in no area'),
        ("a,Stockholm,9,0180,\nb,Söder,9,0180,", "0180 is the code of a too."),
    ],
)
def test_a_wrong_code_or_area_is_told_with_its_row(tmp_path, line, said):
    _, problems = read(tmp_path, f"unit,label,invited,code,part_of\n{line}\n")
    assert any(said in each for each in problems), problems


def test_a_warning_of_a_name_does_not_keep_the_study_from_running(home):
    (home / "ram.csv").write_text(FRAME.replace("Knivsta", "Kommun K"), "utf-8")
    [problem] = evalkit.check(home)
    assert problem.severity == "warning"
    assert evalkit.open_study(home).report().method().html


# Sums


def counts_of(frame, unit: str) -> list[int]:
    return frame[frame["unit"] == unit]["n"].tolist()


def test_counts_of_a_county_are_those_of_its_units_by_hand(home):
    book = evalkit.open_study(home)
    found = book.roll_up(level="county")
    assert list(dict.fromkeys(found["unit"])) == ["all", "01", "03", "14"]
    assert counts_of(found, "all") == [22, 14, 3, 4]
    assert {each: counts_of(found, each) for each in BY_COUNTY} == BY_COUNTY
    assert list(dict.fromkeys(book.roll_up(level="nation")["unit"])) == ["all"]
    with pytest.raises(EvalkitError, match=r'no level "contry"\. Did you mean "county"'):
        book.roll_up(level="contry")


def test_response_rates_of_counties_are_those_of_their_units_by_hand(home):
    found = evalkit.open_study(home).areas()
    rows = found[["area", "label", "invited", "responded"]].to_numpy().tolist()
    assert rows == [
        ["01", "Stockholms län", 28, 14],
        ["03", "Uppsala län", 10, 7],
        ["14", "Västra Götalands län", 29, 22],
    ]
    assert found["percent"].tolist() == pytest.approx([50, 70, 2200 / 29])


def test_the_command_writes_counts_by_county_with_zeros_kept(home, evalkit_command):
    done = evalkit_command("counts", home, "--level", "county")
    assert done.status == 0, done.err
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["n"] for row in rows if row["unit"] == "01"] == ["9", "3", "1", "1"]
    assert "Not for publication" in done.err
    done = evalkit_command("counts", home, "--level", "county", "--by", "q1")
    assert done.status == 2
    assert "one of --by and --level" in done.err


def test_without_areas_there_is_nothing_to_add_to(home, evalkit_command):
    (home / "ram.csv").write_text(
        "\n".join(line.rpartition(",")[0] for line in FRAME.splitlines()), "utf-8"
    )
    done = evalkit_command("counts", home, "--level", "county")
    assert done.status == 1
    assert "are in no areas. Write `code` or `part_of`" in done.err
    with pytest.raises(EvalkitError, match="in no areas"):
        evalkit.open_study(home).areas()


def test_respondents_of_no_known_unit_stand_apart(home):
    """From responses: three of Stockholm, one of Uppsala county, two who do not say."""
    (home / "codebook.csv").write_text(
        "name,item,number,part_of,label,kind,scale,section,mean\n"
        "Ort,ort,1,,Ort,nominal,ort,1,no\nHur,q1,2,,Hur?,likert,hur,1,yes\n",
        "utf-8",
    )
    scale = "".join(f"ort,{at},{name},valid\n" for at, name in enumerate(["sth", "sod", "kni"], 1))
    (home / "scales.csv").write_text(SCALES + scale, "utf-8")
    answers = "Ort,Hur\nsth,Bra\nsod,Bra\nsod,Dåligt\nkni,Bra\n,Bra\n,Vet ej\n"
    (home / "svar.csv").write_text(answers, "utf-8")
    lines = [each for each in FRAME.splitlines() if each[:3] in ("uni", "sth", "sod", "kni")]
    cells = [each.split(",") for each in lines]
    frame = "\n".join(",".join([*each[:3], each[4]]) for each in cells)
    (home / "ram.csv").write_text(frame, "utf-8")
    text = STUDY.replace("counts: svar.csv", "responses: svar.csv")
    (home / "study.yaml").write_text(text + "unit: ort\n", "utf-8")
    book = evalkit.open_study(home)
    found = book.roll_up()
    q1 = found[found["item"] == "q1"]
    assert {each: counts_of(q1, each) for each in dict.fromkeys(q1["unit"])} == {
        "all": [4, 1, 1, 0], "01": [2, 1, 0, 0], "03": [1, 0, 0, 0], "unknown": [1, 0, 1, 0],
    }  # fmt: skip
    assert book.areas()["responded"].tolist() == [3, 1, 2]


# What may be shown


def rates(responded: dict[str, int], area_of: dict[str, str]) -> UnitRates:
    rows = [UnitRate(name, Text(name), 20, n, area_of[name]) for name, n in responded.items()]
    areas = []
    for area in dict.fromkeys(area_of.values()):
        own = [each for each in rows if each.area == area]
        n = sum(each.responded for each in own)
        areas.append(UnitRate(area, Text(area), 20 * len(own), n))
    whole = UnitRate("", Text(), 20 * len(rows), sum(responded.values()))
    return UnitRates(tuple(rows), whole, tuple(areas))


@pytest.mark.parametrize(
    ("responded", "hidden", "areas"),
    [
        ({"a1": 5, "a2": 9, "b1": 6, "b2": 7}, "", ""),
        ({"a1": 4, "a2": 9, "b1": 6, "b2": 7}, "a1 a2", ""),
        ({"a1": 4, "a2": 3, "a3": 9, "b1": 6}, "a1 a2", ""),
        ({"a1": 4, "a2": 8, "a3": 9, "b1": 6, "b2": 3}, "a1 a2 b1 b2", ""),
        # One unit is a county by itself, and both are too few: another county has to go along.
        ({"a1": 8, "a2": 9, "b1": 4}, "a1 b1", "a b"),
        ({"a1": 8, "a2": 9, "b1": 4, "c1": 7, "c2": 7}, "b1 c1", "b c"),
        # The one of which a unit is kept back anyhow goes first, though it is larger.
        ({"a1": 8, "a2": 3, "a3": 9, "b1": 4, "c1": 7}, "a1 a2 b1", "a b"),
        ({"a1": 1, "a2": 2, "b1": 1, "b2": 1, "c1": 9}, "a1 a2 b1 b2", "a b"),
    ],
)
def test_what_is_kept_back_of_units_and_areas(responded, hidden, areas):
    found = kept_back_in_areas(responded, {each: each[0] for each in responded}, 5)
    assert found.units == set(hidden.split())
    assert found.areas == set(areas.split())


def determined(known: list[list[int]], wanted: list[int]) -> bool:
    """Whether a sum of the unknown figures follows from sums that are known."""
    if not known:
        return False
    rank = np.linalg.matrix_rank(np.array(known))
    return bool(np.linalg.matrix_rank(np.array([*known, wanted])) == rank)


@given(
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abcd")), min_size=2, max_size=9),
    st.integers(2, 8),
)
def test_nothing_that_is_kept_back_follows_from_what_is_shown(units, least):
    """Every figure shown is a sum of units; linear algebra tells what can be worked out of them."""
    responded = {f"u{at}": n for at, (n, _) in enumerate(units)}
    area_of = {f"u{at}": area for at, (_, area) in enumerate(units)}
    if len(set(area_of.values())) < 2 or sum(responded.values()) < least:
        return
    released = release_rates(rates(responded, area_of), Rule("published", least)).content
    assert released is not None
    names = [*responded]
    sums = {name: [int(each == name) for each in names] for name in names}
    sums |= {a: [int(area_of[each] == a) for each in names] for a in set(area_of.values())}
    shown = [[1] * len(names)]
    rows = [*released.rows, *released.areas]
    shown += [sums[each.name] for each in rows if not each.hidden]
    for each in rows:
        if each.hidden:
            assert (each.invited, each.responded, each.rate) == (None, None, None)
            assert not determined(shown, sums[each.name]), each.name
        else:
            assert each.responded is not None
            assert each.responded >= least


def tables_of(html: str) -> dict[str, list[list[str]]]:
    return {
        table.caption.get_text(): [
            [each.get_text() for each in row.find_all(["th", "td"])] for row in table("tr")
        ]
        for table in BeautifulSoup(html, "html.parser")("table")
    }


def test_the_report_has_the_response_rate_by_county(home):
    page = evalkit.open_study(home).report(language="sv").method().html
    found = tables_of(page)
    counties = found["Svarsfrekvens per län (antal svarande = 43)"]
    assert counties == [
        ["Län", "Tillfrågade", "Svarande", "Svarsfrekvens"],
        ["Stockholms län", "28", "14", f"50{NBSP}%"],
        ["Uppsala län", "10", "7", f"70{NBSP}%"],
        ["Västra Götalands län", "29", "22", f"76{NBSP}%"],
        ["Hela landet", "67", "43", f"64{NBSP}%"],
    ]
    units = found["Svarsfrekvens per enhet (antal svarande = 43)"]
    hidden = [row[0] for row in units if row[-1] == ".."]
    assert hidden == ["Kungälv", "Mölndal", "Stockholm", "Södertälje kommun"]
    assert "eller ett område av enheter" in page
    english = evalkit.open_study(home).report(language="en").method().html
    assert "Västra Götaland County" in english
    assert "Response rate by county" in english


def test_the_internal_edition_keeps_nothing_back(home):
    page = evalkit.open_study(home).report(edition="internal").method().html
    assert ".." not in BeautifulSoup(page, "html.parser").get_text()
    assert "Svarsfrekvens per län" in page


def test_areas_of_the_studys_own_have_their_own_heading(home):
    lines = FRAME.splitlines()
    areas = ["part_of", "Öst", "Öst", "Väst", "Väst", "Väst", "Öst"]
    text = "\n".join(f"{line},{area}" for line, area in zip(lines, areas, strict=True))
    (home / "ram.csv").write_text(text, "utf-8")
    found = tables_of(evalkit.open_study(home).report().method().html)
    rows = found["Svarsfrekvens per område (antal svarande = 43)"]
    assert [row[0] for row in rows] == ["Område", "Väst", "Öst", "Hela landet"]


@pytest.mark.parametrize("codes", [("14",), ("01", "03", "05", "06", "07", "08")])
def test_areas_that_are_the_whole_or_the_units_are_not_shown_again(home, codes):
    """All units in one county, or each in one of its own."""
    rows = [line.rpartition(",")[0] for line in FRAME.splitlines()]
    areas = [codes[at % len(codes)] for at in range(6)]
    lines = [f"{row},{area}" for row, area in zip(rows, ["part_of", *areas], strict=True)]
    text = "\n".join(lines)
    (home / "ram.csv").write_text(text, "utf-8")
    book = evalkit.open_study(home)
    assert "per län" not in book.report().method().html
    assert len(set(book.roll_up()["unit"])) == 1 + len(codes)
