"""The next round of a study: what is found, what is written, and that nothing else changes."""

from __future__ import annotations

import csv
import hashlib
import shutil
from pathlib import Path

import pyreadstat
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import evalkit
from evalkit.delimited import read_table
from evalkit.draft import NewRound, add_round, new_study, next_round, round_summary
from evalkit.draft.edit import TableText, with_round
from evalkit.draft.next_round import AddedRound
from evalkit.draft.wording import likeness, word_diff
from evalkit.errors import EvalkitError

FIXTURES = Path(__file__).parent / "fixtures" / "rounds"
SATISFIED = ["Mycket nöjd", "Nöjd", "Missnöjd", "Mycket missnöjd"]
QUALTRICS = "Q1 Q2 Q3_1 Q3_2 Q3_3 Q4 Q5_1 Q5_2 Q5_3".split()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder → its digest."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def counts_of(folder: Path, *rounds: str) -> dict[str, bytes]:
    book = evalkit.open_study(folder)
    return {name: book.counts(name).to_csv(index=False).encode() for name in rounds}


def settings_of(folder: Path, name: str) -> dict:
    return yaml.safe_load((folder / "study.yaml").read_text("utf-8"))["rounds"][name]


@pytest.fixture
def home(tmp_path) -> Path:
    """A study of the first round, its draft taken as it is."""
    folder = new_study(str(tmp_path / "liten"), FIXTURES / "2020.csv").folder
    text = (folder / "study.yaml").read_text("utf-8").replace("draft: true\n", "")
    (folder / "study.yaml").write_text(text, "utf-8")
    return folder


def spss(path: Path) -> Path:
    """The fourth round: the scale's codes turned round, a question gone and a new one."""
    import pandas as pd

    texts = rows_of(FIXTURES / "2022.csv")[0]
    good = ["Mycket dåligt", "Ganska dåligt", "Varken bra eller dåligt", "Ganska bra", "Mycket bra"]
    labels = {
        "Q1": SATISFIED,
        "Q2": ["Mycket otydliga", "Ganska otydliga", "Varken tydliga eller otydliga",
               "Ganska tydliga", "Mycket tydliga"],
        "Q4": ["Nej", "Ja"],
        "Q3_1": good,
        "Q3_2": good,
        "Q3_3": good,
    }  # fmt: skip
    n = 12
    data = {"ResponseId": [f"R{at}" for at in range(n)]}
    for name, answers in labels.items():
        data[name] = [float(1 + at % len(answers)) for at in range(n)]
    for name, every in (("Q5_1", 2), ("Q5_2", 3), ("Q5_3", 4)):
        data[name] = [1.0 if at % every == 0 else None for at in range(n)]
    data["Q7"] = [float(1 + at % 3) for at in range(n)]
    labels["Q7"] = ["Aldrig", "Ibland", "Ofta"]
    texts["Q7"] = "Hur ofta använder du handboken?"
    values = {k: dict(enumerate(each, start=1)) for k, each in labels.items()}
    values |= {name: {1: texts[name].split(" - ")[1]} for name in ("Q5_1", "Q5_2", "Q5_3")}
    pyreadstat.write_sav(
        pd.DataFrame(data),
        str(path),
        column_labels=[texts[name] for name in data],
        variable_value_labels=values,
    )
    return path


def decided(folder: Path, name: str, text: str) -> None:
    """Put decisions in the place of what is undecided in the last round."""
    before = (folder / "study.yaml").read_text("utf-8")
    head, _, _ = before.partition(f'  "{name}":\n')
    own = settings_of(folder, name)
    lines = "".join(f'    {key}: "{own[key]}"\n' for key in ("responses", "sha256"))
    (folder / "study.yaml").write_text(f'{head}  "{name}":\n{lines}{text}', "utf-8")


