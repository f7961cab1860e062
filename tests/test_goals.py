"""Goals: what is read, worked out, shown and kept back; hand counts and statsmodels."""

from __future__ import annotations

import csv
import io
import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from scipy.stats import hypergeom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

import evalkit
from evalkit.analysis.goals import together
from evalkit.codebook import Text
from evalkit.goals import Surveyed, read_goals
from evalkit.goals.amounts import amount
from evalkit.goals.targets import read_target

ROOT = Path(__file__).resolve().parents[1]
SAMAGERA = ROOT / "data" / "raw" / "samagera-2016"

FOLDER = ROOT / "tests" / "malstudie"


def content(name: str) -> str:
    """A file of the test study."""
    return (FOLDER / name).read_text("utf-8")


# q1 in May: 20 of 40 answer 4 or 3; in October 34 of 48, two of 50 gave no answer.
OCTOBER = content("rounds/2014-10.csv")
HEADING = "goal,label,horizon,indicator,baseline,target,outcome,status,assessed_by,evidence"


def live(function, round_name):
    return f'"live:{function}@{round_name}"'


def both(function):
    return f"{live(function, '2014-05')},{{}},{live(function, '2014-10')}"


SHARE = "percent(q1, 4, 3)"


def row(name, target, function=SHARE, status="", who="", evidence=""):
    figures = both(function).format(target)
    return f"{name},Mål {name},kort sikt,,{figures},{status},{who},{evidence}"


@pytest.fixture
def make(tmp_path):
    """A study of two rounds with the goals that are given."""

    def make_(*rows: str, heading: str = HEADING, **files: str) -> Path:
        folder = tmp_path / "malstudie"
        if not folder.exists():
            shutil.copytree(FOLDER, folder)
            settings, _, _ = content("study.yaml").partition("budget:")
            (folder / "study.yaml").write_text(settings, encoding="utf-8")
        goals = {"goals.csv": "\n".join([heading, *rows]) + "\n"}
        for name, text in (goals | files).items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return make_


def goals_of(folder):
    return evalkit.open_study(folder).goals().set_index("goal")


def html_of(folder, edition="published", language="sv"):
    report = evalkit.open_study(folder).goal_report(edition=edition, language=language)
    blocks = [report.overview(), *(report.goal(each) for each in report.goals)]
    return "".join(each.html for each in [*blocks, report.budget(), report.how_to_read()])


def text_of(page):
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split()).replace("\xa0", " ")


# What is worked out


def test_statuses_by_hand_count(make):
    """50 % in May (20 of 40, "vet ej" counted), 34 of 48 (70.83 %) in October."""
    folder = make(
        row("nadd", ">= 60 %"),
        row("nara", ">= 75 %"),
        row("langt", "<= 40 %"),
        row("okar", "ökar"),
        row("minskar", "minskar"),
        row("okar20", "ökar med minst 20 procentenheter"),
        row("okar21", "ökar med minst 21 procentenheter"),
    )
    found = goals_of(folder)
    assert found["baseline"].tolist() == [50.0] * 7
    assert found["outcome"].tolist() == pytest.approx([100 * 34 / 48] * 7)
    assert found["status"].to_dict() == {
        "nadd": "reached",
        "nara": "partly",
        "langt": "not_reached",
        "okar": "reached",
        "minskar": "not_reached",
        "okar20": "reached",
        "okar21": "partly",
    }


def test_margins_are_those_of_statsmodels(make):
    folder = make(
        row("andel", ">= 60 %"), row("medel", ">= 2.5", "mean(q1)"), row("tal", "ökar", "mean(q2)")
    )
    found = goals_of(folder)
    wilson = [100 * each for each in proportion_confint(34, 48, method="wilson")]
    assert found.loc["andel", ["low", "high"]].tolist() == pytest.approx(wilson)
    before, after = (
        [4] * 8 + [3] * 12 + [2] * 10 + [1] * 8,
        [4] * 20 + [3] * 14 + [2] * 10 + [1] * 3,
    )
    student = DescrStatsW(after).tconfint_mean()
    assert found.loc["medel", ["low", "high"]].tolist() == pytest.approx(student)
    assert found.loc["medel", "outcome"] == pytest.approx(sum(after) / 47)
    assert found.loc["medel", "baseline"] == pytest.approx(sum(before) / 38)
    page = text_of(html_of(folder, language="en"))
    newcombe = confint_proportions_2indep(34, 48, 20, 40, method="newcomb", compare="diff")
    low, high = (f"{100 * each:.1f}" for each in newcombe)
    assert f"+21 percentage points; margin of error +{low} to +{high}" in page
    numbers = [10] * 10 + [12] * 40, [10] * 20 + [12] * 20
    welch = CompareMeans(*map(DescrStatsW, numbers)).tconfint_diff(usevar="unequal")
    assert f"+0.60; margin of error +{welch[0]:.2f} to +{welch[1]:.2f}" in page


