"""What the published edition tells of rounds side by side, and what nobody can work out of it."""

from __future__ import annotations

import random
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

import evalkit
from evalkit.analysis.changes import patterns
from evalkit.errors import EvalkitError

CODEBOOK = """name,item,number,part_of,label,label_en,kind,scale,section,mean,positive,rounds
Nr,id,,,,,id,,,,,
Enhet,enhet,1,,Enhet,,nominal,enhet,1,no,,
A,trygg,2,,Trygg,,likert,fyra,1,yes,high,
J,ja,3,,Svarat förr,,nominal,ja,1,no,,
,val,4,,Kanaler,,multiple,,1,no,,
K,val_tel,,val,Telefon,,option,vald,,no,,
L,val_post,,val,Brev,,option,vald,,no,,
T,antal,5,,Antal,,numeric,,1,,,
"""
SCALES = """scale,value,label,label_en,status
fyra,4,Mycket,,valid
fyra,3,Ganska,,valid
fyra,2,Lite,,valid
fyra,1,Inte,,valid
fyra,,Vet ej,,dont_know
ja,1,Ja,,valid
ja,0,Nej,,valid
vald,1,Vald,,valid
vald,0,Ej vald,,valid
enhet,1,Norr,,valid
enhet,2,Syd,,valid
enhet,3,Öst,,valid
enhet,4,Väst,,valid
"""
HEADS = ("Nr", "Enhet", "A", "J", "K", "L", "T")
FIRM = ("Mycket", "Ja", "Vald", "Ej vald", "3")


def row(ident, unit="Norr", answer="Mycket", yes="Ja", ticked="Vald", other="Ej vald", number="3"):
    return (str(ident), unit, answer, yes, ticked, other, number)


def study(folder: Path, rounds, more="", codebook=CODEBOOK):
    """A study of small rounds, each a list of `row`s."""
    (folder / "rounds").mkdir(parents=True)
    told = []
    for at, rows in enumerate(rounds, start=1):
        lines = [";".join(each) for each in (HEADS, *rows)]
        (folder / "rounds" / f"{at}.csv").write_text("\n".join(lines) + "\n", "utf-8")
        told.append(f'  "{at}": {{responses: rounds/{at}.csv, label: mätning {at}}}')
    (folder / "codebook.csv").write_text(codebook, "utf-8")
    (folder / "scales.csv").write_text(SCALES, "utf-8")
    (folder / "sections.csv").write_text("section,title,title_en\n1,Allt,\n", "utf-8")
    listed = "\n".join(told)
    text = f"name: liten\ntitle: Liten\nunit: enhet\nwhole: alla\n{more}\nrounds:\n{listed}\n"
    (folder / "study.yaml").write_text(text, "utf-8")
    return evalkit.open_study(folder)


SAME = "same_respondents: id"


def blocks(workbook, edition="published", round_name=""):
    return workbook.comparison_report(round=round_name, edition=edition, language="sv").changes


def shown(workbook, edition="published", round_name=""):
    return blocks(workbook, edition, round_name).released.content


def text_of(found):
    every = (found.overview(), found.same_respondents(), found.same_units(), found.items())
    return BeautifulSoup("".join(each.html for each in every), "html.parser").get_text(" ")


def pairs_of(content, item="trygg"):
    return next(each for each in content.paired.pairs if each.item.name == item)


def many(n, start=0, **given):
    return [row(start + at, **given) for at in range(n)]


# A round's own rule


def test_an_item_that_few_answered_in_one_round_is_not_compared(tmp_path):
    before = [*many(4), *(row(50 + at, answer="") for at in range(10))]
    content = shown(study(tmp_path, [before, many(20)]))
    assert "trygg" not in {each.change.item.name for each in content.items}
    assert [each.sv for each in content.withheld] == ["Trygg"]
    assert "färre än 5" in text_of(blocks(evalkit.open_study(tmp_path)))
    internal = shown(evalkit.open_study(tmp_path), "internal")
    assert "trygg" in {each.change.item.name for each in internal.items}


