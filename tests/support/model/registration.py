"""Customer registration: section 3, steps 6 to 8."""

from collections import defaultdict
from dataclasses import dataclass, field, replace

from tests.support.model.emails import same
from tests.support.model.people import names_agree
from tests.support.model.row import Row
from tests.support.model.state import CrmState, Link, Login
from tests.support.model.together import World, grouped, is_beside_others


@dataclass(slots=True)
class Plan:
    """Logins to claim, to link to and to make."""

    claims: dict[str, Row] = field(default_factory=dict)
    links: dict[Row, Login] = field(default_factory=dict)
    makes: list[list[Row]] = field(default_factory=list)


def decide(world: World) -> Plan:
    """Every row that is left ends."""
    plan = Plan()
    claiming = _owned(world)
    making = _free(world, plan, claiming)
    _refuse_login_names(world, claiming + making)
    _claim(plan, [row for row in claiming if not row.decided])
    _make(world, plan, [row for row in making if not row.decided])
    for row in world.rows:
        if row.outcome == "applied" and row.leader is None and is_beside_others(world, row):
            row.codes.add("W324")
    return plan


def _owned(world: World) -> list[Row]:
    """Step 6 without the claim: the rows that want to claim a shell."""
    for row in world.left:
        if row.owner:
            _beside_owner(row, row.owner)
    claiming = [row for row in world.left if row.owner]
    for group in grouped(claiming, lambda row: row.owner.key if row.owner else None):
        if len({(row.email or "").lower() for row in group}) > 1:
            for row in group:
                row.end("held", "R151")
    return [row for row in claiming if not row.decided]


def _beside_owner(row: Row, owner: Login) -> None:
    is_same = same(owner.email, row.email)
    if owner.status == "shell":
        if owner.email is not None and not is_same:
            row.end("held", "C231")
    elif is_same:
        row.end("no_change", "W333")
    elif owner.status == "invited":
        row.end("held", "C231")
    else:
        row.end("skipped", "C232")


def _free(world: World, plan: Plan, claiming: list[Row]) -> list[Row]:
    """Step 7 without the making: the rows for which a login would be made."""
    known: dict[str, list[Login]] = defaultdict(list)
    for login in world.before.logins.values():
        if login.realm == world.biller.realm and login.email:
            known[login.email.lower()].append(login)
    coming = {(row.email or "").lower() for row in claiming if row.owner and row.owner.email is None}
    for row in world.left:
        if row.owner is None:
            email = (row.email or "").lower()
            _with_email(world, plan, row, known[email], is_coming=email in coming)
    return [row for row in world.left if row.owner is None and row not in plan.links]


def _with_email(world: World, plan: Plan, row: Row, logins: list[Login], *, is_coming: bool) -> None:
    if len(logins) > 1 or (is_coming and not logins):
        row.end("held", "C234")
    elif logins:
        _beside_login(world, plan, row, logins[0])


def _beside_login(world: World, plan: Plan, row: Row, login: Login) -> None:
    if login.status in {"locked", "disabled"}:
        row.end("held", "C217")
    elif world.biller.mcl and names_agree(row.person, (login.first_name, login.last_name)):
        plan.links[row] = login
        row.end("applied", *({"W322"} if login.key in world.shared else ()))
    else:
        row.end("skipped", "C233")


def _refuse_login_names(world: World, rows: list[Row]) -> None:
    taken = {
        login.login_name.lower()
        for login in world.before.logins.values()
        if login.login_name and login.realm == world.biller.realm
    }
    for group in grouped(rows, lambda row: (row.login_name or "").lower()):
        emails = {(row.email or "").lower() for row in group}
        shells = {row.owner.key for row in group if row.owner}
        if len(emails) > 1 or len(shells) > 1 or (group[0].login_name or "").lower() in taken:
            for row in group:
                row.end("failed", "R153")


def _claim(plan: Plan, rows: list[Row]) -> None:
    for group in grouped(rows, lambda row: row.owner.key if row.owner else None):
        first = group[0]
        if first.owner:
            plan.claims[first.owner.key] = first
        first.end("applied")
        for row in group[1:]:
            row.end("no_change", "W333")


def _make(world: World, plan: Plan, rows: list[Row]) -> None:
    for group in grouped(rows, lambda row: (row.email or "").lower()):
        if len(group) > 1 and not world.biller.mcl:
            for row in group:
                row.end("failed", "R152")
            continue
        plan.makes.append(group)
        for row in group:
            row.end("applied")


def apply(world: World, plan: Plan, after: CrmState) -> None:
    """Write the applied rows into the state."""
    for shell, row in plan.claims.items():
        after.logins[shell] = _filled(after.logins[shell], row)
    for row, login in plan.links.items():
        _own(after, row, login.key)
    for group in plan.makes:
        key = "new:" + min(row.customer.account_number for row in group if row.customer)
        login = Login(key, world.biller.realm, "invited", origin="import")
        after.logins[key] = _filled(login, group[0])
        for row in group:
            _own(after, row, key)


def _filled(login: Login, row: Row) -> Login:
    first, last = row.person
    phone = row.new_customer.phone if row.new_customer else None
    return replace(
        login,
        status="invited",
        login_name=row.login_name,
        email=row.email,
        first_name=first or login.first_name,
        last_name=last or login.last_name,
        phone=phone or login.phone,
        import_kind="registration",
    )


def _own(after: CrmState, row: Row, login: str) -> None:
    if row.customer is None:
        raise ValueError(row.line)
    after.set_link(Link(row.customer.key, login, "owner", "import"))
