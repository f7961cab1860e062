"""study.yaml: what is read, and every fault with its row and field."""

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit import check
from evalkit.errors import EvalkitError
from evalkit.settings import read_settings
from evalkit.study import find_study, load_study, open_checked

GOOD = """name: liten
title: {sv: Liten, en: Small}
rounds:
  "2023": {responses: svar.csv}
  2024:
    label: {sv: våren 2024, en: spring 2024}
    invited: 12
    counts: antal.csv
    encoding: cp1252
publication:
  min_respondents: 7
"""


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "liten"
    folder.mkdir()
    (folder / "codebook.csv").write_text(
        "name,item,number,part_of,label,kind,scale,section,mean\nF1,q1,1,,Ett,likert,s,1,yes\n"
    )
    (folder / "scales.csv").write_text("scale,value,label,status\ns,2,Ja,valid\ns,1,Nej,valid\n")
    (folder / "sections.csv").write_text("section,title\n1,Ett\n")
    (folder / "svar.csv").write_text("F1\nJa\n")
    (folder / "antal.csv").write_text("item,value,status,n\nq1,2,valid,1\n")
    (folder / "study.yaml").write_text(GOOD, "utf-8")
    return folder


def faults(home, text):
    (home / "study.yaml").write_text(text, "utf-8")
    with pytest.raises(EvalkitError) as caught:
        load_study(str(home))
    return caught.value.problems


def test_a_study_without_fault_is_read(home):
    study = open_checked(str(home))
    assert study.name == "liten"
    assert study.settings.title.text.best("en").text == "Small"
    assert list(study.settings.rounds) == ["2023", "2024"]
    assert study.round_name() == "2024"
    assert study.settings.rounds["2024"].invited == 12
    assert study.settings.rounds["2024"].files == ("antal.csv",)
    assert study.settings.rounds["2024"].label.text.best("sv").text == "våren 2024"
    assert study.settings.publication.min_respondents == 7
    assert check(home) == ()


def test_a_plain_title_is_swedish_and_five_are_the_fewest_unless_said(home):
    (home / "study.yaml").write_text(
        "name: liten\ntitle: Liten\nrounds: {a: {counts: antal.csv}}\n"
    )
    study = open_checked(str(home))
    assert study.settings.title.text.sv == "Liten"
    assert study.settings.publication.min_respondents == 5


def test_a_date_is_left_as_text(home):
    (home / "study.yaml").write_text(
        "name: liten\ntitle: 2012-10-01\nrounds: {2012-10-01: {counts: antal.csv}}\n"
    )
    study = open_checked(str(home))
    assert study.settings.title.sv == "2012-10-01"
    assert study.round_name() == "2012-10-01"


def test_a_round_that_there_is_not_is_named_with_the_nearest(home):
    with pytest.raises(EvalkitError, match=r'no round "2025"\. Did you mean "202[34]"\?'):
        open_checked(str(home)).round_name("2025")


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "message"),
    [
        ("name: liten\n", "", None, "name", '"name" is missing.'),
        ("invited: 12", "invitde: 12", 7, "rounds.2024.invitde", '"invitde" is not a setting.'),
        ("invited: 12", "invited: 0", 7, "rounds.2024.invited", None),
        ("invited: 12", "invited: tolv", 7, "rounds.2024.invited", None),
        ("publication:", "publikation:", 10, "publikation", '"publikation" is not a setting.'),
        (
            "  min_respondents: 7",
            "  min_respondent: 7",
            11,
            "publication.min_respondent",
            '"min_respondent" is not a setting.',
        ),
        ("min_respondents: 7", "min_respondents: 0", 11, "publication.min_respondents", None),
        (
            "    counts: antal.csv\n",
            "",
            5,
            "rounds.2024",
            "A round has either `responses` or `counts`, a file of the study.",
        ),
        (
            "{responses: svar.csv}",
            "{responses: svar.csv, counts: antal.csv}",
            4,
            "rounds.2023",
            "A round has either `responses` or `counts`, a file of the study.",
        ),
        ("name: liten", "name: liten\nname: stor", 2, "name", "The key stands there twice."),
        ("name: liten", "name: ../liten", 1, "name", None),
        ("name: liten", "name: liten\nlanguage: fi", 2, "language", None),
        ("name: liten", "name: liten\nmark: made-up", 2, "mark", None),
        ("  2024:\n", '  "2023":\n', 5, "rounds.2023", "The key stands there twice."),
    ],
)
def test_a_faulty_setting_is_reported_with_row_and_field(home, old, new, row, column, message):
    assert old in GOOD
    [problem] = faults(home, GOOD.replace(old, new))
    assert (problem.file, problem.row, problem.column) == ("study.yaml", row, column)
    assert problem.message
    if message is not None:
        assert problem.message == message


