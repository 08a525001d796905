"""The ways in which the administrator's photo may be taken: what the page and the message say of each."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BACKDROP, PLAIN, PLACE, SHANGHAI_APP = "backdrop", "plain", "place", "shanghai_app"


@dataclass(frozen=True)
class Way:
    """One way: its name and hint on the page, what must be behind the person, and how a message puts it.

    `steps` is how it goes where that needs saying, `asks` the field that must be filled in to send such a photo,
    `again` what to do besides after a reviewer asked for another.
    """

    title: str | Promise
    hint: str | Promise
    ground: str | Promise = ""
    told: tuple[str, str] = ("", "")  # Chinese, English
    steps: tuple[str | Promise, ...] = ()
    asks: str = ""
    again: str | Promise = ""


WAYS: dict[str, Way] = {
    BACKDROP: Way(
        _("Take it in front of our backdrop"),
        _("Take it yourself once the backdrop is there. One from an earlier order will do"),
        _("The backdrop fills the picture and its words are readable"),
        (
            "上半身居中，背景为我们的幕布，不穿红色或蓝色上衣。没有幕布可在订单页申请，只寄中国大陆地址。",
            "upper body, centred, our backdrop behind, no red or blue top. "
            "Without a backdrop, request one on the order page (mainland addresses only).",
        ),
    ),
    PLAIN: Way(
        _("Take it in front of a plain white wall"),
        _("Take it yourself. No backdrop is needed"),
        _("A plain white ground fills the picture, without shadows or objects"),
        (
            "上半身居中，背景为纯白色，不穿红色或蓝色上衣，不戴帽子或口罩。不需要幕布。",
            "upper body, centred, a plain white ground behind, no red or blue top, no hat or mask. "
            "No backdrop is needed.",
        ),
    ),
    PLACE: Way(
        _("Go to a designated place"),
        _("Choose it above, go there with the document and the statement, upload the photo taken there"),
        told=("请到指定地点拍照，地点在订单页选择。", "at a designated place, which you choose on the order page."),
        asks="place",
    ),
    SHANGHAI_APP: Way(
        _("Shanghai authority's app"),
        _("The app shows a picture code afterwards: enter it below"),
        told=("请使用上海管局 App，步骤见订单页。", "with the Shanghai authority's app; the order page says how."),
        steps=(
            _("Install the app of the Shanghai authority on an Android phone."),
            _("Be in Shanghai with the phone, or use a phone whose home area is Shanghai."),
            _("Enter the administrator's mobile as it is on the filing, and the code that is texted to it."),
            _("Photograph the administrator's document, front and back."),
            _("Let the app take the photo in which the administrator holds the document."),
            _("Note the picture code that the app then shows, and enter it below."),
        ),
        asks="sh_code",
        again=_("Delete the app, install it again and do it all anew: it gives a new picture code."),
    ),
}


def rules(ways: tuple[str, ...]) -> list[str | Promise]:
    """The rules of the photo where it may be taken in these ways."""
    return [
        _("The person in the filing, centred, upper body"),
        _("No red or blue top"),
        *(WAYS[way].ground for way in ways if WAYS[way].ground),
        _("No retouching or beauty filter"),
        _("No hat or mask"),
        _("Even light, at least 800×600 pixels"),
    ]


def told(ways: tuple[str, ...]) -> dict[str, str]:
    """How a message says it, in both languages: the first way that is offered."""
    zh, en = WAYS[ways[0]].told
    return {"zh": zh, "en": en}
