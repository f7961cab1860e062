"""The finished page as a reader sees it, figure by figure, and the audit that watches over it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import yaml

from evalkit.report.audit import audit

NBSP = "\u00a0"
STUDIES = ("bou-2012", "bou-2012-counts")
LANGUAGES = ("sv", "en")
EDITIONS = [
    ("bou-2012", "sv"),
    ("bou-2012", "en"),
    ("bou-2012-counts", "sv"),
    ("bou-2012-counts", "en"),
]
NUMBERS = ["1", "2", "3", "4", "5", "6", "7", "8", "9a", "9b", "10", "11"]
NUMBERS += ["13", "14", "15", "16", "17", "18", "19"]

WORDS = {
    "sv": {"answers": "Antal svar", "respondents": "Antal respondenter", "none": "Inget svar"},
    "en": {
        "answers": "Number of answers",
        "respondents": "Number of respondents",
        "none": "No answer",
    },
}
MEAN = {"sv": "Medel", "en": "Mean"}


def text_of(node) -> str:
    """The text of an element with ordinary white space folded and no-break spaces kept."""
    return re.sub(r"[ \n\t]+", " ", node.get_text()).strip(" \n\t")


def section_of(page, number: str):
    heading = page.find(id=f"tabell-{number.lower()}")
    assert heading is not None, f"there is no #tabell-{number.lower()}"
    section = heading.find_parent("section")
    assert section is not None
    return section


def rows_of(body) -> dict[str, list[str]]:
    """The rows of a table's body: heading → the cells after it; code before it, if there is one."""
    found: dict[str, list[str]] = {}
    for row in body.find_all("tr"):
        if "part" in row.get("class", []):
            continue
        label = text_of(row.find("th"))
        assert label not in found, f"{label} stands there twice"
        before = [text_of(each) for each in row.find("th").find_previous_siblings("td")]
        after = [text_of(each) for each in row.find("th").find_next_siblings("td")]
        found[label] = [*before, "|", *after]
    return found


def body_of(page, item: dict[str, str], labels: dict[str, str]):
    """The rows about one item; in a table in parts, those under the part's heading."""
    table = section_of(page, item["published_table"]).find("table")
    bodies = table.find_all("tbody")
    if len(bodies) == 1:
        return bodies[0]
    named = [each for each in bodies if text_of(each.find("tr")) == labels[item["item"]]]
    assert len(named) == 1
    return named[0]


@pytest.fixture(scope="module")
def item_labels(published):
    return {
        "sv": {row["item"]: row["label"] for row in published.codebook},
        "en": {row["item"]: row["label_en"] for row in published.codebook},
    }


@pytest.fixture(scope="module")
def answer_labels(published, item_labels):
    """Swedish answer → what the page in each language calls it."""
    english = {row["label"]: row["label_en"] for row in published.scales}
    english |= {row["label"]: row["label_en"] for row in published.codebook if row["part_of"]}
    english["Inget svar"] = WORDS["en"]["none"]
    return {"sv": {each: each for each in english}, "en": english}


def printed_percent(text: str, language: str) -> str:
    return text and f"{text}{NBSP if language == 'sv' else ''}%"


@pytest.mark.parametrize(("study", "language"), EDITIONS)
def test_every_published_cell_stands_in_its_table(
    study, language, reports, published, item_labels, answer_labels
):
    page = reports.soup(study, language)
    assert len(published.cells) == 112
    wrong = []
    for cell in published.cells:
        rows = rows_of(body_of(page, cell, item_labels[language]))
        label = answer_labels[language][cell["category"]]
        expected = ["|", cell["n"], printed_percent(cell["percent_published"], language)]
        if cell["item"] != "q09a":
            expected.insert(0, cell["code"])
        if rows.get(label) != expected:
            wrong.append((cell, rows.get(label)))
    assert wrong == []


