"""More layouts on which the suggestions are tuned."""

from typing import Final

from bench.suggestions.layout import Layout, autopay, paperless, registration

LAYOUTS: Final[tuple[Layout, ...]] = (
    autopay(
        "city suite, receivables",
        """
        AR_ACCOUNT | account | digits
        AR_CUST_NAME | customer_name | listed
        ACH_BANK_ROUTING | routing_number | routing
        ACH_BANK_ACCT | bank_account_number | bank
        ACH_ACCT_TYPE | bank_account_type | c/s
        ACH_START_DATE | start_date | date
        ACH_STOP_DATE | end_date | dates
        ACH_ACTIVE | autopay_flag | y/n
        """,
    ),
    autopay(
        "town suite, bank drafts",
        """
        Account Number | account | account
        Occupant Code | account | sequence
        Debtor Name | ?account_holder_name | full
        Transit Routing # | routing_number | routing
        Bank Account # | bank_account_number | bank
        Checking or Savings | bank_account_type | checking
        Prenote Flag | - | y/n
        Contact Email | email | email
        """,
    ),
    autopay(
        "accounting program, customers",
        """
        Customer | ?customer_name | full
        Main Email | email | email
        Main Phone | phone | phone
        Bill to 1 | - | full
        Account No. | account | account
        Credit Card No. | - | nothing
        Expiration Date | card_expiry | mm/yy
        Name on card | account_holder_name | full
        Preferred Payment Method | ?method_kind | ach/card
        """,
    ),
    autopay(
        "gateway, profiles",
        """
        Customer Profile ID | - | vault
        Payment Profile ID | card_token | vault
        Customer ID | account | customer
        Description | - | note
        Bill To First Name | first_name | first
        Bill To Last Name | last_name | last
        Bill To Address | address1 | street
        Bill To City | city | city
        Bill To State | state | state
        Bill To ZIP | zip | zip
        Card Expiration Date | card_expiry | yyyy-mm
        Card Type | card_brand | brand
        Customer Email | email | email
        """,
    ),
    autopay(
        "processor, vaulted cards",
        """
        customer.id | account | customer
        customer.first_name | first_name | first
        customer.last_name | last_name | last
        customer.email | email | email
        credit_card.token | card_token | token
        credit_card.last_4 | card_last4 | last 4
        credit_card.card_type | card_brand | brand
        credit_card.expiration_month | card_expiry_month | month
        credit_card.expiration_year | card_expiry_year | year
        credit_card.cardholder_name | account_holder_name | full
        """,
    ),
    autopay(
        "processor, checks",
        """
        Consumer ID | account | customer
        Payment Token | card_token | token
        Echeck Account Type | bank_account_type | checking
        Echeck Routing Number | routing_number | routing
        Echeck Account Number | bank_account_number | bank
        Account Holder | account_holder_name | full
        """,
    ),
    paperless(
        "billing portal, delivery",
        """
        ACCOUNT_NUMBER | account | digits
        USER_EMAIL | email | email
        PAPERLESS_STATUS | paperless_flag | active
        PAPERLESS_EFFECTIVE_DATE | ?consent_date | date
        ENROLLED_BY | - | user
        """,
    ),
    paperless(
        "billing portal, customers",
        """
        Account Number | account | account
        Customer Name | customer_name | full
        Email Address | email | email
        Email Address CC | email_cc | emails
        Paper Invoices | paperless_flag | y/n
        Registered | - | y/n
        Last Login | - | moment
        """,
    ),
    registration(
        "billing portal, users",
        """
        Account Number | account | account
        Login Name | login_name | user
        Email Address | email | email
        First Name | first_name | first
        Last Name | last_name | last
        Phone Number | phone | phone
        Registration Date | registered_at | moment
        Last Login Date | last_login_at | moment
        User Type | role | role
        Auto Pay | - | y/n
        """,
    ),
    registration(
        "association, mailing list",
        """
        Acct # | account | customer
        Homeowner Name | customer_name | full
        Homeowner Email | email | email
        Owner 1 First | first_name | first
        Owner 1 Last | last_name | last
        Mailing Street | address1 | street
        Mailing City | city | city
        Mailing State | state | state
        Mailing Zip | zip | zip
        Property Street | - | street
        Property City | - | city
        Daytime Phone | phone | phone
        """,
    ),
    autopay(
        "statement vendor, everything about autopay",
        """
        AcctKey | account | customer
        PmtMethod | method_kind | ach/card
        BankAba | routing_number | routing
        BankAcct | bank_account_number | bank
        BankAcctType | bank_account_type | checking
        CCToken | card_token | token
        CCExpMMYY | card_expiry | mmyy
        CCBrand | card_brand | brand
        CCLast4 | card_last4 | last 4
        NameOnAcct | account_holder_name | full
        AutoPayStatus | autopay_flag | active
        AutoPayDay | pay_day | day
        AutoPayMaxAmt | max_amount | amounts
        AutoPayBeginDt | start_date | date
        AutoPayEndDt | end_date | dates
        EnrollChannel | authorization_channel | channel
        AuthDt | authorization_date | date
        AuthRefNo | authorization_reference | form
        SECCode | sec_code | sec
        EmailAddr1 | email | email
        LastPmtDt | prior_last_debit_date | date
        """,
    ),
    paperless(
        "spreadsheet, sign-ups",
        """
        Acct | account | account
        E-mail Addr | email | email
        Ebill? | paperless_flag | y/n
        Signup Date | consent_date | date
        Signup IP | consent_ip | ip
        """,
    ),
    autopay(
        "subscription biller, bank accounts",
        """
        AccountNumber | account | customer
        AchAbaCode | routing_number | routing
        AchAccountName | account_holder_name | full
        AchAccountNumber | bank_account_number | bank
        AchAccountType | bank_account_type | checking
        AchBankName | - | bank name
        Active | ?autopay_flag | y/n
        """,
    ),
    autopay(
        "subscription biller, cards",
        """
        account_code | account | customer
        billing_first_name | first_name | first
        billing_last_name | last_name | last
        gateway_token | card_token | token
        card_type | card_brand | brand
        expiration_month | card_expiry_month | month
        expiration_year | card_expiry_year | year
        billing_address1 | address1 | street
        billing_city | city | city
        billing_state | state | state
        billing_zip | zip | zip
        """,
    ),
    autopay(
        "member services",
        """
        Acct | account | customer
        Member Name | customer_name | listed
        Draft Bank Acct | bank_account_number | bank
        Draft Routing | routing_number | routing
        Draft Acct Type | bank_account_type | c/s
        Draft Day | pay_day | day
        Budget Bill | - | y/n
        District | - | route
        Email Addr | email | email
        """,
    ),
    paperless(
        "northern utility",
        """
        Customer Account ID | account | digits
        Mail Name | customer_name | listed
        Mail Address 1 | address1 | street
        Mail Address 2 | address2 | apartment
        Mail City | city | city
        Mail State | state | state
        Mail Zip | zip | zip+4
        Primary Email | email | email
        Alternate Email | email_cc | emails
        Bill Format | paperless_flag | email/paper
        Rate Class | - | class
        """,
    ),
    autopay(
        "association, owners",
        """
        Unit Account | account | customer
        Owner Name | customer_name | full
        ACH? | autopay_flag | y/n
        ABA Routing # | routing_number | routing
        Checking Account # | bank_account_number | bank
        ACH Start | start_date | date
        ACH End | end_date | dates
        Fixed Amt | fixed_amount | amounts
        Late Fee | - | amount
        """,
    ),
    registration(
        "rental, tenants",
        """
        Tenant Code | account | customer
        First Name | first_name | first
        Last Name | last_name | last
        Email Address 1 | email | email
        Mobile | phone | phone
        Address Line 1 | address1 | street
        City/Town | city | city
        State/Province | state | state
        Postal Code | zip | zip
        Lease Start | - | date
        Rent | - | amount
        """,
    ),
    autopay(
        "insurer, payment plans",
        """
        POL_NBR | account | policy
        INSD_NM | customer_name | listed
        PAYOR_NM | account_holder_name | full
        EFT_RTE_NBR | routing_number | routing
        EFT_ACCT_NBR | bank_account_number | bank
        EFT_ACCT_TYP_CD | bank_account_type | 27/37
        EFT_EFF_DT | start_date | iso
        EFT_SIGN_DT | authorization_date | iso
        PREM_AMT | - | amount
        AGT_NM | - | full
        """,
    ),
    paperless(
        "tax office",
        """
        Parcel Number | account | digits
        Taxpayer Name | customer_name | listed
        Taxpayer Email | email | email
        Electronic Bill | paperless_flag | y/n
        Date Enrolled | consent_date | date
        Tax Year | - | year
        Taxable Value | - | usage
        """,
    ),
    registration(
        "portal export",
        """
        AccountNumber | account | account
        UserName | login_name | user
        EmailAddress | email | email
        FirstName | first_name | first
        LastName | last_name | last
        PhoneNumber | phone | phone digits
        CreatedDate | - | moment
        LastLoginDate | last_login_at | moment
        IsLocked | - | y/n
        """,
    ),
    autopay(
        "lockbox, sepa style",
        """
        Debtor Reference | account | account
        Debtor Name | account_holder_name | full
        Routing/Transit | routing_number | routing
        Account to Debit | bank_account_number | bank
        Mandate Date | authorization_date | date
        Mandate Reference | authorization_reference | form
        Collection Amount | ?fixed_amount | amount
        """,
    ),
)
