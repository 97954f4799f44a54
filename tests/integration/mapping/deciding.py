"""What the tests of decisions have in common."""

from typing import Any
from uuid import UUID

import httpx

from tests.integration.mapping.world import World
from tests.support.crm import Biller

SKIP, CREATE, STOP = {"choice": "skip"}, {"choice": "create"}, {"choice": "stop"}


def go_on(count: int | None = None) -> dict[str, Any]:
    return {"choice": "continue", "typed_count": count}


async def confirm(
    world: World, import_id: UUID, *, check_no: int = 1, person: str = "ivy", **decisions: Any
) -> httpx.Response:
    body = {"check_no": check_no, "decisions": decisions}
    return await world.signed_in(person).post(f"/imports/{import_id}/confirm", json=body)


async def approve(world: World, import_id: UUID, *, person: str = "sam", check_no: int = 1) -> httpx.Response:
    """Agree to what stands, having read it."""
    client = world.signed_in(person)
    answers = (await client.get(f"/imports/{import_id}/check")).json().get("answers", {})
    body = {"check_no": check_no, "answers_seen": answers}
    return await client.post(f"/imports/{import_id}/approve", json=body)


async def cancel(world: World, import_id: UUID) -> httpx.Response:
    return await world.signed_in("ivy").post(f"/imports/{import_id}/cancel")


async def few_found(world: World, biller: Biller, missing: int) -> UUID:
    """Held because few accounts were found; ``missing`` customers could be created beside the ten there are."""
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C201", "C202"), missing=missing, C201=missing, C202=missing)
    return import_id


async def awaits_second(world: World, import_id: UUID, made: int, *, person: str = "ivy") -> None:
    """Somebody confirms that so many customers are created; the next check finds that a second person has to agree."""
    answers: dict[str, Any] = {"C201": go_on(made), "C202": CREATE}
    assert (await confirm(world, import_id, person=person, **answers)).json()["state"] == "confirmed"
    counts: dict[str, Any] = dict.fromkeys(("C201", "C202", "C207"), made)
    await world.checked(import_id, check_no=2, undecided=("C201", "C207"), missing=made, **counts)


async def decisions(world: World, import_id: UUID) -> dict[str, dict[str, Any]]:
    shown = (await world.signed_in("ivy").get(f"/imports/{import_id}")).json()
    return {decision["code"]: decision for decision in shown["decisions"]}
