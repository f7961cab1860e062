"""What a column is: one guess each, with how sure it is, why, and what a person has to decide."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from evalkit.codebook import Answer, Language, Positive, Status, Text, normal, tidy
from evalkit.draft import cells
from evalkit.draft.library import (
    MISSING_ORDER,
    Form,
    Match,
    key,
    matches,
    missing_words,
    near_matches,
)
from evalkit.intake.export import Column

Sure = Literal["high", "medium", "low"]
Sort = Literal[
    "likert", "ordinal", "nominal", "option", "multiple", "id",
    "open", "number", "date", "ranking", "personal", "technical", "constant", "empty", "unclear",
]  # fmt: skip
"""What a column can be guessed to be; those before `open` go into the codebook."""

COUNTED: frozenset[Sort] = frozenset({"likert", "ordinal", "nominal", "option", "multiple"})


@dataclass(frozen=True)
class Guess:
    """What a column is. `answers` and `scale` are those of a counted one, `options` of a joined."""

    sort: Sort
    sure: Sure
    why: str
    decide: str = ""
    answers: tuple[Answer, ...] = ()
    scale: str = ""
    positive: Positive = ""
    mean: bool = False
    options: tuple[str, ...] = ()
    language: Language | None = None


@dataclass(frozen=True)
class Facts:
    """A column's texts and how often each stands there: tidy, the file's labels put for codes.

    Empty cells, and those that the file itself declares as missing, are left out.
    """

    column: Column
    rows: int
    texts: Mapping[str, int]

    @classmethod
    def of(cls, column: Column) -> Facts:
        """The facts of one column."""
        texts: Counter[str] = Counter()
        for cell, n in Counter(column.cells).items():
            if cell is not None and cell not in column.missing:
                texts[tidy(column.labels.get(cell, cell))] += n
        del texts[""]
        return cls(column, len(column.cells), texts)

    @classmethod
    def together(cls, parts: Sequence[Facts]) -> Facts:
        """The facts of columns that are answered on one scale, as if they were one column."""
        texts: Counter[str] = Counter()
        for each in parts:
            texts.update(each.texts)
        return cls(parts[0].column, parts[0].rows * len(parts), texts)

    @cached_property
    def filled(self) -> int:
        """How many cells are filled."""
        return sum(self.texts.values())

    @cached_property
    def opinions(self) -> Mapping[str, int]:
        """The texts without those that give no opinion; all if they are a scale, or no other."""
        found = {t: n for t, n in self.texts.items() if key(t) not in missing_words()}
        if not found or (len(found) < len(self.texts) and _is_whole(self.texts)):
            return self.texts
        return found

    @cached_property
    def withheld(self) -> tuple[str, ...]:
        """The texts that are a way of giving no opinion."""
        return tuple(text for text in self.texts if text not in self.opinions)


def _is_whole(texts: Iterable[str]) -> bool:
    """Whether texts are all answers of one scale: Helt relevant, Delvis relevant, Inte relevant."""
    return any(each.form.known and not each.unseen for each in matches(texts))


@dataclass(frozen=True)
class Habits:
    """What other columns of the export are answered on, by which an unclear one is decided."""

    forms: Counter[str] = field(default_factory=Counter)
    numbers: Counter[tuple[int, int]] = field(default_factory=Counter)

    @classmethod
    def of(cls, facts: Iterable[Facts]) -> Habits:
        """The scales of which a column has every answer, and numbers of which it has both ends."""
        habits = cls()
        for each in facts:
            found = matches(each.opinions)
            if found and not found[0].unseen:
                habits.forms[found[0].form.name] += 1
            numbers = cells.wholes(each.opinions)
            if numbers and (ends := (min(numbers), max(numbers))) in _RANGES and len(numbers) > 3:
                habits.numbers[ends] += 1
        return habits


_RANGES = ((1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 10), (0, 4), (0, 5), (0, 10))


def guess(facts: Facts, habits: Habits) -> Guess:
    """The guess for one column (or for columns on one scale) by its cells and its heading."""
    if not facts.texts:
        return Guess("empty", "high", "Every cell is empty.")
    if not all(writable(text) for text in facts.texts):
        return Guess("unclear", "low", "Cells hold signs that cannot be shown.", _LOOK)
    for tell in _TELLS:
        found = tell(facts, habits)
        if found is not None:
            return found
    return Guess("open", *_open_words(facts))


_LOOK = "Look at the column in the export."


def writable(text: str) -> bool:
    """Whether a text can stand in a table of the study as it is."""
    return all(each.isprintable() or each.isspace() for each in text) and text.isprintable()


def _open_words(facts: Facts) -> tuple[Sure, str, str]:
    longest = max(len(text) for text in facts.texts)
    sure: Sure = "high" if longest > 40 and len(facts.texts) > 2 else "medium"
    why = f"{_n(len(facts.texts), 'different text')} in {_n(facts.filled, 'filled cell')}."
    return sure, why, "Open answers are not counted yet."


def _n(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


# By the heading


_IDENTIFIER = re.compile(
    r"(?:id|nr|no|#|löpnummer|löpnr|token|uid|uuid|guid|nyckel|case|resp|respid|record)"
    r"|(?:svars|respondent|response|respons|participant|case|record|deltagar|enkät|formulär|svar)"
    r"[ _-]?(?:id|nr|nummer|number|no|kod)|respondent|svarsnummer|serial|serienummer"
)
_TECHNICAL = frozenset(
    "lastpage|last page|sista sidan|startlanguage|start language|startspråk|seed|refurl"
    "|referer url|collector id|collectorid|insamlar-id|progress|finished|response type"
    "|responsetype|distributionchannel|distribution channel|userlanguage|user language"
    "|externalreference|external data reference|externaldatareference|locationlatitude"
    "|locationlongitude|duration (in seconds)|interviewtime|user agent|useragent|webbläsare"
    "|browser|collector|samlad status|samlet status|custom data 1|version|source".split("|")
)
_AMOUNT = re.compile(
    r"\b(?:ålder|age|antal|hur många|how many|number of|how old|hur gammal|födelseår|year of birth"
    r"|timmar|hours|minuter|minutes|procent|per cent|percent|kronor|kostnad|cost|budget|years|"
    r"hur länge i år|antal år|invånare|postnummer|zip)\b"
)


def _headings(column: Column) -> set[str]:
    return {normal(each) for each in (column.heading, column.question, column.option) if each}


def _by_heading(facts: Facts, _: Habits) -> Guess | None:
    if _headings(facts.column) & _TECHNICAL:
        return Guess("technical", "high", "The survey tool writes such a column itself.")
    if _OTHER_TEXT.search(normal(facts.column.heading)) and cells.ticks(facts.texts) is None:
        return Guess("open", "medium", "What was written under Other.", "Not counted yet.")
    unique = facts.filled == len(facts.texts) == facts.rows
    named = any(_IDENTIFIER.fullmatch(each) for each in _headings(facts.column))
    if named and unique:
        return Guess("id", "high", "The heading is that of an identifier; no cell stands twice.")
    if named and _like_codes(facts):
        why = "The heading is that of an identifier, but cells are empty or stand there twice."
        return Guess("technical", "medium", why, "If it shall be the identifier, mend the export.")
    return None


_OTHER_TEXT = re.compile(r"\[(?:other|annat|övrigt)\]$|_(?:text|other|annat)$")


def _like_codes(facts: Facts) -> bool:
    return all(" " not in text and any(c.isdigit() for c in text) for text in facts.texts)


def _by_being_unique(facts: Facts, _: Habits) -> Guess | None:
    """An identifier without a heading that says so: running numbers, or codes of one length."""
    texts = tuple(facts.texts)
    if facts.rows <= _ON_A_SCALE or not facts.filled == len(texts) == facts.rows:
        return None
    numbers = cells.wholes(texts)
    if numbers and sorted(numbers) == list(range(min(numbers), min(numbers) + len(numbers))):
        return Guess("id", "medium", "Running numbers, each once.", "Is it the identifier?")
    codes = len({len(text) for text in texts}) == 1 and len(texts[0]) >= 8
    if codes and _like_codes(facts) and not cells.are_dates(texts):
        return Guess("id", "medium", "Codes of one length, each once.", "Is it the identifier?")
    return None


_ON_A_SCALE = 11
"""So few respondents can by chance have used each number of a scale once."""


def _dates(facts: Facts, _: Habits) -> Guess | None:
    if cells.are_dates(facts.texts):
        return Guess("date", "high", "Every cell is a date or a time.", "Not counted yet.")
    return None


def _amount(facts: Facts, _: Habits) -> Guess | None:
    named = any(_AMOUNT.search(each) for each in _headings(facts.column))
    if named and cells.are_numbers(facts.opinions) and not facts.column.labels:
        return Guess("number", "high", "Numbers under a heading that asks for one.", _NUMBERS)
    return None


_NUMBERS = "Numbers are not counted yet; group them in the export's tool if a table is needed."


# On a scale


def _coded(facts: Facts, habits: Habits) -> Guess | None:
    """Codes whose labels the file itself holds: their answers are the file's, with its codes."""
    labels = {code: tidy(text) for code, text in facts.column.labels.items() if tidy(text)}
    labels = {code: text for code, text in labels.items() if code not in facts.column.missing}
    seen = dict.fromkeys(facts.texts)
    if not labels or len({*labels.values(), *seen}) > _MOST_CODED:
        return None
    if not all(text in labels.values() or cells.whole(text) is not None for text in seen):
        return None
    if len({normal(text) for text in labels.values()}) < len(labels) or not all(
        writable(text) for text in labels.values()
    ):
        return None
    values = _file_codes(labels, [text for text in seen if text not in labels.values()])
    by_label = {text: (value, text) for value, text in values.items()}
    opinions = [t for t in by_label if key(t) not in missing_words()] or list(by_label)
    found = matches(t for t in opinions if cells.whole(t) is None)
    numbered = [text for text in opinions if cells.whole(text) is not None]
    answers = tuple(
        Answer(value, Text(text), _status(text) if text not in opinions else "valid")
        for value, text in sorted(values.items(), reverse=True)
    )
    if not found or len(opinions) < 2:
        ordered = len(labels) < len(opinions) or cells.in_number_order(opinions) is not None
        sort: Sort = "ordinal" if ordered else "nominal"
        name = _name_of(facts)
        decide = "Are the answers ordered? Then write ordinal or likert, and the positive end."
        return Guess(
            sort, "medium", "The file labels its codes.", decide, answers, name, mean=False
        )
    match = _chosen(found, habits)
    up = _runs_up(match, {key(text): value for value, text in values.items()})
    positive = match.form.positive if up else _turned(match.form.positive)
    why = f"The file labels its codes; they are answers of the scale {match.form.name}."
    return Guess(
        "likert" if match.form.kind == "likert" and not numbered else "ordinal",
        "high",
        why,
        "" if positive else _END,
        answers,
        _name_of(facts) if numbered else match.form.name,
        positive,
        match.form.mean,
        language=match.form.language,
    )


