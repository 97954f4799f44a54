"""5. A registration and a paperless file bring different emails for the same account.

Whichever comes first makes the login, whichever comes second is held: never two logins, never a silent overwrite.
"""

from dataclasses import replace

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import STOPPED, Account, Answer, Scene, riverbend
from tests.scenarios.stage import plays

ANA = riverbend(1045)

REGISTRATION = Scene(
    name="registration",
    kind=ImportKind.REGISTRATION,
    accounts=(Account(ANA, "ANA ORTIZ"),),
    content="05-registration.csv",
    columns={"email": "Email", "customer_name": "Name"},
    found={},
    answers=(Answer({}, {2: "applied"}, {ANA: "invited Ana Ortiz <ana@example.com> as ana@example.com"}),),
)
PAPERLESS = Scene(
    name="paperless",
    kind=ImportKind.PAPERLESS,
    accounts=REGISTRATION.accounts,
    content="05-paperless.csv",
    columns={"email": "Email"},
    found={},
    answers=(Answer({}, {2: "applied"}, {ANA: "shell ortiz.family@example.com | WATER+SEWER pending"}),),
)
PAPERLESS_SECOND = replace(
    PAPERLESS,
    name="paperless after registration",
    after=REGISTRATION,
    found={"C231": 1},
    answers=(
        Answer({"C231": "hold"}, {2: "held C231"}),
        Answer(
            {"C231": "use_file", "C204": "continue"},
            {2: "applied C231 W344"},
            {
                ANA: "invited Ana Ortiz <ortiz.family@example.com> as ana@example.com | WATER+SEWER pending",
            },
            asked_again={"C204": 1},
        ),
        Answer({"C231": "use_file", "C204": "stop"}, STOPPED, asked_again={"C204": 1}),
        Answer(
            {"C231": "keep_login"},
            {2: "applied C231"},
            {ANA: "invited Ana Ortiz <ana@example.com> as ana@example.com | WATER+SEWER pending"},
        ),
    ),
)
REGISTRATION_SECOND = replace(
    REGISTRATION,
    name="registration after paperless",
    after=PAPERLESS,
    found={"C231": 1},
    answers=(
        Answer({"C231": "hold"}, {2: "held C231"}),
        Answer(
            {"C231": "use_file", "C204": "continue"},
            {2: "applied C231"},
            {ANA: "invited Ana Ortiz <ana@example.com> as ana@example.com | WATER+SEWER pending"},
            asked_again={"C204": 1},
        ),
        Answer({"C231": "use_file", "C204": "stop"}, STOPPED, asked_again={"C204": 1}),
        Answer(
            {"C231": "keep_login", "C204": "continue"},
            {2: "applied C231"},
            {
                ANA: "invited Ana Ortiz <ortiz.family@example.com> as ortiz.family@example.com | WATER+SEWER pending",
            },
            asked_again={"C204": 1},
        ),
    ),
)

test_every_answer = plays(REGISTRATION, PAPERLESS, PAPERLESS_SECOND, REGISTRATION_SECOND)
