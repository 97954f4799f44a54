"""Customer registration: rules registration-*."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.support.model.emails import same
from tests.support.model.people import names_agree
from tests.support.model.row import Row
from tests.support.model.state import CrmState, Link, Login, Role
from tests.support.model.together import World, grouped, is_beside_others, leave_out_crowds

_RANK: dict[Role, int] = {"guest": 1, "oversight": 2, "owner": 3}


@dataclass(slots=True)
class Plan:
    """Logins to claim, to link to and to make; rows on their way there, or whose invitation is as they want it."""

    agreeing: list[Row] = field(default_factory=list)
    claiming: list[Row] = field(default_factory=list)
    seeking: list[Row] = field(default_factory=list)
    claims: dict[str, Row] = field(default_factory=dict)
    links: dict[Row, Login] = field(default_factory=dict)
    makes: list[list[Row]] = field(default_factory=list)


def decide(world: World) -> Plan:
    """Every row that is left ends."""
    leave_out_crowds(world, "C224")
    plan = Plan()
    for row in world.left:
        if row.owner and row.role == "owner":
            _beside_owner(world, plan, row, row.owner)
        else:
            plan.seeking.append(row)
    known = _by_email(world)
    _hold_disagreement(plan, known)
    _seek(world, plan, known)
    making = [row for row in plan.seeking if not row.decided]
    claiming = _left(plan.claiming)
    _refuse_login_names(world, claiming, making)
    _claim(plan, _left(claiming))
    _make(world, plan, _left(making))
    world.changed.update(plan.claims)
    for row in world.rows:
        if row.outcome == "applied" and row.leader is None and is_beside_others(world, row):
            row.codes.add("W324")
    return plan


def _left(rows: list[Row]) -> list[Row]:
    return [row for row in rows if not row.decided]


def _email(row: Row) -> str:
    return (row.email or "").lower()


def _beside_owner(world: World, plan: Plan, row: Row, owner: Login) -> None:
    is_same = same(owner.email, row.email)
    if owner.status == "shell" and (owner.email is None or is_same):
        plan.claiming.append(row)
    elif is_same and owner.status == "invited":
        plan.agreeing.append(row)
    elif is_same:
        row.end("no_change", "W333")
    elif owner.status == "active":
        _taken(world, plan, row)
    else:
        _other_email(world, plan, row, owner)


def _other_email(world: World, plan: Plan, row: Row, owner: Login) -> None:
    row.codes.add("C231")
    choice = world.job.choice("C231")
    if choice == "use_file":
        plan.claiming.append(row)
    elif choice != "keep_login":
        row.end("held")
    elif owner.status == "shell":
        if same(row.login_name, row.email):
            row.login_name = owner.email
        row.email = owner.email
        plan.claiming.append(row)
    else:
        row.end("no_change", "W333")


def _taken(world: World, plan: Plan, row: Row) -> None:
    row.codes.add("C232")
    choice = world.job.choice("C232")
    if choice == "oversight":
        row.role = "oversight"
        plan.seeking.append(row)
    elif choice == "replace_owner":
        plan.seeking.append(row)
    else:
        row.end("skipped")


def _by_email(world: World) -> Mapping[str, list[Login]]:
    known: dict[str, list[Login]] = defaultdict(list)
    for login in world.before.logins.values():
        if login.realm == world.biller.realm and login.email:
            known[login.email.lower()].append(login)
    return known


def _hold_disagreement(plan: Plan, known: Mapping[str, list[Login]]) -> None:
    """Rows of one login, those included that find it by the email it would lose."""
    for group in grouped(plan.agreeing + plan.claiming, lambda row: row.owner.key if row.owner else None):
        finding = [row for row in plan.seeking if _finds(row, group[0].owner, known)]
        if len({_email(row) for row in group + finding}) > 1:
            for row in group + finding:
                row.end("held", "R151")
    for row in _left(plan.agreeing):
        row.end("no_change", "W333")


def _finds(row: Row, login: Login | None, known: Mapping[str, list[Login]]) -> bool:
    logins = known.get(_email(row), [])
    return len(logins) == 1 and logins[0] == login


def _seek(world: World, plan: Plan, known: Mapping[str, list[Login]]) -> None:
    """Step 7 without the making."""
    coming = {_email(row) for row in _left(plan.claiming) if row.owner and not same(row.owner.email, row.email)}
    for row in _left(plan.seeking):
        _with_email(world, plan, row, known.get(_email(row), []), is_coming=_email(row) in coming)


def _with_email(world: World, plan: Plan, row: Row, logins: list[Login], *, is_coming: bool) -> None:
    if linked := [login for login in logins if _is_linked(world, row, login)]:
        row.end("no_change", "W333", *_warned_of(world, linked))
    elif len(logins) > 1 or (is_coming and not logins):
        row.codes.add("C234")
        if world.job.choice("C234") != "new_login":
            row.end("held")
    elif logins:
        _beside_login(world, plan, row, logins[0])


def _is_linked(world: World, row: Row, login: Login) -> bool:
    if row.customer is None:
        return False
    link = world.before.links.get((row.customer.key, login.key))
    return link is not None and _RANK[link.role] >= _RANK[row.role]


def _beside_login(world: World, plan: Plan, row: Row, login: Login) -> None:
    if login.status in {"locked", "disabled"}:
        row.codes.discard("W322")  # of the owner so far
        return row.end("held", "C217")
    if not (world.biller.mcl and names_agree(row.person, (login.first_name, login.last_name))):
        row.codes.add("C233")
        if world.job.choice("C233") != "link":
            return row.end("skipped")
    plan.links[row] = login
    return row.end("applied", *_warned_of(world, [login]))


def _warned_of(world: World, logins: list[Login]) -> set[str]:
    return {"W322"} if any(login.key in world.shared for login in logins) else set()


def _login_name(row: Row) -> str:
    return row.login_name or row.email or ""


def _refuse_login_names(world: World, claiming: list[Row], making: list[Row]) -> None:
    taken = {
        login.login_name.lower(): login.key
        for login in world.before.logins.values()
        if login.login_name and login.realm == world.biller.realm
    }
    for group in grouped(claiming + making, lambda row: _login_name(row).lower()):
        wanting = {row.owner.key if row.owner and row in claiming else f"new:{_email(row)}" for row in group}
        holder = taken.get(_login_name(group[0]).lower())
        if len(wanting) > 1 or (holder is not None and wanting != {holder}):
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
    for group in grouped(rows, _email):
        if len(group) > 1 and not world.biller.mcl:
            for row in group:
                row.end("failed", "R152")
            continue
        plan.makes.append(group)
        for row in group:
            row.end("applied")


def apply(world: World, plan: Plan, after: CrmState) -> None:
    """Write the applied rows into the state."""
    for login, row in plan.claims.items():
        after.logins[login] = _filled(after.logins[login], row)
        world.touched.add(login)
        world.told.add((login, "activation"))
    for row, present in plan.links.items():
        _link(world, after, row, present.key)
        world.told.add((present.key, "account_added"))
    for group in plan.makes:
        key = "new:" + min(row.customer.account_number for row in group if row.customer)
        after.logins[key] = _filled(Login(key, world.biller.realm, "invited", origin="import"), group[0])
        world.told.add((key, "activation"))
        for row in group:
            _link(world, after, row, key)


def _filled(login: Login, row: Row) -> Login:
    first, last = row.person
    phone = row.new_customer.phone if row.new_customer else None
    return replace(
        login,
        status="invited",
        login_name=_login_name(row),
        email=row.email,
        first_name=first or login.first_name,
        last_name=last or login.last_name,
        phone=phone or login.phone,
        import_kind="registration",
    )


def _link(world: World, after: CrmState, row: Row, login: str) -> None:
    if row.customer is None:
        raise ValueError(row.line)
    if row.owner and row.role == "owner":
        former = after.links[row.customer.key, row.owner.key]
        after.set_link(replace(former, role="oversight", origin="import"))
    after.set_link(Link(row.customer.key, login, row.role, "import"))
    world.touched.add(login)
