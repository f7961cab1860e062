"""The tables of survey tools: one survey in the layout of each, read to the same responses."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.codebook import Answer, Codebook, Item, Scale, Text, read_codebook
from evalkit.counts import count
from evalkit.errors import EvalkitError
from evalkit.intake import Level, place, read_export
from evalkit.intake.export import Column, Export, Reason, Sheet
from evalkit.intake.headings import bracketed, numbered, stems
from evalkit.intake.joined import Options
from evalkit.intake.lss import parse
from evalkit.intake.read import LAYOUTS, read

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(__file__).parent / "fixtures" / "layouts"
BOOK, FAULTS = read_codebook(FOLDER)

Q1, Q2, Q3 = (
    "Hur nöjd är du med stödet?",
    "I vilken grad har du haft",
    "Vilka arbetssätt använder du?",
)
Q4, Q5 = "Rangordna vad du behöver", "Vad vill du tillägga?"
ROWS = ("tid för arbetet", "stöd av chefen")
OPTIONS = ("Möten, t.ex. digitala", "Enkäter", "Egna besök")
NEEDS = ("Tid", "Pengar", "Kunskap")
OPEN = 'Bra!\nMen "åäö"; för lite tid, tyvärr'


def bracket(question, parts):
    return tuple(f"{question} [{part}]" for part in parts)


def stem(question, parts):
    return tuple(f"{question} - {part}" for part in parts)


@dataclass(frozen=True)
class Tool:
    """A file of the survey, and the headings under which a codebook finds its items.

    `ticks` is one heading where the ticks stand joined. `places` says that the columns of the
    ranking hold what came first, second and third, and not the rank of each.
    """

    file: str
    format: str
    columns: int
    q1: str
    rows: tuple[str, ...]
    ticks: tuple[str, ...]
    ranks: tuple[str, ...]
    text: str
    id: str
    scale: str = "kryss"
    places: bool = False
    named: bool = False
    sets_differ: bool = False
    not_shown: bool = False
    how: tuple[str, ...] = field(default=())


LIME = ("Q2[SQ001]", "Q2[SQ002]"), ("Q3[SQ001]", "Q3[SQ002]", "Q3[SQ003]")
LIME_RANKS = ("Q4[1]", "Q4[2]", "Q4[3]")
IN_BRACKETS = bracket(Q2, ROWS), bracket(Q3, OPTIONS)
WITH_STEM = stem(Q2, ROWS), stem(Q3, OPTIONS), stem(Q4, NEEDS)
SPLIT = ("Q3_1", "Q3_2", "Q3_3")

TOOLS = [
    Tool(
        "limesurvey-code.csv", "limesurvey", 15, "Q1", *LIME, LIME_RANKS, "Q5", "id",
        scale="ja", places=True, how=("how_limesurvey_code", "how_limesurvey_lss"),
    ),
    Tool(
        "limesurvey-codetext.csv", "limesurvey", 15, "Q1", *LIME, LIME_RANKS, "Q5", "id",
        "ja_nej", places=True, sets_differ=True,
        how=("how_limesurvey_codetext", "how_limesurvey_lss"),
    ),
    Tool(
        "limesurvey-text.csv", "limesurvey", 15, Q1, *IN_BRACKETS,
        bracket(Q4, ("Rank 1", "Rank 2", "Rank 3")), Q5, "Svars-ID",
        "ja_nej_visas_ej", places=True, sets_differ=True, how=("how_limesurvey_text",),
    ),
    Tool(
        "limesurvey-abbreviated.csv", "limesurvey", 15, "Hur nöjd är du ..",
        ("I vilken grad h.. [tid för arbetet]", "I vilken grad h.. [stöd av chefen]"),
        tuple(f"Vilka arbetssät.. [{each}]" for each in ("Möten, t.ex. di.. ", *OPTIONS[1:])),
        tuple(f"Rangordna vad d.. [Rank {each}]" for each in (1, 2, 3)), "Vad vill du til..",
        "Response ID", "ja", places=True, how=("how_limesurvey_text",),
    ),
    Tool(
        "qualtrics.csv", "qualtrics", 18, "Q1", ("Q2_1", "Q2_2"), ("Q3",),
        ("Q4_1", "Q4_2", "Q4_3"), "Q5", "ResponseId", how=("how_qualtrics",),
    ),
    Tool(
        "qualtrics-old.csv", "qualtrics", 19, "Q1", ("Q2_1", "Q2_2"), SPLIT,
        ("Q4_1", "Q4_2", "Q4_3"), "Q5", "V1", how=("how_qualtrics_old",),
    ),
    Tool(
        "qualtrics-unanswered.tsv", "qualtrics", 20, "Q1", ("Q2_1", "Q2_2"), SPLIT,
        ("Q4_1", "Q4_2", "Q4_3"), "Q5", "ResponseId", not_shown=True,
        how=("how_qualtrics", "how_qualtrics_unanswered"),
    ),
    Tool(
        "surveymonkey.csv", "surveymonkey", 19, Q1, *IN_BRACKETS, bracket(Q4, NEEDS), Q5,
        "Respondent ID", how=("how_surveymonkey",),
    ),
    Tool(
        "google-forms.csv", "google-forms", 9, Q1, IN_BRACKETS[0], (Q3,), bracket(Q4, NEEDS), Q5,
        "Tidstämpel", how=("how_google_forms",),
    ),
    Tool(
        "microsoft-forms.csv", "microsoft-forms", 12, Q1, ROWS, (Q3,), (), Q5, "ID",
        how=("how_microsoft_forms",),
    ),
    Tool(
        "surveyxact.csv", "surveyxact", 14, Q1, *WITH_STEM, Q5, "Respondent", "vald",
        how=("how_surveyxact",),
    ),
    Tool(
        "enalyzer.csv", "enalyzer", 11, Q1, *WITH_STEM, Q5, "Respondent",
        named=True, how=("how_named", "how_enalyzer_text"),
    ),
    Tool(
        "enalyzer-value.csv", "enalyzer-value", 11, Q1, *WITH_STEM, Q5, "Respondent", "vald",
        named=True, how=("how_named", "how_enalyzer_value"),
    ),
    Tool(
        "enalyzer-position.csv", "enalyzer-position", 11, Q1, *WITH_STEM, Q5, "Respondent", "vald",
        named=True, how=("how_named", "how_enalyzer_position"),
    ),
    Tool(
        "enalyzer.csv", "stem-item", 11, Q1, *WITH_STEM, Q5, "Respondent",
        named=True, how=("how_named",),
    ),
]  # fmt: skip


def named_by(tool):
    """The reference codebook with the headings of a tool."""
    headings = dict(zip(("q2a", "q2b"), tool.rows, strict=True)) | {"nr": tool.id, "q1": tool.q1}
    headings |= dict(zip(("q4a", "q4b", "q4c"), tool.ranks, strict=False))
    joined = len(tool.ticks) == 1
    ticks = ("q3",) if joined else ("q3a", "q3b", "q3c")
    headings |= dict(zip(ticks, tool.ticks, strict=True))
    items = {}
    for name, item in BOOK.items.items():
        scale = tool.scale if item.kind == "option" else item.scale
        scale = "behov" if tool.places and item.part_of == "q4" else scale
        items[name] = replace(item, column=headings.get(name, ""), scale=scale)
    if not tool.ranks:
        items = {name: item for name, item in items.items() if not name.startswith("q4")}
    scales = BOOK.scales | {"ja": Scale("ja", (Answer(1, Text("Ja")),))}
    return Codebook(items, scales, BOOK.sections)


def read_tool(tool):
    form = tool.format if tool.named else ""
    return place(read(FOLDER / tool.file, tool.file, form), named_by(tool))


def answers(reading, item):
    levels = reading.responses.levels[item]
    return [levels[code] for code in reading.responses.codes[item]]


REFERENCE = read_export(FOLDER / "plain.csv", "plain.csv", BOOK)
EMPTY = 5
"""The respondent who left everything empty, counted from 0."""


def named(tool):
    return f"{tool.file}-{tool.format}"


@pytest.fixture(params=TOOLS, ids=named)
def tool(request):
    return request.param


def test_the_reference_is_read_as_it_was_written():
    assert FAULTS == ()
    assert [each.severity for each in REFERENCE.problems] == ["warning"]
    assert REFERENCE.left_out == ("Vad vill du tillägga?",)
    assert [level.value for level in answers(REFERENCE, "q1")] == [4, 3, 1, 8, None, None, 4, 2, 3]
    assert [level.value for level in answers(REFERENCE, "q3a")] == [
        1, 1, 0, 0, None, None, 1, 0, 1,
    ]  # fmt: skip
    assert [level.status for level in answers(REFERENCE, "q3")].count("valid") == 7


def test_a_tool_is_recognised_and_says_why(tool):
    export = read_tool(tool).export
    assert export.format == tool.format
    assert tuple(each.key for each in export.how[1:]) == tool.how


def test_every_cell_is_placed_and_every_column_kept(tool):
    reading = read_tool(tool)
    assert [each for each in reading.problems if each.severity == "error"] == []
    assert len(reading.export.columns) == tool.columns
    headings = [each.heading for each in reading.export.columns]
    assert len(set(headings)) == len(headings)


def test_the_single_choices_are_those_of_the_reference(tool):
    reading = read_tool(tool)
    for item in ("q1", "q2a", "q2b"):
        expected = answers(REFERENCE, item)
        if tool.not_shown:
            expected[EMPTY] = Level(None, "not_asked")
        assert answers(reading, item) == expected


def test_the_ticks_are_those_of_the_reference(tool):
    reading = read_tool(tool)
    for item in ("q3", "q3a", "q3b", "q3c"):
        expected = answers(REFERENCE, item)
        if tool.not_shown or tool.sets_differ:
            expected[EMPTY] = Level(None, "not_asked")
        if tool.sets_differ:  # LimeSurvey writes "Nej" also for who ticked nothing
            expected[4] = Level(0, "valid")
        assert answers(reading, item) == expected


@pytest.mark.parametrize("tool", [each for each in TOOLS if each.ranks], ids=named)
def test_the_ranking_is_that_of_the_reference(tool):
    reading = read_tool(tool)
    found = [[each.value for each in answers(reading, item)] for item in ("q4a", "q4b", "q4c")]
    ranks = [[each.value for each in answers(REFERENCE, item)] for item in ("q4a", "q4b", "q4c")]
    if tool.places:
        ordered = [dict(zip(each, (1, 2, 3), strict=True)) for each in zip(*found, strict=True)]
        found = [[each.get(need) for each in ordered] for need in (1, 2, 3)]
    assert found == ranks


PLACES = {
    "limesurvey-code.csv": "Q4[*]",
    "limesurvey-codetext.csv": "Q4[*]",
    "limesurvey-text.csv": f"{Q4} [Rank *]",
    "limesurvey-abbreviated.csv": "Rangordna vad d.. [Rank *]",
    "microsoft-forms.csv": Q4,
}
"""The heading of the ranking itself, where the options have no columns of their own."""


def as_ranking(tool):
    """The codebook with a ranking instead of a grid of ranks."""
    items = dict(named_by(replace(tool, places=False)).items)
    items = {name: item for name, item in items.items() if not name.startswith("q4")}
    head = PLACES.get(tool.file, "")
    columns = [""] * 3 if head else tool.ranks
    items["q4"] = Item("q4", "ranking", Text(Q4), head, "4", section="1")
    for name, label, column in zip(("q4a", "q4b", "q4c"), NEEDS, columns, strict=True):
        items[name] = Item(name, "ranked", Text(label), column, part_of="q4")
    return replace(named_by(tool), items=items)


def test_a_ranking_is_read_the_same_from_every_tool(tool):
    form = tool.format if tool.named else ""
    reading = place(read(FOLDER / tool.file, tool.file, form), as_ranking(tool))
    assert [each for each in reading.problems if each.severity == "error"] == []
    for name in ("q4a", "q4b", "q4c"):
        expected = [each.value for each in answers(REFERENCE, name)]
        assert [each.value for each in answers(reading, name)] == expected
    own = answers(reading, "q4")
    assert [each.value for each in own] == [1, 1, 1, 1, None, None, 1, 1, 1]


def test_the_open_answers_are_those_of_the_file(tool):
    [text] = [each for each in read_tool(tool).export.columns if each.heading == tool.text]
    cells = [cell or "" for cell in text.cells]
    assert cells[0] == OPEN
    assert cells[2] == "Öppna dörrar"
    assert cells[4] == "=1+1 är två"
    assert cells[8] == "N/A"


ALIKE = [
    each for each in TOOLS if each.ranks and not (each.not_shown or each.sets_differ or each.places)
]


@pytest.mark.parametrize("tool", ALIKE, ids=named)
def test_the_counts_are_those_of_the_reference(tool):
    def given(reading):
        counts = count(reading.responses, "1")
        rows = counts[counts["n"] > 0].astype("string").fillna("").itertuples(index=False)
        return sorted(tuple(row) for row in rows)

    assert given(read_tool(tool)) == given(REFERENCE)


def test_a_joined_ranking_of_microsoft_forms_is_in_order():
    export = read(FOLDER / "microsoft-forms.csv", "x")
    [column] = [each for each in export.columns if each.heading == Q4]
    needs = Options([[each] for each in NEEDS])
    found = [needs.find(cell or "") for cell in column.cells]
    assert {each.rest for each in found} == {""}
    orders = [each.options for each in found]
    ranks = [answers(REFERENCE, item) for item in ("q4a", "q4b", "q4c")]
    for at, order in enumerate(orders):
        expected = {need: rank[at].value for need, rank in enumerate(ranks) if rank[at].value}
        assert {need: place for place, need in enumerate(order, start=1)} == expected


@pytest.mark.parametrize("file", sorted({each.file for each in TOOLS if not each.named}))
def test_a_tool_is_recognised_as_no_other(file):
    [tool] = [each for each in TOOLS if each.file == file and not each.named]
    sheet = open_sheet(FOLDER / file)
    found = [name for name, layout in LAYOUTS.items() if layout.recognise(sheet)]
    assert found == [tool.format, "plain"]


@pytest.mark.parametrize(
    "path",
    [
        FOLDER / "plain.csv",
        FOLDER / "enalyzer.csv",
        ROOT / "tests/hand_made/rounds/1/export.csv",
        *sorted((ROOT / "data/raw/bou-2012/rounds").glob("*/*.csv")),
    ],
    ids=lambda path: path.name,
)
def test_a_plain_table_is_plain(path):
    assert read(path, path.name).format == "plain"


def open_sheet(path):
    from evalkit.delimited import read_rows

    return Sheet(path.name, read_rows(path, path.name).rows, Reason("x"), path)


# Question and option


def column(file, heading, form=""):
    return next(each for each in read(FOLDER / file, file, form).columns if each.heading == heading)


@pytest.mark.parametrize(
    ("file", "heading", "question", "option"),
    [
        ("limesurvey-code.csv", "Q2[SQ002]", Q2, ROWS[1]),
        ("limesurvey-code.csv", "Q4[2]", Q4, "2"),
        ("limesurvey-codetext.csv", "Q3[SQ001]", Q3, OPTIONS[0]),
        ("limesurvey-text.csv", f"{Q2} [{ROWS[0]}]", Q2, ROWS[0]),
        ("qualtrics.csv", "Q1", Q1, ""),
        ("qualtrics.csv", "Q2_2", Q2, ROWS[1]),
        ("qualtrics-old.csv", "Q3_1", Q3, OPTIONS[0]),
        ("surveymonkey.csv", Q1, Q1, ""),
        ("surveymonkey.csv", f"{Q3} [Egna besök]", Q3, "Egna besök"),
        ("surveymonkey.csv", "Respondent ID", "Respondent ID", ""),
        ("google-forms.csv", f"{Q2} [{ROWS[0]}]", Q2, ROWS[0]),
        ("microsoft-forms.csv", ROWS[0], ROWS[0], ""),
        ("surveyxact.csv", f"{Q4} - Pengar", Q4, "Pengar"),
        ("surveyxact.csv", Q1, Q1, ""),
    ],
)
def test_a_column_has_the_question_and_the_option(file, heading, question, option):
    found = column(file, heading)
    assert (found.question, found.option) == (question, option)


def test_a_structure_gives_the_labels_of_answer_codes():
    labels = column("limesurvey-code.csv", "Q1").labels
    assert labels["AO01"] == "Mycket nöjd"
    assert labels["AO05"] == "Vet ej"
    assert column("limesurvey-code.csv", "Q4[1]").labels["P"] == "Pengar"


def test_without_its_structure_the_same_file_has_codes_alone(tmp_path):
    shutil.copy(FOLDER / "limesurvey-code.csv", tmp_path / "x.csv")
    found = read(tmp_path / "x.csv", "x.csv")
    [q1] = [each for each in found.columns if each.heading == "Q1"]
    assert (q1.question, q1.labels) == ("Q1", {})
    [tick] = [each for each in found.columns if each.heading == "Q3[SQ001]"]
    assert (tick.option, tick.labels) == ("SQ001", {"Y": "Ja"})


def test_a_code_that_a_structure_labels_is_not_taken_for_the_scales_code(tmp_path):
    """LimeSurvey's code 1 is "I hög grad", which has code 3 in the study."""
    reading = read_tool(TOOLS[0])
    assert column("limesurvey-code.csv", "Q2[SQ001]").cells[0] == "1"
    assert answers(reading, "q2a")[0] == Level(3, "valid")


