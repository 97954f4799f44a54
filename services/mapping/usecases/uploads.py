"""Files that are sent in parts, over any number of requests and processes.

Each part is an object of its own, sealed like every file; the database says which of them count. With the last one they
become a file, in the way of one that is sent at once. A writer that was overtaken by another changes nothing.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NoReturn, cast
from uuid import UUID, uuid4

from services.mapping.context import Context
from services.mapping.domain import UNKNOWN_KIND, clean_file_name
from services.mapping.repository import files, uploads
from services.mapping.repository.files import NewFile
from services.mapping.repository.uploads import NewUpload, Part, Upload
from services.mapping.usecases.accepting import IDEMPOTENCY_CONFLICT
from services.mapping.usecases.access import biller_with_right, require_kind
from services.mapping.usecases.files import Named, look_at, refuse_early, require_right, shown, taken
from services.mapping.usecases.parts import BrokenOff, Checksum, Sent
from services.mapping.views import FileItem, KindHint, UploadItem, UploadList, UploadPart
from shared import errors
from shared.auth import Person
from shared.contracts.codes import CODES
from shared.contracts.kinds import ImportKind
from shared.contracts.rights import Right
from shared.logging import get_logger
from shared.postgres import Connection
from shared.secure_upload import SecureUploadUnavailable, Stored, TooLarge, object_key

log = get_logger()
MISMATCH: Final = "upload_checksum_mismatch"
_PIECE_BYTES: Final = 8 * 1024 * 1024
_TELLING_BYTES: Final = 1024 * 1024  # a shorter beginning may end within a name of the header
_REFUSED: Final = "refused"
_CANCELLED: Final = "cancelled"


class Mismatch(errors.Conflict):
    """What came is not what was declared."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a sender says before the first byte; ``key`` is the same when said again, ``metadata`` its own words."""

    name: str
    kind: KindHint
    length: int
    key: UUID | None = None
    corrects: UUID | None = None
    sha256: str | None = None
    metadata: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """A part that is being sent. ``declared``: its bytes, as its sender says; ``sha256``: of the whole file."""

    offset: int
    chunks: AsyncIterator[bytes]
    declared: int | None = None
    checksum: Checksum | None = None
    sha256: str | None = None


async def begin(context: Context, person: Person, biller_id: int, begun: Begun) -> UploadItem:
    """A new upload, or the one that was begun with this key and can still be used."""
    begun = replace(begun, name=clean_file_name(begun.name))
    upload = await _begun(context, person, biller_id, begun)
    return await _shown(context, upload)


async def largest(context: Context, person: Person, biller_id: int) -> int:
    await require_right(context, person, biller_id, UNKNOWN_KIND)
    return context.upload_limit_bytes


async def find(context: Context, person: Person, biller_id: int, upload_id: UUID) -> tuple[UploadItem, str]:
    upload, _ = await _usable_one(context, person, biller_id, upload_id)
    return _item_of(context, upload), upload.metadata


async def show(context: Context, person: Person, biller_id: int, upload_id: UUID) -> UploadItem:
    upload, _ = await _usable_one(context, person, biller_id, upload_id)
    return await _shown(context, upload)


async def list_open(context: Context, person: Person, biller_id: int) -> UploadList:
    async with context.database.connection() as connection:
        await biller_with_right(connection, person, biller_id)
        found = await uploads.list_open(connection, biller_id, person.subject)
    return UploadList(items=[_item_of(context, upload) for upload in found])


async def cancel(context: Context, person: Person, biller_id: int, upload_id: UUID) -> None:
    """End it; what had arrived is removed. One that is a file already stays that file."""
    upload, _ = await _usable_one(context, person, biller_id, upload_id)
    await _end(context, upload, _CANCELLED)


