"""The download, cell for cell."""

import csv
import io
from uuid import UUID

import httpx
import pytest

from services.notifier.log_file import Audience, ResultLog, Which
from shared.contracts.events import ChunkApplied
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome
from shared.secure_upload import object_key
from tests.integration.notifier.world import Imported, World

OK, SAME, SKIPPED, HELD, FAILED = Outcome
NASTY = (
    "Acct;Bank Acct;Payer Token;Email;Name;Note\r\n"
    'WTR-1;123456789;tok_abcdef;ann@example.com;"ORTIZ; ANA";=1+2\r\n'
    'WTR-2;4455;;bob@example.com;"LEE ""BO"" WU";"two\r\nlines"\r\n'
    "WTR-3;99887766;;@carl;PEÑA;+49 30\r\n"
    "WTR-4;too;few\r\n"
    "\r\n"
    'WTR-5;;;"=HYPERLINK(""http://x"")";-;\tTab\r\n'
).encode("cp1252")
RESULTS = [
    (2, OK, []),
    (3, SAME, ["W333"]),
    (5, SKIPPED, ["C202"]),
    (6, FAILED, ["R104"]),
    (8, HELD, ["R132", "W301"]),
]
IDS = ["customer_id", "login_id"]
HEADER = ["Acct", "Bank Acct", "Payer Token", "Email", "Name", "Note", "line", "outcome", "codes", "reason"]
ALL = [
    HEADER,
    ["WTR-1", "****6789", "****cdef", "ann@example.com", "ORTIZ; ANA", "'=1+2", "2", "applied", "", ""],
    [
        "WTR-2",
        "****",
        "",
        "bob@example.com",
        'LEE "BO" WU',
        "two\r\nlines",
        "3",
        "no_change",
        "W333",
        "No change needed",
    ],
    ["WTR-3", "****7766", "", "'@carl", "PEÑA", "'+49 30", "5", "skipped", "C202", "Account not found"],
    ["****-4", "too", "few", "", "", "", "6", "failed", "R104", "The line has too few or too many cells"],
    [
        *("WTR-5", "", "", '\'=HYPERLINK("http://x")', "'-", "'\tTab", "8", "held", "R132 W301"),
        "Rows of the same account have different emails; Spreadsheet damage was repaired",
    ],
]


@pytest.fixture(scope="module")
async def imported(world: World) -> Imported:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    made = await world.defined(
        biller,
        kind=ImportKind.AUTOPAY,
        content=NASTY,
        columns={"email": "Email", "card_token": "Payer Token"},
        reading={"encoding": "windows-1252", "delimiter": ";"},
    )
    await world.finished(made, RESULTS)
    return made


async def download(client: httpx.AsyncClient, import_id: UUID, **asked: str) -> list[list[str]]:
    response = await client.get(f"/imports/{import_id}/log.csv", params=asked)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert response.headers["content-disposition"].startswith(f'attachment; filename="import-{import_id}-')
    rows = list(csv.reader(io.StringIO(response.content.decode(), newline=""), strict=True))
    assert rows[0][-2:] == IDS
    return [row[:-2] for row in rows]


async def test_all_rows_cell_for_cell(client: httpx.AsyncClient, imported: Imported) -> None:
    assert await download(client, imported.import_id) == ALL


async def test_failed_are_the_failed_and_the_held_rows(client: httpx.AsyncClient, imported: Imported) -> None:
    assert await download(client, imported.import_id, which="failed") == [ALL[0], ALL[4], ALL[5]]


async def test_not_imported_are_the_skipped_rows_as_well(client: httpx.AsyncClient, imported: Imported) -> None:
    assert await download(client, imported.import_id, which="not_imported") == [ALL[0], ALL[3], ALL[4], ALL[5]]


async def test_nothing_personal_goes_to_a_mailbox(world: World, imported: Imported) -> None:
    log = ResultLog(world.database, world.uploads)
    async with log.open(imported.import_id, Which.ALL, Audience.MAILBOX) as pieces:
        text = b"".join([piece async for piece in pieces]).decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert rows[1][:-2] == [
        "****-1",
        "****6789",
        "****cdef",
        "a***@example.com",
        "O***",
        "'=***",
        "2",
        "applied",
        "",
        "",
    ]
    for secret in ("123456789", "99887766", "tok_", "ann@", "bob@", "ORTIZ", "PEÑA", "WTR-"):
        assert secret not in text


async def test_a_long_log_holds_every_row_once(client: httpx.AsyncClient, world: World) -> None:
    count = 12_345
    lines = [f"WTR-{number},p{number}@example.com" for number in range(count)]
    content = "\n".join(["Acct,Email", *lines]).encode()
    biller = await world.biller()
    await world.right("iris", biller, "all")
    made = await world.defined(biller, content=content)
    counts = await world.finished(made, [(number + 2, [*Outcome][number % 5], []) for number in range(count)])
    rows = await download(client, made.import_id)
    assert [row[0] for row in rows[1:]] == [f"WTR-{number}" for number in range(count)]
    assert [row[2] for row in rows[1:]] == [str(number + 2) for number in range(count)]
    assert len(rows) - 1 == counts.read
    failed = await download(client, made.import_id, which="failed")
    assert len(failed) - 1 == counts.failed + counts.held


