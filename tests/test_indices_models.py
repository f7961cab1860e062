"""Indices and models, from the study's files to the page, against R and by hand."""

from __future__ import annotations

import csv
import itertools
import math
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import evalkit
from evalkit.report.audit import audit
from evalkit.statistics.ordinal import proportional_odds

R = Path(__file__).parent / "fixtures" / "statistics" / "r.csv"


def r_case(case: str) -> tuple[list[list[int]], dict[str, list[float]]]:
    """The columns of a case of R's, and its figures by name."""
    found: dict[str, list[float]] = {}
    data = ""
    with R.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter=";"):
            if row[0] == case and (not data or row[1] == data):
                data = row[1]
                found.setdefault(row[2], []).append(float(row[3]))
    return [[int(each) for each in column.split()] for column in data.split("/")], found


def page(study, language="sv", edition="published", of_round=""):
    report = evalkit.open_study(study).comparison_report(of_round, language, edition)
    html = report.indices.all().html + report.models.all().html
    ids = [*report.indices.declared, *report.models.declared]
    whole = f'<html lang="{language}"><body><h1>x</h1>{html}</body></html>'
    assert [each.message for each in audit(whole, "x", language, ids)] == []
    return BeautifulSoup(html, "html.parser")


def text_of(soup) -> str:
    return " ".join(soup.get_text(" ").replace("\xa0", " ").split())


def rows_of(table):
    return [
        [cell.get_text().replace("\xa0", " ") for cell in row.find_all(["th", "td"])]
        for row in table.find_all("tr")[1:]
    ]


def two(value: float) -> str:
    return f"{value:.2f}".replace(".", ",").replace("-", "−")


# Indices


def attitude():
    columns, figures = r_case("cronbach")
    return {f"a{at}": column for at, column in enumerate(columns, start=1)}, figures


def index_of(names):
    return f"indices:\n  i: {{label: Nöjdhet, items: [{', '.join(names)}]}}"


def test_the_page_has_the_alpha_of_psych(made):
    columns, figures = attitude()
    study = made(columns, {}, index_of(columns), ends=dict.fromkeys(columns, (20, 100)))
    soup = page(study)
    rows = rows_of(soup.find("table"))
    assert rows[-1][1] == (
        f"{two(figures['alpha'][0])} ({two(figures['low'][0])} till {two(figures['high'][0])})"
    )
    assert [row[1] for row in rows[:-1]] == [two(each) for each in figures["item_total"]]
    assert [row[2] for row in rows[:-1]] == [two(each) for each in figures["dropped"]]
    assert "Utan ”Fråga a6” skulle alfa bli högre, 0,86" in text_of(soup)
    assert "30 som besvarat alla sju frågorna" in text_of(soup)


def test_an_item_of_the_other_direction_is_turned_round(made):
    """Turned at 20 and 100, a1 becomes 120 − a1: with its end low, alpha is that of psych."""
    columns, figures = attitude()
    columns["a1"] = [120 - each for each in columns["a1"]]
    ends = dict.fromkeys(columns, (20, 100))
    positive = {**dict.fromkeys(columns, "high"), "a1": "low"}
    soup = page(made(columns, {}, index_of(columns), positive=positive, ends=ends))
    assert rows_of(soup.find("table"))[-1][1].startswith(two(figures["alpha"][0]))
    assert "Frågan ”Fråga a1” är vänd" in text_of(soup)
    assert "(tabell 1, vänd)" in text_of(soup)


def test_items_that_all_have_the_low_end_are_left_as_they_are(made):
    columns, figures = attitude()
    soup = page(
        made(columns, {}, index_of(columns), positive=dict.fromkeys(columns, "low"),
             ends=dict.fromkeys(columns, (20, 100)))
    )  # fmt: skip
    assert "är vända" not in text_of(soup)
    assert "Ett lågt medelvärde är här det positiva" in text_of(soup)
    assert two(figures["alpha"][0]) in text_of(soup)


