"""A change of every column of every fact: what another writer of the CRM may do between check and run."""

import re
from dataclasses import dataclass
from datetime import date

from tests.integration.facts import scenes
from tests.integration.facts.scenes import Scene, Setting


@dataclass(frozen=True)
class Change:
    """``statement`` names ids of the scene with a colon; without one the day changes."""

    fact: str
    column: str
    setting: Setting
    statement: str = ""
    today: date | None = None

    def __str__(self) -> str:
        return f"{self.fact}: {self.column or 'the day'} in {self.setting.__name__}"

    async def happen(self, scene: Scene) -> None:
        """In a transaction of its own."""
        scene.today = self.today or scene.today
        if self.statement:
            await scene.world.admin.execute(re.sub(r":(\w+)", lambda found: str(scene.ids[found[1]]), self.statement))


_KNOWN, _NEW = scenes.bank_account_known, scenes.bank_account_new
_EMAIL, _CLAIM, _LINK = scenes.email_changed, scenes.shell_claimed, scenes.login_linked
_REACHING, _ELSEWHERE = scenes.email_reaching_others, scenes.email_not_reaching_others
_MADE, _REPLACED = scenes.login_made, scenes.owner_replaced

_CUSTOMER, _LOGIN, _METHOD = "id = :customer", "id = :login", "id = :method"
_ENROLLED, _SECOND = "customer_id = :customer", "customer_id = :second"
_OWNS = "customer_id = :customer AND role = 'owner'"
_BILLER, _SEWER = "id = :biller", "id = :sewer"
_RIGHT = "biller_id = :biller AND subject = "


def _set(fact: str, setting: Setting, where: str, **values: str) -> tuple[Change, ...]:
    """Changes of one column each; the first word of a name is its table's, as in ``login__email``."""
    return tuple(_change(fact, setting, where, column, value) for column, value in values.items())


def _change(fact: str, setting: Setting, where: str, name: str, value: str) -> Change:
    table, column = name.split("__")
    statement = f"UPDATE crm.{table} SET {column} = {value} WHERE {where}"
    return Change(fact, f"{table}.{column}", setting, statement)


def _decided(second: str, taken: Change) -> Change:
    """Pat answered, and somebody may have approved; then one of them loses the right."""
    answer = """INSERT INTO mapping.decision (import_id, code, choice, decided_by, approved_by)
        SELECT import_id, 'C202', 'skip', 'pat', :second FROM validation.plan_row WHERE customer_id = :customer;"""
    return Change(taken.fact, taken.column, taken.setting, answer.replace(":second", second) + taken.statement)


_NEW_LINK = "INSERT INTO crm.customer_login_link (customer_id, login_id, role) VALUES (:free, :login, 'owner')"
_FAR_LINK = "INSERT INTO crm.customer_login_link (customer_id, login_id, role) VALUES (:far, :login, 'owner')"
_STRANGER_OWNS = """
    INSERT INTO crm.customer_login_link (customer_id, login_id, role) VALUES (:customer, :stranger, 'owner')
"""
_STRANGER_OVERSEES = """
    INSERT INTO crm.customer_login_link (customer_id, login_id, role) VALUES (:customer, :stranger, 'oversight')
"""
_OWNER_GONE = "DELETE FROM crm.customer_login_link WHERE customer_id = :customer AND role = 'owner'"
_SAME_METHOD = """
    INSERT INTO crm.payment_method (login_id, biller_id, kind, fingerprint)
    SELECT :login, :biller, 'ach', fingerprint FROM validation.plan_row WHERE customer_id = :customer
"""
_SAME_CUSTOMER = "INSERT INTO crm.customer (biller_id, account_number) VALUES (:biller, 'NEW1')"
_SEWER_ENROLLED = """
    INSERT INTO crm.autopay_enrollment (customer_id, invoice_type_id, payment_method_id, status)
    VALUES (:customer, :sewer, :other, 'active')
"""
_SWAPPED = """
    UPDATE crm.customer SET account_number = 'A0' WHERE id = :customer;
    UPDATE crm.customer SET account_number = 'A1' WHERE id = :free
"""
_CHOSEN_BY_HIMSELF = """
    UPDATE crm.autopay_enrollment SET origin = 'customer', max_amount = 25 WHERE customer_id = :customer
"""
_ACCOUNTS = "accounts of the login"
_SETTINGS_OF_PAPERLESS = "biller settings: confirmation of paperless"
_SETTINGS_OF_REGISTRATION = "biller settings: linked accounts"
_OF_LINK = "customer_login_link.customer_id"