async def test_what_goes_to_the_log_alone_has_columns_of_its_own(client: httpx.AsyncClient, world: World) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    content = b"Acct,Email,Old\r\nWTR-1,ann@example.com,=P-1\r\nWTR-2,bob@example.com,\r\n"
    made = await world.defined(biller, content=content, columns={"email": "Email", "legacy_id": "Old"})
    await world.finished(made, [(2, OK, []), (3, OK, [])])
    await world.log_says(made, 2, legacy_id="=P-1")
    assert await download(client, made.import_id) == [
        ["Acct", "Email", "Old", "line", "outcome", "codes", "reason", "audit_reference_id"],
        ["WTR-1", "ann@example.com", "'=P-1", "2", "applied", "", "", "'=P-1"],
        ["WTR-2", "bob@example.com", "", "3", "applied", "", "", ""],
    ]


async def test_a_row_tells_its_records_of_the_crm(client: httpx.AsyncClient, world: World) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    made = await world.defined(biller, content=b"Acct,customer_id\r\nWTR-1,X\r\nWTR-2,Y\r\n")
    await world.finished(made, [(2, OK, []), (3, HELD, ["R198"])])
    await world.admin.execute(
        "UPDATE execution.row_result SET customer_id = 7, login_id = 8 WHERE import_id = $1 AND line_no = 2",
        made.import_id,
    )
    response = await client.get(f"/imports/{made.import_id}/log.csv")
    rows = list(csv.reader(io.StringIO(response.text)))
    assert [row[-2:] for row in rows] == [["import_customer_id", "login_id"], ["7", "8"], ["", ""]]


async def test_columns_in_which_the_check_saw_bank_data_are_masked(client: httpx.AsyncClient, world: World) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    content = b"Acct,Email,Pay Info,Phone\r\nWTR-1,ann@example.com,021000021/48151710529,48151710529\r\n"
    made = await world.defined(biller, content=content)
    await world.admin.execute(
        """INSERT INTO validation.import_check (import_id, biller_id, kind, file_sha256, bank_columns)
           VALUES ($1, $2, 'paperless', '', '{2,3}') ON CONFLICT (import_id) DO UPDATE SET bank_columns = '{2,3}'""",
        made.import_id,
        biller,
    )
    await world.finished(made, [(2, OK, [])])
    (_, row) = await download(client, made.import_id)
    assert row[:4] == ["WTR-1", "ann@example.com", "****0529", "****0529"]


async def test_a_held_row_says_what_changed(client: httpx.AsyncClient, world: World) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    made = await world.defined(biller, content=b"Acct,Email\r\nWTR-1,ann@example.com\r\nWTR-2,bob@example.com\r\n")
    await world.finished(made, [(2, HELD, ["R198"]), (3, HELD, ["R198"])])
    await world.changed(made, 2, "owner", "payment blocks")
    left = "The customer changed in the CRM after the check, so nothing was written"
    reasons = [row[-1] for row in (await download(client, made.import_id))[1:]]
    assert reasons == [f"{left}. What changed since the check: owner; payment blocks", left]


async def test_a_file_that_was_purged_is_said_so(client: httpx.AsyncClient, world: World) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    made = await world.defined(biller)
    await world.finished(made, [(2, OK, []), (3, OK, [])])
    file_id = await world.admin.fetchval("SELECT file_id FROM mapping.import WHERE id = $1", made.import_id)
    await world.uploads.delete(object_key(biller, file_id))
    response = await client.get(f"/imports/{made.import_id}/log.csv")
    assert response.status_code == 410
    assert response.json()["code"] == "file_gone"


async def test_rows_that_were_removed_are_said_to_be_so(client: httpx.AsyncClient, world: World) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    made = await world.defined(biller)
    await world.finished(made, [(2, OK, []), (3, OK, [])])
    page = f"/imports/{made.import_id}/rows"
    assert (await client.get(page)).json()["removed_at"] is None
    await world.admin.execute("DELETE FROM execution.row_result WHERE import_id = $1", made.import_id)
    await world.admin.execute("UPDATE execution.job SET rows_removed_at = now() WHERE import_id = $1", made.import_id)
    answer = (await client.get(page)).json()
    assert answer["items"] == []
    assert answer["removed_at"] is not None
    response = await client.get(f"/imports/{made.import_id}/log.csv")
    assert (response.status_code, response.json()["code"]) == (410, "rows_removed")


async def test_another_file_in_its_place_is_never_shown(client: httpx.AsyncClient, world: World) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    made = await world.defined(biller)
    await world.finished(made, [(2, OK, []), (3, OK, [])])
    await world.admin.execute(
        """UPDATE mapping.import SET definition = jsonb_set(definition, '{file,sha256}', to_jsonb(repeat('0', 64)))
           WHERE id = $1""",
        made.import_id,
    )
    response = await client.get(f"/imports/{made.import_id}/log.csv")
    assert (response.status_code, response.json()["code"]) == (410, "file_changed")


async def test_a_file_that_was_cut_still_tells_every_result(client: httpx.AsyncClient, world: World) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    made = await world.defined(biller, content=b'Acct,Email\r\nWTR-1,ann@example.com\r\nWTR-2,"open')
    await world.finished(made, [(2, OK, []), (3, FAILED, ["R141"])])
    rows = await download(client, made.import_id)
    assert [row[2:4] for row in rows[1:]] == [["2", "applied"], ["3", "failed"]]


async def test_an_import_that_runs_has_no_log_yet(client: httpx.AsyncClient, world: World) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    made = await world.defined(biller)
    counts = await world.results(made, [(2, OK, [])])
    await world.publish(ChunkApplied(import_id=made.import_id, biller_id=biller, chunk_no=1, counts=counts))
    response = await client.get(f"/imports/{made.import_id}/log.csv")
    assert response.status_code == 409
    assert response.json()["code"] == "no_results"
