"""What questionnaires are like as wholes: counted by hand, and by pandas on many at random."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

import evalkit
from evalkit.analysis.questionnaires import Questionnaires, questionnaires
from evalkit.codebook import Answer, Codebook, Item, Scale, Text
from evalkit.intake import Level, Responses
from evalkit.intake.export import Column, Export
from evalkit.intake.responses import SET_LEVELS
from evalkit.intake.times import read_moments, seconds_of
from evalkit.release import Rule, opened, release_questionnaires

GRADE = Scale("s", tuple(Answer(v, Text(f"grad {v}")) for v in (3, 2, 1)))
LEVELS = (
    Level(3, "valid"), Level(2, "valid"), Level(1, "valid"), Level(None, "dont_know"),
    Level(None, "no_answer"), Level(None, "not_asked"), Level(None, "refused"),
)  # fmt: skip
CODES = {"3": 0, "2": 1, "1": 2, "v": 3, ".": 4, "-": 5, "r": 6}
"""How the rows below are written: a code, v don't know, . no answer, - not asked, r refused."""


def book(grid: int = 0, single: int = 0, kind: str = "likert", scale: Scale = GRADE) -> Codebook:
    items = [Item(f"q{at}", kind, Text(f"q{at}"), f"Q{at}", scale="s") for at in range(single)]
    if grid:
        items.append(Item("g", "grid", Text("g"), number="9"))
    items += [
        Item(f"g{at}", "nominal", Text(f"g{at}"), f"G{at}", part_of="g", scale="s")
        for at in range(grid)
    ]
    return Codebook({each.name: each for each in items}, {"s": scale}, {})


def answers(codebook: Codebook, *rows: str) -> Responses:
    names = [each.name for each in codebook.counted]
    table = np.array([[CODES[each] for each in row] for row in rows], np.int16)
    assert table.shape[1] == len(names)
    codes = {name: table[:, at].copy() for at, name in enumerate(names)}
    return Responses(len(rows), codes, dict.fromkeys(names, LEVELS))


def places(found) -> list[int] | None:
    return None if found is None else found.tolist()


def test_every_questionnaire_is_complete_partly_answered_or_empty():
    four = book(single=4)
    found = questionnaires(
        four,
        answers(
            four,
            "3211",  # 0 complete
            "v3-1",  # 1 complete: don't know is an answer, and one item was not asked
            "3.21",  # 2 partly, three of four
            "3..1",  # 3 partly, half of them
            "3...",  # 4 partly, fewer than half
            "3r--",  # 5 partly, one of two
            "....",  # 6 nothing
            "..--",  # 7 nothing
            "----",  # 8 nothing asked
            "3r.r",  # 9 partly, one of four
        ),
    )
    assert places(found.complete) == [0, 1]
    assert places(found.partly) == [2, 3, 4, 5, 9]
    assert places(found.under_half) == [4, 9]
    assert places(found.without) == [6, 7, 8]


def test_answers_in_words_are_not_needed_for_a_complete_questionnaire():
    codebook = book(single=2)
    codebook.items["o"] = Item("o", "open", Text("o"), "O")
    found = questionnaires(codebook, answers(codebook, "32.", "3..", "..3"))
    assert (places(found.complete), places(found.partly), places(found.without)) == ([0], [1], [2])


def test_a_multiple_response_set_is_one_question():
    codebook = book(single=1)
    codebook.items["m"] = Item("m", "multiple", Text("m"), number="2")
    for name in ("m_a", "m_b"):
        codebook.items[name] = Item(name, "option", Text(name), name, part_of="m", scale="s")
    single = answers(book(single=1), "3", "3", ".")
    option = (Level(1, "valid"), Level(0, "valid"), Level(None, "no_answer"))
    none = next(at for at, each in enumerate(SET_LEVELS) if each.status == "no_answer")
    codes = {
        **single.codes,
        "m": np.array([0, none, 0], np.int16),
        "m_a": np.array([0, 2, 1], np.int16),
        "m_b": np.array([1, 2, 0], np.int16),
    }
    levels = {**single.levels, "m": SET_LEVELS, "m_a": option, "m_b": option}
    found = questionnaires(codebook, Responses(3, codes, levels))
    assert (places(found.complete), places(found.partly)) == ([0], [1, 2])
    assert places(found.under_half) == []


