"""From bytes to text: blocks of even size, decoding without a silent guess, characters no CSV may hold."""

import codecs
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from shared.csvfile.old_mac import MAC, WINDOWS, Letters
from shared.csvfile.problems import Fault

BLOCK_BYTES = 256 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ENCODING_REMEDY = "Save the file as CSV UTF-8, or choose its encoding."
# Two-byte and three-byte UTF-8 of Western letters and punctuation: read as Windows-1252 they would turn into pairs
# such as an A with tilde and a copyright sign, which no real text holds.
_UTF8_INSIDE = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]|\xff\xfe|\xfe\xff")
# Bytes that are letters in the old DOS and Mac code pages but signs in Windows-1252, where a letter is expected.
_OLD_CODE_PAGE = re.compile(
    rb"(?<=[A-Za-z])(?:[\x82-\x84\x88\x8b\xa1-\xa5]"
    rb"|[\x80\x86\x87\x89\x95\x98\x9b\xa6\xa7\xac\xaf\xb1\xb5\xb6\xb8\xb9\xbc-\xbf][A-Za-z])"
)
# Bytes that cannot take part in either: most files hold no others and are spared both searches.
_ASCII = bytes(range(0x80))
_HARMLESS = frozenset(b"\x8a\x8c\x8e\x91\x92\x93\x94\x96\x97\x9a\x9c\x9e\x9f\xa0\xaa\xad\xb0\xb4\xb7\xba") | (
    frozenset(range(0xC0, 0x100)) - frozenset(b"\xc2\xc3\xc4\xc5\xe2\xfe")
)
# Letters and digits as mainframes write them; commas, semicolons and blanks of other files are no signs there.
_EBCDIC_LETTERS = bytes(
    itertools.chain(
        *(range(start, start + 9) for start in (0x81, 0x91, 0xC1, 0xD1)),
        *(range(start, start + 8) for start in (0xA2, 0xE2)),
        range(0xF0, 0xFA),
    )
)
_NO_EBCDIC = b" ,;\t"
_BAD = re.compile("[\0\x1a]")
_AFTER_END = "\x1a\0\r\n"


