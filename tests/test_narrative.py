"""The evaluator's texts: live figures, faults with file and line, and a sandbox."""

import re
from pathlib import Path

import pytest

import evalkit
from evalkit.errors import EvalkitError
from evalkit.workbook.narrative import FUNCTIONS, Figures, check_narratives, narrative_files, render

HOME = Path(__file__).parent / "hand_made"
NB = "\u00a0"


class Desk:
    """A copy of the hand-made study whose summary can be written and rendered."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("scales.csv", "sections.csv", "codebook.csv", "rounds/1/export.csv"):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((HOME / name).read_bytes())
        text = (HOME / "study.yaml").read_text("utf-8").partition("  # The same")[0]
        (folder / "study.yaml").write_text(text, "utf-8")
        self.workbook = evalkit.open_study(folder)

    @property
    def study(self):
        return self.workbook.study

    def write(self, text, name="summary", language="sv"):
        path = self.folder / "narrative" / language / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def render(self, text=None, language="sv", edition="published"):
        if text is not None:
            self.write(text)
        report = self.workbook.report("1", language, edition)
        figures = Figures(self.study, "1", report.released, language)
        return render(self.study, "summary", figures, 2)

    def check(self, text):
        self.write(text)
        return check_narratives(self.study)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def fresh(tmp_path):
    return Desk(tmp_path)


# The figures are those counted by hand in test_frequency.py.
@pytest.mark.parametrize(
    ("call", "text"),
    [
        ('n("q1", 4)', "två"),
        ('n("q1", 4, 3)', "tre"),
        ('n("q1", "dont_know")', None),  # Vet ej has the code 8 here
        ('n("q1", 8)', "en"),
        ('n("q1", "not_applicable")', "en"),
        ('percent("q1", 4, 3)', f"50{NB}%"),
        ('share("q1", 4, 3)', f"tre av 6 (50{NB}%)"),
        ('share("q3", "q3_a")', f"fyra av 8 (50{NB}%)"),
        ('mean("q2a")', "2,11"),
        ('median("q1")', "mellan Ganska bra (3) och Mycket bra (4)"),
        ('base("q1")', "6"),
        ('no_answer("q1")', "en"),  # number 10; one refused and one was illegible
        ('answer("q1", 4)', "Mycket bra"),
        ('answer("q1", "refused")', "Vill inte svara"),
        ('answer("q3", "q3_a")', "Alfa"),
        ('item_label("q2")', "Två saker"),
        ('table_ref("q2a")', f'<a href="#tabell-2">tabell{NB}2</a>'),
        ("response_rate()", f"83{NB}%"),
        ("invited()", "tolv"),
        ("responded()", "tio"),
        ("included()", "tio"),
        ("round_label()", "första mätningen"),
        ("table_count()", "sju"),
    ],
)
def test_a_live_figure_is_the_one_counted_by_hand(desk, call, text):
    if text is None:
        with pytest.raises(EvalkitError):
            desk.render(f"x {{{{ {call} }}}}")
    else:
        assert desk.render(f"x {{{{ {call} }}}}") == f"<p>x {text}</p>\n"
        assert desk.check(f"x {{{{ {call} }}}}") == []


def test_the_filter_makes_a_first_letter_large(desk):
    assert desk.render('{{ share("q1", 4) | capfirst }} x.') == f"<p>Två av 6 (33{NB}%) x.</p>\n"


def test_english_text_has_english_figures(fresh):
    fresh.write('{{ share("q1", 4, 3) }}, {{ mean("q2a") }}, {{ answer("q1", 4) }}', language="en")
    assert fresh.render(language="en") == "<p>three of 6 (50%), 2.11, Very good</p>\n"


def test_a_text_that_there_is_not_is_nothing(fresh):
    assert fresh.render() == ""
    assert narrative_files(fresh.study, "sv") == []


def test_a_text_in_the_other_language_is_marked_and_keeps_its_own_figures(fresh):
    fresh.write('Medel {{ mean("q2a") }}.')
    assert fresh.render(language="en") == '<div lang="sv"><p>Medel 2,11.</p>\n</div>'
    assert fresh.render(language="sv") == "<p>Medel 2,11.</p>\n"
    [(name, path)] = narrative_files(fresh.study, "en")
    assert name == "narrative/sv/summary.md"
    assert path.is_file()


@pytest.mark.parametrize(
    ("text", "row", "message", "fix"),
    [
        ('a\n\nb {{ shar("q1", 4) }}', 3, 'There is no function "shar".', '"share"'),
        ('a\n{{ share("q11", 4) }}', 2, 'There is no item "q11".', '"q1"'),
        ('{{ share("q1", "dont_now") }}', 1, 'q1 has no answer "dont_now".', "There is: 4, 3"),
        ('{{ share("q1", 5) }}', 1, 'q1 has no answer "5".', "There is: 4, 3"),
        ('{{ share("q3", "q3_aa") }}', 1, 'q3 has no answer "q3_aa".', '"q3_a"'),
        ('{{ share("q3_a", 1) }}', 1, 'There is no item "q3_a" that share can tell of.', '"q3"'),
        ('{{ share("q2", 3) }}', 1, 'There is no item "q2" that share can tell of.', '"q2a"'),
        ('a\n{{ n("q1", 4) | capfrist }}', 2, 'There is no filter "capfrist".', '"capfirst"'),
        ('{{ n("q1", 4) | upper }}', 1, 'There is no filter "upper".', ""),
        ('{{ table_ref("q99") }}', 1, 'There is no item "q99".', ""),
        ("{{ antal }}", 1, 'There is no function "antal".', ""),
    ],
)
def test_a_slip_is_reported_with_file_line_and_nearest_name(desk, text, row, message, fix):
    [problem] = [each for each in desk.check(text) if each.severity == "error"]
    assert (problem.file, problem.row, problem.message) == ("narrative/sv/summary.md", row, message)
    assert fix in problem.fix
    with pytest.raises(EvalkitError) as caught:
        desk.render(text)
    [raised] = caught.value.problems
    assert (raised.file, raised.row, raised.message) == (problem.file, row, message)


@pytest.mark.parametrize("text", ["a\n{{ n( }}", "a\n{% if %}", "a\n{{ 'x }}", "a\n{% for x in %}"])
def test_what_is_not_closed_is_reported_with_its_line(desk, text):
    [problem] = desk.check(text)
    assert (problem.file, problem.row, problem.severity) == ("narrative/sv/summary.md", 2, "error")
    with pytest.raises(EvalkitError):
        desk.render(text)


@pytest.mark.parametrize(
    "call", ["n()", 'mean("q1", 4)', 'answer("q1")', 'base("q1", 1, 2)', "invited(1)"]
)
def test_too_few_or_too_many_arguments_are_reported(desk, call):
    [problem] = [each for each in desk.check(f"a\n{{{{ {call} }}}}") if each.severity == "error"]
    assert problem.row == 2


def test_every_slip_of_every_text_is_reported_at_once(fresh):
    fresh.write('{{ shar("q1", 4) }}\n{{ share("q11", 4) }} {{ n("q1", 4) | x }}')
    fresh.write('{{ share("q1", 7) }}', name="q1", language="en")
    found = {(each.file, each.row) for each in check_narratives(fresh.study)}
    assert found == {
        ("narrative/sv/summary.md", 1),
        ("narrative/sv/summary.md", 2),
        ("narrative/en/q1.md", 1),
    }
    assert len(check_narratives(fresh.study)) == 4


def test_a_text_that_belongs_nowhere_is_a_warning(fresh):
    fresh.write("x", name="sumary")
    [problem] = check_narratives(fresh.study)
    assert problem.severity == "warning"
    assert '"summary"' in problem.fix


def test_a_text_that_is_not_utf_8_is_reported(fresh):
    fresh.write("x")
    (fresh.folder / "narrative/sv/summary.md").write_bytes("å".encode("cp1252"))
    [problem] = check_narratives(fresh.study)
    assert (problem.file, problem.severity) == ("narrative/sv/summary.md", "error")
    with pytest.raises(EvalkitError, match="not UTF-8"):
        fresh.render()


@pytest.mark.parametrize(
    "call",
    [
        'answer("q6", "no_answer")',
        'share("q3", "q3_a", "q3_b")',
        'mean("q7")',
        'mean("q3")',
        'median("q7")',
        'table_ref("nr")',
        'n("q1")',
        'percent("q1")',
        'share("q1")',
    ],
)
def test_a_call_that_can_give_no_true_text_is_found_by_the_check_and_refused(desk, call):
    """Otherwise the page has a hole, or "none" where nothing was counted."""
    with pytest.raises(EvalkitError):
        desk.render(f"x {{{{ {call} }}}}")
    assert desk.check(f"x {{{{ {call} }}}}") != []


def test_the_mean_and_median_of_an_item_that_nobody_answered_leave_no_hole(desk):
    for call in ('mean("q5")', 'median("q5")'):
        try:
            text = desk.render(f"x {{{{ {call} }}}}", edition="internal")
        except EvalkitError:
            continue
        assert text != "<p>x</p>\n"
    assert desk.render('x {{ mean("q5") }}') == "<p>x [visas inte]</p>\n"


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("I allt 44 % svarar så.", [(1, "44")]),
        ('a\n\nb 2,63 {{ n("q1", 4) }} och 7\n', [(3, "2,63"), (3, "7")]),
        ("1. ett\n2. två\n", []),
        ("Text\n\n1. ett\n2. två\n\nsedan 44 till\n", [(6, "44")]),
        ('{{ n("q1", 4) }}', []),
        ("inga siffror alls", []),
    ],
)
def test_a_typed_figure_is_a_warning_with_its_line(desk, text, typed):
    found = desk.check(text)
    assert [each.severity for each in found] == ["warning"] * len(typed)
    assert [(each.row, re.search('"(.*)"', each.message)[1]) for each in found] == typed
    desk.render(text)


ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ n.__globals__ }}",
    "{{ n.__self__ }}",
    "{{ n.__func__.__globals__ }}",
    "{{ (n|attr('__self__')) }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '{x.__class__}'.format_map({'x': 1}) }}",
    "{% include 'study.yaml' %}",
    "{% include '/etc/passwd' %}",
    "{% import 'x' as y %}{{ y }}",
    "{% extends 'x' %}",
    "{{ self.__init__ }}",
    "{{ range(10) }}",
    "{{ lipsum() }}",
    "{{ cycler.__init__ }}",
    "{{ dict() }}",
    "{{ config }}",
    "{{ study }}",
    "{{ released }}",
    "{{ [].append(1) }}",
    "{{ {}.update({}) }}",
    "{{ undefined_thing }}",
    "{{ {}['a'] }}",
    "{{ ''.nothing.more }}",
    "{{ 1 / 0 }}",
    "{{ 'a' + 1 }}",
    "{{ n('q1', 4)() }}",
    "{{ 'a'.encode('no-such') }}",
    "{{ '{a}'.format() }}",
    "{{ '{9}'.format(1) }}",
    "{{ '%(a)s' % {} }}",
    "{{ 'x'.index('y') }}",
    "{{ 1 is no_such_test }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% for x in 5 %}{% endfor %}",
    "{{ n(['q1'], 4) }}",
    "{{ n({}, 4) }}",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_a_text_cannot_leave_its_box(desk, text):
    try:
        found = desk.render(f"a\n{text}")
    except EvalkitError as error:
        assert error.problems[0].file == "narrative/sv/summary.md"  # noqa: PT017
    else:
        assert "<class" not in found
        assert "object at" not in found
        assert "class &#39;" not in found
        assert "&lt;class" not in found


@pytest.mark.parametrize("text", ESCAPES[:20])
def test_what_reaches_for_the_inside_is_refused(desk, text):
    with pytest.raises(EvalkitError):
        desk.render(text)


def test_a_fault_while_filling_in_has_its_line(desk):
    with pytest.raises(EvalkitError) as caught:
        desk.render("a\n\nb\n{{ 'a' + 1 }}")
    assert caught.value.problems[0].row == 4
    with pytest.raises(EvalkitError) as caught:
        desk.render('a\n{% set x = "q99" %}\n{{ n(x, 4) }}')
    assert caught.value.problems[0].row == 3
    assert '"q99"' in caught.value.problems[0].message


def test_html_in_a_text_is_shown_as_text(desk):
    assert (
        desk.render("<b>x</b> & <script>") == "<p>&lt;b&gt;x&lt;/b&gt; &amp; &lt;script&gt;</p>\n"
    )


@pytest.mark.parametrize(
    "label", ["Ja, *helt*", '1 < 2 & "så"', "[länk](https://example.org)", "a_b_c", "`kod`"]
)
def test_an_answers_label_is_text_and_no_markdown(fresh, label):
    path = fresh.folder / "scales.csv"
    quoted = label.replace('"', '""')
    path.write_text(path.read_text("utf-8").replace("Mycket bra", f'"{quoted}"'), "utf-8")
    fresh.workbook = evalkit.open_study(fresh.folder)
    # The export says "Mycket bra" no longer; the label alone is asked for.
    study = fresh.study
    fresh.write('x {{ answer("q1", 4) }} y')
    text = render(study, "summary", Figures(study, "1", None, "sv"), 2)
    plain = label.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    assert text == f"<p>x {plain} y</p>\n"


def test_every_function_has_a_docstring_and_an_example_here():
    """A new function is to be tried out above."""
    tried = {
        call.partition("(")[0]
        for call in re.findall(r"\('(\w+\([^']*)'", Path(__file__).read_text("utf-8"))
    }
    tried |= {"rank", "mean_rank"}  # in test_rankings.py
    tried |= {"change"}  # in test_change_release.py
    tried |= {"response_rate", "invited", "responded", "included"}
    tried |= {"round_label", "table_count"}
    tried |= {"theme_groups", "theme_segments", "theme_label"}  # in test_themes.py
    tried |= {"theme_count", "group_count"}
    assert set(FUNCTIONS) <= tried
    assert all(getattr(Figures, name).__doc__ for name in FUNCTIONS)
