"""18. The column PaperInvoices says N for people who are paperless.

The proposed mapping turns the sense round and says so.
"""

from services.mapping.sample import sample_of
from services.mapping.suggestions.columns import means_paper, suggest
from shared.contracts.definition import Reading
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind
from tests.scenarios.scene import Account, Answer, Scene, riverbend
from tests.scenarios.stage import plays

ANA, LEE, PARK = riverbend(1045), riverbend(1046), riverbend(1047)

SCENE = Scene(
    name="paper invoices",
    kind=ImportKind.PAPERLESS,
    accounts=(Account(ANA), Account(LEE), Account(PARK)),
    content="18-paper-invoices.csv",
    columns={"email": "Email", "paperless_flag": "PaperInvoices"},
    options={"paperless_flag_reversed": True},
    found={"S401": 1},
    answers=(
        Answer(
            {},
            {2: "applied", 3: "skipped S401", 4: "applied"},
            {
                ANA: "shell ana@example.com | WATER+SEWER pending",
                PARK: "shell park@example.com | WATER+SEWER pending",
            },
        ),
    ),
)

test_every_answer = plays(SCENE)


def test_the_mapping_is_proposed_with_its_sense_turned_round() -> None:
    sample = sample_of(SCENE.file, len(SCENE.file), Reading())
    flag = suggest(ImportKind.PAPERLESS, sample.columns)[FieldName.PAPERLESS_FLAG]
    assert flag.header == "PaperInvoices"
    assert means_paper(flag.header)
