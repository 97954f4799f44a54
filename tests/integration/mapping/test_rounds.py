"""Fix and retry: rows that were not applied become a round of their import; rows that succeeded never do."""

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.mapping.repository import outdated
from shared.contracts.definition import ImportDefinition
from shared.csvfile import CsvOptions, read
from shared.secure_upload import object_key
from tests.integration.mapping.world import World
from tests.support.crm import Biller

CONTENT = (
    b'Customers of June\r\nAcct;Email;Note\r\nWTR-1;ann@example.com;\r\nWTR-2;bob@;"two\r\nlines"\r\n'
    b"WTR-3;cy@example.com;=1+1\r\nWTR-4;dee@example.com\r\nWTR-5;eve;x\r\n"
)
OUTCOMES: dict[int, tuple[str, list[str]]] = {
    3: ("applied", []),
    4: ("failed", ["R142"]),
    6: ("no_change", ["W333"]),
    7: ("failed", ["R104"]),
    8: ("held", ["R198"]),
}


async def ended(world: World, import_id: UUID, outcomes: Mapping[int, tuple[str, list[str]]]) -> None:
    """What the services would have left of an import that has run."""
    await world.checked(import_id, state="finished")
    counts: dict[str, int] = {}
    for outcome, _ in outcomes.values():
        counts[outcome] = counts.get(outcome, 0) + 1
    await world.ran(import_id, **counts)
    await world.admin.executemany(
        "INSERT INTO execution.row_result (import_id, line_no, outcome, codes) VALUES ($1, $2, $3, $4)",
        [(import_id, line, outcome, codes) for line, (outcome, codes) in outcomes.items()],
    )
    await world.admin.execute("UPDATE mapping.import SET state = 'completed_with_errors' WHERE id = $1", import_id)


@pytest.fixture
async def done(world: World, biller: Biller) -> UUID:
    file = await world.upload(biller, content=CONTENT)
    definition = await world.definition(biller)
    definition["file"] = {name: file[name] for name in ("id", "sha256", "size")}
    response = await world.ask(definition)
    import_id = UUID(response.json()["import_id"])
    await ended(world, import_id, OUTCOMES)
    return import_id


async def retry(
    world: World, import_id: UUID, person: str = "ivy", key: UUID | None = None, **body: Any
) -> httpx.Response:
    headers = {"idempotency-key": str(key or uuid4())}
    return await world.signed_in(person).post(f"/imports/{import_id}/rounds", headers=headers, json=body)


async def started(world: World, import_id: UUID, **body: Any) -> UUID:
    response = await retry(world, import_id, **body)
    assert response.status_code == 202, response.text
    return UUID(response.json()["round_import_id"])


async def rows_of(world: World, round_id: UUID) -> dict[int, list[str]]:
    """The rows of a round, read as its check reads them."""
    row = await world.admin.fetchrow(
        """SELECT i.definition, f.object_key, f.sha256 FROM mapping.import i
           JOIN mapping.secure_file f ON f.id = i.file_id WHERE i.id = $1""",
        round_id,
    )
    assert row is not None
    definition = ImportDefinition.model_validate_json(row["definition"])
    content = b"".join([piece async for piece in world.uploads.stream(row["object_key"])])
    assert hashlib.sha256(content).hexdigest() == row["sha256"] == definition.file.sha256
    reader = read(io.BytesIO(content), CsvOptions(**definition.options.reading.model_dump()))
    return {line: cells for batch in reader for line, cells in zip(batch.line_nos, batch.rows, strict=True)}


async def corrections(world: World, round_id: UUID) -> list[tuple[Any, ...]]:
    rows = await world.admin.fetch(
        "SELECT line_no, column_name, before, after FROM mapping.correction WHERE import_id = $1 ORDER BY 1, 2",
        round_id,
    )
    return [tuple(row) for row in rows]


async def test_corrected_cells_are_checked_again_on_their_own_lines(world: World, done: UUID) -> None:
    response = await retry(world, done, cells=[{"line": 4, "column": "email", "value": "bob@example.com"}], lines=[8])
    assert response.status_code == 202, response.text
    answer = response.json()
    assert (answer["import_id"], answer["round"]) == (str(done), 2)
    round_id = UUID(answer["round_import_id"])
    assert await rows_of(world, round_id) == {
        4: ["WTR-2", "bob@example.com", "two\nlines"],
        8: ["WTR-5", "eve", "x"],
    }
    assert await corrections(world, round_id) == [(4, "Email", "bob@", "bob@example.com")]
    assert await world.said_names(round_id) == ["ImportDefined"]
    shown = (await world.signed_in("ivy").get(f"/imports/{round_id}")).json()
    assert (shown["retries"], shown["round"], shown["definition"]["decide"]) == (str(done), 2, "ask")
    replaced = await world.admin.fetchval("SELECT retried FROM mapping.import WHERE id = $1", round_id)
    assert replaced == '{"held": 1, "failed": 1}'
    codes = await world.admin.fetchval("SELECT retried_codes FROM mapping.import WHERE id = $1", round_id)
    assert json.loads(codes) == {"R142": 1, "R198": 1}


