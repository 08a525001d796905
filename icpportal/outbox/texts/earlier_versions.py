"""What messages of earlier versions lack: values of placeholders that their texts did not have then."""

from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words

SUBMIT_AGAIN = _("You can submit it again with other documents.")  # also what a declined claim says today
# for messages queued before their text had these placeholders
ADDED_LATER: dict[str, Words] = {
    "site": _("the site it names"),
    "site_url": _("the site it names"),
    "mobiles_note": "",
    "number_note": "",
    "authority_answer": _("see the order page"),
    "kept": _("the date on its page"),
    "parts": _("see the order page"),
    "resubmission": _(
        "If nothing has changed, resubmit it unchanged on its page. There is no new review, and a new code will follow."
    ),
    "others": _("Only the parts below can be changed now."),
    "what_next": SUBMIT_AGAIN,
}
# what earlier versions queued for nothing, where an empty value leaves the line out now
ONCE_NOTHING = {"seen": "-"}
