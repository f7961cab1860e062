"""How an item was answered: counts, per cents with their bases, mean, sd and median.

Definitions (those of the BoU evaluation's published tables):

- *asked*: everybody but those with status `not_asked`;
- *answered* ("Antal svar"): those who ticked an answer in print, also "Vet ej", "Ej aktuellt";
- *valid*: those who gave an opinion. Mean, standard deviation and median are of these;
- *ticked*: of a multiple response set, those who ticked at least one option;
- *units*: of a set of which only ticks are known, everybody: who answered is then not known.

Per cents are of those who answered, but of a multiple response set of the base that the codebook
names.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pandas as pd

from evalkit.codebook import ANSWERED, STATUSES, Base, Codebook, Item, Status, Text
from evalkit.counts import levels, plain_number
from evalkit.errors import fault, nearest
from evalkit.intake import Level
from evalkit.intake.responses import level_key
from evalkit.rounding import half_up

STATUS_LABELS: dict[Status, Text] = {
    "valid": Text("Giltigt svar", "Valid answer"),
    "dont_know": Text("Vet ej", "Don't know"),
    "no_answer": Text("Inget svar", "No answer"),
    "refused": Text("Vill inte svara", "Refused"),
    "not_applicable": Text("Ej aktuellt", "Not applicable"),
    "not_asked": Text("Fick inte frågan", "Not asked"),
    "invalid": Text("Ogiltigt svar", "Invalid answer"),
}


@dataclass(frozen=True)
class Bases:
    """How many were asked, answered, and gave an opinion."""

    asked: int
    answered: int
    valid: int


@dataclass(frozen=True)
class Row:
    """One answer. `percent` is of the table's base, `valid_percent` of the base valid (0–100).

    Either is None where it has no meaning (no answer, or an empty base). `key` names the row: the
    code as text, the status, or the option's item in a multiple response set.
    """

    key: str
    value: int | None
    label: Text
    status: Status
    n: int
    percent: float | None
    valid_percent: float | None


@dataclass(frozen=True)
class Share:
    """`n` of `base`, and the same in per cent (None when the base is empty)."""

    n: int
    base: int
    percent: float | None


@dataclass(frozen=True)
class Question:
    """What the table of an item has whatever its kind; `title` is its label where it stands alone.

    `rows` holds its answers, or those that are no numbers or words where it is answered in such.
    """

    item: Item
    title: Text
    number: str
    bases: Bases
    rows: tuple[Row, ...]

    @property
    def base(self) -> int:
        """How many the per cents are of."""
        return self.bases.answered

    @property
    def answered_known(self) -> bool:
        """Whether it is known who answered; not where there are only ticks and units."""
        return self.item.base != "units"

    @property
    def apart(self) -> tuple[Row, ...]:
        """The rows that are answers but no opinions: Vet ej, Ej aktuellt."""
        return tuple(row for row in self.rows if row.status in ANSWERED - {"valid"})

    @property
    def shares(self) -> tuple[Row, ...]:
        """The rows that are a share of the base."""
        return self.apart

    @property
    def unanswered(self) -> tuple[Row, ...]:
        """The rows that are no answers: Inget svar and its like."""
        return tuple(row for row in self.rows if row.status not in ANSWERED)

    @property
    def no_answer(self) -> int:
        """How many were asked and left the item out ("Inget svar")."""
        return sum(row.n for row in self.rows if row.status == "no_answer")

    @property
    def not_asked(self) -> int:
        """How many did not get the question ("Fick inte frågan")."""
        return sum(row.n for row in self.rows if row.status == "not_asked")


@dataclass(frozen=True)
class Frequency(Question):
    """The table of one item on a scale, or of a multiple response set.

    `mean`, `sd` and `median` are None where the codebook wants none. `overlapping` marks a multiple
    response set: one respondent may be in several rows. `ticked` is how many of its respondents
    ticked any option. `respondents` is what those who answer are called, in the plural; empty for
    the usual words.
    """

    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    ticked: int | None = None
    respondents: Text = field(default_factory=Text)

    @property
    def base_kind(self) -> Base:
        """Which base the per cents are of."""
        return self.item.base or "answered"

    @property
    def base(self) -> int:
        """How many the per cents are of."""
        if self.base_kind == "ticked" and self.ticked is not None:
            return self.ticked
        return self.bases.answered if self.base_kind == "answered" else self.bases.asked

    @property
    def about(self) -> int:
        """How many respondents the figures are about: those who answered, or fewer."""
        return min(self.base, self.bases.answered)

    @property
    def unticked(self) -> int:
        """How many answered a multiple response set without ticking any of its options."""
        return 0 if self.ticked is None else self.bases.valid - self.ticked

    @property
    def shares(self) -> tuple[Row, ...]:
        """The rows that are a share of the base: those of a chart's bars."""
        return self.opinions if self.base_kind == "ticked" else (*self.opinions, *self.apart)

    @property
    def overlapping(self) -> bool:
        """Whether a respondent may be counted in more than one row."""
        return self.item.kind == "multiple"

    @property
    def opinions(self) -> tuple[Row, ...]:
        """The rows of valid answers."""
        return tuple(row for row in self.rows if row.status == "valid")

    @property
    def modes(self) -> tuple[Row, ...]:
        """The valid rows with the highest count; none when nobody gave an opinion."""
        most = max((row.n for row in self.opinions), default=0)
        return tuple(row for row in self.opinions if row.n == most and most > 0)

    @property
    def positive_rows(self) -> tuple[Row, ...]:
        """The answers on the scale's positive side; none if the item has no such side."""
        return _sides(self.item, self.opinions)[0]

    @property
    def positive(self) -> Share | None:
        """How many gave an answer on the positive side, of those who answered."""
        rows = self.positive_rows
        return share(sum(row.n for row in rows), self.base) if rows else None

    @property
    def negative(self) -> Share | None:
        """How many gave an answer on the negative side, of those who answered."""
        positive, rows = _sides(self.item, self.opinions)
        return share(sum(row.n for row in rows), self.base) if positive else None

    @property
    def median_rows(self) -> tuple[Row, ...]:
        """The row of the median, or the two that it lies between."""
        if self.median is None:
            return ()
        exact = [row for row in self.opinions if row.value == self.median]
        return tuple(exact) or _around(self.opinions, self.median)

    @property
    def rounded_sum(self) -> int:
        """What the per cents add to when each is rounded half up."""
        return sum(int(half_up(row.percent)) for row in self.rows if row.percent is not None)

    def share(self, keys: Iterable[str]) -> Share:
        """How many gave any of the answers `keys`, of the table's base."""
        wanted = list(keys)
        known = {row.key: row for row in self.rows}
        for key in wanted:
            if key not in known:
                raise fault(f'{self.item.name} has no answer "{key}".', nearest(key, known))
        if not wanted:
            raise fault(f"No answer of {self.item.name} is named.", "Name one or several.")
        if len(set(wanted)) < len(wanted):
            raise fault(f"An answer of {self.item.name} is named twice.", "Name it once.")
        if self.overlapping and len(wanted) > 1:
            raise fault(
                f"{self.item.name} is a multiple response set: its options cannot be added.",
                "One respondent may have ticked several.",
            )
        missing = [key for key in wanted if known[key].status not in ANSWERED]
        if missing:
            raise fault(f"{missing[0]} is no answer: it is no share of those who answered.")
        apart = [key for key in wanted if known[key].status != "valid"]
        if apart and self.base_kind == "ticked":
            raise fault(
                f"{apart[0]} of {self.item.name} is no share of those who ticked an option."
            )
        return share(sum(known[key].n for key in wanted), self.base)

    def frame(self) -> pd.DataFrame:
        """The rows as a frame: `value, label, status, n, percent, valid_percent`, unrounded."""
        columns = {
            "value": pd.array([row.value for row in self.rows], dtype="Int64"),
            "label": [row.label.best("sv").text for row in self.rows],
            "status": [row.status for row in self.rows],
            "n": [row.n for row in self.rows],
            "percent": pd.array([_missing(row.percent) for row in self.rows], dtype="float64"),
            "valid_percent": pd.array(
                [_missing(row.valid_percent) for row in self.rows], dtype="float64"
            ),
        }
        return pd.DataFrame(columns, index=pd.Index([row.key for row in self.rows], name="answer"))