def test_the_spread_of_few_numbers_is_not_told_by_an_interval(tmp_path):
    before = [row(at, number=str(at)) for at in range(7)]
    workbook = study(tmp_path, [before, [row(at, number=str(2 * at)) for at in range(20)]])
    found = next(e for e in shown(workbook).items if e.change.item.name == "antal")
    assert found.change.mean is None
    assert found.change.test is None
    assert found.change.means == (3.0, 19.0)
    assert found.beyond is not None
    internal = next(e for e in shown(workbook, "internal").items if e.change.item.name == "antal")
    assert internal.change.mean is not None


# Units of both rounds


def units_of(tmp_path, before, after):
    """Two rounds with so many respondents in each unit: unit → n."""
    rounds = [
        [each for unit, n in part.items() for each in many(n, unit=unit)]
        for part in (before, after)
    ]
    return study(tmp_path, rounds)


def test_units_of_both_rounds_are_shown_when_the_others_are_enough(tmp_path):
    content = shown(units_of(tmp_path, {"Norr": 8, "Syd": 8}, {"Norr": 9, "Syd": 7, "Öst": 6}))
    assert {each.change.item.name for each in content.units.items} >= {"trygg", "ja"}
    assert content.units.withheld == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Norr": 8}, {"Norr": 9, "Öst": 3}),
        ({"Norr": 8, "Syd": 2}, {"Norr": 9}),
        ({"Norr": 3, "Syd": 9}, {"Norr": 9, "Öst": 9}),
    ],
    ids=["few new", "few gone", "few in both"],
)
def test_units_of_both_rounds_are_not_shown_beside_few_others(tmp_path, before, after):
    content = shown(units_of(tmp_path, before, after))
    assert content.units.items == ()
    assert "Trygg" in [each.sv for each in content.units.withheld]


def test_a_unit_that_is_kept_back_is_not_left_over(tmp_path):
    """Väst has 2 and Öst 6, and Öst is kept back for Väst's sake; Öst was there before too.

    Norr and Öst less Norr, who is shown by itself, would be Öst, and with it Väst.
    """
    before = {"Norr": 8, "Öst": 8}
    after = {"Norr": 9, "Öst": 6, "Syd": 20, "Väst": 2}
    content = shown(units_of(tmp_path, before, after))
    assert content.units.items == ()
    assert content.units.names[1] == ("Syd",)
    assert content.units.more == (True, True, False)
    internal = shown(evalkit.open_study(tmp_path), "internal")
    assert internal.units.items


def test_units_are_not_set_beside_all_where_they_are_all(tmp_path):
    content = shown(units_of(tmp_path, {"Norr": 8}, {"Norr": 9}))
    assert content.units is None


# The same respondents


def moved(up, same, down, others=(8, 8)):
    """Two rounds of pairs that go up, stay and go down, and as many others in each."""
    before = [
        *many(up, 0, answer="Lite"), *many(same, 100, answer="Ganska"),
        *many(down, 200, answer="Mycket"), *many(others[0], 300, answer="Inte"),
    ]  # fmt: skip
    after = [
        *many(up, 0, answer="Ganska"), *many(same, 100, answer="Ganska"),
        *many(down, 200, answer="Lite"), *many(others[1], 400, answer="Inte"),
    ]  # fmt: skip
    return [before, after]


