"""KEDA's query of deploy/kubernetes asks for as many executors as there is work, in the role that it names."""

import math
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import yaml

from services.notifier.measuring import CHUNKS, Measuring
from tests.integration.notifier.browsing import running
from tests.integration.notifier.world import World
from tests.support.alerts import ROOT

_SCALING: dict[str, Any] = next(
    one
    for one in yaml.safe_load_all((ROOT / "deploy/kubernetes/executor-scaling.yaml").read_text(encoding="utf-8"))
    if one["kind"] == "ScaledObject"
)["spec"]
_TRIGGER: dict[str, str] = _SCALING["triggers"][0]["metadata"]


@pytest.fixture(autouse=True)
async def no_work(world: World) -> AsyncIterator[None]:
    await world.admin.execute("UPDATE execution.chunk SET state = 'skipped' WHERE state = 'pending'")
    yield
    await world.admin.execute("DELETE FROM execution.pause")
    await world.admin.execute("UPDATE execution.chunk SET state = 'skipped' WHERE state = 'pending'")


async def _waiting(world: World, biller: int, batches: int) -> UUID:
    imported = await running(world, biller)
    await world.admin.execute("UPDATE execution.chunk SET state = 'applied' WHERE import_id = $1", imported.import_id)
    await world.admin.execute(
        "INSERT INTO execution.chunk (import_id, chunk_no) SELECT $1, generate_series(1000, 999 + $2)",
        *(imported.import_id, batches),
    )
    return imported.import_id


async def executors(world: World) -> int:
    """As many as KEDA would have: a poll of the query, and the rule of the autoscaler for an average value."""
    async with world.database.connection() as connection:
        batches = await connection.fetchval(_TRIGGER["query"])
    await Measuring(world.database).step()
    assert CHUNKS._value.get() == batches  # the metric says the same
    wanted = math.ceil(batches / int(_TRIGGER["targetQueryValue"]))
    return int(min(max(wanted, _SCALING["minReplicaCount"]), _SCALING["maxReplicaCount"]))


async def test_executors_come_with_the_work_and_go_with_it(world: World, biller: int) -> None:
    assert await executors(world) == 1
    import_id = await _waiting(world, biller, 75)
    assert await executors(world) == 4
    await world.admin.execute(
        "UPDATE execution.chunk SET state = 'applied' WHERE import_id = $1 AND chunk_no >= 1030", import_id
    )
    assert await executors(world) == 2
    await _waiting(world, biller, 1000)
    assert await executors(world) == _SCALING["maxReplicaCount"]


@pytest.mark.parametrize(
    "held_back",
    [
        "SELECT execution.pause_work($1, NULL, 'ann', 'x')",
        "UPDATE execution.job SET waiting_since = now(), waiting_reason = '53100' WHERE import_id = $1",
        "UPDATE execution.chunk SET not_before = 'infinity' WHERE import_id = $1",
    ],
    ids=["paused", "waits for an operator", "waits for a review of its first rows"],
)
async def test_what_nobody_may_apply_needs_no_executor(world: World, biller: int, held_back: str) -> None:
    import_id = await _waiting(world, biller, 75)
    await world.admin.execute(held_back, import_id)
    assert await executors(world) == 1
