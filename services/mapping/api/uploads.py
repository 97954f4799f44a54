"""Uploads in parts, that go on where they broke off: tus 1.0.0 with creation, expiration, checksum and termination."""

from collections.abc import AsyncIterator, Iterable
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from starlette.requests import ClientDisconnect

from services.mapping.api.dependencies import Services
from services.mapping.api.files import body_of
from services.mapping.api.tus import (
    ALGORITHMS,
    PART_TYPE,
    checksum_of,
    http_date,
    metadata_of,
    require_version,
    sha256_of,
)
from services.mapping.usecases import uploads
from services.mapping.usecases.parts import BrokenOff
from services.mapping.usecases.uploads import Begun, Mismatch, Sending
from services.mapping.views import KindHint, UploadItem, UploadList
from shared.bearer import SignedIn
from shared.contracts.contract import LARGEST_INT8, Id, Text
from shared.contracts.kinds import ImportKind
from shared.csvfile import find_card_in_text
from shared.http import Problem
from shared.openapi import ProblemBody
from shared.web.forms import whole_number

router = APIRouter(
    tags=["files"],
    dependencies=[Depends(require_version)],
    responses={401: {"model": ProblemBody}, 403: {"model": ProblemBody}},
)
_MISMATCH = 460  # of tus
_LONGEST_HEADER = 4000
_GONE: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemBody},
    410: {"model": ProblemBody, "description": "it was refused, canceled or has expired, or its file was removed"},
}
_PART = {"requestBody": {"required": True, "content": {PART_TYPE: {"schema": {"type": "string", "format": "binary"}}}}}
_Checked = Annotated[
    Text | None, Header(max_length=_LONGEST_HEADER, description="of this part: `sha256 base64`, or sha1")
]

_OfTheFile = Annotated[
    Text | None,
    Header(max_length=_LONGEST_HEADER, description="of the whole file: `sha-256=:base64:`; another one is refused"),
]


@router.options("/billers/{biller_id}/uploads", include_in_schema=False)
async def tell_protocol(services: Services, person: SignedIn, biller_id: Id) -> Response:
    """What of tus is spoken here."""
    told = {
        "tus-extension": "creation,expiration,checksum,termination",
        "tus-max-size": str(await uploads.largest(services, person, biller_id)),
        "tus-checksum-algorithm": ",".join(ALGORITHMS),
    }
    return Response(status_code=204, headers=told)


@router.post(
    "/billers/{biller_id}/uploads",
    status_code=201,
    responses={
        400: {"model": ProblemBody, "description": "a header can't be read"},
        409: {"model": ProblemBody, "description": "the key was used for another upload"},
        410: {"model": ProblemBody},
        413: {"model": ProblemBody},
        429: {"model": ProblemBody, "description": "as many are unfinished as may be"},
    },
)
async def begin_upload(
    services: Services,
    person: SignedIn,
    response: Response,
    biller_id: Id,
    upload_length: Annotated[int, Header(ge=0, le=LARGEST_INT8, description="bytes of the whole file")],
    name: Annotated[Text | None, Query(min_length=1, max_length=500, description="the name that people see")] = None,
    kind: Annotated[KindHint, Query(description="the kind of import it is for")] = "unknown",
    corrects: Annotated[UUID | None, Query(description="the import whose rows it corrects")] = None,
    upload_metadata: Annotated[
        Text | None,
        Header(max_length=_LONGEST_HEADER, description="of tus: `filename` and `kind`, if they are not in the query"),
    ] = None,
    repr_digest: _OfTheFile = None,
    idempotency_key: Annotated[
        UUID | None, Header(description="a UUID for each file; the same one finds the upload again")
    ] = None,
) -> UploadItem:
    """Begin an upload in parts (tus 1.0.0). `Location` is where the parts go, one after the other.

    The same key of the same person gives the same upload, with `offset` and `parts` as far as it has come, or with
    its `file` once it is complete.
    """
    told = metadata_of(upload_metadata or "")
    _refuse_cards(told.values())
    begun = Begun(
        name=_name(name or told.get("filename", "")),
        kind=_kind(told.get("kind", kind)),
        length=upload_length,
        key=idempotency_key,
        corrects=corrects,
        sha256=_sha256(repr_digest),
        metadata=upload_metadata or "",
    )
    upload = await uploads.begin(services, person, biller_id, begun)
    response.headers["location"] = f"/api/v1/billers/{biller_id}/uploads/{upload.id}"
    response.headers.update(_standing(upload))
    return upload


