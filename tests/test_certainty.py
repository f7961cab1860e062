"""How sure the figures of a round are: from the study's files to the cells of the page."""

from __future__ import annotations

import csv
import io
import re
from math import comb
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from scipy import stats

import evalkit
from evalkit.codebook import LANGUAGES
from evalkit.report.audit import audit
from evalkit.statistics.census import census_proportion, widest_census_proportion

KINDS = Path(__file__).parent / "all_kinds"


def section(study, language="sv", edition="published"):
    report = evalkit.open_study(study).comparison_report(language=language, edition=edition)
    return report.certainty, BeautifulSoup(report.certainty.intervals().html, "html.parser")


def cells_of(soup, ident):
    """Each row of a table as its texts; a heading over several rows stands in the first."""
    table = soup.find("caption", id=f"{ident}-text").parent
    return [
        [cell.get_text().replace("\xa0", " ") for cell in row.find_all(["th", "td"])]
        for row in table.find_all("tr")[1:]
    ]


def in_csv(soup):
    link = next(a for a in soup.find_all("a") if "csv" in a["href"])
    text = unquote(link["href"].split(",", 1)[1]).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def people_by_hand(yes: int, answered: int, population: int) -> list[int]:
    """Every number in the population that two one-sided tests of 2.5 % keep, in whole numbers."""
    ways = comb(population, answered)
    kept = []
    for among in range(yes, yes + population - answered + 1):
        chance = [
            comb(among, k) * comb(population - among, answered - k) for k in range(answered + 1)
        ]
        if sum(chance[yes:]) * 40 > ways and sum(chance[: yes + 1]) * 40 > ways:
            kept.append(among)
    return kept


def test_the_example_of_the_issue_reaches_the_page():
    """16 of 25 in 28: 16 to 19 people; the study's q08 and q09a have it."""
    _, soup = section("bou-2012")
    rows = cells_of(soup, "sakerhet-andelar")
    shown = next(row for row in rows if row[0] == "Uppdragets omfattning (tabell 8)")
    assert shown[1:] == ["Heltid", "16 av 25", "64 %", "57–68 %", "16–19 av 28", "57–68 %"]


def test_every_share_of_bou_is_that_of_whole_number_arithmetic():
    frame = evalkit.open_study("bou-2012").certainty()
    shares = frame[frame["figure"] == "share"]
    assert len(shares) == 29
    for row in shares.itertuples():
        kept = people_by_hand(row.n, row.base, 28)
        assert (row.people_low, row.people_high) == (kept[0], kept[-1])
        assert (row.possible_low, row.possible_high) == pytest.approx(
            (100 * row.n / 28, 100 * (row.n + 28 - row.base) / 28)
        )


def test_a_mean_has_the_finite_population_correction():
    """q10: 25 of 28 answered; SciPy has the t interval and its error."""
    book = evalkit.open_study("bou-2012")
    rows = book.frequency("q10").query("status == 'valid'")
    values = [float(v) for v, n in zip(rows["value"], rows["n"], strict=True) for _ in range(n)]
    error = stats.sem(values) * (1 - len(values) / 28) ** 0.5
    low, high = stats.t.interval(0.95, len(values) - 1, sum(values) / len(values), error)
    frame = book.certainty()
    found = frame[(frame["item"] == "q10") & (frame["figure"] == "mean")].iloc[0]
    assert (found["low"], found["high"]) == pytest.approx((low, high))
    _, soup = section("bou-2012")
    shown = next(r for r in cells_of(soup, "sakerhet-medel") if "(tabell 10)" in r[0])
    assert shown[1:4] == ["25", "2,68", f"{low:.2f} till {high:.2f}".replace(".", ",")]


def test_the_csv_has_the_same_figures_unrounded():
    _, soup = section("bou-2012")
    row = next(r for r in in_csv(soup) if r["tabell"] == "8" and r["svar"] == "Heltid")
    assert (row["antal"], row["bas"], row["personer från"], row["personer till"]) == (
        "16", "25", "16", "19",
    )  # fmt: skip
    assert row["intervall från"] == "57,1429"


def test_the_same_study_as_a_sample_has_wilson(study):
    yaml = study / "study.yaml"
    yaml.write_text(yaml.read_text("utf-8") + "sampling: sample\n", "utf-8")
    _, soup = section(study)
    rows = cells_of(soup, "sakerhet-andelar")
    shown = next(row for row in rows if row[0] == "Uppdragets omfattning (tabell 8)")
    found = stats.binomtest(16, 25).proportion_ci(0.95, method="wilson")
    text = f"{100 * found.low:.0f}–{100 * found.high:.0f} %"
    assert shown[1:] == ["Heltid", "16 av 25", "64 %", text]
    assert text == "45–80 %"
    assert "slumpmässigt urval" in soup.get_text()
    assert "Möjligt" not in soup.get_text()


def test_a_census_of_nobody_knows_how_many_is_a_problem(study):
    yaml = study / "study.yaml"
    text = re.sub(r"\n +invited: 28", "", yaml.read_text("utf-8"))
    yaml.write_text(text + "sampling: census\n", "utf-8")
    problems = [str(each) for each in evalkit.check(study)]
    assert any("rounds.2012.invited" in each for each in problems)


