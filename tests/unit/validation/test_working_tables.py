"""A statement that starts from an empty table is not run, and one that may find something always is."""

import pytest

from services.validation.repository.tables import is_idle, without_empty


@pytest.mark.parametrize(
    "query",
    [
        "SELECT a FROM empty",
        "INSERT INTO crm.customer SELECT a FROM empty WHERE b",
        "UPDATE full_of SET code = 'x' FROM empty e WHERE e.a = full_of.a",
        "SELECT a\nFROM full_of f\nJOIN empty e ON e.a = f.a",
        "SELECT a FROM crm.customer c CROSS JOIN empty",
        "SELECT a FROM empty UNION ALL SELECT a FROM full_of JOIN empty USING (a)",
        "SELECT a FROM empty -- FROM full_of\n",
        "SELECT a FROM empty e LEFT JOIN full_of USING (a) WHERE e.a IS DISTINCT FROM full_of.a",
    ],
)
def test_nothing_can_come_of_it(query: str) -> None:
    assert is_idle(query, {"empty": 0, "full_of": 7})


@pytest.mark.parametrize(
    "query",
    [
        "SELECT a FROM full_of",
        "SELECT a FROM full_of LEFT JOIN empty USING (a)",
        "SELECT a FROM full_of UNION SELECT a FROM empty",
        "SELECT a FROM full_of WHERE NOT EXISTS (SELECT FROM empty)",
        "SELECT a FROM full_of f WHERE f.a IS DISTINCT FROM empty",
        "SELECT a FROM (SELECT a FROM empty UNION SELECT a FROM full_of) AS both",
        "SELECT a FROM crm.customer",
        "SELECT * FROM unnest($1::text[]) AS known (code)",
        "SELECT a FROM full_of -- JOIN empty\n",
    ],
)
def test_something_may_come_of_it(query: str) -> None:
    assert not is_idle(query, {"empty": 0, "full_of": 7})


@pytest.mark.parametrize(
    ("query", "run"),
    [
        (
            "SELECT a FROM full_of f LEFT JOIN empty e ON e.a = lower(f.a)",
            "SELECT a FROM full_of f CROSS JOIN (SELECT (NULL::empty).*) AS e",
        ),
        (
            "SELECT a FROM full_of f\nLEFT JOIN empty e ON e.a = f.a\nWHERE e.a IS NULL",
            "SELECT a FROM full_of f\nCROSS JOIN (SELECT (NULL::empty).*) AS e\nWHERE e.a IS NULL",
        ),
    ],
)
def test_an_empty_table_is_not_looked_at_for_each_row(query: str, run: str) -> None:
    assert without_empty(query, {"empty": 0, "full_of": 7}) == run


@pytest.mark.parametrize(
    "query",
    [
        "SELECT a FROM empty e LEFT JOIN full_of f ON f.a = e.a",
        "SELECT a FROM full_of f LEFT JOIN empty e ON e.a = f.a\n    AND e.b",
        "SELECT a FROM full_of f LEFT JOIN empty e\n    ON e.a = f.a",
        "SELECT a FROM (SELECT f.a FROM full_of f LEFT JOIN empty e ON e.a = f.a) AS g WHERE g.a",
        "SELECT a FROM full_of f LEFT JOIN crm.empty e ON e.a = f.a",
        "SELECT a FROM full_of f JOIN empty e ON e.a = f.a",
        "SELECT a FROM full_of LEFT JOIN empty USING (a)",
        "SELECT a FROM full_of f LEFT JOIN unknown e ON e.a = f.a",
    ],
)
def test_a_join_that_is_read_otherwise_stays(query: str) -> None:
    assert without_empty(query, {"empty": 0, "full_of": 7}) == query