def test_four_rounds_of_one_survey_from_three_tools(home, tmp_path, evalkit_command):  # noqa: PLR0915
    """Unchanged; renamed, reworded and with other answers; turned, dropped and new."""
    counts = counts_of(home, "1")

    done = evalkit_command("add-round", home, "2021", FIXTURES / "2021.csv", "--invited", 20)
    assert (done.status, done.err) == (0, "")
    assert "11  the same" in done.out
    assert "To decide" not in done.out
    assert settings_of(home, "2021")["invited"] == 20
    assert "undecided" not in settings_of(home, "2021")
    assert set(evalkit.open_study(home).study.comparable("1", "2021").values()) == {""}
    ran = evalkit_command("run", home, "--round", "2021", "--out", tmp_path / "out")
    assert ran.status == 0, ran.err  # the published edition
    counts |= counts_of(home, "2021")

    done = evalkit_command("add-round", home, "2022", FIXTURES / "2022.csv")
    assert (done.status, done.err) == (0, "")
    told = {
        (row["earlier"], row["what"]): row for row in rows_of(home / "rounds/2022/comparison.csv")
    }
    assert told["q02", "wording"]["diff"] == (
        "Hur [-tydliga-] {+begripliga+} är de gemensamma målen för dig?"
    )
    assert told["q02", "renamed"]["sure"] == "medium"
    assert told["q01", "renamed"] | {"decide": ""} == {
        "column": "Q1", "item": "q01_2022", "earlier": "q01", "what": "renamed",
        "was": "1. Hur nöjd är du med stödet från kansliet?", "is": "Q1", "diff": "",
        "sure": "high", "decide": "",
    }  # fmt: skip
    assert set(told["q01", "answers"]["is"].split("; ")) == {"Nöjd", "Missnöjd"}
    assert (
        'recode: {q01_2022: {item: q01, answers: {"Mycket nöjd": "Mycket nöjd", "Nöjd": "…"'
        in (told["q01", "answers"]["decide"])
    )
    assert settings_of(home, "2022")["undecided"] == {
        f"q{n:02}_2022": f"q{n:02}" for n in range(1, 7)
    }
    items = {row["item"]: row for row in rows_of(home / "codebook.csv")}
    assert (items["q01"]["rounds"], items["q01_2022"]["rounds"]) == ("1; 2021", "2022")
    assert items["q03_1_2022"]["part_of"] == "q03_2022"
    assert items["q04_2022"]["scale"] == items["q04"]["scale"]
    scales = [row["label"] for row in rows_of(home / "scales.csv") if row["scale"] == "nojd_4"]
    assert scales == SATISFIED
    ran = evalkit_command(
        "run", home, "--round", "2022", "--edition", "internal", "--out", tmp_path / "out"
    )
    assert ran.status == 0, ran.err
    assert counts_of(home, "1", "2021") == counts
    decided(
        home,
        "2022",
        """    same_as: {q02_2022: q02, q03_2022: q03, q04_2022: q04, q05_2022: q05, q06_2022: q06}
    recode:
      q01_2022:
        item: q01
        answers: {Mycket nöjd: 5, Nöjd: 4, Missnöjd: 2, Mycket missnöjd: 1}
""",
    )
    counts |= counts_of(home, "2022")
    given = [row["Q1"] for row in rows_of(FIXTURES / "2022.csv")[2:]]
    own = evalkit.open_study(home).frequency("q01", "2022")
    assert own.loc["5", "n"] == given.count("Mycket nöjd")
    assert own.loc["4", "n"] == given.count("Nöjd")
    assert (own.loc["3", "n"], own.loc["dont_know", "n"]) == (0, 0)

    done = evalkit_command("add-round", home, "2023", spss(tmp_path / "fyra.sav"))
    assert (done.status, done.err) == (0, "")
    told = {
        (row["earlier"], row["what"]): row for row in rows_of(home / "rounds/2023/comparison.csv")
    }
    assert told["q01_2022", "polarity"]["was"].startswith("4 = Mycket nöjd; 3 = Nöjd")
    assert told["q01_2022", "polarity"]["is"].startswith("1 = Mycket nöjd; 2 = Nöjd")
    assert ("q06_2022", "missing") in told
    assert [row["item"] for key, row in told.items() if key[1] == "new"] == ["q07"]
    own = settings_of(home, "2023")
    assert own["undecided"] == {"q01_2023": "q01_2022"}
    assert own["same_as"] == {f"q{n:02}_2022": f"q{n:02}" for n in range(2, 6)}
    assert counts_of(home, "1", "2021", "2022") == counts
    book = evalkit.open_study(home)
    turned = book.frequency("q01_2023", "2023")
    assert list(turned["label"][:4]) == SATISFIED
    assert turned.loc["4", "n"] == 3  # of 12 respondents every fourth; the file's code is 1
    found = book.study.comparable("2021", "2023")
    assert found["q01"] == found["q01_2023"] == "undecided"
    assert found["q06"] == found["q07"] == "not_asked"
    assert {found[f"q0{n}"] for n in (2, 3, 4, 5)} == {""}
    assert book.study.comparable("2022", "2023")["q01"] == "undecided"
    ran = evalkit_command(
        "run", home, "--round", "2023", "--edition", "internal", "--out", tmp_path / "out"
    )
    assert ran.status == 0, ran.err
    assert "0 errors" in evalkit_command("check", home).out


