"""A new study from an export: what is guessed, what is written, and what a draft may not do."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import evalkit
from evalkit.codebook import ABOUT, STATUSES, read_codebook
from evalkit.draft import new_study, summary
from evalkit.draft.cells import (
    are_dates,
    are_numbers,
    in_number_order,
    joined_options,
    labelled_numbers,
    ticks,
)
from evalkit.draft.facts import IN_CODEBOOK, Facts, Habits
from evalkit.draft.guess import guess
from evalkit.draft.library import forms, key, matches, missing_words
from evalkit.draft.stems import groups
from evalkit.draft.survey import survey
from evalkit.draft.tables import tables
from evalkit.errors import EvalkitError
from evalkit.intake.export import Column, ColumnSet, Export
from evalkit.intake.read import read

FIXTURES = Path(__file__).parent / "fixtures" / "drafts"
LABELLED = sorted(path.name.removesuffix(".labels.csv") for path in FIXTURES.glob("*.labels.csv"))
REACHED = 150 / 153
REACHED_BOU = 20 / 24


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def guessed(*cells: str | None, heading: str = "F1", **others):
    return guess(Facts.of(Column(heading, cells, **others)), Habits())


def labels_of(found):
    return [(a.value, a.label.sv, a.status) for a in found.answers]


# How many guesses are right


def right_guesses(name: str) -> list[bool]:
    """For each column, whether kind, scale and polarity are those that a person wrote down."""
    path = FIXTURES / f"{name}.csv"
    found = survey(read(path, path.name))
    right = []
    for row, each in zip(rows_of(FIXTURES / f"{name}.labels.csv"), found.guesses, strict=True):
        scale = each.scale if row["scale"] else ""
        wanted = (row["kind"], row["scale"], row["polarity"])
        right.append((each.sort, scale, each.positive) == wanted)
    return right


def test_the_share_of_right_guesses_is_what_is_stated(root, capsys):
    right = {name: right_guesses(name) for name in LABELLED}
    n = sum(map(len, right.values()))
    share = sum(map(sum, right.values())) / n
    with capsys.disabled():
        told = ", ".join(f"{name} {sum(each)}/{len(each)}" for name, each in right.items())
        print(f"\nright guesses: {share:.1%} of {n} columns ({told})")
    assert len(right) >= 4
    assert share >= REACHED
    text = (root / "docs" / "study-folder.md").read_text("utf-8")
    assert f"{round(share * n)} of {n} columns" in text


def test_the_share_of_right_guesses_in_the_example_study(root, capsys):
    folder = root / "data" / "raw" / "bou-2012"
    codebook, _ = read_codebook(folder)
    items = {item.column: item for item in codebook.items.values() if item.column}
    path = folder / "rounds" / "2012" / "webbenkat-2012.csv"
    found = survey(read(path, path.name))
    right = 0
    for column, each in zip(found.export.columns, found.guesses, strict=True):
        item = items[column.heading]
        answers = () if item.kind in ABOUT else codebook.scale(item).valid
        labels = [answer.label.sv for answer in answers]
        own = [answer.label.sv for answer in each.answers if answer.status == "valid"]
        right += (each.sort, own, each.positive) == (item.kind, labels, item.positive)
    with capsys.disabled():
        print(f"\nright guesses: {right} of {len(found.guesses)} columns of bou-2012")
    assert right / len(found.guesses) >= REACHED_BOU
    text = (root / "docs" / "study-folder.md").read_text("utf-8")
    assert f"{right} of {len(found.guesses)}" in text


# The folder


@pytest.fixture
def drafted(tmp_path):
    """A draft of the first labelled export."""
    return new_study(str(tmp_path / "ny"), FIXTURES / "labels.csv").folder


@pytest.mark.parametrize("name", LABELLED)
def test_a_draft_passes_the_check_and_runs_to_an_internal_report(name, tmp_path, evalkit_command):
    source = FIXTURES / f"{name}.csv"
    done = evalkit_command("new", tmp_path / name, source)
    assert (done.status, done.err) == (0, "")
    checked = evalkit_command("check", tmp_path / name)
    assert checked.status == 0, checked.out
    assert "0 errors" in checked.out
    out = tmp_path / "reports"
    ran = evalkit_command("run", tmp_path / name, "--edition", "internal", "--out", out)
    assert ran.status == 0, ran.err
    pages = sorted((out / name).glob("*.html"))
    assert len(pages) == 3
    assert all(
        "Utkast: " in each.read_text("utf-8") or "Draft: " in each.read_text("utf-8")
        for each in pages
    )


def test_every_column_has_its_row_and_only_counted_ones_are_in_the_codebook(drafted):
    export = read(FIXTURES / "labels.csv", "labels.csv")
    told = rows_of(drafted / "draft.csv")
    assert [row["column"] for row in told] == [each.heading for each in export.columns]
    assert {row["sure"] for row in told} <= {"high", "medium", "low"}
    assert all(row["why"] for row in told)
    named = {row["name"] for row in rows_of(drafted / "codebook.csv") if row["name"]}
    counted = {row["column"] for row in told if row["guess"] in IN_CODEBOOK}
    assert named == counted
    assert {row["column"] for row in told if row["item"]} == counted


def test_the_export_is_copied_unchanged_with_its_hash(drafted):
    copy = drafted / "rounds" / "1" / "labels.csv"
    data = (FIXTURES / "labels.csv").read_bytes()
    assert copy.read_bytes() == data
    study = evalkit.open_study(drafted).study
    assert study.settings.rounds["1"].sha256 == hashlib.sha256(data).hexdigest()
    assert study.settings.draft
    assert study.settings.title.sv == "Labels"


def test_a_changed_export_is_an_error(drafted, evalkit_command, tmp_path):
    copy = drafted / "rounds" / "1" / "labels.csv"
    copy.write_bytes(copy.read_bytes().replace(b"Norr", b"Sorr", 1))
    (found,) = [each for each in evalkit.check(drafted) if "changed" in each.message]
    assert (found.severity, found.column) == ("error", "rounds.1.sha256")
    done = evalkit_command("run", drafted, "--edition", "internal", "--out", tmp_path / "o")
    assert done.status == 1
    assert "has been changed" in done.err
    assert not (tmp_path / "o").exists()


def test_a_hash_in_capitals_is_the_same_and_another_text_is_none(drafted):
    path = drafted / "study.yaml"
    text = path.read_text("utf-8")
    sha = evalkit.open_study(drafted).study.settings.rounds["1"].sha256
    path.write_text(text.replace(sha, sha.upper()), "utf-8")
    assert [each for each in evalkit.check(drafted) if each.severity == "error"] == []
    path.write_text(text.replace(sha, "abc"), "utf-8")
    assert [each.column for each in evalkit.check(drafted)] == ["rounds.1.sha256"]


def test_a_draft_is_not_published_until_it_is_confirmed(drafted, evalkit_command, tmp_path):
    done = evalkit_command("run", drafted, "--out", tmp_path / "o")
    assert done.status == 1
    assert 'remove "draft: true"' in done.err
    assert not (tmp_path / "o").exists()
    with pytest.raises(EvalkitError, match="is a draft"):
        evalkit.open_study(drafted).report()
    path = drafted / "study.yaml"
    path.write_text(path.read_text("utf-8").replace("draft: true\n", ""), "utf-8")
    report = evalkit.open_study(drafted).report()
    assert "Utkast" not in "".join(report.cover.banners)


def test_what_is_said_names_the_guesses_and_the_next_command(tmp_path, evalkit_command):
    done = evalkit_command("new", tmp_path / "ny", FIXTURES / "labels.csv")
    assert f"evalkit run {tmp_path / 'ny'} --edition internal" in done.out
    assert "22 columns and 48 respondents" in done.out
    assert "e-mail addresses in 8 cells (row 2, 8, 14, 20, 26, 32, 38, 44)" in done.out
    assert "To decide" in done.out


def test_nothing_personal_is_printed_or_drafted(tmp_path, evalkit_command):
    rows = ["Fråga;Kontakt;Namn;Fritt"]
    rows += [
        f"{'Ja' if n % 2 else 'Nej'};p{n}@exempel.se;Bo Ek{n};ring 070-174 06 3{n}"
        for n in range(9)
    ]
    source = tmp_path / "svar.csv"
    source.write_text("\n".join(rows), "utf-8")
    done = evalkit_command("new", tmp_path / "ny", source)
    texts = [done.out, *(each.read_text("utf-8") for each in (tmp_path / "ny").glob("*.*"))]
    for text in texts:
        assert "exempel.se" not in text
        assert "Bo Ek" not in text
        assert "174" not in text
    assert [row["name"] for row in rows_of(tmp_path / "ny" / "codebook.csv")] == ["Fråga"]


def test_a_folder_that_is_there_is_left_alone(drafted, evalkit_command):
    before = {each: each.stat().st_mtime_ns for each in drafted.rglob("*")}
    done = evalkit_command("new", drafted, FIXTURES / "labels.csv")
    assert done.status == 1
    assert "exists already" in done.err
    assert {each: each.stat().st_mtime_ns for each in drafted.rglob("*")} == before


@pytest.mark.parametrize(
    ("study", "content", "said"),
    [
        ("ny", None, "does not exist"),
        ("ny", b"", "empty"),
        ("ny", b'a;b\n1;"2\n', "cannot be read"),
        ("ny", b"a;b\n", "no respondent"),
        ("ny", b"a;b\n1;2\n1;2;3\n", "cells"),
        ("inte bra!", b"a\n1\n", "cannot be the name"),
        ("saknas/ny", b"a\n1\n", "does not exist"),
    ],
)
def test_a_refused_export_leaves_nothing_behind(study, content, said, tmp_path, evalkit_command):
    home = tmp_path / "hem"
    home.mkdir()
    source = tmp_path / "svar.csv"
    if content is not None:
        source.write_bytes(content)
    done = evalkit_command("new", home / study, source)
    assert done.status == 1
    assert said in done.err
    assert done.out == ""
    assert list(home.iterdir()) == []


def test_a_name_without_a_slash_is_a_folder_under_data_raw(tmp_path, evalkit_command):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    done = evalkit_command("new", "ny-2026", FIXTURES / "numbers.csv", cwd=tmp_path)
    assert done.status == 0, done.err
    assert (tmp_path / "data" / "raw" / "ny-2026" / "study.yaml").is_file()
    assert "evalkit run ny-2026 --edition internal" in done.out
    assert [each.name for each in (tmp_path / "data" / "raw").iterdir()] == ["ny-2026"]


def test_the_format_that_was_named_is_written_down(tmp_path):
    export = FIXTURES / "labels.csv"
    made = new_study(str(tmp_path / "ny"), export, form="plain", encoding="cp1252")
    settings = evalkit.open_study(made.folder).study.settings.rounds["1"]
    assert (settings.format, settings.encoding) == ("plain", "cp1252")


# The library


def test_every_scale_of_the_library_is_ordered_and_has_words_of_its_own():
    assert {form.language for form in forms()} == {"sv", "en"}
    for form in forms():
        values = [step.value for step in form.steps]
        assert values == list(range(len(values), 0, -1)), form.name
        firsts = [key(step.labels[0]) for step in form.steps]
        assert len(set(firsts)) == len(firsts), form.name
        both = {key(each) for step in form.steps for each in step.labels} & set(missing_words())
        assert both <= {"inte relevant"}, form.name
        neutral = [at for at, step in enumerate(form.steps) if step.neutral]
        assert neutral in ([], [len(values) // 2]), form.name
    assert {status for status, _ in missing_words().values()} < set(STATUSES)


@pytest.mark.parametrize(
    ("cells", "scale", "positive"),
    [
        ("Mycket bra|Ganska bra|Ganska dåligt|Mycket dåligt", "bra_4", "high"),
        ("Mycket nöjd|Nöjd|Varken nöjd eller missnöjd|Missnöjd|Mycket missnöjd", "nojd_5", "high"),
        ("Mycket tydliga|Ganska tydliga|Ganska otydliga|Mycket otydliga", "tydlig_4", "high"),
        ("Instämmer helt|Instämmer delvis|Instämmer knappast|Instämmer inte alls",
         "instammer_4", "high"),
        ("Alltid|Ofta|Ibland|Sällan|Aldrig", "alltid_aldrig_5", ""),
        ("I hög grad|I ganska hög grad|I ganska låg grad|I låg grad", "hog_grad_4", "high"),
        ("Very favorable|Somewhat favorable|Neutral|Somewhat unfavorable|Very unfavorable",
         "favorable_5", "high"),
        ("Very safe|Fairly safe|Neither safe nor unsafe (neutral)|Fairly unsafe|Very unsafe",
         "useful_5", "high"),
        ("Every day|A few times per week|A few times a month|Once a month or less|Less often|Never",
         "how_often_6", ""),
        ("Universitet/högskola|Gymnasium|Grundskola", "utbildning_3", ""),
        ("Ja|I viss mån|Nej", "ja_i_viss_man_nej", "high"),
        ("Ja|Nej", "ja_nej", ""),
        ("För stort|Lagom|För litet", "for_mycket_3", "middle"),
        ("Strongly agree|Agree|Slightly agree|Slightly disagree|Disagree|Strongly disagree",
         "agree_6", "high"),
        ("Very good|Fairly good|Slightly good|Neutral|Slightly bad|Fairly bad|Very bad",
         "good_7", "high"),
        ("Helt relevant|Delvis relevant|Inte relevant", "relevant_3", "high"),
        ("Very likely|Fairly likely|Fairly unlikely|Very unlikely", "likely_4", ""),
        ("Mycket rimligt|Ganska rimligt|Inte särskilt rimligt|Inte alls rimligt",
         "relevant_4", "high"),
    ],
)  # fmt: skip
def test_a_scale_is_known_by_its_answers(cells, scale, positive):
    found = guessed(*3 * cells.split("|"))
    assert (found.scale, found.positive) == (scale, positive)
    assert [answer.label.sv for answer in found.answers] == cells.split("|")
    assert found.sure == "high"


def test_an_answer_that_nobody_gave_is_added_in_the_same_words():
    found = guessed("Mycket tydliga", "Ganska tydliga", "Mycket otydliga", "Vet ej", "")
    assert labels_of(found) == [
        (4, "Mycket tydliga", "valid"),
        (3, "Ganska tydliga", "valid"),
        (2, "Ganska otydliga", "valid"),
        (1, "Mycket otydliga", "valid"),
        (None, "Vet ej", "dont_know"),
    ]


def test_two_ways_of_the_same_no_opinion_are_kept_apart():
    found = guessed("Ja", "Nej", "Vet ej", "Kan inte bedöma", "Ej aktuellt", "Vill ej svara")
    assert labels_of(found)[2:] == [
        (None, "Vet ej", "dont_know"),
        (91, "Kan inte bedöma", "dont_know"),
        (None, "Ej aktuellt", "not_applicable"),
        (None, "Vill ej svara", "refused"),
    ]


def test_words_that_no_pair_has_make_a_scale_without_a_good_end():
    cells = ("Mycket gedigen", "Ganska gedigen", "Mindre gedigen", "Inte alls gedigen")
    found = guessed(*cells, *cells)
    assert (found.sort, found.scale, found.positive) == ("likert", "gedigen_4", "")
    found = guessed("Mycket sund", "Ganska sund", "Ganska osund", "Mycket osund")
    assert (found.positive, found.sure) == ("high", "medium")
    assert "good one" in found.decide or found.positive


def test_an_answer_outside_the_scale_is_kept_out_of_the_mean_until_it_is_decided():
    found = guessed("Mycket bra", "Ganska bra", "Ganska dåligt", "Mycket dåligt", "Inte varit där")
    assert found.sure == "low"
    assert labels_of(found)[-1] == (91, "Inte varit där", "not_applicable")
    assert '"Inte varit där"' in found.decide


def test_an_ambiguous_column_follows_the_other_columns():
    five = "Mycket bra|Ganska bra|Varken bra eller dåligt|Ganska dåligt|Mycket dåligt".split("|")
    unclear = Facts.of(Column("b", ("Mycket bra", "Ganska bra", "Ganska dåligt")))
    assert guess(unclear, Habits()).scale == "bra_4"
    habits = Habits.of([Facts.of(Column("a", tuple(five)))])
    assert guess(unclear, habits).scale == "bra_5"


def test_no_answers_match_nothing():
    assert matches([]) == ()


# Columns


def test_numbers_are_a_scale_when_they_can_be_one():
    assert guessed("1", "2", "4", "5", "3").scale == "numeric_1_5"
    assert guessed("0", "10", "7").scale == "numeric_0_10"
    assert guessed("1", "7", "3", "4").scale == "numeric_1_7"
    assert guessed("1", "5", "3", "99").decide.startswith('Write what "99"')
    assert guessed("1", "140", "33").sort == "numeric"
    assert guessed("2,5", "3", "1 200").sort == "numeric"
    assert guessed("1", "3", "2", heading="Antal barn").sort == "numeric"


def test_numbers_with_words_at_their_ends_have_a_good_end():
    found = guessed("1 - Mycket dåligt", "2", "3", "5 - Mycket bra", "3")
    assert (found.sort, found.scale, found.positive) == ("ordinal", "numeric_1_5", "high")
    assert labels_of(found)[1] == (4, "4", "valid")
    assert guessed("1 Mycket bra", "2", "4", "5 Mycket dåligt").positive == "low"


def test_labels_of_the_file_are_answers_with_the_files_codes():
    labels = {"1": "Mycket bra", "2": "Ganska bra", "3": "Ganska dåligt", "4": "Mycket dåligt",
              "9": "Vet ej"}  # fmt: skip
    found = guessed("1", "2", "9", labels=labels)
    assert (found.sort, found.scale, found.positive) == ("likert", "bra_4", "low")
    assert labels_of(found) == [
        (9, "Vet ej", "dont_know"),
        (4, "Mycket dåligt", "valid"),
        (3, "Ganska dåligt", "valid"),
        (2, "Ganska bra", "valid"),
        (1, "Mycket bra", "valid"),
    ]


@pytest.mark.parametrize(
    ("cells", "heading", "sort"),
    [
        (("", "", None), "F", "empty"),
        (("2026-01-01", "2026-02-03 10:11"), "F", "date"),
        (tuple(f"R_{n:010}" for n in range(20)), "F", "id"),
        (("3", "1", "2"), "Svarsnummer", "id"),
        (("a", "a"), "F", "constant"),
        (("Inte alls", "", ""), "F", "constant"),
        (("a " * 60, "b " * 60, "c") * 10, "F", "nominal"),
        (("18-21", "22-25", "26-30", "I would prefer not to say") * 3, "Age", "ordinal"),
        (("Norr", "Söder", "Norr", "Söder"), "F", "nominal"),
        (("En egen tanke om detta.", "En annan tanke om detta."), "F", "open"),
        (("60", "61"), "Duration (in seconds)", "duration"),
        (("2026-01-01 10:00", "2026-02-03 10:11"), "Start time", "started"),
        (("2026/06/10 8:46:17 AM EST", "2026/06/11 9:00:00 PM EDT"), "Timestamp", "completed"),
        (("2026/03/22 8:53:03 fm CET", "2026/03/29 8:53:03 em CEST"), "Tidstämpel", "completed"),
        (("2026/03/22 8:53:03 PM GMT+2",), "Timestamp", "completed"),
        (("1.2", "1.3"), "intro_t_Page Submit", "technical"),
        (("2026-01-01 10:00", "2026-02-03 10:11"), "submitdate. Inskickat", "completed"),
        (("A;B;C", "C;B;A", "B;A;C"), "F", "ranking"),
        (("E-post;Telefon", "Telefon", "E-post", "Telefon;E-post"), "F", "multiple"),
        (("a\x00b", "a\x00b"), "F", "unclear"),
    ],
)
def test_the_kind_of_a_column(cells, heading, sort):
    assert guessed(*cells, heading=heading).sort == sort


def test_an_option_that_holds_the_separator_is_one_option():
    cells = Counter({"Möten, kurser": 3, "Möten, kurser, Brev": 2, "Brev": 4, "Brev, Webb": 2,
                     "Möten, kurser, Webb": 1})  # fmt: skip
    assert joined_options(cells) == ("Brev", "Möten, kurser", "Webb")
    assert joined_options(Counter({"Ja, absolut": 5, "Nej, inte alls": 4})) == ()


def test_a_few_answers_in_own_words_leave_a_set_a_set():
    ticked = ["Brev;Möten", "Brev;Webb", "Möten;Webb", "Brev;Möten;Webb"] * 5
    own = ["Brev;Duva", "Möten;Rökpuff", "Webb;Budkavle"]
    assert len(joined_options(Counter([*ticked, *own]))) == 6
    assert joined_options(Counter(["Bra; men dyrt", "Bra; och lagom", "Dåligt; tyvärr"])) == ()


def test_a_space_before_the_separator_within_an_option_leaves_nothing_over():
    cells = ["Butik (t.ex. A , B), Brev", "Butik (t.ex. A , B), Webb", "Brev, Webb"] * 4
    found = guessed(*cells)
    assert (found.sort, len(found.options)) == ("multiple", 3)


def test_what_cells_look_like():
    assert ticks({"Y": 1}) == {"Y": 1}
    assert ticks({"Vald": 1, "Ej vald": 1}) == {"Vald": 1, "Ej vald": 0}
    assert ticks({"Barn": 1}, "Barn") == {"Barn": 1}
    assert ticks({"Barn": 1}) is None
    assert are_numbers(["1\u00a0200", "3,5", "45 %"])
    assert not are_numbers([])
    assert not are_dates(["1,5"])
    assert in_number_order(["Mer än 10 år", "1–3 år", "Mindre än 1 år", "4–10 år"]) == [
        "Mindre än 1 år", "1–3 år", "4–10 år", "Mer än 10 år"
    ]  # fmt: skip
    assert in_number_order(["a", "b 2", "c 3"]) is None
    assert labelled_numbers(["1", "2"]) is None


def export_of(*columns: Column, **others) -> Export:
    rows = tuple(range(2, 2 + len(columns[0].cells)))
    return Export("svar.csv", "plain", columns, rows, **others)


def test_columns_with_a_common_stem_are_found():
    headings = ["6. Mål - A", "6. Mål - B", "7. Annat", "Q1_1", "Q1_2", "Q2[a]", "Q2[b]", "x - y"]
    found = groups([Column(each, ("",)) for each in headings])
    assert [(each.stem, each.parts) for each in found] == [
        ("6. Mål", ("A", "B")), ("Q1", ("1", "2")), ("Q2", ("a", "b"))
    ]  # fmt: skip


def test_a_tick_that_is_the_end_of_its_own_heading_belongs_to_the_others_of_its_question():
    columns = [
        Column("3. Python.", ("Python.", "", "Python.")),
        Column("3. R (t.ex. RStudio).", ("", "R (t.ex. RStudio).", "")),
        Column("3. Inget.", ("", "", "")),
        Column("4. Ort.", ("Norr", "Norr", "Söder")),
    ]
    found = survey(export_of(*columns))
    assert [(each.kind, each.members) for each in found.heads] == [("multiple", (0, 1, 2))]


def test_two_columns_of_one_name_do_not_break_the_set_beside_them():
    names = ("Möten", "Brev", "Annat", "Annat")
    cells = (("Möten", "", "Möten"), ("", "Brev", ""), ("", "Annat", ""), ("", "Webb", ""))
    columns = [Column(f"Hur? - {n}", c) for n, c in zip(names, cells, strict=True)]
    found = survey(export_of(*columns))
    assert [(each.kind, each.parts) for each in found.heads] == [("multiple", ("Möten", "Brev"))]
    assert [each.sort for each in found.guesses[2:]] == ["unclear", "unclear"]


def test_ranks_in_columns_of_their_own_are_a_ranking():
    rows = [("1", "2", "3"), ("3", "1", "2"), ("2", "1", "3"), ("1", "3", "2"), ("3", "2", "1")]
    columns = [Column(f"Q1_{n}", tuple(each)) for n, each in enumerate(zip(*rows, strict=True))]
    found = survey(export_of(*columns))
    assert {each.sort for each in found.guesses} == {"ranking"}
    assert [(row["name"], row["kind"]) for row in codebook_of(found)] == [
        ("", "ranking"), ("Q1_0", "ranked"), ("Q1_1", "ranked"), ("Q1_2", "ranked")
    ]  # fmt: skip


def codebook_of(found):
    return list(csv.DictReader(io.StringIO(tables(found)["codebook.csv"])))


def test_options_in_a_column_for_each_rank_are_a_ranking_with_one_heading():
    rows = [("a", "b", "c"), ("c", "a", "b"), ("b", "a", "c"), ("a", "c", "b")]
    columns = [
        Column(f"Viktigast [{n}]", tuple(each))
        for n, each in enumerate(zip(*rows, strict=True), start=1)
    ]
    written = codebook_of(survey(export_of(*columns)))
    assert [(row["name"], row["kind"], row["label"]) for row in written] == [
        ("Viktigast [*]", "ranking", "Viktigast"),
        ("", "ranked", "a"), ("", "ranked", "c"), ("", "ranked", "b"),
    ]  # fmt: skip


def test_options_joined_in_order_are_a_ranking_of_one_column():
    written = codebook_of(survey(export_of(Column("F", ("B;A;C", "C;B;A", "A;B;C")))))
    assert [(row["name"], row["kind"], row["label"]) for row in written] == [
        ("F", "ranking", "F"), ("", "ranked", "A"), ("", "ranked", "B"), ("", "ranked", "C"),
    ]  # fmt: skip


def test_numbers_and_own_words_are_questions_and_times_are_not():
    found = survey(
        export_of(
            Column("Start time", ("2026-01-01 10:00", "2026-01-02 10:00")),
            Column("Antal barn", ("2", "Vet ej")),
            Column("Berätta", ("Det var mycket bra hos er.", "Det var ganska bra hos er.")),
        )
    )
    assert [(row["kind"], row["number"]) for row in codebook_of(found)] == [
        ("started", ""), ("numeric", "1"), ("open", "2")
    ]  # fmt: skip
    scales = list(csv.DictReader(io.StringIO(tables(found)["scales.csv"])))
    assert [(row["label"], row["status"]) for row in scales] == [("Vet ej", "dont_know")]


def test_yes_and_no_side_by_side_are_a_grid_unless_several_may_be_ticked():
    def kinds(stem):
        cells = ("Ja", "Nej", "Nej", "Ja")
        found = survey(export_of(*(Column(f"{stem} - {x}", cells) for x in "AB")))
        return [each.kind for each in found.heads]

    assert kinds("Känner du till") == ["grid"]
    cells = ("Ja", "Nej", "Nej", "Ja")
    columns = [Column(f"Din roll - {each}", cells) for each in ("Chef", "Konsult")]
    other = Column("Din roll - Annat", ("", "", "Volontär", ""))
    assert [each.kind for each in survey(export_of(*columns, other)).heads] == ["multiple"]
    assert kinds("Vilka använder du? Flera svar") == ["multiple"]


def test_a_row_about_others_is_a_row_of_its_grid():
    parts = ("Pray with someone", "Ask others about it", "Change the date")
    columns = [Column(f"Q [{each}]", ("A", "B", "A", "B", "C") * 4) for each in parts]
    (head,) = survey(export_of(*columns)).heads
    assert (head.kind, head.parts) == ("grid", parts)


def test_codes_far_from_the_scale_are_no_opinion_until_it_is_decided():
    found = guessed(*"1234" * 6, "9")
    assert (found.scale, found.sure) == ("numeric_1_4", "low")
    assert labels_of(found)[-1] == (9, "9", "dont_know")


def test_a_file_that_labels_the_ends_alone_has_a_scale_of_all_its_numbers():
    found = guessed("1", "2", "3", "5", labels={"1": "Inte alls", "5": "Helt"})
    assert (found.sort, found.positive) == ("ordinal", "high")
    assert [value for value, _, _ in labels_of(found)] == [5, 4, 3, 2, 1]


def test_a_part_is_called_by_what_its_question_adds():
    cells = ("Mycket bra", "Ganska bra", "Mycket dåligt")
    columns = [Column(f"v{n}", cells, f"Bemötande - {who}") for n, who in enumerate("AB")]
    (head,) = survey(export_of(*columns)).heads
    assert (head.label, head.parts) == ("Bemötande", ("A", "B"))
    columns = [Column(f"Q1_{n}", cells, f"Hur är {who}?") for n, who in enumerate("AB")]
    (head,) = survey(export_of(*columns)).heads
    assert (head.label, head.parts) == ("Q1", ("Hur är A?", "Hur är B?"))


def test_a_set_that_the_file_declares_is_one():
    columns = [Column(name, ("1", "0", "1")) for name in ("v3", "v9")]
    sets = (ColumnSet("$set", "Kanaler", ("v3", "v9"), "1"),)
    (head,) = survey(export_of(*columns, sets=sets)).heads
    assert (head.kind, head.label) == ("multiple", "Kanaler")


def test_a_column_that_the_codebook_cannot_name_is_listed_and_left_out(tmp_path):
    source = tmp_path / "svar.csv"
    source.write_text("A;A;;B\nJa;Ja;Ja;Ja\nNej;Nej;Nej;Nej\n", "utf-8")
    made = new_study(str(tmp_path / "ny"), source)
    assert [each.sort for each in made.survey.guesses] == ["unclear"] * 3 + ["ordinal"]
    assert "To decide" in summary(made)


def test_the_numbers_of_the_questionnaire_are_kept_where_every_question_has_one(root, tmp_path):
    path = root / "data" / "raw" / "bou-2012" / "rounds" / "2012" / "webbenkat-2012.csv"
    codebook, problems = read_codebook(new_study(str(tmp_path / "ny"), path).folder)
    assert problems == ()
    assert [each.number for each in codebook.questions][5:10] == ["6", "7", "8", "9A", "9B"]
    assert codebook.items["q06_1"].label.sv == "Praktiskt verksamhetsstöd"


# Any export


POOL = ["", "Ja", "Nej", "Vet ej", "1", "2", "5", "99", "0", "10", "Mycket bra", "Ganska bra",
        "Ganska dåligt", "mycket bra.", "MYCKET BRA", "Annat", "Y", "A;B", "A;", "A, B", "B", "b",
        "18–29 år", "30–44 år", "2026-01-01", "x@y.se", "1 - Dåligt", "=1+1", "\u00a0", "ſ", "ß",
        "SS", "Möten, kurser", "\ufffd", "I\u0307", "Vald", "Ej vald", "+1", "01", "-1", "½", "²",
        "Ej aktuellt", "Kan inte bedöma", "a\tb", "Q1"]  # fmt: skip
HEADS = ["", "id", "Q1_1", "Q1_2", "Q1_3", "Fråga - A", "Fråga - B", "Fråga - Annat", "Q[1]",
         "Q[2]", "1. Ett", "2. Två", "Namn", "Antal", "Timestamp", "A [x] [y]", "a  b", "a b",
         "Respondent ID", "Fråga [Annat]"]  # fmt: skip
CELL = st.one_of(st.sampled_from(POOL), st.text(max_size=8))
HEADING = st.one_of(st.sampled_from(HEADS), st.text(max_size=8))


@st.composite
def exports(draw, widest: int = 5, longest: int = 12) -> bytes:
    """A delimited file whose columns hold a few different cells each."""
    width = draw(st.integers(1, widest))
    length = draw(st.integers(1, longest))
    columns = []
    for _ in range(width):
        few = draw(st.lists(CELL, min_size=1, max_size=6))
        columns.append(draw(st.lists(st.sampled_from(few), min_size=length, max_size=length)))
    headings = draw(st.lists(HEADING, min_size=width, max_size=width))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=draw(st.sampled_from(";,\t")), quoting=csv.QUOTE_ALL)
    writer.writerows([headings, *zip(*columns, strict=True)])
    return out.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])), "ignore")


def drafts_and_counts(data: bytes) -> None:
    """What can be read can be drafted, has no error and is counted, everyone in every item."""
    with tempfile.TemporaryDirectory() as home:
        source = Path(home) / "svar.csv"
        source.write_bytes(data)
        try:
            export = read(source, source.name)
        except EvalkitError:
            with pytest.raises(EvalkitError):
                new_study(f"{home}/ny", source)
            return
        made = new_study(f"{home}/ny", source)
        errors = [each for each in evalkit.check(made.folder) if each.severity == "error"]
        assert errors == []
        counts = evalkit.open_study(made.folder).counts()
        sums = counts.groupby("item")["n"].sum()
        assert set(sums) <= {len(export.rows)}
        assert len(rows_of(made.folder / "draft.csv")) == len(export.columns)
        shutil.rmtree(made.folder)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(exports())
def test_any_export_that_can_be_read_can_be_drafted_and_counted(data):
    drafts_and_counts(data)


@pytest.mark.soak
@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(exports(widest=12, longest=40))
def test_any_larger_export_can_be_drafted_and_counted(data):
    drafts_and_counts(data)


@pytest.mark.soak
@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400))
def test_any_bytes_are_drafted_or_refused(data):
    drafts_and_counts(data)
