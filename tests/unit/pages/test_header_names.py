"""The table of header names of the domain, written down a second time, and its traps."""

import pytest

from services.mapping.suggestions.columns import Column, account_columns, columns_of, means_paper, score_of, suggest
from services.mapping.suggestions.header_names import BY_FIELD, names
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind
from shared.csvfile import header_key

ACCOUNT = """Account, Account Number, Account No, Account #, Acct, Acct No, Acct #, AcctNum, ACCT_NBR, AccountNbr,
Utility Account, UB Account, Service Account, Customer Account, Cust Acct, Account ID, Acct_ID, AccountKey,
Bill Account,
Billing Acct No, Full Account Number, Account-Customer, Parcel ID, Parcel Number, Map/Lot, Policy Number, Policy No,
IC Account Number, InvoiceCloud Account, Consumer No, Customer Number, Cust No, CustID, CID, Customer ID, Cust#,
CustomerNbr, Entity ID, Location, Location No, Loc, LocID, Loc #, Premise, Premise ID, Service Location, Site ID, Unit,
Suffix, Seq, Sequence, Occupant, Occ, Tenant, CD, Check Digit, Chk, Display Account, Printed Account,
Bill Account Display, Formatted Account, Acct Ref, Account Reference, Customer Ref"""
TABLE = {
    "routing_number": """Routing, Routing Number, Routing No, RTN, ABA, ABA Number, ABA/Routing, ABA_RTN, Transit,
        Transit Routing, Bank Routing, RTE_NO, TR Number, R/T, Bank ID, Bank Number, RDFI, DFI ID, achBankABACode,
        BankABA, Receiving DFI""",
    "bank_account_number": """Bank Account, Bank Account Number, Bank Acct, Bank Acct No, Bank Acct #, DFI Account, DDA,
        DDA Number, Checking Account, Checking Acct No, ACH Account, ACH Acct, EFT Account, Draft Account,
        Payment Account, BANK_ACCT, achBankAccountNumber, Account Number 2""",
    "bank_account_type": """Account Type, Acct Type, Bank Account Type, Bank Acct Type, ACH Type, Type, C/S, Chk/Sav,
        Checking/Savings, Tran Code, Transaction Code, TC, EFT Type, Draft Type""",
    "account_holder_name": """Name on Account, Account Holder, Bank Account Name, Depositor, Name on Bank Account,
        Payer Name, Individual Name""",
    "method_kind": "Payment Type, Pay Method, Payment Method, Method, Tender, Pymt Type, ACH/CC",
    "card_token": """Token, Card Token, Payment Token, CC Token, Vault ID, Vault Token, Profile ID, Payment Profile,
        Wallet ID, RegID, Card Ref""",
    "card_last4": "Last4, Last Four, Card Last 4, CC Last4, Masked Card, Card Number (masked)",
    "card_brand": "Card Type, CC Type, Brand, Card Brand",
    "card_expiry": "Exp, Exp Date, Expiration, Expiration Date, Expiry, Card Exp, CC Exp, MMYY, Exp MM/YY",
    "card_expiry_month": "Exp Month, ExpMo, MM",
    "card_expiry_year": "Exp Year, ExpYr, YY, YYYY",
    "email": """Email, E-mail, Email Address, EmailAddr, EMAIL_ADDR, Email 1, Primary Email, E Bill Email,
        eBill Address, Contact Email, Notification Email, Internet Address, Login Email, User Email""",
    "email_cc": """Email 2, Secondary Email, Alternate Email, CC Email, EmailAddressCC, Courtesy Email,
        Additional Email""",
    "login_name": """Username, User Name, User ID, UserID, Login, Login ID, Login Name, LoginName, Web User,
        Portal User""",
    "autopay_flag": """Autopay, Auto Pay, AutoPay Flag, APay, ACH Flag, Bank Draft, Draft, Draft Y/N, EFT, Direct Debit,
        Direct Pay, DirectPay, Auto Draft, Recurring, Enrolled, Autopay Status, ACH Status""",
    "start_date": "Start Date, Begin Date, Effective Date, Enroll Date, ACH Start",
    "end_date": "End Date, Stop Date, Expire Date, Term Date, Cancel Date, Expiration Date",
    "pay_day": "Pay Day, Draft Day, Day of Month, Payment Day",
    "fixed_amount": "Amount, Fixed Amount, Pay Amount, Draft Amount",
    "max_amount": "Max Amount, Limit, Not To Exceed",
    "paperless_flag": """Paperless, Paperless Flag, eBill, E-Bill, EBill Flag, E-Statement, eStatement, Bill Delivery,
        Delivery Method, Bill Type, Bill Format, Print Bill, Paper Bill, PaperInvoices, Send Paper Statement,
        Suppress Paper, No Print""",
    "authorization_date": "Auth Date, Authorization Date, Signed Date, Signature Date, Agreement Date",
    "consent_date": "Consent Date, Opt In Date",
    "authorization_channel": "Auth Type, Enroll Source, Channel",
    "sec_code": "SEC, SEC Code",
    "authorization_reference": "Form ID, Agreement No",
    "legacy_id": "Legacy ID, Audit Reference ID, audit_reference_id",
    "registered_at": "Registered At, Registration Date",
    "last_login_at": "Last Login At, Last Login",
    "customer_name": """Name, Customer Name, Account Name, Bill To Name, Owner Name, Full Name, Cust Name, CUSTNAME,
        Name1, Name Line 1, Responsible Party, Party""",
    "first_name": "First, First Name, FName, FIRST_NM, Given Name, Given",
    "last_name": "Last, Last Name, LName, LAST_NM, Surname, Family",
    "phone": "Phone, Phone Number, Home Phone, Cell",
    "address1": "Address, Addr1, Address Line 1, Mailing Address, Street",
    "city": "City",
    "state": "State, ST",
    "zip": "Zip, Zip Code, Postal Code",
}
VARIANTS = [(field, name.strip()) for field, listed in TABLE.items() for name in listed.split(",")]
ROUTING = ("021000021", "011000015", "122105155", "091000019")
BANK = ("4455667", "123456789012", "99887766", "100200300400")


