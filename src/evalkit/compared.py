"""What study.yaml asks to have compared: whether the items it names can be used for that.

`groups`, `indices`, `models`, `same_respondents` and `weighting` name items of the codebook. One
that is not there, or is of a kind that cannot be used, is a fault with its row in study.yaml.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from evalkit.codebook import SINGLE, Codebook, Kind
from evalkit.errors import Problem, nearest
from evalkit.settings import Settings, setting_rows

UNIT = "unit"
"""What stands for the units among the items by which answers are compared."""
ORDERED: tuple[Kind, ...] = ("likert", "ordinal")


class _Use(NamedTuple):
    """What an item is named for, as it stands after "cannot", and the kinds that can be used."""

    verb: str
    kinds: tuple[Kind, ...]


_ONE_ANSWER: tuple[Kind, ...] = tuple(sorted(SINGLE))
_BY = _Use("make groups", (*_ONE_ANSWER, "multiple"))
_COMPARED = _Use("be compared between groups", (*_ONE_ANSWER, "grid", "multiple", "numeric"))
_IN_INDEX = _Use("be part of an index", ORDERED)
_MODELLED = _Use("be modelled", ORDERED)
_PREDICTOR = _Use("explain another in a model", _ONE_ANSWER)
_KNOWN_BY = _Use("tell who a respondent is", ("id",))
_WEIGHTED = _Use("be weighted to", _ONE_ANSWER)


class _Named(NamedTuple):
    """An item that a setting names: the path of the setting, the name, and what it is for."""

    path: tuple[str, ...]
    item: str
    use: _Use


_Fault = tuple[tuple[str, ...], str, str]
"""The path of a setting, message and what to do."""


def compared_problems(folder: Path, settings: Settings, codebook: Codebook) -> Iterator[Problem]:
    """Every fault in what a study asks to have compared, in the order of study.yaml's settings."""
    faults = [
        *(found for each in _named(settings) for found in _item_faults(each, settings, codebook)),
        *_repeated(settings),
        *_without_population(settings),
    ]
    rows = setting_rows(folder / "study.yaml") if faults else {}
    for path, message, fix in faults:
        yield Problem("study.yaml", _row(path, rows), ".".join(path), message, fix)


def _row(path: Sequence[str], rows: Mapping[tuple[str, ...], int]) -> int | None:
    """The row of a setting, or of the one that it stands in (`- kon` has no `by`)."""
    paths = (tuple(path[:n]) for n in range(len(path), 0, -1))
    return next((rows[each] for each in paths if each in rows), None)


def _named(settings: Settings) -> Iterator[_Named]:
    for at, group in enumerate(settings.groups):
        yield _Named(("groups", str(at), "by"), group.by, _BY)
        yield from _each(("groups", str(at), "items"), group.items, _COMPARED)
    for name, index in settings.indices.items():
        yield from _each(("indices", name, "items"), index.items, _IN_INDEX)
    for at, model in enumerate(settings.models):
        yield _Named(("models", str(at), "item"), model.item, _MODELLED)
        yield from _each(("models", str(at), "on"), model.on, _PREDICTOR)
    if settings.same_respondents:
        yield _Named(("same_respondents",), settings.same_respondents, _KNOWN_BY)
    if settings.weighting is not None:
        yield from _each(("weighting", "to"), settings.weighting.to, _WEIGHTED)


def _each(path: tuple[str, ...], items: Sequence[str], use: _Use) -> Iterator[_Named]:
    for at, item in enumerate(items):
        yield _Named((*path, str(at)), item, use)


def _item_faults(named: _Named, settings: Settings, codebook: Codebook) -> Iterator[_Fault]:
    path, name, use = named
    if name == UNIT and use is _BY:
        if not _has_units(settings):
            fix = "Write `unit: ITEM`, or give the counts a file for each unit or a frame."
            yield path, "The study has no units to compare.", fix
        return
    usable = [each.name for each in codebook.items.values() if each.kind in use.kinds]
    item = codebook.items.get(name)
    if item is None:
        known = [*usable, UNIT] if use is _BY else usable
        yield path, f'There is no item "{name}".', nearest(name, known)
    elif item.kind not in use.kinds:
        message = f"{name} is {item.kind} and cannot {use.verb}."
        yield path, message, f"An item of kind {_either(use.kinds)} can. {nearest('', usable)}"


def _either(kinds: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))


def _has_units(settings: Settings) -> bool:
    """Whether anything tells of units; a column of a file of counts may, so that is let pass."""
    return bool(settings.unit) or any(
        each.frame or each.counts for each in settings.rounds.values()
    )


def _repeated(settings: Settings) -> Iterator[_Fault]:
    """Items that are named twice for one thing, or beside themselves."""
    lists: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
        (("groups",), tuple(each.by for each in settings.groups)),
        *((("groups", str(at), "items"), each.items) for at, each in enumerate(settings.groups)),
        *((("indices", name, "items"), each.items) for name, each in settings.indices.items()),
        *((("models", str(at), "on"), each.on) for at, each in enumerate(settings.models)),
    ]
    if settings.weighting is not None:
        lists.append((("weighting", "to"), settings.weighting.to))
    for path, names in lists:
        for name, n in Counter(names).items():
            if n > 1:
                yield path, f"{name} stands there {n} times.", "Keep one of them."
    for at, group in enumerate(settings.groups):
        if group.by in group.items:
            message = f"{group.by} cannot be compared by itself."
            yield ("groups", str(at), "items"), message, "Leave it out."
    for at, model in enumerate(settings.models):
        if model.item in model.on:
            message = f"{model.item} cannot explain itself."
            yield ("models", str(at), "on"), message, "Name background items."


def _without_population(settings: Settings) -> Iterator[_Fault]:
    """Weights need to know whom they shall stand for, in one round at least."""
    if settings.weighting is None or any(each.population for each in settings.rounds.values()):
        return
    fix = "Give a round `population: FILE`, how many of all invited there are at each answer."
    yield ("weighting",), "No round tells how many were invited of whom.", fix
