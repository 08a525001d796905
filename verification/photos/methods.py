"""The methods by which the administrator's photo may be taken, with their texts for page and message."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BACKDROP, PLAIN, PLACE, SHANGHAI_APP = "backdrop", "plain", "place", "shanghai_app"


@dataclass(frozen=True)
class Way:
    """One method: its name and hint on the page, what must be behind the person, and its text in messages.

    `steps` explains it where needed, `asks` names the field that such a photo needs, `again` says what else to do after
    a reviewer asked for another photo.
    """

    title: str | Promise
    hint: str | Promise
    drawing: str
    ground: str | Promise = ""
    told: str | Promise = ""
    steps: tuple[str | Promise, ...] = ()
    asks: str = ""
    again: str | Promise = ""


WAYS: dict[str, Way] = {
    BACKDROP: Way(
        _("Take it in front of our backdrop"),
        _("Take it yourself when the backdrop arrives. You can use one from an earlier order"),
        "backdrop",
        _("The backdrop fills the picture and its lettering is readable"),
        _(
            "upper body, centred, our backdrop behind, no red or blue top. "
            "Without a backdrop, request one on the order page (mainland addresses only)."
        ),
    ),
    PLAIN: Way(
        _("Take it in front of a plain white wall"),
        _("Take it yourself. No backdrop is needed"),
        "photo",
        _("A plain white background fills the picture, with no shadows or objects"),
        _(
            "upper body, centred, a plain white ground behind, no red or blue top, no hat or mask. "
            "No backdrop is needed."
        ),
    ),
    PLACE: Way(
        _("Go to a designated place"),
        _("Choose it, go there with the ID document and the statement, then upload the photo"),
        "calendar",
        told=_("at a designated place, which you choose on the order page."),
        asks="place",
    ),
    SHANGHAI_APP: Way(
        _("Shanghai authority's app"),
        _("The app then shows a picture code: enter it below"),
        "phone",
        told=_("with the Shanghai authority's app; the order page says how."),
        steps=(
            _("Install the app of the Shanghai authority on an Android phone."),
            _("Use the phone in Shanghai, or use a mobile number registered in Shanghai."),
            _("Enter the website administrator's mobile number as on the filing, then the code texted to it."),
            _("Photograph the website administrator's document, front and back."),
            _("Use the app to photograph the website administrator holding the ID document."),
            _("Write down the picture code the app shows, and enter it below."),
        ),
        asks="sh_code",
        again=_("Delete the app, install it again and repeat all the steps. You then get a new picture code."),
    ),
}


def rules(ways: tuple[str, ...]) -> list[str | Promise]:
    """The rules for the photo where these methods are allowed."""
    return [
        _("The person in the filing, centred, upper body"),
        _("No red or blue top"),
        *(WAYS[way].ground for way in ways if WAYS[way].ground),
        _("No retouching or beauty filter"),
        _("No hat or mask"),
        _("Even light, at least 800 × 600 pixels"),
    ]


def first_method_label(ways: tuple[str, ...]) -> str | Promise:
    """The method as messages name it: the first one offered."""
    return WAYS[ways[0]].told
