"""16. A login that is used at two billers, and two logins with one email.

A login's email is never changed for the other biller's sake; the bills go to the new address all the same. Which of two
logins is meant, the product does not guess.
"""

from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import Account, Answer, Login, Scene, riverbend
from tests.scenarios.stage import plays

ANA, LEE = riverbend(1045), riverbend(1046)

TWO_BILLERS = Scene(
    name="two billers",
    kind=ImportKind.PAPERLESS,
    logins={"ana": Login("ana@example.com", elsewhere=1)},
    accounts=(Account(ANA, owner="ana"),),
    content="16-shared-login.csv",
    columns={"email": "Email"},
    found={"W322": 1},
    answers=(
        Answer(
            {},
            {2: "applied W322"},
            {ANA: "active ana@example.com of 2 | WATER+SEWER pending to new@example.com"},
        ),
    ),
)
TWO_LOGINS = Scene(
    name="two logins",
    kind=ImportKind.REGISTRATION,
    links=True,
    logins={"home": Login("lee@example.com", login_name="lee"), "office": Login("lee@example.com", login_name="lwu")},
    accounts=(Account(riverbend(2001), owner="home"), Account(riverbend(2002), owner="office"), Account(LEE)),
    content="16-two-logins.csv",
    columns={"email": "Email", "customer_name": "Name"},
    found={"C234": 1},
    answers=(
        Answer({"C234": "hold"}, {2: "held C234"}),
        Answer(
            {"C234": "new_login"},
            {2: "applied C234"},
            {LEE: "invited Lee Wu <lee@example.com> as lee@example.com"},
        ),
    ),
)

test_every_answer = plays(TWO_BILLERS, TWO_LOGINS)
