"""Personal data: what is found, and that nothing of it is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from evalkit.codebook import Answer, Codebook, Item, Scale, Text
from evalkit.intake import place
from evalkit.intake.export import Column, Export
from evalkit.intake.personal import (
    TELLS,
    find,
    find_in,
    masked,
    spans,
    unsaid,
)

NUMBERS = ["811228-9874", "8112289874", "198112289874", "19811228-9874", "121212+9884"]


def coordination(number: str) -> str:
    """The coordination number of a birth date: the day is 60 higher, with its own check digit."""
    body = f"{number[:4]}{int(number[4:6]) + 60}{number[7:10]}"
    return f"{body[:6]}-{body[6:]}{luhn.calc_check_digit(body)}"


def holds(sort: str, text: str) -> bool:
    return any(True for _ in TELLS[sort](text))


@pytest.mark.parametrize("number", [*NUMBERS, coordination("811228-9874")])
def test_a_personal_number_is_found_alone_and_in_running_text(number):
    assert holds("personal_number", number)
    assert holds("personal_number", f"Jag är född {number}, ring mig.")


@pytest.mark.parametrize(
    "text",
    ["811228-9873", "811341-9874", "2026-03-01 10:00", "5561234567", "0", "12345678901234567890"],
)
def test_other_digits_are_no_personal_number(text):
    assert not holds("personal_number", text)


@pytest.mark.parametrize("text", ["a.b@exempel.se", "skriv till Anna.Å@exempel.gov.se!"])
def test_an_email_address_is_found(text):
    assert holds("email", text)


@pytest.mark.parametrize("text", ["@handtag", "a@b", "kl. 10 @ kontoret"])
def test_other_text_is_no_email_address(text):
    assert not holds("email", text)


@pytest.mark.parametrize(
    "text",
    ["070-174 06 35", "0701740635", "+46 70 174 06 35", "Ring 08-123 456 78.", "0046701740635"],
)
def test_a_telephone_number_is_found(text):
    assert holds("telephone", text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05 08:00",
        "01-05-2026",
        "1 000 000",
        "12,50",
        "0",
        "2019–2024",
        "192.0.2.1",
        "00012",
    ],
)
def test_dates_and_amounts_are_no_telephone_number(text):
    assert not holds("telephone", text)


@pytest.mark.parametrize("text", ["192.0.2.17", "från 198.51.100.3,", "2001:db8::1"])
def test_an_ip_address_is_found(text):
    assert holds("ip_address", text)


@pytest.mark.parametrize("text", ["12:30:45", "1.2.3", "300.1.1.1", "3.1", "a::b c", "10:30"])
def test_times_and_versions_are_no_ip_address(text):
    assert not holds("ip_address", text)


def test_a_finding_says_where_and_how_many_and_not_what():
    cells = ("", "ring 070-174 06 35", None, "bra", "a.b@exempel.se", "0701740636")
    found = find_in(Column("Kommentar", cells), (2, 3, 4, 5, 6, 7))
    assert [(each.sort, each.rows, each.count) for each in found] == [
        ("email", (6,), 1),
        ("telephone", (3, 7), 2),
    ]
    assert str(found[1]) == "telephone numbers in 2 cells (row 3, 7)"


def test_a_long_finding_names_the_first_rows_only():
    cells = tuple(f"p{at}@exempel.se" for at in range(13))
    (found,) = find_in(Column("Fråga", cells), tuple(range(2, 15)))
    expected = "e-mail addresses in 13 cells (row 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more)"
    assert str(found) == expected


@pytest.mark.parametrize(
    "heading", ["Namn", "Förnamn", "Last name", "RecipientFirstName", "1. Namn:"]
)
def test_names_are_found_by_the_heading(heading):
    (found,) = find_in(Column(heading, ("Alva Ek", "", "Bo Lind")), (2, 3, 4))
    assert (found.sort, found.rows) == ("name", (2, 4))


def test_a_heading_of_an_option_or_of_a_unit_is_no_name():
    ticks = Column("Kontakt [E-post]", ("E-post", "", "E-post"), "Kontakt", "E-post")
    assert find_in(ticks, (2, 3, 4)) == ()
    units = Column("Enhetens namn", ("Norr", "Söder", "Norr"))
    assert find_in(units, (2, 3, 4)) == ()
    few = Column("Namn", ("Norr", "Söder", "Norr", "Norr", "Söder"))
    assert find_in(few, (2, 3, 4, 5, 6)) == ()


def test_an_identifier_that_is_valid_by_chance_is_not_taken_for_a_personal_number():
    cells = tuple(str(8112280000 + at) for at in range(40))
    assert any(holds("personal_number", cell) for cell in cells)
    assert find_in(Column("Respondent ID", cells), tuple(range(2, 42))) == ()
    (found,) = find_in(Column("Personnummer", cells), tuple(range(2, 42)))
    assert found.sort == "personal_number"


def test_every_column_of_an_export_is_looked_through():
    export = Export("x", "plain", (Column("a", ("1",)), Column("b", ("x@y.se",))), (2,))
    assert [each.column for each in find(export)] == ["b"]


@given(st.text())
def test_no_text_is_too_odd_to_be_looked_through(text):
    for sort in TELLS:
        assert all(0 <= first < last <= len(text) for first, last in TELLS[sort](text))


TEXT = "Ring 070-174 06 35 eller a.b@exempel.se, född 811228-9874 (10.20.30.40)."


def test_what_is_found_in_a_text_can_be_taken_out_of_it():
    found = spans(TEXT)
    assert [TEXT[first:last] for first, last in found] == [
        "070-174 06 35", "a.b@exempel.se", "811228-9874", "10.20.30.40",
    ]  # fmt: skip
    assert masked(TEXT, found, "X") == "Ring X eller X, född X (X)."
    assert spans("Ingen 1 av 12 kom 2026-03-01.") == ()


def test_a_message_never_tells_personal_data():
    assert unsaid(TEXT) == "Ring […] eller […], född […] ([…])."
    assert unsaid("a" * 70) == "a" * 60 + "…"


LIKERT = Scale("s", (Answer(1, Text("Ja")), Answer(2, Text("Nej"))))


def reading(heading, *cells, kind="nominal"):
    items = {
        "i": Item("i", "id", column="Nr"),
        "q": Item("q", kind, Text("Fråga"), heading, "1", scale="s" if kind == "nominal" else ""),
    }
    columns = (Column("Nr", tuple("x" for _ in cells)), Column(heading, cells))
    export = Export("x.csv", "plain", columns, tuple(range(2, len(cells) + 2)))
    return place(export, Codebook(items, {"s": LIKERT}, {}))


@pytest.mark.parametrize("kind", ["nominal", "numeric", "open"])
@pytest.mark.parametrize("cell", ["070-174 06 35", "a.b@exempel.se", "811228-9874"])
def test_personal_data_in_any_column_of_the_codebook_is_warned_of_without_being_told(kind, cell):
    found = reading("Fråga", "1", cell, kind=kind)
    (warning,) = [each for each in found.problems if "The column holds" in each.message]
    assert (warning.file, warning.row, warning.column) == ("x.csv", 3, "Fråga")
    assert warning.severity == "warning"
    assert not any(cell in str(each) for each in found.problems)
    assert [each.column for each in found.personal] == ["Fråga"]


def test_the_cells_of_a_column_of_names_are_never_told():
    found = reading("Namn", "Alva Ek", "Bo Lind")
    assert [each.row for each in found.problems if each.severity == "error"] == [2, 3]
    assert not any("Alva" in str(each) or "Bo" in str(each) for each in found.problems)


def test_an_identifier_that_is_personal_is_not_told_when_it_stands_there_twice():
    items = {"i": Item("i", "id", column="E-post")}
    cells = ("a@b.se", "a@b.se", "c@d.se")
    export = Export("x.csv", "plain", (Column("E-post", cells),), (2, 3, 4))
    found = place(export, Codebook(items, {}, {}))
    assert [each.row for each in found.problems if "2 times" in each.message] == [2, 3]
    assert not any("a@b" in str(each) for each in found.problems)
