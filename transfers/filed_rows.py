"""What is on file, as its owner's pages show it: a block a subject, a row a website, and what can be done with each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, pgettext

from filings import certificates
from filings.models import Subject, Website
from icpportal.alarms import rows
from icpportal.privacy.masks import mask_name
from transfers import queries, states
from transfers.another import Door, doors
from transfers.models import Order
from transfers.sentences import mark


@dataclass
class Site:
    """One website with the order that brought it here and the one that is ending its access."""

    website: Website
    order: Order | None = None
    leaving: Order | None = None

    @property
    def administrator(self) -> str:
        person = self.website.administrator
        return _shown(person, lambda: mask_name(person.name)) if person else ""

    @property
    def state(self) -> dict[str, Any]:
        """What `partials/state.html` draws: normal (正常), or how far its cancellation is."""
        return mark(self.leaving) if self.leaving else {"key": "approved", "label": pgettext("website", "Normal")}


@dataclass
class Block:
    """One subject, its websites, and the way to a further one."""

    subject: Subject
    door: Door
    sites: list[Site] = field(default_factory=list)

    @property
    def name(self) -> str:
        """An organisation's in full, a person's masked."""
        subject = self.subject
        is_person = subject.nature == certificates.INDIVIDUAL
        return _shown(subject, lambda: mask_name(subject.name) if is_person else subject.name)

    @property
    def nature(self) -> str:
        return certificates.nature_label(self.subject.nature)

    @property
    def lead(self) -> str:
        person = self.subject.lead
        return _shown(person, lambda: mask_name(person.name)) if person else ""


def _shown(row: Any, build: Callable[[], str]) -> str:
    """One sealed value of the register; that it cannot be read, which operations are told."""
    made = rows.shown(f"pages.{row._meta.model_name}", row.pk, build, reference=str(row.pk))
    return gettext("cannot be read") if made is None else made


def blocks(owner: Any, websites: Iterable[Website]) -> list[Block]:
    """The websites by subject, in the order given; two queries however many there are."""
    websites = list(websites)
    subjects = {website.subject_id: website.subject for website in websites}
    found = {door.subject.pk: Block(door.subject, door) for door in doors(owner, subjects.values())}
    arrived, leaving = _orders(owner, websites)
    for website in websites:
        site = Site(website, arrived.get(website.pk), leaving.get(website.pk))
        found[website.subject_id].sites.append(site)
    return list(found.values())


def _orders(owner: Any, websites: list[Website]) -> tuple[dict[Any, Order], dict[Any, Order]]:
    """By website: the order that was approved last, and the cancellation under way."""
    arrived, leaving = {}, {}
    for order in queries.of_websites(owner, websites) if websites else ():
        if order.state == states.APPROVED:
            arrived[order.website_id] = order
        if order.kind == states.CANCELLATION and not order.is_ended:
            leaving[order.website_id] = order
    return arrived, leaving