def test_the_mean_of_the_index_is_kept_back_where_few_answered_a_part(made):
    """Two skipped one item: their answers to the others could be had from the items' tables."""
    columns, _ = attitude()
    columns["a1"] = [None, None, *columns["a1"][2:]]
    study = made(columns, {}, index_of(columns), ends=dict.fromkeys(columns, (20, 100)))
    shown = text_of(page(study))
    assert "Medelvärdet visas inte" in shown
    assert "Indexets medelvärde" not in shown
    mean = evalkit.open_study(study).alpha("i").statistics()["mean"]
    assert two(mean) not in shown + str(page(study))
    assert "Indexets medelvärde är" in text_of(page(study, edition="internal"))


def test_an_index_of_few_is_not_published(made):
    columns, _ = attitude()
    columns = {name: each[:9] for name, each in columns.items()}
    study = made(columns, {}, index_of(columns))
    assert "färre än 10 har besvarat alla" in text_of(page(study))
    assert page(study).find("table") is None
    assert page(study, edition="internal").find("table") is not None


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"x": [3] * 12, "y": [2] * 12}, "Alfa kan inte räknas ut. Alla svar är lika."),
        ({"x": [1, 2] * 6, "y": [2, 1] * 6}, "Alfa kan inte räknas ut. Alla som svarade har samma"),
        (
            {"x": [1, 2, 3, 4] * 3, "y": [4, 3, 2, 1] * 3, "z": [1, 1, 2, 2] * 3},
            "Frågorna följer inte varandra",
        ),
        ({"x": [1, 2, 3, 4] * 3, "y": [1, 2, 3, 4] * 3}, "har två frågor, så ingen kan tas bort"),
    ],
)
def test_what_cannot_be_worked_out_is_a_sentence(made, columns, words):
    study = made(columns, {}, index_of(columns), ends=dict.fromkeys(columns, (1, 4)))
    assert words in text_of(page(study))
    assert "nan" not in str(page(study)).lower()


def test_an_index_of_nobody_is_a_sentence(made):
    columns = {"x": [1, None, 2, None], "y": [None, 1, None, 2]}
    study = made(columns, {}, index_of(columns), least=1)
    assert "Ingen svarade" in text_of(page(study, edition="internal"))


# Models


def wine():
    (rating, temp, contact), figures = r_case("wine")
    return {"rating": rating, "temp": temp, "contact": contact}, figures


MODEL = "models:\n  - {item: rating, on: [temp, contact]}"
KINDS = {"temp": "nominal", "contact": "ordinal"}


def test_the_page_has_the_odds_ratios_of_ordinal(made):
    """The largest group is compared with; of two as large the first, which is code 1 here."""
    columns, figures = wine()
    study = made(columns, KINDS, MODEL, positive={"rating": "high"})
    soup = page(study)
    rows = rows_of(soup.find("table"))
    for name, estimate, error in zip(
        ("temp", "contact"), figures["estimate"], figures["error"], strict=True
    ):
        at = next(at for at, row in enumerate(rows) if row[0] == f"Fråga {name}")
        assert rows[at + 1] == [f"svar {name} 1", "36", "jämförelsegrupp"]
        ratio, low, high = (two(math.exp(-estimate + z * error)) for z in (0, -1.959964, 1.959964))
        assert rows[at + 2][:4] == [f"svar {name} 0", "36", ratio, f"{low} till {high}"]
    book = evalkit.open_study(study).model("rating", ["temp", "contact"])
    assert book.fitted.log_likelihood == pytest.approx(figures["log_likelihood"][0], abs=1e-6)
    assert "Så stor skillnad ger slumpen sällan" in text_of(soup)
    assert "inget skäl att tvivla" in text_of(soup)


def test_an_odds_ratio_above_one_points_to_the_positive_end(made):
    """With the low end positive the ratios are turned over: exp(2.503) in place of exp(−2.503)."""
    columns, figures = wine()
    study = made(columns, KINDS, MODEL, positive={"rating": "low"})
    rows = rows_of(page(study).find("table"))
    at = next(at for at, row in enumerate(rows) if row[0] == "Fråga temp")
    assert rows[at + 2][2] == two(math.exp(figures["estimate"][0]))
    assert "närmare ”svar rating 1” är 12,22 gånger så högt" in text_of(page(study))
    assert "nearer to “answer rating 1” are 12.22 times as high" in text_of(page(study, "en"))


