"""The data log: what is declared is done, to the letter, and shown as far as it may be."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

import evalkit
from evalkit.analysis.response import ResponseRate
from evalkit.codebook import Answer, Codebook, Item, Scale, Text
from evalkit.datalog import FILE, Declaration
from evalkit.errors import EvalkitError
from evalkit.intake import Level, place
from evalkit.intake.decided import decide
from evalkit.intake.export import Column, Export
from evalkit.present import tables
from evalkit.release import Rule, release_data_log

HEADING = "round,respondent,unit,item,value,action,to,reason,decided_by,date\n"
END = "därför,Anna,2026-03-01"

CODEBOOK = """name,item,number,part_of,label,kind,scale,section,mean,positive
Id,who,,,,id,,,,
Ort,town,1,,Var bor du?,nominal,town,1.1,,
F1,q1,2,,Hur var det?,likert,grade,1.1,yes,high
F2,q2,3,,Och sedan?,likert,grade,1.1,yes,high
Val,choice,4,,Vad valde du?,multiple,,1.1,,
,a,,choice,Alfa,option,tick,,,
,b,,choice,"Beta, liten",option,tick,,,
"""
SCALES = """scale,value,label,status
grade,3,Bra,valid
grade,2,Så där,valid
grade,1,Dåligt,valid
grade,8,Vet ej,dont_know
town,1,Ekby,valid
town,2,Ljunga,valid
tick,1,X,valid
"""
EXPORT = """Id;Ort;F1;F2;Val
p-01;Ekby;Bra;Bra;Alfa
p-02;Ekby;bra!;Dåligt;Alfa
p-03;Ekby;BRA!;Så där;Beta, liten, Något annat
p-04;Ljunga;Dåligt;Så där;Något annat
p-05;Ljunga;hemlig text;;
p-06;Ljunga;3;Vet ej;Alfa, Beta, liten
p-07;Ekby;Bra;Bra;Alfa
"""
NEEDED = (
    ",,,q1,bra!,recode,Bra," + END,
    ",p-05,,q1,hemlig text,missing,," + END,
    ",,,choice,Något annat,missing,," + END,
)


def make(folder: Path, *lines: str, settings: str = "", more: str = "") -> Path:
    (folder / "rounds" / "1").mkdir(parents=True, exist_ok=True)
    (folder / "rounds" / "1" / "svar.csv").write_text(EXPORT, "utf-8")
    (folder / "codebook.csv").write_text(CODEBOOK, "utf-8")
    (folder / "scales.csv").write_text(SCALES, "utf-8")
    (folder / "sections.csv").write_text("section,title\n1,Allt\n1.1,Frågor\n", "utf-8")
    (folder / "study.yaml").write_text(
        "name: liten\ntitle: Liten\nunit: town\nrounds:\n"
        f'  "1": {{label: våren, invited: 8, responses: rounds/1/svar.csv}}\n{more}{settings}',
        "utf-8",
    )
    if lines:
        (folder / FILE).write_text(HEADING + "".join(f"{each}\n" for each in lines), "utf-8")
    return folder


def given_answers(folder: Path, item: str) -> dict[str | int, int]:
    frame = evalkit.open_study(folder).counts()
    rows = frame[(frame["unit"] == "all") & (frame["item"] == item) & (frame["n"] > 0)]
    keys = rows["value"].astype(object).where(rows["value"].notna(), rows["status"])
    return dict(zip(keys, rows["n"], strict=True))


def errors(folder: Path) -> list[tuple[str, int | None, str | None]]:
    found = evalkit.check(folder)
    return [(each.file, each.row, each.column) for each in found if each.severity == "error"]


# What is done


def test_without_a_data_log_the_cells_are_reported_with_the_line_to_write(tmp_path):
    problems = [each for each in evalkit.check(make(tmp_path)) if each.severity == "error"]
    assert [(each.row, each.column) for each in problems] == [
        (3, "F1"), (4, "F1"), (4, "Val"), (5, "Val"), (6, "F1"),
    ]  # fmt: skip
    assert ",,,q1,bra!,missing,,…,…,…" in problems[0].fix
    assert FILE in problems[0].fix


def test_a_line_as_it_is_proposed_mends_the_cell(tmp_path):
    folder = make(tmp_path)
    proposed = {
        each.fix.partition(f"{FILE}: ")[2] for each in evalkit.check(folder) if FILE in each.fix
    }
    lines = [each.replace("…,…,…", END) for each in sorted(proposed)]
    # "bra!" and "BRA!" are the same cell, as they would be the same answer.
    lines.remove(f",,,q1,BRA!,missing,,{END}")
    assert errors(make(folder, *lines)) == []


def test_cells_are_counted_as_declared(tmp_path):
    folder = make(tmp_path, *NEEDED)
    assert errors(folder) == []
    # Bra: rows 2, 8, the code of row 7 and two that were recoded.
    assert given_answers(folder, "q1") == {3: 5, 1: 1, "invalid": 1}
    assert given_answers(folder, "q2") == {3: 2, 2: 2, 1: 1, 8: 1, "no_answer": 1}


def test_a_part_of_a_set_that_is_declared_is_left_aside_and_the_rest_counts(tmp_path):
    folder = make(tmp_path, *NEEDED)
    # p-04 ticked nothing else: an answer was given that cannot be used.
    assert given_answers(folder, "choice")["invalid"] == 1
    assert given_answers(folder, "a")[1] == 4
    assert given_answers(folder, "b")[1] == 2


def test_a_part_of_a_set_can_be_another_option(tmp_path):
    folder = make(tmp_path, *NEEDED[:2], ",,,choice,något annat,recode,Alfa," + END)
    assert given_answers(folder, "a") == {1: 6, "no_answer": 1}
    assert given_answers(folder, "choice") == {1: 6, "no_answer": 1}


def test_one_respondents_cell_is_corrected_and_nobody_elses(tmp_path):
    folder = make(tmp_path, *NEEDED, ",p-04,,q1,Dåligt,recode,Så där," + END)
    assert given_answers(folder, "q1") == {3: 5, 2: 1, "invalid": 1}
    folder = make(tmp_path, *NEEDED, ",row 5,,q2,,recode,1," + END)
    assert given_answers(folder, "q2") == {3: 2, 2: 1, 1: 2, 8: 1, "no_answer": 1}


def test_an_empty_cell_of_one_respondent_can_be_filled_in(tmp_path):
    folder = make(tmp_path, *NEEDED, ",p-05,,q2,,recode,Bra," + END)
    assert given_answers(folder, "q2") == {3: 3, 2: 2, 1: 1, 8: 1}


@pytest.mark.parametrize(
    ("status", "key"),
    [("", "invalid"), ("refused", "refused"), ("not_asked", "not_asked"), ("dont_know", 8)],
)
def test_a_cell_is_missing_in_the_way_that_is_declared(tmp_path, status, key):
    """Don't know has a code on this scale, and is counted as that."""
    folder = make(tmp_path, NEEDED[0], NEEDED[2], f",,,q1,hemlig text,missing,{status},{END}")
    assert given_answers(folder, "q1")[key] == 1