@router.get("/billers/{biller_id}/uploads")
async def list_uploads(services: Services, person: SignedIn, biller_id: Id) -> UploadList:
    """The unfinished uploads that you began, last touched first."""
    return await uploads.list_open(services, person, biller_id)


@router.get("/billers/{biller_id}/uploads/{upload_id}", responses=_GONE)
async def show_upload(services: Services, person: SignedIn, biller_id: Id, upload_id: UUID) -> UploadItem:
    """How far an upload that you began has come, and its file once it is complete."""
    return await uploads.show(services, person, biller_id, upload_id)


@router.head("/billers/{biller_id}/uploads/{upload_id}", include_in_schema=False)
async def tell_offset(services: Services, person: SignedIn, biller_id: Id, upload_id: UUID) -> Response:
    """The same, as tus asks for it."""
    upload, metadata = await uploads.find(services, person, biller_id, upload_id)
    told = _standing(upload) | ({"upload-metadata": metadata} if metadata else {})
    return Response(status_code=200, headers=told)


@router.patch(
    "/billers/{biller_id}/uploads/{upload_id}",
    status_code=204,
    openapi_extra=_PART,
    responses={
        **_GONE,
        409: {"model": ProblemBody, "description": "the upload is at another offset, or another request wrote to it"},
        413: {"model": ProblemBody, "description": "more came than was declared"},
        415: {"model": ProblemBody},
        _MISMATCH: {"model": ProblemBody, "description": "the part, or the whole file, is not what its checksum says"},
    },
)
async def send_part(
    services: Services,
    person: SignedIn,
    request: Request,
    biller_id: Id,
    upload_id: UUID,
    upload_offset: Annotated[int, Header(ge=0, le=LARGEST_INT8, description="where the part begins")],
    upload_checksum: _Checked = None,
    repr_digest: _OfTheFile = None,
) -> Response:
    """Send the next part of an upload that you began, from its offset on; parts of 8 MiB are good.

    With the last one the upload is looked at like every file, and is a file then or is refused: nothing of it remains.
    A part with a checksum counts as a whole or not at all; of one without, everything that arrived counts.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PART_TYPE:
        title, remedy = "This is not the content type of a part", f"Send it as {PART_TYPE}"
        raise Problem(415, "unsupported_media_type", title, "header Content-Type", remedy)
    checksum = None if upload_checksum is None else checksum_of(upload_checksum)
    declared = whole_number(request.headers.get("content-length", ""), LARGEST_INT8)
    sending = Sending(upload_offset, _chunks(request), declared, checksum, _sha256(repr_digest))
    try:
        upload = await uploads.send(services, person, biller_id, upload_id, sending)
    except Mismatch as mismatch:
        raise Problem(_MISMATCH, mismatch.code, mismatch.title, mismatch.place, mismatch.remedy) from None
    except BrokenOff:
        title, remedy = "The upload was interrupted", "Ask for the offset and continue there"
        raise Problem(400, "upload_broken_off", title, "body", remedy) from None
    return Response(status_code=204, headers=_standing(upload))


@router.delete("/billers/{biller_id}/uploads/{upload_id}", status_code=204, responses=_GONE)
async def cancel_upload(services: Services, person: SignedIn, biller_id: Id, upload_id: UUID) -> None:
    """Cancel an upload that you began; what has arrived is removed. A file that it has become stays."""
    await uploads.cancel(services, person, biller_id, upload_id)


def _standing(upload: UploadItem) -> dict[str, str]:
    told = {"upload-offset": str(upload.offset), "upload-length": str(upload.length)}
    return told if upload.offset == upload.length else told | {"upload-expires": http_date(upload.expires_at)}


def _sha256(repr_digest: str | None) -> str | None:
    return None if repr_digest is None else sha256_of(repr_digest)


def _name(name: str) -> str:
    if name:
        return name
    raise Problem(422, "invalid", "The file has no name", "query.name", "Give it in `name` or in Upload-Metadata")


def _refuse_cards(values: Iterable[str]) -> None:
    """What is said of an upload is kept as it was said, so its values are looked at before anything is cut off."""
    if any(map(find_card_in_text, values)):
        title, remedy = "Upload-Metadata contains a card number", "Remove it, or rename the file"
        raise Problem(422, "F008", title, "header Upload-Metadata", remedy)


def _kind(kind: str) -> KindHint:
    if kind in (*ImportKind, "unknown"):
        return cast("KindHint", kind)
    raise Problem(422, "invalid", "There is no such kind of import", "header Upload-Metadata", "Use unknown")


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in body_of(request):
            yield chunk
    except ClientDisconnect:
        raise BrokenOff from None
