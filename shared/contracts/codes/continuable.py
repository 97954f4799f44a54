"""C: a person decides, or the default applies. A code with no default holds the import until somebody answers it."""

from typing import Final

from shared.contracts.codes.code import Choice, Code
from shared.contracts.fields import FieldName, Holds, holding
from shared.contracts.outcomes import Outcome

_SKIP: Final = Choice("skip", "Skip these rows", Outcome.SKIPPED)
_HOLD: Final = Choice("hold", "Put these rows on hold; nothing is written for them", Outcome.HELD)
_STOP: Final = Choice("stop", "Stop and discard this import")


def _of_the_whole(number: str, title: str, remedy: str, continuing: str, *, marks_account_number: bool = False) -> Code:
    choices = {"continue": Choice("continue", continuing), _STOP.name: _STOP}
    return Code(number, title, remedy, choices=choices, is_of_the_whole=True, marks_account_number=marks_account_number)


def _of_rows(
    number: str,
    title: str,
    remedy: str,
    *choices: Choice,
    default: str | None = None,
    fields: tuple[FieldName, ...] = (),
    marks_account_number: bool = False,
) -> Code:
    """While nobody has answered, a row ends as the choice says that does not let it continue."""
    return Code(
        number,
        title,
        remedy,
        next(choice.outcome for choice in choices if choice.outcome is not None),
        choices={choice.name: choice for choice in choices},
        default=default,
        fields=fields,
        marks_account_number=marks_account_number,
    )


