"""What mapping answers is what its OpenAPI document says, whoever asks and for whatever."""

from pathlib import Path

import pytest

from tests.integration.mapping.world import World
from tests.support.crm import Biller
from tests.support.openapi import Known, dead_letters, findings


@pytest.mark.parametrize("person", ["vera", "paul", "mallory"])
async def test_answers_are_as_documented(
    world: World, biller: Biller, tmp_path: Path, request: pytest.FixtureRequest, person: str
) -> None:
    await world.crm.right("vera", None)
    held = await world.imported(biller)
    await world.checked(held, undecided=("C201",), C201=3)
    file = await world.upload(biller)
    known: Known = {
        "biller_id": [biller.id],
        "import_id": [str(held), str(await world.imported(biller))],
        "file_id": [file["id"]],
        "letter_id": await dead_letters(world.database),
    }
    told = await findings(
        world.app, world.authorization(person), known, tmp_path, request.config.getoption("--examples")
    )
    assert told is None, told
