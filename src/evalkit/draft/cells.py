"""What cells look like: numbers, dates, ticks, ranges of numbers, several answers joined."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from evalkit.codebook import normal

_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_NUMBER = re.compile(
    r"[+\-−]?(?:[0-9]{1,3}(?:[ \u00a0\u202f.,][0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?\s*(?:%|kr|år|st)?"
)
_DATE = re.compile(
    r"(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2}))"
    r"(?:[T ]+[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?(?:[.,][0-9]+)?)?"
    r"(?:\s*(?:[AaPp][Mm]|[fe]m))?(?:\s*(?:Z|[A-Z]{2,5})?(?:[+\-−][0-9:]{1,5})?)?"
)
_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*[AaPp][Mm])?")
_LABELLED = re.compile(r"([0-9]{1,2})\s*(?:[-–=:.)(]\s*)?(\S.*)?")
_RANGE_NUMBER = re.compile(r"[0-9]+(?:[ \u00a0][0-9]{3})*")
_BELOW = tuple(
    "mindre än|under|högst|upp till|färre än|yngre än|innan|före|less than|up to|at most"
    "|fewer than|younger than|before|<|≤".split("|")
)
_ABOVE = tuple(
    "mer än|över|minst|fler än|äldre än|efter|more than|over|at least|older than|after|>|≥".split(
        "|"
    )
)

_TICKED = frozenset(
    "y|x|1|ja|yes|vald|valt|markerad|selected|checked|true|sant|✓|✔|quoted".split("|")
)
_NOT_TICKED = frozenset(
    "n|0|nej|no|ej vald|inte vald|ej valt|ej markerad|not selected|unchecked|false|falskt"
    "|not quoted".split("|")
)
PLAIN_YES_NO = {"ja", "nej", "yes", "no"}
"""Ticks that are as likely answers to a question of their own."""


def whole(text: str) -> int | None:
    """The whole number that a cell is; None where it is not one of at most nine digits."""
    return int(text) if _WHOLE.fullmatch(text) else None


def wholes(texts: Iterable[str]) -> list[int] | None:
    """The whole numbers that all cells are, each text of a number only once; None if any is not."""
    found = [whole(text) for text in texts]
    numbers = [each for each in found if each is not None]
    same = len(numbers) == len(found) == len(set(numbers))
    return numbers if same and numbers else None


def are_numbers(texts: Collection[str]) -> bool:
    """Whether every cell is a number, also with a decimal comma, a per cent sign or a unit."""
    return bool(texts) and all(_NUMBER.fullmatch(text) for text in texts)


def are_dates(texts: Collection[str]) -> bool:
    """Whether every cell is a date, a date with a time, or a time of day."""
    return bool(texts) and all(_DATE.fullmatch(text) or _TIME.fullmatch(text) for text in texts)


def labelled_numbers(texts: Collection[str]) -> dict[int, str] | None:
    """Number → cell, where every cell is a number and one at least has words: "5 - Mycket bra"."""
    found: dict[int, str] = {}
    words = 0
    for text in texts:
        match = _LABELLED.fullmatch(text)
        if match is None or (match[2] and match[2][0].isdigit()) or int(match[1]) in found:
            return None
        found[int(match[1])] = text
        words += bool(match[2])
    ends = words <= 2 or words == len(found)
    return found if words and len(found) > 1 and ends and max(found) <= 10 else None


def words_of(text: str) -> str:
    """What stands after the number in "5 - Mycket bra"."""
    match = _LABELLED.fullmatch(text)
    return (match[2] or "").rstrip(")") if match else text


def in_number_order(texts: Collection[str]) -> list[str] | None:
    """Answers such as "18–29 år" and "Mer än 10" by their first number, low to high; else None."""
    found: dict[str, tuple[int, int]] = {}
    for text in texts:
        numbers = _RANGE_NUMBER.findall(text)
        if not numbers or len(text) > 40:
            return None
        first = int(re.sub(r"[ \u00a0]", "", numbers[0])[:18])
        low = normal(text)
        side = -1 if low.startswith(_BELOW) else 1 if low.startswith(_ABOVE) else 0
        found[text] = (first, side)
    ordered = sorted(found, key=lambda each: found[each])
    distinct = len(set(found.values())) == len(found)
    units = {tuple(re.findall(r"[^\W\d]+", normal(t).translate(_DROP))) for t in texts}
    shared = len({unit[-1:] for unit in units}) <= 2
    return ordered if distinct and shared and len(found) >= 3 else None


_DROP = str.maketrans("", "", "+<>≤≥")


def ticks(texts: Collection[str], own: str = "") -> dict[str, int] | None:
    """Cell → 1 (ticked) or 0, where the cells are nothing else; `own` is the option's text."""
    found: dict[str, int] = {}
    for text in texts:
        if normal(text) in _TICKED or (own and normal(text) == normal(own)):
            found[text] = 1
        elif normal(text) in _NOT_TICKED:
            found[text] = 0
        else:
            return None
    values = list(found.values())
    return found if values.count(1) <= 1 and values.count(0) <= 1 and values else None


