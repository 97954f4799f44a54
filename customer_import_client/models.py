"""Bodies that are sent and answered, generated from docs/openapi.json.

A newer service may answer more keys.
"""

from typing import Literal, NotRequired, TypedDict

About = Literal["autopay_moved", "paperless_started", "activation", "account_added", "email_changed"]


class AccountsElsewhere(TypedDict):
    """Accounts at another biller, of which no more is told."""

    # its name
    biller: str
    accounts: int


Act = Literal[
    "signed_in",
    "sign_in_refused",
    "signed_out",
    "refused",
    "file_uploaded",
    "file_removed",
    "file_deleted",
    "file_seen",
    "recipe_saved",
    "recipient_added",
    "recipient_removed",
    "defined",
    "considered",
    "decided",
    "corrected",
    "approved",
    "returned",
    "started",
    "continued",
    "canceled",
    "resumed",
    "rows_seen",
    "cells_tried",
    "customer_seen",
    "downloaded",
    "letter_sent",
    "letter_discarded",
    "work_paused",
    "work_resumed",
    "right_granted",
    "right_withdrawn",
    "biller_added",
    "removed",
    "audit_seen",
    "webhook_added",
    "webhook_rotated",
    "webhook_taken_over",
    "webhook_removed",
    "webhook_replayed",
    "email_text_changed",
    "emails_switched",
    "emails_stopped",
    "email_bounced",
]


class AlsoOwned(TypedDict):
    """The other accounts that the login of a row owns, as of now."""

    # the first 20 at this biller
    account_numbers: list[str]
    # how many there are at this biller
    accounts: int
    elsewhere: list[AccountsElsewhere]


class Amounts(TypedDict):
    """What an import, or several, would make or change of the things that a second person is asked for (C207)."""

    customers: NotRequired[int]
    payment_methods: NotRequired[int]
    owners: NotRequired[int]


class Approval(TypedDict):
    """The check that the second person has seen, and the decisions to agree to: without them nothing is approved."""

    # `answers` of the check as you read them: what you agree to
    answers_seen: dict[str, str]
    # `log_recipients.recipients` of the import as you read them. Null: not compared
    log_recipients_seen: NotRequired[list[str] | None]
    check_no: int


class AuditEntry(TypedDict):
    """An entry of the audit trail.

    The hash is of the entry and of the hash before it.
    """

    # its place in the trail, from 1, without a gap
    number: int
    at: str
    act: str
    # ID of the person; empty: the system, or nobody known
    actor: str
    # how and from where
    source: str
    # the database role of the service that recorded it
    recorded_by: str
    import_id: str | None
    biller_id: int | None
    detail: dict[str, str | int | bool | None]
    # SHA-256 in hexadecimal digits
    hash: str


class AuditChain(TypedDict):
    """A piece of the audit trail in its own order, to verify it."""

    items: list[AuditEntry]
    # the number of the last entry, as the trail itself says
    last_number: int


class AuditPage(TypedDict):
    """A page of the audit trail, newest first."""

    items: list[AuditEntry]
    # `before` of the next page; null on the last page
    next: int | None


State = Literal[
    "checking",
    "rejected",
    "held",
    "approved",
    "running",
    "waiting",
    "in_review",
    "cancelling",
    "completed",
    "completed_with_errors",
    "failed",
    "cancelled",
]


class Behind(TypedDict):
    """Another import of the same biller that has to end before this one is checked."""

    # null if you may not see that import
    import_id: str | None
    # null if you may not see that import
    file_name: str | None
    state: State
    # the state in words
    state_text: str
    # the whole sentence
    text: str


class InvoiceTypeItem(TypedDict):
    """An invoice type that can be chosen."""

    code: str
    alias: str
    autopay_allowed: bool
    paperless_allowed: bool


ImportKind = Literal["autopay", "paperless", "registration"]


class ProblemItem(TypedDict):
    """One problem: a stable code, the place and the remedy."""

    code: str
    place: str
    message: str
    remedy: str


class KindItem(TypedDict):
    """A kind of import, offered or not."""

    kind: ImportKind
    offered: bool
    why_not: list[ProblemItem]


class BillerDetail(TypedDict):
    """A biller with what can be imported there."""

    id: int
    name: str
    permission: Literal["paperless", "all"]
    # whether you may approve as the second person
    may_approve: bool
    # whether one login may own several accounts
    linked_accounts: bool
    invoice_types: list[InvoiceTypeItem]
    kinds: list[KindItem]
    # files that you can use, by kind
    secure_upload: dict[str, int]


class BillerItem(TypedDict):
    """A biller that you may import for."""

    id: int
    name: str
    permission: Literal["paperless", "all"]
    # whether you may approve as the second person
    may_approve: bool


class BillerList(TypedDict):
    """Billers by name."""

    items: list[BillerItem]


class Bounce(TypedDict):
    """Which email bounced.

    What else the report has is ignored.
    """

    # Message-ID of the email
    message_id: str
    # `hard`; any other has no effect
    kind: str


class BounceReport(TypedDict):
    """BounceReport."""

    # `email.bounced`; any other has no effect
    type: str
    data: Bounce


class TopicLag(TypedDict):
    """Messages that a service has still to read from a topic."""

    service: str
    topic: str
    messages: int


class Broker(TypedDict):
    """What the broker says."""

    is_reachable: bool
    # whether the notifier may look at the consumer groups of all services
    is_permitted: bool
    # empty if the broker says nothing
    lag: list[TopicLag]


class LineRange(TypedDict):
    """The lines from ``first`` to ``last``, both included."""

    first: int
    last: int


class Canary(TypedDict):
    """The rows to start with: the first ones, random ones, or those on chosen lines."""

    # so many rows, in the order of the file
    first: NotRequired[int | None]
    # so many rows from anywhere in the file
    random: NotRequired[int | None]
    # the rows on these lines
    lines: NotRequired[list[LineRange]]