@pytest.mark.parametrize(
    ("old", "new", "nearest"),
    [
        ("publication:", "publikation:", "publication"),
        ("invited:", "invitde:", "invited"),
        ("min_respondents:", "min_respondent:", "min_respondents"),
        ("{sv: våren 2024, en:", "{sv: våren 2024, eng:", "en"),
    ],
)
def test_an_unknown_setting_is_named_with_the_nearest(home, old, new, nearest):
    [problem] = faults(home, GOOD.replace(old, new))
    assert problem.fix == f'Did you mean "{nearest}"?'


def test_several_faults_are_reported_at_once(home):
    text = GOOD.replace("name: liten", "nmae: liten").replace("invited: 12", "invited: 0")
    found = faults(home, text)
    assert {(each.row, each.column) for each in found} == {
        (None, "name"),
        (1, "nmae"),
        (7, "rounds.2024.invited"),
    }


def test_malformed_yaml_is_reported_with_its_row(home):
    [problem] = faults(home, GOOD.replace("title: {sv", "title: [sv"))
    assert problem.file == "study.yaml"
    assert problem.row == 2
    assert "not YAML" in problem.message
    [problem] = faults(home, "name: liten\n\ttitle: x\n")
    assert problem.row == 2


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n- b\n", "liten"])
def test_a_file_without_settings_is_reported(home, text):
    [problem] = faults(home, text)
    assert "no settings" in problem.message


def test_a_file_that_is_not_utf_8_is_reported(home):
    (home / "study.yaml").write_bytes(GOOD.encode("cp1252"))
    with pytest.raises(EvalkitError, match="not UTF-8"):
        load_study(str(home))


def test_missing_files_are_reported_with_the_setting_that_names_them(home):
    published = "published: {tables: celler.csv, items: fragor.csv}\n"
    text = GOOD.replace("svar.csv", "svra.csv") + published
    (home / "study.yaml").write_text(text, "utf-8")
    problems = [each for each in check(home) if each.file == "study.yaml"]
    assert [(each.column, each.message) for each in problems] == [
        ("published.items", "The file fragor.csv does not exist."),
        ("published.tables", "The file celler.csv does not exist."),
        ("rounds.2023", "The file svra.csv does not exist."),
    ]
    assert problems[2].fix == 'Did you mean "svar.csv"?'
    with pytest.raises(EvalkitError) as caught:
        open_checked(str(home))
    assert len(caught.value.problems) == 3


def test_faults_of_all_files_are_reported_at_once(home):
    (home / "codebook.csv").write_text(
        "name,item,number,part_of,label,kind,scale,section,mean\nF1,q1,1,,Ett,likert,z,1,yes\n"
    )
    (home / "sections.csv").write_text("section,title\n1,Ett\n1,Igen\n")
    (home / "fragor.csv").write_text("question,what_was_asked,answered_by\nf1,Vad?,q1;q7\n")
    text = GOOD.replace("svar.csv", "svra.csv") + "evaluation_questions: fragor.csv\n"
    (home / "study.yaml").write_text(text, "utf-8")
    found = {(each.file, each.row, each.column) for each in check(home)}
    assert found >= {
        ("codebook.csv", 2, "scale"),
        ("sections.csv", 3, "section"),
        ("fragor.csv", 2, "answered_by"),
        ("study.yaml", None, "rounds.2023"),
    }


def test_a_study_can_use_the_codebook_of_its_neighbour(home):
    other = home.parent / "annan"
    other.mkdir()
    (other / "study.yaml").write_text(
        "name: annan\ntitle: Annan\ncodebook: liten\nnarrative: liten\n"
        "rounds: {a: {counts: ../liten/antal.csv}}\n"
    )
    study = open_checked(str(other))
    assert list(study.codebook.items) == ["q1"]
    assert study.narrative_folder == home.resolve() / "narrative"