def blocks(source: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    """The bytes in blocks of BLOCK_BYTES, whatever pieces they come in; only the last one is shorter."""
    read = getattr(source, "read", None)
    pieces: Iterable[bytes] = iter(lambda: read(BLOCK_BYTES), b"") if read else source
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= BLOCK_BYTES:
            data = b"".join(waiting)
            whole = size - size % BLOCK_BYTES
            yield from (data[start : start + BLOCK_BYTES] for start in range(0, whole, BLOCK_BYTES))
            waiting, size = [data[whole:]], size - whole
    if size:
        yield b"".join(waiting)


def bom_of(data: bytes) -> tuple[bytes, str] | None:
    """The byte order mark at the start and the codec it stands for."""
    return next(((mark, codec) for mark, codec in _BOMS if data.startswith(mark)), None)


def _is_ebcdic(data: bytes) -> bool:
    rest = data.translate(None, _EBCDIC_LETTERS)
    return len(rest) * 2 < len(data) and not any(sign in rest for sign in _NO_EBCDIC)


class Decoder:
    """Turns blocks into text. Without a mark or a named codec: UTF-8, or Windows-1252 where it cannot be UTF-8."""

    def __init__(self, codec: str | None = None) -> None:
        self.encoding = codec or "utf-8"
        self.bom = False
        self.guess_offset: int | None = None
        self._is_certain = codec is not None
        self._started = False
        self._only_ascii = True
        self._last = b""
        self._bytes = 0
        self._ended = False
        self._decoder: codecs.IncrementalDecoder | None = None
        self._letters = Letters()

    def feed(self, data: bytes, *, final: bool) -> str:
        """The text of this block; a Fault carries the text before it."""
        if not self._started:
            self._started = True
            data = self._start(data)
        text = self._decode(data, final=final)
        self._bytes += len(data)
        return self._screen(text)

    def _start(self, data: bytes) -> bytes:
        found = bom_of(data)
        if found:
            data = self._use_bom(data, *found)
        elif self.encoding == "utf-16":
            raise Fault(
                "F003",
                "The file is UTF-16 without a byte order mark, so the order of its bytes is unknown.",
                "Choose utf-16-le or utf-16-be.",
            )
        elif not self._is_certain and _is_ebcdic(data):
            raise Fault("F003", "The file is EBCDIC, as mainframes write it, and can't be read.", "Export it as UTF-8.")
        self._decoder = codecs.getincrementaldecoder(self.encoding)()
        return data

    def _use_bom(self, data: bytes, mark: bytes, codec: str) -> bytes:
        if self._is_certain and not codec.startswith(self.encoding):
            raise Fault("F003", f"The byte order mark says {codec}, not the chosen encoding.", _ENCODING_REMEDY)
        self.encoding, self.bom, self._is_certain = codec, True, True
        self._bytes = len(mark)
        return data[len(mark) :]

    def _decode(self, data: bytes, *, final: bool) -> str:
        if self._decoder is None:
            self._letters.look(self._last + data)
            return self._decode_guessed(data, 0)
        try:
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            # The decoder may have kept the first bytes of a character from the block before.
            return self._undecodable(error.object, error.start, len(error.object) - len(data))
        if self._only_ascii and not text.isascii():
            self._only_ascii = False
        return text

    def _undecodable(self, data: bytes, start: int, kept: int) -> str:
        good = data[:start]
        if not self._is_certain and self._only_ascii and good.isascii():
            self._letters.look(data)
            self.encoding = MAC if self._letters.are_of_mac else WINDOWS
            self.guess_offset = start
            self._decoder = None
            return self._decode_guessed(data, kept)
        what = f"A character can't be read as {self.encoding if self._is_certain else 'UTF-8'}"
        raise self._fault(good, start - kept, what)

    @property
    def doubtful_words(self) -> int:
        is_known = self.encoding != WINDOWS or self._letters.only_windows
        return 0 if is_known else self._letters.doubtful

    def _decode_guessed(self, data: bytes, kept: int) -> str:
        if self._letters.are_of_others if self.encoding == MAC else self._letters.are_of_mac:
            what = "Some words have letters of Mac Roman, others those of Windows-1252"
            raise self._fault(b"", -kept, what)
        if self.encoding == MAC:
            self._last = data[-2:]
            return data.decode(MAC)
        return self._decode_windows(data, kept)

    def _decode_windows(self, data: bytes, kept: int) -> str:
        try:
            text = data.decode(WINDOWS)
        except UnicodeDecodeError as error:
            what = "A character can't be read as Windows-1252"
            raise self._fault(data[: error.start], error.start - kept, what) from None
        if not _HARMLESS.issuperset(data.translate(None, _ASCII)):
            self._refuse_other_encoding(data, kept)
        self._last = data[-2:]
        return text

    def _refuse_other_encoding(self, data: bytes, kept: int) -> None:
        for pattern, what in (
            (_UTF8_INSIDE, "UTF-8 characters are mixed with Windows-1252"),
            (_OLD_CODE_PAGE, "A word contains a character that is not a Windows-1252 letter"),
        ):
            match = pattern.search(self._last + data)
            if match:
                start = max(match.start() - len(self._last), 0)
                raise self._fault(data[:start], start - kept, what)

    def _fault(self, good: bytes, start: int, what: str) -> Fault:
        place = self._bytes + start + 1
        return Fault("F003", f"{what}, at byte {place} of the file.", _ENCODING_REMEDY, good.decode(self.encoding))

    def _screen(self, text: str) -> str:
        """Refuse NUL and Ctrl-Z; where nothing follows them, old systems have filled a block: drop them there."""
        if self._ended and text.strip(_AFTER_END):
            raise Fault("F001", "There is an end of file (Ctrl-Z or NUL) in the middle of the file.", "Remove it.")
        if self._ended:
            return ""
        match = _BAD.search(text) if "\0" in text or "\x1a" in text else None
        if not match:
            return text
        self._ended = not text[match.start() :].strip(_AFTER_END)
        if self._ended:
            return text[: match.start()]
        if match[0] == "\x1a":
            what, remedy = "There is a Ctrl-Z (end of file) in the middle of the file.", "Remove the character."
        else:
            what, remedy = (
                "The file contains a NUL character: it is binary or damaged.",
                "Export the file again as CSV.",
            )
        raise Fault("F001", what, remedy, text[: match.start()])
