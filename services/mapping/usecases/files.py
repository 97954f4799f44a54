"""Files of a biller's Secure Upload."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID, uuid4

from services.mapping import domain
from services.mapping.context import Context
from services.mapping.repository import files
from services.mapping.repository.files import KeyTaken, NewFile, UploadedBefore
from services.mapping.sample import Sample
from services.mapping.usecases.accepting import IDEMPOTENCY_CONFLICT
from services.mapping.usecases.access import biller_with_right, deny, require_kind
from services.mapping.views import FileItem, FileList, KindHint
from shared import errors
from shared.audit import Act, Detail, record
from shared.auth import Person
from shared.contracts.codes import CODES
from shared.contracts.definition import Reading
from shared.contracts.finding_text import finding_text
from shared.contracts.kinds import ImportKind
from shared.contracts.rights import Right, may_see_bank_accounts
from shared.csvfile import find_card_in_text
from shared.logging import get_logger
from shared.postgres import is_transient
from shared.secure_upload import SecureUploadUnavailable, Stored, TooLarge, object_key

log = get_logger()
_DELETED: Final = "deleted"
# Which numbers are cards depends on the columns of an import: F008 is for the first look, or for the check.
_WHATEVER_IS_IMPORTED: Final = "F009"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is being sent.

    ``declared`` is how many bytes its sender says it has; ``key`` is the same when it is sent again; ``corrects``
    is the import whose rows it corrects.
    """

    name: str
    kind: KindHint
    declared: int | None
    pieces: AsyncIterator[bytes]
    key: UUID | None = None
    corrects: UUID | None = None


async def list_files(
    context: Context, person: Person, biller_id: int, limit: int = 200, after: UUID | None = None
) -> FileList:
    async with context.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
        found = await files.list_files(connection, biller_id, domain.visible_files(right), limit + 1, after)
    page = found[:limit]
    return FileList(
        items=[FileItem.model_validate(file) for file in page], next=page[-1].id if len(found) > limit else None
    )


async def upload(context: Context, person: Person, biller_id: int, sent: Upload) -> FileItem:
    """Store a file. It is streamed; above the limit it is refused and nothing of it remains."""
    right = await _require_right(context, person, biller_id, sent.kind)
    _refuse_early(sent, context.upload_limit_bytes)
    if sent.key is not None and (known := await _uploaded_before(context, person, biller_id, sent.key)):
        return await _same_again(context, biller_id, known, await _sha256_of(sent.pieces, context.upload_limit_bytes))
    file_id = uuid4()
    key = object_key(biller_id, file_id)
    stored = await _store(context, sent.pieces, key)
    sample = await _looked_at(context, biller_id, file_id)
    holds_bank_data = sample.holds_bank_data if sample else None
    if holds_bank_data and not may_see_bank_accounts(right):  # it would be hidden from who has just sent it
        await context.secure_upload.delete(key)
        deny("body")
    if sample and (refusal := sample.must_not_be_kept) and refusal.code == _WHATEVER_IS_IMPORTED:
        await context.secure_upload.delete(key)
        log.warning("upload_refused", biller_id=biller_id, code=refusal.code)
        place = finding_text({"line": refusal.line, "column": refusal.column}).place
        title = f"{refusal.message} ({place})" if place else refusal.message
        raise errors.Invalid(refusal.code, title, "body", refusal.remedy)
    await _refuse_known(context, biller_id, stored.sha256, key)
    file = NewFile(
        id=file_id,
        biller_id=biller_id,
        name=domain.clean_file_name(sent.name),
        sha256=stored.sha256,
        size=stored.size,
        object_key=key,
        kind_hint=sent.kind,
        uploaded_by=person.subject,
        holds_bank_data=holds_bank_data,
        made_for=sent.corrects,
    )
    return await _register(context, person, file, sent.key)


async def delete(context: Context, person: Person, biller_id: int, file_id: UUID) -> None:
    """Delete a file that no import uses and nobody else has chosen. The object goes first: what is recorded is gone."""
    async with context.database.transaction() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
        key = await files.lock_to_delete(connection, biller_id, file_id, domain.visible_files(right))
        if key is None:
            raise errors.NotFound("file_not_found", "No such file", "file_id", "It may have been deleted already")
        _, in_use = await files.standing(connection, biller_id, file_id)
        if in_use:
            words = "An import uses this file, so it stays with it"
            raise errors.Conflict("file_in_use", words, "file_id", "Files of imports are removed after their period")
        if await files.is_in_draft_of_another(connection, biller_id, file_id, person.subject):
            words = "Somebody else is preparing an import with this file"
            raise errors.Conflict("file_in_use", words, "file_id", "Ask them to choose another file first")
        try:
            await context.secure_upload.delete(key)
        except SecureUploadUnavailable:
            raise errors.Unavailable(
                "secure_upload_unavailable", "Secure Upload is not responding", remedy="Try again in a moment"
            ) from None
        await files.record_refusal(connection, file_id, _DELETED)
        told: Detail = {"file_id": str(file_id)}
        await record(connection, Act.FILE_DELETED, person.subject, biller_id=biller_id, detail=told)
    log.info("file_deleted", biller_id=biller_id, file_id=file_id)


