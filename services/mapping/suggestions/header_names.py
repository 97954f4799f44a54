"""Names that exports give their columns, as `header_key` compares them."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.fields import FieldName
from shared.csvfile import header_key

_ACCOUNT: Final = (
    "Account, Account Number, Account No, Account #, Acct, Acct No, Acct #, AcctNum, ACCT_NBR, "
    "AccountNbr, Acct ID, Utility Account, UB Account, Service Account, Customer Account, Cust Acct, Account ID, "
    "AccountKey, Bill Account, Billing Acct No, Full Account Number, Account-Customer, Parcel, Parcel ID, "
    "Parcel Number, Map/Lot, Policy, Policy Number, Policy No, IC Account Number, InvoiceCloud Account, "
    "Consumer No, Customer Number, Cust No, CustID, CID, Customer ID, Cust#, CustomerNbr, Entity ID, "
    "Location, Location No, Loc, LocID, Loc #, Premise, Premise ID, Service Location, Site ID, Unit, "
    "Suffix, Seq, Sequence, Occupant, Occ, Tenant, CD, Check Digit, Chk, "
    "Display Account, Printed Account, Bill Account Display, Formatted Account"
)


def _keys(names: str) -> frozenset[str]:
    return frozenset(header_key(name) for name in names.split(",") if name)


BY_FIELD: Final[Mapping[FieldName, frozenset[str]]] = {
    field: _keys(f"{field.spec.headers},{field.spec.opposite_headers}") for field in FieldName
}
# A yes in these columns means the opposite of what it says elsewhere.
OPPOSITE: Final[Mapping[FieldName, frozenset[str]]] = {field: _keys(field.spec.opposite_headers) for field in FieldName}
ACCOUNT_PARTS: Final = _keys(_ACCOUNT)
# Headers that name several things; only values of the right kind make them one of these.
AMBIGUOUS: Final = _keys(
    "Account Type, Acct Type, Type, Status, Method, Bank Number, Bank ID, Bank Code, Expiration Date, Bill Type, "
    "Amount, Effective Date, MM, YY, YYYY, Channel, Limit, Registered"
)
