"""Cells as people and programs write them, several to a line, each in a row of its own beside cells that are fine.

A line is: field (and the column of the plan, where that has another name), what comes of it, cells parted by " | ".
What comes of it are codes, and after "=" the value that is stored. "" is a blank cell, and escapes are those of Python.
"""

from collections.abc import Iterator

Written = tuple[str, str, str, str]

_BANK = r"""
bank_account_number: R128: xxxx-9911 | *******0042 | #####7788 | \u2022\u2022\u2022\u20221234 | XX1234 | x9876 | ...5521
bank_account_number: R128: 12345**** | 4**78 | Ending in 4321 | last four 1234 | XXX-XX-1234 | ** 99 | xxxxxx
bank_account_number: R128: 9999999999 | 222222 | 0987654321 | 0000123456789 | 454545454545 | 123123123 | 1234567890
bank_account_number: R128: Closed 4412 | VOIDED-1 | Pending9 | Temp 77 | SAMPLE123 | Acct Closed 5 | PENDING | see file
bank_account_number: R123: 0000000000 | 00000 | "" | NULL | #N/A | 12 | 021000021 | 44_55
bank_account_number: R128: 123456789012345678 | tbd
bank_account_number: R123: Dec-03 | 3-Dec-26
bank_account_number: R123: 4.45567E+11 | 4,46E+10 | 1E+09 | 8.8e+12
bank_account_number: R123: 4455667.0 | 44556.67 | 4455\ufffd683 | 3-Dec | 44:55
bank_account_number/account_last4: W301 =6677: ="0044556677" | '0044556677
bank_account_number/account_last4: =6680: 44 55 6680 | 4455\xa06680
bank_account_number/account_last4: =6680: \u200e44556680\u200f | \uff14\uff14\uff15\uff16\uff16\uff18\uff10
bank_account_number/account_last4: =-684: 0004455-684
routing_number: R128: XXXXX0021 | *****0248 | 021XXXXXX | 111111118 | 123456780 | 222222226 | 999999999 | 12345678
routing_number: =021000021: 0210-0002-1 |  021 000 021 | ABA 021000021
routing_number: =021000021: \uff10\uff12\uff11\uff10\uff10\uff10\uff10\uff12\uff11 | 021000021\u200b
routing_number: W311 =031176110: 31176110 | 3117-6110
routing_number: C212: 03117611 | 12210515
routing_number: R121: 31176110.0 | 2.1E+07 | 0311761107 | #REF! | NULL | 21000 | 3-Dec
routing_number: R122: 031176111 | 500000005 | 021000012 | 000000000 | 130000000
bank_account_type/account_type: =checking: CHECKINGS | Chk. | (checking) | Personal-Checking
bank_account_type/account_type: =checking: DDA | 27 | ckg | Checking Acct
bank_account_type/account_type: =savings: SAVINGS ACCT | svgs | Sav | [S] | BUSINESS SAVINGS | 37 | Savings Accounts
bank_account_type: R124: LOANS | G/L | Line-of-Credit | 52 | "" | (blank) | General-Ledger | Mortgage
bank_account_type: C242: Platinum | Residential | 9 | IRA | Prepaid | Y
bank_account_type/account_type: W314 =savings: 33 | 38
method_kind: =ach: e-CHECK | Bank Acct. | Direct-Debit | EFTs | ACH Debit | (Bank) | "" | Electronic Check | Bank Drafts
method_kind: R129: Money Orders | CASH | Walk-In | Lock Box | Wire | Bill-Pay | Kiosk
method_kind: C242: PayPal | Venmo | Method 2 | Zelle
method_kind: R120 R125 R126: Visa | Credit-Cards | Debit Card | AMEX
autopay_flag/starts_on: =: Enabled | OPTED-IN | Bank Drafts | live | Yes (ACH) | Recurring | Signed Up | [x]
autopay_flag: S402: Opted Out | CANCELED | not enrolled | (Inactive)
autopay_flag: S402: Withdrawn | 0 | Un-enrolled | DECEASED | Suspended
autopay_flag/starts_on: W314 =: Pre Note | PRENOTES
autopay_flag: C241: "" | NULL | #N/A | -- | (null) | ?
autopay_flag: C242: Sign-Up | Maybe | 2 | Tier B | See notes | pending
start_date/starts_on: =2027-12-31: 12/31/2027 12:00:00 AM | 2027-12-31T00:00:00Z | 31-Dec-27 | Dec 31 2027 | 20271231
start_date/starts_on: =2027-12-31: 2027/12/31 | December 31, 2027 | 12-31-27 | 31 Dec 2027 | 12/31/27 | 2027-12-31 09:15
start_date/starts_on: =: 00.00.0000 | 31.12.9999 | 9999.12.31 | 01.01.1900 | 0001-01-01 | 01.01.0001 00:00:00
start_date/starts_on: =: 0000-00-00 | 1/1/1753 | 12/31/9999 | 1900-01-01 00:00:00
start_date/starts_on: =: \\N | - | NaN | 00/00/0000 | 1/1/1970
start_date: R145: 2027-13-01 | 46387 | 31 | Q1 2027 | 02/30/2027 | 2027 | Jan 2027
start_date/starts_on: =2027-01-05: 1.5.2027
start_date/starts_on: =: ASAP | Next Bill | immediately | (Now) | Upon Receipt
start_date: C242: next month | when approved | Friday | sofort | Spring
end_date/ends_on: =: 9999-12-31 23:59:59 | 12/30/1899 | (none) | 01/01/1970 | 00000000 | 2999-12-31
end_date: C214: 12/31/2028 | 2028-12-31 00:00:00 | 31-Dec-2028
end_date: S403: 12/31/2020 | 2020-01-31T10:00:00 | 15 Jan 2021
end_date/ends_on: =: never | until canceled | open
end_date: R145: 2028-00-10 | 12 months
end_date: C242: someday | TBD | when paid off | moved | nunca
authorization_date/authorized_on: =2021-03-14: 3/14/21 | 14 Mar 2021 | 2021-03-14 08:15 AM | March 14, 2021 | 20210314
authorization_date/authorized_on: W315 =: spring 2021 | 2021-02-30 | 44269 | on file | 2021
authorization_date: C244: 14.03.2021
prior_last_debit_date/authorized_on: W315 =: last month | 2021-99-01 | 44269.5
prior_last_debit_date/authorized_on: =: 0000-00-00 | NULL | 2021-03-14 | Mar 14 2021
max_amount: =250.00: 250 | $250.00 | 250.0000 | USD 250 | 250 usd | $ 250 | 250. | 0250.00
max_amount: =1250.50: 1,250.50 | $1,250.5 | 1250.5000
max_amount: =: 0.00 | $0 | 0.0000 | No Limit | unlimited | Full Balance | (none) | No-Max
max_amount: C242: lots | per contract | See Form | M | budget
max_amount: R145: -250 | 250,00 | 2.5E+02 | 10000000000 | 250-300 | \u20ac250 | 250.000 | (250)
fixed_amount: C213: 50 | $1,250.00 | 19.9900 | USD 20 | .50
fixed_amount/max_amount: =: 0 | Balance Due | NULL | $0.00 | due date | Total Due
fixed_amount: C242: half | minimum | Budget Plan | varies | fijo
fixed_amount: R145: (50.00) | 50% | -5
pay_day: C213: 3rd | 28 | EOM | Last Day | 01 | 22ND | Month-End | 15.0
pay_day/max_amount: =: 0 | Due-Date | n/a | 00 | Bill Due Date
pay_day: C242: Friday | payday | mid-month | first | quincena
pay_day: R145: 99 | 1,15 | 32nd
email: W313 =: noemail@gmail.com | xx@xx.com | ann@example | ask me | ann@gmail.comm | decline@x.org | none@none.com
email: W313 =: test@test.com | no-email@here.org | n.o.n.e@x.org
email: W313 =: ann@test.com | 1111@1111.com | donthaveemail@yahoo.com
email: =: "" | N/A | #REF! | none | (null) | -
email: W313 W342 =a1@example.com: a1@example.com; b1@example.com; c1@example.com
email: W313 W342 =a1@example.com: a1@example.com b1@example.com/c1@example.com
email_cc: W313 =a2@example.com: a2@example.com, b2@example.com | a2@example.com or b2@example.com
email_cc: W313 =: bounced | nobody@nowhere.com | ann@@example.com
phone: W317 =: 212-000-0000 | (515) 555-5555 | 1-800-999-9999 | 987-654-3210 | 1 (617) 111-1111
phone: =617-555-0142: 617-555-0142 | 617-555-0142\xa0
phone: W317 =: (999) 999-9999 | 0000000 | 1-888-888-8888 | 123.456.7890 | 555-555-5555
phone: =555-0100: 555-0100 |  555-0100\xa0 | \uff15\uff15\uff15-0100
state: W312 =: XX | zz | X.X.
state: W312 =: Massachusets | M. | 99 | Ontario | New Amsterdam
state: =NM: N.M. | New Mexico | N. Mex. | nm | NEW  MEXICO | (NM)
customer_name: R127 W317: CURRENT OCCUPANT | Unknown | TEST CUSTOMER | Vacant | Do Not Use - Closed
customer_name: R127: "" | NULL | N/A | (blank) | #NAME?
legacy_id/email: =ann@example.com: 00042 | NULL | P-7
"""