async def send(context: Context, person: Person, biller_id: int, upload_id: UUID, sending: Sending) -> UploadItem:
    """Store a part, or as much of it as comes; with the last one it is a file, or refused.

    A part with a checksum counts as a whole or not at all; of one without, what came before the sender was gone counts.
    Raises BrokenOff.
    """
    upload, right = await _usable_one(context, person, biller_id, upload_id)
    if sending.offset != upload.received:
        _refuse_offset()
    if sending.declared is not None and sending.declared > upload.length - upload.received:
        _refuse_longer(upload)
    sent = Sent(sending.chunks, sending.checksum)
    while await sent.has_more():
        upload = await _stored_piece(context, right, upload, sent, sending)
    if sent.broke_off:
        raise BrokenOff
    return _item_of(context, upload)


async def _begun(context: Context, person: Person, biller_id: int, begun: Begun) -> Upload:
    await require_right(context, person, biller_id, begun.kind)
    refuse_early(begun.name, begun.length, context.upload_limit_bytes)
    if begun.length == 0:
        raise errors.Invalid("F002", CODES["F002"].title, "header Upload-Length", CODES["F002"].remedy)
    async with context.database.transaction() as connection:
        own, total = await uploads.lock_and_measure(connection, biller_id, person.subject)
        if begun.key is not None and (known := await _usable(connection, person, biller_id, begun)):
            return known
        if own >= context.unfinished.most or total + begun.length > context.unfinished.most_bytes:
            _refuse_another(context, own)
        new = NewUpload(
            id=uuid4(),
            biller_id=biller_id,
            begun_by=person.subject,
            key=begun.key,
            name=begun.name,
            kind_hint=begun.kind,
            made_for=begun.corrects,
            metadata=begun.metadata,
            length=begun.length,
            sha256=begun.sha256,
        )
        await uploads.begin(connection, new)
        upload = await _found(connection, person, biller_id, new.id)
    log.info("upload_begun", biller_id=biller_id, upload_id=upload.id, length=upload.length)
    return upload


def _item_of(
    context: Context, upload: Upload, parts: Sequence[UploadPart] = (), file: FileItem | None = None
) -> UploadItem:
    return UploadItem(
        id=upload.id,
        name=upload.name,
        kind_hint=cast("KindHint", upload.kind_hint),
        length=upload.length,
        offset=upload.received,
        expires_at=upload.touched_at + context.unfinished.keep,
        parts=list(parts),
        file=file,
    )


async def _shown(context: Context, upload: Upload) -> UploadItem:
    if not upload.is_open:
        return _item_of(context, upload, file=await _file_of(context, upload))
    async with context.database.connection() as connection:
        parts = await uploads.parts(connection, upload.id)
    return _item_of(context, upload, [UploadPart(size=part.size, sha256=part.sha256) for part in parts])


async def _usable(connection: Connection, person: Person, biller_id: int, begun: Begun) -> Upload | None:
    """The upload with the same key; None where its file is gone, so that the key begins another."""
    known = await uploads.of_key(connection, biller_id, person.subject, cast("UUID", begun.key))
    if known is None:
        return None
    told = (begun.length, begun.name, begun.kind, begun.corrects)
    if (known.length, known.name, known.kind_hint, known.made_for) != told:
        title, remedy = "This key was already used for another upload", "Use a new key for each file"
        raise errors.Conflict(IDEMPOTENCY_CONFLICT, title, "header Idempotency-Key", remedy)
    if known.file_id is not None:
        file = await files.become(connection, known.file_id)
        if file is None or file.is_gone or known.made_for is not None:  # a file of corrections is used once
            await uploads.release_key(connection, known.id)
            return None
    return known


async def _usable_one(context: Context, person: Person, biller_id: int, upload_id: UUID) -> tuple[Upload, Right]:
    """One of the person's own that has not ended otherwise than as a file, and the person's right as it is now."""
    async with context.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
        upload = await _found(connection, person, biller_id, upload_id)
    if upload.kind_hint != UNKNOWN_KIND:
        require_kind(right, ImportKind(upload.kind_hint))
    if upload.is_open or upload.file_id is not None:
        return upload, right
    why = f"was refused ({upload.refusal})" if upload.state == _REFUSED else "ended before it was complete"
    raise errors.Gone("upload_gone", f"The upload {why}", "upload_id", "Begin a new one")


