"""An import and its rounds are one: rows, sums and log tell the newest result of each row, and what was corrected."""

import csv
import io
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from services.notifier.log_file import Audience, ResultLog, Which
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome
from tests.integration.notifier.world import Imported, World

_MORE = ("round", "corrected", "customer_id", "login_id")
_FILE = b"Acct,Email,Bank Acct\nWTR-1,ann@example.com,1\nWTR-2,bob@,123456789\nWTR-3,cy@,4\nWTR-4,dee@,5\n"
_READING = {"encoding": "utf-8", "delimiter": ",", "quote": '"', "header_line": 1}
_SECOND = b"Acct,Email,Bank Acct\n\nWTR-2,bob@example.com,123456780\nWTR-3,cy@,4\n"


@pytest.fixture(scope="module")
async def imported(world: World) -> Imported:
    """Four rows, of which the second and third were tried again, one of them with success."""
    biller = await world.biller()
    await world.right("iris", biller, "all")
    first = await world.defined(biller, kind=ImportKind.PAPERLESS, content=_FILE)
    failed = Outcome.FAILED
    await world.finished(first, [(2, Outcome.APPLIED, []), *((line, failed, ["R142"]) for line in (3, 4, 5))])
    second = await _round(world, first, 2, _SECOND, {"failed": 2}, {"R142": 2})
    await world.admin.executemany(
        "INSERT INTO mapping.correction VALUES ($1, $2, $3, $4, $5)",
        [
            (second.import_id, 3, "Email", "bob@", "bob@example.com"),
            (second.import_id, 3, "Bank Acct", "****6789", "****6780"),
        ],
    )
    await world.finished(second, [(3, Outcome.APPLIED, ["W320"]), (4, failed, ["R141"])])
    third = await _round(world, first, 3, _SECOND, {"failed": 1}, {"R141": 1})  # not confirmed yet
    await world.admin.execute(
        "INSERT INTO mapping.correction VALUES ($1, 4, 'Email', 'cy@', 'cy@example.com')", third.import_id
    )
    return first


async def _round(
    world: World, of: Imported, number: int, content: bytes, retried: dict[str, int], codes: dict[str, int]
) -> Imported:
    made = await world.defined(of.biller_id, content=content, reading=_READING, requester=("ivy", "Ivy Marsh"))
    await world.admin.execute(
        "UPDATE mapping.import SET retries = $2, round = $3, retried = $4, retried_codes = $5 WHERE id = $1",
        *(made.import_id, of.import_id, number, json.dumps(retried), json.dumps(codes)),
    )
    return made


async def test_sums_are_of_the_newest_results(client: httpx.AsyncClient, imported: Imported) -> None:
    shown = (await client.get(f"/imports/{imported.import_id}")).json()
    assert (shown["counts"]["applied"], shown["counts"]["failed"]) == (1, 3)
    assert (shown["totals"]["read"], shown["totals"]["applied"], shown["totals"]["failed"]) == (4, 2, 2)
    assert [(one["round"], one["counts"]["read"]) for one in shown["rounds"]][:1] == [(2, 2)]
    of_round = (await client.get(f"/imports/{shown['rounds'][0]['import_id']}")).json()
    assert (of_round["retries"], of_round["round"]) == (str(imported.import_id), 2)


async def test_lists_count_as_the_import_does(client: httpx.AsyncClient, imported: Imported) -> None:
    shown = (await client.get(f"/imports/{imported.import_id}")).json()
    listed = (await client.get("/imports", params={"biller_id": imported.biller_id})).json()["items"]
    sums = {one["import_id"]: one["totals"] for one in listed}
    assert sums[str(imported.import_id)] == shown["totals"]
    for of_round in shown["rounds"]:
        assert sums[of_round["import_id"]] == of_round["counts"]