@dataclass(frozen=True)
class Grid:
    """Items on the same answers that the report shows as one table."""

    item: Item
    parts: tuple[Frequency, ...]

    @property
    def number(self) -> str:
        """The number of the table."""
        return self.item.number


def share(n: int, base: int) -> Share:
    """`n` of `base` with its per cent."""
    return Share(n, base, 100 * n / base if base else None)


def _missing(value: float | None) -> float:
    return math.nan if value is None else value


def _around(rows: Sequence[Row], median: float) -> tuple[Row, ...]:
    """The given answers next below and above a median that is no answer, in the order shown."""
    given = [row for row in rows if row.n and row.value is not None]
    below = max(
        (row.value for row in given if row.value is not None and row.value < median), default=None
    )
    above = min(
        (row.value for row in given if row.value is not None and row.value > median), default=None
    )
    return tuple(row for row in rows if row.value in (below, above) and row.value is not None)


Tallies = dict[str, dict[Level, int]]
"""Counts of one round and unit: item → level → n."""


def tallies(counts: pd.DataFrame) -> Tallies:
    """Counts of one round and unit as item → level → n. The frame itself is left as it is."""
    missing = counts["value"].isna().to_numpy()
    values = counts["value"].fillna(0).tolist()
    if counts["value"].dtype == "Float64":
        values = [plain_number(each) for each in values]
    rows = zip(
        counts["item"].tolist(),
        values,
        missing.tolist(),
        counts["status"].tolist(),
        counts["n"].tolist(),
        strict=True,
    )
    found: Tallies = {}
    for item, value, gone, status, n in rows:
        found.setdefault(item, {})[Level(None if gone else value, status)] = n
    return found


