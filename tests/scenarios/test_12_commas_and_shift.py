"""12. Commas without quotes, and a block of rows whose names and emails have slipped against the accounts.

A line with a cell too many is refused by itself. Slipped rows look right one by one: only their names give them away.
"""

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import STOPPED, Account, Answer, Scene
from tests.scenarios.stage import plays

COMMAS = Scene(
    name="commas",
    kind=ImportKind.PAPERLESS,
    accounts=(
        Account("WTR-0001044", "LEE WU"),
        Account("WTR-0001045", "ANA ORTIZ"),
        Account("WTR-0001046", "J PARK"),
        Account("WTR-0001047", "K DIAZ"),
    ),
    content="12-commas.csv",
    columns={"email": "Email", "customer_name": "Name"},
    account_number=({"literal": "WTR-"}, {"column": "Account"}),
    found={"R104": 2},
    answers=(
        Answer(
            {},
            {2: "applied", 3: "failed R104", 4: "failed R104", 5: "applied"},
            {
                "WTR-0001044": "shell lee@example.com | WATER+SEWER pending",
                "WTR-0001047": "shell diaz@example.com | WATER+SEWER pending",
            },
        ),
    ),
)

PEOPLE = 300
SLIPPED = range(50, 250)  # people of this block stand beside the account before theirs


def number(person: int) -> str:
    return f"WTR-{person:07d}"


def name(person: int) -> str:
    return f"FIRST{person} LAST{person}"


def beside(account: int) -> int:
    """Who stands beside an account in the file."""
    return account + 1 if account in SLIPPED else account


def export() -> bytes:
    rows = (f"{number(a)},{name(beside(a))},person{beside(a)}@example.com" for a in range(PEOPLE))
    return "\n".join(["Account,Name,Email", *rows, ""]).encode()


SHIFT = Scene(
    name="shift",
    kind=ImportKind.PAPERLESS,
    accounts=tuple(Account(number(person), name(person)) for person in range(PEOPLE)),
    content=export(),
    columns={"email": "Email", "customer_name": "Name"},
    found={"W310": 200, "C206": 200, "W345": 2},
    answers=(
        Answer({"C206": "stop"}, STOPPED),
        Answer(
            {"C206": "continue"},
            dict.fromkeys(range(2, 2 + PEOPLE), "applied")
            | {2 + account: "applied W310" for account in SLIPPED}
            | {2 + 249: "applied W310 W345", 2 + 250: "applied W345"},  # one person twice
            {number(a): f"shell person{beside(a)}@example.com | WATER+SEWER pending" for a in range(PEOPLE)},
        ),
    ),
)

test_every_answer = plays(COMMAS, SHIFT)