_MOST_CODED = 40
_END = "Which end is the good one? Write high or low, or leave positive empty."


def _file_codes(labels: Mapping[str, str], bare: Sequence[str]) -> dict[int, str]:
    """The file's codes as whole numbers; counted up from 1 where they are something else.

    Where it labels the ends of numbers alone, with every number between them.
    """
    numbers = {code: cells.whole(code) for code in labels}
    if None in numbers.values() or len(set(numbers.values())) < len(numbers):
        found = {len(labels) - at: text for at, text in enumerate(labels.values())}
    else:
        found = {n: labels[code] for code, n in numbers.items() if n is not None}
    seen = {n: text for text in bare if (n := cells.whole(text)) is not None}
    opinions = [n for n, text in found.items() if key(text) not in missing_words()]
    ends = [*opinions, *seen]
    if seen and max(ends) - min(ends) <= 10:
        seen |= {n: str(n) for n in range(min(ends), max(ends)) if n not in seen}
    return seen | found


def _runs_up(match: Match, codes: Mapping[str, int]) -> bool:
    """Whether the file's codes rise with the library's."""
    pairs = sorted(
        (match.form.steps[step].value, codes[each]) for each, step in match.steps.items()
    )
    return pairs[0][1] <= pairs[-1][1]


def _turned(positive: Positive) -> Positive:
    turned: dict[Positive, Positive] = {"high": "low", "low": "high"}
    return turned.get(positive, positive)