CONTINUABLE_CODES: Final = (
    _of_the_whole(
        "C201",
        "Fewer than half of the accounts were found",
        "Check the biller and the account number setup, or type the number of customers to create",
        "Continue although few were found",
        marks_account_number=True,
    ),
    _of_rows(
        "C202",
        "Account not found",
        "Skip these rows, or create the customers",
        _SKIP,
        Choice("create", "Create the missing customers"),
        marks_account_number=True,
    ),
    _of_the_whole(
        "C203",
        "This file, or nearly all of its rows, was imported before",
        "Continue only if that is intended",
        "Import the same rows again",
    ),
    _of_the_whole(
        "C204",
        "Another import of the last 30 days changed logins that this one changes",
        "Check which import has the correct email",
        "Continue: this file has the correct emails",
    ),
    _of_the_whole(
        "C205",
        "Over 10% of rows have errors",
        "Ask for a better export, or continue with the other rows",
        "Continue with the rows that can be used",
    ),
    _of_the_whole(
        "C206",
        "Over 10% of names don't match the customer on file",
        "Check whether columns have shifted",
        "Continue: the names differ, but the rows are right",
    ),
    _of_the_whole(
        "C207",
        "A change this large needs a second person",
        "Start the import, then ask somebody who may approve it",
        "Ask a second person to approve",
    ),
    _of_the_whole(
        "C211",
        "Routing numbers have lost a leading zero, and account numbers probably have too",
        "Ask for a new export with the columns as text",
        "Continue: no account number has lost a zero",
    ),
    _of_rows(
        "C212",
        "The routing number has eight digits; its check digit seems to be missing",
        "Add the check digit if the export omits it, or skip these rows",
        Choice("append_check_digit", "Add the missing check digit to these routing numbers"),
        _SKIP,
        fields=(FieldName.ROUTING_NUMBER,),
    ),
    _of_rows(
        "C213",
        "Fixed amounts and custom payment days can't be imported",
        "Skip these rows, or collect the full balance on the biller's day",
        Choice("full_balance", "Collect the full balance on the biller's day instead"),
        _SKIP,
        fields=(FieldName.FIXED_AMOUNT, FieldName.PAY_DAY),
    ),
    _of_rows(
        "C214",
        "The authorization has an end date",
        "Keep the end date, or skip these rows",
        Choice("keep_end", "Enroll them until their end date"),
        _SKIP,
        fields=(FieldName.END_DATE,),
    ),
    _of_rows(
        "C215",
        "The customer has enrolled with another payment method",
        "Keep the customer's choice, or replace it with the file's",
        Choice("keep", "Keep the customer's choice; skip the row", Outcome.SKIPPED),
        Choice("replace", "Replace the customer's payment method with the one in the file"),
        default="keep",
        marks_account_number=True,
    ),
    _of_rows(
        "C216",
        "The card expires before the earliest collection date",
        "Ask for a new card",
        _SKIP,
        Choice("enroll", "Enroll anyway; payments fail until the card is updated"),
        default="skip",
        fields=(FieldName.CARD_EXPIRY, FieldName.CARD_EXPIRY_MONTH, FieldName.CARD_EXPIRY_YEAR),
    ),
    _of_rows(
        "C217",
        "The owner's login is locked or disabled",
        "Unlock the login, then import these rows again",
        Choice("hold", "Put these rows on hold until the login is unlocked", Outcome.HELD),
        default="hold",
        marks_account_number=True,
    ),
    _of_rows(
        "C218",
        "The routing number is not in the directory, or the directory has a new one for it",
        "Use the number as it is, use the new one, or skip these rows",
        Choice("continue", "Use the routing numbers as they are"),
        Choice("replace", "Use the new number from the directory; skip rows that have none"),
        _SKIP,
        fields=(FieldName.ROUTING_NUMBER,),
    ),
    _of_rows(
        "C219",
        "Bank account numbers look cut off or made up: four digits, rounded by a spreadsheet, or 12345678",
        "Ask for a new export with full account numbers, as text. Continue only if these are the full numbers",
        Choice("continue", "Continue: these are the full account numbers"),
        _SKIP,
        fields=(FieldName.BANK_ACCOUNT_NUMBER,),
    ),
    _of_rows(
        "C221",
        "The cell has more email addresses than can be used",
        "Keep the correct address, or use the first",
        _SKIP,
        Choice("use_first", "Use the first address in the cell"),
        default="skip",
        fields=(FieldName.EMAIL,),
    ),
    _of_rows(
        "C222",
        "The customer wants both paper and email, so paper continues",
        "",
        Choice("skip", "Skip these rows; paper continues", Outcome.SKIPPED),
        default="skip",
        fields=(FieldName.PAPERLESS_FLAG,),
    ),
    _of_rows(
        "C223",
        "The email change would reach accounts outside the file",
        "Change the login for all its accounts, send only these bills to the new address, or skip these rows",
        Choice("update_login", "Change the login's email for all its accounts"),
        Choice("delivery_email", "Send only these bills to the new address; the login keeps its email"),
        _SKIP,
        fields=(FieldName.EMAIL,),
    ),
    _of_rows(
        "C224",
        "One email is used for many accounts",
        "It may be a placeholder, or belong to an office or a property manager. Continue, or skip these rows",
        Choice("continue", "Continue: one address for all these accounts is right"),
        _SKIP,
        fields=(FieldName.EMAIL,),
    ),
    _of_rows(
        "C225",
        "The customer has canceled paperless",
        "Keep the customer's choice, or enroll them again",
        Choice("keep", "Keep paperless canceled, as the customer chose; skip the row", Outcome.SKIPPED),
        Choice("enroll_again", "Re-enroll them, overriding the customer's choice"),
        default="keep",
        marks_account_number=True,
    ),
    _of_rows(
        "C231",
        "Registration and paperless imports have different emails for a login that is not activated yet",
        "Decide on one email for both imports",
        _HOLD,
        Choice("use_file", "Use the email in this file"),
        Choice("keep_login", "Keep the login's email"),
        default="hold",
        fields=(FieldName.EMAIL,),
    ),
    _of_rows(
        "C232",
        "The account already has an active owner with another email",
        "Skip these rows, add the person as another user, or replace the owner",
        Choice("skip", "Skip these rows; the owner stays", Outcome.SKIPPED),
        Choice("oversight", "Add the person as an oversight user; the owner stays"),
        Choice("replace_owner", "Replace the current owner with the person in the file"),
        default="skip",
        fields=(FieldName.EMAIL,),
    ),
    _of_rows(
        "C233",
        "The email belongs to a login with other accounts, and names differ or linking is off",
        "Link the account only if it is the same person",
        _SKIP,
        Choice("link", "Link the account to that login: it is the same person"),
        default="skip",
        fields=(FieldName.EMAIL,),
    ),
    _of_rows(
        "C234",
        "Several logins have this email",
        "Choose the login in the CRM, or create a new one",
        _HOLD,
        Choice("new_login", "Create a new login next to those with this email"),
        default="hold",
        fields=(FieldName.EMAIL,),
    ),
    _of_rows(
        "C235",
        "The account to register is closed",
        "Register it only if the customer should see old bills",
        _SKIP,
        Choice("register", "Register anyway, so that old bills can be seen"),
        default="skip",
        marks_account_number=True,
    ),
    _of_rows(
        "C241",
        "No consent recorded",
        "Skip these rows, or confirm that the biller has the customers' consent",
        Choice("attest", "Enroll them: the biller has their consent"),
        _SKIP,
        fields=(FieldName.AUTOPAY_FLAG, FieldName.PAPERLESS_FLAG),
    ),
    _of_rows(
        "C242",
        "Some values in the file aren't recognized",
        "Choose what each value means and check again, or skip these rows",
        _SKIP,
        fields=tuple(field for field in FieldName if field.spec.meanings),
    ),
    _of_rows(
        "C243",
        "An unused column says no: words such as revoked or closed, a cancellation, or a limit",
        "If the column says who is enrolled, or until when, map it; otherwise continue, or skip these rows",
        Choice("continue", "Continue: the column means something else"),
        _SKIP,
        _STOP,
    ),
    _of_rows(
        "C244",
        "Dates may be day first, as in 25/12/2026",
        "Choose the order of day and month, or skip these rows",
        Choice("day_first", "Day first (DD/MM/YYYY)"),
        Choice("month_first", "Month first (MM/DD/YYYY)"),
        _SKIP,
        fields=holding(Holds.DATE),
    ),
    _of_rows(
        "C245",
        "One payment method is used for more than 10 accounts",
        "It may be a placeholder, or belong to a property manager. Continue, or skip these rows",
        Choice("continue", "Continue: one payment method for all these accounts is right"),
        _SKIP,
        fields=(FieldName.BANK_ACCOUNT_NUMBER, FieldName.CARD_TOKEN),
    ),
    _of_rows(
        "C246",
        "The customer's autopay would move to another payment method",
        "Check that this is the newest file. Replace the payment method, or skip these rows",
        Choice("replace", "Replace the payment method of these enrollments with the one in the file"),
        _SKIP,
        fields=(FieldName.BANK_ACCOUNT_NUMBER, FieldName.CARD_TOKEN),
    ),
)
