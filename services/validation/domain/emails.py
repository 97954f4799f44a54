"""Cells with email addresses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Final

from email_validator import EmailNotValidError, validate_email
from publicsuffixlist import PublicSuffixList

from services.validation.domain.samples import cut
from shared.contracts.lexicon import (
    LONGEST_REPEATED,
    PLACEHOLDER_DOMAINS,
    PLACEHOLDER_LOCALS,
    PLACEHOLDER_NAMES,
    is_label,
    may_be_name,
    remark_says_no,
)
from shared.csvfile import equally_wide

# What nearly all addresses look like. Each of them is accepted by the library if it accepts the domain.
_DOMAIN: Final = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PLAIN: Final = re.compile(rf"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@({_DOMAIN.pattern})")
_LOCAL_SIGNS: Final = f"{ascii_letters}{digits}_+-.".encode()
_PARTS: Final = 2
_TOGETHER: Final = 500
_LONGEST_LOCAL = 64
_ENCODED: Final = "=?"  # mail programs read what begins so as other signs, also where the address would end
_LONGEST = 254
_BETWEEN = re.compile(r"[\s;,/|]+|:{2,}")
# What surrounds addresses that were copied: quotes, brackets, the label of a phone's address book, a cell's link.
_AROUND: Final = "\"'`\u201c\u201d\u2018\u2019()[]{}*"
_LABEL: Final = re.compile(
    r"(?:(?<=[\s;,/|:])|^)[A-Za-z][A-Za-z'.-]{0,20}(?: [A-Za-z][A-Za-z'.-]{0,20}){0,4} ?:(?=[^:@]*@)"
)
_LINK: Final = re.compile(r"=HYPERLINK\(", re.IGNORECASE)
_IN_MAILTO: Final = re.compile(r"(mailto:[^\s?@]+@[^\s?@]+)\?[^\s\"'<>]*", re.IGNORECASE)
# In brackets, quotes or stars without an address: "ann@example.com (home)".
_REMARK: Final = re.compile(
    r"\([^()@]*\)|\[[^\[\]@]*\]|\{[^{}@]*\}|\*[^*@]+\*|\"[^\"@]*\"|\u201c[^\u201d@]*\u201d|(?<!\w)'[^'@]*'(?!\w)"
)
# Access writes what a link shows, where it leads, and a place in it: "ann@example.com#mailto:ann@example.com#".
_ACCESS: Final = re.compile(r"([^#]*)#(?:mailto:|https?://)([^\s#@]+@[^\s#@]+)#[^#@]*#?", re.IGNORECASE)
_PHONE: Final = re.compile(r"(?<=[\s;,/|])(?:(?:\+?1[-./ ]?)?[0-9]{3}[-./ ]?)?[0-9]{3}[-. ]?[0-9]{4}(?=[\s;,/|]|$)")
# Half hidden, or as Salesforce makes them in a copy for tests, so that nobody gets mail: "ann=example.com@example.net".
_MASKED: Final = re.compile(r"[^=]+=[a-z0-9-]+(?:\.[a-z0-9-]+)+|.*\*\*.*")
_NAMED: Final = re.compile(r"[^@]*[(\[{]\s*[^\s@]+@[^@]*")  # "Bob Smith (bob@example.com)"
_POINTED: Final = {ord("<"): " ", ord(">"): " "}
_NUMBERED: Final = re.compile(r"[0-9]{1,2}[).]")  # of a list
_LINKING: Final = ("and", "or", "&")
_SHORTEST_NAME: Final = 3
_INSIDE: Final = b"0123456789._-"
_PLACEHOLDERS: Final = frozenset(name.encode() for name in PLACEHOLDER_NAMES)
_TOP_LEVELS: Final = PublicSuffixList(accept_unknown=False, only_icann=True)
_LONGEST_CELL: Final = 2_000
_MOST_DOMAINS = 100_000


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a cell, or why there are none."""

    found: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()


_NONE = Addresses(codes=frozenset(("R142",)))
_BLANK = Addresses(codes=frozenset(("R141",)))