def test_an_unticked_option_written_n_leaves_an_empty_one_not_shown(tmp_path):
    shutil.copy(FOLDER / "limesurvey-code.lss", tmp_path / "x.lss")
    rows = ["id;submitdate;lastpage;Q3[SQ001];Q3[SQ002]", "1;;3;Y;N", "2;;3;;", "3;;3;N;N"]
    (tmp_path / "x.csv").write_text("\n".join(rows), "utf-8")
    found = read(tmp_path / "x.csv", "x.csv").columns
    assert [each.cells for each in found[3:]] == [("Y", None, "N"), ("N", None, "N")]


@pytest.mark.parametrize(
    "head",
    [
        "id._.Response_ID;submitdate._.Date_submitted;lastpage._.Last_page;Q1[SQ001]._.Hur_[a]",
        "id. Response ID;submitdate. Date submitted;lastpage. Last page;Q1[SQ001]. Hur [a]",
        "id - Response ID;submitdate - Date submitted;lastpage - Last page;Q1[SQ001] - Hur [a]",
    ],
)
def test_codes_and_texts_are_told_apart_whatever_stands_between(tmp_path, head):
    (tmp_path / "x.csv").write_text(f"{head}\n1;;3;Y\n", "utf-8")
    found = read(tmp_path / "x.csv", "x.csv")
    assert found.format == "limesurvey"
    assert [each.heading for each in found.columns] == ["id", "submitdate", "lastpage", "Q1[SQ001]"]
    assert found.columns[3].option == "a"


