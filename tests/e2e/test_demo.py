"""`make demo` as a user runs it: its printed counts are the model's."""

import asyncio
import re
import sys
from datetime import date

from shared.today import us_today
from stack.demo import make_samples
from stack.demo.billers import make_records
from tests.support.generators.demo import demo_definition, demo_file, demo_state
from tests.support.model import expected_counts

_LIMIT_SECONDS = 240.0
_OUTCOMES = ("read", "applied", "no_change", "skipped", "held", "failed")
_LINE = re.compile(r"^ *(autopay|paperless|registration) +\w+ +" + " +".join([r"([\d,]+)"] * 6) + "$", re.MULTILINE)


async def test_demo_prints_the_counts_of_the_model() -> None:
    before = us_today()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stack", "demo"), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(_LIMIT_SECONDS):
        output, _ = await process.communicate()
    text = output.decode()
    assert process.returncode == 0, text
    expected = _expected(before)
    if us_today() != before:  # the demonstration may have begun on either side of midnight
        expected = expected if _printed(text) == expected else _expected(us_today())
    assert _printed(text) == expected
    assert "3 of 3 caught" in text


def _printed(text: str) -> dict[str, dict[str, int]]:
    found = {
        match[1]: [int(number.replace(",", "")) for number in match.groups()[1:]] for match in _LINE.finditer(text)
    }
    return {kind: dict(zip(_OUTCOMES, numbers, strict=True)) for kind, numbers in found.items()}


def _expected(today: date) -> dict[str, dict[str, int]]:
    records = make_records(today)
    return {
        sample.kind: expected_counts(demo_state(records), demo_definition(sample, records), demo_file(sample), today)
        for sample in make_samples(records, today)
    }