StateAtMapping = Literal[
    "checking",
    "rejected",
    "held",
    "confirmed",
    "approved",
    "completed",
    "completed_with_errors",
    "failed",
    "cancelling",
    "cancelled",
]


class CancelledBody(TypedDict):
    """The import is canceled, or will be once the batches in progress have finished."""

    import_id: str
    # `cancelling` while batches in progress may still finish, then `cancelled`
    state: StateAtMapping
    promise: NotRequired[str]


ChangeFilter = Literal[
    "customer",
    "customer_changed",
    "login",
    "login_created",
    "login_changed",
    "login_email",
    "delivery_email",
    "payment_method",
    "owner",
]


class ChangedFact(TypedDict):
    """Something that the whole import depends on and that changed after the check, so rows were put on hold."""

    name: str
    # the same in words
    text: str
    # what to do; empty if a newer release stored it
    remedy: str


class QueuePlace(TypedDict):
    """Where a check waits for its turn among the checks of all billers."""

    # how many checks are before it
    before: int
    # how many rows the first of them has read
    first_rows_read: int
    # the same in words
    text: str


class FindingItem(TypedDict):
    """What a code means here, how often it was found and what can be decided."""

    code: str
    # F file, R row, C decision, W notice, S skipped by rule
    level: str
    title: str
    # what exactly is wrong; empty if the title says everything
    message: str
    # where in the file, such as 'line 3, column 2'; empty if it is not one place
    place: str
    remedy: str
    # what the code counts: rows, or accounts, logins, columns, cells, changes
    count: int
    # places and numbers; for C242, C243 and W304, words and columns of the file
    detail: dict[str, object]
    sample_lines: list[int]
    choices: list[str]
    # the choice that applies unless somebody decides otherwise
    default: str | None


class CollectionDay(TypedDict):
    """Customers whose first collection is on this day."""

    day: str
    customers: int
    # sum of their bills of this day, in dollars
    amount: str


class FirstCollection(TypedDict):
    """Each customer of a row to apply is counted once (autopay-15)."""

    # customers with a bill that will be collected
    customers: NotRequired[int]
    # sum of what is collected from them first, in dollars
    amount: NotRequired[str]
    # the first day of all
    first_day: NotRequired[str | None]
    # customers whose first collection is in the week from then on
    in_first_week: NotRequired[int]
    # the days of the four weeks from then on that have collections
    days: NotRequired[list[CollectionDay]]
    # customers without an open bill of the selected types
    without_open_bill: NotRequired[int]
    # customers whose open bills are all due before their autopay starts or after it ends, or above the customer's
    # maximum
    not_collected: NotRequired[int]


class Impact(TypedDict):
    """Numbers that an earlier release did not keep are 0, and not among the fields that are set."""

    # customers to create with the decisions so far
    customers_to_create: NotRequired[int]
    # customers not found that have a name: created if C202 is create
    customers_missing: NotRequired[int]
    # customers that the biller has
    customers_of_biller: NotRequired[int]
    # customers with a row to apply
    customers_touched: NotRequired[int]
    # logins to create
    logins_to_create: NotRequired[int]
    # logins to change or to claim
    logins_to_change: NotRequired[int]
    # autopay: rows to apply that add a payment method
    payment_methods_to_add: NotRequired[int]
    # registration: rows to apply that replace the owner (C232)
    owners_to_replace: NotRequired[int]
    # accounts that are in no row and get the new email through their login
    linked_accounts_reached: NotRequired[int]
    # enrollments to start or change, by invoice type
    enrollments: NotRequired[dict[str, int]]
    # the same under the name that is stored and that earlier releases read
    enrolments: NotRequired[dict[str, int]]
    # those of them that continue with another payment method or address
    enrollments_changed: NotRequired[dict[str, int]]
    # paperless: customers with new enrollments that wait until they have confirmed them
    customers_to_confirm: NotRequired[int]
    # customers to enroll who have no bill of the type (W320)
    enrolled_without_invoice: NotRequired[dict[str, int]]
    # logins that get an email, if the import emails customers
    customers_emailed: NotRequired[int]
    # rows without a bill of at least one type (W320)
    rows_without_invoice: NotRequired[int]
    # autopay: when customers are debited first, and how much (FirstCollection)
    first_collection: NotRequired[FirstCollection | None]
    # customers that recent imports created without a second person (C207)
    customers_made_alone: NotRequired[int]
    # what this import does without a second person (C207), once approved
    without_second_person: NotRequired[Amounts | None]
    # an undo: records by table, and whether they are removed, returned or made again
    taken_back: NotRequired[dict[str, int]]


class CheckBody(TypedDict):
    """The newest check of an import."""

    import_id: str
    # null until validation knows of the import
    check_no: int | None
    state: Literal["pending", "held", "approved", "rejected", "finished", "cancelled"]
    # where it waits for its turn; null if it waits for none
    queue: NotRequired[QueuePlace | None]
    rows_read: int
    findings: list[FindingItem]
    # rows by planned outcome, and their sum as `read`
    planned: dict[str, int] | None
    # what will change
    impact: Impact
    # codes that need a decision before the import can continue
    undecided: list[str]
    # by code, the choice decided or considered so far, as shown to you
    answers: dict[str, str]
    # everything is decided; a second person has to approve
    second_person_needed: bool
    # why you can't be that person, in words; null if you can, or nobody is needed
    approval_refused: NotRequired[str | None]
    # logins that get an email; 0 if the import sends none, or the biller's emails are switched off
    customers_emailed: NotRequired[int]


class ChosenRows(TypedDict):
    """Rows of an import that somebody chose: those on these lines, of these accounts or with this code."""

    lines: NotRequired[list[LineRange]]
    # account numbers as the import has them
    accounts: NotRequired[list[str]]
    # rows with this code
    code: NotRequired[str | None]


