"""How coders agree: by hand counts on the reference study, and what is missing is not "no"."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from evalkit.analysis.coder_agreement import CoderAgreement, Drawing, coder_agreement
from evalkit.codings.model import Code, Coding, CodingProject, Segment
from evalkit.codings.units import coded_units

# The two codings of the reference study: segments s01 to s51, of which three times three share a
# text. s51 was added later, and coder b has not coded it.
CODINGS = Path(__file__).parent / "fixtures" / "samtidigt_codings.csv"
COPIES = [("s17", "s18", "s19"), ("s20", "s21", "s22"), ("s23", "s24", "s25")]
FEW = Drawing(draws=50)


def reference() -> CodingProject:
    first = {each: group[0] for group in COPIES for each in group}
    idents = [f"s{number:02d}" for number in range(1, 52)]
    with CODINGS.open(encoding="utf-8", newline="") as file:
        codings = [
            Coding(row["segment"], row["code"], row["coder"], row["category"])
            for row in csv.DictReader(file)
        ]
    codes = dict.fromkeys(each.code for each in codings)
    return CodingProject(
        segments=tuple(Segment(each, f"text of {first.get(each, each)}") for each in idents),
        codes=tuple(Code(each, each.replace("_", " ")) for each in codes),
        codings=tuple(codings),
    )


@pytest.fixture(scope="module")
def found() -> CoderAgreement:
    return coder_agreement(reference())


def project(*codings: tuple[str, ...], texts: dict[str, str] | None = None) -> CodingProject:
    """Codings of (segment, code, coder, category); a segment's text is its name if not given."""
    idents = dict.fromkeys(each[0] for each in codings)
    return CodingProject(
        segments=tuple(Segment(each, (texts or {}).get(each, each)) for each in idents),
        codings=tuple(Coding(*each) for each in codings),
    )


def test_the_unit_is_a_text_that_two_coders_coded(found):
    assert (found.coders, found.segments, found.units) == (("a", "b"), 51, 45)
    assert (found.coded, found.compared) == ((45, 44), 44)
    assert found.alone == (("s51",),)
    assert found.uncoded == found.uneven == ()


def test_one_code_by_hand(found):
    """pace: a on seven of the 44 texts, b on the same and s13. (a gave it to s51 too.)"""
    (pace,) = [each for each in found.codes if each.code == "pace"]
    assert (pace.given, pace.by_any, pace.label) == ((7, 8), 8, "pace")
    assert pace.prevalence == 15 / 88
    assert pace.agreement.estimate == 43 / 44
    expected = (7 * 8 + 37 * 36) / 44**2
    assert pace.kappa.estimate == pytest.approx((43 / 44 - expected) / (1 - expected))
    # Alpha: 15 yes and 73 no of 88 ratings, one pair that differs.
    assert pace.alpha.estimate == pytest.approx(1 - (2 / 88) / (2 * 15 * 73 / (88 * 87)))
    chance = 2 * (15 / 88) * (73 / 88)
    assert pace.ac1.estimate == pytest.approx((43 / 44 - chance) / (1 - chance))
    assert pace.behind.positive == 14 / 15
    assert pace.behind.negative == 72 / 73
    assert (pace.behind.prevalence_index, pace.behind.bias_index) == (-29 / 44, -1 / 44)
    assert pace.kappa.interval.low < pace.kappa.estimate < pace.kappa.interval.high
    assert not pace.paradox


def test_codes_by_hand(found):
    """Five codes on which the two differ in one unit each; the other ten agree on every unit."""
    given = {each.code: each.given for each in found.codes if each.agreement.estimate != 1}
    assert given == {
        "case_method": (7, 6),
        "process_support": (5, 6),
        "mutual_knowledge": (2, 3),
        "pace": (7, 8),
        "scale": (5, 6),
    }
    full = [each for each in found.codes if each.agreement.estimate == 1]
    assert len(full) == 10
    for each in full:
        assert (each.kappa.estimate, each.alpha.estimate, each.ac1.estimate) == (1, 1, 1)
        assert each.kappa.reason in {"no_spread", "undefined_draws"}
        assert each.kappa.interval.low is None