async def test_rows_have_their_newest_results(client: httpx.AsyncClient, imported: Imported) -> None:
    address = f"/imports/{imported.import_id}/rows"
    rows = (await client.get(address)).json()["items"]
    assert [(one["line"], one["outcome"], one["codes"], one["round"]) for one in rows] == [
        (2, "applied", [], 1),
        (3, "applied", ["W320"], 2),
        (4, "failed", ["R141"], 2),
        (5, "failed", ["R142"], 1),
    ]
    failed = (await client.get(address, params={"outcome": "failed", "limit": 1})).json()
    assert ([one["line"] for one in failed["items"]], failed["next"]) == ([4], 4)
    of_code = (await client.get(address, params={"code": "R142"})).json()["items"]
    assert [one["line"] for one in of_code] == [5]


async def test_what_was_corrected_is_told_with_who_did_it(client: httpx.AsyncClient, imported: Imported) -> None:
    page = (await client.get(f"/imports/{imported.import_id}/corrections")).json()
    assert [
        (one["line"], one["column"], one["before"], one["after"], one["corrected_by"]) for one in page["items"]
    ] == [
        (3, "Bank Acct", "****6789", "****6780", "Ivy Marsh"),
        (3, "Email", "bob@", "bob@example.com", "Ivy Marsh"),
        (4, "Email", "cy@", "cy@example.com", "Ivy Marsh"),
    ]


async def test_the_log_has_the_rows_as_they_were_last(client: httpx.AsyncClient, imported: Imported) -> None:
    response = await client.get(f"/imports/{imported.import_id}/log.csv", params={"which": "all"})
    rows = list(csv.reader(io.StringIO(response.text)))
    assert rows[0] == ["Acct", "Email", "Bank Acct", "line", "outcome", "codes", "reason", *_MORE]
    assert rows[1][:5] == ["WTR-1", "ann@example.com", "****", "2", "applied"]
    assert rows[2][:5] == ["WTR-2", "bob@example.com", "****6780", "3", "applied"]
    told = "Bank Acct: ****6789 → ****6780 (Ivy Marsh); Email: bob@ → bob@example.com (Ivy Marsh)"
    assert rows[2][7:9] == ["2", told]
    assert [row[4] + row[7] + row[8] for row in rows[3:]] == ["failed2", "failed1"]


async def test_a_mailed_log_masks_what_was_corrected(world: World, imported: Imported) -> None:
    log = ResultLog(world.database, world.uploads)
    async with log.open(imported.import_id, Which.ALL, Audience.MAILBOX) as pieces:
        text = b"".join([piece async for piece in pieces]).decode()
    assert "Email: b*** → b***@example.com (Ivy Marsh)" in text
    assert "bob@" not in text


async def test_the_changed_file_of_a_round_is_never_shown(
    world: World, client: httpx.AsyncClient, imported: Imported
) -> None:
    key = await world.admin.fetchval(
        """SELECT f.object_key FROM mapping.import i JOIN mapping.secure_file f ON f.id = i.file_id
           WHERE i.retries = $1 AND i.round = 2""",
        imported.import_id,
    )
    await replace(world, key, _SECOND.replace(b"bob@example.com", b"eve@example.com"))
    response = await client.get(f"/imports/{imported.import_id}/log.csv")
    assert (response.status_code, response.json()["code"]) == (410, "file_changed")
    await replace(world, key, _SECOND)
    assert (await client.get(f"/imports/{imported.import_id}/log.csv")).status_code == 200


async def replace(world: World, key: str, content: bytes) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    await world.uploads.delete(key)
    await world.uploads.put(key, pieces(), 1 << 20)


