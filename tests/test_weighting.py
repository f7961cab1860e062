"""Who answered against the frame, and weights to it, from the study's files to the page."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from bs4 import BeautifulSoup
from scipy import stats

import evalkit
from evalkit.report.audit import audit

R = Path(__file__).parent / "fixtures" / "statistics" / "r.csv"


def r_weights(case: str) -> tuple[list[list[int]], np.ndarray]:
    """The columns sex, age and y, and the weights that R gives them."""
    with R.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if row[0] == case]
    columns = [[int(each) for each in column.split()] for column in rows[0][1].split("/")]
    return columns, np.array([float(row[3]) for row in rows])


POPULATION = "item,value,n\nsex,svar sex 0,12\nsex,1,16\nage,0,11\nage,1,10\nage,2,7\n"
KINDS = {"sex": "nominal", "age": "ordinal"}


@pytest.fixture
def weighted(made):
    """R's 25 respondents of 28 with their population; other columns and settings as wanted."""

    def make(to="[sex, age]", population=POPULATION, more="", columns=None, least=1):
        (sex, age, y), _ = r_weights("raking")
        columns = columns or {"sex": sex, "age": age, "y": y}
        made.folder.mkdir(exist_ok=True)
        (made.folder / "population.csv").write_text(population, "utf-8")
        return made(
            columns, KINDS, f"weighting: {{to: {to}{more}}}", positive={"y": "high"},
            ends={"y": (1, 5), "sex": (0, 1), "age": (0, 2)}, least=least,
            of_round=", invited: 28, population: population.csv",
        )  # fmt: skip

    return make


def page(study, language="sv", edition="published", of_round=""):
    report = evalkit.open_study(study).comparison_report(of_round, language, edition)
    blocks = report.certainty
    html = blocks.intervals().html + blocks.who_answered().html + blocks.weights().html
    whole = f'<html lang="{language}"><body><h1>x</h1>{html}</body></html>'
    assert [each.message for each in audit(whole, "x", language, list(blocks.declared))] == []
    return BeautifulSoup(html, "html.parser")


def text_of(soup) -> str:
    return " ".join(soup.get_text(" ").replace("\xa0", " ").split())


def rows_of(soup, ident):
    table = soup.find("caption", id=f"{ident}-text").parent
    return [
        [cell.get_text().replace("\xa0", " ") for cell in row.find_all(["th", "td"])]
        for row in table.find_all("tr")[1:]
    ]


def shares(weights, y):
    """Per cent of 4 and 5, and the mean, by NumPy."""
    y = np.array(y)
    return 100 * np.average(y >= 4, weights=weights), np.average(y, weights=weights)


# Weights


@pytest.mark.parametrize(
    ("case", "to"), [("raking", "[sex, age]"), ("post_stratification", "[age]")]
)
def test_the_page_has_what_the_weights_of_survey_give(weighted, case, to):
    (_, _, y), weights = r_weights(case)
    study = weighted(to)
    found = evalkit.open_study(study).weights()
    assert found.weights.weights == pytest.approx(weights / weights.mean(), rel=1e-7)
    share, mean = shares(weights, y)
    plain, plain_mean = shares(np.ones(25), y)
    rows = rows_of(page(study), "vagda-siffror-tabell")
    at = next(at for at, row in enumerate(rows) if row[0].startswith("Fråga y"))
    assert rows[at][2:4] == [f"{plain:.0f} %", f"{share:.0f} %"]
    assert rows[at + 1][1:3] == [f"{plain_mean:.2f}".replace(".", ","),
                                 f"{mean:.2f}".replace(".", ",")]  # fmt: skip
    kish = weights.sum() ** 2 / (weights**2).sum()
    assert f"som {kish:.0f} ovägda" in text_of(page(study))
    how = "raking" if case == "raking" else "efterstratifiering"
    assert how in text_of(page(study))


