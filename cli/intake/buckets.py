"""Files in a bucket of S3, or of any store that speaks as S3 does.

A store can't rename. A file is copied to where it goes and then removed where it was, each only as long as it is the
version that was seen. The name below `.taken` begins with a digest of key, ETag and time: whoever takes the same
version again, after a stop or at the same time, comes to the same name and so to the same import.
"""

import hashlib
import re
import time
from collections.abc import Hashable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from cli.errors import CommandError, UnreachableError
from cli.intake import responses
from cli.intake.naming import MOST, Listed, is_unfinished, numbered, oddity_of
from cli.intake.pace import TooMuchError
from cli.intake.places import PIECE_BYTES, TAKEN, Entry, GoneError, Place, PlaceError, Trouble
from cli.intake.settings import Given
from cli.output import shown

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef, ListObjectsV2OutputTypeDef, ObjectTypeDef

_CONNECT_SECONDS: Final = 10
_LONGEST_CODE: Final = 60
_LONGEST_ETAG: Final = 200
_READ_SECONDS: Final = 60
_LISTS: Final = 100  # pages of a folder at one look, of a thousand keys each
_LIST_SECONDS: Final = 300.0  # for all of them but the last
_TAKEN_NAME: Final = re.compile(r"([0-9a-f]{32})-(.*)", re.DOTALL)
_SIGN_IN: Final = frozenset(
    {
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
    }
)
_GONE: Final = frozenset({"NoSuchKey", "404"})
_CHANGED: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_NOT_KNOWN: Final = frozenset({"NotImplemented"})


def client_of(given: Given) -> "S3Client":
    """Each request has time limits and is tried again twice. Without keys here, those of the machine count."""
    responses.install()
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=40,
        request_checksum_calculation="when_required",  # stores other than Amazon's know no others
        response_checksum_validation="when_required",
    )
    with _told(given.at):
        return boto3.client(
            "s3",
            config=config,
            endpoint_url=given.endpoint,
            region_name=given.region,
            aws_access_key_id=given.access_key_id,
            aws_secret_access_key=given.secret_of_key(),
        )


@dataclass
class Bucket(Place):
    """A prefix of a bucket with a folder for each biller below it, or that of one biller."""

    client: "S3Client"
    address: str
    bucket: str
    prefix: str  # empty, or with a slash at its end

    @classmethod
    def of(cls, given: Given) -> "Bucket":
        prefix = given.url.path.strip("/")
        return cls(client_of(given), given.at, given.url.netloc, prefix and f"{prefix}/", only=given.biller)

    @property
    def at(self) -> str:
        return self.address

    def subfolders(self) -> dict[str, None]:
        listed = (one for page in self._pages(self.prefix) for one in page.get("CommonPrefixes", []))
        found = (_below(self.prefix, one["Prefix"].removesuffix("/")) for one in listed)
        return self.of_folder("", Listed[None].of(((one, None) for one in found if one and one.isprintable()), MOST))

    def new(self, biller: str) -> dict[str, tuple[Hashable, "StoredFile"]]:
        found = self._files(biller, self._folder(biller), self.share)
        return {name: ((about.etag, about.size), self._new(biller, name, about)) for name, about in found.items()}

    def taken(self, biller: str, most: int) -> list["StoredFile"]:
        folder = self._folder(biller)
        found = self._files(biller, f"{folder}{TAKEN}/", most).items()
        named = ((name, about, _TAKEN_NAME.fullmatch(name)) for name, about in found)
        return [
            StoredFile(self, folder, match[2], f"{folder}{TAKEN}/{name}", about.etag, match[1])
            for name, about, match in named
            if match
        ]

    def _new(self, biller: str, name: str, about: "_Seen") -> "StoredFile":
        folder = self._folder(biller)
        seen = f"{self.bucket}/{folder}{name}\n{about.etag}\n{about.modified}"
        identity = hashlib.sha256(seen.encode()).hexdigest()[:32]
        return StoredFile(self, folder, name, folder + name, about.etag, identity, oddity_of(name, about.size))

    def _files(self, biller: str, folder: str, most: int) -> "dict[str, _Seen]":
        """Names and what is known of them; none of folders below it."""
        listed = (one for page in self._pages(folder) for one in page.get("Contents", []))
        found = ((_below(folder, one["Key"]), _Seen.of(one)) for one in listed)
        return self.of_folder(biller, Listed.of((one for one in found if one[0] and not is_unfinished(one[0])), most))

    def _pages(self, prefix: str) -> "Iterator[ListObjectsV2OutputTypeDef]":
        paginator = self.client.get_paginator("list_objects_v2")
        pages = paginator.paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
        where = f"{self.at} ({prefix})" if prefix != self.prefix else self.at
        end = time.monotonic() + _LIST_SECONDS
        with _told(where):
            for page in islice(pages, _LISTS):
                yield page
                if time.monotonic() > end:
                    raise PlaceError(Trouble.UNREACHABLE, where)

    def _folder(self, biller: str) -> str:
        return self.prefix if self.only is not None else f"{self.prefix}{biller}/"

    def move(self, key: str, etag: str, target: str) -> str:
        """Copy it there and remove it here; returns the ETag of the copy.

        Raises UnreachableError where it is another version by now.
        """
        with _told(self.at):
            try:
                copied = self.client.copy_object(
                    Bucket=self.bucket,
                    Key=target,
                    CopySource={"Bucket": self.bucket, "Key": key},
                    CopySourceIfMatch=etag,
                )
            except ClientError as error:
                if _code(error) in _CHANGED:
                    raise UnreachableError("It was written over") from None
                raise
            self._remove(key, etag)
        return copied["CopyObjectResult"]["ETag"]

    def _remove(self, key: str, etag: str) -> None:
        """The version that was copied; one that took its place meanwhile stays, and is a new file."""
        try:
            self.client.delete_object(Bucket=self.bucket, Key=key, IfMatch=etag)
        except ClientError as error:
            if _code(error) in _NOT_KNOWN:
                self.client.delete_object(Bucket=self.bucket, Key=key)
            elif _code(error) not in _CHANGED | _GONE:
                raise

    def free(self, folder: str, name: str) -> str:
        """The key of a new file there."""
        for one in numbered(name):
            with _told(self.at):
                found = self.client.list_objects_v2(Bucket=self.bucket, Prefix=folder + one, MaxKeys=1)
            if not found.get("Contents"):  # not every store counts them
                return folder + one
        raise AssertionError

    def write(self, key: str, text: str) -> None:
        with _told(self.at):
            self.client.put_object(Bucket=self.bucket, Key=key, Body=text.encode(), ContentType="application/json")

    def get(self, key: str) -> "GetObjectOutputTypeDef":
        with _told(self.at), responses.of_a_file():
            return self.client.get_object(Bucket=self.bucket, Key=key)


