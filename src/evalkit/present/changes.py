"""What changed between rounds in words: names of rounds and rows, findings, alternative texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalkit.analysis.changes import ItemChange, ShareChange
from evalkit.codebook import Item, Language, Section, Text
from evalkit.present.inference import estimate_text, interval_text, reason_text, signed
from evalkit.present.numbers import NBSP, SUPPRESSED, decimal, percent, whole
from evalkit.present.sentences import join, labels_text, quoted
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.changes import ShownChanges, ShownItem, ShownPairs
from evalkit.statistics.outcome import Interval, SignificanceTest


@dataclass(frozen=True)
class RoundNames:
    """What the rounds are called, the oldest first, and the sections of the last one's items."""

    rounds: tuple[Text, ...]
    sections: Mapping[str, Section]

    def names(self, language: Language) -> list[str]:
        """Every round as the reader knows it."""
        return [each.best(language).text for each in self.rounds]

    def last_two(self, language: Language) -> dict[str, str]:
        """The two that are compared, as fields of a sentence."""
        before, last = self.names(language)[-2:]
        return {"before": before, "last": last}


@dataclass(frozen=True)
class OverviewRow:
    """A row of the overview: an item, or an option of a multiple response set."""

    item: Item
    title: Text
    section: str
    share: ShareChange
    hidden: tuple[bool, ...]
    beyond: bool | None
    test: SignificanceTest | None

    @property
    def counted(self) -> tuple[Text, ...]:
        """The answers that the share is of; empty for an option, whose name says it."""
        return () if self.item.kind == "multiple" else self.share.labels


def overview_rows(shown: Sequence[ShownItem]) -> Iterator[OverviewRow]:
    """The rows of shares, in the questionnaire's order."""
    for each in shown:
        change = each.change
        if change.item.kind == "multiple":
            for row in change.answers:
                title = option_title(change, row.labels[0])
                beyond, test = row.beyond_chance, row.test
                yield OverviewRow(
                    change.item, title, change.section, row, each.hidden, beyond, test
                )
        elif change.main is not None:
            yield OverviewRow(
                change.item,
                change.title,
                change.section,
                change.main,
                each.hidden,
                each.beyond,
                change.test,
            )


def option_title(change: ItemChange, option: Text) -> Text:
    """An option with its set's label before it."""
    title, english = change.title, ""
    if title.en and option.en:
        english = f"{title.en}: {option.en}"
    return Text(f"{title.sv or title.en}: {option.sv or option.en}", english)


def share_cell(given: ShareChange, at: int, hidden: bool, language: Language) -> str:
    """A share and what it is of: "58 % av 33"; empty where the round has none to compare."""
    if hidden:
        return SUPPRESSED
    found = given.shares[at]
    if found is None:
        return ""
    of = {"percent": percent(found.percent, language), "n": whole(found.base, language)}
    return word("change_share", language, **of).replace(" ", NBSP)


def points_text(difference: Interval | None, language: Language) -> str:
    """A difference of shares in percentage points: "+23"."""
    if difference is None or difference.estimate is None:
        return ""
    return estimate_text(difference.estimate, language, "points")


def mean_change_text(difference: Interval | None, language: Language) -> str:
    """A difference of means: "+0,25"."""
    if difference is None or difference.estimate is None:
        return ""
    return signed(difference.estimate, language)


def bounds_text(difference: Interval | None, language: Language, scale: str = "points") -> str:
    """The interval of a difference: "+2 till +42"; or why there is none."""
    if difference is None:
        return ""
    if difference.reason is not None:
        return reason_text(difference.reason, language)
    if scale == "points":
        return interval_text(difference, language, "points")
    low, high = (signed(each or 0.0, language) for each in (difference.low, difference.high))
    return word("from_to", language, low=low, high=high)


def verdict_text(beyond: bool | None, test: SignificanceTest | None, language: Language) -> str:
    """Whether a difference is more than chance usually gives; or why that cannot be told."""
    if beyond is not None:
        return word("change_yes" if beyond else "change_no", language)
    if test is not None and test.reason is not None:
        return reason_text(test.reason, language)
    return ""


def changes_finding(released: Released[ShownChanges], names: RoundNames, language: Language) -> str:
    """How many differences are more than chance, and which; empty where nothing is compared."""
    found = opened(released)
    if found is None:
        return ""
    rows = list(overview_rows(found.items))
    verdicts = [each.beyond for each in rows] + [
        each.beyond for each in found.items if each.change.item.kind == "numeric"
    ]
    tested = sum(each is not None for each in verdicts)
    if not tested:
        return word("change_found_untested", language)
    far = [_row_text(each, language) for each in rows if each.beyond]
    far += [
        _mean_text(each, language)
        for each in found.items
        if each.beyond and each.change.item.kind == "numeric"
    ]
    fields = {"tested": whole(tested, language), **names.last_two(language)}
    if not far:
        return word("change_found_none", language, **fields)
    listed = join(far, language)
    key = "change_found_one" if len(far) == 1 else "change_found_some"
    return word(key, language, n=whole(len(far), language), listed=listed, **fields)


