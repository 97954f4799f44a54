"""What the steps of the wizard have in common: the draft with its biller, and how it is saved and shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final, cast
from uuid import UUID

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.context import Context
from services.mapping.draft import Content, changed_pages, next_step, steps_of, titles_of
from services.mapping.numbers import FirstRows, first_rows
from services.mapping.records import Biller, Draft
from services.mapping.sample import Sample
from services.mapping.usecases import drafts
from services.mapping.usecases.access import sample_for
from services.mapping.usecases.answers import clock
from shared.contracts.events import RequestProblem
from shared.contracts.rights import Right
from shared.http import Problem
from shared.web import SignedInVisitor, Visitor, host_of, render, see_other, zone_of

DRAFT: Final = "/import/{draft_id}"  # read by the dependency that finds the draft
VERSION_FIELD: Final = "draft_version"
CHANGED_ELSEWHERE: Final = "draft"
QUOTED: Final = "\N{LEFT DOUBLE QUOTATION MARK}{}\N{RIGHT DOUBLE QUOTATION MARK}"


def services_of(request: Request) -> Context:
    return cast("Context", host_of(request).context)


Services = Annotated[Context, Depends(services_of)]


@dataclass(frozen=True, slots=True)
class Work:
    """A draft on which somebody works."""

    request: Request
    services: Context
    visitor: Visitor
    draft: Draft
    biller: Biller
    right: Right
    type_names: Mapping[str, str]
    version: str
    """Of what is saved, whatever a refused form holds."""

    @property
    def content(self) -> Content:
        return self.draft.content

    def address(self, step: str) -> str:
        return f"/import/{self.draft.id}/{step}"

    async def sample(self) -> Sample:
        file = self.content.file
        if file is None:
            raise Problem(409, "no_file", "No file is selected yet", remedy="Choose a file first")
        try:
            return await sample_for(
                self.services, self.visitor.person, self.right, self.biller.id, file.id, self.content.reading
            )
        except FileNotFoundError:
            raise Problem(
                410, "file_gone", "The file is no longer in Secure Upload", remedy="Choose another file"
            ) from None

    def first_rows(self, sample: Sample, limit: int) -> FirstRows:
        content = self.content
        return first_rows(sample, limit, left_out=content.exclude_lines)

    def with_content(self, **changes: object) -> "Work":
        return replace(self, draft=replace(self.draft, content=self.content.with_changes(**changes)))

    async def save(self, **changes: object) -> "Work":
        """Keep what was chosen; what was arranged before has to be looked at again where it may no longer fit."""
        changed = self.with_content(**changes)
        await drafts.save(self.services, self.draft, changed.content)
        return replace(changed, version=changed.draft.version)

    def changed_elsewhere(self, form: FormData, page: str, **given: object) -> list[RequestProblem]:
        """Why a form can't be saved: what it was made of has changed since, unless it asks for what is saved already.

        A draft is one person's own, so that whoever changed it is that person, in another tab or window.
        """
        titles = dict(titles_of(self.content.shown_kind))
        changed = [key for key in changed_pages(str(form.get(VERSION_FIELD, "")), self.version, page) if key in titles]
        if not changed or (given and self.with_content(**given).draft.version == self.version):
            return []
        names = ", ".join(map(QUOTED.format, (titles[key] for key in changed)))
        when = clock(self.draft.updated_at, zone_of(self.request))
        return [
            trouble(
                f"You changed {names} in another tab or window at {when}, after this page was opened. "
                "Nothing on this page was saved",
                "Your entries are still here. Look at what is saved now, or continue to replace it with them",
                place=CHANGED_ELSEWHERE,
            )
        ]

    def go_on(self, after: str) -> Response:
        return see_other(self.address(next_step(self.content, after)))

    def page(self, step: str, *, problems: Sequence[RequestProblem] = (), **values: object) -> Response:
        steps = steps_of(self.content)
        keys = [one.key for one in steps]
        place = keys.index(step) if step in keys else 0
        common = {
            "draft": self.draft,
            "content": self.content,
            "biller": self.biller,
            "right": self.right,
            "type_names": self.type_names,
            "steps": steps,
            "step": step,
            "place": place,
            "back": self.address(keys[place - 1]) if place else "/",
            "problems": problems,
            VERSION_FIELD: self.version,
        }
        template = step.replace("-", "_") + ".html"
        is_refused = problems and self.request.method == "POST"  # a page may also open with something to tell
        return render(self.request, template, status=422 if is_refused else 200, **common | values)


async def work_on(request: Request, services: Services, visitor: SignedInVisitor, draft_id: UUID) -> Work:
    """The draft of the address; NotFound where it is not this person's."""
    opened = await drafts.open_draft(services, visitor.person, draft_id)
    return Work(
        request, services, visitor, opened.draft, opened.biller, opened.right, opened.type_names, opened.draft.version
    )


Working = Annotated[Work, Depends(work_on)]


def shown_at(problems: Iterable[RequestProblem], fields: Mapping[str, str]) -> list[RequestProblem]:
    return [one.model_copy(update={"place": fields.get(one.place, "")}) for one in problems]


def trouble(message: str, remedy: str = "", code: str = "", place: str = "") -> RequestProblem:
    """Something that keeps a person from going on; ``place`` is the field of the page, such as ``#email``."""
    return RequestProblem(code=code, place=place, message=message, remedy=remedy)
