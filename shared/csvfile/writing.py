"""RFC 4180 output in UTF-8."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from shared.csvfile.cells import defuse_formula


def write_rows(out: BinaryIO, rows: Iterable[Sequence[str]], *, defuse: bool = True) -> int:
    """Write the rows, the header being the first; return how many. `defuse=False` is for machines only."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\r\n")
    count = 0
    try:
        for row in rows:
            writer.writerow([defuse_formula(cell) for cell in row] if defuse else row)
            count += 1
        text.flush()
    finally:
        text.detach()  # the caller closes what the caller opened
    return count
