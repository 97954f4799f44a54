"""Hundreds of cells as people and programs write them: the real check says of each what is expected, a file a table."""

import csv
import io
from collections.abc import Mapping, Sequence

import pytest
from asyncpg import Record

from tests.integration.validation.world import World, answers
from tests.support.written.cells import TABLES, cases

_KINDS = {"bank": "autopay", "card": "autopay", "numbers": "paperless"}
_NAME = {"customer_name": "Ann Lee"}
# "{}" is another number in each row.
_USUAL: Mapping[str, Mapping[str, str]] = {
    "bank": {
        "routing_number": "021000021",
        "bank_account_number": "44{}",
        "bank_account_type": "C",
        "autopay_flag": "Y",
        "email": "ann@example.com",
    },
    "card": {"card_token": "tok_{}", "card_expiry": "05/39"},
    "paperless": {"email": "ann.usual@example.com", "paperless_flag": "Y"},
    "registration": {"email": "usual@example.com"},
    "numbers": {"email": "ann@example.com"},
}
# Said of rows whatever their cells are: their customers are new, and many have the usual values or the same number.
_BESIDE = {"C224", "C245", "W323", "W331", "W332", "W345"}
_ANSWERS = answers(C202="create", C224="continue", C245="continue")


@pytest.mark.parametrize("table", TABLES)
async def test_what_is_written_is_read_or_told(world: World, table: str) -> None:
    written = list(cases(table))
    usual = {**_USUAL[table], **_NAME}
    fields = [name for name in dict.fromkeys([*usual, *(case[0] for case in written)]) if name != "account"]
    rows = [_row(usual, fields, number, name, cell) for number, (name, _, _, cell) in enumerate(written)]
    columns = dict(zip(fields, fields, strict=True))
    biller = await world.biller(links=True)
    done = await world.run(
        await world.define(
            biller, _KINDS.get(table, table), _csv([["Account", *fields], *rows]), columns=columns, decide=_ANSWERS
        )
    )
    assert done.result is not None
    assert done.result.state != "rejected", done.result.codes
    found = [(*case, _says(done.rows[line], case[1], case[2])) for line, case in enumerate(written, start=2)]
    wrong = [f"{name} {cell!r}: {said}, expected {says}" for name, _, says, cell, said in found if said != says]
    assert not wrong, "\n".join(wrong)


def _row(usual: Mapping[str, str], fields: Sequence[str], number: int, name: str, cell: str) -> list[str]:
    given = {field: value.format(10_000 + 7 * number) for field, value in usual.items()} | {name: cell}
    return [given.get("account", f"N{number:05}"), *(given.get(field, "") for field in fields)]


def _csv(lines: Sequence[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(lines)
    return file.getvalue()


def _says(row: Record, column: str, expected: str) -> str:
    """What the plan says of the row, as it is written in the tables."""
    codes = " ".join(sorted(set(row["codes"]) - _BESIDE))
    goes_on = row["verdict"] in ("apply", "no_change")
    if goes_on is any(code[0] in "RCS" for code in expected.partition("=")[0].split()):
        return f"{row['verdict']} {codes}"
    if "=" not in expected:
        return codes
    value = row["account_number" if column == "account" else column]
    return f"{codes} ={'' if value is None else value}".lstrip()
