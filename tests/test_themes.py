"""Themes of focus groups: counted by hand from the files, and what of them may be shown."""

from __future__ import annotations

import csv
import itertools
import re
import statistics
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from bs4 import BeautifulSoup

import evalkit
from evalkit.analysis.synthesis import compare_synthesis
from evalkit.analysis.theme_pairs import code_pairs, saturated
from evalkit.analysis.themes import themes
from evalkit.codebook import Text
from evalkit.codings.model import Case, Code, Coding, CodingProject, NotAsked, Segment
from evalkit.codings.of_study import read_study_codings
from evalkit.codings.pseudonyms import Pseudonyms
from evalkit.errors import EvalkitError
from evalkit.release import Rule
from evalkit.release.themes import release_themes
from evalkit.settings import Codings, Words
from evalkit.workbook import check, open_study
from evalkit.workbook.codings import published_synthesis, study_themes

STUDY = "samtidigt-2012"
FOLDER = Path(__file__).resolve().parents[1] / "data" / "raw" / STUDY
GROUPS = ["Alingsås", "Lerum", "Mölndal", "Partille", "Stenungsund", "Tjörn", "Öckerö"]
PUBLISHED, INTERNAL = Rule("published", 5), Rule("internal", 5)


def rows(file):
    with (FOLDER / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def book():
    return open_study(STUDY)


@pytest.fixture(scope="module")
def found(book):
    return study_themes(book.study)


# The matrix


@pytest.mark.parametrize(
    ("code", "voice", "state", "segments", "observed"),
    [
        ("case_method", "Alingsås", "raised", ["s17", "s20"], []),
        ("case_method", "Partille", "raised", ["s28"], []),
        ("case_method", "Stenungsund", "raised", ["s26"], []),
        ("case_method", "Lerum", "not_raised", [], []),
        ("pace", "Stenungsund", "raised", ["s26", "s35", "s36"], []),
        ("pace", "Mölndal", "raised", ["s51"], []),
        ("implementation_uncertainty", "Öckerö", "not_asked", [], []),
        ("implementation_uncertainty", "Tjörn", "not_raised", [], []),
        ("implementation_uncertainty", "alla utom Öckerö", "raised", ["s43"], []),
        ("implementation_uncertainty", "ej namngiven", "raised", ["s44", "s45"], []),
        ("process_support", "alla", "raised", ["s38"], []),
        ("process_support", "Öckerö", "not_raised", [], []),
        ("other_plans", "Tjörn", "observed", [], ["s50"]),
        ("other_plans", "Kungsbacka", "raised", ["s46"], []),
    ],
)
def test_cells_of_the_matrix_are_those_counted_by_hand(
    found, code, voice, state, segments, observed
):
    cell = found.theme[code].cells[voice]
    assert (cell.state, list(cell.segments), list(cell.observed)) == (state, segments, observed)


def test_every_cell_agrees_with_the_files(found):
    group = {each["segment"]: each["group"] for each in rows("codings/segments.csv")}
    coded = {(group[each["segment"]], each["code"], each["segment"])
             for each in rows("codings/codings_coder_a.csv")}  # fmt: skip
    shown = {
        (voice, theme.code, ident)
        for theme in found.themes
        for voice, cell in theme.cells.items()
        for ident in (*cell.segments, *cell.observed)
    }
    assert shown == coded
    assert sum(len(each.segments) for each in found.themes) == 73


def test_groups_are_those_of_the_table_and_nobody_is_guessed_into_one(found):
    assert [each.name for each in found.groups] == GROUPS
    kinds = {each.name: each.kind for each in found.voices if not each.is_group}
    assert kinds == {
        "alla": "all", "alla utom Öckerö": "all_but", "ej namngiven": "unnamed",
        "Projektledning": "other", "Kungsbacka": "other",
    }  # fmt: skip
    by_groups = {each.code: (len(each.groups), len(each.segments)) for each in found.themes}
    assert by_groups == {
        "case_method": (5, 11), "process_support": (0, 5), "concreteness": (4, 5),
        "mutual_knowledge": (3, 4), "priority_anchoring": (5, 6), "regional_learning": (0, 5),
        "implementation_uncertainty": (0, 3), "role_clarity": (2, 4), "pace": (4, 8),
        "other_plans": (1, 3), "foster_children": (0, 2), "confidentiality": (0, 3),
        "attendance": (4, 6), "scale": (1, 5), "flexibility": (0, 3),
    }  # fmt: skip
    assert found.theme["concreteness"].texts == 3  # s08, s37, and s17–s19 are one


def test_categories(found):
    by_name = {each.name: each for each in found.categories}
    assert list(by_name) == ["framgångsfaktor", "utmaning", "förbättringsområde"]
    assert [(len(each.groups), len(each.segments)) for each in found.categories] == [
        (4, 22), (4, 27), (1, 2),
    ]  # fmt: skip
    assert {each.code: len(each.segments) for each in by_name["förbättringsområde"].themes} == {
        "priority_anchoring": 1, "process_support": 1,
    }  # fmt: skip
    assert by_name["utmaning"].themes[0].code == "pace"


def test_the_published_synthesis_is_looked_for_through_its_codes(book, found):
    compared = compare_synthesis(published_synthesis(book.study, book.codings()), found)
    told = {each.published.theme.sv: each.finding for each in compared}
    assert len(told) == 10
    other = {"Snabb start med case", "Metoder för att infoga påbörjade projekt"}
    assert {name for name, finding in told.items() if finding == "other"} == other
    assert set(told.values()) == {"same", "other"}
    case = next(each for each in compared if each.published.theme.sv == "Case-metoden")
    assert (case.groups, len(case.segments)) == (("Alingsås", "Partille", "Tjörn", "Öckerö"), 9)


def test_pairs_of_codes(book, found):
    pairs = {each.codes: each for each in code_pairs(book.codings(), found)}
    together = pairs["priority_anchoring", "attendance"]
    assert (together.both, together.either, together.texts) == (4, 8, 2)  # s23–s25, s29
    assert together.jaccard == 0.5
    assert pairs["case_method", "concreteness"].both == 4  # s08, s17–s19
    assert len(pairs) == 13


def test_saturation_against_every_order_of_the_groups(found):
    raised = [
        {each.code for each in found.themes if each.cells[name].state == "raised"}
        for name in GROUPS
    ]
    orders = [
        [len(set().union(*order[: n + 1])) for n in range(7)]
        for order in itertools.permutations(raised)
    ]
    band = saturated(found)
    assert (band.groups, band.themes, band.all_themes, band.orders) == (7, 9, 15, 5040)
    assert band.not_asked == 1
    for at, found_after in enumerate(zip(*orders, strict=True)):
        assert band.mean[at] == pytest.approx(statistics.mean(found_after))
    assert (band.low[0], band.high[0]) == (2, 5)
    assert (band.low[-1], band.high[-1]) == (9, 9)
    assert band.new[-1] == pytest.approx(2 / 7)  # scale and other_plans are one group's each


def project(**changes):
    made = {
        "segments": (
            Segment("1", "Lerum vill ha tid", group="Lerum", verbatim=True),
            Segment("2", "Tid, säger Lerums chef", group="Ale", verbatim=False, speaker="chef"),
            Segment("3", "Ale frågar", group="Tjörn"),
            Segment("4", "alla vill", group="alla", verbatim=False, approved=False),
            Segment("5", "Gärna", group="Ale", verbatim=True, approved=True),
        ),
        "codes": (Code("tid", "Tid"), Code("mote", "Möten", parent="tid"), Code("rum", "Rum")),
        "codings": (
            Coding("1", "tid", "anna"), Coding("1", "mote", "anna"), Coding("2", "mote", "anna"),
            Coding("4", "rum", "anna"), Coding("5", "tid", "anna"), Coding("3", "rum", "bo"),
        ),
        "cases": (
            Case("Lerum", {"folk": "få"}), Case("Ale", {"folk": "nära Lerum"}), Case("Tjörn"),
        ),
        "not_asked": (NotAsked("Ale", "rum"),),
    }  # fmt: skip
    return CodingProject(**(made | changes))


def test_a_theme_has_what_is_below_it_and_a_segment_counts_once():
    theme = themes(project(), Codings(files=("x",))).theme["tid"]
    assert (theme.below, theme.depth) == (("mote",), 0)
    assert (theme.segments, theme.groups) == (("1", "2", "5"), ("Lerum", "Ale"))


def test_a_group_of_which_nothing_is_coded_is_not_one_that_did_not_raise_it():
    found = themes(project(), Codings(files=("x",)))
    assert found.theme["rum"].cells["Tjörn"].state == "not_coded"
    assert found.theme["rum"].cells["Ale"].state == "not_asked"
    assert found.theme["rum"].cells["Lerum"].state == "not_raised"
    assert found.uncoded == ("3",)
    by_bo = themes(project(), Codings(files=("x",), coder="bo"))
    assert by_bo.theme["rum"].cells["Tjörn"].state == "raised"
    assert by_bo.theme["tid"].cells["Lerum"].state == "not_coded"


def test_codings_without_codes_groups_or_texts_are_told_of_and_not_a_traceback():
    empty = release_themes(CodingProject(), Codings(files=("x",)), PUBLISHED)
    assert empty.saturation.content is None
    assert empty.pairs.content == ()
    assert empty.agreement.content is None


# What may be shown


def shown(rule, **settings):
    return release_themes(project(), Codings(files=("x",), **settings), rule)


def test_no_quotation_is_published_unless_approved():
    texts = {each.ident: each.text for each in shown(PUBLISHED).bank.content}
    assert texts == {"1": None, "2": "Tid, säger Lerums chef", "3": None, "4": None, "5": "Gärna"}
    assert None not in [each.text for each in shown(INTERNAL).bank.content]


def test_roles_and_coders_are_not_published_unless_the_study_says_so():
    assert {each.speaker for each in shown(PUBLISHED).bank.content} == {""}
    assert shown(PUBLISHED, roles=("chef",)).bank.content[1].speaker == "chef"
    assert shown(PUBLISHED).themes.content.coders == ("1", "2")
    assert shown(INTERNAL).themes.content.coders == ("anna", "bo")
    named = shown(PUBLISHED, labels={"anna": Words(sv="Kodare A")})
    assert named.labels["anna"] == Text("Kodare A")


PSEUDONYMS = {"Lerum": "Kommun 2", "Ale": "Kommun 10", "Tjörn": "Kommun 1"}


def test_pseudonyms_hold_in_matrix_and_text_alike():
    released = shown(PUBLISHED, pseudonyms=PSEUDONYMS)
    told = repr([getattr(released, name).content for name in ("themes", "bank", "cases")])
    assert not re.search("Lerum|Ale|Tjörn", told)
    names = [each.name for each in released.themes.content.groups]
    assert names == ["Kommun 1", "Kommun 2", "Kommun 10"]
    texts = [each.text for each in released.bank.content if each.text]
    assert "Tid, säger Kommun 2:s chef" in texts
    assert all(each.page == "" for each in released.bank.content)
    assert {each.ident for each in released.bank.content} == {f"S{n}" for n in range(1, 6)}
    assert [dict(each.attributes) for each in released.cases.content] == [{}, {}, {}]
    figures = released.themes.content.theme["tid"]
    assert (len(figures.groups), len(figures.segments)) == (2, 3)


def test_the_order_of_the_files_cannot_be_read_from_a_disguised_report():
    backwards = project(
        segments=project().segments[::-1], cases=project().cases[::-1],
        codings=project().codings[::-1],
    )  # fmt: skip
    settings = Codings(files=("x",), coder="anna", pseudonyms=PSEUDONYMS)
    one, other = (release_themes(each, settings, PUBLISHED) for each in (project(), backwards))
    assert one.bank.content == other.bank.content
    assert [each.name for each in one.themes.content.voices] == [
        each.name for each in other.themes.content.voices
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I Lerum", "I Kommun 2"),
        ("Lerums skolor", "Kommun 2:s skolor"),
        ("LERUM!", "Kommun 2!"),
        ("Lerum-gruppen", "Kommun 2-gruppen"),
        ("Tjo\u0308rn vill", "Kommun 1 vill"),
        ("ale är öl", "ale är öl"),
        ("Alexander", "Alexander"),
    ],
)
def test_names_are_replaced_as_whole_words(text, wanted):
    assert Pseudonyms(PSEUDONYMS).text(text) == wanted