class Trim(TypedDict):
    """Remove white space at both ends."""

    do: Literal["trim"]


class Upper(TypedDict):
    """Upper-case ASCII letters."""

    do: Literal["upper"]


class DigitsOnly(TypedDict):
    """Keep ASCII digits only."""

    do: Literal["digits_only"]


class Remove(TypedDict):
    """Remove each of these characters."""

    do: Literal["remove"]
    characters: str


class StripLeadingZeros(TypedDict):
    """Remove zeros at the start (a value of zeros becomes empty)."""

    do: Literal["strip_leading_zeros"]


class PadLeft(TypedDict):
    """Fill with zeros at the left to this length."""

    do: Literal["pad_left"]
    length: int


class TakeFirst(TypedDict):
    """Keep the first characters."""

    do: Literal["take_first"]
    count: int


class TakeLast(TypedDict):
    """Keep the last characters."""

    do: Literal["take_last"]
    count: int


class DropLast(TypedDict):
    """Remove the last characters, such as a check digit."""

    do: Literal["drop_last"]
    count: int


class TakePart(TypedDict):
    """Keep one of the parts between separators: of ``101-0001-02`` the second is ``0001``.

    One that lacks is empty.
    """

    do: Literal["take_part"]
    # 1 is the first part
    number: int
    separator: str


class Replace(TypedDict):
    """Replace each occurrence of a text."""

    do: Literal["replace"]
    old: str
    new: str


class ColumnPart(TypedDict):
    """A part of the account number that comes from a column.

    An empty cell makes the account number empty (R101).
    """

    column: str
    transforms: NotRequired[
        list[
            Trim
            | Upper
            | DigitsOnly
            | Remove
            | StripLeadingZeros
            | PadLeft
            | TakeFirst
            | TakeLast
            | DropLast
            | TakePart
            | Replace
        ]
    ]


class ComparedImport(TypedDict):
    """The import that is compared with."""

    id: str
    file_name: str
    finished_at: str
    rows: int
    is_same_file: bool
    # about how many of the rows it has, from 0 to 1; null if you named it
    share: float | None


class NamedDecision(TypedDict):
    """A decision taken in advance, for one class of findings."""

    choice: str
    # C201: the number of customers to create
    typed_count: NotRequired[int | None]


class Confirmation(TypedDict):
    """The decisions still needed, for the check that the person has seen."""

    # `answers` of the check as you read them. Null: not compared; then only `decisions` count, and what was decided
    # before, never what others only consider
    answers_seen: NotRequired[dict[str, str] | None]
    # `log_recipients.recipients` of the import as you read them. Null: not compared
    log_recipients_seen: NotRequired[list[str] | None]
    check_no: int
    decisions: NotRequired[dict[str, NamedDecision]]
    # who gets the log, instead of the recipients in the definition; null: as defined
    log_recipients: NotRequired[list[str] | None]
    # start with these rows, and those that share a login with one of them; the others wait until someone continues the
    # import. Null: all rows are applied
    canary: NotRequired[Canary | None]


class ContinuedBody(TypedDict):
    """The other rows are applied, too."""

    import_id: str


class CorrectedCell(TypedDict):
    """A cell with its new value."""

    line: int
    # a column of the file, or a field such as `email`
    column: str
    value: str


class CorrectionItem(TypedDict):
    """A cell that somebody corrected for a round."""

    round: int
    line: int
    column: str
    # of bank accounts and tokens the last characters
    before: str
    after: str
    corrected_by: str
    corrected_at: str


class CorrectionPage(TypedDict):
    """A page of corrections, by line."""

    items: list[CorrectionItem]
    # `after` of the next page; null on the last page
    next: int | None


class CorrectionsAccepted(TypedDict):
    """The file is checked again, as the same import."""

    import_id: str
    # always `checking`
    state: StateAtMapping


class Counts(TypedDict):
    """Rows by outcome: every row has exactly one."""

    # always the sum of the five outcomes
    read: int
    applied: int
    no_change: int
    skipped: int
    held: int
    failed: int


class CustomerChange(TypedDict):
    """One value that a row changed."""

    what: str
    # empty if there was none
    before: str
    after: str


class CustomerEmailCounts(TypedDict):
    """The emails to the customers of an import, each to one login or to the address that it had."""

    waiting: int
    # when they are sent at the earliest; later while an undo is open
    due_at: str | None
    sent: int
    not_delivered: int
    # undone before they were sent, or the login has no address
    withdrawn: int
    stopped: int
    # of those sent
    bounced: int
    # paperless enrollments that went back to paper because of a bounce
    returned_to_paper: int
    stopped_at: str | None
    # who stopped them; null if the biller's emails were off
    stopped_by: str | None


class CustomerEmailPreview(TypedDict):
    """The text with its fields filled in, emails masked."""

    subject: str
    body: str
    # the import whose row fills the fields; null: made-up values
    import_id: str | None


class CustomerEmailSwitch(TypedDict):
    """CustomerEmailSwitch."""

    on: bool


class CustomerImport(TypedDict):
    """A row that was applied to the customer."""

    import_id: str
    biller_name: str
    kind: ImportKind
    # the import that this one undoes
    undoes: str | None
    file_name: str
    requester: str | None
    requested_at: str
    account_number: str
    line: int
    codes: list[str]
    # only the last four characters of bank accounts and cards
    changes: list[CustomerChange]


class CustomerHistory(TypedDict):
    """What imports changed for a customer, newest first; the newest hundred rows."""

    items: list[CustomerImport]


MergeField = Literal[
    "biller_name",
    "customer_name",
    "account_numbers",
    "email",
    "user_name",
    "payment_method",
    "bill_types",
    "former_email",
]