def test_chosen_columns_without_the_systems_own_are_told_by_code_and_text(tmp_path):
    head = "edu1. Utbildning?,e[1]. Vad? [A],e[2]. Vad? [B],r[t1]. [Hur ofta],r[t2]. [Hur länge]"
    (tmp_path / "x.csv").write_text(f"{head}\nX,Yes,No,1,2\n", "utf-8")
    found = read(tmp_path / "x.csv", "x.csv")
    assert found.format == "limesurvey"
    assert [each.heading for each in found.columns] == ["edu1", "e[1]", "e[2]", "r[t1]", "r[t2]"]
    assert [each.option for each in found.columns[1:3]] == ["A", "B"]


def test_a_table_of_surveymonkey_whose_questions_have_one_column_each(tmp_path):
    text = "RespondentID,Röker du?,Ålder\n,Response,Response\n7,Ja,18-29\n8,Nej,30-44\n"
    (tmp_path / "x.csv").write_text(text, "utf-8")
    found = read(tmp_path / "x.csv", "x.csv")
    assert (found.format, len(found.rows)) == ("surveymonkey", 2)
    assert found.columns[1].cells == ("Ja", "Nej")


def test_other_is_a_label_and_a_masked_formula_is_unmasked(tmp_path):
    rows = [
        "id;submitdate;lastpage;startlanguage;Q1;Q1[other]",
        "1;;3;sv;-oth-;'=A1",
        "2;;3;sv;A1;",
    ]
    (tmp_path / "x.csv").write_text("\n".join(rows), "utf-8")
    found = read(tmp_path / "x.csv", "x.csv").columns
    assert found[4].labels == {"-oth-": "Annat"}
    assert found[5].cells == ("=A1", "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<document><LimeSurveyDocType>Group</LimeSurveyDocType></document>",
        b"<html/>",
        b'<!DOCTYPE d [<!ENTITY a "b">]><document>&a;</document>',
        b'<?xml version="1.0" encoding="nonsense"?><document/>',
        b"<document><questions>",
    ],
)
def test_a_structure_that_is_none_is_an_error_that_names_the_file(data):
    with pytest.raises(EvalkitError) as caught:
        parse(data, "x.lss")
    assert caught.value.problems[0].file == "x.lss"