def best(kind: ImportKind, *columns: Column, parts: tuple[str, ...] = ()) -> dict[str, str]:
    return {field.value: one.header for field, one in suggest(kind, columns, parts).items()}


def autopay(*columns: Column, parts: tuple[str, ...] = ()) -> dict[str, str]:
    return best(ImportKind.AUTOPAY, *columns, parts=parts)


@pytest.mark.parametrize(("field", "name"), VARIANTS)
def test_a_header_of_the_table_names_its_field(field: str, name: str) -> None:
    assert header_key(name) in BY_FIELD[FieldName(field)]


@pytest.mark.parametrize("name", [name.strip() for name in ACCOUNT.split(",")])
def test_a_header_of_the_table_may_be_part_of_the_account_number(name: str) -> None:
    assert account_columns([Column(name, ("1",))], {}) == [name]


TOLERATED = {
    "routing_number": "Bank Routing Nbr, BankRteNo, EFT_ROUTING_NO, Cust ABA #, BNKRTE, Routing Nr.",
    "bank_account_number": "Bank Account No, Bank Acct. Number, EFTAccountNo, CUST_BANK_ACCT_NBR, bankAccountNumber",
    "bank_account_type": "Account Type (C/S), Acct. Types, EFTAccountType, bank_acct_type_cd",
    "account_holder_name": "Payor Name, Cardholder Name, BankAcctName, Name On Bank Acct",
    "autopay_flag": "Auto Pay (Y/N), AUTOPAY_IND, AutoPayFlg, Auto-Pay Enrolled, ACH Stat",
    "card_expiry_month": "Card Exp Month, expiryMonth, cc_exp_mo",
    "card_expiry": "payment_method.expiration_date, CardExpDt, CC Expiry",
    "last_name": "Family Name, CUST_LAST_NM, BillingLastName, Owner Last Name",
    "first_name": "Cust First Name, customerFirstNm, GIVEN_NAME",
    "customer_name": "CUST_NM, Billing Name, Bill-To Name, Customer Full Name, OwnerNm",
    "email": "CUST_EMAIL_ADDR, E-Mail Addresses, BillingEmail, customerEmail, EMAILADDRESS, E mail",
    "email_cc": "SECONDARY_EMAIL_ADDRESS, Alt Email, Customer Email 2",
    "phone": "Cust_Phone1, BillingPhone, Cell Phone No, PHONE_NBR, Telephone",
    "address1": "Mail_Addr_Line1, BillingAddress, MAILING_ADDR_1, Customer Street Address",
    "address2": "Mail_Addr_Line2, Billing Address 2, ADDR_LN_2",
    "city": "BillingCity, MAIL_CITY, Customer City",
    "state": "Mail_State, BillingState, STATE_CD",
    "zip": "Billing Zip, MAIL_ZIP_CODE, ZIPCODE, Postal_Cd",
    "paperless_flag": "Statement Delivery, PAPERLESS_IND, EBillFlg, E-Bill (Y/N), Send Paper Bill?, Paper Invoices",
    "max_amount": "Max Draft Amt, MAX_WITHDRAWAL_AMT, Maximum Amt",
    "consent_date": "Paperless Consent Dt, EBILL_OPT_IN_DT",
}


