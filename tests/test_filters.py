"""Filters: who did not get a question, and what the tables and sentences say of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.analysis.tables import declared_tables
from evalkit.codebook import Answer, Codebook, Condition, Item, Scale, Section, Text, read_codebook
from evalkit.counts import count
from evalkit.intake import place
from evalkit.intake.export import Column, Export
from evalkit.present import tables
from evalkit.present.sentences import sentences
from evalkit.release import Rule, release

YES_NO = Scale(
    "janej",
    (
        Answer(1, Text("Ja")),
        Answer(2, Text("Nej")),
        Answer(None, Text("Vet ej"), "dont_know"),
    ),
)
TICK = Scale("kryss", (Answer(1, Text("X")),))


def item(name, kind="nominal", condition=None, scale="janej", part_of=""):
    asked_if = Condition(*condition) if condition else None
    number = "" if part_of else name[1:]
    column = "" if kind in ("grid", "multiple") else name
    return Item(name, kind, Text(f"Om {name}?"), column, number, part_of, scale, asked_if=asked_if)


def book(*items):
    scales = {"janej": YES_NO, "kryss": TICK}
    return Codebook({each.name: each for each in items}, scales, {"1": Section("1", Text("Ett"))})


def read(codebook, **columns):
    n = len(next(iter(columns.values())))
    made = tuple(Column(name, tuple(cells)) for name, cells in columns.items())
    return place(Export("x.csv", "plain", made, tuple(range(2, n + 2))), codebook)


def statuses(reading, name):
    levels = reading.responses.levels[name]
    return [levels[code].status for code in reading.responses.codes[name]]


def values(reading, name):
    levels = reading.responses.levels[name]
    return [levels[code].value for code in reading.responses.codes[name]]


def test_an_empty_cell_of_who_does_not_meet_the_condition_is_not_asked():
    codebook = book(item("q1"), item("q2", condition=("q1", ("1",))))
    found = read(codebook, q1=["Ja", "Nej", "Vet ej", "", "Ja"], q2=["Nej", "", "", "", ""])
    assert statuses(found, "q2") == ["valid", "not_asked", "not_asked", "not_asked", "no_answer"]
    assert found.problems == ()


def test_who_answered_all_the_same_keeps_the_answer_and_is_told_of():
    codebook = book(item("q1"), item("q2", condition=("q1", ("1",))))
    found = read(codebook, q1=["Nej", "Ja", "Nej"], q2=["Ja", "Ja", "Vet ej"])
    assert statuses(found, "q2") == ["valid", "valid", "dont_know"]
    told = [(each.row, each.column, each.severity) for each in found.problems]
    assert told == [(2, "q2", "warning"), (4, "q2", "warning")]
    assert "q1 = 1" in found.problems[0].message


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        (("1", "2"), [0, 1]),
        (("dont_know",), [2]),
        (("no_answer",), [3]),
        (("2", "no_answer"), [1, 3]),
    ],
)
def test_a_condition_names_codes_and_statuses(keys, asked):
    codebook = book(item("q1"), item("q2", condition=("q1", keys)))
    found = read(codebook, q1=["Ja", "Nej", "Vet ej", ""], q2=[""] * 4)
    assert [at for at, each in enumerate(statuses(found, "q2")) if each == "no_answer"] == asked


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_conditions_on_conditions_in_whatever_order_they_stand(order):
    items = [
        item("q1"),
        item("q2", condition=("q1", ("1",))),
        item("q3", condition=("q2", ("no_answer",))),
    ]
    codebook = book(*(items[at] for at in order))
    found = read(codebook, q1=["Ja", "Nej", "Ja"], q2=["", "", "Ja"], q3=["", "", ""])
    # The second did not get q2, and so did not leave it out.
    assert statuses(found, "q3") == ["no_answer", "not_asked", "not_asked"]


def test_the_condition_of_a_grid_holds_for_its_parts_beside_their_own():
    codebook = book(
        item("q1"),
        item("q2", "grid", condition=("q1", ("1",)), scale=""),
        item("q2a", part_of="q2"),
        item("q2b", part_of="q2", condition=("q2a", ("1",))),
    )
    found = read(codebook, q1=["Ja", "Ja", "Nej"], q2a=["Ja", "Nej", ""], q2b=["", "", ""])
    assert statuses(found, "q2a") == ["valid", "valid", "not_asked"]
    assert statuses(found, "q2b") == ["no_answer", "not_asked", "not_asked"]


def multiple(condition=("q1", ("1",)), **options):
    heads = [item("q1"), item("q2", "multiple", condition=condition, scale="")]
    return book(
        *heads,
        item("q2a", "option", options.get("a"), "kryss", "q2"),
        item("q2b", "option", options.get("b"), "kryss", "q2"),
        item("q3", condition=("q2a", ("0",))),
    )


def test_a_set_is_asked_as_a_whole():
    found = read(
        multiple(),
        q1=["Ja", "Ja", "Nej", "Nej"], q2a=["X", "", "", ""], q2b=["", "", "", "X"], q3=[""] * 4,
    )  # fmt: skip
    assert statuses(found, "q2") == ["valid", "no_answer", "not_asked", "valid"]
    assert statuses(found, "q2a") == ["valid", "no_answer", "not_asked", "valid"]
    assert values(found, "q2a") == [1, None, None, 0]
    assert values(found, "q2b") == [0, None, None, 1]
    (told,) = found.problems
    assert (told.row, told.severity) == (5, "warning")
    # q3 was for those who did not tick the first option of a set that they ticked something in.
    assert statuses(found, "q3") == ["not_asked", "not_asked", "not_asked", "no_answer"]


def test_an_option_can_have_a_condition_of_its_own():
    codebook = multiple(condition=None, b=("q1", ("1",)))
    found = read(
        codebook, q1=["Ja", "Nej", "Nej"], q2a=["X", "X", ""], q2b=["", "", ""], q3=[""] * 3
    )
    assert statuses(found, "q2b") == ["valid", "not_asked", "not_asked"]
    assert statuses(found, "q2") == ["valid", "valid", "no_answer"]


def test_ticks_joined_in_one_column_are_asked_as_a_set_too():
    head = Item("q2", "multiple", Text("Vad?"), "q2", "2", asked_if=Condition("q1", ("1",)))
    options = [
        Item(f"q2{at}", "option", Text(label), part_of="q2", scale="kryss")
        for at, label in (("a", "Alfa"), ("b", "Beta"))
    ]
    found = read(book(item("q1"), head, *options), q1=["Ja", "Nej", "Nej"], q2=["Beta", "", "Alfa"])
    assert statuses(found, "q2") == ["valid", "not_asked", "valid"]
    assert values(found, "q2a") == [0, None, 1]
    assert [(each.row, each.column) for each in found.problems] == [(4, "q2")]


@given(st.lists(st.tuples(*[st.sampled_from(["Ja", "Nej", ""])] * 3), min_size=1, max_size=20))
@settings(max_examples=40)
def test_statuses_add_to_the_respondents_and_no_answer_is_lost(rows):
    codebook = book(
        item("q1"), item("q2", condition=("q1", ("1",))), item("q3", condition=("q2", ("2",)))
    )
    columns = dict(zip(("q1", "q2", "q3"), map(list, zip(*rows, strict=True)), strict=True))
    found = read(codebook, **columns)
    counted = count(found.responses, "r")
    assert set(counted.groupby("item")["n"].sum()) == {len(rows)}
    for name, cells in columns.items():
        given_here = [each == "valid" for each in statuses(found, name)]
        assert given_here == [bool(cell) for cell in cells]


# The codebook

HEAD = "name,item,number,part_of,label,kind,scale,section,mean,positive,asked_if\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "scales.csv").write_text("scale,value,label,status\ns,1,Ja,valid\ns,2,Nej,valid\n")
    (tmp_path / "sections.csv").write_text("section,title\n1,Ett\n")
    return tmp_path


def test_a_cycle_of_conditions_is_an_error(folder):
    rows = ["A,a,1,,A,nominal,s,1,no,,c = 1", "B,b,2,,B,nominal,s,1,no,,a = 1"]
    rows += ["C,c,3,,C,nominal,s,1,no,,b = 1", "D,d,4,,D,nominal,s,1,no,,c = 1"]
    (folder / "codebook.csv").write_text(HEAD + "\n".join(rows))
    (problem,) = read_codebook(folder)[1]
    assert (problem.column, problem.severity) == ("asked_if", "error")
    assert problem.row in (2, 3, 4)
    assert "depends on itself" in problem.message


def test_an_open_item_has_no_code_1(folder):
    (folder / "scales.csv").write_text("scale,value,label,status\ns,1,Vet ej,dont_know\n")
    (folder / "codebook.csv").write_text(f"{HEAD}A,a,1,,A,open,s,1,no,,\n")
    (problem,) = read_codebook(folder)[1]
    assert (problem.row, problem.column) == (2, "scale")


# What is shown


def shown(codebook, reading):
    found = declared_tables(codebook, count(reading.responses, "r"), None)
    return release(found, Rule("internal", 1))


def test_the_table_of_a_filtered_item_says_who_was_asked():
    codebook = book(item("q1"), item("q2", condition=("q1", ("1",))))
    found = shown(codebook, read(codebook, q1=["Ja", "Ja", "Nej"], q2=["Ja", "", ""]))
    filtered, open_to_all = found.items["q2"], found.items["q1"]
    text = tables.frequency_table(filtered, "sv")
    assert "(fick frågan\u00a0=\u00a02, antal svar\u00a0=\u00a01)" in text
    row = '<th scope="row">Fick frågan</th><td class="number">2</td>'
    assert row in text
    assert "Fick frågan" not in tables.frequency_table(open_to_all, "sv")
    assert sentences(filtered, "sv").endswith(
        "Två av 3 fick frågan. En av de 2 som fick frågan har inte besvarat den."
    )
    assert "fick" not in sentences(open_to_all, "sv")
    (_, q2) = found.nonresponse.content
    assert (q2.asked, q2.answered, q2.missing.percent) == (2, 1, 50)