# The same twice


def test_the_same_answers_are_told_where_ten_items_were_answered():
    ten, eleven = "3213213213", "321321321v"
    codebook = book(single=11)
    found = questionnaires(
        codebook,
        answers(codebook, f"{ten}.", f"{ten}3", f"{ten}.", f"{eleven}3", f"{ten}r", f"{ten}."),
    )
    assert places(found.same_answers) == [0, 2, 5]
    few = questionnaires(codebook, answers(codebook, "321321321..", "321321321.."))
    assert places(few.same_answers) == []
    nine = book(single=9)
    assert questionnaires(nine, answers(nine, "3" * 9, "3" * 9)).same_answers is None


def test_the_same_identifier_is_told_and_an_empty_one_is_none():
    codebook = book(single=1)
    cells = ("a", "b", "a ", "", "", None, "c")
    found = questionnaires(codebook, answers(codebook, *"3333333"), [cells])
    assert places(found.same_identifier) == [0, 2]
    assert questionnaires(codebook, answers(codebook, "3")).same_identifier is None


@given(
    st.lists(
        st.lists(st.sampled_from("32v."), min_size=12, max_size=12).map("".join),
        min_size=1,
        max_size=12,
    ),
    st.data(),
)
@settings(max_examples=100)
def test_the_same_answers_are_those_that_pandas_finds(rows, data):
    rows += data.draw(st.lists(st.sampled_from(rows), max_size=5))
    codebook = book(single=12)
    found = questionnaires(codebook, answers(codebook, *rows))
    able = [at for at, row in enumerate(rows) if row.count(".") <= 2]
    frame = pd.DataFrame([list(rows[at]) for at in able], index=able)
    doubled = frame[frame.duplicated(keep=False)] if len(frame) else frame
    assert places(found.same_answers) == doubled.index.tolist()
    parts = [places(each) for each in (found.complete, found.partly, found.without)]
    assert sorted(at for part in parts for at in part) == list(range(len(rows)))
    assert set(places(found.under_half)) <= set(places(found.partly))


# All the way through


def test_one_opinion_on_every_row_of_a_grid_is_told():
    grid = book(grid=4)
    found = questionnaires(
        grid,
        answers(
            grid,
            "2222",  # 0 straight
            "2223",
            "vvvv",  # 2 no opinion at all
            "222.",  # 3 one row left out
            "222-",  # 4 three rows asked
            "1111",  # 5 straight
            "....",
        ),
    )
    assert places(found.straight) == [0, 5]


def test_a_scale_that_five_items_share_is_judged_like_a_grid():
    five, four = book(single=5), book(single=4)
    assert places(questionnaires(five, answers(five, "33333", "33332")).straight) == [0]
    assert questionnaires(four, answers(four, "3333")).straight is None
    others = book(single=5, kind="nominal")
    assert questionnaires(others, answers(others, "33333")).straight is None


def test_five_of_six_items_asked_are_enough_and_four_are_not():
    six = book(single=6)
    found = questionnaires(six, answers(six, "33333-", "3333--", "33333.", "-33333"))
    assert places(found.straight) == [0, 3]


def test_yes_and_no_are_too_few_answers_to_be_called_straight():
    two = Scale("s", GRADE.answers[:2])
    codebook = book(grid=5, scale=two)
    assert questionnaires(codebook, answers(codebook, "33333")).straight is None


def test_a_row_that_differs_from_an_earlier_one_with_no_first_answer_is_not_straight():
    grid = book(grid=5)
    found = questionnaires(grid, answers(grid, "-3333", "-3331", "-3-33"))
    assert places(found.straight) == [0]


# Too fast


