"""A file of the model as the bytes that a biller would send."""

import csv
import io

from tests.support.model import CsvFile


def csv_bytes(file: CsvFile, *, delimiter: str = ",") -> bytes:
    """UTF-8, one record a line; a cell with ="…" keeps its quotes as spreadsheets write them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(file.header)
    writer.writerows(cells for _, cells in file.rows)
    return text.getvalue().encode()