async def _require_right(context: Context, person: Person, biller_id: int, kind: str) -> Right:
    async with context.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
    if kind != domain.UNKNOWN_KIND:
        require_kind(right, ImportKind(kind))
    return right


async def _looked_at(context: Context, biller_id: int, file_id: UUID) -> Sample | None:
    """The beginning of the file; None where that cannot be read."""
    try:
        return await context.samples.of(context.secure_upload, biller_id, file_id, Reading())
    except (FileNotFoundError, SecureUploadUnavailable):
        return None


async def _refuse_known(context: Context, biller_id: int, sha256: str, key: str) -> None:
    """Content that was removed once is not kept when it is sent again."""
    async with context.database.connection() as connection:
        code = await files.refused_before(connection, biller_id, sha256)
    if code is None:
        return
    await context.secure_upload.delete(key)
    log.warning("upload_refused", biller_id=biller_id, code=code)
    raise errors.Invalid(code, CODES[code].title, "body", CODES[code].remedy)


def _refuse_early(sent: Upload, limit: int) -> None:
    if sent.declared is not None and sent.declared > limit:
        raise _too_large(limit)
    if find_card_in_text(sent.name):
        raise errors.Invalid("F008", "The file name contains a card number", "query.name", "Rename the file")


async def _store(context: Context, pieces: AsyncIterator[bytes], key: str) -> Stored:
    try:
        return await context.secure_upload.put(key, pieces, context.upload_limit_bytes)
    except TooLarge:
        raise _too_large(context.upload_limit_bytes) from None
    except SecureUploadUnavailable as unavailable:
        log.warning("upload_not_stored", reason=str(unavailable))
        raise errors.Unavailable(
            "secure_upload_unavailable", "Secure Upload is not responding", remedy="Upload the file again"
        ) from None


async def _uploaded_before(context: Context, person: Person, biller_id: int, key: UUID) -> UploadedBefore | None:
    async with context.database.connection() as connection:
        return await files.uploaded_before(connection, biller_id, person.subject, key)


async def _sha256_of(pieces: AsyncIterator[bytes], limit: int) -> str:
    """What is sent again is read to its end, and not stored."""
    digest, size = hashlib.sha256(), 0
    async for piece in pieces:
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        digest.update(piece)
    return digest.hexdigest()


async def _same_again(context: Context, biller_id: int, known: UploadedBefore, sha256: str) -> FileItem:
    if known.sha256 != sha256:
        title, remedy = "This key was already used for another file", "Use a new key for each file"
        raise errors.Conflict(IDEMPOTENCY_CONFLICT, title, "header Idempotency-Key", remedy)
    if known.is_gone:
        title, remedy = "The file was uploaded before and is no longer in Secure Upload", "Upload it with a new key"
        raise errors.Gone("file_gone", title, "header Idempotency-Key", remedy)
    async with context.database.connection() as connection:
        imported, in_use = await files.standing(connection, biller_id, known.id)
    return FileItem(
        id=known.id,
        name=known.name,
        size=known.size,
        sha256=sha256,
        uploaded_at=known.uploaded_at,
        kind_hint=cast("KindHint", known.kind_hint),
        imported_before=imported,
        in_use=in_use,
    )


async def _register(context: Context, person: Person, file: NewFile, key: UUID | None) -> FileItem:
    try:
        async with context.database.transaction() as connection:
            uploaded_at = await files.add(connection, file)
            if key is not None:
                await files.keep_key(connection, file, key)
            told: Detail = {"file_id": str(file.id), "size": file.size, "sha256": file.sha256}
            await record(connection, Act.FILE_UPLOADED, file.uploaded_by, biller_id=file.biller_id, detail=told)
            imported, in_use = await files.standing(connection, file.biller_id, file.id)
    except KeyTaken:
        await context.secure_upload.delete(file.object_key)
        first = await _uploaded_before(context, person, file.biller_id, cast("UUID", key))
        return await _same_again(context, file.biller_id, cast("UploadedBefore", first), file.sha256)
    except Exception as error:
        if is_transient(error):  # it may be entered all the same, so the object stays
            log.warning("upload_perhaps_not_registered", file_id=file.id)
        else:
            await context.secure_upload.delete(file.object_key)
        raise
    log.info("file_uploaded", biller_id=file.biller_id, file_id=file.id, size=file.size)
    return FileItem(
        id=file.id,
        name=file.name,
        size=file.size,
        sha256=file.sha256,
        uploaded_at=uploaded_at,
        kind_hint=file.kind_hint,
        imported_before=imported,
        in_use=in_use,
    )


def _too_large(limit: int) -> errors.TooLarge:
    return errors.TooLarge("F015", f"The file exceeds the limit of {limit:,} bytes", "body", CODES["F015"].remedy)
