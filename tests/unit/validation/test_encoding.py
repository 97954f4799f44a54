from hypothesis import given
from hypothesis import strategies as st

from services.validation.reading import encode

_CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


_MOSTLY_BLANK = st.just("") | _CELLS


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[_MOSTLY_BLANK] * width), min_size=1, max_size=6)))
def test_copy_lines_can_be_read_back(rows: list[tuple[str, ...]]) -> None:
    lines = encode(list(zip(*rows, strict=True))).decode()
    assert lines.endswith("\n")
    assert [tuple(map(_unescaped, line.split("\t"))) for line in lines[:-1].split("\n")] == rows


def _unescaped(cell: str) -> str:
    parts = cell.split("\\\\")
    return "\\".join(part.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r") for part in parts)
