import pytest

from services.mapping.sample import mask_cards, masked, sample_of
from shared.contracts.definition import Reading


def test_a_small_file_is_counted() -> None:
    content = b"Acct,Bank Acct\n1,4455667\n2,\n"
    sample = sample_of(content, len(content))
    assert (sample.header, sample.count, sample.exact) == (("Acct", "Bank Acct"), 2, True)
    assert sample.shown(5) == [(2, ["1", "••••667"]), (3, ["2", ""])]


def test_of_a_large_file_the_rows_are_estimated() -> None:
    line = b"12345678,somebody@example.com\n"
    content = b"Acct,Email\n" + line * 50_000
    sample = sample_of(content, len(content) * 10)
    assert not sample.exact
    assert sample.count == pytest.approx(500_000, rel=0.01)


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "F002"), (b"Acct,CVV2\n1,123\n", "F009"), (b"CVV2,Acct\n123,1\n", "F009")]
)
def test_a_file_that_cannot_be_used_is_told_at_once(content: bytes, code: str) -> None:
    refusal = sample_of(content, len(content)).refusal
    assert refusal is not None
    assert refusal.code == code


def test_a_refusal_has_the_words_and_the_place_of_the_reader() -> None:
    content = b"Name, last%Cust\nORTIZ, ANA%1045\nWU%1046\nDIAZ%1047\n"
    refusal = sample_of(content, len(content)).refusal
    assert refusal is not None
    assert (refusal.code, refusal.line, refusal.column) == ("F001", 1, 1)
    assert "a character that may be the delimiter" in refusal.message
    assert refusal.remedy.endswith("choose the delimiter")
    assert sample_of(content, len(content), Reading(delimiter="%")).header == ("Name, last", "Cust")


def test_columns_are_called_so_that_each_can_be_mapped() -> None:
    content = b",Account,Note,Note\n0,10-1,a,b\n1,10-2,c,d\n"
    sample = sample_of(content, len(content))
    assert sample.header == ("Column 1", "Account", "Note (1)", "Note (2)")
    assert sample.values()["Note (2)"] == ["b", "d"]


def test_a_header_in_another_order_is_told_though_the_sample_is_cut() -> None:
    content = b"Acct,First\n" + b"1,Bob\n" * 9 + b"First,Acct\n" + b"Bob,1\n" * 9
    refusal = sample_of(content, len(content) * 10).refusal
    assert refusal is not None
    assert (refusal.code, refusal.line) == ("F004", 11)


def test_never_more_than_half_of_a_number_is_shown() -> None:
    assert masked("123456") == "••••456"
    assert masked("12") == "••••2"
    assert masked("1") == "••••"
    assert mask_cards("4111111111111111") == "••••1111"
    assert mask_cards("plain") == "plain"


@pytest.mark.parametrize(
    ("content", "judged"),
    [
        (b"Acct,BankNo,CVV\r\nWTR-1,123456789,123\r\n", True),
        (b"Acct,Email,CVV\r\nWTR-1,ann@example.com,123\r\n", False),
        (b"Acct,Acct,BankNo\r\nWTR-1,WTR-1,123456789\r\n", True),
        (b"", None),
    ],
)
def test_a_file_that_is_refused_is_judged_as_far_as_it_was_read(content: bytes, *, judged: bool | None) -> None:
    sample = sample_of(content, len(content))
    assert sample.holds_bank_data is judged
    assert sample.columns == () or sample.refusal is None
