"""What mapping does leaves its entry in the audit trail, with who, what, of which import, and from where."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.mapping.removal import Removal
from services.mapping.usecases import imports
from services.mapping.usecases.answers import NOTHING_SAID
from shared.audit import Act
from shared.auth import Person
from tests.integration.mapping.deciding import SKIP, approve, awaits_second, cancel, confirm, few_found
from tests.integration.mapping.test_recipes import MAPPING
from tests.integration.mapping.test_rounds import CONTENT, OUTCOMES, ended
from tests.integration.mapping.world import World
from tests.support.audited import Scenario, Told, answered
from tests.support.crm import Biller
from tests.support.plans import plan_row

IVY = Person("ivy", "Ivy Marsh")


async def _held(world: World, biller: Biller) -> UUID:
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C202",), missing=3, C202=3)
    return import_id


async def _uploads(world: World, biller: Biller) -> None:
    told = await Told.from_now(world.admin)
    file = await world.upload(biller)
    entry = await told.one(Act.FILE_UPLOADED)
    assert (entry["actor"], entry["biller_id"], entry["recorded_by"]) == ("ivy", biller.id, "ci_mapping")
    assert entry["detail"]["file_id"] == file["id"]
    assert entry["source"] == "API from 127.0.0.1"


async def _removes_a_file(world: World, biller: Biller) -> None:
    file = await world.upload(biller)
    import_id = await world.imported(biller)
    await world.admin.execute("UPDATE mapping.import SET file_id = $2 WHERE id = $1", import_id, UUID(file["id"]))
    await world.checked(import_id, state="rejected", F008=1)
    told = await Told.from_now(world.admin)
    while await Removal(world.database, world.uploads).step():
        pass
    [entry] = [one for one in await told.of(Act.FILE_REMOVED) if one["detail"]["file_id"] == file["id"]]
    assert (entry["actor"], entry["import_id"], entry["source"]) == ("", import_id, "background")


async def _deletes_a_file(world: World, biller: Biller) -> None:
    file = await world.upload(biller)
    told = await Told.from_now(world.admin)
    client = world.signed_in("ivy")
    await answered(client.delete(f"/billers/{biller.id}/files/{file['id']}"), 204)
    entry = await told.one(Act.FILE_DELETED)
    assert (entry["actor"], entry["biller_id"], entry["detail"]) == ("ivy", biller.id, {"file_id": file["id"]})


async def _looks_at_a_file(world: World, biller: Biller) -> None:
    content, file = await _recipe(world, biller)
    told = await Told.from_now(world.admin)
    await answered(world.signed_in("ivy").post(f"/billers/{biller.id}/recipes", json=content), 201)
    assert (await told.one(Act.FILE_SEEN))["detail"] == {"file_id": file["id"]}


async def _saves_a_recipe(world: World, biller: Biller) -> None:
    content, _ = await _recipe(world, biller)
    told = await Told.from_now(world.admin)
    saved = await answered(world.signed_in("ivy").post(f"/billers/{biller.id}/recipes", json=content), 201)
    entry = await told.one(Act.RECIPE_SAVED)
    assert entry["detail"] == {"recipe_id": saved.json()["id"], "version": 1, "kind": "paperless"}


async def _recipe(world: World, biller: Biller) -> tuple[dict[str, Any], dict[str, Any]]:
    file = await world.upload(biller)
    return {"name": "Monthly", "file_id": file["id"], **MAPPING}, file


async def _keeps_recipients(world: World, biller: Biller) -> None:
    told, address = await Told.from_now(world.admin), f"/billers/{biller.id}/log-recipients"
    client = world.signed_in("ivy")
    added = await answered(client.post(address, json={"email": "ann@example.com"}), 200, 201)
    await answered(client.delete(f"{address}/{added.json()['id']}"), 204)
    for act in (Act.RECIPIENT_ADDED, Act.RECIPIENT_REMOVED):
        entry = await told.one(act)
        assert (entry["actor"], entry["detail"]) == ("ivy", {"recipient_id": added.json()["id"]})


async def _defines(world: World, biller: Biller) -> None:
    definition, key = await world.definition(biller), uuid4()
    told = await Told.from_now(world.admin)
    first = await answered(world.ask(definition, key=key), 202)
    await answered(world.ask(definition, key=key), 202)
    entry = await told.one(Act.DEFINED)
    assert (str(entry["import_id"]), entry["actor"]) == (first.json()["import_id"], "ivy")
    assert entry["detail"]["asks"] is True


async def _considers(world: World, biller: Biller) -> None:
    import_id = await _held(world, biller)
    told = await Told.from_now(world.admin)
    context = world.app.state.context
    await imports.consider(context, IVY, import_id, 1, {"C202": "create"}, NOTHING_SAID)
    entry = await told.one(Act.CONSIDERED)
    assert entry["detail"] == {"code": "C202", "choice": "create", "check_no": 1, "count": 3}


async def _decides_and_starts(world: World, biller: Biller) -> None:
    """Every answer is kept, not only the last one."""
    import_id = await _held(world, biller)
    told = await Told.from_now(world.admin)
    await answered(confirm(world, import_id, C202=SKIP), 200)
    await world.checked(import_id, check_no=2, undecided=("C202",), missing=4, C202=4)
    await answered(confirm(world, import_id, person="sam", check_no=2, C202=SKIP), 200)
    decided = [(one["actor"], one["detail"]) for one in await told.of(Act.DECIDED)]
    expected = {"code": "C202", "choice": "skip"}
    assert decided == [
        ("ivy", expected | {"check_no": 1, "count": 3}),
        ("sam", expected | {"check_no": 2, "count": 4}),
    ]
    assert [(one["actor"], one["detail"]) for one in await told.of(Act.STARTED)] == [
        ("ivy", {"check_no": 1}),
        ("sam", {"check_no": 2}),
    ]


async def _approves(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 30)
    await awaits_second(world, import_id, 30)
    told = await Told.from_now(world.admin)
    await answered(approve(world, import_id, check_no=2), 200)
    entry = await told.one(Act.APPROVED)
    assert (entry["actor"], entry["detail"]) == ("sam", {"check_no": 2, "decided_by": "ivy"})


async def _returns(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 30)
    await awaits_second(world, import_id, 30)
    told = await Told.from_now(world.admin)
    await imports.give_back(world.app.state.context, Person("sam", "Sam"), import_id, 2, "Too many")
    entry = await told.one(Act.RETURNED)
    assert (entry["actor"], entry["detail"]) == ("sam", {"check_no": 2})  # the note may name somebody


async def _cancels(world: World, biller: Biller) -> None:
    import_id = await _held(world, biller)
    told = await Told.from_now(world.admin)
    await answered(cancel(world, import_id), 200, 202)
    assert (await told.one(Act.CANCELED))["actor"] == "ivy"


async def _resumes(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.admin.execute(
        """INSERT INTO execution.job (import_id, biller_id, kind, state, waiting_reason, waiting_since)
           SELECT id, biller_id, kind, 'running', '42501', now() FROM mapping.import WHERE id = $1""",
        import_id,
    )
    await world.crm.right("vera", None, "all")
    told = await Told.from_now(world.admin)
    await answered(world.signed_in("vera").post(f"/imports/{import_id}/resume"), 200)
    await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'vera'")
    assert (await told.one(Act.RESUMED))["import_id"] == import_id


async def _looks_at_rows(world: World, biller: Biller) -> None:
    import_id = await _held(world, biller)
    await plan_row(world.admin, import_id, 5)
    told = await Told.from_now(world.admin)
    await answered(world.signed_in("ivy").get(f"/imports/{import_id}/plan"), 200)
    await answered(world.signed_in("ivy").get(f"/imports/{import_id}/plan/samples"), 200)
    seen = [(one["import_id"], one["actor"], one["detail"]["what"]) for one in await told.of(Act.ROWS_SEEN)]
    assert seen == [(import_id, "ivy", "plan"), (import_id, "ivy", "samples")]


async def _is_refused(world: World, biller: Biller) -> None:
    told = await Told.from_now(world.admin)
    await answered(world.signed_in("mallory").get(f"/billers/{biller.id}/files"), 403)
    await answered(world.signed_in("ivy").get("/billers", headers={"authorization": "Bearer x"}), 401)
    known, unknown = await told.of(Act.REFUSED)
    assert (known["actor"], known["detail"]["code"]) == ("mallory", "F011")
    assert known["detail"]["route"] == "GET /billers/{biller_id}/files"
    assert (unknown["actor"], unknown["detail"]["code"]) == ("", "unauthenticated")


async def _continues(world: World, biller: Biller) -> None:
    import_id = await _held(world, biller)
    await world.admin.execute(
        """INSERT INTO execution.job (import_id, biller_id, kind, state, first_chunk, paused_at)
           SELECT id, biller_id, kind, 'running', 1, now() FROM mapping.import WHERE id = $1""",
        import_id,
    )
    told = await Told.from_now(world.admin)
    await answered(world.signed_in("ivy").post(f"/imports/{import_id}/continue"), 200, 202, 204)
    assert (await told.one(Act.CONTINUED))["actor"] == "ivy"


async def _with_a_failed_row(world: World, biller: Biller) -> UUID:
    file = await world.upload(biller, content=CONTENT)
    import_id = await world.imported(biller, file={name: file[name] for name in ("id", "sha256", "size")})
    await world.checked(import_id)
    await plan_row(world.admin, import_id, 4, verdict="failed", codes=["R142"])
    return import_id


async def _corrects(world: World, biller: Biller) -> None:
    import_id = await _with_a_failed_row(world, biller)
    told = await Told.from_now(world.admin)
    body = {"check_no": 1, "cells": [{"line": 4, "column": "email", "value": "bob@example.com"}]}
    await answered(world.signed_in("ivy").post(f"/imports/{import_id}/correct", json=body), 200)
    entry = await told.one(Act.CORRECTED)
    assert (entry["actor"], entry["import_id"], entry["detail"]["cells"]) == ("ivy", import_id, 1)
    assert "bob" not in str(entry)


async def _tries_cells(world: World, biller: Biller) -> None:
    """Also where the other service does not answer: each row and field has an entry, not each key."""
    import_id = await _with_a_failed_row(world, biller)
    told, client = await Told.from_now(world.admin), world.signed_in("ivy")
    for column, value in (("email", "bob@e"), ("email", "bob@ex"), ("Acct", "WTR-9")):
        body = {"line": 4, "cells": [{"column": column, "value": value}]}
        await answered(client.post(f"/imports/{import_id}/row-check", json=body), 503)
    entries = await told.of(Act.CELLS_TRIED)
    assert [(one["actor"], one["import_id"], one["biller_id"]) for one in entries] == [
        ("ivy", import_id, biller.id)
    ] * 2
    assert [one["detail"] for one in entries] == [
        {"line": 4, "fields": "email", "tries": 1},
        {"line": 4, "fields": "account_number", "tries": 2},
    ]


SCENARIOS: dict[Act, Scenario] = {
    Act.CORRECTED: _corrects,
    Act.CELLS_TRIED: _tries_cells,
    Act.FILE_UPLOADED: _uploads,
    Act.FILE_REMOVED: _removes_a_file,
    Act.FILE_DELETED: _deletes_a_file,
    Act.FILE_SEEN: _looks_at_a_file,
    Act.RECIPE_SAVED: _saves_a_recipe,
    Act.RECIPIENT_ADDED: _keeps_recipients,
    Act.RECIPIENT_REMOVED: _keeps_recipients,
    Act.DEFINED: _defines,
    Act.CONSIDERED: _considers,
    Act.DECIDED: _decides_and_starts,
    Act.STARTED: _decides_and_starts,
    Act.APPROVED: _approves,
    Act.RETURNED: _returns,
    Act.CANCELED: _cancels,
    Act.RESUMED: _resumes,
    Act.CONTINUED: _continues,
    Act.ROWS_SEEN: _looks_at_rows,
    Act.REFUSED: _is_refused,
}


@pytest.mark.parametrize("scenario", dict.fromkeys(SCENARIOS.values()), ids=lambda one: one.__name__.strip("_"))
async def test_it_leaves_its_entry(world: World, biller: Biller, scenario: Scenario) -> None:
    await scenario(world, biller)


async def test_what_is_undone_and_tried_again_is_defined_by_somebody(world: World, biller: Biller) -> None:
    await world.crm.right("ivy", biller, may_undo=True)
    file = await world.upload(biller, content=CONTENT)
    definition = await world.definition(biller)
    definition["file"] = {name: file[name] for name in ("id", "sha256", "size")}
    import_id = UUID((await answered(world.ask(definition), 202)).json()["import_id"])
    await ended(world, import_id, OUTCOMES)
    told, client = await Told.from_now(world.admin), world.signed_in("ivy")
    headers = {"idempotency-key": str(uuid4())}
    made = (
        await answered(client.post(f"/imports/{import_id}/rounds", headers=headers, json={"lines": [4]}), 202)
    ).json()
    entry = await told.one(Act.DEFINED)
    assert (str(entry["import_id"]), entry["detail"]["retries"]) == (made["round_import_id"], str(import_id))
    await answered(cancel(world, UUID(made["round_import_id"])), 200, 202)
    told = await Told.from_now(world.admin)
    undo = await answered(client.post(f"/imports/{import_id}/undo", headers={"idempotency-key": str(uuid4())}), 202)
    entry = await told.one(Act.DEFINED)
    assert (str(entry["import_id"]), entry["detail"]["undoes"]) == (undo.json()["import_id"], str(import_id))


async def test_what_was_not_done_leaves_no_entry(world: World, biller: Biller) -> None:
    import_id = await _held(world, biller)
    told = await Told.from_now(world.admin)
    await answered(confirm(world, import_id, C202={"choice": "replace_owner"}), 409, 422)
    assert not await told.of(Act.DECIDED)
    assert not await told.of(Act.STARTED)
