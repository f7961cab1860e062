"""Released tables → HTML tables, and the same figures as CSV."""

from evalkit.present.tables.agreement import (
    agreement_csv,
    agreement_table,
    disagreements_table,
    overall_table,
)
from evalkit.present.tables.beside import beside_csv, beside_grid_table, beside_table
from evalkit.present.tables.budget import (
    budget_csv,
    budget_findings,
    budget_notes,
    budget_table,
)
from evalkit.present.tables.certainty import certainty_csv, means_table, shares_table
from evalkit.present.tables.changes import (
    answers_table,
    change_csv,
    change_table,
    difference_csv,
    mean_table,
    uncompared_list,
    unit_change_table,
)
from evalkit.present.tables.combinations import combinations_csv, combinations_table
from evalkit.present.tables.frame import frame_csv, frame_table
from evalkit.present.tables.frequency import frequency_csv, frequency_table, grid_table
from evalkit.present.tables.goals import (
    goal_ident,
    goal_tables,
    goals_csv,
    goals_table,
    horizons_table,
    status_mark,
)
from evalkit.present.tables.groups import (
    crosstab_table,
    crosstabs_csv,
    key_table,
    tests_csv,
    tests_table,
)
from evalkit.present.tables.indices import index_csv, index_table
from evalkit.present.tables.intake import (
    data_log_csv,
    data_log_table,
    questionnaires_csv,
    questionnaires_table,
)
from evalkit.present.tables.joint import (
    IDENT,
    crossed_csv,
    crossed_table,
    figures_csv,
    figures_table,
    joint_csv,
    joint_table,
)
from evalkit.present.tables.models import model_csv, model_table
from evalkit.present.tables.numeric import numeric_csv, numeric_table
from evalkit.present.tables.open_answers import words_csv, words_list, words_table
from evalkit.present.tables.overview import overview_csv, overview_table
from evalkit.present.tables.pairs import pairs_csv, pairs_table, transition_table
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
from evalkit.present.tables.said import (
    bank_csv,
    bank_table,
    codes_csv,
    codes_table,
    framework_table,
)
from evalkit.present.tables.standing import differs_csv, differs_table, funnel_csv, funnel_table
from evalkit.present.tables.themes import (
    cases_csv,
    cases_table,
    category_csv,
    category_table,
    matrix_csv,
    matrix_table,
    pairs_of_codes_csv,
    pairs_of_codes_table,
    saturation_csv,
    saturation_table,
    synthesis_csv,
    synthesis_table,
)
from evalkit.present.tables.units import (
    level_of_areas,
    rates_csv,
    rates_table,
)
from evalkit.present.tables.weighted import weighted_csv, weighted_table

__all__ = [
    "IDENT",
    "agreement_csv",
    "agreement_table",
    "answers_table",
    "bank_csv",
    "bank_table",
    "beside_csv",
    "beside_grid_table",
    "beside_table",
    "budget_csv",
    "budget_findings",
    "budget_notes",
    "budget_table",
    "cases_csv",
    "cases_table",
    "category_csv",
    "category_table",
    "certainty_csv",
    "change_csv",
    "change_table",
    "codes_csv",
    "codes_table",
    "combinations_csv",
    "combinations_table",
    "crossed_csv",
    "crossed_table",
    "crosstab_table",
    "crosstabs_csv",
    "data_log_csv",
    "data_log_table",
    "difference_csv",
    "differences_table",
    "differs_csv",
    "differs_table",
    "disagreements_table",
    "figures_csv",
    "figures_table",
    "frame_csv",
    "frame_table",
    "framework_table",
    "frequency_csv",
    "frequency_table",
    "funnel_csv",
    "funnel_table",
    "goal_ident",
    "goal_tables",
    "goals_csv",
    "goals_table",
    "grid_table",
    "horizons_table",
    "index_csv",
    "index_table",
    "joint_csv",
    "joint_table",
    "key_table",
    "level_of_areas",
    "matrix_csv",
    "matrix_table",
    "mean_table",
    "means_table",
    "model_csv",
    "model_table",
    "nonresponse_csv",
    "nonresponse_table",
    "numeric_csv",
    "numeric_table",
    "overall_table",
    "overview_csv",
    "overview_table",
    "pairs_csv",
    "pairs_of_codes_csv",
    "pairs_of_codes_table",
    "pairs_table",
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
    "saturation_csv",
    "saturation_table",
    "shares_table",
    "status_mark",
    "synthesis_csv",
    "synthesis_table",
    "tests_csv",
    "tests_table",
    "transition_table",
    "uncompared_list",
    "unit_change_table",
    "weighted_csv",
    "weighted_table",
    "words_csv",
    "words_list",
    "words_table",
]