def test_less_than_half_of_the_median_time_is_too_fast():
    codebook = book(single=1)
    seconds = np.array([100.0] * 6 + [50, 49.9, 0, 1000, np.nan])
    rows = answers(codebook, *("3" * len(seconds)))
    assert places(questionnaires(codebook, rows, seconds=seconds).fast) == [7, 8]
    few = seconds[:9]
    rows = answers(codebook, *("3" * len(few)))
    assert questionnaires(codebook, rows, seconds=few).fast is None  # nine times are no median


@given(st.lists(st.floats(0, 1e5) | st.just(np.nan), min_size=1, max_size=40))
def test_the_median_is_that_of_pandas(seconds):
    codebook = book(single=1)
    rows = answers(codebook, *("3" * len(seconds)))
    found = questionnaires(codebook, rows, seconds=np.array(seconds)).fast
    series = pd.Series(seconds, dtype=float)
    if series.count() < 10:
        assert found is None
    else:
        assert places(found) == series[series * 2 < series.median()].index.tolist()


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-03-01 12:34:56", (2026, 3, 1, 12, 34, 56)),
        ("2026-03-01T12:34:56", (2026, 3, 1, 12, 34, 56)),
        ("2026-03-01T12:34:56.250", (2026, 3, 1, 12, 34, 56)),
        ("2026-03-01 12:34", (2026, 3, 1, 12, 34, 0)),
        (" 2026-03-01 9.05 ", (2026, 3, 1, 9, 5, 0)),
        ("3/1/26 12:34:56", (2026, 3, 1, 12, 34, 56)),
        ("3/1/2026 1:34:56 PM", (2026, 3, 1, 13, 34, 56)),
        ("3/1/2026 12:34:56 AM", (2026, 3, 1, 0, 34, 56)),
        ("2026/03/01 1:34:56 em CET", (2026, 3, 1, 13, 34, 56)),
        ("2026/03/01 1:34:56 PM GMT+1", (2026, 3, 1, 13, 34, 56)),
        ("25/3/2026 12:34", (2026, 3, 25, 12, 34, 0)),
        ("01.03.2026 12:34", (2026, 3, 1, 12, 34, 0)),
        ("2026-03-01", None),
        ("2026-02-30 12:00", None),
        ("2026-03-01 25:00", None),
        ("3/1/26 13:00 PM", None),
        ("13/13/26 12:00", None),
        ("i går", None),
        ("", None),
        ("46082.5", None),
    ],
)
def test_a_moment_is_read_as_a_survey_tool_writes_it(cell, moment):
    [found] = read_moments([cell])
    assert found == (moment and dt.datetime(*moment, found.microsecond if found else 0))  # noqa: DTZ001


def test_the_day_comes_first_only_where_the_column_leaves_no_doubt():
    first = read_moments(["3/4/26 12:00", "13/4/26 12:00", ""])
    assert [each and (each.month, each.day) for each in first] == [(4, 3), (4, 13), None]
    doubt = read_moments(["3/4/26 12:00", "13/4/26 12:00", "4/13/26 12:00"])
    assert [each and (each.month, each.day) for each in doubt] == [(3, 4), None, (4, 13)]


TIMES = Codebook(
    {
        "start": Item("start", "started", column="S"),
        "slut": Item("slut", "completed", column="E"),
    },
    {},
    {},
)


def timed(**columns: tuple[str, ...]) -> Export:
    n = len(next(iter(columns.values())))
    made = tuple(Column(name, cells) for name, cells in columns.items())
    return Export("x.csv", "plain", made, tuple(range(2, n + 2)))


def test_times_are_taken_from_beginning_to_end_and_warned_of_where_they_cannot_be_read():
    export = timed(
        S=("2026-03-01 12:00:00", "2026-03-01 23:59:00", "igår", "2026-03-01 12:00", ""),
        E=(
            "2026-03-01 12:10:30",
            "2026-03-02 00:01:00",
            "2026-03-01 12:00",
            "2026-03-01 11:00",
            "",
        ),
    )
    seconds, problems = seconds_of(export, TIMES)
    assert np.array_equal(seconds, [630, 120, np.nan, np.nan, np.nan], equal_nan=True)
    assert [(each.row, each.column, each.severity) for each in problems] == [
        (4, "S", "warning"), (5, "E", "warning"),
    ]  # fmt: skip


