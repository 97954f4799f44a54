"""The base of everything on the wire, and types no wider than what stores and carries their values.

Forms, queries and bodies take the same types: what passes here can be written to Postgres and published to Kafka.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

LARGEST_INT4: Final = 2**31 - 1
LARGEST_INT8: Final = 2**63 - 1
_LONGEST_TEXT: Final = 2000
# Room on both sides for time zones and for sums of days, which Python and Postgres refuse beyond their calendars.
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 9998


class CheckedModel(BaseModel):
    """What is stored and read again: a copy with changes has to fit as the first did.

    Pydantic's own copy takes whatever it is given, and only who reads it back notices.
    """

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Raises ``pydantic.ValidationError`` where a change does not fit."""
        if not update:
            return super().model_copy(deep=deep)
        changed = type(self).model_validate(dict(self) | dict(update))
        changed.__pydantic_fields_set__ = self.model_fields_set | set(update)
        return changed


class Contract(CheckedModel):
    """A value that crosses a process border: immutable, compared by value."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


def _within_the_calendar(value: datetime) -> datetime:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"the year is not between {_FIRST_YEAR} and {_LAST_YEAR}")
    return value if value.tzinfo else value.replace(tzinfo=UTC)


Text = Annotated[str, StringConstraints(max_length=_LONGEST_TEXT, pattern=r"^[^\x00]*$")]
"""Any text that Postgres stores: every character but NUL. Shorter ones: ``Annotated[Text, Field(max_length=…)]``."""

Name = Annotated[Text, Field(max_length=200)]
"""A text of one line: a code, a name, a word to look for."""

Int4 = Annotated[int, Field(ge=-LARGEST_INT4 - 1, le=LARGEST_INT4)]
"""A number of a Postgres ``integer``."""

Int8 = Annotated[int, Field(ge=-LARGEST_INT8 - 1, le=LARGEST_INT8)]
"""A number of a Postgres ``bigint``."""

Id = Annotated[int, Field(ge=0, le=LARGEST_INT8)]
"""The number of a record, as the database gives them."""

Count = Annotated[int, Field(ge=0, le=LARGEST_INT4)]
"""How many: rows, batches, checks."""

Size = Annotated[int, Field(ge=0, le=LARGEST_INT8)]
"""How many bytes."""

Moment = Annotated[datetime, AfterValidator(_within_the_calendar)]
"""A point in time that can be stored and calculated with; UTC where no zone is named."""

Day = Annotated[date, Field(ge=date(_FIRST_YEAR, 1, 1), le=date(_LAST_YEAR, 12, 31))]
"""A day that can be stored and calculated with."""
