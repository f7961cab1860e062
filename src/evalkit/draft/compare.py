"""A new round's export beside the codebook and the earlier export: what is the same, what not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from evalkit.codebook import ABOUT, SINGLE, Codebook, Item, Scale, normal, tidy
from evalkit.draft.cells import whole
from evalkit.draft.facts import Sure
from evalkit.draft.stems import groups
from evalkit.draft.survey import Survey
from evalkit.draft.wording import letters_alike, likeness, word_diff
from evalkit.intake.export import Column, Export
from evalkit.intake.place import place

What = Literal["renamed", "question", "wording", "answers", "order", "polarity"]
"""How an item differs from its earlier self; `question` is the text that it shares with others."""


class Asked(NamedTuple):
    """What the respondent read: the question, and the row or option where there is one."""

    question: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.question} – {self.part}" if self.part else self.question


class Change(NamedTuple):
    """One way in which an item differs: what it was, what it is, and how sure that is."""

    what: What
    was: str
    now: str
    sure: Sure = "high"
    diff: str = ""
    note: str = ""


@dataclass(frozen=True)
class Found:
    """An item of the codebook in the new export: its column's place, and what has changed.

    `last` is the round that last asked it, `unseen` the answers that somebody gave then and nobody
    now, where only cells tell which answers there are.
    """

    item: Item
    at: int
    last: str
    asked: Asked
    changes: tuple[Change, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def whats(self) -> frozenset[str]:
        """The kinds of changes."""
        return frozenset(each.what for each in self.changes)


@dataclass(frozen=True)
class Comparison:
    """`found` by item; `missing` are items of the last round that the export has no column for.

    `new` are places of columns that no item is in, `known` of those that the last export had too
    and the codebook left out, `by_rank` of those of rankings that have a column for each rank.
    """

    survey: Survey
    last: str
    found: Mapping[str, Found]
    missing: tuple[Item, ...]
    new: tuple[int, ...]
    known: tuple[int, ...]
    asked: tuple[Asked, ...]
    by_rank: Mapping[int, str] = field(default_factory=dict)


Earlier = Callable[[str], Export | None]
"""Round → its export, or None where there is none to read."""


def compare(
    codebook: Codebook, rounds: Sequence[str], survey: Survey, earlier: Earlier
) -> Comparison:
    """Find each item of the codebook in a new export.

    `rounds` are the earlier ones, the oldest first. An item that the last of them did not ask is
    looked for too, after those that it did.
    """
    export, last = survey.export, rounds[-1]
    asked = tuple(texts(export))
    items = _askers(codebook, rounds)
    read = {at: _texts_by_heading(earlier(at)) for at in dict.fromkeys(items.values())}
    before = {item.name: _before(codebook, item, read[at]) for item, at in items.items()}
    current = [item for item, at in items.items() if at == last]
    others = [item for item, at in items.items() if at != last]
    places = _places(codebook, current, survey, asked, before, range(len(asked)))
    free = [at for at in range(len(asked)) if at not in places.values()]
    places |= _places(codebook, others, survey, asked, before, free)
    by_rank = dict(_star_columns(codebook, export))
    claimed = {*places.values(), *by_rank}
    found = {
        item.name: Found(
            item,
            places[item.name],
            at,
            asked[places[item.name]],
            tuple(_changes(codebook, item, places[item.name], survey, asked, before, earlier(at))),
            _unseen(codebook, item, export, places[item.name], earlier(at)),
        )
        for item, at in items.items()
        if item.name in places
    }
    stars = {each.name for each in codebook.items.values() if "*" in each.column}
    missing = tuple(e for e in current if e.name not in places and e.name not in stars)
    rest = [at for at in range(len(asked)) if at not in claimed]
    had = _left_out(earlier(last), codebook.asked_in(last))
    known = tuple(at for at in rest if had.get(tidy(export.columns[at].heading)) == asked[at])
    new = tuple(at for at in rest if at not in known)
    return Comparison(survey, last, found, missing, new, known, asked, by_rank)


def _askers(codebook: Codebook, rounds: Sequence[str]) -> dict[Item, str]:
    """Every item that has a column → the round that last asked it."""
    found: dict[Item, str] = {}
    for item in codebook.items.values():
        asking = [each for each in rounds if not item.rounds or each in item.rounds]
        if item.column and asking:
            found[item] = asking[-1]
    return found


def _left_out(export: Export | None, codebook: Codebook) -> dict[str, Asked]:
    """The columns of an export that its codebook does not name, with what they asked."""
    if export is None:
        return {}
    own = {tidy(item.column) for item in codebook.items.values()}
    pairs = zip(export.columns, texts(export), strict=True)
    return {tidy(each.heading): asked for each, asked in pairs if tidy(each.heading) not in own}


def _star_columns(codebook: Codebook, export: Export) -> Iterator[tuple[int, str]]:
    """Place → ranking, of the columns of rankings that have one for each rank (`Q10[*]`)."""
    for item in codebook.items.values():
        before, star, after = tidy(item.column).partition("*")
        for at, column in enumerate(export.columns):
            heading = tidy(column.heading)
            if star and heading.startswith(before) and heading.endswith(after):
                yield at, item.name


# Texts


def texts(export: Export) -> Iterator[Asked]:
    """What each column asked; empty texts where the file has a variable name alone."""
    shared: dict[int, Asked] = {}
    for group in groups(export.columns):
        for at, part in zip(group.members, group.parts, strict=True):
            if _text(export.columns[at]).startswith(group.stem) and " " in group.stem.strip():
                shared[at] = Asked(group.stem, part)
    for at, column in enumerate(export.columns):
        text = _text(column)
        if text and tidy(column.option):
            yield Asked(text, tidy(column.option))
        else:
            yield shared.get(at, Asked(text))


def _text(column: Column) -> str:
    question, heading = tidy(column.question), tidy(column.heading)
    if question and normal(question) != normal(heading):
        return question
    return heading if " " in heading else ""


class _Before(NamedTuple):
    """An item's earlier text, and whether it is that of the codebook, perhaps mended by hand."""

    asked: Asked
    is_label: bool


