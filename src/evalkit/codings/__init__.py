"""Codings of focus groups and of other texts, whatever program they were made in.

- `model`: segments, codes, codings, cases, and what an import has to tell
- `units`: segments with the same text as one, and who has coded it
- `databases`: projects that are SQLite files, of `taguette` and `qualcoder`, in a file, a folder or
  a zip file; `sqlite` opens them so that nothing in them can do harm
- `tables`: coded segments as CSV or spreadsheet, of any program; `headings` says what a column is
- `open_answers`: what was written in a survey, as sources to code
- `anchors`: where a selection stands in its source; `markup`: HTML as text; `hierarchy`: paths as
  codes with parents
- `read`: what a file is, and its reader
- `refi/`: REFI-QDA in and out
- `plain`, `plain_write`: a folder of CSV files in and out
- `out`: a project written by the name of what is to be made
- `tally`, `unique`: what the readers share
- `of_study`: every file that a study names, as one project
"""
