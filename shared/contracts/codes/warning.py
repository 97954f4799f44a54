"""W: worth knowing; the row or the import continues."""

from typing import Final

from shared.contracts.codes.code import Code
from shared.contracts.fields import FieldName
from shared.contracts.outcomes import Outcome

_EMAILS: Final = (FieldName.EMAIL, FieldName.EMAIL_CC)


def _whole(number: str, title: str, remedy: str, counts: str = "") -> Code:
    return Code(number, title, remedy, is_of_the_whole=True, counts=counts)


def _warning(number: str, title: str, remedy: str, *fields: FieldName) -> Code:
    return Code(number, title, remedy, fields=fields)


def _as_planned(number: str, title: str, remedy: str = "", outcome: Outcome | None = None) -> Code:
    return Code(number, title, remedy, outcome, is_of_rows_as_planned=True)


WARNING_CODES: Final = (
    _warning("W301", "Spreadsheet damage was repaired", "Export the columns as text"),
    _whole("W302", "The encoding was guessed", "Export the file as UTF-8"),
    _whole("W303", "The delimiter is not a comma", "Check that the columns look right"),
    _whole("W304", "Some columns are not used", "Map them if they matter", "column"),
    _whole("W305", "Title lines before the header were ignored", "Check that the header is right"),
    _whole("W306", "The file mixes line endings", "Check that the rows look right"),
    _whole("W307", "Cells are quoted or separated in an unusual way", "Check cells that contain quotes"),
    _whole(
        "W308",
        "Some cells contain damaged characters",
        "Compare these columns with the system they come from, and export the file as UTF-8",
        "cell",
    ),
    _whole(
        "W309",
        "A few long numbers of a column look like card numbers, as some do by chance",
        "If they are card numbers, cancel the import and tell whoever sent the file",
    ),
    _warning(
        "W310",
        "The name in the file does not match the customer on file",
        "Check whether columns have shifted",
        *(FieldName.CUSTOMER_NAME, FieldName.FIRST_NAME, FieldName.LAST_NAME),
    ),
    _warning(
        "W311",
        "The lost leading zero of the routing number was restored",
        "Export the column as text",
        FieldName.ROUTING_NUMBER,
    ),
    _warning(
        "W312",
        "A state or ZIP code that can't be read was ignored",
        "Correct the address",
        *(FieldName.STATE, FieldName.ZIP),
    ),
    _warning("W313", "An optional email that can't be used was ignored", "Correct the address", *_EMAILS),
    _warning(
        "W314",
        "The bank account is marked as a prenote (a test without payment)",
        "",
        *(FieldName.BANK_ACCOUNT_TYPE, FieldName.AUTOPAY_FLAG),
    ),
    _warning(
        "W315",
        "A date of authorization, consent or last debit can't be read; it is kept as it is written",
        "Write dates as MM/DD/YYYY or YYYY-MM-DD",
        *(FieldName.AUTHORIZATION_DATE, FieldName.CONSENT_DATE, FieldName.PRIOR_LAST_DEBIT_DATE),
    ),
    _warning(
        "W316",
        "A user name that can't be used was ignored; the email takes its place",
        "Give a user name of 3 to 100 characters without spaces that isn't a placeholder",
        FieldName.LOGIN_NAME,
    ),
    _warning(
        "W317",
        "A placeholder or spreadsheet damage in a name, phone number or address was ignored",
        "Fill in the name, phone number or address if it is known",
        *(FieldName.CUSTOMER_NAME, FieldName.FIRST_NAME, FieldName.LAST_NAME, FieldName.PHONE),
        *(FieldName.ADDRESS1, FieldName.ADDRESS2, FieldName.CITY),
    ),
    _whole(
        "W320",
        "Customers without a bill of a selected type are enrolled in it",
        "Remove the invoice type if that is wrong",
        "row",
    ),
    _as_planned("W321", "The payment method is visible to linked accounts"),
    Code("W322", "The login is also used at another biller, where nothing changes"),
    _as_planned("W323", "The customer is created and has no bill yet", "Wait for the biller's first bill file"),
    _as_planned("W324", "An owner is added to an account that has other users"),
    Code("W331", "A duplicate row with the same values"),
    _as_planned("W332", "The same payment method is used by different logins"),
    _as_planned("W333", "No change needed", outcome=Outcome.NO_CHANGE),
    Code("W334", "Already undone", outcome=Outcome.NO_CHANGE),
    Code("W335", "Undone too, because it shares a login with a chosen row"),
    _whole(
        "W336",
        "Some chosen rows can't be undone because the import did not apply them",
        "Check which rows you chose",
        "row",
    ),
    _warning("W341", "The email is at the biller's own domain", "Check whether it is a placeholder", FieldName.EMAIL),
    _warning("W342", "The second address is used as copy", "", FieldName.EMAIL),
    _warning("W343", "The email domain looks misspelled", "Ask the customer", FieldName.EMAIL),
    _as_planned("W344", "The user name is still the old email", "Let the customer know"),
    _as_planned("W345", "One email is used for several accounts"),
    _whole("W351", "No one gets the log", "Add a recipient"),
)
