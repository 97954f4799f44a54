"""17. Water and Sewer are chosen, and 25 of 40 customers have no Sewer bill.

Every chosen type is enrolled, whatever bills there are, and whoever confirms sees how many lack one.
"""

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import TYPES, Account, Answer, Scene, riverbend
from tests.scenarios.stage import Stage, plays

NUMBERS = [riverbend(8001 + place, 1) for place in range(40)]
WATER_ONLY = 25


def export() -> bytes:
    rows = (f"{number},person{place}@example.com" for place, number in enumerate(NUMBERS))
    return "\n".join(["Account,Email", *rows, ""]).encode()


SCENE = Scene(
    name="mixed types",
    kind=ImportKind.PAPERLESS,
    accounts=tuple(
        Account(number, bills=TYPES[:1] if place < WATER_ONLY else TYPES) for place, number in enumerate(NUMBERS)
    ),
    content=export(),
    columns={"email": "Email"},
    found={"W320": 25},
    answers=(
        Answer(
            {},
            dict.fromkeys(range(2, 42), "applied"),
            {
                number: f"shell person{place}@example.com | WATER+SEWER pending"  # 80 enrolments
                for place, number in enumerate(NUMBERS)
            },
        ),
    ),
)

test_every_answer = plays(SCENE)


async def test_it_says_how_many_lack_which_bill(stage: Stage) -> None:
    first = await stage.check(await stage.set_up(SCENE), SCENE)
    assert await stage.detail(first.id, "W320") == {"by_type": {"WATER": 0, "SEWER": 25}}
