"""What an error of the database means: rules apply-14 and apply-15."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from services.executor.domain import (
    JobState,
    Tally,
    final_state,
    halves,
    is_data_error,
    problem_of,
    retry_delay,
)
from shared.contracts.events import Counts, FinalState

IMPORT = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


def test_a_tally_counts_rows_by_outcome_and_by_code() -> None:
    tally = Tally()
    tally.add("applied", ["W322", "W344"], 3)
    tally.add("applied", [], 2)
    tally.add("held", ["R198", "W322"], 1)
    assert tally.counts == Counts(applied=5, held=1)
    assert tally.codes == {"W322": 4, "W344": 3, "R198": 1}


def test_tallies_add_up() -> None:
    total = Tally()
    total.merge({"applied": 2, "failed": 1}, {"R199": 1})
    total.merge({"applied": 3}, {"W321": 2, "R199": 4})
    assert total.counts == Counts(applied=5, failed=1)
    assert total.codes == {"R199": 5, "W321": 2}


@pytest.mark.parametrize(
    ("state", "counts", "expected"),
    [
        (JobState.RUNNING, Counts(applied=1, skipped=9), FinalState.COMPLETED),
        (JobState.RUNNING, Counts(), FinalState.COMPLETED),
        (JobState.RUNNING, Counts(applied=1, failed=1), FinalState.COMPLETED_WITH_ERRORS),
        (JobState.RUNNING, Counts(held=1), FinalState.COMPLETED_WITH_ERRORS),
        (JobState.CANCELLED, Counts(failed=1), FinalState.CANCELLED),
        (JobState.FAILED, Counts(applied=1), FinalState.FAILED),
    ],
)
def test_how_an_import_ends(state: JobState, counts: Counts, expected: FinalState) -> None:
    assert final_state(state, counts) is expected


@pytest.mark.parametrize("sqlstate", ["22001", "23505", "23514", "44000", "P0001"])
def test_rows_are_to_blame(sqlstate: str) -> None:
    assert is_data_error(sqlstate)


@pytest.mark.parametrize("sqlstate", [None, "", "40P01", "42501", "57014", "08006", "P0002"])
def test_rows_are_not_to_blame(sqlstate: str | None) -> None:
    assert not is_data_error(sqlstate)


def test_the_wait_doubles_up_to_a_limit() -> None:
    waits = [retry_delay(attempts, timedelta(seconds=1)).total_seconds() for attempts in (1, 2, 3, 4, 100)]
    assert waits == [1, 2, 4, 8, 60]


def test_halves_are_never_empty() -> None:
    assert halves([1, 2]) == ([1], [2])
    assert halves([1, 2, 3]) == ([1], [2, 3])


@pytest.mark.parametrize(
    ("error", "expected"),
    [(asyncpg.InsufficientPrivilegeError("a value"), "42501"), (KeyError("a value"), "KeyError")],
)
def test_a_problem_is_named_without_its_text(error: Exception, expected: str) -> None:
    assert problem_of(error) == expected
