"""Resources: rooms of assisted points and interpreters, as those see them who book, and who keeps their list."""

from pydantic import Field

from scheduling import audit, resources
from scheduling.resources import Resource, ResourceKind
from server.endpoint import Ask, endpoint
from server.shapes import Code, Form, Id, Line, Name, View


class NewResource(Form):
    """`district_id` null: of the whole region."""

    kind: ResourceKind
    name: Name
    address: Line = ""
    languages: list[Code] = Field(default=[], max_length=20)
    district_id: Id | None = None


class ResourceChange(Form):
    name: Name
    address: Line = ""
    languages: list[Code] = Field(default=[], max_length=20)
    active: bool = True


class ResourceView(View):
    id: int
    version: int
    kind: ResourceKind
    name: str
    address: str
    languages: list[str]
    district_id: int | None
    active: bool


class ResourceList(View):
    items: list[ResourceView]


@endpoint("GET", "/resources", allow="catalogue")
async def listed(ask: Ask) -> ResourceList:
    return ResourceList(items=[ResourceView.model_validate(each) for each in await resources.known(ask.tx)])


@endpoint("POST", "/resources", allow="resources.write", status=201, idempotent=True, etag=True)
async def add(ask: Ask, body: NewResource) -> ResourceView:
    return _kept(ask, await resources.add(ask.tx, ask.actor, **body.model_dump()), "resource_added")


@endpoint("PUT", "/resources/{resource}", allow="resources.write", etag=True, if_match=True)
async def change(ask: Ask, resource: int, body: ResourceChange) -> ResourceView:
    changed = await resources.change(ask.tx, ask.actor, resource, version=ask.version, **body.model_dump())
    return _kept(ask, changed, "resource_changed")


def _kept(ask: Ask, kept: Resource, act: str) -> ResourceView:
    audit.note(ask.tx, act, "resource", kept.id, now=ask.now, account=ask.actor.account_id)
    return ResourceView.model_validate(kept)
