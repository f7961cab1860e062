"""Numbers: which cells are one, their statistics against NumPy and SciPy, bars, counts, release."""

from __future__ import annotations

import dataclasses
import io
from fractions import Fraction

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from evalkit.analysis.frequency import tallies
from evalkit.analysis.histogram import MOST_BINS, Bin, pooled_ends
from evalkit.analysis.numeric import numeric
from evalkit.analysis.tables import declared_tables
from evalkit.codebook import Answer, Codebook, Item, Scale, Section, Text
from evalkit.counts import add, count, read_counts, written
from evalkit.intake import Level, place, read_export
from evalkit.intake.export import Column, Export
from evalkit.intake.numbers import read_number
from evalkit.present import charts, tables
from evalkit.present.numeric import bin_labels, numeric_sentences
from evalkit.release import Rule, release

SCALE = Scale(
    "tal",
    (
        Answer(None, Text("Vet ej", "Don't know"), "dont_know"),
        Answer(999, Text("Oläsligt"), "invalid"),
    ),
)
ITEM = Item("q", "numeric", Text("Hur många?", "How many?"), "Antal", "1", scale="tal", section="1")
BOOK = Codebook({"q": ITEM}, {"tal": SCALE}, {"1": Section("1", Text("Ett"))})


def read(*cells, **column):
    export = Export(
        "x.csv", "plain", (Column("Antal", cells, **column),), tuple(range(2, len(cells) + 2))
    )
    return place(export, BOOK)


def frame(*cells, **column):
    return count(read(*cells, **column).responses, "r")


def figures(*cells):
    return numeric(BOOK, ITEM, tallies(frame(*cells)))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("7", 7), (" 7 ", 7), ("2,5", 2.5), ("2.5", 2.5), ("1 234", 1234), ("1\u00a0234,5", 1234.5),
        ("1\u202f234\u202f567", 1234567), ("-3", -3), ("\u22123", -3), ("+3", 3), ("0,0", 0),
        ("-0", 0),
        ("4.0", 4), ("007", 7), ("1e3", 1000), ("1.5E-2", 0.015), ("0.30000000000000004", 0.3),
        ("123456789012345", 123456789012345),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(cell, value):
    found = read_number(cell)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "cell",
    ["", "sju", "7 st", "ca 7", "50 %", "7-9", "1 23", "12 34", "1,234.5", "1.234,5", "1 234 56",
     "7,", ",7", "--7", "1234567890123456", "nan", "inf", "0x1f", "1e400", "٣"],
)  # fmt: skip
def test_what_else_stands_in_a_cell_is_no_number(cell):
    assert read_number(cell) is None


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("7 st", "without unit"), ("1.234,5", "Only the decimals"), ("många", "give q a scale"),
        ("12 34", "15 digits"),
    ],
)  # fmt: skip
def test_a_cell_that_is_no_number_is_reported_with_row_and_what_to_do(cell, what):
    (problem,) = read("1", cell).problems
    assert (problem.file, problem.row, problem.column, problem.severity) == (
        "x.csv",
        3,
        "Antal",
        "error",
    )
    assert cell in problem.message
    assert what in problem.fix


def test_three_decimals_everywhere_may_be_thousands():
    (warning,) = read("1.234", "12.500", "7").problems
    assert (warning.severity, warning.row) == ("warning", 2)
    assert read("1.234", "2.5").problems == ()
    assert read("0,125", "0,250").problems == ()


def test_the_levels_are_the_numbers_in_order_and_then_the_statuses():
    found = read("10", "2,5", "Vet ej", "", "999", "2.50", "999,0", None).responses
    assert found.levels["q"] == (
        Level(2.5, "valid"), Level(10, "valid"), Level(None, "dont_know"), Level(999, "invalid"),
        Level(None, "no_answer"), Level(None, "not_asked"),
    )  # fmt: skip
    assert found.codes["q"].tolist() == [1, 0, 2, 4, 3, 0, 3, 5]