def test_words_that_begin_with_a_name_are_found():
    assert Pseudonyms(PSEUDONYMS).left("Lerumsborna och Alexander") == ["Lerumsborna", "Alexander"]
    allowed = Pseudonyms({**PSEUDONYMS, "Alexander": "Alexander"})
    assert allowed.left("Alexander") == []


# The study's report


def test_the_report_has_every_segment_as_a_summary_and_no_quotation_mark_around_it(reports):
    soup = reports.soup(STUDY)
    table = soup.find(id="segment-tabell-text").find_parent("table")
    cells = [row.find_all("td")[0].get_text() for row in table.tbody.find_all("tr")]
    assert len(cells) == 51
    assert all(each.startswith("Sammanfattat: ") and "”" not in each for each in cells)
    assert "delprojektledare" not in soup.get_text()
    assert "coder_a" not in reports.page(STUDY)
    assert "gjorda för det här projektet, som en demonstration" in soup.get_text()


def test_the_matrix_on_the_page_has_the_figures_of_the_matrix(reports, found):
    table = reports.soup(STUDY).find(id="teman-tabell-text").find_parent("table")
    shown_rows = {
        row.th.get_text(): [each.get_text() for each in row.find_all("td")]
        for row in table.tbody.find_all("tr")
    }
    assert shown_rows["Osäkerhet om nästa fas"] == [
        "0", "3", "3", "–", "–", "–", "–", "–", "–", "ej fråga", "–", "1", "2", "–", "–",
    ]  # fmt: skip
    assert shown_rows["Andra planer"][8] == "(1)"
    assert len(shown_rows) == len(found.themes) == 15


