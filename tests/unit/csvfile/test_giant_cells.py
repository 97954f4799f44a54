"""A cell above the limit is told as such, also where it hides that there is a header or a row."""

import pytest

from shared.csvfile import CsvOptions, FileRefused, read

_GIANT = b"x" * 5_000_000


@pytest.mark.parametrize(
    "content",
    [
        b"Account,Email\nA1," + _GIANT + b"\n",
        b"Account,Email\nA1," + _GIANT,
        b'Account,Email\nA1,"' + _GIANT + b'"\n',
        b"Account;Email\nA1;" + _GIANT + b"\n",
        b"Account," + _GIANT + b"\n",
        b"Account," + _GIANT + b"\nA1,b\n",
        b"Account,Email\nA0,b\nA1," + _GIANT + b"\n",
    ],
    ids=["one row", "no line end", "quoted", "semicolon", "header alone", "header", "second row"],
)
def test_a_giant_cell_is_above_a_limit(content: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        list(read([content], CsvOptions()))
    assert refused.value.code == "F015"


@pytest.mark.parametrize(("content", "code"), [(b"Account,Email\n", "F002"), (b"", "F002"), (b"1,2\n3,4\n", "F004")])
def test_what_is_missing_is_still_missing(content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        list(read([content], CsvOptions()))
    assert refused.value.code == code
