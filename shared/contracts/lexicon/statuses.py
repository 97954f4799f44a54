"""Columns of codes that say how a customer or a service stands, or what stopped it; only their system knows them."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from shared.contracts.lexicon.words import METHOD_KINDS, keys_of, word_key


def _words(text: str) -> frozenset[str]:
    return frozenset(map(word_key, text.split()))


_CODE: Final = re.compile(r"\d{1,2}|(?=\d*[A-Za-z])[A-Za-z0-9]{1,4}|[A-Za-z]{1,2}[/&-][A-Za-z]{1,2}")
REASONS: Final = _words("reason rsn comment note")
CODE_WORDS: Final = _words("code cd")
STATUS_WORDS: Final = _words("status stat stts sts")
_LIVELY: Final = _words("active live enrolled enabled subscribed isactive consent consented")
_NAMES: Final = _words("autopay paperless ebill ebilling estatement einvoice")
FLAG_WORDS: Final = _words("flag flg fl ind indicator")
_STATUS_OF: Final = _words(
    "account acct acc act customer cust cus cs consumer member client resident tenant occupant service svc serv svce "
    "billing premise premises prem connection conn utility water electric gas sewer enrollment enroll agreement "
    "mandate authorization auth profile login user record rec current cur description desc"
)
# What needs no question in such a column, beside words that are known to be sound.
LIVE_CODES: Final = METHOD_KINDS.keys() | keys_of(
    "a,ac,act,actv,active,live,new,paid,norm,nrml,reg,full,curr,cur,y,yes,1,01,001,on,true,enrl"
)
_STOPPING: Final = _words(
    "stop hold disconnect disconnection disconnected discon disco dscn cutoff shutoff freeze frozen suspend suspended "
    "suspension cancel canceled cancelled cancellation canc cxl close closed closure final finaled delete deleted drop "
    "dropped terminate terminated termination inactive inactivation deactivate deactivated revoke revoked revocation "
    "withdrawal withdrawn optout unenroll unenrolled bankruptcy deceased death writeoff chargeoff removal lockout"
)
_STOPPING_IN_PAIRS: Final = frozenset(
    (
        *(("cut", "off"), ("shut", "off"), ("turn", "off"), ("charge", "off"), ("write", "off"), ("opt", "out")),
        *(("move", "out"), ("stop", "pay"), ("stop", "payment"), ("stop", "pmt")),
    )
)
_RETURNING: Final = _words("rtn rtrn return returned reject rejected nsf chargeback")  # of payments
_BESIDE_STOPPING: Final = _words("pay payment pmt last off out type typ").union(*_STOPPING_IN_PAIRS)
NO_STOP: Final = keys_of("n,no,none,false,off,a,act,active,normal,norm,regular,reg,clear,nh,no hold,not on hold")
_GLUED: Final = _STATUS_OF | _STOPPING | STATUS_WORDS | CODE_WORDS | FLAG_WORDS | {"status"}  # no plural within a word
_SHORTEST: Final = 2
_LONGEST: Final = 30


def is_code(cell: str) -> bool:
    return _CODE.fullmatch(cell) is not None


def asks_how_it_stands(words: Sequence[str], own: frozenset[str]) -> bool:
    """Whether a column called so holds statuses: "Acct Stat Cd", "CUSTSTATUS"; ``own`` names the kind of import."""
    named = _parted(words)
    if named & STATUS_WORDS:
        return named <= STATUS_WORDS | _STATUS_OF | _LIVELY | FLAG_WORDS | CODE_WORDS | own
    return bool(named & _LIVELY or names_enrollment(named)) and named <= _LIVELY | FLAG_WORDS | CODE_WORDS | own


def is_code_of_end(words: Sequence[str], own: frozenset[str], *, returns: bool) -> bool:
    """Whether a code below the header says what stopped or ended: "Stop Code", "Cancel Reason"; or was returned."""
    named = _parted(words)
    ends = _STOPPING | (_RETURNING if returns else frozenset())
    is_end = bool(named & ends) or not _STOPPING_IN_PAIRS.isdisjoint(pairwise(words))
    asks = CODE_WORDS | FLAG_WORDS | STATUS_WORDS | REASONS | _words("type typ")
    return is_end and bool(named & asks) and named <= ends | asks | _STATUS_OF | _BESIDE_STOPPING | own


def names_enrollment(words: frozenset[str]) -> bool:
    return bool(words & _NAMES) or {"auto", "pay"} <= words


def _parted(words: Sequence[str]) -> frozenset[str]:
    """The words, and those of names written together: "acctstat", "stopcd"."""
    return frozenset(part for word in words for part in _parts(word))


def _parts(word: str) -> tuple[str, ...]:
    return (_split(word) if len(word) <= _LONGEST else ()) or (word,)


def _split(word: str) -> tuple[str, ...]:
    """The known words of which it is made; none where it is not."""
    if word in _GLUED:
        return (word_key(word),)
    for end in range(_SHORTEST, len(word) - 1):
        if word[:end] in _GLUED and (rest := _split(word[end:])):
            return (word_key(word[:end]), *rest)
    return ()
