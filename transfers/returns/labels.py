"""Names of the parts of an order: the label of a field, the title of a slot."""

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from transfers.documents.slots import SLOTS
from transfers.models import Order
from transfers.steps import STEPS

FORMS = {step.key: step.form_class for step in STEPS}
MIDDLE_DOT = " · "
PHOTO = _("Photo of the website administrator")


def label_of(part: str) -> str | Promise:
    """`subject.lead_name` → "Name"; `paper.lead_id` → "Subject lead's document"."""
    step, _dot, name = part.partition(".")
    if "photo" in (step, name):  # a part of its own, and a document without a slot
        return PHOTO
    if step == "authority":
        return _("The authority")
    if step == "paper":
        return SLOTS[name].title if name in SLOTS else name
    form = FORMS.get(step)
    field = form.base_fields.get(name) if form else None
    return (field.label or name) if field is not None else name or step


def name_of(part: str) -> str:
    """The label inside a sentence: a question loses its question mark."""
    return in_sentence(label_of(part))


def in_sentence(label: Words) -> str:
    """The label without a question mark."""
    return str(label).rstrip("?？")


def section_of(part: str) -> str | Promise:
    """The page of the part, to distinguish two "Name"s."""
    step = part.partition(".")[0]
    found = next((row.title for row in STEPS if row.key == step), None)
    return found or (_("Documents") if step == "paper" else PHOTO)


def full_name_of(part: str) -> str:
    """Page and label, to distinguish two "Name"s; a page alone by its title."""
    return MIDDLE_DOT.join(dict.fromkeys(map(str, (section_of(part), name_of(part)))))


def names_of(parts: Iterable[str]) -> str:
    """Several parts in one line; a whole page by its title."""
    found = [name_of(part) if "." in part else section_of(part) for part in parts]
    return ("、" if reads_chinese() else ", ").join(map(str, found))


def url_of(order: Order, part: str) -> str:
    """The page where the part is changed."""
    step, _dot, name = part.partition(".")
    places: dict[str, Callable[[], str]] = {
        "paper": lambda: reverse("slot", args=[order.reference, name]),
        "photo": lambda: reverse("photo", args=[order.reference]),
    }
    found = places.get(step)
    return found() if found else reverse("step", args=[order.reference, step]) + f"#id_{name}"