def test_of_a_census_the_margin_is_that_of_all_who_were_invited(make):
    """Every number of yes among the 60 invited under which 34 of 48 is not too rare."""
    folder = make(row("g1", ">= 60 %"))
    settings = (folder / "study.yaml").read_text("utf-8").replace("sample", "census")
    (folder / "study.yaml").write_text(settings, encoding="utf-8")
    kept = [
        yes
        for yes in range(34, 34 + 60 - 48 + 1)
        if hypergeom.sf(33, 60, yes, 48) > 0.025 and hypergeom.cdf(34, 60, yes, 48) > 0.025
    ]
    bounds = goals_of(folder).loc["g1", ["low", "high"]].tolist()
    assert bounds == pytest.approx([100 * kept[0] / 60, 100 * kept[-1] / 60])
    beside = evalkit.open_study(folder).certainty().set_index("item")
    assert beside.loc["q1"].query("figure == 'share'")[["low", "high"]].iloc[0].tolist() == bounds


@pytest.mark.parametrize(
    ("target", "function", "said"),
    [
        (">= 50 %", SHARE, "hela felmarginalen (57–82 %) ligger på rätt"),
        (">= 60 %", SHARE, "målnivån ligger inom felmarginalen (57–82 %). Att den nåddes kan"),
        (">= 75 %", SHARE, "målnivån ligger inom felmarginalen (57–82 %). Att den inte nåddes"),
        (">= 90 %", SHARE, "hela felmarginalen (57–82 %) ligger på fel"),
        ("ökar", SHARE, "hela felmarginalen (+0,5 till +39,2) ligger på samma sida om noll"),
        ("ökar", "percent(q1, 3)", "Förändringen ligger inom felmarginalen"),
    ],
)  # fmt: skip
def test_how_sure_it_is_stands_in_words(make, target, function, said):
    assert said in text_of(html_of(make(row("g1", target, function))))


def test_a_figure_is_not_rounded_onto_the_other_side_of_its_target(make):
    """34 of 48 is 70.83 %: in whole per cents it would be 71 %, and miss a target of 71 %."""
    page = text_of(html_of(make(row("g1", ">= 71 %"))))
    assert "70,8 % (34 av 48), oktober 2014" in page
    assert "Delvis uppnått" in page
    assert "71 % (34 av 48)" in text_of(html_of(make(row("g1", ">= 60 %"))))


def test_a_figure_at_its_target_has_reached_it(make):
    """20 of 40 is 50 %, exactly, and 48 answers of which 12 or 36 are a quarter and three."""
    rows = 'g1,Mål,kort,,,{},"live:percent(q1, 4, 3)@2014-05",,,'
    for sign, status in (
        (">=", "reached"),
        ("<=", "reached"),
        ("=", "reached"),
        (">", "not_reached"),
    ):
        assert goals_of(make(rows.format(f"{sign} 50 %")))["status"].tolist() == [status]


def test_one_that_was_past_its_level_and_fell_below_it_has_not_come_nearer(make):
    study = make(row("g1", "<= 60 %"))
    assert goals_of(study)["status"].tolist() == ["not_reached"]  # 50 % before, 71 % now


def test_written_figures_have_a_status_and_no_margin(make):
    rows = (
        "g1,Ett,,Kostnad,60 tkr,<= 50 tkr,45 tkr,,,",
        'g2,Två,,Kostnad,"1 200,5 tkr",<= 50 tkr,"1 100 tkr",,,',
    )
    folder = make(*rows)
    found = goals_of(folder)
    assert found["status"].tolist() == ["reached", "partly"]
    assert found["change"].tolist() == [-15.0, -100.5]
    page = text_of(html_of(folder))
    assert "−15 tkr" in page
    assert "1 200,5 tkr" in page
    assert "Går inte att räkna ut, eftersom siffrorna är angivna för hand." in page
    assert "felmarginal" not in page


