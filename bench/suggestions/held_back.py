"""Layouts that were written without looking at what is suggested for them, and not looked at since.

They say what the suggestions are worth for files nobody has seen. Whoever tunes on them has to write others.
"""

from typing import Final

from bench.suggestions.layout import Layout, autopay, paperless, registration

LAYOUTS: Final[tuple[Layout, ...]] = (
    autopay(
        "cooperative, draft list",
        """
        MemberSep | account | customer
        BillName | customer_name | listed
        BankRouteNbr | routing_number | routing
        BankAcctNbr | bank_account_number | bank
        BankAcctTypeCd | bank_account_type | c/s
        DraftStartDt | start_date | date
        DraftStat | autopay_flag | active
        EmailAddr | email | email
        MeterNbr | - | meter digits
        """,
    ),
    registration(
        "gateway, customers",
        """
        Customer Number | account | customer
        BillingFirstName | first_name | first
        BillingLastName | last_name | last
        BillingCompanyName | - | company
        BillingAddress | address1 | street
        BillingCity | city | city
        BillingState | state | state
        BillingZipCode | zip | zip
        BillingCountry | - | country
        BillingPhone | phone | phone
        BillingEmail | email | email
        """,
    ),
    autopay(
        "gateway, bank accounts",
        """
        Account # | account | account
        Customer Name | customer_name | full
        Routing Number | routing_number | routing
        Bank Account Number | bank_account_number | bank
        ACH Account Type | bank_account_type | personal checking
        ACH Address | address1 | street
        ACH City | city | city
        ACH State | state | state
        ACH Zip Code | zip | zip
        ACH Phone | phone | phone
        """,
    ),
    paperless(
        "insurer, electronic delivery",
        """
        Policy Nbr | account | policy
        Insured Name | customer_name | full
        Insured Email | email | email
        eDelivery Ind | paperless_flag | y/n
        eDelivery Consent Dt | consent_date | date
        Agent Code | - | agent
        Agent Email | - | office email
        Term Eff Dt | - | date
        Insured State | state | state
        Insured Zip | zip | zip
        """,
    ),
    autopay(
        "gateway, vault",
        """
        customer_vault_id | card_token | token
        first_name | first_name | first
        last_name | last_name | last
        cc_type | card_brand | brand
        cc_exp | card_expiry | mmyy
        cc_last_four | card_last4 | last 4
        merchant_account_ref | account | account
        created | - | moment
        """,
    ),
    registration(
        "property manager, residents",
        """
        Property | - | biller
        Unit | account | location
        Tenant ID | account | customer
        Resident First Name | first_name | first
        Resident Last Name | last_name | last
        Resident Phone | phone | phone digits
        Resident Email | email | email
        Move In Date | - | date
        Portal Username | login_name | user
        """,
    ),
    autopay(
        "customer care system, auto pay options",
        """
        ACCT_ID | account | digits
        ENTITY_NAME | customer_name | listed
        BANK_ROUTING_NBR | routing_number | routing
        BANK_ACCT_NBR | bank_account_number | bank
        MAX_WITHDRAWAL_AMT | max_amount | amounts
        START_DT | start_date | iso
        END_DT | end_date | dates
        """,
    ),
    autopay(
        "retailer, activation file",
        """
        account_number | account | account
        account_name | customer_name | full
        dd_bank_account_name | account_holder_name | full
        dd_bank_account_number | bank_account_number | bank
        dd_routing_number | routing_number | routing
        payment_method_type | method_kind | ach/card
        dd_card_expiry | card_expiry | mm/yy
        contact1_first_name | first_name | first
        contact1_last_name | last_name | last
        contact1_email | email | email
        bill_cycle_code | - | cycle
        """,
    ),
    paperless(
        "city, names without blanks",
        """
        ACCTNO | account | digits
        CUSTNAME | customer_name | listed
        EMAILADDRESS | email | email
        SENDPAPERBILL | paperless_flag | y/n
        OPTINDATE | consent_date | date
        SVCADDR | ?address1 | street
        ZIPCODE | zip | zip+4
        METERNO | - | meter
        """,
    ),
    autopay(
        "town, numbers spelled nr",
        """
        Customer Nr. | account | customer
        Location Nr. | account | location
        Customer Names | customer_name | full
        Routing Nr. | routing_number | routing without zeros
        Bank Account Nr. | bank_account_number | bank
        Acct. Types | bank_account_type | checking
        E-Mail Addresses | email | email
        Meter Nr. | - | meter digits
        """,
    ),
    registration(
        "portal, users",
        """
        Utility Acct | account | account
        Login Email | email | email
        Portal Login | login_name | user
        Access Role | role | role
        Mobile Phone | phone | phone
        Date Registered | registered_at | moment
        Last Log In Date | last_login_at | moment
        Notes | - | note
        """,
    ),
    autopay(
        "gas company, checking list",
        """
        GAS_ACCT | account | customer
        CUSTOMER | ?customer_name | listed
        TRANSIT_NBR | routing_number | routing without zeros
        CHKG_ACCT_NBR | bank_account_number | bank
        CHK_SAV_IND | bank_account_type | c/s
        DRAFT_BEGIN_DATE | start_date | short date
        DRAFT_END_DATE | end_date | dates
        LAST_DRAFT_AMT | - | amount
        """,
    ),
    paperless(
        "water authority, subscriptions",
        """
        Account No | account | account
        Customer First | first_name | first
        Customer Last | last_name | last
        E-mail Address 1 | email | email
        E-mail Address 2 | email_cc | emails
        Paperless Enrolled | paperless_flag | y/n
        Enrolled On | consent_date | date
        Mobile Number | phone | phone
        Meter Serial | - | meter digits
        """,
    ),
    autopay(
        "payment gateway, stored accounts",
        """
        merchantCustomerId | account | customer
        firstName | first_name | first
        lastName | last_name | last
        emailAddress | email | email
        phoneNumber | phone | phone digits
        routingNumber | routing_number | routing
        bankAccountNumber | bank_account_number | bank
        bankAccountType | bank_account_type | checking
        nameOnAccount | account_holder_name | full
        secCode | sec_code | sec
        createdDate | - | moment
        """,
    ),
    registration(
        "city services, residents",
        """
        Utility Account Number | account | account
        Resident Name | customer_name | full
        Resident E-mail | email | email
        Street Address | address1 | street
        Apt/Suite | address2 | apartment
        City | city | city
        State | state | state
        ZIP+4 | zip | zip+4
        Tel. No. | phone | phone
        Username | login_name | user
        Council District | - | route number
        """,
    ),
    autopay(
        "cable company, recurring cards",
        """
        Subscriber # | account | customer
        Subscriber Name | customer_name | full
        CC Token | card_token | token
        CC Expiration | card_expiry | mm/yy
        CC Brand | card_brand | brand
        Last 4 of Card | card_last4 | last 4
        Name on Card | account_holder_name | full
        Recurring (Y/N) | autopay_flag | y/n
        Recurring Start | start_date | date
        Package | - | class
        """,
    ),
    paperless(
        "insurer, mail or email",
        """
        PolicyNo | account | policy
        PrimaryInsuredName | customer_name | full
        PreferredEmail | email | email
        DeliveryMethodCd | paperless_flag | e/p
        ConsentDt | consent_date | iso
        ConsentVersion | consent_text_version | version
        ConsentIPAddress | consent_ip | ip
        ProducerName | - | agency
        """,
    ),
    autopay(
        "school district, tuition",
        """
        Family ID | - | legacy
        Account ID | account | customer
        Payer First Name | ?first_name | first
        Payer Last Name | ?last_name | last
        Payer Email | email | email
        Bank Routing | routing_number | routing
        Bank Account | bank_account_number | bank
        Acct Type | bank_account_type | personal checking
        Withdrawal Date | - | date
        Monthly Amount | ?fixed_amount | amount
        """,
    ),
)
