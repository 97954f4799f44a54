"""Types that are never wider than what stores and carries them. Bodies, queries, paths and messages use the same."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

_FIRST_YEAR = 1900
_LAST_YEAR = 2999

Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]  # PostgreSQL keeps every character but NUL
Int4 = Annotated[int, Field(ge=0, le=2**31 - 1)]  # an integer column: lines, counts, numbers of checks
Int8 = Annotated[int, Field(ge=0, le=2**63 - 1)]  # a bigint column: ids, sizes in bytes


def _is_storable(moment: datetime) -> datetime:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"a moment between the years {_FIRST_YEAR} and {_LAST_YEAR}")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_is_storable)]  # one that has a place in every zone
