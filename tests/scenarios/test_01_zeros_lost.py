"""1. A spreadsheet ate the zeros of an autopay export.

Lost zeros of routing numbers are restored where the check digit proves it. Account numbers have none, so it is asked
whether to go on. A number in scientific notation cannot be recovered.
"""

from shared.contracts.definition import ColumnPart, LiteralPart, PadLeft, Trim
from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import STOPPED, Account, Answer, Scene, padded, paid_by
from tests.scenarios.stage import Stage, plays

ANA = paid_by("checking 021000021 5667", "active ana@example.com")
LEE = paid_by("savings 011000015 9012")
DIAZ = paid_by("checking 021000021 7766")
ROWS = {2: "applied W311", 3: "applied W311", 4: "failed R123", 5: "skipped C212"}

SCENE = Scene(
    name="zeros lost",
    kind=ImportKind.AUTOPAY,
    accounts=(
        Account("WTR-0001045", "ANA ORTIZ", owner="ana@example.com"),
        Account("WTR-0001046", "LEE WU"),
        Account("WTR-0001047", "J PARK"),
        Account("WTR-0001048", "K DIAZ"),
    ),
    content="01-zeros-lost.csv",
    columns={
        "customer_name": "Name",
        "routing_number": "Routing",
        "bank_account_number": "Bank Acct",
        "bank_account_type": "Type",
    },
    account_number=({"literal": "WTR-"}, padded("Acct", 7)),
    found={"W311": 2, "C211": 2, "R123": 1, "C212": 1},
    answers=(
        Answer({"C211": "continue", "C212": "skip"}, ROWS, {"WTR-0001045": ANA, "WTR-0001046": LEE}),
        Answer(
            {"C211": "continue", "C212": "append_check_digit"},
            ROWS | {5: "applied C212"},
            {"WTR-0001045": ANA, "WTR-0001046": LEE, "WTR-0001048": DIAZ},
        ),
        Answer({"C211": "stop"}, STOPPED),
    ),
)

test_every_answer = plays(SCENE)


async def test_the_zeros_of_the_account_number_are_proposed(stage: Stage) -> None:
    biller = await stage.set_up(SCENE)
    best, _ = await stage.proposed(biller, SCENE)
    pad = PadLeft(do="pad_left", length=7)
    assert best.parts == (
        LiteralPart(literal="WTR-"),
        ColumnPart(column="Acct", transforms=(Trim(do="trim"), pad)),
    )
    assert best.share == 1