EXPORTS = sorted(
    path
    for folder in ("drafts", "formats", "layouts", "rounds")
    for path in (FIXTURES.parent / folder).iterdir()
    if path.suffix in (".csv", ".tsv", ".sav", ".zsav")
    and not path.name.endswith(".labels.csv")
    and path.name not in ("codebook.csv", "scales.csv", "sections.csv")
)
"""Exports of many tools, several of them of one survey."""


def format_of(path: Path) -> str:
    return path.stem if path.stem.startswith("enalyzer") else ""


def short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", EXPORTS, ids=short)
def test_the_same_export_again_has_nothing_to_decide(path, tmp_path):
    folder = new_study(str(tmp_path / "liten"), path, format_of(path)).folder
    assert [str(each) for each in evalkit.check(folder) if each.severity == "error"] == []
    before = counts_of(folder, "1")
    tables = {each: (folder / each).read_bytes() for each in ("codebook.csv", "scales.csv")}
    added = add_round(str(folder), NewRound("2", path, format_of(path)))
    assert {each.what for each in added.told} <= {"same", "left out"}
    assert {each: (folder / each).read_bytes() for each in tables} == tables
    assert counts_of(folder, "1") == before
    own = evalkit.open_study(folder)
    assert set(own.study.comparable("1", "2").values()) <= {""}
    again = own.counts("2")["n"].to_list()
    assert again == own.counts("1")["n"].to_list()


@pytest.mark.soak
@pytest.mark.parametrize("path", EXPORTS, ids=short)
def test_any_export_can_follow_any_other(path, tmp_path):
    """Whatever comes: a study without errors, and not a figure of the first round changed."""
    folder = new_study(str(tmp_path / "liten"), path, format_of(path)).folder
    assert [str(each) for each in evalkit.check(folder) if each.severity == "error"] == []
    before = counts_of(folder, "1")
    for following in EXPORTS:
        copy = Path(shutil.copytree(folder, tmp_path / short(following).replace("/", "-")))
        round_summary(add_round(str(copy), NewRound("2", following, format_of(following))))
        assert [str(e) for e in evalkit.check(copy) if e.severity == "error"] == [], following
        assert counts_of(copy, "1") == before, following


