"""Rules autopay-14 and autopay-15: when customers are debited first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.support.model.row import Row
from tests.support.model.state import Autopay, Bill, CrmState
from tests.support.model.together import World

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Forecast:
    """By day, of the first four weeks: how many customers, and how much."""

    days: Mapping[date, tuple[int, Decimal]]
    customers: int
    amount: Decimal
    in_first_week: int
    without_open_bill: int
    not_collected: int


def forecast(world: World, after: CrmState) -> Forecast:
    """What the enrollments of the applied rows lead to."""
    first: dict[date, list[Decimal]] = defaultdict(list)
    without_bill = not_collected = 0
    for row in world.rows:
        if row.outcome != "applied":
            continue
        bills = list(_bills(world, after, row))
        collected = [bill for bill, enrolment in bills if _is_collected(bill, enrolment)]
        if collected:
            day = min(bill.day for bill in collected)
            first[day].append(sum((bill.balance for bill in collected if bill.day == day), _NOTHING))
        without_bill += not bills
        not_collected += bool(bills) and not collected
    start = min(first, default=date.max)
    return Forecast(
        {day: (len(sums), sum(sums, _NOTHING)) for day, sums in first.items() if (day - start).days < 4 * 7},
        sum(map(len, first.values())),
        sum((sum(sums, _NOTHING) for sums in first.values()), _NOTHING),
        sum(len(sums) for day, sums in first.items() if (day - start).days < 7),
        without_bill,
        not_collected,
    )


def _bills(world: World, after: CrmState, row: Row) -> Iterator[tuple[Bill, Autopay]]:
    """The open bills of the enrollments that the row starts or moves."""
    if row.customer is None:
        raise ValueError(row.line)
    for code in world.job.types:
        key = row.customer.key, code
        if world.enrolled.get(key) == row.line:
            yield from ((bill, after.autopay[key]) for bill in world.before.invoices.get(key, ()) if bill.balance > 0)


def _is_collected(bill: Bill, enrolment: Autopay) -> bool:
    return (
        (enrolment.effective_from is None or bill.day >= enrolment.effective_from)
        and (enrolment.ends_on is None or bill.day <= enrolment.ends_on)
        and (enrolment.max_amount is None or bill.balance <= enrolment.max_amount)
    )
