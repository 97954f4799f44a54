"""The rows that an import would not apply, as a file: to be corrected and sent back."""

import asyncio
import io
from uuid import UUID

from services.mapping.context import Context
from services.mapping.usecases.correcting import rows_to_correct
from services.mapping.usecases.rounds import RowsToFix
from services.mapping.usecases.rounds.sent import MOST_CORRECTED
from shared.audit import Act
from shared.auth import Person
from shared.contracts.codes import code_title
from shared.contracts.log_columns import RESULT_COLUMNS, free_name
from shared.csvfile import header_key, write_rows
from shared.errors import Conflict


async def rows_as_file(context: Context, person: Person, import_id: UUID) -> bytes:
    found = await rows_to_correct(
        context, person, import_id, code=None, after=0, limit=MOST_CORRECTED, act=Act.DOWNLOADED
    )
    if found.next is not None:
        words = f"More than {MOST_CORRECTED:,} rows can't be corrected in one file"
        raise Conflict("too_many_rows", words, "import_id", "Correct the file itself and start a new import")
    return await asyncio.to_thread(_content, found)


def _content(found: RowsToFix) -> bytes:
    out = io.BytesIO()
    write_rows(out, [_head(found), *_lines(found)])
    return out.getvalue()


def _head(found: RowsToFix) -> list[str]:
    taken = {header_key(name) for name in found.columns.header}
    return [*found.columns.header, *(free_name(name, taken) for name in RESULT_COLUMNS)]


def _lines(found: RowsToFix) -> list[list[str]]:
    return [
        [
            *one.cells.values(),
            str(one.row.line_no),
            one.row.outcome.value,
            " ".join(one.row.codes),
            "; ".join(map(code_title, one.row.codes)),
        ]
        for one in found.rows
    ]
