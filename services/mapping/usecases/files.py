"""Files of a biller's Secure Upload."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
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
from shared.postgres import Connection, is_transient
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


@dataclass(frozen=True, slots=True)
class Named:
    """What its sender says of a file, and who that is."""

    biller_id: int
    name: str
    kind: str
    subject: str
    corrects: UUID | None


AlsoDone = Callable[[Connection, NewFile], Awaitable[None]]


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
    right = await require_right(context, person, biller_id, sent.kind)
    refuse_early(sent.name, sent.declared, context.upload_limit_bytes)
    if sent.key is not None and (known := await _uploaded_before(context, person, biller_id, sent.key)):
        return await _same_again(context, biller_id, known, await _sha256_of(sent.pieces, context.upload_limit_bytes))
    file_id = uuid4()
    stored = await _store(context, sent.pieces, object_key(biller_id, file_id))
    named = Named(biller_id, sent.name, sent.kind, person.subject, sent.corrects)
    key = sent.key

    async def keep_key(connection: Connection, file: NewFile) -> None:
        if key is not None:
            await files.keep_key(connection, file, key)

    try:
        return await taken(context, right, named, file_id, stored, keep_key)
    except KeyTaken:
        first = await _uploaded_before(context, person, biller_id, cast("UUID", key))
        return await _same_again(context, biller_id, cast("UploadedBefore", first), stored.sha256)


async def taken(
    context: Context, right: Right, named: Named, file_id: UUID, stored: Stored, also: AlsoDone
) -> FileItem:
    """The file whose object has just been stored, once it was looked at; where it is refused, the object is gone.

    ``also`` is done in the transaction that enters it.
    """
    holds_bank_data = await _judged(context, right, named.biller_id, file_id, stored.sha256)
    file = NewFile(
        id=file_id,
        biller_id=named.biller_id,
        name=domain.clean_file_name(named.name),
        sha256=stored.sha256,
        size=stored.size,
        object_key=object_key(named.biller_id, file_id),
        kind_hint=named.kind,
        uploaded_by=named.subject,
        holds_bank_data=holds_bank_data,
        made_for=named.corrects,
    )
    return await _register(context, file, also)


async def look_at(
    context: Context, right: Right, biller_id: int, object_id: UUID, whole: int | None = None
) -> bool | None:
    """Whether what is stored there lists bank accounts, by its beginning; refused, it is gone."""
    sample = await _looked_at(context, biller_id, object_id, whole)
    holds_bank_data = sample.holds_bank_data if sample else None
    if holds_bank_data and not may_see_bank_accounts(right):  # it would be hidden from who has just sent it
        await context.secure_upload.delete(object_key(biller_id, object_id))
        deny("body")
    if sample and (refusal := sample.must_not_be_kept) and refusal.code == _WHATEVER_IS_IMPORTED:
        await context.secure_upload.delete(object_key(biller_id, object_id))
        log.warning("upload_refused", biller_id=biller_id, code=refusal.code)
        place = finding_text({"line": refusal.line, "column": refusal.column}).place
        title = f"{refusal.message} ({place})" if place else refusal.message
        raise errors.Invalid(refusal.code, title, "body", refusal.remedy)
    return holds_bank_data


async def shown(context: Context, biller_id: int, known: UploadedBefore) -> FileItem:
    async with context.database.connection() as connection:
        imported, in_use = await files.standing(connection, biller_id, known.id)
    return FileItem(
        id=known.id,
        name=known.name,
        size=known.size,
        sha256=known.sha256,
        uploaded_at=known.uploaded_at,
        kind_hint=cast("KindHint", known.kind_hint),
        imported_before=imported,
        in_use=in_use,
    )


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


async def require_right(context: Context, person: Person, biller_id: int, kind: str) -> Right:
    async with context.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
    if kind != domain.UNKNOWN_KIND:
        require_kind(right, ImportKind(kind))
    return right


async def _looked_at(context: Context, biller_id: int, file_id: UUID, whole: int | None) -> Sample | None:
    """The beginning of the file; None where that cannot be read."""
    try:
        return await context.samples.of(context.secure_upload, biller_id, file_id, Reading(), whole)
    except (FileNotFoundError, SecureUploadUnavailable):
        return None


async def _judged(context: Context, right: Right, biller_id: int, file_id: UUID, sha256: str) -> bool | None:
    """Whether it lists bank accounts. Content that was removed once is not kept when it is sent again."""
    holds_bank_data = await look_at(context, right, biller_id, file_id)
    async with context.database.connection() as connection:
        code = await files.refused_before(connection, biller_id, sha256)
    if code is not None:
        await context.secure_upload.delete(object_key(biller_id, file_id))
        log.warning("upload_refused", biller_id=biller_id, code=code)
        raise errors.Invalid(code, CODES[code].title, "body", CODES[code].remedy)
    return holds_bank_data


def refuse_early(name: str, declared: int | None, limit: int) -> None:
    """Refuse what its name or declared size forbids, before a byte of it is stored."""
    if declared is not None and declared > limit:
        raise _too_large(limit)
    if find_card_in_text(name):
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
    return await shown(context, biller_id, known)


async def _register(context: Context, file: NewFile, also: AlsoDone) -> FileItem:
    try:
        async with context.database.transaction() as connection:
            uploaded_at = await files.add(connection, file)
            await also(connection, file)
            told: Detail = {"file_id": str(file.id), "size": file.size, "sha256": file.sha256}
            await record(connection, Act.FILE_UPLOADED, file.uploaded_by, biller_id=file.biller_id, detail=told)
            imported, in_use = await files.standing(connection, file.biller_id, file.id)
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
        kind_hint=cast("KindHint", file.kind_hint),
        imported_before=imported,
        in_use=in_use,
    )


def _too_large(limit: int) -> errors.TooLarge:
    return errors.TooLarge("F015", f"The file exceeds the limit of {limit:,} bytes", "body", CODES["F015"].remedy)
