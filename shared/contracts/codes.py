"""The registry of codes: stable numbers, never reused. The documents are generated from it (docs/codes.md)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """What a code means for the import."""

    FILE = "F"  # the file is blocked
    ROW = "R"  # the row is blocked, others run
    CONTINUABLE = "C"  # needs a decision, or has a safe default
    WARNING = "W"
    LEFT_OUT = "S"  # left out on purpose, not an error


class Outcome(StrEnum):
    """What became of a row. Every row of the file has exactly one."""

    APPLIED = "applied"
    NO_CHANGE = "no_change"
    SKIPPED = "skipped"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Code:
    """One code.

    ``outcome`` is what it makes of a row (None: it does not decide the row's outcome). ``choices`` are the answers to
    a continuable code; ``default`` is taken without asking, and where it is None the import waits for an answer.
    """

    number: str
    title: str
    remedy: str
    outcome: Outcome | None = None
    choices: tuple[str, ...] = field(default=())
    default: str | None = None

    @property
    def level(self) -> Level:
        """The letter of the number."""
        return Level(self.number[0])

    @property
    def is_of_the_whole(self) -> bool:
        """Whether it is said of the file or the import, and stands on no row."""
        return self.level is Level.FILE or self.number in _OF_THE_WHOLE

    @property
    def keeps_out(self) -> bool:
        """Whether no row that is applied has it."""
        return self.level in {Level.FILE, Level.ROW, Level.LEFT_OUT}

    @property
    def is_of_rows_as_planned(self) -> bool:
        """Whether it is said of rows alone that end applied or no_change: what such a row does or is already."""
        return self.number in _OF_ROWS_AS_PLANNED


_OF_ROWS_AS_PLANNED: Final = frozenset(("W321", "W323", "W324", "W332", "W333", "W344", "W345"))
_OF_THE_WHOLE: Final = frozenset(
    (
        *("C201", "C203", "C204", "C205", "C206", "C207", "C211"),
        *("W302", "W303", "W304", "W305", "W306", "W307", "W320", "W351"),
    )
)
_FAILED, _HELD, _SKIPPED = Outcome.FAILED, Outcome.HELD, Outcome.SKIPPED

_ALL: Final = (
    # File: nothing is imported.
    Code("F001", "The file is not a CSV text file", "Export it again as CSV; spreadsheets and archives are not opened"),
    Code("F002", "The file is empty or holds only a header", "Check the export and upload it again"),
    Code("F003", "The file cannot be decoded at the place named", "Export it as UTF-8, or name its encoding"),
    Code("F004", "There is no header line, or it holds numbers", "Export it with a header, or name the header line"),
    Code("F005", "Two columns have the same header, or a header is blank", "Give each column a name of its own"),
    Code("F006", "Too many lines have too few or too many cells", "Quote cells that hold the delimiter"),
    Code("F007", "A required field has no column, or one column is used twice", "Map each field to its own column"),
    Code("F008", "The file holds a card number; it was refused whole", "Never send card numbers: send vault tokens"),
    Code(
        "F009", "The file has a column for a security code, PIN, password or SSN", "Remove that column and export again"
    ),
    Code("F010", "The file names another biller", "Choose the biller the file belongs to"),
    Code("F011", "No permission for this kind of import at this biller", "Ask an administrator for the right"),
    Code("F012", "No invoice type is chosen", "Choose at least one invoice type"),
    Code("F013", "A chosen invoice type does not allow this enrolment", "Choose types that allow it"),
    Code("F014", "The account-number recipe is empty or names an unknown column", "Build it from columns of the file"),
    Code("F015", "The file is above a limit", "Split the file"),
    Code("F016", "The effective date is missing or past", "Name the first day on which may be collected"),
    Code("F017", "The same file is already being imported for this biller", "Wait until that import has ended"),
    Code("F018", "The file is not the one that was chosen", "Choose the file again"),
    Code("F019", "The statement that the customers' permission carries over is missing", "Sign the attestation"),
    Code(
        "F020", "A quotation mark is not closed or stands inside a cell", "Quote cells by the rules of CSV (RFC 4180)"
    ),
    Code(
        "F021",
        "A column of bank account numbers cannot be part of the account number",
        "Choose the column with the account numbers of the biller",
    ),
    Code("F098", "The check took longer than allowed", "Split the file, or ask to have the time limit raised"),
    Code("F099", "The check failed for a technical reason", "Try again; ask for help if it stays"),
    # Row: this row is not imported, the others are.
    Code("R101", "The account number is empty", "Fill the cell, or map another column", _FAILED),
    Code(
        "R102",
        "A spreadsheet or script damaged the account number (1.23E+11, 1002.0, 3-Dec)",
        "Export the column as text",
        _FAILED,
    ),
    Code("R103", "The account number is too long or has forbidden characters", "Correct it or the recipe", _FAILED),
    Code("R104", "The line has too few or too many cells", "Quote cells that hold the delimiter", _FAILED),
    Code("R105", "Two different values give the same account number", "Correct the recipe", _FAILED),
    Code("R106", "A total, footer or repeated header among the rows", "Remove the line", _FAILED),
    Code("R107", "A quotation mark inside a cell", "Quote the cell by the rules of CSV (RFC 4180)", _FAILED),
    Code("R111", "The account is closed or inactive", "Check whether the customer has a new account", _FAILED),
    Code("R112", "This kind of payment is blocked for the account", "Ask the biller to lift the block", _FAILED),
    Code("R120", "Bank account or card: both or neither is given", "Give exactly one payment method", _FAILED),
    Code("R121", "The routing number does not have nine digits", "Export the column as text", _FAILED),
    Code("R122", "The routing number fails its check digit", "Ask the biller for the right number", _FAILED),
    Code("R123", "The bank account number is not valid", "Export the column as text", _FAILED),
    Code("R124", "The bank account type is unknown, a loan or a ledger account", "Give checking or savings", _FAILED),
    Code("R125", "The card token is missing or malformed", "Ask the vault for its token", _FAILED),
    Code("R126", "The card's expiry cannot be read", "Write it as MM/YY", _FAILED),
    Code("R127", "A customer would be created, but the name is missing", "Map or fill the name", _FAILED),
    Code(
        "R128",
        "The number is masked, shortened or a filler, not a real one",
        "Ask the old vendor for the full value",
        _FAILED,
    ),
    Code("R129", "The word for the payment method is unknown", "Write ACH or card", _FAILED),
    Code("R131", "The same account has different payment methods or terms", "Keep the right row", _HELD),
    Code("R132", "The same account has different emails or copies", "Keep the right row", _HELD),
    Code("R133", "The same account has different people, user names or roles", "Keep the right row", _HELD),
    Code("R134", "One row of the account says yes and another says no", "Keep the right row", _HELD),
    Code("R141", "The email is missing", "Fill the cell", _FAILED),
    Code(
        "R142",
        "The email is malformed, or no domain ends like its",
        "Correct the address or ask the customer for one",
        _FAILED,
    ),
    Code("R143", "The email is a placeholder", "Ask the customer for an address", _FAILED),
    Code("R144", "The enrolment flag cannot be read", "Write Y or N", _FAILED),
    Code("R145", "A date or amount cannot be read", "Write dates as YYYY-MM-DD and amounts as 50.00", _FAILED),
    Code("R146", "The role cannot be read", "Write owner, oversight or guest", _FAILED),
    Code("R151", "One login would get different emails", "Decide on one email for the login", _HELD),
    Code("R152", "One email on several accounts, but the biller does not link accounts", "Give each its own", _FAILED),
    Code("R153", "The user name is taken or given to different people", "Choose another user name", _FAILED),
    Code("R154", "The user name has a blank or is not 3 to 100 characters long", "Correct the user name", _FAILED),
    Code(
        "R198",
        "The CRM changed between the check and the run; the row was left alone",
        "Look at what has changed; most such rows can be imported again",
        _HELD,
    ),
    Code("R199", "The row failed for a technical reason and was rolled back", "Import the row again", _FAILED),
    # Continuable: a person decides, or the safe default is taken.
    Code(
        "C201",
        "Fewer than half of the accounts were found",
        "Check biller and recipe, or type the number of customers that would be made",
        choices=("continue", "stop"),
    ),
    Code("C202", "Account not found", "Skip these rows, or create the customers", _SKIPPED, ("skip", "create")),
    Code(
        "C203",
        "This file, or nearly all of its rows, was imported before",
        "Go on only if that is meant",
        choices=("continue", "stop"),
    ),
    Code(
        "C204",
        "Another import of the last 30 days touched logins that this one would change",
        "Look which of the two brings the right email",
        choices=("continue", "stop"),
    ),
    Code(
        "C205",
        "More than a tenth of the rows is blocked",
        "Ask for a better export, or go on with the others",
        choices=("continue", "stop"),
    ),
    Code(
        "C206",
        "More than a tenth of the names do not agree with the customers'",
        "Look whether columns have shifted against each other",
        choices=("continue", "stop"),
    ),
    Code(
        "C207",
        "A change this large needs a second person",
        "Start it, then ask somebody who may approve",
        choices=("continue", "stop"),
    ),
    Code(
        "C211",
        "Routing numbers have lost a leading zero; account numbers probably lost theirs too",
        "Ask for a new export with the columns as text",
        choices=("continue", "stop"),
    ),
    Code(
        "C212",
        "The routing number has eight digits; its check digit seems to be missing",
        "Append the check digit if the export leaves it out",
        _SKIPPED,
        ("append_check_digit", "skip"),
    ),
    Code(
        "C213",
        "A fixed amount or a day of the customer's own cannot be carried over",
        "Skip these rows, or collect the full balance on the biller's day",
        _SKIPPED,
        ("full_balance", "skip"),
    ),
    Code(
        "C214",
        "The permission ends on a day to come",
        "Keep the end date, or skip these rows",
        _SKIPPED,
        ("keep_end", "skip"),
    ),
    Code(
        "C215",
        "The customer has enrolled with another method",
        "Their own choice is kept, or replaced by the file's",
        _SKIPPED,
        ("keep", "replace"),
        "keep",
    ),
    Code(
        "C216",
        "The card expires before the effective date",
        "Ask for a new card",
        _SKIPPED,
        ("skip", "enroll"),
        "skip",
    ),
    Code("C217", "The owner's login is locked or disabled", "Unlock it first", _HELD, ("hold",), "hold"),
    Code(
        "C218",
        "The routing number is not in the directory, or is replaced there by a new one",
        "Take it as it is, take the new one, or skip these rows",
        _SKIPPED,
        ("continue", "replace", "skip"),
    ),
    Code(
        "C221",
        "More addresses than can be used",
        "Choose the right address, or take the first",
        _SKIPPED,
        ("skip", "use_first"),
        "skip",
    ),
    Code(
        "C222",
        "Paper and email are both wanted; paper must go on",
        "Leave them as they are",
        _SKIPPED,
        ("skip",),
        "skip",
    ),
    Code(
        "C223",
        "The email change would reach accounts outside the file",
        "Change the login for all its accounts, deliver only these bills to the new address, or skip",
        choices=("update_login", "delivery_email", "skip"),
    ),
    Code(
        "C224",
        "One email stands on more than ten accounts",
        "Often it is an office or a manager: go on, or skip these rows",
        _SKIPPED,
        ("continue", "skip"),
    ),
    Code(
        "C225",
        "The customer cancelled paperless later",
        "Their own choice is kept, or they are enrolled again",
        _SKIPPED,
        ("keep", "enroll_again"),
        "keep",
    ),
    Code(
        "C231",
        "Registration and paperless bring different emails for a login not yet activated",
        "Choose the email once, for both imports",
        _HELD,
        ("hold", "use_file", "keep_login"),
        "hold",
    ),
    Code(
        "C232",
        "The account already has an active owner with another email",
        "Never taken over silently: skip, add as a further user, or replace the owner",
        _SKIPPED,
        ("skip", "oversight", "replace_owner"),
        "skip",
    ),
    Code(
        "C233",
        "The email belongs to a login with other accounts; names disagree or linking is off",
        "Link only if it is the same person",
        _SKIPPED,
        ("skip", "link"),
        "skip",
    ),
    Code(
        "C234",
        "Several logins have this email",
        "Choose the login by hand, or make a new one",
        _HELD,
        ("hold", "new_login"),
        "hold",
    ),
    Code(
        "C235",
        "Registration for a closed account",
        "Register only if old bills are wanted",
        _SKIPPED,
        ("skip", "register"),
        "skip",
    ),
    Code(
        "C241",
        "Nothing says that the customer agreed",
        "Skip these rows, or attest that the biller holds their agreement",
        _SKIPPED,
        ("attest", "skip"),
    ),
    # Warnings.
    Code("W301", "Spreadsheet damage repaired", "Export the columns as text"),
    Code("W302", "The encoding was guessed", "Export as UTF-8"),
    Code("W303", "The delimiter is not a comma", "Nothing to do if the columns look right"),
    Code("W304", "Columns that are not used", "Nothing to do if that is meant"),
    Code("W305", "Title lines before the header were left out", "Nothing to do if the header is right"),
    Code("W306", "Line ends of several kinds", "Nothing to do if the rows look right"),
    Code("W307", "Cells are quoted in an unusual way", "Compare cells that hold quotes"),
    Code("W310", "The name in the file and the customer's do not agree", "Look whether columns have shifted"),
    Code("W311", "A lost zero of the routing number was restored", "Export the column as text"),
    Code("W312", "A state or postal code that cannot be used was left out", "Correct the address"),
    Code("W313", "An optional email that cannot be used was left out", "Correct the address"),
    Code("W314", "A prenote transaction code", "Nothing to do"),
    Code("W320", "Customers without an invoice of a chosen type are enrolled all the same", "Choose fewer types"),
    Code("W321", "The payment method is visible to linked accounts", "Nothing to do"),
    Code("W322", "The login is also used at another biller", "Nothing changes there"),
    Code("W323", "A customer is created; no bill was seen yet", "Wait for the biller's first bill file"),
    Code("W324", "An owner is added beside other users", "Nothing to do"),
    Code("W331", "A duplicate with the same values", "Nothing to do"),
    Code("W332", "The same bank account under different logins", "Nothing to do"),
    Code("W333", "Already so", "Nothing to do"),
    Code("W341", "An address of the biller's own mail domain", "Check whether it is a place-holder"),
    Code("W342", "A second address is used as copy", "Nothing to do"),
    Code("W343", "The mail domain looks misspelt", "Ask the customer"),
    Code("W344", "The login name stays the old email", "Tell the customer"),
    Code("W345", "One email on several accounts", "Nothing to do"),
    Code("W351", "Nobody gets the log", "Name a recipient"),
    # Left out on purpose.
    Code("S401", "The customer wants paper", "Nothing to do", _SKIPPED),
    Code("S402", "Autopay is off, revoked or cancelled", "Nothing to do", _SKIPPED),
    Code("S403", "Autopay has ended", "Nothing to do", _SKIPPED),
    Code("S404", "Left out by the operator", "Nothing to do", _SKIPPED),
    Code("S405", "Not reached: the import was cancelled", "Start a new import with these rows", _SKIPPED),
)

CODES: Final = {code.number: code for code in _ALL}