def other(
    tmp_path: Path, change, source: Path = FIXTURES / "2021.csv", name: str = "ny.csv"
) -> Path:
    """A copy of an export of which `change` has changed the rows."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(change([list(row) for row in rows]))
    return path


def without(*places: int):
    return lambda rows: [[c for at, c in enumerate(row) if at not in places] for row in rows]


def headed(place: int, heading: str):
    return lambda rows: [
        [heading if (n, at) == (0, place) else c for at, c in enumerate(row)]
        for n, row in enumerate(rows)
    ]


def column(heading: str, cells, after: int):
    def change(rows):
        cells_ = [heading, *(cells[n % len(cells)] for n in range(len(rows) - 1))]
        return [[*row[:after], cell, *row[after:]] for row, cell in zip(rows, cells_, strict=True)]

    return change


def whats(home: Path, name: str) -> set[tuple[str, str]]:
    rows = rows_of(home / "rounds" / name / "comparison.csv")
    return {(row["earlier"] or row["item"], row["what"]) for row in rows if row["what"] != "same"}


def test_a_question_that_is_dropped_keeps_the_rounds_that_asked_it(home, tmp_path):
    add_round(str(home), NewRound("2", other(tmp_path, without(10))))
    assert whats(home, "2") == {("q06", "missing")}
    rounds = {row["item"]: row["rounds"] for row in rows_of(home / "codebook.csv")}
    assert rounds.pop("q06") == "1"
    assert set(rounds.values()) == {""}
    add_round(str(home), NewRound("3", FIXTURES / "2021.csv"))
    assert whats(home, "3") == {("q06", "returned")}
    rounds = {row["item"]: row["rounds"] for row in rows_of(home / "codebook.csv")}
    assert rounds["q06"] == "1; 3"
    assert evalkit.open_study(home).study.comparable("1", "3")["q06"] == ""
    assert evalkit.open_study(home).study.comparable("1", "2")["q06"] == "not_asked"


def test_one_row_of_a_grid_that_is_reworded_is_the_only_one_to_decide(home, tmp_path):
    heading = "3. Hur väl fungerar följande? - Utbildningen i metoden"
    add_round(str(home), NewRound("2", other(tmp_path, headed(4, heading))))
    assert settings_of(home, "2")["undecided"] == {"q03_2_2": "q03_2"}
    book = evalkit.open_study(home)
    shown = book.study.codebook_of("2")
    assert [each.name for each in shown.parts(shown.item("q03"))] == ["q03_1", "q03_2_2", "q03_3"]
    assert shown.item("q03_2_2").label.sv == "Utbildningen i metoden"
    assert book.study.comparable("1", "2")["q03_1"] == ""
    text = (home / "study.yaml").read_text("utf-8").replace("    undecided:", "    same_as:")
    (home / "study.yaml").write_text(text, "utf-8")
    shown = evalkit.open_study(home).study.codebook_of("2")
    assert [each.name for each in shown.parts(shown.item("q03"))] == ["q03_1", "q03_2", "q03_3"]


def test_another_row_of_a_grid_is_new_and_another_option_changes_its_set(home, tmp_path):
    first = other(tmp_path, column("3. Hur väl fungerar följande? - Ledning", ["Ganska bra"], 6))
    add_round(str(home), NewRound("2", first))
    assert "undecided" not in settings_of(home, "2")
    assert whats(home, "2") == {("q03_4_2", "new")}
    kan = "5. Vilka kanaler använder du? (flera val möjliga) - Chatt"
    second = other(tmp_path, column(kan, ["Chatt", ""], 10), name="chatt.csv")
    add_round(str(home), NewRound("3", second))
    assert list(settings_of(home, "3")["undecided"].values()) == ["q05"]
    shown = evalkit.open_study(home).study.codebook_of("3")
    [head] = settings_of(home, "3")["undecided"]
    assert [e.label.sv for e in shown.parts(shown.item(head))] == [
        "Telefon", "E-post", "Digitala möten", "Chatt",
    ]  # fmt: skip
    assert "q03_4_2" not in shown.items


def test_numbers_that_have_shifted_are_followed_by_their_texts(home, tmp_path):
    """Q2 of the new survey is another question, and all that follow are one further on."""
    first = FIXTURES / "2022.csv"
    add_round(str(home), NewRound("a", first))
    with first.open(encoding="utf-8", newline="") as file:
        _, texts, ids, *rows = list(csv.reader(file))
    new = [
        "ResponseId",
        "Q1",
        "Q2",
        "Q3",
        "Q4_1",
        "Q4_2",
        "Q4_3",
        "Q5",
        "Q6_1",
        "Q6_2",
        "Q6_3",
        "Q7",
    ]
    wanted = [
        new,
        [*texts[:2], "Hur länge har du arbetat i länet?", *texts[2:]],
        [*ids[:2], '{"ImportId": "QID99"}', *ids[2:]],
        *([*row[:2], ["Kort tid", "Lång tid"][n % 2], *row[2:]] for n, row in enumerate(rows)),
    ]
    path = tmp_path / "shifted.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(wanted)
    add_round(str(home), NewRound("b", path))
    told = {row["column"]: row for row in rows_of(home / "rounds/b/comparison.csv")}
    assert (told["Q2"]["what"], told["Q3"]["earlier"]) == ("new", "q02_a")
    assert {row["earlier"] for row in told.values()} >= {"q02_a", "q04_a", "q06_a", "q05_1_a"}
    assert told["Q1"]["what"] == "same"
    assert all(told[name]["sure"] == "high" for name in new[3:])


def test_an_answer_that_nobody_gave_is_told_and_taken_as_the_same(home, tmp_path):
    def change(rows):
        return [[c if c != "Varje vecka" else "Varje månad" for c in row] for row in rows]

    add_round(str(home), NewRound("2", other(tmp_path, change)))
    rows = [row for row in rows_of(home / "rounds/2/comparison.csv") if row["what"] == "unseen"]
    assert [(row["item"], row["was"]) for row in rows] == [("q06", "Varje vecka")]
    assert "undecided" not in settings_of(home, "2")


def test_personal_data_in_a_column_is_not_printed(home, tmp_path):
    def change(rows):
        return [
            [c if n == 0 or at != 6 else f"anna{n}@example.org" for at, c in enumerate(row)]
            for n, row in enumerate(rows)
        ]

    added = add_round(str(home), NewRound("2", other(tmp_path, change)))
    written = (home / "rounds/2/comparison.csv").read_text("utf-8") + round_summary(added)
    assert "@example.org" not in written
    assert "not shown" in written
    assert "Personal data" in written
    assert "q04" not in evalkit.open_study(home).study.codebook_of("2").items


def test_units_that_are_new_do_not_touch_the_earlier_ones(home, tmp_path):
    base = other(tmp_path, column("Kommun", ["Ale", "Borås"], 1), FIXTURES / "2020.csv", "k1.csv")
    folder = new_study(str(tmp_path / "enheter"), base).folder
    items = {row["name"]: row["item"] for row in rows_of(folder / "codebook.csv")}
    text = (folder / "study.yaml").read_text("utf-8")
    text = text.replace("rounds:", f"unit: {items['Kommun']}\nrounds:")
    (folder / "study.yaml").write_text(text, "utf-8")
    before = counts_of(folder, "1")
    new = other(tmp_path, column("Kommun", ["Ale", "Dals-Ed"], 1), name="k2.csv")
    add_round(str(folder), NewRound("2", new))
    name = items["Kommun"]
    assert (name, "unit new") in whats(folder, "2")
    assert (name, "unit gone") in whats(folder, "2")
    assert settings_of(folder, "2")["same_as"] == {f"{name}_2": name}
    assert counts_of(folder, "1") == before
    own = evalkit.open_study(folder).frequency(name, "2")
    assert dict(zip(own["label"], own["n"], strict=True))["Dals-Ed"] == 7


def test_a_filter_follows_the_question_that_it_asks_for(home, tmp_path):
    text = (home / "codebook.csv").read_text("utf-8").splitlines()
    text = [f"{line},asked_if" if n == 0 else f"{line},{'q04 = 2' if ',q06,' in line else ''}"
            for n, line in enumerate(text)]  # fmt: skip
    (home / "codebook.csv").write_text("\n".join(text) + "\n", "utf-8")
    heading = "4. Har du deltagit i nätverket?"
    add_round(str(home), NewRound("2", other(tmp_path, headed(6, heading))))
    rows = {row["item"]: row for row in rows_of(home / "codebook.csv")}
    assert rows["q06_2"]["asked_if"] == "q04_2 = 2"
    assert rows["q06"]["asked_if"] == "q04 = 2"
    assert settings_of(home, "2")["undecided"] == {"q04_2": "q04", "q06_2": "q06"}
    assert ("q06", "filter") in whats(home, "2")


KINDS = """name,item,number,part_of,label,kind,scale,section,mean,positive,asked_if
Nr,nr,,,,id,,,,,
Stöd,q1,1,,Har ni stöd?,nominal,ja_nej,1,no,,
Hur många timmar arbetar du i veckan?,q2,2,,Timmar,numeric,,1,,,
Rang [*],q3,3,,Rangordna,ranking,,1,,,q1 = 1
,q3_a,,q3,Tid,ranked,,,,,
,q3_b,,q3,Pengar,ranked,,,,,
"""


def of_all_kinds(folder: Path, *changes: tuple[str, str]) -> AddedRound:
    """A study with a number, and a ranking with a filter; and its second round, with changes."""
    folder.mkdir()
    heading = "Nr,Stöd,Hur många timmar arbetar du i veckan?,Rang [1],Rang [2]\n"
    rows = [
        f"{n},{'Nej,,,' if n % 5 == 0 else f'Ja,{n % 7 + 35},Tid,Pengar'}\n" for n in range(1, 31)
    ]
    export = heading + "".join(rows)
    files = {
        "codebook.csv": KINDS,
        "scales.csv": "scale,value,label,status\nja_nej,1,Ja,valid\nja_nej,0,Nej,valid\n",
        "sections.csv": "section,title\n1,Ett\n",
        "study.yaml": 'name: liten\ntitle: Liten\nrounds:\n  "1":\n    responses: svar.csv\n',
        "svar.csv": export,
    }
    for old, new in changes:
        assert old in export
        export = export.replace(old, new)
    for name, text in (files | {"ny.csv": export}).items():
        (folder / name).write_text(text, "utf-8")
    return add_round(str(folder), NewRound("2", folder / "ny.csv"))


def test_a_ranking_with_a_column_for_each_rank_is_the_same(tmp_path):
    home = tmp_path / "liten"
    added = of_all_kinds(home)
    assert whats(home, "2") == set()
    rows = [each.earlier for each in added.told]
    assert rows == ["nr", "q1", "q2", "q3", "q3"]


def test_cells_that_cannot_be_placed_wait_for_the_data_log(tmp_path):
    """No file may be edited: they can be declared only once the round is there."""
    home = tmp_path / "liten"
    added = of_all_kinds(home, ("\n1,Ja,36,Tid", "\n1,Ja,36 st,Kunskap"))
    assert {("", "cells")} == whats(home, "2")
    assert "Hur många timmar arbetar du i veckan?: 1 cells (row 2)" in round_summary(added)
    errors = [each for each in evalkit.check(home) if each.severity == "error"]
    assert [(each.row, each.column) for each in errors] == [
        (2, "Hur många timmar arbetar du i veckan?"),
        (2, "Rang [1]"),
    ]
    lines = [each.fix.rpartition("data_log.csv: ")[2] for each in errors]
    assert lines == [",,,q2,36 st,missing,,…,…,…", ",,,q3,Kunskap,missing,,…,…,…"]
    declared = [each.replace("…,…,…", "Kan inte läsas,Anna,2026") for each in lines]
    heading = "round,respondent,unit,item,value,action,to,reason,decided_by,date"
    (home / "data_log.csv").write_text("\n".join([heading, *declared]), "utf-8")
    assert [each for each in evalkit.check(home) if each.severity == "error"] == []


def test_a_new_ranking_with_a_column_for_each_rank_can_be_counted(tmp_path):
    home = tmp_path / "liten"
    ranks = ",".join(f"Viktigast [Rank {n}]" for n in (1, 2, 3))
    of_all_kinds(
        home,
        ("Rang [2]", f"Rang [2],{ranks}"),
        ("Tid,Pengar\n", "Tid,Pengar,Lokal,Personal,Stöd\n"),
        ("Nej,,,\n", "Nej,,,,Personal,Stöd,Lokal\n"),
    )
    assert whats(home, "2") == {("q04", "new")}
    own = [row for row in rows_of(home / "codebook.csv") if row["rounds"] == "2"]
    assert [(row["name"], row["kind"]) for row in own] == [
        ("Viktigast [Rank *]", "ranking"), ("", "ranked"), ("", "ranked"), ("", "ranked"),
    ]  # fmt: skip
    assert [each for each in evalkit.check(home) if each.severity == "error"] == []


def test_a_filter_asks_for_an_answer_by_its_label_where_codes_have_changed(tmp_path):
    home = tmp_path / "liten"
    of_all_kinds(home, (",Nej,", ",Vet inte,"), ("\n10,Vet inte", "\n10,Nej"))
    rows = {row["item"]: row for row in rows_of(home / "codebook.csv")}
    scales = rows_of(home / "scales.csv")
    yes = [
        each["value"]
        for each in scales
        if (each["scale"], each["label"]) == (rows["q1_2"]["scale"], "Ja")
    ]
    assert yes != ["1"]
    assert rows["q3_2"]["asked_if"] == f"q1_2 = {yes[0]}"
    assert {row["part_of"] for name, row in rows.items() if name.startswith("q3_b_2")} == {"q3_2"}
    assert settings_of(home, "2")["undecided"] == {"q1_2": "q1", "q3_2": "q3"}
    assert [each for each in evalkit.check(home) if each.severity == "error"] == []


def test_a_number_that_is_asked_for_in_other_words_is_followed(tmp_path):
    home = tmp_path / "liten"
    of_all_kinds(home, ("arbetar du i veckan", "arbetar du per vecka"))
    assert {("q2", "renamed"), ("q2", "wording")} <= whats(home, "2")
    assert settings_of(home, "2")["undecided"] == {"q2_2": "q2"}


# What is written


def test_the_example_study_keeps_every_other_byte(study, evalkit_command, tmp_path):
    """Unchanged: only study.yaml has lines more, right after the last round's."""
    before, text = tree(study), (study / "study.yaml").read_text("utf-8")
    export = study / "rounds" / "2012" / "webbenkat-2012.csv"
    done = evalkit_command("add-round", study, "2024", export, "--label", "våren 2024: på nytt")
    assert (done.status, done.err) == (0, "")
    after = tree(study)
    assert {name for name in before if before[name] != after[name]} == {"study.yaml"}
    assert set(after) - set(before) == {
        "rounds/2024/webbenkat-2012.csv",
        "rounds/2024/comparison.csv",
    }
    head, tail = text.split("# Rules for what may be shown.")
    new = (study / "study.yaml").read_text("utf-8")
    assert new.startswith(head)
    assert new.endswith("# Rules for what may be shown." + tail)
    assert settings_of(study, "2024") == {
        "label": {"sv": "våren 2024: på nytt"},
        "responses": "rounds/2024/webbenkat-2012.csv",
        "sha256": hashlib.sha256(export.read_bytes()).hexdigest(),
    }
    ran = evalkit_command("run", study, "--round", "2024", "--out", tmp_path / "out")
    assert ran.status == 0, ran.err
    assert "26 texts are about no round in particular" in done.out