def test_a_structure_of_an_old_version_has_its_texts_in_the_rows():
    data = """<document><LimeSurveyDocType>Survey</LimeSurveyDocType>
    <languages><language>en</language></languages>
    <answers><rows><row><qid>1</qid><code>A</code><answer>Good &amp;amp; well</answer>
      <language>en</language></row></rows></answers>
    <questions><rows>
      <row><qid>1</qid><parent_qid>0</parent_qid><type>L</type><title>Q</title>
        <question>&lt;b&gt;How?&lt;/b&gt;</question><language>en</language></row>
      <row><qid>1</qid><parent_qid>0</parent_qid><type>L</type><title>Q</title>
        <question>Hur?</question><language>sv</language></row>
      <row><qid>2</qid><parent_qid>1</parent_qid><title>a_1</title><question>Part</question></row>
    </rows></questions></document>"""
    found = parse(data.encode(), "x")
    asked = found.questions["Q"]
    assert (asked.text, asked.labels, asked.parts) == (
        "How?",
        {"A": "Good & well"},
        {"a_1": "Part"},
    )
    assert found.find("Q_a_1") == (asked, "a_1")
    assert found.find("Q[a_1]") == (asked, "a_1")
    assert found.find("q") is None


# Headings


def test_headings_are_made_different():
    assert list(numbered(["a", "b", "a", "a", "a (2)"])) == ["a", "b", "a (3)", "a (4)", "a (2)"]
    assert list(numbered(["a", "a"])) == ["a", "a (2)"]