def test_a_duration_comes_before_the_times_and_is_seconds_or_a_clock():
    codebook = Codebook({**TIMES.items, "tid": Item("tid", "duration", column="D")}, {}, {})
    cells = ("61", "61,5", "61.5", "0:01:01", "36:00:00", "en minut", "", "-3")
    seconds, [problem] = seconds_of(timed(D=cells), codebook)
    wanted = [61, 61.5, 61.5, 61, 129600, np.nan, np.nan, np.nan]
    assert np.array_equal(seconds, wanted, equal_nan=True)
    assert (problem.row, problem.column) == (7, "D")
    assert "nor can 1 more" in problem.message


def test_without_both_times_nothing_is_said_of_them():
    assert seconds_of(timed(S=("2026-03-01 12:00",)), TIMES) == (None, [])


# What is shown


def flagged(n: int, **numbers: int) -> Questionnaires:
    return Questionnaires(n, **{key: np.arange(value) for key, value in numbers.items()})


def test_the_published_edition_withholds_numbers_below_the_minimum():
    found = flagged(30, complete=24, partly=3, under_half=1, without=3, same_answers=2, fast=6)
    shown = {
        e.key: (e.n, e.least) for e in release_questionnaires(found, Rule("published", 5)).content
    }
    assert shown == {
        "complete": (24, None), "partly": (None, None), "under_half": (None, None),
        "without": (None, None), "same_answers": (None, None), "fast": (6, None),
    }  # fmt: skip


def test_a_number_that_could_be_worked_out_is_told_as_at_least():
    """28 respondents, 24 complete and none empty would tell that exactly 4 answered in part."""
    found = flagged(28, complete=24, partly=4, under_half=0, without=0)
    shown = {
        e.key: (e.n, e.least) for e in release_questionnaires(found, Rule("published", 5)).content
    }
    assert shown["complete"] == (None, 24)
    assert shown["partly"] == (None, None)
    assert shown["without"] == (0, None)


@given(st.integers(0, 40), st.integers(0, 12), st.integers(0, 12))
def test_what_is_told_fits_more_than_one_number_of_each_that_is_withheld(complete, partly, without):
    n = complete + partly + without
    found = flagged(n, complete=complete, partly=partly, under_half=0, without=without)
    rows = opened(release_questionnaires(found, Rule("published", 5)))
    if n < 5:
        assert rows is None
        return
    told = {each.key: each for each in rows if each.key != "under_half"}

    def fits(key: str, number: int) -> bool:
        each = told[key]
        if each.n is not None:
            return number == each.n
        return number >= each.least if each.least is not None else 1 <= number < 5

    possible = [
        (a, b, n - a - b)
        for a in range(n + 1)
        for b in range(n + 1 - a)
        if fits("complete", a) and fits("partly", b) and fits("without", n - a - b)
    ]
    assert (complete, partly, without) in possible
    for at, key in enumerate(("complete", "partly", "without")):
        if told[key].n is None:
            assert len({each[at] for each in possible}) > 1, key


def test_the_internal_edition_tells_which():
    found = flagged(30, complete=27, partly=3, under_half=0, without=0, straight=2)
    rows = {each.key: each for each in release_questionnaires(found, Rule("internal", 5)).content}
    assert rows["partly"].who == (0, 1, 2)
    assert rows["complete"].who == ()
    assert rows["straight"].n == 2


