"""2. The file has the customer's and the location's number, the biller's account number is made of both.

The setup is proposed from the numbers that exist. Without it nobody is found, and nobody is made before somebody has
typed how many customers that would be, and a second person agreed.
"""

from dataclasses import replace

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import STOPPED, Account, Answer, Scene, padded
from tests.scenarios.stage import Stage, plays

NUMBERS = ("WTR-0001045-002210", "WTR-0001046-002213", "WTR-0001047-002216")
NAMES = ("ANA ORTIZ", "LEE WU", "J PARK")

WITH_SETUP = Scene(
    name="with the setup",
    kind=ImportKind.PAPERLESS,
    accounts=tuple(map(Account, NUMBERS, NAMES)),
    content="02-prefix-and-parts.csv",
    columns={"email": "Email", "customer_name": "Name"},
    account_number=({"literal": "WTR-"}, padded("Cust No", 7), {"literal": "-"}, padded("Loc", 6)),
    found={},
    answers=(
        Answer(
            {},
            {2: "applied", 3: "applied", 4: "applied"},
            {
                "WTR-0001045-002210": "shell ana@example.com | WATER+SEWER pending",
                "WTR-0001046-002213": "shell lee@example.com | WATER+SEWER pending",
                "WTR-0001047-002216": "shell park@example.com | WATER+SEWER pending",
            },
        ),
    ),
)
NOT_FOUND = dict.fromkeys((2, 3, 4), "skipped C202")
WITHOUT_SETUP = replace(
    WITH_SETUP,
    name="without a setup",
    account_number=({"column": "Cust No"},),
    found={"C201": 3, "C202": 3, "W304": 1},
    answers=(
        Answer({"C201": "continue", "C202": "skip"}, NOT_FOUND),
        Answer({"C201": "stop", "C202": "skip"}, STOPPED),
        Answer(
            {"C201": "continue", "C202": "create"},
            {2: "applied W323", 3: "applied W323", 4: "applied W323"},
            {
                "1045": "shell ana@example.com | WATER+SEWER pending",
                "1046": "shell lee@example.com | WATER+SEWER pending",
                "1047": "shell park@example.com | WATER+SEWER pending",
            },
            typed_count=3,
            asked_again={"C207": 3},
        ),
    ),
)

test_every_answer = plays(WITH_SETUP, WITHOUT_SETUP)


async def test_the_setup_is_proposed(stage: Stage) -> None:
    biller = await stage.set_up(WITH_SETUP)
    best, made = await stage.proposed(biller, WITH_SETUP)
    assert best.share == 1
    assert tuple(made) == NUMBERS