def _status(text: str) -> Status:
    return missing_words()[key(text)][0]


def _name_of(facts: Facts) -> str:
    words = re.findall(r"[^\W_]+", normal(facts.column.question or facts.column.heading))
    return "_".join(words).lstrip("0123456789_")[:30].strip("_") or "answers"


def _library(facts: Facts, habits: Habits) -> Guess | None:
    found = matches(facts.opinions)
    if not found or not _spelled_once(facts.opinions):
        return None
    match = _chosen(found, habits)
    if not match.form.known and len(match.steps) < len(match.form.steps):
        sure: Sure = "low"
    elif len(match.steps) < 2 or not match.form.known:
        sure = "low" if len(match.steps) < 2 else "medium"
    else:
        sure = "high" if match.unseen <= 1 and facts.filled >= _FEW else "medium"
    seen = f"{len(match.steps)} of {_n(len(match.form.steps), 'answer')} seen"
    why = f"Answers of the scale {match.form.name}, {seen}."
    return _on_form(match, facts, sure, why)


_FEW = 5


def _spelled_once(texts: Collection[str]) -> bool:
    return len({key(text) for text in texts}) == len({normal(text) for text in texts})


def _chosen(found: Sequence[Match], habits: Habits) -> Match:
    """The closest match; where answers are unseen, rather one that other columns are on."""
    if not found[0].unseen:
        return found[0]
    return min(found, key=lambda each: (not habits.forms[each.form.name], each.unseen))