def _row_text(row: OverviewRow, language: Language) -> str:
    before, last = row.share.shares[-2:]
    return word(
        "change_listed",
        language,
        label=quoted(row.title, language),
        before=percent(None if before is None else before.percent, language),
        last=percent(None if last is None else last.percent, language),
    )


def _mean_text(shown: ShownItem, language: Language) -> str:
    return word("change_listed_mean", language, label=quoted(shown.change.title, language))


def share_finding(row: OverviewRow, names: RoundNames, language: Language) -> str:
    """One item or option in a sentence: both shares, and whether that is more than chance."""
    before, last = row.share.shares[-2:]
    if before is None or last is None:
        return ""
    figures = {
        "before_percent": percent(before.percent, language),
        "last_percent": percent(last.percent, language),
        "verdict": _verdict_sentence(row.beyond, language),
        **names.last_two(language),
    }
    if before.percent is None or last.percent is None:
        return word("change_sentence_nobody", language, **names.last_two(language))
    answers = labels_text(row.share.labels, language)
    return word("change_sentence", language, answers=answers, **figures).strip()


def _verdict_sentence(beyond: bool | None, language: Language) -> str:
    if beyond is None:
        return ""
    return word("change_beyond" if beyond else "change_within", language)


def change_text(
    released: Released[ShownChanges], item: str, answer: str, language: Language
) -> str | None:
    """How a share has changed, for running text: "har ökat med 20 procentenheter (…)".

    `answer` is an answer's key or an option's name; empty for the share of the overview. None where
    the item is withheld or not compared.
    """
    found = opened(released)
    items = () if found is None else found.items
    change = next((each.change for each in items if each.change.item.name == item), None)
    if change is None:
        return None
    every = [change.main, *change.answers] if answer else [change.main]
    share = next((e for e in every if e is not None and answer in ("", e.key)), None)
    difference = None if share is None else share.difference
    if difference is None or difference.estimate is None:
        return None
    points = decimal(abs(100 * difference.estimate), language, 0)
    bounds = bounds_text(difference, language)
    if points == "0":
        return word("change_text_same", language, bounds=bounds)
    key = "change_text_up" if difference.estimate > 0 else "change_text_down"
    return word(key, language, points=points, bounds=bounds)


def alt_changes(
    released: Released[ShownChanges],
    names: RoundNames,
    rows: Sequence[OverviewRow],
    language: Language,
    *,
    first: bool,
) -> str:
    """The alternative text of a panel of the chart of change: what kind, every one of its `rows`.

    The first panel has the finding too.
    """
    finding = changes_finding(released, names, language)
    told = "; ".join(_alt_row(each, language) for each in rows)
    if not first:
        return word("alt_changes_more", language, rows=told, **names.last_two(language))
    fields = names.last_two(language)
    return word("alt_changes", language, finding=finding, rows=told, **fields)


def charted(found: ShownChanges) -> list[OverviewRow]:
    """The rows that have a share in both of the last rounds."""
    return [
        each
        for each in overview_rows(found.items)
        if all(one is not None and one.percent is not None for one in each.share.shares[-2:])
    ]


def _alt_row(row: OverviewRow, language: Language) -> str:
    before, last = (
        percent(None if each is None else each.percent, language) for each in row.share.shares[-2:]
    )
    label = row.title.best(language).text
    return word("alt_change_row", language, label=label, before=before, last=last)


def pairs_finding(pairs: ShownPairs, language: Language) -> str:
    """How the same respondents moved, in a sentence; or why that is not told."""
    if pairs.n is None:
        return ""
    n = whole(pairs.n, language)
    if pairs.moves is None and pairs.changed is None:
        parts = [word("pairs_moves_hidden", language, n=n)]
    elif pairs.moves is None or direction(pairs) == "unordered":
        changed = whole(pairs.changed or 0, language)
        parts = [word("pairs_changed", language, n=n, changed=changed)]
    else:
        up, same, down = (whole(each, language) for each in pairs.moves)
        moved = {"n": n, "up": up, "same": same, "down": down}
        parts = [word(f"pairs_moved_{direction(pairs)}", language, **moved)]
    parts.append(_verdict_sentence(pairs.beyond, language))
    return " ".join(each for each in parts if each)


def direction(pairs: ShownPairs) -> str:
    """What up and down mean: "number", "option", "good", "bad", "plain" or "unordered"."""
    if pairs.item.kind == "numeric":
        return "number"
    if pairs.key:
        return "option"
    if not pairs.ordered:
        return "unordered"
    return {"high": "good", "low": "bad"}.get(pairs.item.positive, "plain")