def test_a_respondents_line_comes_before_one_about_everybody(tmp_path):
    folder = make(tmp_path, *NEEDED, ",p-03,,q1,Bra!,recode,Dåligt," + END)
    assert given_answers(folder, "q1") == {3: 4, 1: 2, "invalid": 1}
    effects = {each.declaration.line: each.n for each in evalkit.open_study(folder).round().effects}
    assert effects == {2: 1, 3: 1, 4: 2, 5: 1}


def test_respondents_and_units_are_excluded_before_anything_is_counted(tmp_path):
    lines = (",p-05,,,,exclude,," + END, ",,ljunga,,,exclude,," + END)
    folder = make(tmp_path, NEEDED[0], NEEDED[2], *lines)
    data = evalkit.open_study(folder).round()
    assert (data.responded, data.excluded, data.reading.responses.n) == (7, 3, 4)
    # p-04 is from Ljunga, so that a part of p-03's choice alone is left aside.
    assert [each.n for each in data.effects] == [2, 1, 1, 2]
    assert given_answers(folder, "town") == {1: 4}
    assert data.reading.export.rows == (2, 3, 4, 8)
    response = evalkit.open_study(folder).tables().response
    assert response == ResponseRate(7, 8, 3)
    assert response.included == 4


def test_the_excluded_responded_in_their_unit(tmp_path):
    lines = (",p-05,,,,exclude,," + END, ",,Ekby,,,exclude,," + END)
    town = ",,,town,Ekbyy,recode,Ekby," + END
    folder = make(tmp_path, NEEDED[2], town, *lines)
    path = folder / "rounds/1/svar.csv"
    path.write_text(EXPORT.replace("p-07;Ekby", "p-07;Ekbyy"), "utf-8")
    book = evalkit.open_study(folder)
    assert book.round().excluded_in == {"Ekby": 4, "Ljunga": 1}
    assert book.tables().response.responded == 7
    page = book.report(edition="internal").method().html
    assert re.findall(r"(Ekby|Ljunga)</th><td[^>]*>(\d)<", page) == [("Ekby", "4"), ("Ljunga", "3")]


