"""What must not be in a file: rules file-23 to file-25."""

import pytest

from services.validation.domain.forbidden import forbidden_column

SSN = "123-45-6789"


@pytest.mark.parametrize(
    "cell",
    [
        *(SSN, f" {SSN} ", f'="{SSN}"', "$2a$10$abc", "$2b$12$abc", "$2y$10$abc", "$argon2id$v=19$m=1"),
        *("$5$rounds=5$x", "$6$salt$hash", "{SHA}x=", "{SSHA}x="),
    ],
)
def test_values_that_look_forbidden(cell: str) -> None:
    assert forbidden_column([["A1", "A2"], [cell, ""]], ()) == 1


@pytest.mark.parametrize("cell", ["555-123-4567", "1123-45-6789", "$50.00", "$7$x", "{MD5}x", "123-45-67890", "x"])
def test_values_that_do_not(cell: str) -> None:
    assert forbidden_column([["A1"], [cell]], ()) is None


def test_half_of_the_filled_cells_is_not_enough() -> None:
    assert forbidden_column([[SSN, "x", ""]], ()) is None
    assert forbidden_column([[SSN, "x", SSN]], ()) == 0


def test_account_numbers_may_be_written_like_them_but_not_like_hashes() -> None:
    assert forbidden_column([[SSN]], (0,)) is None
    assert forbidden_column([["$2b$12$abc"]], (0,)) == 0


def test_no_rows() -> None:
    assert forbidden_column([], ()) is None
