from hypothesis import given
from hypothesis import strategies as st

from services.validation.domain.people import in_lower_case
from shared.contracts.cleaning import clean_columns
from shared.contracts.lexicon import has_empty, is_empty
from shared.csvfile import clean_cell

_CELLS = st.lists(
    st.text(max_size=6)
    | st.text("a '=\"|\u00a0\u200b\u00e9\t", max_size=6)
    | st.sampled_from(["O'Brien", "='", "a = b"]),
    max_size=6,
)


@given(_CELLS)
def test_a_column_is_cleaned_as_its_cells_are_one_by_one(cells: list[str]) -> None:
    unwrapped: set[int] = set()
    cleaned = [clean_cell(cell) for cell in cells]
    assert clean_columns([cells], [0], unwrapped) == {0: [value for value, _ in cleaned]}
    assert unwrapped == {index for index, (_, was_wrapped) in enumerate(cleaned) if was_wrapped}


@given(st.lists(st.sampled_from(["NULL", "n/a", "N/A ", "-", "", "a", "NaN"]) | st.text(max_size=3), max_size=6))
def test_cells_that_say_that_there_is_nothing_are_blank(cells: list[str]) -> None:
    cleaned = [clean_cell(cell)[0] for cell in cells]
    assert clean_columns([cells], [0], set()) == {0: ["" if is_empty(cell) else cell for cell in cleaned]}
    assert has_empty(cleaned) == any(is_empty(cell) for cell in cleaned if cell)


@given(st.lists(st.text(max_size=6) | st.text("aA\u03a3\u00df\u0130\n", max_size=6)))
def test_lower_case_of_a_column_is_that_of_its_cells(cells: list[str]) -> None:
    assert in_lower_case(cells) == [cell.lower() for cell in cells]
