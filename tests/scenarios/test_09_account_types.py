"""9. Fifteen words for the type of a bank account.

Words and transaction codes of checking and savings are understood; loans and ledgers are not, and other words are asked
about. A blank cell takes the default of the definition, if it has one.
"""

from dataclasses import replace

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import Account, Answer, Scene, paid_by, riverbend
from tests.scenarios.stage import plays

CHECKING, SAVINGS, REFUSED = "checking", "savings", ""
TYPES = (
    ("C", CHECKING),
    ("S", SAVINGS),
    ("chk", CHECKING),
    ("Savings", SAVINGS),
    ("22", CHECKING),
    ("27", CHECKING),
    ("28", CHECKING),  # a prenote
    ("32", SAVINGS),
    ("37", SAVINGS),
    ("1", CHECKING),
    ("2", SAVINGS),
    ("3", REFUSED),  # a loan
    ("47", REFUSED),  # a ledger
    ("Residential", REFUSED),
    ("", REFUSED),
)
NUMBERS = [riverbend(4001 + place, 1) for place in range(len(TYPES))]
ROWS = {2 + place: "applied" if kind else "failed R124" for place, (_, kind) in enumerate(TYPES)} | {
    8: "applied W314",
    15: "skipped C242",
}
STATE = {NUMBERS[place]: paid_by(f"{kind} 021000021 {place + 1:04d}") for place, (_, kind) in enumerate(TYPES) if kind}

WITHOUT_DEFAULT = Scene(
    name="without a default",
    kind=ImportKind.AUTOPAY,
    accounts=tuple(map(Account, NUMBERS)),
    content="09-account-types.csv",
    columns={"routing_number": "Routing", "bank_account_number": "Bank Account", "bank_account_type": "Type"},
    found={"W314": 1, "R124": 3, "C242": 1},
    answers=(Answer({"C242": "skip"}, ROWS, STATE),),
)
WITH_DEFAULT = replace(
    WITHOUT_DEFAULT,
    name="with a default",
    options={"bank_account_type_default": "checking"},
    found={"W314": 1, "R124": 2, "C242": 1},
    answers=(
        Answer({"C242": "skip"}, ROWS | {16: "applied"}, STATE | {NUMBERS[14]: paid_by("checking 021000021 0015")}),
    ),
)

test_every_answer = plays(WITHOUT_DEFAULT, WITH_DEFAULT)


def test_the_file_has_these_types() -> None:
    cells = [line.rsplit(",", 1)[1] for line in WITH_DEFAULT.file.decode().splitlines()[1:]]
    assert cells == [word for word, _ in TYPES]