async def _found(connection: Connection, person: Person, biller_id: int, upload_id: UUID) -> Upload:
    upload = await uploads.find(connection, biller_id, person.subject, upload_id)
    if upload is None:
        raise errors.NotFound("upload_not_found", "You have no such upload here", "upload_id", "Begin a new one")
    return upload


async def _file_of(context: Context, upload: Upload) -> FileItem | None:
    if upload.file_id is None:
        return None
    async with context.database.connection() as connection:
        file = await files.become(connection, upload.file_id)
    if file is None or file.is_gone:
        title, remedy = "The file was uploaded and is no longer in Secure Upload", "Upload it again"
        raise errors.Gone("file_gone", title, "upload_id", remedy)
    return await shown(context, upload.biller_id, file)


async def _stored_piece(context: Context, right: Right, upload: Upload, sent: Sent, sending: Sending) -> Upload:
    left = upload.length - upload.received
    if left == 0:
        _refuse_longer(upload)
    part_id = uuid4()
    async with context.database.transaction() as connection:
        await _enter(connection, upload, part_id, upload.received)
    counts = False
    try:
        most = _PIECE_BYTES if sending.checksum is None else None
        stored = await _put(context, upload, part_id, sent.pieces(most), left)
        if not sent.is_as_told:
            raise Mismatch(
                MISMATCH, "The part is not what its checksum says", "header Upload-Checksum", "Send the part again"
            )
        part = Part(part_id, upload.received, stored.size, stored.sha256)
        if stored.size == left:
            moved = await _complete(context, right, upload, part, sending.sha256)
        else:
            moved = await _count(context, right, upload, part)
        counts = True
    finally:
        if not counts:
            await _drop(context, upload, part_id)
    return moved


async def _enter(connection: Connection, upload: Upload, object_id: UUID, starts_at: int) -> None:
    if not await uploads.begin_part(connection, upload.id, object_id, starts_at):
        title, remedy = "The upload has too many parts, or too many requests write to it", "Send larger parts"
        raise errors.Conflict("too_many_parts", title, "upload_id", remedy)


async def _put(context: Context, upload: Upload, object_id: UUID, pieces: AsyncIterator[bytes], limit: int) -> Stored:
    try:
        return await context.secure_upload.put(object_key(upload.biller_id, object_id), pieces, limit)
    except TooLarge:
        _refuse_longer(upload)
    except SecureUploadUnavailable as unavailable:
        log.warning("part_not_stored", reason=str(unavailable))
        raise errors.Unavailable(
            "secure_upload_unavailable",
            "Secure Upload is not responding",
            remedy="Ask for the offset and continue there",
        ) from None


async def _count(context: Context, right: Right, upload: Upload, part: Part) -> Upload:
    """Let it go on behind the part. What the beginning shows is refused now, before the rest is sent for nothing."""
    if part.starts_at == 0 and part.size >= _TELLING_BYTES:
        try:
            await look_at(context, right, upload.biller_id, part.id, upload.length)
        except (errors.Invalid, errors.Forbidden) as refusal:
            await _end(context, upload, _REFUSED, refusal.code)
            raise
    async with context.database.transaction() as connection:
        if not await uploads.count_part(connection, upload.id, part):
            _refuse_offset()
        return await _again(connection, upload)