def test_a_stem_is_what_neighbours_share():
    texts = ["Q - a", "Q - b - c", "R - x", "S - t - x", "S - t - y", "alone"]
    assert stems(texts) == (
        ("Q", "a"), ("Q", "b - c"), ("R - x", ""), ("S - t", "x"), ("S - t", "y"), ("alone", ""),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hur? [a]", ("Hur?", "a")),
        ("Hur? [a [b]]", ("Hur?", "a [b]")),
        ("Hur [nu]? [a][b]", ("Hur [nu]?", "a, b")),
        ("[a]", ("[a]", "")),
        ("Hur? a]", ("Hur? a]", "")),
        ("Hur?", ("Hur?", "")),
    ],
)
def test_an_option_stands_in_brackets_at_the_end(text, parts):
    assert bracketed(text) == parts


def test_a_heading_that_stands_twice_keeps_both_columns(tmp_path):
    (tmp_path / "x.csv").write_text("Timestamp,Namn,Namn,\n2026-03-01,a,b,\n", "utf-8")
    found = read(tmp_path / "x.csv", "x.csv")
    assert [each.heading for each in found.columns] == ["Timestamp", "Namn", "Namn (2)"]
    (tmp_path / "x.csv").write_text("Timestamp,Namn,,\n2026-03-01,a,b,\n", "utf-8")
    found = read(tmp_path / "x.csv", "x.csv")
    assert [each.heading for each in found.columns] == ["Timestamp", "Namn", "(3)"]


