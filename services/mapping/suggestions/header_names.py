"""Names that exports give their columns, as `header_key` compares them."""

from typing import Final

from shared.contracts.fields import FieldName
from shared.csvfile import header_key

_F = FieldName
# A yes in these columns means paper, the opposite of what the flag says elsewhere.
_OPPOSITE: Final = "Paper, Paper Bill, PaperInvoices, Print, Print Bill, Send Paper Statement"
_NAMES: Final[dict[FieldName, str]] = {
    _F.ROUTING_NUMBER: "Routing, Routing Number, Routing No, RTN, ABA, ABA Number, ABA/Routing, "
    "Transit, Transit Routing, Bank Routing, RTE_NO, TR Number, R/T, Bank ID, Bank "
    "Number, RDFI, DFI ID, Bank ABA, Receiving DFI, ABA_RTN, achBankABACode, Bank Code",
    _F.BANK_ACCOUNT_NUMBER: "Bank Account, Bank Account Number, Bank Acct, Bank Acct No, Bank Acct #, DFI "
    "Account, DDA, DDA Number, Checking Account, Checking Acct No, ACH Account, ACH "
    "Acct, EFT Account, Draft Account, Payment Account, Account Number 2, achBankAccountNumber",
    _F.BANK_ACCOUNT_TYPE: "Account Type, Acct Type, Bank Account Type, Bank Acct Type, ACH Type, Type, "
    "C/S, Chk/Sav, Checking/Savings, Tran Code, Transaction Code, TC, EFT Type, "
    "Draft Type",
    _F.ACCOUNT_HOLDER_NAME: "Name on Account, Account Holder, Bank Account Name, Depositor, Name on Bank "
    "Account, Payer Name, Individual Name",
    _F.METHOD_KIND: "Payment Type, Pay Method, Payment Method, Method, Tender, Pymt Type, ACH/CC",
    _F.CARD_TOKEN: "Token, Card Token, Payment Token, CC Token, Vault ID, Vault Token, Profile ID, "
    "Payment Profile, Wallet ID, RegID, Card Ref",
    _F.CARD_LAST4: "Last4, Last Four, Card Last 4, CC Last4, Masked Card, Card Number Masked",
    _F.CARD_BRAND: "Card Type, CC Type, Brand, Card Brand",
    _F.CARD_EXPIRY: "Exp, Exp Date, Expiration, Expiration Date, Expiry, Card Exp, CC Exp, MMYY, Exp MM/YY",
    _F.CARD_EXPIRY_MONTH: "Exp Month, ExpMo, MM",
    _F.CARD_EXPIRY_YEAR: "Exp Year, ExpYr, YY, YYYY",
    _F.EMAIL: "Email, E-mail, Email Address, EmailAddr, EMAIL_ADDR, Email 1, Primary Email, E "
    "Bill Email, eBill Address, Contact Email, Notification Email, Internet "
    "Address, Login Email, User Email",
    _F.EMAIL_CC: "Email 2, Secondary Email, Alternate Email, CC Email, EmailAddressCC, Courtesy "
    "Email, Additional Email",
    _F.LOGIN_NAME: "Username, User Name, User ID, UserID, Login, Login ID, Login Name, Web User, Portal User",
    _F.AUTOPAY_FLAG: "Autopay, Auto Pay, AutoPay Flag, APay, ACH Flag, Bank Draft, Draft, Draft Y/N, "
    "EFT, Direct Debit, Direct Pay, Auto Draft, Recurring, Enrolled, Autopay "
    "Status, ACH Status",
    _F.START_DATE: "Start Date, Begin Date, Effective Date, Enroll Date, ACH Start, ACH Start Date",
    _F.END_DATE: "ACH End Date, End Date, Stop Date, Expire Date, Term Date, Cancel Date, Expiration Date",
    _F.PAY_DAY: "Pay Day, Draft Day, Day of Month, Payment Day",
    _F.FIXED_AMOUNT: "Amount, Fixed Amount, Pay Amount, Draft Amount",
    _F.MAX_AMOUNT: "Max Amount, Maximum Amount, Limit, Not To Exceed",
    _F.PAPERLESS_FLAG: "Paperless, Paperless Flag, eBill, E-Bill, EBill Flag, E-Statement, Bill "
    "Delivery, Delivery, Delivery Method, Bill Type, Bill Format, Suppress Paper, No Print, "
    f"{_OPPOSITE}",
    _F.AUTHORIZATION_DATE: "Auth Date, Authorization Date, Signed, Signed Date, Signature Date, Agreement Date",
    _F.CONSENT_DATE: "Consent Date, Opt In Date, Agreement Date, Signed Date",
    _F.AUTHORIZATION_CHANNEL: "Auth Type, Enroll Source, Channel",
    _F.SEC_CODE: "SEC, SEC Code",
    _F.NAMES_PARTY: "Names Party, Authorized Party",
    _F.PRIOR_LAST_DEBIT_DATE: "Last Debit Date, Last Draft Date, Last Payment Date",
    _F.CONSENT_TEXT_VERSION: "Consent Version, Terms Version",
    _F.CONSENT_IP: "IP, IP Address, Consent IP",
    _F.ROLE: "Role, User Role, User Type",
    _F.CONSENT_CHANNEL: "Consent Channel, Enroll Source, Channel",
    _F.AUTHORIZATION_REFERENCE: "Form ID, Agreement No, Authorization No",
    _F.CUSTOMER_NAME: "Name, Customer Name, Account Name, Bill To Name, Owner, Owner Name, Full Name, "
    "Cust Name, CUSTNAME, Name1, Name Line 1, Responsible Party, Policyholder",
    _F.FIRST_NAME: "First, First Name, FName, FIRST_NM, Given Name",
    _F.LAST_NAME: "Last, Last Name, LName, LAST_NM, Surname",
    _F.PHONE: "Phone, Phone Number, Home Phone, Cell",
    _F.ADDRESS1: "Address, Addr1, Address 1, Address Line 1, Mailing Address, Street",
    _F.ADDRESS2: "Addr2, Address 2, Address Line 2",
    _F.CITY: "City, Town",
    _F.STATE: "State, ST",
    _F.ZIP: "Zip, Zip Code, Postal Code",
    _F.BILLER_NAME: "Biller, Biller Name, Utility Name",
    _F.LEGACY_ID: "Legacy ID, Old ID, Record ID, Audit Reference ID, External ID",
    _F.REGISTERED_AT: "Registered, Registered At, Registered On, Registration Date, Date Registered, Reg Date",
    _F.LAST_LOGIN_AT: "Last Login, Last Login At, Last Login Date, Last Logon, Last Sign In, Last Signed In",
}
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
    return frozenset(header_key(name) for name in names.split(","))


BY_FIELD: Final = {field: _keys(names) for field, names in _NAMES.items()}
ACCOUNT_PARTS: Final = _keys(_ACCOUNT)
# Headers that name several things; only values of the right kind make them one of these.
AMBIGUOUS: Final = _keys(
    "Account Type, Acct Type, Type, Status, Method, Bank Number, Bank ID, Bank Code, Expiration Date, Bill Type, "
    "Amount, Effective Date, MM, YY, YYYY, Channel, Limit, Registered"
)
OPPOSITE_OF_PAPERLESS: Final = _keys(_OPPOSITE)
