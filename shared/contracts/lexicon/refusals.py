"""Whether a cell of a column that nobody mapped says no: by its words, or as the answer to its header."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import dropwhile, pairwise
from typing import Final, NamedTuple

from shared.contracts.lexicon.statuses import (
    CODE_WORDS,
    FLAG_WORDS,
    LIVE_CODES,
    NO_STOP,
    REASONS,
    STATUS_WORDS,
    asks_how_it_stands,
    is_code,
    is_code_of_end,
    names_enrollment,
)
from shared.contracts.lexicon.words import (
    AUTOPAY_FLAGS,
    NO_METHODS,
    PAPER_WORDS,
    PAPERLESS_FLAGS,
    STOP_WORDS,
    Flag,
    is_empty,
    keys_of,
    word_key,
)

Subject = str  # a kind of import; of one that has no words of its own the common ones count


class Refusal(NamedTuple):
    """Whether a cell of a column says no; ``by_header`` where its header asks what the cell answers."""

    says_no: Callable[[str], bool]
    by_header: bool


_LONGEST_CELL: Final = 60
_MOST_WORDS: Final = 5
_MOST_OF_PHRASE: Final = 8
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\-][^\W\d_]+)*")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_RETURN: Final = re.compile(r"R(?:0[1-9]|[12]\d|3[0-9]|[5-8]\d)", re.IGNORECASE)
_DATE: Final = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:\D.*)?|(?:19|20)\d{6}|[01]\d\d(?:0[1-9]|1[0-2])[0-3]\d"
    r"|\d{1,2}[- ][A-Za-z]{3}[- ]\d{2,4}"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(map(word_key, text.split()))


# They say no wherever they begin or end a short cell ("CLOSED - moved", "customer revoked").
ENDING_WORDS: Final = _words(
    "revoked revoke rvk canceled cancelled cancel canc cancld cxl cxld terminated termed term'd closed "
    "inactive inact deceased decd withdrawn unsubscribed unsub unenrolled de-enrolled disenrolled declined "
    "rejected disabled deleted removed suspended susp stopped expired bankrupt bankruptcy chargeback nsf "
    "bounced suppressed undeliverable disconnected finaled dropped deactivated vacated revokes cancels rvkd"
)
# What may stand before a word that ends a cell, so that "gate closed" says nothing.
_BESIDE: Final = _words(
    "customer cust client owner member account acct autopay auto pay ach draft bank card payment pmt paperless ebill "
    "email enrollment user login service by per on was is has been now been already status hard soft prenote "
    "stop fraud the advise advised state stated say said request requested want wanted ask asked call called to be "
    "please pls see they he she has have authorization consent from of for list"
)
# They say no behind nothing but such words, with anything after them: "passed away 2024", "pls remove from ACH".
_PHRASES: Final = frozenset(
    (
        *(
            ("passed", "away"),
            ("not", "authorized"),
            ("no", "longer"),
            ("no", "more"),
            ("returned", "nsf"),
            ("opted", "out"),
            ("opt", "out"),
            ("moved", "out"),
        ),
        *(("remove", "autopay"), ("remove", "ach"), ("remove", "draft"), ("customer", "passed"), ("not", "want")),
        *(("remove", "from"), ("take", "off"), ("taken", "off"), ("took", "off"), ("turn", "off"), ("turned", "off")),
        *(
            ("do", "not"),
            ("end", "autopay"),
            ("stop", "autopay"),
            ("cancel", "autopay"),
            ("stop", "draft"),
            ("stop", "ach"),
        ),
    )
)
# Behind "do not" and the like stands what is meant: a meter's "do not knock" says nothing.
_OPEN_PHRASES: Final = frozenset(
    (("do", "not"), ("remove", "from"), ("take", "off"), ("turn", "off"), ("no", "longer"), ("no", "more"))
)
_MEANT: Final = _words(
    "autopay auto pay ach draft debit eft charge enroll enrolled email paperless ebill estatement list contact use "
    "participate participating recurring program authorized authorize active valid customer want wants "
    "pull withdraw wish wishes"
)
# What is no more than itself: the whole cell.
ENDING_CELLS: Final = (
    STOP_WORDS
    | ENDING_WORDS
    | keys_of(
        "stop,stop pmt,stop payment,stop pay,stop draft,hold,off,paused,ended,do not debit,"
        "do not draft,do not charge,do not contact,do not use,dnd,dnc,fraud,fraud hold,dispute,"
        "disputed,returned,return,prenote failed,failed prenote,estate,bk,chapter 7,chapter 13,"
        "collection,in collection,no longer active,not authorized,unauthorized,no longer enrolled,"
        "hard bounce,soft bounce,bounce,spam complaint,complaint,blocked,locked,moved,final,"
        "acct closed,no auth,opted-out,optout,term,frozen,account frozen,refused,void,voided,"
        "charged off,do not allow,not allowed,disallowed"
    )
)
_BY_PAPER: Final[Mapping[Subject, frozenset[str]]] = {
    "autopay": keys_of("paper check,check by mail,mails check,pays by check"),
    "paperless": PAPER_WORDS
    | keys_of(
        "send paper,send paper bill,send paper statement,wants paper,want paper,wants paper bill,prefers paper,"
        "prefer paper,paper please,paper requested,requests paper,requested paper,mail paper,mail bill,mail paper bill,"
        "mail statement,print bill,send by mail,send mail,keep paper,needs paper,back to paper,return to paper"
    ),
    "registration": frozenset(),
}

# Headers whose yes, date or reason says no; and headers whose no says no.
_SUPPRESSING: Final = _words("suppressed suppression")  # of emails; of paper they are what is wanted
_PRINTED: Final = _words("print printed paper mail mailed bill statement invoice")
_CUSTOM: Final = re.compile(r"__(?:c|pc|r)$", re.IGNORECASE)  # what Salesforce puts behind names
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_COUNTS: Final = _words("count cnt counter times number nbr no num qty items drafts")
_COUNTED: Final = _words("returned returns return reversed rejects bounces drafts")  # beside such words alone
_COUNT: Final = re.compile(r"[1-9][0-9]{0,3}(?:\.0)?")
_ENDS: Final = _words(
    "undeliverable paused vacant banned fraud dne nsfs freeze frozen "
    "cancel canceled cancelled cancellation canc deleted revoked revocation terminated termination closed "
    "closure unsubscribed unsub unenrolled unenroll inactive deactivated suspended suspension locked disabled "
    "bounced deceased declined removed withdrawn optout blocked dnd dnc nsf chargeback bankruptcy stopped "
    "bounce death dod dcsd decd vacated rvk rvkd rvkn revoke cxl cxld canc cancld cncl termd"
)
_ENDS_IN_PAIRS: Final = frozenset(
    (
        ("opt", "out"),
        ("opted", "out"),
        ("do", "not"),
        ("term", "date"),
        ("term", "dt"),
        ("stop", "dt"),
        ("stop", "date"),
        ("on", "hold"),
        ("hold", "flag"),
        ("moved", "out"),
        ("move", "out"),
        ("passed", "away"),
        ("cash", "only"),
        ("hold", "until"),
        ("debit", "block"),
        ("ach", "block"),
        ("stop", "pmt"),
        ("stop", "payment"),
        ("stop", "pay"),
    )
)
_HOLD: Final = word_key("hold")  # with nothing beside: a "Hold Code" may be a meter's
# Headers that ask whether somebody wants paper.
_PAPER_OF: Final[Mapping[Subject, frozenset[str]]] = {
    "paperless": _words(
        "paper print printed mail mailed hardcopy paperbill printbill mailbill mailpaper usps paperstatement"
    )
}
_BESIDE_PAPER: Final = _words(
    "send sent want wanted wants need needs get gets receive receives request requested prefer prefers bill billing "
    "statement stmt invoice copy hard opt in optin flag flg fl status ind indicator is yn y n us regular by customer "
    "cust"
)
_NOT: Final = frozenset(("no", "not", "non"))
_GOES_ON: Final = _words(
    "active live enrolled enabled subscribed sub subscribe recurring consent authorized isactive "
    "opt optin accepted agreed approved isapproved signed"
)
_FLAGS: Final = _words(
    "flag flg fl status ind indicator is on yn y n member code current opted in ok okay terms auth authorization"
)
# Headers that can only be the flag of the kind: there, whatever is no yes is to be answered for.
_ASKS: Final = _words("status flag ind indicator yn preference pref option")
_WAYS: Final = {
    "paperless": _words(
        "delivery method type mode preference pref option bill billing statement invoice status flag code"
    )
}
_SOUND: Final = keys_of(
    "valid,verified,good,open,ok,okay,confirmed,accepted,approved,complete,completed,success,successful,passed,current"
)
_YES_OF: Final = {
    "autopay": _SOUND | {key for key, flag in AUTOPAY_FLAGS.items() if flag in (Flag.YES, Flag.PRENOTE)},
    "paperless": _SOUND | {key for key, flag in PAPERLESS_FLAGS.items() if flag is Flag.YES},
}
_STREETS: Final = _words("st street rd road ave avenue dr drive ln lane ct court blvd way loop pl place hwy cir trl")
# Ways to pay that are none of autopay's, and what failed, in columns named for them.
_BY_HEADER: Final = (
    (
        "autopay",
        _words("payment pay pmt method type mop tender form mode way of by"),
        _words("method type mop tender form mode way"),
        NO_METHODS - {word_key("none"), word_key("other"), word_key("mail")},
    ),
    (
        "autopay",
        _words("prenote prenotification pre note status result ach code flag outcome response"),
        _words("prenote prenotification"),
        keys_of("failed,fail,failure,bad,invalid,error,unsuccessful,not ok,no account,not found,noc"),
    ),
)
_NEEDING_EMAIL: Final = frozenset({"paperless", "registration"})
_VALID: Final = _words("valid deliverable reachable working good")
_OF: Final = {
    "autopay": _words("autopay auto pay ap draft ach eft debit recurring bank bankdraft"),
    "paperless": _words("paperless ebill ebilling estatement einvoice email electronic edelivery"),
}
_OF_PAYMENT: Final = _words("bank bankdraft draft debit ach eft recurring")
_ROUTES: Final = _words("route rt cycle book zone rate district class walk read meter section street address city name")
_YES: Final = frozenset(("y", "yes", "true", "t", "1", "x", "on"))
_NO: Final = frozenset(("n", "no", "0", "false", "f", "off", "u", "none"))
_NO_DATE: Final = re.compile(
    r"0|[0\-/. :]+|0?1[-/]0?1[-/]1[79]\d\d.*|1[79]00-01-01.*|(?:31|12)[-/](?:31|12)[-/]9999.*|9999-12-31.*|9{6,8}"
)
# Limits and ends that a mapped column would have set.
_WITH_LIMITS: Final = frozenset({"autopay"})
_LIMITS: Final = _words("max maximum limit cap ceiling")
_AMOUNTS: Final = _words(
    "amt amount payment pmt pay draft debit ach autopay auto monthly withdrawal usd limit max maximum cap per"
)
_DATES: Final = _words("end ends expire expires expiration expiry stop term thru through until")
_OF_DATES: Final = _words(
    "date dt end ends expire expires expiration stop of on autopay auto pay ap ach draft debit recurring payment pmt "
    "enrollment authorization auth thru through until"
)


@lru_cache(maxsize=512)
def refusal_in(header: str, subject: Subject) -> Refusal:
    """For the cells of a column: which say that their customer is not to be imported as this kind."""
    spaced = _CAMEL.sub(" ", _CUSTOM.sub("", header))
    words = [word_key(word) for word in _WORD.findall(spaced)]
    parts = [word_key(word) for word in _LETTERS.findall(spaced)]  # of CUST-STAT-CD, too
    named = frozenset(words)
    others = _of_others(subject)
    own_words = _OF.get(subject, frozenset())
    returns = subject in _WITH_LIMITS
    if not named & others and any(is_code_of_end(one, own_words, returns=returns) for one in (words, parts)):
        sound = _SOUND | NO_STOP | ({"f"} if named & FLAG_WORDS else set())
        has_reasons = bool(named & REASONS)
        return Refusal(partial(_is_code_of_stop, subject=subject, sound=sound, has_reasons=has_reasons), by_header=True)
    counts = bool(named & _COUNTS)
    ends = named & _ENDS or (counts and named & _COUNTED) or (named & _SUPPRESSING and not named & _PRINTED)
    asks_for_end = ends or not _ENDS_IN_PAIRS.isdisjoint(pairwise(words)) or _is_hold(named)
    if not named & others and (asks_for_end or _asks_for_opposite(words, subject)):
        reasons = bool(named & REASONS)
        return Refusal(partial(_answers_yes, subject=subject, has_reasons=reasons, counts=counts), by_header=True)
    if subject in _WITH_LIMITS and _is_limit(named):
        return Refusal(_is_filled, by_header=True)
    own = _GOES_ON | _OF.get(subject, frozenset())
    if subject in _NEEDING_EMAIL:
        own |= _VALID | {word_key("email")}
    answers_no = bool(named & own) and named <= own | _FLAGS
    if _is_flag(named, subject):
        # Beside codes a T may be terminated.
        known = _YES_OF[subject] - ({"t"} if named & (STATUS_WORDS | CODE_WORDS) else set())
        return Refusal(partial(_is_no_yes, known=known, subject=subject), by_header=False)
    asks = any(asks_how_it_stands(one, own_words - _OF_PAYMENT) for one in (words, parts))
    if not named & others and asks:
        return Refusal(partial(_is_status_code, subject=subject, answers_no=answers_no), by_header=answers_no)
    is_name_or_route = bool(named & _ROUTES) or named <= {"last", "first", "middle"}
    return Refusal(
        partial(
            _says_no,
            subject=subject,
            answers_no=answers_no,
            is_name_or_route=is_name_or_route,
            also=_no_below(named, subject),
        ),
        answers_no,
    )


def _of_others(subject: Subject) -> frozenset[str]:
    return frozenset().union(*(of for kind, of in _OF.items() if kind != subject)) - _OF.get(subject, frozenset())


def _is_hold(named: frozenset[str]) -> bool:
    return _HOLD in named and named - {_HOLD} <= _FLAGS - {"code"}


def _asks_for_opposite(words: Sequence[str], subject: Subject) -> bool:
    """Whether a yes below the header is a no to the kind: "Send Paper?", "No Paperless"."""
    named = frozenset(words)
    paper = _PAPER_OF.get(subject, frozenset())
    if named & paper and named <= paper | _BESIDE_PAPER:
        return True
    own = _OF.get(subject, frozenset())
    return len(words) > 1 and words[0] in _NOT and bool(named & own) and named - _NOT <= own | _FLAGS


def _no_below(named: frozenset[str], subject: Subject) -> frozenset[str]:
    return frozenset().union(
        *(cells for kind, words, needed, cells in _BY_HEADER if kind == subject and named & needed and named <= words)
    )


def _is_limit(named: frozenset[str]) -> bool:
    is_amount = bool(named & _LIMITS) and named <= _AMOUNTS
    says_what_ends = bool(named & ({"date", "dt"} | _OF["autopay"]))
    is_end = bool(named & _DATES) and says_what_ends and named <= _OF_DATES
    return is_amount or is_end


def _is_flag(named: frozenset[str], subject: Subject) -> bool:
    """Whether a column called so can only say who is enrolled: "Autopay Status", "Bill Delivery Method"."""
    own = _OF.get(subject, frozenset()) - {word_key("email")}
    asks = _ASKS | STATUS_WORDS | (CODE_WORDS if names_enrollment(named) else frozenset())
    if word_key("delivery") in named and named <= _WAYS.get(subject, frozenset()):
        return True
    return bool(named & own) and bool(named & asks) and named <= own | asks


def _is_no_yes(cell: str, *, known: frozenset[str], subject: Subject) -> bool:
    """Whether the cell says no, or is a word that nobody knows."""
    if _says_no(cell, subject=subject, answers_no=True, is_name_or_route=False):
        return True
    is_word = len(cell) <= _LONGEST_CELL and 0 < len(_WORD.findall(cell)) <= _MOST_WORDS and "@" not in cell
    return (is_word or is_code(cell)) and not is_empty(cell) and word_key(cell) not in known


def _is_status_code(cell: str, *, subject: Subject, answers_no: bool) -> bool:
    if _says_no(cell, subject=subject, answers_no=answers_no, is_name_or_route=False):
        return True
    known = LIVE_CODES | (_YES_OF.get(subject, _SOUND) if answers_no else _SOUND)
    return is_code(cell) and word_key(cell) not in known and not is_empty(cell)


def _is_code_of_stop(cell: str, *, subject: Subject, sound: frozenset[str], has_reasons: bool) -> bool:
    if _answers_yes(cell, subject=subject, has_reasons=False, counts=False):
        return True
    return (has_reasons or is_code(cell)) and _is_filled(cell) and word_key(cell) not in sound


def _is_filled(cell: str) -> bool:
    return not is_empty(cell) and not _NO_DATE.fullmatch(cell) and bool(cell.strip("0.$, "))


def _answers_yes(cell: str, *, subject: Subject, has_reasons: bool, counts: bool) -> bool:
    if not _is_filled(cell):
        return False
    if has_reasons or cell.casefold() in _YES or _DATE.fullmatch(cell) or (counts and _COUNT.fullmatch(cell)):
        return True
    return _says_no(cell, subject=subject, answers_no=False, is_name_or_route=False)


def _says_no(
    cell: str, *, subject: Subject, answers_no: bool, is_name_or_route: bool, also: frozenset[str] = frozenset()
) -> bool:
    if len(cell) > _LONGEST_CELL or not cell:
        return False
    key = word_key(cell)
    if answers_no and cell.casefold() in _NO:
        return True
    if is_name_or_route:
        return key in STOP_WORDS
    return (
        key in ENDING_CELLS
        or key in also
        or key in _BY_PAPER.get(subject, frozenset())
        or bool(_RETURN.fullmatch(cell))
        or _is_said_among(cell, subject)
    )


def _is_said_among(cell: str, subject: Subject) -> bool:
    """Whether one of a few words says no, as the first of them or behind words that mean nothing by themselves."""
    words = [word_key(word) for word in _WORD.findall(cell)]
    if not 0 < len(words) <= _MOST_OF_PHRASE or cell[0].isdigit() or not _STREETS.isdisjoint(words):
        return False
    if len(words) <= _MOST_WORDS and words[0] in ENDING_WORDS:
        return True
    said = list(dropwhile(_BESIDE.__contains__, words))
    if not said:
        return False
    pair = tuple(said[:2])
    if pair in _PHRASES:
        return pair not in _OPEN_PHRASES or not (_MEANT - _of_others(subject)).isdisjoint(said[2:])
    return said[0] in ENDING_WORDS and _BESIDE.issuperset(said[1:])
