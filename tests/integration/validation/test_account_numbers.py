"""What the wizard says of the account numbers of a file is what the check finds."""

from typing import Any

import pytest

from services.mapping.numbers import FirstRows, first_rows
from services.mapping.records import Biller as WizardBiller
from services.mapping.repository import billers
from services.mapping.sample import Sample, sample_of
from services.mapping.usecases.matching import fitting, nearest_of, preview
from shared.contracts.definition import ColumnPart, LiteralPart
from tests.integration.validation.world import World
from tests.support.crm import Biller

NUMBERS = ("WTR-0001001-002003", "WTR-0001002-002005", "wtr-0001003-002007", "Wtr-0001004-002009")
ACCOUNT = (ColumnPart(column="Account"),)


async def biller_of_the_wizard(world: World, biller: Biller) -> WizardBiller:
    found = await billers.find(world.admin, biller.id)
    assert found is not None
    return found


def sampled(lines: list[str]) -> tuple[Sample, FirstRows]:
    content = ("\n".join(lines) + "\n").encode()
    sample = sample_of(content, len(content))
    return sample, first_rows(sample, 1000)


@pytest.mark.parametrize("insensitive", [True, False])
async def test_the_preview_finds_the_customers_that_the_check_finds(world: World, insensitive: bool) -> None:
    biller = await world.biller(insensitive=insensitive)
    for number in NUMBERS:
        await world.crm.customer(biller, number)
    cells = [*map(str.lower, NUMBERS), "WTR-0009999-000000", "1.23E+11", "x" * 60, "\u00e912", "N/A"]
    lines = ["Account,Email", *(f"{cell},a{index}@example.com" for index, cell in enumerate(cells))]
    done = await world.check(biller, "paperless", lines)
    sample, rows = sampled(lines)
    seen = await preview(world.admin, await biller_of_the_wizard(world, biller), sample, rows, ACCOUNT)
    codes = {line: done.says(line)[1] for line in done.rows}
    unusable = {line: found & {"R101", "R102", "R103"} for line, found in codes.items()}
    assert seen.unusable == sum(map(bool, unusable.values())) == 4
    assert seen.found == sum(not unusable[line] and "C202" not in found for line, found in codes.items())
    assert seen.found == (4 if insensitive else 1)
    assert {row.line: {row.code} - {""} for row in seen.rows} == {row.line: unusable[row.line] for row in seen.rows}


async def test_a_setup_is_proposed_where_numbers_differ_in_case_only(world: World) -> None:
    biller = await world.biller(insensitive=True)
    for number in range(1001, 1021):
        await world.crm.customer(biller, f"wtr-{number:07d}")
    sample, rows = sampled(["Account,Email", *(f"{number},a{number}@example.com" for number in range(1001, 1021))])
    best = (await fitting(world.admin, await biller_of_the_wizard(world, biller), sample, rows, {}))[0]
    assert best.share == 1
    assert best.parts[0] == LiteralPart(literal="WTR-")


@pytest.mark.parametrize("stored", ["wtr-0001001", "WTR-0001001"])
async def test_the_nearest_number_is_shown_as_the_crm_has_it(world: World, stored: str) -> None:
    biller = await world.biller(insensitive=True)
    await world.crm.customer(biller, stored)
    wizard: Any = await biller_of_the_wizard(world, biller)
    assert await nearest_of(world.admin, wizard, ["WTR-0001010"]) == [stored]
