"""The receipt of a submitted order: what we received and when, and when we answer. Masked throughout."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from filings.register.certificates import NATURES
from icpportal.fields.language_marks import reads_chinese
from icpportal.privacy.masks import mask_mobile, mask_name
from icpportal.time_format import long_words
from transfers.documents.slots import SLOTS
from transfers.models import Order
from transfers.orders.kinds import kind_of
from transfers.orders.people import administrator, lead
from transfers.pages.dates import next_date
from transfers.pages.rules_summary import brief_of
from transfers.proofs.papers import living_papers
from verification.statement import ReceiptFacts


def receipt_of(order: Order) -> bytes:
    """The PDF, in the language of the page."""
    from verification.statement.receipt import receipt  # noqa: PLC0415 -- see the package

    chinese = reads_chinese()
    return receipt(
        ReceiptFacts(
            language="zh-CN" if chinese else "en",
            title=_("Receipt"),
            by=settings.PROVIDER_NAME_ZH if chinese else settings.PROVIDER_NAME_EN,
            reference=order.reference,
            rows=tuple((str(label), str(value)) for label, value in _rows(order) if value),
            papers_title=_("Documents received"),
            papers=tuple(_papers(order)),
            notes=(
                _("This receipt says that we have the order. It is no approval and no filing."),
                _("Names and numbers are masked. The order itself is in your account under its number."),
            ),
            foot=_("Printed on %(at)s") % {"at": long_words(timezone.now())},
        )
    )


def _rows(order: Order) -> list[tuple[str, str]]:
    people = ((_("Subject lead"), lead(order)), (_("Website administrator"), administrator(order)))
    return [
        (_("Submitted"), long_words(order.submitted_at or order.entered_at)),
        (_("What for"), str(kind_of(order).name)),
        (_("Domain name"), order.display_domain),
        (_("Website number"), order.site_number),
        (pgettext("filing", "Subject"), _subject(order)),
        *((role, f"{mask_name(person.name)} {mask_mobile(person.mobile)}") for role, person in people),
        (_("Province"), brief_of(order).province),
        *_next_steps(order),
    ]


def _subject(order: Order) -> str:
    """An organisation's name is public, a person's is masked."""
    answers = order.answer("type")
    name = str(answers.get("name", ""))
    nature = NATURES.get(answers.get("nature", ""))
    return mask_name(name) if nature is None or nature.is_individual else name


def _next_steps(order: Order) -> list[tuple[str, str]]:
    """What comes next and when, at this moment."""
    found = next_date(order)
    return [(str(found[0]), long_words(found[1]))] if found else []


def _papers(order: Order) -> list[str]:
    sides: dict[str, int] = {}
    for paper in living_papers(order):
        if paper.slot in SLOTS:
            sides[paper.slot] = sides.get(paper.slot, 0) + 1
    words = (
        (SLOTS[slot].title, ngettext("%(n)s picture", "%(n)s pictures", n) % {"n": n}) for slot, n in sides.items()
    )
    return [f"{title} · {pictures}" for title, pictures in words]
