"""Rows of two files belong together by account number; what differs adds up to the rows of each."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from services.mapping.differing import Comparison, Difference, layout_of
from shared.contracts.definition import ImportDefinition
from shared.contracts.log_columns import FileRow

_HEADER = ["Account", "Email", "Note"]
_DEFINITION = ImportDefinition.model_validate(
    {
        "biller_id": 1,
        "kind": "paperless",
        "file": {"id": "3f2b8d1c-6a47-4e0b-9c55-0d8f2e7a1b94", "sha256": "0" * 64, "size": 1},
        "invoice_types": ["WATER"],
        "columns": {"email": "Email"},
        "account_number": [{"column": "Account", "transforms": [{"do": "strip_leading_zeros"}]}],
        "options": {"attestation": "They agreed."},
        "decide": "ask",
    }
)
_LAYOUT = layout_of(_DEFINITION, _HEADER, folds_case=False)
_Rows = list[tuple[str, str]]


def _difference(before: _Rows, after: _Rows) -> Difference:
    made = Comparison(_LAYOUT, _LAYOUT)
    for rows, add in ((before, made.add_before), (after, made.add_after)):
        numbered = [FileRow(line, [*row, "a note"], in_place=True) for line, row in enumerate(rows, 2)]
        for first in range(0, len(numbered), 2):
            add(numbered[first : first + 2])
    return made.difference()


def test_new_gone_changed_and_the_same() -> None:
    before = [("01", "a@x.org"), ("02", "b@x.org"), ("03", "c@x.org"), ("04", "")]
    after = [("4", "NULL"), ("2", "new@x.org"), ("1", " a@x.org "), ("5", "e@x.org")]
    found = _difference(before, after)
    assert found.same == 2  # written otherwise, read the same
    assert (list(found.changed), list(found.changed_before)) == ([3], [3])
    assert (list(found.new), list(found.gone)) == ([5], [4])
    assert (found.rows, found.rows_before) == (4, 4)


def test_rows_of_one_account_belong_together_in_their_order() -> None:
    found = _difference([("1", "a@x.org"), ("1", "b@x.org")], [("1", "a@x.org"), ("1", "c@x.org"), ("1", "d@x.org")])
    assert found.same == 1
    assert (list(found.changed), list(found.changed_before), list(found.new)) == ([3], [3], [4])


def test_rows_without_a_usable_number_belong_together_by_what_stands_there() -> None:
    found = _difference([("1.2E+5", "a@x.org"), ("", "b@x.org")], [("", "b@x.org"), ("1.3E+5", "a@x.org")])
    assert (found.same, list(found.new), list(found.gone)) == (1, [3], [2])


_FILES = st.lists(st.tuples(st.sampled_from("123"), st.sampled_from(["", "a@x.org", "b@x.org"])), max_size=9)


@given(_FILES, _FILES)
def test_it_adds_up_and_nothing_differs_from_itself(before: _Rows, after: _Rows) -> None:
    found = _difference(before, after)
    assert (found.rows, found.rows_before) == (len(after), len(before))
    counted, counted_before = Counter(row[0] for row in after), Counter(row[0] for row in before)
    assert len(found.new) == (counted - counted_before).total()
    assert len(found.gone) == (counted_before - counted).total()
    itself = _difference(after, after)
    assert (itself.same, len(itself.changed), len(itself.new), len(itself.gone)) == (len(after), 0, 0, 0)
