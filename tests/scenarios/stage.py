"""Plays scenes: the real check and the real executor, in this process and on the real database."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from asyncpg import Record

from services.executor.worker import apply_pending
from services.mapping.numbers import first_rows
from services.mapping.records import Biller as WizardBiller
from services.mapping.repository import billers
from services.mapping.sample import sample_of
from services.mapping.usecases.matching import ROWS_TRIED, Fitting, fitting
from shared.contracts.codes import CODES
from shared.contracts.definition import Reading
from tests.integration.executor.world import World as Executing
from tests.integration.validation.world import Import
from tests.integration.validation.world import World as Checking
from tests.scenarios.scene import TYPES, Account, Answer, Login, Scene
from tests.support.crm import Biller

EFFECTIVE = "2026-04-01"
SECOND = "paul"
NAME = "Riverbend Water"
Row = tuple[str, frozenset[str]]
"""The outcome of a row and its codes."""

_ROUNDS = 3  # a person's answers may bring up another question

_ACCOUNTS = """
SELECT c.account_number, l.id AS login_id, l.status, l.login_name, l.email, l.email_cc, l.first_name, l.last_name,
    (SELECT count(*) FROM crm.customer_login_link o WHERE o.login_id = l.id AND o.role = 'owner') AS owned,
    ARRAY(SELECT o.role || ' ' || ol.email FROM crm.customer_login_link o JOIN crm.login ol ON ol.id = o.login_id
        WHERE o.customer_id = c.id AND o.role <> 'owner' ORDER BY 1) AS others,
    ARRAY(SELECT concat_ws(' ', CASE WHEN m.is_default THEN 'default' END, coalesce(m.account_type, 'card'),
            coalesce(m.routing_number, m.token_ref), coalesce(m.account_last4, m.exp_month || '/' || m.exp_year))
        FROM crm.payment_method m WHERE m.login_id = l.id ORDER BY m.id) AS methods,
    ARRAY(SELECT concat_ws(' ', t.code, NULLIF(a.status, 'active'), 'by', coalesce(m.account_last4, m.token_ref),
            'from ' || a.effective_from, 'until ' || a.ends_on)
        FROM crm.autopay_enrollment a JOIN crm.invoice_type t ON t.id = a.invoice_type_id
        JOIN crm.payment_method m ON m.id = a.payment_method_id WHERE a.customer_id = c.id ORDER BY t.id) AS autopay,
    ARRAY(SELECT concat_ws(' ', t.code, p.status, 'to ' || p.delivery_email)
        FROM crm.paperless_enrollment p JOIN crm.invoice_type t ON t.id = p.invoice_type_id
        WHERE p.customer_id = c.id ORDER BY t.id) AS paperless