_CARD = r"""
card_expiry/exp_month: =11: 11/29 | 11/2029 | 1129 | 112029 | 2029-11 | 202911 | 2029/11 | Nov-29 | 29-Nov | Nov 2029
card_expiry/exp_month: =11: November 2029 | 11 / 29 | 11/30/2029 | 2029-11-30 00:00:00
card_expiry/exp_month: =11: 30-Nov-29 | 2911 | 11-29 | 11/30/29
card_expiry/exp_month: W301 =11: '11/29 | ="1129"
card_expiry/exp_month: =5: 529 | 5/29 | 29-May | 05 / 2029 | May 2029 | 2029-05-01
card_expiry: C244: 05/01/2029 | 29/11/31
card_expiry: R126: 13/29 | 00/29 | Smarch 2029 | 2029 | "" | NULL | 11.29 | 1E+03 | #VALUE!
card_expiry: C216: 01/24 | 0124 | 2024-01-31 | Jan 2024
card_token: R128: ************4242 | XXXXXXXXXXXX0005 | DECLINED | 0000000000000 | test-token | on file | 1234567890
card_token: R128: Expired | redacted | TBD | Card on File | 99999999 | see note | 411111XXXXXX1111
card_token: R120: "" | #VALUE! | NULL
card_token: R125: tok 99 1234 | 4.11E+15 | abc | t\xf6k_123456 | <token>
card_token/token_ref: =ccof:9xKq2: ccof:9xKq2 |  ccof:9xKq2 | ccof:9xKq2\u200b
card_token/token_ref: =cust7|card2: cust7|card2
card_token/token_ref: =81234: 81234 | \uff18\uff11\uff12\uff13\uff14
method_kind: =card: CREDIT CARDS | Mastercard | Amex | debit-card | Card on File | (cc) | Master-Card
card_last4: =0005: x0005 | 5 | ****0005 | ending 0005
card_last4: =1881: 411111****1881 | 1881 | \u20221881
card_last4: =: NULL | "" | XXXX | n/a
"""

