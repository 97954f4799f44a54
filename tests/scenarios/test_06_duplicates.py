"""6. An account stands in several rows of an autopay file.

Equal rows count once. Rows with different payment methods are all held, whatever their order.
"""

from dataclasses import replace

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import Account, Answer, Scene, paid_by, riverbend
from tests.scenarios.stage import plays

X, Y = riverbend(1045), riverbend(1046)

DIFFERENT = Scene(
    name="different methods",
    kind=ImportKind.AUTOPAY,
    accounts=(Account(X), Account(Y)),
    content="06-duplicates.csv",
    columns={
        "routing_number": "Routing",
        "bank_account_number": "Bank Account",
        "bank_account_type": "Type",
        "card_token": "Token",
        "card_expiry": "Exp",
    },
    found={"R131": 5},
    answers=(Answer({}, dict.fromkeys(range(2, 7), "held R131")),),
)
EQUAL = replace(
    DIFFERENT,
    name="equal rows",
    content="06-duplicates-equal.csv",
    found={"W331": 1},
    answers=(Answer({}, {2: "applied", 3: "no_change W331"}, {X: paid_by("checking 021000021 5667")}),),
)

test_every_answer = plays(DIFFERENT, EQUAL)
