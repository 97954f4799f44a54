"""KEDA's queries of deploy/kubernetes ask for as many processes as there is work, in the role that they name."""

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


def _scaling(file: str) -> dict[str, Any]:
    objects = yaml.safe_load_all((ROOT / "deploy/kubernetes" / file).read_text(encoding="utf-8"))
    found: dict[str, Any] = next(one for one in objects if one["kind"] == "ScaledObject")["spec"]
    return found


_SCALING = _scaling("executor-scaling.yaml")
_OF_CHECKS = _scaling("validation-scaling.yaml")


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
    batches, number = await _polled(world, _SCALING)
    await Measuring(world.database).step()
    assert CHUNKS._value.get() == batches  # the metric says the same
    return number


async def _polled(world: World, scaling: dict[str, Any]) -> tuple[int, int]:
    """What the query says, and the number of processes that follows."""
    trigger = scaling["triggers"][0]["metadata"]
    async with world.database.connection() as connection:
        found: int = await connection.fetchval(trigger["query"])
    wanted = math.ceil(found / int(trigger["targetQueryValue"]))
    return found, int(min(max(wanted, scaling["minReplicaCount"]), scaling["maxReplicaCount"]))


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


async def test_validation_comes_with_the_billers_of_whom_a_check_waits_and_goes_with_them(
    world: World, biller: int
) -> None:
    await world.admin.execute("UPDATE validation.import_check SET state = 'cancelled' WHERE state = 'pending'")
    assert await _polled(world, _OF_CHECKS) == (0, 2)
    billers = [biller, *[await world.biller() for _ in range(3)]]
    asked = [(await running(world, one)).import_id for one in (*billers, biller)]
    checks = "UPDATE validation.import_check SET state = $2, file_sha256 = import_id::text WHERE import_id = ANY ($1)"
    await world.admin.execute(checks, asked, "pending")
    assert await _polled(world, _OF_CHECKS) == (4, 4), "a biller has one check at a time"
    await world.admin.execute(checks, asked[:1], "approved")
    assert await _polled(world, _OF_CHECKS) == (3, 3), "a biller has one running import at a time"
    await world.admin.execute(checks, asked, "finished")
    assert await _polled(world, _OF_CHECKS) == (0, 2)
