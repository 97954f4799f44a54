"""Reading and writing CSV: a file loads cell for cell as its clean version would, or is refused with its place."""

from shared.csvfile.bank_watch import BankWatch
from shared.csvfile.card_watch import REPLACE_CARDS, CardWatch, cards_above, forbidden_names
from shared.csvfile.cells import (
    WIDE,
    WRAPPERS,
    clean_cell,
    clean_name,
    column_key,
    defuse_formula,
    header_key,
    one_spelling,
)
from shared.csvfile.inspection import Inspection, inspect
from shared.csvfile.lines import equally_wide
from shared.csvfile.masking import count_digits, mask_digits
from shared.csvfile.options import CsvOptions, UnusableOption, refusing_unusable
from shared.csvfile.problems import FileRefused, Problem, RowProblem
from shared.csvfile.reader import Batch, CsvReader, read
from shared.csvfile.secret_columns import is_told_by_cells, secret_columns
from shared.csvfile.secret_headers import is_secret_header, names_bank_number
from shared.csvfile.secrets_in_text import secret_in_text
from shared.csvfile.sensitive import (
    find_card_in_text,
    find_card_number,
    forbidden_header,
    is_ssn,
    may_hold_cards,
    mostly_card_numbers,
)
from shared.csvfile.writing import write_rows

__all__ = [
    "REPLACE_CARDS",
    "WIDE",
    "WRAPPERS",
    "BankWatch",
    "Batch",
    "CardWatch",
    "CsvOptions",
    "CsvReader",
    "FileRefused",
    "Inspection",
    "Problem",
    "RowProblem",
    "UnusableOption",
    "cards_above",
    "clean_cell",
    "clean_name",
    "column_key",
    "count_digits",
    "defuse_formula",
    "equally_wide",
    "find_card_in_text",
    "find_card_number",
    "forbidden_header",
    "forbidden_names",
    "header_key",
    "inspect",
    "is_secret_header",
    "is_ssn",
    "is_told_by_cells",
    "mask_digits",
    "may_hold_cards",
    "mostly_card_numbers",
    "names_bank_number",
    "one_spelling",
    "read",
    "refusing_unusable",
    "secret_columns",
    "secret_in_text",
    "write_rows",
]
