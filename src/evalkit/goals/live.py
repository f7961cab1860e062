"""Live figures of goals.csv: `live:percent(q05, 4, 5)@2014-10`, checked against the codebook."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from evalkit.codebook import ANSWERED, SINGLE, Codebook, Item
from evalkit.errors import nearest
from evalkit.rounds import Why

Function = Literal["percent", "mean"]
FUNCTIONS: tuple[Function, ...] = get_args(Function)
PREFIX = "live:"
_CALL = re.compile(r"live:\s*(\w+)\s*\(([^()]*)\)\s*(?:@\s*(.+))?", re.DOTALL)
_HOW = "Write it as live:percent(q05, 4, 5)@2026 or live:mean(q05)@2026."

Fault = tuple[str, str]
"""What is wrong, and what to do."""


@dataclass(frozen=True)
class Live:
    """A figure of the study: the share that gave some answers to an item, or its mean.

    An answer is a code, a status or an option's item, as in the evaluator's texts.
    """

    function: Function
    item: str
    answers: tuple[str, ...]
    round_name: str

    def same_figure(self, other: Live) -> bool:
        """Whether both are one figure, at whatever time."""
        mine = (self.function, self.item, set(self.answers))
        return mine == (other.function, other.item, set(other.answers))


@dataclass(frozen=True)
class Surveyed:
    """What live figures are checked against: round → what it asked, and what may be compared."""

    codebooks: Mapping[str, Codebook]
    comparable: Callable[[str, str], Mapping[str, Why]]

    @property
    def rounds(self) -> list[str]:
        """The rounds, the oldest first."""
        return list(self.codebooks)


def is_live(text: str) -> bool:
    """Whether a cell asks for a live figure."""
    return text.strip().lower().startswith(PREFIX)


def read_live(text: str, surveyed: Surveyed) -> tuple[Live | None, tuple[Fault, ...]]:
    """The figure that a cell asks for, or what is wrong with it."""
    found = _CALL.fullmatch(text.strip())
    if found is None:
        return None, (("The live figure cannot be read.", _HOW),)
    function = next((each for each in FUNCTIONS if each == found[1]), None)
    if function is None:
        return None, ((f'There is no live figure "{found[1]}".', nearest(found[1], FUNCTIONS)),)
    item, *answers = [each.strip().strip("\"'") for each in found[2].split(",")]
    round_name, faults = _round(found[3] or "", surveyed)
    if faults:
        return None, faults
    live = Live(function, item, tuple(answers), round_name)
    faults = tuple(_faults(live, surveyed.codebooks[round_name]))
    return (None, faults) if faults else (live, ())


def _round(name: str, surveyed: Surveyed) -> tuple[str, tuple[Fault, ...]]:
    name, rounds = name.strip(), surveyed.rounds
    if not rounds:
        return "", (("The study has no survey to take a live figure from.", "Write the figure."),)
    if not name and len(rounds) == 1:
        return rounds[0], ()
    if not name:
        fix = f"Write it after the figure: @{rounds[-1]}."
        return "", (("The live figure does not tell its round.", fix),)
    if name not in rounds:
        return "", ((f'There is no round "{name}".', nearest(name, rounds)),)
    return name, ()


def _faults(live: Live, codebook: Codebook) -> Iterator[Fault]:
    """What is wrong with item and answers, in the round's own codebook."""
    known = _items_of(live.function, codebook)
    if live.item not in known:
        there = f" that {live.function} can tell of" if live.item in codebook.items else ""
        yield (
            f'There is no item "{live.item}"{there} in round {live.round_name}.',
            nearest(live.item, known),
        )
        return
    item = known[live.item]
    if live.function == "mean":
        if live.answers:
            yield f"A mean is of all answers to {item.name}.", f"Write live:mean({item.name})."
        return
    answers = _answers(codebook, item)
    for each in live.answers:
        if each not in answers:
            yield f'{item.name} has no answer "{each}".', nearest(each, answers)
    if not live.answers:
        yield f"No answer of {item.name} is named.", f"Write live:percent({item.name}, …)."
    if len(set(live.answers)) < len(live.answers):
        yield f"An answer of {item.name} is named twice.", "Name it once."
    if item.kind == "multiple" and len(live.answers) > 1:
        yield f"The options of {item.name} cannot be added.", "Name one option."


def _items_of(function: Function, codebook: Codebook) -> dict[str, Item]:
    def fits(item: Item) -> bool:
        if function == "mean":
            return item.kind == "numeric" or (item.kind in SINGLE and item.mean)
        return item.kind in SINGLE or item.kind == "multiple"

    return {each.name: each for each in codebook.items.values() if fits(each)}


def _answers(codebook: Codebook, item: Item) -> list[str]:
    """The answers that are a share of those who answered."""
    if item.kind == "multiple":
        return [each.name for each in codebook.parts(item)]
    return [
        each.status if each.value is None else str(each.value)
        for each in codebook.scale(item).answers
        if each.status in ANSWERED
    ]
