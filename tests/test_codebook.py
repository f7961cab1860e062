"""codebook.csv, scales.csv and sections.csv: what is read, and every fault with its place."""

import pytest

from evalkit.codebook import Answer, Condition, Phrase, Text, read_codebook
from evalkit.counts import count
from evalkit.errors import EvalkitError
from evalkit.intake import read_export

SCALES = """scale,value,label,label_en,status
grad,3,Hög,High,valid
grad,2,Mellan,Middle,valid
grad,1,Låg,,valid
grad,,Vet ej,Don't know,dont_know
annan,2,Bra,Good,valid
annan,1,Dålig,Bad,valid
vald,1,Vald,Selected,valid
vald,0,Ej vald,Not selected,valid
"""
SECTIONS = "section,title,title_en\n1,Kapitel,Chapter\n1.1,Avsnitt,Section\n"
CODEBOOK = """name,item,number,part_of,label,label_en,kind,scale,section,mean,positive
Nr,nr,,,,,id,,,,
F1,q1,1,,Ett,One,likert,grad,1.1,yes,high
,q2,2,,Två,,grid,,1.1,,
F2a,q2a,,q2,Två a,Two a,ordinal,grad,,yes,
F2b,q2b,,q2,Två b,,ordinal,grad,,no,
,q3,3,,Tre,Three,multiple,,1,,
F3a,q3_a,,q3,Tre a,Three a,option,vald,,,
"""


def folder(tmp_path, scales=SCALES, sections=SECTIONS, codebook=CODEBOOK):
    (tmp_path / "scales.csv").write_text(scales, "utf-8")
    (tmp_path / "sections.csv").write_text(sections, "utf-8")
    (tmp_path / "codebook.csv").write_text(codebook, "utf-8")
    return tmp_path


def places(tmp_path, **files):
    _, problems = read_codebook(folder(tmp_path, **files))
    return [(each.file, each.row, each.column) for each in problems]


def test_a_codebook_without_fault_keeps_the_order_of_its_files(tmp_path):
    codebook, problems = read_codebook(folder(tmp_path))
    assert problems == ()
    assert list(codebook.items) == ["nr", "q1", "q2", "q2a", "q2b", "q3", "q3_a"]
    assert [each.name for each in codebook.questions] == ["q1", "q2", "q3"]
    assert [each.name for each in codebook.counted] == ["q1", "q2a", "q2b", "q3", "q3_a"]
    assert [each.name for each in codebook.parts(codebook.item("q2"))] == ["q2a", "q2b"]
    assert codebook.scales["grad"].answers == (
        Answer(3, Text("Hög", "High")),
        Answer(2, Text("Mellan", "Middle")),
        Answer(1, Text("Låg", "")),
        Answer(None, Text("Vet ej", "Don't know"), "dont_know"),
    )
    assert [each.value for each in codebook.scales["grad"].valid] == [3, 2, 1]
    assert codebook.item("q1").mean
    assert not codebook.item("q2b").mean
    assert codebook.item("q1").positive == "high"
    assert codebook.sections["1.1"].chapter == codebook.sections["1"].chapter == "1"


def test_a_part_has_the_number_of_its_grid_and_its_label_after_the_grids(tmp_path):
    codebook, _ = read_codebook(folder(tmp_path))
    assert codebook.number(codebook.item("q2a")) == "2"
    assert codebook.title(codebook.item("q2a")) == Text("Två: Två a", "")
    assert codebook.title(codebook.item("q3_a")) == Text("Tre: Tre a", "Three: Three a")
    assert codebook.title(codebook.item("q1")) == Text("Ett", "One")


def test_a_text_falls_back_to_the_language_there_is():
    assert Text("ja", "yes").best("sv") == Phrase("ja", "sv")
    assert Text("ja", "yes").best("en") == Phrase("yes", "en")
    assert Text("ja").best("en") == Phrase("ja", "sv")
    assert Text(en="yes").best("sv") == Phrase("yes", "en")
    assert Text().best("en") == Phrase("", "en")


