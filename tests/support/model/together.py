"""The rows among each other and the CRM, where all kinds are alike: rules together-*, customer-*, owner-*."""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from tests.support.model.emails import domain_warnings
from tests.support.model.job import Job, RowKey
from tests.support.model.people import names_agree
from tests.support.model.row import Row
from tests.support.model.state import Biller, CrmState, Customer, CustomerKey, Link, Login

_CROWD, _OWN = 10, 2
_GENERATION = r"\b(JR|SR|II|III|IV|2ND|3RD|4TH)\b"
# What nobody can read in one row may be otherwise than what its twin says.
_UNREADABLE = {f"R{number}" for number in (121, 122, 123, 124, 125, 126, 128, 129, 142, 143, 145, 146)}
_CONFLICT = {"autopay": "R131", "paperless": "R132", "registration": "R133"}


def grouped(rows: Iterable[Row], key: Callable[[Row], Hashable]) -> Iterator[list[Row]]:
    """Rows with the same key, in the order of the file."""
    groups: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    yield from groups.values()


@dataclass(slots=True)
class World:
    """The rows, the CRM before the import, and what the rows want to change in it."""

    job: Job
    before: CrmState
    biller: Biller
    rows: list[Row]
    missing: list[Row] = field(default_factory=list)
    seeking: list[Row] = field(default_factory=list)
    named: list[Row] = field(default_factory=list)
    keys: frozenset[RowKey] = frozenset()
    changed: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    owners: dict[tuple[int, str], Login] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    owned_here: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    enrolled: dict[tuple[CustomerKey, str], int] = field(default_factory=dict)
    """Enrolments written, with the line of the row that did."""
    told: set[tuple[str, str]] = field(default_factory=set)
    """Logins that have something to be told, with the template."""

    @property
    def left(self) -> list[Row]:
        """Rows not decided so far."""
        return [row for row in self.rows if not row.decided]


def look_up(job: Job, before: CrmState, rows: list[Row]) -> World:
    """The world with its indexes."""
    world = World(job, before, before.billers[job.biller], rows)
    for link in before.links.values():
        if link.role != "owner":
            continue
        world.owners[link.customer] = before.logins[link.login]
        if link.customer[0] == job.biller:
            world.owned_here[link.login].add(link.customer[1])
        else:
            world.shared.add(link.login)
    return world


def decide_together(world: World) -> None:
    """Steps 1 to 5."""
    world.keys = frozenset(row.key for row in world.left)
    for row in world.left:
        row.own = frozenset(row.codes)
    _collisions(world)
    _same_account(world)
    _customers(world)
    _standing(world)
    _owners(world)


def _collisions(world: World) -> None:
    for group in grouped(world.left, lambda row: row.account):
        if len({row.raw for row in group}) > 1:
            _end_all(group, "failed", "R105")


def _same_account(world: World) -> None:
    known = _by_account_number(world)
    creates = world.job.choice("C202") == "create"
    refused = {row.account for row in world.rows if row.outcome == "skipped" or not _UNREADABLE.isdisjoint(row.codes)}
    for group in grouped(world.left, lambda row: row.account):
        if len({row.essence for row in group}) > 1 or _disagree(group):
            _end_all(group, "held", _CONFLICT[world.job.kind])
        elif group[0].account in refused:
            _end_all(group, "held", "R134")
        elif creates and group[0].account not in known and len({row.newcomer for row in group}) > 1:
            _end_all(group, "held", _CONFLICT[world.job.kind])
        else:
            for follower in group[1:]:
                follower.leader = group[0]


def _disagree(group: list[Row]) -> bool:
    """Whether the rows give different values for one thing; to give none is to differ."""
    names = [row.new_customer.name or "" for row in group if row.registers and row.new_customer]
    generations = {found[0] for name in names if (found := re.search(_GENERATION, name.upper()))}
    return len({row.wishes for row in group}) > 1 or len(generations) > 1