def _texts_by_heading(export: Export | None) -> dict[str, Asked]:
    if export is None:
        return {}
    pairs = zip(export.columns, texts(export), strict=True)
    return {tidy(column.heading): asked for column, asked in pairs if asked.question}


def _before(codebook: Codebook, item: Item, read: Mapping[str, Asked]) -> _Before:
    """An item's text in its last export; in the codebook where that has none."""
    if tidy(item.column) in read:
        return _Before(read[tidy(item.column)], is_label=False)
    head, own = codebook.items.get(item.part_of), item.label.sv or item.label.en
    if head is None:
        return _Before(Asked(own), is_label=True)
    return _Before(Asked(head.label.sv or head.label.en, own), is_label=True)


def _like(one: Asked, other: Asked) -> float:
    """How like each other two texts are: the less of question and part."""
    if not one.question or not other.question:
        return 0.0
    if not one.part and not other.part:
        return likeness(one.question, other.question)
    if one.part and other.part:
        part = max(likeness(one.part, other.part), 0.99 * letters_alike(one.part, other.part))
        return min(likeness(one.question, other.question), part)
    return likeness(f"{one.question} {one.part}", f"{other.question} {other.part}")


# Places


_SIMILAR = 0.6
_OTHER_QUESTION = 0.5


def _places(
    codebook: Codebook,
    items: Sequence[Item],
    survey: Survey,
    asked: Sequence[Asked],
    before: Mapping[str, _Before],
    free: Sequence[int],
) -> dict[str, int]:
    """Item → the place of its column, the surest first and each column once."""
    columns = survey.export.columns
    times = Counter(tidy(columns[at].heading) for at in free)
    headed = {tidy(columns[at].heading): at for at in free if times[tidy(columns[at].heading)] == 1}
    found: dict[str, int] = {}
    for item in items:
        at = headed.get(tidy(item.column))
        if at is not None and _agrees(before[item.name], asked[at]):
            found[item.name] = at
    scored: list[tuple[float, int, int]] = []
    taken = set(found.values())
    left = [at for at in free if at not in taken]
    for order, item in enumerate(items):
        if item.name in found:
            continue
        for at in left:
            same_name = headed.get(tidy(item.column)) == at
            score = _score(codebook, item, survey, at, asked[at], before[item.name], same_name)
            if score > 0:
                scored.append((-score, order, at))
    for _, order, at in sorted(scored):
        if items[order].name not in found and at not in found.values():
            found[items[order].name] = at
    return found


def _agrees(before: _Before, asked: Asked) -> bool:
    """Whether nothing tells that a column of the same name asks something else."""
    return not asked.question or not before.asked.question or _like(before.asked, asked) == 1.0