def test_an_unknown_item_is_named_with_the_nearest(tmp_path):
    codebook, _ = read_codebook(folder(tmp_path))
    with pytest.raises(EvalkitError, match=r'There is no item "q9"\. Did you mean "q1"\?'):
        codebook.item("q9")


def test_a_codebook_saved_by_a_swedish_spreadsheet_is_read(tmp_path):
    folder(tmp_path)
    plain, _ = read_codebook(tmp_path)
    for name in ("scales", "sections", "codebook"):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(path.read_text("utf-8").replace(",", ";").encode("cp1252"))
    assert read_codebook(tmp_path) == (plain, ())


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ("F9,q9,9,,Nio,,likert,grda,1.1,yes,", "scale", 'There is no scale "grda".'),
        ("F9,q1,9,,Nio,,likert,grad,1.1,yes,", "item", 'The item "q1" stands twice.'),
        ("F9,,9,,Nio,,likert,grad,1.1,yes,", "item", "The item has no name."),
        ("F9,q 9,9,,Nio,,likert,grad,1.1,yes,", "item", '"q 9" is not a name.'),
        ("F9,q9,9,,Nio,,likret,grad,1.1,yes,", "kind", '"likret" is not a kind of item.'),
        (",q9,9,,Nio,,likert,grad,1.1,yes,", "name", "The item has no column."),
        ("F1,q9,9,,Nio,,likert,grad,1.1,yes,", "name", 'The column "F1" belongs to two items.'),
        ("F9,q9,9,,,,likert,grad,1.1,yes,", "label", "The item has no label."),
        ("F9,q9,,,Nio,,likert,grad,1.1,yes,", "number", "The table has no number."),
        ("F9,q9,1,,Nio,,likert,grad,1.1,yes,", "number", "The number 1 stands twice."),
        ("F9,q9,9,,Nio,,likert,grad,1.2,yes,", "section", 'There is no section "1.2".'),
        ("F9,q9,9,,Nio,,likert,grad,1.1,ja,", "mean", '"ja" is neither yes nor no.'),
        ("F9,q9,9,,Nio,,likert,grad,1.1,yes,up", "positive", '"up" is no end of a scale.'),
        ("F9,q9,,q3,Nio,,option,grda,,,", "scale", 'There is no scale "grda".'),
        ("F9,q9,,q1,Nio,,likert,grad,,,", "part_of", '"q1" is not an item of kind grid.'),
        ("F9,q9,,q22,Nio,,likert,grad,,,", "part_of", '"q22" is not an item of kind grid.'),
        ("F9,q9,,q2,Nio,,option,vald,,,", "part_of", '"q2" is not an item of kind multiple.'),
        ("F9,q9,,,Nio,,option,vald,,,", "part_of", "The option belongs to no set."),
        (",q9,9,q2,Nio,,multiple,,1.1,,", "part_of", '"q2" is not an item of kind grid.'),
        (",q9,9,,Nio,,grid,,1.1,,", "item", '"q9" has no parts.'),
        (",q9,9,,Nio,,multiple,,1.1,,", "item", '"q9" has no parts.'),
        (
            "F9,q9,,q2,Nio,,ordinal,annan,,,",
            "scale",
            "q9 has other answers than the first part of q2.",
        ),
    ],
)
def test_a_faulty_item_is_reported_with_its_place_and_left_out(tmp_path, row, column, message):
    codebook, problems = read_codebook(folder(tmp_path, codebook=CODEBOOK + row + "\n"))
    assert [(p.file, p.row, p.column, p.message) for p in problems] == [
        ("codebook.csv", 9, column, message)
    ]
    assert list(codebook.items) == ["nr", "q1", "q2", "q2a", "q2b", "q3", "q3_a"]


