"""15. The same file twice, then the file with three rows corrected.

The second run changes nothing and writes to nobody. Of the corrected file only the three rows are applied.
"""

from dataclasses import replace

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import STOPPED, Account, Answer, Scene
from tests.scenarios.stage import Stage, plays

NUMBERS = [f"WTR-{number:07d}-000001" for number in range(7001, 7008)]
GOOD, BAD = (2, 4, 6, 8), {3: "failed R142", 5: "failed R143", 7: "failed R142"}
NAMES = ("one", "two", "three", "four", "five", "six", "seven")


def enrolled(line: int) -> dict[str, str]:
    return {NUMBERS[line - 2]: f"shell {NAMES[line - 2]}@example.com | WATER+SEWER pending"}


FIRST = Scene(
    name="first",
    kind=ImportKind.PAPERLESS,
    accounts=tuple(map(Account, NUMBERS)),
    content="15-first.csv",
    columns={"email": "Email"},
    options={"notify_customers": True},
    found={"R142": 2, "R143": 1},
    answers=(
        Answer(
            {},
            dict.fromkeys(GOOD, "applied") | BAD,
            enrolled(2) | enrolled(4) | enrolled(6) | enrolled(8),
        ),
    ),
)
AGAIN = replace(
    FIRST,
    name="the same again",
    after=FIRST,
    found={"C203": 1, "W333": 4, "R142": 2, "R143": 1},
    answers=(
        Answer({"C203": "continue"}, dict.fromkeys(GOOD, "no_change W333") | BAD),
        Answer({"C203": "stop"}, STOPPED),
    ),
)
CORRECTED = replace(
    FIRST,
    name="corrected",
    after=FIRST,
    content="15-corrected.csv",
    found={"W333": 4},
    answers=(
        Answer(
            {},
            dict.fromkeys(GOOD, "no_change W333") | dict.fromkeys(BAD, "applied"),
            enrolled(3) | enrolled(5) | enrolled(7),
        ),
    ),
)

test_every_answer = plays(FIRST, AGAIN, CORRECTED)


async def test_the_second_run_writes_to_nobody(stage: Stage) -> None:
    biller, first = await stage.play(FIRST, FIRST.answers[0])
    again = await stage.go_on(biller, AGAIN, AGAIN.answers[0])
    corrected = await stage.go_on(biller, CORRECTED, CORRECTED.answers[0])
    assert [await stage.notices(one) for one in (first, again, corrected)] == [4, 0, 3]
