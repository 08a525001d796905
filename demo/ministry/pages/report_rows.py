"""Reports as the desk shows them, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypedDict

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from demo.ministry.api.rows import AddressRow
from demo.ministry.code_texts import REASONS
from demo.ministry.models import Report, Site, Text
from icpportal.fields.components import Panel, StateMark
from icpportal.fields.marked_text import beijing, zh
from icpportal.fields.types import Words

# the rehearsal's hook, the text, the look of the mark
STAGES = {
    Report.WAITING: ("received", _("Awaiting decision"), "submitted"),
    Report.GRANTED: ("granted", pgettext_lazy("authority", "Granted"), "approved"),
    Report.TURNED_DOWN: ("turned_down", pgettext_lazy("authority", "Returned"), "authority_returned"),
    Report.FAILED: ("failed", _("Report refused: the provider's fault"), "refused"),
    Report.STORED: ("granted", pgettext_lazy("authority", "Put with the filing"), "approved"),
}
KINDS = {
    Report.ACCESS: _("New access"),
    Report.CANCELLATION: _("End of an access"),
    Report.MATERIAL: _("Verification material"),
    Report.OTHER: _("Something this authority does not handle"),
}
ROLES = {
    "subject_lead": _("Subject lead"),
    "administrator": _("Website administrator"),
    "both": _("Subject lead and website administrator"),
}
PURPOSES = {
    1: _("Authenticity statement"),
    2: _("Subject's certificate"),
    3: _("Subject lead's document"),
    4: _("Website administrator's document"),
    5: pgettext_lazy("authority", "Photo"),
}
OWNERS = {1: pgettext_lazy("attachment", "subject"), 2: pgettext_lazy("attachment", "website")}
FITS = {
    True: pgettext_lazy("password", "matches"),
    False: pgettext_lazy("password", "does not match (1018)"),
    None: pgettext_lazy("password", "not sent"),
}
# Wzfb in order, as listed on the ministry's screens; Wzjrfs
PLACES = (
    "安徽", "北京", "重庆", "福建", "广东", "甘肃", "广西", "贵州", "河南", "湖北", "河北", "海南", "香港", "黑龙江",
    "湖南", "吉林", "江苏", "江西", "辽宁", "澳门", "内蒙古", "宁夏", "青海", "四川", "山东", "上海", "陕西", "山西",
    "天津", "台湾", "新疆", "西藏", "云南", "浙江",
)  # fmt: skip
METHODS = {1: "专线", 2: "主机托管", 3: "虚拟主机", 4: "其他", 5: "云接入"}


def place(number: int) -> str:
    """The name of a server location (Wzfb)."""
    return PLACES[number - 1] if 1 <= number <= len(PLACES) else str(number)


class Attachment(TypedDict):
    """A picture of a report, described in words."""

    number: int
    label: Words
    owner: Words
    owner_number: str
    size: int


@dataclass(frozen=True, slots=True)
class Pictures(Panel):
    """The pictures that came with a report."""

    template: ClassVar[str] = "demo/ministry/report_pictures.html"
    key: str
    found: list[Attachment]


@dataclass(frozen=True, slots=True)
class TextShown:
    """A text that was sent, and whether its code was entered."""

    label: Words
    text: Text
    confirmed: str  # yes or no
    words: str
    resend_url: str  # "" when its code is no longer needed


@dataclass(frozen=True, slots=True)
class Texts(Panel):
    """The texts of a report; their codes are valid until `closes_at`."""

    template: ClassVar[str] = "demo/ministry/report_texts.html"
    closes_at: datetime | None
    found: list[TextShown]


class ReportShown(TypedDict):
    """A report as the desk shows it."""

    report: Report
    state: str
    mark: StateMark
    kind: Words
    domain: str
    site_number: str
    about: SafeString
    facts: list[tuple[Words, SafeString]]
    panels: list[Panel]


def report_row(report: Report) -> ReportShown:
    """A report as the desk shows it; no query when site, upload and texts are prefetched."""
    state, words, look = STAGES[report.stage]
    site = report.site
    domain = site.domain if site else ""
    number = site.number if site else report.body.get("site_number", "") or report.handle
    return {
        "report": report,
        "state": state,
        "mark": {"key": look, "label": words},
        "kind": KINDS.get(report.kind, report.kind),
        "domain": domain,
        "site_number": number,
        "about": format_html("{} · {}", zh(number), domain) if domain else zh(number),
        "facts": _facts(report),
        "panels": _panels(report),
    }


def _panels(report: Report) -> list[Panel]:
    """The pictures and texts of a report, if it has any."""
    pictures = _pictures(report)
    waits = report.stage == Report.WAITING
    texts = [_text(text, waits=waits) for text in report.texts.all()]
    return [
        *([Pictures(report.key, pictures)] if pictures else []),
        *([Texts(report.closes_at if waits else None, texts)] if texts else []),
    ]


def _pictures(report: Report) -> list[Attachment]:
    return [
        {
            "number": number,
            "label": PURPOSES.get(row["purpose"], row["purpose"]),
            "owner": OWNERS.get(row["owner"], row["owner"]),
            "owner_number": row["owner_number"],
            "size": row["size"],
        }
        for number, row in enumerate(report.body.get("attachments", []), 1)
    ]


def _text(text: Text, *, waits: bool) -> TextShown:
    if text.confirmed_at:
        return TextShown(ROLES[text.role], text, "yes", pgettext("authority", "Confirmed"), "")
    wrong = gettext("wrong codes: %(wrong)s") % {"wrong": text.wrong}
    return TextShown(ROLES[text.role], text, "no", wrong, reverse("simulator-resend", args=[text.pk]) if waits else "")


def _facts(report: Report) -> list[tuple[Words, SafeString]]:
    """What the report says and the decision on it, if any."""
    body = report.body
    found: list[tuple[Words, Words]] = [
        (pgettext_lazy("authority", "Decided"), _decision(report)),
        (pgettext_lazy("authority", "Owner"), _owner(report.site)),
        (_("Filing password"), FITS[body.get("password_fits")] if report.kind == Report.ACCESS else ""),
        (_("Servers in"), "、".join(map(place, body.get("places", [])))),
        (_("Way of access"), "、".join(METHODS.get(code, str(code)) for code in body.get("methods", []))),
        (pgettext_lazy("authority", "Addresses"), _code(", ".join(_addresses(body.get("addresses", []))))),
        (_("Reason"), REASONS.get(body.get("reason") or 0, "")),
        (_("Provider's own number"), _code(str(report.own_id or ""))),
    ]
    return [(label, zh(value)) for label, value in found if value]


def _decision(report: Report) -> SafeString | str:
    at = beijing(report.decided_at)
    return format_html("{} · {} · {}", at, report.code, zh(report.words)) if at and report.code else at


def _owner(site: Site | None) -> SafeString:
    if site is None:
        return format_html("{}", gettext("No site with this number is on record (1059)."))
    return format_html("{} · {}", zh(site.filing.name), zh(site.filing.number))


def _addresses(rows: Iterable[AddressRow]) -> list[str]:
    return [row["first"] if row["first"] == row["last"] else f"{row['first']}–{row['last']}" for row in rows]


def _code(text: str) -> SafeString | str:
    return format_html('<span class="code">{}</span>', text) if text else ""