def _on_form(match: Match, facts: Facts, sure: Sure, why: str) -> Guess:
    form = match.form
    strange = [text for text in facts.opinions if key(text) in match.strange]
    decide = []
    if strange:
        decide.append(f"What does {_quoted(strange)} mean? It is out of the mean until you say.")
    if not form.positive:
        decide.append(_END)
    if match.unseen and sure != "high":
        decide.append("Are the answers that nobody gave those of the questionnaire?")
    valid = _worded(match, facts.opinions)
    answers = (*valid, *_no_opinions(facts.withheld, strange))
    return Guess(
        "likert" if form.kind == "likert" else "ordinal",
        sure,
        why,
        " ".join(decide),
        answers,
        form.name,
        form.positive,
        form.mean,
        language=form.language,
    )


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def _worded(match: Match, texts: Iterable[str]) -> tuple[Answer, ...]:
    """The form's answers as the cells write them; one that is not seen in the same manner."""
    seen = {match.steps[key(text)]: text for text in texts if key(text) in match.steps}
    taken = {key(text) for text in texts}
    manner = _manner(match.form, seen)
    found = []
    for at, step in enumerate(match.form.steps):
        free = [each for each in step.labels[manner:] + step.labels if key(each) not in taken]
        text = seen.get(at) or next(iter(free), "")
        if text:
            taken.add(key(text))
            found.append(Answer(step.value, Text(text)))
    return tuple(found)


def _manner(form: Form, seen: Mapping[int, str]) -> int:
    """Which alternative of their answers most of the seen texts are."""
    places = Counter(
        [key(each) for each in form.steps[at].labels].index(key(text)) for at, text in seen.items()
    )
    return places.most_common(1)[0][0] if places else 0


def _no_opinions(texts: Iterable[str], strange: Iterable[str] = ()) -> tuple[Answer, ...]:
    """The ways of giving no opinion; a second of one meaning, or one not known, gets a code."""
    found: list[Answer] = []
    code = 90
    known = {normal(text): (text, _status(text)) for text in texts}
    for text, status in sorted(known.values(), key=lambda each: MISSING_ORDER.index(each[1])):
        again = any(each.status == status for each in found)
        code += again
        found.append(Answer(code if again else None, Text(text), status))
    for at, text in enumerate({normal(each): each for each in strange}.values(), start=code + 1):
        found.append(Answer(at, Text(text), "not_applicable"))
    return tuple(found)


def _labelled_numbers(facts: Facts, habits: Habits) -> Guess | None:
    """Numbers of which the ends or all have words: "1 Inte alls", 2, 3, 4, "5 Helt"."""
    found = cells.labelled_numbers(facts.opinions)
    if not found:
        return None
    low, high = min(found), max(found)
    ends = _ends(low, high, habits, facts.filled)
    if ends is None:
        return None
    named = matches(cells.words_of(found[n]) for n in (low, high) if cells.words_of(found[n]))
    positive: Positive = ""
    if named and cells.words_of(found[high]):
        step = named[0].steps[key(cells.words_of(found[high]))]
        top = 2 * step < len(named[0].form.steps)
        positive = named[0].form.positive if top else _turned(named[0].form.positive)
    valid = [Answer(n, Text(found.get(n, str(n)))) for n in range(ends[1], ends[0] - 1, -1)]
    return Guess(
        "ordinal",
        "high" if ends == (low, high) else "medium",
        f"Numbers {ends[0]}–{ends[1]} with words.",
        "" if positive else _END,
        (*valid, *_no_opinions(facts.withheld)),
        f"numeric_{ends[0]}_{ends[1]}",
        positive,
        mean=True,
        language=named[0].form.language if named else None,
    )