class CustomerText(TypedDict):
    """A text of a biller.

    Fields are written as `{{ biller_name }}`.
    """

    about: About
    title: str
    # who gets it
    hint: str
    # the kind of import that causes it
    kind: ImportKind
    subject: str
    body: str
    is_default: bool
    # what it can name, in words
    fields: dict[str, str]
    changed_by: NotRequired[str | None]
    changed_at: NotRequired[str | None]


class CustomerTexts(TypedDict):
    """CustomerTexts."""

    biller_id: int
    biller_name: str
    # false: no customer of the biller is emailed, whatever imports say
    is_on: bool
    items: list[CustomerText]


LetterState = Literal["open", "handled", "discarded"]


class DeadLetter(TypedDict):
    """A dead letter as people may see it: without what the message holds."""

    id: int
    event_id: str | None
    topic: str
    partition: int
    record_offset: int
    reason: str
    detail: str
    attempts: int
    created_at: str
    resent_at: str | None
    state: LetterState
    discarded_by: str | None
    discard_reason: str | None


class DeadLetterDetail(TypedDict):
    """A dead letter with what its message says of itself, but none of its values."""

    letter: DeadLetter
    # the type of event that its topic carries; null if no longer in use
    event: str | None
    # null if the message can't be read or is of no import
    import_id: str | None
    # bytes of the message
    size: int
    # values of well-known headers; of others only the names
    headers: dict[str, str]


class DeadLetterPage(TypedDict):
    """A page of dead letters, newest first."""

    items: list[DeadLetter]
    # `before` of the next page; null on the last page
    next: int | None


class DecidedBody(TypedDict):
    """The state that the import is in now."""

    import_id: str
    state: StateAtMapping
    # it continues once a second person approves
    second_person_needed: NotRequired[bool]
    # for people: what to do before it continues
    next_step: NotRequired[str | None]


class DecisionItem(TypedDict):
    """A decision, with who made it and when."""

    code: str
    choice: str
    # null if the definition named it
    count_seen: int | None
    typed_count: int | None
    decided_by: str
    # the ID if no name was stored
    decided_by_name: str
    decided_at: str
    # the second person
    approved_by: str | None
    approved_by_name: str | None
    approved_at: str | None


class LogRecipients(TypedDict):
    """Who gets the log of an import: those of the definition, or those chosen when it was confirmed."""

    # IDs of address book entries
    recipients: list[str]
    # null if they are those of the definition
    chosen_by: str | None
    chosen_at: str | None


class RecipeOfImport(TypedDict):
    """The recipe that an import was made from."""

    id: str
    name: str
    version: int
    # whether the import's definition differs from this version of the recipe
    is_changed: bool


class DefinitionDetail(TypedDict):
    """An import as mapping knows it; counts and progress are the notifier's."""

    import_id: str
    biller_id: int
    kind: ImportKind
    state: StateAtMapping
    # the newest check that mapping knows of
    check_no: int | None
    definition: dict[str, object]
    requester: dict[str, object]
    decisions: list[DecisionItem]
    log_recipients: LogRecipients
    # the recipe it was made from
    recipe: RecipeOfImport | None
    created_at: str
    updated_at: str
    # the import that this one undoes; `definition` is then the one of that import
    undoes: NotRequired[str | None]
    # the rows that were chosen to be undone; null: all that were applied
    undoes_rows: NotRequired[ChosenRows | None]
    # the rows it starts with, if a person looks at them first
    canary: NotRequired[Canary | None]
    # the import that this one is a round of
    retries: NotRequired[str | None]
    # which round of it; the first one is 2
    round: NotRequired[int | None]


FieldName = Literal[
    "routing_number",
    "bank_account_number",
    "card_token",
    "card_expiry",
    "bank_account_type",
    "account_holder_name",
    "autopay_flag",
    "method_kind",
    "paperless_flag",
    "customer_name",
    "login_name",
    "role",
    "email",
    "start_date",
    "end_date",
    "pay_day",
    "fixed_amount",
    "max_amount",
    "authorization_date",
    "authorization_channel",
    "authorization_reference",
    "sec_code",
    "names_party",
    "prior_last_debit_date",
    "card_brand",
    "card_last4",
    "card_expiry_month",
    "card_expiry_year",
    "token_vault",
    "email_cc",
    "consent_date",
    "consent_channel",
    "consent_text_version",
    "consent_ip",
    "first_name",
    "last_name",
    "phone",
    "address1",
    "address2",
    "city",
    "state",
    "zip",
    "biller_name",
    "legacy_id",
    "registered_at",
    "last_login_at",
]


class DifferingCellBody(TypedDict):
    """A cell in both files.

    Of bank accounts, cards and tokens it has the last characters.
    """

    field: FieldName
    column: str
    # null: the row is not in the earlier file
    before: str | None
    # null: the row is not in this file
    after: str | None


class DifferingRowBody(TypedDict):
    """A row that differs; of a changed one the cells that do."""

    # in this file
    line: int | None
    # in the earlier file
    line_before: int | None
    account_number: str
    cells: list[DifferingCellBody]


class DifferencePage(TypedDict):
    """`rows` = `same` + `changed` + `new`; `rows_before` = `same` + `changed` + `gone`."""

    against: ComparedImport
    rows: int
    rows_before: int
    same: int
    changed: int
    new: int
    gone: int
    # the fields that both files have a column for: these are compared
    fields: list[FieldName]
    # fields that the earlier file has no column for
    only_here: list[FieldName]
    # fields that this file has no column for
    only_before: list[FieldName]
    items: list[DifferingRowBody]
    # `after` of the next page
    next: int | None


Differing = Literal["changed", "new", "gone"]


class Discard(TypedDict):
    """Why nobody needs the message."""

    reason: str


