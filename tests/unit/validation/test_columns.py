"""What columns say that their cells alone do not (rules word-1 to word-7)."""

from collections.abc import Callable, Sequence

import pytest

from tests.unit.validation.reading_rows import Read, autopay, paperless, registration

_ASKED = ("skipped", ["C242"])
_GOES_ON: tuple[str, list[str]] = ("", [])


@pytest.mark.parametrize(
    ("field", "word", "meaning"),
    [
        ("bank_account_type", "Residential", "checking"),
        ("bank_account_type", "Gold Plus", "savings"),
        ("method_kind", "Tape", "ach"),
        ("autopay_flag", "Sí", "yes"),
        ("autopay_flag", "Group A", "yes"),
    ],
)
def test_a_strange_word_is_asked_and_an_explained_one_is_read(field: str, word: str, meaning: str) -> None:
    """word-1, word-2."""
    asked = autopay({field: word}, {field: word}, {field: ""} if field != "autopay_flag" else {field: "Y"})
    assert asked.says(0) == _ASKED
    assert asked.interpreter.unknown_words == {field: {word: 2}}
    told = autopay({field: f" {word.upper()} "}, values={field: {word: meaning}})
    assert told.says(0) == _GOES_ON
    assert told.interpreter.unknown_words == {}


def test_an_explanation_is_stronger_than_the_lexicon() -> None:
    """word-1."""
    assert paperless({"paperless_flag": "Y"}, values={"paperless_flag": {"y": "paper"}}).says() == ("skipped", ["S401"])


@pytest.mark.parametrize(
    ("read", "field", "word", "meaning", "shown"),
    [
        (autopay, "autopay_flag", "No", "yes", "No \u2192 On autopay"),
        (autopay, "autopay_flag", "Opted-Out", "yes", "Opted-Out \u2192 On autopay"),
        (autopay, "bank_account_type", "Loan", "checking", "Loan \u2192 Checking"),
        (autopay, "bank_account_type", "S", "checking", "S \u2192 Checking"),
        (autopay, "method_kind", "Cash", "ach", "Cash \u2192 Bank account"),
        (paperless, "paperless_flag", "P", "paperless", "P \u2192 Paperless"),
        (registration, "role", "CSR", "owner", "CSR \u2192 Owner"),
    ],
)
def test_a_known_word_that_is_explained_otherwise_is_asked_about(
    read: Callable[..., Read], field: str, word: str, meaning: str, shown: str
) -> None:
    """word-13."""
    given = {"values": {field: {word.casefold(): meaning}}}
    done = read({field: word}, **given)
    assert done.says() == ("skipped", ["C247"])
    assert done.interpreter.samples == {"C247": {shown: 1}}
    assert read({field: word}, **given, choices={"C247": "continue"}).says() == ("", ["C247"])


@pytest.mark.parametrize(
    ("field", "word", "meaning"),
    [
        ("autopay_flag", "Yes", "yes"),
        ("autopay_flag", "Prenote sent", "yes"),
        ("bank_account_type", "22", "checking"),
        ("bank_account_type", "Business Checking", "checking"),
        ("autopay_flag", "X", "yes"),
    ],
)
def test_an_explanation_that_says_the_same_is_none(field: str, word: str, meaning: str) -> None:
    """word-13."""
    assert autopay({field: word}, values={field: {word: meaning}}).says() == _GOES_ON


@pytest.mark.parametrize("field", ["autopay_flag", "paperless_flag"])
@pytest.mark.parametrize("others", [("Y",), ("N",), ("No", "Yes"), ("Perhaps",), ("1",)])
def test_a_cross_beside_words_is_asked_about(field: str, others: Sequence[str]) -> None:
    """word-12."""
    read = autopay if field == "autopay_flag" else paperless
    done = read({field: "X"}, *({field: word} for word in others), {field: "(x)"})
    assert list(done.interpreter.lines_in_doubt["C242"]) == [2, 3 + len(others)]
    assert done.interpreter.unknown_words[field]["X"] == 2
    told = read({field: "X"}, *({field: word} for word in others), values={field: {"x": "paperless"}})
    assert "C242" not in told.interpreter.lines_in_doubt


@pytest.mark.parametrize(
    ("others", "is_yes"),
    [
        (("TRUE", "1", "No"), True),
        (("Y", "yes", "", "N"), True),
        (("on", "Enrolled", "off", "Perhaps"), True),
        (("YES", "yes", "(Yes)", "No"), False),  # one word
        (("TRUE", "1"), False),  # X may be the no
        (("F", "0", "no"), False),
    ],
)
def test_a_cross_is_yes_where_people_write_yes_in_several_ways(others: Sequence[str], is_yes: bool) -> None:
    """word-12."""
    done = autopay({"autopay_flag": "X"}, *({"autopay_flag": word} for word in others))
    assert done.says() == _GOES_ON  # the row alone: what its column leaves in doubt is known at the end
    assert ("C242" not in done.interpreter.lines_in_doubt) is is_yes
    assert ("X" not in done.interpreter.unknown_words.get("autopay_flag", {})) is is_yes


