"""What the header of a column says: the fields that it names, and how exactly."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from services.mapping.suggestions.wording import words_of
from shared.contracts.fields import FieldName
from shared.csvfile import header_key

_F = FieldName
_Words = frozenset[str]
_ACCOUNT: Final = (
    "Account, Account Number, Account No, Account #, Acct, Acct No, Acct #, AcctNum, ACCT_NBR, "
    "AccountNbr, Acct ID, Utility Account, UB Account, Service Account, Customer Account, Cust Acct, Account ID, "
    "AccountKey, Bill Account, Billing Acct No, Full Account Number, Account-Customer, Parcel, Parcel ID, "
    "Parcel Number, Map/Lot, Policy, Policy Number, Policy No, IC Account Number, InvoiceCloud Account, "
    "Consumer No, Customer Number, Cust No, CustID, CID, Customer ID, Cust#, CustomerNbr, Entity ID, "
    "Location, Location No, Loc, LocID, Loc #, Premise, Premise ID, Service Location, Site ID, Unit, "
    "Suffix, Seq, Sequence, Occupant, Occ, Tenant, CD, Check Digit, Chk, "
    "Account Ref, Account Reference, Acct Ref, Acct Reference, Customer Ref, Customer Reference, Cust Ref, "
    "Display Account, Printed Account, Bill Account Display, Formatted Account"
)
# Words that may stand beside a name of the field and leave it what it is. Any other makes it something else.
_PEOPLE: Final = "customer bill to home primary mailing owner insured resident buyer contact detail"
_METHOD: Final = "bank ach eft draft debit direct autopay recurring payment method customer payer"
_CARD: Final = "card credit debit payment method"
_ADDRESS: Final = f"{_PEOPLE} card ach address street home 1 service"
_BESIDE: Final[Mapping[FieldName, str]] = {
    _F.ROUTING_NUMBER: f"{_METHOD} number code id aba transit routing rtn",
    _F.BANK_ACCOUNT_NUMBER: f"{_METHOD} number id checking savings dda to",
    _F.CARD_TOKEN: f"{_CARD} customer id number reference value gateway",
    _F.CARD_EXPIRY: f"{_CARD} date",
    _F.CARD_EXPIRY_MONTH: f"{_CARD} date",
    _F.CARD_EXPIRY_YEAR: f"{_CARD} date",
    _F.CARD_BRAND: f"{_CARD} name code type",
    _F.CARD_LAST4: f"{_CARD} number digit digits of",
    _F.BANK_ACCOUNT_TYPE: f"{_METHOD} account code checking savings c s or flag",
    _F.ACCOUNT_HOLDER_NAME: f"{_METHOD} name account card credit holder full",
    _F.AUTOPAY_FLAG: "is flag status code customer ach eft draft enroll autopay payment",
    _F.METHOD_KIND: "type code payment autopay ach card customer preference",
    _F.PAPERLESS_FLAG: "is flag status code type preference method option customer bill statement enroll opt in",
    _F.CUSTOMER_NAME: f"{_PEOPLE} full 1 line name",
    _F.FIRST_NAME: f"{_PEOPLE} name 1",
    _F.LAST_NAME: f"{_PEOPLE} name 1",
    _F.LOGIN_NAME: "portal web online user name id customer",
    _F.ROLE: "portal user account access customer",
    _F.EMAIL: f"{_PEOPLE} address ebill paperless account user login portal notification personal home 1",
    _F.EMAIL_CC: f"{_PEOPLE} address account user 2",
    _F.PHONE: f"{_PEOPLE} number phone home cell ach user account day 1",
    _F.ADDRESS1: f"{_ADDRESS} line",
    _F.ADDRESS2: f"{_ADDRESS} line".replace(" 1 ", " "),
    _F.CITY: f"{_ADDRESS} name",
    _F.STATE: f"{_ADDRESS} code",
    _F.ZIP: f"{_ADDRESS} code",
    _F.START_DATE: "autopay ach eft draft debit payment enroll date",
    _F.END_DATE: "autopay ach eft draft debit payment enroll date",
    _F.PAY_DAY: "autopay ach eft draft payment recurring customer of month preference number",
    _F.FIXED_AMOUNT: "autopay ach eft draft payment",
    _F.MAX_AMOUNT: "autopay ach eft draft payment amount limit",
    _F.AUTHORIZATION_DATE: "autopay ach eft draft payment customer form signed authorization agreement",
    _F.AUTHORIZATION_CHANNEL: "autopay ach eft draft authorization",
    _F.AUTHORIZATION_REFERENCE: "autopay ach eft draft authorization number id",
    _F.SEC_CODE: "ach eft payment entry class authorization",
    _F.CONSENT_DATE: "paperless ebill customer enroll date status",
    _F.CONSENT_CHANNEL: "paperless ebill customer consent enroll",
    _F.CONSENT_IP: "paperless ebill customer address consent enroll",
    _F.REGISTERED_AT: "user account customer portal date on of",
    _F.LAST_LOGIN_AT: "user account customer portal date on of",
    _F.PRIOR_LAST_DEBIT_DATE: "autopay ach eft payment",
    _F.NAMES_PARTY: "",
    _F.TOKEN_VAULT: "",
    _F.CONSENT_TEXT_VERSION: "paperless ebill",
    _F.BILLER_NAME: "",
    _F.LEGACY_ID: "system number",
}
_ANYWHERE: Final = "system"
_BESIDE_ACCOUNT: Final = (
    "number id code customer account service location utility bill system merchant full our ic water"
)
# People and firms that are no customers of the biller, whoever did something, and what is no longer so.
_OTHERS: Final = (
    "agent agency broker producer csr rep employee staff manager office company business vendor spouse emergency"
    " landlord guarantor support biller reply co joint"
    " sender from by author creator editor approver requester created modified updated entered changed assigned"
    " legacy former formerly previous prev prior past before original bounced bounce invalid bad undeliverable returned"
    " failed rejected removed deleted replaced obsolete inactive cancel"
)
# A key of the database may be called so, too: what is named for signing in comes first.
_LESS_EXACT: Final = {FieldName.LOGIN_NAME: "id"}
_NAMELESS: Final = "field column col f c value data text unnamed"
# What one vendor calls ACH another calls so: "ACH Start" is "Draft Start".
_ACH: Final = "ach"
_CALLED_ALSO: Final = ("eft", "draft", "debit", "autopay", "recurring")
_LESS_LIKELY: Final = "service"  # the address of the meter may be another than that of the customer
_ALIKE, _EACH_WORD, _UNLIKELY = 0.95, 0.05, 0.3


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


def _keys(listed: str) -> frozenset[str]:
    return frozenset(map(header_key, _names(listed)))


def _phrases(listed: str) -> frozenset[_Words]:
    found = {_Words(words_of(name)) for name in _names(listed)}
    return frozenset(
        found | {phrase - {_ACH} | {other} for phrase in found if _ACH in phrase for other in _CALLED_ALSO}
    )


def _set_of(words: str) -> _Words:
    return _Words(words.split())


BY_FIELD: Final[Mapping[FieldName, frozenset[str]]] = {
    field: _keys(f"{field.spec.headers},{field.spec.opposite_headers}") for field in FieldName
}
ACCOUNT_PARTS: Final = _keys(_ACCOUNT)
# These say something only as they are listed, or with words beside: "Month" is no "MM" of a card.
_BARE: Final = _phrases("Type, Method, Amount, MM, YY, Channel, Limit, Draft, First, Last")
# "EFT Amount" may be that of the last bill, "Exp Date" that of a card, "Family Contact" anybody's.
_AS_LISTED: Final = {
    _F.FIXED_AMOUNT: _phrases("Amount"),
    _F.END_DATE: _phrases("Expiration Date"),
    _F.FIRST_NAME: _phrases("Given"),
    _F.LAST_NAME: _phrases("Family"),
    _F.CUSTOMER_NAME: _phrases("Party"),
}
_PHRASES: Final[Mapping[FieldName, frozenset[_Words]]] = {
    field: _phrases(f"{field.spec.headers},{field.spec.opposite_headers}") - _AS_LISTED.get(field, frozenset())
    for field in FieldName
}
# A yes in these columns means the opposite of what it says elsewhere.
_OPPOSITE: Final = _phrases(_F.PAPERLESS_FLAG.spec.opposite_headers)
_ACCOUNT_PHRASES: Final = _phrases(_ACCOUNT)
# Headers that name several things; only values of the right kind make them one of these.
_AMBIGUOUS: Final = _phrases(
    "Account Type, Acct Type, Type, Status, Method, Bank Number, Bank ID, Bank Code, Expiration Date, Expire Date, "
    "Bill Type, Amount, Effective Date, ACH, EFT, MM, YY, YYYY, Channel, Limit, Start, Max, Registered, "
    "Enrolled, Enrollment Status, Draft, Card ID, Payer, Insured, "
    "Resident, Holder, Opted In, R/T, C/S, TC, ST, First, Last, Given, Family, Party, Print, Paper, Delivery"
)
# A term: of the authorization only where a word for autopay stands beside, since policies, leases and rates have one.
TERMS: Final = _phrases(
    "Effective Date, Effective, Expiration Date, Expiration, Expire Date, Exp Date, Term Date, Start Date, End Date, "
    "Begin Date, Start"
)
_NO_CUSTOMERS, _SAYING_NOTHING, _UNLIKELY_BESIDE = _set_of(_OTHERS), _set_of(_NAMELESS), _set_of(_LESS_LIKELY)
_MAY_STAND_BESIDE_ACCOUNT: Final = _set_of(_BESIDE_ACCOUNT)
_MAY_STAND_BESIDE: Final[Mapping[FieldName, _Words]] = {
    field: _set_of(f"{_BESIDE.get(field, '')} {_ANYWHERE}") for field in FieldName
}


@lru_cache(maxsize=8_192)
def names(field: FieldName, header: str) -> float:
    """How exactly the header names the field: 1 as it is listed, less with words beside, 0 not at all."""
    found = _Words(words_of(header))
    if header_key(header) in BY_FIELD[field]:
        return _ALIKE if _LESS_EXACT.get(field) in found else 1.0
    return 0.0 if found in _BARE else _closest(found, _PHRASES[field], _MAY_STAND_BESIDE[field])


def says_nothing_alone(header: str) -> bool:
    return _Words(words_of(header)) in _AMBIGUOUS


def is_about_others(header: str) -> bool:
    """Whether the column says something of people who are no customers."""
    return not _NO_CUSTOMERS.isdisjoint(words_of(header))


def is_nameless(header: str) -> bool:
    """Whether the header says nothing: blank, or a word for columns of any kind."""
    return all(word in _SAYING_NOTHING or word.isdigit() for word in words_of(header))


def names_part_of_account(header: str) -> bool:
    """Whether the header names the biller's account number or a part of it, with words beside or without."""
    if header_key(header) in ACCOUNT_PARTS:
        return True
    return _closest(_Words(words_of(header)), _ACCOUNT_PHRASES, _MAY_STAND_BESIDE_ACCOUNT) > 0


def asks_for_paper(header: str) -> bool:
    """Whether the header names a paperless status with the opposite sense."""
    found = _Words(words_of(header))
    return _closest(found, _OPPOSITE, _MAY_STAND_BESIDE[_F.PAPERLESS_FLAG] | {"send", "want"}) > 0


def _closest(found: _Words, phrases: frozenset[_Words], beside: _Words) -> float:
    left = [found - phrase for phrase in phrases if phrase and phrase <= found]
    allowed = [extra for extra in left if extra <= beside]
    return max(
        (_ALIKE - _EACH_WORD * len(extra) - _UNLIKELY * len(extra & _UNLIKELY_BESIDE) for extra in allowed), default=0.0
    )