async def test_what_is_undone_of_a_round_is_told_by_the_import(
    client: httpx.AsyncClient, world: World, imported: Imported
) -> None:
    before = (await client.get(f"/imports/{imported.import_id}")).json()
    assert {one["code"]: one["count"] for one in before["result_codes"]} == {"R141": 1, "R142": 1, "W320": 1}
    second = before["rounds"][0]["import_id"]
    undo = await world.defined(imported.biller_id, content=_SECOND, reading=_READING)
    await world.admin.execute("UPDATE mapping.import SET undoes = $2 WHERE id = $1", undo.import_id, second)
    await world.admin.execute("UPDATE execution.chunk SET undone = 1 WHERE import_id = $1", second)
    await world.admin.execute(
        "UPDATE execution.row_result SET undone_by = $2, undone_at = now() WHERE import_id = $1 AND line_no = 3",
        *(second, undo.import_id),
    )
    shown = (await client.get(f"/imports/{imported.import_id}")).json()
    rows = (await client.get(f"/imports/{imported.import_id}/rows")).json()["items"]
    assert shown["undone"] == len([row for row in rows if row["undone_by"]]) == 1
    assert shown["undone_by"] == [str(undo.import_id)]
    assert [one["undone"] for one in shown["rounds"]] == [1]
    of_round = (await client.get(f"/imports/{second}")).json()
    assert (of_round["undone"], of_round["undone_by"]) == (1, [str(undo.import_id)])
    assert (shown["totals"]["applied"], of_round["totals"]["applied"]) == (2, 1)


async def test_what_was_corrected_before_the_run_is_told_without_rounds(
    client: httpx.AsyncClient, world: World, biller: int
) -> None:
    first = await world.defined(biller, content=_FILE, reading=_READING)
    await world.finished(first, [(2, Outcome.APPLIED, []), (3, Outcome.APPLIED, [])])
    await world.admin.execute(
        "INSERT INTO mapping.correction VALUES ($1, 3, 'Email', 'bob@', 'bob@example.com', 'Sam Second', now())",
        first.import_id,
    )
    [told] = (await client.get(f"/imports/{first.import_id}/corrections")).json()["items"]
    assert (told["round"], told["line"], told["corrected_by"]) == (1, 3, "Sam Second")
    response = await client.get(f"/imports/{first.import_id}/log.csv", params={"which": "all"})
    rows = list(csv.reader(io.StringIO(response.text)))
    place = rows[0].index("round")
    assert rows[2][place : place + 2] == ["1", "Email: bob@ → bob@example.com (Sam Second)"]
    assert rows[0][place + 1] == "corrected"


async def test_what_the_check_of_a_round_saw_is_masked_in_the_whole_family(
    world: World, client: httpx.AsyncClient
) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    first = await world.defined(biller, kind=ImportKind.PAPERLESS, content=b"Acct,Email,Note\nWTR-1,ann@,\nWTR-2,b@,\n")
    await world.finished(first, [(line, Outcome.FAILED, ["R142"]) for line in (2, 3)])
    content = b"Acct,Email,Note\nWTR-1,ann@,021000021\nWTR-2,b@,48151623\n"
    second = await _round(world, first, 2, content, {"failed": 2}, {"R142": 2})
    await world.admin.executemany(
        "INSERT INTO mapping.correction (import_id, line_no, column_name, before, after, place)"
        " VALUES ($1, $2, 'Note', '', $3, 2)",
        [(second.import_id, 2, "021000021"), (second.import_id, 3, "48151623")],
    )
    await world.finished(second, [(line, Outcome.FAILED, ["R142"]) for line in (2, 3)])
    await world.admin.execute(
        "INSERT INTO validation.import_check (import_id, biller_id, kind, file_sha256, state, check_no, bank_columns)"
        " VALUES ($1, $2, 'paperless', repeat('0', 64), 'finished', 1, '{2}')"
        " ON CONFLICT (import_id) DO UPDATE SET bank_columns = '{2}'",
        second.import_id,
        biller,
    )
    for import_id in (first.import_id, second.import_id):
        for address in ("log.csv?which=all", "corrections"):
            text = (await client.get(f"/imports/{import_id}/{address}")).text
            assert "****0021" in text, text
            assert "021000021" not in text
            assert "48151623" not in text
