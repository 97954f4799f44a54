"""Asking for an undo: undo-1, undo-2, undo-13; and what its plan shows."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import ValidationError

from shared.contracts.definition import ImportDefinition
from tests.integration.mapping.deciding import confirm
from tests.integration.mapping.world import World
from tests.support.crm import Biller
from tests.support.plans import plan_row


async def undo(
    world: World, import_id: UUID, *, person: str = "ivy", key: UUID | None = None, rows: dict[str, Any] | None = None
) -> httpx.Response:
    headers = {"idempotency-key": str(key or uuid4())}
    body = None if rows is None else {"rows": rows}
    return await world.signed_in(person).post(f"/imports/{import_id}/undo", headers=headers, json=body)


@pytest.fixture
async def ended(world: World, biller: Biller) -> UUID:
    """An import that applied rows, by somebody who may undo it."""
    await _allow(world, biller, "ivy")
    import_id = await world.imported(biller)
    await world.checked(import_id, state="finished")
    await world.ran(import_id, applied=70, skipped=30)
    return import_id


async def _allow(world: World, biller: Biller, person: str) -> None:
    await world.crm.right(person, biller, may_undo=True)


async def test_an_undo_is_an_import_of_its_own(world: World, ended: UUID) -> None:
    response = await undo(world, ended)
    assert response.status_code == 202, response.text
    undo_id = UUID(response.json()["import_id"])
    assert undo_id != ended
    assert response.headers["location"] == f"/api/v1/imports/{undo_id}"
    assert await world.said_names(undo_id) == ["ImportDefined"]
    shown, original = [(await world.signed_in("ivy").get(f"/imports/{one}")).json() for one in (undo_id, ended)]
    assert (shown["undoes"], shown["state"], shown["kind"]) == (str(ended), "checking", "paperless")
    assert shown["definition"] == original["definition"]
    assert original["undoes"] is None


async def test_a_service_of_the_last_release_finds_no_definition(world: World, ended: UUID) -> None:
    undo_id = UUID((await undo(world, ended)).json()["import_id"])
    stored = await world.admin.fetchval("SELECT definition FROM mapping.import WHERE id = $1", undo_id)
    with pytest.raises(ValidationError):
        ImportDefinition.model_validate_json(stored)


async def test_asked_again_it_is_the_same_undo(world: World, ended: UUID, biller: Biller) -> None:
    key = uuid4()
    first, again = [await undo(world, ended, key=key) for _ in range(2)]
    assert (again.status_code, again.json()) == (202, first.json())
    await _allow(world, biller, "sam")
    other = await undo(world, ended, person="sam", key=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


async def test_rows_are_chosen_with_the_request(world: World, ended: UUID) -> None:
    """undo-15: the undo keeps which, and a request for other rows is another one."""
    key, rows = uuid4(), {"lines": [{"first": 5, "last": 5}, {"first": 7, "last": 12}]}
    response = await undo(world, ended, key=key, rows=rows)
    assert response.status_code == 202, response.text
    undo_id = response.json()["import_id"]
    shown = (await world.signed_in("ivy").get(f"/imports/{undo_id}")).json()
    assert shown["undoes_rows"] == {"accounts": [], "code": None, **rows}
    assert (await undo(world, ended, key=key, rows=rows)).json()["import_id"] == undo_id
    assert (await undo(world, ended, key=key)).json()["code"] == "idempotency_conflict"
    assert (await world.signed_in("ivy").get(f"/imports/{ended}")).json()["undoes_rows"] is None


@pytest.mark.parametrize("rows", [{}, {"lines": [{"first": 3, "last": 2}]}, {"row": [3]}, {"code": "W3"}])
async def test_rows_that_choose_nothing_are_refused(world: World, ended: UUID, rows: dict[str, Any]) -> None:
    assert (await undo(world, ended, rows=rows)).status_code == 422


async def test_one_undo_at_a_time_and_another_after_it(world: World, ended: UUID) -> None:
    first = UUID((await undo(world, ended)).json()["import_id"])
    second = await undo(world, ended)
    assert (second.status_code, second.json()["code"]) == (409, "undo_under_way")
    assert str(first) in second.json()["remedy"]
    await world.signed_in("ivy").post(f"/imports/{first}/cancel")
    assert (await undo(world, ended)).status_code == 202


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE execution.job SET finished_at = now() - interval '31 days' WHERE import_id = $1", "F023"),
        ("UPDATE execution.job SET finished_at = NULL WHERE import_id = $1", "F023"),
        ("UPDATE execution.chunk SET counts = '{\"skipped\": 1}' WHERE import_id = $1", "nothing_to_undo"),
    ],
)
async def test_what_cannot_be_undone_is_refused(world: World, ended: UUID, change: str, code: str) -> None:
    await world.admin.execute(change, ended)
    response = await undo(world, ended)
    assert (response.status_code, response.json()["code"]) == (409, code)


async def test_only_who_may_undo_asks_for_it_and_confirms_it(world: World, ended: UUID, biller: Biller) -> None:
    await world.crm.right("sam", biller)
    response = await undo(world, ended, person="sam")
    assert (response.status_code, response.json()["code"]) == (403, "undo_not_permitted")
    undo_id = UUID((await undo(world, ended)).json()["import_id"])
    await _checked(world, undo_id)
    response = await confirm(world, undo_id, person="sam")
    assert (response.status_code, response.json()["code"]) == (403, "undo_not_permitted")
    assert (await confirm(world, undo_id)).json()["state"] == "confirmed"


async def _checked(world: World, undo_id: UUID) -> None:
    await world.admin.execute(
        """INSERT INTO validation.import_check
               (import_id, biller_id, kind, file_sha256, check_no, state, rows_read, planned, impact)
           SELECT id, biller_id, kind, 'undoes', 1, 'held', 1, '{"applied": 1}', '{}'
           FROM mapping.import WHERE id = $1""",
        undo_id,
    )


async def test_the_plan_shows_each_row_before_and_after(world: World, ended: UUID) -> None:
    undo_id = UUID((await undo(world, ended)).json()["import_id"])
    await _checked(world, undo_id)
    await plan_row(world.admin, undo_id, 2)
    await plan_row(world.admin, undo_id, 3, verdict="held", codes=["R161"])
    for line in (2, 3):
        await world.admin.execute(
            """INSERT INTO execution.row_result (import_id, line_no, outcome, codes, changes)
               VALUES ($1, $2, 'applied', '{}', $3)""",
            *(ended, line, json.dumps(await _changes(world, ended))),
        )
    page = (await world.signed_in("ivy").get(f"/imports/{undo_id}/plan")).json()
    first, second = page["items"]
    assert [(one["what"], one["before"], one["after"], one["invoice_type"]) for one in first["changes"]] == [
        ("login_email", "new@example.com", "old@example.com", None),
        ("payment_method", "bank account ••••5667, active", "removed", None),
        ("enrolment", "active", "removed", "WATER"),
    ]
    assert (second["outcome"], second["changes"]) == ("held", [])
    samples = (await world.signed_in("ivy").get(f"/imports/{undo_id}/plan/samples")).json()["kinds"]
    assert set(samples) == {"login_email", "payment_method", "enrolment"}


async def _changes(world: World, import_id: UUID) -> list[dict[str, Any]]:
    water = await world.admin.fetchval(
        """SELECT t.id FROM crm.invoice_type t JOIN mapping.import i ON i.biller_id = t.biller_id
           WHERE i.id = $1 AND t.code = 'WATER'""",
        import_id,
    )
    return [
        {
            "table": "login", "id": 1, "mark": 1,
            "before": {"email": "old@example.com"}, "after": {"email": "new@example.com"},
        },
        {
            "table": "payment_method", "id": 2, "mark": 1, "before": None,
            "after": {"kind": "ach", "last4": "5667", "status": "active"},
        },
        {
            "table": "paperless_enrollment", "id": 3, "mark": 1, "before": None,
            "after": {"invoice_type_id": water, "status": "active"},
        },
    ]  # fmt: skip
