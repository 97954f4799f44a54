"""3. The file has the account of who lived there before.

The last digit counts occupants, so the nearest number is another person's. It is shown and never taken.
"""

from services.mapping.usecases.matching import nearest_of
from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import Account, Answer, Scene
from tests.scenarios.stage import Stage, plays

SCENE = Scene(
    name="former occupant",
    kind=ImportKind.AUTOPAY,
    accounts=(
        Account("101-0101-01", "MIA STONE", owner="mia@example.com", status="closed"),
        Account("101-0101-02", "JON REED", owner="jon@example.com"),
    ),
    content="03-former-occupant.csv",
    columns={
        "customer_name": "Name",
        "routing_number": "Routing",
        "bank_account_number": "Bank Account",
        "bank_account_type": "Type",
    },
    found={"R111": 1},
    answers=(Answer({}, {2: "failed R111"}),),
)

test_every_answer = plays(SCENE)


async def test_the_near_number_is_shown(stage: Stage) -> None:
    biller = await stage.set_up(SCENE)
    wizard = await stage.in_the_wizard(biller)
    assert await nearest_of(stage.admin, wizard, ["101-0101-03"]) == ["101-0101-02"]
    assert await nearest_of(stage.admin, wizard, ["101-0101-01"], only_active=True) == ["101-0101-02"]
