"""What holds for the import as a whole: refusals, decisions, waiting, failing.

Rules file-1 to file-10, answer-4 to answer-6, import-1 to import-10.
"""

import json
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.validation import check as check_module
from services.validation.check import run_check
from services.validation.repository import checks, paperless
from services.validation.worker import CheckWorker
from shared.secure_upload import SecureUploadUnavailable
from tests.integration.validation.world import GOOD, SUBJECT, TODAY, World

LINES = ["Account,Email", "A1,a@example.com"]


async def refused(world: World, text: str | bytes, **changes: Any) -> dict[str, int]:
    biller = changes.pop("biller", None) or await world.biller()
    kind = changes.pop("kind", "paperless")
    done = await world.run(await world.define(biller, kind, text, **changes))
    assert done.result is not None
    assert (done.result.state, done.rows) == ("rejected", {})
    assert (await world.state(done.id))["state"] == "rejected"
    assert [topic for topic, _ in await world.said(done.id)] == ["import-rejected"]
    return dict(done.result.codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"PK\x03\x04 something", "F001"),
        ("Account,Email\n", "F002"),
        (b"Account,Email\nA1,\xe4@example.com\nA2,\xc3\xa4\n", "F003"),
        ("A1,a@example.com\nA2,b@example.com\n", "F004"),
        ("Account,Account\nA1,a\n", "F005"),
        ("Account,Email\nA1,a@example.com\nA2\nA3\n", "F006"),
        ("Account,Mail\nA1,a@example.com\n", "F007"),
        ("Account,Email,Note\nA1,a@example.com,4111 1111 1111 1111\n", "F008"),
        ("Account,Email\n4111111111111111,a@example.com\n", "F008"),
        # Lines with too many or too few cells are looked at, too.
        ("Account,Email\nA1,a@example.com,4111 1111 1111 1111\nA2,\nA3,\nA4,\n", "F008"),
        ("Account,Email,Note\nA1,4111111111111111\nA2,,\nA3,,\nA4,,\n", "F008"),
        ("Account,Email,CVV2\nA1,a@example.com,\n", "F009"),
        ("Number,Email\nA1,a@example.com\n", "F014"),
        ('Account,Email\n"A1,a@example.com\n', "F020"),
    ],
)
async def test_files_that_are_refused(world: World, text: str | bytes, code: str) -> None:
    assert await refused(world, text) == {code: 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('Account,Email\n"A1,4111111111111111\n', {"F020": 1, "F008": 1}),
        ("Account,Account,Note\nA1,a,4111-1111-1111-1111\n", {"F005": 1, "F008": 1}),
        ("Account,Email,4111 1111 1111 1111\nA1,a@example.com,\n", {"F004": 1, "F008": 1}),
        ('Account,Email\n"A1,1234567890123456\n', {"F020": 1}),
    ],
)
async def test_a_file_that_cannot_be_read_is_not_kept_with_a_card_number(
    world: World, text: str, found: dict[str, int]
) -> None:
    assert await refused(world, text) == found


@pytest.mark.parametrize(
    ("text", "code", "place", "message", "remedy"),
    [
        ("Name, last%Cust\nORTIZ, ANA%A1\nWU%A2\nDIAZ%A3\n", "F001", (1, 1), "may be the delimiter", "the delimiter"),
        ("101 021000021 1234567890261128120 0A094101RIVERBEND\n5225RIVERBEND\n", "F001", (1, 1), "NACHA", "billing"),
        ("A1,a@example.com\nA2,b@example.com\n", "F004", (1, 2), "header is missing", "header line"),
        ("Account,Email\nA1,a@example.com\nEmail,Account\n", "F004", (3, None), "different order", "same column order"),
        ("Account,Email,EMAIL\nA1,a@example.com,x\n", "F005", (1, 3), "2 columns", "Map \u201cEmail (1)\u201d or"),
        ("Account,Email\nA1,a@example.com\nA2\nA3\n", "F006", (3, 1), "2 of 3 lines", "Quote cells"),
        ("Account,Mail\nA1,a@example.com\n", "F007", (1, None), "Not in the file: \u201cEmail\u201d", None),
        ('Account,Email\nA1,x\n"A1,a@example.com\n', "F020", (3, 1), "never closed", "quotes"),
    ],
)
async def test_a_refusal_keeps_the_words_and_the_place_of_the_reader(
    world: World, text: str, code: str, place: tuple[int | None, int | None], message: str, remedy: str | None
) -> None:
    biller = await world.biller()
    import_id = await world.define(biller, "paperless", text)
    await world.run(import_id)
    detail = json.loads(
        await world.admin.fetchval(
            "SELECT detail FROM validation.finding WHERE import_id = $1 AND code = $2", import_id, code
        )
    )
    assert (detail.get("line"), detail.get("column")) == place
    assert message in detail["message"]
    assert remedy is None or remedy in detail["remedy"]


