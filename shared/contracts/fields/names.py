"""The one table of the fields, in the order in which pages offer them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from shared.contracts.fields.spec import FieldSpec, GoesTo, Holds, Privacy
from shared.contracts.kinds import KINDS, ImportKind
from shared.contracts.roles import Role


class FieldName(StrEnum):
    """What a column of the file can mean (domain: import fields)."""

    ROUTING_NUMBER = "routing_number"
    BANK_ACCOUNT_NUMBER = "bank_account_number"
    CARD_TOKEN = "card_token"
    CARD_EXPIRY = "card_expiry"
    BANK_ACCOUNT_TYPE = "bank_account_type"
    ACCOUNT_HOLDER_NAME = "account_holder_name"
    AUTOPAY_FLAG = "autopay_flag"
    METHOD_KIND = "method_kind"
    PAPERLESS_FLAG = "paperless_flag"
    CUSTOMER_NAME = "customer_name"
    LOGIN_NAME = "login_name"
    ROLE = "role"
    EMAIL = "email"
    START_DATE = "start_date"
    END_DATE = "end_date"
    PAY_DAY = "pay_day"
    FIXED_AMOUNT = "fixed_amount"
    MAX_AMOUNT = "max_amount"
    AUTHORIZATION_DATE = "authorization_date"
    AUTHORIZATION_CHANNEL = "authorization_channel"
    AUTHORIZATION_REFERENCE = "authorization_reference"
    SEC_CODE = "sec_code"
    NAMES_PARTY = "names_party"
    PRIOR_LAST_DEBIT_DATE = "prior_last_debit_date"
    CARD_BRAND = "card_brand"
    CARD_LAST4 = "card_last4"
    CARD_EXPIRY_MONTH = "card_expiry_month"
    CARD_EXPIRY_YEAR = "card_expiry_year"
    TOKEN_VAULT = "token_vault"
    EMAIL_CC = "email_cc"
    CONSENT_DATE = "consent_date"
    CONSENT_CHANNEL = "consent_channel"
    CONSENT_TEXT_VERSION = "consent_text_version"
    CONSENT_IP = "consent_ip"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PHONE = "phone"
    ADDRESS1 = "address1"
    ADDRESS2 = "address2"
    CITY = "city"
    STATE = "state"
    ZIP = "zip"
    BILLER_NAME = "biller_name"
    LEGACY_ID = "legacy_id"
    REGISTERED_AT = "registered_at"
    LAST_LOGIN_AT = "last_login_at"

    @property
    def spec(self) -> FieldSpec:
        return FIELDS[self]

    @property
    def staged(self) -> tuple[str, ...]:
        match self.spec.goes_to:
            case GoesTo.PLAN:
                return self.spec.fills or (self.value,)
            case GoesTo.EVIDENCE:
                return ("evidence",)
            case GoesTo.LOG:
                return ("for_log",)
            case GoesTo.CHECK:
                return ()

    @property
    def is_only_kept(self) -> bool:
        """Whether the cells decide nothing: how a customer agreed, and what goes to the log."""
        return self in _HOW_AGREED or self.spec.goes_to in (GoesTo.EVIDENCE, GoesTo.LOG)

    @property
    def in_log(self) -> str:
        return self.spec.log_name or self.value


_F = FieldName
_HOW_AGREED: Final = frozenset((_F.AUTHORIZATION_CHANNEL, _F.AUTHORIZATION_REFERENCE, _F.CONSENT_CHANNEL))
_AUTOPAY: Final = frozenset({ImportKind.AUTOPAY})
_PAPERLESS: Final = frozenset({ImportKind.PAPERLESS})
_REGISTRATION: Final = frozenset({ImportKind.REGISTRATION})
_ENROLLING: Final = frozenset(kind for kind, spec in KINDS.items() if spec.enrollment)
_EVERY: Final = frozenset(ImportKind)

FIELDS: Final[Mapping[FieldName, FieldSpec]] = {
    _F.ROUTING_NUMBER: FieldSpec(
        "Routing number",
        _AUTOPAY,
        privacy=Privacy.HARMLESS,  # it names a bank, not a person
        holds=Holds.ROUTING_NUMBER,
        headers="Routing, Routing Number, Routing No, RTN, ABA, ABA Number, ABA/Routing, Transit, Transit Routing, "
        "Bank Routing, RTE_NO, TR Number, R/T, Bank ID, Bank Number, RDFI, DFI ID, Bank ABA, Receiving DFI, ABA_RTN, "
        "achBankABACode, Bank Code, Bank Route",
        makes_account_numbers=False,
    ),
    _F.BANK_ACCOUNT_NUMBER: FieldSpec(
        "Bank account number",
        _AUTOPAY,
        privacy=Privacy.SECRET,
        holds=Holds.BANK_ACCOUNT_NUMBER,
        headers="Bank Account, Bank Account Number, Bank Acct, Bank Acct No, Bank Acct #, DFI Account, DDA, "
        "DDA Number, Checking Account, Checking Acct No, ACH Account, ACH Acct, EFT Account, Draft Account, "
        "Payment Account, Debit Account, Account Number 2, Account At Bank, achBankAccountNumber, "
        "payment_method.account_number",
        fills=("identity", "account_sealed", "account_last4"),
        makes_account_numbers=False,
    ),
    _F.CARD_TOKEN: FieldSpec(
        "Card token",
        _AUTOPAY,
        privacy=Privacy.SECRET,
        holds=Holds.CARD_TOKEN,
        headers="Token, Card Token, Payment Token, CC Token, Vault ID, Vault Token, Profile ID, Payment Profile, "
        "Vault Ref, Wallet ID, RegID, Card Ref, Card ID, Payment Profile ID, Payment Method Token, Payment Method ID",
        fills=("identity", "token_ref"),
        makes_account_numbers=False,
    ),
    _F.CARD_EXPIRY: FieldSpec(
        "Card expiration date",
        _AUTOPAY,
        holds=Holds.CARD_EXPIRY,
        headers="Exp, Exp Date, Expiration, Expiration Date, Expiry, Card Exp, CC Exp, MMYY, Exp MM/YY",
        fills=("exp_year", "exp_month"),
        instead=("card_expiry_month", "card_expiry_year"),
    ),
    _F.BANK_ACCOUNT_TYPE: FieldSpec(
        "Bank account type (checking, savings)",
        _AUTOPAY,
        privacy=Privacy.HARMLESS,
        holds=Holds.BANK_ACCOUNT_TYPE,
        headers="Account Type, Acct Type, Bank Account Type, Bank Acct Type, ACH Type, Type, C/S, Chk/Sav, "
        "Checking/Savings, Tran Code, Transaction Code, TC, EFT Type, Draft Type",
        fills=("account_type", "holder_type"),
        meanings={"checking": "Checking", "savings": "Savings"},
    ),
    _F.ACCOUNT_HOLDER_NAME: FieldSpec(
        "Name on the bank account or card",
        _AUTOPAY,
        headers="Name on Account, Account Holder, Bank Account Name, Depositor, Name on Bank Account, Payer Name, "
        "Individual Name, Payer, Recipient Name, Cardholder, Card Name, Name on Card, ACH Account Name, "
        "EFT Account Name, Holder, Holder Name",
        fills=("holder_name",),
    ),
    _F.AUTOPAY_FLAG: FieldSpec(
        "Autopay status",
        _AUTOPAY,
        GoesTo.CHECK,
        Privacy.HARMLESS,
        Holds.AUTOPAY_FLAG,
        "Autopay, Auto Pay, AutoPay Flag, APay, ACH, ACH Flag, Bank Draft, Draft, Draft Y/N, EFT, Direct Debit, "
        "Direct Pay, Auto Draft, Recurring, Enrolled, Enrollment Status, Autopay Status, ACH Status",
        meanings={"yes": "On autopay", "no": "Not on autopay"},
    ),
    _F.METHOD_KIND: FieldSpec(
        "Payment type",
        _AUTOPAY,
        privacy=Privacy.HARMLESS,
        holds=Holds.METHOD_KIND,
        headers="Payment Type, Pay Method, Payment Method, Method, Method Type, Tender, Pymt Type, ACH/CC",
        meanings={"ach": "Bank account", "card": "Card"},
    ),
    _F.PAPERLESS_FLAG: FieldSpec(
        "Paperless status",
        _PAPERLESS,
        GoesTo.CHECK,
        Privacy.HARMLESS,
        Holds.PAPERLESS_FLAG,
        headers="Paperless, Paperless Flag, eBill, E-Bill, EBill Flag, E-Statement, Bill Delivery, Delivery, "
        "Delivery Method, Delivery Preference, Statement Delivery, Invoice Delivery, Bill Type, Bill Format, "
        "Statement Preference, Bill Preference, Send E-Bill, Suppress Paper, No Print, No Paper",
        opposite_headers="Paper, Paper Bill, Paper Statement, PaperInvoices, Print, Print Bill, Send Paper, "
        "Send Paper Statement, Mail Bill",
        meanings={"paperless": "Paperless", "paper": "Paper", "both": "Paperless and paper"},
    ),
    _F.CUSTOMER_NAME: FieldSpec(
        "Customer name",
        _EVERY,
        holds=Holds.NAME,
        headers="Name, Customer Name, Account Name, Bill To Name, Owner, Owner Name, Full Name, Cust Name, CUSTNAME, "
        "Name1, Name Line 1, Responsible Party, Party, Policyholder, Named Insured, Insured, Resident, Resident Name",
    ),
    _F.LOGIN_NAME: FieldSpec(
        "User name",
        _REGISTRATION,
        headers="Username, User Name, User, User ID, UserID, Login, Login ID, Login Name, Web User, Portal User",
    ),
    _F.ROLE: FieldSpec(
        "Role (owner, oversight, guest)",
        _REGISTRATION,
        holds=Holds.ROLE,
        headers="Role, User Role, User Type",
        fills=("link_role",),
        meanings={role.value: role.words.capitalize() for role in Role},
    ),
    _F.EMAIL: FieldSpec(
        "Email",
        _EVERY,
        privacy=Privacy.EMAIL,
        holds=Holds.EMAIL,
        headers="Email, E-mail, Email Address, EmailAddr, EMAIL_ADDR, Email 1, Primary Email, E Bill Email, "
        "eBill Address, Contact Email, Notification Email, Internet Address, Login Email, User Email",
        fills=("email", "identity"),
    ),
    _F.START_DATE: FieldSpec(
        "Autopay start date",
        _AUTOPAY,
        holds=Holds.DATE,
        headers="Start, Start Date, Begin Date, Effective Date, Enroll Date, ACH Start, ACH Start Date, "
        "ACH Effective Date",
        fills=("starts_on",),
        meanings={"immediately": "At once"},
    ),
    _F.END_DATE: FieldSpec(
        "Autopay end date",
        _AUTOPAY,
        privacy=Privacy.HARMLESS,
        holds=Holds.DATE,
        headers="ACH End, ACH End Date, End Date, Stop Date, Expire Date, Term Date, Cancel Date, Expiration Date",
        fills=("ends_on",),
        meanings={"never": "No end date"},
    ),
    _F.PAY_DAY: FieldSpec(
        "Customer's payment day",
        _AUTOPAY,
        GoesTo.CHECK,
        holds=Holds.DAY_OF_MONTH,
        headers="Pay Day, Autopay Day, Draft Day, Withdrawal Day, Day of Month, Payment Day",
        meanings={"due_date": "The day the biller collects", "last_day": "Last day of the month"},
    ),
    _F.FIXED_AMOUNT: FieldSpec(
        "Fixed amount",
        _AUTOPAY,
        GoesTo.CHECK,
        holds=Holds.AMOUNT,
        headers="Amount, Fixed Amount, Pay Amount, Draft Amount",
        meanings={"balance": "The whole balance"},
    ),
    _F.MAX_AMOUNT: FieldSpec(
        "Maximum amount",
        _AUTOPAY,
        privacy=Privacy.HARMLESS,
        holds=Holds.AMOUNT,
        headers="Max, Max Amount, Maximum Amount, Amount Limit, Max Draft, Limit, Not To Exceed",
        meanings={"unlimited": "No maximum"},
    ),
    _F.AUTHORIZATION_DATE: FieldSpec(
        "Authorization date",
        _AUTOPAY,
        privacy=Privacy.HARMLESS,
        holds=Holds.DATE,
        headers="Auth Date, Authorization Date, Signed, Signed Date, Signature Date, Agreement Date",
        fills=("authorized_on",),
    ),
    _F.AUTHORIZATION_CHANNEL: FieldSpec(
        "Authorization channel",
        _AUTOPAY,
        privacy=Privacy.HARMLESS,
        headers="Auth Type, Enroll Source, Enroll Channel, Channel",
    ),
    _F.AUTHORIZATION_REFERENCE: FieldSpec(
        "Authorization reference", _AUTOPAY, headers="Form ID, Agreement No, Authorization No, Authorization Reference"
    ),
    _F.SEC_CODE: FieldSpec("SEC code of the authorization", _AUTOPAY, GoesTo.EVIDENCE, headers="SEC, SEC Code"),
    _F.NAMES_PARTY: FieldSpec(
        "Party named in the authorization (biller or processor)",
        _AUTOPAY,
        GoesTo.EVIDENCE,
        headers="Names Party, Authorized Party",
    ),
    _F.PRIOR_LAST_DEBIT_DATE: FieldSpec(
        "Last debit by the previous processor",
        _AUTOPAY,
        GoesTo.EVIDENCE,
        holds=Holds.DATE,
        headers="Last Debit Date, Last Draft Date, Last Payment Date",
    ),
    _F.CARD_BRAND: FieldSpec(
        "Card brand", _AUTOPAY, privacy=Privacy.HARMLESS, headers="Card Type, CC Type, Brand, Card Brand"
    ),
    _F.CARD_LAST4: FieldSpec(
        "Card: last four digits",
        _AUTOPAY,
        privacy=Privacy.HARMLESS,
        holds=Holds.LAST_DIGITS,
        headers="Last4, Last Four, Card Last 4, CC Last4, Masked Card, Card Number Masked",
    ),
    _F.CARD_EXPIRY_MONTH: FieldSpec(
        "Card expiration month", _AUTOPAY, holds=Holds.MONTH, headers="Exp Month, ExpMo, MM", fills=("exp_month",)
    ),
    _F.CARD_EXPIRY_YEAR: FieldSpec(
        "Card expiration year", _AUTOPAY, holds=Holds.YEAR, headers="Exp Year, ExpYr, YY, YYYY", fills=("exp_year",)
    ),
    _F.TOKEN_VAULT: FieldSpec("Token vault", _AUTOPAY, privacy=Privacy.HARMLESS),
    _F.EMAIL_CC: FieldSpec(
        "Second email (copy)",
        _ENROLLING,
        privacy=Privacy.EMAIL,
        holds=Holds.EMAIL,
        headers="Email 2, Secondary Email, Alternate Email, CC Email, EmailAddressCC, Courtesy Email, Additional Email",
    ),
    _F.CONSENT_DATE: FieldSpec(
        "Consent date",
        _PAPERLESS,
        privacy=Privacy.HARMLESS,
        holds=Holds.DATE,
        headers="Consent Date, Opt In Date, Opted In, Agreement Date, Signed Date, E-Bill Enroll Date, Enroll Date, "
        "Paperless Date",
        fills=("authorized_on",),
    ),
    _F.CONSENT_CHANNEL: FieldSpec(
        "Consent channel",
        _PAPERLESS,
        privacy=Privacy.HARMLESS,
        headers="Consent Channel, Enroll Source, Enroll Channel, Channel",
        fills=("authorization_channel",),
    ),
    _F.CONSENT_TEXT_VERSION: FieldSpec(
        "Version of the terms accepted", _PAPERLESS, GoesTo.EVIDENCE, headers="Consent Version, Terms Version"
    ),
    _F.CONSENT_IP: FieldSpec(
        "IP address of the consent", _PAPERLESS, GoesTo.EVIDENCE, headers="IP, IP Address, Consent IP"
    ),
    _F.FIRST_NAME: FieldSpec(
        "First name",
        _EVERY,
        holds=Holds.NAME,
        headers="First, First Name, FName, FIRST_NM, Given Name, Given",
        fills=("first_name", "customer_name"),
    ),
    _F.LAST_NAME: FieldSpec(
        "Last name",
        _EVERY,
        holds=Holds.NAME,
        headers="Last, Last Name, LName, LAST_NM, Surname, Family Name, Family",
        fills=("last_name", "customer_name"),
    ),
    _F.PHONE: FieldSpec("Phone", _EVERY, headers="Phone, Phone Number, Home Phone, Cell, Telephone"),
    _F.ADDRESS1: FieldSpec(
        "Address, line 1", _EVERY, headers="Address, Addr1, Address 1, Address Line 1, Mailing Address, Street"
    ),
    _F.ADDRESS2: FieldSpec("Address, line 2", _EVERY, headers="Addr2, Address 2, Address Line 2"),
    _F.CITY: FieldSpec("City", _EVERY, headers="City, Town"),
    _F.STATE: FieldSpec("State", _EVERY, holds=Holds.STATE, headers="State, ST"),
    _F.ZIP: FieldSpec("ZIP code", _EVERY, holds=Holds.ZIP, headers="Zip, Zip Code, Postal Code"),
    _F.BILLER_NAME: FieldSpec(
        "Biller name (guards against the wrong file)",
        _EVERY,
        GoesTo.CHECK,
        Privacy.HARMLESS,
        headers="Biller, Biller Name, Utility Name",
    ),
    _F.LEGACY_ID: FieldSpec(
        "ID in the old system",
        _EVERY,
        GoesTo.LOG,
        Privacy.HARMLESS,
        headers="Legacy ID, Old ID, Record ID, Audit Reference ID, External ID",
        log_name="audit_reference_id",
    ),
    _F.REGISTERED_AT: FieldSpec(
        "Registered on",
        _REGISTRATION,
        GoesTo.LOG,
        Privacy.HARMLESS,
        Holds.MOMENT,
        "Registered, Registered At, Registered On, Registration Date, Date Registered, Reg Date",
    ),
    _F.LAST_LOGIN_AT: FieldSpec(
        "Last signed in on",
        _REGISTRATION,
        GoesTo.LOG,
        Privacy.HARMLESS,
        Holds.MOMENT,
        "Last Login, Last Login At, Last Login Date, Last Logon, Last Sign In, Last Signed In",
    ),
}