def test_an_option_needs_a_code_1(tmp_path):
    row = "F9,q9,,q3,Nio,,option,utan,,,\n"
    scales = SCALES + "utan,2,Ja,Yes,valid\n"
    assert places(tmp_path, scales=scales, codebook=CODEBOOK + row) == [
        ("codebook.csv", 9, "scale")
    ]


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ("grad,4,Hög,,valid", "label", '"Hög" stands twice in the scale.'),
        ("grad,4,HÖG,,valid", "label", '"HÖG" stands twice in the scale.'),
        ("grad,4,Vet  ej,,valid", "label", '"Vet  ej" stands twice in the scale.'),
        ("grad,4,Ho\u0308g,,valid", "label", '"Ho\u0308g" stands twice in the scale.'),
        ("grad,3,Högre,,valid", "value", "The code 3 stands twice in the scale."),
        ("grad,4,Högre,,vald", "status", '"vald" is not a status.'),
        ("grad,,Högre,,valid", "value", "A valid answer needs a code."),
        ("grad,4.5,Högre,,valid", "value", '"4.5" is not a whole number.'),
        ("grad,4,,,valid", "label", "The answer has no label."),
        (",4,Högre,,valid", "scale", "The answer belongs to no scale."),
    ],
)
def test_a_faulty_answer_is_reported_with_its_place(tmp_path, row, column, message):
    _, problems = read_codebook(folder(tmp_path, scales=SCALES + row + "\n"))
    assert [(p.file, p.row, p.column, p.message) for p in problems] == [
        ("scales.csv", 10, column, message)
    ]


def test_two_answers_without_code_and_with_the_same_status_are_told_apart_or_refused(tmp_path):
    """Vet ej and Kan inte bedöma are two answers: their counts may not fall into one."""
    folder(tmp_path, scales=SCALES + "grad,,Kan inte bedöma,Cannot judge,dont_know\n")
    codebook, problems = read_codebook(tmp_path)
    if not problems:
        (tmp_path / "x.csv").write_text("Nr,F1,F2a,F2b,F3a\n1,Vet ej,,,\n2,Kan inte bedöma,,,\n")
        found = count(read_export(tmp_path / "x.csv", "x.csv", codebook).responses, "1")
        rows = found[(found["item"] == "q1") & (found["n"] > 0)]
        assert not rows.duplicated(["value", "status"]).any()


def test_a_code_that_no_frame_can_hold_is_reported(tmp_path):
    scales = SCALES.replace("annan,2", "annan,99999999999999999999")
    assert places(tmp_path, scales=scales) == [("scales.csv", 6, "value")]


@pytest.mark.parametrize("code", ["1_0", "٣"])
def test_a_code_is_written_in_plain_digits(tmp_path, code):
    assert places(tmp_path, scales=f"{SCALES}annan,{code},Vet,,valid\n") == [
        ("scales.csv", 10, "value")
    ]


def test_a_scale_without_a_valid_answer_is_reported_where_it_is_used(tmp_path):
    empty = f"{SCALES}tom,9,Vet ej,,dont_know\n"
    assert places(tmp_path, scales=empty) == []
    row = "F4,q4,4,,Fyra,,ordinal,tom,1.1,no,\n"
    assert places(tmp_path, scales=empty, codebook=CODEBOOK + row) == [("codebook.csv", 9, "scale")]


KINDS = """name,item,number,part_of,label,kind,scale,section,mean,base,asked_if,rounds
F1,q1,1,,Ett,likert,grad,1.1,yes,,,
,q2,2,,Två,multiple,,1.1,,ticked,"q1 = 3, dont_know",1
F2a,q2_a,,q2,Två a,option,vald,,,,,1
,q2b,2,,Två igen,ranking,,1.1,,,,2;3
F2a,q2b_a,,q2b,Två a,ranked,,,,,,2; 3
F3,q3,3,,Hur många,numeric,,1.1,,,,
F4,q4,4,,Berätta,open,,1.1,,,q2_a = 1,
T1,start,,,,started,,,,,,
"""