def test_over_all_by_hand(found):
    """Five texts of 44 with other codes, each with one code more from one of the two.

    Jaccard's distances: s12, s13, s15, s28, s33 have one code in common of two: ½ each. With MASI
    one set holds the other: 1 − ½ · ⅔ = ⅔ each.
    """
    overall = found.overall
    assert overall.same_codes.estimate == 39 / 44
    assert overall.jaccard.observed == pytest.approx(1 - 5 * (1 / 2) / 44)
    assert overall.masi.observed == pytest.approx(1 - 5 * (2 / 3) / 44)
    assert (overall.jaccard.scale, overall.masi.scale) == ("jaccard", "masi")
    assert 0.9 < overall.masi.estimate < overall.jaccard.estimate < 1
    # 60 codes by a, 63 by b on the 44 texts.
    assert overall.codes_a_unit == pytest.approx(123 / 88)
    assert sum(each.given[0] for each in found.codes) == 60
    assert sum(each.given[1] for each in found.codes) == 63
    # 5 of 15 × 44 pairs differ.
    assert overall.pooled_kappa.observed == pytest.approx(1 - 5 / 660)
    chance = sum(
        (a * b + (44 - a) * (44 - b)) / 44**2 for a, b in (each.given for each in found.codes)
    )
    assert overall.pooled_kappa.expected == pytest.approx(chance / 15)
    assert overall.pooled_ac1.interval.low is not None


def test_categories_by_hand(found):
    """They differ on s03 and s15."""
    of = found.categories
    assert of.categories == ("framgångsfaktor", "förbättringsområde", "utmaning")
    assert of.units == 44
    assert of.given == ((16, 2, 26), (15, 4, 25))
    assert of.table == ((15, 1, 0), (0, 2, 0), (0, 1, 25))
    assert of.agreement.estimate == 42 / 44
    expected = (16 * 15 + 2 * 4 + 26 * 25) / 44**2
    assert of.kappa.estimate == pytest.approx((42 / 44 - expected) / (1 - expected))
    assert of.kappa.method == "cohen_kappa"
    assert of.several == ()


def test_disagreements_are_listed(found):
    listed = {each.segments: (each.differing, each.on_category) for each in found.disagreements}
    assert listed == {
        ("s03",): ((), True),
        ("s12",): (("scale",), False),
        ("s13",): (("pace",), False),
        ("s15",): (("case_method",), True),
        ("s28",): (("mutual_knowledge",), False),
        ("s33",): (("process_support",), False),
    }
    assert found.disagreements[3].codes == (("case_method", "attendance"), ("attendance",))
    assert found.disagreements[3].categories == (("utmaning",), ("förbättringsområde",))


def test_a_segment_that_a_coder_has_not_coded_is_missing_and_not_no(found):
    given = reference()
    without = replace(given, codings=tuple(e for e in given.codings if e.segment != "s51"))
    again = coder_agreement(without)
    assert again.codes == found.codes
    assert again.overall == found.overall
    assert again.uncoded == (("s51",),)


def test_copies_count_once(found):
    """Without the copies the figures are the same."""
    given = reference()
    copies = {each for group in COPIES for each in group[1:]}
    once = replace(
        given,
        segments=tuple(each for each in given.segments if each.ident not in copies),
        codings=tuple(each for each in given.codings if each.segment not in copies),
    )
    again = coder_agreement(once)
    assert again.codes == found.codes
    assert again.segments == 45


def test_copies_that_a_coder_coded_differently_have_the_codes_of_all_and_are_told_of():
    given = project(
        ("1", "x", "a"), ("2", "y", "a"), ("1", "x", "b"), ("3", "x", "a"), ("3", "y", "b"),
        texts={"1": "Samma  text", "2": " Samma text", "3": "En annan"},
    )  # fmt: skip
    first, second = coded_units(given)
    assert first.segments == ("1", "2")
    assert first.codes == {"a": {"x", "y"}, "b": {"x"}}
    assert (first.uneven, second.uneven) == (("a",), ())
    found = coder_agreement(given, FEW)
    assert found.uneven == (("1", "2"),)
    assert [each.differing for each in found.disagreements] == [("y",), ("x", "y")]


def test_segments_without_text_are_each_their_own():
    given = project(("1", "x", "a"), ("2", "x", "a"), texts={"1": "", "2": " "})
    assert len(coded_units(given)) == 2


def test_a_coder_who_found_no_code_has_coded_it():
    """A coding without a code says that the segment was read."""
    given = project(("1", "x", "a"), ("1", "", "b"), ("2", "x", "a"), ("2", "x", "b"))
    found = coder_agreement(given, FEW)
    assert found.compared == 2
    assert [(each.code, each.given) for each in found.codes] == [("x", (2, 1))]