class DriftBody(TypedDict):
    """How the columns of a file differ from those that a recipe knows.

    The order does not matter.
    """

    # named in the recipe, missing in the file
    missing: list[str]
    # columns that the recipe does not name
    new: list[str]


EnrollmentFilter = Literal["new", "to_confirm", "changed", "without_bill"]


class FileItem(TypedDict):
    """A file of the Secure Upload."""

    id: str
    name: str
    # bytes
    size: int
    sha256: str
    uploaded_at: str
    kind_hint: ImportKind | Literal["unknown"]
    # whether an import of the same content has completed at this biller
    imported_before: bool
    # whether an import uses it; then it can't be deleted
    in_use: NotRequired[bool]


class FileList(TypedDict):
    """A page of files, newest first."""

    items: list[FileItem]
    # `after` of the next page; null on the last page
    next: NotRequired[str | None]


class FileReference(TypedDict):
    """A file of the Secure Upload, known by id and content."""

    id: str
    sha256: str
    # bytes
    size: int


class FoundCode(TypedDict):
    """A code with its words, and how often it occurs in this import."""

    code: str
    # F file, R row, C decision, W notice, S skipped by rule
    level: str
    title: str
    # what exactly is wrong; empty if the title says everything
    message: str
    # where in the file, such as 'line 3, column 2'; empty if it is not one place
    place: str
    remedy: str
    # whether rows have it; otherwise it is about the file or the import
    is_on_rows: bool
    # what the code counts: rows, or accounts, logins, columns, cells, changes
    count: int
    # the first lines of the file that have it
    sample_lines: list[int]
    # places, numbers and words
    detail: dict[str, object]


class ImportAccepted(TypedDict):
    """The request was accepted and the file will be checked."""

    import_id: str


class LiteralPart(TypedDict):
    """A constant part of the account number, such as ``WTR-``."""

    literal: str


class Reading(TypedDict):
    """How the file is read, where detection must be told."""

    encoding: NotRequired[str | None]
    delimiter: NotRequired[str | None]
    # the quote character; empty where the file quotes nothing
    quote: NotRequired[str | None]
    # 0 if the file has no header; its columns are called Column 1, Column 2 and so on
    header_line: NotRequired[int | None]


class Options(TypedDict):
    """Choices that are not columns."""

    reading: NotRequired[Reading]
    bank_account_type_default: NotRequired[Literal["checking", "savings"] | None]
    method_kind_default: NotRequired[Literal["ach", "card"] | None]
    # the paperless flag says whether paper is wanted, as in PaperInvoices
    paperless_flag_reversed: NotRequired[bool]
    # lines of the file to skip
    exclude_lines: NotRequired[list[int]]
    # autopay: earliest collection date; no payment is collected before it
    effective_date: NotRequired[str | None]
    # autopay and paperless: the biller's statement that the customers' consent carries over
    attestation: NotRequired[str | None]
    # email every customer the import changes
    notify_customers: NotRequired[bool]


class RecipeReference(TypedDict):
    """A version of a saved recipe."""

    id: str
    version: int


class ImportDefinition(TypedDict):
    """Everything an import needs to know.

    Who asked, and with which right, the mapping service adds from the token.
    """

    biller_id: int
    kind: ImportKind
    file: FileReference
    # codes; autopay and paperless only
    invoice_types: NotRequired[list[str]]
    columns: dict[str, str]
    # what words mean that the file uses and nobody knows, by field; e.g. CKG is checking
    values: NotRequired[dict[str, dict[str, str]]]
    # the account number: its parts in order
    account_number: list[ColumnPart | LiteralPart]
    options: NotRequired[Options]
    # the saved recipe this was made from: kept and shown; nothing is taken from it
    recipe: NotRequired[RecipeReference | None]
    # 'ask': the import waits until a person confirms it; or the decisions by code
    decide: NotRequired[Literal["ask"] | dict[str, NamedDecision]]
    # who gets the log: ids of the address book, since messages contain no address
    log_recipients: NotRequired[list[str]]


StateGroup = Literal["in_progress", "completed"]


class Progress(TypedDict):
    """Progress of the import."""

    # by the check that is running or ran last
    bytes_read: int
    bytes_total: int
    rows_read: int
    # batches of the plan; null until there is one
    chunks: int | None
    chunks_done: int


class Waiting(TypedDict):
    """Why an import waits for an operator.

    None of its rows caused it; it continues where it stopped.
    """

    since: str
    # an SQLSTATE, or the type of an error
    reason: str
    # the same in words
    text: str


class Paused(TypedDict):
    """Those who look after the system pause the import: batches in progress finish, no new batch is started."""

    since: str
    reason: str


class WaitingPart(TypedDict):
    """A batch that could not be applied and is tried again; nothing of it was written."""

    # number of the batch, from 1
    part: int
    # how often it failed; 0 if it only waits for something temporary
    attempts: int
    next_try_at: str
    # the result of the last try, in words
    text: str


class RoundState(TypedDict):
    """Rows of the import that were tried again."""

    # where the round's check, decisions and own results are
    import_id: str
    round: int
    state: State
    requester: str
    defined_at: str
    finished_at: str | None
    counts: Counts
    # how many of its applied rows are undone
    undone: int


