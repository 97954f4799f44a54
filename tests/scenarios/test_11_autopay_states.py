"""11. An old autopay list with all that became of its enrolments. Today is 2 March 2026.

Who left stays out. What the biller's autopay cannot honour as it was agreed, and bank data without a permission, goes
on only where somebody says so.
"""

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import Account, Answer, Scene, paid_by, riverbend
from tests.scenarios.stage import plays

NUMBERS = [riverbend(6001 + place, 1) for place in range(10)]
ENDS, AMOUNT, DAY, BLANK = NUMBERS[6:]


def debited(place: int, **more: str) -> str:
    return paid_by(f"checking 021000021 {place + 1:04d}", **more)


ROWS = {
    2: "applied",  # Y
    3: "skipped S402",  # N
    4: "applied",  # Approved
    5: "applied W314",  # Prenote
    6: "skipped S402",  # Revoked
    7: "skipped S403",  # ended on 31 January
    8: "skipped C214",  # ends on 31 December
    9: "skipped C213",  # always 50.00
    10: "skipped C213",  # always on the 15th
    11: "skipped C241",  # bank data, and nothing that says he agreed
}
STATE = {NUMBERS[place]: debited(place) for place in (0, 2, 3)}

SCENE = Scene(
    name="autopay states",
    kind=ImportKind.AUTOPAY,
    accounts=tuple(map(Account, NUMBERS)),
    content="11-autopay-states.csv",
    columns={
        "routing_number": "Routing",
        "bank_account_number": "Bank Account",
        "bank_account_type": "Type",
        "autopay_flag": "Autopay",
        "end_date": "End Date",
        "fixed_amount": "Amount",
        "pay_day": "Pay Day",
    },
    found={"S402": 2, "S403": 1, "W314": 1, "C214": 1, "C213": 2, "C241": 1},
    answers=(
        Answer({"C213": "skip", "C214": "skip", "C241": "skip"}, ROWS, STATE),
        Answer(
            {"C213": "full_balance", "C214": "keep_end", "C241": "attest"},
            ROWS | {8: "applied C214", 9: "applied C213", 10: "applied C213", 11: "applied C241"},
            STATE
            | {
                ENDS: debited(6, until=" until 2026-12-31"),
                AMOUNT: debited(7),
                DAY: debited(8),
                BLANK: debited(9),
            },
        ),
    ),
)

test_every_answer = plays(SCENE)
