"""Each remedy helps: a row that follows what its code advises is read without the code and without another.

What depends on the CRM is in tests/integration/validation/test_remedies.py.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.codes import CODES, Level
from tests.unit.validation.reading_rows import BANK, Read, autopay, paperless, registration

Row = dict[str, str]
Reader = Callable[..., Read]
_CARD = dict.fromkeys(BANK, "") | {"card_token": "tok_12345", "card_expiry": "12/30"}
_NUMBER: dict[str, Any] = {"parts": ("legacy_id",)}
# By code: how rows are read, a row that has it, the row as the remedy wants it, and what the definition says then.
ROWS: Mapping[str, tuple[Reader, Row, Row, dict[str, Any]]] = {
    "R101": (paperless, {"legacy_id": "(blank)"}, {"legacy_id": "10-2"}, _NUMBER),
    "R102": (paperless, {"legacy_id": "1.23E+11"}, {"legacy_id": "123456789012"}, _NUMBER),
    "R103": (paperless, {"legacy_id": "10\u20142"}, {"legacy_id": "10-2"}, _NUMBER),
    "R120": (autopay, {"card_token": "tok_12345"}, {"card_token": ""}, {}),
    "R121": (autopay, {"routing_number": "21000021.0"}, {"routing_number": "021000021"}, {}),
    "R122": (autopay, {"routing_number": "021000012"}, {"routing_number": "021000021"}, {}),
    "R123": (autopay, {"bank_account_number": "4.45567E+09"}, {"bank_account_number": "4455667001"}, {}),
    "R124": (autopay, {"bank_account_type": ""}, {}, {"options": {"bank_account_type_default": "savings"}}),
    "R125": (autopay, _CARD | {"card_token": "tok 1"}, _CARD, {}),
    "R126": (autopay, _CARD | {"card_expiry": "12.30"}, _CARD | {"card_expiry": "12/30"}, {}),
    "R128": (autopay, {"bank_account_number": "XXXX5667"}, {"bank_account_number": "44565667"}, {}),
    "R129": (autopay, {"method_kind": "Cash"}, {"method_kind": "ACH"}, {}),
    "R141": (paperless, {"email": ""}, {"email": "ann@example.com"}, {}),
    "R142": (paperless, {"email": "ann@example"}, {"email": "ann@example.com"}, {}),
    "R143": (paperless, {"email": "none@none.com"}, {"email": "ann@example.com"}, {}),
    "R145": (autopay, {"max_amount": "50 or so"}, {"max_amount": "50.00"}, {}),
    "R146": (registration, {"role": "Administrator"}, {"role": "oversight"}, {}),
    "C212": (autopay, {"routing_number": "02100002"}, {}, {"choices": {"C212": "append_check_digit"}}),
    "C213": (autopay, {"pay_day": "15th"}, {}, {"choices": {"C213": "full_balance"}}),
    "C214": (autopay, {"end_date": "2030-01-31"}, {}, {"choices": {"C214": "keep_end"}}),
    "C216": (autopay, _CARD | {"card_expiry": "01/26"}, _CARD | {"card_expiry": "01/30"}, {}),
    "C218": (autopay, {}, {}, {"choices": {"C218": "continue"}}),
    "C221": (paperless, {"email": "a@x.org;b@x.org;c@x.org"}, {"email": "a@x.org"}, {}),
    "C241": (autopay, {"autopay_flag": ""}, {}, {"choices": {"C241": "attest"}}),
    "C242": (paperless, {"paperless_flag": "Portal"}, {}, {"values": {"paperless_flag": {"portal": "paperless"}}}),
    "C244": (paperless, {"consent_date": "25/12/2025"}, {}, {"choices": {"C244": "day_first"}}),
    "W301": (paperless, {"zip": "2138"}, {"zip": "02138"}, {}),
    "W311": (autopay, {"routing_number": "21000021"}, {"routing_number": "021000021"}, {}),
    "W312": (paperless, {"state": "Massachusets"}, {"state": "Massachusetts"}, {}),
    "W313": (autopay, {"email": "ask"}, {"email": "ann@example.com"}, {}),
    "W315": (paperless, {"consent_date": "45428"}, {"consent_date": "05/16/2024"}, {}),
    "W316": (registration, {"login_name": "ann lee"}, {"login_name": "annlee"}, {}),
    "W317": (registration, {"phone": "000-000-0000"}, {"phone": "212-555-0142"}, {}),
    "W341": (
        paperless,
        {"email": "a@desk.example.com"},
        {"email": "a@example.com"},
        {"mail_domain": "desk.example.com"},
    ),
    "W343": (paperless, {"email": "ann@gmial.com"}, {"email": "ann@gmail.com"}, {}),
}
_DIRECTORY = {"C218": {"directory": {"011000015": None}}}
# Remedies that are followed elsewhere, where there is a CRM, a file or a run.
_CRM = "tests/integration/validation/test_remedies.py"
_ELSEWHERE = {
    **dict.fromkeys(("F001", "F004", "F006", "F020"), "tests/unit/csvfile/test_real_exports.py"),
    **dict.fromkeys(("F002", "F003", "F008", "F009", "F015"), "tests/unit/csvfile/test_remedies.py"),
    **dict.fromkeys(
        ("R104", "R106", "R107", "W302", "W303", "W305", "W306", "W307"), "tests/unit/csvfile/test_remedies.py"
    ),
    **dict.fromkeys(("W308", "W309"), "tests/unit/csvfile/test_remedies.py"),
    **dict.fromkeys(("F005", "F007", "F010", "F011", "F012", "F013", "F014", "F016", "F019", "F021", "F022"), _CRM),
    **dict.fromkeys(("R105", "R108", "R111", "R112", "R127", "R131", "R132", "R133", "R134"), _CRM),
    **dict.fromkeys(("R151", "R152", "R153", "C217", "C245", "W304", "W310"), _CRM),
    "R135": "tests/integration/validation/test_rounds.py",
    "F018": "tests/integration/validation/test_refusals.py",
    "W351": "tests/integration/validation/test_imports.py",
    "F017": "tests/integration/validation/test_imports.py",
    **dict.fromkeys(("F098", "F099"), "tests/integration/validation/test_limits.py"),
    "F024": "tests/integration/executor/test_undo_chosen.py",
    **dict.fromkeys(("R198", "R199"), "tests/integration/executor/test_failures.py"),
}
# Of these the remedy is an answer, and the property tests play every answer (test_every_choice_is_reached).
_ANSWERED = {number for number, code in CODES.items() if code.choices} - {"C217", "C245"}
# Of these it says what to look at or to wait for; there is nothing to follow.
_TO_LOOK_AT = {"F023", "R161", "R162", "R163", "R164", "W320", "W323", "W336", "W344", "S405"}


@pytest.mark.parametrize("code", ROWS)
def test_what_the_remedy_says_helps(code: str) -> None:
    read, wrong, right, then = ROWS[code]
    given = _NUMBER if then is _NUMBER else _DIRECTORY.get(code, {})
    mail_domain = {name: value for name, value in then.items() if name == "mail_domain"}
    verdict, codes = read(wrong, **given, **mail_domain).says()
    assert code in codes
    assert (verdict == "") is (CODES[code].level is Level.WARNING)
    followed = read(wrong | right, **(given | then)).says()
    is_answer = "choices" in then
    assert followed == ("", [code] if is_answer else [])


def test_every_remedy_is_followed_somewhere() -> None:
    told = {number for number, code in CODES.items() if code.remedy and not code.is_retired}
    unfollowed = told - ROWS.keys() - _ELSEWHERE.keys() - _ANSWERED - _TO_LOOK_AT
    assert unfollowed == set(), (
        "give it a line in ROWS; where it needs a CRM, a file or a run, name its test in _ELSEWHERE"
    )
    root = Path(__file__).parents[3]
    assert [code for code, path in _ELSEWHERE.items() if code not in (root / path).read_text()] == []