class ImportDetail(TypedDict):
    """An import with the findings of its check and its results."""

    import_id: str
    biller_id: int
    biller_name: str
    kind: ImportKind
    file_name: str
    requester: str
    state: State
    group: StateGroup
    check_no: int | None
    # rows by outcome so far; final once the import has ended
    counts: Counts
    # rows by their newest outcome, over all rounds that have ended
    totals: Counts
    # rows by outcome as the newest check plans them
    planned: Counts | None
    progress: Progress
    codes: dict[str, int]
    # codes that need a decision before the import can continue
    undecided: list[str]
    defined_at: str
    started_at: str | None
    finished_at: str | None
    # why it waits for an operator; null if it does not
    waiting: Waiting | None
    # null if the import is not paused
    paused: Paused | None
    # the import of the same biller that it waits for; null if it does not
    behind: Behind | None
    # where its check waits; null if it waits for no other
    queue: NotRequired[QueuePlace | None]
    # canceled, but not final: batches in progress may finish, rows not reached are being recorded
    is_settling: bool
    has_log: bool
    # grows with every change; the id of server-sent events
    revision: int
    # the import that this one undoes
    undoes: str | None
    # since when it waits for somebody to review its first rows; null if it does not
    in_review_since: str | None
    # the import that this one is a round of
    retries: NotRequired[str | None]
    # which round of it; the first one is 2
    round: NotRequired[int | None]
    # of the newest check
    findings: list[FoundCode]
    # the codes of the rows as they ended last, over all rounds
    result_codes: list[FoundCode]
    # what the whole import depends on and changed between check and run
    changed: list[ChangedFact]
    # batches that are tried again; the first 50
    waiting_parts: list[WaitingPart]
    # how many of the applied rows of `totals` are undone
    undone: int
    # the undos of it and of its rounds, the first one asked for first
    undone_by: list[str]
    # of an undo the rows that were chosen; null: all applied rows
    undoes_rows: ChosenRows | None
    # rows tried again, in rounds; the import itself is round 1
    rounds: list[RoundState]
    # how many rows ended as planned, and why others did not; empty until it ended
    against_plan: str


class ImportState(TypedDict):
    """An import as it stands now."""

    import_id: str
    biller_id: int
    biller_name: str
    kind: ImportKind
    file_name: str
    requester: str
    state: State
    group: StateGroup
    check_no: int | None
    # rows by outcome so far; final once the import has ended
    counts: Counts
    # rows by their newest outcome, over all rounds that have ended
    totals: Counts
    # rows by outcome as the newest check plans them
    planned: Counts | None
    progress: Progress
    codes: dict[str, int]
    # codes that need a decision before the import can continue
    undecided: list[str]
    defined_at: str
    started_at: str | None
    finished_at: str | None
    # why it waits for an operator; null if it does not
    waiting: Waiting | None
    # null if the import is not paused
    paused: Paused | None
    # the import of the same biller that it waits for; null if it does not
    behind: Behind | None
    # where its check waits; null if it waits for no other
    queue: NotRequired[QueuePlace | None]
    # canceled, but not final: batches in progress may finish, rows not reached are being recorded
    is_settling: bool
    has_log: bool
    # grows with every change; the id of server-sent events
    revision: int
    # the import that this one undoes
    undoes: str | None
    # since when it waits for somebody to review its first rows; null if it does not
    in_review_since: str | None
    # the import that this one is a round of
    retries: NotRequired[str | None]
    # which round of it; the first one is 2
    round: NotRequired[int | None]


class ImportPage(TypedDict):
    """A page of imports, newest first."""

    items: list[ImportState]
    # `after` of the next page; null on the last page
    next: str | None


class Mail(TypedDict):
    """The email of an import to one recipient."""

    recipient_id: str
    # masked; empty if the recipient is no longer in the address book
    address: str
    message_id: str
    # pending, sent or given_up
    state: str
    attempts: int
    next_try_at: str | None
    # an SMTP code or the type of an error
    last_problem: str | None
    queued_at: str
    sent_at: str | None
    # end, or pause while the import waits for a review of its first rows
    about: str
    # when the email about the pause was sent
    pause_sent_at: str | None


class MailList(TypedDict):
    """The emails of an import."""

    items: list[Mail]
    # emails to customers; null: this import sends none, or the CRM sends them
    customers: NotRequired[CustomerEmailCounts | None]


class NewCorrections(TypedDict):
    """What to correct in the rows of an import that waits for a decision."""

    # the check that you looked at; a newer one is a conflict
    check_no: int
    # a file that you uploaded: rows with the file's columns and `line`. It is removed when it was used
    corrected_file: NotRequired[str | None]
    cells: NotRequired[list[CorrectedCell]]
    # rows to skip: S404
    leave_out: NotRequired[list[int]]
    # skipped rows not to skip after all; a corrected cell says so, too
    bring_in: NotRequired[list[int]]
    # what words mean, for every row; as in a definition
    values: NotRequired[dict[str, dict[str, str]]]


class NewCustomerText(TypedDict):
    """NewCustomerText."""

    subject: str
    body: str


class RecipeOptions(TypedDict):
    """Options that hold for every file; dates, statements and lines belong to one import."""

    reading: NotRequired[Reading]
    bank_account_type_default: NotRequired[Literal["checking", "savings"] | None]
    method_kind_default: NotRequired[Literal["ach", "card"] | None]
    paperless_flag_reversed: NotRequired[bool]
    notify_customers: NotRequired[bool]


class NewRecipe(TypedDict):
    """A mapping to save under a name; if the name exists, it becomes the next version."""

    invoice_types: NotRequired[list[str]]
    columns: dict[str, str]
    values: NotRequired[dict[str, dict[str, str]]]
    account_number: list[ColumnPart | LiteralPart]
    options: NotRequired[RecipeOptions]
    name: str
    kind: ImportKind
    # the file in Secure Upload that it was made for; its column names are saved
    file_id: str


class NewRecipient(TypedDict):
    """An address to add."""

    email: str


Outcome = Literal["applied", "no_change", "skipped", "held", "failed"]