_CODES_OF_NOTHING = frozenset(
    {66, 77, 88, 97, 98, 99, 997, 998, 999, -1, -7, -8, -9, -77, -88, -99, 9999}
)


def _numbers(facts: Facts, habits: Habits) -> Guess | None:
    """Whole numbers from 0 or 1 to at most 10."""
    given = cells.wholes(facts.opinions)
    if given is None:
        return None
    special = [n for n in given if n in _CODES_OF_NOTHING or n in _apart(given, facts.filled)]
    numbers = [n for n in given if n not in special]
    ends = _ends(min(numbers), max(numbers), habits, facts.filled) if numbers else None
    if ends is None or (len(numbers) < 2 and not habits.numbers[ends]):
        return None
    written = {int(text): text for text in facts.opinions}
    valid = [Answer(n, Text(written.get(n, str(n)))) for n in range(ends[1], ends[0] - 1, -1)]
    odd = [Answer(n, Text(written[n]), "dont_know") for n in sorted(special)]
    full = ends == (min(numbers), max(numbers))
    sort, sure, decide = _number_words(ends, full, special)
    return Guess(
        sort,
        sure,
        f"Whole numbers, {min(numbers)}–{max(numbers)} seen.",
        decide,
        (*valid, *odd, *_no_opinions(facts.withheld)),
        f"numeric_{ends[0]}_{ends[1]}",
        mean=ends[1] - ends[0] > 2,
    )


def _apart(given: Sequence[int], filled: int) -> list[int]:
    """8 and 9 where many respondents used 1 to 5 and nobody 6 or 7: codes of no opinion."""
    low = [n for n in given if n < 8]
    far = bool(low) and filled >= _MANY and len(low) > 2 and max(low) <= 5
    return [n for n in given if n in (8, 9)] if far and max(given) < 10 else []


def _number_words(
    ends: tuple[int, int], full: bool, special: Sequence[int]
) -> tuple[Sort, Sure, str]:
    decide = [f"Write what {_quoted(map(str, special))} mean."] if special else []
    if ends[1] - ends[0] < 3:
        decide.append("Are these codes of answers? Write their labels in scales.csv.")
        return ("nominal" if ends[1] - ends[0] == 1 else "ordinal"), "low", " ".join(decide)
    decide.append("What do the ends mean, and which is the good one?")
    sure: Sure = "low" if special else "high" if full and ends != (1, 4) else "medium"
    return "ordinal", sure, " ".join(decide)


_MANY = 20
"""So many respondents would have used more than two numbers of a longer scale."""


def _ends(low: int, high: int, habits: Habits, filled: int) -> tuple[int, int] | None:
    """The ends of the scale that the numbers are on, rather one that other columns are on."""
    if high - low == 1 and (filled >= _MANY or not habits.numbers):
        return low, high
    holding = [each for each in _RANGES if each[0] <= low and high <= each[1]]
    holding = [each for each in holding if (each[0] == 0) == (low == 0) or habits.numbers[each]]
    if (low, high) not in holding and not any(habits.numbers[each] for each in holding):
        holding = [each for each in holding if each != (1, 3)] or holding
    return min(holding, key=lambda each: (not habits.numbers[each], each[1]), default=None)


def _number_codes(facts: Facts, habits: Habits) -> Guess | None:
    """A few numbers of three digits or more, each of many respondents: codes of answers."""
    numbers = cells.wholes(facts.opinions) or []
    lengths = {len(text) for text in facts.opinions}
    few = 1 < len(numbers) <= 12 and facts.filled >= _TIMES * len(numbers)
    if not few or len(lengths) > 1 or min(lengths) < 3:
        return None
    found = _nominal(facts, habits)
    return found and replace(found, sure="low", decide="Write what the codes mean, in scales.csv.")


_TIMES = 5


def _other_numbers(facts: Facts, _: Habits) -> Guess | None:
    if cells.are_numbers(facts.opinions):
        return Guess("number", "medium", "Every cell is a number.", _NUMBERS)
    return None


def _near_library(facts: Facts, _: Habits) -> Guess | None:
    found = near_matches(facts.opinions)
    if not found or not _spelled_once(facts.opinions):
        return None
    why = f"Most answers are those of the scale {found[0].form.name}."
    return _on_form(found[0], facts, "low", why)