async def test_the_log_corrected_and_dropped_back_in(world: World, biller: Biller, done: UUID) -> None:
    log = (
        b"Acct,Email,Note,line,outcome,codes,reason\r\nWTR-2,bob@example.com,two lines,4,failed,R142,x\r\n"
        b"WTR-4,dee@example.com,mended,7,failed,R104,\r\n"
    )
    file = await world.upload(biller, content=log, kind="paperless")
    round_id = await started(world, done, corrected_file=file["id"])
    assert await rows_of(world, round_id) == {
        4: ["WTR-2", "bob@example.com", "two\nlines"],
        7: ["WTR-4", "dee@example.com", "mended"],
    }
    assert [one[:2] for one in await corrections(world, round_id)] == [(4, "Email"), (7, "Note")]
    with pytest.raises(FileNotFoundError):
        await world.uploads.size(object_key(biller.id, UUID(file["id"])))
    listed = (await world.signed_in("ivy").get(f"/billers/{biller.id}/files")).json()["items"]
    assert [one["name"] for one in listed if one["id"] == file["id"]] == []
    assert len(listed) == 2  # neither the log nor the file of the round


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"lines": [3]}, "row_succeeded"),
        ({"lines": [6, 8]}, "row_succeeded"),
        ({"cells": [{"line": 3, "column": "Email", "value": "x@example.com"}]}, "row_succeeded"),
        ({"leave_out": [3]}, "row_succeeded"),
        ({"lines": [5]}, "no_such_row"),
        ({"codes": ["W333"]}, "nothing_to_retry"),
        ({"outcomes": ["applied"]}, "nothing_to_retry"),
        ({}, "nothing_to_retry"),
        ({"lines": [7]}, "nothing_to_retry"),  # a broken line that nobody mended
        ({"cells": [{"line": 4, "column": "Nope", "value": "x"}]}, "no_such_column"),
        ({"cells": [{"line": 4, "column": "Email", "value": "4111 1111 1111 1111"}]}, "F008"),
        *(
            ({"cells": [{"line": 4, "column": "Note", "value": value}]}, "F008")
            for value in ("4111 1111 1111 1111 123", "4111 x 1111 x 1111 x 1111", "cvv 739")
        ),
        ({"cells": [{"line": 4, "column": "Email", "value": "b"}], "leave_out": [4]}, "left_out_and_corrected"),
    ],
)  # fmt: skip
async def test_what_cannot_be_tried_again_is_refused(
    world: World, biller: Biller, done: UUID, body: dict[str, Any], code: str
) -> None:
    before = await world.admin.fetchval("SELECT count(*) FROM mapping.secure_file WHERE biller_id = $1", biller.id)
    response = await retry(world, done, **body)
    assert (response.status_code in (409, 422), response.json()["code"]) == (True, code), response.text
    after = await world.admin.fetchval("SELECT count(*) FROM mapping.secure_file WHERE biller_id = $1", biller.id)
    assert after == before


async def test_a_file_that_an_import_has_stays(world: World, biller: Biller, done: UUID) -> None:
    log = b"Acct,Email,line\r\nWTR-2,bob@example.com,4\r\n"
    file = await world.upload(biller, content=log, kind="paperless")
    reference = {name: file[name] for name in ("id", "sha256", "size")}
    assert (await world.ask(await world.definition(biller, file=reference))).status_code == 202
    await started(world, done, corrected_file=file["id"])
    assert await world.uploads.size(object_key(biller.id, UUID(file["id"]))) == len(log)
    original = await world.admin.fetchval("SELECT file_id FROM mapping.import WHERE id = $1", done)
    refused = await retry(world, done, corrected_file=str(original))
    assert refused.json()["code"] in {"not_a_log", "round_under_way"}
    assert await world.uploads.size(object_key(biller.id, original)) == len(CONTENT)


async def test_a_succeeded_row_in_the_corrected_file_refuses_it(world: World, biller: Biller, done: UUID) -> None:
    log = b"Acct,Email,line\r\nWTR-2,bob@example.com,4\r\nWTR-1,new@example.com,3\r\n"
    file = await world.upload(biller, content=log, kind="paperless")
    response = await retry(world, done, corrected_file=file["id"])
    assert (response.status_code, response.json()["code"]) == (409, "row_succeeded")
    assert "Line 3" in response.json()["title"]


async def test_rows_are_left_out_for_good(world: World, done: UUID) -> None:
    round_id = await started(world, done, leave_out=[4, 7])
    stored = await world.admin.fetchval("SELECT definition FROM mapping.import WHERE id = $1", round_id)
    assert ImportDefinition.model_validate_json(stored).options.exclude_lines == (4, 7)
    assert set(await rows_of(world, round_id)) == {4, 7}