def test_a_group_of_few_keeps_the_model_back(made):
    columns, _ = wine()
    columns["temp"] = [2, 2, *columns["temp"][2:]]
    study = made(columns, KINDS, MODEL)
    soup = page(study)
    assert "Modellen visas inte. Någon av grupperna" in text_of(soup)
    assert soup.find("table") is None
    assert page(study, edition="internal").find("table") is not None


def withheld_and_shown(study):
    """No model in the published edition, and one in the internal."""
    assert "Modellen visas inte" in text_of(page(study))
    assert page(study).find("table") is None
    assert page(study, edition="internal").find("table") is not None


def test_the_figures_of_a_model_tell_how_each_combination_answered():
    """Why a combination needs enough: the answers of every sex and every age are published.

    Four are of one sex and age. Each of the 15 ways in which they can have answered, with the
    groups' tables the same, gives other figures in a model, rounded as the page has them.
    """
    others = {(1, 0): (5, 6, 5), (0, 1): (4, 7, 5), (0, 0): (8, 6, 9)}

    def shown(few):
        cells = [((1, 1), few)]
        cells += [
            (who, [n + (1 if sum(who) == 0 else -1) * (f - base)
                   for n, f, base in zip(given, few, (2, 1, 1), strict=True)])
            for who, given in others.items()
        ]  # fmt: skip
        rows = [(*who, at) for who, ns in cells for at, n in enumerate(ns) for _ in range(n)]
        sex, age, y = zip(*rows, strict=True)
        model = proportional_odds(y, {"sex": sex, "age": age})
        ratios = [each.odds_ratio for each in model.coefficients]
        return (
            *(round(x, 2) for each in ratios for x in (each.estimate, each.low, each.high)),
            *(round(each.test.p, 3) for each in model.odds if each.term is None),
        )

    ways = [each for each in itertools.product(range(5), repeat=3) if sum(each) == 4]
    assert len({shown(each) for each in ways}) == len(ways) == 15


@pytest.mark.parametrize("few", [3, 5])
def test_a_model_needs_enough_in_each_combination_of_its_groups(made, few):
    sex = [1] * 20 + [0] * 20
    age = [1] * few + [0] * (20 - few) + [1] * 10 + [0] * 10
    study = made({"y": [1, 2, 3, 4] * 10, "sex": sex, "age": age},
                 {"sex": "nominal", "age": "ordinal"},
                 "models:\n  - {item: y, on: [sex, age]}")  # fmt: skip
    if few == 3:
        withheld_and_shown(study)
    else:
        assert page(study).find("table") is not None


@pytest.mark.parametrize("lacking", [2, 5])
def test_those_of_an_unknown_group_are_not_told_by_a_model(made, lacking):
    """Two did not tell their sex: the answers of all less those of the model would be theirs."""
    sex = [1] * 15 + [0] * (25 - lacking) + [None] * lacking
    study = made({"y": [1, 2, 3, 4] * 10, "sex": sex}, {"sex": "nominal"},
                 "models:\n  - {item: y, on: [sex]}")  # fmt: skip
    if lacking == 2:
        withheld_and_shown(study)
    else:
        assert page(study).find("table") is not None


def test_a_model_does_not_tell_what_another_grouping_would(made):
    """All but two of a sex are one unit: its table less that of the unit would be theirs."""
    sex = [1] * 12 + [0] * 28
    place = [1] * 10 + [2] * 30
    columns = {"y": [1, 2, 3, 4] * 10, "sex": sex, "place": place}
    kinds = {"sex": "nominal", "place": "nominal"}
    settings = "unit: place\nmodels:\n  - {item: y, on: [sex]}"
    withheld_and_shown(made(columns, kinds, settings))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"y": [1] * 6 + [3] * 6, "x": [0] * 6 + [1] * 6}, "skiljer svaren helt åt"),
        ({"y": [2] * 12, "x": [0, 1] * 6}, "Alla svar är lika"),
        ({"y": [1, 2, 3] * 4, "x": [1] * 12}, "lika för alla"),
    ],
)
def test_a_model_that_does_not_exist_is_a_sentence(made, columns, words):
    study = made(columns, {"x": "nominal"}, "models:\n  - {item: y, on: [x]}")
    assert words in text_of(page(study))
    assert page(study).find("table") is None