FROM crm.customer c
LEFT JOIN crm.customer_login_link k ON k.customer_id = c.id AND k.role = 'owner'
LEFT JOIN crm.login l ON l.id = k.login_id
WHERE c.biller_id = $1
"""


class Stage:
    """Riverbend Water, anew for each scene."""

    def __init__(self, checking: Checking, executing: Executing) -> None:
        self._checking = checking
        self._executing = executing
        self.admin = checking.admin
        self._crm = checking.crm

    async def play(self, scene: Scene, answer: Answer | None = None) -> tuple[Biller, UUID]:
        """Everything that a scene says, with one of its answers; without an answer the file is refused."""
        biller = await self.set_up(scene)
        return biller, await self.go_on(biller, scene, answer)

    async def go_on(self, biller: Biller, scene: Scene, answer: Answer | None = None) -> UUID:
        """Play a scene where the biller and everybody is there already."""
        before = await self.accounts(biller)
        first = await self.check(biller, scene)
        assert await self.accounts(biller) == before  # nothing is done before somebody confirms
        if answer is None:
            assert first.result is not None
            assert (first.result.state, first.rows) == ("rejected", {})
            return first.id
        assert await self._answered(biller, scene, answer, first) == said(answer.rows)
        assert await self.accounts(biller) == {**before, **answer.state}
        return first.id

    async def set_up(self, scene: Scene) -> Biller:
        if scene.after is not None:
            return (await self.play(scene.after, scene.after.answers[0]))[0]
        # The name is unique, and each scene has a Riverbend Water of its own.
        await self.admin.execute("UPDATE crm.biller SET name = name || ' ' || id WHERE name = $1", NAME)
        biller = await self._checking.biller(links=scene.links, types=TYPES)
        await self._crm.right(SECOND, biller, may_approve=True)
        await self.admin.execute("UPDATE crm.biller SET name = $2 WHERE id = $1", biller.id, NAME)
        owners = {account.owner: None for account in scene.accounts if account.owner} | dict.fromkeys(scene.logins)
        logins = {key: await self._login(biller, key, scene) for key in owners}
        await self._accounts(biller, scene.accounts, logins)
        return biller

    async def in_the_wizard(self, biller: Biller) -> WizardBiller:
        """The biller as the wizard knows it."""
        found = await billers.find(self.admin, biller.id)
        assert found is not None
        return found

    async def proposed(self, biller: Biller, scene: Scene) -> tuple[Fitting, list[str]]:
        """What the wizard proposes as account number, and what it makes of the rows."""
        sample = sample_of(scene.file, len(scene.file), Reading())
        rows = first_rows(sample, ROWS_TRIED)
        [best, *_] = await fitting(self.admin, await self.in_the_wizard(biller), sample, rows, {})
        return best, rows.compose(best.parts, fold_case=False).usable

    async def check(self, biller: Biller, scene: Scene) -> Import:
        """The first check: it stops at a person, who sees what the scene says."""
        first = await self._checking.run(await self._define(biller, scene))
        assert first.result is not None
        nobody_gets_the_log = {} if first.result.state == "rejected" else {"W351": 1}
        assert first.result.codes == {**scene.found, **nobody_gets_the_log}
        return first

    async def accounts(self, biller: Biller) -> dict[str, str]:
        """Each account as a line of words: its owner, the owner's payment methods, its enrolments."""
        return {row["account_number"]: _in_words(row) for row in await self.admin.fetch(_ACCOUNTS, biller.id)}

    async def detail(self, import_id: UUID, code: str) -> dict[str, Any]:
        """What a finding says beside its count."""
        text = await self.admin.fetchval(
            "SELECT detail FROM validation.finding WHERE import_id = $1 AND code = $2", import_id, code
        )
        found: dict[str, Any] = json.loads(text)
        return found

    async def notices(self, import_id: UUID) -> int:
        """How many mails to customers an import has queued."""
        return len(await self._executing.notices(import_id))

    async def held(self, import_id: UUID, check_no: int, decisions: Mapping[str, Any]) -> tuple[str, ...]:
        """Confirm with these decisions; the codes that still wait for an answer."""
        await self._checking.decide(import_id, check_no, dict(decisions))
        result = (await self._checking.run(import_id)).result
        assert result is not None
        assert (result.state == "held") == bool(result.undecided)
        return result.undecided

    async def _login(self, biller: Biller, key: str, scene: Scene) -> int:
        login = scene.logins.get(key, Login(key))
        login_id = await self._crm.login(
            biller.realm_id,
            login.email,
            status=login.status,
            login_name=login.login_name,
            first_name=login.first_name,
            last_name=login.last_name,
        )
        if login.elsewhere:
            neighbour = await self._crm.biller(realm_id=biller.realm_id)
            for number in range(login.elsewhere):
                await self._crm.customer(neighbour, f"B-{number}", owner=login_id)
        return login_id

    async def _accounts(self, biller: Biller, accounts: Sequence[Account], logins: Mapping[str, int]) -> None:
        """Customers with their owners and bills; there may be hundreds."""
        ids = {
            row["account_number"]: row["id"]
            for row in await self.admin.fetch(
                """INSERT INTO crm.customer (biller_id, account_number, name, status)
                   SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[]) RETURNING account_number, id""",
                biller.id,
                *zip(*((account.number, account.name, account.status) for account in accounts), strict=True),
            )
        }
        types = {code: await self._crm.type_id(biller, code) for code in TYPES}
        await self.admin.executemany(
            "INSERT INTO crm.customer_login_link (customer_id, login_id, role) VALUES ($1, $2, 'owner')",
            [(ids[account.number], logins[account.owner]) for account in accounts if account.owner],
        )
        await self.admin.executemany(
            """INSERT INTO crm.invoice (customer_id, invoice_type_id, number, due_date, balance)
               VALUES ($1, $2, '1', '2026-03-15', 10)""",
            [(ids[account.number], types[code]) for account in accounts for code in account.bills],
        )
        for account in accounts:
            if account.paperless:
                for type_id in types.values():
                    await self._crm.paperless(ids[account.number], type_id, status=account.paperless)
            if account.card and account.owner:
                await self._pays_by_card(biller, ids[account.number], logins[account.owner], account.card)

    async def _pays_by_card(self, biller: Biller, customer_id: int, owner: int, token: str) -> None:
        """The customer's own doing on the portal."""
        method_id = await self._crm.method(owner, biller, token.encode(), default=True)
        await self.admin.execute(
            "UPDATE crm.payment_method SET kind = 'card', token_ref = $2 WHERE id = $1", method_id, token
        )
        for code in TYPES:
            await self._crm.autopay(customer_id, await self._crm.type_id(biller, code), method_id)

    async def _define(self, biller: Biller, scene: Scene) -> UUID:
        return await self._checking.define(
            biller,
            scene.kind,
            scene.file,
            columns=scene.columns,
            account_number=scene.account_number,
            options={"attestation": "It carries over.", "effective_date": EFFECTIVE, **scene.options},
            decide="ask",
        )

    async def _answered(self, biller: Biller, scene: Scene, answer: Answer, first: Import) -> dict[int, Row]:
        """Confirm until nothing is asked any more, then run; what became of each row."""
        checked, asked, asked_again = first, scene.found, {}
        for check_no in range(1, _ROUNDS):
            _assert_every_choice(scene, asked.keys() - {"C207"})
            assert checked.result is not None
            assert checked.result.state == "held"
            await self._checking.decide(first.id, check_no, _decisions(answer, checked.result.codes))
            checked = await self._checking.run(first.id)
            assert checked.result is not None
            if checked.result.state != "held":
                break
            asked = asked_again = {code: checked.result.codes[code] for code in checked.result.undecided}
        assert asked_again == answer.asked_again
        assert checked.result is not None
        if checked.result.state == "rejected":
            assert checked.rows == {}
            return {}
        assert checked.result.state == "approved"
        return await self._run(biller, checked, check_no + 1)

    async def _run(self, biller: Biller, checked: Import, check_no: int) -> dict[int, Row]:
        await self._executing.approve(checked.id, biller, check_no=check_no)
        await apply_pending(self._executing.database, checked.id, today=lambda: date.fromisoformat(EFFECTIVE))
        await self._checking.finish(checked.id)
        results = await self._executing.results(checked.id)
        rows = {line: (outcome, frozenset(codes)) for line, (outcome, codes) in results.items()}
        assert rows == {line: _planned(row) for line, row in checked.rows.items()}
        return rows