async def test_warnings_of_the_reader_keep_its_words(world: World) -> None:
    biller = await world.biller()
    done = await world.check(biller, "paperless", ["Account;Email", "A1;a@example.com"])
    detail = json.loads(
        await world.admin.fetchval(
            "SELECT detail FROM validation.finding WHERE import_id = $1 AND code = 'W303'", done.id
        )
    )
    assert detail["line"] == 1
    assert "semicolon" in detail["message"]


_BANK_FILE = "Acct Nbr,ABA,Email\n" + "".join(
    f"{number},{routing},{number}@example.com\n"
    for number, routing in (("48151710529", "021000021"), ("99120034", "21000021"), ("7716650012", "0110-0001-5"))
)


async def test_bank_accounts_are_no_account_numbers_whatever_their_column_is_called(world: World) -> None:
    parts = [{"column": "Acct Nbr"}]
    found = await refused(world, _BANK_FILE, columns={"email": "Email"}, account_number=parts)
    assert found == {"F021": 3}
    biller = await world.biller()
    await world.crm.customer(biller, "99120034")  # numbers of customers are what they are
    done = await world.run(
        await world.define(biller, "paperless", _BANK_FILE, columns={"email": "Email"}, account_number=parts)
    )
    assert done.result is not None
    assert done.result.state == "approved"


async def test_a_refused_card_number_leaves_no_sample(world: World) -> None:
    biller = await world.biller()
    import_id = await world.define(biller, "paperless", "Account,Email,Note\nA1,a@example.com,4111111111111111\n")
    await world.run(import_id)
    row = await world.admin.fetchrow(
        "SELECT detail, sample_lines FROM validation.finding WHERE import_id = $1", import_id
    )
    assert row is not None
    assert row["sample_lines"] == []
    assert "4111" not in row["detail"]


async def test_long_account_numbers_are_no_cards(world: World) -> None:
    biller = await world.biller()
    lines = ["Account,Email", "4111111111111111,a@example.com", *(f"{number},b@example.com" for number in (1, 2))]
    done = await world.check(biller, "paperless", lines)
    assert done.approved.planned.skipped == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"columns": {}}, "F007"),
        ({"invoice_types": []}, "F012"),
        ({"invoice_types": ["GAS"]}, "F013"),
        ({"account_number": []}, "F014"),
        ({"options": {}}, "F019"),
    ],
)
async def test_definitions_that_are_refused(world: World, changes: dict[str, Any], code: str) -> None:
    assert code in await refused(world, "\n".join(LINES) + "\n", **changes)


async def test_the_effective_date_is_looked_at_again(world: World) -> None:
    columns = {"routing_number": "Email", "bank_account_number": "Bank"}
    options = {"attestation": "Yes.", "effective_date": str(TODAY.replace(day=1))}
    text = "Account,Email,Bank\nA1,1,2\n"
    assert await refused(world, text, kind="autopay", columns=columns, options=options) == {"F016": 1}


async def test_a_withdrawn_right_refuses(world: World) -> None:
    biller = await world.biller()
    await world.admin.execute(
        "DELETE FROM crm.operator_right WHERE subject = $1 AND biller_id = $2", SUBJECT, biller.id
    )
    assert await refused(world, "\n".join(LINES) + "\n", biller=biller) == {"F011": 1}


async def test_a_closed_biller_takes_no_import(world: World) -> None:
    biller = await world.biller()
    await world.admin.execute("UPDATE crm.biller SET status = 'closed' WHERE id = $1", biller.id)
    assert await refused(world, "\n".join(LINES) + "\n", biller=biller) == {"F011": 1}


async def test_a_file_of_another_biller(world: World) -> None:
    biller = await world.biller()
    columns = {"email": "Email", "biller_name": "Town"}
    fine = f"Account,Email,Town\nA1,a@example.com, {biller.name.upper()} \nA2,b@example.com,\n"
    done = await world.run(await world.define(biller, "paperless", fine, columns=columns))
    assert done.approved.planned.read == 2
    await world.finish(done.id)
    assert await refused(world, f"{fine}A3,c@example.com,Gotham\n", biller=biller, columns=columns) == {"F010": 1}


async def test_a_file_that_another_biller_uploaded(world: World) -> None:
    biller, other = await world.biller(), await world.biller()
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")
    await world.admin.execute(
        "UPDATE mapping.secure_file SET biller_id = $2 WHERE id = (SELECT file_id FROM mapping.import WHERE id = $1)",
        *(import_id, other.id),
    )
    done = await world.run(import_id)
    assert done.result is not None
    assert (done.result.state, dict(done.result.codes)) == ("rejected", {"F018": 1})