def test_a_unit_is_excluded_of_a_round_whose_unit_item_is_another(tmp_path):
    two = '  "2": {responses: ny.csv, same_as: {town_2: town}}\n'
    folder = make(tmp_path, *NEEDED[::2], "2,,Dals-Ed,,,exclude,," + END, more=two)
    ends = {0: "rounds", 2: "1"}
    own = [f"{line},{ends.get(at, '')}" for at, line in enumerate(CODEBOOK.splitlines())]
    own.append("Ort,town_2,1,,Var bor du?,nominal,town_2,1.1,,,2")
    (folder / "codebook.csv").write_text("\n".join(own), "utf-8")
    more = "town_2,1,Ekby,valid\ntown_2,2,Ljunga,valid\ntown_2,3,Dals-Ed,valid\n"
    (folder / "scales.csv").write_text(SCALES + more, "utf-8")
    export = EXPORT.replace("hemlig text", "Bra")
    (folder / "rounds/1/svar.csv").write_text(export, "utf-8")
    (folder / "ny.csv").write_text(export.replace("Ljunga", "Dals-Ed"), "utf-8")
    assert errors(folder) == []
    data = evalkit.open_study(folder).round("2")
    assert data.excluded_in == {"Ekby": 0, "Ljunga": 0, "Dals-Ed": 3}
    assert data.reading.responses.n == 4
    lines = (*NEEDED[::2], "1,,Dals-Ed,,,exclude,," + END)
    (folder / FILE).write_text(HEADING + "".join(f"{each}\n" for each in lines), "utf-8")
    assert errors(folder) == [(FILE, 4, "unit")]


def test_a_unit_that_was_misspelt_is_excluded_with_the_others(tmp_path):
    lines = (*NEEDED, ",,,town,Ekbyy,recode,Ekby," + END, ",,Ekby,,,exclude,," + END)
    folder = make(tmp_path, *lines)
    path = folder / "rounds/1/svar.csv"
    path.write_text(EXPORT.replace("p-07;Ekby", "p-07;Ekbyy"), "utf-8")
    assert evalkit.open_study(folder).round().reading.export.rows == (5, 6, 7)


def test_the_raw_file_is_not_touched(tmp_path):
    folder = make(tmp_path, *NEEDED, ",p-07,,,,exclude,," + END)
    before = hashlib.sha256((folder / "rounds/1/svar.csv").read_bytes()).hexdigest()
    evalkit.open_study(folder).report(edition="internal")
    assert hashlib.sha256((folder / "rounds/1/svar.csv").read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    ("separator", "encoding"), [(",", "utf-8"), (";", "cp1252"), ("\t", "utf-16")]
)
def test_the_file_is_read_as_the_studys_other_tables(tmp_path, separator, encoding):
    folder = make(tmp_path)
    rows = list(csv.reader(io.StringIO(HEADING + "\n".join(NEEDED))))
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    (folder / FILE).write_bytes(out.getvalue().encode(encoding))
    assert errors(folder) == []
    assert given_answers(folder, "q1")[3] == 5


# What is wrong