def test_the_error_of_a_weighted_mean_is_linearised_with_the_finite_population(weighted):
    """√((1 − f) n/(n − 1) Σw²(y − ȳ)²)/Σw, which R's svymean gives, by NumPy; t from SciPy."""
    (_, _, y), w = r_weights("raking")
    y, mean = np.array(y), np.average(y, weights=w)
    error = np.sqrt((1 - 25 / 28) * 25 / 24 * (w**2 * (y - mean) ** 2).sum()) / w.sum()
    low, high = stats.t.interval(0.95, 24, mean, error)
    frame = evalkit.open_study(weighted()).weights().frame()
    found = frame[(frame["item"] == "y") & (frame["figure"] == "mean")].iloc[0]
    assert (found["low"], found["high"]) == pytest.approx((low, high))


def test_trimmed_weights_are_within_their_bounds_and_the_page_says_what_it_costs(weighted):
    study = weighted(more=", trim: [0.95, 1.1]")
    found = evalkit.open_study(study).weights().weights
    assert found.ends[0] >= 0.95 - 1e-6
    assert found.ends[1] <= 1.1 + 1e-6
    assert found.trimmed > 0
    assert "inom de gränser som studien satt" in text_of(page(study))


def test_who_lacks_an_answer_to_an_item_weighted_to_is_left_out_and_counted(weighted):
    (sex, age, y), _ = r_weights("raking")
    study = weighted(columns={"sex": [None, *sex[1:]], "age": age, "y": y})
    found = evalkit.open_study(study).weights().weights
    assert found.left_out == 1
    assert found.weights[0] == 0
    assert "En saknar någon av de uppgifter" in text_of(page(study))


@pytest.mark.parametrize(
    ("population", "more", "columns", "words"),
    [
        (
            POPULATION, ", trim: [1.2, 3]", None, "Inga vikter inom gränserna",
        ),
        (POPULATION, "", {"sex": [1] * 12, "age": [0, 1, 2] * 4, "y": [1, 2, 3, 4] * 3},
         "En grupp av de inbjudna har inga svarande"),
        (POPULATION, "", {"sex": [0, 1] * 6, "age": [None] * 12, "y": [1, 2, 3, 4] * 3},
         "Ingen svarade"),
    ],
)  # fmt: skip
def test_weights_that_do_not_exist_are_a_sentence(weighted, population, more, columns, words):
    soup = page(weighted(population=population, more=more, columns=columns))
    assert f"Vikter kan inte räknas ut. {words}" in text_of(soup)
    assert "nan" not in text_of(soup).lower().split()


def test_a_group_of_few_keeps_all_weighted_figures_back(weighted):
    """From a weighted and an unweighted share of two groups each group's own can be worked out."""
    (_, age, _), _ = r_weights("raking")
    fewest = min(age.count(each) for each in (0, 1, 2))
    kept = page(weighted(least=fewest + 1))
    assert "De vägda siffrorna visas inte" in text_of(kept)
    assert kept.find("caption", id="vagda-siffror-tabell-text") is None
    shown = page(weighted(least=fewest))
    assert shown.find("caption", id="vagda-siffror-tabell-text") is not None


def test_an_item_that_few_of_a_group_answered_has_no_weighted_figure(weighted):
    (sex, age, y), _ = r_weights("raking")
    last = [at for at, each in enumerate(age) if each == 2][:-2]
    z = [None if at in last else each for at, each in enumerate(y)]
    study = weighted(columns={"sex": sex, "age": age, "y": y, "z": z}, least=5)
    soup = page(study)
    rows = rows_of(soup, "vagda-siffror-tabell")
    assert any(row[0].startswith("Fråga y") for row in rows)
    assert not any(row[0].startswith("Fråga z") for row in rows)
    assert "röja hur så få har svarat: Fråga z." in text_of(soup)
    inside = rows_of(page(study, edition="internal"), "vagda-siffror-tabell")
    assert any(row[0].startswith("Fråga z") for row in inside)


def test_weighted_figures_do_not_tell_of_those_whose_group_is_unknown(weighted):
    """Two did not tell their sex. Beside all, weighted figures would tell how they answered."""
    (sex, age, y), _ = r_weights("raking")
    unknown = [None, None, *sex[2:]]
    columns = {"sex": unknown, "age": age, "y": y}
    population = "item,value,n\nsex,0,12\nsex,1,16\n"
    shown = page(weighted("[sex]", population, columns=columns, least=5))
    told = text_of(shown.find(id="vagda-siffror").parent)
    assert "hade kunnat röja hur så få har svarat: Fråga age, Fråga y" in told
    assert "vagda-siffror-tabell-text" not in str(shown)
    internal = page(weighted("[sex]", population, columns=columns, least=5), edition="internal")
    assert "vagda-siffror-tabell-text" in str(internal)