@pytest.mark.parametrize(("others", "is_asked"), [(("Yes", "1", "No"), False), (("No", "False", "Yes"), True)])
def test_a_cross_of_who_wants_paper_means_that_they_do(others: Sequence[str], is_asked: bool) -> None:
    """word-12 where the flag says who wants paper: a cross says what the words do that mean the same."""
    cells = ({"paperless_flag": word} for word in ("x", *others))
    done = paperless(*cells, options={"paperless_flag_reversed": True})
    assert ("C242" in done.interpreter.lines_in_doubt) is is_asked


@pytest.mark.parametrize("cells", [("X", "", "x"), ("X",), ("x", "-", "N/A", "[X]")])
def test_a_cross_is_yes_where_nothing_else_is_there(cells: Sequence[str]) -> None:
    """word-12."""
    done = paperless(*({"paperless_flag": cell} for cell in cells))
    assert done.says() == _GOES_ON
    assert done.interpreter.lines_in_doubt == {}


def test_an_explained_column_may_be_part_of_the_account_number() -> None:
    """word-1: the account number has what stands in the file."""
    done = registration({"role": "Tenant"}, values={"role": {"tenant": "guest"}}, parts=["Account", "role"])
    assert (done.rows[0]["account_number"], done.rows[0]["link_role"]) == ("A1Tenant", "guest")


def test_kinds_of_account_that_nothing_is_collected_from_are_no_unknown_words() -> None:
    assert autopay({"bank_account_type": "Loan"}).says() == ("failed", ["R124"])
    assert autopay({"bank_account_type": ""}).says() == ("failed", ["R124"])


def test_ways_to_pay_and_roles_that_are_no_customers_are_no_unknown_words() -> None:
    """method-1, person-2."""
    assert autopay({"method_kind": "Cash"}).says() == ("failed", ["R129"])
    assert registration({"role": "Administrator"}).says() == ("failed", ["R146"])


def test_words_of_the_other_method_are_not_asked() -> None:
    card = {"routing_number": "", "bank_account_number": "", "card_token": "tok_0001", "card_expiry": "05/29"}
    assert autopay(card | {"bank_account_type": "Platinum"}).says() == _GOES_ON


def test_what_is_no_word_is_counted_and_not_shown() -> None:
    """word-9."""
    cells = (
        "Ana 12345",
        "x" * 61,
        "555-0142",
        "271-376-400-10",
        "1a2b3c4d5",
        "ana@example.com",
        "\u0662-\u0667-12-3",
        "Fax",
    )
    strange = [{"paperless_flag": cell} for cell in cells for _ in range(2)]
    assert paperless(*strange).interpreter.unknown_words == {"paperless_flag": {"": 14, "Fax": 2}}


@pytest.mark.parametrize(
    "name", ["Jane Q Customera", "Customera, Jane", "Customera,Jane", "JANE.CUSTOMERA", "J. Customera"]
)
def test_what_stands_once_and_is_several_words_may_be_a_name(name: str) -> None:
    """word-9."""
    done = paperless({"paperless_flag": name}, {"paperless_flag": "Fax"}, *({"paperless_flag": "By mail"},) * 2)
    assert done.interpreter.unknown_words == {"paperless_flag": {"By mail": 2, "": 1, "Fax": 1}}


def test_many_words_that_stand_once_are_names() -> None:
    """word-9."""
    done = paperless(*({"paperless_flag": _letters(number)} for number in range(101)))
    assert done.interpreter.unknown_words == {"paperless_flag": {"": 101}}
    few = paperless(*({"paperless_flag": _letters(number)} for number in range(30)))
    assert len(few.interpreter.unknown_words["paperless_flag"]) == 30


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (("P", "N"), ["C242", "S401"]),
        (("p", "No", ""), ["C242", "S401", "C241"]),
        (("P", "E", "N"), ["S401", "", "S401"]),
        (("P", "Y", "N"), ["S401", "", "S401"]),
        (("P", "B", "N"), ["S401", "C222", "S401"]),
        (("P", "E"), ["S401", ""]),
    ],
)
def test_p_is_paper_unless_it_may_be_paperless(words: Sequence[str], codes: Sequence[str]) -> None:
    """word-18."""
    done = paperless(*({"paperless_flag": word} for word in words))
    assert [",".join(done.says(index)[1]) for index in range(len(words))] == codes


