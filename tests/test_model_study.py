"""The invented study `skaraborg-modell`: made again to the byte, true to the published facts."""

from __future__ import annotations

import csv
import hashlib
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import evalkit

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "data" / "raw" / "skaraborg-modell"
MAY, OCTOBER = "2014-05", "2014-10"


def rows(file: str) -> list[dict[str, str]]:
    with (MODEL / "rounds" / file).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def export(round_: str) -> list[dict[str, str]]:
    return rows(f"{round_}/enkat-{round_}.csv")


def test_the_files_are_made_again_to_the_byte(tmp_path):
    study = shutil.copytree(MODEL, tmp_path / "skaraborg-modell")
    for each in study.glob("rounds/*/*.csv"):
        each.unlink()
    subprocess.run([sys.executable, study / "invent_answers.py"], check=True)
    made = {each.relative_to(study): each for each in study.glob("rounds/*/*.csv")}
    kept = {each.relative_to(MODEL): each for each in MODEL.glob("rounds/*/*.csv")}
    assert made.keys() == kept.keys()
    for name, each in made.items():
        assert hashlib.sha256(each.read_bytes()).digest() == (
            hashlib.sha256(kept[name].read_bytes()).digest()
        ), name


def test_the_published_facts_hold():
    """15 municipalities, 3 in May and 13 in October, 129 answers in October, few girls."""
    with (MODEL / "scales.csv").open(encoding="utf-8") as lines:
        units = [each["label"] for each in csv.DictReader(lines) if each["scale"] == "kommun"]
    assert units == [f"Kommun {letter}" for letter in "ABCDEFGHIJKLMNO"]
    before, after = ({each["1. Kommun"] for each in export(name)} for name in (MAY, OCTOBER))
    assert len(before) == 3
    assert len(after) == 13
    assert before < after
    assert len(export(OCTOBER)) == 129
    sexes = Counter(each["2. Kön"] for each in export(OCTOBER))
    assert 15 < sexes["Flicka"] < 40 < sexes["Pojke"]


@pytest.mark.parametrize(("round_", "invited", "responded"), [(MAY, 53, 34), (OCTOBER, 185, 129)])
def test_the_population_is_all_who_were_invited(round_, invited, responded):
    assert sum(int(each["invited"]) for each in rows(f"{round_}/frame.csv")) == invited
    assert len(export(round_)) == responded
    sums = Counter[str]()
    for each in rows(f"{round_}/population.csv"):
        sums[each["item"]] += int(each["n"])
    assert sums == {"kon": invited, "aldersgrupp": invited}


def test_a_child_is_known_again_and_belongs_to_one_municipality():
    before, after = ({each["Löpnummer"]: each for each in export(name)} for name in (MAY, OCTOBER))
    assert len(before) == 34
    assert len(after) == 129
    both = before.keys() & after.keys()
    assert len(both) == 21
    assert all(before[each]["1. Kommun"] == after[each]["1. Kommun"] for each in both)


def test_the_study_has_no_fault_and_the_rounds_answer_to_each_other():
    assert evalkit.check("skaraborg-modell") == ()
    study = evalkit.open_study("skaraborg-modell").study
    why = {item: each for item, each in study.comparable(MAY, OCTOBER).items() if each}
    assert why == {
        "skolgang": "not_comparable", "skoldagar": "not_comparable", "vardag": "not_asked",
    }  # fmt: skip


@pytest.mark.parametrize("round_", [MAY, OCTOBER])
@pytest.mark.parametrize("unit", ["", "Kommun C"])
def test_every_report_says_that_the_answers_are_invented(evalkit_command, tmp_path, round_, unit):
    about = ["--unit", unit] if unit else []
    done = evalkit_command(
        "run", "skaraborg-modell", "--round", round_, *about, "--out", tmp_path, "-q"
    )
    assert done.status == 0, done.err
    page = BeautifulSoup(Path(done.out.strip()).read_text("utf-8"), "html.parser")
    banner = page.header.get_text()
    assert "Svaren är påhittade" in banner
    assert "bygger bara på de publicerade uppgifterna" in banner
    names = [each.get_text() for each in page.select("footer table code")]
    assert f"rounds/{round_}/population.csv" in names
