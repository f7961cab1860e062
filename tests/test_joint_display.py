"""Survey answers beside themes: counted by hand and by pandas, and what may be shown of both."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup

from evalkit.analysis.joint_display import read_constructs, read_open_themes, shared_units
from evalkit.codebook import Text
from evalkit.errors import EvalkitError
from evalkit.present import charts, tables
from evalkit.release import opened
from evalkit.workbook import check, open_study

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"
MODEL = "skaraborg-modell"
HEAD = "construct,label,items,themes,relation,meaning\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def settings_of(folder: Path) -> dict:
    """What stands in study.yaml, without models: YAML 1.1 takes their `on` for a truth value."""
    known = yaml.safe_load((folder / "study.yaml").read_text("utf-8"))
    return {key: each for key, each in known.items() if key != "models"}


def change(folder: Path, **settings) -> None:
    """Write settings of a copied study anew."""
    text = yaml.safe_dump(settings_of(folder) | settings, allow_unicode=True, sort_keys=False)
    write(folder / "study.yaml", text)


def cells(block) -> list[dict[str, str]]:
    """The rows of the joint display: column → text."""
    table = BeautifulSoup(block.html, "html.parser").select_one("table.cards")
    heads = [each.text for each in table.select("thead th")]
    return [
        dict(zip(heads, (each.get_text(" ") for each in row.select("th, td")), strict=True))
        for row in table.select("tbody tr")
    ]


@pytest.fixture(scope="module")
def bou():
    return open_study("bou-2012").synthesis_report()


@pytest.fixture(scope="module")
def model():
    return open_study(MODEL).synthesis_report()


# The evaluator's table


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ("a,A,q9,,,", "items", 'There is no item "q9"'),
        ("a,A,n1,,,", "items", "n1 has no answers on a scale"),
        ("a,A,q1;q1,,,", "items", '"q1" stands there twice'),
        ("a,A,q1,u,,", "themes", 'There is no theme "u"'),
        ("a,A,q1,t,bekraftar,", "relation", 'no relation "bekraftar". Did you mean "bekräftar"'),
        ("a,A,,,,", "items", "neither items nor themes"),
        (",A,q1,,,", "construct", "The cell is empty"),
        ("a,,q1,,,", "label", "The cell is empty"),
        ("b,B,q1,,,", "construct", '"b" stands in row 2 too'),
    ],
)
def test_a_fault_is_told_with_its_row_and_column(tmp_path, row, column, message):
    path = write(tmp_path / "j.csv", f"{HEAD}b,B,q1,t,Vidgar,m\n{row}\n")
    with pytest.raises(EvalkitError) as error:
        read_constructs(path, "j.csv", ["q1"], ["t"], unfit=["n1"])
    (found,) = error.value.problems
    assert (found.file, found.row, found.column) == ("j.csv", 3, column)
    assert message in f"{found.message} {found.fix}"


def test_relations_are_read_in_both_languages_and_may_be_empty(tmp_path):
    words = ["bekräftar", "Expands", "MOTSÄGER", "tyst", "silent", ""]
    text = HEAD + "".join(f"c{at},C,q1,,{each},\n" for at, each in enumerate(words))
    found, warnings = read_constructs(write(tmp_path / "j.csv", text), "j.csv", ["q1"], [])
    relations = [each.relation for each in found]
    assert relations == ["confirms", "expands", "contradicts", "silent", "silent", None]
    assert warnings == ()


def test_a_typed_per_cent_is_warned_of(tmp_path):
    path = write(tmp_path / "j.csv", f"{HEAD}a,A,q1,,,Bara 45 % håller med\n")
    _, (warning,) = read_constructs(path, "j.csv", ["q1"], [])
    assert (warning.severity, warning.row, warning.column) == ("warning", 2, "meaning")
    assert '"45 %"' in warning.message


def test_faults_in_the_table_of_open_themes(tmp_path):
    text = "category,theme,related_items,n_respondents\nx,A,q9,not_reported\nx,A,,många\nx,,,\n"
    with pytest.raises(EvalkitError) as error:
        read_open_themes(write(tmp_path / "o.csv", text), "o.csv", ["q1"])
    places = {(each.row, each.column) for each in error.value.problems}
    assert places == {(2, "related_items"), (3, "theme"), (3, "n_respondents"), (4, "theme")}


def test_units_and_groups_are_the_same_by_name_or_label():
    labels = {"1": Text("Kommun A", "Municipality A"), "Kommun B": Text("B"), "c": Text("C")}
    found = shared_units(labels, ["municipality a", "kommun  b", "D"])
    assert found == {"1": "municipality a", "Kommun B": "kommun  b"}


def test_check_tells_of_a_display_that_is_not_there(study):
    change(study, joint_display="nagot.csv")
    (found,) = [each for each in check(study) if each.severity == "error"]
    assert (found.column, "nagot.csv" in found.message) == ("joint_display", True)
    change(study, joint_display="")
    (found,) = [each for each in check(study) if each.severity == "error"]
    assert "none is named" in found.message


def test_check_tells_of_codings_of_a_study_without_any(study, copy_study, tmp_path):
    copy_study(tmp_path / "fyrbodal-2011", "fyrbodal-2011")
    change(study, codings_of="fyrbodal-2011")
    assert any("fyrbodal-2011 has no codings" in each.message for each in check(study))


# The BoU survey and the themes of its open questions


def test_key_figures_of_the_bou_survey_are_those_of_its_published_tables(bou):
    rows = {each["Vad det gäller"]: each for each in cells(bou.joint_display())}
    assert len(rows) == 12
    clear = rows["Mål och uppdrag som är tydliga"]["Enkäten"]
    assert "63 % positiva, 38 % negativa" in clear.replace(
        "\xa0", " "
    )  # (4 + 11) and (8 + 1) of 24
    assert "Antal svar 24, inget svar 2" in clear
    support = rows["Samarbetet om kunskapsstödet"]["Enkäten"].replace("\xa0", " ")
    assert "46 % positiva, 42 % negativa, 13 % ”Vet ej”" in support  # 11, 10 and 3 of 24


def test_how_many_brought_up_an_open_theme_is_said_not_to_be_reported(bou):
    shown = " ".join(each["Teman"] for each in cells(bou.joint_display()))
    with (RAW / "bou-2012/open_themes.csv").open(encoding="utf-8", newline="") as opened_file:
        themes = [row["theme"] for row in csv.DictReader(opened_file)]
    assert len(themes) == 18
    assert [each for each in themes if each not in shown] == []
    named = sum(shown.count(f"{each} (") for each in themes)
    assert shown.count("ej redovisat") == named >= 18


def test_the_themes_of_the_open_questions_are_those_of_the_reference():
    with (RAW / "bou-2012/open_themes.csv").open(encoding="utf-8", newline="") as opened_file:
        rows = list(csv.DictReader(opened_file))
    assert {each["n_respondents"] for each in rows} == {"not_reported"}
    counted = pd.Series([each["category"] for each in rows]).value_counts().to_dict()
    assert counted == {"svårighet": 10, "framgångsfaktor": 8}


def test_what_nobody_has_interpreted_is_said_to_be_so(bou):
    rows = cells(bou.joint_display())
    empty = [each for each in rows if each["Förhållande"] == "ännu inte tolkat"]
    assert len(empty) == 5
    assert {each["Vad det betyder"] for each in empty} == {"ännu inte tolkat"}
    told = [each for each in rows if each not in empty]
    assert all("(vår läsning)" in each["Vad det betyder"].replace("( ", "(") for each in told)


def test_a_rebuilt_survey_is_not_crossed(bou):
    text = bou.by_unit().html
    assert "inte framgår vilken enhet" in text
    assert "<table" not in text


def test_english(bou):
    report = open_study("bou-2012").synthesis_report(language="en")
    rows = cells(report.joint_display())
    assert rows[0]["Relation"] == "not yet interpreted"
    assert "not reported" in rows[0]["Themes"]
    assert "Our reading" in rows[5]["What it means"] or "our reading" in rows[5]["What it means"]


# The model study, with codings


def test_themes_by_groups_are_those_counted_by_hand(model):
    found = {
        theme.code: theme for row in opened(model.rows) or () for theme in row.themes
    }  # from codings/*.csv
    listened = found["lyssnar_inte"]
    assert listened.raised == ("Kommun F", "Kommun J", "Regionalt ungdomsråd")
    assert (listened.asked, listened.not_asked, listened.segments, listened.elsewhere) == (
        7, 0, 5, 0,
    )  # fmt: skip
    decided = found["beslut_utan"]
    assert decided.raised == ("Kommun A", "Kommun F", "Kommun J")
    assert (decided.asked, decided.not_asked, decided.segments, decided.elsewhere) == (6, 1, 5, 1)
    assert (found["syskon"].asked, found["syskon"].not_asked) == (5, 2)


def raw() -> pd.DataFrame:
    return pd.read_csv(RAW / MODEL / "rounds/2014-10/enkat-2014-10.csv", sep=None, engine="python")


@pytest.mark.parametrize(
    ("row", "at", "column"),
    [
        (0, 0, "15. De vuxna där jag bor lyssnar på mig"),
        (1, 0, "19. Jag får vara med och bestämma om det som gäller mig"),
        (2, 0, "6. Jag får den hjälp jag behöver i skolan"),
    ],
)
def test_shares_by_unit_are_those_that_pandas_counts(model, row, at, column):
    frame = raw()
    table = (opened(model.crossed)).tables[row]
    assert len(table.rows) == 6
    for unit in table.rows:
        own = frame.loc[frame["1. Kommun"] == unit.label.sv, column].dropna()
        positive = own.isin(["Stämmer helt", "Stämmer ganska bra"])
        assert (unit.shares[at].n, unit.shares[at].base) == (positive.sum(), len(own))


def test_states_by_unit_and_their_order(model):
    table = (opened(model.crossed)).tables[1]
    states = {each.label.sv: each.states[0] for each in table.rows}
    assert states == {
        "Kommun A": "raised", "Kommun F": "raised", "Kommun J": "raised",
        "Kommun C": "not_raised", "Kommun K": "not_raised", "Kommun L": "not_asked",
    }  # fmt: skip
    assert list(states) == sorted(states, key=lambda each: list(states).index(each))
    span = next(each for each in table.spans if each.state == "raised")
    assert (span.units, round(span.low), round(span.high)) == (3, 42, 78)
    found = opened(model.crossed)
    assert (found.units, found.units_apart, found.groups_apart) == (6, 7, 1)


def test_one_row_of_each_kind(model):
    relations = [each.construct.relation for each in opened(model.rows)]
    assert relations == ["confirms", "expands", "contradicts", None, None, "silent"]
    text = model.joint_display().html
    assert "Fick inte frågan: 1." in text
    assert "Ingen av enkätens frågor gäller detta." in text


def test_a_quotation_is_shown_where_it_is_approved_and_summaries_are_called_so(model):
    withheld = "Jag har slutat säga vad jag tycker, det är ingen idé."
    published = model.joint_display().html
    assert "De säger ja, men sen blir det ändå som de själva vill." in published
    assert withheld not in unquote(published)
    assert "s10" in published
    assert re.search(r"Sammanfattat:</span> Planen var färdig", published)
    internal = open_study(MODEL).synthesis_report(edition="internal").joint_display().html
    assert withheld in internal


def test_the_table_is_one_for_screen_readers_however_it_is_laid_out(model):
    soup = BeautifulSoup(model.joint_display().html, "html.parser")
    table = soup.select_one("table.cards")
    assert table["role"] == "table"
    assert table.caption.text
    assert {each["role"] for each in table.select("tr")} == {"row"}
    assert {each["role"] for each in table.select("td")} == {"cell"}
    assert {each["scope"] for each in table.select("tbody th")} == {"row"}
    assert all(each["data-column"] for each in table.select("td"))
    for chart in soup.select("svg"):
        assert "Antal svar" in chart["aria-label"]
    figures = soup.select_one("#samlad-bild-siffror-text")
    assert "antal frågor = 6" in figures.text  # a set has no bar, but has its figures


def test_the_csv_tells_the_same(model):
    text = tables.joint_csv(model.rows, "sv")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    school = next(each for each in rows if each["fråga"] == "Får den hjälp som behövs i skolan")
    assert (school["antal svar"], school["inget svar"]) == ("127", "2")
    assert school["andel positiva"] == "76,378"
    theme = next(each for each in rows if each["tema"] == "Hjälpen i skolan räcker inte")
    assert (theme["grupper som tog upp temat"], theme["grupper som fick frågan"]) == ("2", "7")
    assert theme["förhållande"] == "Motsäger"


def test_the_frame_has_true_figures():
    frame = open_study(MODEL).joint_display()
    asked = frame[frame["item"] == "delaktig"].iloc[0]
    assert (asked["n"], asked["no_answer"]) == (128, 1)
    assert asked["positive"] == pytest.approx(100 * 99 / 128)
    theme = frame[frame["theme"] == "beslut_utan"].iloc[0]
    assert (theme["raised"], theme["asked"], theme["segments"]) == (3, 6, 5)


# What may be shown


def test_units_with_few_answers_are_kept_back_as_in_their_own_reports(copy_study, tmp_path):
    folder = copy_study(tmp_path / MODEL, MODEL)
    change(folder, publication={"min_respondents": 12})
    book = open_study(folder)
    report = book.synthesis_report()
    kept = []
    for table in opened(report.crossed).tables:
        for unit in table.rows:
            own = book.unit_report(unit.label.sv).released
            for item, share in zip(table.items, unit.shares, strict=True):
                shown = own.items[item.item.name].content is not None
                assert shown >= (share is not None)
                kept += [unit.label.sv] if share is None else []
    assert {"Kommun K", "Kommun L"} <= set(kept)
    assert ".." in report.by_unit().html
    assert "två punkter" in report.by_unit().html.lower()
    for url in re.findall(r'href="data:text/csv[^"]*"', report.by_unit().html):
        for line in unquote(url).splitlines():
            if "Kommun L" in line:
                assert ";..;..;" in line


def test_an_item_that_few_answered_is_not_shown(copy_study, tmp_path):
    folder = copy_study(tmp_path / "bou-2012")
    change(folder, publication={"min_respondents": 25})
    rows = cells(open_study(folder).synthesis_report().joint_display())
    clear = next(each for each in rows if each["Vad det gäller"].startswith("Mål och uppdrag"))
    assert "Visas inte, eftersom färre än 25 har svarat." in clear["Enkäten"]  # q05: 24 answered
    assert "62" not in clear["Enkäten"]
    assert "63" not in clear["Enkäten"]


def test_few_respondents_of_an_open_theme_are_not_counted_in_public(copy_study, tmp_path):
    folder = copy_study(tmp_path / "bou-2012")
    path = folder / "open_themes.csv"
    text = path.read_text("utf-8")
    text = text.replace("q04,not_reported", "q04,3").replace("q13,not_reported", "q13,7")
    write(path, text)
    book = open_study(folder)
    published = book.synthesis_report().joint_display().html
    assert "färre än 5 svarande" in published
    assert "Togs upp av 7 svarande" in published
    links = [unquote(each) for each in re.findall(r'href="data:[^"]*"', published)]
    assert any(";..;" in each for each in links)
    internal = book.synthesis_report(edition="internal").joint_display().html
    assert "Togs upp av 3 svarande" in internal


@pytest.fixture
def disguised(copy_study, tmp_path):
    """A survey by municipality, beside codings of another study that gives these other names."""
    folder = copy_study(tmp_path / MODEL, MODEL)
    settings = settings_of(folder)
    names = ["Kommun A", "Kommun C", "Kommun F", "Kommun J", "Kommun K", "Kommun L"]
    called = {name: f"Ort {at}" for at, name in enumerate(reversed(names), start=1)}
    called["Regionalt ungdomsråd"] = "Ort 7"
    other = tmp_path / "samtal"
    (folder / "codings").rename(tmp_path / "codings")
    other.mkdir()
    (tmp_path / "codings").rename(other / "codings")
    own = {"name": "samtal", "title": "Samtal i Kommun F", "notebooks": ["05_focus_groups"]}
    own["codings"] = settings.pop("codings") | {"pseudonyms": called}
    write(other / "study.yaml", yaml.safe_dump(own, allow_unicode=True))
    settings["codings_of"] = "samtal"
    write(folder / "study.yaml", yaml.safe_dump(settings, allow_unicode=True, sort_keys=False))
    path = folder / "joint_display.csv"
    text = path.read_text("utf-8")
    write(path, text.replace("Där unga i samtalen", "Där unga i Kommun F:s samtal"))
    return folder


def test_answers_do_not_tell_which_pseudonym_is_which_unit(disguised):
    assert [each for each in check(disguised) if each.severity == "error"] == []
    report = open_study(disguised).synthesis_report()
    shown = report.about().html + report.joint_display().html + report.by_unit().html
    shown = unquote(shown)
    assert "Ort 3" in shown
    assert not re.search("Kommun [A-O]", shown)
    assert "läggs inte bredvid temana enhet för enhet" in shown
    assert opened(report.crossed).tables == ()
    first = next(each.ident for row in opened(report.rows) for each in row.said)
    assert first.startswith("S")
    internal = open_study(disguised).synthesis_report(edition="internal")
    assert len(opened(internal.crossed).tables) == 4
    assert "Kommun F" in internal.joint_display().html


def test_two_studies_named_together_say_where_the_themes_come_from(disguised, evalkit_command):
    report = open_study(disguised).synthesis_report(edition="internal")
    assert "Temana kommer från studien ”Samtal i Kommun F”." in report.about().html
    out = disguised.parent / "out"
    done = evalkit_command("run", disguised, "--out", out, "--notebook", "07_synthesis")
    assert done.status == 0, done.err
    page = (out / MODEL / "07_synthesis.html").read_text("utf-8")
    assert "../samtal/codings" in page


def test_a_page_without_a_display_says_so(study):
    change(study, joint_display="", notebooks=["02_survey"])
    report = open_study(study).synthesis_report()
    assert "ingen tabell" in report.about().html
    assert not report.joint_display()
    assert not report.by_unit()


def test_presentation_takes_only_what_was_released(bou):
    table = open_study("bou-2012").tables().items["q01"]
    with pytest.raises(TypeError, match="Released"):
        charts.strip(table, "sv")
    with pytest.raises(TypeError, match="Released"):
        tables.joint_csv(opened(bou.rows), "sv")