def test_every_kind_can_be_written(tmp_path):
    codebook, problems = read_codebook(folder(tmp_path, codebook=KINDS))
    assert problems == ()
    assert codebook.item("q2").base == "ticked"
    assert codebook.item("q2").asked_if == Condition("q1", ("3", "dont_know"))
    assert codebook.item("q2b").rounds == ("2", "3")
    assert [each.name for each in codebook.questions] == ["q1", "q2", "q2b", "q3", "q4"]
    assert list(codebook.asked_in("1").items) == ["q1", "q2", "q2_a", "q3", "q4", "start"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("F9,q9,9,,Nio,numeric,grad,1.1,,,,", "scale"),
        ("F9,q9,9,,Nio,numeric,borta,1.1,,,,", "scale"),
        ("F9,q9,9,,Nio,open,,1.1,,asked,,", "base"),
        ("F9,q9,9,,Nio,open,,1.1,,,q1,", "asked_if"),
        ("F9,q9,9,,Nio,open,,1.1,,,q9 = 1,", "asked_if"),
        ("F9,q9,9,,Nio,open,,1.1,,,q3 = 1,", "asked_if"),
        ("F9,q9,9,,Nio,open,,1.1,,,q1 = 7,", "asked_if"),
        (",q9,9,,Nio,numeric,,1.1,,,,", "name"),
        ("F9,q9,3,,Nio,numeric,,1.1,,,,2", "number"),
        ("F3,q9,9,,Nio,numeric,,1.1,,,,2", "name"),
        ("F9,q9,,,Nio,ranked,,,,,,", "part_of"),
        ("F9,q9,,q2,Nio,ranked,,,,,,", "part_of"),
        (",q9,9,,Nio,priority,,1.1,,,,", "item"),
    ],
)
def test_a_fault_in_a_row_of_any_kind_is_reported(tmp_path, row, column):
    assert places(tmp_path, codebook=f"{KINDS}{row}\n") == [("codebook.csv", 10, column)]


def test_a_section_that_stands_twice_or_has_no_chapter_is_reported(tmp_path):
    assert places(tmp_path, sections=f"{SECTIONS}1.1,Igen,\n2.1,Ensam,\n") == [
        ("sections.csv", 4, "section"),
        ("sections.csv", None, "section"),
    ]


@pytest.mark.parametrize(
    ("file", "column"),
    [("scales", "status"), ("sections", "title"), ("codebook", "kind"), ("codebook", "part_of")],
)
def test_a_missing_column_is_reported_in_the_heading(tmp_path, file, column):
    texts = {"scales": SCALES, "sections": SECTIONS, "codebook": CODEBOOK}
    head, _, rest = texts[file].partition("\n")
    renamed = head.replace(f",{column}", ",zzz", 1) + "\n" + rest
    assert (f"{file}.csv", 1, column) in places(tmp_path, **{file: renamed})


def test_a_missing_file_is_reported_and_the_others_are_still_read(tmp_path):
    folder(tmp_path, codebook=CODEBOOK + "F9,q9,9,,Nio,,likert,grad,1.2,yes,\n")
    (tmp_path / "scales.csv").unlink()
    _, problems = read_codebook(tmp_path)
    assert problems[0].file == "scales.csv"
    assert "does not exist" in problems[0].message
    assert ("codebook.csv", 9, "section") in [(p.file, p.row, p.column) for p in problems]


def test_every_fault_of_every_file_is_reported_at_once(tmp_path):
    found = places(
        tmp_path,
        scales=SCALES + "grad,x,,,vald\n",
        sections=SECTIONS + "3.1,Ensam,\n",
        codebook=CODEBOOK + "F9,q1,1,,,,likert,grda,9,ja,up\n",
    )
    assert set(found) == {
        ("scales.csv", 10, "status"),
        ("scales.csv", 10, "label"),
        ("scales.csv", 10, "value"),
        ("sections.csv", None, "section"),
        *(("codebook.csv", 9, each) for each in ("item", "scale", "label", "number")),
        *(("codebook.csv", 9, each) for each in ("section", "mean", "positive")),
    }


def test_blank_rows_are_passed_over(tmp_path):
    blank = "," * CODEBOOK.partition("\n")[0].count(",")
    assert places(tmp_path, codebook=CODEBOOK.replace("\nF1", f"\n{blank}\nF1")) == []
