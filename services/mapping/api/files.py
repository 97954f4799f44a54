"""Files of a biller's Secure Upload."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from starlette.requests import ClientDisconnect

from services.mapping.api.dependencies import Services
from services.mapping.usecases import files
from services.mapping.usecases.files import Upload
from services.mapping.views import FileItem, FileList, KindHint
from shared.bearer import SignedIn
from shared.contracts.contract import LARGEST_INT8, Id, Text
from shared.http import Problem
from shared.openapi import ProblemBody
from shared.web.forms import whole_number

router = APIRouter(tags=["files"], responses={401: {"model": ProblemBody}, 403: {"model": ProblemBody}})
_SILENCE_SECONDS: Final = 60.0  # then the connection counts as lost
_BODY = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD = {"requestBody": {"required": True, "content": {"text/csv": _BODY, "application/octet-stream": _BODY}}}


@router.get("/billers/{biller_id}/files")
async def list_files(
    services: Services,
    person: SignedIn,
    biller_id: Id,
    *,
    after: Annotated[UUID | None, Query(description="`next` of the previous page")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="maximum number of results")] = 200,
) -> FileList:
    """The files that you may use, newest first. A file is identified by its ID and content, never by a path."""
    return await files.list_files(services, person, biller_id, limit, after)


@router.post(
    "/billers/{biller_id}/files",
    status_code=201,
    openapi_extra=_UPLOAD,
    responses={
        409: {"model": ProblemBody, "description": "the key was used for another file"},
        410: {"model": ProblemBody, "description": "the key was used for this file, which is no longer there"},
        413: {"model": ProblemBody},
    },
)
async def upload_file(
    services: Services,
    person: SignedIn,
    request: Request,
    biller_id: Id,
    name: Annotated[Text, Query(min_length=1, max_length=500, description="the name that people see")],
    kind: Annotated[KindHint, Query(description="the kind of import it is for")] = "unknown",
    corrects: Annotated[
        UUID | None,
        Query(description="the import whose rows it corrects: it is not listed, and goes once it was used or refused"),
    ] = None,
    idempotency_key: Annotated[
        UUID | None, Header(description="a new UUID for each file; the same one when trying again")
    ] = None,
) -> FileItem:
    """Store the request body as a file. It is streamed; if it exceeds the limit it is refused and nothing is stored.

    The same key with the same content gives the same file; with other content it is refused (409).

    The content type is ignored: what the file is becomes clear when it is read.
    """
    length = whole_number(request.headers.get("content-length", ""), LARGEST_INT8)
    sent = Upload(name, kind, length, body_of(request), idempotency_key, corrects)
    try:
        return await files.upload(services, person, biller_id, sent)
    except ClientDisconnect:
        raise Problem(400, "upload_broken_off", "The upload was interrupted", "body", "Upload the file again") from None


@router.delete(
    "/billers/{biller_id}/files/{file_id}",
    status_code=204,
    responses={404: {"model": ProblemBody}, 409: {"model": ProblemBody, "description": "an import or a draft has it"}},
)
async def delete_file(services: Services, person: SignedIn, biller_id: Id, file_id: UUID) -> None:
    """Delete a file that no import uses. Whoever may upload it may delete it; the audit trail keeps who did."""
    await files.delete(services, person, biller_id, file_id)


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """What comes; raises ClientDisconnect, also where the connection was lost without a word."""
    chunks = request.stream()
    while chunk := await _next(chunks):  # the stream ends with an empty piece
        yield chunk


async def _next(chunks: AsyncIterator[bytes]) -> bytes:
    try:
        async with asyncio.timeout(_SILENCE_SECONDS):
            return await anext(chunks, b"")
    except TimeoutError:
        raise ClientDisconnect from None
