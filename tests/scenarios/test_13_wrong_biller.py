"""13. The file of another town, with "create missing customers" on.

Where the file says whose it is, it is refused. Otherwise two accounts in a hundred are found by chance, and nobody is
made before somebody has typed how many customers that would be, and a second person agreed.
"""

from dataclasses import replace

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import STOPPED, Account, Answer, Scene
from tests.scenarios.stage import SECOND, Stage, plays

ROWS, FOUND = 3_000, 60
MISSING = ROWS - FOUND


def number(row: int) -> str:
    return f"WTR-{row:07d}"


def export(header: str, ending: str) -> bytes:
    rows = (f"{number(row)},PERSON {row},person{row}@example.com{ending}" for row in range(ROWS))
    return "\n".join([header, *rows, ""]).encode()


def enrolled(row: int) -> str:
    return f"shell person{row}@example.com | WATER+SEWER pending"


ENROLLED = dict.fromkeys(range(2, 2 + FOUND), "applied")

BILLER_COLUMN = Scene(
    name="biller column",
    kind=ImportKind.PAPERLESS,
    accounts=tuple(Account(number(row), f"PERSON {row}") for row in range(FOUND)),
    content=export("Account,Name,Email,Biller", ",Hillcrest Water"),
    columns={"email": "Email", "customer_name": "Name", "biller_name": "Biller"},
    found={"F010": 1},
)
WRONG_BILLER = replace(
    BILLER_COLUMN,
    name="no biller column",
    content=export("Account,Name,Email", ""),
    columns={"email": "Email", "customer_name": "Name"},
    found={"C201": MISSING, "C202": MISSING},
    answers=(
        Answer(
            {"C201": "continue", "C202": "skip"},
            ENROLLED | dict.fromkeys(range(2 + FOUND, 2 + ROWS), "skipped C202"),
            {number(row): enrolled(row) for row in range(FOUND)},
        ),
        Answer({"C201": "stop", "C202": "create"}, STOPPED),
        Answer(
            {"C201": "continue", "C202": "create"},
            ENROLLED | dict.fromkeys(range(2 + FOUND, 2 + ROWS), "applied W323"),
            {number(row): enrolled(row) for row in range(ROWS)},
            typed_count=MISSING,
            asked_again={"C207": MISSING},
        ),
    ),
)

test_every_answer = plays(BILLER_COLUMN, WRONG_BILLER)


async def test_nobody_is_made_by_a_wrong_number_or_by_one_person_alone(stage: Stage) -> None:
    biller = await stage.set_up(WRONG_BILLER)
    before = await stage.accounts(biller)
    first = await stage.check(biller, WRONG_BILLER)
    create = {"choice": "create", "count_seen": MISSING}
    typed = {"choice": "continue", "count_seen": MISSING, "typed_count": MISSING}
    mistyped = typed | {"typed_count": MISSING - 1, "approved_by": SECOND}
    agreed = {"choice": "continue", "count_seen": MISSING, "approved_by": SECOND}
    assert await stage.held(first.id, 1, {"C202": create, "C201": mistyped, "C207": agreed}) == ("C201",)
    alone = {"C201": typed | {"approved_by": None}, "C207": agreed | {"approved_by": None}}
    assert await stage.held(first.id, 2, {"C202": create, **alone}) == ("C201", "C207")
    himself = {code: answer | {"approved_by": "ida"} for code, answer in alone.items()}
    assert await stage.held(first.id, 3, {"C202": create, **himself}) == ("C201", "C207")
    assert await stage.accounts(biller) == before
