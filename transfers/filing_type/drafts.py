"""Notices about an existing draft on the pages before an order."""

from django.utils.translation import gettext as _

from icpportal.fields.components import Link, Notice
from transfers.models import Order


def draft_notices(draft: Order | None, kind: str) -> list[Notice]:
    """A notice that links to the draft; none where there is no draft."""
    if draft is None:
        return []
    link = Link(_("Continue order %(ref)s") % {"ref": draft.reference}, draft.get_absolute_url())
    return [Notice(kind, _("You have a draft"), link=link)]
