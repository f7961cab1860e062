"""Invent the returns of three counties: `rounds/2024/*.csv`. Nothing in them is true of anybody.

Each municipality draws its answers with the chances below; only the counts are written. The seed is
fixed and `random.random` gives the same numbers in every version of Python, so the files come out
the same, byte for byte. After a change, the SHA-256 in study.yaml have to be written anew.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent / "rounds" / "2024"
COUNTIES = {  # name: file, label in English, invited, responded, how much support there is
    "Län A": ("lan-a", "County A", 14, 12, 0.0),
    "Län B": ("lan-b", "County B", 26, 21, 0.15),
    "Län C": ("lan-c", "County C", 10, 7, -0.15),
}
YES_NO = (("2", "valid"), ("1", "valid"), ("", "dont_know"), ("", "no_answer"))
EXTENT = (("3", "valid"), *YES_NO)
MOST = (("1", "valid"), ("2", "valid"), ("3", "valid"), ("", "no_answer"))
OPTION = (("1", "valid"), ("0", "valid"), ("", "no_answer"))
TICKED = (("1", "valid"), ("", "no_answer"))
SINGLE = {  # item: answers, the chance of each but the last; support moves the first
    "q1": (YES_NO, (0.6, 0.25, 0.1)),
    "q3_it": (EXTENT, (0.3, 0.4, 0.2, 0.05)),
    "q3_analys": (EXTENT, (0.25, 0.35, 0.25, 0.1)),
    "q3_tid": (EXTENT, (0.15, 0.35, 0.4, 0.05)),
    "q4": (EXTENT, (0.25, 0.5, 0.1, 0.05)),
    "q5": (MOST, (0.3, 0.45, 0.2)),
}
SETS = {  # set: the chance that each option is ticked
    "q2": {"q2_politiker": 0.65, "q2_chefer": 0.6, "q2_handlaggare": 0.45, "q2_barn": 0.1},
    "q6": {"q6_tid": 0.8, "q6_system": 0.55, "q6_kunskap": 0.5, "q6_annat": 0.15},
}
Answer = tuple[str, str]


def draw(answers: Sequence[Answer], chances: Sequence[float], support: float) -> Answer:
    """One answer; what the chances leave over is the last one's."""
    at = random.random()
    for answer, chance in zip(answers, (chances[0] + support, *chances[1:]), strict=False):
        at -= chance
        if at < 0:
            return answer
    return answers[-1]


def respondent(support: float) -> dict[str, Answer]:
    """Every answer of one municipality; one that ticks nothing has not answered the set."""
    found = {item: draw(*each, support) for item, each in SINGLE.items()}
    for name, options in SETS.items():
        ticked = {option: random.random() < chance for option, chance in options.items()}
        answered = any(ticked.values())
        found[name] = TICKED[0 if answered else 1]
        for option, is_ticked in ticked.items():
            found[option] = OPTION[(0 if is_ticked else 1) if answered else 2]
    return found


def rows(respondents: Sequence[dict[str, Answer]]) -> list[tuple[str, str, str, int]]:
    """`item, value, status, n` of every answer that could be given."""
    answers = {item: each for item, (each, _) in SINGLE.items()}
    for name, options in SETS.items():
        answers |= {name: TICKED, **dict.fromkeys(options, OPTION)}
    return [
        (item, *answer, sum(each[item] == answer for each in respondents))
        for item, possible in sorted(answers.items())
        for answer in possible
    ]


def write(name: str, heading: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
    """A file of `rounds/2024`."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(lines)


def main() -> None:
    """Write the three returns and the frame."""
    random.seed(2024)
    frame = []
    for county, (file, english, invited, responded, support) in COUNTIES.items():
        respondents = [respondent(support) for _ in range(responded)]
        write(f"{file}.csv", ("item", "value", "status", "n"), rows(respondents))
        frame.append((county, county, english, invited, responded))
    write("frame.csv", ("unit", "label", "label_en", "invited", "responded"), frame)


if __name__ == "__main__":
    main()