def test_who_moved_which_way_is_told_when_each_is_enough_or_nobody(tmp_path):
    found = pairs_of(shown(study(tmp_path, moved(7, 6, 5), SAME)))
    assert (found.n, found.moves, found.changed) == (18, (7, 6, 5), 12)
    assert found.test.method == "wilcoxon_pratt"
    assert found.effect.estimate is not None
    assert found.difference is not None
    # Rows Mycket 5, Ganska 6, Lite 7; columns Ganska 13, Lite 5.
    assert found.table.tolist() == [[0, 0, 5, 0], [0, 6, 0, 0], [0, 7, 0, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize("moves", [(1, 12, 7), (7, 3, 7), (9, 9, 4)])
def test_small_numbers_of_movers_are_kept_back_with_all_that_tells_them(tmp_path, moves):
    workbook = study(tmp_path, moved(*moves), SAME)
    found = pairs_of(shown(workbook))
    assert (found.moves, found.changed, found.table) == (None, None, None)
    assert (found.test, found.effect, found.p_adjusted, found.mean) == (None, None, None, None)
    assert found.beyond is not None
    page = text_of(blocks(workbook))
    assert "Wilcoxons teckenrangtest (nollor enligt Pratt) (exakt)" not in page
    assert f"Hur många av de {sum(moves)} personerna" in page
    internal = pairs_of(shown(workbook, "internal"))
    assert internal.moves == moves
    assert internal.test is not None


def test_an_interval_that_would_tell_who_crossed_is_kept_back(tmp_path):
    """All numbers of movers are enough, but only two of them came to the positive side."""
    before = [*many(2, 0, answer="Lite"), *many(5, 50, answer="Ganska"),
              *many(6, 100, answer="Ganska"), *many(6, 200, answer="Mycket"),
              *many(8, 300)]  # fmt: skip
    after = [*many(2, 0, answer="Ganska"), *many(5, 50, answer="Mycket"),
             *many(6, 100, answer="Ganska"), *many(6, 200, answer="Ganska"),
             *many(8, 400)]  # fmt: skip
    found = pairs_of(shown(study(tmp_path, [before, after], SAME)))
    assert found.moves == (7, 6, 6)
    assert found.points == pytest.approx(2 / 19)
    assert found.difference is None


@pytest.mark.parametrize("others", [(1, 8), (8, 4), (4, 0)])
def test_pairs_are_not_shown_beside_few_others(tmp_path, others):
    """The whole less the pairs is what the others answered."""
    workbook = study(tmp_path, moved(7, 6, 5, others), SAME)
    found = pairs_of(shown(workbook))
    assert found.hidden == "rest"
    assert (found.before, found.after, found.points, found.difference) == (None,) * 4
    assert (found.means, found.mean, found.table) == (None, None, None)
    assert pairs_of(shown(workbook, "internal")).before is not None


def test_pairs_are_not_shown_beside_few_others_of_the_units_of_both_rounds(tmp_path):
    """All pairs are from Norr, where 2 others answered the second time; Syd is new."""
    before, after = moved(7, 6, 5, (8, 2))
    workbook = study(tmp_path, [before, [*after, *many(9, 500, unit="Syd")]], SAME)
    content = shown(workbook)
    assert "trygg" in {each.change.item.name for each in content.units.items}
    assert pairs_of(content).hidden == "rest"


def test_nobody_else_tells_nothing(tmp_path):
    found = pairs_of(shown(study(tmp_path, moved(7, 6, 5, (0, 0)), SAME)))
    assert found.hidden == ""
    assert found.before is not None


def test_few_pairs_are_a_sentence(tmp_path):
    workbook = study(tmp_path, moved(2, 2, 0), SAME)
    assert all(each.n is None for each in shown(workbook).paired.pairs)
    text = BeautifulSoup(blocks(workbook).same_respondents().html, "html.parser").get_text(" ")
    assert "4 svarande finns i båda mätningarna" in text
    assert "de är färre än 5" in text


def test_of_two_answers_a_single_change_is_not_told(tmp_path):
    """One of twenty ticked it the second time: n, shares, test and interval would each tell."""
    before = [*many(20, ticked="Ej vald", other="Vald"), *many(9, 300)]
    after = [row(0, ticked="Vald", other="Vald"), *many(19, 1, ticked="Ej vald", other="Vald"),
             *many(9, 400)]  # fmt: skip
    workbook = study(tmp_path, [before, after], SAME)
    found = next(e for e in shown(workbook).paired.pairs if e.key == "val_tel")
    assert (found.moves, found.changed, found.test, found.difference) == (None,) * 4


def test_an_identifier_that_stands_twice_is_left_out_and_counted(tmp_path):
    before, after = moved(7, 6, 5)
    rounds = [[*before, row(0, answer="Inte")], after]
    workbook = study(tmp_path, rounds, SAME)
    matching = shown(workbook).paired.matching
    # 0 stands twice before, and once after, where it is nobody in particular either.
    assert (matching.n, matching.twice, matching.only_before, matching.only_after) == (17, 3, 8, 8)
    assert "3 svar räknas inte här" in text_of(blocks(workbook))


@pytest.mark.parametrize("seed", range(12))
def test_the_rest_and_the_movers_are_never_few(tmp_path, seed):
    """Studies at random: what is shown leaves nobody or at least five over."""
    chance = random.Random(seed)  # noqa: S311
    answers = ("Mycket", "Ganska", "Lite", "Inte", "Vet ej", "")

    def drawn(idents):
        return [
            row(i, chance.choice(("Norr", "Syd", "Öst")), chance.choice(answers),
                chance.choice(("Ja", "Nej", "")), chance.choice(("Vald", "Ej vald")),
                chance.choice(("Vald", "Ej vald")), str(chance.randrange(4)))
            for i in idents
        ]  # fmt: skip

    first = range(chance.randrange(8, 30))
    second = range(chance.randrange(6), chance.randrange(10, 34))
    content = shown(study(tmp_path, [drawn(first), drawn(second)], SAME))
    for each in content.paired.pairs:
        tables = next(
            e.change.tables for e in content.items if e.change.item.name == each.item.name
        )
        if each.before is not None or each.means is not None:
            left = [table.bases.valid - each.n for table in tables]
            assert all(n == 0 or n >= 5 for n in left)
        for n in (*(each.moves or ()), *([each.changed] if each.changed is not None else [])):
            assert n == 0 or n >= 5
        if each.moves is None and each.table is None:
            assert each.test is None or each.test.p is None
        if each.table is not None:
            sums = [*each.table.sum(axis=0), *each.table.sum(axis=1)]
            assert all(n == 0 or n >= 5 for n in sums)
    page = text_of(blocks(evalkit.open_study(tmp_path)))
    assert "nan" not in page.lower().split()
    assert "None" not in page


# Other kinds of studies, and edges


def test_three_rounds_stand_side_by_side_and_the_last_two_are_tested(tmp_path):
    codebook = CODEBOOK.replace("J,ja,3,,Svarat förr,,nominal,ja,1,no,,", "J,ja,3,,Svarat förr,,"
                                "nominal,ja,1,no,,2; 3")  # fmt: skip
    rounds = [many(10, answer="Inte"), many(12, answer="Lite"), many(14, answer="Mycket")]
    workbook = study(tmp_path, rounds, codebook=codebook)
    soup = BeautifulSoup(blocks(workbook).overview().html, "html.parser")
    table = soup.find("caption", id="forandring-tabell-text").find_parent("table")
    heads = [each.get_text() for each in table.find("thead").find_all("th")]
    assert heads[1:4] == ["mätning 1", "mätning 2", "mätning 3"]
    texts = {r.th.get_text(" "): [c.get_text() for c in r.find_all("td")]
             for r in table.find_all("tr") if r.find("td")}  # fmt: skip
    safe = next(each for name, each in texts.items() if name.startswith("Trygg"))
    assert [each.replace("\u00a0", " ") for each in safe[:4]] == [
        "0 % av 10", "0 % av 12", "100 % av 14", "+100",
    ]  # fmt: skip
    asked = next(each for name, each in texts.items() if name.startswith("Svarat"))
    assert asked[0] == ""
    assert "frågan ställdes inte" in text_of(blocks(workbook))
    since = workbook.changes("3", since="1")
    assert since[since["value"] == "positive"].iloc[0]["before_base"] == 10


def test_edges_are_sentences(tmp_path):
    """Everybody the same, nobody in a round, one respondent."""
    before = [row(0, answer="Ganska", number="")]
    after = [row(at, answer="Ganska", yes="", ticked="", other="") for at in range(3)]
    workbook = study(tmp_path, [before, after], SAME)
    page = text_of(blocks(workbook, "internal"))
    assert "Alla svar är lika." in page
    assert "En grupp har inga svar." in page
    assert "nan" not in page.lower().split()
    frame = workbook.changes()
    assert frame["p"].isna().all()


def test_rounds_that_came_in_as_counts_are_compared_without_pairs(tmp_path):
    workbook = study(tmp_path / "a", [many(10), many(12, answer="Lite")], SAME)
    wanted = workbook.changes()
    folder = tmp_path / "a"
    for name in ("1", "2"):
        counts = workbook.round(name).counts
        counts[["item", "value", "status", "n"]].to_csv(folder / f"{name}.csv", index=False)
    text = (folder / "study.yaml").read_text("utf-8")
    text = re.sub(r"responses: rounds/", "counts: ", text).replace("unit: enhet\n", "")
    (folder / "study.yaml").write_text(text, "utf-8")
    again = evalkit.open_study(folder)
    found = again.changes()
    own = found[found["item"] == "trygg"].reset_index(drop=True)
    other = wanted[wanted["item"] == "trygg"].reset_index(drop=True)
    columns = ["value", "before", "now", "difference", "low", "high", "p"]
    assert own[columns].equals(other[columns])
    assert shown(again).paired is None
    assert not blocks(again).same_respondents()


def test_a_reconstructed_study_refuses_and_says_why(tmp_path):
    workbook = study(tmp_path, [many(10), many(12)], "mark: reconstructed")
    with pytest.raises(EvalkitError, match="reconstructed"):
        workbook.changes()
    assert "återskapade" in text_of(blocks(workbook))
    assert text_of(blocks(workbook, round_name="1")) == ""


def test_a_text_can_tell_what_changed(tmp_path):
    rounds = [many(20, answer="Lite"), [*many(10), *many(10, 40, answer="Lite")]]
    workbook = study(tmp_path, rounds)
    folder = tmp_path / "narrative" / "sv"
    folder.mkdir(parents=True)
    text = (
        'Trygga {{ change("trygg") }}. Ja: {{ change("ja", 0) }}. '
        'Telefon {{ change("val", "val_tel") }}.\n'
    )
    (folder / "summary.md").write_text(text, "utf-8")
    assert evalkit.check(tmp_path) == ()
    page = workbook.report("2").summary().html
    # statsmodels' Newcombe interval of 10 of 20 less 0 of 20: 0.2426 to 0.7007.
    assert "Trygga har ökat med 50 procentenheter (95\xa0% intervall +24 till +70)." in page
    assert "Ja: är i stort sett oförändrad" in page
    assert "Telefon är i stort sett oförändrad" in page
    first = workbook.report("1").summary().html
    assert "Trygga [jämförs inte]" in first
    (folder / "summary.md").write_text('{{ change("val") }}{{ change("trigg") }}\n', "utf-8")
    messages = [each.message for each in evalkit.check(tmp_path)]
    assert any("No answer of val is named" in each for each in messages)
    assert any('There is no item "trigg"' in each for each in messages)


def test_what_is_withheld_is_in_no_file_of_the_page(tmp_path):
    before = [*many(4), *(row(50 + at, answer="") for at in range(10))]
    workbook = study(tmp_path, [before, many(20)], SAME)
    found = blocks(workbook)
    html = "".join(e.html for e in (found.overview(), found.same_respondents(), found.items()))
    links = [a["href"] for a in BeautifulSoup(html, "html.parser").find_all("a", download=True)]
    assert links
    assert not any("Trygg" in unquote(each) for each in links)
    assert "Trygg" in html  # as an item that is not shown


def test_units_are_sorted_by_the_rounds_they_took_part_in():
    """Three rounds: what one report tells of the first two, the next tells of the last two."""
    rounds = {"1": ("a", "b"), "2": ("a", "b", "c", "d"), "3": ("b", "c", "d")}
    assert set(patterns(rounds, "2")) == {frozenset("a"), frozenset("b"), frozenset("cd")}
