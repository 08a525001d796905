"""Names of the desk's pages for readers, by the names of their addresses, which are all that a refusal keeps."""

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.fields.types import Words

# apps with pages of their own add them
PAGES: dict[str, Words] = {
    "registers": _("Registers"),
    "app_list": _("Registers"),
    "desk_settings": _("Settings of the desk"),
    "autocomplete": _("Choices of a field"),
}
ROW = pgettext_lazy("page", "Page: %(row)s")
OF_MODEL = {
    "changelist": pgettext_lazy("page", "List: %(rows)s"),
    "add": pgettext_lazy("page", "New row: %(row)s"),
    "history": pgettext_lazy("page", "History: %(row)s"),
    "delete": pgettext_lazy("page", "Deletion: %(row)s"),
}


def page_words(name: str) -> Words:
    """Such as "New row: order" for the address that adds an order; unchanged if no page has it any more."""
    if name in PAGES:
        return PAGES[name]
    app, _gap, rest = name.partition("_")
    model, _gap, page = rest.partition("_")
    try:
        options = apps.get_model(app, model)._meta
    except (LookupError, ValueError):
        return name
    names = {"row": options.verbose_name, "rows": options.verbose_name_plural}
    return str(OF_MODEL.get(page, ROW)) % names