@pytest.mark.parametrize(("study", "language"), EDITIONS)
def test_every_published_base_and_mean_stands_in_its_table(
    study, language, reports, published, item_labels
):
    page, words = reports.soup(study, language), WORDS[language]
    assert len(published.items) == 21
    for item in published.items:
        rows = rows_of(body_of(page, item, item_labels[language]))
        respondents = item["base_name"] == "Antal respondenter"
        base = words["respondents" if respondents else "answers"]
        other = words["answers" if respondents else "respondents"]
        lead = [] if respondents else [""]
        assert rows[base] == [*lead, "|", item["antal_svar_published"], ""], item
        assert other not in rows, item
        assert rows[words["none"]] == [*lead, "|", item["inget_svar_published"], ""], item
        mean = item["medel_published"].replace(",", "." if language == "en" else ",")
        assert rows.get(MEAN[language]) == ([*lead, "|", mean] if mean else None), item


@pytest.mark.parametrize(("study", "language"), EDITIONS)
def test_a_table_has_the_published_rows_and_no_other(
    study, language, reports, published, item_labels, answer_labels
):
    page = reports.soup(study, language)
    opinion = {"sv": "Därav med åsikt", "en": "Of which with an opinion"}[language]
    extra = {*WORDS[language].values(), MEAN[language], "Median", opinion}
    for item in published.items:
        rows = rows_of(body_of(page, item, item_labels[language]))
        cells = [each for each in published.cells if each["item"] == item["item"]]
        expected = [answer_labels[language][each["category"]] for each in cells]
        assert [each for each in rows if each not in extra] == [
            each for each in expected if each not in extra
        ]


def test_figures_that_python_would_round_wrongly_are_rounded_half_up(reports):
    """3 of 24 is 12.5, and the mean of table 1 is 2.625."""
    page = reports.soup()
    assert rows_of(section_of(page, "3").tbody)["Vet ej"] == ["", "|", "3", f"13{NBSP}%"]
    assert rows_of(section_of(page, "1").tbody)["Medel"] == ["", "|", "2,63"]


