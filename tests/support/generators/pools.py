"""Values to draw from. The pools are small on purpose: rows and records shall meet."""

from string import ascii_lowercase
from typing import Final
from uuid import uuid4

EMAILS: Final = ("ana@example.com", "Lee.Wu@example.org", "park@example.net", "o'brien@example.com", "kd@example.com")
"""Addresses of logins and rows."""
SUSPECT_EMAILS: Final = ("ana@gmial.com", "kd@mail.bills.example.net", "BOB@example.ORG", "lee@Outlook.con")
BAD_EMAILS: Final = ("bob@example", "ann@example..org", "plain", "noemail@example.com", "none", "N/A", "x@x.com", "")
MANY_EMAILS: Final = (
    "ana@example.com; kd@example.com",
    "ana@example.com KD@example.com",
    "park@example.net and ANA@example.com",
    "ana@example.com; ANA@EXAMPLE.com",
    "a1@example.com, b1@example.com, c1@example.com",
    "Ann Lee <ana@example.com>",
    "mailto:park@example.net.",
    "ana@example.com|none@example.com",
)
NAMELESS: Final = ("CURRENT RESIDENT", "Unknown", "test customer", "***", "No Name")
PHONES: Final = ("", "555-0100", "(000) 000-0000", "1-234-567-890", "515-555-5555")
STAND_INS: Final = ("1111111", "UNKNOWN", "0000000000", "XXXX1234")
"""In the place of account numbers."""
BILLERS_EMAIL: Final = "desk@bills.example.net"
NAMES: Final = ("ANA ORTIZ", "WU, LEE", "J Park", "O'Brien Farms LLC", "Diaz", "Ana M. Ortiz Jr.", "Church of Ana")
LOGIN_NAMES: Final = ("ana@example.com", "leewu", "park@example.net", "kd@example.com", "ortiz.family")
BAD_LOGIN_NAMES: Final = ("ab", "two words", "no-email", "Username")

