"""A study with numbers, open answers and filters, from its export to its finished report."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import evalkit
from evalkit.counts import written
from evalkit.errors import EvalkitError

HERE = Path(__file__).parent / "all_kinds"
SECRETS = ("070-174", "gun@exempel", "811228", "Alva", "Lind")


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(HERE, tmp_path / "all_kinds"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory, evalkit_command):
    """Edition and language → the finished page."""
    out = tmp_path_factory.mktemp("kinds")
    made = {}
    for edition, language in (("published", "sv"), ("internal", "sv"), ("published", "en")):
        target = out / f"{edition}-{language}"
        done = evalkit_command(
            "run", HERE, "--edition", edition, "--language", language, "--out", target
        )
        assert done.status == 0, done.err
        made[edition, language] = (target / "all_kinds" / "report.html").read_text("utf-8")
    return made


def section(page, number):
    soup = BeautifulSoup(page, "html.parser")
    return soup.find(id=f"tabell-{number}").find_parent("section")


def test_check_tells_of_filters_and_personal_data_by_place_alone(evalkit_command):
    done = evalkit_command("check", HERE)
    assert done.status == 0
    assert done.out.endswith("0 errors, 5 warnings.\n")
    assert 'row 7, column "Hur många sidor?": The question was for those with q1 = 1' in done.out
    assert 'row 4, column "Vad saknas?": The column holds telephone numbers in 1 cell' in done.out
    assert not any(secret in done.out for secret in SECRETS)


# By hand, from rounds/1/export.csv: 8 of 12 have a plan. To q2, 12, 8, 1250, 30, 15 and 15 of these
# wrote a number, one Vet ej and one 999; one without a plan wrote 4.
def test_the_numbers_are_those_counted_by_hand():
    book = evalkit.open_study(HERE)
    found = book.numeric("q2")
    values = pd.Series([12, 8, 1250, 30, 15, 15, 4])
    assert found[["asked", "answered", "n"]].tolist() == [9, 8, 7]
    assert found["mean"] == pytest.approx(values.mean())
    assert found["sd"] == pytest.approx(values.std())
    quartiles = values.quantile([0.25, 0.5, 0.75]).tolist()
    assert found[["lower_quartile", "median", "upper_quartile"]].tolist() == quartiles
    assert book.tables().open_answers["q6"].bases.valid == 5
    nonresponse = {each.item.name: missing for each, missing in book.tables().nonresponse.rows}
    assert list(nonresponse) == ["q1", "q2", "q3", "q4a", "q4b", "q5", "q6", "q7"]
    assert (nonresponse["q2"].n, nonresponse["q2"].base) == (1, 9)
    assert (nonresponse["q6"].n, nonresponse["q6"].base) == (7, 12)


def test_what_has_no_frequencies_says_what_to_ask_for():
    book = evalkit.open_study(HERE)
    with pytest.raises(EvalkitError, match=r'numeric: ask for numeric\("q2"\)'):
        book.frequency("q2")
    with pytest.raises(EvalkitError, match="q6 is open"):
        book.frequency("q6")
    with pytest.raises(EvalkitError, match="q1 is not numeric"):
        book.numeric("q1")
    with pytest.raises(EvalkitError, match="no answers of its own"):
        book.counts(by=["q2"])
    grouped = book.counts(by=["q1"])
    assert grouped["n"].sum() == book.counts().query("item != 'q1'")["n"].sum()


def test_the_command_line_writes_numbers_and_refuses_words(evalkit_command):
    shown = {form: evalkit_command("table", HERE, "q3", "--format", form) for form in
             ("csv", "json", "md", "html")}  # fmt: skip
    assert {each.status for each in shown.values()} == {0}
    assert "q3,n,,,11\n" in shown["csv"].out
    assert "q3,median,,,8\n" in shown["csv"].out
    assert json.loads(shown["json"].out)["upper_quartile"] == 9.75
    assert "| mean |  |  | 9.43" in shown["md"].out
    assert "<caption" in shown["html"].out
    refused = evalkit_command("table", HERE, "q6")
    assert refused.status == 1
    assert "q6 is open" in refused.err


def test_counts_on_the_command_line_leave_out_what_holds_personal_data(evalkit_command):
    done = evalkit_command("counts", HERE)
    items = {line.split(",")[2] for line in done.out.splitlines()[1:]}
    assert "q6" not in items
    assert "q2" in items
    assert "Left out: q6" in done.err
    assert "1,all,q3,2.25,valid,1\n" in done.out
    assert "1,all,q3,8,valid,3\n" in done.out
    as_json = json.loads(evalkit_command("counts", HERE, "--format", "json").out)
    assert {each["value"] for each in as_json if each["item"] == "q3"} == {
        -3, 1.5, 2.25, 7.5, 8, 9, 10.5, 12, 40, None,
    }  # fmt: skip


def test_rounds_with_whole_and_with_other_numbers_are_written_together(folder, evalkit_command):
    (folder / "rounds" / "2").mkdir()
    text = (folder / "rounds" / "1" / "export.csv").read_text("utf-8")
    whole = re.sub(r"[.,]\d+;", ";", text)
    (folder / "rounds" / "2" / "export.csv").write_text(whole, "utf-8")
    settings = folder / "study.yaml"
    second = '  "2":\n    responses: rounds/2/export.csv\npublication:'
    settings.write_text(settings.read_text("utf-8").replace("publication:", second), "utf-8")
    assert evalkit.open_study(folder).counts("2")["value"].dtype == "Int64"
    lines = evalkit_command("counts", folder).out.splitlines()
    assert "1,all,q3,1.5,valid,1" in lines
    assert "2,all,q3,8,valid,3" in lines
    assert "2,all,q3,,no_answer,1" in lines
    as_json = json.loads(evalkit_command("counts", folder, "--format", "json").out)
    assert {each["value"] for each in as_json if each["item"] == "q2"} >= {4, 1250, None}


def test_processed_data_holds_no_counts_of_personal_data_unless_the_study_says_so(
    tmp_path, folder, evalkit_command
):
    root = tmp_path / "project"
    study = Path(shutil.copytree(folder, root / "data" / "raw" / "all_kinds"))
    kept = root / "data" / "processed" / "all_kinds" / "1.csv"
    done = evalkit_command("run", "all_kinds", "--notebook", "01_intake", "-q", cwd=root)
    assert done.status == 0, done.err
    assert set(pd.read_csv(kept)["item"]) == {
        "q1", "q2", "q3", "q4a", "q4b", "q5", "q5_vi", "q5_andra", "q7",
    }  # fmt: skip
    settings = study / "study.yaml"
    settings.write_text(settings.read_text("utf-8") + "  personal_data: true\n", "utf-8")
    evalkit_command("run", "all_kinds", "--notebook", "01_intake", "-q", cwd=root)
    assert "q6" in set(pd.read_csv(kept)["item"])


@pytest.mark.parametrize("key", [("published", "sv"), ("internal", "sv"), ("published", "en")])
def test_no_page_holds_personal_data(pages, key):
    text = unquote(pages[key])
    assert not any(secret in text for secret in SECRETS)


def test_the_published_page_has_no_row_numbers_and_no_bar_of_one(pages):
    published = section(pages["published", "sv"], 3)
    rows = {
        each.th.get_text(): each.find_all("td")[0].get_text()
        for each in published.find("tbody").find_all("tr", class_=False)
    }
    assert rows["Under 5"] == "3"
    assert rows["Minst 10"] == "3"
    assert "sammanslagna" in published.get_text()
    words = section(pages["published", "sv"], 6)
    assert [each.strong.get_text() for each in words.find("ul").find_all("li")] == [
        "A1:", "A2:", "A3:", "A4:", "A5:",
    ]  # fmt: skip
    assert "ur 2 svar" in words.get_text()
    internal = section(pages["internal", "sv"], 6)
    assert "A1 (rad " in internal.get_text()


def test_a_study_that_does_not_say_so_publishes_no_words(folder, tmp_path, evalkit_command):
    settings = folder / "study.yaml"
    settings.write_text(settings.read_text("utf-8").replace("  open_answers: true\n", ""), "utf-8")
    done = evalkit_command("run", folder, "--out", tmp_path / "out", "-q")
    assert done.status == 0, done.err
    page = (tmp_path / "out" / "all_kinds" / "report.html").read_text("utf-8")
    words = section(page, 6)
    assert "Svaren i ord publiceras inte." in words.get_text()
    assert words.find("ul") is None
    assert "kurser" not in unquote(page)


def test_a_rebuilt_study_has_no_words(folder, tmp_path, evalkit_command):
    settings = folder / "study.yaml"
    text = settings.read_text("utf-8").replace("mark: synthetic", "mark: reconstructed")
    settings.write_text(text, "utf-8")
    evalkit_command("run", folder, "--edition", "internal", "--out", tmp_path / "out", "-q")
    page = (tmp_path / "out" / "all_kinds" / "report.html").read_text("utf-8")
    assert "finns inte i underlaget" in section(page, 6).get_text()
    assert "kurser" not in unquote(page)


def test_the_texts_have_live_figures_of_numbers(pages):
    text = re.sub(
        r"\s+", " ", section(pages["published", "sv"], 2).find(class_="comment").get_text()
    )
    assert "i medeltal 190,57 sidor och i medianen 15; 8 har svarat" in text


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ('share("q2", 4)', 'no item "q2" that share'), ('n("q6", 1)', 'no item "q6" that n'),
        ('mean("q6")', 'no item "q6" that mean'), ('median("q6")', 'no item "q6" that median'),
    ],
)  # fmt: skip
def test_a_text_that_asks_numbers_for_shares_is_refused(folder, call, what):
    (folder / "narrative" / "sv" / "q2.md").write_text(f"{{{{ {call} }}}}", "utf-8")
    problems = [each for each in evalkit.check(folder) if each.severity == "error"]
    assert [what in each.message for each in problems] == [True]


def test_the_counts_of_the_study_make_the_same_tables(folder):
    """The whole way: counts are written, read as a round of their own, and give the same report."""
    book = evalkit.open_study(folder)
    counts = book.counts()
    written(counts)[["item", "value", "status", "n"]].to_csv(
        folder / "rounds" / "1" / "counts.csv", index=False
    )
    settings = folder / "study.yaml"
    settings.write_text(
        settings.read_text("utf-8").replace(
            "responses: rounds/1/export.csv", "counts: rounds/1/counts.csv"
        ),
        "utf-8",
    )
    again = evalkit.open_study(folder)
    # The order of items is the codebook's there, and that of the export here.
    keys = ["item", "value", "status"]
    ours, theirs = (each.sort_values(keys, ignore_index=True) for each in (counts, again.counts()))
    given = [each[each["n"] > 0].reset_index(drop=True) for each in (ours, theirs)]
    pd.testing.assert_frame_equal(*given)
    assert again.numeric("q2").equals(book.numeric("q2"))
    assert again.tables().numbers == book.tables().numbers
    assert again.tables().open_answers["q6"].written is None