@pytest.mark.parametrize(
    ("field", "name"), [(field, name.strip()) for field, listed in TOLERATED.items() for name in listed.split(",")]
)
def test_abbreviations_prefixes_and_the_order_of_words_do_not_matter(field: str, name: str) -> None:
    assert names(FieldName(field), name) > 0


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Bank Name", ("First National", "Oak Bank")),
        ("Account Status", ("Active", "Inactive")),
        ("Email Opt In", ("Y", "N")),
        ("Email Sent Date", ("05/01/2026", "06/01/2026")),
        ("Agent Email", ("desk@agency.example", "ann@agency.example")),
        ("Co-Owner Email", ("a@example.com", "b@example.com")),
        ("Street Name", ("Mill Rd", "Oak St")),
        ("Phone Type", ("Home", "Cell")),
        ("Zip4", ("1234", "4321")),
        ("Service Start Date", ("05/01/2026", "06/01/2026")),
        ("Last Payment Amount", ("10.00", "20.00")),
        ("EFT Amount", ("10.00", "20.00")),
        ("Credit Limit", ("10.00", "20.00")),
        ("Meter Number", ("77001400", "77001711")),
        ("Spouse Name", ("Ana Ortiz", "Lee Wu")),
        ("Month", ("1", "2")),
        ("Year", ("2028", "2029")),
        ("Due Day", ("1", "15")),
        ("Customer Type", ("Residential", "Commercial")),
        ("Policy Expiration Date", ("05/01/2029", "06/01/2029")),
        ("x" * 5_000, ("1", "2")),
    ],
)
@pytest.mark.parametrize("kind", ImportKind)
def test_another_word_makes_it_another_thing(kind: ImportKind, name: str, cells: tuple[str, ...]) -> None:
    assert best(kind, Column(name, cells)) == {}


@pytest.mark.parametrize(
    ("field", "cells"),
    [
        ("bank_account_type", ("Checking", "Savings", "Checking")),
        ("bank_account_type", ("Personal Checking", "Business Checking")),
        ("card_brand", ("Visa", "Mastercard")),
        ("sec_code", ("PPD", "WEB")),
        ("routing_number", ROUTING),
        ("email", ("a@example.com", "b@example.com")),
        ("autopay_flag", ("Active", "Active", "Revoked")),
    ],
)
def test_cells_that_mean_one_thing_only_tell_the_field_whatever_its_header(field: str, cells: tuple[str, ...]) -> None:
    assert autopay(Column("Spalte 7", cells)) == {field: "Spalte 7"}


@pytest.mark.parametrize(
    "cells",
    [("C", "S", "C"), ("1", "2", "1"), ("Y", "N", "Y"), ("27", "37", "27"), ("05/29", "06/30"), ("Active", "Closed")],
)
def test_cells_that_may_mean_several_things_tell_nothing(cells: tuple[str, ...]) -> None:
    assert autopay(Column("Spalte 7", cells)) == {}


def test_a_name_with_cells_that_deny_it_is_not_suggested() -> None:
    assert autopay(Column("Cust Phone", ("Active", "Inactive"))) == {}
    assert autopay(Column("Bank Acct Nbr", ("First National", "Oak Bank"))) == {}
    assert autopay(Column("Zip Code", ("Residential", "Commercial") * 10)) == {}


@pytest.mark.parametrize(
    ("field", "name", "cells"),
    [
        ("customer_name", "Name", ("CUSTOMER 1", "CUSTOMER 2")),
        ("phone", "Phone", ("555-0204", "555-0177")),
        ("card_token", "Token", ("tok_1", "tok_2")),
        ("bank_account_number", "Bank Account", ("XXXXXX6789", "****4321")),
        ("bank_account_number", "Bank Acct Nbr", ("AB-44556", "00012-7")),
    ],
)
def test_cells_that_the_check_will_speak_of_do_not_speak_against_a_name(
    field: str, name: str, cells: tuple[str, ...]
) -> None:
    assert autopay(Column(name, cells)) == {field: name}


def test_the_expiry_of_a_card_is_no_end_of_the_enrollment() -> None:
    assert autopay(Column("Exp Date", ("12/31/2029", "11/30/2028"))) == {}


def test_words_that_nobody_knows_yet_do_not_speak_against_a_flag() -> None:
    column = Column("Delivery Method", ("PDF", "HARDCPY") * 5)
    assert best(ImportKind.PAPERLESS, column) == {"paperless_flag": "Delivery Method"}