def shown(page, number: str) -> dict[str, object]:
    """All that a reader sees of one item, cell by cell."""
    section = section_of(page, number)
    return {
        "caption": text_of(section.find("caption")),
        "cells": [
            [text_of(cell) for cell in row.find_all(["th", "td"])] for row in section.find_all("tr")
        ],
        "alternative": section.find("svg")["aria-label"],
        "chart": text_of(section.find("svg")),
        "figcaption": text_of(section.find("figcaption")),
        "sentences": [text_of(each) for each in section.find_all("p", "finding")],
        "notes": [text_of(each) for each in section.find_all("p", "note")],
        "download": section.find("a", download=True)["href"],
        "comment": [text_of(each) for each in section.find_all("div", "comment")],
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_responses_and_counts_give_the_same_page(language, reports):
    one, other = (reports.soup(each, language) for each in STUDIES)
    for number in NUMBERS:
        assert shown(one, number) == shown(other, number)
    for ident in ("sammanfattning", "metod", "oversikt", "bortfall", "fragor", "avstamning"):
        pair = [text_of(page.find(id=ident).find_parent("section")) for page in (one, other)]
        assert pair[0] == pair[1]


@pytest.mark.parametrize(("study", "language"), EDITIONS)
def test_there_are_as_many_tables_and_charts_as_the_study_declares(
    study, language, reports, published
):
    page = reports.soup(study, language)
    numbers = [row["number"].lower() for row in published.codebook if row["number"]]
    assert numbers == NUMBERS
    found = [each["id"] for each in page.find_all(id=re.compile(r"^tabell-[0-9]+[a-z]?$"))]
    assert found == [f"tabell-{each}" for each in numbers]
    charts = [each["id"] for each in page.find_all(id=re.compile(r"^diagram-"))]
    assert charts == [f"diagram-{each}" for each in numbers]
    sections = page.find_all("section", "item")
    assert len(sections) == len(numbers)
    for section in sections:
        assert len(section.find_all("table")) == 1
        assert len(section.find_all("svg")) == 1
        assert section.find("a", download=True)
    assert len(page.find_all("section", "overview")) == 1 + 2  # the part and its two overviews


@pytest.mark.parametrize(("study", "language"), EDITIONS)
def test_every_heading_names_its_number_and_every_base_is_in_its_caption(
    study, language, reports, published
):
    page = reports.soup(study, language)
    kind = {"sv": "Tabell och diagram", "en": "Table and chart"}[language]
    bases: dict[str, set[str]] = {}
    for item in published.items:
        bases.setdefault(item["published_table"], set()).add(item["antal_svar_published"])
    for number, expected in bases.items():
        section = section_of(page, number)
        assert text_of(section.find("h4")).startswith(f"{kind} {number}. ")
        for caption in (section.find("caption"), section.find("figcaption")):
            found = re.search(r"\(.*\s=\s([0-9–]+)\)$", text_of(caption))
            assert found is not None
            assert {found[1]} == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", STUDIES)
def test_links_within_the_page_lead_somewhere(study, language, reports):
    page = reports.soup(study, language)
    idents = [each["id"] for each in page.find_all(id=True)]
    assert len(idents) == len(set(idents))
    inner = [each["href"][1:] for each in page.find_all("a", href=re.compile("^#"))]
    assert len(inner) > 50
    assert set(inner) <= set(idents)


@pytest.mark.parametrize("file", ["01_intake.html", "02_survey.html"])
def test_a_notebooks_page_leads_to_the_report_for_what_it_does_not_hold(file, reports):
    page, whole = reports.soup(file=file), reports.soup()
    links = [each["href"] for each in page.find_all("a", href=re.compile("#"))]
    assert links
    for link in links:
        home, _, ident = link.partition("#")
        assert home in ("", "report.html")
        assert (whole if home else page).find(id=ident) is not None, link


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_evaluation_matrix_leads_to_the_tables_and_conclusions(language, reports, root):
    page = reports.soup("bou-2012", language)
    table = page.find(id="fragor").find_parent("section").find("table")
    with (root / "data/raw/bou-2012/evaluation_questions.csv").open(encoding="utf-8") as file:
        questions = list(csv.DictReader(file))
    rows = table.tbody.find_all("tr")
    assert len(rows) == len(questions) == 5
    asked = "what_was_asked" if language == "sv" else "what_was_asked_en"
    for row, question in zip(rows, questions, strict=True):
        assert text_of(row.th) == question[asked]
        links = [each["href"] for each in row.find_all("a")]
        expected = [
            each.removeprefix("q").lstrip("0") for each in question["answered_by"].split(";")
        ]
        tables = dict.fromkeys(f"#tabell-{re.sub('[abc]$', '', each)}" for each in expected)
        assert [each for each in links if each.startswith("#tabell")] == list(tables)
        assert [each for each in links if each.startswith("#slutsatser-")]
        for link in links:
            assert page.find(id=link[1:]) is not None


def test_an_alternative_text_gives_kind_base_finding_and_bars(reports):
    svg = section_of(reports.soup(), "1").svg
    alternative = svg["aria-label"]
    assert alternative.startswith("Liggande stapeldiagram")
    for part in ("25", f"52{NBSP}%", f"44{NBSP}%", f"8{NBSP}%", f"4{NBSP}%", "Vet ej"):
        assert part in alternative
    assert svg["role"] == "img"


def test_text_that_has_no_translation_is_marked_with_its_language(tmp_path, study, evalkit_command):
    path = study / "codebook.csv"
    text = path.read_text("utf-8")
    english = "Support for systematic follow-up of children in placement"
    assert english in text
    path.write_text(text.replace(english, ""), "utf-8")
    done = evalkit_command("run", study, "--language", "en", "--out", tmp_path / "out")
    assert done.status == 0, done.err
    page = (tmp_path / "out" / "bou-2012" / "report.html").read_text("utf-8")
    swedish = "Stödet till systematisk uppföljning av placerade barn"
    assert f'<span lang="sv">{swedish}</span>' in page
    heading = re.search(r'<h4 id="tabell-1">(.*?)</h4>', page)
    assert heading is not None
    assert heading[1].endswith(f'<span lang="sv">{swedish}</span>')


def test_the_page_says_what_it_was_made_from_and_each_checksum_is_right(reports, root):
    import hashlib

    study = root / "data/raw/bou-2012"
    rows = rows_of(reports.soup().footer.find("tbody"))
    assert {"study.yaml", "codebook.csv", "rounds/2012/webbenkat-2012.csv"} <= set(rows)
    assert {"notebooks/01_intake.ipynb", "notebooks/02_survey.ipynb"} <= set(rows)
    for name, cells in rows.items():
        home = root if name.startswith("notebooks/") else study
        assert cells == ["|", hashlib.sha256((home / name).read_bytes()).hexdigest()], name


def test_the_page_forbids_itself_scripts_and_requests(reports):
    page = reports.soup()
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    )
    assert page.find("script") is None


