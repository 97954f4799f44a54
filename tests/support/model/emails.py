"""The addresses in a cell."""

import re
from dataclasses import dataclass, field
from functools import cache

from email_validator import EmailNotValidError, validate_email
from publicsuffixlist import PublicSuffixList

from shared.contracts.lexicon import MAIL_PROVIDERS, PLACEHOLDER_DOMAINS, PLACEHOLDER_LOCALS, PLACEHOLDER_NAMES

_TOP_LEVELS = PublicSuffixList(accept_unknown=False, only_icann=True)
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
    pieces = _pieces(cell)
    codes = {code for piece in pieces if (code := _problem(piece))}
    if not pieces:
        codes = {"R142"}
    return Addresses(codes=frozenset(codes)) if codes else Addresses(found=pieces)


def _pieces(cell: str) -> tuple[str, ...]:
    if len(cell) > 2000:
        return (cell,)
    text = re.sub(
        r"\b[A-Za-z]{1,20}(?:-[A-Za-z]{1,20})?:(?=[^:@]*@)",
        " ",
        re.sub("[<>]", " ", cell).replace("(", " (").replace('"', ' "'),
    )
    keeps_addresses_only = "<" in cell or cell.upper().startswith("=HYPERLINK(")
    addresses: dict[str, str] = {}
    for word in re.split(r"[;,/|\s]+|:{2,}", text):
        address = _unwrapped(word)
        is_remark = keeps_addresses_only or word[:1] in _QUOTES
        if not address or address.lower() in {"and", "or", "&"} or (is_remark and "@" not in address):
            continue
        addresses.setdefault(address.lower(), address)
    return tuple(addresses.values())


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
    if "." not in domain:
        return "R142"
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return "R142"
    return None if _TOP_LEVELS.publicsuffix(domain.lower()) else "R142"


def _is_nobody(local: str, domain: str) -> bool:
    if local in PLACEHOLDER_LOCALS or re.sub("[0-9._-]", "", local) in PLACEHOLDER_NAMES:
        return True
    repeats = local == domain and (len(domain) <= 4 or domain.isdigit())
    return repeats or domain in PLACEHOLDER_DOMAINS
