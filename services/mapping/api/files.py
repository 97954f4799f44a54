"""Files of a biller's Secure Upload."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect

from services.mapping import domain
from services.mapping.api.bodies import ProblemBody
from services.mapping.api.dependencies import Services
from services.mapping.context import Context
from services.mapping.repository import files
from services.mapping.repository.files import NewFile
from services.mapping.usecases.access import biller_with_right, deny, require_kind
from services.mapping.views import FileItem, FileList, KindHint
from shared.auth import Person
from shared.bearer import SignedIn
from shared.contracts.codes import CODES
from shared.contracts.contract import Id, Text
from shared.contracts.definition import Reading
from shared.contracts.kinds import ImportKind
from shared.contracts.rights import Right, allows
from shared.csvfile import find_card_in_text
from shared.http import Problem
from shared.logging import get_logger
from shared.postgres import is_transient
from shared.secure_upload import SecureUploadUnavailable, Stored, TooLarge, object_key

router = APIRouter(tags=["files"], responses={401: {"model": ProblemBody}, 403: {"model": ProblemBody}})
_BODY = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD = {"requestBody": {"required": True, "content": {"text/csv": _BODY, "application/octet-stream": _BODY}}}

log = get_logger()


@router.get("/billers/{biller_id}/files")
async def list_files(
    services: Services, person: SignedIn, biller_id: Id, limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> FileList:
    """The files that you may use, newest first. A file is known by its id and content, never by a path."""
    async with services.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
        found = await files.list_files(connection, biller_id, domain.visible_files(right), limit)
    return FileList(items=[FileItem.model_validate(file) for file in found])


@router.post(
    "/billers/{biller_id}/files", status_code=201, openapi_extra=_UPLOAD, responses={413: {"model": ProblemBody}}
)
async def upload_file(
    services: Services,
    person: SignedIn,
    request: Request,
    biller_id: Id,
    name: Annotated[Text, Query(min_length=1, max_length=500, description="the file's name, for people to know it by")],
    kind: Annotated[KindHint, Query(description="what it is meant for")] = "unknown",
) -> FileItem:
    """Store the request's body as a file. It is streamed; above the limit it is refused and nothing of it remains.

    The content type is not looked at: what the file is shows when it is read.
    """
    right = await _require_right(services, person, biller_id, kind)
    _refuse_early(request, name, services.upload_limit_bytes)
    file_id = uuid4()
    key = object_key(biller_id, file_id)
    stored = await _store(services, request, key)
    holds_bank_data = await _judged(services, biller_id, file_id)
    if holds_bank_data and not allows(right, ImportKind.AUTOPAY):  # it would be hidden from who has just sent it
        await services.secure_upload.delete(key)
        deny("body")
    file = NewFile(
        id=file_id,
        biller_id=biller_id,
        name=domain.clean_file_name(name),
        sha256=stored.sha256,
        size=stored.size,
        object_key=key,
        kind_hint=kind,
        uploaded_by=person.subject,
        holds_bank_data=holds_bank_data,
    )
    return await _register(services, file)


async def _require_right(services: Context, person: Person, biller_id: int, kind: str) -> Right:
    async with services.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
    if kind != domain.UNKNOWN_KIND:
        require_kind(right, ImportKind(kind))
    return right


async def _judged(services: Context, biller_id: int, file_id: UUID) -> bool | None:
    """Whether the file lists bank accounts, going by its beginning; None where that cannot be read."""
    try:
        sample = await services.samples.of(services.secure_upload, biller_id, file_id, Reading())
    except (FileNotFoundError, SecureUploadUnavailable):
        return None
    return sample.holds_bank_data


def _refuse_early(request: Request, name: str, limit: int) -> None:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    if find_card_in_text(name):
        raise Problem(422, "F008", "The file's name holds a card number", "query.name", CODES["F008"].remedy)


async def _store(services: Context, request: Request, key: str) -> Stored:
    try:
        return await services.secure_upload.put(key, _body(request), services.upload_limit_bytes)
    except TooLarge:
        raise _too_large(services.upload_limit_bytes) from None
    except ClientDisconnect:
        raise Problem(400, "upload_broken_off", "The upload broke off", "body", "Upload the file again") from None
    except SecureUploadUnavailable as unavailable:
        log.warning("upload_not_stored", reason=str(unavailable))
        raise Problem(
            503, "secure_upload_unavailable", "The Secure Upload does not answer", remedy="Upload the file again"
        ) from None


async def _body(request: Request) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        if chunk:  # the stream ends with an empty piece
            yield chunk


async def _register(services: Context, file: NewFile) -> FileItem:
    try:
        async with services.database.transaction() as connection:
            uploaded_at = await files.add(connection, file)
            known = await files.was_imported(connection, file.biller_id, file.sha256)
    except Exception as error:
        if is_transient(error):  # it may be entered all the same, so the object stays
            log.warning("upload_perhaps_not_registered", file_id=file.id)
        else:
            await services.secure_upload.delete(file.object_key)
        raise
    log.info("file_uploaded", biller_id=file.biller_id, file_id=file.id, size=file.size)
    return FileItem(
        id=file.id,
        name=file.name,
        size=file.size,
        sha256=file.sha256,
        uploaded_at=uploaded_at,
        kind_hint=file.kind_hint,
        imported_before=known,
    )


def _too_large(limit: int) -> Problem:
    return Problem(413, "F015", f"The file is above the limit of {limit} bytes", "body", CODES["F015"].remedy)
