"""Budget and outcome in one unit, and how much of each post was used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from evalkit.goals import Budget, Post


@dataclass(frozen=True)
class Spent:
    """A post: `outcome` as it was written, `converted` in the budget's unit.

    `percent` (0–100) is of the budget, None where one of them is missing or the budget is 0.
    """

    post: Post
    converted: Fraction | None
    percent: Fraction | None


@dataclass(frozen=True)
class Spending:
    """A budget beside its outcome; pairs are of the budget and of the outcome, as written.

    `added` is what the posts add to, the missing ones left out, and `known` how many are not
    missing. `both` is budget, outcome in the same unit and per cent of the posts that have both,
    None where no post has; `differs` tells whether a written sum is another than that of its posts,
    where none of these is missing.
    """

    budget: Budget
    posts: tuple[Spent, ...]
    total: Spent | None
    added: tuple[Fraction, Fraction]
    known: tuple[int, int]
    differs: tuple[bool, bool]
    both: tuple[Fraction, Fraction, Fraction] | None


def spending(budget: Budget) -> Spending:
    """The budget with its shares and sums."""
    columns = (
        [each.budget for each in budget.posts],
        [each.outcome for each in budget.posts],
    )
    total = budget.total
    posts = tuple(_spent(each, budget.factor) for each in budget.posts)
    stated = (None, None) if total is None else (total.budget, total.outcome)
    return Spending(
        budget,
        posts,
        None if total is None else _spent(total, budget.factor),
        (_sum(columns[0]), _sum(columns[1])),
        (_known(columns[0]), _known(columns[1])),
        (_differs(stated[0], columns[0]), _differs(stated[1], columns[1])),
        _both(posts),
    )


def _both(posts: Sequence[Spent]) -> tuple[Fraction, Fraction, Fraction] | None:
    pairs = [
        (each.post.budget, each.converted)
        for each in posts
        if each.post.budget is not None and each.converted is not None
    ]
    budget, outcome = (_sum([pair[at] for pair in pairs]) for at in (0, 1))
    return (budget, outcome, 100 * outcome / budget) if budget else None


def _spent(post: Post, factor: Fraction) -> Spent:
    converted = None if post.outcome is None else post.outcome * factor
    if converted is None or not post.budget:
        return Spent(post, converted, None)
    return Spent(post, converted, 100 * converted / post.budget)


def _sum(figures: Sequence[Fraction | None]) -> Fraction:
    return sum((each for each in figures if each is not None), Fraction(0))


def _known(figures: Sequence[Fraction | None]) -> int:
    return sum(each is not None for each in figures)


def _differs(stated: Fraction | None, figures: Sequence[Fraction | None]) -> bool:
    return stated is not None and _known(figures) == len(figures) and _sum(figures) != stated