@pytest.mark.parametrize(("study", "language"), EDITIONS)
def test_title_and_language_are_the_studys(study, language, reports, root):
    settings = yaml.safe_load((root / f"data/raw/{study}/study.yaml").read_text("utf-8"))
    page = reports.soup(study, language)
    assert page.html["lang"] == language
    assert page.title.get_text() == page.h1.get_text() == settings["title"][language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_the_other_language_is_left_in_a_table(language, reports):
    other = {
        "sv": ("Number of answers", "No answer", "Per cent"),
        "en": ("Antal svar", "Inget svar", "Procent"),
    }
    text = text_of(reports.soup("bou-2012", language).main)
    code = text_of(reports.soup("bou-2012", language).find("section", "how_made"))
    for each in other[language]:
        assert each not in text.replace(code, "")


# The audit: one good page, and the same page with one thing broken at a time.

GOOD = """<!DOCTYPE html>
<html lang="sv"><head><title>Rapport</title></head>
<body><a href="#main">Hoppa</a><main id="main"><h1>Rapport</h1><h2 id="tabell-1">Tabell 1</h2>
<table><caption>Tabell 1 (antal svar = 25)</caption>
<thead><tr><th scope="col">Svar</th><th scope="col">Antal</th></tr></thead>
<tbody><tr><th scope="row">Ja</th><td>25</td></tr></tbody></table>
<figure id="diagram-1"><svg role="img" aria-label="Stapeldiagram: alla svarade ja"></svg></figure>
<h3>Bild</h3><img src="data:image/png;base64,AAAA" alt="Karta över de kommuner som svarat">
<p>Läs <a href="https://example.org/">mer</a>.</p></main></body></html>
"""
ALT = 'alt="Karta över de kommuner som svarat"'
EXPECTED = ("tabell-1", "diagram-1")


def faults(page: str, language: str = "sv", expected=EXPECTED) -> list[str]:
    return [each.message for each in audit(page, "report.html", language, expected)]


def test_a_good_page_has_no_fault():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (ALT, "", "no alternative text"),
        (ALT, 'alt=""', "no alternative text"),
        (ALT, 'alt="  "', "no alternative text"),
        ('aria-label="Stapeldiagram: alla svarade ja"', "", "no alternative text"),
        (ALT, 'alt="image.png"', '"image.png" describes nothing'),
        (ALT, 'alt="Diagram_1.JPEG"', '"Diagram_1.JPEG" describes nothing'),
        (ALT, 'alt="No description has been provided for this image"', "describes nothing"),
        ('<th scope="row">Ja</th>', "<th>Ja</th>", "heading cell without scope"),
        ('<th scope="row">Ja</th>', '<th scope="row"> </th>', "empty heading cell"),
        ("<caption>Tabell 1 (antal svar = 25)</caption>", "<caption> </caption>", "no caption"),
        ("<caption>Tabell 1 (antal svar = 25)</caption>", "", "no caption"),
        ("<h3>Bild</h3>", '<h3 id="diagram-1">Bild</h3>', '"diagram-1" stands there twice'),
        ("<h3>Bild</h3>", "<h4>Bild</h4>", "level 4 follows one of level 2"),
        ("<h3>Bild</h3>", "<h1>Bild</h1>", "2 headings of level 1"),
        ("<h1>Rapport</h1>", "<p>Rapport</p>", "0 headings of level 1"),
        ("<h3>Bild</h3>", "<h3>Bild</h3><script>1</script>", "script"),
        ("<h3>Bild</h3>", '<h3 onclick="go()">Bild</h3>', "script"),
        ("data:image/png;base64,AAAA", "https://example.org/a.png", "https://example.org/a.png"),
        ("data:image/png;base64,AAAA", "bild.png", "would fetch bild.png"),
        ("</head>", '<link rel="stylesheet" href="https://example.org/a.css"></head>', "a.css"),
        ("<h3>Bild</h3>", '<iframe src="https://example.org/"></iframe>', "example.org"),
        ('href="#main"', 'href="#nowhere"', '"#nowhere", which is nowhere'),
        ('lang="sv"', 'lang="en"', '"en", not "sv"'),
        ('lang="sv"', "", '"", not "sv"'),
        ('<h2 id="tabell-1">', "<h2>", '"#tabell-1" was declared and is not shown'),
        ('<figure id="diagram-1">', "<figure>", '"#diagram-1" was declared and is not shown'),
    ],
)  # fmt: skip
def test_the_audit_finds_what_is_wrong(old, new, said):
    assert GOOD.count(old) == 1
    found = faults(GOOD.replace(old, new))
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    "fetching",
    [
        '<img srcset="https://example.org/a.png 2x" src="data:image/png;base64,AA" alt="En karta">',
        '<video poster="https://example.org/a.png"></video>',
        '<p style="background: url(https://example.org/a.png)">Text</p>',
        "<style>@import 'https://example.org/a.css';</style>",
        "<style>p { background: url(//example.org/a.png) }</style>",
        '<meta http-equiv="refresh" content="0; url=https://example.org/">',
        '<a href="javascript:go()">Text</a>',
        '<base href="https://example.org/">',
    ],
)
def test_the_audit_finds_every_way_to_fetch_or_run_something(fetching):
    assert len(faults(GOOD.replace("<h3>Bild</h3>", f"<h3>Bild</h3>{fetching}"))) == 1


def test_the_audit_names_every_fault_and_the_file():
    page = GOOD.replace(ALT, "").replace("<h3>Bild</h3>", "<h4>Bild</h4>").replace("#main", "#x")
    found = audit(page, "report.html", "sv", (*EXPECTED, "tabell-2"))
    assert len(found) == 4
    assert {each.file for each in found} == {"report.html"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", STUDIES)
def test_the_finished_pages_pass_the_audit(study, language, reports):
    folder: Path = reports.folder(study, language)
    pages = sorted(each.name for each in folder.glob("*.html"))
    more = ["03_groups_and_rounds.html", "07_synthesis.html"] if study == "bou-2012" else []
    assert pages == ["01_intake.html", "02_survey.html", *more, "report.html"]
    declared = [f"{kind}-{each}" for each in NUMBERS for kind in ("tabell", "diagram")]
    for name in pages:
        text = (folder / name).read_text("utf-8")
        ours = declared if name == "report.html" else []
        outer = re.sub(r'href="report\.html#[^"]*"', 'href="report.html"', text)
        assert audit(outer, name, language, ours) == []
