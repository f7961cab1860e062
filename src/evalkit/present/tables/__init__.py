"""Released tables → HTML tables, and the same figures as CSV."""

from evalkit.present.tables.beside import beside_csv, beside_grid_table, beside_table
from evalkit.present.tables.combinations import combinations_csv, combinations_table
from evalkit.present.tables.frequency import frequency_csv, frequency_table, grid_table
from evalkit.present.tables.intake import (
    data_log_csv,
    data_log_table,
    questionnaires_csv,
    questionnaires_table,
)
from evalkit.present.tables.numeric import numeric_csv, numeric_table
from evalkit.present.tables.open_answers import words_csv, words_list, words_table
from evalkit.present.tables.overview import overview_csv, overview_table
from evalkit.present.tables.participation import (
    nonresponse_csv,
    nonresponse_table,
    response_csv,
    response_table,
)
from evalkit.present.tables.ranking import (
    priority_csv,
    priority_table,
    ranking_csv,
    ranking_table,
)
from evalkit.present.tables.reconciliation import differences_table
from evalkit.present.tables.standing import differs_csv, differs_table, funnel_csv, funnel_table
from evalkit.present.tables.units import rates_csv, rates_table

__all__ = [
    "beside_csv",
    "beside_grid_table",
    "beside_table",
    "combinations_csv",
    "combinations_table",
    "data_log_csv",
    "data_log_table",
    "differences_table",
    "differs_csv",
    "differs_table",
    "frequency_csv",
    "frequency_table",
    "funnel_csv",
    "funnel_table",
    "grid_table",
    "nonresponse_csv",
    "nonresponse_table",
    "numeric_csv",
    "numeric_table",
    "overview_csv",
    "overview_table",
    "priority_csv",
    "priority_table",
    "questionnaires_csv",
    "questionnaires_table",
    "ranking_csv",
    "ranking_table",
    "rates_csv",
    "rates_table",
    "response_csv",
    "response_table",
    "words_csv",
    "words_list",
    "words_table",
]
