"""What every page of the photo step shows around its own part."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Notice
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_name
from transfers.documents.samples import Sample, portraits
from transfers.models import FieldVerdict, Order
from transfers.orders import queries
from transfers.orders.people import administrator
from transfers.proofs import papers
from transfers.returns.verdict_labels import reason_shown
from verification.photos.methods import BACKDROP, SHANGHAI_APP, WAYS
from verification.photos.methods import rules as photo_rules

ONLY_APP = Notice("info", _("Shanghai requires the authority's app, and the photo must be taken there"))


@dataclass(frozen=True, slots=True)
class PhotoHead:
    """Who is photographed, how, the rules, and what a reviewer said about the last photo."""

    name: str
    rules: list[Words]
    samples: tuple[Sample, ...]
    steps: list[Words]
    said: list[Notice]
    only_app: list[Notice]


def head(order: Order, *, ways: tuple[str, ...]) -> PhotoHead:
    """The head of a page of the photo step, for the open methods."""
    refused = queries.photo_verdicts(order) if papers.may_have(order, papers.WAS_REFUSED) else []
    return PhotoHead(
        name=mask_name(administrator(order).name),
        rules=photo_rules(ways),
        samples=portraits(has_backdrop=BACKDROP in ways or not ways),
        steps=[step for way in ways for step in WAYS[way].steps],
        said=[_returned_notice(refused, ways)] if refused else [],
        only_app=[ONLY_APP] if ways == (SHANGHAI_APP,) else [],
    )


def _returned_notice(refused: list[FieldVerdict], ways: tuple[str, ...]) -> Notice:
    """What a reviewer said about the last photo, and what else to do."""
    chinese = reads_chinese()
    words = [reason_shown(verdict, chinese=chinese) for verdict in refused]
    again = (WAYS[way].again for way in ways if WAYS[way].again)
    return Notice("turn", _("The photo has to be taken again"), (*words, *again))