async def test_another_file_than_the_one_that_was_chosen(world: World) -> None:
    biller = await world.biller()
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")
    key = await world.admin.fetchval("SELECT object_key FROM mapping.secure_file ORDER BY uploaded_at DESC LIMIT 1")

    async def pieces() -> Any:
        yield b"Account,Email\nA1,x@example.com\n"

    await world.uploads.put(key, pieces(), 1000)
    done = await world.run(import_id)
    assert done.result is not None
    assert dict(done.result.codes) == {"F018": 1}
    gone = await world.define(biller, "paperless", "\n".join(LINES) + "\n")
    key = await world.admin.fetchval("SELECT object_key FROM mapping.secure_file ORDER BY uploaded_at DESC LIMIT 1")
    await world.uploads.delete(key)
    done = await world.run(gone)
    assert done.result is not None
    assert dict(done.result.codes) == {"F018": 1}


async def test_ask_holds_until_a_person_confirms(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    done = await world.check(biller, "paperless", LINES, decide="ask")
    assert done.result is not None
    assert (done.result.state, done.result.undecided) == ("held", ())
    await world.decide(done.id, 7, {})
    assert (await world.state(done.id))["state"] == "held"
    await world.decide(done.id, 1, {})
    again = await world.run(done.id)
    assert again.approved.planned.applied == 1
    state = await world.state(done.id)
    assert (state["state"], state["check_no"], state["rows_read"]) == ("approved", 2, 1)
    assert [topic for topic, _ in await world.said(done.id)] == ["import-held", "import-approved"]


async def test_what_is_not_covered_holds_and_more_than_was_seen_holds_again(world: World) -> None:
    biller = await world.biller()
    for number in ("A1", "A2"):
        await world.crm.customer(biller, number)
    lines = [*LINES, "A2,b@example.com", "X1,x@example.com"]
    done = await world.check(biller, "paperless", lines, decide={})
    assert done.result is not None
    assert (done.result.state, done.result.undecided) == ("held", ("C202",))
    await world.admin.execute("DELETE FROM crm.customer WHERE biller_id = $1 AND account_number = 'A2'", biller.id)
    await world.decide(done.id, 1, {"C202": {"choice": "skip", "count_seen": 1}})
    again = await world.run(done.id)
    assert again.result is not None
    assert (again.result.state, set(again.result.undecided)) == ("held", {"C201", "C202"})


async def test_many_new_customers_need_their_number_and_a_second_person(world: World) -> None:
    biller = await world.biller()
    columns = {"email": "Email", "customer_name": "Name"}
    lines = ["Account,Name,Email", "X1,ANN,x@example.com", "X2,BOB,y@example.com"]
    done = await world.check(biller, "paperless", lines, columns=columns, decide="ask")
    assert done.result is not None
    assert set(done.result.undecided) == {"C201", "C202"}
    create = {"C202": {"choice": "create", "count_seen": 2}}
    first = {"C201": {"choice": "continue", "count_seen": 2, "typed_count": 2}} | create
    await world.decide(done.id, 1, first)
    alone = await world.run(done.id)
    assert alone.result is not None
    assert alone.result.undecided == ("C201", "C207")
    await world.crm.right("nora", biller, may_approve=True)
    seconded = {"C201": first["C201"], "C207": {"choice": "continue", "count_seen": 2}}
    await world.decide(done.id, 2, {code: one | {"approved_by": "nora"} for code, one in seconded.items()})
    assert (await world.run(done.id)).approved.planned.applied == 2


async def test_stop_rejects(world: World) -> None:
    biller = await world.biller()
    decide = GOOD | {"C201": {"choice": "stop"}}
    done = await world.check(biller, "paperless", ["Account,Email", "X1,x@example.com"], decide=decide)
    assert done.result is not None
    assert (done.result.state, done.result.codes["C201"], done.rows) == ("rejected", 1, {})


async def test_the_same_file_while_it_runs_and_after_it_ran(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    first = await world.check(biller, "paperless", LINES)
    assert await refused(world, "\n".join(LINES) + "\n", biller=biller) == {"F017": 1}
    await world.finish(first.id)
    asked = await world.check(biller, "paperless", LINES, decide={})
    assert asked.result is not None
    assert asked.result.undecided == ("C203",)


async def test_another_file_of_the_biller_waits(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    first = await world.check(biller, "paperless", LINES)
    waiting = await world.define(biller, "paperless", "Account,Email\nA1,b@example.com\n")
    assert (await world.run(waiting)).result is None
    assert (await world.state(waiting))["state"] == "pending"
    await world.finish(first.id, cancelled=True)
    assert (await world.state(first.id))["state"] == "cancelled"
    assert (await world.run(waiting)).approved.planned.applied == 1


async def test_warnings_about_the_file(world: World) -> None:
    biller = await world.biller()
    text = "Account;Email;Other\nA1;a@example.com;Pe\xf1a\n".encode("cp1252")
    done = await world.run(await world.define(biller, "paperless", text))
    assert {"W302", "W303", "W304", "W351"} <= set(done.approved.codes)


async def test_a_check_that_dies_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(paperless, "decide", dies)
    with pytest.raises(ConnectionResetError):
        await run_check(world.database, import_id, world.tools)
    state = await world.state(import_id)
    assert (state["state"], state["attempts"]) == ("pending", 0)
    assert not await world.findings(import_id)
    monkeypatch.undo()
    assert (await world.run(import_id)).approved.planned.applied == 1


async def test_two_workers_never_run_one_check(world: World) -> None:
    biller = await world.biller()
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")
    async with world.database.transaction() as connection:
        assert await checks.claim(connection, import_id)
        assert (await world.run(import_id)).result is None
    assert (await world.run(import_id)).result is not None


async def test_two_files_of_a_biller_are_never_checked_at_the_same_time(world: World) -> None:
    biller, other = await world.biller(), await world.biller()
    first, second, elsewhere = [
        await world.define(whose, "paperless", f"Account,Email\nA1,{name}@example.com\n")
        for whose, name in ((biller, "a"), (biller, "b"), (other, "a"))
    ]
    async with world.database.transaction() as connection:
        assert await checks.claim(connection, first)
        assert (await world.run(second)).result is None
        assert (await world.run(elsewhere)).result is not None
    assert (await world.run(second)).result is not None


async def test_the_worker_gives_up_after_three_tries(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    biller = await world.biller()
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")
    worker = CheckWorker(world.database, world.tools)

    async def fails(*_: object, **__: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr(check_module, "stage", fails)
    for _ in range(3):
        await world.rested(import_id)
        assert await worker.step()
    assert (await world.state(import_id))["state"] == "rejected"
    assert await world.findings(import_id) == {"F099": 1}


async def test_trouble_that_passes_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    biller = await world.biller()
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")
    worker = CheckWorker(world.database, world.tools)

    async def fails(*_: object, **__: object) -> None:
        raise SecureUploadUnavailable

    monkeypatch.setattr(check_module, "stage", fails)
    assert await worker.step()
    state = await world.state(import_id)
    assert (state["state"], state["attempts"]) == ("pending", 0)
    assert state["not_before"] > state["requested_at"]
    await world.rested(import_id)
    monkeypatch.undo()
    assert await worker.step()
    assert (await world.state(import_id))["state"] == "approved"


async def test_a_biller_is_free_when_the_last_chunk_of_a_cancelled_import_has_ended(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    first = await world.check(biller, "paperless", LINES)
    waiting = await world.define(biller, "paperless", "Account,Email\nA1,b@example.com\n")
    await world.admin.execute(
        """INSERT INTO execution.job (import_id, biller_id, kind, state)
           VALUES ($1, $2, 'paperless', 'cancelled')""",
        first.id,
        biller.id,
    )
    async with world.database.transaction() as connection:
        await checks.cancel(connection, first.id)
    assert (await world.state(first.id))["state"] == "approved"
    assert (await world.run(waiting)).result is None
    await world.admin.execute("UPDATE execution.job SET finished_at = now() WHERE import_id = $1", first.id)
    assert await CheckWorker(world.database, world.tools).step()
    assert (await world.state(first.id))["state"] == "cancelled"


async def test_a_cancelled_check_ends(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")
    async with world.database.transaction() as running:
        assert await checks.claim(running, import_id)
        async with world.database.transaction() as connection:
            await checks.cancel(connection, import_id)
        assert (await world.state(import_id))["state"] == "pending"
    assert (await world.run(import_id)).result is None
    assert await CheckWorker(world.database, world.tools).step()
    assert (await world.state(import_id))["state"] == "cancelled"
    assert not await CheckWorker(world.database, world.tools).step()


async def test_a_cancellation_may_come_before_the_definition(world: World) -> None:
    import_id = uuid4()
    async with world.database.transaction() as connection:
        await checks.cancel(connection, import_id)
        await checks.cancel(connection, import_id)
    assert (
        await world.admin.fetchval("SELECT count(*) FROM validation.cancellation WHERE import_id = $1", import_id) == 1
    )


async def test_the_service_cannot_write_the_crm(world: World) -> None:
    async with world.database.connection() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE crm.customer SET name = 'x'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT account_enc FROM crm.payment_method")
