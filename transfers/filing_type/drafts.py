"""What the pages before an order say of a draft that is there already."""

from django.utils.translation import gettext as _

from icpportal.fields.components import Link, Notice
from transfers.models import Order


def draft_notices(draft: Order | None, kind: str) -> list[Notice]:
    """The way back to the draft; nothing where there is none."""
    if draft is None:
        return []
    link = Link(_("Continue order %(ref)s") % {"ref": draft.reference}, draft.get_absolute_url())
    return [Notice(kind, _("You have a draft"), link=link)]
