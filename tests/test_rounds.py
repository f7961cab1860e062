"""What study.yaml decides of a round's items: names, answers, counts, comparability, faults."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

import evalkit
from evalkit.study import load_study, open_checked
from evalkit.workbook import narrative_files

CODEBOOK = """name,item,number,part_of,label,label_en,kind,scale,section,mean,positive,rounds
Nr,id,,,,,id,,,,,
A,q1,1,,Nöjd med stödet,,likert,fem,1,yes,high,1; 2
B,q2,2,,Mål,,ordinal,ja,1,no,,1
,q3,3,,Hur väl,,grid,,1,no,,1
C1,q3_1,,q3,Handledning,,likert,fem,,yes,high,1
C2,q3_2,,q3,Utbildning,,likert,fem,,yes,high,1
,q4,4,,Kanaler,,multiple,,1,no,,1
D1,q4_a,,q4,Telefon,,option,vald,,no,,1
D2,q4_b,,q4,E-post,,option,vald,,no,,1
A,q1_3,1,,Nöjd med hjälpen,,likert,fyra,1,yes,high,3
B,q2_2,2,,Mål nu,,ordinal,ja,1,no,,2; 3
,q3_2b,3,,Hur väl nu,,grid,,1,no,,2; 3
C1,q3_1b,,q3_2b,Handledning,,likert,fem,,yes,high,2; 3
C2,q3_2c,,q3_2b,Utbildning,,likert,fem,,yes,high,2; 3
,q4_2,4,,Kanaler nu,,multiple,,1,no,,2; 3
D1,q4_2a,,q4_2,Telefon,,option,vald,,no,,2; 3
D3,q4_2c,,q4_2,Chatt,,option,vald,,no,,2; 3
"""
SCALES = """scale,value,label,label_en,status
fem,5,Mycket nöjd,Very satisfied,valid
fem,4,Nöjd,Satisfied,valid
fem,3,Varken eller,Neither,valid
fem,2,Missnöjd,Dissatisfied,valid
fem,1,Mycket missnöjd,Very dissatisfied,valid
fem,,Vet ej,Don't know,dont_know
fyra,4,Jättenöjd,,valid
fyra,3,Nöjd,,valid
fyra,2,Missnöjd,,valid
fyra,1,Jättemissnöjd,,valid
fyra,9,Vet inte,,dont_know
fyra,8,Vill inte,,refused
ja,1,Ja,,valid
ja,0,Nej,,valid
vald,1,Vald,,valid
"""
FIRST = "Nr;A;B;C1;C2;D1;D2\n1;Mycket nöjd;Ja;Nöjd;Nöjd;Vald;\n2;Vet ej;Nej;Missnöjd;Nöjd;;Vald\n"
SECOND = FIRST.replace("D2", "D3")
THIRD = """Nr;A;B;C1;C2;D1;D3
1;Jättenöjd;Ja;Nöjd;Nöjd;Vald;
2;Jättenöjd;Nej;Nöjd;Missnöjd;;Vald
3;Nöjd;Nej;;;Vald;
4;Jättemissnöjd;Ja;;;;
5;Vet inte;;;;;
6;Vill inte;;;;;
7;;;;;;
"""
STEPS = "{Jättenöjd: 5, Nöjd: Satisfied, 2: Missnöjd, Jättemissnöjd: Mycket missnöjd}"
DECIDED = f"""name: liten
title: Liten
rounds:
  "1": {{responses: ett.csv}}
  "2":
    responses: tva.csv
    same_as:
      q2_2: q2
      q3_2b: q3
    not_comparable:
      q4_2: q4
  "3":
    responses: tre.csv
    recode:
      q1_3: {{item: q1, answers: {STEPS}}}
    same_as: {{q2_2: q2, q3_2b: q3}}
    undecided: {{q4_2: q4}}