def test_agreement_on_the_page_says_its_unit(reports):
    section = reports.soup(STUDY).find(id="samstammighet").parent.get_text()
    assert "39 av 44 texter" in section
    assert "Av 51 segment blir det 45 texter, varav 44" in section
    assert "s51" in section


def test_live_figures_of_themes_in_a_text(reports):
    text = reports.soup(STUDY).find(id="sammanfattning").parent.get_text()
    assert "Case-metodik togs upp av fem av sju grupper" in text


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("theme_groups('pace')", "fyra av sju grupper"),
        ("theme_segments('pace')", "åtta"),
        ("theme_label('pace')", "Tempo"),
        ("theme_count()", "15"),
        ("group_count()", "sju"),
    ],
)
def test_functions_of_themes_in_a_text(tmp_path, copy_study, call, wanted):
    study = copy_study(tmp_path / STUDY, STUDY)
    (study / "narrative" / "sv" / "summary.md").write_text(f"Det är {{{{ {call} }}}}.", "utf-8")
    assert check(study) == ()
    summary = open_study(study).focus_group_report().summary()
    assert f"Det är {wanted}." in summary.html


def test_a_code_that_a_text_names_and_is_not_there_is_told_with_file_and_line(
    tmp_path, copy_study, evalkit_command
):
    study = copy_study(tmp_path / STUDY, STUDY)
    text = "Ett\n\n{{ theme_groups('pacce') }}"
    (study / "narrative" / "sv" / "summary.md").write_text(text, "utf-8")
    told = [str(each) for each in check(study)]
    assert told == [
        'narrative/sv/summary.md, row 3: There is no code "pacce". Did you mean "pace"?'
    ]
    assert evalkit_command("run", study, "--out", tmp_path / "out").status == 1
    assert not (tmp_path / "out").exists()


