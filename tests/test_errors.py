"""Problems and the one error: where, what, what to do."""

import difflib

import pytest

from evalkit.errors import EvalkitError, Problem, fault, nearest, raise_if_any


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (
            Problem("a.csv", 3, "q01", "Wrong.", "Mend it."),
            'a.csv, row 3, column "q01": Wrong. Mend it.',
        ),
        (Problem("a.csv", None, None, "Wrong."), "a.csv: Wrong."),
        (Problem("a.csv", 3, None, "Wrong."), "a.csv, row 3: Wrong."),
        (Problem("", None, None, "Wrong.", "Mend it."), "Wrong. Mend it."),
    ],
)
def test_a_problem_says_its_place_then_what_then_what_to_do(problem, text):
    assert str(problem) == text


def test_an_error_says_every_problem_on_a_line_of_its_own():
    error = EvalkitError([Problem("a", 1, None, "One."), Problem("b", 2, None, "Two.")])
    assert str(error).splitlines() == ["a, row 1: One.", "b, row 2: Two."]
    assert len(error.problems) == 2


def test_a_fault_is_an_error_with_one_problem():
    assert fault("Wrong.", "Mend it.", file="a", row=2).problems == (
        Problem("a", 2, None, "Wrong.", "Mend it."),
    )


def test_warnings_alone_raise_nothing_but_travel_with_an_error():
    warning = Problem("a", None, None, "Hm.", severity="warning")
    raise_if_any([warning])
    raise_if_any([])
    with pytest.raises(EvalkitError) as caught:
        raise_if_any([warning, Problem("a", None, None, "No.")])
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("name", ["roundz", "Q01", "runds", "mask"])
def test_the_nearest_name_is_difflibs(name):
    known = ["q01", "q11", "rounds", "mark"]
    [closest] = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.5)
    assert nearest(name, known) == f'Did you mean "{closest}"?'


def test_where_nothing_is_near_the_first_twelve_are_listed():
    assert nearest("xyz", []) == "There is none."
    assert nearest("xyz", ["aa", "bb"]) == "There is: aa, bb."
    names = [f"a{n:02}" for n in range(1, 14)]
    assert nearest("xyz", names) == f"There is: {', '.join(names[:12])}, …."
    assert nearest("xyz", names[:12]) == f"There is: {', '.join(names[:12])}."