@pytest.mark.parametrize("word", ["None", "N/A", "NULL", "(none)", "#N/A"])
def test_a_word_for_nothing_that_was_explained_is_no_blank(word: str) -> None:
    """word-1."""
    said = {"values": {"paperless_flag": {word: "paper"}}}
    done = paperless({"paperless_flag": word}, {"paperless_flag": "Blank"}, {"paperless_flag": ""}, **said)
    assert [done.says(index)[1] for index in range(3)] == [["S401"], ["C241"], ["C241"]]


def test_a_column_of_a_thousand_words_is_counted_in_bounded_memory() -> None:
    """word-2."""
    done = paperless(*({"paperless_flag": "Ana" + "n" * number} for number in range(50) for _ in range(2)))
    assert sum(done.interpreter.unknown_words["paperless_flag"].values()) == 100
    wide = paperless(*({"paperless_flag": _letters(number)} for number in range(1000) for _ in range(2)))
    assert len(wide.interpreter.unknown_words["paperless_flag"]) == 101


def _letters(number: int) -> str:
    return "fax" + "".join("abcdefghij"[int(digit)] for digit in str(number))


_LONG = [f"44556{number:02}" for number in range(30)]


@pytest.mark.parametrize(
    ("numbers", "doubtful"),
    [
        (["5123", "6360", "7597"], [2, 3, 4]),
        (["5123", "6360"], [2, 3]),
        (["5123", *_LONG[:9]], [2]),
        (["5123", *_LONG[:10]], []),
        (["5123", "6360", *_LONG], []),
        (["5123", "6360", "7597", *_LONG], [2, 3, 4]),
        (["00005123", "0000006360", "00000000000007597", *_LONG], [2, 3, 4]),
        (["00015123", "0000016360", "17597", *_LONG], []),
        (["12345678", "0012345678", "7654321", *_LONG], [2, 3]),
        (["12345678", "23456789", *_LONG], []),
        (["123456", "123456", "12345", "12345"], [2, 3]),
        (["512A", "636B", "759C"], []),
        (["5123", "6360", "7597", "445566", "445567", "445568"], [2, 3, 4]),
        (["5123", "6360", "7597", "445566", "445567", "445568", "445569"], [2, 3, 4]),
        (["12345678901234500", "22345678901234500", "3234567890123450"], [2, 3, 4]),
        (["12345678901234500", "22345678901234500", "3234567890123451"], []),
        (["123456789012345", "223456789012340", "323456789012300"], []),
        (["1234567890123450", "2234567890123450", "AB345678901234500"], []),
        ([*(f"{n}8315462907715{n}0" for n in range(1, 5)), *(f"{n}831546290771545" for n in (1, 2, 3))], [2, 3, 4, 5]),
        ([*(f"{n}8315462907715{n}0" for n in range(1, 4)), *(f"{n}831546290771545" for n in (1, 2, 3))], []),
    ],
)
def test_shortened_account_numbers(numbers: Sequence[str], doubtful: Sequence[int]) -> None:
    """word-3."""
    done = autopay(*({"bank_account_number": number} for number in numbers))
    assert done.interpreter.lines_in_doubt.get("C219", []) == doubtful


_DAY_FIRST = ("25/12/2026", "05/02/2027", "31/01/2027", "04-03-27", "4/4/2027", "")


def test_one_date_with_its_day_first_puts_the_others_in_doubt() -> None:
    """word-4, word-5."""
    asked = autopay(*({"start_date": cell} for cell in _DAY_FIRST))
    assert [asked.says(index) for index in (0, 2)] == [("skipped", ["C244"])] * 2
    assert asked.interpreter.lines_in_doubt == {"C244": [3, 5]}


def test_the_answer_decides_the_order() -> None:
    """word-4."""
    day_first = autopay(*({"start_date": cell} for cell in _DAY_FIRST), choices={"C244": "day_first"})
    days = ["2026-12-25", "2027-02-05", "2027-01-31", "2027-03-04", "2027-04-04", ""]
    assert [row["starts_on"] for row in day_first.rows] == days
    assert day_first.says(0) == ("", ["C244"])
    month_first = autopay(*({"start_date": cell} for cell in _DAY_FIRST), choices={"C244": "month_first"})
    assert month_first.says(0) == ("held", ["R145"])
    assert month_first.rows[1]["starts_on"] == "2027-05-02"


@pytest.mark.parametrize("cell", ["13/13/2026", "31/02/2027"])
def test_a_day_that_there_is_in_no_order_is_unreadable(cell: str) -> None:
    assert autopay({"start_date": cell}).says() == ("held", ["R145"])


