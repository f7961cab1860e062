"""Released tables → HTML tables, and the same figures as CSV."""

from evalkit.present.tables.frequency import frequency_csv, frequency_table, grid_table
from evalkit.present.tables.numeric import numeric_csv, numeric_table
from evalkit.present.tables.open_answers import words_csv, words_list, words_table
from evalkit.present.tables.overview import overview_csv, overview_table
from evalkit.present.tables.participation import (
    nonresponse_csv,
    nonresponse_table,
    response_csv,
    response_table,
)
from evalkit.present.tables.reconciliation import differences_table

__all__ = [
    "differences_table",
    "frequency_csv",
    "frequency_table",
    "grid_table",
    "nonresponse_csv",
    "nonresponse_table",
    "numeric_csv",
    "numeric_table",
    "overview_csv",
    "overview_table",
    "response_csv",
    "response_table",
    "words_csv",
    "words_list",
    "words_table",
]
