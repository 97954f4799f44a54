"""The sample imports of the demonstration end as the model says, in the real check and the real executor."""

from collections import Counter

import pytest

from shared.csvfile import CsvOptions, read
from shared.today import us_today
from stack.demo import DemoData, Sample, make_samples
from stack.demo.billers import make_records
from tests.property.world import World
from tests.support.generators.demo import demo_definition, demo_file, demo_state
from tests.support.model import Circumstances, check, expected_counts

_TODAY = us_today()
_SAMPLES = make_samples(make_records(_TODAY), _TODAY)


@pytest.fixture(scope="module")
async def demo(world: World) -> DemoData:
    return await world.load_demo(_TODAY)


def _sample(demo: DemoData, kind: str) -> Sample:
    return next(sample for sample in demo.samples if sample.kind == kind)


@pytest.mark.parametrize("sample", _SAMPLES, ids=lambda sample: sample.kind)
def test_file_reads_as_the_rows_it_was_made_of(sample: Sample) -> None:
    told = sample.definition["options"].get("reading", {})
    reader = read([sample.content()], CsvOptions(**told))
    batches = list(reader)
    lines = [line for batch in batches for line in batch.line_nos]
    cells = [tuple(row) for batch in batches for row in batch.rows]
    assert tuple(reader.header) == sample.header
    assert list(zip(lines, cells, strict=True)) == list(sample.rows)
    assert {problem.line: problem.code for batch in batches for problem in batch.bad} == sample.unusable


def test_samples_are_the_same_each_time() -> None:
    assert [one.content() for one in make_samples(make_records(_TODAY), _TODAY)] == [one.content() for one in _SAMPLES]


@pytest.mark.parametrize("kind", ["autopay", "paperless", "registration"])
async def test_sample_ends_as_the_model_says(world: World, demo: DemoData, kind: str) -> None:
    sample = _sample(demo, kind)
    definition = demo_definition(sample, demo.records)
    state, file = demo_state(demo.records), demo_file(sample)
    expected = expected_counts(state, definition, file, demo.today)
    one = await world.register(sample.content(), definition, demo.biller_ids[sample.biller])
    result = await world.check(one)
    assert result.state == "approved"
    rows = await world.run(one, result, 1)
    assert rows == check(state, definition, file, Circumstances(demo.today)).rows
    counts = Counter(row.outcome for row in rows.values())
    assert {"read": len(rows)} | counts == {name: count for name, count in expected.items() if count}
    assert result.planned.model_dump() | {"read": result.planned.read} == expected
