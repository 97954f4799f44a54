"""What a row says on its own, through the whole check: each code, what holds, and what an answer changes."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.admin import app
from services.validation.repository.routing import replace_directory
from stack.postgres import EmbeddedPostgres
from tests.integration.validation.world import GOOD, Import, World
from tests.support.crm import Biller

BANK = {"routing_number": "021000021", "bank_account_number": "0098745678", "bank_account_type": "C"}
NAMES = {"autopay": BANK, "paperless": {"email": "ann@example.com"}, "registration": {"email": "ann@example.com"}}


async def check(
    world: World,
    kind: str,
    *rows: Mapping[str, str],
    decide: Mapping[str, str] | None = None,
    biller: Biller | None = None,
    **options: Any,
) -> Import:
    """Rows by field, on accounts A1, A2 and so on, which are there."""
    biller = biller or await world.biller()
    cells = [NAMES[kind] | dict(row) for row in rows]
    fields = sorted({name for row in cells for name in row})
    lines = ["Account," + ",".join(f"The {name}" for name in fields)]
    for number, row in enumerate(cells, start=1):
        await world.crm.customer(biller, f"A{number}")
        lines.append(",".join((f"A{number}", *(row.get(name, "") for name in fields))))
    choices = GOOD | {code: {"choice": choice} for code, choice in (decide or {}).items()}
    return await world.check(
        biller,
        kind,
        lines,
        columns={name: f"The {name}" for name in fields},
        options={"attestation": "It carries over.", "effective_date": "2026-04-01"} | options,
        decide=choices,
    )


def result(done: Import) -> tuple[str, tuple[str, ...]]:
    assert done.result is not None
    return done.result.state, done.result.undecided


EXPIRING = dict.fromkeys(BANK, "") | {"card_token": "tok_12345", "card_expiry": "2603"}


@pytest.mark.parametrize(
    ("kind", "code", "row", "choice"),
    [
        ("autopay", "C241", {"autopay_flag": ""}, "attest"),
        ("paperless", "C241", {"paperless_flag": ""}, "attest"),
        ("autopay", "C212", {"routing_number": "02100002"}, "append_check_digit"),
        ("autopay", "C213", {"fixed_amount": "50.00"}, "full_balance"),
        ("autopay", "C213", {"pay_day": "15"}, "full_balance"),
        ("autopay", "C214", {"end_date": "2027-01-01"}, "keep_end"),
    ],
)
async def test_codes_that_are_asked(world: World, kind: str, code: str, row: dict[str, str], choice: str) -> None:
    asked = await check(world, kind, row, {})
    assert result(asked) == ("held", (code,))
    assert asked.says(2) == ("skipped", {code})
    skipped = await check(world, kind, row, decide={code: "skip"})
    assert skipped.says(2) == ("skipped", {code})
    assert skipped.approved.codes[code] == 1
    gone_on = await check(world, kind, row, decide={code: choice})
    assert gone_on.says(2) == ("apply", {code})
    assert gone_on.approved.codes[code] == 1


@pytest.mark.parametrize(
    ("kind", "code", "row", "choice"),
    [
        ("autopay", "C216", EXPIRING, "enroll"),
        ("paperless", "C221", {"email": "a@example.com b@example.com c@example.com"}, "use_first"),
        ("registration", "C221", {"email": "a@example.com b@example.com"}, "use_first"),
    ],
)
async def test_codes_with_a_default(world: World, kind: str, code: str, row: dict[str, str], choice: str) -> None:
    skipped = await check(world, kind, row)
    assert (result(skipped), skipped.says(2)) == (("approved", ()), ("skipped", {code}))
    verdict, codes = (await check(world, kind, row, decide={code: choice})).says(2)
    assert (verdict, code in codes) == ("apply", True)


async def test_an_answer_in_person_lets_the_rows_go_on(world: World) -> None:
    done = await check(world, "autopay", {"pay_day": "15"}, {"bank_account_number": "0087654321"})
    await world.decide(done.id, 1, {"C213": {"choice": "full_balance", "count_seen": 1}})
    again = await world.run(done.id)
    assert again.says(2) == ("apply", {"C213"})
    assert again.approved.codes["C213"] == 1


async def test_lines_the_operator_leaves_out(world: World) -> None:
    done = await check(world, "paperless", {"email": "none"}, {}, exclude_lines=[2])
    assert (done.says(2), done.says(3)) == (("skipped", {"S404"}), ("apply", set()))
    assert done.rows[2]["account_number"] is None


async def test_a_column_about_paper(world: World) -> None:
    rows = [{"paperless_flag": "N"}, {"paperless_flag": "Y"}]
    done = await check(world, "paperless", *rows, paperless_flag_reversed=True)
    assert (done.says(2), done.says(3)) == (("apply", set()), ("skipped", {"S401"}))


@pytest.mark.parametrize(
    ("answer", "state", "undecided"),
    [(None, "held", ("C211",)), ("continue", "approved", ()), ("stop", "rejected", ())],
)
async def test_lost_zeros_are_asked_about(
    world: World, answer: str | None, state: str, undecided: tuple[str, ...]
) -> None:
    rows = [{"routing_number": number} for number in ("21000021", "11000015", "122105155")]
    done = await check(world, "autopay", *rows, decide={"C211": answer} if answer else None)
    assert result(done) == (state, undecided)
    assert (await world.findings(done.id))["C211"] == 2
    if state != "rejected":
        assert (done.says(2), done.rows[2]["routing_number"]) == (("apply", {"W311"}), "021000021")
        assert done.says(4) == ("apply", set())


@pytest.mark.parametrize(("routing", "code"), [("99000022", "R121"), ("021000022", "R122")])
async def test_wrong_routing_numbers(world: World, routing: str, code: str) -> None:
    done = await check(world, "autopay", {"routing_number": routing})
    assert done.says(2) == ("failed", {code})


@pytest.fixture
async def directory(world: World) -> AsyncIterator[None]:
    async with world.admin.transaction():
        await replace_directory(world.admin, {"021000021": None, "122105155": "021000021"})
    yield
    await world.admin.execute("DELETE FROM validation.routing_number")


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    ("answer", "replaced", "unknown", "taken"),
    [
        ("skip", "skipped", "skipped", None),
        ("continue", "apply", "apply", "122105155"),
        ("replace", "apply", "skipped", "021000021"),
    ],
)
async def test_a_directory_of_routing_numbers(
    world: World, answer: str, replaced: str, unknown: str, taken: str | None
) -> None:
    rows = [{"routing_number": number} for number in ("122105155", "011000015", "021000021")]
    rows[2]["bank_account_number"] = "0087654321"
    asked = await check(world, "autopay", *rows)
    assert result(asked) == ("held", ("C218",))
    done = await check(world, "autopay", *rows, decide={"C218": answer})
    assert (done.says(2), done.rows[2]["routing_number"]) == ((replaced, {"C218"}), taken)
    assert (done.says(3), done.says(4)[0]) == ((unknown, {"C218"}), "apply")
    if taken:
        assert done.rows[2]["fingerprint"] == world.fingerprint.of("ach", taken, BANK["bank_account_number"])


async def test_without_a_directory_no_number_is_looked_up(world: World) -> None:
    assert (await check(world, "autopay", {"routing_number": "122105155"})).says(2) == ("apply", set())


async def test_a_role_that_cannot_be_read(world: World) -> None:
    done = await check(world, "registration", {"role": "tenant"}, {"role": "Owner"})
    assert (done.says(2), done.says(3)[0]) == (("skipped", {"C242"}), "apply")


async def test_addresses_that_cannot_be_used(world: World) -> None:
    done = await check(world, "paperless", {"state": "Bavaria", "zip": "2134"}, {"state": "ny", "zip": "1"})
    assert (done.says(2)[1], done.says(3)[1]) == ({"W301", "W312", "W345"}, {"W312", "W345"})


async def test_odd_mail_domains(world: World) -> None:
    biller = await world.biller()
    await world.admin.execute("UPDATE crm.biller SET mail_domain = 'riverbend.example.com' WHERE id = $1", biller.id)
    emails = ("a@riverbend.example.com", "b@mail.riverbend.example.com", "c@gmial.com", "d@gmial.com", "f@comcats.net")
    done = await check(world, "paperless", *({"email": email} for email in emails), biller=biller)
    assert [done.says(line)[1] for line in range(2, 7)] == [{"W341"}] * 2 + [{"W343"}] * 3
    detail = await world.admin.fetchval(
        "SELECT detail FROM validation.finding WHERE import_id = $1 AND code = 'W343'", done.id
    )
    assert json.loads(detail) == {
        "domains": {"gmial.com": {"rows": 2, "meant": "gmail.com"}, "comcats.net": {"rows": 1, "meant": "comcast.net"}}
    }


@pytest.mark.parametrize("cell", ["123-45-6789", "$2b$12$abcdefghijk"])
async def test_values_that_must_never_enter(world: World, cell: str) -> None:
    biller = await world.biller()
    import_id = await world.define(biller, "paperless", f"Account,Email,Note\nA1,a@example.com,{cell}\nA2,,\n")
    done = await world.run(import_id)
    assert done.result is not None
    assert (done.result.state, dict(done.result.codes), done.rows) == ("rejected", {"F009": 1}, {})
    detail = await world.admin.fetchval("SELECT detail FROM validation.finding WHERE import_id = $1", import_id)
    assert json.loads(detail)["column"] == 3


async def load(dsn: str, file: Path) -> tuple[int, str, str]:
    """The command, in a thread since it runs a loop of its own."""
    done = await asyncio.to_thread(CliRunner().invoke, app, ["load-routing", str(file)], env={"IMPORT_ADMIN_DSN": dsn})
    return done.exit_code, done.output, str(done.exception or "")


async def test_loading_a_directory_replaces_the_one_before(
    world: World, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    dsn = postgres.dsn(database=await world.admin.fetchval("SELECT current_database()"))
    file = tmp_path / "directory.csv"
    file.write_text("routing_number,new_routing_number\n021000021,\n122105155,021000021\n")
    assert await load(dsn, file) == (0, "Loaded 2 routing numbers (1 with a replacement), instead of 0\n", "")
    done = await check(world, "autopay", {"routing_number": "122105155"}, decide={"C218": "replace"})
    assert done.says(2) == ("apply", {"C218"})
    file.write_text("routing_number\n011000015\n21000021\n")
    code, _, error = await load(dsn, file)
    assert (code, error.split(":")[0]) == (1, "Line 3")
    assert await world.admin.fetchval("SELECT count(*) FROM validation.routing_number") == 2
    file.write_text(f"021000021O0110000151040114{'0' * 9}EXAMPLE BANK\n")
    assert await load(dsn, file) == (0, "Loaded 1 routing numbers (0 with a replacement), instead of 2\n", "")
    file.unlink()
    assert "can't be read" in (await load(dsn, file))[2]
    await world.admin.execute("DELETE FROM validation.routing_number")
