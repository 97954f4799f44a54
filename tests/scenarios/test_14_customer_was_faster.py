"""14. The customer was faster than the file: he enrolled with a card, or canceled paperless yesterday.

What he chose himself is kept unless somebody says otherwise.
"""

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import Account, Answer, Scene, riverbend
from tests.scenarios.stage import plays

ANA, LEE = riverbend(1045), riverbend(1046)

CARD = Scene(
    name="enrolled with a card",
    kind=ImportKind.AUTOPAY,
    accounts=(Account(ANA, owner="ana@example.com", card="tok_anas_own"),),
    content="14-autopay.csv",
    columns={"routing_number": "Routing", "bank_account_number": "Bank Account", "bank_account_type": "Type"},
    found={"C215": 1},
    answers=(
        Answer({"C215": "keep"}, {2: "skipped C215"}),
        Answer(
            {"C215": "replace"},
            {2: "applied C215"},
            {
                ANA: "active ana@example.com | default card tok_anas_own | checking 021000021 5667"
                " | WATER+SEWER by 5667 from 2026-04-01"
            },
        ),
    ),
)
CANCELLED = Scene(
    name="cancelled paperless",
    kind=ImportKind.PAPERLESS,
    accounts=(Account(LEE, owner="lee@example.com", paperless="cancelled"),),
    content="14-paperless.csv",
    columns={"email": "Email"},
    found={"C225": 1},
    answers=(
        Answer({"C225": "keep"}, {2: "skipped C225"}),
        Answer(
            {"C225": "enroll_again"},
            {2: "applied C225"},
            {LEE: "active lee@example.com | WATER+SEWER pending"},
        ),
    ),
)

test_every_answer = plays(CARD, CANCELLED)
