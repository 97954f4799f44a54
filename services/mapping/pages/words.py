"""Plain words for what the pages show."""

from collections.abc import Sequence
from typing import Final

from services.mapping.column_words import reading
from services.mapping.draft import groups_of
from services.mapping.pages.first_collection import calendar, dollars
from services.mapping.planned import ChangeFilter, EnrollmentFilter
from shared.contracts import kinds
from shared.contracts.codes import CODES, Level, choice_words, code_title, counted, counts_rows
from shared.contracts.codes.names import NAMED_CODES, OTHER_ACCOUNTS, REPLACE_OWNER
from shared.contracts.facts import fact_words
from shared.contracts.fields import FieldName, GoesTo
from shared.contracts.outcomes import Outcome
from shared.contracts.transforms import TransformKind, words_of

KINDS: Final = {kind: spec.label for kind, spec in kinds.KINDS.items()}
KIND_TEXTS: Final = {kind: spec.summary for kind, spec in kinds.KINDS.items()}
# Numbers of the impact, in this order; those that a check does not give are not shown.
IMPACTS: Final = {
    "customers_touched": "Customers changed",
    "customers_to_create": "Customers created",
    "logins_to_create": "Logins created",
    "logins_to_change": "Logins changed",
    "payment_methods_to_add": "Rows that add a payment method",
    "owners_to_replace": "Account owners replaced",
    "linked_accounts_reached": "Linked accounts outside the file",
}
# The rows that each of these numbers counts, as a filter of the plan. Accounts outside the file have no row: the filter
# finds those that reach them.
IMPACT_ROWS: Final = {
    "customers_touched": f"change={ChangeFilter.CUSTOMER_CHANGED}",
    "customers_to_create": f"change={ChangeFilter.CUSTOMER}",
    "logins_to_create": f"change={ChangeFilter.LOGIN_CREATED}",
    "logins_to_change": f"change={ChangeFilter.LOGIN_CHANGED}",
    "payment_methods_to_add": f"change={ChangeFilter.PAYMENT_METHOD}",
    "owners_to_replace": f"change={ChangeFilter.OWNER}",
    "linked_accounts_reached": f"outcome={Outcome.APPLIED}&code={OTHER_ACCOUNTS}",
}
IMPACTS_IF_ANY: Final = frozenset({"payment_methods_to_add", "owners_to_replace"})  # each is of one kind of import
# What needs a second person, by the names in the detail of C207.
SECOND_PERSON: Final = {
    "customers": "Customers to create",
    "payment_methods": "Rows that add or change payment methods",
    "owners": "Account owners to replace",
    "undo": "Rows to undo; a second person approved the import",
}
# What an undo does, by the names of the impact.
TAKEN_BACK: Final = {
    "customer removed": "Customers removed",
    "customer made": "Customers restored",
    "login removed": "Logins removed",
    "login returned": "Logins returned to what they were",
    "login made": "Logins restored",
    "customer_login_link removed": "Links of logins and accounts removed",
    "customer_login_link returned": "Links of logins and accounts returned to what they were",
    "customer_login_link made": "Links of logins and accounts restored",
    "payment_method removed": "Payment methods removed",
    "payment_method returned": "Payment methods returned to what they were",
    "payment_method made": "Payment methods restored",
    "autopay_enrollment removed": "Autopay enrollments removed",
    "autopay_enrollment returned": "Autopay enrollments returned to what they were",
    "autopay_enrollment made": "Autopay enrollments restored",
    "paperless_enrollment removed": "Paperless enrollments removed",
    "paperless_enrollment returned": "Paperless enrollments returned to what they were",
    "paperless_enrollment made": "Paperless enrollments restored",
}
CHANGES: Final = {
    "customer": "Customer",
    "login": "Login",
    "login_email": "Login email",
    "delivery_email": "Bills go to",
    "payment_method": "Payment method",
    "enrolment": "Enrollment",
}
ENROLLMENT_STATES: Final = {"active": "enrolled", "pending": "waiting for confirmation"}
SAMPLES: Final = {
    "login_email": "Login emails",
    "delivery_email": "Delivery addresses for bills",
    "login": "Logins",
    "payment_method": "Payment methods",
    "enrolment": "Enrollments",
    "customer": "New customers",
}
FOUND_BY: Final = {
    ChangeFilter.LOGIN_EMAIL: SAMPLES["login_email"],
    ChangeFilter.DELIVERY_EMAIL: SAMPLES["delivery_email"],
    ChangeFilter.LOGIN: SAMPLES["login"],
    ChangeFilter.LOGIN_CREATED: "Logins created",
    ChangeFilter.LOGIN_CHANGED: "Logins changed",
    ChangeFilter.OWNER: "Replaced owners",
    ChangeFilter.PAYMENT_METHOD: SAMPLES["payment_method"],
    ChangeFilter.CUSTOMER: SAMPLES["customer"],
    ChangeFilter.CUSTOMER_CHANGED: "Customers changed",
}
ENROLLMENTS: Final = {
    EnrollmentFilter.NEW: "New enrollments",
    EnrollmentFilter.TO_CONFIRM: "New, to be confirmed",
    EnrollmentFilter.CHANGED: "Changed enrollments",
    EnrollmentFilter.WITHOUT_BILL: "Enrolled without a bill",
}
OUTCOMES: Final = {outcome.value: outcome.planned_words for outcome in Outcome}
LEVELS: Final = {level.value: level.words for level in Level}
TRANSFORMS: Final = {kind.value: kind.label for kind in TransformKind}