@pytest.mark.parametrize(
    ("cells", "doubtful"),
    [
        (["01/02/2027", "02/03/2027", "03/04/2027", "04/05/2027", "05/06/2027"], [2, 3, 4, 5, 6]),
        (["01/02/2027", "02/03/2027", "03/04/2027", "04/05/2027"], []),
        (["01/02/2027", "02/03/2027", "03/04/2027", "04/05/2027", "05/06/2027", "12/31/2027"], []),
        (["2/1/2027", "3/1/2027", "4/1/2027", "5/1/2027", "6/1/2027"], []),
        (["2027-01-02", "2027-02-03", "2027-03-04", "2027-04-05", "2027-05-06"], []),
        (["1/2/2027", "2/3/2027", "3/4/2027", "4/5/2027", "31/12/9999", "5/6/2027"], [2, 3, 4, 5, 7]),
    ],
)
def test_a_column_whose_dates_can_all_be_read_in_both_orders(cells: Sequence[str], doubtful: Sequence[int]) -> None:
    """word-5, word-6."""
    done = paperless(*({"consent_date": cell} for cell in cells))
    assert done.interpreter.lines_in_doubt.get("C244", []) == doubtful


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (("1260315", "0991231", "991231", "0", "9999999", ""), ["2026-03-15", "1999-12-31", "1999-12-31", "", "", ""]),
        (("1260315", "0400101"), ["2026-03-15", ""]),
        (("1240229",), ["2024-02-29"]),
        (("1260315", "3/15/2026"), ["", "2026-03-15"]),
        (("1260315", "1300229"), ["", ""]),
        (("991231", "991230"), ["", ""]),
        (("1260315", "3152026"), ["", ""]),
        (("1152026", "3152026"), ["", ""]),
        (("2026074", "2026075"), ["", ""]),
    ],
)
def test_numbers_that_begin_with_a_century_are_dates_where_all_are(cells: Sequence[str], days: Sequence[str]) -> None:
    """flag-12."""
    evidence = paperless(*({"consent_date": cell} for cell in cells))
    assert [row["authorized_on"] for row in evidence.rows] == days
    unread = [bool(cell.strip("09")) and not day and cell != "0400101" for cell, day in zip(cells, days, strict=True)]
    assert [evidence.says(index)[1] == ["W315"] for index in range(len(cells))] == unread
    terms = autopay(*({"start_date": cell} for cell in cells))
    assert [row["starts_on"] for row in terms.rows] == days
    assert [terms.says(index) == ("held", ["R145"]) for index in range(len(cells))] == unread
    ends = autopay(*({"end_date": cell} for cell in cells))
    assert [ends.says(index) == ("held", ["R145"]) for index in range(len(cells))] == unread
    assert {ends.says(index)[1][0] for index in range(len(cells)) if days[index]} <= {"S403", "C214"}


def test_tokens_that_a_spreadsheet_cut() -> None:
    """word-3."""
    tokens = ["9518431234567890", "9518431234567120", "951843123456734000", "9518431234567891", "tok_18431234567890"]
    cards = [_NO_BANK | {"card_token": token, "card_expiry": "05/29"} for token in tokens]
    assert autopay(*cards).interpreter.lines_in_doubt == {"C219": [2, 3, 4]}
    assert not autopay(*cards[1:]).interpreter.lines_in_doubt


_EXPIRIES = ("31/12/2029", "01/07/2029", "02/08/2029", "2029-03-31", "05/29", "4/4/2029")
_NO_BANK = dict.fromkeys(("routing_number", "bank_account_number", "bank_account_type"), "")
_CARDS = [_NO_BANK | {"card_token": f"tok_9f3k{number}", "card_expiry": cell} for number, cell in enumerate(_EXPIRIES)]


def test_expiries_are_read_in_the_order_of_their_column() -> None:
    """word-4, word-5, method-13."""
    asked = autopay(*_CARDS)
    assert asked.says(0) == ("skipped", ["C244"])
    assert asked.interpreter.lines_in_doubt == {"C244": [3, 4]}
    day_first = autopay(*_CARDS, choices={"C244": "day_first"})
    assert [row["exp_month"] for row in day_first.rows] == ["12", "7", "8", "3", "5", "4"]
    month_first = autopay(*_CARDS, choices={"C244": "month_first"})
    assert [row["exp_month"] for row in month_first.rows] == ["", "1", "2", "3", "5", "4"]
    assert month_first.says(0) == ("failed", ["R126"])


def test_expiries_beside_bank_accounts_put_nothing_in_doubt() -> None:
    done = autopay(*({"card_expiry": cell} for cell in _EXPIRIES))
    assert not done.interpreter.lines_in_doubt
    months = autopay(*(_CARDS[0] | {"card_expiry": f"{month}/01/2029"} for month in range(1, 12)))
    assert not months.interpreter.lines_in_doubt


def test_a_day_that_may_be_another_has_not_ended_autopay() -> None:
    """word-4."""
    assert autopay({"end_date": "25/12/2020"}).says() == ("skipped", ["C244"])
    assert autopay({"end_date": "25/12/2020"}, choices={"C244": "day_first"}).says() == ("skipped", ["S403"])
