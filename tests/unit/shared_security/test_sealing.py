import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sealing import Fingerprint, SealBroken, Sealer

OLD, NEW = os.urandom(32), os.urandom(32)
SEALER = Sealer({"old": OLD, "new": NEW}, "new")


@given(st.text(), st.text())
def test_what_was_sealed_opens_in_its_context(text: str, context: str) -> None:
    assert SEALER.unseal(SEALER.seal(text, context), context) == text


def test_many_values_are_sealed_as_each_would_be() -> None:
    values = ["123456789", "", "123456789"]
    sealed = SEALER.seal_each(values, "c")
    assert [SEALER.unseal(blob, "c") for blob in sealed] == values
    assert len(set(sealed)) == len(values)
    assert SEALER.seal_each([], "c") == []


def test_two_seals_of_one_value_differ_and_neither_shows_it() -> None:
    first, second = SEALER.seal("123456789", "c"), SEALER.seal("123456789", "c")
    assert first != second
    assert b"123456789" not in first


def test_a_value_moved_to_another_owner_does_not_open() -> None:
    with pytest.raises(SealBroken):
        SEALER.unseal(SEALER.seal("123456789", "login|7"), "login|8")


def test_old_values_stay_readable_after_the_key_was_replaced() -> None:
    sealed_before = Sealer({"old": OLD}, "old").seal("123456789", "c")
    assert SEALER.unseal(sealed_before, "c") == "123456789"
    with pytest.raises(SealBroken):
        Sealer({"new": NEW}, "new").unseal(sealed_before, "c")


def test_the_blob_has_the_layout_that_is_written_down() -> None:
    blob = SEALER.seal("abc", "c")
    assert blob[:5] == b"\x01\x03new"
    assert len(blob) == 5 + 12 + 3 + 16


@given(st.data())
def test_no_damaged_blob_opens(data: st.DataObject) -> None:
    blob = bytearray(SEALER.seal("123456789", "c"))
    place = data.draw(st.integers(0, len(blob) - 1))
    blob[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        SEALER.unseal(bytes(blob), "c")


@given(st.binary(max_size=60))
def test_arbitrary_bytes_do_not_open(blob: bytes) -> None:
    with pytest.raises(SealBroken):
        SEALER.unseal(blob, "c")


def test_cut_blobs_do_not_open() -> None:
    blob = SEALER.seal("123456789", "c")
    for length in range(len(blob)):
        with pytest.raises(SealBroken):
            SEALER.unseal(blob[:length], "c")


def test_unusable_keys_are_refused() -> None:
    for keys, current in (({"a": b"short"}, "a"), ({"a": OLD}, "b"), ({"": OLD}, ""), ({"k" * 256: OLD}, "k" * 256)):
        with pytest.raises(ValueError, match="key"):
            Sealer(keys, current)


def test_fingerprints_are_keyed_and_tell_parts_apart() -> None:
    fingerprint = Fingerprint(OLD)
    assert fingerprint.of("122105155", "42") == Fingerprint(OLD).of("122105155", "42")
    assert fingerprint.of("122105155", "42") != Fingerprint(NEW).of("122105155", "42")
    assert fingerprint.of("ab", "c") != fingerprint.of("a", "bc")
    assert fingerprint.of("a") != fingerprint.of("a", "")
    assert len(fingerprint.of("a")) == 32
    with pytest.raises(ValueError, match="at least 32"):
        Fingerprint(b"short")