# Formats that are named


def test_an_unknown_format_is_answered_with_the_nearest():
    with pytest.raises(EvalkitError, match='Did you mean "limesurvey"'):
        read(FOLDER / "plain.csv", "plain.csv", "lime-survey")


@pytest.mark.parametrize("form", LAYOUTS)
def test_a_named_format_is_taken_and_said(form):
    try:
        export = read(FOLDER / "plain.csv", "plain.csv", form)
    except EvalkitError:
        return
    assert export.format == form
    assert export.how[1] == Reason("how_named", {"format": form})


@pytest.mark.parametrize("form", ["qualtrics", "surveymonkey"])
def test_a_named_format_with_more_heading_rows_than_the_file_is_an_error(tmp_path, form):
    (tmp_path / "x.csv").write_text("a;b\n", "utf-8")
    with pytest.raises(EvalkitError, match="heading rows"):
        read(tmp_path / "x.csv", "x.csv", form)


def test_a_position_outside_the_scale_is_reported_with_its_place(tmp_path):
    text = (FOLDER / "enalyzer-position.csv").read_text("utf-8").replace("\n4,5,", "\n4,6,")
    (tmp_path / "x.csv").write_text(text, "utf-8")
    book = named_by(next(each for each in TOOLS if each.format == "enalyzer-position"))
    reading = place(read(tmp_path / "x.csv", "x.csv", "enalyzer-position"), book)
    [problem] = [each for each in reading.problems if each.severity == "error"]
    assert problem.message == '"6" is no place in the scale "nojd".'
    assert problem.column == Q1