def test_a_neighbour_that_there_is_not_is_reported(home):
    text = GOOD + "codebook: bou-2021\n"
    [problem] = faults(home, text)
    assert '"bou-2021"' in problem.message
    assert problem.fix == 'Did you mean "bou-2012"?'


def test_a_study_is_found_by_name_or_path(home, monkeypatch):
    root = home.parent / "project"
    (root / "data" / "raw").mkdir(parents=True)
    home.rename(root / "data" / "raw" / "liten")
    monkeypatch.chdir(root / "data")
    assert find_study("liten") == root / "data" / "raw" / "liten"
    assert find_study("raw/liten") == (root / "data" / "raw" / "liten").resolve()
    with pytest.raises(EvalkitError, match=r'no study "litne".* Did you mean "liten"\?'):
        find_study("litne")
    with pytest.raises(EvalkitError, match=r"no study\.yaml in the folder"):
        find_study("raw")


_MINIMAL = "name: x\ntitle: y\nrounds: {a: {responses: svar.csv}}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 5000, id="deeply nested"),
        pytest.param("a: &x {b: *x}", id="a mapping inside itself"),
        pytest.param("&a [*a]", id="a list inside itself"),
        pytest.param("name: !!int abc", id="int tag"),
        pytest.param("name: !!float abc", id="float tag"),
        pytest.param("name: !!bool maybe", id="bool tag"),
        pytest.param("name: !!timestamp foo", id="timestamp tag"),
        pytest.param("name: !!binary a", id="binary tag"),
        pytest.param("name: !!python/object:os.system x", id="python tag"),
        pytest.param(f"name: {'9' * 5000}", id="a number of 5000 digits"),
        pytest.param("? [a, b]\n: c", id="a list as key"),
        pytest.param("--- a\n--- b", id="two documents"),
        pytest.param("\0", id="a zero byte"),
        pytest.param(_MINIMAL + "codebook: ~no-such-user", id="a home that there is not"),
        pytest.param(_MINIMAL + f"codebook: {'a' * 300}", id="a codebook with too long a name"),
        pytest.param(_MINIMAL.replace("svar", "a" * 300), id="a file with too long a name"),
        pytest.param(_MINIMAL + 'evaluation_questions: "\\0"', id="a zero byte in a name"),
    ],
)
def test_whatever_yaml_can_say_is_refused_as_a_fault_of_the_user(home, text):
    (home / "study.yaml").write_text(text, "utf-8")
    with pytest.raises(EvalkitError):
        open_checked(str(home))


_KEYS = st.sampled_from(
    ["name", "title", "rounds", "codebook", "published", "notebooks", "a", "sv"]
)
_DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=8,
)


@given(text=st.text(max_size=60) | _DATA.map(lambda data: yaml.safe_dump(data, allow_unicode=True)))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_text_as_study_yaml_raises_nothing_but_evalkit_errors(home, text):
    (home / "study.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(EvalkitError):
        open_checked(str(home))


@pytest.mark.parametrize(
    ("setting", "compares"),
    [
        ("", False),
        ("groups: [q01]\n", True),
        ("indices: {a: {items: [q01, q02]}}\n", True),
        ("models: [{item: q01, on: [q02]}]\n", True),
        ("same_respondents: id\n", True),
        ("groups: []\n", False),
        ("notebooks: [02_survey]\ngroups: [q01]\n", None),
    ],
)
def test_what_is_to_be_compared_brings_its_notebook(tmp_path, setting, compares):
    file = tmp_path / "study.yaml"
    file.write_text(f"name: a\ntitle: A\nrounds: {{'1': {{responses: a.csv}}}}\n{setting}", "utf-8")
    expected = ("01_intake", "02_survey", "03_groups_and_rounds")[: 3 if compares else 2]
    assert read_settings(file).report == (("02_survey",) if compares is None else expected)


def test_two_rounds_bring_the_notebook_that_compares_them(tmp_path):
    file = tmp_path / "study.yaml"
    rounds = "rounds: {'1': {responses: a.csv}, '2': {responses: b.csv}}\n"
    file.write_text(f"name: a\ntitle: A\n{rounds}", "utf-8")
    assert "03_groups_and_rounds" in read_settings(file).report