USUAL = Text()
"""Respondents that have no name of their own."""


def frequency(
    codebook: Codebook, item: Item, counted: Tallies, respondents: Text = USUAL
) -> Frequency:
    """The table of a single-answer item or of a multiple response set."""
    if item.kind == "multiple":
        return _multiple(codebook, item, counted, respondents)
    given = counted[item.name]
    bases = bases_of(given)
    labels = {Level(a.value, a.status): a.label for a in codebook.scale(item).answers}
    order = [*labels, *(each for each in levels(codebook, item) if each not in labels)]
    order += [each for each in given if each not in order]
    rows = tuple(
        _row(level_key(level), level, _label(level, labels), n, bases)
        for level, n in ((level, given.get(level, 0)) for level in order)
    )
    mean, sd = _mean_sd(rows) if item.mean else (None, None)
    median = _median(rows) if item.kind in ("likert", "ordinal") else None
    number = codebook.number(item)
    title = codebook.title(item)
    return Frequency(item, title, number, bases, rows, mean, sd, median, respondents=respondents)


def grid(codebook: Codebook, item: Item, counted: Tallies, respondents: Text = USUAL) -> Grid:
    """The table of several items on the same answers."""
    parts = codebook.parts(item)
    return Grid(item, tuple(frequency(codebook, each, counted, respondents) for each in parts))


def bases_of(given: Mapping[Level, int]) -> Bases:
    """How many were asked, answered, and gave an opinion, a number or words."""

    def total(statuses: Iterable[Status]) -> int:
        wanted = set(statuses)
        return sum(n for level, n in given.items() if level.status in wanted)

    not_asked = total(["not_asked"])
    return Bases(sum(given.values()) - not_asked, total(ANSWERED), total(["valid"]))


def status_rows(
    codebook: Codebook, item: Item, given: Mapping[Level, int], bases: Bases
) -> tuple[Row, ...]:
    """The answers that are no numbers or words, in the scale's order and then as they are given."""
    labels = {Level(a.value, a.status): a.label for a in codebook.scale(item).answers}
    order = dict.fromkeys([*labels, *levels(codebook, item), *given])
    return tuple(
        _row(level_key(level), level, _label(level, labels), given.get(level, 0), bases)
        for level in order
        if level.status != "valid"
    )


def _label(level: Level, labels: Mapping[Level, Text]) -> Text:
    return labels.get(level, STATUS_LABELS[level.status])


def _row(key: str, level: Level, label: Text, n: int, bases: Bases) -> Row:
    answered = level.status in ANSWERED
    valid = level.status == "valid"
    return Row(
        key,
        None if level.value is None else int(level.value),
        label,
        level.status,
        n,
        share(n, bases.answered).percent if answered else None,
        share(n, bases.valid).percent if valid else None,
    )