@pytest.mark.parametrize(
    ("line", "column", "told"),
    [
        ("2,p-01,,,,exclude,," + END, "round", 'no round "2"'),
        (",p-01,,,,drop,," + END, "action", "Write exclude, recode or missing"),
        (",p-01,,,,exclude,,,Anna,2026", "reason", "empty"),
        (",p-01,,,,exclude,,därför,,2026", "decided_by", "empty"),
        (",p-01,,,,exclude,,därför,Anna,", "date", "empty"),
        (",p-01,,,,exclude,,därför,Anna,1 mars", "date", "is not a date"),
        (",p-01,,,,exclude,,därför,Anna,2026-02-30", "date", "is not a date"),
        (",p-01,,,,exclude,,därför,Anna,20260301", "date", "is not a date"),
        (",,,,,exclude,," + END, "respondent", "neither stands here"),
        (",p-01,Ekby,,,exclude,," + END, "respondent", "both stands here"),
        (",p-01,,q1,,exclude,," + END, "item", "not about a cell"),
        (",,Ekb,,,exclude,," + END, "unit", 'Did you mean "Ekby"?'),
        (",p-99,,,,exclude,," + END, "respondent", 'no respondent "p-99"'),
        (",row 99,,,,exclude,," + END, "respondent", 'no respondent "row 99"'),
        (",,,q9,x,recode,Bra," + END, "item", 'no item "q9"'),
        (",,,who,x,recode,Bra," + END, "item", "no cells of answers"),
        (",,,,x,recode,Bra," + END, "item", "names no item"),
        (",,,q1,,recode,Bra," + END, "value", "which cell"),
        (",,,q1,x,recode,," + END, "to", "not said"),
        (",,,q1,x,recode,Brao," + END, "to", 'Did you mean "Bra"?'),
        (",,,choice,x,recode,Gamma," + END, "to", 'no option "Gamma"'),
        (",,,q1,x,missing,vet ej," + END, "to", "no kind of missing"),
        (",,,q1,x,missing,valid," + END, "to", "no kind of missing"),
        (",,Ekby,q1,x,missing,," + END, "unit", "Only a whole unit"),
        (",,,q1,BRA!,missing,," + END, None, "the same as row 2"),
        (",row 6,,q1,hemlig text,missing,," + END, "respondent", "the same cell as row 3"),
        (",p-05,,,,exclude,," + END, "respondent", "excluded by row 5"),
    ],
)
def test_a_faulty_line_is_told_with_its_row_and_column(tmp_path, line, column, told):
    problems = [e for e in evalkit.check(make(tmp_path, *NEEDED, line)) if e.severity == "error"]
    [problem] = [each for each in problems if each.file == FILE]
    row = 3 if "excluded by" in told else 5
    assert (problem.row, problem.column) == (row, column)
    assert told in str(problem)


def test_an_identifier_that_stands_twice_does_not_tell_who_is_meant(tmp_path):
    folder = make(tmp_path, *NEEDED, ",p-01,,,,exclude,," + END)
    path = folder / "rounds/1/svar.csv"
    path.write_text(EXPORT.replace("p-07", "p-01"), "utf-8")
    [problem] = [each for each in evalkit.check(folder) if each.severity == "error"]
    assert problem.fix == "Say which is meant: row 2 or row 8."


def test_a_line_that_matches_nothing_is_a_warning(tmp_path):
    folder = make(tmp_path, *NEEDED, ",,,q2,aldrig,missing,," + END)
    [warning] = evalkit.check(folder)
    assert (warning.file, warning.row, warning.severity) == (FILE, 5, "warning")
    assert "Nothing in the export matches" in warning.message


def test_a_reason_that_names_the_respondent_is_a_warning(tmp_path):
    folder = make(tmp_path, *NEEDED, ",p-07,,,,exclude,,P-07 svarade två gånger,Anna,2026")
    [warning] = evalkit.check(folder)
    assert (warning.row, warning.column, warning.severity) == (5, "reason", "warning")


def test_everybody_cannot_be_excluded(tmp_path):
    lines = (",,Ekby,,,exclude,," + END, ",,Ljunga,,,exclude,," + END)
    with pytest.raises(EvalkitError, match="Everybody"):
        evalkit.open_study(make(tmp_path, *NEEDED, *lines)).round()