CHANGES = (
    *_set("account status", _EMAIL, _CUSTOMER, customer__status="'closed'"),
    *_set("biller of the account", _EMAIL, _CUSTOMER, customer__biller_id=":neighbor"),
    *_set("account status", _KNOWN, _CUSTOMER, customer__status="'inactive'"),
    *_set("account status", _LINK, _CUSTOMER, customer__status="'closed'"),
    *_set("account number", _EMAIL, _CUSTOMER, customer__account_number="'A9'"),
    *_set("account number", _CLAIM, _CUSTOMER, customer__account_number="'A9'"),
    Change("account number", "customer.account_number", _KNOWN, _SWAPPED),
    *_set("customer name", _NEW, _CUSTOMER, customer__name="'EVE STONE'"),
    *_set("customer name", _EMAIL, _CUSTOMER, customer__name="NULL"),
    *_set("customer name", _LINK, _CUSTOMER, customer__name="'EVE STONE'"),
    *_set("payment blocks", _KNOWN, _CUSTOMER, customer__block_eft="true"),
    *_set("payment blocks", scenes.card, _CUSTOMER, customer__block_cc="true"),
    Change("account made meanwhile", "customer.account_number", scenes.customers_made, _SAME_CUSTOMER),
    *_set("owner", _EMAIL, _OWNS, customer_login_link__login_id=":stranger"),
    *_set("owner", _NEW, _OWNS, customer_login_link__role="'guest'"),
    Change("owner", "customer_login_link.role", _CLAIM, _OWNER_GONE),
    Change("owner", "customer_login_link.login_id", _MADE, _STRANGER_OWNS),
    *_set("login email", _EMAIL, _LOGIN, login__email="'own@example.com'"),
    *_set("login email", _LINK, _LOGIN, login__email="'own@example.com'"),
    *_set("login status", _EMAIL, _LOGIN, login__status="'disabled'"),
    *_set("login status", _KNOWN, _LOGIN, login__status="'locked'"),
    *_set("login email", _CLAIM, _LOGIN, login__email="'own@example.com'"),
    *_set("login status", _CLAIM, _LOGIN, login__status="'active'"),
    *_set(
        "email details of the login",
        _EMAIL,
        _LOGIN,
        login__login_name="'another'",
        login__email_cc="'copy@example.com'",
        login__email_verified_at="now()",
        login__import_kind="'registration'",
    ),
    *_set("email details of the login", scenes.email_kept, _LOGIN, login__import_kind="NULL"),
    *_set(
        "personal details of the login",
        _CLAIM,
        _LOGIN,
        login__login_name="'by-himself'",
        login__first_name="'EVE'",
        login__last_name="'STONE'",
        login__phone="'555-0100'",
        login__import_kind="'paperless'",
    ),
    *_set("name on the login", _LINK, _LOGIN, login__first_name="'EVE'", login__last_name="'STONE'"),
    *(Change(_ACCOUNTS, _OF_LINK, setting, _NEW_LINK) for setting in (_EMAIL, _REACHING, _ELSEWHERE, _CLAIM)),
    *(Change(_ACCOUNTS, _OF_LINK, setting, _FAR_LINK) for setting in (_EMAIL, _REACHING, _CLAIM)),
    *_set(_ACCOUNTS, _REACHING, _SECOND, customer_login_link__role="'guest'"),
    *_set(_ACCOUNTS, _ELSEWHERE, _SECOND, customer_login_link__role="'guest'"),
    *_set(_ACCOUNTS, _REACHING, "id = :second", customer__biller_id=":neighbor"),
    *_set("login of the present owner", _REPLACED, _LOGIN, login__email="'own@example.com'", login__status="'locked'"),
    *_set("role of the login", _LINK, _ENROLLED, customer_login_link__role="'oversight'"),
    *_set("login name taken", _CLAIM, "id = :stranger", login__login_name="'New1@Example.com'"),
    *_set("login name taken", _MADE, "id = :stranger", login__login_name="'New1@Example.com'"),
    *_set("logins with this email", _LINK, "id = :stranger", login__email="'New1@Example.com'"),
    *_set("logins with this email", _MADE, "id = :stranger", login__email="'New1@Example.com'"),
    *_set("logins with this email", _REPLACED, "id = :stranger", login__email="'New1@Example.com'"),
    *_set("logins with this email", scenes.login_made_beside_others, _LOGIN, login__email="'own@example.com'"),
    Change(
        "logins with this email",
        "customer_login_link.role",
        scenes.oversight_made_beside_others,
        _STRANGER_OVERSEES,
    ),
    *_set(
        "autopay enrollment",
        _KNOWN,
        _ENROLLED,
        autopay_enrollment__status="'cancelled'",
        autopay_enrollment__payment_method_id=":method",
    ),
    Change("autopay enrollment", "autopay_enrollment.status", _KNOWN, _SEWER_ENROLLED),
    *_set(
        "terms of the autopay enrollment",
        _KNOWN,
        _ENROLLED,
        autopay_enrollment__origin="'csr'",
        autopay_enrollment__follow_default="true",
        autopay_enrollment__effective_from="'2026-03-01'",
        autopay_enrollment__ends_on="'2026-12-31'",
        autopay_enrollment__max_amount="25",
        autopay_enrollment__mandate_id=":mandate",
    ),
    Change("terms of the autopay enrollment", "autopay_enrollment.origin", _KNOWN, _CHOSEN_BY_HIMSELF),
    *_set("terms of the autopay enrollment", _KNOWN, "id = :other", payment_method__fingerprint="'edited'"),
    *_set(
        "paperless enrollment",
        _EMAIL,
        _ENROLLED,
        paperless_enrollment__status="'cancelled'",
        paperless_enrollment__delivery_email="'other@example.com'",
    ),
    *_set(
        "terms of the paperless enrollment",
        _EMAIL,
        _ENROLLED,
        paperless_enrollment__origin="'csr'",
        paperless_enrollment__consent_id=":consent",
    ),
    *_set(
        "payment method",
        _KNOWN,
        _METHOD,
        payment_method__status="'removed'",
        payment_method__fingerprint="'edited'",
        payment_method__login_id=":stranger",
        payment_method__biller_id=":neighbor",
    ),
    Change("payment method added meanwhile", "payment_method.fingerprint", _NEW, _SAME_METHOD),
    *_set("default payment method", _NEW, "id = :elsewhere", payment_method__is_default="true"),
    *_set("default payment method", _NEW, _SECOND, autopay_enrollment__status="'active'"),
    *_set("biller closed", _KNOWN, _BILLER, biller__status="'closed'"),
    *_set(
        "biller settings",
        _EMAIL,
        _BILLER,
        biller__login_realm_id=":strange_realm",
        biller__account_number_case="'insensitive'",
        biller__name="'Renamed ' || id",
    ),
    *_set(_SETTINGS_OF_PAPERLESS, _EMAIL, _BILLER, biller__paperless_confirm_required="true"),
    *_set(_SETTINGS_OF_REGISTRATION, _MADE, _BILLER, biller__mcl_enabled="true"),
    *_set("invoice types", _EMAIL, _SEWER, invoice_type__code="'DRAINS'", invoice_type__paperless_allowed="false"),
    *_set("invoice types", _KNOWN, _SEWER, invoice_type__active="false", invoice_type__autopay_allowed="false"),
    Change("effective date is past", "", _KNOWN, today=date(2026, 4, 2)),
    Change("end date is past", "", scenes.bank_account_for_a_while, today=date(2026, 3, 11)),
    *_set("right of the requester", _KNOWN, f"{_RIGHT} 'ida'", operator_right__permission="'paperless'"),
    *(
        _decided("NULL", taken)
        for taken in _set(
            "right of a person who decided", _KNOWN, f"{_RIGHT} 'pat'", operator_right__permission="'paperless'"
        )
    ),
    *(
        _decided("'sue'", taken)
        for taken in _set(
            "right of a person who decided", _EMAIL, f"{_RIGHT} 'sue'", operator_right__may_approve="false"
        )
    ),
    *_set("right to replace owners", _REPLACED, f"{_RIGHT} 'ida'", operator_right__may_replace_owner="false"),
)