class EmailReader:
    """Reads cells and remembers the domains it has seen, since checking one takes longest."""

    def __init__(self) -> None:
        self.domains: set[str] = set()  # of the addresses in the column that was read last
        self._domains: dict[str, str] = {}

    def read_column(self, cells: Sequence[str]) -> tuple[list[str], dict[int, Addresses]]:
        """The one plain address of each cell; the cells that hold anything else, by index, with what they hold."""
        self.domains = set()
        plain: list[str] = []
        others: dict[int, Addresses] = {}
        for start in range(0, len(cells), _TOGETHER):
            part = cells[start : start + _TOGETHER]
            filled = list(filter(None, part))
            if not filled or self._are_plain(filled):
                plain += part
                if len(filled) < len(part):
                    others |= {start + index: _BLANK for index, cell in enumerate(part) if not cell}
                continue
            ones, odd = self._read_each(part)
            plain += ones
            others |= {start + index: read for index, read in odd.items()}
        return plain, others

    def _are_plain(self, cells: Sequence[str]) -> bool:
        """Whether each cell is one address that stays as it is; asked of many cells at once, most are."""
        text = "\n".join(cells)
        parts = equally_wide(text, "@")
        if parts is None or len(parts) != _PARTS or len(parts[0]) != len(cells) or text.endswith("\n"):
            return False
        locals_, domains = parts
        known = self._domains
        seen = set(domains)
        lowered = locals_ if text == text.lower() else map(str.lower, locals_)
        are_plain = (
            _are_locals(locals_)
            and all(known.get(domain) == domain for domain in seen)
            and max(map(len, cells)) <= _LONGEST_LOCAL
            and _are_names(list(lowered))
        )
        if are_plain:
            self.domains |= seen
        return are_plain

    def _read_each(self, cells: Sequence[str]) -> tuple[list[str], dict[int, Addresses]]:
        plain: list[str] = []
        others: dict[int, Addresses] = {}
        domains = self._domains
        match = _PLAIN.fullmatch
        for index, cell in enumerate(cells):
            parts = match(cell)
            if parts is not None:
                local, domain = parts.groups()
                known = domains.get(domain)
                if (
                    known is not None
                    and len(local) <= _LONGEST_LOCAL
                    and len(cell) <= _LONGEST
                    and _are_names([local.lower()])
                ):
                    plain.append(cell if known == domain else f"{local}@{known}")
                    self.domains.add(known)
                    continue
            read = self.read(cell)
            self.domains.update(address.rpartition("@")[2] for address in read.found)
            plain.append(read.found[0] if len(read.found) == 1 else "")
            if len(read.found) != 1:
                others[index] = read
        return plain, others

    def read(self, cell: str) -> Addresses:
        if not cell:
            return _BLANK
        found: dict[str, str] = {}
        codes: set[str] = set()
        pieces, says_no = _pieces(cell)
        if says_no:
            codes.add("R142")
        for piece in pieces:
            code = self._problem(piece)
            if code:
                codes.add(code)
            else:
                local, _, domain = piece.rpartition("@")
                address = f"{local}@{domain.lower()}"
                found.setdefault(address.lower(), address)
        if codes:
            return Addresses(codes=frozenset(codes))
        return Addresses(tuple(found.values())) if found else _NONE

    def _problem(self, address: str) -> str | None:
        local, at, domain = address.rpartition("@")
        if at and _is_placeholder(local.lower(), domain.lower()):
            return "R143"
        if not at or "." not in domain or _ENCODED in local or not self._is_valid(address, domain):
            return "R142"
        return None

    def _is_valid(self, address: str, domain: str) -> bool:
        try:
            validate_email(address, allow_smtputf8=False, check_deliverability=False, strict=True)
        except EmailNotValidError:
            return False
        if not _exists(domain):
            return False
        if _DOMAIN.fullmatch(domain) and not _is_often_made_up(domain.lower()):
            self._remember(domain)
        return True

    def _remember(self, domain: str) -> None:
        if len(self._domains) >= _MOST_DOMAINS:
            self._domains.clear()
        self._domains[domain] = domain.lower()


def _are_locals(texts: Sequence[str]) -> bool:
    """Whether each of them is what stands before the @ of a plain address: signs with single dots between."""
    text = ".".join(("", *texts, ""))
    return ".." not in text and not text.encode().translate(None, _LOCAL_SIGNS)


