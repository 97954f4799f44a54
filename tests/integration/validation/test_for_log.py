"""What a file says for the log alone, from the file to the results. Rules log-1 to log-4."""

import json

from tests.integration.validation.world import Import, World, answers


async def logged(world: World, done: Import) -> dict[int, dict[str, str]]:
    rows = await world.admin.fetch("SELECT line_no, for_log FROM execution.row_result WHERE import_id = $1", done.id)
    return {row["line_no"]: json.loads(row["for_log"] or "{}") for row in rows}


async def test_every_row_keeps_it_whatever_becomes_of_it(world: World) -> None:
    biller = await world.biller()
    for number in ("A1", "A2", "A3"):
        await world.crm.customer(biller, number)
    lines = [
        "Account,Email,Old,Since,Seen",
        "A1,one@example.com,P-1,2019-03-04,2024-05-06 07:08",
        "A1,one@example.com,P-2,,",
        "A2,none,P-3,3/4/2019,",
        "A9,nine@example.com,P-4,,5/6/2024",
        "A3,none,P-5,long ago,2024-05-06",
        "A3,three@example.com,,,",
        "A8,eight@example.com,P-7,2019-03-04,",
        "A7,seven@example.com",
    ]
    columns = {"email": "Email", "legacy_id": "Old", "registered_at": "Since", "last_login_at": "Seen"}
    options = {"exclude_lines": [8]}
    done = await world.check(biller, "registration", lines, columns=columns, decide=answers(), options=options)
    assert {line: outcome for line, (outcome, _) in (await world.apply(done, biller)).items()} == {
        2: "applied",
        3: "no_change",
        4: "failed",
        5: "skipped",
        6: "failed",
        7: "applied",
        8: "skipped",
        9: "failed",
    }
    assert await logged(world, done) == {
        2: {"legacy_id": "P-1", "registered_at": "2019-03-04", "last_login_at": "2024-05-06"},
        3: {"legacy_id": "P-2"},
        4: {"legacy_id": "P-3", "registered_at": "2019-03-04"},
        5: {"legacy_id": "P-4", "last_login_at": "2024-05-06"},
        6: {"legacy_id": "P-5", "registered_at": "long ago", "last_login_at": "2024-05-06"},
        7: {},
        8: {},
        9: {},
    }


async def test_held_rows_and_those_already_so_keep_it(world: World) -> None:
    biller = await world.biller()
    for number in ("A1", "A2"):
        await world.crm.customer(biller, number)
    columns = {"email": "Email", "legacy_id": "Old"}
    first = ["Account,Email,Old", "A1,one@example.com,P-1"]
    done = await world.check(biller, "paperless", first, columns=columns)
    await world.apply(done, biller)
    lines = [*first, "A2,two@example.com,P-2", "A2,deux@example.com,P-3"]
    again = await world.check(biller, "paperless", lines, columns=columns, decide=answers(C203="continue"))
    outcomes = await world.apply(again, biller)
    assert outcomes == {2: ("no_change", {"W333"}), 3: ("held", {"R132"}), 4: ("held", {"R132"})}
    assert await logged(world, again) == {
        line: {"legacy_id": old} for line, old in {2: "P-1", 3: "P-2", 4: "P-3"}.items()
    }


async def test_of_bank_data_the_last_characters_stand_in_it(world: World) -> None:
    biller = await world.biller()
    lines = ["Account,Email,Old,Seen,A"]
    for number in range(5):
        await world.crm.customer(biller, f"A{number}")
        lines.append(f"A{number},a{number}@example.com,4815171052{number},2024-05-06,021000021/1")
    lines.append("A9,a9@example.com,,2024-05-06,")
    columns = {"email": "Email", "legacy_id": "A", "last_login_at": "Seen"}
    content = await world.check(biller, "registration", lines, columns=columns, decide=answers())
    planned = [json.loads(row["for_log"]) for row in content.rows.values()]
    assert {one.get("legacy_id") for one in planned} == {"****21/1", None}
    assert {one["last_login_at"] for one in planned} == {"2024-05-06"}
    await world.finish(content.id)
    lines[0] = "Account,Email,Bank Acct,Seen,A"
    named = await world.check(
        biller, "registration", lines, columns=columns | {"legacy_id": "Bank Acct"}, decide=answers()
    )
    assert json.loads(named.rows[2]["for_log"])["legacy_id"] == "****0520"
