"""Codings as plain CSV: what is read, what is wrong, and out again; the verb `evalkit codings`."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from evalkit.codings.model import Code, Coding, CodingProject, NotAsked, Segment, Source, Told
from evalkit.codings.out import write_codings
from evalkit.codings.plain_write import plain
from evalkit.codings.read import read_codings
from evalkit.errors import EvalkitError
from evalkit.present.coding_import import told_lines

FIXTURES = Path(__file__).parent / "fixtures" / "codings"
GOOD = {
    "segments.csv": """segment,page,group,speaker,text,verbatim
s01,10,Tjörn,fokusgrupp,"Arbetet går långsamt, säger en",no
s02,10,Öckerö,fokusgrupp,”Vi har inte tid”,ja
s03,11,alla,utvärderare,Fler vill mötas,
""",
    "codebook.csv": """code,label,definition,parent
pace,Tempo,Arbetet går långsamt,
time,Tid,Tid i tjänsten,pace
""",
    "codings_åsa.csv": "segment,code,category\ns01,pace,utmaning\ns02,time,utmaning\n",
    "codings_bo.csv": "segment,code,category\ns01,pace,förbättringsområde\n",
    "not_asked.csv": "group,code,note\nÖckerö,pace,frågan togs inte upp\n",
    "case_matrix.csv": "group,antal,plan\nTjörn,8,not_yet\nÖckerö,0,\n",
}


def folder(path, **changed):
    """The good files with some cells changed: `segments="old|new"`."""
    path.mkdir(exist_ok=True)
    for name, text in GOOD.items():
        stem = name.removesuffix(".csv")
        old, _, new = changed.get(stem, "").partition("|")
        assert old in text, old
        (path / name).write_text(text.replace(old, new, 1) if old else text, "utf-8")
    return path


def test_a_folder_of_plain_files(tmp_path):
    found = read_codings(folder(tmp_path / "in"))
    assert [(each.ident, each.group, each.verbatim) for each in found.segments] == [
        ("s01", "Tjörn", False),
        ("s02", "Öckerö", True),
        ("s03", "alla", None),
    ]
    assert found.segments[0].text == "Arbetet går långsamt, säger en"
    assert (found.segments[0].page, found.segments[0].speaker) == ("10", "fokusgrupp")
    assert found.codes == (
        Code("pace", "Tempo", "", "Arbetet går långsamt"),
        Code("time", "Tid", "pace", "Tid i tjänsten"),
    )
    assert found.codings == (
        Coding("s01", "pace", "bo", "förbättringsområde"),
        Coding("s01", "pace", "åsa", "utmaning"),
        Coding("s02", "time", "åsa", "utmaning"),
    )
    assert found.not_asked == (NotAsked("Öckerö", "pace", "frågan togs inte upp"),)
    assert [(each.name, dict(each.attributes), each.segments) for each in found.cases] == [
        ("Tjörn", {"antal": "8", "plan": "not_yet"}, ("s01",)),
        ("Öckerö", {"antal": "0"}, ("s02",)),
    ]
    assert {each.what: each.n for each in found.told} == {
        "sources": 0, "segments": 3, "codes": 2, "codings": 3, "coders": 2, "cases": 2,
    }  # fmt: skip


def test_as_a_swedish_excel_saves_it(tmp_path):
    path = tmp_path / "in"
    folder(path)
    for each in path.iterdir():
        rows = list(csv.reader(each.read_text("utf-8").splitlines()))
        with each.open("w", encoding="cp1252", newline="") as opened:
            csv.writer(opened, delimiter=";").writerows(rows)
    assert read_codings(path).segments[1].text == "”Vi har inte tid”"


FAULTS = [
    ({"codings_bo": "s01|s9"}, 'codings_bo.csv, row 2, column "segment": There is no segment'),
    ({"codings_bo": "pace|pase"}, 'row 2, column "code": There is no code "pase". Did you mean'),
    ({"codings_bo": "s01|"}, 'row 2, column "segment": The cell is empty.'),
    ({"codings_bo": "s01,pace|s01,"}, 'row 2, column "code": The cell is empty.'),
    ({"codings_åsa": "s02,time|s01,pace"}, 'row 3, column "code": The segment has the code'),
    ({"segments": "s02|s01"}, 'row 3, column "segment": "s01" stands in row 2 already.'),
    ({"segments": "s02|"}, 'segments.csv, row 3, column "segment": The cell is empty.'),
    ({"segments": "Fler vill mötas|"}, 'segments.csv, row 4, column "text": The cell is empty.'),
    ({"segments": "ja|kanske"}, 'row 3, column "verbatim": "kanske" does not say'),
    ({"segments": "text|txt"}, 'segments.csv, row 1, column "text": The column is missing.'),
    ({"codebook": "time|pace"}, 'codebook.csv, row 3, column "code": "pace" stands in row 2'),
    ({"codebook": "tjänsten,pace|tjänsten,x"}, 'column "parent": There is no code "x".'),
    ({"codebook": "långsamt,|långsamt,time"}, 'column "parent": "pace" stands below itself'),
    ({"not_asked": "pace|x"}, 'not_asked.csv, row 2, column "code": There is no code "x".'),
    ({"not_asked": "Öckerö|"}, 'not_asked.csv, row 2, column "group": The cell is empty.'),
    ({"case_matrix": "Öckerö|Tjörn"}, 'case_matrix.csv, row 3, column "group": "Tjörn" stands'),
    ({"case_matrix": "Tjörn,8,|Tjörn,8"}, "case_matrix.csv, row 2: The row has 2 cells"),
]


@pytest.mark.parametrize(("changed", "message"), FAULTS, ids=[each[1][:60] for each in FAULTS])
def test_every_fault_has_file_row_column_and_what_to_do(changed, message, tmp_path):
    with pytest.raises(EvalkitError) as error:
        read_codings(folder(tmp_path / "in", **changed))
    assert message in str(error.value)
    assert all(each.fix for each in error.value.problems)


def test_all_faults_are_told_at_once(tmp_path):
    changed = {"segments": "ja|kanske", "codebook": "time|", "codings_bo": "s01|s9"}
    with pytest.raises(EvalkitError) as error:
        read_codings(folder(tmp_path / "in", **changed))
    files = [each.file for each in error.value.problems]
    assert files == ["segments.csv", "codebook.csv", "codings_bo.csv", "codings_åsa.csv"]


def test_a_folder_without_segments_and_a_file_of_something_else(tmp_path):
    with pytest.raises(EvalkitError, match=r"has no segments\.csv"):
        read_codings(tmp_path)
    (tmp_path / "x.png").write_bytes(b"\x89PNG")
    with pytest.raises(EvalkitError, match="not recognised as codings"):
        read_codings(tmp_path / "x.png")
    with pytest.raises(EvalkitError, match=r'does not exist\. Did you mean "x\.png"'):
        read_codings(tmp_path / "y.png")


def test_out_and_in_again_is_the_same(tmp_path):
    project = CodingProject(
        (Source("t", "Ett två\ntre 😀 fyra"), Source("borta")),
        (
            Segment("a", "två\ntre", "t", 4, 11, "Tjörn", "IP", True, "3"),
            Segment("b", "=1+1 ”x”, \"y\"", group="Öckerö"),
            Segment("c", "där", "borta", 3, 6),
        ),
        (Code("k", "K", "", "d", False, "#ff0000"), Code("l", "L", "k")),
        (Coding("a", "k", "Åsa/B", "x", "rad\nrad"), Coding("a", "l", ""), Coding("b", "k", "Bo")),
    )  # fmt: skip
    assert write_codings(project, tmp_path / "ut") == ()
    again = read_codings(tmp_path / "ut")
    assert again.sources == project.sources
    assert again.segments == project.segments
    assert again.codes == project.codes
    assert set(again.codings) == set(project.codings)
    names = {each.name for each in (tmp_path / "ut").iterdir()}
    assert {"codings_Åsa_B.csv", "codings_unknown.csv", "codings_Bo.csv"} <= names


def test_coders_of_the_same_file_name_get_files_of_their_own():
    codings = tuple(Coding("a", "k", each) for each in ("A b", "A/b", "a_B"))
    files, _ = plain(CodingProject((), (Segment("a", "x"),), (Code("k", "k"),), codings))
    assert sum(each.startswith("codings_") for each in files) == 3
    assert len({each.casefold() for each in files}) == len(files)


# The verb


def test_the_verb_tells_and_converts(tmp_path, evalkit_command):
    path = folder(tmp_path / "in")
    done = evalkit_command("codings", path)
    assert (done.status, done.err) == (0, "")
    assert "Read – segments: 3." in done.out
    for name in ("ut.qdpx", "ut.qdc", "ut"):
        done = evalkit_command("codings", path, "--out", tmp_path / name)
        assert done.status == 0
        assert done.out.endswith(f"{tmp_path / name}\n")
        assert ("codebook (.qdc) holds codes only" in done.err) == (name == "ut.qdc")
        before = (tmp_path / name).stat().st_mtime_ns
        again = evalkit_command("codings", path, "--out", tmp_path / name)
        assert again.status == 1
        assert "never overwritten" in again.err
        assert (tmp_path / name).stat().st_mtime_ns == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in", "ut", "ut.qdc", "ut.qdpx"]
    back = evalkit_command("codings", tmp_path / "ut.qdpx", "--out", tmp_path / "åter")
    assert back.status == 0
    for name in set(GOOD) - {"case_matrix.csv", "segments.csv"}:
        before, after = ((tmp_path / each / name).read_text("utf-8") for each in ("in", "åter"))
        assert sorted(csv.reader(before.splitlines())) == sorted(csv.reader(after.splitlines()))


@pytest.mark.parametrize("name", ["ut.docx", "ingen/ut.qdpx"])
def test_a_place_that_cannot_be_written_is_one_error(name, tmp_path, evalkit_command):
    done = evalkit_command("codings", FIXTURES / "kodbok.qdc", "--out", tmp_path / name)
    assert done.status == 1
    assert done.err.startswith("error: ")
    assert list(tmp_path.iterdir()) == []


def test_what_is_told_is_in_both_languages_and_long_lists_are_shortened():
    fields = {"source": "t", "of": "2", "end": "half_open", "first": "0"}
    told = [Told("matched", "places", 2, "said", fields | {"source": f"t{at}"}) for at in range(40)]
    told.append(Told("matched", "places", 1, "said", fields))
    lines = told_lines(told, "sv")
    assert len(lines) == 14  # the first dozen, the one that is not complete, how many more
    assert "1 av 2" in lines[-2]
    assert "28" in lines[-1]
    assert told_lines([Told("read", "nytt", 1, "okänt")], "en") == ["Read – nytt: 1. okänt"]
