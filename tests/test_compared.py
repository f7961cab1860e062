"""What study.yaml asks to have compared: items that are not there, or cannot be used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import evalkit
from evalkit.settings import read_settings

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "data" / "raw" / "skaraborg-modell"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The model study, without what it asks to have compared."""
    folder = shutil.copytree(MODEL, tmp_path / "skaraborg-modell")
    text = (folder / "study.yaml").read_text("utf-8")
    head = text[: text.index("# The items by which answers are compared")]
    (folder / "study.yaml").write_text(head, "utf-8")
    return folder


def found(home: Path, setting: str) -> tuple[int, list[str]]:
    """The row at which `setting` is written, and what is wrong then."""
    file = home / "study.yaml"
    text = file.read_text("utf-8")
    file.write_text(text + setting, "utf-8")
    problems = [str(each) for each in evalkit.check(home)]
    file.write_text(text, "utf-8")
    return len(text.splitlines()) + 1, problems


def test_what_can_be_compared_is_no_problem(home):
    for setting in (
        "groups: [kon, {by: aldersgrupp, items: [oro, kontakt, prata, byten]}, unit, prata]",
        "groups: [kontakt_mamma]",
        "indices: {hem: {items: [trygg_bo, kontakt_mamma]}}",
        "models:\n- {item: oro, on: [kon, placeringsform]}",
        "same_respondents: lopnummer",
        "weighting: {to: [kon, aldersgrupp], trim: [0.3, 3]}",
    ):
        assert found(home, setting)[1] == [], setting


@pytest.mark.parametrize(
    ("setting", "place", "said"),
    [
        ("groups: [kn]", "groups.0.by", 'There is no item "kn". Did you mean "kon"?'),
        ("groups: [unitt]", "groups.0.by", 'There is no item "unitt". Did you mean "unit"?'),
        ("groups: [kon, byten]", "groups.1.by", "byten is numeric and cannot make groups."),
        ("groups: [prata_soc]", "groups.0.by", "prata_soc is option and cannot make groups."),
        ("groups: [kontakt]", "groups.0.by", "kontakt is grid and cannot make groups."),
        ("groups: [kon, kon]", "groups", "kon stands there 2 times."),
        ("groups: [{by: kon, items: [orro]}]", "groups.0.items.0", 'Did you mean "oro"?'),
        ("groups: [{by: kon, items: [kon]}]", "groups.0.items", "cannot be compared by itself"),
        (
            "groups: [{by: kon, items: [lopnummer]}]",
            "groups.0.items.0",
            "An item of kind likert, nominal, ordinal, grid, multiple or numeric can. There is: ",
        ),
        ("indices: {a: {items: [oro, kon]}}", "indices.a.items.1", "kind likert or ordinal can."),
        ("indices: {a: {items: [oro, oro]}}", "indices.a.items", "oro stands there 2 times."),
        ("indices: {a: {items: [oro]}}", "indices.a.items", "at least 2 items"),
        ("models: [{item: kon, on: [oro]}]", "models.0.item", "kon is nominal and cannot be"),
        ("models: [{item: oro, on: [byten]}]", "models.0.on.0", "An item of kind likert, nominal"),
        ("models: [{item: oro, on: [oro]}]", "models.0.on", "oro cannot explain itself."),
        ("models: [{item: oro, on: []}]", "models.0.on", "at least 1 item"),
        ("same_respondents: kommun", "same_respondents", "An item of kind id can. There is: lop"),
        ("weighting: {to: [kom]}", "weighting.to.0", 'There is no item "kom". Did you mean'),
        ("weighting: {to: [kon], trimm: [1, 2]}", "weighting.trimm", 'Did you mean "trim"?'),
    ],
)
def test_a_fault_has_its_row_and_says_what_can_be_named(home, setting, place, said):
    row, problems = found(home, setting)
    assert len(problems) == 1
    assert problems[0].startswith(f'study.yaml, row {row}, column "{place}": ')
    assert said in problems[0]


def test_the_row_is_that_of_the_item_in_a_list_of_lines(home):
    row, problems = found(home, "groups:\n  - kon\n  - {by: kommun,\n     items: [oro, orro]}\n")
    assert problems[0].startswith(f'study.yaml, row {row + 3}, column "groups.1.items.1": ')


def test_units_are_no_group_where_there_are_none(home):
    file = home / "study.yaml"
    text = file.read_text("utf-8").replace("unit: kommun\n", "")
    lines = [each for each in text.splitlines() if not each.strip().startswith("frame: ")]
    file.write_text("\n".join([*lines, "groups: [unit]", ""]), "utf-8")
    problems = [str(each) for each in evalkit.check(home)]
    assert len(problems) == 1
    assert "The study has no units to compare. Write `unit: ITEM`" in problems[0]


def test_weights_need_a_round_that_tells_who_was_invited(home):
    file = home / "study.yaml"
    lines = file.read_text("utf-8").splitlines()
    kept = [each for each in lines if not each.strip().startswith("population: ")]
    file.write_text("\n".join([*kept, "weighting: {to: [kon]}", ""]), "utf-8")
    problems = [str(each) for each in evalkit.check(home)]
    assert len(problems) == 1
    assert "No round tells how many were invited of whom." in problems[0]


def test_the_file_of_the_population_has_to_be_there(home):
    (home / "rounds" / "2014-10" / "population.csv").rename(home / "rounds/2014-10/people.csv")
    problems = [str(each) for each in evalkit.check(home)]
    assert len(problems) == 1
    assert 'column "rounds.2014-10.population": The file ' in problems[0]


def test_words_that_yaml_takes_for_truth_values_stay_words(home):
    """YAML 1.1 reads the key `on` as true, and an answer No as false."""
    file = home / "study.yaml"
    text = file.read_text("utf-8")
    recode = "    recode: {skolgang: {item: on, answers: {Yes: No, Ja: off}}}\n"
    where = "    not_comparable: {skoldagar: skolgang}\n"
    file.write_text("draft: yes\n" + text.replace(where, recode), "utf-8")
    settings = read_settings(file)
    assert settings.draft is True
    assert settings.rounds["2014-10"].recode["skolgang"].item == "on"
    assert settings.rounds["2014-10"].recode["skolgang"].answers == {"Yes": "No", "Ja": "off"}
