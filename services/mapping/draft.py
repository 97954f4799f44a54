"""What a draft holds, which steps it has, and the definition it becomes. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.contracts.contract import CheckedModel
from shared.contracts.definition import (
    FileReference,
    ImportDefinition,
    Options,
    Part,
    Reading,
    RecipeReference,
    ValueMap,
)
from shared.contracts.definition_rules import account_number_texts, mapping_texts, reading_texts
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind


class ChosenFile(CheckedModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    size: int
    sha256: str


class ChosenRecipe(CheckedModel):
    """The recipe of a draft, and how the header of the file differs from what it knows."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    version: int
    name: str
    missing: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    seen: bool = True  # whether a person has gone on after being told of the difference


class Content(CheckedModel):
    """Everything chosen so far."""

    model_config = ConfigDict(frozen=True)

    kind: ImportKind | None = None
    file: ChosenFile | None = None
    reading: Reading = Reading()
    invoice_types: tuple[str, ...] = ()
    columns: Annotated[dict[FieldName, str] | None, Field(description="none: not yet looked at")] = None
    values: ValueMap = Field(default={}, description="what words of the file mean")
    paperless_flag_reversed: bool = False
    method_kind_default: Literal["ach", "card"] | None = None
    bank_account_type_default: Literal["checking", "savings"] | None = None
    effective_date: date | None = None
    attestation: str = ""
    notify_customers: bool = False
    parts: tuple[Part, ...] = ()
    arranged: bool = False
    recipe: ChosenRecipe | None = None
    exclude_lines: tuple[int, ...] = ()

    @property
    def free_texts(self) -> Iterator[tuple[str, str]]:
        yield "options.attestation", self.attestation
        yield from reading_texts(self.reading)
        yield from ((f"invoice_types[{index}]", code) for index, code in enumerate(self.invoice_types))
        yield from mapping_texts(self.columns or {}, self.values)
        yield from account_number_texts(self.parts)

    @property
    def shown_kind(self) -> ImportKind:
        """Its kind; until one is chosen, that which everybody may import."""
        return self.kind or ImportKind.PAPERLESS

    def with_changes(self, **changes: object) -> "Content":
        return self.model_copy(update=changes)

    def asks_for(self, biller_id: int, definition: ImportDefinition) -> bool:
        """Whether a definition is what was chosen; that it was kept as a recipe since makes no other of it."""
        if self.kind is None or self.file is None:
            return False
        mine, other = (one.model_copy(update={"recipe": None}) for one in (self.definition(biller_id), definition))
        return mine == other

    def definition(self, biller_id: int) -> ImportDefinition:
        """As the mapping service takes it; every check asks a person before anything is written."""
        if self.kind is None or self.file is None:
            raise ValueError("a draft without kind or file is no definition")
        return ImportDefinition(
            biller_id=biller_id,
            kind=self.kind,
            file=FileReference(id=self.file.id, sha256=self.file.sha256, size=self.file.size),
            invoice_types=self.invoice_types if self.kind.spec.enrollment else (),
            columns=self.columns or {},
            values={field: words for field, words in self.values.items() if field in (self.columns or {})},
            account_number=self.parts,
            options=self._options(self.kind),
            recipe=RecipeReference(id=self.recipe.id, version=self.recipe.version) if self.recipe else None,
        )

    def _options(self, kind: ImportKind) -> Options:
        asked = {"reading", "exclude_lines", "notify_customers", *_asked_only(kind)}
        given = self.model_dump(include=asked)
        return Options.model_validate(given | {"attestation": given.get("attestation") or None})


def _asked_only(kind: ImportKind) -> tuple[str, ...]:
    """The options that the wizard asks for with this kind alone; what was chosen for another kind does not count."""
    match kind:
        case ImportKind.AUTOPAY:
            return "method_kind_default", "bank_account_type_default", "effective_date", "attestation"
        case ImportKind.PAPERLESS:
            return "paperless_flag_reversed", "attestation"
        case ImportKind.REGISTRATION:
            return ()


