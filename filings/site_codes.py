"""Services, languages and contents of a website that need an approval: the ministry's FWNR, YYLB and NRLX.

Keys are the ministry's numbers as a form's answers hold them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

OTHER, BLOG = "24", "6"

CONTENT: Mapping[str, Promise] = MappingProxyType(
    {
        "8": _("Organisation's own website"),
        "3": _("General portal"),
        "9": _("Shopping"),
        "6": _("Blog or personal space"),
        "7": _("Advertising or information"),
        "16": _("Pictures"),
        "17": _("Software or downloads"),
        "21": _("Online education"),
        "22": _("Site building"),
        "18": _("Jobs"),
        "20": _("Property"),
        "19": _("Dating"),
        "1": _("Instant messaging"),
        "2": _("Search engine"),
        "4": _("Webmail"),
        "5": _("Online news"),
        "10": _("Online payment"),
        "11": _("Online banking"),
        "12": _("Stocks and funds"),
        "13": _("Online games"),
        "14": _("Online music"),
        "15": _("Film and video"),
        "29": _("Peer-to-peer lending"),
        "30": _("Equity crowdfunding"),
        "31": _("Online insurance"),
        "32": _("Other online finance"),
        "33": _("Non-bank payment"),
        "24": pgettext_lazy("site content", "Other"),
    }
)
LANGUAGES: Mapping[str, Promise] = MappingProxyType(
    {
        "1": _("Simplified Chinese"),
        "2": _("Traditional Chinese"),
        "12": pgettext_lazy("site language", "English"),
        "3": _("Uyghur"),
        "4": _("Kazakh"),
        "5": _("Kyrgyz"),
        "6": _("Mongolian"),
        "7": _("Tibetan"),
        "8": _("Zhuang"),
        "9": _("Korean"),
        "10": _("Yi"),
        "11": _("Miao"),
        "13": _("Japanese"),
        "14": _("French"),
        "15": _("Russian"),
        "16": _("Spanish"),
        "17": _("Arabic"),
    }
)
NEWS, PUBLISHING, EDUCATION, HEALTH, DRUGS, BULLETINS = "1", "2", "3", "4", "5", "6"
CULTURE, BROADCASTING, RIDES, FINANCE, TRAINING, RELIGION = "9", "10", "11", "13", "14", "15"
APPROVALS: Mapping[str, Promise] = MappingProxyType(
    {
        NEWS: pgettext_lazy("approval", "News"),
        PUBLISHING: pgettext_lazy("approval", "Publishing"),
        EDUCATION: pgettext_lazy("approval", "Education"),
        HEALTH: pgettext_lazy("approval", "Health care"),
        DRUGS: pgettext_lazy("approval", "Drugs and medical devices"),
        BULLETINS: pgettext_lazy("approval", "Bulletin boards"),
        CULTURE: pgettext_lazy("approval", "Culture"),
        BROADCASTING: pgettext_lazy("approval", "Radio, film, TV"),
        RIDES: pgettext_lazy("approval", "Ride hailing"),
        FINANCE: pgettext_lazy("approval", "Internet finance"),
        TRAINING: pgettext_lazy("approval", "Off-campus training"),
        RELIGION: pgettext_lazy("approval", "Religion"),
    }
)
# contents covered by any one of these approvals; others need none (docs/sources.md#prior-approvals)
APPROVALS_FOR: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "5": (NEWS,),
        "13": (CULTURE, PUBLISHING),
        "14": (CULTURE,),
        "15": (BROADCASTING,),
        **dict.fromkeys(("10", "11", "12", "29", "30", "31", "32", "33"), (FINANCE,)),
    }
)
# contents that need an approval only where the province still asks for it, with the name of that rule
APPROVALS_BY_PROVINCE: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {"21": ("education", (EDUCATION, TRAINING))}
)
