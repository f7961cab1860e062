"""Mistakes in a study: each is said with its place and what to do, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

EXPORT = "rounds/2012/webbenkat-2012.csv"
FIRST = "1. Stödet till systematisk uppföljning av placerade barn"
SECOND = "2. Förstärkning av BBIC-nätverkens arbete"


SETTINGS = Path(__file__).resolve().parents[1] / "data" / "raw" / "bou-2012" / "study.yaml"


def row_of(text: str) -> int:
    """The row of study.yaml that `text` stands in."""
    before, found, _ = SETTINGS.read_text("utf-8").partition(text)
    assert found
    return before.count("\n") + 1


def replace(file: str, old: str, new: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    """Replace the only (or the first) `old` in a file of the study."""

    def change(study: Path) -> None:
        path = study / file
        text = path.read_bytes().decode(encoding)
        assert old in text, f"{old!r} is not in {file}"
        path.write_bytes(text.replace(old, new, 1).encode(encoding))

    return change


def write(file: str, content: bytes) -> Callable[[Path], None]:
    return lambda study: (study / file).write_bytes(content) and None


def remove(file: str) -> Callable[[Path], None]:
    return lambda study: (study / file).unlink()


def cells(change: Callable[[list[list[str]]], None]) -> Callable[[Path], None]:
    """Change the cells of the export; no cell of it holds a separator."""

    def apply(study: Path) -> None:
        path = study / EXPORT
        table = [line.split(";") for line in path.read_bytes().decode("cp1252").split("\r\n")[:-1]]
        change(table)
        path.write_bytes("".join(";".join(row) + "\r\n" for row in table).encode("cp1252"))

    return apply


def set_cell(row: int, column: int, text: str) -> Callable[[Path], None]:
    def change(table: list[list[str]]) -> None:
        table[row - 1][column] = text

    return cells(change)


def drop_column(column: int) -> Callable[[Path], None]:
    def change(table: list[list[str]]) -> None:
        for row in table:
            del row[column]

    return cells(change)


def double_column(column: int) -> Callable[[Path], None]:
    def change(table: list[list[str]]) -> None:
        for row in table:
            row.append(row[column])

    return cells(change)


def narrow_row(row: int) -> Callable[[Path], None]:
    return cells(lambda table: table[row - 1].pop() and None)


def both(*changes: Callable[[Path], None]) -> Callable[[Path], None]:
    def change(study: Path) -> None:
        for each in changes:
            each(study)

    return change


@dataclass(frozen=True)
class Bad:
    """A mistake, and the lines about it: where it is, what is wrong, what to do."""

    change: Callable[[Path], None]
    said: tuple[tuple[str, ...], ...]


BAD = {
    "a value outside its scale": Bad(
        set_cell(5, 1, "Mycket hög gradd"),
        (
            (
                f'{EXPORT}, row 5, column "{FIRST}"',
                '"Mycket hög gradd" is not an answer',
                'Did you mean "Mycket hög grad"?',
            ),
        ),
    ),
    "a code outside its scale": Bad(
        set_cell(27, 1, "9"),
        (
            (
                f'{EXPORT}, row 27, column "{FIRST}"',
                '"9" is not an answer',
                "There is: Mycket hög grad",
            ),
        ),
    ),
    "a column missing": Bad(
        drop_column(1), ((f'{EXPORT}, row 1, column "{FIRST}"', "missing", "It is item q01."),)
    ),
    "a heading misspelt": Bad(
        set_cell(1, 1, FIRST[:-1]),
        ((f'{EXPORT}, row 1, column "{FIRST}"', "missing", f'Did you mean "{FIRST[:-1]}"?'),),
    ),
    "a column twice": Bad(
        double_column(2),
        ((f'{EXPORT}, row 1, column "{SECOND}"', "2 times", "Rename or remove one of them."),),
    ),
    "a row too short": Bad(
        narrow_row(9), ((f"{EXPORT}, row 9", "23 cells, the heading has 24", "separator"),)
    ),
    "an encoding by an unknown name": Bad(
        replace("study.yaml", f"responses: {EXPORT}", f"responses: {EXPORT}\n    encoding: cp1525"),
        ((EXPORT, 'There is no encoding "cp1525"', 'Did you mean "cp1252"?'),),
    ),
    "bytes in no known encoding": Bad(
        write(EXPORT, "Svarsnummer;Fråga\r\n1;Ja\r\n".encode("cp1252") + b"2;\x81\x8d\r\n"),
        ((EXPORT, "text encoding is not known", "Save it as CSV UTF-8"),),
    ),
    "bytes that are not in the encoding named": Bad(
        replace("study.yaml", f"responses: {EXPORT}", f"responses: {EXPORT}\n    encoding: utf-8"),
        ((EXPORT, "not text in the encoding utf-8", "name its encoding in study.yaml"),),
    ),
    "an empty file": Bad(write(EXPORT, b""), ((EXPORT, "empty", "Export it again"),)),
    "a file of white space": Bad(
        write(EXPORT, b"\xef\xbb\xbf \r\n\r\n"), ((EXPORT, "empty", "Export it again"),)
    ),
    "a heading and no respondent": Bad(
        cells(lambda table: table.__delitem__(slice(1, None))), ((EXPORT, "no respondent", "."),)
    ),
    "a quotation mark that is not closed": Bad(
        set_cell(20, 1, '"Mycket hög grad'),
        ((f"{EXPORT}, row 20", "cannot be read", "not closed"),),
    ),
    "no export": Bad(
        remove(EXPORT),
        (
            (
                'study.yaml, column "rounds.2012"',
                f"The file {EXPORT} does not exist",
                "There is none.",
            ),
        ),
    ),
    "an unknown scale": Bad(
        replace("codebook.csv", ",likert,tydliga,4.1", ",likert,tydlig,4.1"),
        (('codebook.csv, row 7, column "scale"', 'no scale "tydlig"', 'Did you mean "tydliga"?'),),
    ),
    "an item twice": Bad(
        replace("codebook.csv", ",q02,2,", ",q01,2,"),
        (('codebook.csv, row 4, column "item"', '"q01" stands twice', "name of its own"),),
    ),
    "an unknown kind": Bad(
        replace("codebook.csv", ",likert,tydliga,4.1", ",lickert,tydliga,4.1"),
        (
            (
                'codebook.csv, row 7, column "kind"',
                '"lickert" is not a kind',
                'Did you mean "likert"?',
            ),
        ),
    ),
    "an unknown section": Bad(
        replace("codebook.csv", ",likert,tydliga,4.1", ",likert,tydliga,4.2"),
        (('codebook.csv, row 7, column "section"', 'no section "4.2"', "Did you mean"),),
    ),
    "a codebook without a column": Bad(
        replace("codebook.csv", ",scale,", ",skala,"),
        (('codebook.csv, row 1, column "scale"', "missing", "Did you mean"),),
    ),
    "an unknown status": Bad(
        replace("scales.csv", "Vet ej,Don't know,dont_know", "Vet ej,Don't know,dontknow"),
        (('scales.csv, row 6, column "status"', '"dontknow" is not a status', '"dont_know"?'),),
    ),
    "a code twice in a scale": Bad(
        replace("scales.csv", "tydliga,3,", "tydliga,4,"),
        (
            (
                'scales.csv, row 12, column "value"',
                "code 4 stands twice",
                "Give each answer its own.",
            ),
        ),
    ),
    "study.yaml that is not YAML": Bad(
        replace("study.yaml", "    invited: 28", "   invited: 28"),
        ((f"study.yaml, row {row_of('invited: 28')}", "This is not YAML", "indentation"),),
    ),
    "study.yaml with a key twice": Bad(
        replace("study.yaml", "language: sv", "language: sv\nlanguage: en"),
        ((f'study.yaml, row {row_of("language: sv") + 1}, column "language"', "twice", "."),),
    ),
    "study.yaml with an unknown setting": Bad(
        replace("study.yaml", "min_respondents: 5", "min_respondent: 5"),
        (
            (
                f'study.yaml, row {row_of("min_resp")}, column "publication.min_respondent"',
                "is not a setting",
                'Did you mean "min_respondents"?',
            ),
        ),
    ),
    "study.yaml with a number that is none": Bad(
        replace("study.yaml", "invited: 28", "invited: many"),
        (
            (
                f'study.yaml, row {row_of("invited: 28")}, column "rounds.2012.invited"',
                "valid integer",
                ".",
            ),
        ),
    ),
    "study.yaml without a name": Bad(
        replace("study.yaml", "name: bou-2012\n", ""),
        (('study.yaml, column "name"', "missing", "."),),
    ),
    "an empty study.yaml": Bad(write("study.yaml", b""), (("study.yaml", "no settings", "Write"),)),
    "a text that asks for an unknown item": Bad(
        replace("narrative/sv/q01.md", '"q02"', '"q2"'),
        (("narrative/sv/q01.md, row ", 'There is no item "q2".', 'Did you mean "q02"?'),),
    ),
    "a text that asks for an unknown answer": Bad(
        write("narrative/sv/q05.md", b'Se\n\n{{ share("q05", 4, 7) }}.\n'),
        (
            (
                'narrative/sv/q05.md, row 3, column "share"',
                'q05 has no answer "7".',
                "There is: 4, 3",
            ),
        ),
    ),
    "a text that calls an unknown function": Bad(
        write("narrative/sv/q05.md", b'{{ shares("q05", 4) }}.\n'),
        (('narrative/sv/q05.md, row 1, column "shares"', 'no function "shares"', '"share"?'),),
    ),
    "a text with a brace that is not closed": Bad(
        write("narrative/sv/q05.md", b'Se\n{{ share("q05", 4) }.\n'),
        (("narrative/sv/q05.md, row 2", ".", "braces"),),
    ),
    "an evaluation question answered by an unknown item": Bad(
        replace("evaluation_questions.csv", ",q17,", ",q71,"),
        (
            (
                'evaluation_questions.csv, row 6, column "answered_by"',
                'no item "q71"',
                "Did you mean",
            ),
        ),
    ),
    "several at once": Bad(
        both(
            set_cell(5, 1, "Mycket hög gradd"),
            set_cell(6, 2, "Kanske"),
            replace("codebook.csv", ",likert,tydliga,4.1", ",likert,tydlig,4.1"),
            replace("narrative/sv/q01.md", '"q02"', '"q2"'),
        ),
        (
            ('codebook.csv, row 7, column "scale"', 'no scale "tydlig"', 'Did you mean "tydliga"?'),
            ("narrative/sv/q01.md, row ", 'There is no item "q2".', 'Did you mean "q02"?'),
            (f'{EXPORT}, row 5, column "{FIRST}"', '"Mycket hög gradd"', "Did you mean"),
            (f'{EXPORT}, row 6, column "{SECOND}"', '"Kanske"', "There is: "),
        ),
    ),
}


def assert_said(lines: list[str], said: tuple[tuple[str, ...], ...]) -> None:
    for place, what, fix in said:
        about = [each for each in lines if each.startswith(f"error: {place}")]
        assert any(what in each and fix in each for each in about), (place, what, fix, lines)


@pytest.mark.parametrize("name", BAD)
def test_check_lists_it_with_its_place_and_what_to_do(name, study, evalkit_command):
    BAD[name].change(study)
    done = evalkit_command("check", study)
    assert done.status == 1
    assert "Traceback" not in done.out + done.err
    assert_said((done.out + done.err).splitlines(), BAD[name].said)


@pytest.mark.parametrize("name", BAD)
def test_run_refuses_and_writes_nothing(name, study, evalkit_command, tmp_path):
    BAD[name].change(study)
    before = sorted(tmp_path.rglob("*"))
    done = evalkit_command("run", study, "--out", tmp_path / "out")
    assert (done.status, done.out) == (1, "")
    assert "Traceback" not in done.err
    assert_said(done.err.splitlines(), BAD[name].said)
    assert not (tmp_path / "out").exists()
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["a value outside its scale", "study.yaml that is not YAML"])
def test_the_other_verbs_refuse_it_too(name, study, evalkit_command, root):
    BAD[name].change(study)
    published = root / "data/raw/bou-2012/published/published_tables.csv"
    for arguments in (("table", study, "q01"), ("counts", study), ("reconcile", study, published)):
        done = evalkit_command(*arguments)
        assert (done.status, done.out) == (1, "")
        assert_said(done.err.splitlines(), BAD[name].said)


def test_a_report_that_was_good_outlives_a_study_that_no_longer_is(
    study, evalkit_command, tmp_path
):
    out = tmp_path / "out"
    assert evalkit_command("run", study, "--out", out, "-q").status == 0
    before = {each: (each.read_bytes(), each.stat().st_mtime_ns) for each in out.rglob("*.*")}
    set_cell(5, 1, "Kanske")(study)
    assert evalkit_command("run", study, "--out", out, "-q").status == 1
    assert {
        each: (each.read_bytes(), each.stat().st_mtime_ns) for each in out.rglob("*.*")
    } == before


def test_check_lists_the_faults_of_one_file_and_only_those(study, evalkit_command):
    both(set_cell(5, 1, "Kanske"), set_cell(5, 2, "Kanske"), set_cell(9, 1, "Nja"))(study)
    done = evalkit_command("check", study)
    *lines, last = done.out.splitlines()
    assert last == "3 errors, 0 warnings."
    assert [each.split(": ")[1] for each in lines] == [
        f'{EXPORT}, row 5, column "{FIRST}"',
        f'{EXPORT}, row 5, column "{SECOND}"',
        f'{EXPORT}, row 9, column "{FIRST}"',
    ]


COUNTS = "rounds/2012/counts.csv"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "q01,4,valid,2\n",
            "q01,4,valid,two\n",
            (f'{COUNTS}, row 2, column "n"', '"two" is not a count', "Write"),
        ),
        (
            "q01,4,valid,2\n",
            "q01,4,valid,-2\n",
            (f'{COUNTS}, row 2, column "n"', '"-2" is not a count', "Write"),
        ),
        (
            "q01,4,valid,2\n",
            "q0l,4,valid,2\n",
            (f'{COUNTS}, row 2, column "item"', 'no item "q0l"', '"q01"?'),
        ),
        (
            "q01,4,valid,2\n",
            "q01,7,valid,2\n",
            (f'{COUNTS}, row 2, column "value"', '"7" is not an answer', "There is"),
        ),
        (
            "q01,4,valid,2\n",
            "q01,4,vaild,2\n",
            (f'{COUNTS}, row 2, column "status"', '"vaild"', '"valid"?'),
        ),
        (
            "q01,4,valid,2\n",
            "",
            (
                f'{COUNTS}, column "n"',
                "q01 add to 24, those of other items to 26",
                "Add the missing",
            ),
        ),
        (
            "q01,3,valid,11\n",
            "q01,4,valid,11\n",
            (f'{COUNTS}, row 3, column "item"', "stands there twice", "Remove"),
        ),
        ("item,value", "itme,value", (f'{COUNTS}, row 1, column "item"', "missing", '"itme"?')),
    ],
)
def test_mistakes_in_a_file_of_counts(old, new, said, counts_study, evalkit_command, tmp_path):
    replace(COUNTS, old, new)(counts_study)
    done = evalkit_command("check", counts_study)
    assert done.status == 1
    assert_said(done.out.splitlines(), (said,))
    refused = evalkit_command("run", counts_study, "--out", tmp_path / "out")
    assert refused.status == 1
    assert_said(refused.err.splitlines(), (said,))
    assert not (tmp_path / "out").exists()


def test_a_mistake_shows_no_traceback_in_a_process_of_its_own(study, evalkit_process, tmp_path):
    set_cell(5, 1, "Kanske")(study)
    done = evalkit_process("run", study, "--out", tmp_path / "out")
    assert (done.status, done.out) == (1, "")
    assert "Traceback" not in done.err
    assert f'error: {EXPORT}, row 5, column "{FIRST}": "Kanske" is not an answer' in done.err
    assert not (tmp_path / "out").exists()