def _are_names(locals_: Sequence[str]) -> bool:
    """Whether none of the local parts, in lower case, is one that stands for nobody."""
    bare = "\n".join(locals_).encode("utf-8", "surrogatepass").translate(None, _INSIDE).split(b"\n")
    return PLACEHOLDER_LOCALS.isdisjoint(locals_) and _PLACEHOLDERS.isdisjoint(bare)


def _is_placeholder(local: str, domain: str) -> bool:
    name = domain.partition(".")[0]
    is_domain = name in PLACEHOLDER_DOMAINS or (_is_short(name) and local == name)
    return not _are_names([local]) or is_domain or _MASKED.fullmatch(local) is not None


def placeholder_shown(cell: str) -> str:
    """The placeholder, or, where its local part may be somebody's, its domain alone."""
    local, _, domain = cut(cell).rpartition("@")
    return cut(cell) if not _are_names([local.lower()]) else f"\u2026@{domain}"


def _is_often_made_up(domain: str) -> bool:
    """Whether the local part has to be looked at beside the domain."""
    name = domain.partition(".")[0]
    return name in PLACEHOLDER_DOMAINS or _is_short(name)


def _is_short(name: str) -> bool:
    return len(name) <= LONGEST_REPEATED or name.isdigit()


def _exists(domain: str) -> bool:
    return _TOP_LEVELS.publicsuffix(domain.lower()) is not None


def _pieces(cell: str) -> tuple[list[str], bool]:
    """What may be addresses, and whether words beside them say no."""
    if len(cell) > _LONGEST_CELL:
        return [cell], False
    text = _IN_MAILTO.sub(r"\1", _unlinked(cell))
    remarks = [match[0] for match in _REMARK.finditer(text)]
    text = _without_phones(_REMARK.sub(" ", text))
    is_named = "<" in text or _LINK.match(cell) is not None or _NAMED.fullmatch(text) is not None
    text = text.translate(_POINTED)
    remarks += [match[0] for match in _LABEL.finditer(text)]
    text = _LABEL.sub(" ", text).replace("(", " (").replace('"', ' "')
    words = [(_bare(word), word[:1] in _AROUND) for word in _BETWEEN.split(text) if word]
    pieces = [word for word, _ in words if "@" in word]
    others = [(word, begins) for word, begins in words if word and "@" not in word and word.lower() not in _LINKING]
    if not pieces:
        return ([] if is_named else [word for word, begins in others if not begins]), False
    remarks += [word for word, begins in others if begins]
    beside = [word for word, begins in others if not begins]
    if is_named:
        return pieces, any(map(remark_says_no, [*remarks, " ".join(beside)]))
    return pieces + _unexplained(beside, pieces), any(map(remark_says_no, remarks))


def _unlinked(cell: str) -> str:
    """A link of Access as what it shows and its address; two addresses that differ stay as they are, and are none."""
    link = _ACCESS.fullmatch(cell)
    if link is None:
        return cell
    shown, address = link[1].strip(), link[2]
    if "@" not in shown:
        return f"{shown} <{address}>"
    return address if shown.lower() == address.lower() else cell


def _without_phones(text: str) -> str:
    """Phone numbers behind an address; before it one may be a part of it that a blank has cut off."""
    local, at, behind = text.partition("@")
    return local + at + _PHONE.sub(" ", behind)


def _unexplained(beside: Sequence[str], pieces: Sequence[str]) -> list[str]:
    words = [word for word in beside if not _is_mark(word) and not is_label(word)]
    is_name = len(words) >= _PARTS and may_be_name(words) and _name_one(words, pieces)
    return [] if is_name else words


def _name_one(words: Sequence[str], pieces: Sequence[str]) -> bool:
    local = pieces[0].partition("@")[0].lower()
    return len(set(pieces)) == 1 and any(len(word) >= _SHORTEST_NAME and word.lower() in local for word in words)


def _bare(piece: str) -> str:
    if _NUMBERED.fullmatch(piece):
        return ""
    bare = piece.strip(_AROUND)
    bare = bare[7:] if bare[:7].lower() == "mailto:" else bare
    return bare.rstrip(".:")


def _is_mark(word: str) -> bool:
    return "?" not in word and not any(map(str.isalnum, word))
