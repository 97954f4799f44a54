"""8. Cards come as tokens, their expiry in many shapes.

A card that has expired is left out unless somebody says otherwise. A file with a card number or a security code is
refused whole.
"""

from dataclasses import replace

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import Account, Answer, Scene, riverbend
from tests.scenarios.stage import plays

NUMBERS = [riverbend(number, 1) for number in range(5001, 5009)]
EXPIRED = NUMBERS[7]


def card(number: int, expiry: str) -> str:
    token = f"tok_8aB3kL5m00{number}"
    return f"shell | default card {token} {expiry} | WATER+SEWER by {token} from 2026-04-01"


ROWS = dict.fromkeys(range(2, 8), "applied") | {8: "failed R126", 9: "skipped C216"}
STATE = {NUMBERS[place]: card(place + 1, "5/2029") for place in range(5)} | {NUMBERS[5]: card(6, "5/2032")}

TOKENS = Scene(
    name="tokens",
    kind=ImportKind.AUTOPAY,
    accounts=tuple(map(Account, NUMBERS)),
    content="08-cards.csv",
    columns={"card_token": "Token", "card_expiry": "Exp"},
    found={"R126": 1, "C216": 1},
    answers=(
        Answer({"C216": "skip"}, ROWS, STATE),
        Answer({"C216": "enroll"}, ROWS | {9: "applied C216"}, STATE | {EXPIRED: card(8, "5/2025")}),
    ),
)
CARD_NUMBER = replace(TOKENS, name="card number", content="08-card-number.csv", found={"F008": 1}, answers=())
SECURITY_CODE = replace(TOKENS, name="security code", content="08-cvv.csv", found={"F009": 1}, answers=())

test_every_answer = plays(TOKENS, CARD_NUMBER, SECURITY_CODE)
