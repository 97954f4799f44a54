"""4. A landlord's login owns six accounts, and a paperless file names some of them.

Different emails for one login are never decided by the order of the rows. One email that would reach accounts outside
the file is the operator's choice.
"""

from dataclasses import replace

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import Account, Answer, Scene, riverbend
from tests.scenarios.stage import plays

NUMBERS = [riverbend(2000 + house, 1) for house in range(1, 7)]
IN_FILE, OUTSIDE = NUMBERS[:4], NUMBERS[4:]

TWO_EMAILS = Scene(
    name="two emails",
    kind=ImportKind.PAPERLESS,
    links=True,
    accounts=tuple(Account(number, owner="old@example.com") for number in NUMBERS),
    content="04-landlord.csv",
    columns={"email": "Email"},
    found={"R151": 5},
    answers=(Answer({}, dict.fromkeys(range(2, 7), "held R151")),),
)
ONE_EMAIL = replace(
    TWO_EMAILS,
    name="one email",
    content="04-landlord-one-email.csv",
    found={"C223": 4},
    answers=(
        Answer(
            {"C223": "update_login"},
            dict.fromkeys(range(2, 6), "applied C223"),
            dict.fromkeys(IN_FILE, "active new@example.com of 6 | WATER+SEWER pending")
            | dict.fromkeys(OUTSIDE, "active new@example.com of 6"),
        ),
        Answer(
            {"C223": "delivery_email"},
            dict.fromkeys(range(2, 6), "applied C223"),
            dict.fromkeys(IN_FILE, "active old@example.com of 6 | WATER+SEWER pending to new@example.com"),
        ),
        Answer({"C223": "skip"}, dict.fromkeys(range(2, 6), "skipped C223")),
    ),
)

test_every_answer = plays(TWO_EMAILS, ONE_EMAIL)