class _Seen(NamedTuple):
    """What a list says of an object, and no more than that is kept of it."""

    etag: str
    size: int
    modified: str

    @classmethod
    def of(cls, about: "ObjectTypeDef") -> Self:
        if len(about["ETag"]) > _LONGEST_ETAG:
            raise ValueError
        return cls(about["ETag"], about["Size"], about["LastModified"].isoformat())


@dataclass
class StoredFile(Entry):
    bucket: Bucket
    folder: str
    name: str
    key: str
    etag: str
    identity: str
    oddity: str = ""

    def take(self) -> None:
        target = f"{self.folder}{TAKEN}/{self.identity}-{self.name}"
        if self.key != target:
            self.etag = self.bucket.move(self.key, self.etag, target)
            self.key = target

    @contextmanager
    def opened(self) -> Iterator["_StoredContents"]:
        answer = self.bucket.get(self.key)
        with closing(answer["Body"]):
            yield _StoredContents(self, answer)

    def store(self, where: str, name: str, text: str) -> None:
        target = self.bucket.free(f"{self.folder}{where}/", name)
        self.bucket.write(f"{target}.json", text)
        self.bucket.move(self.key, self.etag, target)


class _StoredContents:
    def __init__(self, file: StoredFile, answer: "GetObjectOutputTypeDef") -> None:
        self.name = file.name
        self.size = answer["ContentLength"]
        self.version = file.identity
        self._body = answer["Body"]
        self._where = file.bucket.at

    def pieces(self) -> Iterator[bytes]:
        """No more than its size. Raises UnreachableError."""
        read = 0
        with _told(self._where):
            for piece in self._body.iter_chunks(PIECE_BYTES):
                read += len(piece)
                if read > self.size:
                    raise UnreachableError("The store sends more than it said")
                yield piece

    def require_same(self) -> None:
        """One answer has one version."""


def _below(folder: str, key: str) -> str:
    """The name of what lies there; empty for what lies elsewhere, or deeper."""
    name = key.removeprefix(folder)
    return name if key.startswith(folder) and "/" not in name else ""


@contextmanager
def _told(where: str) -> Iterator[None]:
    """The library's errors hold keys and addresses; ours say no more than what kind of error it was."""
    try:
        yield
    except ClientError as error:
        raise _refused(where, _code(error), error.response["ResponseMetadata"]["HTTPStatusCode"]) from None
    except (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError):
        raise PlaceError(Trouble.SIGN_IN, where) from None
    except SSLError:
        raise PlaceError(Trouble.NOT_TRUSTED, where) from None
    except (ResponseParserError, KeyError, TypeError, ValueError) as error:
        raise PlaceError(Trouble.REFUSED, where, type(error).__name__) from None  # what it answers is no answer
    except BotoCoreError as error:
        if isinstance(error.kwargs.get("error"), TooMuchError):
            raise PlaceError(Trouble.REFUSED, where, TooMuchError.__name__) from None
        raise PlaceError(Trouble.UNREACHABLE, where) from None


def _refused(where: str, code: str, status: int) -> CommandError:
    if code in _SIGN_IN or status == HTTPStatus.UNAUTHORIZED:
        return PlaceError(Trouble.SIGN_IN, where)
    if code == "NoSuchBucket":
        return PlaceError(Trouble.MISSING, where)
    if code in _GONE:
        return GoneError()
    if status == HTTPStatus.FORBIDDEN:
        return PlaceError(Trouble.DENIED, where)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }:
        return PlaceError(Trouble.UNREACHABLE, where)
    return CommandError(f"The store refuses it: {shown(code[:_LONGEST_CODE])}")


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
