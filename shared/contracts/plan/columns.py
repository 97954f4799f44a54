"""The tables of the plan: every column with its type, what it means and who reads it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reader(StrEnum):
    """A service that reads what validation writes."""

    EXECUTOR = "executor"
    MAPPING = "mapping"
    NOTIFIER = "notifier"


_E: Final = (Reader.EXECUTOR,)
_PEOPLE: Final = (Reader.MAPPING, Reader.NOTIFIER)
_BOTH: Final = (Reader.EXECUTOR, Reader.MAPPING)
_ALL: Final = tuple(Reader)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``type`` is as Postgres writes it."""

    name: str
    type: str
    meaning: str
    readers: tuple[Reader, ...] = _E


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view of validation; ``rows`` says what one row of it is."""

    name: str
    rows: str
    columns: tuple[Column, ...]

    def names(self, reader: Reader | None = None) -> tuple[str, ...]:
        return tuple(one.name for one in self.columns if reader is None or reader in one.readers)

    @property
    def types(self) -> dict[str, str]:
        return {column.name: column.type for column in self.columns}


PLAN_ROW: Final = Table(
    "plan_row",
    "One row for every row of the file, including those that cannot be read. A row with another verdict than `apply` "
    "has only import, chunk, lines, verdict, codes, account number, customer, login and `for_log`.",
    (
        Column("import_id", "uuid", "the import", _ALL),
        Column(
            "chunk_no",
            "integer",
            "number of its chunk, from 0 without gaps; a chunk is one transaction of an executor",
            _ALL,
        ),
        Column("line_no", "integer", "line of the file on which the row starts", _BOTH),
        Column(
            "leader_line",
            "integer",
            "lowest line of the row's group: rows that share a login are in one chunk and are applied together or "
            "not at all; a row on its own leads itself",
        ),
        Column("verdict", "text", "see Verdicts", _BOTH),
        Column("codes", "text[]", "codes of the row, sorted", _BOTH),
        Column("account_number", "text", "the row's account number; null: it has none, or its line is excluded", _BOTH),
        Column(
            "customer_id",
            "bigint",
            "the customer; null on a row to apply: create one, active, with origin import",
            _BOTH,
        ),
        Column(
            "login_id",
            "bigint",
            "the owner's login, or for `link` the login to link; null: there is none yet",
            _BOTH,
        ),
        Column("login_action", "text", "see Login actions", _BOTH),
        Column("seen_login_email", "text", "email of `login_id` at the check", _BOTH),
        Column("seen_login_status", "text", "status of `login_id` at the check"),
        Column(
            "seen_enrollments",
            "text[]",
            "autopay, paperless: the enrollment at the check, for each invoice type of the definition in its order; "
            "see Seen enrollments; undo: what keeps a held row from being undone, copied to its result",
            _BOTH,
        ),
        Column(
            "email",
            "text",
            "the row's address, or the login's where that is kept (C231); a login created, claimed or changed gets it",
            _BOTH,
        ),
        Column("email_cc", "text", "second address, for a login created or changed"),
        Column(
            "delivery_email",
            "text",
            "paperless: address of the enrollments where the login keeps another one; null: the login's email",
            _BOTH,
        ),
        Column(
            "customer_name",
            "text",
            "name of a customer to create, from first and last name where the file has no other",
            _BOTH,
        ),
        Column("first_name", "text", "registration: name on the login"),
        Column("last_name", "text", "registration: name on the login"),
        Column("login_name", "text", "registration: login name, by default the email", _BOTH),
        Column("phone", "text", "registration: of the login; any kind: of a customer to create"),
        Column("address1", "text", "of a customer to create"),
        Column("address2", "text", "of a customer to create"),
        Column("city", "text", "of a customer to create"),
        Column("state", "text", "of a customer to create"),
        Column("zip", "text", "of a customer to create"),
        Column("method_kind", "text", "autopay: ach or card", _BOTH),
        Column("holder_name", "text", "autopay: of the method"),
        Column("holder_type", "text", "autopay: of the method"),
        Column("routing_number", "text", "autopay: of a bank account"),
        Column("account_enc", "bytea", "autopay: bank account number, sealed for `bank_account:<biller id>`"),
        Column("account_last4", "text", "autopay: of a bank account", _BOTH),
        Column("account_type", "text", "autopay: of a bank account, checking or savings", _BOTH),
        Column("token_ref", "text", "autopay: of a card"),
        Column("token_vault", "text", "autopay: of a card"),
        Column("card_brand", "text", "autopay: of a card", _BOTH),
        Column("card_last4", "text", "autopay: of a card", _BOTH),
        Column("exp_year", "integer", "autopay: of a card"),
        Column("exp_month", "integer", "autopay: of a card"),
        Column(
            "fingerprint",
            "bytea",
            "autopay: keyed hash of routing and account number, or of vault and token; equal for equal methods",
        ),
        Column(
            "payment_method_id",
            "bigint",
            "autopay: the login's own method with this fingerprint, to be used again and set active; null: create one "
            "for each login and fingerprint, from the first row that has it",
            _BOTH,
        ),
        Column(
            "make_default",
            "boolean",
            "autopay: the new method becomes the default, unless by then the login has one or an active autopay",
        ),
        Column("ends_on", "date", "autopay: last day of the enrollments", _BOTH),
        Column("max_amount", "numeric(12,2)", "autopay: limit of each payment", _BOTH),
        Column("authorized_on", "date", "day on which the customer agreed; see Records"),
        Column("authorization_channel", "text", "how the customer agreed"),
        Column("authorization_reference", "text", "autopay: where the agreement can be found"),
        Column(
            "starts_on",
            "date",
            "autopay: first day of the row; enrollments take effect on the later of it and the effective date",
            _BOTH,
        ),
        Column("evidence", "jsonb", "what else the file says of the agreement, by field name"),
        Column("link_role", "text", "registration: role of the login; null: owner", _BOTH),
        Column(
            "owner_id",
            "bigint",
            "registration: owner at the check, where the row is about another login; if `link_role` is null the "
            "owner stays linked with the role oversight",
        ),
        Column(
            "for_log",
            "jsonb",
            "what the file says for the log alone, by field name; copied to the result of the row whatever its verdict",
        ),
    ),
)

PLANNED_ROW: Final = Table(
    "planned_row",
    "The plan as people see it before they confirm, with no bank data but the last four digits.",
    (
        *(
            column
            for column in PLAN_ROW.columns
            if (Reader.MAPPING in column.readers and column.name not in ("account_last4", "card_last4"))
            or column.name in ("leader_line", "email_cc")
        ),
        Column("last4", "text", "`account_last4` or `card_last4`", (Reader.MAPPING,)),
        Column(
            "enrollment_changes",
            "text[]",
            "of a row to apply, for each of `seen_enrollments`: new, changed, or null where it stays",
            (Reader.MAPPING,),
        ),
        Column("owner_email", "text", "email of the owner whom the row replaces, as of now", (Reader.MAPPING,)),
        Column(
            "waits_for_customer",
            "boolean",
            "paperless: new enrollments are pending, because the row has no consent date or the biller asks for a "
            "confirmation",
            (Reader.MAPPING,),
        ),
    ),
)

PLAN_SEEN: Final = Table(
    "plan_seen",
    "One row for each chunk: hashes of what the check saw for its rows to apply, element by element; null: nothing to "
    "compare. Check and executor compute them with the same functions. A function is never changed: other facts get a "
    "function with the next number.",
    (
        Column("import_id", "uuid", "the import"),
        Column("chunk_no", "integer", "the chunk"),
        Column("line_no", "integer[]", "lines of the rows to apply"),
        Column("name", "bigint[]", "of the customer, where the file has one, too (`seen_name_1`)"),
        Column("login", "bigint[]", "of the login `login_id` (`seen_mailbox_1`; registration: `seen_person_1`)"),
        Column("accounts", "bigint[]", "the accounts that the login owns (`seen_account_1`, combined)"),
        Column("owner", "bigint[]", "of the login `owner_id` (`seen_owner_1`)"),
        Column("role", "bigint[]", "of the link that a login to link already has (`seen_role_1`)"),
        Column(
            "enrollments",
            "bigint[]",
            "of the chosen types, beside `seen_enrollments` (`seen_autopay_1` or `seen_paperless_1`, combined)",
        ),
        Column("method", "bigint[]", "of the method `payment_method_id` (`seen_method_1`)"),
        Column(
            "linked",
            "bigint[]",
            "of a login to link (`seen_linked_1`); equal to either this or `login` is enough",
        ),
    ),
)

PLANNED_CHUNK: Final = Table(
    "planned_chunk",
    "One row for each chunk, by which rows of a plan of more than 100,000 are found without reading the others. "
    "Written after the check, a few chunks at a time; where it is null, the chunk is read.",
    (
        Column("import_id", "uuid", "the import", _BOTH),
        Column("chunk_no", "integer", "the chunk", _BOTH),
        Column(
            "words",
            "integer[]",
            "hashes (`word_of`) of the account numbers, email addresses and logins of its rows, whatever their case",
            _BOTH,
        ),
        Column(
            "marks",
            "text[]",
            "verdicts, codes and login actions of its rows; `makes customer`, `delivery email` and "
            "`makes payment method` where a row does or has that; `new` and `changed` enrollments, of any invoice "
            "type and of each: `new 1` of the first; `no bill` and the id of an invoice type",
            _BOTH,
        ),
    ),
)

REPLACED_METHOD: Final = Table(
    "replaced_method",
    "Autopay: one row for each enrollment that the customer of a row to apply had at the check, with its payment "
    "method as people may see it.",
    (
        Column("import_id", "uuid", "the import", (Reader.MAPPING,)),
        Column("chunk_no", "integer", "the chunk", (Reader.MAPPING,)),
        Column("line_no", "integer", "the row", (Reader.MAPPING,)),
        Column("place", "bigint", "which of the invoice types of the definition, from 1", (Reader.MAPPING,)),
        Column("kind", "text", "ach or card", (Reader.MAPPING,)),
        Column("account_type", "text", "checking or savings", (Reader.MAPPING,)),
        Column("card_brand", "text", "of a card", (Reader.MAPPING,)),
        Column("last4", "text", "of the bank account or card", (Reader.MAPPING,)),
    ),
)

CHECK: Final = Table(
    "import_check",
    "One row for each import. These of its columns are about the plan as a whole.",
    (
        Column("planned", "jsonb", "rows by planned outcome", _PEOPLE),
        Column("impact", "jsonb", "see Impact", (Reader.MAPPING,)),
        Column("undecided", "text[]", "codes that need a decision", _PEOPLE),
        Column(
            "bank_columns",
            "integer[]",
            "positions, from 0, of the file's columns that contain bank data",
            _PEOPLE,
        ),
        Column("seen_types", "bigint[]", "invoice types at the check, in the order of the definition"),
        Column(
            "seen_settings",
            "bigint",
            "the biller's settings that the kind of import reads (`seen_biller_2`)",
        ),
        Column(
            "seen_biller",
            "bigint",
            "all its settings (`seen_biller_1`); equal to either of the two is enough",
        ),
    ),
)
