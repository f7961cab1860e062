"""Invent the answers of the model study: `rounds/*/*.csv`. Nothing in them is true of anybody.

Published facts give the frame: 15 municipalities, of which 3 took part in May and 13 in October
2014, 129 answers in October, few of them from girls. All else is made up. Each child has a few
traits, and answers by them and by chance. The seed is fixed and `random.random` gives the same
numbers in every version of Python, so the files come out the same, byte for byte. After a change,
the SHA-256 in study.yaml have to be written anew.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MAY, OCTOBER = "2014-05", "2014-10"
FRAME = {  # round: municipality: invited, responded
    MAY: {"C": (20, 13), "F": (19, 12), "K": (14, 9)},
    OCTOBER: {
        "A": (24, 18), "B": (9, 6), "C": (22, 16), "D": (6, 4), "F": (20, 14), "G": (14, 9),
        "H": (11, 8), "I": (5, 3), "J": (18, 12), "K": (16, 11), "L": (13, 9), "N": (8, 6),
        "O": (19, 13),
    },
}  # fmt: skip
LEFT = 0.2
"""The chance that a child invited in May is no longer in placement in October."""
SAFER, LESS_HEARD = "A", "J"
"""The municipalities that stand out."""

STAMMER = ("Stämmer inte alls", "Stämmer ganska dåligt", "Stämmer ganska bra", "Stämmer helt")
MAR = ("Mycket dåligt", "Ganska dåligt", "Varken bra eller dåligt", "Ganska bra", "Mycket bra")
OFTA = ("Aldrig", "Sällan", "Ibland", "Ofta", "Alltid")
NOJD = ("Mycket missnöjd", "Ganska missnöjd", "Ganska nöjd", "Mycket nöjd")
SKOLGANG = ("Nej", "Ibland", "Ja")
SKOLDAGAR = ("Ingen dag", "En eller två dagar", "Tre eller fyra dagar", "Alla dagar")
AGES = ("12–14 år", "15–17 år", "18–20 år")
FORMS = ("Familjehem", "HVB", "Jourhem eller annat")
CUTS = {3: (-1.2, -0.3), 4: (-1.5, -0.7, 0.4), 5: (-1.7, -1.0, -0.2, 0.8)}
"""Number of answers → where on the hidden scale one ends and the next begins."""
DONT_KNOW, NO_ANSWER = 0.04, 0.02

SAFETY = (
    "14. Jag känner mig trygg där jag bor",
    "15. De vuxna där jag bor lyssnar på mig",
    "16. De vuxna där jag bor håller vad de lovar",
    "17. Jag kan vara mig själv där jag bor",
    "18. Jag blir rättvist behandlad där jag bor",
)
TALK = {  # option: the chance that it is ticked
    "Vuxen där jag bor": 0.5, "Förälder eller släkting": 0.35, "Kompis": 0.45,
    "Socialsekreterare": 0.2, "Någon annan vuxen": 0.15,
}  # fmt: skip
CONTACT = {  # who: how content on the whole, the chance that the question does not apply
    "Mamma": (-0.1, 0.15), "Pappa": (-0.4, 0.25), "Syskon": (0.0, 0.12), "Kompisar": (0.3, 0.0),
}  # fmt: skip


@dataclass(frozen=True)
class Child:
    """Somebody who was invited. `safe` and `well` are traits; `willing` to answer at all."""

    number: str
    unit: str
    girl: bool
    age: int
    form: int
    safe: float
    well: float
    willing: float


def normal() -> float:
    """A number that is nearly normally distributed, with mean 0 and variance 1."""
    return sum(random.random() for _ in range(12)) - 6


def pick(chances: Sequence[float]) -> int:
    """A place in `chances`; what they leave over falls to the last."""
    at = random.random()
    for place, chance in enumerate(chances):
        at -= chance
        if at < 0:
            return place
    return len(chances) - 1


def new_child(unit: str, taken: set[str]) -> Child:
    """A child with a running number that nobody has, and that tells nothing."""
    number = ""
    while not number or number in taken:
        number = f"L{1000 + int(random.random() * 9000)}"
    taken.add(number)
    girl = random.random() < 0.22
    age = pick((0.25, 0.45, 0.3))
    form = pick((0.6, 0.3, 0.1) if age < 2 else (0.4, 0.45, 0.15))
    safe = normal() + (0.9 if unit == SAFER else 0)
    willing = normal() - (0.5 if age == 2 else 0)
    return Child(number, unit, girl, age, form, safe, normal(), willing)


def invited(before: Iterable[Child], round_: str, taken: set[str]) -> list[Child]:
    """The children of a round: those of the last one who are still there, and new ones."""
    found: list[Child] = []
    for unit, (size, _) in FRAME[round_].items():
        stayed = [each for each in before if each.unit == unit and random.random() >= LEFT]
        found += stayed[:size]
        found += [new_child(unit, taken) for _ in range(size - len(stayed))]
    return found


def responded(children: Sequence[Child], round_: str) -> list[Child]:
    """As many of each municipality as answered, the most willing first; sorted by number."""
    will = [(each.willing + normal(), each) for each in children]
    will.sort(key=lambda pair: pair[0], reverse=True)
    found: list[Child] = []
    for unit, (_, n) in FRAME[round_].items():
        found += [each for _, each in will if each.unit == unit][:n]
    return sorted(found, key=lambda each: each.number)


def step(answers: Sequence[str], hidden: float, *, sure: bool = False) -> str:
    """The answer at a place of the hidden scale, or Vet ej, or none."""
    at = random.random()
    if at < NO_ANSWER:
        return ""
    if at < NO_ANSWER + DONT_KNOW and not sure:
        return "Vet ej"
    return answers[sum(hidden >= cut for cut in CUTS[len(answers)])]


def moves(child: Child) -> str:
    """How many times a child has moved: more often in residential care, and with the years."""
    if random.random() < NO_ANSWER:
        return ""
    if random.random() < DONT_KNOW:
        return "Vet ej"
    chance = (0.45, 0.65, 0.55)[child.form] + 0.03 * child.age
    n = 0
    while n < 12 and random.random() < chance:
        n += 1
    return str(n)


def answers(child: Child, round_: str) -> dict[str, str]:
    """What a child answers in a round, heading → cell."""
    later = round_ == OCTOBER
    row = {
        "Löpnummer": child.number,
        "1. Kommun": f"Kommun {child.unit}",
        "2. Kön": "Flicka" if child.girl else "Pojke",
        "3. Ålder": AGES[child.age],
        "4. Boende": FORMS[child.form],
    }
    if random.random() < 0.02:
        row["2. Kön"] = "Vill inte svara"
    row["5. Hur mår du för det mesta?"] = step(MAR, 0.7 * child.well + 0.7 * normal())
    helped = 0.4 * child.well + 0.9 * normal() - 0.3 + (0.7 if later else 0)
    row["6. Jag får den hjälp jag behöver i skolan"] = step(STAMMER, helped)
    school = 0.5 * child.well + 0.9 * normal() + 0.4
    if later:
        row["7. Hur många dagar i veckan går du till skolan?"] = step(SKOLDAGAR, school)
    else:
        row["7. Går du till skolan?"] = step(SKOLGANG, school)
    worry = -0.6 * child.well + 0.8 * normal() + (0.5 if child.girl else -0.3)
    row["8. Hur ofta är du orolig?"] = step(OFTA, worry)
    asked = random.random() >= NO_ANSWER
    for option, chance in TALK.items():
        ticked = "Vald" if random.random() < chance else "Ej vald"
        row[f"9. Vem pratar du med? - {option}"] = ticked if asked else ""
    row["10. Jag tycker om mig själv"] = step(STAMMER, 0.6 * child.well + 0.8 * normal())
    hope = 0.6 * child.well + 0.8 * normal() + 0.2
    row["11. Jag tror att det kommer att gå bra för mig"] = step(STAMMER, hope)
    for who, (level, none) in CONTACT.items():
        cell = step(NOJD, level + normal())
        cell = "Ej aktuellt" if random.random() < none else cell
        row[f"12. Hur nöjd är du med hur ofta du träffar - {who}"] = cell
    row["13. Hur många gånger har du bytt boende?"] = moves(child)
    at_home = child.safe + (0.3, -0.6, 0.0)[child.form]
    for heading in SAFETY:
        row[heading] = step(STAMMER, 0.8 * at_home + 0.7 * normal())
    heard = 0.4 * child.safe + 0.9 * normal() - 0.5 + (0.7 if later else 0)
    heard -= 1.0 if child.unit == LESS_HEARD else 0
    row["19. Jag får vara med och bestämma om det som gäller mig"] = step(STAMMER, heard)
    if later:
        able = 0.5 * (child.age - 1) + normal()
        row["20. Jag klarar vardagen själv: mat, pengar, tvätt"] = step(STAMMER, able)
    return row


def write(name: str, heading: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """A file of `rounds`."""
    with (HERE / "rounds" / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(lines)


def write_round(round_: str, children: Sequence[Child]) -> None:
    """The export of a round, its frame, and who was invited by sex and age."""
    rows = [answers(each, round_) for each in responded(children, round_)]
    write(f"{round_}/enkat-{round_}.csv", list(rows[0]), [list(row.values()) for row in rows])
    frame = [
        (f"Kommun {unit}", f"Kommun {unit}", f"Municipality {unit}", n)
        for unit, (n, _) in FRAME[round_].items()
    ]
    write(f"{round_}/frame.csv", ("unit", "label", "label_en", "invited"), frame)
    sexes = Counter(1 if each.girl else 2 for each in children)
    ages = Counter(each.age + 1 for each in children)
    lines = [("kon", value, sexes[value]) for value in (1, 2)]
    lines += [("aldersgrupp", value, ages[value]) for value in (1, 2, 3)]
    write(f"{round_}/population.csv", ("item", "value", "n"), lines)


def main() -> None:
    """Write both rounds."""
    random.seed(2014)
    taken: set[str] = set()
    children: list[Child] = []
    for round_ in (MAY, OCTOBER):
        children = invited(children, round_, taken)
        write_round(round_, children)


if __name__ == "__main__":
    main()
