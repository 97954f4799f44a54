"""Rounds: what the check of one asks of the other rows of its import (round-3, round-4)."""

from uuid import UUID

import pytest

from tests.integration.validation.world import GOOD, Import, World
from tests.support.crm import Biller

_HEAD = "Account,Email"


@pytest.fixture
async def biller(world: World) -> Biller:
    made = await world.biller()
    for number in ("A1", "A2", "A3"):
        await world.crm.customer(made, number)
    return made


async def _round(
    world: World, biller: Biller, of: UUID, number: int, lines: list[str], decide: object = "ask"
) -> Import:
    """A round as mapping writes it: rows on the lines of the file of the import."""
    text = "\n".join(lines) + "\n"
    import_id = await world.define(biller, "paperless", text, decide=decide, options={
        "attestation": "It carries over.",
        "reading": {"encoding": "utf-8", "delimiter": ",", "quote": '"', "header_line": 1},
    })  # fmt: skip
    await world.admin.execute("UPDATE mapping.import SET retries = $2, round = $3 WHERE id = $1", import_id, of, number)
    return await world.run(import_id)


async def _ran(world: World, biller: Biller, lines: list[str]) -> UUID:
    done = await world.check(biller, "paperless", lines, decide=GOOD)
    await world.apply(done, biller)
    return done.id


async def test_a_round_is_not_the_import_over_again(world: World, biller: Biller) -> None:
    of = await _ran(world, biller, [_HEAD, "A1,a@", "A2,b@"])
    again = await _round(world, biller, of, 2, [_HEAD, "A1,a@example.com", "A2,b@example.com"], GOOD)
    assert "C203" not in await world.findings(again.id)
    assert [again.says(line)[0] for line in (2, 3)] == ["apply", "apply"]
    await world.apply(again, biller)
    other = await world.check(biller, "paperless", [_HEAD, "A1,a@example.com", "A2,b@example.com"])
    assert "C203" in await world.findings(other.id)


async def test_an_account_that_another_row_has_is_held(world: World, biller: Biller) -> None:
    of = await _ran(world, biller, [_HEAD, "A1,a@example.com", "A9,b@", "A3,c@"])
    mistaken = await _round(world, biller, of, 2, [_HEAD, "", "A1,b@example.com", "A2,c@example.com"])
    assert mistaken.says(3) == ("held", {"R135"})
    assert mistaken.says(4)[0] == "apply"
    mended = await _round(world, biller, of, 3, [_HEAD, "", "A2,b@example.com", "A3,c@example.com"])
    assert [mended.says(line)[0] for line in (3, 4)] == ["apply", "apply"]


async def test_rows_left_out_or_corrected_since_are_no_other_rows(world: World, biller: Biller) -> None:
    of = await _ran(world, biller, [_HEAD, "A1,a@", "A1,b@", "A3,c@"])
    alone = await _round(world, biller, of, 2, [_HEAD, "A1,a@example.com"])
    assert alone.says(2) == ("held", {"R135"})
    await world.admin.execute(
        "UPDATE execution.row_result SET codes = '{S404}' WHERE import_id = $1 AND line_no = 3", of
    )
    left_out = await _round(world, biller, of, 3, [_HEAD, "A1,a@example.com"])
    assert left_out.says(2)[0] == "apply"


async def test_the_newest_result_of_a_row_counts(world: World, biller: Biller) -> None:
    of = await _ran(world, biller, [_HEAD, "A1,a@", "A1,b@"])
    second = await _round(world, biller, of, 2, [_HEAD, "", "A2,b@example.com"])
    await world.admin.execute(
        "INSERT INTO execution.row_result (import_id, line_no, outcome, codes, account_number) "
        "VALUES ($1, 3, 'applied', '{}', 'A2')",
        second.id,
    )
    third = await _round(world, biller, of, 3, [_HEAD, "A1,a@example.com"])
    assert third.says(2)[0] == "apply"
