import pytest

from shared.rights import WebhookRights


@pytest.mark.parametrize(
    ("rows", "covered"),
    [
        ({}, set()),
        ({None: True}, {None, 7, 8}),
        ({None: False}, set()),
        ({7: True}, {7}),
        ({None: True, 7: False}, {8}),
        ({None: False, 7: True}, {7}),
    ],
)
def test_the_right_at_a_biller_counts_instead_of_that_at_every_one(
    rows: dict[int | None, bool], covered: set[int | None]
) -> None:
    rights = WebhookRights(rows)
    assert {one for one in (None, 7, 8) if rights.cover(one)} == covered
