"""Whether bytes above ASCII are letters of Windows-1252 or of old Macs, by the case of the letters beside them."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

WINDOWS: Final = "cp1252"
MAC: Final = "mac-roman"
_DOS: Final = ("cp437", "cp850")
_BESIDE: Final = re.compile(rb"(?=([\x00-\xff][\x80-\xff][\x00-\xff]))", re.DOTALL)
# O'Brien and quoted words, as Macs write the signs: in Windows-1252 these are letters.
_MAC_SIGNS: Final = re.compile(
    rb"(?<![A-Za-z])[ODLdl]\xd5[A-Z][a-z]|\xd2[A-Z][a-z][^\xd2\xd3\r\n]{0,60}[a-z.,!?]\xd3(?![A-Za-z])"
    rb"|[a-z]\xd5(?:s|t|re|ll|ve|d|m)(?![A-Za-z])"
)
# Signs that are written between letters: quotes, dashes, dots, blanks.
_BETWEEN: Final = frozenset("\u2018\u2019\u2013\u2014\u00a0\u00ad\u00b7\u2022\u2122")
_LOST: Final = "\N{REPLACEMENT CHARACTER}"
_HOOKED_F: Final = "\u0192"  # a currency sign of DOS
_IN_NAMES: Final = frozenset("\u00e1\u00e9\u00ed\u00f3\u00fa\u00f1\u00fc\u00c1\u00c9\u00cd\u00d3\u00da\u00d1\u00dc")
_APOSTROPHE: Final = "\u2019"
_CONTRACTIONS: Final = frozenset("tsdm")
_FEWEST_OF: Final = 4  # of so many letters of a Mac at least one can't be of Windows-1252


@dataclass(slots=True)
class Letters:
    """Of the bytes above ASCII beside letters: how many may be of the one or the other, and only of that."""

    mac: int = 0
    only_mac: int = 0
    only_windows: int = 0
    dos: int = 0
    only_dos: int = 0
    of_none: int = 0  # between letters, in encodings of other languages
    doubtful: int = 0

    def look(self, data: bytes) -> None:
        signs = len(_MAC_SIGNS.findall(data))
        letters = _MAC_SIGNS.sub(b" ", data) if signs else data
        for triple, count in Counter(_BESIDE.findall(letters)).items():
            fits = _fits(triple)
            is_of_mac, is_of_windows, is_of_dos = MAC in fits, WINDOWS in fits, not fits.isdisjoint(_DOS)
            self.mac += count * is_of_mac
            self.dos += count * is_of_dos
            self.only_mac += count * (is_of_mac and not is_of_windows and triple.decode(MAC)[1] in _IN_NAMES)
            self.only_windows += count * (is_of_windows and not is_of_mac and not is_of_dos)
            self.only_dos += count * (is_of_dos and not is_of_mac and not is_of_windows)
            self.of_none += count * (not fits and triple[:1].isalpha() and triple[2:].isalpha())
            self.doubtful += count * (is_of_mac and is_of_windows and _is_doubtful(triple))
        self.mac += signs
        self.only_mac += signs

    @property
    def are_of_others(self) -> bool:
        return bool(self.only_windows or self.only_dos or self.of_none)

    @property
    def are_of_mac(self) -> bool:
        """Nothing speaks for another encoding, and more than chance against Windows-1252."""
        if self.are_of_others or self.mac <= self.dos:
            return False
        return self.only_mac > 0 and self.only_mac * _FEWEST_OF >= self.mac


def _is_doubtful(triple: bytes) -> bool:
    """Whether it is written so in Windows-1252 at times, and always if it is a letter that many names have."""
    if triple.decode(MAC)[1] not in _IN_NAMES:
        return False
    left, sign, right = list(triple.decode(WINDOWS, "replace"))
    if sign.islower():
        return right.isupper()
    if sign == _APOSTROPHE and (left.isupper() or right in _CONTRACTIONS):
        return False
    return sign in _BETWEEN and left.isalpha() and right.islower()


@lru_cache(maxsize=4_096)
def _fits(triple: bytes) -> frozenset[str]:
    if not (triple[:1].isalpha() or triple[2:].isalpha()):
        return frozenset()
    return frozenset(codec for codec in (WINDOWS, MAC, *_DOS) if _may_be(triple.decode(codec, "replace"), codec))


def _may_be(text: str, codec: str) -> bool:
    left, letter, right = list(text)
    if letter.isalpha() and letter != _HOOKED_F and unicodedata.name(letter, "").startswith("LATIN"):
        if letter.islower():  # programs that know no accents leave them small among capitals
            return codec == WINDOWS or not right.isupper()
        return not left.islower() and not (left.isupper() and right.islower())
    is_beside = letter in _BETWEEN or not (left.isalpha() and right.isalpha())
    return codec == WINDOWS and letter != _LOST and is_beside