def test_mailing_comes_before_the_place_of_the_meter() -> None:
    header = ("Service Address", "Service City", "Mailing Address", "Mailing City")
    rows = [("1 Mill Rd", "Salem", "2 Oak St", "Riverbend"), ("3 Mill Rd", "Salem", "4 Oak St", "Riverbend")]
    found = best(ImportKind.REGISTRATION, *columns_of(header, rows))
    assert found == {"address1": "Mailing Address", "city": "Mailing City"}


def test_a_bank_account_without_a_name_is_told_by_its_neighbor() -> None:
    routing, unnamed = Column("Routing", ROUTING), Column("Field 3", BANK)
    assert autopay(routing, unnamed)["bank_account_number"] == "Field 3"
    assert "bank_account_number" not in autopay(routing, Column("Meter", BANK))
    assert "bank_account_number" not in autopay(routing, unnamed, Column("Field 4", tuple(reversed(BANK))))
    assert "bank_account_number" not in autopay(unnamed)


@pytest.mark.parametrize(
    "header", ["Send Paper Bill?", "PAPER_BILL_IND", "Print Bill Flag", "Paper Statements", "Mail Bill"]
)
def test_a_column_that_asks_for_paper_is_known_in_any_spelling(header: str) -> None:
    assert means_paper(header)


@pytest.mark.parametrize("header", ["No Print", "Suppress Paper", "Paperless Ind", "E-Bill", "No Paper", "Email Bill"])
def test_a_column_that_asks_for_no_paper_is_not_taken_for_the_opposite(header: str) -> None:
    assert not means_paper(header)


def test_residential_or_commercial_is_no_bank_account_type() -> None:
    assert autopay(Column("Account Type", ("Residential", "Commercial", "Residential"))) == {}
    assert autopay(Column("Account Type", ("Checking", "Savings", "C"))) == {"bank_account_type": "Account Type"}
    assert autopay(Column("Type", ("R", "C", "I"))) == {}


def test_a_bank_number_is_a_routing_number_only_if_it_checks() -> None:
    assert autopay(Column("Bank Number", ROUTING)) == {"routing_number": "Bank Number"}
    assert autopay(Column("Bank Number", ("101", "102", "7"))) == {}


def test_a_bill_type_may_be_an_invoice_type() -> None:
    assert best(ImportKind.PAPERLESS, Column("Bill Type", ("E", "P", "E"))) == {"paperless_flag": "Bill Type"}
    assert best(ImportKind.PAPERLESS, Column("Bill Type", ("Water", "Sewer", "Water"))) == {}


def test_an_expiration_date_may_be_the_end_of_the_enrolment() -> None:
    assert autopay(Column("Expiration Date", ("05/29", "0529", "2029-05"))) == {"card_expiry": "Expiration Date"}
    assert autopay(Column("Expiration Date", ("05/01/2029", "2029-05-01"))) == {"end_date": "Expiration Date"}
    assert autopay(Column("Expiration Date", ("never", "never"))) == {}


def test_of_two_account_numbers_the_one_that_finds_no_customer_is_the_banks() -> None:
    utility, bank = Column("Account Number", ("WTR-1", "WTR-2")), Column("Account No", BANK)
    routing = Column("Routing", ROUTING)
    assert autopay(utility, bank, routing, parts=("Account Number",)) == {
        "routing_number": "Routing",
        "bank_account_number": "Account No",
    }
    assert "bank_account_number" not in autopay(utility, bank, routing)  # while nobody knows which is which
    assert "bank_account_number" not in autopay(utility, bank, parts=("Account Number",))


def test_a_part_of_the_account_number_is_nothing_else() -> None:
    column = Column("Bank Account", BANK)
    assert autopay(column, parts=("Bank Account",)) == {}


@pytest.mark.parametrize("name", ["Number", "Status", "ID", "Bank"])
def test_a_header_that_says_nothing_is_taken_for_nothing(name: str) -> None:
    assert autopay(Column(name, ("A", "B"))) == {}


def test_a_routing_number_without_its_zero_is_still_recognised() -> None:
    assert score_of(FieldName.ROUTING_NUMBER, Column("R/T", ("21000021", "11000015"))) > 0.9


def test_values_and_header_together_choose_between_like_columns() -> None:
    rows = [("ann@example.com", "ann@example.com"), ("bob@example.com", "")]
    found = best(ImportKind.PAPERLESS, *columns_of(("Email", "Email 2"), rows))
    assert (found["email"], found["email_cc"]) == ("Email", "Email 2")
