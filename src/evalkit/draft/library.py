"""The library of answer scales, and which of them a column's answers are.

`scales.csv` holds the scales, `pairs.csv` words with their opposite that stand for `{x}` and `{y}`
in them, `missing.csv` the ways of giving no opinion. Between alternatives of one answer stands "|".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from evalkit.codebook import POSITIVES, STATUSES, Kind, Language, Positive, Status, normal

MISSING_ORDER: tuple[Status, ...] = (
    "dont_know", "not_applicable", "refused", "invalid", "no_answer", "not_asked"
)  # fmt: skip


class Step(NamedTuple):
    """One answer of a library scale: its code, and every wording of it, the usual one first."""

    value: int
    labels: tuple[str, ...]
    neutral: bool = False


@dataclass(frozen=True)
class Form:
    """One library scale with its words filled in, from the highest code to the lowest.

    `known` says whether the words of a scale with `{x}` are among the pairs.
    """

    name: str
    language: Language
    kind: Kind
    positive: Positive
    mean: bool
    steps: tuple[Step, ...]
    known: bool = True

    @property
    def keys(self) -> Mapping[str, int]:
        """Wording as compared → index of the step; a wording of two steps belongs to the first."""
        return _keys(self)


@cache
def _keys(form: Form) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, step in enumerate(form.steps):
        for label in step.labels:
            found.setdefault(key(label), at)
    return found


@dataclass(frozen=True)
class Match:
    """A form that holds answers: their keys with the index of each one's step, and the others."""

    form: Form
    steps: Mapping[str, int]
    strange: tuple[str, ...] = ()

    @property
    def unseen(self) -> int:
        """How many steps nobody gave."""
        return len(self.form.steps) - len(set(self.steps.values()))


_TRIMMED = " .…!:*\"'”“"
_SIGNS = str.maketrans({"’": "'", "–": "-", "—": "-", "`": "'"})


@lru_cache(maxsize=10_000)
def key(text: str) -> str:
    """`text` as answers of the library are compared: also without difference of signs."""
    return normal(text).translate(_SIGNS).strip(_TRIMMED)


def _rows(file: str) -> list[dict[str, str]]:
    text = files("evalkit.draft").joinpath(file).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _language(text: str) -> Language:
    return "en" if text == "en" else "sv"


@cache
def missing_words() -> Mapping[str, tuple[Status, Language]]:
    """Every wording of no opinion, as compared → what it means and in which language."""
    return {
        key(label): (next(s for s in STATUSES if s == row["status"]), _language(row["language"]))
        for row in _rows("missing.csv")
        for label in row["label"].split("|")
    }


@cache
def _templates() -> tuple[Form, ...]:
    """The scales as they stand in the file."""
    grouped: dict[str, list[dict[str, str]]] = {}
    for row in _rows("scales.csv"):
        grouped.setdefault(row["scale"], []).append(row)
    return tuple(_form(name, rows) for name, rows in grouped.items())


def _form(name: str, rows: list[dict[str, str]]) -> Form:
    steps = (
        Step(int(row["value"]), tuple(row["label"].split("|")), row["neutral"] == "yes")
        for row in rows
    )
    kind: Kind = "ordinal" if rows[0]["kind"] == "ordinal" else "likert"
    positive = next(each for each in POSITIVES if each == rows[0]["positive"])
    language = _language(rows[0]["language"])
    return Form(name, language, kind, positive, rows[0]["mean"] == "yes", tuple(steps))


@dataclass(frozen=True)
class _Pair:
    name: str
    language: Language
    positive: Positive
    words: tuple[tuple[str, str], ...]


@cache
def _pairs() -> tuple[_Pair, ...]:
    return tuple(
        _Pair(
            row["pair"],
            _language(row["language"]),
            next(each for each in POSITIVES if each == row["positive"]),
            tuple(zip(row["x"].split("|"), row["y"].split("|"), strict=True)),
        )
        for row in _rows("pairs.csv")
    )


def _is_open(template: Form) -> bool:
    return any("{" in label for step in template.steps for label in step.labels)


def _filled(
    template: Form, x: str, y: str, name: str, positive: Positive, known: bool = True
) -> Form:
    steps = tuple(
        step._replace(
            labels=tuple(dict.fromkeys(each.format(x=x, y=y).strip() for each in step.labels))
        )
        for step in template.steps
    )
    length = f"{name}_{len(steps)}"
    return Form(length, template.language, template.kind, positive, template.mean, steps, known)


@cache
def forms() -> tuple[Form, ...]:
    """Every scale, those with `{x}` once for each pair of words of their language."""
    return tuple(_all_forms())


