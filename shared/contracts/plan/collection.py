"""When customers of an autopay import are debited first, as far as the CRM knows their bills."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field

from shared.contracts.contract import Contract, Count, Day

DAYS_LISTED: Final = 28
_WEEK: Final = timedelta(days=7)

Dollars = Annotated[Decimal, Field(ge=0, max_digits=24, decimal_places=2)]


class CollectionDay(Contract):
    """Customers whose first collection is on this day."""

    day: Day
    customers: Count
    amount: Dollars = Field(description="sum of their bills of this day, in dollars")


class FirstCollection(Contract):
    """Each customer of a row to apply is counted once (autopay-15)."""

    customers: Count = Field(default=0, description="customers with a bill that will be collected")
    amount: Dollars = Field(default=Decimal(0), description="sum of what is collected from them first, in dollars")
    first_day: Day | None = Field(default=None, description="the first day of all")
    in_first_week: Count = Field(default=0, description="customers whose first collection is in the week from then on")
    days: tuple[CollectionDay, ...] = Field(
        default=(), max_length=DAYS_LISTED, description="the days of the four weeks from then on that have collections"
    )
    without_open_bill: Count = Field(default=0, description="customers without an open bill of the selected types")
    not_collected: Count = Field(
        default=0,
        description="customers whose open bills are all due before their autopay starts or after it ends, or above "
        "the customer's maximum",
    )

    @classmethod
    def of(cls, days: tuple[CollectionDay, ...], *, without_open_bill: int, not_collected: int) -> Self:
        """``days`` in their order, as many as there are."""
        first = days[0].day if days else None
        return cls(
            customers=sum(one.customers for one in days),
            amount=sum((one.amount for one in days), Decimal(0)),
            first_day=first,
            in_first_week=sum(one.customers for one in days if first and one.day < first + _WEEK),
            days=tuple(one for one in days if first and one.day < first + timedelta(days=DAYS_LISTED)),
            without_open_bill=without_open_bill,
            not_collected=not_collected,
        )
