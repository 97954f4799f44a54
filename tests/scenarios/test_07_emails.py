"""7. Twelve ways to write an email.

Two addresses are the address and its copy, wrappings are taken off, a likely misspelling is shown and kept. What is no
address is refused, and of more than two nothing is picked without being asked.
"""

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import Account, Answer, Scene
from tests.scenarios.stage import plays

NUMBERS = [f"WTR-{number:07d}-000001" for number in range(3001, 3013)]
ROWS = {
    2: "applied W342",  # a@example.com; b@example.com
    3: "applied W342",  # "a@example.com,b@example.com"
    4: "applied",  # Ann Lee <ann@example.com>
    5: "applied",  # mailto:x@example.com
    6: "failed R143",  # NOEMAIL@NOEMAIL.COM
    7: "failed R141",  # none
    8: "applied W343",  # bob@gmial.com
    9: "failed R142",  # bob@example
    10: "applied",  # BOB@EXAMPLE.COM and a hard space
    11: "applied",  # o'brien@example.org
    12: "failed R142",  # ann@example..org
    13: "skipped C221",  # a@example.com b@example.com c@example.com
}


def mailed_to(email: str) -> str:
    return f"shell {email} | WATER+SEWER pending"


STATE = {
    NUMBERS[0]: mailed_to("a@example.com cc b@example.com"),
    NUMBERS[1]: mailed_to("a@example.com cc b@example.com"),
    NUMBERS[2]: mailed_to("ann@example.com"),
    NUMBERS[3]: mailed_to("x@example.com"),
    NUMBERS[6]: mailed_to("bob@gmial.com"),
    NUMBERS[8]: mailed_to("BOB@example.com"),
    NUMBERS[9]: mailed_to("o'brien@example.org"),
}

SCENE = Scene(
    name="emails",
    kind=ImportKind.PAPERLESS,
    accounts=tuple(map(Account, NUMBERS)),
    content="07-emails.csv",
    columns={"email": "Email"},
    found={"W342": 2, "R143": 1, "R141": 1, "R142": 2, "W343": 1, "C221": 1, "W345": 2},
    answers=(
        Answer({"C221": "skip"}, ROWS | {2: "applied W342 W345", 3: "applied W342 W345"}, STATE),
        Answer(
            {"C221": "use_first"},
            ROWS | {2: "applied W342 W345", 3: "applied W342 W345", 13: "applied C221 W342 W345"},
            STATE | {NUMBERS[11]: mailed_to("a@example.com cc b@example.com")},
        ),
    ),
)

test_every_answer = plays(SCENE)
