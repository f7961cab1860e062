"""Sweden's municipalities and counties, against figures that are generally known."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest

from evalkit.sweden import (
    code_fix,
    counties,
    find_county,
    find_municipality,
    is_called,
    municipalities,
)


def test_there_are_290_municipalities_in_21_counties():
    """How many each county has is written down here apart from the file."""
    assert len(municipalities()) == 290
    assert len(counties()) == 21
    by_county = Counter(each.county.name.en for each in municipalities().values())
    assert by_county == {
        "Stockholm County": 26, "Uppsala County": 8, "Södermanland County": 9,
        "Östergötland County": 13, "Jönköping County": 13, "Kronoberg County": 8,
        "Kalmar County": 12, "Gotland County": 1, "Blekinge County": 5, "Skåne County": 33,
        "Halland County": 6, "Västra Götaland County": 49, "Värmland County": 16,
        "Örebro County": 12, "Västmanland County": 10, "Dalarna County": 15,
        "Gävleborg County": 10, "Västernorrland County": 7, "Jämtland County": 8,
        "Västerbotten County": 15, "Norrbotten County": 14,
    }  # fmt: skip


def test_every_name_stands_once_and_every_code_says_its_county():
    text = (files("evalkit.sweden") / "municipalities.csv").read_text("utf-8").splitlines()
    rows = [line.split(",") for line in text[1:]]
    assert all(county == code[:2] for code, _, county in rows)
    assert all(len(code) == 4 and code.isdigit() for code, _, _ in rows)
    assert len({name for _, name, _ in rows}) == len(rows) == 290
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)


@pytest.mark.parametrize(
    ("text", "code", "county"),
    [
        ("0180", "0180", "Stockholms län"),
        ("Stockholm", "0180", "Stockholms län"),
        ("Stockholms stad", "0180", "Stockholms län"),
        ("Stockholms kommun", "0180", "Stockholms län"),
        ("  göteborgs   stad ", "1480", "Västra Götalands län"),
        ("Heby", "0331", "Uppsala län"),
        ("Knivsta kommun", "0330", "Uppsala län"),
        ("Kungsbacka", "1384", "Hallands län"),
        ("Region Gotland", "0980", "Gotlands län"),
        ("Malung-Sälen", "2023", "Dalarnas län"),
        ("Upplands Väsby kommun", "0114", "Stockholms län"),
        ("Borås stad", "1490", "Västra Götalands län"),
        ("Hofors kommun", "2104", "Gävleborgs län"),
        ("Hofors", "2104", "Gävleborgs län"),
        ("Malmö Municipality", "1280", "Skåne län"),
    ],
)
def test_a_municipality_is_found_by_code_and_name(text, code, county):
    found = find_municipality(text)
    assert found is not None
    assert (found.code, found.county.name.sv) == (code, county)


@pytest.mark.parametrize("text", ["", "180", "0", "Skaraborg", "Stockholms län", "kommun", "9999"])
def test_what_is_no_municipality_is_none(text):
    assert find_municipality(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("14", "14"), ("Västra Götalands län", "14"), ("Västra Götaland", "14"),
        ("Uppsala län", "03"), ("uppsala", "03"), ("Skåne", "12"), ("Blekinge län", "10"),
        ("Hallands län", "13"), ("Dalarna County", "20"), ("Dalarnas län", "20"),
    ],
)  # fmt: skip
def test_a_county_is_found_by_code_and_name(text, code):
    found = find_county(text)
    assert found is not None
    assert found.code == code


def test_no_county_is_found_by_another_name():
    assert find_county("Skaraborgs län") is None
    assert find_county("Uppsala kommun") is None
    assert find_county("2") is None
    assert find_county("") is None


def test_places_stand_in_swedish_order():
    names = [each.name for each in municipalities().values()]
    assert names[0] == "Ale"
    assert names[-1] == "Övertorneå"
    tail = [name for name in names if name[0] in "ÅÄÖ"]
    assert names[-len(tail) :] == tail
    assert [name[0] for name in tail] == sorted((name[0] for name in tail), key="ÅÄÖ".index)
    assert next(iter(counties())) == "10"  # Blekinge
    assert list(counties())[-1] == "05"  # Östergötland


def test_a_code_and_a_name_answer_to_each_other():
    assert is_called("Stockholms stad", "0180")
    assert is_called("Stockholms län", "01")
    assert not is_called("Göteborg", "0180")
    assert not is_called("Kommun C", "0180")


@pytest.mark.parametrize(
    ("code", "label", "said"),
    [
        ("180", "Kommun X", "Did you mean 0180 (Stockholm)? A leading zero"),
        ("1", "", "Did you mean 01 (Stockholms län)?"),
        ("9999", "Göteborgs stad", "The code of Göteborg is 1480."),
        ("0181x", "", 'Did you mean "0181"?'),
    ],
)
def test_what_to_do_about_a_code_that_is_none(code, label, said):
    assert said in code_fix(code, label)
