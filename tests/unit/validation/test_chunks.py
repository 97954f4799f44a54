import pytest

from services.validation.repository.plan import rows_per_chunk


@pytest.mark.parametrize(
    ("rows", "size"),
    [(1, 2_000), (80_000, 2_000), (80_040, 2_001), (120_000, 3_000), (200_000, 5_000), (10_000_000, 5_000)],
)
def test_batches_of_a_large_file_are_larger(rows: int, size: int) -> None:
    assert rows_per_chunk(rows) == size
