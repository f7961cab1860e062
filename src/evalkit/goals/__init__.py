"""What a programme set out to reach, and its budget: the tables goals.csv and budget.csv."""

from evalkit.goals.amounts import Amount
from evalkit.goals.budget import Budget, Post, read_budget
from evalkit.goals.live import Live, Surveyed
from evalkit.goals.model import (
    STATUSES,
    Evidence,
    Goal,
    Indicator,
    Measure,
    Missing,
    Status,
    Target,
)
from evalkit.goals.read import Themes, read_goals

__all__ = [
    "STATUSES",
    "Amount",
    "Budget",
    "Evidence",
    "Goal",
    "Indicator",
    "Live",
    "Measure",
    "Missing",
    "Post",
    "Status",
    "Surveyed",
    "Target",
    "Themes",
    "read_budget",
    "read_goals",
]