async def test_rows_of_the_same_account_or_login_come_along(world: World, done: UUID) -> None:
    rows = {4: ("WTR-2", 5, "failed"), 8: ("WTR-2", None, "held"), 3: ("WTR-2", 5, "applied")}
    for line, (account, login, _) in rows.items():
        await world.admin.execute(
            "UPDATE execution.row_result SET account_number = $3, login_id = $4 WHERE import_id = $1 AND line_no = $2",
            *(done, line, account, login),
        )
    assert set(await rows_of(world, await started(world, done, lines=[8]))) == {4, 8}


async def test_a_word_is_mapped_for_every_row_that_has_it(world: World, done: UUID) -> None:
    await world.admin.execute(
        """UPDATE mapping.import SET definition = jsonb_set(definition, '{columns,paperless_flag}', '"Note"')
           WHERE id = $1""",
        done,
    )
    values = {"paperless_flag": {"Sim": "paperless"}}
    round_id = await started(world, done, outcomes=["failed", "held", "skipped"], values=values)
    stored = await world.admin.fetchval("SELECT definition FROM mapping.import WHERE id = $1", round_id)
    assert ImportDefinition.model_validate_json(stored).values == {"paperless_flag": {"Sim": "paperless"}}
    assert set(await rows_of(world, round_id)) == {4, 8}


async def test_meanings_beyond_those_of_a_definition_make_no_round(world: World, done: UUID) -> None:
    words = [{f"{name} {number}": "paperless" for number in range(150)} for name in ("Sim", "Nao")]
    await world.admin.execute(
        "UPDATE mapping.import SET definition = jsonb_set(definition, '{values}', $2) WHERE id = $1",
        done,
        json.dumps({"paperless_flag": words[0]}),
    )
    refused = await retry(world, done, lines=[4], values={"paperless_flag": words[1]})
    assert (refused.status_code, refused.json()["code"]) == (422, "too_much_for_a_round")
    assert await world.admin.fetchval("SELECT count(*) FROM mapping.import WHERE retries = $1", done) == 0


async def test_one_round_at_a_time_and_the_next_begins_where_it_left_off(world: World, done: UUID) -> None:
    key = uuid4()
    body: dict[str, Any] = {"cells": [{"line": 4, "column": "Email", "value": "bob@nowhere"}]}
    first, again = [await retry(world, done, key=key, **body) for _ in range(2)]
    assert first.json() == again.json()
    other = await retry(world, done, key=key, lines=[8])
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    refused = await retry(world, done, lines=[8])
    assert (refused.status_code, refused.json()["code"]) == (409, "round_under_way")
    round_id = UUID(first.json()["round_import_id"])
    assert str(round_id) in refused.json()["remedy"]

    await ended(world, round_id, {4: ("failed", ["R142"])})
    third = await retry(world, round_id, cells=[{"line": 4, "column": "Acct", "value": "WTR-9"}])
    assert (third.status_code, third.json()["round"], third.json()["import_id"]) == (202, 3, str(done))
    third_id = UUID(third.json()["round_import_id"])
    assert await rows_of(world, third_id) == {4: ["WTR-9", "bob@nowhere", "two\nlines"]}
    await ended(world, third_id, {4: ("applied", [])})
    done_now = await retry(world, done, lines=[4])
    assert (done_now.status_code, done_now.json()["code"]) == (409, "row_succeeded")


async def test_a_cancelled_round_leaves_room_for_another(world: World, done: UUID) -> None:
    round_id = await started(world, done, lines=[8])
    await world.signed_in("ivy").post(f"/imports/{round_id}/cancel")
    assert (await retry(world, done, lines=[8])).json()["round"] == 3


async def test_only_who_may_import_it_tries_rows_again(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller, "registration", columns={"email": "Email", "first_name": "Acct"})
    await ended(world, import_id, {2: ("failed", ["R142"])})
    for person in ("paul", "mallory"):
        response = await retry(world, import_id, person, lines=[2])
        assert (response.status_code, response.json()["code"]) == (404, "import_not_found")


async def test_what_has_not_run_has_no_rounds(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    response = await retry(world, import_id, lines=[2])
    assert (response.status_code, response.json()["code"]) == (409, "nothing_to_retry")


async def test_without_its_file_nothing_is_tried_again(world: World, done: UUID) -> None:
    await world.admin.execute(
        """UPDATE mapping.secure_file SET deleted_at = now(), deleted_reason = 'retention'
           WHERE id = (SELECT file_id FROM mapping.import WHERE id = $1)""",
        done,
    )
    response = await retry(world, done, lines=[8])
    assert (response.status_code, response.json()["code"]) == (410, "file_gone")


async def test_what_was_corrected_goes_with_the_rows(world: World, done: UUID) -> None:
    round_id = await started(world, done, cells=[{"line": 4, "column": "Email", "value": "bob@example.com"}])
    await ended(world, round_id, {4: ("applied", [])})
    async with world.database.transaction() as connection:
        assert await outdated.remove_corrections(connection, timedelta(days=90)) == 0
    await world.admin.execute("UPDATE execution.job SET rows_removed_at = now() WHERE import_id = $1", round_id)
    async with world.database.transaction() as connection:
        assert await outdated.remove_corrections(connection, timedelta(days=90)) == 1
    assert await corrections(world, round_id) == []
