"""What rejects a file or a definition, and what is kept of it.

Rules file-1 to file-10.
"""

import json
from typing import Any

import pytest

from tests.integration.validation.world import SUBJECT, TODAY, World, refused

LINES = ["Account,Email", "A1,a@example.com"]


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
        ("Account,Email,Note\nA1,a@example.com,4111:1111:1111:1111\n", "F008"),
        ("Account,Email,Note\nA1,a@example.com,4111 \u2022 1111 \u2022 1111 \u2022 1111\n", "F008"),
        ("Card 4111111111111111 export\nAccount,Email\nA1,a@example.com\nA2,b@example.com\n", "F008"),
        ("Account,Email\nA1,a@example.com\nA2,b@example.com\n# Card 4111111111111111 export\n", "F008"),
        ("Account,Email\nA1,a@example.com\nA2,b@example.com\nTotal: 4111111111111111\n", "F008"),
        ("Account,Email,Id\nA1,a@example.com,219 10 4000\nA2,b@example.com,219/10/4001\n", "F009"),
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


@pytest.mark.parametrize(("header", "name"), [("Meter Serial", "Meter Serial"), ("Card 4111111111111111", None)])
async def test_a_refused_column_is_named_unless_its_name_is_a_card_number(
    world: World, header: str, name: str | None
) -> None:
    biller = await world.biller()
    text = f"Account,Email,{header}\nA1,a@example.com,4111 1111 1111 1111\n"
    import_id = await world.define(biller, "paperless", text)
    await world.run(import_id)
    query = "SELECT detail FROM validation.finding WHERE import_id = $1 AND code = 'F008'"
    detail = json.loads(await world.admin.fetchval(query, import_id))
    assert (detail["column"], detail.get("name")) == (3, name)
    assert "remove its column or shorten the number" in detail["remedy"]


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
    lines = [
        "Account,Email",
        "4111111111111111,a@example.com",
        *(f"{number},b@example.com" for number in (10**15, 10**15 + 1)),
    ]
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


async def test_names_are_the_same_however_their_accents_are_stored(world: World) -> None:
    biller = await world.biller()
    await world.admin.execute("UPDATE crm.biller SET name = $2 WHERE id = $1", biller.id, f"Régie {biller.id}")
    columns = {"email": "Adressé", "biller_name": "Town"}
    lines = f"Account,Adresse\u0301,Town\nA1,a@example.com,RE\u0301GIE {biller.id}\n"
    done = await world.run(await world.define(biller, "paperless", lines, columns=columns))
    assert done.approved.planned.read == 1
    await world.finish(done.id)
    twice = f"Account,Adresse\u0301,Adressé,Town\nA1,a@example.com,b@example.com,Régie {biller.id}\n"
    assert await refused(world, twice, biller=biller, columns=columns) == {"F005": 1}


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
