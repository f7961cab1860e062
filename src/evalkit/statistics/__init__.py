"""Estimators and tests as pure functions: arrays of counts in, figures or a reason out.

This floor knows no codebook, no study and no frame, so that every figure can be checked against a
source that is not ours; `docs/statistics.md` says which. SciPy and statsmodels are imported in the
functions that need them.

- `outcome`: what every function gives, and the reasons for which there may be no figure
- `intervals`: one proportion or mean, two of them
- `two_way`, `columns`: tables of counts; `margins` walks through all tables with the same margins
- `ranks`, `effects`: ordered answers of groups, and of the same respondents twice
- `paired`: how the same respondents changed
- `multiplicity`: many tests at once
- `scales`: several items as one scale
- `ordinal`, `nominal_effects`: the proportional-odds model, and the check of its supposition
- `weights`: weighting to known margins, and what is estimated with weights
- `ratings`, `distances`: who put which unit into which category, and how far categories are apart
- `agreement`, `two_coders`, `many_coders`, `krippendorff`, `bootstrap`: agreement between coders
- `cooccurrence`, `saturation`: codes on the same segments, new themes with every group
- `fast`: every unit against the rest, without a loop over units
"""
