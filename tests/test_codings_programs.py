"""Codings from other programs: Taguette, QualCoder, tables by their headings, open answers."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import itertools
import sqlite3
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.codebook import LANGUAGES
from evalkit.codings import databases, qualcoder, sqlite, tables, taguette
from evalkit.codings.anchors import Finder, Selection, anchored
from evalkit.codings.headings import _aliases, key, roles_of
from evalkit.codings.hierarchy import Entry, dotted, hierarchy, paths_of
from evalkit.codings.markup import stripped, tokens
from evalkit.codings.open_answers import from_written
from evalkit.errors import EvalkitError
from evalkit.intake.written import Written
from evalkit.present.coding_import import told_lines

HERE = Path(__file__).parent / "fixtures" / "codings_programs"
TABLES = sorted(each for each in HERE.iterdir() if each.suffix in {".csv", ".tsv", ".xlsx"})


def script():
    spec = importlib.util.spec_from_file_location("make_codings", HERE / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tags():
    return databases.read(HERE / "taguette.sqlite3", "taguette.sqlite3")


@pytest.fixture(scope="module")
def coder():
    return databases.read(HERE / "fokus.qda", "fokus.qda")


def table(name):
    return tables.read(HERE / name, name)


def said(project, action, why=""):
    """What of how many is told with this reason."""
    return {each.what: each.n for each in project.told if (each.action, each.why) == (action, why)}


def codes(project):
    return {each.name: (each.label, each.parent) for each in project.codes}


def codings(project):
    return [(each.segment, each.code, each.coder) for each in project.codings]


def places_hold(project):
    """Every segment with a place is what stands there."""
    texts = {each.name: each.text for each in project.sources}
    for each in project.segments:
        if each.start is not None and texts.get(each.source) is not None:
            assert texts[each.source][each.start : each.end] == each.text, each
    return True


def fails(read, *arguments):
    before = time.monotonic()
    with pytest.raises(EvalkitError) as caught:
        read(*arguments)
    assert time.monotonic() - before < 10
    (problem,) = caught.value.problems
    assert problem.file
    assert problem.fix
    return problem


# The fixtures


def test_the_fixtures_are_what_their_script_makes(tmp_path):
    script().make(tmp_path)
    names = [each.relative_to(HERE) for each in HERE.rglob("*") if each.is_file()]
    for name in names:
        made, kept = tmp_path / name, HERE / name
        if name.suffix in {".sqlite3", ".qda"}:
            assert dump(made) == dump(kept)
        elif name.suffix == ".xlsx":
            assert table(name).segments == tables.read(made, "x").segments
        elif "__pycache__" not in name.parts and name.name != "make.py":
            assert made.read_bytes() == kept.read_bytes(), name


def dump(path):
    base = sqlite3.connect(path)
    try:
        return list(base.iterdump())
    finally:
        base.close()


# Taguette


def test_a_taguette_project_is_read_with_its_texts_and_places(tags):
    assert [each.name for each in tags.sources] == ["Norr", "Söder"]
    assert tags.sources[1].text.splitlines() == script().SOUTH
    assert [each.text for each in tags.segments[:5]] == [
        "Mötena gav tid att prata & lyssna",
        "tid att prata & lyssna, även om småbarn störde",
        "saknades pengar – 2 000 kr < behovet",
        "Stödet från ledningen var avgörande 👍🏽 för oss.\nJa.",
        "Ja.",
    ]
    assert places_hold(tags)


def test_taguette_highlights_are_held_against_their_snippets(tags):
    assert said(tags, "matched") == {"segments": 4}
    assert said(tags, "matched", "places_by_search") == {"segments": 1}
    assert said(tags, "left_out", "places_unknown") == {"places": 1}
    lost = tags.segments[5]
    assert (lost.text, lost.start, lost.end) == ("Detta står ingenstans", None, None)
    moved = tags.segments[2]
    assert moved.start == tags.sources[0].text.index("saknades")


def test_taguette_tags_are_a_hierarchy_and_coders_are_in_the_commands(tags):
    assert codes(tags) == {
        "framgång": ("framgång", ""),
        "möten": ("möten", "framgång"),
        "ledning": ("ledning", "framgång"),
        "tid": ("tid", ""),
        "hinder": ("hinder", ""),
        "pengar": ("pengar", "hinder"),
        "v1.2": ("v1.2", ""),
    }
    assert not tags.code["hinder"].codable
    assert tags.code["framgång"].definition == "Det som har hjälpt"
    assert codings(tags) == [
        ("1", "möten", "anna"), ("1", "tid", "bo"), ("2", "tid", "bo"), ("3", "pengar", "anna"),
        ("4", "ledning", "bo"),
    ]  # fmt: skip
    assert said(tags, "read", "uncoded") == {"segments": 2}
    assert said(tags, "read") == {
        "sources": 2, "segments": 6, "codes": 7, "codings": 5, "coders": 2,
    }  # fmt: skip


def test_a_tag_that_was_merged_keeps_its_coder(tmp_path):
    made = copy(tmp_path, "taguette.sqlite3")
    change(
        made,
        "UPDATE highlight_tags SET tag_id = 1 WHERE tag_id = 5",
        "DELETE FROM tags WHERE id = 5",
        "INSERT INTO commands (date, user_login, project_id, payload) VALUES ('', 'bo', 1, "
        """'{"type": "tag_merge", "src_tag_id": 5, "dest_tag_id": 1}')""",
        "INSERT INTO commands (date, user_login, project_id, payload) VALUES ('', 'x', 1, '[[')",
    )
    assert ("3", "framgång", "anna") in codings(databases.read(made, "x"))


def test_a_database_of_several_projects_is_refused_by_their_names(tmp_path):
    made = copy(tmp_path, "taguette.sqlite3")
    change(made, "INSERT INTO projects VALUES (2, 'Tom', '', '')")
    assert said(databases.read(made, "x"), "left_out", "other_projects") == {"projects": 1}
    change(made, "UPDATE documents SET project_id = 2 WHERE id = 2")
    problem = fails(databases.read, made, "t.sqlite3")
    assert '"Fokusgrupper våren", "Tom"' in problem.message


def test_the_page_of_highlights_is_read(tmp_path):
    path = HERE / "taguette_highlights.html"
    assert taguette.recognise_page(path)
    read = taguette.read_page(path, "p.html")
    assert [(each.text, each.source) for each in read.segments] == [
        ("Mötena gav tid att prata & lyssna", "Norr"),
        ("Stödet från ledningen\nvar avgörande 👍🏽", "Söder & Väst"),
        ("Ja.", "Söder & Väst"),
    ]
    assert codings(read) == [("1", "möten", ""), ("1", "tid, i möten", ""), ("2", "hinder", "")]
    other = tmp_path / "c.html"
    other.write_text("<title>Taguette Codebook</title><h1>x</h1><p>2 markeringar</p>", "utf-8")
    assert "no highlights" in fails(taguette.read_page, other, "c.html").message


# HTML


def test_html_is_stripped_as_a_browser_does_and_blocks_get_a_line_break():
    read = stripped("<p>Å&nbsp;<b title='a>b'>b</b></p><p>c &lt;d&gt;<br>e</p><!-- x --><i>f</i>")
    assert read.bare == "Å\xa0bc <d>ef"
    assert read.text == "Å\xa0b\nc <d>\ne\nf"
    assert read.span(0, 5) == (0, 3)
    assert read.text[slice(*read.span(5, 9))] == "c <d"
    assert read.span(1, 4) == (1, 2)  # within Å: the sign after it
    assert read.span(0, 99) is None
    assert read.span(3, 3) is None


@given(st.text(alphabet="<>/pb!-&;#x09\"' =å🙂\r\n", max_size=200))
def test_any_html_is_read_and_its_places_hold(source):
    read = stripped(source)
    bare = read.bare.encode()
    for start in range(0, len(bare), 7):
        found = read.span(start, len(bare))
        if found is not None:
            rest = bare[start:].decode(errors="ignore")
            assert "".join(read.text[slice(*found)].split()) == "".join(rest.split())


@pytest.mark.parametrize(
    "piece", ["<", "<a", "<a '", "<!--", "<p>", "&#", "&#99999999999", "<!", "</"]
)
def test_broken_html_takes_no_longer_than_its_length(piece):
    before = time.monotonic()
    assert sum(1 for _ in tokens(piece * 200_000)) >= 0
    assert time.monotonic() - before < 5


# QualCoder


def test_a_qualcoder_project_is_read_whichever_units_its_places_count(coder):
    assert coder.sources[1].text == "Fokusgrupp Väst 🙂\nÅke: Möten 👍 gav tid.\nJa, tid."
    assert [each.text for each in coder.segments] == [
        "saknade pengar", "fick stöd", "Vi fick stöd.", "Möten 👍 gav tid", "gav tid", "Ja, tid.",
    ]  # fmt: skip
    assert places_hold(coder)
    units = {
        each.fields["source"]: each.fields["unit"] for each in coder.told if "unit" in each.fields
    }
    assert units == {"öst.txt": "points", "väst.docx": "utf16"}


def test_two_coders_of_one_place_code_one_segment(coder):
    assert codings(coder)[:4] == [
        ("1:42-56", "pengar", "Anna Öst"), ("1:42-56", "pengar", "Bo"),
        ("1:23-32", "Stöd > Stöd", "Anna Öst"), ("1:20-33", "Stöd > Stöd", "Bo"),
    ]  # fmt: skip
    assert coder.codings[0].memo == "Säger det två gånger"


def test_categories_and_codes_below_codes_are_parents(coder):
    assert codes(coder) == {
        "Resurser": ("Resurser", ""),
        "Pengar och tid": ("Pengar och tid", "Resurser"),
        "Stöd": ("Stöd", ""),
        "pengar": ("pengar", "Pengar och tid"),
        "tid": ("tid", "Pengar och tid"),
        "möten": ("möten", "tid"),
        "Stöd > Stöd": ("Stöd", "Stöd"),
    }
    assert not coder.code["Resurser"].codable
    assert coder.code["pengar"].definition == "Brist på medel"


def test_cases_have_attributes_and_are_the_group_of_their_segments(coder):
    assert [each.group for each in coder.segments] == ["Ove", "Eva", "Eva", "Väst", "Väst", "Väst"]
    cases = {each.name: each for each in coder.cases}
    assert cases["Eva"].attributes == {"Län": "Örebro"}
    assert cases["Eva"].segments == ("1:23-32", "1:20-33")
    assert cases["Väst"].sources == ("väst.docx",)
    assert cases["väst.docx"].attributes == {"År": "2026"}


def test_what_is_not_read_is_told_and_no_folder_is_shown(coder):
    assert said(coder, "left_out", "source_missing") == {"codings": 1}
    assert said(coder, "left_out", "code_missing") == {"codings": 1}
    assert said(coder, "left_out", "not_text") == {"codings": 1}
    assert said(coder, "left_out", "notes") == {"notes": 1}
    assert "hemligt" not in repr(coder)
    assert "hemligt" in "".join(dump(HERE / "fokus.qda" / "data.qda"))


def test_a_folder_a_file_and_a_zip_file_give_the_same(tmp_path, coder):
    inner = HERE / "fokus.qda" / "data.qda"
    zipped = tmp_path / "fokus.zip"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.write(inner, "../../fokus.qda/data.qda")
        parts.writestr("fokus.qda/images/x.png", b"x")
    for path in (inner, zipped):
        assert databases.recognise(path)
        read = databases.read(path, path.name)
        assert (read.segments, read.codings, read.cases) == (
            coder.segments, coder.codings, coder.cases,
        )  # fmt: skip
    assert [each.name for each in tmp_path.iterdir()] == ["fokus.zip"]


def test_an_old_project_without_the_later_columns_is_read(tmp_path):
    made = copy(tmp_path, "fokus.qda/data.qda")
    change(
        made, "DROP VIEW code_text_visible", "ALTER TABLE code_name DROP COLUMN supercid",
        "DROP TABLE coder_names", "DROP TABLE code_av", "ALTER TABLE code_text DROP COLUMN memo",
    )  # fmt: skip
    read = databases.read(made, "x")
    assert codes(read)["möten"] == ("möten", "")
    assert len(read.codings) == 7


def test_a_circle_of_categories_is_told(tmp_path):
    made = copy(tmp_path, "fokus.qda/data.qda")
    change(made, "UPDATE code_cat SET supercatid = 2 WHERE catid = 1")
    read = databases.read(made, "x")
    assert said(read, "read", "loop") == {"codes": 2}
    assert codes(read)["pengar"] == ("pengar", "Pengar och tid")


# Places


@given(
    st.lists(
        st.sampled_from(["å", "🙂", "\r\n", "\n", "a ", "👍🏽", "\r"]), min_size=3, max_size=30
    ),
    st.booleans(),
    st.sampled_from(["points", "utf16"]),
    st.booleans(),
)
def test_places_are_found_in_whatever_they_are_counted(pieces, mark, unit, lines):
    """Each piece is a selection; the places are counted here piece by piece."""
    at, selections = int(mark), []
    for piece in pieces:
        own = "\n" if lines and piece == "\r\n" else piece
        size = len(own.encode("utf-16-le")) // 2 if unit == "utf16" else len(own)
        selections.append(Selection(at, at + size, piece))
        at += size
    found = anchored("\ufeff" * mark + "".join(pieces), selections)
    broken = any(pair == ("\r", "\n") for pair in itertools.pairwise(pieces))
    if not broken:
        assert found.matched == len(pieces)
        at = 0
        for piece, span in zip(pieces, found.spans, strict=True):
            size = 1 if piece == "\r\n" else len(piece)
            assert span == (at, at + size)
            at += size


def test_a_text_that_is_not_at_its_place_is_found_nearest_to_it():
    text = "ja nej ja nej ja"
    assert Finder(text).place("ja", 8) == (7, 9)
    assert Finder(text).place("ja", 15) == (14, 16)
    assert Finder("två  ord\nhär").place("två ord här", 0) == (0, 12)
    assert Finder(text).place("kanske", 0) is None
    assert Finder(text).place(" ", 0) is None


# Hierarchies


def test_paths_are_split_by_the_sign_of_the_table():
    assert paths_of(["A > B", "A", "C/D"]) == {"A > B": ("A", "B"), "A": ("A",), "C/D": ("C/D",)}
    assert paths_of(["A\\B\\C"]) == {"A\\B\\C": ("A", "B", "C")}
    assert paths_of(["A::B"]) == {"A::B": ("A", "B")}
    assert paths_of(["A / B"]) == {"A / B": ("A", "B")}
    assert paths_of(["barn/unga", "mamma/pappa"])["barn/unga"] == ("barn/unga",)
    assert paths_of(["Stöd", "Stöd/Tid"])["Stöd/Tid"] == ("Stöd", "Tid")
    assert paths_of(["Codes\\\\Tid\\Brist"]) == {"Codes\\\\Tid\\Brist": ("Tid", "Brist")}
    assert paths_of([" > "]) == {" > ": (">",)}


def test_full_stops_of_a_label_are_no_hierarchy():
    assert dotted(["a.b.c", "Nr. 1", "v1.2", "slut.", "1", "1.2", "a..b"]) == {
        "a.b.c": ("a", "b", "c"), "Nr. 1": ("Nr. 1",), "v1.2": ("v1.2",), "slut.": ("slut.",),
        "1": ("1",), "1.2": ("1", "2"), "a..b": ("a..b",),
    }  # fmt: skip


def test_names_are_unique_and_parents_come_first():
    found = hierarchy([Entry(("A", "x")), Entry(("B", "x")), Entry(("A > x",))])
    assert [each.name for each in found.codes] == ["A", "A > x", "B", "B > x", "A > x (2)"]
    assert [each.parent for each in found.codes] == ["", "A", "", "B", ""]


# Tables


def test_maxqda_tables_in_three_languages():
    english, german, swedish = (
        table(name) for name in ("maxqda_en.xlsx", "maxqda_de.csv", "maxqda_sv.tsv")
    )
    assert codings(english) == [("s1", "Möten", "ANNA"), ("s2", "Framgång", "BO")]
    assert codings(german) == [
        ("s1", "Framgång > Möten", "ANNA"), ("s1", "Framgång > Möten", "BO"),
        ("s2", "Hinder > Möten", "BO"),
    ]  # fmt: skip
    assert codings(swedish) == [("s1", "Möten", "anna"), ("s2", "Framgång", "bo")]
    assert german.codings[1].memo == "oenigt"
    for each in (english, german, swedish):
        assert [(s.source, s.group) for s in each.segments] == [
            ("Norr", "Kommuner"), ("Söder", "Kommuner"),
        ]  # fmt: skip


def test_an_atlas_table_has_several_codes_in_a_cell():
    read = table("atlas.xlsx")
    assert codings(read) == [
        ("1:1", "Möten", "anna"), ("1:1", "Tid", "anna"), ("1:2", "Pengar", "bo"),
    ]  # fmt: skip
    assert [each.group for each in read.segments] == ["Kommuner", "Kommuner", ""]
    assert {each.name: each.sources for each in read.cases} == {
        "Kommuner": ("Norr.docx", "Söder.docx"), "Söder": ("Söder.docx",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [("A; B", ["A", "B"]), ("A;\n● B", ["A", "B"]), ("A, B", ["A, B"]), ("A\nB; C", ["A", "B; C"])],
)
def test_codes_of_a_cell_are_split_by_one_sign(tmp_path, cell, wanted):
    path = tmp_path / "a.csv"
    path.write_text(f'Quotation Content,Codes\nx,"{cell}"\n', "utf-8")
    read = tables.read(path, "a.csv")
    assert [each.code for each in read.codings] == wanted


def test_a_column_for_one_code_may_hold_several(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Citat,Kod\nx,Tid; Stöd\ny,Tid\n", "utf-8")
    assert codings(tables.read(path, "a.csv")) == [
        ("s1", "Tid", ""), ("s1", "Stöd", ""), ("s2", "Tid", ""),
    ]  # fmt: skip
    path.write_text("Citat,Kod\nx,Tid; brist på\ny,Stöd\n", "utf-8")
    assert [each.code for each in tables.read(path, "a.csv").codings] == ["Tid; brist på", "Stöd"]


def test_a_dedoose_table_has_a_column_a_code():
    read = table("dedoose.xlsx")
    assert codings(read) == [
        ("s1", "Framgång", "anna"), ("s1", "Möten", "anna"), ("s1", "Tid", "anna"),
        ("s2", "Framgång", "bo"),
    ]  # fmt: skip
    assert codes(read)["Möten"] == ("Möten", "Framgång")


def test_a_dedoose_table_without_such_columns_is_split_at_commas(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text('Excerpt Copy,Codes Applied Combined\nx,"A, B"\n', "utf-8")
    assert [each.code for each in tables.read(path, "d.csv").codings] == ["A", "B"]


def test_a_qualcoder_report_has_categories_nearest_first():
    read = table("qualcoder_report.csv")
    assert codings(read) == [
        ("s1", "pengar", "Anna Öst"), ("s1", "pengar", "Bo"), ("s2", "Stöd > Stöd", "Anna Öst"),
    ]  # fmt: skip
    assert codes(read)["pengar"] == ("pengar", "Pengar och tid")
    assert codes(read)["Pengar och tid"] == ("Pengar och tid", "Resurser")
    assert [(each.source, each.group) for each in read.segments] == [
        ("öst.txt", "Ove"), ("öst.txt", "Eva"),
    ]  # fmt: skip
    assert {each.name: dict(each.attributes) for each in read.cases} == {
        "Ove": {"Län": "Örebro"}, "öst.txt": {"År": "2026"},
    }  # fmt: skip
    assert said(read, "left_out", "not_text") == {"codings": 1}


def test_taguette_tables():
    for name in ("taguette_highlights.csv", "taguette_highlights.xlsx"):
        read = table(name)
        assert codings(read)[:2] == [("1", "möten", ""), ("1", "tid", "")]
        assert codes(read)["möten"] == ("möten", "framgång")
    book = table("taguette_codebook.csv")
    assert [(each.name, each.parent, each.definition) for each in book.codes] == [
        ("framgång", "", "Det som har hjälpt"), ("möten", "framgång", "Möten"),
        ("v1.2", "", "Punkten är en del av namnet"),
    ]  # fmt: skip
    assert book.segments == ()


def test_requal_counts_from_one_and_openqda_from_zero():
    for name in ("requal.csv", "openqda.csv"):
        read = table(name)
        assert {each.text: (each.start, each.end) for each in read.segments} == {
            "Åsa:": (0, 4), "Mötena": (5, 11),
        }  # fmt: skip
        assert {each.coder for each in read.codings} == {"anna", "bo"}


def test_places_that_do_not_fit_the_texts_are_not_used(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("text,code,start pos,end pos\nabc,A,1,99\nabcd,A,5,7\n", "utf-8")
    read = tables.read(path, "p.csv")
    assert {each.start for each in read.segments} == {None}
    assert said(read, "left_out", "places_uncertain") == {"places": 2}


def test_a_table_of_ones_own():
    read = table("egen.csv")
    assert codings(read) == [("s1", "Tid", "anna"), ("s1", "Tid", "bo"), ("s2", "Stöd", "bo")]
    assert {each.category for each in read.codings} == {"framgångsfaktor"}
    assert said(read, "left_out", "twice") == {"codings": 1}
    assert [(each.group, each.speaker, each.verbatim) for each in read.segments] == [
        ("Norr", "Åsa", True), ("Söder", "Märta", False),
    ]  # fmt: skip
    assert codes(read)["Tid"] == ("Tid", "Möten")


def test_a_codebook_with_parents_and_labels(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("code,label,definition,parent\nb,Bé,Om b,a\na,Á,Om a,\n", "utf-8")
    found = tables.read(path, "c.csv").codes
    assert [(c.name, c.label, c.parent, c.definition, c.codable) for c in found] == [
        ("a", "Á", "", "Om a", True), ("b", "Bé", "a", "Om b", True),
    ]  # fmt: skip


def test_a_table_on_the_second_sheet_is_found(tmp_path):
    import xlsxwriter

    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Om filen").write_row(0, 0, ["Projekt", "Norr"])
        sheet = book.add_worksheet("Segment")
        sheet.write_row(2, 1, ["Kod", "Segment"])
        sheet.write_row(3, 1, ["Tid", "Ja 🙂"])
    assert codings(tables.read(path, "t.xlsx")) == [("s1", "Tid", "")]


def test_a_table_without_a_needed_column_says_which_and_what_is_understood(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Dokument,Citat,Betyg\na,b,c\n", "utf-8")
    problem = fails(tables.read, path, "t.csv")
    assert (problem.row, problem.message) == (1, "No column has its code.")
    assert "kod" in problem.fix
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(EvalkitError) as caught:
        tables.read(path, "t.csv")
    assert [each.message for each in caught.value.problems] == [
        "No column has the text of the segment.", "No column has its code.",
    ]  # fmt: skip


def test_two_columns_that_could_be_the_code_are_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Citat,Kod,Code\na,x,y\n", "utf-8")
    assert '"Kod"' in fails(tables.read, path, "t.csv").message
    path.write_text("Citat,Kod,Code\na,x,x\n", "utf-8")
    assert codings(tables.read(path, "t.csv")) == [("s1", "x", "")]


@pytest.mark.parametrize(
    "text",
    ["", "Citat,Kod\n", "Citat,Kod\n,x\n", "Citat,Kod\na,b,c,d\n", 'Citat,Kod\n"a,b\n', "\x00\x01"],
)
def test_tables_with_faults_are_one_clear_error(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    fails(tables.read, path, "t.csv")


def test_no_source_keeps_the_folder_that_it_had(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Document,Text,Code\nC:\\Users\\me\\a.docx,x,y\n/home/me/b.txt,z,y\n", "utf-8")
    assert [each.name for each in tables.read(path, "t.csv").sources] == ["a.docx", "b.txt"]


def test_every_alias_is_found_by_itself():
    seen = set()
    for role, heading, only_with in _aliases():
        assert heading == key(heading)
        assert (heading, only_with) not in seen
        seen.add((heading, only_with))
        roles = roles_of([heading, *filter(None, [only_with])])
        earlier = [r for r, h, w in _aliases() if h == heading and w in ("", only_with)]
        assert roles.places[earlier[0]][0] == 0, (role, heading)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_everything_that_is_told_has_words(path, tags, coder):
    for project in (tables.read(path, path.name), tags, coder):
        for language in LANGUAGES:
            lines = told_lines(project.told, language)
            assert lines
            keys = {each.what for each in project.told} | {each.why for each in project.told}
            untold = [key for key in keys if "_" in key and any(key in each for each in lines)]
            assert untold == []
            assert not [each for each in lines if "{" in each]


# Open answers


def test_open_answers_are_sources_with_the_respondent_as_the_case():
    written = {
        "q17": (Written(2, "Mer tid"), Written(10, "Ring 070-174 06 35!", ((5, 18),))),
        "q18": (Written(10, "Öppet 🙂"),),
    }
    read = from_written(written, "2024")
    assert [(each.ident, each.text, each.group) for each in read.segments] == [
        ("2024:q17:2", "Mer tid", "2024:2"), ("2024:q17:10", "Ring [personuppgift]!", "2024:10"),
        ("2024:q18:10", "Öppet 🙂", "2024:10"),
    ]  # fmt: skip
    assert [(each.name, each.segments) for each in read.cases] == [
        ("2024:2", ("2024:q17:2",)), ("2024:10", ("2024:q17:10", "2024:q18:10")),
    ]  # fmt: skip
    assert places_hold(read)
    assert "070" not in repr(read)
    assert said(from_written({}), "left_out", "no_texts") == {"items": 1}


# Files made to harm


def copy(folder, name):
    made = folder / Path(name).name
    made.write_bytes((HERE / name).read_bytes())
    return made


def change(path, *statements):
    base = sqlite3.connect(path)
    for each in statements:
        base.execute(each)
    base.commit()
    base.close()


def test_reading_writes_nothing(tmp_path):
    for name in ("taguette.sqlite3", "fokus.qda/data.qda"):
        made = copy(tmp_path, name)
        made.chmod(0o444)
        before = made.read_bytes(), made.stat().st_mtime_ns
        databases.read(made, "x")
        assert (made.read_bytes(), made.stat().st_mtime_ns) == before
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "data",
    [b"", b"SQLite format 3\x00", b"\x8f\x03" * 3000, b"SQLite format 3\x00" + b"\xff" * 4000],
)
def test_what_is_no_database_is_one_clear_error(tmp_path, data):
    path = tmp_path / "hemlig mapp?#" / "x.sqlite3"
    path.parent.mkdir()
    path.write_bytes(data)
    assert databases.recognise(path)
    problem = fails(databases.read, path, "x.sqlite3")
    assert "hemlig" not in str(problem)


@pytest.mark.parametrize("name", ["taguette.sqlite3", "fokus.qda/data.qda"])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_database_that_is_cut_off_is_one_clear_error_or_read(tmp_path, name, share):
    made = copy(tmp_path, name)
    data = made.read_bytes()
    made.write_bytes(data[: int(len(data) * share)])
    fails(databases.read, made, "x")


@given(st.integers(0, 2**31), st.integers(0, 255))
def test_a_database_with_a_wrong_byte_is_never_a_traceback(at, value):
    for name in ("taguette.sqlite3", "fokus.qda/data.qda"):
        data = bytearray((HERE / name).read_bytes())
        data[at % len(data)] = value
        with (
            contextlib.suppress(EvalkitError),
            sqlite.opened_bytes(bytes(data), "x") as base,
        ):
            read = taguette if "taguette" in name else qualcoder
            read.read_database(base)


@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TABLE tags", "CREATE VIEW tags AS SELECT 1 AS id, 'x' AS path"),
        ("ALTER TABLE tags ADD COLUMN more AS (hex(zeroblob(100000000)))",
         "ALTER TABLE tags RENAME COLUMN path TO old",
         "ALTER TABLE tags RENAME COLUMN more TO path"),
        ("DROP TABLE tags", "CREATE VIRTUAL TABLE tags USING fts5(id, path)"),
        ("DROP TABLE highlights", "CREATE TABLE highlights (id integer primary key)"),
        ("UPDATE documents SET contents = zeroblob(150000000)",),
        ("DROP TABLE tags",),
        ("CREATE TABLE t2 (id, path)", "DROP TABLE tags",
         ("CREATE VIEW tags AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
          "SELECT x AS id, 'a' AS path FROM n")),
    ],
)  # fmt: skip
def test_a_database_made_to_harm_is_refused(tmp_path, statements):
    made = copy(tmp_path, "taguette.sqlite3")
    change(made, *statements)
    fails(databases.read, made, "x")


def test_triggers_and_views_beside_the_tables_do_nothing(tmp_path, tags):
    made = copy(tmp_path, "taguette.sqlite3")
    change(
        made,
        "CREATE TRIGGER t AFTER INSERT ON tags BEGIN DELETE FROM documents; END",
        "CREATE VIEW v AS SELECT load_extension('x')",
    )
    assert databases.read(made, "taguette.sqlite3").segments == tags.segments


def test_wrong_kinds_of_values_are_read_as_far_as_they_go(tmp_path):
    made = copy(tmp_path, "taguette.sqlite3")
    change(
        made,
        "UPDATE highlights SET start_offset = 'x', end_offset = -5 WHERE id = 1",
        "UPDATE highlights SET snippet = x'ff00c3' WHERE id = 2",
        "UPDATE tags SET path = 5 WHERE id = 4",
        "UPDATE documents SET name = '' WHERE id = 1",
    )
    read = databases.read(made, "x")
    assert [each.start for each in read.segments][:2] == [53, None]
    assert read.code["5"].label == "5"


def test_changes_that_are_not_in_the_database_yet_are_told(tmp_path):
    made = copy(tmp_path, "taguette.sqlite3")
    base = sqlite3.connect(made)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("UPDATE documents SET name = 'Ny'")
    base.commit()
    problem = fails(databases.read, made, "x")
    base.close()
    assert "not yet in the database" in problem.message
    assert databases.read(made, "x").sources[0].name == "Ny"
    zipped = tmp_path / "z.zip"
    with zipfile.ZipFile(zipped, "w") as parts:
        inner = copy(tmp_path, "fokus.qda/data.qda")
        change(inner, "PRAGMA journal_mode = WAL")
        parts.write(inner, "a.qda/data.qda")
    assert len(databases.read(zipped, "z.zip").segments) == 6


def test_a_database_of_another_program_says_what_to_do(tmp_path):
    made = tmp_path / "x.db"
    change(made, "CREATE TABLE people (id)")
    assert "REFI-QDA" in fails(databases.read, made, "x").fix
    change(
        made, "CREATE TABLE freecode (id)", "CREATE TABLE coding (id)", "CREATE TABLE source (id)"
    )
    assert "RQDA" in fails(databases.read, made, "x").message


def zip_of(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, data in members:
            parts.writestr(name, data)
    return path


def test_zip_files_made_to_harm(tmp_path):
    data = (HERE / "fokus.qda" / "data.qda").read_bytes()
    two = zip_of(tmp_path / "two.zip", ("a/data.qda", data), ("b/data.qda", data))
    assert "2 files" in fails(databases.read, two, "two.zip").message
    bomb = zip_of(tmp_path / "bomb.zip", ("data.qda", b"\x00" * 600_000_000))
    assert "too large" in fails(databases.read, bomb, "bomb.zip").message
    text = zip_of(tmp_path / "text.zip", ("data.qda", b"hej"))
    fails(databases.read, text, "text.zip")
    cut = io.BytesIO(zip_of(tmp_path / "whole.zip", ("data.qda", data)).read_bytes())
    broken = bytearray(cut.getvalue())
    broken[200:300] = b"\x00" * 100
    (tmp_path / "broken.zip").write_bytes(broken)
    fails(databases.read, tmp_path / "broken.zip", "broken.zip")
    locked = bytearray(cut.getvalue())
    at = locked.rindex(b"PK\x01\x02")
    locked[at + 8] |= 1
    locked[6] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    assert "password" in fails(databases.read, tmp_path / "locked.zip", "locked.zip").message


@pytest.mark.parametrize("name", ["x.csv", "x.zip", "x.docx"])
def test_other_files_are_not_taken_for_databases(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04 not really")
    assert not databases.recognise(path)
    assert not databases.recognise(tmp_path)
    assert not databases.recognise(tmp_path / "nothing")
    assert not taguette.recognise_page(path)
