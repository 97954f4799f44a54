"""The words of a header: taken apart, written out, and each in one spelling."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

_LONGEST_HEADER: Final = 80  # longer ones are sentences
_LONGEST_WORD: Final = 30
_SHORTEST_PLURAL: Final = 4
_RUNS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|#")
_DIGITS: Final = frozenset("0123456789")

# Each word with the ways in which headers write it.
_SPELLINGS: Final = """
account acct accnt acc acnt act
number num no nbr nr nmbr numb nmb #
customer cust cus cst client member mbr subscriber consumer patron taxpayer ratepayer
location loc locn premise prem premises
service svc srvc serv srv
utility util ub
bill billing bills
bank bnk bk
routing rtg rting
route rte rout
transit trans
aba
rtn
rdfi
dfi
dda
ach echeck
eft
address addr adr addrs addresses
line ln
name nm nam nme
first fst frst
last lst
given
family
surname
middle mid
date dt dte since
type typ kind
code cd cde
flag flg ind indicator yn
status stat sts active
amount amt amnt
max maximum highest mx
limit lim lmt
exceed
fixed fxd
draft drft withdrawal withdraw wthdrwl wdrl
debit dbt
direct
auto automatic
autopay apay
recurring recur
payment pay pymt pmt paymt
method mthd meth
expiry exp expiration expires expire expir expiring
month mo mon mth mm
year yr yy yyyy
day dy daytime
email eml emal emails
mailing mail mlg
internet
phone ph phon tel telephone phn
cell mobile mob cellular cellphone
zip zipcode postcode
postal post
state st province prov
city cty town municipality
street str strt
holder hldr holders
payer payor debtor remitter
depositor
recipient
card crd cards cc creditcard
credit
token tok tkn
vault
brand scheme
masked mask
enroll enrollment enrolled enrolment enrol enrl signup
start strt begin beg starts
effective eff efft
end ends
stop
term
terms
cancel
authorization auth authorisation authorized authorize mandate
signed sign signature
agreement agree agrmt
consent
opt
in
paper
paperless
print printed prt
invoice inv invoices
statement stmt stmnt
ebill estatement einvoice edelivery
delivery deliver dlvry dlv
preference pref preferred preferences
format fmt
suppress suppression
send
want wants
user usr
login logon
username
portal
web online
role
access
registered registration register reg
id ident identifier identification
legacy old
external ext
record rec
reference ref
audit
biller
channel
source src
version ver
sec
ip
tenant
occupant occ
suffix sfx
sequence seq
unit
parcel
policy pol
entity
map
lot
primary prim main
secondary second alternate alt additional courtesy
contact
notification notify
owner
insured insd
resident
buyer
detail details
checking chk chkg ckg
savings sav svgs svg saving
full
on
of
to
system sys ar cis current
home
work
personal
note
meter
"""
_JOINED: Final = """
e mail = email
e bill = ebill
e statement = ebill
e invoice = ebill
e delivery = ebill
e check = ach
electronic check = ach
electronic bill = ebill
electronic statement = ebill
auto pay = autopay
automatic payment = autopay
a c = account
f name = first name
l name = last name
fname = first name
lname = last name
log in = login
sign in = login
log on = login
zip code = zip
postal code = zip
post code = zip
y n = flag
yes no = flag
financial institution = bank
family name = surname
"""


def _canonical() -> Mapping[str, str]:
    lines = (line.split() for line in _SPELLINGS.splitlines() if line.strip())
    return {spelling: words[0] for words in lines for spelling in words}


def _joined() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    pairs = (line.split(" = ") for line in _JOINED.splitlines() if line.strip())
    return {tuple(left.split()): tuple(right.split()) for left, right in pairs}


_WORDS: Final = _canonical()
_PHRASES: Final = _joined()
_ALONE: Final = frozenset(words[0] for words in _PHRASES if len(words) == 1)
_NEGATED: Final = frozenset(("print", "paper", "mailing"))
_SHORTEST_PIECE: Final = 2
_NOT: Final = "not"


@lru_cache(maxsize=4_096)
def words_of(header: str) -> tuple[str, ...]:
    """Its words: "Cust_AcctNo" and "Customer Account #" have the same."""
    if len(header) > _LONGEST_HEADER:
        return ()
    folded = unicodedata.normalize("NFKD", header)
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    raw = [run.lower() for run in _RUNS.findall(plain)]
    split = [piece for run in raw for piece in _pieces(run)]
    words = list(_replaced(split))
    if len(words) > 1 and split[0] == "no" and words[1] in _NEGATED:
        words[0] = _NOT  # "No Print" is no number
    return tuple(words)


def _replaced(pieces: list[str]) -> Iterator[str]:
    """Each in its one spelling, where two make one word this one."""
    place = 0
    while place < len(pieces):
        pair = tuple(pieces[place : place + 2])
        known = _PHRASES.get(pair) or _PHRASES.get(tuple(_word(piece) for piece in pair))
        if known is not None and len(pair) > 1:
            yield from known
            place += 2
            continue
        yield from _PHRASES.get((pieces[place],), (_word(pieces[place]),))
        place += 1


def _word(piece: str) -> str:
    return _WORDS.get(piece) or _WORDS.get(_singular(piece)) or piece


def _singular(piece: str) -> str:
    return piece[:-1] if len(piece) >= _SHORTEST_PLURAL and piece.endswith("s") else piece


def _is_known(piece: str) -> bool:
    return piece in _WORDS or _singular(piece) in _WORDS or piece in _ALONE


def _pieces(run: str) -> list[str]:
    """A run of letters in the fewest known words that make it whole; one that cannot be told apart stays."""
    if run[0] in _DIGITS or len(run) > _LONGEST_WORD or _is_known(run):
        return [run]
    fewest: list[list[str] | None] = [[], *([None] * len(run))]
    for end in range(_SHORTEST_PIECE, len(run) + 1):
        for start in range(end - _SHORTEST_PIECE + 1):
            before = fewest[start]
            piece = run[start:end]
            if before is None or not _is_known(piece):
                continue
            best = fewest[end]
            if best is None or len(before) + 1 < len(best):
                fewest[end] = [*before, piece]
    return fewest[-1] or [run]