def test_a_unit_needs_an_item_that_tells_it(tmp_path):
    folder = make(tmp_path, *NEEDED, ",,Ekby,,,exclude,," + END)
    text = (folder / "study.yaml").read_text("utf-8").replace("unit: town\n", "")
    (folder / "study.yaml").write_text(text, "utf-8")
    assert errors(folder) == [(FILE, 5, "unit")]


def test_of_several_rounds_a_respondents_line_has_to_name_one(tmp_path):
    two = '  "2": {responses: rounds/1/svar.csv}\n'
    lines = (",p-07,,,,exclude,," + END, *NEEDED[::2])
    found = errors(make(tmp_path, *lines, more=two))
    assert (FILE, 2, "round") in found
    lines = ("2,p-07,,,,exclude,," + END, *(f"{n}{NEEDED[1]}" for n in "12"), *NEEDED[::2])
    book = evalkit.open_study(make(tmp_path, *lines, more=two))
    assert [book.tables(each).response.included for each in "12"] == [7, 6]


# Counts


COUNTS = """item,value,status,n
q,2,valid,6
q,1,valid,5
q,,no_answer,0
"""


def counted(folder: Path, *lines: str, responded: str = "responded: 12, ") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "counts.csv").write_text(COUNTS, "utf-8")
    (folder / "codebook.csv").write_text(
        "name,item,number,part_of,label,kind,scale,section,mean,positive\n"
        "Q,q,1,,Fungerar det?,nominal,s,1.1,,\n",
        "utf-8",
    )
    scales = "scale,value,label,status\ns,2,Ja,valid\ns,1,Nej,valid\n"
    (folder / "scales.csv").write_text(scales, "utf-8")
    (folder / "sections.csv").write_text("section,title\n1,Allt\n1.1,Frågor\n", "utf-8")
    (folder / "study.yaml").write_text(
        f"name: antal\ntitle: Antal\nrespondents: kommuner\nrounds:\n"
        f'  "2011": {{label: hösten 2011, invited: 14, {responded}counts: counts.csv}}\n',
        "utf-8",
    )
    (folder / FILE).write_text(HEADING + "".join(f"{each}\n" for each in lines), "utf-8")
    return folder


def test_an_exclusion_of_a_round_of_counts_is_shown_and_changes_no_figure(tmp_path):
    """12 of 14 municipalities answered and one is excluded: 86 %, and tables about 11."""
    line = "2011,,en kommun,,,exclude,,den besvarade inte frågorna,Projektet,2011"
    folder = counted(tmp_path, line)
    assert evalkit.check(folder) == ()
    book = evalkit.open_study(folder)
    assert book.tables().response == ResponseRate(12, 14, 1)
    assert book.frequencies("q")[0].bases.answered == 11
    report = book.report()
    text = BeautifulSoup(report.method().html, "html.parser").get_text(" ")
    assert "Av 14 tillfrågade har 12 svarat, 86\u00a0%. En är utesluten" in text
    assert "redovisningen bygger på 11." in text
    shown = BeautifulSoup(report.data_log().html, "html.parser")
    assert [each.get_text() for each in shown.find("tbody").find_all(["th", "td"])] == [
        "Uteslutning: en kommun", "1", "den besvarade inte frågorna", "Projektet", "2011",
    ]  # fmt: skip
    assert report.questionnaires().html == ""


def test_the_counts_have_to_add_to_those_who_took_part_without_the_excluded(tmp_path):
    folder = counted(tmp_path)
    assert errors(folder) == [("study.yaml", None, "rounds.2011.responded")]
    assert "12 took part and 0 are excluded" in evalkit.check(folder)[0].message


def test_who_took_part_is_worked_out_where_it_is_not_said(tmp_path):
    line = ",,en kommun,,,exclude,,därför,Projektet,2011"
    book = evalkit.open_study(counted(tmp_path, line, responded=""))
    assert book.tables().response == ResponseRate(12, 14, 1)


def test_single_cells_of_counts_cannot_be_declared(tmp_path):
    folder = counted(
        tmp_path,
        ",,,q,Ja,recode,Nej," + END,
        ",row 3,,,,exclude,," + END,
        ",,en kommun,,,exclude,," + END,
    )
    assert errors(folder) == [(FILE, 2, "round"), (FILE, 3, "round")]


# On any export