def test_what_the_file_says_of_a_number_counts_as_for_scales():
    found = read("5", "88", "77", "don't know", missing={"88": "refused"}, labels={"77": "Vet ej"})
    levels = found.responses.levels["q"]
    codes = found.responses.codes["q"].tolist()
    assert [levels[code].status for code in codes] == ["valid", "refused", "dont_know", "dont_know"]


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_numbers_of_spss_and_stata_come_with_their_own_missing(kind, tmp_path):
    values = pd.DataFrame({"Antal": [2.5, 10.0, 999.0, None, 0.1]})
    path = tmp_path / f"x.{kind}"
    if kind == "sav":
        pyreadstat.write_sav(values, path, missing_ranges={"Antal": [{"lo": 10, "hi": 10}]},
                             variable_value_labels={"Antal": {10: "Vill inte svara"}})  # fmt: skip
    else:
        pyreadstat.write_dta(values, path)
    found = read_export(path, path.name, BOOK).responses
    placed = [found.levels["q"][code] for code in found.codes["q"]]
    ten = Level(None, "refused") if kind == "sav" else Level(10, "valid")
    assert placed == [
        Level(2.5, "valid"), ten, Level(999, "invalid"), Level(None, "no_answer"),
        Level(0.1, "valid"),
    ]  # fmt: skip


def test_whole_values_stay_whole_and_others_do_not():
    whole, decimal = frame("3", "", "Vet ej"), frame("3", "2,5", "")
    assert whole["value"].dtype == "Int64"
    assert decimal["value"].dtype == "Float64"
    assert written(whole) is whole
    text = written(decimal).to_csv(index=False, lineterminator="\n")
    lines = [line.split(",")[3:] for line in text.splitlines()]
    assert lines[1:3] == [["2.5", "valid", "1"], ["3", "valid", "1"]]
    assert lines[-1] == ["", "no_answer", "1"]


numbers = st.decimals(-1000, 100000, places=2) | st.integers(-50, 50)
cells = st.lists(
    numbers.map(lambda each: str(each).replace(".", ",")) | st.sampled_from(["", "Vet ej", "999"]),
    min_size=1,
    max_size=40,
)


@given(cells)
@settings(max_examples=40)
def test_statuses_and_numbers_add_to_the_respondents(given_cells):
    counted = frame(*given_cells)
    assert counted["n"].sum() == len(given_cells)
    found = figures(*given_cells)
    assert found.bases.asked == len(given_cells)
    assert found.bases.valid + sum(row.n for row in found.rows) == len(given_cells)
    assert sum(each.n for each in found.bins) == found.bases.valid
    assert len(found.bins) <= MOST_BINS + 2


@given(cells)
@settings(max_examples=40)
def test_written_counts_are_read_back_the_same(given_cells):
    counted = frame(*given_cells)
    assume(counted["n"].sum())
    path = _file(written(counted).to_csv(index=False))
    again, problems = read_counts(path, "counts.csv", BOOK, "r")
    assert problems == ()
    pd.testing.assert_frame_equal(again, counted)


def _file(text):
    import tempfile
    from pathlib import Path

    path = Path(tempfile.mkdtemp()) / "counts.csv"
    path.write_text(text, "utf-8")
    return path


@given(cells, cells)
@settings(max_examples=25)
def test_counts_of_two_files_add_to_those_of_both(first, second):
    together = add(frame(*first), frame(*second))
    keys = ["item", "value", "status"]
    summed = together[together["n"] > 0].sort_values(keys)["n"].tolist()
    both = frame(*first, *second)
    assert summed == both[both["n"] > 0].sort_values(keys)["n"].tolist()
    one, other = (numeric(BOOK, ITEM, tallies(each)) for each in (together, both))
    assert one.statistics() == other.statistics()
    assert one.bins == other.bins


@given(st.lists(numbers, min_size=1, max_size=60))
@settings(max_examples=60)
def test_statistics_are_those_of_numpy_and_scipy(values):
    found = figures(*(str(each) for each in values))
    expanded = np.array([float(each) for each in values])
    wide = float(np.abs(expanded).max()) or 1.0
    close = {"rel": 1e-9, "abs": 1e-9 * wide}
    assert found.mean == pytest.approx(expanded.mean(), **close)
    quartiles = np.quantile(expanded, [0.25, 0.5, 0.75], method="linear")
    ours = [found.lower_quartile, found.median, found.upper_quartile]
    assert ours == pytest.approx(quartiles.tolist(), **close)
    if len(values) == 1:
        assert found.sd is None
    else:
        assert found.sd == pytest.approx(pd.Series(expanded).std(), **close)
    if len(set(values)) > 1:
        assert found.sd == pytest.approx(stats.tstd(expanded), **close)


