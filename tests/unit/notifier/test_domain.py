from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier import domain
from shared.contracts.codes import code_title
from shared.contracts.events import FinalState
from shared.contracts.log_columns import mask_number


def test_phases_of_later_checks_and_of_the_run_come_later() -> None:
    order = [
        domain.checking(0),
        domain.checking(1),
        domain.held(1),
        domain.confirmed(1),
        domain.checking(2),
        domain.rejected(2),
        domain.approved(2),
        domain.RUNNING,
        domain.CANCELLED,
        domain.FINISHED,
    ]
    assert order == sorted(set(order))


def test_every_final_state_is_a_state_of_the_view_that_is_completed() -> None:
    assert {domain.state_of(final) for final in FinalState} <= set(domain.COMPLETED)
    assert set(domain.IN_PROGRESS) | set(domain.COMPLETED) == set(domain.State)


def test_waits_double_from_a_second_to_an_hour() -> None:
    waits = [domain.wait_after(attempts) for attempts in range(1, 20)]
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("ann@example.com", "a***@example.com"),
        ("Ann <ann.lee@example.com>; x@y.org", "Ann <a***@example.com>; x***@y.org"),
        ("a@example.com,b@example.com", "a***@example.com,b***@example.com"),
        ("mailto:ann@example.com", "m***@example.com"),
        ("o'brien@example.org", "o***@example.org"),
        ("=cmd@x.com", "=***@x.com"),
        ("no address here", "no address here"),
        ("@handle", "@handle"),
        ("", ""),
    ],
)
def test_addresses_are_masked_wherever_they_stand(text: str, masked: str) -> None:
    assert domain.mask_emails(text) == masked


@pytest.mark.parametrize(
    ("cell", "masked"),
    [
        ("ann@example.com", "a***@example.com"),
        ("ann@example.com; bob.lee@example.org", "a***@example.com; b***@example.org"),
        ("john.smith gmail.com", "j***"),
        ("john.smith(at)gmail.com", "j***"),
        ("john.smith\uff20gmail.com", "j***"),
        ("john.smith @gmail.com", "j***"),
        ("john.smith@ gmail.com", "j***"),
        ("john@@gmail.com", "j***"),
        ("gmail.com@", "g***"),
        ("Ann Lee <ann@example.com>", "A***"),
        ("  ", ""),
    ],
)
def test_whatever_stands_in_a_column_of_addresses_is_masked(cell: str, masked: str) -> None:
    assert domain.mask_email_cell(cell) == masked


@given(st.from_regex(r"[a-z][a-z0-9.+_-]{2,20}", fullmatch=True), st.text(max_size=10), st.text(max_size=10))
def test_no_local_part_survives_masking(local: str, before: str, after: str) -> None:
    masked = domain.mask_emails(f"{before} {local}@example.com {after}")
    assert f"{local}@" not in masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("123456789", "****6789"),
        (" 12345678 ", "****5678"),
        ("1234567", "****567"),
        ("12345", "****45"),
        ("1234", "****"),
        ("9", "****"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_numbers_show_four_characters_and_never_more_than_half(text: str, masked: str) -> None:
    assert mask_number(text) == masked
    assert mask_number(masked) == masked


def test_an_unknown_code_stands_for_itself() -> None:
    assert domain.reason_of(["R101", "R999"]) == "The account number is blank; Code R999"
    assert domain.reason_of(["R999"], ["owner"]) == "Code R999. What changed since the check: owner"
    assert domain.reason_of([]) == ""


@pytest.mark.parametrize(
    ("read", "codes", "told"),
    [
        (0, {}, ""),
        (1, {"R101": 1}, "The row ended as planned"),
        (1_200, {"R101": 3}, "All 1,200 rows ended as planned"),
        (9, {"R198": 1, "W3": 9}, f"8 of 9 rows ended as planned. 1 row did not: {code_title('R198')} (R198)"),
        (9, {"S405": 9}, f"0 of 9 rows ended as planned. 9 rows did not: {code_title('S405')} (S405)"),
    ],
)
def test_the_plan_is_told_against_the_outcome(read: int, codes: dict[str, int], told: str) -> None:
    assert domain.plan_against_outcome(read, codes) == told


def test_of_rounds_it_is_told_after_how_many() -> None:
    assert domain.plan_against_outcome(7, {}, 1) == "All 7 rows ended as planned after 2 rounds"
