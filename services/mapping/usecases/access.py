"""Who asks, and what this person may do."""

from dataclasses import replace
from typing import NoReturn
from uuid import UUID

from services.mapping.context import Context
from services.mapping.records import Biller, Import
from services.mapping.repository import billers, files, imports
from services.mapping.sample import Sample
from shared.audit import SYSTEM, Act, Detail, record
from shared.auth import Person
from shared.contracts.codes import CODES
from shared.contracts.definition import Reading
from shared.contracts.kinds import ImportKind
from shared.contracts.rights import Right, allows, may_see_bank_accounts, may_undo
from shared.errors import Forbidden, NotFound
from shared.logging import get_logger
from shared.postgres import Connection
from shared.rights import right_of
from shared.secure_upload import object_key

log = get_logger()


async def biller_with_right(connection: Connection, person: Person, biller_id: int) -> tuple[Biller, Right]:
    """The biller and the person's right there. An unknown biller looks like one without a right."""
    biller = await billers.find(connection, biller_id)
    right = await right_of(connection, person.subject, biller_id)
    if biller is None or right is None:
        deny("biller_id")
    return biller, right


async def visible_import(
    connection: Connection, person: Person, import_id: UUID, *, lock: bool = False
) -> tuple[Import, Right]:
    """The import and the person's right. One that the person may not see looks like one that does not exist."""
    item = await (imports.lock if lock else imports.find)(connection, import_id)
    if item is not None:
        right = await right_of(connection, person.subject, item.biller_id)
        if right is not None and allows(right, item.kind):
            return item, right
    raise NotFound(
        "import_not_found",
        "No such import, or you don't have access to it",
        "import_id",
        "Check the ID, or ask an administrator for access to the biller",
    )


def require_undo(right: Right) -> None:
    if not may_undo(right):
        raise Forbidden(
            "undo_not_permitted",
            "You don't have permission to undo imports",
            "permission",
            "Ask a person who may undo imports",
        )


def require_kind(right: Right, kind: ImportKind) -> None:
    if not allows(right, kind):
        deny("kind")


async def sample_for(
    context: Context, person: Person, right: Right, biller_id: int, file_id: UUID, reading: Reading
) -> Sample:
    """The beginning of a file for somebody with this right: FileNotFoundError also where he may not see what it holds.

    What it holds is judged here once more, for it may be older than that, or look otherwise as it is read now.
    """
    sample = await context.samples.of(context.secure_upload, biller_id, file_id, reading)
    async with context.database.connection() as connection:
        found = await files.bank_columns(connection, file_id)
        if sample.holds_bank_data is not None and not found:
            await files.judge(connection, file_id, holds_bank_data=sample.holds_bank_data)
    if (refusal := sample.must_not_be_kept) and await _is_so(context, biller_id, file_id, reading):
        await _remove(context, biller_id, file_id, refusal.code)
    if (sample.holds_bank_data or found) and not may_see_bank_accounts(right):
        raise FileNotFoundError
    async with context.database.transaction() as connection:
        await record(connection, Act.FILE_SEEN, person.subject, biller_id=biller_id, detail={"file_id": str(file_id)})
    return replace(sample, bank_columns=sample.bank_columns.union(found)) if found else sample


async def _is_so(context: Context, biller_id: int, file_id: UUID, reading: Reading) -> bool:
    """Told otherwise, a file that can be read as it is may only look as if it held what must not be kept."""
    if reading == Reading():
        return True
    plain = await context.samples.of(context.secure_upload, biller_id, file_id, Reading())
    return plain.refusal is not None


async def _remove(context: Context, biller_id: int, file_id: UUID, code: str) -> None:
    """Remove a file that should have been refused when it was uploaded; its reason is told this once."""
    await context.secure_upload.delete(object_key(biller_id, file_id))
    async with context.database.transaction() as connection:
        await files.record_refusal(connection, file_id, code)
        told: Detail = {"file_id": str(file_id), "code": code}
        await record(connection, Act.FILE_REMOVED, SYSTEM, biller_id=biller_id, detail=told)
    log.warning("file_removed", file_id=file_id, reason=code)


def deny(place: str) -> NoReturn:
    raise Forbidden("F011", CODES["F011"].title, place, CODES["F011"].remedy)
