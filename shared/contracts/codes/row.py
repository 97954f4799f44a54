"""R: the row is not imported, the others are."""

from typing import Final

from shared.contracts.codes.code import Code
from shared.contracts.fields import FieldName
from shared.contracts.outcomes import Outcome

_EXPIRY: Final = (FieldName.CARD_EXPIRY, FieldName.CARD_EXPIRY_MONTH, FieldName.CARD_EXPIRY_YEAR)
# Without one of them a customer would be charged sooner, longer or more.
_TERMS: Final = (
    *(FieldName.START_DATE, FieldName.END_DATE),
    *(FieldName.PAY_DAY, FieldName.FIXED_AMOUNT, FieldName.MAX_AMOUNT),
)
_FLAGS: Final = (FieldName.AUTOPAY_FLAG, FieldName.PAPERLESS_FLAG)


def _failed(number: str, title: str, remedy: str, *fields: FieldName) -> Code:
    return Code(number, title, remedy, Outcome.FAILED, fields=fields)


def _retired(number: str, title: str, remedy: str, *fields: FieldName) -> Code:
    return Code(number, title, remedy, Outcome.FAILED, fields=fields, is_retired=True)


def _account_failed(number: str, title: str, remedy: str) -> Code:
    return Code(number, title, remedy, Outcome.FAILED, marks_account_number=True)


def _account_held(number: str, title: str, remedy: str, *fields: FieldName) -> Code:
    return Code(number, title, remedy, Outcome.HELD, fields=fields, marks_account_number=True)