def _ranges(facts: Facts, _: Habits) -> Guess | None:
    """Answers such as 18–29 år, 30–44 år, 45 år eller äldre, in the order of their numbers."""
    if not _recurs(facts):
        return None
    ordered = cells.in_number_order(facts.opinions)
    if ordered is None or len(ordered) > _MOST_TEXTS or not _spelled_once(facts.opinions):
        return None
    valid = [Answer(at, Text(text)) for at, text in reversed(list(enumerate(ordered, start=1)))]
    answers = (*valid, *_no_opinions(facts.withheld))
    why = f"{len(ordered)} answers that begin with numbers, in their order."
    decide = "Is the order right, and is any answer of the questionnaire missing?"
    return Guess("ordinal", "medium", why, decide, answers, _name_of(facts))


def _joined(facts: Facts, _: Habits) -> Guess | None:
    if cells.is_joined_ranking(facts.texts):
        why = "Every cell holds the same answers in an order of its own."
        return Guess("ranking", "high", why, "Rankings are not counted yet.")
    options = cells.joined_options(facts.texts)
    if not options:
        return None
    once = sum(1 for each in options if sum(each in text for text in facts.texts) == 1)
    decide = f"{_n(once, 'option')} stand in one text only: written by hand?" if once else ""
    why = f"Cells hold several of {len(options)} answers."
    sure: Sure = "medium" if once else "high"
    return Guess("multiple", sure, why, decide, options=options, scale="vald")


_MOST_TEXTS = 30
_LONGEST_TEXT = 100


def _recurs(facts: Facts) -> bool:
    """Whether most filled cells hold a text that stands there again."""
    again = sum(n for n in facts.texts.values() if n > 1)
    return len(facts.opinions) > 1 and 2 * again >= facts.filled


def _nominal(facts: Facts, _: Habits) -> Guess | None:
    if len(facts.opinions) == 1:
        why = "Every filled cell holds the same."
        return Guess("constant", "medium", why, "Add it to codebook.csv if it is a question.")
    if _written(facts):
        return None
    few = len(facts.opinions) <= _MOST_TEXTS and max(map(len, facts.texts)) <= _LONGEST_TEXT
    if not few or not _recurs(facts):
        return None
    merged: dict[str, str] = {}
    for text in sorted(facts.opinions, key=lambda each: (-facts.opinions[each], each)):
        merged.setdefault(normal(text), text)
    last = [text for text in merged.values() if _OTHER.match(normal(text))]
    ordered = [text for text in merged.values() if text not in last] + last
    valid = [Answer(at, Text(text)) for at, text in enumerate(ordered, start=1)]
    answers = (*valid, *_no_opinions(facts.withheld))
    many = 3 * len(ordered) <= facts.filled
    why = f"{len(ordered)} different texts in {facts.filled} filled cells."
    decide = "Are the answers ordered? Then write ordinal and give codes in that order."
    return Guess("nominal", "medium" if many else "low", why, decide, answers, _name_of(facts))


_WRITTEN = re.compile(
    r"kommentar|synpunkt|beskriv|motivera|varför|övriga|förslag|fritext|utveckla|berätta|tillägga"
    r"|comment|describe|explain|\bwhy\b|suggest|anything else|please specify|\btell us"
)
_ASKS = re.compile(r"(?:[0-9]+[a-z]?[.:)]?\s*)?(?:vad|what|hur kan|how could|how can)\b")


def _written(facts: Facts) -> bool:
    """Whether the texts are the respondents' own, though they recur."""
    headings = _headings(facts.column)
    sentences = sum(text.count(" ") >= 4 for text in facts.texts)
    asked = any(_WRITTEN.search(each) for each in headings)
    open_question = any(_ASKS.match(each) for each in headings)
    few = facts.filled < 0.7 * facts.rows
    return bool(sentences) and (asked or (few and open_question))


_OTHER = re.compile(r"annat|annan|andra|övrig|other|inget av|ingen av|none of")

_TELLS = (
    _by_heading,
    _coded,
    _dates,
    _amount,
    _library,
    _by_being_unique,
    _labelled_numbers,
    _numbers,
    _number_codes,
    _other_numbers,
    _near_library,
    _ranges,
    _joined,
    _nominal,
)
"""Asked one after the other; the first that knows a column decides."""