MEANINGS: Final = {field.value: field.spec.meanings for field in FieldName if field.spec.meanings}


def field_word(field: FieldName | str) -> str:
    spec = FieldName(field).spec
    return f"{spec.label} (for the log)" if spec.goes_to is GoesTo.LOG else spec.label


def changed_words(changed: Sequence[str]) -> str:
    """What of the CRM was not as the check saw it."""
    return f"Changed since the check: {'; '.join(map(fact_words, changed))}"


ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "windows-1252": "Windows-1252",
    "cp1252": "Windows-1252",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "latin-1": "Latin 1",
    "iso-8859-1": "Latin 1",
    "cp437": "DOS (437)",
    "cp850": "DOS (850)",
    "mac-roman": "Mac Roman",
}
DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes (|)"}


def is_on_rows(number: str) -> bool:
    return number in CODES and not CODES[number].is_of_the_whole


WORDS: Final[dict[str, object]] = {
    "kinds": KINDS,
    "kind_texts": KIND_TEXTS,
    "step_groups": groups_of,
    "impacts": IMPACTS,
    "impacts_if_any": IMPACTS_IF_ANY,
    "impact_rows": IMPACT_ROWS,
    "calendar": calendar,
    "dollars": dollars,
    "second_person": SECOND_PERSON,
    "taken_back": TAKEN_BACK,
    "change_words": CHANGES,
    "sample_words": SAMPLES,
    "found_by": FOUND_BY,
    "enrollment_words": ENROLLMENTS,
    "enrollment_states": ENROLLMENT_STATES,
    "code_title": code_title,
    "named": NAMED_CODES,
    "replacing_owner": REPLACE_OWNER,
    "outcomes": OUTCOMES,
    "results": {outcome.value: outcome.words for outcome in Outcome},
    "changed_words": changed_words,
    "levels": LEVELS,
    "meanings": MEANINGS,
    "word_reading": reading,
    "encoding_words": ENCODINGS,
    "delimiter_words": DELIMITERS,
    "transforms": TRANSFORMS,
    "field_word": field_word,
    "transform_word": words_of,
    "choice_word": choice_words,
    "counted": counted,
    "counts_rows": counts_rows,
    "is_on_rows": is_on_rows,
}