ROW_CODES: Final = (
    _account_failed("R101", "The account number is blank", "Fill in the cell, or map another column"),
    _account_failed(
        "R102",
        "A spreadsheet or script damaged the account number (1.23E+11, 1002.0, 3-Dec)",
        "Export the column as text",
    ),
    _account_failed(
        "R103",
        "The account number is too long or contains invalid characters",
        "Fix the cell or the account number setup",
    ),
    _failed("R104", "The line has too few or too many cells", "Quote cells that contain the delimiter"),
    _account_failed("R105", "Two different values give the same account number", "Fix the account number setup"),
    _failed("R106", "A total, footer or repeated header among the rows", "Remove the line"),
    _failed("R107", "A quote character inside an unquoted cell", "Quote the cell by the rules of CSV (RFC 4180)"),
    _account_failed(
        "R108",
        "The account number is a placeholder, so no customer is created for it",
        "Fill in the account number, or skip the row",
    ),
    _account_failed("R111", "The account is closed or inactive", "Check whether the customer has a new account"),
    _account_failed(
        "R112", "This kind of payment method is blocked for the account", "Ask the biller to lift the block"
    ),
    _failed(
        "R120",
        "The row has both a bank account and a card, or neither",
        "Give exactly one payment method",
        *(FieldName.METHOD_KIND, FieldName.ROUTING_NUMBER, FieldName.CARD_TOKEN),
    ),
    _failed(
        "R121",
        "The routing number does not have nine digits",
        "Export the column as text, without .0",
        FieldName.ROUTING_NUMBER,
    ),
    _failed(
        "R122",
        "The routing number fails its check digit",
        "Ask the biller for the correct number",
        FieldName.ROUTING_NUMBER,
    ),
    _failed(
        "R123",
        "The bank account number is not valid",
        "Export the column as text, with one number and nothing else in each cell",
        FieldName.BANK_ACCOUNT_NUMBER,
    ),
    _failed(
        "R124",
        "The bank account type is blank, or is not checking or savings",
        "Map the column with the type, set a default in Settings, or fix the cell",
        FieldName.BANK_ACCOUNT_TYPE,
    ),
    _failed("R125", "The card token is missing or malformed", "Ask the vault for its token", FieldName.CARD_TOKEN),
    _failed("R126", "The card's expiration date can't be read", "Write it as MM/YY, without .0", *_EXPIRY),
    _failed(
        "R127",
        "The customer would be created, but the name is missing",
        "Map the name, or fill in the cell",
        *(FieldName.CUSTOMER_NAME, FieldName.FIRST_NAME, FieldName.LAST_NAME),
    ),
    _failed(
        "R128",
        "The number or token is masked, shortened or a placeholder",
        "Ask the previous vendor for the full value",
        *(FieldName.ROUTING_NUMBER, FieldName.BANK_ACCOUNT_NUMBER, FieldName.CARD_TOKEN),
    ),
    _failed(
        "R129",
        "The payment type is neither a bank account nor a card",
        "Remove the row, or correct the payment type",
        FieldName.METHOD_KIND,
    ),
    _account_held(
        "R131",
        "Rows of the same account or login have different payment methods or terms",
        "Keep only the correct row",
        *(FieldName.BANK_ACCOUNT_NUMBER, FieldName.BANK_ACCOUNT_TYPE, FieldName.CARD_TOKEN, FieldName.CARD_EXPIRY),
        *(FieldName.START_DATE, FieldName.END_DATE, FieldName.MAX_AMOUNT),
    ),
    _account_held(
        "R132",
        "Rows of the same account have different emails",
        "Keep only the correct row",
        *(FieldName.EMAIL, FieldName.EMAIL_CC),
    ),
    _account_held(
        "R133",
        "Rows of the same account have different people, user names or roles",
        "Keep only the correct row",
        *(FieldName.EMAIL, FieldName.LOGIN_NAME, FieldName.ROLE, FieldName.FIRST_NAME, FieldName.LAST_NAME),
    ),
    _account_held(
        "R134",
        "Another row of the account says no, is skipped, or has values that can't be read",
        "Keep only the correct row",
        *_FLAGS,
    ),
    _account_held(
        "R135",
        "Another row of the import has this account, and is not in this round",
        "Correct the account number, or try the rows of the account together",
    ),
    _failed("R141", "The email is missing", "Fill in the cell", FieldName.EMAIL),
    _failed(
        "R142",
        "The email is malformed, its domain ending does not exist, or words beside it say no",
        "Correct the address, or ask the customer for one",
        *(FieldName.EMAIL, FieldName.EMAIL_CC),
    ),
    _failed("R143", "The email is a placeholder", "Ask the customer for an address", FieldName.EMAIL),
    _retired("R144", "The enrollment status can't be read", "Write Y or N", *_FLAGS),
    Code(
        "R145",
        "A start date, end date, payment day or amount can't be read",
        "Write dates as MM/DD/YYYY or YYYY-MM-DD, and amounts as 50.00",
        Outcome.HELD,
        fields=_TERMS,
    ),
    _failed("R146", "The role is not a customer's", "Write owner, oversight or guest", FieldName.ROLE),
    Code(
        "R151",
        "One login would get different emails",
        "Decide on one email for the login",
        Outcome.HELD,
        fields=(FieldName.EMAIL, FieldName.EMAIL_CC),
    ),
    _failed(
        "R152",
        "One email is on several accounts, but the biller does not link accounts",
        "Give each account its own email",
        FieldName.EMAIL,
    ),
    _failed(
        "R153",
        "The user name is taken, or is given to different people",
        "Choose another user name",
        *(FieldName.LOGIN_NAME, FieldName.EMAIL),
    ),
    _retired(
        "R154",
        "The user name contains a space or is not 3 to 100 characters long",
        "Correct the user name",
        FieldName.LOGIN_NAME,
    ),
    Code(
        "R161",
        "Not undone: what the import wrote was changed since",
        "Look at the record in the CRM and correct it there",
        Outcome.HELD,
    ),
    Code(
        "R162",
        "Not undone: what the import created has been used since",
        "Look at the record in the CRM and correct it there",
        Outcome.HELD,
    ),
    Code(
        "R163",
        "Not undone: what was there before can't be put back",
        "Look at the record in the CRM and correct it there",
        Outcome.HELD,
    ),
    Code(
        "R164",
        "Not undone: an earlier release ran the import and didn't keep enough to undo it",
        "Look at the record in the CRM and correct it there",
        Outcome.HELD,
    ),
    Code(
        "R198",
        "The customer changed in the CRM after the check, so nothing was written",
        "Check what changed. Most such rows can be imported again",
        Outcome.HELD,
    ),
    _failed("R199", "The row failed for a technical reason and was rolled back", "Import the row again"),
)