def make(folder: Path, mark: str = "") -> Path:
    """Twelve respondents: row 4 twice (as row 5), row 6 straight and fast, row 7 partly."""
    head = ";".join(["Id", "Start", "Slut", *(f"Q{at}" for at in range(10))])
    rows = []
    for at in range(2, 14):
        unlike = [str(at // power % 3 + 1) for power in (9, 3, 1)]
        cells = ["3", "2", "1", "3", "2", "1", "3", *unlike]
        minutes = 2 if at == 6 else 10
        if at in (4, 5):
            cells = ["1"] * 9 + ["2"]
        if at == 6:
            cells = ["2"] * 10
        if at == 7:
            cells[5:] = [""] * 5
        times = [f"3/{at}/26 10:00:00", f"3/{at}/26 10:{minutes:02}:00"]
        rows.append(";".join([f"ident-{at:02}", *times, *cells]))
    folder.mkdir(exist_ok=True)
    (folder / "svar.csv").write_text("\n".join([head, *rows]) + "\n", "utf-8")
    lines = ["name,item,number,part_of,label,kind,scale,section,mean,positive"]
    lines += ["Id,who,,,,id,,,,", "Start,start,,,,started,,,,", "Slut,slut,,,,completed,,,,"]
    lines += [f"Q{at},q{at},{at + 1},,Fråga {at},likert,s,1.1,yes,high" for at in range(10)]
    (folder / "codebook.csv").write_text("\n".join(lines) + "\n", "utf-8")
    scales = "scale,value,label,status\ns,3,Bra,valid\ns,2,Så där,valid\ns,1,Dåligt,valid\n"
    (folder / "scales.csv").write_text(scales, "utf-8")
    (folder / "sections.csv").write_text("section,title\n1,Allt\n1.1,Frågor\n", "utf-8")
    settings = f'name: f\ntitle: F\n{mark}rounds:\n  "1": {{invited: 20, responses: svar.csv}}\n'
    (folder / "study.yaml").write_text(settings, "utf-8")
    return folder


def shown(folder: Path, edition: str, language: str = "sv") -> dict[str, list[str]]:
    block = evalkit.open_study(folder).report(edition=edition, language=language).questionnaires()
    page = BeautifulSoup(block.html, "html.parser")
    assert page.find("caption") is not None
    rows = page.find("tbody").find_all("tr")
    return {row.th.get_text(): [each.get_text() for each in row.find_all("td")] for row in rows}


def test_the_internal_report_tells_rows_and_identifiers(tmp_path):
    assert evalkit.check(make(tmp_path)) == ()
    assert shown(tmp_path, "internal") == {
        "Alla frågor besvarade": ["11", ""],
        "Delvis besvarade": ["1", "rad 7 (ident-07)"],
        "Därav färre än hälften av frågorna": ["0", ""],
        "Inget svar alls": ["0", ""],
        "Samma identitet som ett annat": ["0", ""],
        "Samma svar på allt som ett annat": ["2", "rad 4 (ident-04), rad 5 (ident-05)"],
        "Samma svar rakt igenom": ["1", "rad 6 (ident-06)"],
        "Orimligt snabbt besvarade": ["1", "rad 6 (ident-06)"],
    }


def test_the_published_report_tells_numbers_alone(tmp_path):
    make(tmp_path)
    assert [each[0] for each in shown(tmp_path, "published").values()] == [
        "minst 8", "färre än 5", "0", "0", "0", "färre än 5", "färre än 5", "färre än 5",
    ]  # fmt: skip
    assert shown(tmp_path, "published", "en")["Partly answered"] == ["fewer than 5"]
    block = evalkit.open_study(tmp_path).report().questionnaires().html
    assert "ident-" not in unquote(block)
    assert "rad 7" not in unquote(block)


def test_nobody_is_dropped_for_being_flagged(tmp_path):
    make(tmp_path)
    assert evalkit.open_study(tmp_path).tables().response.included == 12


def test_of_rebuilt_respondents_nothing_is_said(tmp_path):
    block = evalkit.open_study(make(tmp_path, "mark: reconstructed\n")).report().questionnaires()
    assert "återskapade ur tabeller" in block.html
    assert "<table" not in block.html


def test_a_study_of_few_tells_nothing(tmp_path):
    make(tmp_path)
    lines = (tmp_path / "svar.csv").read_text("utf-8").splitlines()
    (tmp_path / "svar.csv").write_text("\n".join(lines[:5]) + "\n", "utf-8")
    block = evalkit.open_study(tmp_path).report().questionnaires().html
    assert "färre än 5 har svarat" in block
    assert "<table" not in block
