"""What the notifier answers is what its OpenAPI document says, whoever asks and for whatever."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI

from shared.contracts.outcomes import Outcome
from stack.issuer import Issuer
from tests.integration.notifier.conftest import signed_in
from tests.integration.notifier.world import World
from tests.support.openapi import Known, dead_letters, findings

_SHORT_STREAM = 0.01


@pytest.fixture
def quick(app: FastAPI) -> Iterator[FastAPI]:
    """The same app with streams that end at once."""
    before = app.state.context
    app.state.context = replace(before, stream_seconds=_SHORT_STREAM)
    yield app
    app.state.context = before


@pytest.mark.parametrize(("person", "permission"), [("iris", "all"), ("paula", "paperless"), ("nora", None)])
async def test_answers_are_as_documented(
    world: World,
    quick: FastAPI,
    issuer: Issuer,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    person: str,
    permission: str | None,
) -> None:
    await world.no_rights(person)
    if permission is not None:
        await world.right(person, None, permission)
    biller = await world.biller()
    done, running = await world.defined(biller), await world.defined(biller)
    await world.finished(done, [(2, Outcome.APPLIED, []), (3, Outcome.FAILED, ["R142"])])
    known: Known = {
        "biller_id": [biller],
        "import_id": [str(done.import_id), str(running.import_id)],
        "letter_id": await dead_letters(world.database),
    }
    authorization = signed_in(issuer, person)["Authorization"]
    told = await findings(quick, authorization, known, tmp_path, request.config.getoption("--examples"))
    assert told is None, told
