"""Paperless: rules paperless-*."""

from dataclasses import dataclass, replace

from tests.support.model.emails import same
from tests.support.model.row import Row
from tests.support.model.state import CrmState, Login, Paperless
from tests.support.model.together import World, grouped, is_beside_others, leave_out_crowds, make_shell


@dataclass(slots=True)
class Plan:
    """What becomes of the emails."""

    new_email: dict[str, Row]
    delivery: set[Row]

    def address(self, login: Login) -> str | None:
        """The login's email after the import."""
        changed_by = self.new_email.get(login.key)
        return changed_by.email if changed_by else login.email


def decide(world: World) -> Plan:
    """Every row that is left ends."""
    _hold_registrations(world)
    leave_out_crowds(world, "C224")
    _hold_disagreement(world)
    _keep_cancelled(world)
    plan = _emails(world)
    for row in world.left:
        _conclude(world, plan, row)
    world.changed.update(plan.new_email)
    _warn_shared_email(world)
    return plan


def _hold_registrations(world: World) -> None:
    for row in world.left:
        login = row.owner
        is_invited = login and login.import_kind == "registration" and login.status == "invited"
        if login and is_invited and not same(login.email, row.email):
            _other_email(world, row, login)


def _other_email(world: World, row: Row, login: Login) -> None:
    row.codes.add("C231")
    choice = world.job.choice("C231")
    if choice == "keep_login" and login.email:
        row.email, row.email_cc = login.email, None
    elif choice != "use_file":
        row.end("held")


def _by_login(world: World) -> list[tuple[Login, list[Row]]]:
    owned = [row for row in world.left if row.owner]
    groups = grouped(owned, lambda row: row.owner.key if row.owner else None)
    return [(group[0].owner, group) for group in groups if group[0].owner]


def _hold_disagreement(world: World) -> None:
    for login, group in _by_login(world):
        changes = any(not same(login.email, row.email) for row in group)
        copies = {(row.email_cc or "").lower() for row in group}
        if len({(row.email or "").lower() for row in group}) > 1 or (changes and len(copies) > 1):
            for row in group:
                row.end("held", "R151")


def _keep_cancelled(world: World) -> None:
    for row in world.left:
        if any(enrolment.status == "cancelled" for _, enrolment in _enrolments(world, row) if enrolment):
            row.codes.add("C225")
            if world.job.choice("C225") != "enroll_again":
                row.end("skipped")


def _enrolments(world: World, row: Row) -> list[tuple[str, Paperless | None]]:
    if row.customer is None:
        return [(code, None) for code in world.job.types]
    key = row.customer.key
    return [(code, world.before.paperless.get((key, code))) for code in world.job.types]


def _emails(world: World) -> Plan:
    plan = Plan({}, set())
    for login, group in _by_login(world):
        if same(login.email, group[0].email):
            continue
        choice = _choice(world, login, group)
        if choice == "update_login":
            plan.new_email[login.key] = group[0]
            if same(login.login_name, login.email):
                group[0].codes.add("W344")
        elif choice == "delivery_email":
            plan.delivery.update(group)
        else:
            for row in group:
                row.end("skipped")
    return plan


def _choice(world: World, login: Login, group: list[Row]) -> str:
    if login.key in world.shared:
        return "delivery_email"
    named = {row.customer.account_number for row in group if row.customer}
    if world.owned_here[login.key] <= named:
        return "update_login"
    for row in group:
        row.codes.add("C223")
    return world.job.choice("C223") or "skip"


def _delivery(plan: Plan, row: Row) -> str | None:
    return row.email if row in plan.delivery else None


def _is_so(plan: Plan, row: Row, enrolment: Paperless | None) -> bool:
    if enrolment is None or enrolment.status not in {"active", "pending"}:
        return False
    # A login to be made gets the email of the row.
    login_email = plan.address(row.owner) if row.owner else row.email
    return same(enrolment.delivery_email or login_email, row.email)


def _conclude(world: World, plan: Plan, row: Row) -> None:
    makes_change = row.owner is None or plan.new_email.get(row.owner.key) is row
    if not makes_change and all(_is_so(plan, row, enrolment) for _, enrolment in _enrolments(world, row)):
        return row.end("no_change", "W333")
    row.end("applied")
    if is_beside_others(world, row):
        row.codes.add("W324")
    return None


def _warn_shared_email(world: World) -> None:
    rows = [row for row in world.rows if row.takes_hold]
    for group in grouped(rows, lambda row: (row.email or "").lower()):
        if len({row.owner.key if row.owner else f"new:{row.account}" for row in group}) > 1:
            for row in group:
                row.codes.add("W345")


def apply(world: World, plan: Plan, after: CrmState) -> None:
    """Write the applied rows into the state."""
    for login, row in plan.new_email.items():
        world.told.add((login, "email_changed"))
        after.logins[login] = replace(
            after.logins[login], email=row.email, email_cc=row.email_cc or after.logins[login].email_cc
        )
    for row in world.rows:
        if row.outcome == "applied":
            _apply_row(world, plan, after, row)


def _apply_row(world: World, plan: Plan, after: CrmState, row: Row) -> None:
    if row.customer is None:
        raise ValueError(row.line)
    if row.owner is None:
        make_shell(world, after, row)
    login = row.owner.key if row.owner else f"new:{row.customer.account_number}"
    world.touched.add(login)
    for code, enrolment in _enrolments(world, row):
        if _is_so(plan, row, enrolment):
            continue
        is_on = row.permission.day is not None and not world.biller.confirm_required
        enrolled = Paperless(row.customer.key, code, "active" if is_on else "pending", origin="import")
        if enrolment and enrolment.status in {"active", "pending"}:
            enrolled = enrolment
        else:
            world.told.add((login, "paperless_started"))
        world.enrolled[row.customer.key, code] = row.line
        after.set_paperless(replace(enrolled, delivery_email=_delivery(plan, row)))