def test_figures_are_exact_where_binary_floating_point_is_not():
    found = figures("0.1", "0.1", "0.1", "0.3")
    assert found.mean == 0.15
    assert found.lower_quartile == 0.1
    assert figures("1000000000.1", "1000000000.2", "1000000000.3").sd == pytest.approx(
        0.1, rel=1e-15
    )


def test_by_hand():
    found = figures("1", "3", "4", "8", "Vet ej", "", "999")
    assert (found.bases.asked, found.bases.answered, found.bases.valid) == (7, 5, 4)
    assert (found.mean, found.median) == (4, 3.5)
    assert (found.lower_quartile, found.upper_quartile) == (2.5, 5)
    assert found.sd == pytest.approx(np.sqrt(26 / 3))
    assert [(each.low, each.n) for each in found.bins] == [
        (1, 1), (2, 0), (3, 1), (4, 1), (5, 0), (6, 0), (7, 0), (8, 1),
    ]  # fmt: skip
    assert found.bins[0].percent == 20


@given(st.lists(st.integers(0, 500), min_size=1, max_size=80))
@settings(max_examples=50)
def test_bars_hold_what_numpy_counts_between_the_same_edges(values):
    found = figures(*(str(each) for each in values))
    edges = [each.low for each in found.bins if each.low is not None]
    last = found.bins[-1].high
    edges += [last] if last is not None else []
    inner = found.bins[found.bins[0].low is None : len(found.bins) - (last is None)]
    within = [each for each in values if each < edges[-1] or last is not None]
    assert [each.n for each in inner] == np.histogram(within, edges)[0].tolist()
    assert len({Fraction(each.high) - Fraction(each.low) for each in inner}) == 1


def test_the_width_is_that_of_numpys_rule_made_round():
    values = np.random.default_rng(7).normal(50, 12, 400).round(1)
    found = figures(*(str(each) for each in values))
    raw = np.diff(np.histogram_bin_edges(values, "auto"))[0]
    width = found.bins[1].high - found.bins[1].low
    assert width in (2, 5)
    assert 0.5 < width / raw < 2
    assert all(float(each.low) % width == 0 for each in found.bins)


def test_a_number_far_out_does_not_flatten_the_others():
    found = figures(*(str(each) for each in range(20, 60)), "100000")
    assert found.bins[-1].high is None
    assert found.bins[-1].n == 1
    assert sum(each.n > 0 for each in found.bins) > 4


def test_nobody_and_one():
    nobody = figures("", "Vet ej")
    assert nobody.statistics() == {
        "asked": 2, "answered": 1, "n": 0, "mean": None, "sd": None, "lower_quartile": None,
        "median": None, "upper_quartile": None,
    }  # fmt: skip
    one = figures("2,5")
    assert (one.mean, one.sd, one.median) == (2.5, None, 2.5)
    assert one.bins == (Bin(2.5, 3.5, 1, 100.0),)


# What is shown


def released(edition, *given_cells, least=3):
    found = declared_tables(BOOK, frame(*given_cells), None)
    return release(found, Rule(edition, least)).numbers["q"]


def test_too_few_numbers_are_withheld_whole_whatever_else_was_answered():
    assert released("published", "1", "2", "Vet ej", "Vet ej").content is None
    assert released("internal", "1", "2").content is not None
    for make in (tables.numeric_table, tables.numeric_csv, charts.histogram, numeric_sentences):
        assert make(released("published", "1", "2"), "sv") == ""