def test_nobody_missing_is_said_and_has_no_interval(study):
    """Of 26 invited all took part, and an item that 26 answered has no interval."""
    yaml = study / "study.yaml"
    yaml.write_text(yaml.read_text("utf-8").replace("invited: 28", "invited: 26"), "utf-8")
    export = study / "rounds/2012/webbenkat-2012.csv"
    rows = list(csv.reader(export.read_text("cp1252").splitlines(), delimiter=";"))
    at = rows[0].index("10. Rollens tydlighet")
    for row in rows[1:]:
        row[at] = row[at] or "Mycket tydligt"
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(rows)
    export.write_text(out.getvalue(), "utf-8")
    _, soup = section(study)
    shown = next(r for r in cells_of(soup, "sakerhet-andelar") if "(tabell 10)" in r[0])
    assert shown[2].endswith("av 26")
    assert shown[4] == "Alla svarade: det finns inget att sluta sig till."
    assert "En fråga har besvarats av alla" in soup.get_text()


def test_more_answers_than_invited_is_an_error_and_no_traceback(study):
    yaml = study / "study.yaml"
    yaml.write_text(yaml.read_text("utf-8").replace("invited: 28", "invited: 20"), "utf-8")
    with pytest.raises(evalkit.EvalkitError, match="20 were invited and 26 answered"):
        evalkit.open_study(study).certainty()


def test_the_population_of_a_filter_is_never_told_too_small():
    """The bounds hold whatever the population is, also where the largest alone would not."""
    beyond = 0
    for answered in range(1, 9):
        for yes in range(answered + 1):
            for most in range(answered + 1, answered + 9):
                widest = widest_census_proportion(yes, answered, most)
                largest = census_proportion(yes, answered, most).interval
                for size in range(answered + 1, most + 1):
                    one = census_proportion(yes, answered, size).interval
                    assert widest.low <= one.low
                    assert one.high <= widest.high
                    beyond += one.low < largest.low or one.high > largest.high
    assert beyond > 0


def test_a_filter_has_no_number_of_people_and_says_so():
    _, soup = section(KINDS)
    rows = cells_of(soup, "sakerhet-andelar")
    shown = next(row for row in rows if "Nyttan" in row[0])
    assert shown[5] == ""
    assert "inte känt hur många" in soup.get_text()


def test_a_mean_never_leaves_its_scale():
    frame = evalkit.open_study(KINDS).certainty()
    means = frame[(frame["figure"] == "mean") & frame["item"].isin(["q4a", "q4b", "q7"])]
    assert (means["low"] >= 1).all()
    assert (means["high"] <= 3).all()
    assert (means["low"] >= means["possible_low"]).all()


def test_what_a_table_keeps_back_has_no_interval(tmp_path, copy_study):
    folder = copy_study(tmp_path / "bou-2012")
    yaml = folder / "study.yaml"
    text = yaml.read_text("utf-8").replace("min_respondents: 5", "min_respondents: 25")
    yaml.write_text(text, "utf-8")
    certainty, soup = section(folder)
    text = soup.get_text() + str(soup)
    # q05 has 24 answers
    assert "De gemensamma målens tydlighet" in soup.get_text()
    assert not any("(tabell 5)" in row[0] for row in cells_of(soup, "sakerhet-andelar"))
    assert "15;24" not in unquote(text)
    assert "62,5" not in unquote(text)
    inside, _ = section(folder, edition="internal")
    assert any(row.number == "5" for row in inside.released.content.rows)
    assert not any(row.number == "5" for row in certainty.released.content.rows)


def test_nothing_is_shown_of_a_round_of_too_few(tmp_path, copy_study):
    folder = copy_study(tmp_path / "bou-2012")
    yaml = folder / "study.yaml"
    text = yaml.read_text("utf-8").replace("min_respondents: 5", "min_respondents: 30")
    yaml.write_text(text, "utf-8")
    certainty, soup = section(folder)
    assert "visas inte" in soup.get_text()
    assert not re.search(r"\d", soup.get_text())
    assert list(certainty.declared) == ["sakerhet"]


def test_the_spread_of_few_numbers_is_not_told_by_an_interval(tmp_path, copy_study):
    """7 and 11 numbers, and the least is 6: the first has no spread, so no interval."""
    import shutil

    folder = Path(shutil.copytree(KINDS, tmp_path / "all_kinds"))
    yaml = folder / "study.yaml"
    text = yaml.read_text("utf-8").replace("min_respondents: 3", "min_respondents: 4")
    yaml.write_text(text, "utf-8")
    _, soup = section(folder)
    means = [row[0] for row in cells_of(soup, "sakerhet-medel")]
    assert not any("Hur många sidor" in each for each in means)
    assert any("Hur många timmar" in each for each in means)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", ["bou-2012", "bou-2012-counts", "lanen-modell", "fyrbodal-2011"])
def test_every_study_has_its_intervals_without_nan(study, language):
    certainty, soup = section(study, language)
    more = certainty.who_answered().html + certainty.weights().html
    page = f'<html lang="{language}"><body><h1>x</h1>{soup}{more}</body></html>'
    assert [each.message for each in audit(page, "x", language, list(certainty.declared))] == []
    told = f"{soup.get_text()} {unquote(str(soup.find_all('a')))} {soup.find('svg')['aria-label']}"
    assert not re.search(r"\b(nan|NaN|None|inf)\b", told)


def test_the_chart_tells_every_line_in_words():
    _, soup = section("bou-2012")
    alt = soup.find("svg")["aria-label"].replace("\xa0", " ")
    assert "Uppdragets omfattning, ”Heltid”: 64 % (57–68 %)" in alt
    assert "Minst säker" in alt