def test_weighted_figures_do_not_tell_what_another_grouping_would(weighted, made):
    """One sex is a unit and two more: the weighted figures would part those two from the unit."""
    (sex, age, y), _ = r_weights("raking")
    place = [1 if each else 2 for each in sex]
    place[sex.index(1)] = place[len(sex) - 1 - sex[::-1].index(1)] = 2
    columns = {"sex": sex, "age": age, "y": y, "place": place}
    population = "item,value,n\nsex,0,12\nsex,1,16\n"
    study = weighted("[sex]", population, columns=columns, least=5)
    table = "vagda-siffror-tabell-text"
    assert table in str(page(study))
    for file, old, new in (
        ("study.yaml", "publication:", "unit: place\npublication:"),
        ("codebook.csv", "likert,place,1,yes", "nominal,place,1,no"),
    ):
        text = (study / file).read_text("utf-8")
        assert old in text
        (study / file).write_text(text.replace(old, new), "utf-8")
    shown = page(study)
    assert "hade kunnat röja hur så få har svarat: Fråga age, Fråga y" in text_of(shown)


def test_the_csv_has_no_more_decimals_than_the_page(weighted):
    soup = page(weighted())
    link = next(a for a in soup.find_all("a") if a["download"] == "vagda-siffror.csv")
    text = unquote(link["href"].split(",", 1)[1]).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert rows
    assert all(not re.search(r",\d{3}", f"{row['vägt']} {row['ovägt']}") for row in rows)


# Who answered


def test_who_answered_against_the_frame(weighted):
    (sex, _, _), _ = r_weights("raking")
    soup = page(weighted())
    zero, one = sex.count(0), sex.count(1)
    rows = rows_of(soup, "vilka-svarade-sex-tabell")
    by_label = {row[0]: row[1:] for row in rows}
    assert by_label["svar sex 0"] == [
        "12", str(zero), f"{100 * zero / 12:.0f} %", "43 %", f"{100 * zero / 25:.0f} %",
    ]  # fmt: skip
    p = stats.fisher_exact([[zero, 12 - zero], [one, 16 - one]]).pvalue
    assert f"p = {p:.3f}".replace(".", ",") in text_of(soup).replace("p > 0,999", "p = 1,000")
    assert "kan vara slump" in text_of(soup)


def test_a_response_that_is_no_random_part_is_said(made):
    made.folder.mkdir()
    (made.folder / "p.csv").write_text("item,value,n\nsex,0,40\nsex,1,40\n", "utf-8")
    study = made(
        {"sex": [0] * 38 + [1] * 12, "y": [1, 2] * 25}, {"sex": "nominal"}, "",
        of_round=", invited: 80, population: p.csv",
    )  # fmt: skip
    assert stats.fisher_exact([[38, 2], [12, 28]]).pvalue < 0.001
    shown = text_of(page(study))
    assert "högst för ”svar sex 0”, 95 %, och lägst för ”svar sex 1”, 30 %" in shown
    assert "troligen inte en slumpmässig del" in shown
    assert "p < 0,001" in shown


def test_a_group_of_few_is_kept_back_here_and_in_the_items_own_table(made):
    made.folder.mkdir()
    text = "item,value,n\nage,0,20\nage,1,20\nage,2,20\n"
    (made.folder / "p.csv").write_text(text, "utf-8")
    study = made(
        {"age": [0] * 3 + [1] * 8 + [2] * 17, "y": [1, 2] * 14}, {"age": "ordinal"}, "",
        of_round=", invited: 60, population: p.csv",
    )  # fmt: skip
    soup = page(study)
    rows = {row[0]: row[1] for row in rows_of(soup, "vilka-svarade-age-tabell")}
    assert rows == {"svar age 0": "..", "svar age 1": "..", "svar age 2": "20"}
    assert not re.search(r"Fisher", text_of(soup))
    report = evalkit.open_study(study).report()
    own = BeautifulSoup(report.item(report.codebook.items["age"]).html, "html.parser")
    assert "hur många som svarat i små grupper" in text_of(own)
    assert own.find("table") is None
    inside = rows_of(page(study, edition="internal"), "vilka-svarade-age-tabell")
    assert ["svar age 0", "20", "3"] in [row[:3] for row in inside]


