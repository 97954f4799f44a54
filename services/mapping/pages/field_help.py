"""What stands beside the fields of the mapping: what to look for in the file, and what happens with it."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.fields import FieldName

_F = FieldName
HELP: Final[Mapping[FieldName, str]] = {
    _F.ROUTING_NUMBER: "Nine digits. A zero that a spreadsheet dropped is restored where the check digit proves it.",
    _F.BANK_ACCOUNT_NUMBER: "The account at the bank, not the customer's number at the biller.",
    _F.CARD_TOKEN: "From the payment gateway. A file with card numbers is rejected.",
    _F.CARD_EXPIRY: "Such as 05/29. Month and year in two columns are optional fields below.",
    _F.BANK_ACCOUNT_TYPE: "For blank cells you choose a default in the settings.",
    _F.ACCOUNT_HOLDER_NAME: "Kept with the payment method.",
    _F.AUTOPAY_FLAG: "Customers whose value says no, such as revoked, are skipped.",
    _F.METHOD_KIND: "If it is blank, the columns that are filled in decide.",
    _F.PAPERLESS_FLAG: "Customers whose value says paper are skipped. Other words are asked about.",
    _F.CUSTOMER_NAME: "Compared with the name in the CRM. Customers are created only with a name.",
    _F.EMAIL: "Where the customer gets bills and messages.",
    _F.EMAIL_CC: "A second address that gets a copy.",
    _F.START_DATE: "No payment is collected before the later of this date and the date in the settings.",
    _F.END_DATE: "Customers whose autopay has ended are skipped. For later dates, you decide.",
    _F.PAY_DAY: "Autopay collects on the due date. If a row asks for another day, you decide.",
    _F.FIXED_AMOUNT: "Autopay collects the full balance. If a row asks for an amount, you decide.",
    _F.MAX_AMOUNT: "The largest amount that autopay may collect at once.",
    _F.AUTHORIZATION_DATE: "Kept as evidence of the authorization.",
    _F.CONSENT_DATE: "When the customer agreed to paperless bills. Kept as evidence.",
    _F.LOGIN_NAME: "What the customer signs in with. If it is blank, the email is used.",
    _F.ROLE: "Owner, oversight, or guest. Blank means owner.",
    _F.BILLER_NAME: "If the file names another biller, it is rejected.",
    _F.LEGACY_ID: "Copied to the log, so that you can find the row in the old system.",
}
