"""Bodies of the HTTP interface that are of it alone: what is sent, and problems."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.mapping.recipes import LONGEST_NAME, RecipeContent
from services.mapping.views import LONGEST_EMAIL, Body, ProblemItem
from shared.contracts.contract import Text
from shared.contracts.kinds import ImportKind
from shared.openapi import ProblemBody


class Given(BaseModel):
    """The base of what is sent: unknown names are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class RefusalBody(ProblemBody):
    """A problem response with everything that is wrong, not just the first problem."""

    problems: list[ProblemItem]


class NewRecipient(Given):
    """An address to add."""

    email: Annotated[Text, StringConstraints(max_length=LONGEST_EMAIL)]


class ImportAccepted(Body):
    """The request was accepted and the file will be checked."""

    import_id: UUID


class NewRecipe(RecipeContent):
    """A mapping to save under a name; if the name exists, it becomes the next version."""

    name: Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)]
    kind: ImportKind
    file_id: UUID = Field(description="the file in Secure Upload that it was made for; its column names are saved")
