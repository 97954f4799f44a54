"""Cells as real exports write them, by field: what goes on, what is asked about, what fails."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from tests.unit.validation.reading_rows import Read, autopay, paperless, registration

_CARD: Final = {"routing_number": "", "bank_account_number": "", "bank_account_type": ""}
_TOKEN: Final = _CARD | {"card_token": "tok_8f2k1"}
_EXPIRY: Final = _CARD | {"card_expiry": "05/31"}
Reading = Callable[..., Read]
# By field, codes (none: the row goes on), the cells.
_CELLS: Final[tuple[tuple[Reading, str, str, tuple[str, ...], Mapping[str, str]], ...]] = (
    (
        autopay,
        "bank_account_number",
        "R128",
        (
            *("****6789", "•••• 4455", "xxxx-xxxx-9921", "...4455", "1234XXXX", "9999999999", "123123123"),
            *(
                "ENDS 1234",
                "Ending in 4455",
                "last4: 8812",
                "Acct 4455",
                "Checking 9921",
                "CHK-1234",
                "ACCT ENDING: 12",
            ),
            *("Closed 12/2020", "DO NOT USE", "see notes", "VOID", "temp123", "acct closed", "2222222", "frozen"),
            *(
                "Chase 6789",
                "Wells Fargo x6789",
                "acct ending in 4455",
                "TBA 12",
                "call customer",
                "VERIFY",
                "VISA1234",
            ),
            *(
                "-6789",
                "(6789)",
                "*6789",
                "6789*",
                "**6789**",
                "\u20266789",
                "\u25cf\u25cf\u25cf\u25cf6789",
                "#4455",
                "AB 1234",
                "TBD",
            ),
            *("1234567890123456", "01234567890123", "98765432109876", "123412341234", "1234567891234567"),
        ),
        {},
    ),
    (
        autopay,
        "bank_account_number",
        "R123",
        (
            *(
                "0000000000",
                "4,455,667",
                "44556677.0",
                "4.45566E+09",
                "N/A",
                "44556677*",
                "44556677 (old)",
                "44556677-",
            ),
            *("98765432 closed", "98765433 NSF", "wrong 98765434", "xxxx 98765436", "98765432 98765433", "XX98765432"),
            *("2026-01-05", "1-5-2026", "Dec-03", "-98765432"),
        ),
        {},
    ),
    (
        autopay,
        "bank_account_number",
        "",
        (
            *(
                "4455 667 8",
                "US44556677",
                "0044556677",
                "Acct44556677",
                "7-4455667",
                "4455667-S1",
                "4455667S0001",
                "B-445",
            ),
            *("Acct # 44556677", "Account No. 4455 6677", "A/C 44556677", "#44556677", "SAVE4455667", "123412345678"),
        ),
        {},
    ),
    (
        autopay,
        "routing_number",
        "",
        ("RTN 021000021", "ABA: 021000021", "#021000021", "ABA/RTN: 0210-0002-1", "R/T 021000021", "RT021000021"),
        {},
    ),
    (autopay, "routing_number", "R128", ("111111111", "123456789", "unknown", "*****0021"), {}),
    (autopay, "routing_number", "R121", ("21000021.0", "2.1000021E7", "021000021 RTN", "Chase 021000021", "N/A"), {}),
    (
        autopay,
        "card_token",
        "R128",
        (
            *("PENDING", "XXXXXXXXXXXX1111", "****1111", "DECLINED", "no card", "Visa 1111", "visa1111", "VISA-1111"),
            *("4111-XXXX-XXXX-1111", "4111-11XX-XXXX-1111", "411111-XXXXXX-1111", "4xxx-xxxx-xxxx-1111", "4111...1111"),
            *("Visa ending in 1111", "MC ****4444", "Debit card 0004", "\u20261111", "123412341234"),
        ),
        _EXPIRY,
    ),
    (autopay, "card_token", "R125", ("1111", "expired card", "vault#12345", "{8A7F-11}"), _EXPIRY),
    (
        autopay,
        "card_token",
        "",
        ("cus_9s6XKzkNRiz8i3", "ccof:abcd1234", "pm_1|card_2", "abc/def+ghi==", "card_1111a", "mc_12345"),
        _EXPIRY,
    ),
    (
        autopay,
        "card_expiry",
        "",
        ("1/29", "2029-01", "Jan-29", "29-Jan", "129", "122029", "12/29/2029 00:00", "31-May-2029"),
        _TOKEN,
    ),
    (autopay, "card_expiry", "R126", ("12.29", "0/29", "13/29", "00/00", "99/99", "2029", "45000", "N/A"), _TOKEN),
    (
        autopay,
        "end_date",
        "",
        (
            *("0", "000000", "00/00/00", "0000-00-00", "1/0/1900", "12/30/1899", "1/1/1753", "1/1/1904", "12/31/1969"),
            *("1970-01-01 00:00:00", "1/1/1980", "12/31/9999", "99/99/9999", "99999999", "9999-99-99", "31-DEC-4712"),
            *("Never", "never expires", "Indefinite", "Until cancelled", "No end", "open", "N/A", "ongoing"),
        ),
        {},
    ),
    (autopay, "end_date", "R145", ("Q4 27", "2958465", "13/13/2027", "98/98/9898"), {}),
    (autopay, "end_date", "S403", ("1/2/1980", "12/31/2019"), {}),
    (autopay, "end_date", "C214", ("2079-06-06", "12/31/2049", "2099-12-31"), {}),
    (autopay, "autopay_flag", "", ("ENROLLED", "Auto-Pay", "Bank Draft", "TRUE", ".T.", "Yes - Card"), {}),
    (autopay, "autopay_flag", "S402", ("Opted out", "Revoked", "On-Hold", "Unenrolled", "Declined", "0"), {}),
    (autopay, "autopay_flag", "C242", ("y?", "No?", "Pending", "Oui", "2", "-1", "Y/N", "Bounced", "P", "C"), {}),
    (paperless, "paperless_flag", "", ("E-Bill", "e-statement", "Electronic Only", "opt-in", "Digital"), {}),
    (paperless, "paperless_flag", "S401", ("U.S. Mail", "USPS", "Hardcopy", "Regular Mail", "Mail Only"), {}),
    (paperless, "paperless_flag", "C222", ("Email+Paper", "Print & Email", "E-mail & Mail", "Paper/Email"), {}),
    (paperless, "paperless_flag", "C242", ("Portal", "SMS", "Suppress", "Go Green", "Papier", "D", "paper?"), {}),
    (autopay, "method_kind", "", ("ACH Debit", "E-Check", "Bank Acct", "EFT", "Direct Debit", "Savings Account"), {}),
    (autopay, "method_kind", "R129", ("Money Order", "Lockbox", "Paper Check", "Wire"), {}),
    (autopay, "method_kind", "C242", ("PayPal", "Venmo", "B", "27", "Debit"), {}),
    (
        autopay,
        "bank_account_type",
        "",
        ("Chkg", "Personal Checking", "Checking (Business)", "Bus. Checking", "Corp Checking", "Savings (Personal)"),
        {},
    ),
    (autopay, "bank_account_type", "C242", ("Money Market", "Prepaid", "PC", "0", "X", "checking/savings"), {}),
    (
        paperless,
        "email",
        "R143",
        (
            *("na@na.com", "noemail@gmail.com", "donotemail@city.gov", "abc@abc.com", "123@123.com", "xxxxx@xxx.xx"),
            *("didnotprovide@x.org", "customer@customer.com", "ana@noaddress.com", "sincorreo@x.org", "No-Info@x.org"),
        ),
        {},
    ),
    (paperless, "email", "R142", ("ana@gmail.con", "ana@gmail", "ana@@gmail.com", "ana(at)gmail.com", "Paper"), {}),
    (paperless, "email", "W343", ("ana@gmial.com", "ana@yahoo.cm", "ana@outlok.com", "ana@iclod.com"), {}),
    (
        paperless,
        "email",
        "",
        ("Ana <ana@x.org>", "mailto:ana@x.org", "ana@x.org (work)", "[ana@x.org](mailto:ana@x.org)", "E: ana@x.org"),
        {},
    ),
    (
        registration,
        "phone",
        "W317",
        ("000-000-0000", "1234567890", "(555) 555-5555", "555", "unlisted", "0", "212-000-0000"),
        {},
    ),
    (registration, "phone", "", ("555-123-4567", "123-4568", "5551234567 x12", "N/A"), {}),
    (autopay, "max_amount", "", ("0.00", "$1,234.56", "USD 250", "No Limit", "N/A", "250.5", "Full"), {}),
    (autopay, "max_amount", "R145", ("1.234,56", "-250", "(250)", "250/mo", "1e3"), {}),
)
_CASES = [
    pytest.param(read, field, cell, code, beside, id=f"{field}: {cell}")
    for read, field, code, cells, beside in _CELLS
    for cell in cells
]


@pytest.mark.parametrize(("read", "field", "cell", "code", "beside"), _CASES)
def test_a_cell(read: Reading, field: str, cell: str, code: str, beside: Mapping[str, str]) -> None:
    verdict, codes = read({**beside, field: cell}).says()
    assert codes == ([code] if code else [])
    assert (verdict == "") is (code[:1] in ("", "W"))


@pytest.mark.parametrize(
    "name", ["Smith Bros", "Ana Ortiz DBA Salon", "ABC Plumbing", "U.S. Post Office", "Elm Dental"]
)
def test_a_company(name: str) -> None:
    row = registration({"customer_name": name}).rows[0]
    assert (row["first_name"], row["last_name"]) == ("", name)
