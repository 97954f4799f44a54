"""Files on an SFTP server whose key is known. A file is moved by renaming it, so it is in one place at any time."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import asyncssh
from asyncssh import FILEXFER_TYPE_DIRECTORY, FILEXFER_TYPE_REGULAR, SFTPAttrs, SFTPClient, SFTPClientFile

from cli.errors import CommandError, UnreachableError
from cli.intake.naming import MOST, Listed, cut, is_unfinished, numbered, oddity_of
from cli.intake.pace import Pace
from cli.intake.places import PIECE_BYTES, TAKEN, Entry, GoneError, Place, PlaceError, Trouble
from cli.intake.settings import Given

_CONNECT_SECONDS: Final = 10
_SIGN_IN_SECONDS: Final = 20
_SECONDS: Final = 60.0  # of anything else that is asked
_ALIVE_SECONDS: Final = 15
_LOST: Final = (
    OSError,  # a TimeoutError is one
    asyncssh.DisconnectError,
    asyncssh.ChannelOpenError,
    asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection,
)
_MISSING: Final = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory)
_T = TypeVar("_T")


@dataclass
class Server:
    """A connection that is made when it is needed, and again after it was lost; several threads may use it."""

    given: Given
    key: asyncssh.SSHKey | None
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _connecting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _connection: asyncssh.SSHClientConnection | None = None
    _client: SFTPClient | None = None

    def __post_init__(self) -> None:
        threading.Thread(target=self._loop.run_forever, name="sftp", daemon=True).start()

    def do(self, work: Callable[[SFTPClient], Awaitable[_T]], what: str = "") -> _T:
        """What the work gives, within its time limit. Raises PlaceError, and CommandError for what is refused.

        ``what``: the file that is asked for; without it, what is missing or denied is the place.
        """
        with _told(self.given.at, what):
            return self._in_loop(self._done(work))

    def close(self) -> None:
        self._in_loop(self._ended())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _in_loop(self, work: Coroutine[None, None, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _done(self, work: Callable[[SFTPClient], Awaitable[_T]]) -> _T:
        try:
            async with asyncio.timeout(_SECONDS):
                return await work(await self._connected())
        except _LOST:
            self._drop()
            raise

    async def _connected(self) -> SFTPClient:
        async with self._connecting:
            if self._client is None:
                url = self.given.url
                self._connection = await asyncssh.connect(
                    url.hostname or "",
                    url.port or 22,
                    username=url.username or "",
                    password=self.given.password(),
                    client_keys=None if self.key is None else [self.key],
                    known_hosts=str(self.given.hosts()),
                    config=None,  # nothing of who runs this counts: no settings, no agent
                    agent_path=None,
                    connect_timeout=_CONNECT_SECONDS,
                    login_timeout=_SIGN_IN_SECONDS,
                    keepalive_interval=_ALIVE_SECONDS,
                )
                self._client = await self._connection.start_sftp_client(path_errors="surrogateescape")
            return self._client

    async def _ended(self) -> None:
        connection = self._connection
        self._drop()
        if connection is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(connection.wait_closed(), _CONNECT_SECONDS)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.abort()
        self._connection = self._client = None


@dataclass
class SftpFolders(Place):
    """A folder of the server with a folder for each biller, or that of one biller."""

    server: Server
    root: str

    @classmethod
    @contextmanager
    def of(cls, given: Given) -> "Iterator[SftpFolders]":
        """Raises CommandError where it would have to trust any server, or has nothing to sign in with."""
        _require_trust(given)
        path = given.url.path or "/"
        server = Server(given, _key_of(given))
        try:
            yield cls(server, path.removeprefix("/~/") or ".", only=given.biller)
        finally:
            server.close()

    @property
    def at(self) -> str:
        return self.server.given.at

    def subfolders(self) -> dict[str, SFTPAttrs]:
        return self._listed("", self.root, MOST, are_folders=True)

    def new(self, biller: str) -> "dict[str, tuple[Hashable, SftpFile]]":
        folder = self._folder(biller)
        found = self._listed(biller, folder, self.share)
        return {
            name: ((about.size, about.mtime), SftpFile(self.server, folder, name, _oddity(about, name)))
            for name, about in found.items()
        }

    def taken(self, biller: str, most: int) -> "list[SftpFile]":
        folder = self._folder(biller)
        inside = f"{folder}/{TAKEN}"  # it may be somebody else's link
        if not self.server.do(lambda client: _is_folder(client, inside)):
            return []
        names = sorted(self._listed(biller, inside, most))
        return [SftpFile(self.server, folder, name, is_taken=True) for name in names]

    def _folder(self, biller: str) -> str:
        return self.root if self.only is not None else f"{self.root}/{biller}"

    def _listed(self, biller: str, folder: str, most: int, *, are_folders: bool = False) -> dict[str, SFTPAttrs]:
        names = self.server.do(lambda client: _listed(client, folder, most, are_folders=are_folders))
        return self.of_folder(biller, names)


@dataclass
class SftpFile(Entry):
    server: Server
    folder: str
    name: str
    oddity: str = ""
    is_taken: bool = False

    def __post_init__(self) -> None:
        self.path = f"{self.folder}/{TAKEN}/{self.name}" if self.is_taken else f"{self.folder}/{self.name}"
        self.identity = self.path

    def take(self) -> None:
        if not self.is_taken:
            self.path = self.server.do(lambda client: self._moved(client, TAKEN, self.name), self.name)
            self.is_taken = True

    @contextmanager
    def opened(self) -> "Iterator[_SftpContents]":
        file, about = self.server.do(lambda client: _opened(client, self.path), self.name)
        try:
            yield _SftpContents(self, file, about)
        finally:
            with suppress(CommandError):
                self.server.do(lambda _: file.close())

    def store(self, where: str, name: str, text: str) -> None:
        self.path = self.server.do(lambda client: self._moved(client, where, name, text), self.name)

    async def _moved(self, client: SFTPClient, where: str, name: str, text: str | None = None) -> str:
        """Its new path, in a folder of ours that has neither the name nor that of a file beside it."""
        folder = f"{self.folder}/{where}"
        await _make(client, folder)
        for one in numbered(cut(name)):
            target = f"{folder}/{one}"
            if await client.lexists(target) or await client.lexists(f"{target}.json"):
                continue
            if text is not None:
                async with client.open(f"{target}.json", "xb") as beside:
                    await beside.write(text.encode())
            await client.rename(self.path, target)
            return target
        raise AssertionError  # the names end by raising


class _SftpContents:
    def __init__(self, file: SftpFile, handle: SFTPClientFile, about: SFTPAttrs) -> None:
        self.name = Path(file.path).name
        self.size = about.size or 0
        self._seen = (about.size, about.mtime)
        self.version = f"{file.server.given.at}:{file.folder}:{self.size}:{about.mtime}"
        self._file = file
        self._handle = handle
        self._read = 0  # bytes
        self._pace = Pace()

    def pieces(self) -> Iterator[bytes]:
        """No more than its size, and then that nothing comes behind it. Raises UnreachableError: it is read anew."""
        while self._read < self.size and (piece := self._ask(self._next)):
            self._read += len(piece)
            yield piece
        if self._read != self.size or self._ask(self._next):
            raise UnreachableError("The file changed while it was read")

    async def _next(self) -> bytes:
        begin = time.monotonic()
        piece: bytes = await self._handle.read(min(PIECE_BYTES, max(1, self.size - self._read)), self._read)
        self._pace.add(time.monotonic() - begin, len(piece))
        return piece

    def require_same(self) -> None:
        about = self._ask(self._handle.stat)
        if (about.size, about.mtime) != self._seen:
            raise CommandError("The file changed while it was read")

    def _ask(self, work: Callable[[], Awaitable[_T]]) -> _T:
        return self._file.server.do(lambda _: work(), self._file.name)


def _require_trust(given: Given) -> None:
    hosts = given.hosts()
    if hosts is None:
        raise CommandError(
            f"No file says which key {given.at} has",
            remedy="Name it as `known_hosts`, or in CUSTOMER_IMPORT_SFTP_KNOWN_HOSTS; `ssh-keyscan` writes one, and "
            "whoever runs the server tells you whether the key is right",
        )
    try:
        asyncssh.read_known_hosts(str(hosts))
    except (OSError, ValueError, asyncssh.Error) as error:
        raise CommandError(f"{hosts} can't be read ({type(error).__name__})", remedy="Check name and content") from None


def _key_of(given: Given) -> asyncssh.SSHKey | None:
    file = given.key()
    if not given.url.username or (file is None and given.password() is None):
        raise CommandError(
            f"Nobody signs in at {given.at}", remedy="Name the user in the address, and a `key_file` or `password_file`"
        )
    if file is None:
        return None
    try:
        return asyncssh.read_private_key(str(file), given.passphrase())
    except (OSError, ValueError, asyncssh.Error) as error:
        raise CommandError(
            f"The key {file} can't be read ({type(error).__name__})", remedy="Check name, rights and passphrase"
        ) from None


async def _listed(client: SFTPClient, folder: str, most: int, *, are_folders: bool) -> Listed[SFTPAttrs]:
    """What lies there and may be ours, by name. The server gives some at a time, and is asked for no more."""
    names = Listed[SFTPAttrs](most)
    async for entry in client.scandir(folder):
        name, about = str(entry.filename), entry.attrs
        if not name or "/" in name or is_unfinished(name):  # a name with one would lead elsewhere
            continue
        if (about.type == FILEXFER_TYPE_DIRECTORY) is not are_folders:
            continue
        few = SFTPAttrs(type=about.type, size=about.size, mtime=about.mtime)  # a server may send more than that
        if not names.add(name, few):
            break
    return names


async def _is_folder(client: SFTPClient, path: str) -> bool:
    """Whether it is one itself, not a link to one."""
    try:
        return (await client.lstat(path)).type == FILEXFER_TYPE_DIRECTORY
    except _MISSING:
        return False


async def _make(client: SFTPClient, folder: str) -> None:
    if await client.lexists(folder):
        if not await _is_folder(client, folder):
            raise CommandError(f"{folder} is no folder", remedy="Remove it")
        return
    with suppress(asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists):  # another file made it meanwhile
        await client.mkdir(folder)


async def _opened(client: SFTPClient, path: str) -> tuple[SFTPClientFile, SFTPAttrs]:
    """A file that was taken, and no other: SFTP can't open without following links, so what was opened is compared."""
    before = await client.lstat(path)
    if oddity := _oddity(before, ""):
        raise CommandError(oddity)
    try:
        file = await client.open(path, "rb")
    except asyncssh.SFTPPermissionDenied:
        raise CommandError("It can't be read: permission denied") from None
    about = await file.stat()
    if (about.size, about.mtime) != (before.size, before.mtime):
        await file.close()
        raise CommandError("The file changed while it was read")
    return file, about


def _oddity(about: SFTPAttrs, name: str) -> str:
    if about.type != FILEXFER_TYPE_REGULAR:
        return "It is a link or a device, not a file"
    return oddity_of(name, about.size or 0)


@contextmanager
def _told(where: str, what: str) -> Iterator[None]:
    """The library's errors hold what the server says; ours say no more than what kind of error it was."""
    try:
        yield
    except asyncssh.HostKeyNotVerifiable:
        raise PlaceError(Trouble.NOT_TRUSTED, where) from None
    except asyncssh.PermissionDenied:
        raise PlaceError(Trouble.SIGN_IN, where) from None
    except _LOST:
        raise PlaceError(Trouble.UNREACHABLE, where) from None
    except asyncssh.SFTPPermissionDenied:
        raise PlaceError(Trouble.DENIED, where) from None
    except _MISSING:
        raise (GoneError() if what else PlaceError(Trouble.MISSING, where)) from None
    except asyncssh.SFTPError as error:
        raise CommandError(f"The server refuses it: {type(error).__name__}") from None
    except (asyncssh.Error, ValueError) as error:
        raise PlaceError(Trouble.REFUSED, where, type(error).__name__) from None
