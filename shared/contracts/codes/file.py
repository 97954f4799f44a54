"""F: the file, the definition or the person's rights block the import; nothing is imported."""

from typing import Final

from shared.contracts.codes.code import Code


def _file(number: str, title: str, remedy: str, counts: str = "") -> Code:
    return Code(number, title, remedy, is_of_the_whole=True, counts=counts)


FILE_CODES: Final = (
    _file("F001", "The file is not a CSV text file", "Export it as CSV. Spreadsheets and archives can't be read"),
    _file("F002", "The file is empty or has only a header", "Check the export and upload it again"),
    _file(
        "F003",
        "Some characters can't be read in the file's encoding",
        "Export the file as UTF-8, or choose its encoding",
    ),
    _file(
        "F004",
        "The header line is missing, unclear or repeated in a different order",
        "Export the file with a header, or choose the header line (0 if there is none)",
    ),
    _file("F005", "Several columns have a header that is mapped", "Map one of them, or give each a unique name"),
    _file("F006", "Too many lines have too few or too many cells", "Quote cells that contain the delimiter"),
    _file(
        "F007",
        "A required field has no column, or one column is used twice",
        "Map each field to its own column",
        "column",
    ),
    _file(
        "F008",
        "The file contains card numbers, so it was rejected",
        "Replace card numbers with vault tokens and upload the file again. "
        "If it is another number, remove its column or shorten the number",
    ),
    _file(
        "F009",
        "The file has a column for a security code, PIN, password or SSN",
        "Remove that column and export the file again",
    ),
    _file("F010", "The file names another biller", "Choose the biller the file belongs to"),
    _file("F011", "No permission for this kind of import at this biller", "Ask an administrator for access"),
    _file("F012", "No invoice type is selected", "Select at least one invoice type"),
    _file("F013", "A selected invoice type doesn't allow this kind of enrollment", "Remove that invoice type"),
    _file(
        "F014",
        "The account number setup is empty or names a column that the file doesn't have",
        "Build the account number from columns of the file",
        "column",
    ),
    _file("F015", "The file exceeds a limit", "Split the file"),
    _file(
        "F016",
        "The earliest collection date is missing or in the past",
        "Enter the earliest collection date, today or later",
    ),
    _file("F017", "The same file is already being imported for this biller", "Wait until that import has ended"),
    _file("F018", "The file is not the one that was chosen", "Choose the file again"),
    _file(
        "F019",
        "The biller's statement of customer consent is missing",
        "Enter the biller's statement that the customers agreed",
    ),
    _file(
        "F020",
        "A quote character is not closed, or is inside an unquoted cell",
        "Quote cells by the rules of CSV (RFC 4180)",
    ),
    _file(
        "F021",
        "A column of bank account numbers can't be part of the account number",
        "Choose the column with the biller's account numbers",
        "row",
    ),
    _file(
        "F022",
        "A value is given a meaning that its field doesn't have",
        "Choose one of the meanings of the field",
    ),
    _file(
        "F023",
        "The import can't be undone: it has not ended, or it ended too long ago",
        "Cancel an import that has not ended and undo it then; after the time limit, start a new one with right values",
    ),
    _file(
        "F024",
        "The import applied none of the chosen rows, so there is nothing to undo",
        "Choose rows that the import applied",
    ),
    _file("F098", "The check took longer than allowed", "Split the file, or ask to have the time limit raised"),
    _file("F099", "The check failed for a technical reason", "Try again. If it happens again, ask for help"),
)
