from collections import Counter
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.csvfile import CsvOptions
from tests.unit.csvfile.pollution import CLEAN, ROWS, SIMPLE, Variant, outcome, variants

LENIENT = CsvOptions(max_ragged_share=1.0)
GOOD = {"exact", "refused", "partly"}
SHOWN = 25
LOADED = 0.95  # at least this share


@cache
def outcomes(options: CsvOptions) -> dict[str, tuple[Variant, str]]:
    numbered = enumerate(variants(), start=1)
    return {f"{number}: {variant.name}": (variant, outcome(variant, options)) for number, variant in numbered}


@pytest.mark.parametrize("options", [CsvOptions(), LENIENT], ids=["default", "rows judged one by one"])
def test_no_variant_has_a_third_outcome(options: CsvOptions) -> None:
    wrong = {name: found for name, (_, found) in outcomes(options).items() if found not in GOOD}
    assert not wrong, f"{len(wrong)}: {list(wrong.items())[:SHOWN]}"


def test_nearly_all_that_can_be_told_from_the_file_alone_loads_exactly() -> None:
    loadable = {name: found for name, (variant, found) in outcomes(CsvOptions()).items() if variant.loadable}
    lost = [name for name, found in loadable.items() if found != "exact"]
    print(f"{len(loadable) - len(lost)} of {len(loadable)} loadable variants load exactly; not {lost}")  # noqa: T201 - the figure
    assert len(lost) <= len(loadable) * (1 - LOADED)


def test_there_are_many_variants_of_each_fate() -> None:
    fates = Counter(found for _, found in outcomes(LENIENT).values())
    assert fates.total() >= 2000
    assert min(fates["exact"], fates["refused"], fates["partly"]) > 150


PIECES = st.sampled_from(
    [
        b'"',
        b'""',
        b",",
        b"\n",
        b"\r",
        b"\0",
        b"\x1a",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xd1",
        b";",
        b"sep=\r",
        b'="',
        b"1",
    ]
)
EDITS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 20), PIECES), min_size=1, max_size=6)


@given(st.sampled_from([CLEAN.encode(), SIMPLE.encode(), SIMPLE.encode("utf-16")]), EDITS)
def test_whatever_is_done_to_a_file_it_loads_or_is_refused_with_its_place(
    data: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    for offset, lost, added in edits:
        data = data[:offset] + added + data[offset + lost :]
    found = outcome(Variant("edited", data, ROWS), LENIENT)
    assert "without" not in found or found == "rows lost without a word"  # what the clean file was nobody knows here
