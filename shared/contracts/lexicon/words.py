"""Words of flags, payment methods, account types and roles, and the spellings of an empty cell."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from shared.contracts.roles import Role

_SHORTEST_PLURAL: Final = 4
_LONGEST_WORD: Final = 60
_BRACKETS: Final = "()[]{}\"'"


# A sign between them parts the answer from the way of delivery: without it "no paper" means the opposite.
_NO_THEN_PAPER: Final = re.compile(
    r"\W*no?\s*(?:[^\w\s'\u2019]|_)[\W_]*(?:paper|print|mail|usps|hard ?copy)[a-z]*"
    r"(?:\W+(?:only|bill|statement|invoice)s?)?\W*",
    re.IGNORECASE,
)
_NO_AND_PAPER: Final = "no, paper"


def word_key(text: str) -> str:
    """What two ways of writing a word have in common: "E-Mail", "(email)" and "Emails" are one word.

    Case, accents, hyphens, brackets, punctuation, blanks and a plural s do not count. Numbers stay as they are
    written: "-1" and "1.0" are not "1", nor is "Y?" a yes. What is too long for a word is no word and stays as it is.
    """
    return text if len(text) > _LONGEST_WORD else _key(text)


@lru_cache(maxsize=50_000)
def _key(text: str) -> str:
    if text.rstrip().endswith("?"):
        return text.casefold().strip()
    if _NO_THEN_PAPER.fullmatch(text):
        return _NO_AND_PAPER
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in folded if sign.isalnum())
    if not any(sign.isalpha() for sign in letters):
        return text.strip().strip(_BRACKETS).strip()
    is_plural = len(letters) >= _SHORTEST_PLURAL and letters.endswith("s") and not letters.endswith("ss")
    return letters[:-1] if is_plural else letters


def keys_of(words: str) -> frozenset[str]:
    return frozenset(map(word_key, words.split(",")))


# What export programs write where a cell is empty: databases, spreadsheets, scripts and clerks.
_NOTHING: Final = (
    "null,nil,none,nan,-nan,na,n/a,n\\a,n / a,n-a,n.a,n/d,n.d,pd.na,dbnull,system.dbnull,undefined,blank,empty,"
    "missing,not available,not applicable,not provided,not given,not supplied,not entered,not specified,not set,"
    "none provided,none available,no data,no value,no entry,empty string,object object,&nbsp;,<br>,<br/>,"
    "not on file,not known,\\n,\\\\n"
)
_OF_SPREADSHEETS: Final = (
    "n/a,na,null,ref,value,name,num,div/0,error,spill,calc,field,blocked,connect,busy,unknown,getting_data,external,"
    "python,timeout,circular"
)
_BRACKETED: Final = ("{}", "{}.", "({})", "<{}>", "[{}]", "{{{}}}", '"{}"', "'{}'", "<<{}>>", "[[{}]]", "{{{{{}}}}}")
_EMPTY: Final = frozenset(
    (
        *(form.format(word) for word in _NOTHING.split(",") for form in _BRACKETED),
        *(f"{word} {word}" for word in ("null", "none", "nan", "n/a", "na")),
        *(f"#{word}{sign}" for word in _OF_SPREADSHEETS.split(",") for sign in ("", "!", "?")),
        *(f"err:{number}" for number in range(501, 541)),
        *("#getting_data", "-", "--", "---", "----", "\u2013", "\u2014", ".", "?"),
    )
)
_BROKEN: Final = re.compile(r"#[A-Za-z/0_]{2,20}[!?]")  # what spreadsheets show instead of a value
_NO_TIME: Final = "NaT"  # as it is written: there are people called Nat


def is_empty(text: str) -> bool:
    """Whether the cell, which has no blanks around it, only says that there is nothing."""
    if not text or (len(text) <= _LONGEST_WORD and text.casefold() in _EMPTY):
        return True
    return text == _NO_TIME or (text[0] == "#" and _BROKEN.fullmatch(text) is not None)


def has_empty(cells: Sequence[str]) -> bool:
    """Whether one of the cells that are filled is empty; most columns are found to have none at once."""
    text = "".join(cells)
    if text.encode("utf-8", "surrogatepass").isdigit():
        return False
    if not _EMPTY.isdisjoint(map(str.casefold, cells)):
        return True
    return ("#" in text or _NO_TIME in text) and any(map(is_empty, filter(None, cells)))


class Flag(Enum):
    """What an enrollment flag says."""

    YES = "yes"
    PRENOTE = "prenote"
    NO = "no"
    BLANK = "blank"
    BOTH = "both"
    UNREADABLE = "unreadable"


_YES: Final = "y,yes,1,true,t,x,on,active,enrolled,enabled,opted in,opt in,subscribed,signed up"
_NO: Final = (
    "n,no,0,false,f,off,inactive,not active,disabled,opted out,opt out,unsubscribed,not enrolled,unenrolled,declined,"
    "revoked,canceled,cancelled,terminated,stopped,ended,expired,deleted,removed,closed,deceased,withdrawn"
)
_AUTOPAY_YES: Final = (
    f"{_YES},approved,live,ach,eft,draft,bank draft,direct debit,direct pay,autopay,auto draft,automatic,recurring,"
    "yes ach,yes eft,yes draft,yes bank draft,yes autopay,yes card"
)
_AUTOPAY_NO: Final = f"{_NO},suspended,on hold,paused,rejected,manual"
_PRENOTE: Final = "prenote,pre note,prenote sent,prenoted,prenotification"
_EMAIL: Final = (
    f"{_YES},e,email,email only,emailed,email bill,paperless,ebill,estatement,einvoice,electronic,electronic only,"
    "electronically,electronic bill,online,online only,digital,no paper,yes paperless,yes email"
)
_BY_MAIL: Final = (
    "paper,paper only,paper bill,paper statement,print,printed,print only,mail,mail only,mailed,us mail,usps,"
    "postal mail,regular mail,standard mail,hard copy,letter,by letter"
)
_PAPER: Final = f"{_NO},p,no-paper,{_BY_MAIL}"
_BOTH: Final = (
    "b,both,email and paper,email paper,paper and email,paper email,electronic and paper,electronic paper,"
    "paper and electronic,paper electronic,print and email,print email,email and print,email print,mail and email,"
    "mail email,email and mail,email mail"
)
# Words that say by themselves that a customer is not to be imported, whatever the column is called.
STOP_WORDS: Final = keys_of(
    "revoked,canceled,cancelled,terminated,closed,account closed,inactive,not active,deceased,withdrawn,opted out,"
    "opt out,unsubscribed,unenrolled,not enrolled,declined,rejected,disabled,deleted,removed,suspended,stopped,expired,"
    "on hold,final billed,moved out,bankrupt,bankruptcy,written off,write off,do not import,do not enroll,do not email"
)
PAPER_WORDS: Final = keys_of(f"{_BY_MAIL},no-paper,no paperless,no email,no ebill")
_TURNING: Final = keys_of(
    "y,yes,1,true,t,x,on,active,enrolled,enabled,subscribed,n,no,0,false,f,off,inactive,disabled,unsubscribed"
)
# Paper beside E; beside a plain no it may be paperless.
PAPER_LETTER: Final = "p"
PLAIN_NO: Final = frozenset(("n", "no"))
# A mark: yes where nothing else stands in its column. Beside Y and N it may be a crossed-out yes or no.
CROSS: Final = "x"
_OPPOSITE: Final = {Flag.YES: Flag.NO, Flag.NO: Flag.YES}


def _flags(words: Mapping[Flag, str]) -> Mapping[str, Flag]:
    return {key: flag for flag, text in words.items() for key in keys_of(text)} | {"": Flag.BLANK}


AUTOPAY_FLAGS: Final = _flags({Flag.YES: _AUTOPAY_YES, Flag.NO: _AUTOPAY_NO, Flag.PRENOTE: _PRENOTE})
PAPERLESS_FLAGS: Final = _flags({Flag.YES: _EMAIL, Flag.NO: _PAPER, Flag.BOTH: _BOTH})
# Where a column asks whether paper is wanted; the words that name a way of delivery keep their meaning.
REVERSED_PAPERLESS_FLAGS: Final = {
    key: _OPPOSITE[flag] if key in _TURNING else flag for key, flag in PAPERLESS_FLAGS.items()
}

MethodKind = Literal["ach", "card"]
_BANK: Final = (
    "ach,ach debit,bank,bank account,bank acct,bank draft,draft,eft,electronic funds transfer,check,echeck,"
    "electronic check,checking,checking account,savings,savings account,direct debit,direct payment"
)
_CARD: Final = (
    "card,cc,credit,credit card,debit card,credit debit card,credit or debit card,card on file,visa,mastercard,"
    "master card,amex,american express,discover"
)
METHOD_KINDS: Final[Mapping[str, MethodKind]] = {
    **dict.fromkeys(keys_of(_BANK), "ach"),
    **dict.fromkeys(keys_of(_CARD), "card"),
}
# Ways to pay that no autopay can use: known words, and no method.
NO_METHODS: Final = keys_of(
    "cash,money order,cashiers check,paper check,check by mail,mail,lockbox,walk in,counter,in person,kiosk,manual,"
    "invoice,wire,wire transfer,bank by mail,online banking,bill pay,none,other"
)

Holder = Literal["", "personal", "business"]


class AccountType(NamedTuple):
    """Checking or savings, and whose account it is (blank where the word does not say)."""

    type: Literal["checking", "savings"]
    holder: Holder = ""


_CHECKING, _SAVINGS = "checking,checking account,checking acct", "savings,savings account,savings acct"
_CHECKING_WORDS: Final = f"c,ck,chk,chkg,ckg,dda,d,share draft,1,22,27,23,28,{_CHECKING}"
_SAVINGS_WORDS: Final = f"s,sv,sav,svg,svgs,2,32,37,33,38,{_SAVINGS}"
_HOLDERS: Final[Mapping[Holder, tuple[str, ...]]] = {
    "personal": ("personal", "consumer", "individual", "pers"),
    "business": ("business", "corporate", "commercial", "company", "bus", "biz", "corp", "comm"),
}


def _types() -> dict[str, AccountType]:
    types = dict.fromkeys(keys_of(_CHECKING_WORDS), AccountType("checking"))
    types |= dict.fromkeys(keys_of(_SAVINGS_WORDS), AccountType("savings"))
    for holder, words in _HOLDERS.items():
        for word in words:
            types |= {key: AccountType("checking", holder) for key in _with_holder(word, f"{_CHECKING},chk,ck,chkg")}
            types |= {key: AccountType("savings", holder) for key in _with_holder(word, f"{_SAVINGS},sav")}
    return types


def _with_holder(word: str, kinds: str) -> frozenset[str]:
    """As in "Business Checking" and "Checking (Business)"."""
    return frozenset(word_key(text) for kind in kinds.split(",") for text in (f"{word} {kind}", f"{kind} {word}"))


ACCOUNT_TYPES: Final[Mapping[str, AccountType]] = _types()
# Kinds of account that nothing is collected from by direct debit.
NO_DEPOSIT_ACCOUNTS: Final = keys_of(
    "l,loan,loan account,line of credit,credit line,g,gl,general ledger,general ledger account,ledger,ledger account,"
    "credit card,mortgage,3,42,47,43,48,52,57,53,58"
)
PRENOTE_TYPES: Final = frozenset(("23", "28", "33", "38"))  # NACHA transaction codes of prenotes

ROLES: Final[Mapping[str, Role]] = {
    **dict.fromkeys(
        ("", *keys_of("owner,account owner,primary,primary owner,account holder,primary account holder")), Role.OWNER
    ),
    **dict.fromkeys(keys_of("oversight,account oversight"), Role.OVERSIGHT),
    **dict.fromkeys(keys_of("guest,account guest"), Role.GUEST),
}

# Roles of people who work for the biller: no customer's.
STAFF_ROLES: Final = keys_of(
    "admin,administrator,account admin,superuser,super user,system,staff,employee,csr,agent,support,operator,test"
)

# What stands in a column of own amounts or days where the biller's terms apply.
NO_OWN_TERMS: Final = keys_of(
    "due date,on due date,bill due date,full,full balance,full amount,balance,balance due,statement balance,total due,"
    "amount due,at billing"
)
# The same in a column of highest amounts.
NO_LIMIT: Final = NO_OWN_TERMS | keys_of("no limit,unlimited,not limited,no max,no maximum,any amount,any")
# In a column of days on which autopay ends.
NO_END: Final = keys_of(
    "never,never ends,never expires,no end,no end date,no expiration,none,indefinite,indefinitely,ongoing,open,"
    "open ended,perpetual,permanent,continuous,recurring,until cancelled,until canceled,"
    "until further notice,until revoked"
)
# In a column of days on which autopay starts.
NO_START: Final = keys_of(
    "immediately,immediate,now,asap,as soon as possible,at once,at enrollment,upon enrollment,upon receipt,on receipt,"
    "next bill,next billing,next bill date,next billing date,next invoice,next due date,next statement,current"
)
LAST_DAY: Final = keys_of("last,last day,last day of month,last of month,end of month,month end,eom")

# What stands before the last digits of a bank account number.
BEFORE_LAST_DIGITS: Final = keys_of(
    "end,ends,ends in,ends with,ending,ending in,ending with,last,last four,last digit,acct,acct ending,acct no,"
    "account,account no,account ending,bank,bank acct,checking,checking acct,savings,savings acct,"
    "chk,ckg,sav,svg,number,no"
)
# Words that clerks type where a number or a token should be.
NOT_A_NUMBER: Final = keys_of(
    "closed,cancelled,canceled,pending,expired,unknown,invalid,deleted,removed,test,dummy,none,declined,inactive,"
    "missing,placeholder,redacted,masked,hidden,encrypted,restricted,account closed,acct closed,closed account,"
    "closed acct,frozen,suspended,terminated,void,voided,stopped,to follow,tbd,tba,to be determined,to be advised,"
    "on file,card on file,see file,see note,not available,not provided,not on file,not found,no account,no acct,"
    "ending,ending in,end in,last,last four,last digit,"
    "no number,no token,no card,do not use,donotuse,sample,example,test account,testing,test token,temp,temporary,"
    "new account,none given,no longer valid,bad account,wrong number"
)