def test_everybody_answered_is_said(made):
    made.folder.mkdir()
    (made.folder / "p.csv").write_text("item,value,n\nsex,0,6\nsex,1,6\n", "utf-8")
    study = made({"sex": [0, 1] * 6, "y": [1, 2] * 6}, {"sex": "nominal"}, "",
                 of_round=", invited: 12, population: p.csv")  # fmt: skip
    assert "Alla tillfrågade har svarat." in text_of(page(study))


def test_units_that_are_kept_back_in_the_method_are_so_here():
    book = evalkit.open_study("skaraborg-modell")
    report = book.comparison_report()
    rates = report.all.unit_rates.content.rows
    hidden = {row.label.sv for row in rates if row.hidden}
    rows = rows_of(page("skaraborg-modell"), "vilka-svarade-unit-tabell")
    assert {row[0] for row in rows if row[1] == ".."} == hidden
    assert hidden


# The file


@pytest.mark.parametrize(
    ("population", "row", "column", "words"),
    [
        ("item,value,n\nsx,0,12\n", 2, "item", 'no item "sx". Did you mean "sex"'),
        ("item,value,n\nsex,7,12\n", 2, "value", '"7" is no answer to sex'),
        ("item,value,n\nsex,0,12\nsex,svar sex 0,16\n", 3, "value", "stands in row 2 too"),
        ("item,value,n\nsex,0,tolv\n", 2, "n", "not a number of people"),
        ("item,value,n\nsex,0,12\nsex,1,15\n", None, "n", "add to 27, and 28 were invited"),
        ("item,value,n\nsex,0,26\nsex,1,2\n", 3, "n", "2 were invited at sex 1"),
        ("item,value,n\n", None, None, "no row"),
    ],
)
def test_a_fault_in_the_population_has_its_row(weighted, population, row, column, words):
    study = weighted(to="[sex]", population=population)
    problems = [each for each in evalkit.check(study) if each.file == "population.csv"]
    assert problems
    assert any(words in f"{each.message} {each.fix}" for each in problems)
    first = next(each for each in problems if words in f"{each.message} {each.fix}")
    assert (first.row, first.column) == (row, column)


# Who cannot have them


def test_a_reconstructed_study_and_a_round_without_population_say_why(weighted, made):
    study = weighted()
    yaml = study / "study.yaml"
    text = yaml.read_text("utf-8")
    yaml.write_text(f"{text}mark: reconstructed\n", "utf-8")
    assert "återskapade ur publicerade tabeller" in text_of(page(study))
    with pytest.raises(evalkit.EvalkitError, match="reconstructed"):
        evalkit.open_study(study).weights()
    more = text.replace(", population: population.csv}", "}").replace(
        "publication:",
        '  "2": {responses: svar.csv, invited: 28, population: population.csv}\npublication:',
    )
    yaml.write_text(more, "utf-8")
    assert "känt hur alla tillfrågade fördelar sig" in text_of(page(study, of_round="1"))
    with pytest.raises(evalkit.EvalkitError, match="is not known by sex, age"):
        evalkit.open_study(study).weights("1")


def test_items_known_of_all_invited_have_no_interval(weighted):
    frame = evalkit.open_study(weighted()).certainty()
    assert set(frame["item"]) == {"y"}


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("of_round", ["2014-05", "2014-10"])
@pytest.mark.parametrize("edition", ["published", "internal"])
def test_the_model_study_tells_who_answered_and_is_weighted(language, of_round, edition):
    """Of those who answered in May one did not tell the sex: no weighted figures are published."""
    soup = page("skaraborg-modell", language, edition, of_round)
    there = soup.find("caption", id="vagda-siffror-tabell-text") is not None
    assert there == ((edition, of_round) != ("published", "2014-05"))
    assert "nan" not in text_of(soup).lower().split()