ANSWERS = ("Ja", "Nej", "?", "")
SCALE = Scale("s", (Answer(2, Text("Ja")), Answer(1, Text("Nej"))))
BOOK = Codebook(
    {
        "who": Item("who", "id", column="Id"),
        "q": Item("q", "nominal", Text("q"), "Q", scale="s"),
    },
    {"s": SCALE},
    {},
)


def line(number: int, **given: str) -> Declaration:
    names = ("round", "respondent", "unit", "item", "value", "to", "reason", "decided_by", "date")
    texts = {name: given.get(name, "") for name in names}
    return Declaration(line=number, action=given["action"], **texts)


@given(st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=12), st.data())
@settings(max_examples=100)
def test_who_came_in_is_included_or_excluded_and_a_correction_counts_where_it_should(cells, data):
    n = len(cells)
    export = Export(
        "x.csv",
        "plain",
        (Column("Id", tuple(f"r{at}" for at in range(n))), Column("Q", tuple(cells))),
        tuple(range(2, n + 2)),
    )
    gone = data.draw(st.sets(st.integers(0, n - 1), max_size=n - 1))
    corrected = data.draw(st.sets(st.integers(0, n - 1), max_size=n)) - gone
    lines = [line(2, item="q", value="?", action="missing")]
    lines += [line(10 + at, respondent=f"r{at}", action="exclude") for at in gone]
    lines += [
        line(50 + at, respondent=f"row {at + 2}", item="q", action="recode", to="nej")
        for at in corrected
    ]
    decided = decide(export, BOOK, lines)
    assert decided.problems == ()
    reading = place(decided.export, BOOK)
    assert reading.problems == ()
    assert reading.responses.n + decided.excluded == n
    assert decided.excluded == len(gone)
    levels = reading.responses.levels["q"]
    found = [levels[code] for code in reading.responses.codes["q"]]
    known = {"Ja": Level(2, "valid"), "Nej": Level(1, "valid"), "": Level(None, "no_answer")}
    known["?"] = Level(None, "invalid")
    assert found == [
        Level(1, "valid") if at in corrected else known[cells[at]]
        for at in range(n)
        if at not in gone
    ]
    assert export.columns[1].cells == tuple(cells)


def test_an_answer_is_found_whatever_the_file_calls_its_codes():
    """In this file code 1 is called Ja; in the codebook Nej has the code 1."""
    column = Column("Q", ("1", "9"), labels={"1": "Ja", "Nej": "Ja", "9": "Fel"})
    export = Export("x.sav", "sav", (column,), (1, 2))
    decided = decide(export, BOOK, [line(2, item="q", value="9", action="recode", to="Nej")])
    reading = place(decided.export, BOOK)
    levels = reading.responses.levels["q"]
    assert [levels[code].value for code in reading.responses.codes["q"]] == [2, 1]


def test_an_answer_of_a_file_of_places_is_given_by_its_place():
    export = Export(
        "x.csv", "enalyzer-position", (Column("Q", ("1", "7"), positions=True),), (2, 3)
    )
    decided = decide(export, BOOK, [line(2, item="q", value="7", action="recode", to="Nej")])
    levels = (reading := place(decided.export, BOOK)).responses.levels["q"]
    assert [levels[code].value for code in reading.responses.codes["q"]] == [2, 1]


def test_an_open_answer_is_replaced_by_the_text_itself():
    book = Codebook({"o": Item("o", "open", Text("o"), "O")}, {}, {})
    export = Export("x.csv", "plain", (Column("O", ("fel", "rätt")),), (2, 3))
    lines = [
        line(2, respondent="row 2", item="o", action="recode", to="mitt i"),
        line(3, item="o", value="rätt", action="missing", to="refused"),
    ]
    [column] = decide(export, book, lines).export.columns
    assert column.cells[0] == "mitt i"
    assert column.missing[column.cells[1]] == "refused"


# What is shown

SECRET = ("p-05", "p-07", "hemlig text", "rad 6", "row 6", "rad 8", "row 8")


def shown(folder: Path, edition: str) -> str:
    """All that a reader can find in the blocks, with what the CSV links hold."""
    report = evalkit.open_study(folder).report(edition=edition)
    blocks = ("method", "came_in", "item_nonresponse", "questionnaires", "data_log")
    return unquote("".join(getattr(report, name)().html for name in blocks))