def test_a_codebook_from_excel_stays_as_it_was_written(home, tmp_path):
    """Semicolons, cp1252 and CRLF; untouched rows byte for byte."""
    text = (home / "codebook.csv").read_text("utf-8").replace(",", ";")
    text = text.replace("likert;hur_ofta_5", "likert;hur_ofta_5").replace("\n", "\r\n")
    old = text.encode("cp1252")
    (home / "codebook.csv").write_bytes(old)
    heading = "2. Hur begripliga är de gemensamma målen för dig?"
    add_round(str(home), NewRound("2", other(tmp_path, headed(2, heading))))
    new = (home / "codebook.csv").read_bytes()
    lines, before = new.splitlines(keepends=True), old.splitlines(keepends=True)
    assert lines[0] == before[0].removesuffix(b"\r\n") + b";rounds\r\n"
    assert lines[2] == before[2].removesuffix(b"\r\n") + b";\r\n"
    assert lines[3] == before[3].removesuffix(b"\r\n") + b";1\r\n"
    assert lines[4].decode("cp1252").startswith("2. Hur begripliga är")
    assert len(lines) == len(before) + 1
    again = other(tmp_path, headed(2, "2. Hur begripliga är målen nu ☃?"), name="snow.csv")
    files = tree(home)
    with pytest.raises(EvalkitError, match='cp1252 and cannot hold "☃"'):
        add_round(str(home), NewRound("3", again))
    assert tree(home) == files


