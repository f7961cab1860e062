"""The command line: what each verb writes, where it writes it, and its exit status."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
import typer

import evalkit
from evalkit import cli

COMMAND = typer.main.get_command(cli.app)
VERBS = sorted(COMMAND.commands)
TABLES = "data/raw/bou-2012/published/published_tables.csv"
ITEMS = "data/raw/bou-2012/published/published_items.csv"
INTERNAL = "Not for publication"


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_verbs_are_those_that_are_tested_here():
    assert VERBS == [
        "add-round",
        "check",
        "codings",
        "counts",
        "crosstab",
        "new",
        "reconcile",
        "run",
        "table",
    ]


@pytest.mark.parametrize("verb", VERBS)
def test_help_mentions_every_option_and_argument(verb, evalkit_command):
    done = evalkit_command(verb, "--help")
    assert done.status == 0
    parameters = [each for each in COMMAND.commands[verb].params if each.name != "help"]
    assert parameters
    for each in parameters:
        names = [*each.opts, *each.secondary_opts] if each.param_type_name == "option" else []
        for name in names or [each.metavar or each.name]:
            assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", done.out), name


def test_help_mentions_every_verb(evalkit_command):
    done = evalkit_command("--help")
    assert done.status == 0
    for verb in VERBS:
        assert re.search(rf"\b{verb}\b", done.out)


def test_version(evalkit_command):
    done = evalkit_command("--version")
    assert (done.status, done.out) == (0, f"evalkit {evalkit.__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["run"],
        ["table", "bou-2012"],
        ["run", "bou-2012", "--nonsense"],
        ["run", "bou-2012", "--edition", "secret"],
        ["run", "bou-2012", "--language", "no"],
        ["run", "bou-2012", "--parameter", "no equals sign"],
        ["table", "bou-2012", "q01", "--format", "pdf"],
        ["counts", "bou-2012", "--format", "md"],
        ["reconcile", "bou-2012"],
    ],
)
def test_a_mistake_in_the_command_is_status_2(arguments, evalkit_command, tmp_path):
    done = evalkit_command(*arguments, cwd=tmp_path)
    assert done.status == 2
    assert done.out == ""
    assert "Traceback" not in done.err
    assert done.err
    assert list(tmp_path.iterdir()) == []


def test_the_installed_command_gives_the_same_status_and_text(evalkit_process, evalkit_command):
    done = evalkit_process("table", "bou-2012", "q99")
    assert done == evalkit_command("table", "bou-2012", "q99")
    assert done.status == 1
    assert done.err == 'error: There is no item "q99". Did you mean "q19"?\n'


# table


def test_a_table_as_json_has_true_figures_under_these_names_exactly(evalkit_command):
    done = evalkit_command("table", "bou-2012", "q01", "--format", "json")
    assert done.status == 0
    assert INTERNAL in done.err
    found = json.loads(done.out)
    assert list(found) == ["item", "label", "bases", "rows", "mean", "sd", "median"]
    assert found["item"] == "q01"
    assert found["label"] == "Stödet till systematisk uppföljning av placerade barn"
    assert found["bases"] == {"asked": 26, "answered": 25, "valid": 24}
    columns = ["value", "label", "status", "n", "percent", "valid_percent"]
    assert [list(row) for row in found["rows"]] == [columns] * 6
    assert [list(row.values()) for row in found["rows"]] == [
        [4, "Mycket hög grad", "valid", 2, 8.0, pytest.approx(100 * 2 / 24)],
        [3, "Ganska hög grad", "valid", 11, 44.0, pytest.approx(100 * 11 / 24)],
        [2, "Ganska låg grad", "valid", 11, 44.0, pytest.approx(100 * 11 / 24)],
        [1, "Mycket låg grad", "valid", 0, 0.0, 0.0],
        [None, "Vet ej", "dont_know", 1, 4.0, None],
        [None, "Inget svar", "no_answer", 1, None, None],
    ]
    assert found["mean"] == 2.625
    # squares: 2·16 + 11·9 + 11·4 = 175; 175 − 63²/24 = 9.625, over 23
    assert found["sd"] == pytest.approx((9.625 / 23) ** 0.5)
    assert found["median"] == 3


def test_figures_are_not_rounded(evalkit_command):
    found = json.loads(evalkit_command("table", "bou-2012", "q03", "--format", "json").out)
    assert found["rows"][4]["percent"] == 12.5
    assert found["rows"][1]["percent"] == pytest.approx(100 * 13 / 24, rel=1e-15)


def test_a_grid_gives_its_parts(evalkit_command):
    found = json.loads(evalkit_command("table", "bou-2012", "q06", "--format", "json").out)
    assert list(found) == ["item", "label", "parts"]
    assert [part["item"] for part in found["parts"]] == ["q06a", "q06b", "q06c"]
    assert [part["rows"][0]["n"] for part in found["parts"]] == [3, 1, 2]
    alone = json.loads(evalkit_command("table", "bou-2012", "q06b", "--format", "json").out)
    assert alone == found["parts"][1]


def test_a_multiple_response_set_counts_respondents_and_has_no_mean(evalkit_command, published):
    found = json.loads(evalkit_command("table", "bou-2012", "q09a", "--format", "json").out)
    cells = [each for each in published.cells if each["item"] == "q09a"]
    assert [(row["label"], row["n"]) for row in found["rows"]] == [
        (each["category"], int(each["n"])) for each in cells
    ]
    assert found["bases"]["answered"] == 25
    assert (found["mean"], found["sd"], found["median"]) == (None, None, None)


def test_a_table_as_csv(evalkit_command):
    done = evalkit_command("table", "bou-2012", "q03", "--format", "csv")
    rows = rows_of(done.out)
    columns = ["item", "value", "label", "status", "n", "percent", "valid_percent"]
    assert list(rows[0]) == columns
    assert [row["n"] for row in rows] == ["2", "13", "5", "1", "3", "2"]
    assert rows[4]["percent"] == "12.5"
    assert (rows[5]["value"], rows[5]["percent"]) == ("", "")
    assert INTERNAL in done.err


def test_a_table_as_markdown_is_what_is_written_unasked(evalkit_command):
    done = evalkit_command("table", "bou-2012", "q01")
    assert done == evalkit_command("table", "bou-2012", "q01", "--format", "md")
    lines = done.out.splitlines()
    assert "| value | label | status | n | percent | valid_percent |" in lines
    assert "|  | Vet ej | dont_know | 1 | 4.0 |  |" in lines
    assert "2.625" in lines[-1]
    assert INTERNAL in done.err


def test_a_table_as_html_is_the_reports(evalkit_command, reports):
    done = evalkit_command("table", "bou-2012", "q01", "--format", "html")
    assert done.out.startswith("<table>")
    assert done.out.strip() in reports.page()
    assert INTERNAL in done.err


@pytest.mark.parametrize("form", ["csv", "json", "md", "html"])
@pytest.mark.parametrize("item", ["q01", "q06", "q09a", "q11"])
def test_responses_and_counts_give_the_same_table(item, form, evalkit_command):
    one, other = (
        evalkit_command("table", study, item, "--format", form)
        for study in ("bou-2012", "bou-2012-counts")
    )
    assert one.status == 0
    assert one.out == other.out != ""


# counts


def test_counts_as_csv(evalkit_command, published):
    done = evalkit_command("counts", "bou-2012")
    rows = rows_of(done.out)
    assert list(rows[0]) == ["round", "unit", "item", "value", "status", "n"]
    assert {row["round"] for row in rows} == {"2012"}
    assert {row["unit"] for row in rows} == {"all"}
    found = {(row["item"], row["value"], row["status"]): row["n"] for row in rows}
    assert len(found) == len(rows)
    for cell in published.cells:
        if cell["item"] != "q09a":
            assert found[cell["item"], cell["code"], cell["status"]] == cell["n"]
    assert found["q09a_annat", "1", "valid"] == next(
        cell["n"] for cell in published.cells if cell["category"] == "Annat"
    )
    assert INTERNAL in done.err


def test_counts_as_json(evalkit_command):
    rows = rows_of(evalkit_command("counts", "bou-2012").out)
    found = json.loads(evalkit_command("counts", "bou-2012", "--format", "json").out)
    assert [list(row) for row in found] == [list(row) for row in rows]
    as_text = [{k: "" if v is None else str(v) for k, v in row.items()} for row in found]
    assert as_text == rows


def test_counts_of_both_studies_agree_but_for_their_order(evalkit_command):
    both = [
        sorted(map(tuple, (row.items() for row in rows_of(evalkit_command("counts", study).out))))
        for study in ("bou-2012", "bou-2012-counts")
    ]
    assert both[0] == both[1]


def test_counts_can_be_read_back_as_a_round(evalkit_command, counts_study):
    rows = rows_of(evalkit_command("counts", "bou-2012").out)
    with (counts_study / "rounds/2012/counts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["item", "value", "status", "n"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    done = evalkit_command("reconcile", counts_study, TABLES, "--items", ITEMS)
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith(" 0 differences.\n")


def test_rebuilt_answers_are_not_crossed(evalkit_command):
    done = evalkit_command("counts", "bou-2012", "--by", "q07")
    assert (done.status, done.out) == (1, "")
    assert "reconstructed" in done.err
    assert "how two items go together is not known" in done.err


def test_counts_cannot_be_crossed(evalkit_command):
    done = evalkit_command("counts", "bou-2012-counts", "--by", "q07")
    assert (done.status, done.out) == (1, "")
    assert "came in as counts" in done.err


def test_true_answers_are_counted_within_the_answers_to_another_item(evalkit_command, study):
    settings = study / "study.yaml"
    settings.write_text(settings.read_text("utf-8").replace("mark: reconstructed\n", ""), "utf-8")
    done = evalkit_command("counts", study, "--by", "q07")
    rows = rows_of(done.out)
    assert list(rows[0]) == ["round", "unit", "q07", "item", "value", "status", "n"]
    with (study / "rounds/2012/webbenkat-2012.csv").open(encoding="cp1252", newline="") as file:
        answers = list(csv.DictReader(file, delimiter=";"))
    when, level = (next(h for h in answers[0] if h.startswith(n)) for n in ("7. ", "1. "))
    pairs = [(row[when], row[level]) for row in answers]
    expected = pairs.count(("Innan okt 2011", "Ganska hög grad"))
    found = [r for r in rows if (r["q07"], r["item"], r["value"]) == ("4", "q01", "3")]
    assert [row["n"] for row in found] == [str(expected)]
    assert expected > 0
    assert INTERNAL in done.err


# reconcile


@pytest.mark.parametrize("study", ["bou-2012", "bou-2012-counts"])
def test_both_studies_reconcile_with_what_was_published(study, evalkit_command):
    done = evalkit_command("reconcile", study, TABLES, "--items", ITEMS)
    assert (done.status, done.err) == (0, "")
    assert re.fullmatch(
        r"112 rows of tables and 21 rows of items, (\d+) figures: 0 differences\.\n", done.out
    )


@pytest.mark.parametrize(
    ("old", "new", "column", "ours"),
    [
        ("1,q01,4,Mycket hög grad,valid,2,8\n", "1,q01,4,Mycket hög grad,valid,3,8\n", "n", "2"),
        (
            "1,q01,4,Mycket hög grad,valid,2,8\n",
            "1,q01,4,Mycket hög grad,valid,2,9\n",
            "percent_published",
            "8",
        ),
        (
            "3,q03,,Vet ej,dont_know,3,13\n",
            "3,q03,,Vet ej,dont_know,3,12\n",
            "percent_published",
            "13",
        ),
        (
            "3,q03,,Vet ej,dont_know,3,13\n",
            "3,q03,,Vet inte,dont_know,3,13\n",
            "category",
            "Vet ej",
        ),
    ],
)
def test_one_altered_cell_is_one_difference(
    old, new, column, ours, evalkit_command, root, tmp_path
):
    text = (root / TABLES).read_text("utf-8")
    assert text.count(old) == 1
    altered = tmp_path / "published.csv"
    altered.write_text(text.replace(old, new), "utf-8")
    row = text[: text.index(old)].count("\n") + 1
    done = evalkit_command("reconcile", "bou-2012", altered)
    assert done.status == 1
    first, last = done.out.splitlines()
    assert first.startswith(f"published.csv, row {row}: q0")
    assert f" {column} is printed " in first
    assert first.endswith(f"the study has {ours}.")
    assert last.endswith(" 1 differences.")
    assert done.err == ""


def test_an_altered_mean_is_found(evalkit_command, root, tmp_path):
    text = (root / ITEMS).read_text("utf-8")
    altered = tmp_path / "items.csv"
    altered.write_text(text.replace('25,1,"2,63"', '25,1,"2,62"'), "utf-8")
    done = evalkit_command("reconcile", "bou-2012", TABLES, "--items", altered)
    assert done.status == 1
    assert "medel_published is printed 2,62, the study has 2.63" in done.out
    assert "1 differences." in done.out


# Names that there are not, and names that are paths


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["table", "bou-2013", "q01"], ['"bou-2013"', 'Did you mean "bou-2012"?']),
        (["check", "buo-2012"], ['"buo-2012"', 'Did you mean "bou-2012"?']),
        (["table", "bou-2012", "q1"], ['"q1"', 'Did you mean "q01"?']),
        (["counts", "bou-2012", "--by", "q0l"], ['"q0l"', 'Did you mean "q01"?']),
        (["table", "bou-2012", "q01", "--round", "2021"], ['"2021"', 'Did you mean "2012"?']),
        (["counts", "bou-2012", "--round", "2021"], ['"2021"', 'Did you mean "2012"?']),
        (["run", "bou-2012", "--round", "2021"], ['"2021"', 'Did you mean "2012"?']),
        (["run", "bou-2012", "--notebook", "02_servey"], ['"02_servey"', 'mean "02_survey"?']),
        (["run", "bou-2012", "-p", "editoin=x"], ['"editoin"', 'Did you mean "edition"?']),
        (["table", "bou-2012", "respondent"], ["respondent", "no table"]),
        (
            ["reconcile", "bou-2012", "data/raw/bou-2012/published/published_table.csv"],
            ["published_table.csv", '"published_tables.csv"'],
        ),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(arguments, said, evalkit_command, tmp_path):
    more = ["--out", tmp_path / "out"] if arguments[0] == "run" else []
    done = evalkit_command(*arguments, *more)
    assert (done.status, done.out) == (1, "")
    assert "Traceback" not in done.err
    for each in said:
        assert each in done.err
    assert not (tmp_path / "out").exists()


def test_a_study_can_be_a_path(evalkit_command, study, tmp_path):
    expected = evalkit_command("table", "bou-2012", "q01").out
    for given in (study, study.name, f"./{study.name}/"):
        done = evalkit_command("table", given, "q01", cwd=tmp_path)
        assert (done.status, done.out) == (0, expected)


def test_a_folder_that_is_no_study_is_said_to_be_none(evalkit_command, tmp_path):
    done = evalkit_command("check", tmp_path)
    assert done.status == 1
    assert "There is no study.yaml in the folder." in done.err


# run


def test_run_writes_the_report_and_says_where(evalkit_command, reports, study, tmp_path):
    done = evalkit_command("run", study, "--out", tmp_path / "out")
    folder = tmp_path / "out" / "bou-2012"
    assert (done.status, done.out) == (0, f"{folder / 'report.html'}\n")
    notebooks = ("01_intake", "02_survey", "03_groups_and_rounds", "07_synthesis")
    made = [f"{name}.{kind}" for name in notebooks for kind in ("html", "ipynb")]
    assert sorted(each.name for each in folder.iterdir()) == [*made, "record.json", "report.html"]
    assert (folder / "report.html").read_bytes() == reports.page().encode()
    for name in notebooks:
        assert name in done.err


def test_quiet_says_nothing_on_stderr(evalkit_command, tmp_path):
    done = evalkit_command("run", "bou-2012", "--quiet", "--out", tmp_path)
    assert (done.status, done.err) == (0, "")
    assert done.out.strip() == str(tmp_path / "bou-2012" / "report.html")


def test_one_notebook_gives_its_page_alone(evalkit_command, reports, tmp_path):
    done = evalkit_command("run", "bou-2012", "--notebook", "01_intake", "--out", tmp_path, "-q")
    folder = tmp_path / "bou-2012"
    assert done.out == f"{folder / '01_intake.html'}\n"
    made = ["01_intake.html", "01_intake.ipynb", "record.json"]
    assert sorted(each.name for each in folder.iterdir()) == made
    assert '<h2 id="metod">' in (folder / "01_intake.html").read_text("utf-8")


def test_run_without_out_writes_to_the_projects_reports(
    evalkit_command, copy_study, tmp_path, root
):
    copy_study(tmp_path / "data" / "raw" / "bou-2012")
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    done = evalkit_command("run", "bou-2012", "-q", cwd=tmp_path)
    assert done.status == 0, done.err
    assert Path(done.out.strip()) == tmp_path / "reports" / "bou-2012" / "report.html"
    assert Path(done.out.strip()).is_file()
    processed = tmp_path / "data" / "processed" / "bou-2012"
    assert [each.name for each in processed.iterdir()] == ["2012.csv"]
    counts = evalkit_command("counts", "bou-2012").out
    assert (processed / "2012.csv").read_text("utf-8") == counts


def test_check_finds_nothing_wrong_with_the_examples(evalkit_command):
    for study in ("bou-2012", "bou-2012-counts", "lanen-modell"):
        done = evalkit_command("check", study)
        assert (done.status, done.out, done.err) == (0, "0 errors, 0 warnings.\n", "")


def test_a_warning_is_listed_and_is_no_mistake(evalkit_command, study):
    export = study / "rounds/2012/webbenkat-2012.csv"
    lines = export.read_text("cp1252").splitlines()
    lines = [f"{line};{'Kön' if at == 0 else ''}" for at, line in enumerate(lines)]
    export.write_text("\n".join(lines) + "\n", "cp1252")
    done = evalkit_command("check", study)
    assert done.status == 0
    first, last = done.out.splitlines()
    assert first.startswith('warning: rounds/2012/webbenkat-2012.csv, row 1, column "Kön": ')
    assert last == "0 errors, 1 warning."