def joined_options(cells: Mapping[str, int]) -> tuple[str, ...]:
    """The options where cells are several answers joined by ";" or ", "; none where they are not.

    `cells` holds each text with how often it stands there. Parts that always stand side by side are
    one option, which holds the separator itself.
    """
    for separator in (";", ", "):
        if sum(n for text, n in cells.items() if separator in text) >= 2:
            split = [_parts(text, separator) for text in cells]
            if len({part for parts in split for part in parts}) > 4 * _MOST_OPTIONS:
                continue
            split = _glued(split, separator) if separator == ", " else split
            options = _options(split, list(cells.values()), sure=separator == ";")
            if options:
                return options
    return ()


def ranked_options(cells: Collection[str]) -> tuple[str, ...]:
    """The options where every cell holds the same three or more, in its own order; else none."""
    sets = {frozenset(_parts(normal(text), ";")) for text in cells}
    if len(cells) < 2 or len(sets) > 1 or len(next(iter(sets))) < 3:
        return ()
    return tuple(sorted(_parts(next(iter(cells)), ";")))


def _parts(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]


def _options(
    split: Sequence[Sequence[str]], times: Sequence[int], *, sure: bool
) -> tuple[str, ...]:
    """The parts, if they are options; where the separator is `sure`, some may be own words."""
    given: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for parts, n in zip(split, times, strict=True):
        keys = {normal(each) for each in parts}
        written = {normal(each): each for each in parts} | written
        given.update(dict.fromkeys(keys, n))
        texts.update(keys)
    combined = {normal(each) for parts in split if len(parts) > 1 for each in parts}
    recurring = [each for each in given if given[each] > 1]
    mixed = [each for each in combined if texts[each] > 1]
    ticked = sum(given[each] for each in mixed)
    mostly = sure and len(mixed) > 2 and ticked >= _MOSTLY * sum(given.values())
    believed = (
        2 <= len(given) <= _MOST_OPTIONS
        and len(combined) >= 2
        and (mostly or len(mixed) >= 0.6 * len(combined))
        and (mostly or len(recurring) >= 0.6 * len(given))
        and max(len(each) for each in given) <= _LONGEST_OPTION
        and not any(len(set(parts)) < len(parts) for parts in split)
        and not any(each.strip(" ,;") != each for each in written.values())
    )
    ordered = sorted(given, key=lambda each: (-given[each], each))
    return tuple(written[each] for each in ordered) if believed else ()


_MOST_OPTIONS = 30
_LONGEST_OPTION = 90
_MOSTLY = 0.9
"""Such a share of the ticks is of options ticked with different others, where few are own words."""


def _glued(split: Sequence[Sequence[str]], separator: str) -> list[list[str]]:
    """The parts, with those made one that stand side by side wherever either stands."""
    parts = [list(each) for each in split]
    while True:
        alone = Counter(each for row in parts for each in row)
        pairs = Counter(pair for row in parts for pair in itertools.pairwise(row))
        bound = (
            pair
            for pair, n in pairs.items()
            if n > 1 and alone[pair[0]] == n == alone[pair[1]] and pair[0] != pair[1]
        )
        pair = next(bound, None)
        if pair is None:
            return parts
        parts = [_glue(row, pair, separator) for row in parts]


def _glue(row: list[str], pair: tuple[str, str], separator: str) -> list[str]:
    found: list[str] = []
    for each in row:
        if found and (found[-1], each) == pair:
            found[-1] = f"{pair[0]}{separator}{pair[1]}"
        else:
            found.append(each)
    return found
