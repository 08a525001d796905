"""Notices on the pages before an order about what was begun: a draft, or a filing type verified and left."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, UUIDField
from django.urls import reverse
from django.utils.translation import gettext as _

from icpportal.accounts.models import User
from icpportal.database.prepared import CompiledQuery
from icpportal.fields.components import Link, Notice
from icpportal.fields.domains import display_domain
from transfers.filing_type import facts, outcomes
from transfers.filing_type.decision import STARTS
from transfers.models import Order, TypeCheck


def draft_notices(draft: Order | None) -> list[Notice]:
    """A notice that links to the draft; none where there is no draft."""
    if draft is None:
        return []
    link = Link(_("Continue order %(ref)s") % {"ref": draft.reference}, draft.get_absolute_url())
    return [Notice("info", _("You have a draft"), link=link)]


def left_notices(check: TypeCheck | None) -> list[Notice]:
    """A notice that leads back to what was verified; once its answer is too old, to the form with what was typed."""
    if check is None:
        return []
    domain = {"domain": display_domain(check.answers["domain"])}
    is_old = facts.is_stale(check)
    url = outcomes.again_url(check) if is_old else reverse("verify-type-outcome", args=[check.reference])
    lines = (_("The answer has expired. What you entered is kept: verify it again"),) if is_old else ()
    title = _("You verified %(domain)s and have not started the transfer") % domain
    return [Notice("info", title, lines, Link(_("Continue with %(domain)s") % domain, url))]


def left_check(owner: User) -> TypeCheck | None:
    """The account's newest check that may begin an order and began none, unless the site was checked again since."""
    return LEFT.first(owner=owner.pk)


def _left(owner: UUID) -> QuerySet[TypeCheck]:
    asked_again = TypeCheck.objects.filter(
        owner=OuterRef("owner"), site_number=OuterRef("site_number"), created_at__gt=OuterRef("created_at")
    )
    left = TypeCheck.objects.filter(~Exists(asked_again), owner=owner, order=None, outcome__in=STARTS)
    return left.order_by("-created_at")[:1]


LEFT = CompiledQuery(_left, owner=UUIDField())