@pytest.mark.parametrize("fail_at", range(4))
def test_whatever_fails_nothing_of_the_study_has_changed(home, tmp_path, monkeypatch, fail_at):
    before, real, times = tree(home), next_round._replace, []

    def failing(made: Path, target: Path) -> None:
        times.append(target)
        if len(times) > fail_at:
            raise OSError(28, "No space left on device")
        real(made, target)

    monkeypatch.setattr(next_round, "_replace", failing)
    new = NewRound("2022", FIXTURES / "2022.csv")
    if fail_at == 3:
        add_round(str(home), new)
        assert len(times) == 3
        return
    with pytest.raises(EvalkitError, match=r"No space left on device.*nothing is changed"):
        add_round(str(home), new)
    assert tree(home) == before
    assert sorted(each.name for each in home.iterdir() if each.name.startswith(".")) == []


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (NewRound("1", FIXTURES / "2021.csv"), "has a round 1 already"),
        (NewRound("../x", FIXTURES / "2021.csv"), "cannot be the name of a round"),
        (NewRound("2", FIXTURES / "borta.csv"), "does not exist"),
        (NewRound("2", FIXTURES / "2021.csv", "qualtrix"), 'Did you mean "qualtrics"'),
    ],
)
def test_what_is_refused_leaves_nothing_behind(home, new, message):
    before = tree(home)
    with pytest.raises(EvalkitError, match=message):
        add_round(str(home), new)
    assert tree(home) == before


