"""The study fyrbodal-2011: every rendered cell against the published figures."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

import evalkit

STUDY = Path(__file__).resolve().parents[1] / "data" / "raw" / "fyrbodal-2011"
UNITS = 11
NB = "\u00a0"


def rows_of(name):
    with (STUDY / "published" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PUBLISHED = rows_of("published_counts.csv")
ITEMS = list(dict.fromkeys(row["item"] for row in PUBLISHED))


@pytest.fixture(scope="module")
def page(reports):
    return reports.soup("fyrbodal-2011")


def printed_table(page, number):
    """Answer → (count, per cent), as rendered, without the rows that sum up."""
    section = page.find(id=f"tabell-{number}").find_parent("section")
    rows = [row for row in section.table.tbody("tr") if "summary" not in row.get("class", [])]
    return {row.th.text: tuple(cell.text for cell in row("td")[-2:]) for row in rows}


@pytest.mark.parametrize("item", ITEMS)
def test_every_cell_of_a_table_is_the_published_one(page, item):
    cells = [row for row in PUBLISHED if row["item"] == item]
    multiple = cells[0]["kind"] == "multiple"
    answered = sum(int(row["n"]) for row in cells if row["status"] != "no_answer")
    base = UNITS if multiple else answered
    assert base == (10 if item == "q7" else UNITS)
    wanted = {}
    for row in cells:
        share = (Decimal(100 * int(row["n"])) / base).quantize(Decimal(1), ROUND_HALF_UP)
        in_percent = "" if row["status"] == "no_answer" else f"{share}{NB}%"
        wanted[row["category"]] = (row["n"], in_percent)
    found = printed_table(page, item[1:])
    if not multiple:
        assert found.pop("Inget svar") == wanted.pop("Inget svar", ("0", ""))
    assert found == wanted


def test_the_order_is_the_published_one(page):
    rows = page.find(id="tabell-10").find_parent("section").table.tbody("tr")
    found = {row.th.text: row.td.text for row in rows}
    wanted = {row["option"]: row["rank"] or "Utan rang" for row in rows_of("published_ranking.csv")}
    assert found == wanted


def test_who_was_asked_and_who_answered(page):
    figures = {row["what"]: row["n"] for row in rows_of("response.csv")}
    row = [cell.text for cell in page.find("section", class_="method").table.tbody.tr]
    assert row == [
        "2011", figures["kommuner i länet"], figures["kommuner som besvarat"], f"86{NB}%",
        figures["uteslutna (felaktigt ifylld, bekräftat av kommunen)"],
        figures["kommuner i sammanställningen"],
    ]  # fmt: skip
    assert int(figures["kommuner i sammanställningen"]) == UNITS


def test_sets_say_of_whom_and_what_is_not_known(page):
    caption = page.find(id="tabell-2").find_parent("section").caption.text
    assert caption == (
        f"Tabell 2. Mottagare av uppföljningen – procent av de 11 kommunerna "
        f"(antal kommuner{NB}={NB}11)"
    )
    notes = [each.text for each in page(class_="note")]
    assert sum("Bara kryssen är kända." in each for each in notes) == 5
    nonresponse = page.find("section", class_="nonresponse").table.tbody("tr")
    unknown = [row.td.text for row in nonresponse if "inte känt" in row.text]
    assert unknown == ["2", "3", "4", "8", "9"]
    assert len(nonresponse) == 9  # all but the order of priority


def test_english_calls_them_municipalities(reports):
    text = reports.page("fyrbodal-2011", "en")
    assert "per cent of the 11 municipalities (number of municipalities" in text
    assert "kommuner" not in text.partition("<main")[2].partition('id="underlag"')[0]


def test_the_study_is_without_fault_and_reconciles():
    assert evalkit.check("fyrbodal-2011") == ()
    study = evalkit.open_study("fyrbodal-2011")
    found = study.reconcile(STUDY / "published" / "published_tables.csv")
    assert (found.cells, found.differences) == (len(PUBLISHED), ())


def test_a_wrong_count_is_found_though_no_per_cent_was_printed(tmp_path):
    text = (STUDY / "published" / "published_tables.csv").read_text("utf-8")
    (tmp_path / "t.csv").write_text(
        text.replace("Politiker,valid,7,", "Politiker,valid,6,"), "utf-8"
    )
    found = evalkit.open_study("fyrbodal-2011").reconcile(tmp_path / "t.csv")
    [difference] = found.differences
    assert (difference.column, difference.printed, difference.ours) == ("n", "6", "7")


def test_the_counts_are_what_the_script_makes(tmp_path):
    copy = tmp_path / "fyrbodal-2011"
    shutil.copytree(STUDY, copy, ignore=shutil.ignore_patterns("__pycache__"))
    made = [copy / "rounds" / "2011" / "counts.csv", copy / "published" / "published_tables.csv"]
    for each in made:
        each.unlink()
    script = copy / "published" / "make_counts.py"
    subprocess.run([sys.executable, script], cwd=tmp_path, check=True)
    for each in made:
        assert each.read_bytes() == (STUDY / each.relative_to(copy)).read_bytes()


def test_counts_that_are_written_are_read_again(tmp_path, copy_study, evalkit_command):
    copy = copy_study(tmp_path / "fyrbodal-2011", "fyrbodal-2011")
    first = evalkit_command("counts", copy)
    assert first.status == 0
    lines = [line.split(",", 2)[2] for line in first.out.splitlines()]
    (copy / "rounds" / "2011" / "counts.csv").write_text("\n".join(lines) + "\n", "utf-8")
    assert evalkit_command("counts", copy).out == first.out