def said(rows: Mapping[int, str]) -> dict[int, Row]:
    """Rows as a scene writes them: the outcome and the codes."""
    return {line: (words[0], frozenset(words[1:])) for line, text in rows.items() if (words := text.split())}


def plays(*scenes: Scene) -> Callable[..., Awaitable[None]]:
    """The test of scenes: each with each of its answers."""
    cases = [
        pytest.param(scene, answer, id=f"{scene}:{answer or 'refused'}")
        for scene in scenes
        for answer in scene.answers or (None,)
    ]

    @pytest.mark.parametrize(("scene", "answer"), cases)
    async def test(stage: Stage, scene: Scene, answer: Answer | None) -> None:
        await stage.play(scene, answer)

    return test


def _assert_every_choice(scene: Scene, asked: Iterable[str]) -> None:
    """Whatever may be answered is answered by the scene."""
    possible = {(code, choice) for code in asked for choice in CODES[code].choices}
    assert possible <= scene.choices


def _decisions(answer: Answer, codes: Mapping[str, int]) -> dict[str, Any]:
    seen = {code: choice for code, choice in answer.choices.items() if code in codes}
    decisions: dict[str, Any] = {code: {"choice": choice, "count_seen": codes[code]} for code, choice in seen.items()}
    if "C201" in decisions:
        decisions["C201"] |= {"typed_count": answer.typed_count, "approved_by": SECOND}
    if "C207" in codes:  # nobody answers it: it is the second person's
        decisions["C207"] = {"choice": "continue", "count_seen": codes["C207"], "approved_by": SECOND}
    return decisions


def _planned(row: Record) -> Row:
    return "applied" if row["verdict"] == "apply" else row["verdict"], frozenset(row["codes"])


def _in_words(row: Record) -> str:
    return " | ".join(
        [
            _owner(row) if row["login_id"] else "nobody",
            *row["others"],
            *row["methods"],
            *_by_type(row["autopay"]),
            *_by_type(row["paperless"]),
        ]
    )


def _owner(row: Record) -> str:
    name = " ".join(part for part in (row["first_name"], row["last_name"]) if part)
    words = [row["status"], name, f"<{row['email']}>" if name and row["email"] else row["email"]]
    if row["login_name"]:
        words.append(f"as {row['login_name']}")
    if row["email_cc"]:
        words.append(f"cc {row['email_cc']}")
    if row["owned"] > 1:
        words.append(f"of {row['owned']}")
    return " ".join(word for word in words if word)


def _by_type(enrolments: Sequence[str]) -> list[str]:
    """``WATER+SEWER active`` where both are the same."""
    same: dict[str, list[str]] = {}
    for enrolment in enrolments:
        code, rest = enrolment.split(" ", 1)
        same.setdefault(rest, []).append(code)
    return [f"{'+'.join(codes)} {rest}" for rest, codes in same.items()]
