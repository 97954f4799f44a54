"""Autopay: rules autopay-*."""

from collections import defaultdict
from dataclasses import replace

from tests.support.model.row import Row
from tests.support.model.state import Autopay, CrmState, Fingerprint, Method
from tests.support.model.together import World, grouped, is_beside_others, leave_out_crowds, make_shell


def decide(world: World) -> None:
    """Every row that is left ends."""
    leave_out_crowds(world, "C245")
    _hold_torn_methods(world)
    for row in world.left:
        enrolments = _enrolments(world, row)
        if any(enrolment and _is_kept(row, enrolment) for enrolment in enrolments):
            row.codes.add("C215")
        moves = any(enrolment and _moves(row, enrolment) for enrolment in enrolments)
        if "C215" in row.codes and not _replaces(world, enrolments):
            row.end("skipped")
        elif moves and world.job.choice("C246") != "replace":
            row.end("skipped", "C246")
        elif all(enrolment and _is_pinned(row, enrolment) for enrolment in enrolments):
            row.end("no_change", "W333")
        else:
            row.end("applied", *(["C246"] if moves else []))
    _warn(world)


def _hold_torn_methods(world: World) -> None:
    """One login has one method of a fingerprint, and rows that describe it differently."""
    owned = [row for row in world.left if row.owner and row.method]
    for group in grouped(owned, lambda row: (row.owner and row.owner.key, row.essence)):
        if len({_description(row.method) for row in group if row.method}) > 1:
            for row in group:
                row.end("held", "R131")


def _description(method: Method) -> tuple[object, ...]:
    brand = (method.card_brand or "").lower()
    return method.account_type, method.holder_type, method.exp_year, method.exp_month, brand, method.card_last4 or ""


def _replaces(world: World, enrolments: list[Autopay | None]) -> bool:
    is_off = any(enrolment and enrolment.status != "active" for enrolment in enrolments)
    return world.job.choice("C215") == "replace" and not is_off


def _enrolments(world: World, row: Row) -> list[Autopay | None]:
    if row.customer is None:
        return [None for _ in world.job.types]
    return [world.before.autopay.get((row.customer.key, code)) for code in world.job.types]


def _is_pinned(row: Row, enrolment: Autopay) -> bool:
    return row.method is not None and enrolment.status == "active" and enrolment.method[2] == row.method.fingerprint


def _is_kept(row: Row, enrolment: Autopay) -> bool:
    if enrolment.status != "active":
        return True
    return not _is_pinned(row, enrolment) and enrolment.origin in {"customer", "csr"}


def _moves(row: Row, enrolment: Autopay) -> bool:
    """Whether somebody else than the customer chose the method that the row replaces."""
    is_other = enrolment.status == "active" and not _is_pinned(row, enrolment)
    return is_other and enrolment.origin not in {"customer", "csr"}


def _applied(world: World) -> list[Row]:
    return [row for row in world.rows if row.outcome == "applied"]


def _warn(world: World) -> None:
    homes = _homes(world)
    for row in _applied(world):
        if row.owner and len(world.owned_here[row.owner.key]) > 1:
            row.codes.add("W321")
        if row.method and homes[row.method.fingerprint] - {_home(row)}:
            row.codes.add("W332")
        if is_beside_others(world, row):
            row.codes.add("W324")


def _homes(world: World) -> dict[Fingerprint, set[str]]:
    """The logins under which each method is or will be; a login to be made is known by its row."""
    homes: dict[Fingerprint, set[str]] = defaultdict(set)
    for method in world.before.methods.values():
        if method.biller == world.biller.key and method.status != "removed":
            homes[method.fingerprint].add(method.login)
    for row in _applied(world):
        if row.method:
            homes[row.method.fingerprint].add(_home(row))
    return homes


def _home(row: Row) -> str:
    return row.owner.key if row.owner else f"new:{row.account}"


def apply(world: World, after: CrmState) -> None:
    """Write the applied rows into the state."""
    for group in grouped(_applied(world), _home):
        defaults = _may_have_default(world, group[0])
        for row in group:
            login = row.owner.key if row.owner else make_shell(world, after, row)
            world.touched.add(login)
            world.told.add((login, "autopay_moved"))
            _enrol(world, after, row, login, is_default=defaults and row is group[0])


def _may_have_default(world: World, row: Row) -> bool:
    if row.owner is None:
        return True
    has_default = any(method.is_default and method.login == row.owner.key for method in world.before.methods.values())
    owned = set(world.before.owns(row.owner.key))
    return not has_default and not any(
        enrolment.customer in owned and enrolment.status == "active" for enrolment in world.before.autopay.values()
    )


def _enrol(world: World, after: CrmState, row: Row, login: str, *, is_default: bool) -> None:
    if row.method is None or row.customer is None:
        raise ValueError(row.line)
    method = _pin(after, replace(row.method, login=login), is_default=is_default)
    for code in world.job.types:
        present = after.autopay.get((row.customer.key, code))
        if present and _is_pinned(row, present):
            continue
        world.enrolled[row.customer.key, code] = row.line
        after.set_autopay(
            Autopay(
                row.customer.key,
                code,
                method.key,
                origin="import",
                effective_from=max(filter(None, (world.job.effective, row.starts_on)), default=None),
                ends_on=row.ends_on,
                max_amount=row.max_amount,
            )
        )


def _pin(after: CrmState, wanted: Method, *, is_default: bool) -> Method:
    present = after.methods.get(wanted.key)
    method = _active(after, present) if present else replace(wanted, is_default=is_default)
    after.methods[method.key] = method
    return method


def _active(after: CrmState, method: Method) -> Method:
    """One that becomes active again is no default beside another one."""
    stays = method.status == "active" or not any(
        other.is_default and other.status == "active" and (other.login, other.biller) == (method.login, method.biller)
        for other in after.methods.values()
    )
    return replace(method, status="active", is_default=method.is_default and stays)