# Ticks joined in one cell


def joined(*cells, labels=OPTIONS, missing=None):
    head = Item("m", "multiple", Text("m"), "M", number="1")
    parts = [
        Item(f"m_{at}", "option", Text(label), part_of="m", scale="k")
        for at, label in enumerate(labels)
    ]
    book = Codebook(
        {each.name: each for each in (head, *parts)},
        {"k": Scale("k", (Answer(1, Text("Vald")),))},
        {},
    )
    export = Export(
        "x", "plain", (Column("M", cells, missing=missing or {}),), tuple(range(2, len(cells) + 2))
    )
    return place(export, book)


def ticked(reading, at=0):
    return [
        answers(reading, name)[at].value
        for name in reading.responses.levels
        if name.startswith("m_")
    ]


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("Enkäter", [0, 1, 0]),
        ("Möten, t.ex. digitala", [1, 0, 0]),
        ("Möten, t.ex. digitala, Enkäter", [1, 1, 0]),
        ("Möten, t.ex. digitala,Enkäter,Egna besök", [1, 1, 1]),
        ("Enkäter;Möten, t.ex. digitala;", [1, 1, 0]),
        ("Enkäter;\nEgna besök\n", [0, 1, 1]),
        ("egna  BESÖK , enkäter", [0, 1, 1]),
        ("Enkäter, Enkäter", [0, 1, 0]),
    ],
)
def test_a_joined_cell_is_matched_with_the_options(cell, values):
    reading = joined(cell)
    assert reading.problems == ()
    assert ticked(reading) == values
    assert answers(reading, "m") == [Level(1, "valid")]


@pytest.mark.parametrize(
    ("cell", "rest"),
    [
        ("Enkäter, Annat", "Annat"),
        ("Egna besök till skolor; Enkäter", "Egna besök till skolor"),
        ("Möten", "Möten"),
        ("Enkäter Egna besök", "Enkäter Egna besök"),
        ("Något, annat; Enkäter", "Något, annat"),
    ],
)
def test_what_is_left_of_a_joined_cell_is_reported_and_the_set_unanswered(cell, rest):
    reading = joined("Enkäter", cell)
    [problem] = reading.problems
    assert (problem.row, problem.column) == (3, "M")
    assert problem.message == f'"{rest}" is not an option of m.'
    assert [each.status for each in answers(reading, "m")] == ["valid", "no_answer"]


def test_a_joined_cell_that_is_empty_or_was_not_shown():
    reading = joined("Enkäter", "", None, " ", "-99", missing={"-99": "refused"})
    expected = ["valid", "no_answer", "not_asked", "no_answer", "refused"]
    for item in ("m", "m_0", "m_1", "m_2"):
        assert [each.status for each in answers(reading, item)] == expected


def test_the_longest_option_wins_unless_that_leaves_something_over():
    labels = ("A", "A, B", "B, C", "C")
    assert ticked(joined("A, B, C", labels=labels)) == [0, 1, 0, 1]
    assert ticked(joined("A, B, C", labels=("A", "A, B", "B, C"))) == [1, 0, 1]
    assert ticked(joined("A, A, B", labels=labels)) == [1, 1, 0, 0]


def test_the_codebook_has_a_column_for_the_set_or_for_its_options(tmp_path):
    for each in ("scales.csv", "sections.csv"):
        shutil.copy(FOLDER / each, tmp_path / each)
    text = (FOLDER / "codebook.csv").read_text("utf-8")
    both = text.replace(",q3,3,", "Ticks,q3,3,")
    (tmp_path / "codebook.csv").write_text(both, "utf-8")
    _, problems = read_codebook(tmp_path)
    assert {each.message for each in problems if each.column == "name"} == {
        "The option has a column, and its set has one."
    }
    lines = [
        f",{line.split(',q3', 1)[1].join(['q3', ''])}" if ",option," in line else line
        for line in both.splitlines()
    ]
    (tmp_path / "codebook.csv").write_text("\n".join(lines), "utf-8")
    book, problems = read_codebook(tmp_path)
    assert problems == ()
    assert [each.column for each in book.parts(book.items["q3"])] == ["", "", ""]
    (tmp_path / "codebook.csv").write_text("\n".join(lines).replace("Ticks,", ","), "utf-8")
    _, problems = read_codebook(tmp_path)
    assert "The item has no column." in {each.message for each in problems}