def _score(
    codebook: Codebook,
    item: Item,
    survey: Survey,
    at: int,
    asked: Asked,
    before: _Before,
    same_name: bool,
) -> float:
    """How sure it is that the column at `at` is the item; 0 where it is not."""
    column, like = survey.export.columns[at], _like(before.asked, asked)
    if item.kind in ABOUT:
        sort = survey.guesses[at].sort
        return 3.0 if same_name else 1.0 if item.kind == "id" and sort == "id" else 0.0
    if same_name:
        return 2 + like if like >= _OTHER_QUESTION or before.is_label else 0.9
    if like == 1.0:
        return 2.5
    if item.kind in ("numeric", "open"):
        alike = survey.guesses[at].sort == item.kind
    else:
        on_scale = bool(codebook.scales.get(item.scale)) or item.kind == "multiple"
        alike = on_scale and not unplaced(codebook, item, column)
    return 1 + like if alike and like >= _SIMILAR else 0.0


# Changes


def unplaced(codebook: Codebook, item: Item, column: Column) -> tuple[str, ...]:
    """The cells of a column that are no answer of the item, each once."""
    if item.kind not in SINGLE | {"option", "multiple"}:
        return ()
    cells = tuple(dict.fromkeys(column.cells))
    whole_item = replace(item, asked_if=None)
    items = {each.name: each for each in (whole_item, *codebook.parts(item))}
    alone = replace(codebook, items=items)
    export = Export("", "", (replace(column, heading=item.column, cells=cells),), _rows(cells))
    wrong = {e.row for e in place(export, alone).problems if e.severity == "error"}
    return tuple(cell or "" for at, cell in enumerate(cells) if at in wrong)


def _rows(cells: Sequence[object]) -> tuple[int, ...]:
    return tuple(range(len(cells)))


def _changes(
    codebook: Codebook,
    item: Item,
    at: int,
    survey: Survey,
    asked: Sequence[Asked],
    before: Mapping[str, _Before],
    earlier: Export | None,
) -> Iterator[Change]:
    column, was = survey.export.columns[at], before[item.name]
    if tidy(column.heading) != tidy(item.column):
        like = _like(was.asked, asked[at])
        sure: Sure = "high" if like == 1 else "medium" if like >= 0.85 else "low"
        yield Change("renamed", item.column, column.heading, sure)
    if item.kind in ABOUT:
        return
    yield from _wording(was, asked[at])
    personal = survey.guesses[at].sort == "personal"
    yield from _answers(codebook, item, column, survey.export, earlier, personal)


def _wording(before: _Before, now: Asked) -> Iterator[Change]:
    """A change of the words of the question, or of the row or option."""
    was = before.asked
    like = _like(was, now)
    if like == 1 or not was.question or not now.question:
        return
    if before.is_label and like < _OTHER_QUESTION:
        return  # the codebook's own words: nothing tells what the questionnaire said
    sure: Sure = "low" if before.is_label or like < _OTHER_QUESTION else "high"
    if bool(was.part) != bool(now.part):
        yield Change("wording", str(was), str(now), sure, word_diff(str(was), str(now)))
        return
    if likeness(was.question, now.question) < 1:
        what: What = "question" if now.part else "wording"
        diff = word_diff(was.question, now.question)
        yield Change(what, was.question, now.question, sure, diff)
    if now.part and likeness(was.part, now.part) < 1:
        yield Change("wording", was.part, now.part, sure, word_diff(was.part, now.part))


_MOST_SHOWN = 10


def _answers(
    codebook: Codebook,
    item: Item,
    column: Column,
    export: Export,
    earlier: Export | None,
    personal: bool,
) -> Iterator[Change]:
    """Cells that are no answer, and what the file itself says of its codes."""
    scale = codebook.scales.get(item.scale)
    known = _listed([each.label.sv or each.label.en for each in scale.answers] if scale else [])
    if item.kind == "multiple":
        known = _listed([each.label.sv for each in codebook.parts(item)])
    strange = unplaced(codebook, item, column)
    if strange:
        shown = [column.labels.get(each, each) for each in strange]
        now = f"{len(strange)} texts, not shown" if personal else _listed(shown)
        yield Change("answers", known, now, note=_UNSEEN)
        return
    if item.kind in SINGLE and scale is not None and _holds_codes(export):
        yield from _coded(item, scale, column, _codes_of(earlier, item))