"""


@pytest.fixture
def home(tmp_path) -> Path:
    folder = tmp_path / "liten"
    folder.mkdir()
    (folder / "codebook.csv").write_text(CODEBOOK, "utf-8")
    (folder / "scales.csv").write_text(SCALES, "utf-8")
    (folder / "sections.csv").write_text("section,title\n1,Ett\n", "utf-8")
    for file, text in (("ett.csv", FIRST), ("tva.csv", SECOND), ("tre.csv", THIRD)):
        (folder / file).write_text(text, "utf-8")
    (folder / "study.yaml").write_text(DECIDED, "utf-8")
    return folder


def decide(home: Path, old: str, new: str) -> list:
    """The errors of the study with other decisions."""
    text = (home / "study.yaml").read_text("utf-8")
    assert old in text
    (home / "study.yaml").write_text(text.replace(old, new), "utf-8")
    return [each for each in load_study(str(home))[1] if each.severity == "error"]


def n_of(home: Path, item: str, name: str) -> dict:
    counts = evalkit.open_study(home).counts(name)
    own = counts[counts["item"] == item]
    return {
        (None if pd.isna(value) else int(value), status): n
        for value, status, n in zip(own["value"], own["status"], own["n"], strict=True)
    }


def test_an_item_that_is_the_same_has_the_earlier_name_and_its_own_words(home):
    study = open_checked(str(home))
    items = study.codebook_of("3").items
    assert list(items) == ["id", "q1", "q2", "q3", "q3_1", "q3_2", "q4_2", "q4_2a", "q4_2c"]
    assert items["q2"].label.sv == "Mål nu"
    assert items["q3_1"].part_of == "q3"
    assert list(study.delivered_codebook("3").items)[1:3] == ["q1_3", "q2_2"]
    assert list(study.codebook_of("1").items)[:3] == ["id", "q1", "q2"]


def test_a_recoded_item_has_the_earlier_answers_and_its_own_label(home):
    item = open_checked(str(home)).codebook_of("3").item("q1")
    assert (item.label.sv, item.scale, item.kind) == ("Nöjd med hjälpen", "fem", "likert")


def test_answers_are_recoded_one_by_one_and_kinds_of_missing_kept(home):
    """Counted by hand: two Jättenöjd (5), one Nöjd (4), one Jättemissnöjd (1), and the rest."""
    assert n_of(home, "q1", "3") == {
        (5, "valid"): 2,
        (4, "valid"): 1,
        (3, "valid"): 0,
        (2, "valid"): 0,
        (1, "valid"): 1,
        (None, "dont_know"): 1,
        (None, "no_answer"): 1,
        (None, "refused"): 1,
    }


def test_counts_that_came_in_are_recoded_as_responses_are(home):
    book = evalkit.open_study(home)
    study = book.study
    assert study.settings.rounds["3"].responses
    delivered = (home / "study.yaml").read_text("utf-8")
    plain = delivered.split('  "3":')[0] + '  "3":\n    responses: tre.csv\n'
    (home / "study.yaml").write_text(plain, "utf-8")
    as_delivered = evalkit.open_study(home).counts("3")
    frame = as_delivered[["item", "value", "status", "n"]]
    (home / "antal.csv").write_text(frame.to_csv(index=False), "utf-8")
    counted = delivered.replace("responses: tre.csv", "counts: antal.csv")
    (home / "study.yaml").write_text(counted, "utf-8")
    again = evalkit.open_study(home).counts("3")
    wanted = book.counts("3")
    keys = ["item", "value", "status"]
    pairs = [
        Counter({tuple(map(str, row[:3])): row[3] for row in each[[*keys, "n"]].to_numpy()})
        for each in (again, wanted)
    ]
    assert pairs[0] == pairs[1]


def test_earlier_rounds_are_counted_as_if_nothing_had_come_after(home):
    before = evalkit.open_study(home).counts("1").to_csv()
    (home / "study.yaml").write_text(
        'name: liten\ntitle: Liten\nrounds: {"1": {responses: ett.csv}}\n', "utf-8"
    )
    cut = [row for row in csv.reader(io.StringIO(CODEBOOK)) if "1" in row[-1] or row[-1] != "2; 3"]
    old = "\n".join(",".join(row[:-1]) for row in cut if row[-1] != "3") + "\n"
    (home / "codebook.csv").write_text(old, "utf-8")
    assert evalkit.open_study(home).counts("1").to_csv() == before


def test_the_report_says_how_answers_were_recoded(home):
    report = evalkit.open_study(home).report("3", edition="internal")
    text = report.came_in().html
    assert "Frågan ”Nöjd med hjälpen” hade andra svar än i en tidigare mätning." in text
    assert "”Jättenöjd” som ”Mycket nöjd”; ”Nöjd” som ”Nöjd”" in text
    assert "”Vet inte” som ”Vet ej”" in text
    english = evalkit.open_study(home).report("3", "en", "internal").came_in().html
    assert "“Jättenöjd” as “Very satisfied”" in english
    assert "tidigare mätning" not in evalkit.open_study(home).report("1").came_in().html


def test_what_may_be_compared_and_why_not(home):
    study = open_checked(str(home))
    found = study.comparable("1", "3")
    assert {name for name, why in found.items() if not why} == {"q1", "q2", "q3", "q3_1", "q3_2"}
    assert found["q4"] == found["q4_2"] == "undecided"
    assert found["q4_a"] == found["q4_2a"] == "undecided"
    assert study.comparable("1", "2")["q4"] == "not_comparable"
    assert study.comparable("3", "1") == found
    later = study.comparable("2", "3")
    assert {why for name, why in later.items()} == {""}
    assert set(later) == {"q1", "q2", "q3", "q3_1", "q3_2", "q4_2", "q4_2a", "q4_2c"}


def test_an_undecided_item_is_told_by_check_with_its_row(home):
    [warning] = [each for each in evalkit.check(home) if each.severity == "warning"]
    assert warning.place == 'study.yaml, row 17, column "rounds.3.undecided.q4_2"'
    assert "Move the line to same_as, recode or not_comparable." in warning.fix
    assert open_checked(str(home)).comparable("2", "3")["q4_2"] == ""


def test_a_chain_of_decisions_ends_at_the_first_name(home):
    errors = decide(home, "same_as: {q2_2: q2, q3_2b: q3}", "same_as: {q3_2b: q3}")
    assert errors == []
    codebook = (home / "codebook.csv").read_text("utf-8")
    codebook = codebook.replace("Mål nu,,ordinal,ja,1,no,,2; 3", "Mål nu,,ordinal,ja,1,no,,2")
    codebook += "B,q2_3,2,,Mål till sist,,ordinal,ja,1,no,,3\n"
    (home / "codebook.csv").write_text(codebook, "utf-8")
    assert decide(home, "same_as: {q3_2b: q3}", "same_as: {q3_2b: q3, q2_3: q2_2}") == []
    assert "q2" in open_checked(str(home)).codebook_of("3").items
    assert open_checked(str(home)).comparable("1", "3")["q2"] == ""


def test_a_recoded_item_asked_again_is_recoded_again(home):
    """Round 4 asks q1_3 as it was; what q1_3 is counts on."""
    (home / "fyra.csv").write_text(THIRD, "utf-8")
    codebook = (home / "codebook.csv").read_text("utf-8")
    codebook = codebook.replace(
        "yes,high,3\n", "yes,high,3\nA,q1_4,1,,Ny,,likert,fyra,1,yes,high,4\n"
    )
    codebook = codebook.replace("2; 3", "2; 3; 4")
    (home / "codebook.csv").write_text(codebook, "utf-8")
    more = '  "4":\n    responses: fyra.csv\n    same_as: {q1_4: q1_3}\n'
    text = (home / "study.yaml").read_text("utf-8") + more
    (home / "study.yaml").write_text(text, "utf-8")
    assert n_of(home, "q1", "4") == n_of(home, "q1", "3")
    assert open_checked(str(home)).comparable("1", "4")["q1"] == ""


@pytest.mark.parametrize(
    ("old", "new", "column", "message"),
    [
        ("q2_2: q2\n", "q2_2: q22\n", "2.same_as.q2_2", 'no item "q22". Did you mean "q2"'),
        ("q2_2: q2\n", "q2x: q2\n", "2.same_as.q2x", '"q2x" is no item of round 2. Did you mean'),
        ("q2_2: q2\n", "q1_3: q1\n", "2.same_as.q1_3", '"q1_3" is not asked in round 2.'),
        ("q2_2: q2\n", "q1: q1\n", "2.same_as.q1", "q1 is compared with itself."),
        ("q2_2: q2\n", "q2_2: q1_3\n", "2.same_as.q2_2", "q1_3 was not asked before round 2."),
        ("q2_2: q2\n", "q2_2: q1\n", "2.same_as.q2_2", "q1 is itself asked in round 2."),
        ("q2_2: q2\n", "q2_2: q3\n", "2.same_as.q2_2", "q2_2 is ordinal and q3 is grid."),
        ("      q4_2: q4\n", "      q2_2: q2\n", "2.same_as.q2_2", "stands in two decisions"),
        ("q3_2b: q3\n", "q3_2b: q3\n      q3_1b: q3\n", "2.same_as.q3_2b", "named for two items"),
        (STEPS, "{Jättenöjd: 5}", "3.recode.q1_3", 'named for "Nöjd", "Missnöjd", "Jättemiss'),
        ("5, Nöjd", "7, Nöjd", "3.recode.q1_3", 'The scale "fem" has no answer "7".'),
        ("Jättenöjd: 5", "Jätte: 5", "3.recode.q1_3", 'The scale "fyra" has no answer "Jätte".'),
        ("5, Nöjd", "5, 3: 4, Nöjd", "3.recode.q1_3", 'The answer "Nöjd" is named twice.'),
    ],
)
def test_faults_are_told_with_their_place(home, old, new, column, message):
    errors = decide(home, old, new)
    found = [each for each in errors if each.column == f"rounds.{column}"]
    assert found, errors
    assert all(each.file == "study.yaml" and each.row for each in found)
    assert any(message in f"{each.message} {each.fix}" for each in found), found


def test_answers_that_are_others_may_not_be_the_same(home):
    recode = f"    recode:\n      q1_3: {{item: q1, answers: {STEPS}}}\n"
    decide(home, recode, "")
    [error] = decide(home, "{q2_2: q2, q3_2b: q3}", "{q1_3: q1, q2_2: q2, q3_2b: q3}")
    assert "q1_3 has the codes 1, 2, 3, 4, q1 1, 2, 3, 4, 5." in error.message
    assert "Write recode" in error.fix


def test_a_scale_that_runs_the_other_way_is_not_the_same(home):
    scales = (home / "scales.csv").read_text("utf-8")
    turned = scales + "aj,0,Ja,,valid\naj,1,Nej,,valid\n"
    (home / "scales.csv").write_text(turned, "utf-8")
    codebook = (home / "codebook.csv").read_text("utf-8")
    (home / "codebook.csv").write_text(codebook.replace("Mål nu,,ordinal,ja", "Mål nu,,ordinal,aj"))
    errors = [each for each in load_study(str(home))[1] if each.severity == "error"]
    assert {each.column for each in errors} == {"rounds.2.same_as.q2_2", "rounds.3.same_as.q2_2"}
    assert all('"Ja" is 0 in q2_2 and 1 in q2.' in each.message for each in errors)
    recoded = (home / "study.yaml").read_text("utf-8").replace("      q2_2: q2\n", "")
    recoded = recoded.replace("q2_2: q2, ", "").replace(
        "    not_comparable",
        "    recode: {q2_2: {item: q2, answers: {Ja: Ja, Nej: Nej}}}\n    not_comparable",
    )
    recoded = recoded.replace(
        "recode:\n", "recode:\n      q2_2: {item: q2, answers: {0: Ja, 1: 0}}\n"
    )
    (home / "study.yaml").write_text(recoded, "utf-8")
    assert n_of(home, "q2", "2") == n_of(home, "q2", "1")
    assert n_of(home, "q2", "3")[(1, "valid")] == 2


def test_parts_that_labels_do_not_tell_have_to_be_named(home):
    [error] = decide(home, "    not_comparable:\n      q4_2: q4\n", "      q4_2: q4\n")
    assert "q4_2c cannot be told by label among the parts of q4: q4_b are left." in error.message
    assert decide(home, "      q4_2: q4\n", "      q4_2: q4\n      q4_2c: q4_b\n") == []
    shown = open_checked(str(home)).codebook_of("2")
    assert [each.name for each in shown.parts(shown.item("q4"))] == ["q4_a", "q4_b"]
    assert shown.item("q4_b").label.sv == "Chatt"
    new = "    not_comparable: {q4_2c: q4_b}\n"
    assert decide(home, "      q4_2c: q4_b\n", new) == []
    found = open_checked(str(home)).comparable("1", "2")
    assert (found["q4"], found["q4_a"]) == ("", "")
    assert found["q4_2c"] == found["q4_b"] == "not_comparable"


def test_an_option_goes_where_its_set_goes(home):
    [error] = decide(home, "q3_2b: q3\n", "q3_2b: q3\n      q4_2a: q4_a\n")
    assert "q4_2a is an option of q4_2, q4_a one of q4." in error.message
    assert error.fix == "Name q4_2 in same_as too."


def test_rounds_of_the_codebook_that_study_yaml_does_not_have(home):
    codebook = (home / "codebook.csv").read_text("utf-8")
    (home / "codebook.csv").write_text(
        codebook.replace("yes,high,3\n", "yes,high,3; 33\n"), "utf-8"
    )
    [error] = [each for each in load_study(str(home))[1] if each.severity == "error"]
    assert str(error).startswith(
        'codebook.csv, row 11, column "rounds": study.yaml has no round "33".'
    )


def test_a_part_needs_the_rounds_of_its_grid(home):
    codebook = (home / "codebook.csv").read_text("utf-8")
    row = "q3_2c,,q3_2b,Utbildning,,likert,fem,,yes,high,"
    assert f"C2,{row}2; 3" in codebook
    wrong = codebook.replace(f"C2,{row}2; 3", f"C9,{row}1; 2; 3")
    (home / "codebook.csv").write_text(wrong, "utf-8")
    [error] = [each for each in load_study(str(home))[1] if each.severity == "error"]
    assert error.message == "q3_2c is asked in round 1, but q3_2b is not."
    assert error.place == 'codebook.csv, row 15, column "rounds"'


def test_units_may_be_others_each_round(home):
    """The unit item takes new units; a code that would be two units is refused."""
    scales = SCALES + "k1,1,Norr,,valid\nk1,2,Syd,,valid\nk2,2,Syd,,valid\nk2,3,Öst,,valid\n"
    (home / "scales.csv").write_text(scales, "utf-8")
    codebook = (
        CODEBOOK + "K,unit,5,,Enhet,,nominal,k1,1,no,,1\nK,unit_2,5,,Enhet,,nominal,k2,1,no,,2; 3\n"
    )
    (home / "codebook.csv").write_text(codebook, "utf-8")
    for file, text in (("ett.csv", FIRST), ("tva.csv", SECOND), ("tre.csv", THIRD)):
        head, *rows = text.splitlines()
        more = "\n".join([f"{head};K", *(f"{row};Syd" for row in rows)]) + "\n"
        (home / file).write_text(more, "utf-8")
    text = DECIDED.replace("q2_2: q2", "unit_2: unit\n      q2_2: q2", 1)
    text = text.replace("{q2_2: q2", "{unit_2: unit, q2_2: q2")
    (home / "study.yaml").write_text(text, "utf-8")
    errors = [each for each in load_study(str(home))[1] if each.severity == "error"]
    assert all("unit_2 has the codes" in each.message for each in errors)
    assert errors
    (home / "study.yaml").write_text(text.replace("title:", "unit: unit\ntitle:"), "utf-8")
    study = open_checked(str(home))
    assert study.comparable("1", "2")["unit"] == "answers"
    (home / "scales.csv").write_text(scales.replace("k2,3,", "k2,1,"), "utf-8")
    errors = [each for each in load_study(str(home))[1] if each.severity == "error"]
    assert all("The code 1 is another unit in unit." in each.message for each in errors)
    assert errors


# Texts


def text(home: Path, file: str, content: str) -> None:
    path = home / "narrative" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")


def shown(home: Path, name: str, language: str = "sv") -> str:
    return evalkit.open_study(home).report(name, language, "internal").summary().html


def test_a_text_about_the_round_comes_before_one_about_all(home):
    text(home, "sv/summary.md", "Om alla.")
    text(home, "en/summary.md", "About all.")
    text(home, "sv/2/summary.md", "Om två.")
    assert "Om alla." in shown(home, "1")
    assert "About all." in shown(home, "1", "en")
    assert "Om två." in shown(home, "2")
    assert '<div lang="sv"><p>Om två.' in shown(home, "2", "en")
    text(home, "sv/2/summary.md", "")
    assert shown(home, "2") == ""
    study = open_checked(str(home))
    files = [[name for name, _ in narrative_files(study, "sv", each)] for each in ("1", "2")]
    assert files == [["narrative/sv/summary.md"], ["narrative/sv/2/summary.md"]]


def test_what_a_round_did_not_ask_is_said_in_words_and_warned_of(home):
    text(home, "sv/summary.md", '{{ n("q4", "q4_a") }}, {{ share("q1", "5") }}, {{ mean("q1_3") }}')
    assert shown(home, "1").count("[frågades inte då]") == 1  # q1_3 alone
    assert shown(home, "3").count("[frågades inte då]") == 2
    text(home, "en/summary.md", '{{ item_label("q4") }}')
    assert "[not asked then]" in shown(home, "3", "en")
    (home / "narrative/en/summary.md").unlink()
    warned = [str(each) for each in evalkit.check(home) if each.file.startswith("narrative")]
    assert len(warned) == 5
    assert any('In round 2: There is no item "q4"' in each for each in warned)
    assert all(each.severity == "warning" for each in evalkit.check(home))
    text(home, "sv/3/summary.md", '{{ n("q4_2", "q4_2c") }}')
    warned = [str(each) for each in evalkit.check(home) if each.file.startswith("narrative")]
    assert not any("In round 3" in each for each in warned)


def test_a_text_about_a_round_is_checked_by_what_it_asked(home):
    text(home, "sv/1/summary.md", '{{ n("q4_2", "q4_2c") }}')
    text(home, "sv/3/q1_3.md", "Om en fråga som hette så.")
    text(home, "sv/2027/summary.md", "Om en som inte finns.")
    found = [each for each in evalkit.check(home) if each.file.startswith("narrative")]
    assert [(each.file, each.severity) for each in found] == [
        ("narrative/sv/1/summary.md", "error"),
        ("narrative/sv/2027/summary.md", "warning"),
        ("narrative/sv/3/q1_3.md", "warning"),
    ]
    assert 'There is no item "q4_2"' in found[0].message
    assert 'There is no round "2027".' in found[1].message
    assert "belongs to no place" in found[2].message
