"""Cells as other programs and countries write them: what a careful person would read, ask about, or leave out.

A line is: field, what comes of it (codes, and after "=" the value that is stored), cells parted by " | ".
"""

from collections.abc import Iterator

import pytest

from tests.unit.validation.reading_rows import BANK, autopay, paperless, registration

_CARD = dict.fromkeys(BANK, "") | {"card_token": "tok_8f2k1", "card_expiry": "05/31"}
_READERS = {"autopay": autopay, "card": autopay, "paperless": paperless, "registration": registration}
_AUTOPAY = """
bank_account_type: C242: Giro | Cta. Corriente | Cuenta de ahorros | Compte courant | NOW | Money Mkt | Share | Chequing
bank_account_type/account_type: =checking: Checking - Personal | CHKG-BUS | Corp Chk
bank_account_type/account_type: =savings: SAVINGS/PERSONAL | Savings Acct.
method_kind: C242: Tarjeta | PAD | Bank Transfer | Prepaid Card | Checking/Savings | card_account | Visa ****1111
method_kind: =ach: e check | BankAccount | BANK_ACCOUNT | ach_debit
autopay_flag: C242: Sí | Oui | Ja | Да | 1.0 | A | Act | Inact | NSF | R01 | ✓ | ☑ | + | -1 | Wahr | VERDADERO
autopay_flag: C242: Y - Active | Enrolled (ACH) | Pending Prenote | Suspended - NSF | Expired Card | Unchecked
autopay_flag/starts_on: =: TRUE | Opted-in | Auto Pay | Y\u2003
max_amount: =500: $500 | 500 USD | 500\u00a0
max_amount: =9999999.99: 9999999.99 | $9,999,999.99
max_amount: R145: $ -5 | $ - -
max_amount: R145: US$ 500 | 500.00- | (500.00) | 500,00 | 1.234,56 | 1 234.56 | 500/month | 5E2 | €500 | NTE 500
max_amount: =: $ - | $- | $    - | $ -- | $\u2013 | No Max | None | 0 | .00 | $.00 | any
max_amount: C242: sin límite | selon contrat | keine | as billed
pay_day: C213: 15.0 | 01.0 | 31.0 | 1 | 15TH | EOM | last day
pay_day: R145: Day 5 | 28.5 | 32.0 | 15.00 | 1/15 | 32
pay_day: C242: mid | first | Monthly | Varies | à échéance
start_date/starts_on: =2027-01-05: 1/5/27 | 05-JAN-27 | 05-JAN-2027 00:00:00 | 2027-01-05T00:00:00.000Z | 20270105
start_date/starts_on: =2027-01-05: 2027-01-05 00:00:00.0000000 | 1/5/2027 0:00 | 2027/1/5
start_date/starts_on: =: 00.00.0000 | 99.99.9999 | 31.12.9999 | 19000101 | 99991231 | 01/01/0001
start_date/starts_on: =2027-01-05: 01052027 | 2027.01.05 | 2027.1.5 00:00:00
start_date: C244: 31.12.2029 | 31.12.29 | 31122029 | 13.1.2027 00:00
start_date/starts_on: =2029-12-31: 12312029 | 12.31.2029 | 12312029 00:00:00
start_date: R145: 44927 | 13132029 | 31.12 | 20270105000000 | 5-ene-2027 | 01/2027
end_date/ends_on: =: 12/31/9999 00:00:00 | 9999-12-31T23:59:59Z | Until Further Notice | open ended
end_date: C242: al cancelar | fin de contrat | see notes
bank_account_number: R128: 123456789 | 11111111 | ACCT 12345 | x5678 | CHANGED | SEE FILE | 1010101010 | 5555555555
bank_account_number: R123: 1.23457E+11 | 12345678.0 | 12345678 CHANGED | $12345678
routing_number: W311 =021000021: 2100002-1 | 21000021 | ABA21000021
routing_number: R121: 021000021.0 | BANK021000021 | 0
email: W313 =: ana@gmail | none given | ana(at)gmail.com
"""
_CARDS = """
card_expiry/exp_year: =2031: 0531 | 531 | 05-31 | 052031 | 203105 | May-31 | 31-May | May 2031 | 2031-05-31T00:00:00
card_expiry: R126: 00/00 | 99/99 | 05.31 | 05|31
"""
_PAPERLESS = """
paperless_flag: C242: Go Paperless | PDF | Suppress Print | Electrónico | Papel | Text Msg | ✓ | Dual | EDI
paperless_flag: C222: Email + Paper | Paper & Electronic | EMAIL;PAPER | Email/Print
email: =ana@gmail.com: <ana@gmail.com> | mailto:ana@gmail.com | ana@gmail.com; | ana@gmail.com (work) | [ana@gmail.com]
email: W342 =ana@gmail.com: ana@gmail.com & lee@gmail.com | ana@gmail.com / lee@gmail.com | ana@gmail.com;lee@gmail.com
email: R142: ana@gmail.con | ana@gmail,com | ana@@gmail.com | .ana@gmail.com | ana@example.invalid | ana at gmail.com
email: R143: abc@abc.com | noemail@riverbend.gov | noreply@gmail.com | donotemail@gmail.com | 123@123.com
customer_name: W317 =: *** | ???? | --/-- | NO NAME | no-name | Do-Not-Use | Account Closed | Do Not Use | XXXX | TBD
customer_name: =José Peña: José Peña
customer_name: =7-11: 7-11
city: W317 =: **** | unknown
address1: =#4 Elm St: #4 Elm St
state: W312 =: Nuevo México | Québec | XX | UNKNOWN
state: =PR: P.R. | Puerto Rico
zip: W312 =: K1A 0B1 | SW1A 1AA | 99951 | 02138-1 | 00000 | 2138.5 | 11111.0 | 2138.0.0 | 21381234.0
zip: W301 =02138: 2138.0 | 02138.0
zip: W301 =00601: 601.0 | 00601.0
zip: W301 =021381234: 021381234.0
zip: =02138: 02138-0000 | \uff10\uff12\uff11\uff13\uff18
phone: W317 =: (   )   -     | UNLISTED | 212-555-5555 | 000-0000 | call after 5
phone: W301 =6175550188: 6175550188.0
phone: W301 =16175550188: 16175550188.0
phone: W301 =5550188: 5550188.0
phone: W301 W317 =: 5555555555.0
phone: =617.555.0188: 617.555.0188
phone: =+52 55 1234 5678: +52 55 1234 5678
"""
_REGISTRATION = """
role: C242: Co-Owner | Authorized User | Read Only | Landlord | Propriétaire
login_name: W316 =ann@example.com: user | xxx | .... | noemail | ana ortiz
login_name: =ñandú: ñandú
login_name: =12345678: 12345678
"""
_TABLES = {"autopay": _AUTOPAY, "card": _CARDS, "paperless": _PAPERLESS, "registration": _REGISTRATION}


def _cases() -> Iterator[tuple[str, str, str, str]]:
    for table, lines in _TABLES.items():
        for line in lines.strip().splitlines():
            field, says, cells = line.split(": ", 2)
            yield from ((table, field, says, cell) for cell in cells.split(" | "))


@pytest.mark.parametrize(("table", "fields", "says", "cell"), list(_cases()))
def test_what_comes_of_a_cell(table: str, fields: str, says: str, cell: str) -> None:
    field, _, column = fields.partition("/")
    read = _READERS[table]((_CARD if table == "card" else {}) | {field: cell})
    codes, has_value, value = says.partition("=")
    assert read.says()[1] == codes.split()
    if has_value:
        assert read.rows[0][column or field] == value


def test_they_are_many() -> None:
    assert len({(field, cell) for _, field, _, cell in _cases()}) > 190