def test_no_bar_at_an_end_shows_fewer_than_the_least():
    shown = released("published", *"1 2 2 3 3 3 4 4 8".split()).content
    assert [(each.low, each.high, each.n) for each in shown.bins] == [
        (None, 3, 3), (3, 4, 3), (4, None, 3),
    ]  # fmt: skip
    assert shown.pooled
    assert bin_labels(shown, "sv") == ["Högst 2", "3", "Minst 4"]
    text = tables.numeric_table(released("published", *"1 2 2 3 3 3 4 4 8".split()), "sv")
    assert ">8<" not in text
    assert ">8<" in tables.numeric_table(released("internal", *"1 2 2 3 3 3 4 4 8".split()), "sv")


def test_five_numbers_are_not_told_one_by_one():
    """Their quartiles are the second, third and fourth; mean and deviation give the other two."""
    few = released("published", *"1 7 9 14 90".split(), least=5)
    assert few.content.mean is not None
    assert few.content.median == 9
    table = tables.numeric_table(few, "sv") + tables.numeric_csv(few, "sv")
    for text in ("7", "14", "90", "37,08"):
        assert f">{text}<" not in table
        assert f";{text};" not in table
    assert numeric_sentences(few, "sv") == "Medianen är 9."
    assert released("published", *map(str, range(10)), least=5).content.sd is not None
    assert released("internal", *"1 7 9 14 90".split(), least=5).content.sd is not None


@given(st.lists(st.integers(0, 400), min_size=1, max_size=80), st.integers(1, 10))
@settings(max_examples=50)
def test_pooled_ends_hold_enough_and_lose_nobody(values, least):
    found = figures(*(str(each) for each in values))
    pooled = pooled_ends(found.bins, least, found.bases.answered)
    assert sum(each.n for each in pooled) == len(values)
    if len(values) >= least:
        assert pooled[0].n >= least
        assert pooled[-1].n >= least
    assert all(each in found.bins for each in pooled[1:-1])


def test_bars_are_named_by_what_they_hold():
    whole = figures(*(str(each) for each in range(101)))
    assert bin_labels(whole, "sv")[0] == "0–9"
    assert bin_labels(whole, "sv")[-1] == "90–100"
    decimals = figures(*(f"{each},5" for each in range(30)))
    assert bin_labels(decimals, "sv")[0] == "0 till under 5"
    assert bin_labels(decimals, "en")[-1] == "25 to 30"
    below = figures(*(str(each) for each in range(-40, 41)))
    assert bin_labels(below, "sv")[0] == "−40 till −31"


def test_the_table_the_sentence_the_chart_and_the_csv_say_the_same():
    found = released("internal", "1", "3", "4", "8", "Vet ej", "", "999")
    text = tables.numeric_table(found, "sv")
    assert "Tabell 1. Hur många? (antal svar\u00a0=\u00a05)" in text
    for figure in ("4,00", "2,94", "3,5", "2,5"):
        assert f">{figure}<" in text
    assert numeric_sentences(found, "sv") == (
        "Hälften av svaren ligger mellan 2,5 och 5; medianen är 3,5. "
        "En av 5 (20\u00a0%) svarar ”Vet ej”. Två av 7 har inte besvarat frågan."
    )
    assert "Hälften av svaren ligger mellan 2,5 och 5" in charts.histogram(found, "sv")
    assert "1: 20\u00a0%, 2: 0\u00a0%" in charts.histogram(found, "sv")
    rows = pd.read_csv(io.StringIO(tables.numeric_csv(found, "en")))
    value = dict(zip(rows["figure"], rows["value"], strict=False))
    assert (value["Mean"], value["Median"], value["Upper quartile"]) == (4, 3.5, 5)
    assert rows[rows["from"].notna()]["value"].sum() == 4


def test_least_and_greatest_number_are_nowhere_among_the_figures():
    found = figures("1", "2", "3.75")
    assert set(found.statistics().values()).isdisjoint({1, 3.75})
    assert 3.75 not in dataclasses.astuple(found.bins[-1])


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("q,abc,valid,1", "is not an answer"), ("q,999,valid,1", "is invalid"),
        ("q,5,no_answer,1", "cannot be no_answer"), ("q,,valid,1", "is not an answer"),
        ("q,999.0,valid,1", "cannot be valid"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be_are_reported(row, what):
    _, problems = read_counts(_file(f"item,value,status,n\n{row}\n"), "c.csv", BOOK, "r")
    assert what in problems[0].message
    assert problems[0].row == 2