# Whatever is in the cells

WORDS = [
    "", "a", "1", "Y", "id", "submitdate", "lastpage", "seed. Seed", "lastpage._.x", "Q1[SQ001]",
    "Q1 [a]", "V1", "V2", "ResponseID", '{"ImportId":"QID1"}', '{"ImportId":["a"]}', "{", "-99",
    "Respondent ID", "Collector ID", "Response", "Timestamp", "2026-03-01", "Start time", "Q - a",
    "Completion time", "Samlet status - Ny", "statoverall_1", "statoverall_2", "Nej", "Enkäter, ",
    "]", "[", "-oth-", "'=", "İ, ß", "{question_not_shown}", " - ", "sv",
]  # fmt: skip
CELLS = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))
SHEETS = st.lists(st.lists(CELLS, max_size=6).map(tuple), min_size=1, max_size=6)
SQUARE = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(CELLS, min_size=width, max_size=width).map(tuple), min_size=1, max_size=6
    )
)


def reads_or_says_why(rows, structure=None):
    sheet = Sheet("x", tuple(enumerate(rows, start=1)), Reason("x"), structure)
    for name, layout in LAYOUTS.items():
        layout.recognise(sheet)
        try:
            export = layout.read(sheet)
        except EvalkitError:
            continue
        assert {len(each.cells) for each in export.columns} <= {len(export.rows)}
        if name != "plain":
            headings = [each.heading for each in export.columns]
            assert len(set(headings)) == len(headings)
        place(export, _book_of(export))


def _book_of(export):
    """A codebook that has every column as an item of some kind, one of them joined."""
    items = {}
    for at, each in enumerate(export.columns):
        if at % 3 == 0:
            items[f"m{at}"] = Item(f"m{at}", "multiple", Text("m"), each.heading)
            items[f"o{at}"] = Item(
                f"o{at}", "option", Text("Enkäter,"), part_of=f"m{at}", scale="s"
            )
        else:
            items[f"i{at}"] = Item(f"i{at}", "likert", Text("i"), each.heading, scale="s")
    return Codebook(items, {"s": Scale("s", (Answer(1, Text("Ja")), Answer(0, Text("Nej"))))}, {})


@given(st.one_of(SHEETS, SQUARE))
@settings(max_examples=150, deadline=None)
def test_no_sheet_raises_anything_but_our_own_error(rows):
    reads_or_says_why(rows, FOLDER / "limesurvey-code.csv")


@pytest.mark.soak
@given(st.one_of(SHEETS, SQUARE))
@settings(max_examples=20_000, deadline=None)
def test_no_sheet_raises_anything_but_our_own_error_in_the_long_run(rows):
    reads_or_says_why(rows, FOLDER / "limesurvey-code.csv")


@given(st.binary(max_size=60))
@settings(max_examples=100)
def test_no_bytes_of_a_structure_raise_anything_but_our_own_error(data):
    for each in (data, b"<document><questions><rows><row>" + data):
        with contextlib.suppress(EvalkitError):
            parse(each, "x")


TEXTS = st.lists(
    st.text(st.sampled_from("aå ,;bß\nİ"), min_size=1, max_size=6), min_size=1, max_size=5
)


@given(TEXTS, st.data())
@settings(max_examples=200)
def test_options_that_are_joined_are_always_read_whole(texts, data):
    options = Options([[text] for text in texts])
    chosen = data.draw(st.lists(st.sampled_from(texts), max_size=4))
    assert options.find("; ".join(chosen)).rest == ""


@given(TEXTS, st.text(st.sampled_from("aå ,;bß\nİxI"), max_size=20))
@settings(max_examples=200)
def test_a_cell_is_read_or_something_is_left(texts, cell):
    found = Options([[text] for text in texts]).find(cell)
    assert bool(found.options or found.rest) == bool(cell.strip(" \t\r\n,;\u00a0"))