def test_a_study_with_errors_is_refused(home, evalkit_command):
    with (home / "rounds/1/2020.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    before = tree(home)
    done = evalkit_command("add-round", home, "2", FIXTURES / "2021.csv")
    assert done.status == 1
    assert "has been changed" in done.err
    assert tree(home) == before


def test_a_study_with_anothers_codebook_says_where_to_run_it(counts_study):
    export = counts_study.parent / "bou-2012" / "rounds" / "2012" / "webbenkat-2012.csv"
    with pytest.raises(EvalkitError, match="evalkit add-round bou-2012 2024"):
        add_round(str(counts_study), NewRound("2024", export))


def test_a_survey_s_structure_is_copied_too(tmp_path):
    layouts = FIXTURES.parent / "layouts"
    for suffix in ("csv", "lss"):
        shutil.copyfile(layouts / f"limesurvey-code.{suffix}", tmp_path / f"svar.{suffix}")
    folder = new_study(str(tmp_path / "lime"), tmp_path / "svar.csv").folder
    added = add_round(str(folder), NewRound("2", tmp_path / "svar.csv"))
    assert (folder / "rounds/2/svar.lss").is_file()
    assert added.plan.undecided == {}


# Texts of the files


@given(st.lists(st.lists(st.text("aå;,\"' \n", max_size=4), min_size=2, max_size=2), max_size=5))
def test_a_table_in_which_nothing_changes_is_the_same_bytes(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("t") / "codebook.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["item", "label"], *cells])
    data = path.read_bytes()
    table = TableText.read(path)
    assert table.changed({}, [], "item") == data
    path.write_bytes(
        table.changed({}, [("", {"item": "q9", "label": 'a "b", c', "new": "x"})], "item")
    )
    *_, (_, last) = read_table(path, "codebook.csv", ("item", "label", "new")).records()
    assert last == {"item": "q9", "label": 'a "b", c', "new": "x"}


YAML = {
    "block": 'name: a\nrounds:\n  "1":\n    responses: a.csv\n',
    "no end of line": 'name: a\nrounds:\n  "1":\n    responses: a.csv',
    "something after": 'rounds:\n  "1":\n    responses: a.csv # note\n    # b\n\n# c\nname: a\n',
    "one line a round": 'rounds:\n  "1": {responses: a.csv}\n  # last\nname: a\n',
    "braces": 'rounds: {"1": {responses: a.csv}}\nname: a\n',
    "braces with a comma": 'rounds: {\n  "1": {responses: a.csv},\n}\nname: a\n',
    "deep": "rounds:\n      1:\n         responses: >\n            a.csv\n\nname: a\n",
    "crlf": 'name: a\r\nrounds:\r\n  "1":\r\n    responses: a.csv\r\nx: 1\r\n',
    "list last": 'rounds:\n  "1":\n    responses: a.csv\n    same_as:\n      a: b\nz:\n- 1\n',
}


@pytest.mark.parametrize("text", YAML.values(), ids=YAML)
def test_a_round_is_put_after_the_last_and_all_else_stays(text):
    lines = ['responses: "b.csv"', "same_as:", "  c: d"]
    new = with_round(text, "2", lines, {"responses": "b.csv", "same_as": {"c": "d"}})
    before, after = yaml.safe_load(text), yaml.safe_load(new)
    assert after["rounds"].pop("2") == {"responses": "b.csv", "same_as": {"c": "d"}}
    assert after == before
    at = max(n for n in range(len(text) + 1) if new.startswith(text[:n]))
    assert new.endswith(text[at:])


def test_words_are_compared_without_numbers_case_and_signs():
    assert likeness("3. Hur nöjd är du?", "Hur NÖJD är du") == 1.0
    assert likeness("Hur nöjd är du?", "Hur trygg är du?") == 0.75  # three of four words
    assert word_diff("Hur nöjd är du", "Hur trygg är du") == "Hur [-nöjd-] {+trygg+} är du"
    assert word_diff("Mål", "Mål och medel") == "Mål {+och medel+}"