def test_nobody_to_model_is_a_sentence(made):
    columns = {"y": [1, None, 2, None], "x": [None, 1, None, 0]}
    study = made(columns, {"x": "nominal"}, "models:\n  - {item: y, on: [x]}", least=1)
    assert "Ingen svarade" in text_of(page(study, edition="internal"))


def test_the_odds_of_a_large_effect_stay_readable(made):
    """One of 40 goes against the rest: the ratio is large, and the interval past a thousand."""
    y = [1] * 20 + [2] * 20
    x = [0] * 19 + [1, 0] + [1] * 19
    study = made({"y": y, "x": x}, {"x": "nominal"}, "models:\n  - {item: y, on: [x]}")
    odds = evalkit.open_study(study).model("y", "x").frame().dropna()
    assert odds["odds_ratio"].iloc[0] == pytest.approx(1 / 361, rel=1e-4)
    shown = next(r for r in rows_of(page(study).find("table")) if len(r) > 3)
    assert shown[2] == "< 0,01"


# Who has no respondents


def test_a_reconstructed_study_refuses_and_says_why(made):
    columns, _ = wine()
    settings = f"{MODEL}\nindices:\n  i: {{items: [rating, contact]}}"
    study = made(columns, {"temp": "nominal", "contact": "ordinal"}, settings,
                 mark="mark: reconstructed")  # fmt: skip
    shown = text_of(page(study))
    assert shown.count("återskapade ur publicerade tabeller") == 2
    assert page(study).find("table") is None
    book = evalkit.open_study(study)
    for refused in (lambda: book.alpha("i"), lambda: book.model("rating", "temp")):
        with pytest.raises(evalkit.EvalkitError, match="reconstructed"):
            refused()


def test_a_round_of_counts_refuses_and_says_why(counts_study):
    yaml = counts_study / "study.yaml"
    text = "\n".join(
        each for each in yaml.read_text("utf-8").splitlines() if not each.startswith("mark:")
    )
    yaml.write_text(f"{text}\nindices:\n  i: {{items: [q01, q02]}}\n", "utf-8")
    assert "bara antal per svar" in text_of(page(counts_study))
    with pytest.raises(evalkit.EvalkitError, match="came in as counts"):
        evalkit.open_study(counts_study).alpha("i")


def test_wrong_names_are_faults_with_a_proposal(made):
    columns, _ = wine()
    book = evalkit.open_study(made(columns, KINDS, ""))
    for refused in (
        lambda: book.alpha("i"),
        lambda: book.model("rating", "tmp"),
        lambda: book.model("temp", "rating"),
        lambda: book.model("rating", "rating"),
        lambda: book.model("rating", []),
    ):
        with pytest.raises(evalkit.EvalkitError):
            refused()


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("of_round", ["2014-05", "2014-10"])
def test_the_model_study_has_its_index_and_its_model(language, of_round):
    """Of those who answered in May one did not tell the sex: there is no model."""
    soup = page("skaraborg-modell", language, of_round=of_round)
    assert len(soup.find_all("table")) == (2 if of_round == "2014-10" else 1)
    assert "nan" not in text_of(soup).lower().split()


def test_what_python_shows_of_an_index_a_model_and_weights_is_a_table():
    book = evalkit.open_study("skaraborg-modell")
    shown = {
        "alpha_if_dropped": repr(book.alpha("trygghet")),
        "odds_ratio": repr(book.model("oro", ["kon"])),
        "unweighted": repr(book.weights()),
    }
    for column, text in shown.items():
        assert column in text
        assert "Item(" not in text
        assert "Text(" not in text