def test_several_indicators_are_taken_together():
    assert together(["reached", "reached"]) == "reached"
    assert together(["reached", "not_measured"]) == "partly"
    assert together(["reached", "not_reached"]) == "partly"
    assert together(["not_reached", "not_measured"]) == "not_reached"
    assert together(["not_reached", "partly"]) == "partly"
    assert together(["not_measured"]) == "not_measured"


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("60 %", 60, "%"),
        ("60%", 60, "%"),
        ("1\xa0771 kr", 1771, "kr"),
        ("−2,5", Fraction(-5, 2), ""),
        ("12 tkr", 12, "tkr"),
        ("2 av 4", None, None),
        ("Enkät 2016", None, None),
        ("12 nya platser", None, None),
    ],
)
def test_amounts_are_a_number_and_its_unit(text, number, unit):
    found = amount(text)
    assert (None if found is None else found.number) == number
    assert (None if found is None else found.unit) == unit


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (">= 60 %", "level"),
        ("minst 60 %", "level"),
        ("högst 5", "level"),
        ("ökar", "change"),
        ("minskar med minst 5 procentenheter", "change"),
        ("increase by at least 5 percentage points", "change"),
        ("öka tryggheten", "words"),
        ("Minst hälften", "words"),
        (">= många", "unread"),
        ("ökar med 10 %", "unread"),
    ],
)
def test_targets(text, kind):
    target, unread = read_target(Text(text))
    found = "level" if target.is_level else "change" if target.is_change else "words"
    assert ("unread" if unread else found) == kind


# What is wrong in the file