BANKS: Final = (("021000021", "4455667"), ("011000015", "0099887766"), ("122105155", "AB-12345"))
"""Routing numbers with a right check digit, and invented accounts."""
SHORTENED: Final = (("021000021", "5667"), ("011000015", "7766"), ("122105155", "12345678901234500"))
"""The last four digits, and what a spreadsheet left of seventeen."""
SHORT_BANKS: Final = (
    ("21000021", "4455667"),
    ("02100002", "4455667"),
    ("12210515", "AB-12345"),
    ("1100001-5", "12345678"),
)
"""Eight digits: a zero lost in front, or the check digit at the end."""
DIRECTORIES: Final[tuple[dict[str, str | None], ...]] = (
    {},
    {"021000021": None, "011000015": "122105155"},
    {"021000021": "011000015", "122105155": None},
    {"021000021": None, "011000015": None, "122105155": None},
)
"""What an operator may have loaded: routing numbers, some with the number that replaces them."""
BAD_BANKS: Final = (
    ("55000001", "4455667"),
    ("02100002", "02100002"),
    ("2100-0021", "021000021"),
    ("21000021", "4455667"),
    ("021000022", "4455667"),
    ("000000000", "4455667"),
    ("021000021", "000000"),
    ("021000021", "1.23E+11"),
    ("021000021", "021000021"),
    ("021000021", "123"),
    ("021000021", "XXXXXX6789"),
    ("021000021", "1111111111"),
    ("111111118", "4455667"),
    ("021000021", "121212121212"),
    ("*****0021", "ACCT CLOSED"),
    ("021000021", ""),
    ("", ""),
)
TOKENS: Final = ("tok_ana_0001", "tok-lee-0002")
BAD_TOKENS: Final = ("0000000000", "test_0001", "tok", "tok en 1234567", "PENDING", "************1111")
EXPIRIES: Final = (
    "05/39",
    "5/39",
    "05/2039",
    "05-39",
    "0539",
    "539",
    "2039-05",
    "203905",
    "2039-05-01",
    "39-May",
    "May-39",
    "3905",
    "05 / 39",
    "05/01/2039",
    "May 2039",
)
OLD_EXPIRIES: Final = ("25/05/2039", "01/20", "0120", "2020-01", "2001")
BAD_EXPIRIES: Final = ("1339", "0039", "13/39", "soon", "", "01/20", "0120", "2020-01")
ACCOUNT_TYPES: Final = (
    "C",
    "sav",
    "Checking Account",
    "Corporate-Checking",
    "27",
    "28",
    "38",
    "Business Checking",
    "personal savings",
    "1",
    "2",
)
BAD_ACCOUNT_TYPES: Final = ("3", "47", "Residential", "")
KIND_WORDS: Final = ("ACH", "E-Check", "Credit Cards", "debit card", "", "", "cash", "Tape")
AUTOPAY_FLAGS: Final = ("Y", "yes", "Active", "Approved", "x")
OTHER_AUTOPAY_FLAGS: Final = ("", "Pre-Note", "N", "N/A", "Opted Out", "perhaps", "Bank Draft", "T", "S")
PAPERLESS_FLAGS: Final = ("Y", "E", "email", "Paperless", "1")
REVERSED_FLAGS: Final = ("N", "E", "ebill", "false", "inactive")
OTHER_PAPERLESS_FLAGS: Final = ("", "N", "US Mail", "B", "Email & Paper", "NULL", "fax", "Y")
END_DATES: Final = (
    "25/12/2038",
    "05/02/2038",
    "31/12/9999",
    "2038-01-31",
    "12/31/2038",
    "1/5/38",
    "2020-01-31",
    "02/30/2038",
    "tomorrow",
    "12/31/9999",
    "0000-00-00",
)
START_DATES: Final = (
    "13/11/2037",
    "05/02/2037",
    "4/3/37",
    "2020-01-31",
    "5-Jan-38",
    "2038-01-05 00:00:00",
    "02/30/2038",
    "tomorrow",
    "ASAP",
)
FIXED_AMOUNTS: Final = ("50.00", "$1,250.5", "0", "Full Balance", "-5", "much")
PAY_DAYS: Final = ("Friday", "EOM", "15th", "31", "0", "05", "32", "last", "00", "Due Date")
ROLES: Final = ("owner", "Account Oversight", "guest", "GUEST", "Primary", "landlord", "Admin")
PLACES: Final = (
    ("MA", "02110"),
    ("ma", "2110"),
    ("", "02110-1234"),
    ("Mass.", "021101234"),
    ("M1", "211"),
    ("XX", "00000"),
    ("ZZ", "02110-0000"),
    ("New York", "2110-1234"),
)
"""State and postal code."""
CONSENT_DATES: Final = ("", "2021-03-04 13:05", "3/4/21", "5/6/2021")
AMOUNTS: Final = ("", "50.00", "$1,250.5", "0.00", "No limit", "75.0000")
STOPPING: Final = ("Revoked", "closed", "Opted-Out")
"""In columns that nobody mapped."""
VALUES: Final = {
    "bank_account_type": {"residential": "checking", "3": "savings"},
    "method_kind": {"CASH": "ach", "tape": "card"},
    "autopay_flag": {"Perhaps": "no", "y": "yes"},
    "paperless_flag": {"fax": "paper"},
    "role": {"Landlord": "guest"},
    "start_date": {"Tomorrow": "immediately"},
    "end_date": {"tomorrow": "never"},
    "fixed_amount": {"(much)": "balance"},
    "pay_day": {"Friday": "due_date", "Last": "due_date"},
    "max_amount": {"MUCH": "unlimited"},
}
"""What words mean that the lexicon does not know, or what it is told about those it knows."""
MOMENTS: Final = ("2021-03-04", "3/4/2021 1:05 PM", "2021-03-04T13:05:00Z")
BAD_AMOUNTS: Final = ("-5", "50.001", "much")


def fresh_name(words: str) -> str:
    """A name that no other biller has. Letters only: digits of a random id look like a card number now and then."""
    return f"{words} " + "".join(ascii_lowercase[int(digit, 16)] for digit in uuid4().hex)