def _customers(world: World) -> None:
    world.seeking = world.left
    customers = _by_account_number(world)
    for row in world.seeking:
        row.customer = customers.get(row.account)
        if row.customer is None:
            world.missing.append(row)
            _missing(row, creates=world.job.choice("C202") == "create")
        else:
            _compare_names(world, row, row.customer)


def _by_account_number(world: World) -> dict[str, Customer]:
    customers: dict[str, Customer] = {}
    for customer in world.before.customers.values():
        if customer.biller == world.biller.key:
            number = customer.account_number
            customers.setdefault(number.upper() if world.biller.case_insensitive else number, customer)
    return customers


def _compare_names(world: World, row: Row, customer: Customer) -> None:
    name = row.new_customer.name if row.new_customer else None
    if name and customer.name:
        world.named.append(row)
        is_equal = name.casefold() == customer.name.casefold()
        if not is_equal and not names_agree((name, None), (customer.name, None)):
            row.codes.add("W310")


def _missing(row: Row, *, creates: bool) -> None:
    if not creates:
        row.end("skipped", "C202")
    elif row.is_stand_in:
        row.end("failed", "R108")
    elif row.new_customer is None or row.new_customer.name is None:
        row.end("failed", "R127")


def _standing(world: World) -> None:
    for row in world.left:
        if row.customer is None:
            continue
        if row.customer.status != "active":
            _not_active(world, row)
        elif row.method and (row.customer.block_eft if row.method.kind == "ach" else row.customer.block_cc):
            row.end("failed", "R112")


def _not_active(world: World, row: Row) -> None:
    if world.job.kind != "registration":
        return row.end("failed", "R111")
    row.codes.add("C235")
    if world.job.choice("C235") != "register":
        row.end("skipped")
    return None


def _owners(world: World) -> None:
    for row in world.left:
        row.owner = world.owners.get(row.customer.key) if row.customer else None
        if row.owner is None:
            continue
        if row.owner.status in {"locked", "disabled"}:
            row.end("held", "C217")
        elif row.owner.key in world.shared:
            row.codes.add("W322")


def leave_out_crowds(world: World, code: str) -> None:
    """One email or payment method on many accounts."""
    for group in grouped(world.left, lambda row: row.essence):
        own = world.biller.mail_domain
        is_own = bool(own) and "W341" in domain_warnings(str(group[0].essence), own)
        if len(group) > (_OWN if is_own else _CROWD):
            for row in group:
                row.codes.add(code)
                if world.job.choice(code) != "continue":
                    row.end("skipped")


def is_beside_others(world: World, row: Row) -> bool:
    """W324: other users but no owner."""
    if row.owner or row.customer is None or row.role != "owner":
        return False
    return any(customer == row.customer.key for customer, _ in world.before.links)


def follow(world: World) -> None:
    """Followers end as their leaders."""
    for row in world.rows:
        if row.leader is None:
            continue
        if row.leader.takes_hold:
            answered = {code for code in row.leader.codes - row.leader.own if code.startswith("C")}
            row.end("no_change", "W331", *answered)
        else:
            row.outcome = row.leader.outcome
            row.codes |= {"W331", *row.leader.codes}


def _end_all(group: list[Row], outcome: str, code: str) -> None:
    for row in group:
        row.end("failed" if outcome == "failed" else "held", code)


def make_shell(world: World, after: CrmState, row: Row) -> str:
    """The key of a login that is made for a customer without an owner, as nobody has signed in with it yet."""
    if row.customer is None:
        raise ValueError(row.line)
    login = Login(
        f"new:{row.customer.account_number}",
        world.biller.realm,
        "shell",
        email=row.email,
        email_cc=row.email_cc,
        origin="import",
        import_kind=world.job.kind,
    )
    after.logins[login.key] = login
    after.set_link(Link(row.customer.key, login.key, "owner", "import"))
    return login.key