class NewRound(TypedDict):
    """The rows to try again; they must be rows that failed, were skipped or are on hold."""

    # a file that you uploaded: rows of `log.csv` with its columns, corrected. The round removes it
    corrected_file: NotRequired[str | None]
    cells: NotRequired[list[CorrectedCell]]
    # rows to try again as they are
    lines: NotRequired[list[int]]
    # every row that ended so and was not applied, but for those skipped for good (S404)
    outcomes: NotRequired[list[Outcome]]
    # every row that was not applied and has one of these codes
    codes: NotRequired[list[str]]
    # rows to skip for good: they end skipped, S404
    leave_out: NotRequired[list[int]]
    # what words mean, for every row tried again; as in a definition
    values: NotRequired[dict[str, dict[str, str]]]


class NewWebhook(TypedDict):
    """NewWebhook."""

    # https address
    url: str
    # whose imports; without it, those of every biller
    biller_id: NotRequired[int | None]


Occasion = Literal[
    "held", "needs_approval", "approved", "returned", "waiting", "in_review", "started", "finished", "failed"
]


class NotificationChoices(TypedDict):
    """What to change; what is left out stays as it is."""

    events: NotRequired[dict[str, bool]]
    every_biller: NotRequired[bool | None]
    # IDs of all billers to watch
    billers: NotRequired[list[int] | None]


class WatchedBillerItem(TypedDict):
    """WatchedBillerItem."""

    id: int
    name: str
    is_watched: bool


class Notifications(TypedDict):
    """Of what you are told by email."""

    # where the emails go: the address you signed in with; empty if none is known
    address: str
    # of your imports, those you watch and those you may approve; each is true or false
    events: dict[str, bool]
    # whether you watch the imports of every biller that you have access to
    every_biller: bool
    # those you have access to
    billers: list[WatchedBillerItem]


class UnfinishedImport(TypedDict):
    """An import that has not ended."""

    import_id: str
    biller_id: int
    biller_name: str
    kind: ImportKind
    state: str
    state_text: str
    # nothing new happened to it since
    since: str
    # in words; empty if it is being worked on
    waits_for: str
    what_to_do: str
    # processes that work on it
    workers: list[str]
    batches: int | None
    batches_done: int


class PauseInForce(TypedDict):
    """What those who operate the system have paused."""

    import_id: NotRequired[str | None]
    biller_id: NotRequired[int | None]
    # null if everything is paused
    biller_name: str | None
    since: str
    paused_by: str
    reason: str


class ServiceQueue(TypedDict):
    """What a service has still to do."""

    service: str
    queue: str
    waiting: int
    # the oldest waits since then
    since: str
    what_to_do: str


class WorkInHand(TypedDict):
    """What a process works on."""

    # check or batch
    what: str
    import_id: str
    # number of the batch, from 1
    part: NotRequired[int | None]
    since: str


class ServiceInstance(TypedDict):
    """A process of a service."""

    service: str
    # host and process ID
    name: str
    version: str
    started_at: str
    # last sign of life
    seen_at: str
    # false: no sign of life for 30 seconds; it is no longer listed after an hour
    is_alive: bool
    work: list[WorkInHand]
    # what it cannot do at the moment
    problems: list[str]
    # batches of one biller that all executors together apply at a time; null: no limit
    biller_batches: NotRequired[int | None]


class Operations(TypedDict):
    """The whole system at one moment."""

    # not ended, the longest without news first; at most 200
    imports: list[UnfinishedImport]
    imports_in_all: int
    pauses: list[PauseInForce]
    queues: list[ServiceQueue]
    instances: list[ServiceInstance]
    # services of which no process is alive
    silent_services: list[str]
    broker: Broker


class PauseRequest(TypedDict):
    """What to pause, and why.

    People see the reason at their imports.
    """

    import_id: NotRequired[str | None]
    biller_id: NotRequired[int | None]
    reason: str


class Ping(TypedDict):
    """Ping."""

    # look it up in the deliveries
    delivery_id: str


class PlanChange(TypedDict):
    """One change of a row."""

    what: Literal["customer", "login", "login_email", "delivery_email", "payment_method", "enrolment"]
    # empty if there was none
    before: str
    # only the last four characters of bank accounts and cards
    after: str
    # for an enrollment
    invoice_type: str | None


class RowOutcome(TypedDict):
    """What became of one row."""

    outcome: Outcome
    codes: list[str]
    # what changed in the CRM after the check (R198)
    changed: list[str]


class PlanRow(TypedDict):
    """What the plan says of one row."""

    line: int
    outcome: Outcome
    codes: list[str]
    account_number: str | None
    changes: list[PlanChange]
    # what a new email reaches; null where the login keeps its email or is new
    also_owned: NotRequired[AlsoOwned | None]
    # its result; null until it has one
    result: NotRequired[RowOutcome | None]


class PlanPage(TypedDict):
    """A page of the plan."""

    items: list[PlanRow]
    # `after` of the next page; null on the last page
    next: str | None
    # when the rows were removed after their retention period
    removed_at: NotRequired[str | None]


class PlanSamples(TypedDict):
    """Some rows of each kind of change."""

    kinds: dict[str, list[PlanRow]]


class ProblemBody(TypedDict):
    """A problem (RFC 9457) with a stable code, the place and the remedy."""

    # leads to the explanation of the code
    type: str
    title: str
    status: int
    # stable; docs/codes.md lists them
    code: str
    place: str
    remedy: str


class RecipeContent(TypedDict):
    """What a recipe keeps of a definition."""

    invoice_types: NotRequired[list[str]]
    columns: dict[str, str]
    values: NotRequired[dict[str, dict[str, str]]]
    account_number: list[ColumnPart | LiteralPart]
    options: NotRequired[RecipeOptions]


class RecipeItem(TypedDict):
    """A recipe: its newest version, or the one asked for."""

    id: str
    name: str
    kind: ImportKind
    version: int
    saved_by: str
    saved_by_name: str
    saved_at: str


