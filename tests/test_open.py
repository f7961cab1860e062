"""Open answers: who wrote something, what may be shown of it, and what is taken out."""

from __future__ import annotations

import csv
import io
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.analysis.tables import declared_tables
from evalkit.codebook import Answer, Codebook, Item, Scale, Section, Text
from evalkit.counts import count, read_counts
from evalkit.intake import place
from evalkit.intake.export import Column, Export
from evalkit.intake.personal import masked, spans
from evalkit.present import tables
from evalkit.present.sentences import words_sentences
from evalkit.release import Rule, release

SCALE = Scale("ord", (Answer(None, Text("-"), "no_answer"), Answer(9, Text("Vet ej"), "dont_know")))
ITEM = Item("q", "open", Text("Vad saknas?"), "Fritext", "1", scale="ord", section="1")
BOOK = Codebook({"q": ITEM}, {"ord": SCALE}, {"1": Section("1", Text("Ett"))})
CELLS = [
    "Mer tid", "-", "", "vet ej", None, "Ring 070-174 06 35\neller 08-123 456 78!", "<b>&",
    "Mer tid",
]  # fmt: skip


def read(cells, heading="Fritext"):
    export = Export(
        "x.csv", "plain", (Column(heading, tuple(cells)),), tuple(range(2, len(cells) + 2))
    )
    item = Item("q", "open", Text("Vad saknas?"), heading, "1", scale="ord", section="1")
    return place(export, Codebook({"q": item}, BOOK.scales, BOOK.sections))


def shown(cells, edition="internal", *, least=3, permitted=False, at_hand=True, heading="Fritext"):
    reading = read(cells, heading)
    texts = reading.written if at_hand else None
    found = declared_tables(BOOK, count(reading.responses, "r"), None, written=texts)
    return release(found, Rule(edition, least, permitted)).open_answers["q"]


def test_who_wrote_something_is_counted_and_the_scale_has_the_rest():
    counted = count(read(CELLS).responses, "r")
    assert counted["value"].fillna(-1).tolist() == [1, -1, 9, -1]
    assert list(zip(counted["status"], counted["n"], strict=True)) == [
        ("valid", 4), ("no_answer", 2), ("dont_know", 1), ("not_asked", 1),
    ]  # fmt: skip
    written = read(CELLS).written["q"]
    assert [each.row for each in written] == [2, 7, 8, 9]


def test_counts_of_an_open_item_are_read_back(tmp_path):
    counted = count(read(CELLS).responses, "r")
    counted.to_csv(tmp_path / "c.csv", index=False)
    again, problems = read_counts(tmp_path / "c.csv", "c.csv", BOOK, "r")
    assert problems == ()
    assert again.to_dict("list") == counted.to_dict("list")


def test_answers_are_listed_escaped_with_line_breaks_and_without_personal_data():
    found = shown(CELLS)
    assert found.content.masked == 1
    text = tables.words_list(found, "sv")
    assert text.count("<li>") == 4
    assert "Ring [personuppgift]<br>eller [personuppgift]!" in text
    assert "&lt;b&gt;&amp;" in text
    for secret in ("070", "123 456"):
        assert secret not in text + tables.words_csv(found, "sv")


def test_identifiers_are_a_running_number_and_tell_the_row_to_the_evaluator_alone():
    internal, published = shown(CELLS), shown(CELLS, "published", permitted=True)
    assert [each.ident for each in published.content.answers] == ["A1", "A2", "A3", "A4"]
    assert {each.row for each in published.content.answers} == {None}
    assert sorted(each.row for each in internal.content.answers) == [2, 7, 8, 9]
    pieces = [each.pieces for each in internal.content.answers]
    assert pieces == [each.pieces for each in published.content.answers]
    assert "rad " not in tables.words_list(published, "sv")


def test_the_order_says_nothing_of_the_order_in_the_file():
    texts = [f"svar {at}" for at in range(20)]
    orders = [
        [each.pieces[0] for each in shown(cells).content.answers] for cells in (texts, texts[::-1])
    ]
    assert orders[0] == orders[1]
    assert orders[0] not in (texts, texts[::-1], sorted(texts))


@pytest.mark.parametrize(
    ("keywords", "why"),
    [
        ({"edition": "published"}, "not_published"),
        ({"edition": "published", "permitted": True, "cells": ["a", "b", "Vet ej"]}, "too_few"),
        ({"at_hand": False}, "not_at_hand"),
        ({"edition": "published", "permitted": True}, ""),
        ({}, ""),
    ],
)
def test_what_was_written_is_shown_only_where_it_may(keywords, why):
    given_cells = keywords.pop("cells", CELLS)
    found = shown(given_cells, keywords.pop("edition", "internal"), **keywords)
    assert found.content.unshown == why
    assert bool(found.content.answers) == (why == "")
    listed = tables.words_list(found, "sv") + tables.words_csv(found, "sv")
    assert ("Mer tid" in listed) == (why == "")
    assert tables.words_table(found, "sv")


def test_fewer_than_the_least_who_answered_are_withheld_whole():
    found = shown(["a", "b", ""], "published", permitted=True)
    assert found.content is None
    assert tables.words_table(found, "sv") == tables.words_list(found, "sv") == ""


def test_a_column_of_names_is_taken_out_whole():
    found = shown(["Alva Ek", "Bo Lind", "Cia By"], heading="Namn")
    assert [each.pieces for each in found.content.answers] == [(None,)] * 3
    assert "Alva" not in tables.words_list(found, "sv")


def test_the_csv_holds_the_counts_and_then_what_is_shown():
    rows = list(csv.reader(io.StringIO(tables.words_csv(shown(CELLS), "en"))))
    assert rows[0] == ["identifier", "answer", "status", "count"]
    assert rows[1] == ["", "Answered in words", "valid", "4"]
    assert [row[0] for row in rows if row[0].startswith("A")] == ["A1", "A2", "A3", "A4"]
    closed = list(csv.reader(io.StringIO(tables.words_csv(shown(CELLS, "published"), "en"))))
    assert len(closed) == len(rows) - 4


def test_the_sentence_says_how_many():
    assert words_sentences(shown(CELLS), "sv") == (
        "Fyra av 7 (57\u00a0%) har svarat i ord. En av 5 (20\u00a0%) svarar ”Vet ej”. "
        "Sju av 8 fick frågan. Två av de 7 som fick frågan har inte besvarat den."
    )


def test_signs_that_cannot_be_shown_are_left_out():
    (text,) = [each.text for each in read(["a\x00b\u202e c\r\n d \ud83d"]).written["q"]]
    assert text == "ab c\n d"
    assert read(["\u200b"]).written["q"][0].text == "\ufffd"


@given(st.lists(st.text(max_size=30), min_size=1, max_size=15))
@settings(max_examples=60)
def test_whatever_is_written_is_counted_shown_and_safe(cells):
    reading = read(cells)
    counted = count(reading.responses, "r")
    assert counted["n"].sum() == len(cells)
    n = counted.loc[counted["status"] == "valid", "n"].sum()
    assert len(reading.written["q"]) == n
    text = tables.words_list(shown(cells), "sv")
    assert text.count("<li>") == n
    assert "<script" not in text


@given(st.lists(st.sampled_from(["ring ", "070-174 06 35", "a@b.se", " och ", "811228-9874", "x"])))
@settings(max_examples=60)
def test_masking_takes_out_every_span_and_leaves_the_rest(pieces):
    text = "".join(pieces)
    found = spans(text)
    assert all(first < last for first, last in found)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(found))
    assert spans(masked(text, found, " … ")) == ()
