"""The demonstration's records and samples as the model takes them."""

from decimal import Decimal
from typing import Any

from stack.demo.records import Biller as DemoBiller
from stack.demo.records import Records
from stack.demo.sample import Sample
from tests.support.model import CrmState, CsvFile
from tests.support.model.state import (
    Autopay,
    Bill,
    Biller,
    Customer,
    InvoiceType,
    Link,
    Login,
    Method,
    Paperless,
)


def demo_state(records: Records) -> CrmState:
    """The records as a state; billers keep their ids, logins are known by theirs."""
    state = CrmState()
    for biller in records.billers:
        _add_biller(state, biller)
    numbers = {one.id: (one.biller_id, one.account_number) for one in records.customers}
    for one in records.customers:
        address = {
            name: getattr(one, name) for name in ("name", "address1", "city", "state", "zip", "status", "block_eft")
        }
        customer = Customer(one.biller_id, one.account_number, **address)
        state.customers[customer.key] = customer
    for person in records.logins:
        names = {name: getattr(person, name) for name in ("login_name", "email", "first_name", "last_name", "origin")}
        state.logins[f"L{person.id}"] = Login(f"L{person.id}", person.biller_id, person.status, **names)
    for link in records.links:
        state.set_link(Link(numbers[link.customer_id], f"L{link.login_id}", link.role))
    _add_enrolments(state, records)
    state.invoices = {
        (numbers[one.customer_id], one.invoice_type): (Bill(one.due_date, Decimal(42)),) for one in records.invoices
    }
    return state


def _add_biller(state: CrmState, biller: DemoBiller) -> None:
    confirms = biller.paperless_confirm_required
    state.billers[biller.id] = Biller(biller.id, biller.name, biller.id, biller.mcl_enabled, confirm_required=confirms)
    for code in biller.invoice_types:
        state.types[biller.id, code] = InvoiceType(biller.id, code)


def _add_enrolments(state: CrmState, records: Records) -> None:
    numbers = {one.id: (one.biller_id, one.account_number) for one in records.customers}
    methods = {}
    for one in records.methods:
        methods[one.id] = Method(
            f"L{one.login_id}",
            one.biller_id,
            "ach",
            routing_number=one.routing_number,
            account=one.account,
            account_last4=one.account[-4:],
            is_default=True,
        )
        state.methods[methods[one.id].key] = methods[one.id]
    for enrolment in records.enrolments:
        customer = numbers[enrolment.customer_id]
        if enrolment.method_id is None:
            state.set_paperless(Paperless(customer, enrolment.invoice_type, enrolment.status))
        else:
            method = methods[enrolment.method_id].key
            state.set_autopay(Autopay(customer, enrolment.invoice_type, method, enrolment.status))


def demo_definition(sample: Sample, records: Records) -> dict[str, Any]:
    """The definition with the biller's id in place of its name, and without the log's recipients."""
    ids = {biller.name: biller.id for biller in records.billers}
    definition = {name: value for name, value in sample.definition.items() if name not in {"biller", "log_recipients"}}
    return definition | {"biller_id": ids[sample.biller]}


def demo_file(sample: Sample) -> CsvFile:
    """The rows as a reader gives them."""
    return CsvFile(sample.header, tuple(sample.rows), sample.unusable)