class RecipeDetail(TypedDict):
    """A version of a recipe with its contents."""

    id: str
    name: str
    kind: ImportKind
    version: int
    saved_by: str
    saved_by_name: str
    saved_at: str
    content: RecipeContent
    # columns of the file that the recipe was saved with
    header: list[str]
    # all versions, newest first
    versions: list[RecipeItem]


class RecipeList(TypedDict):
    """Recipes of a biller, the one saved last first."""

    items: list[RecipeItem]


class RecipientItem(TypedDict):
    """An entry of the address book: definitions refer to the ID, so that messages contain no address."""

    id: str
    email: str


class RecipientList(TypedDict):
    """The address book of a biller."""

    items: list[RecipientItem]


class RefusalBody(TypedDict):
    """A problem response with everything that is wrong, not just the first problem."""

    # leads to the explanation of the code
    type: str
    title: str
    status: int
    # stable; docs/codes.md lists them
    code: str
    place: str
    remedy: str
    problems: list[ProblemItem]


class Replay(TypedDict):
    """Replay."""

    # this one; without it, all that were not delivered
    delivery_id: NotRequired[str | None]


class Replayed(TypedDict):
    """Replayed."""

    deliveries: int


Resent = Literal["handled", "duplicate", "kept_again", "not_open", "discarded", "unknown"]


class ResumedBody(TypedDict):
    """The import continues where it stopped."""

    import_id: str


class RoundAccepted(TypedDict):
    """The rows will be checked."""

    # the import that the rows belong to
    import_id: str
    # the import itself is round 1
    round: int
    # where the check of the round is and its decisions are made
    round_import_id: str


class RowCode(TypedDict):
    """A code of the row, with the columns that it is about."""

    code: str
    title: str
    remedy: str
    columns: list[str]


class RowResult(TypedDict):
    """The result of one row."""

    # the physical line on which the row starts; the header's is 1 in a plain file
    line: int
    outcome: Outcome
    codes: list[str]
    reason: str
    # what changed in the CRM after the check (R198), for this row or another row of its login
    changed: list[str]
    account_number: str | None
    customer_id: int | None
    login_id: int | None
    # values from the file that go to the log only, by field
    for_log: dict[str, str]
    # the import that took this applied row back; null: none did
    undone_by: str | None
    undone_at: str | None
    # the round of the import that the result is from
    round: int
    # when an email to the customer bounced
    returned_to_paper_at: NotRequired[str | None]


class RowPage(TypedDict):
    """A page of rows in the order of the file."""

    items: list[RowResult]
    # `after` of the next page; null on the last page
    next: int | None
    # when the rows were removed after their retention period
    removed_at: NotRequired[str | None]


class TypedCell(TypedDict):
    """A cell as it is typed."""

    # a column of the file, or a field such as `email`
    column: str
    value: str


class RowToTry(TypedDict):
    """A row with its cells as they are typed; the others are as the file has them."""

    line: int
    cells: list[TypedCell]


class RowTried(TypedDict):
    """How the check would decide the row."""

    line: int
    # null: the file would be refused for the row
    outcome: Outcome | None
    # what keeps the row out
    problems: list[RowCode]
    # what is said of it besides
    notes: list[RowCode]


class Scope(TypedDict):
    """An import with its rounds and undos, the imports of a biller, or everything if neither is given."""

    import_id: NotRequired[str | None]
    biller_id: NotRequired[int | None]


class TrailItem(TypedDict):
    """One event in the life of an import: ids and counts only."""

    event_id: str
    event: str
    occurred_at: str
    detail: dict[str, object]


class TrailPage(TypedDict):
    """A page of the trail, oldest first."""

    items: list[TrailItem]
    # `after` of the next page; null on the last page
    next: str | None


class UndoRequest(TypedDict):
    """What to undo."""

    # only these rows, and those that share a login with one of them; null: every row that was applied
    rows: NotRequired[ChosenRows | None]


class UploadPart(TypedDict):
    """A part of an upload that has arrived."""

    # bytes
    size: int
    # of this part
    sha256: str


class UploadItem(TypedDict):
    """An upload in parts."""

    id: str
    name: str
    kind_hint: ImportKind | Literal["unknown"]
    # bytes of the whole file
    length: int
    # bytes that have arrived; `length` once it is a file, and not before
    offset: int
    # when it is removed if no part arrives until then
    expires_at: str
    # what has arrived, in order, to compare with the file before more is sent
    parts: NotRequired[list[UploadPart]]
    # the file that it has become
    file: NotRequired[FileItem | None]


class UploadList(TypedDict):
    """Unfinished uploads, last touched first."""

    # without `parts`
    items: list[UploadItem]


class Webhook(TypedDict):
    """A system that is told of imports."""

    id: str
    # whose imports; null: those of every biller
    biller_id: int | None
    biller_name: str | None
    url: str
    made_by: str
    # who made it, or took it over last, and must have the right to manage it
    responsible: str
    # why nothing is sent until somebody takes it over; null: events are sent
    paused: str | None
    made_at: str
    # requests that are not delivered yet
    waiting: int
    # requests that were not delivered; send them again with `replay`
    not_delivered: int
    # whether the last request was not taken
    is_failing: bool


class WebhookDelivery(TypedDict):
    """A request, and how far it is."""

    # the webhook-id of every try
    id: str
    type: str
    import_id: str | None
    # pending, delivered, given_up or dropped
    state: str
    attempts: int
    next_try_at: str | None
    # an HTTP status or the type of an error
    last_problem: str | None
    queued_at: str
    settled_at: str | None


class WebhookDeliveries(TypedDict):
    """WebhookDeliveries."""

    items: list[WebhookDelivery]


class WebhookList(TypedDict):
    """WebhookList."""

    items: list[Webhook]


class WebhookSecret(TypedDict):
    """The secret that signs the requests.

    It is shown this once.
    """

    id: str
    secret: str


Which = Literal["all", "failed", "not_imported"]
