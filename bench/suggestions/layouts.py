"""Layouts on which the suggestions are tuned: headers as billing systems, gateways and cities write them."""

from typing import Final

from bench.suggestions.layout import Layout, autopay, paperless, registration

LAYOUTS: Final[tuple[Layout, ...]] = (
    autopay(
        "water district, bank drafts",
        """
        Cust No | account | customer
        Loc | account | location
        Name | customer_name | listed
        Routing | routing_number | routing
        Bank Acct | bank_account_number | bank
        Type | bank_account_type | c/s
        Draft Y/N | autopay_flag | y/n
        E-mail | email | email
        Route | - | route
        """,
    ),
    autopay(
        "city, autopay spreadsheet",
        """
        Account Number | account | account
        Account Name | customer_name | full
        Bank Account No | bank_account_number | bank
        Transit No | routing_number | routing
        Account Type (C/S) | bank_account_type | c/s
        Auto Pay (Y/N) | autopay_flag | y
        Max Draft Amt | max_amount | amounts
        """,
    ),
    autopay(
        "bank, five columns",
        """
        Customer ID | account | customer
        Recipient Name | account_holder_name | full
        Routing Transit Number | routing_number | routing
        Account Number | bank_account_number | bank
        Account Type | bank_account_type | 1/2
        Amount | fixed_amount | amount
        """,
    ),
    autopay(
        "orchestrator, bank accounts",
        """
        audit_reference_id | legacy_id | legacy
        buyer.external_identifier | account | account
        buyer.billing_details.email_address | email | email
        payment_method.account_number | bank_account_number | bank
        payment_method.routing_number | routing_number | routing
        payment_method.account_type | bank_account_type | checking
        payment_method.account_holder.first_name | ?first_name | first
        payment_method.account_holder.last_name | ?last_name | last
        last_used_at | - | moment
        """,
    ),
    autopay(
        "orchestrator, cards",
        """
        buyer.external_identifier | account | account
        payment_method.token | card_token | token
        payment_method.expiration_date | card_expiry | mm/yy
        payment_method.scheme | ?card_brand | brand
        buyer.billing_details.phone_number | phone | phone
        """,
    ),
    autopay(
        "processor, cards with tokens",
        """
        description | account | account
        name | customer_name | full
        email | email | email
        card.id | card_token | token
        card.name | account_holder_name | full
        card.exp_month | card_expiry_month | month
        card.exp_year | card_expiry_year | year
        card.address_line1 | address1 | street
        card.address_line2 | address2 | apartment
        card.address_city | city | city
        card.address_state | state | state
        card.address_zip | zip | zip
        card.address_country | - | country
        """,
    ),
    autopay(
        "gateway, batch",
        """
        customer_id | account | customer
        ach_account_number | bank_account_number | bank
        ach_routing_number | routing_number | routing
        ach_account_type | bank_account_type | checking
        ach_sec_code | sec_code | sec
        amount | fixed_amount | amount
        """,
    ),
    autopay(
        "orchestrator, tokens",
        """
        merchant_customer_id | account | customer
        first_name | first_name | first
        last_name | last_name | last
        email | email | email
        country | - | country
        payment_method_token | card_token | token
        expiryMonth | card_expiry_month | month
        expiryYear | card_expiry_year | yy
        """,
    ),
    autopay(
        "gateway, customers with methods",
        """
        Customer ID | account | customer
        Company | - | company
        First Name | first_name | first
        Last Name | last_name | last
        Address | address1 | street
        Address 2 | address2 | apartment
        City | city | city
        State | state | state
        Zip | zip | zip
        Phone | phone | phone
        Method Type | method_kind | ach/card
        Bank Routing # | routing_number | routing
        Bank Acct Number | bank_account_number | bank
        """,
    ),
    paperless(
        "utility billing, bill-to import",
        """
        UB Account Number | account | account
        Customer Last Name | last_name | last
        Customer First Name | first_name | first
        Customer Address | address1 | street
        Customer City | city | city
        Customer State | state | state
        Customer ZIP Code | zip | zip+4
        E-Mail Address | email | email
        Send E-Bill | paperless_flag | y/n
        """,
    ),
    paperless(
        "city hall, paper statements",
        """
        Account Number | account | account
        Customer Name | customer_name | listed
        Send paper statement | paperless_flag | y/n
        Email Addresses | email | email
        Cycle | - | cycle
        Service Address | ?address1 | street
        """,
    ),
    autopay(
        "insurer, premium drafts",
        """
        PolicyNumber | account | policy
        NamedInsured | customer_name | full
        PayorName | account_holder_name | full
        EFTRoutingNo | routing_number | routing
        EFTAccountNo | bank_account_number | bank
        EFTAccountType | bank_account_type | checking
        WithdrawalDay | pay_day | day
        AuthorizationDt | authorization_date | iso
        AgencyName | - | agency
        """,
    ),
    autopay(
        "town, direct debit",
        """
        Acct | account | account
        Full Name | customer_name | full
        Bank Route | routing_number | routing
        Bank Acct. Number | bank_account_number | bank
        Chk/Sav | bank_account_type | checking
        Bank Name | - | bank name
        Prenote Date | - | date
        ACH Effective Date | start_date | date
        Class | - | class
        """,
    ),
    paperless(
        "tax collector, delivery",
        """
        Parcel No. | account | digits
        Billing Name | customer_name | listed
        Billing Address | address1 | street
        Billing City | city | city
        Billing State | state | state
        Billing Zip | zip | zip
        Email | email | email
        Delivery Preference | paperless_flag | email/paper
        """,
    ),
    registration(
        "payment portal, users",
        """
        Account # | account | account
        User Name | login_name | user
        Given Name | first_name | first
        Family Name | last_name | last
        E-mail | email | email
        Cell Phone | phone | phone
        Last Sign-In | last_login_at | moment
        """,
    ),
    autopay(
        "bank, debit entries",
        """
        Customer # | account | account
        Payer | account_holder_name | full
        R/T Number | routing_number | routing
        DDA # | bank_account_number | bank
        Tran Code | bank_account_type | 27/37
        Amt Limit | max_amount | amounts
        Meter Number | - | meter digits
        """,
    ),
    paperless(
        "cooperative, underscores",
        """
        Cust_AcctNo | account | account
        Cust_Name | customer_name | listed
        Cust_Email | email | email
        Cust_Phone1 | phone | phone
        Mail_Addr_Line1 | address1 | street
        Mail_Addr_Line2 | address2 | apartment
        Svc_Addr | - | street
        Paperless_Ind | paperless_flag | 1/0
        """,
    ),
    autopay(
        "city, saved cards",
        """
        Account | account | account
        Card Ref | card_token | token
        Card Brand | card_brand | brand
        Last 4 Digits | card_last4 | masked
        Expires | card_expiry | mm/yy
        Cardholder Name | account_holder_name | full
        Enrollment Date | start_date | date
        Enrollment Status | autopay_flag | active
        """,
    ),
    paperless(
        "data warehouse, electronic bills",
        """
        ACCOUNT_NBR | account | account
        PRIMARY_EMAIL_ADDRESS | email | email
        SECONDARY_EMAIL_ADDRESS | email_cc | emails
        EBILL_IND | paperless_flag | y/n
        EBILL_ENROLL_DATE | consent_date | iso
        EBILL_ENROLL_CHANNEL | consent_channel | channel
        IP_ADDR | consent_ip | ip
        ROUTE_NBR | - | route number
        """,
    ),
    autopay(
        "county, locations and customers",
        """
        Location ID | account | location
        Customer ID | account | customer
        Financial Institution | - | bank name
        ABA No. | routing_number | routing
        Bank Account Nbr. | bank_account_number | bank
        C or S | bank_account_type | c/s
        Withdraw Day | pay_day | day
        Not To Exceed Amt | max_amount | amounts
        """,
    ),
    paperless(
        "billing vendor, statements",
        """
        Acct Nbr | account | digits
        Statement Delivery | paperless_flag | ebill/mail
        Notify Email | email | email
        Last Nm | last_name | last
        First Nm | first_name | first
        Usage | - | usage
        """,
    ),
    autopay(
        "midrange system, short names",
        """
        CUSTNO | account | customer
        LOCNO | account | location
        CUSTNM | customer_name | listed
        BNKRTE | routing_number | routing
        BNKACT | bank_account_number | bank
        ACTTYP | bank_account_type | 27/37
        ADDR1 | address1 | street
        CTY | city | city
        ST | state | state
        ZIPCD | zip | zip
        """,
    ),
    autopay(
        "rural water, drafts",
        """
        Acct No. | account | customer
        Svc Loc | account | location
        Cust Full Name | customer_name | full
        Bank Transit | routing_number | routing
        Bank A/C No | bank_account_number | bank
        A/C Type | bank_account_type | c/s
        Draft Active | autopay_flag | y/n
        Last Reading | - | usage
        Total Due | - | amount
        """,
    ),
    paperless(
        "electric cooperative, preferences",
        """
        AcctNbr | account | digits
        MbrName | customer_name | listed
        MbrEmailAddr | email | email
        EbillFlag | paperless_flag | 1/0
        EbillOptInDt | consent_date | iso
        MailAddr1 | address1 | street
        MailCity | city | city
        MailState | state | state
        MailZip | zip | zip
        SubstationCd | - | route
        """,
    ),
    autopay(
        "card vault with banks",
        """
        CUSTOMER_REF | - | legacy
        ACCOUNT_NO | account | account
        PAYMENT_TYPE | method_kind | ach/card
        CARD_TOKEN_ID | card_token | token
        CARD_EXP_DT | card_expiry | mmyy
        CARD_LAST_4 | card_last4 | last 4
        BANK_ABA_NO | routing_number | routing
        BANK_ACCOUNT_NO | bank_account_number | bank
        BANK_ACCOUNT_TYPE | bank_account_type | checking
        NAME_ON_ACCT | account_holder_name | full
        AUTOPAY_START | start_date | date
        """,
    ),
    registration(
        "web portal, accounts",
        """
        Account | account | account
        Web Login | login_name | user
        Web Email | email | email
        F Name | first_name | first
        L Name | last_name | last
        Home Phone # | phone | phone
        Bill Addr | address1 | street
        Bill City | city | city
        Bill ST | state | state
        Bill ZIP | zip | zip
        Date of Last Login | last_login_at | moment
        Failed Logins | - | sequence
        """,
    ),
    autopay(
        "premium finance, recurring payments",
        """
        Policy # | account | policy
        Insured | customer_name | full
        Acct Holder Name | account_holder_name | full
        Bank Routing No. | routing_number | routing
        Bank Account | bank_account_number | bank
        Acct Type (Chk/Sav) | bank_account_type | checking
        Recurring Pmt Day | pay_day | day
        Max Pmt Amt | max_amount | amounts
        Auth Signed Date | authorization_date | date
        Agent | - | agency
        Down Payment | - | amount
        """,
    ),
)