_PAPERLESS = r"""
email: =ann@example.com: ann@example.com (home) | Work: ann@example.com
email: =ann@example.com: [ann@example.com] | "ann@example.com" | <ann@example.com>
email: =ann@example.com: Ann Lee <ann@example.com> | mailto:ann@example.com
email: =ann@example.com: ann@EXAMPLE.com | ann@example.com; | ann@example.com.
email: =ann@example.com: =HYPERLINK("mailto:ann@example.com","ann") | ann@example.com\xa0 | \u202bann@example.com\u202c
email: =ann@example.com: ann\uff20example.com | E-mail: ann@example.com
email: W342 =ann@example.com: ann@example.com ::: bob@example.com | ann@example.com/bob@example.com
email: W342 =ann@example.com: Ann <ann@example.com>, Bob <bob@example.com> | ann@example.com and bob@example.com
email: R141: "" |   | \u200b | NULL | n/a | #N/A | none
email: R142: ann@example | ann example.com
email: R142: ann@example..org | ann@exam ple | @example.com | ann@ | ann@example.con
email: R142: ann@verizon.nett | .ann@example.com | ann@-x.com
email: R142: ann@x.c0m | ann@ex_ample.com | a\ufffd@example.com
email: R143: no-email@example.org | None@None.com | test123@example.org
email: R143: xyz@xyz.com | na@na.net | 000@000.com | ann@noemail.com | paper@paper.com | ann@hasnone.com
email: R143: Declined@example.org | no.email.on.file@example.org
email: R143: refused@refused.org | DONOTEMAIL@example.org | asdf@asdf.com
email: W343 =ann@gmial.com: ann@gmial.com
email: W343 =ann@hotmial.com: ann@hotmial.com
email: W343 =ann@yahooo.com: ann@yahooo.com
email: C221: a@example.com b@example.com c@example.com | a@example.com;b@example.com;c@example.com
email_cc: W313 =: NULL@NULL.com | bob | bob@example | unknown@x.org
email_cc: =: "" | - | none | ann.usual@example.com
paperless_flag/email: =ann.usual@example.com: E-Bill | e-mailed | Electronic Only | (Email) | E-Statements
paperless_flag/email: =ann.usual@example.com: No Paper | Online | Y | Opt-In | Digital
paperless_flag: S401: US Mail | Hard-Copy | PRINT | U.S.P.S. | Postal mail | Opted Out | N | Papers | Mail Only
paperless_flag: C222: Both | Email & Paper | Paper/Email | Print + Email
paperless_flag: C241: "" | NULL | (none) | #REF!
paperless_flag: C242: Fax | Text | 7 | Portal
consent_date/authorized_on: =2024-05-16: 5/16/2024 | 2024-05-16T14:33:10Z | 16-May-24
consent_date/authorized_on: =2024-05-16: May 16, 2024 2:33 PM | 5/16/24 | 20240516
consent_date/authorized_on: =: 0000-00-00 | 1/1/1900 | NULL | 12/31/9999 00:00
consent_date/authorized_on: W315 =: yes | 2024 | 45428 | 31/31/2024 | on signup
zip: =02138: 02138- | 02138 | \uff10\uff12\uff11\uff13\uff18
zip: W301 =02138: 2138 | '02138 | ="02138" | 2138-
zip: W301 =00601: 601
zip: =02138-1234: 02138-1234 | 02138 1234
zip: W301 =02138-1234: 2138-1234 | 2138 1234
zip: W312 =: 00000 | 99999 | 99999-0000 | 000000000 | 00000-0000 | 11111 | 88888-8888 | 00123 | 99999-9999
zip: =02138: 02138-0000 | 021380000 | 02138 0000
zip: W301 =02138: 2138-0000 | 2138.0
zip: =44444: 44444
zip: =55555: 55555 | 55555-
zip: =12345: 12345
zip: W312 =: 021 | ABCDE | 02138-12 | K1A 0B1 | 21381234
state: =MA: Mass. | MASSACHUSETTS | ma | (Mass)
state: =NY: N.Y. | new york | NEW-YORK
customer_name: =PEÑA, JOSÉ: PE\xd1A, JOS\xc9
customer_name: R127 W317: Occupant | RESIDENT | unknown name | Test Account
customer_name: R127: NULL | - | #N/A
address1: W317 =: UNKNOWN | Vacant | Current Resident | tbd
city: W317 =: unknown | TBD | Test
address1: =1 Vacant Lot Rd: 1 Vacant Lot Rd
address1: =: N/A | (blank) | NULL | #VALUE!
city: =Salem: Salem | \xa0Salem | Salem\u200e
"""

