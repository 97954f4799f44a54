"""10. A report, not a table: Windows-1252, semicolons, titles, its header again on each page, a total at the end."""

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import Account, Answer, Scene
from tests.scenarios.stage import plays

USERS = range(1001, 1053)
PENA = 1045
FIRST_LINE, REPEATED_HEADER, TOTAL = 4, 54, 57

ROWS = dict.fromkeys(range(FIRST_LINE, TOTAL), "applied W301") | {REPEATED_HEADER: "failed R106", TOTAL: "failed R106"}


def registered(user: int) -> str:
    name = "LUZ PEÑA" if user == PENA else f"{chr(ord('A') + (user - 1001) % 26)} USER"
    return f"invited {name} <user{user}@example.com> as user{user}@example.com"


SCENE = Scene(
    name="report",
    kind=ImportKind.REGISTRATION,
    accounts=tuple(Account(f"WTR-{user:07d}") for user in USERS),
    content="10-report.csv",
    columns={"email": "Email", "customer_name": "Name"},
    account_number=({"literal": "WTR-"}, {"column": "Account"}),
    found={"W302": 1, "W303": 1, "W305": 1, "W301": 52, "R106": 2},
    answers=(Answer({}, ROWS, {f"WTR-{user:07d}": registered(user) for user in USERS}),),
)

test_every_answer = plays(SCENE)
