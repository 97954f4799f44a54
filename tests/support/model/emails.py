"""The addresses in a cell."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email
from publicsuffixlist import PublicSuffixList

from shared.contracts.lexicon import (
    MAIL_PROVIDERS,
    PLACEHOLDER_DOMAINS,
    PLACEHOLDER_LOCALS,
    PLACEHOLDER_NAMES,
    PROVIDER_NAMES,
    SLIPPED_ENDINGS,
    is_label,
    may_be_name,
    remark_says_no,
)

_TOP_LEVELS = PublicSuffixList(accept_unknown=False, only_icann=True)
_ENCLOSED = "|".join(
    (
        *(r"\([^()@]*\)", r"\[[^\[\]@]*\]", r"\{[^{}@]*\}", r"\*[^*@]+\*"),
        *(r'"[^"@]*"', "\u201c[^\u201d@]*\u201d", r"(?<!\w)'[^'@]*'(?!\w)"),
    )
)
"""What has no address in it."""
_LABELS = r"(?:(?<=[\s;,/|:])|^)[A-Za-z][A-Za-z'.-]{0,20}(?: [A-Za-z][A-Za-z'.-]{0,20}){0,4} ?:(?=[^:@]*@)"
_PHONE = r"(?<=[\s;,/|])(?:(?:\+?1[-./ ]?)?[0-9]{3}[-./ ]?)?[0-9]{3}[-. ]?[0-9]{4}(?=[\s;,/|]|$)"
_QUOTES = "\"'`\u201c\u201d\u2018\u2019()[]{}*"


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a cell gives: addresses in order, or the codes that say why not."""

    found: tuple[str, ...] = ()
    codes: frozenset[str] = field(default=frozenset())


def domain_warnings(email: str, own_domain: str | None) -> set[str]:
    """What the domain of an address gives rise to."""
    domain = email.rpartition("@")[2].lower()
    found = {"W343"} if _is_slip(domain) else set()
    if own_domain and f".{domain}".endswith(f".{own_domain.lower()}"):
        found.add("W341")
    return found


def _is_slip(domain: str) -> bool:
    """Whether one key more, less, other or two keys turned round make a large provider of it."""
    if domain in MAIL_PROVIDERS or len(domain) > 60:
        return False
    name, *endings = domain.split(".")
    if name in PROVIDER_NAMES and ".".join(endings) in SLIPPED_ENDINGS:
        return True
    signs = "abcdefghijklmnopqrstuvwxyz0123456789.-"
    cuts = [(domain[:place], domain[place:]) for place in range(len(domain) + 1)]
    near = {before + sign + after for before, after in cuts for sign in signs}
    near |= {before + after[1:] for before, after in cuts}
    near |= {before + sign + after[1:] for before, after in cuts for sign in signs if after}
    near |= {before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1}
    return any(len(provider) >= 8 for provider in near & MAIL_PROVIDERS)


def same(one: str | None, other: str | None) -> bool:
    """Addresses are compared whole and case-insensitively; nothing equals nothing."""
    return one is not None and other is not None and one.lower() == other.lower()


def read_addresses(cell: str) -> Addresses:
    """The addresses of a cleaned cell."""
    if not cell:
        return Addresses(codes=frozenset({"R141"}))
    said = _taken_apart(cell)
    codes = {code for piece in said.pieces if (code := _problem(piece))}
    if not said.pieces or any(map(remark_says_no, said.remarks)):
        codes.add("R142")
    return Addresses(codes=frozenset(codes)) if codes else Addresses(found=said.pieces)


class _Cell(NamedTuple):
    """What may be addresses, each once, and what is said beside them."""

    pieces: tuple[str, ...]
    remarks: list[str]


def _taken_apart(cell: str) -> _Cell:
    if len(cell) > 2000:
        return _Cell((cell,), [])
    remarks: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        remarks.append(found[0])
        return " "

    cell = re.sub(r"(?i)(mailto:[^\s?@]+@[^\s?@]+)\?[^\s\"'<>]*", r"\1", _followed(cell))
    local, at, behind = re.sub(_ENCLOSED, put_aside, cell).partition("@")
    text = local + at + re.sub(_PHONE, " ", behind)
    is_named = "<" in text or cell.upper().startswith("=HYPERLINK(") or _in_brackets(text)
    text = re.sub(_LABELS, put_aside, re.sub("[<>]", " ", text)).replace("(", " (").replace('"', ' "')
    addresses: dict[str, str] = {}
    beside: list[str] = []
    for word in re.split(r"[;,/|\s]+|:{2,}", text):
        piece = "" if re.fullmatch("[0-9]{1,2}[).]", word) else _unwrapped(word)
        if "@" in piece:
            addresses.setdefault(piece.lower(), piece)
        elif piece and piece.lower() not in {"and", "or", "&"}:
            (remarks if word[:1] in _QUOTES else beside).append(piece)
    if not addresses:
        return _Cell(() if is_named else tuple(beside), [])
    if is_named:
        return _Cell(tuple(addresses.values()), [*remarks, " ".join(beside)])
    unknown = [word for word in beside if not is_label(word) and ("?" in word or any(sign.isalnum() for sign in word))]
    if _is_name_of(unknown, list(addresses)):
        unknown = []
    return _Cell((*addresses.values(), *unknown), remarks)


def _followed(cell: str) -> str:
    """Where a link of Access leads, beside what it shows."""
    link = re.fullmatch(r"(?i)([^#]*)#(?:mailto:|https?://)([^\s#@]+@[^\s#@]+)#[^#@]*#?", cell)
    if link and "@" not in link[1]:
        return f"{link[1].strip()} <{link[2]}>"
    return link[2] if link and link[1].strip().lower() == link[2].lower() else cell


def _in_brackets(text: str) -> bool:
    """Whether the only address is in brackets, with or without words before."""
    before, at, after = text.partition("@")
    local = re.split(r"[\s(\[{]", before)[-1]
    opened = before[: len(before) - len(local)].rstrip()
    return bool(at and local) and "@" not in after and opened[-1:] in set("([{")


def _is_name_of(words: list[str], addresses: list[str]) -> bool:
    if len(words) < 2 or len(addresses) != 1 or not may_be_name(words):
        return False
    local = addresses[0].split("@")[0]
    return any(len(word) > 2 and word.lower() in local for word in words)


def _unwrapped(word: str) -> str:
    word = word.strip(_QUOTES)
    if word.lower().startswith("mailto:"):
        word = word[len("mailto:") :]
    local, at, domain = word.rstrip(".:").rpartition("@")
    return local + at + domain.lower() if at else domain


@cache
def _problem(address: str) -> str | None:
    local, at, domain = address.rpartition("@")
    if at and _is_nobody(local.lower(), domain.lower().split(".")[0]):
        return "R143"
    if "." not in domain or "=?" in local:
        return "R142"
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return "R142"
    return None if _TOP_LEVELS.publicsuffix(domain.lower()) else "R142"


def _is_nobody(local: str, domain: str) -> bool:
    if local in PLACEHOLDER_LOCALS or re.sub("[0-9._-]", "", local) in PLACEHOLDER_NAMES:
        return True
    if "**" in local:
        return True
    _, masks, masked = local.partition("=")
    if masks and re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", masked):
        return True
    repeats = local == domain and (len(domain) <= 4 or domain.isdigit())
    return repeats or domain in PLACEHOLDER_DOMAINS