_REGISTRATION = r"""
customer_name/last_name: =Rossi: John Henry Rossi Jr. | Rossi, John | Dr. Anna Rossi
customer_name/last_name: =Rossi: Rossi, Maria T., MD | Lena Rossi III | Mr. Ed Rossi
customer_name/last_name: =Rossi: Paul Rossi PhD | Rossi, Jr., Paul | Ana Rossi Esq.
customer_name/last_name: =van der Berg: Maria van der Berg | van der Berg, Maria
customer_name/last_name: =de la Cruz: Ana de la Cruz | de la Cruz, Ana Maria
customer_name/last_name: =Nguyen: Hoa Nguyen | Nguyen, Hoa
customer_name/last_name: =Church: Elaine Church | Church, Elaine | Mrs. Elaine Church
customer_name/last_name: =Trust: Trust, Ivan
customer_name/last_name: =O'Brien: Pat O'Brien | O'Brien, Pat | Pat O\uff07Brien
customer_name/last_name: =First Baptist Church: First Baptist Church
customer_name/last_name: =Lakeview Partners LP: Lakeview Partners LP
customer_name/last_name: =City of Salem: City of Salem
customer_name/last_name: =Ortiz Family Trust: Ortiz Family Trust
customer_name/last_name: =Acme Co.: Acme Co.
customer_name: R127 W317: UNKNOWN | Current Resident | Tenant
customer_name: R127: NULL | "" | #N/A
login_name: W316 =usual@example.com: user | No-Email | UNKNOWN | xxxx | test | username | 0000 | not.provided
login_name: W316 =usual@example.com: qj | tessa becker | a\tb | x
login_name/login_name: =usual@example.com: NULL | "" | N/A | -
login_name: =owenm: owenm | \xa0owenm | owenm\u200b
role/link_role: =: Owner | ACCOUNT OWNER | Primary | "" | NULL | Account-Holder
role/link_role: =oversight: Account Oversight | OVERSIGHT
role/link_role: =guest: Guests | account-guest | (guest)
role: R146: Administrator | CSR | staff | Super-User
role: C242: Spouse | Landlord | 2
phone: W317 =: 000-000-0000 | 9999999999 | 1234567890 | 1 (111) 111-1111
phone: =212-555-0142: 212-555-0142 | 212\u2011555\u20110142
zip: W312 =: unknown | 99
registered_at/email: =usual@example.com: never | 0000-00-00 | 2021-03-04T13:05:00Z | 3/4/2021 | NULL
email: C221: a@example.com; b@example.com | a@example.com/b@example.com
email: R142: ann@localhost
email: R143: nobody@example.org | email@email.com | 123@123.com | notprovided@example.org
"""

