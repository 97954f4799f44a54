from datetime import date
from decimal import Decimal

from cli.bodies import Check
from cli.output import console
from cli.tables import findings_table
from services.mapping.pages.first_collection import calendar
from shared.contracts.plan import CollectionDay, FirstCollection, Impact


def day(number: int, customers: int = 1, amount: str = "10.50") -> CollectionDay:
    return CollectionDay(day=date(2026, 12, number), customers=customers, amount=Decimal(amount))


def test_the_calendar_has_whole_weeks_up_to_the_last_day_listed() -> None:
    first = FirstCollection.of((day(8, 26), day(14), day(15, 2)), without_open_bill=0, not_collected=0)
    days = calendar(first)
    assert (days[0], days[6], days[7], len(days)) == (day(8, 26), day(14), day(15, 2), 14)
    assert {one.customers for one in days[1:6]} == {0}
    assert (first.customers, first.in_first_week, first.amount) == (29, 27, Decimal("31.50"))
    assert calendar(FirstCollection()) == []


def test_days_after_four_weeks_are_in_the_sums_only() -> None:
    late = CollectionDay(day=date(2027, 1, 5), customers=5, amount=Decimal(1))
    first = FirstCollection.of((day(8), late), without_open_bill=3, not_collected=4)
    assert (first.days, first.customers, len(calendar(first))) == ((day(8),), 6, 7)
    assert Impact.model_validate(Impact(first_collection=first).stored()).first_collection == first


def test_the_command_line_says_it_in_a_line() -> None:
    check: Check = {
        "import_id": "one",
        "check_no": 1,
        "state": "held",
        "rows_read": 0,
        "planned": None,
        "second_person_needed": False,
        "findings": [],
        "undecided": [],
        "answers": {},
        "impact": {
            "first_collection": {
                "customers": 1,
                "amount": "1010.5",
                "first_day": "2026-12-08",
                "in_first_week": 1,
                "without_open_bill": 1200,
                "not_collected": 4,
            }
        },
    }
    with console.capture() as said:
        console.print(findings_table(check), width=200)
    assert (
        "1 customer, first on 2026-12-08, 1 in the first week; $1,010.50 in all; no open bill: 1,200; "
        "open bills that are not collected: 4" in " ".join(said.get().split())
    )