def _codes_of(export: Export | None, item: Item) -> Mapping[str, str]:
    """Code → label of an item in an export that tells them; nothing in another."""
    if export is None or not _holds_codes(export):
        return {}
    own = (each.labels for each in export.columns if tidy(each.heading) == tidy(item.column))
    return next(own, {})


_UNSEEN = "An answer that nobody gave cannot be told from a file of texts."


def _listed(texts_: Sequence[str]) -> str:
    shown = [each if len(each) <= 40 else f"{each[:40]}…" for each in texts_[:_MOST_SHOWN]]
    return "; ".join([*shown, "…"] if len(texts_) > _MOST_SHOWN else shown)


def _holds_codes(export: Export | None) -> bool:
    """Whether the file tells every answer that there was, by code."""
    return export is not None and (
        export.format in ("sav", "dta") or any(e.key == "how_limesurvey_lss" for e in export.how)
    )


def _unseen(
    codebook: Codebook, item: Item, export: Export, at: int, earlier: Export | None
) -> tuple[str, ...]:
    """The valid answers that somebody gave last time and nobody this time."""
    if item.kind not in SINGLE or earlier is None or _holds_codes(export):
        return ()
    own = (each for each in earlier.columns if tidy(each.heading) == tidy(item.column))
    was, now = (_given(each) for each in (next(own, None), export.columns[at]))
    return tuple(
        each.label.sv or each.label.en
        for each in codebook.scale(item).valid
        if (names := {normal(each.label.sv), normal(each.label.en), str(each.value)} - {""}) & was
        and not names & now
    )


def _given(column: Column | None) -> set[str]:
    cells = () if column is None else dict.fromkeys(column.cells)
    return {normal(column.labels.get(each, each)) for each in cells if each} if column else set()


def _coded(
    item: Item, scale: Scale, column: Column, earlier: Mapping[str, str]
) -> Iterator[Change]:
    """Answers that the file declares otherwise than the earlier one, or else than the scale."""
    opinions = {normal(each.label.sv) for each in scale.valid} | {
        normal(each.label.en) for each in scale.valid if each.label.en
    }
    apart = {normal(e.label.sv) for e in scale.answers if e.status != "valid"}
    now = {
        normal(label): code
        for code, label in column.labels.items()
        if code not in column.missing and normal(label) not in apart
    }
    was = {normal(label): code for code, label in earlier.items() if normal(label) in opinions}
    if not was:
        was = {normal(e.label.sv): str(e.value) for e in scale.valid}
        if now.keys() != was.keys() and now.keys() <= opinions:
            was = {normal(e.label.en): str(e.value) for e in scale.valid if e.label.en}
    if not now or not was:
        return
    labels = {normal(text): text for text in (*column.labels.values(), *_labels(scale))}
    before, after = (
        "; ".join(f"{code} = {labels.get(text, text)}" for text, code in each.items())
        for each in (was, now)
    )
    if now.keys() != was.keys():
        if now.keys() - opinions or earlier:
            yield Change("answers", before, after)
        return
    turned = _turned([(was[text], now[text]) for text in was])
    if turned and item.kind != "nominal":
        sure: Sure = "high" if earlier else "medium"  # the scale's codes may be of our making
        yield Change(turned, before, after, sure, note=_BY_LABEL)


_BY_LABEL = "The cells are placed by their labels, so that the figures do not turn."


def _labels(scale: Scale) -> Iterator[str]:
    for each in scale.answers:
        yield from (each.label.sv, each.label.en)


def _turned(codes: Sequence[tuple[str, str]]) -> What | None:
    """How codes run against the earlier ones of the same answers; None if as they did."""
    pairs = [(whole(a), whole(b)) for a, b in codes]
    if any(a is None or b is None for a, b in pairs):
        if all(a == b for a, b in codes) or {a for a, _ in codes} != {b for _, b in codes}:
            return None
        ranks = sorted(a for a, _ in codes)
        order = [ranks.index(b) for _, b in sorted(codes)]
    else:
        order = [b for _, b in sorted((a or 0, b or 0) for a, b in pairs)]
    if order == sorted(order):
        return None
    return "polarity" if order == sorted(order, reverse=True) else "order"


def found_at(comparison: Comparison, at: int) -> Found | None:
    """The item whose column stands at a place."""
    return next((each for each in comparison.found.values() if each.at == at), None)