def _multiple(codebook: Codebook, item: Item, counted: Tallies, respondents: Text) -> Frequency:
    """Per cent of respondents: the base is that of the set, not the sum of ticks."""
    if item.base == "units":
        return _of_units(codebook, item, counted, respondents)
    whole = counted[item.name]
    empty = Frequency(
        item,
        item.label,
        codebook.number(item),
        bases_of(whole),
        (),
        ticked=whole.get(Level(1, "valid"), 0),
        respondents=respondents,
    )
    rows = [_option_row(option, counted, empty) for option in codebook.parts(item)]
    rows += [
        _status_row(level, n, empty)
        for level, n in whole.items()
        if level.status != "valid" and (n or level.status == "no_answer")
    ]
    return replace(empty, rows=tuple(rows))


def _option_row(option: Item, counted: Tallies, table: Frequency) -> Row:
    n = counted[option.name].get(Level(1, "valid"), 0)
    of_valid = share(n, table.bases.valid).percent if table.answered_known else None
    of_base = share(n, table.base).percent
    return Row(option.name, None, option.label, "valid", n, of_base, of_valid)


def _status_row(level: Level, n: int, table: Frequency) -> Row:
    """Those who ticked nothing, with a per cent where the base holds them."""
    held = {"asked": STATUSES_ASKED, "answered": ANSWERED, "ticked": frozenset[Status]()}
    in_base = level.status in held.get(table.base_kind, ())
    of_base = share(n, table.base).percent if in_base else None
    label = STATUS_LABELS[level.status]
    return Row(level.status, None, label, level.status, n, of_base, None)


STATUSES_ASKED: frozenset[Status] = frozenset(STATUSES) - {"not_asked"}
"""The statuses of those who got a question."""


def _of_units(codebook: Codebook, item: Item, counted: Tallies, respondents: Text) -> Frequency:
    """A set of which ticks and the number of units are known, and not who answered."""
    options = codebook.parts(item)
    units = max((sum(counted[each.name].values()) for each in options), default=0)
    bases = Bases(units, units, units)
    number = codebook.number(item)
    empty = Frequency(item, item.label, number, bases, (), respondents=respondents)
    return replace(empty, rows=tuple(_option_row(each, counted, empty) for each in options))


def _mean_sd(rows: Sequence[Row]) -> tuple[float | None, float | None]:
    """Mean and sample standard deviation (n − 1) of the valid codes."""
    pairs = _pairs(rows)
    n = sum(times for _, times in pairs)
    if n == 0:
        return None, None
    total = sum(value * times for value, times in pairs)
    squares = sum(value * value * times for value, times in pairs)
    if n == 1:
        return float(total), None
    variance = (Fraction(squares) - Fraction(total * total, n)) / (n - 1)
    return total / n, math.sqrt(variance)


def _median(rows: Sequence[Row]) -> float | None:
    """The middle of the valid codes; between two answers, their average."""
    pairs = sorted(_pairs(rows))
    n = sum(times for _, times in pairs)
    if n == 0:
        return None
    return (_at(pairs, (n - 1) // 2) + _at(pairs, n // 2)) / 2


def _at(pairs: Sequence[tuple[int, int]], rank: int) -> int:
    passed = 0
    for value, times in pairs:
        passed += times
        if rank < passed:
            return value
    raise AssertionError("a rank lies within the respondents")


def _pairs(rows: Sequence[Row]) -> list[tuple[int, int]]:
    return [(r.value, r.n) for r in rows if r.status == "valid" and r.value is not None]


def _sides(item: Item, opinions: Sequence[Row]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The rows on the positive and on the negative side of the item's scale.

    High and low: the halves of the codes; the middle one of an odd number belongs to neither.
    Middle: the middle code against all others. Without a positive end there are no sides.
    """
    codes = sorted(row.value for row in opinions if row.value is not None)
    half = len(codes) // 2
    low, middle, high = codes[:half], codes[half : len(codes) - half], codes[len(codes) - half :]
    sides = {"high": (high, low), "low": (low, high), "middle": (middle, low + high)}
    positive, negative = sides.get(item.positive, ([], []))
    return (
        tuple(row for row in opinions if row.value in positive),
        tuple(row for row in opinions if row.value in negative),
    )
