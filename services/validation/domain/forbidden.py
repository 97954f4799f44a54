"""Columns whose values must never enter: social security numbers and password hashes (F009)."""

import re
from collections.abc import Collection, Sequence
from typing import Final

from shared.csvfile import clean_cell, is_ssn

_HASH: Final = re.compile(r"(?:\$2[aby]\$|\$argon2|\$[56]\$|\{S?SHA\}).*", re.DOTALL)
_MAY_BE: Final = re.compile(
    r"[0-9]{3}[^0-9A-Za-z\n]{1,3}[0-9]{2}[^0-9A-Za-z\n]{1,3}[0-9]{4}|\$2[aby]\$|\$argon2|\$[56]\$|\{S?SHA\}"
)


def forbidden_column(columns: Sequence[Sequence[str]], account_columns: Collection[int]) -> int | None:
    """The first column more than half of whose filled cells look forbidden; only its place, never a value.

    Account numbers may be written like social security numbers, so in their columns only hashes count.
    """
    for position, column in enumerate(columns):
        if _MAY_BE.search("\n".join(column)) and _is_forbidden(column, or_ssn=position not in account_columns):
            return position
    return None


def _is_forbidden(column: Sequence[str], *, or_ssn: bool) -> bool:
    cells = [cell for cell, _ in map(clean_cell, column) if cell]
    hits = sum(1 for cell in cells if _HASH.fullmatch(cell) or (or_ssn and is_ssn(cell)))
    return hits * 2 > len(cells)