# What no rule reads for the kind of import in hand. In a scene whose login was linked, and so on, nobody minds it.
HARMLESS = (
    *_set("login email", _KNOWN, _LOGIN, login__email="'own@example.com'"),
    *_set("login email", _NEW, _LOGIN, login__email="'own@example.com'"),
    *_set("login email", scenes.card, _LOGIN, login__email="NULL"),
    *_set(
        "name on the login",
        _LINK,
        _LOGIN,
        login__phone="'555-0100'",
        login__login_name="'by-himself'",
        login__email_cc="'copy@example.com'",
        login__import_kind="'paperless'",
    ),
    *_set("login of the present owner", scenes.owner_replaced, _LOGIN, login__phone="'555-0100'"),
    *_set("email details of the login", _EMAIL, _LOGIN, login__phone="'555-0100'", login__first_name="'EVE'"),
    *(one for kind in (_KNOWN, _EMAIL) for one in _set("biller settings", kind, _BILLER, biller__mcl_enabled="true")),
    *(
        one
        for kind in (_KNOWN, _CLAIM, _MADE)
        for one in _set("biller settings", kind, _BILLER, biller__paperless_confirm_required="true")
    ),
    *(
        one
        for kind in (_KNOWN, _EMAIL, _LINK)
        for one in _set("biller settings", kind, _BILLER, biller__mail_domain="'example.org'")
    ),
    *_set("biller settings", scenes.card, _BILLER, biller__name="'Renamed ' || id"),
)