def test_verbs(book):
    frame = book.themes()
    assert len(frame) == 15 * 12
    row = frame[(frame["code"] == "pace") & (frame["group"] == "Stenungsund")].iloc[0]
    assert (row["state"], row["segments"]) == ("raised", 3)
    agreed = book.agreement().set_index("code")
    assert agreed.loc["case_method", "texts"] == 44
    assert agreed.loc["case_method", "kappa"] == pytest.approx(0.9098360655737705)  # by hand: 7, 6
    assert len(book.codings().segments) == 51
    with pytest.raises(EvalkitError, match="has no codings"):
        evalkit.open_study("bou-2012").codings()


# Attack


def disguised(tmp_path, copy_study, **more):
    """The study with quotations and with pseudonyms for every municipality."""
    study = copy_study(tmp_path / STUDY, STUDY)
    settings = yaml.safe_load((study / "study.yaml").read_text("utf-8"))
    names = [*GROUPS, "Kungsbacka"]
    called = {name: f"Kommun {n}" for name, n in zip(names, (3, 5, 1, 2, 7, 6, 4, 8), strict=True)}
    settings["codings"]["pseudonyms"] = called
    settings["title"] = {"sv": "Fokusgrupper", "en": "Focus groups"}
    settings |= more
    (study / "study.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), "utf-8")
    file = study / "codings" / "segments.csv"
    lines = list(csv.reader(file.read_text("utf-8").splitlines()))
    for at, line in enumerate(lines[1:]):
        line[-1] = ("yes", "", "no")[at % 3]  # a quotation, nobody says, a summary
        if line[2] in names:
            line[4] += f", som i {line[2]}s kommun"
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(lines)
    plain = {line[0]: line[4].split(", som i ")[0] for line in lines[1:]}
    may = {line[0] for line in lines[1:] if line[-1] == "no"}
    secret = {text for ident, text in plain.items() if ident not in may}
    secret -= {plain[ident] for ident in may}
    assert len(secret) > 25
    return study, secret, names


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_published_report_tells_no_quotation_and_no_name(
    tmp_path, copy_study, evalkit_command, language
):
    study, secret, names = disguised(tmp_path, copy_study)
    more = ("--language", language, "--out", tmp_path / "out")
    done = evalkit_command("run", study, *more)
    assert done.status == 0, done.err
    made = tmp_path / "out" / STUDY
    for path in (
        made / "report.html",
        made / "05_focus_groups.html",
        made / "05_focus_groups.ipynb",
    ):
        page = re.sub(r"data:font[^\"')]*", "", path.read_text("utf-8"))
        if path.suffix == ".ipynb":
            page = page.replace(str(study), "")
        for text in (page, unquote(page), BeautifulSoup(page, "html.parser").get_text()):
            plain = text.encode().decode("unicode_escape", "ignore") if "\\u" in text else text
            for each in names:
                assert not re.search(rf"(?<!\w){each}", plain, re.IGNORECASE), (path.name, each)
            for each in secret:
                assert each not in plain, (path.name, each)


def test_a_name_in_a_title_stops_the_run(tmp_path, copy_study, evalkit_command):
    title = {"sv": "Lerumsborna i fokus", "en": "x"}
    study, _, _ = disguised(tmp_path, copy_study, title=title)
    done = evalkit_command("run", study, "--out", tmp_path / "out")
    assert done.status == 1
    assert 'The page holds "Lerumsborna", which has a pseudonym.' in done.err
    assert not (tmp_path / "out" / STUDY / "report.html").exists()


# What is wrong in a study


def problems(study, **codings):
    settings = yaml.safe_load((study / "study.yaml").read_text("utf-8"))
    settings["codings"] |= codings
    (study / "study.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), "utf-8")
    return [str(each) for each in check(study)]


@pytest.mark.parametrize(
    ("codings", "message"),
    [
        ({"coder": "coder_x"}, 'There is no coder "coder_x". Did you mean "coder_a"?'),
        ({"observers": ["utvardare"]}, 'There is no role "utvardare"'),
        ({"published_attributes": ["cases"]}, 'There is no attribute "cases"'),
        ({"pseudonyms": {"Lerum": "Kommun 1"}}, "Give every group a pseudonym, or none."),
        ({"pseudonyms": dict.fromkeys(GROUPS, "Kommun")}, 'Two groups are called "Kommun"'),
        ({"files": ["kodningar"]}, 'Did you mean "codings"?'),
        ({"synthesis": "published/syntes.csv"}, "The file does not exist"),
        ({"colour": "red"}, '"colour" is not a setting'),
    ],
)
def test_what_is_wrong_in_the_settings_is_told(tmp_path, copy_study, codings, message):
    study = copy_study(tmp_path / STUDY, STUDY)
    assert any(message in each for each in problems(study, **codings)), problems(study)


def test_faults_in_the_files_are_told_with_file_row_and_column(tmp_path, copy_study):
    study = copy_study(tmp_path / STUDY, STUDY)
    with (study / "codings" / "codings_coder_a.csv").open("a", encoding="utf-8") as opened:
        opened.write("s99,case_metod,utmaning\n")
    with (study / "codings" / "not_asked.csv").open("a", encoding="utf-8") as opened:
        opened.write("Lerum,pace,\n")
    told = [str(each) for each in check(study)]
    assert 'codings/codings_coder_a.csv, row 75, column "code"' in " ".join(told)
    (study / "codings" / "codings_coder_a.csv").write_bytes(
        (FOLDER / "codings" / "codings_coder_a.csv").read_bytes()
    )
    assert any("Lerum was not asked about pace" in str(each) for each in check(study))
    assert check(FOLDER) == ()


def test_several_files_are_one_project(tmp_path, copy_study):
    study = copy_study(tmp_path / STUDY, STUDY)
    extra = study / "mer.csv"
    extra.write_text("text;kod;dokument\nEtt till;tempo;Lerum.txt\n", "utf-8")
    told = problems(study, files=["codings", "mer.csv"], sources={"Lerum.txt": "Lerum"})
    assert told == []
    joined = read_study_codings(open_study(study).study)
    assert len(joined.segments) == 52
    assert joined.segments[-1].group == "Lerum"