@pytest.mark.parametrize(
    ("goal", "column", "message"),
    [
        ("g1,Mål,,,,,,nådd,,", "status", 'There is no status "nådd".'),
        ("g1,Mål,,,,,,,,", "status", "There is no status, and none can be worked out."),
        ("g1,Mål,,,,,,delvis,,", "assessed_by", "The status does not tell who assessed it."),
        (",Mål,,,,,,ej mätt,,", "goal", "The goal has no name."),
        ("g1,,,,,,,ej mätt,,", "label", "The goal has no text."),
        (row("g1", ">= 60 %", "percent(q9, 4)"), "baseline", 'There is no item "q9"'),
        (row("g1", ">= 60 %", "percent(q1, 7)"), "baseline", 'q1 has no answer "7".'),
        (row("g1", ">= 60 %", "percent(q1)"), "baseline", "No answer of q1 is named."),
        (row("g1", ">= 60 %", "andel(q1, 4)"), "baseline", 'There is no live figure "andel".'),
        (row("g1", ">= 60 %", "percent(q2, 10)"), "baseline", 'There is no item "q2" that percent'),
        (row("g1", ">= 60"), "target", "The baseline is a share, and the target"),
        (row("g1", ">= 3 %", "mean(q1)"), "target", "The baseline is a mean, which has no unit"),
        (row("g1", ">= många"), "target", "The target is no comparison that can be read."),
        ("g1,Mål,,x,,>= 60 %,live:percent(q1)@2015,,,", "outcome", 'There is no round "2015".'),
        ("g1,Mål,,x,,>= 60 %,live:mean(q1),,,", "outcome", "The live figure does not tell"),
        ("g1,Mål,,x,bättre,>= 60 %,55 %,,,", "baseline", '"bättre" is no number with its unit'),
        ("g1,Mål,,x,,>= 60 tkr,55 kr,,,", "outcome", 'The unit of "55 kr" is not that of'),
        ("g1,Mål,,,,,,ej mätt,,table:q9", "evidence", 'There is no table of an item "q9".'),
        ("g1,Mål,,,,,,ej mätt,,theme:samsyn", "evidence", "The study has no codings with themes."),
        ("g1,Mål,,,,,,ej mätt,,sidan 12", "evidence", '"sidan 12" leads nowhere.'),
        ("g1,Mål,,,,,,ej mätt,,bok:12", "evidence", 'There is no evidence of kind "bok".'),
        ("g1,Mål,,,\"live:mean(q1)@2014-10\",ökar,\"live:mean(q1)@2014-05\",,,", "baseline",
         "The baseline is of a later round than the outcome."),
        ("g1,Mål,,,\"live:mean(q2)@2014-05\",ökar,\"live:mean(q1)@2014-10\",,,", "baseline",
         "The baseline is another figure than the outcome"),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_row_and_column(make, goal, column, message):
    found = [e for e in evalkit.check(make(goal)) if e.severity == "error"]
    assert found, "no fault was found"
    first = next(each for each in found if each.column == column)
    assert (first.file, first.row) == ("goals.csv", 2)
    assert first.message.startswith(message)
    assert first.fix


def test_a_goal_that_stands_there_twice(make):
    twice = make("g1,Mål,,,,,,ej mätt,,", "g1,Mål,,,,,,ej mätt,,")
    assert "The goal g1 stands there twice." in [each.message for each in evalkit.check(twice)]
    indicators = make("g1,Mål,,Ett,,,,ej mätt,,", "g1,,,Två,,,,ej mätt,,")
    assert [each.severity for each in evalkit.check(indicators)] == []
    same = make("g1,Mål,,,,,,ej mätt,,", "g2,Mål,,,,,,ej mätt,,")
    assert "The goal g1 has the same text." in [each.message for each in evalkit.check(same)]


def test_a_round_that_may_not_be_compared_is_no_baseline(make):
    study = evalkit.open_study(make(row("g1", "ökar"))).study
    codebooks = {name: study.codebook_of(name) for name in study.settings.rounds}
    surveyed = Surveyed(codebooks, lambda *_: {"q1": "answers"})
    _, (problem,) = read_goals(study.path("goals.csv"), "goals.csv", surveyed)
    assert problem.column == "baseline"
    assert problem.message == "q1 may not be compared between 2014-05 and 2014-10 (answers)."


def test_an_unknown_column_is_a_warning(make):
    study = make("g1,Mål,ej mätt,bra", heading="goal,label,status,utfall")
    found = [each for each in evalkit.check(study) if each.file == "goals.csv"]
    assert [(each.row, each.column, each.severity) for each in found] == [(1, "utfall", "warning")]


def test_a_missing_file_is_told_of_study_yaml(make):
    study = make("g1,Mål,,,,,,ej mätt,,")
    (study / "goals.csv").unlink()
    assert [each.column for each in evalkit.check(study)] == ["goals"]


# What is written against what is worked out


def test_a_status_by_hand_that_the_figures_do_not_bear_out_is_a_warning_and_said(make):
    study = make(row("g1", ">= 90 %", status="uppnådd", who="A. Berg"), row("g2", ">= 60 %"))
    found = evalkit.check(study)
    assert [(e.row, e.column, e.severity) for e in found] == [(2, "status", "warning")]
    assert "written as uppnådd, and the figures say delvis" in found[0].message
    page = text_of(html_of(study))
    assert (
        "Bedömningen för hand (A. Berg) är ”Uppnått”, men siffrorna säger ”Delvis uppnått”" in page
    )
    assert "För 1 mål säger bedömningen för hand något annat än siffrorna" in page
    agrees = make(row("g1", ">= 60 %", status="uppnådd", who="A. Berg"))
    assert evalkit.check(agrees) == ()
    assert "Bedömningen för hand" not in text_of(html_of(agrees))


def test_a_status_by_hand_is_marked_with_who_assessed_it(make):
    page = text_of(html_of(make("g1,Mål,,,,,Bra samarbete,delvis,Länsstyrelsen,")))
    assert "Bedömt för hand: Länsstyrelsen" in page
    assert "Nej: det saknas indikator, uppmätt utgångsläge och uppmätt utfall." in page
    assert "Bra samarbete (ingen uppmätt siffra)" in page


# What is kept back

FEW = "percent(q3, 4)"


def test_a_live_figure_of_few_is_not_shown_nor_its_status(make):
    """3 of 3 answered in October: 100 %, kept back with everything that would tell it."""
    rows = [
        row("g1", f">= {level} %", FEW, status, who)
        for level, status, who in (("77", "uppnådd", "Bo"),)
    ]
    study = make(*rows, row("g2", ">= 60 %"), "g3,Ord,,,,,,ej mätt,,")
    report = evalkit.open_study(study).goal_report()
    page = html_of(study)
    goal = BeautifulSoup(report.goal(report.goals[0]).html, "html.parser")
    text = " ".join(goal.get_text(" ").split()).replace("\xa0", " ")
    assert "Redovisas inte" in text
    assert "Visas inte, eftersom färre än 5 har svarat" in text
    assert "50 % (20 av 40), maj 2014" in text
    for told in ("100", "3 av 3", "+50", "Uppnått", "Bo", "slump", "oktober"):
        assert told not in text, told
    assert "1 av 3 mål bedöms uppnått; 1 är inte mätt; 1 redovisas inte." in text_of(page)
    shown = report.goals[0]
    assert "uppnådd" not in repr(shown)
    assert "Figure(value=Fraction(100" not in repr(shown)
    internal = text_of(html_of(study, "internal"))
    assert "100 % (3 av 3), oktober 2014" in internal


def test_the_file_of_goals_keeps_back_the_same(make):
    study = make(row("g1", ">= 77 %", FEW, "uppnådd", "Bo"))
    page = BeautifulSoup(html_of(study), "html.parser")
    from urllib.parse import unquote

    data = unquote(page.find("a", download="mal.csv")["href"].split(",", 1)[1]).lstrip("\ufeff")
    (line,) = csv.DictReader(io.StringIO(data), delimiter=";")
    assert line["status"] == "Redovisas inte"
    assert line["utfall"] == "Visas inte, eftersom färre än 5 har svarat"
    assert line["förändring"] == line["hur säkert"] == ""
    assert "Bo" not in data
    assert "100" not in data


def test_what_is_kept_back_is_the_same_whatever_the_figure_is(make):
    """An attacker who sees the page cannot tell 0 of 3 from 3 of 3."""
    rows = (row("g1", ">= 77 %", FEW, "delvis", "Bo"), row("g2", "ökar", FEW))
    pages = [
        html_of(
            make(
                *rows,
                **{"rounds/2014-10.csv": OCTOBER.replace("q3,4,valid,3", f"q3,{code},valid,3")},
            )
        )
        for code in (1, 4)
    ]
    assert pages[0] == pages[1]


def test_the_margin_of_a_mean_of_few_numbers_would_tell_their_spread(make):
    """7 numbers are shown with their mean, and without standard deviation."""
    study = make(row("g1", "ökar", "mean(q4)"))
    page = text_of(html_of(study))
    assert "2,43 (7 svar), oktober 2014" in page
    assert "felmarginal " not in page.split("Så läses")[0]
    assert "Felmarginalen visas inte, eftersom så få svar ligger bakom den." in page
    assert "felmarginal " in text_of(html_of(study, "internal"))


def test_nobody_answered_is_a_sentence(make):
    october = OCTOBER.replace("q3,4,valid,3\nq3,,no_answer,47", "q3,,no_answer,50")
    study = make(row("g1", ">= 77 %", FEW), **{"rounds/2014-10.csv": october})
    assert goals_of(study)["status"].tolist() == ["not_measured"]
    page = text_of(html_of(study, "internal"))
    assert "Ingen svarade, oktober 2014" in page
    assert "nan" not in page.lower().replace("ingenting", "")


# Samagera


def test_samagera_is_the_facts_of_the_reference():
    with (SAMAGERA / "goals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [each["status"] for each in rows].count("delvis") == 4
    assert [each["status"] for each in rows].count("ej mätt") == 3
    assert [each["goal"] for each in rows if each["indicator"]] == ["g7"]
    assert {each["assessed_by"] for each in rows} == {"vår bedömning, inte rapportens"}
    assert evalkit.check("samagera-2016") == ()


def test_samageras_page_says_whose_the_statuses_are_and_what_was_not_set():
    page = text_of(html_of("samagera-2016"))
    assert "Inget av 7 mål bedöms uppnått; 4 delvis uppnådda; 3 är inte mätta." in page
    assert "Statusarna är vår bedömning och inte rapportens." in page
    assert "indikator finns för 1 av 7 och uppmätt utgångsläge för 0 av 7" in page
    assert "Alla statusar är bedömda för hand, ingen är uträknad ur siffror." in page
    assert page.count("Bedömt för hand: vår bedömning, inte rapportens") == 14
    english = text_of(html_of("samagera-2016", language="en"))
    assert (
        "None of 7 goals is judged to be reached; 4 partly reached; 3 were not measured." in english
    )
    assert "The statuses are our assessment and not the report's." in english


@pytest.mark.parametrize("language", ["sv", "en"])
def test_samageras_report_is_made_and_names_its_file(language, reports):
    soup = reports.soup("samagera-2016", language)
    assert [each["id"] for each in soup.select("section.goal > h3")] == [
        f"mal-{n}" for n in range(1, 8)
    ]
    assert soup.find("code", string="goals.csv")


def test_samtidigts_goal_has_three_indicators(make):
    goals = (ROOT / "data/raw/samtidigt-2012/goals.csv").read_text("utf-8")
    study = make(**{"goals.csv": goals})
    found = evalkit.open_study(study).goals()
    assert found["status"].tolist() == ["not_reached", "not_measured", "partly"]
    page = text_of(html_of(study))
    assert "Målet bedöms delvis uppnått." in page
    assert "Sammanvägt av 3 indikatorer" in page


def samtidigt(tmp_path, copy_study, evidence=""):
    """The study of focus groups with its goals, as study.yaml will name them."""
    folder = copy_study(tmp_path / "samtidigt-2012", "samtidigt-2012")
    settings = (folder / "study.yaml").read_text("utf-8")
    if "goals:" not in settings:
        settings = settings.replace("[05_focus_groups]", "[05_focus_groups, 06_goals]")
        (folder / "study.yaml").write_text(settings + "goals: goals.csv\n", encoding="utf-8")
    head, *rows = (folder / "goals.csv").read_text("utf-8").splitlines()
    text = "\n".join([f"{head},evidence", *(f"{each},{evidence}" for each in rows)])
    (folder / "goals.csv").write_text(text, encoding="utf-8")
    return folder


def test_evidence_leads_to_a_theme_of_the_codings(tmp_path, copy_study, evalkit_command):
    codebook = (ROOT / "data/raw/samtidigt-2012/codings/codebook.csv").read_text("utf-8")
    code = list(csv.DictReader(io.StringIO(codebook)))[1]["code"]
    study = samtidigt(tmp_path, copy_study, f"theme:{code}")
    assert evalkit.check(study) == ()
    done = evalkit_command("run", study, "--out", tmp_path / "out", "-q")
    assert done.status == 0, done.err
    page = BeautifulSoup(Path(done.out.strip()).read_text("utf-8"), "html.parser")
    (link,) = {each["href"] for each in page.find("h3", id="mal-1").parent.find_all("a")}
    assert page.find(id=link[1:]) is not None
    wrong = samtidigt(tmp_path / "wrong", copy_study, "theme:ingenstans")
    assert {each.message for each in evalkit.check(wrong)} == {'There is no theme "ingenstans".'}


# Budget

BUDGET = content("budget.csv")


def with_budget(make, text):
    study = make("g1,Mål,,,,,,ej mätt,,", **{"budget.csv": text})
    settings = (study / "study.yaml").read_text("utf-8")
    if "budget:" not in settings:
        settings += "budget: {file: budget.csv, note: Budgeten är publicerad}\n"
        (study / "study.yaml").write_text(settings, encoding="utf-8")
    return study


def test_skaraborgs_budget_by_hand(make):
    """515 + 25 + 70 + 30 + 60 + 20 = 720 tkr; 1 771 kr of 30 tkr is 5.9 %, and of 50 tkr 3.5 %."""
    study = with_budget(make, BUDGET)
    assert evalkit.check(study) == ()
    found = evalkit.open_study(study).budget().set_index("post")
    assert found["budget"].sum() == 720
    assert found["outcome"].isna().sum() == 4
    assert found.loc["Resekostnader", "converted"] == pytest.approx(1.771)
    assert found.loc["Resekostnader", "percent"] == pytest.approx(5.9033, abs=1e-4)
    assert found.loc["Material/expenser", ["outcome", "percent"]].tolist() == [0, 0]
    block = evalkit.open_study(study).goal_report().budget()
    page = text_of(block.html)
    assert "Resekostnader 30 1 771 1,8 6 %" in page
    assert "Material/expenser 20 0 0 0 %" in page
    assert "Lönekostnader 515 uppgift saknas – –" in page
    assert "Summa 720 uppgift saknas – –" in page
    assert "Utfall finns för 2 av 6 poster." in page
    assert "användes 1,8 tkr av 50 tkr (4 %)" in page
    assert "Budgetens poster summerar till 720 tkr." in page
    assert "1 tkr = 1 000 kr" in page
    assert "Budgeten är publicerad" in page


def test_a_sum_that_is_not_what_its_posts_add_to_is_a_warning_and_said(make):
    study = with_budget(make, BUDGET.replace("Summa,720", "Summa,730"))
    found = evalkit.check(study)
    assert [(e.file, e.row, e.column, e.severity) for e in found] == [
        ("budget.csv", 8, "budget_tkr", "warning")
    ]
    assert "The sum is 730, and the posts add to 720." in found[0].message
    page = text_of(evalkit.open_study(study).goal_report().budget().html)
    assert "Summan i underlaget är 730 tkr, men posterna summerar till 720 tkr." in page


@pytest.mark.parametrize(
    ("text", "row", "column", "message"),
    [
        ("post,budget,outcome_kr\na,1,2\n", 1, "budget_…", "There is no column of the budget"),
        ("post,budget_tkr,outcome_eur\na,1,2\n", 1, "outcome_eur", "eur cannot be made into tkr."),
        ("post,budget_kr,outcome_kr\na,x,2\n", 2, "budget_kr", '"x" is no number of kr.'),
        ("post,budget_kr,outcome_kr\na,1,2\nA,1,2\n", 3, "post", 'The post "A" stands there'),
        ("post,budget_kr,outcome_kr\n,1,2\n", 2, "post", "The post has no name."),
        ("post,budget_kr,outcome_kr\na,1,2\nSumma,1,2\nTotalt,1,2\n", 4, "post", "There are two"),
    ],
)  # fmt: skip
def test_a_fault_of_the_budget_is_told_by_row_and_column(make, text, row, column, message):
    found = evalkit.check(with_budget(make, text))
    assert [(each.row, each.column) for each in found] == [(row, column)]
    assert found[0].message.startswith(message)
    assert found[0].fix


def test_one_unit_is_not_converted(make):
    page = evalkit.open_study(
        with_budget(make, "post,budget_tkr,outcome_tkr\na,10,\"12,5\"\nb,0,0\nSumma,10,\"12,5\"\n")
    ).goal_report().budget().html  # fmt: skip
    text = text_of(page)
    assert "a 10 12,5 125 %" in text
    assert "b 0 0 –" in text
    assert "omräknat" not in text
    assert "Utfall finns för alla 2 poster." in text


def test_a_study_without_goals_says_so():
    with pytest.raises(evalkit.EvalkitError, match="has no goals"):
        evalkit.open_study("bou-2012").goal_report()
    with pytest.raises(evalkit.EvalkitError, match="has no budget"):
        evalkit.open_study("samagera-2016").budget()


# The whole report of a study with survey and goals


def test_the_report_of_a_survey_with_goals_links_to_its_tables(make, evalkit_command, tmp_path):
    study = with_budget(make, BUDGET)
    goals = [row("g1", ">= 60 %", evidence='"table:q1; document:Planen, s. 12"')]
    (study / "goals.csv").write_text("\n".join([HEADING, *goals]) + "\n", encoding="utf-8")
    done = evalkit_command("run", study, "--out", tmp_path / "out", "-q")
    assert done.status == 0, done.err
    page = BeautifulSoup(Path(done.out.strip()).read_text("utf-8"), "html.parser")
    section = page.find("h3", id="mal-1").parent
    assert {each["href"] for each in section.find_all("a")} == {"#tabell-1"}
    assert "Planen, s. 12" in section.get_text()
    named = [each.get_text() for each in page.select("#underlag ~ details code")]
    assert {"goals.csv", "budget.csv", "rounds/2014-05.csv", "rounds/2014-10.csv"} <= set(named)
    assert "maj 2014" in section.get_text()