async def _complete(context: Context, right: Right, upload: Upload, last: Part, sha256: str | None) -> Upload:
    """Let it be a file. Until that is so, the last part does not count, and whoever sends it again completes it."""
    file_id = uuid4()
    async with context.database.transaction() as connection:
        await _enter(connection, upload, file_id, 0)
        before = await uploads.parts(connection, upload.id)
        if sum(part.size for part in before) != last.starts_at:
            _refuse_offset()

    async def completed(connection: Connection, file: NewFile) -> None:
        if not await uploads.complete(connection, upload.id, last, file.id):
            _refuse_offset()

    named = Named(upload.biller_id, upload.name, upload.kind_hint, upload.begun_by, upload.made_for)
    try:
        stored = await _put(context, upload, file_id, _content(context, upload, (*before, last)), upload.length)
        _require_whole(upload, stored, sha256)
        context.samples.rename((*before, last)[0].id, file_id)
        await taken(context, right, named, file_id, stored, completed)
    except (Mismatch, errors.Invalid, errors.Forbidden, FileNotFoundError) as refusal:
        await _drop(context, upload, file_id)
        if not await _end(context, upload, _REFUSED, getattr(refusal, "code", "file_gone")):
            _refuse_offset()  # another request was faster, and its parts may be gone
        if isinstance(refusal, FileNotFoundError):
            raise errors.Gone("upload_gone", "A part of the upload is lost", "upload_id", "Begin a new one") from None
        raise
    except (errors.Conflict, errors.Unavailable):
        await _drop(context, upload, file_id)
        raise
    async with context.database.connection() as connection:
        return await _again(connection, upload)


async def _content(context: Context, upload: Upload, parts: Sequence[Part]) -> AsyncIterator[bytes]:
    for part in parts:
        async for piece in context.secure_upload.stream(object_key(upload.biller_id, part.id)):
            yield piece


async def _again(connection: Connection, upload: Upload) -> Upload:
    found = await uploads.find(connection, upload.biller_id, upload.begun_by, upload.id)
    return upload if found is None else found


async def _end(context: Context, upload: Upload, state: str, refusal: str | None = None) -> bool:
    """End it and remove its parts; what the store does not remove now, the worker does. False where it had ended."""
    async with context.database.transaction() as connection:
        if not await uploads.end(connection, upload.id, state, refusal):
            return False
    log.info("upload_ended", upload_id=upload.id, state=state, refusal=refusal)
    try:
        while await _removed_next(context, upload):
            pass
    except SecureUploadUnavailable:
        log.warning("parts_not_removed", upload_id=upload.id)
    return True


async def _removed_next(context: Context, upload: Upload) -> bool:
    async with context.database.transaction() as connection:
        part = await uploads.next_left(connection, upload_id=upload.id)
        if part is None:
            return False
        await context.secure_upload.delete(object_key(part.biller_id, part.id))
        await uploads.forget_part(connection, part.id)
    return True


async def _drop(context: Context, upload: Upload, object_id: UUID) -> None:
    # where that fails, its record stays for the worker, and holds no writer's place until then
    try:
        async with context.database.transaction() as connection:
            await uploads.give_up_part(connection, object_id)
        await context.secure_upload.delete(object_key(upload.biller_id, object_id))
        async with context.database.transaction() as connection:
            await uploads.forget_part(connection, object_id)
    except ConnectionError:
        log.warning("part_not_removed", upload_id=upload.id)


def _require_whole(upload: Upload, stored: Stored, sha256: str | None) -> None:
    declared = {upload.sha256, sha256} - {None}
    if stored.size != upload.length or not declared <= {stored.sha256}:
        raise Mismatch(
            "file_checksum_mismatch",
            "The file is not the one that was declared",
            "header Repr-Digest",
            "Nothing was kept. Upload the file again",
        )


def _refuse_offset() -> NoReturn:
    raise errors.Conflict(
        "upload_elsewhere",
        "The upload is at another offset, or another request has written to it",
        "header Upload-Offset",
        "Ask for the offset and continue there",
    )


def _refuse_longer(upload: Upload) -> NoReturn:
    raise errors.TooLarge(
        "upload_longer_than_declared",
        f"The file was declared with {upload.length:,} bytes, and more came",
        "body",
        "Send no more than is missing, or begin a new upload",
    )


def _refuse_another(context: Context, own: int) -> NoReturn:
    if own >= context.unfinished.most:
        title = f"You have {own:,} unfinished uploads at this biller, as many as one person may have"
        remedy = "Finish one or cancel one; they are also removed when their time is over"
    else:
        title = "The unfinished uploads of this biller are as large as they may be together"
        remedy = "Finish or cancel yours, ask the others to, or upload the file in one request"
    raise errors.TooMany("too_many_uploads", title, "biller_id", remedy)