_NUMBERS = r"""
account: R101: "" | NULL | N/A | (blank) | #REF! | \\N | - | nan | (null)
account: R102: 1.0002E+12 | 1,23E+11 | 4E+05 | 1002.0 | 3-Dec | Dec-03 | 12/3/2026 | 3-Dec-26
account: R103: 10\ufffd2 | PE\xd1A-1 | 10\u20142 | 123456789012345678901234567890123456789012345678901
account: R108: 1111111 | 0000000 | 123456789 | 0987654321 | UNKNOWN | pending
account: R108: TEST | XXXX1234 | ****9911 | TBD | Closed 7 | on file
account/account_number: =10-2001: 10-2001 | 10\u20112001 | 10\u20102001 | \xa010-2001 | 10-2001\u200e
account/account_number: =10-2001: \uff11\uff10-\uff12\uff10\uff10\uff11
account/account_number: W301 =0001045: ="0001045" | '0001045
account/account_number: =P.O. 7: P.O. 7
account/account_number: =3 Dec: 3 Dec
account/account_number: =000123: 000123 | 000123
"""

TABLES = {"bank": _BANK, "card": _CARD, "paperless": _PAPERLESS, "registration": _REGISTRATION, "numbers": _NUMBERS}


def cases(table: str) -> Iterator[Written]:
    """Field, column, what comes of it, cell."""
    for line in filter(None, TABLES[table].splitlines()):
        field, says, cells = (part.removeprefix(" ") for part in line.split(": ", 2))
        name, _, column = field.partition("/")
        for cell in cells.split(" | "):
            yield name, column or name, says, "" if cell == '""' else _unescaped(cell)


def _unescaped(cell: str) -> str:
    return cell.encode("latin-1", "backslashreplace").decode("unicode_escape")
