"""Billers, customers, logins and what hangs on them, made in a line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from asyncpg import Connection, Record

_names = count(1)


@dataclass(frozen=True)
class Biller:
    id: int
    realm_id: int
    name: str


class Crm:
    """Writes the CRM's tables as a superuser."""

    def __init__(self, connection: "Connection[Record]") -> None:
        self.connection = connection

    async def realm(self) -> int:
        return await self._insert(
            "INSERT INTO crm.login_realm (name) VALUES ($1) RETURNING id", f"realm {next(_names)}"
        )

    async def biller(
        self,
        *,
        realm_id: int | None = None,
        types: Sequence[str] = ("WATER", "SEWER"),
        links: bool = False,
        insensitive: bool = False,
        confirms: bool = False,
    ) -> Biller:
        realm_id = realm_id or await self.realm()
        name = f"Biller {next(_names)}"
        biller_id = await self._insert(
            """INSERT INTO crm.biller
                   (name, login_realm_id, mcl_enabled, account_number_case, paperless_confirm_required)
               VALUES ($1, $2, $3, $4, $5) RETURNING id""",
            name,
            realm_id,
            links,
            "insensitive" if insensitive else "sensitive",
            confirms,
        )
        for code in types:
            await self.invoice_type(biller_id, code)
        return Biller(biller_id, realm_id, name)

    async def invoice_type(
        self, biller_id: int, code: str, *, autopay: bool = True, paperless: bool = True, active: bool = True
    ) -> int:
        return await self._insert(
            """INSERT INTO crm.invoice_type (biller_id, code, alias, autopay_allowed, paperless_allowed, active)
               VALUES ($1, $2, $2, $3, $4, $5) RETURNING id""",
            biller_id,
            code,
            autopay,
            paperless,
            active,
        )

    async def type_id(self, biller: Biller, code: str) -> int:
        return int(
            await self.connection.fetchval(
                "SELECT id FROM crm.invoice_type WHERE biller_id = $1 AND code = $2", biller.id, code
            )
        )

    async def customer(
        self,
        biller: Biller,
        number: str,
        *,
        name: str | None = None,
        status: str = "active",
        block_eft: bool = False,
        block_cc: bool = False,
        owner: int | None = None,
    ) -> int:
        customer_id = await self._insert(
            """INSERT INTO crm.customer (biller_id, account_number, name, status, block_eft, block_cc)
               VALUES ($1, $2, $3, $4, $5, $6) RETURNING id""",
            biller.id,
            number,
            name,
            status,
            block_eft,
            block_cc,
        )
        if owner is not None:
            await self.link(customer_id, owner)
        return customer_id

    async def login(
        self,
        realm_id: int,
        email: str | None,
        *,
        status: str = "active",
        login_name: str | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
        import_kind: str | None = None,
    ) -> int:
        return await self._insert(
            """INSERT INTO crm.login (realm_id, email, status, login_name, first_name, last_name, import_kind)
               VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id""",
            realm_id,
            email,
            status,
            login_name,
            first_name,
            last_name,
            import_kind,
        )

    async def link(self, customer_id: int, login_id: int, role: str = "owner") -> None:
        await self.connection.execute(
            "INSERT INTO crm.customer_login_link (customer_id, login_id, role) VALUES ($1, $2, $3)",
            customer_id,
            login_id,
            role,
        )

    async def method(
        self, login_id: int, biller: Biller, fingerprint: bytes, *, default: bool = False, status: str = "active"
    ) -> int:
        return await self._insert(
            """INSERT INTO crm.payment_method (login_id, biller_id, kind, fingerprint, is_default, status)
               VALUES ($1, $2, 'ach', $3, $4, $5) RETURNING id""",
            login_id,
            biller.id,
            fingerprint,
            default,
            status,
        )

    async def autopay(
        self, customer_id: int, type_id: int, method_id: int, *, status: str = "active", origin: str = "customer"
    ) -> None:
        await self.connection.execute(
            """INSERT INTO crm.autopay_enrollment (customer_id, invoice_type_id, payment_method_id, status, origin)
               VALUES ($1, $2, $3, $4, $5)""",
            customer_id,
            type_id,
            method_id,
            status,
            origin,
        )

    async def paperless(
        self, customer_id: int, type_id: int, *, status: str = "active", delivery_email: str | None = None
    ) -> None:
        await self.connection.execute(
            """INSERT INTO crm.paperless_enrollment (customer_id, invoice_type_id, status, delivery_email)
               VALUES ($1, $2, $3, $4)""",
            customer_id,
            type_id,
            status,
            delivery_email,
        )

    async def invoice(
        self,
        customer_id: int,
        type_id: int,
        due: date | None = None,
        balance: str = "10",
        *,
        collected_on: date | None = None,
    ) -> None:
        await self.connection.execute(
            """INSERT INTO crm.invoice
                   (customer_id, invoice_type_id, number, due_date, balance, autopay_collection_date)
               VALUES ($1, $2, '1', $3, $4, $5)""",
            *(customer_id, type_id, due or datetime.now(UTC).date(), Decimal(balance), collected_on),
        )

    async def right(
        self,
        subject: str,
        biller: Biller | None,
        permission: str = "all",
        *,
        may_approve: bool = False,
        may_replace_owner: bool = False,
        may_undo: bool = False,
    ) -> None:
        await self.connection.execute(
            """INSERT INTO crm.operator_right (subject, biller_id, permission, may_approve, may_replace_owner, may_undo)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (subject, biller_id) DO UPDATE SET permission = excluded.permission,
                   may_approve = excluded.may_approve, may_replace_owner = excluded.may_replace_owner,
                   may_undo = excluded.may_undo""",
            *(subject, biller.id if biller else None, permission, may_approve, may_replace_owner, may_undo),
        )

    async def _insert(self, statement: str, *values: Any) -> int:
        return int(await self.connection.fetchval(statement, *values))