def _all_forms() -> Iterator[Form]:
    for template in _templates():
        if not _is_open(template):
            yield template
            continue
        for pair in _pairs():
            if pair.language != template.language:
                continue
            for x, y in pair.words:
                yield _filled(template, x, y, pair.name, pair.positive)


@cache
def _by_key() -> Mapping[str, tuple[Form, ...]]:
    found: dict[str, list[Form]] = {}
    for form in forms():
        for each in form.keys:
            found.setdefault(each, []).append(form)
    return {name: tuple(each) for name, each in found.items()}


_MOST_KEYS = 12
"""More different texts than any scale has answers, with a few that are not its own."""


def matches(seen: Iterable[str]) -> tuple[Match, ...]:
    """The forms that hold every answer of `seen` on a step of its own, the closest first."""
    keys = tuple(dict.fromkeys(key(each) for each in seen))
    if not 0 < len(keys) <= _MOST_KEYS:
        return ()
    candidates = _by_key().get(keys[0], ())
    found = [each for form in candidates if (each := _match(form, keys)) is not None]
    found = found or list(_open_matches(keys))
    return tuple(sorted(found, key=lambda each: each.unseen))


def near_matches(seen: Iterable[str]) -> tuple[Match, ...]:
    """The forms that hold most answers of `seen`, at least three; their others are `strange`."""
    keys = tuple(dict.fromkeys(key(each) for each in seen))
    if len(keys) > _MOST_KEYS:
        return ()
    found = []
    for form in dict.fromkeys(form for each in keys for form in _by_key().get(each, ())):
        known = [each for each in keys if each in form.keys]
        match = _match(form, tuple(known))
        if match is not None and len(known) >= 3 and len(known) >= 0.7 * len(keys):
            strange = tuple(each for each in keys if each not in form.keys)
            found.append(Match(form, match.steps, strange))
    return tuple(sorted(found, key=lambda each: (len(each.strange), each.unseen)))


def _match(form: Form, keys: tuple[str, ...]) -> Match | None:
    """The answers on the steps, each on one of its own: a wording of two steps is moved down."""
    steps: dict[str, int] = {}
    for each in keys:
        homes = [at for at, step in enumerate(form.steps) if each in map(key, step.labels)]
        if not homes:
            return None
        free = [at for at in homes if at not in steps.values()]
        steps[each] = (free or homes)[0]
    if len(set(steps.values())) < len(steps):
        return _rearranged(form, keys)
    return Match(form, steps)


def _rearranged(form: Form, keys: tuple[str, ...]) -> Match | None:
    """The same with the answers that fit fewest steps placed first; None if that is not enough."""
    homes = {
        each: [at for at, step in enumerate(form.steps) if each in map(key, step.labels)]
        for each in keys
    }
    steps: dict[str, int] = {}
    for each in sorted(keys, key=lambda one: len(homes[one])):
        free = [at for at in homes[each] if at not in steps.values()]
        if not free:
            return None
        steps[each] = free[0]
    return Match(form, steps)


_LEAST_OPEN = 3
"""A scale of words that are not known is believed when so many of its answers are seen."""


def _open_matches(keys: tuple[str, ...]) -> Iterator[Match]:
    """Scales such as Mycket x … Inte alls x, of words that are in no pair."""
    if len(keys) < _LEAST_OPEN:
        return
    for template in _templates():
        if not _is_open(template):
            continue
        for x, y in _words_of(template, keys):
            name = re.sub(r"\W+", "_", normal(x)).strip("_") or "scale"
            positive: Positive = "high" if _negated(x, y) else ""
            match = _match(_filled(template, x, y, name, positive, known=False), keys)
            if match is not None:
                yield match


def _words_of(template: Form, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What `{x}` and `{y}` could stand for, by the answers that have more words than that."""
    found: dict[str, set[str]] = {"x": set(), "y": set()}
    for step in template.steps:
        for label in step.labels:
            for name in ("x", "y"):
                rest = label.replace(f"{{{name}}}", "").strip()
                if rest == label or not rest or "{" in rest:
                    continue
                pattern = re.escape(key(label.replace(f"{{{name}}}", "\0"))).replace(
                    re.escape("\0"), "(.+)"
                )
                found[name] |= {m[1] for each in keys if (m := re.fullmatch(pattern, each))}
    opposite = any("{y}" in label for step in template.steps for label in step.labels)
    for x in sorted(found["x"]):
        for y in sorted(found["y"] - {x}) if opposite else ("",):
            if not (opposite and _negated(y, x)):
                yield x, y


def _negated(x: str, y: str) -> bool:
    """Whether `y` is `x` with a prefix that denies it."""
    return any(y == prefix + x for prefix in ("o", "miss", "in", "icke-", "un", "dis", "im", "ir"))