def test_the_published_edition_tells_nothing_of_one_respondent(tmp_path):
    told = ",row 8,,,,exclude,,Rad 8 är en provperson,Anna,2026"
    folder = make(tmp_path, *NEEDED, told, ",p-04,,q2,,recode,Bra," + END)
    assert [each for each in SECRET if each in shown(folder, "published").casefold()] == []
    internal = shown(folder, "internal").casefold()
    assert [each for each in SECRET if each not in internal] == ["p-07", "row 6", "row 8"]


def test_a_whole_published_report_tells_nothing_of_one_respondent(tmp_path, evalkit_command):
    told = ",p-07,,,,exclude,,svarade två gånger,Anna,2026"
    folder = make(tmp_path / "study", *NEEDED, told)
    done = evalkit_command("run", folder, "--out", tmp_path / "out", "--quiet")
    assert done.status == 0, done.err
    for path in sorted((tmp_path / "out" / "liten").iterdir()):
        text = unquote(path.read_text("utf-8"))
        assert [each for each in SECRET if each in text] == [], path.name
    page = (tmp_path / "out" / "liten" / "report.html").read_text("utf-8")
    assert hashlib.sha256((folder / FILE).read_bytes()).hexdigest() in page
    assert 'id="datalogg"' in page


def test_a_unit_of_few_is_not_named(tmp_path):
    line = ",,Ljunga,,,exclude,,Ljunga missförstod frågorna,Anna,2026"
    folder = make(tmp_path, NEEDED[0], NEEDED[2], line)
    effects = evalkit.open_study(folder).round().effects[-1:]
    codebook = evalkit.open_study(folder).study.codebook
    for least, who, reason in ((5, None, None), (3, "Ljunga", "Ljunga missförstod frågorna")):
        released = release_data_log(effects, codebook, Rule("published", least), True)
        [row] = released.content
        assert (row.who, row.reason, row.n) == (who, reason, 3)


def test_counts_of_few_cells_are_withheld_and_exclusions_are_not(tmp_path):
    folder = make(tmp_path, *NEEDED, ",p-07,,,,exclude,," + END)
    book = evalkit.open_study(folder)
    for edition, least, expected in (
        ("published", 5, [None, None, None, 1]),
        ("published", 2, [2, None, 2, 1]),
        ("internal", 5, [2, 1, 2, 1]),
    ):
        released = release_data_log(
            book.round().effects, book.study.codebook, Rule(edition, least), True
        )
        assert [each.n for each in released.content] == expected
        values = [each.value for each in released.content]
        assert values[0] == ("bra!" if expected[0] else None)
        assert values[1] == ("hemlig text" if edition == "internal" else None)
    text = tables.data_log_table(released, "en")
    assert "“Hur var det?”: “bra!” is taken as “Bra”" in text


def test_a_study_without_a_data_log_says_so(tmp_path):
    folder = make(tmp_path, *NEEDED)
    (folder / FILE).unlink()
    (folder / "rounds/1/svar.csv").write_text("Id;Ort;F1;F2;Val\np-01;Ekby;Bra;Bra;Alfa\n", "utf-8")
    assert "Ingen svarande är utesluten" in evalkit.open_study(folder).report().data_log().html


def test_the_response_rate_shows_the_excluded_in_table_sentence_and_csv(tmp_path):
    lines = (",p-01,,,,exclude,," + END, ",p-07,,,,exclude,," + END)
    report = evalkit.open_study(make(tmp_path, *NEEDED, *lines)).report()
    page = BeautifulSoup(report.method().html, "html.parser")
    assert [each.get_text() for each in page.find("tbody").find_all("td")] == [
        "8", "7", "88\u00a0%", "2", "5",
    ]  # fmt: skip
    assert "Två är uteslutna (se dataloggen); redovisningen bygger på 5." in page.get_text()
    text = unquote(page.find("a")["href"])
    assert text.endswith(
        "mätning;tillfrågade;svarande;procent;uteslutna;redovisade\r\nvåren;8;7;87,5;2;5\r\n"
    )
