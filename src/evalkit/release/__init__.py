"""What may be shown: tables with true figures → `Released` ones, which presentation takes.

- `tables`: the rule, and the tables of one round
- `units`, `areas`: units share the whole, and areas are made of units
- `groups`: groups beside the whole and beside each other
- `changes`: rounds side by side, the same respondents and the same units
- `estimates`: intervals, indices, models, nonresponse and weights
- `goals`, `themes`, `joint`: goals, codings, and answers beside themes
"""

from evalkit.release.tables import (
    EDITIONS,
    Declared,
    Edition,
    Flagged,
    NonresponseRow,
    OverviewRows,
    Released,
    ReleasedTables,
    Rule,
    ShownAnswer,
    ShownWords,
    empty_tables,
    opened,
    release,
    release_data_log,
    release_internally,
    release_questionnaires,
    release_reconciliation,
)

__all__ = [
    "EDITIONS",
    "Declared",
    "Edition",
    "Flagged",
    "NonresponseRow",
    "OverviewRows",
    "Released",
    "ReleasedTables",
    "Rule",
    "ShownAnswer",
    "ShownWords",
    "empty_tables",
    "opened",
    "release",
    "release_data_log",
    "release_internally",
    "release_questionnaires",
    "release_reconciliation",
]
