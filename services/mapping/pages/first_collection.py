"""The days of a forecast as a calendar shows them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from shared.contracts.plan import CollectionDay, FirstCollection

_WEEK: Final = 7


def calendar(first: FirstCollection) -> list[CollectionDay]:
    """Whole weeks from the first day on, days without a collection too, up to the last day that is listed."""
    if not first.days:
        return []
    known = {one.day: one for one in first.days}
    length = (first.days[-1].day - first.days[0].day).days // _WEEK * _WEEK + _WEEK
    return [known.get(day) or _none_on(day) for day in (first.days[0].day + timedelta(days=n) for n in range(length))]


def dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def _none_on(day: date) -> CollectionDay:
    return CollectionDay(day=day, customers=0, amount=Decimal(0))