def test_three_coders_with_gaps_have_fleiss_kappa():
    """Units 1, 2 and 4 were coded by two or more; unit 3 by one alone."""
    given = project(
        ("1", "x", "a"), ("1", "x", "b"), ("1", "x", "c"),
        ("2", "x", "a"), ("2", "y", "b"),
        ("3", "y", "c"),
        ("4", "y", "b"), ("4", "y", "c"),
    )  # fmt: skip
    found = coder_agreement(given, FEW)
    x = found.codes[0]
    assert (found.compared, found.coded, found.alone) == (3, (2, 3, 3), (("3",),))
    assert (x.given, x.by_any, x.prevalence) == ((2, 1, 1), 2, 4 / 7)
    assert x.agreement.estimate == pytest.approx((1 + 0 + 1) / 3)
    # Fleiss: shares of x in the three units 1, ½, 0.
    assert x.kappa.method == "fleiss_kappa"
    assert x.kappa.estimate == pytest.approx((2 / 3 - 1 / 2) / (1 - 1 / 2))
    assert x.behind is None
    assert found.categories.table is None
    assert found.disagreements[0].codes == (("x",), ("y",), None)


def test_one_coder_alone_has_reasons_and_no_figures():
    for given in (project(("1", "x", "a"), ("2", "y", "a")), CodingProject()):
        found = coder_agreement(given, FEW)
        measures = [
            found.overall.same_codes, found.overall.masi, found.overall.pooled_kappa,
            found.categories.kappa, *(each.kappa for each in found.codes),
            *(each.agreement for each in found.codes),
        ]  # fmt: skip
        assert {each.reason for each in measures} == {"no_pairs"}
        assert {each.estimate for each in measures} == {None}
        assert found.disagreements == ()
        assert found.overall.codes_a_unit is None


def test_a_code_that_nobody_gave_is_not_defined():
    given = project(*((str(n), "x", coder) for n in range(5) for coder in "ab"))
    found = coder_agreement(replace(given, codes=(Code("never", "Aldrig"), Code("x", "X"))), FEW)
    for each in found.codes:
        assert each.agreement.estimate == 1
        for measure in (each.kappa, each.alpha, each.ac1):
            assert (measure.estimate, measure.reason) == (None, "nothing_varies")
    assert found.overall.pooled_kappa.reason == "nothing_varies"
    assert found.codes[0].behind.positive is None
    assert found.categories.agreement.reason == "no_pairs"


def test_codes_that_only_hold_others_are_not_compared():
    given = project(("1", "x", "a"), ("1", "x", "b"))
    codes = (Code("top", "Överst", codable=False), Code("x", "X", parent="top"))
    assert [e.code for e in coder_agreement(replace(given, codes=codes), FEW).codes] == ["x"]


def test_several_categories_of_one_coder_are_told_of_and_left_out():
    given = project(
        ("1", "x", "a", "utmaning"), ("1", "y", "a", "framgångsfaktor"),
        ("1", "x", "b", "utmaning"),
        ("2", "x", "a", "utmaning"), ("2", "x", "b", "utmaning"),
    )  # fmt: skip
    of = coder_agreement(given, FEW).categories
    assert (of.units, of.several, of.table) == (1, ("1",), ((1,),))


def test_a_rare_code_is_told_of_as_the_paradox():
    """118 both yes, 5 and 2 of one alone: kappa −0.0234 with 94 % agreement."""
    rows = [("xy", "xy")] * 118 + [("xy", "y")] * 5 + [("y", "xy")] * 2
    given = project(
        *((str(n), code, coder) for n, row in enumerate(rows)
          for coder, codes in zip("ab", row, strict=True) for code in codes)
    )  # fmt: skip
    x = coder_agreement(given, FEW).codes[0]
    assert x.code == "x"
    assert x.kappa.estimate == pytest.approx(-0.0234, abs=5e-5)
    assert x.ac1.estimate == pytest.approx(0.9408, abs=5e-5)
    assert x.paradox


def test_nothing_that_is_given_is_changed_and_the_same_comes_again():
    given = reference()
    assert coder_agreement(given, FEW) == coder_agreement(given, FEW)
    assert coder_agreement(given, FEW) != coder_agreement(given, replace(FEW, seed=1))
