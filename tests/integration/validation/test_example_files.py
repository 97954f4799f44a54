"""The example file of each kind imports into the sample data without a question."""

import csv
import io

import pytest

from services.mapping.example_file import example_file
from services.mapping.sample import sample_of
from services.mapping.suggestions.columns import account_columns, suggest
from shared.contracts.kinds import ImportKind
from stack.demo.billers import INSURER, make_records
from tests.integration.validation.world import TODAY, World

_ABOUT_THE_SCENE = {"W351", "W320"}  # nobody gets the log, and the customers have no bills


@pytest.mark.parametrize("kind", ImportKind)
async def test_an_example_imports_without_a_question(world: World, kind: ImportKind) -> None:
    content = example_file(kind, TODAY.year)
    sample = sample_of(content, len(content))
    mapped = {field: one.header for field, one in suggest(kind, sample.columns).items()}
    account, *others = sample.header
    assert set(mapped.values()) == set(others)
    assert account in account_columns(sample.columns, mapped)

    biller = await world.biller()
    known = {one.account_number: one for one in make_records(TODAY).of_biller(INSURER)}
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    for row in rows:
        customer = known[row[account]]
        assert (customer.name, customer.status, customer.block_eft) == (row["Name"], "active", False)
        await world.crm.customer(biller, customer.account_number, name=customer.name)
    changes = {"columns": dict(mapped), "account_number": [{"column": account}], "decide": {}}
    done = await world.run(await world.define(biller, kind.value, content, **changes))
    assert set(done.approved.codes) <= _ABOUT_THE_SCENE
    assert {line: done.says(line) for line in done.rows} == {line: ("apply", set()) for line in range(2, len(rows) + 2)}
