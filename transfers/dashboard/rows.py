"""What is on file as its owner's pages show it: one block for each subject, one row for each website, with actions."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from filings.models import Subject, Website
from filings.register import certificates
from icpportal.accounts.models import User
from icpportal.fields.components import Action, Panel
from icpportal.privacy.masks import mask_name
from transfers.filing_type.transfer_another import SubjectOption, readable, subject_options
from transfers.models import Order
from transfers.orders import queries, states
from transfers.orders.kinds import is_in, kind_of, state_of
from transfers.orders.rows import Group, State


@dataclass
class Site:
    """One website, the order that brought it here, and the one that is ending its access."""

    website: Website
    order: Order | None = None
    leaving: Order | None = None

    @property
    def administrator(self) -> str:
        person = self.website.administrator
        return readable(person, lambda: mask_name(person.name)) if person else ""

    @property
    def state(self) -> State:
        """The arguments of `partials/state.html`: normal (正常), or that it is being cancelled, and how far that is."""
        if self.leaving is None:
            return replace(states.APPROVED, label=pgettext("website", "Normal"))
        state = state_of(self.leaving)
        return replace(state, label=f"{kind_of(self.leaving).name} · {state.label}")

    @property
    def actions(self) -> list[Action]:
        """What its owner can do: follow its cancellation, or see the order and cancel."""
        if self.leaving:
            return [Action(_("See the cancellation"), self.leaving.get_absolute_url())]
        domain = self.website.display_domain
        cancel = Action(_("Cancel transfer"), reverse("cancel", args=[self.website.pk]), about=domain)
        if self.order is None:
            return [cancel]
        return [Action(_("See the order"), self.order.get_absolute_url(), about=domain), cancel]


@dataclass(frozen=True)
class Block(Panel):
    """One subject with its websites, and the link to add another."""

    template: ClassVar[str] = "transfers/dashboard/subject_block.html"
    subject: Subject
    door: SubjectOption
    sites: list[Site] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.door.name

    @property
    def nature(self) -> str:
        return certificates.nature_label(self.subject.nature)

    @property
    def lead(self) -> str:
        person = self.subject.lead
        return readable(person, lambda: mask_name(person.name)) if person else ""


def blocks(owner: User, websites: Iterable[Website]) -> list[Block]:
    """The websites by subject, in the given order, in two queries."""
    websites = list(websites)
    subjects = {website.subject_id: website.subject for website in websites}
    found = {door.subject.pk: Block(door.subject, door) for door in subject_options(owner, subjects.values())}
    arrived, leaving = _orders(owner, websites)
    for website in websites:
        site = Site(website, arrived.get(website.pk), leaving.get(website.pk))
        found[website.subject_id].sites.append(site)
    return list(found.values())


def _orders(owner: User, websites: list[Website]) -> tuple[dict[UUID | None, Order], dict[UUID | None, Order]]:
    """By website: the order approved last, and the cancellation under way."""
    arrived: dict[UUID | None, Order] = {}
    leaving: dict[UUID | None, Order] = {}
    for order in queries.of_websites(owner, websites) if websites else ():
        if is_in(order, Group.APPROVED):
            arrived[order.website_id] = order
        elif not order.is_ended:
            leaving[order.website_id] = order
    return arrived, leaving
