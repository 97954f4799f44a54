"""Addresses: rules email-2 to email-8 and email-13 to email-15."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from services.validation.domain.emails import EmailReader

_ATOMS = st.text("abcXYZ019_+-.", min_size=1, max_size=70)
_DOMAINS = st.text("abXY01-.", min_size=1, max_size=30).map(lambda text: f"{text}.com")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("ann@example.com", ["ann@example.com"]),
        ("Ann@EXAMPLE.Com", ["Ann@example.com"]),
        ("a@example.com; b@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com,b@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com / b@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com|b@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com AND b@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com or b@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com b@example.com c@example.com", ["a@example.com", "b@example.com", "c@example.com"]),
        ("a@example.com A@example.com", ["a@example.com"]),
        ("Ann Lee <ann@example.com>", ["ann@example.com"]),
        ("LEE, ANN <ann@example.com>; Bob <bob@example.com>", ["ann@example.com", "bob@example.com"]),
        ("mailto:x@example.com", ["x@example.com"]),
        ("x@example.com.", ["x@example.com"]),
        ("x@example.com;", ["x@example.com"]),
        ("o'brien@example.org", ["o'brien@example.org"]),
        ("ann@exämple.org", ["ann@exämple.org"]),
        ("Ann Lee (ann@example.com)", ["ann@example.com"]),
        ("Ann Lee [ann@example.com]", ["ann@example.com"]),
        ('"Ann Lee" ann@example.com', ["ann@example.com"]),
        ("ann@example.com (Ann Lee)", ["ann@example.com"]),
        ("Ann Lee ann@example.com", ["ann@example.com"]),
        ("ann@example.com - Ann Lee", ["ann@example.com"]),
        ("Home Email: ann@example.com", ["ann@example.com"]),
        ("ann@example.com primary", ["ann@example.com"]),
        ("a@example.com home", ["a@example.com"]),
        ("ann@example.com (opted in)", ["ann@example.com"]),
        ("\u2022 ann@example.com", ["ann@example.com"]),
        ("- ann@example.com", ["ann@example.com"]),
        ("1) ann@example.com", ["ann@example.com"]),
        ("mailto:ann@example.com?subject=Bill", ["ann@example.com"]),
        ("Old Mill Inn <inn@example.com>", ["inn@example.com"]),
        ("Richard Prior <rich@example.com>", ["rich@example.com"]),
        ("ann@example.com#mailto:ann@example.com#", ["ann@example.com"]),
        ("Ann@Example.com#http://ann@example.com#", ["ann@example.com"]),
        ("Ann Lee#mailto:ann@example.com#", ["ann@example.com"]),
        ("#MAILTO:ann@example.com#", ["ann@example.com"]),
        ("ann@example.com / 555-1234", ["ann@example.com"]),
        ("ann@example.com (978) 555-0123", ["ann@example.com"]),
        ("ann@example.com, cell +1 978.555.0123", ["ann@example.com"]),
        ("ann@example.com 9785550123; ben@example.com", ["ann@example.com", "ben@example.com"]),
        ("ann@example.com 2nd acct", ["ann@example.com"]),
        ("ann=lee@example.com", ["ann=lee@example.com"]),
        ("a@example.com + b@example.com", ["a@example.com", "b@example.com"]),
    ],
)
def test_addresses_are_taken_apart(cell: str, found: list[str]) -> None:
    read = EmailReader().read(cell)
    assert list(read.found) == found
    assert not read.codes


@pytest.mark.parametrize(
    ("local", "whole", "fits"), [(64, 100, True), (65, 100, False), (20, 254, True), (20, 255, False)]
)
def test_an_address_is_no_longer_than_mail_carries(local: int, whole: int, *, fits: bool) -> None:
    labels = "b." * whole  # of one letter each, and a last one to end at the length asked for
    domain = labels[: whole - local - 1 - 4].rstrip(".")
    domain += "b" * (whole - local - 1 - 4 - len(domain)) + ".com"
    cell = f"{'a' * local}@{domain}"
    assert len(cell) == whole
    assert (not EmailReader().read(cell).codes) is fits
    of_a_known_domain = EmailReader().read_column([f"ann@{domain}", cell])[1]
    assert set(of_a_known_domain) == (set() if fits else {1})


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "R141"),
        ("none", "R142"),
        ("N/A", "R142"),
        ("-", "R142"),
        ("NOEMAIL@NOEMAIL.COM", "R143"),
        ("test@example.com", "R143"),
        ("na@na", "R143"),
        ("none@gmail.com", "R143"),
        ("Unknown@example.com", "R143"),
        ("X@x.com", "R143"),
        ("paper@paper.com", "R143"),
        ("deceased@gmail.com", "R143"),
        ("customer@hasnone.com", "R143"),
        ("bounce@gmail.com", "R143"),
        ("noemail@gmail.com", "R143"),
        ("refused@yahoo.com", "R143"),
        ("bob@example", "R142"),
        ("ann@example..org", "R142"),
        ("ann", "R142"),
        (";", "R142"),
        ("ann@exam_ple.com", "R142"),
        ("bob@host.local", "R142"),
        ("ünna@example.com", "R142"),
        ("=?utf-8?q?a=0ABcc=3A=20b?=@example.org", "R142"),
        ("a@example.com hom", "R142"),
        ("ann smith@example.com", "R142"),
        ("ann lee smith@example.com", "R142"),
        ("ann@example.co m", "R142"),
        ("ann@example.com ???", "R142"),
        ("ann@example.com (bounced)", "R142"),
        ("ann@example.com [deceased]", "R142"),
        ("ann@example.com *bounced*", "R142"),
        ('ann@example.com "revoked"', "R142"),
        ("ann@example.com (bounced", "R142"),
        ("ann@example.com (no longer valid)", "R142"),
        ("ann@example.com (opted out)", "R142"),
        ("Declined: ann@example.com", "R142"),
        ("OLD: ann@example.com", "R142"),
        ("Invalid Email: ann@example.com", "R142"),
        ("Former: old@example.com; Current: new@example.com", "R142"),
        ("Do not use <ann@example.com>", "R142"),
        ('=HYPERLINK("mailto:ann@example.com","Old email")', "R142"),
        ("foo@bar.com", "R143"),
        ("ann=example.net@example.com", "R143"),
        ("Ann=Mail.Example.net@example.com.invalid", "R143"),
        ("Old email#mailto:ann@example.com#", "R142"),
        ("ann@example.com#mailto:ben@example.com#", "R142"),
        ("ann@example.com closed acct", "R142"),
        ("ann@example.com 978-555-0123 do not call", "R142"),
        ("978-555-0123 ann@example.com", "R142"),
        ("ann@example.com 12", "R142"),
        ("tbd@gmail.com", "R143"),
        ("dont.use@gmail.com", "R143"),
        ("bill@default.com", "R143"),
        (f"{'a' * 65}@example.com", "R142"),
    ],
)
def test_what_is_no_address(cell: str, code: str) -> None:
    assert EmailReader().read(cell).codes == {code}


@given(st.lists(st.builds("{}@{}".format, _ATOMS, _DOMAINS), max_size=20))
def test_the_fast_way_accepts_nothing_the_library_refuses(cells: list[str]) -> None:
    reader = EmailReader()
    reader.read_column(cells)  # the domains are known now
    plain, others = reader.read_column(cells)
    for index, cell in enumerate(cells):
        assert others.get(index, None) == (None if plain[index] else EmailReader().read(cell))
        if plain[index]:
            assert [plain[index]] == list(EmailReader().read(cell).found)
            assert is_valid(plain[index])


def is_valid(address: str) -> bool:
    try:
        validate_email(address, allow_smtputf8=False, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return False
    return True


_CELLS = st.lists(
    st.sampled_from(
        [
            "ann@example.com",
            "Ben@Example.com",
            "c.d@example.org",
            "none@example.com",
            "x@x.com",
            "",
            "a@b",
            "e@f.com\ng@h.com",
            "ann@example.com\n",
            "a@b@example.com",
            ".ann@example.com",
            "an..n@example.com",
            "ann.@example.com",
            "@example.com",
            "\n",
            "two@example.com;one@example.com",
            f"{'l' * 65}@example.com",
            f"{'l' * 60}@example.com",
            "o'brien@example.org",
            "kim@example.com ",
        ]
    ),
    max_size=12,
)


@given(first=_CELLS, cells=_CELLS)
def test_a_column_says_what_its_cells_say_one_by_one(first: list[str], cells: list[str]) -> None:
    reader = EmailReader()
    reader.read_column(first)  # it remembers domains, and may tell many cells at once from then on
    plain, others = reader.read_column(cells)
    alone = [EmailReader().read(cell) for cell in cells]
    assert plain == [read.found[0] if len(read.found) == 1 else "" for read in alone]
    assert others == {index: read for index, read in enumerate(alone) if len(read.found) != 1}
