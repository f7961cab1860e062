"""An export as delivered → responses: which cell is which answer, and what is no answer."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.codebook import Answer, Codebook, Item, Scale, Text, normal, read_codebook
from evalkit.errors import EvalkitError
from evalkit.intake import Level, read_export
from evalkit.intake.export import Reason

HAND_MADE = Path(__file__).parent / "hand_made"

LEVELS = (
    Answer(2, Text("Ja, helt", "Yes, quite")),
    Answer(1, Text("Nej", "No")),
    Answer(8, Text("Vet ej", "Don't know"), "dont_know"),
    Answer(None, Text("Ej aktuellt"), "not_applicable"),
)


def book(*items, **scales):
    scales = {"s": LEVELS, **scales}
    return Codebook(
        {each.name: each for each in items},
        {name: Scale(name, tuple(answers)) for name, answers in scales.items()},
        {},
    )


def single(name, column=""):
    return Item(name, "likert", Text(name), column or name, scale="s")


def read(tmp_path, text, codebook, encoding="utf-8"):
    (tmp_path / "x.csv").write_bytes(text.encode(encoding))
    return read_export(tmp_path / "x.csv", "x.csv", codebook)


def answers(reading, item):
    levels = reading.responses.levels[item]
    return [levels[code] for code in reading.responses.codes[item]]


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        ("Ja, helt", Level(2, "valid")),
        ("ja,  HELT ", Level(2, "valid")),
        ("  Nej", Level(1, "valid")),
        ("Nej\u00a0", Level(1, "valid")),
        ("Ja,\u00a0helt", Level(2, "valid")),
        ("Ja,\nhelt", Level(2, "valid")),
        ("Yes, quite", Level(2, "valid")),
        ("2", Level(2, "valid")),
        ("8", Level(8, "dont_know")),
        ("don't know", Level(8, "dont_know")),
        ("Ej aktuellt", Level(None, "not_applicable")),
        ("", Level(None, "no_answer")),
        (" \u00a0", Level(None, "no_answer")),
    ],
)
def test_a_cell_is_an_answer_by_label_or_code_however_it_is_spaced(tmp_path, cell, level):
    reading = read(
        tmp_path, f'nr;q\n1;"{cell}"\n', book(Item("nr", "id", column="nr"), single("q"))
    )
    assert answers(reading, "q") == [level]
    assert reading.problems == ()


@pytest.mark.parametrize("cell", ["Jo", "3", "2.5", "02", "Ja", "-", "NA"])
def test_a_cell_that_is_no_answer_is_reported_with_row_and_column(tmp_path, cell):
    reading = read(tmp_path, f"nr;F 1\n1;Nej\n2;{cell}\n", book(single("q", "F 1")))
    [left_out, problem] = reading.problems
    assert left_out.severity == "warning"
    assert (problem.file, problem.row, problem.column) == ("x.csv", 3, "F 1")
    assert problem.message == f'"{cell}" is not an answer of the scale "s".'
    assert problem.severity == "error"


def test_every_cell_that_is_no_answer_is_reported_also_when_it_is_the_same(tmp_path):
    reading = read(tmp_path, "q;p\nx;Nej\nx;y\n", book(single("q"), single("p")))
    assert [(each.row, each.column) for each in reading.problems] == [(2, "q"), (3, "q"), (3, "p")]


def test_a_label_wins_over_a_code_and_the_first_answer_over_later_ones(tmp_path):
    scale = (Answer(2, Text("1")), Answer(1, Text("2")))
    item = Item("q", "nominal", Text("q"), "q", scale="kors")
    reading = read(tmp_path, "q\n1\n2\n", book(item, kors=scale))
    assert answers(reading, "q") == [Level(2, "valid"), Level(1, "valid")]


def test_columns_that_are_missing_or_stand_there_twice_are_all_reported(tmp_path):
    codebook = book(single("q"), single("p"), single("r", "Fråga r"))
    reading = read(tmp_path, "q;q;fråga r;extra\nNej;Nej;Nej;x\n", codebook)
    found = {(p.row, p.column, p.severity) for p in reading.problems}
    assert found == {
        (1, "q", "error"),
        (1, "p", "error"),
        (1, "Fråga r", "error"),
        (1, "fråga r", "warning"),
        (1, "extra", "warning"),
    }
    [missing] = [each for each in reading.problems if each.column == "Fråga r"]
    assert 'Did you mean "fråga r"?' in missing.fix
    assert reading.left_out == ("fråga r", "extra")
    assert len(reading.export.columns) == 4


def test_an_identifier_that_stands_there_twice_is_a_warning_for_each_row(tmp_path):
    codebook = book(Item("nr", "id", column="nr"), single("q"))
    reading = read(tmp_path, "nr;q\n7;Nej\n8;Nej\n7;Nej\n;Nej\n;Nej\n", codebook)
    assert [(p.row, p.column, p.severity) for p in reading.problems] == [
        (2, "nr", "warning"),
        (4, "nr", "warning"),
    ]


def test_a_heading_and_no_respondent_is_reported(tmp_path):
    with pytest.raises(EvalkitError, match="no respondent"):
        read(tmp_path, "q\n", book(single("q")))


@pytest.mark.parametrize(
    ("encoding", "separator", "name"),
    [
        ("cp1252", ";", "semicolon"),
        ("utf-8", ",", "comma"),
        ("utf-8-sig", "\t", "tab"),
        ("utf-16", "\t", "tab"),
    ],
)
def test_encoding_and_separator_do_not_change_the_responses(tmp_path, encoding, separator, name):
    codebook = book(single("q", "Fråga"), single("p", "Åter"))
    text = 'Fråga;Åter\n"Ja, helt";Nej\n;Vet ej\n'.replace(";", separator)
    reading = read(tmp_path, text, codebook, encoding)
    assert reading.export.how[0].key == f"how_text_{name}"
    assert answers(reading, "q") == [Level(2, "valid"), Level(None, "no_answer")]
    assert answers(reading, "p") == [Level(1, "valid"), Level(8, "dont_know")]


def test_every_item_has_the_same_respondents_in_the_same_order(tmp_path):
    reading = read(tmp_path, "q;p\nNej;\n;Nej\n;\n", book(single("q"), single("p")))
    assert reading.responses.n == 3
    assert [each.status for each in answers(reading, "q")] == ["valid", "no_answer", "no_answer"]
    assert [each.status for each in answers(reading, "p")] == ["no_answer", "valid", "no_answer"]


def test_labels_are_compared_as_unicode_says_they_are_equal():
    assert normal("Crème") == normal(unicodedata.normalize("NFD", "CRÈME"))
    assert normal("Vet\u00a0 ej\n") == "vet ej"
    assert normal("\u00a0\u2003\t") == ""


@given(st.text(max_size=20))
@settings(max_examples=100)
def test_comparing_is_settled_after_one_time_for_text_with_spaces_and_accents(text):
    tidy = normal(text)
    assert tidy == tidy.strip()
    assert "  " not in tidy
    assert normal(f"  {text}\u00a0") == tidy


# Multiple response sets

TICK = (Answer(1, Text("X")),)
BOTH = (Answer(1, Text("Vald")), Answer(0, Text("Ej vald")))
FULL = (*BOTH, Answer(98, Text("Inte ställd"), "not_asked"), Answer(97, Text("Vägrar"), "refused"))


def choice(scale, options="ab"):
    head = Item("m", "multiple", Text("m"), number="1")
    parts = [Item(f"m_{o}", "option", Text(o), o, part_of="m", scale="k") for o in options]
    return book(head, *parts, k=scale)


def test_an_empty_tick_is_not_selected_for_who_ticked_something_else_in_the_set(tmp_path):
    reading = read(tmp_path, "a;b\nX;\n;X\n;\nX;X\n", choice(TICK))
    yes, no, none = Level(1, "valid"), Level(0, "valid"), Level(None, "no_answer")
    assert answers(reading, "m_a") == [yes, no, none, yes]
    assert answers(reading, "m_b") == [no, yes, none, yes]
    assert answers(reading, "m") == [yes, yes, none, yes]


def test_where_not_selected_is_an_answer_an_empty_option_is_no_answer(tmp_path):
    reading = read(tmp_path, "a;b\nVald;\nEj vald;Ej vald\n;\n", choice(BOTH))
    yes, no, none = Level(1, "valid"), Level(0, "valid"), Level(None, "no_answer")
    assert answers(reading, "m_a") == [yes, no, none]
    assert answers(reading, "m_b") == [none, no, none]
    assert answers(reading, "m") == [yes, no, none]  # all "Ej vald" is an answer


@pytest.mark.parametrize(("cell", "status"), [("Inte ställd", "not_asked"), ("Vägrar", "refused")])
def test_a_set_keeps_the_kind_of_missing_of_its_options(tmp_path, cell, status):
    """Kinds of missing are never merged: who was not asked is not in the base asked."""
    reading = read(tmp_path, f"a;b\nVald;Ej vald\n{cell};{cell}\n;\n", choice(FULL))
    assert [each.status for each in answers(reading, "m")] == ["valid", status, "no_answer"]


def test_reading_the_sets_changes_no_other_item(tmp_path):
    codebook = choice(TICK)
    codebook.items["q"] = single("q")
    reading = read(tmp_path, "a;b;q\nX;;Nej\n;;\n", codebook)
    assert answers(reading, "q") == [Level(1, "valid"), Level(None, "no_answer")]


# The hand-made export


def test_the_hand_made_export_is_read_cell_by_cell_as_a_person_reads_it():
    codebook, problems = read_codebook(HAND_MADE)
    assert problems == ()
    reading = read_export(HAND_MADE / "rounds/1/export.csv", "export.csv", codebook)
    assert reading.export.how[0] == Reason("how_text_semicolon", {"encoding": "utf-8-sig"})
    assert len(reading.export.columns) == 13
    assert reading.left_out == ("Kommentar",)
    assert [each.severity for each in reading.problems] == ["warning"]
    assert reading.responses.n == 10
    # Read off the file from top to bottom.
    assert [level.status for level in answers(reading, "q1")] == [
        "valid", "valid", "valid", "valid", "dont_know", "not_applicable", "refused", "not_asked",
        "invalid", "no_answer",
    ]  # fmt: skip
    assert [level.value for level in answers(reading, "q1")][:5] == [4, 4, 3, 1, 8]
    assert [level.value for level in answers(reading, "q7")] == [1, 1, 2, 2, 3, 3, 4, 4, 4, None]
    assert [level.value for level in answers(reading, "q6")] == [2] * 10


def test_responses_are_small_integers():
    codebook, _ = read_codebook(HAND_MADE)
    responses = read_export(HAND_MADE / "rounds/1/export.csv", "x", codebook).responses
    for name, codes in responses.codes.items():
        assert codes.dtype == np.int16
        assert codes.shape == (10,)
        assert codes.max() < len(responses.levels[name])