@dataclass(frozen=True, slots=True)
class Group:
    """A step of the wizard, which may have several pages: their keys and titles."""

    title: str
    pages: tuple[tuple[str, str], ...]

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.pages]


_GROUPS: Final = (
    ("Source", ("biller", "kind", "file")),
    ("Map", ("columns",)),
    ("Settings", ("settings",)),
    ("Account number", ("account-number",)),
    ("Check", ("check",)),
    ("Review", ("review",)),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the wizard."""

    key: str
    title: str
    done: bool


def steps_of(content: Content) -> list[Step]:
    mapped = content.columns is not None and (content.recipe is None or content.recipe.seen)
    done = {
        "biller": True,
        "kind": content.kind is not None,
        "file": content.file is not None,
        "columns": mapped,
        "settings": bool(content.attestation and content.invoice_types),
        "account-number": bool(content.parts) and content.arranged,
    }
    return [Step(key, title, done.get(key, False)) for key, title in titles_of(content.shown_kind)]


def titles_of(kind: ImportKind) -> list[tuple[str, str]]:
    """The pages of a kind, each with its one name: in the list of steps, as heading and as title of its page."""
    enrollment = kind.spec.enrollment
    return [
        ("biller", "Choose a biller"),
        ("kind", "Choose the kind of import"),
        ("file", "Choose a file"),
        ("columns", "Map columns"),
        *((("settings", enrollment.step),) if enrollment else ()),
        ("account-number", "Build the account number"),
        ("check", "Check the file"),
        ("review", "Review and start"),
    ]


def has_settings(kind: ImportKind) -> bool:
    """Whether the kind has a page of settings; what all kinds are asked for is asked on another page otherwise."""
    return "settings" in dict(titles_of(kind))


def groups_of(kind: ImportKind) -> list[Group]:
    """The steps of a kind, each with its pages."""
    pages = titles_of(kind)
    found = [Group(name, tuple((key, title) for key, title in pages if key in keys)) for name, keys in _GROUPS]
    return [group for group in found if group.pages]


FIELDS_OF_PAGES: Final[Mapping[str, frozenset[str]]] = {
    "biller": frozenset(),
    "kind": frozenset({"kind"}),
    "file": frozenset({"file", "reading"}),
    "columns": frozenset({"columns", "paperless_flag_reversed", "values"}),
    "settings": frozenset(
        {"invoice_types", "method_kind_default", "bank_account_type_default", "effective_date", "attestation"}
        | {"notify_customers"}
    ),
    "account-number": frozenset({"parts"}),
    "check": frozenset({"arranged", "exclude_lines"}),
}
_DIGEST_BYTES: Final = 6


def version_of(biller_id: int, content: Content) -> str:
    """What a form carries to say which choices its page was made of: a digest for each page, in their order."""
    digests = []
    for page, fields in FIELDS_OF_PAGES.items():
        chosen = content.model_dump(mode="json", include=set(fields), exclude_defaults=True)
        text = str(biller_id) if page == "biller" else json.dumps(chosen, sort_keys=True)
        digests.append(blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest())
    return ".".join(digests)


def changed_pages(seen: str, now: str, page: str) -> list[str]:
    """Pages whose choices are not those that a form was made of: ``page`` itself and those that it builds on.

    A form without a version is of a release that had none.
    """
    before, after = seen.split("."), now.split(".")
    if len(before) != len(after):
        return []
    keys = list(FIELDS_OF_PAGES)
    known = keys[: keys.index(page) + 1]
    return [key for key, old, new in zip(known, before, after, strict=False) if old != new]


def next_step(content: Content, after: str) -> str:
    keys = [step.key for step in steps_of(content)]
    return keys[min(keys.index(after) + 1, len(keys) - 1)]


def first_open(content: Content) -> str:
    return next(step.key for step in steps_of(content) if not step.done)
