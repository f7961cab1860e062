"""REFI-QDA, the exchange format of programs for qualitative analysis: `.qdpx` and `.qdc`.

- `archive`: the zip of a project, read in memory within limits
- `tree`: XML within limits, and what programs write differently in it (names, GUIDs)
- `places`: where selections lie in a text, by the way of counting that their own text speaks for
- `codebook`, `texts`, `selections`, `cases`: the parts of a project
- `project`: the parts put together; `read_qdpx` and `read_qdc`
- `normal`, `write`: a project out again; `write_qdpx` and `write_qdc`
"""

from __future__ import annotations

from evalkit.codings.refi.project import read_qdc, read_qdpx
from evalkit.codings.refi.write import qdc, qdpx

__all__ = ["qdc", "qdpx", "read_qdc", "read_qdpx"]
