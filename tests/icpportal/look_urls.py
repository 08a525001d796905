"""A gallery of everything the look offers, for tests and for viewing: never part of the portal's own addresses."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path
from django.views.i18n import set_language

from icpportal.fields.components import OrderSlip, no_details
from icpportal.pages import errors
from icpportal.pages.help.views import help_page
from icpportal.pages.privacy import privacy_page
from icpportal.pages.theme import set_theme
from icpportal.pages.visitors import needs_no_token_of_visitors
from transfers.orders.states import BY_KEY
from transfers.pages.stages import Stepper, StepShown

NOW = datetime(2026, 11, 26, 1, 5, tzinfo=UTC)
DUE = datetime(2026, 11, 27, 8, 20, tzinfo=UTC)
GALLERY = Path(__file__).with_name("look_gallery.html")
PAGE = Path(__file__).with_name("look_page.html")
FITTING = engines["django"].from_string(Path(__file__).with_name("look_fitting.html").read_text())

EMPTY_SLOT = {**no_details(), "reason": "", "hint": "", "drawing": "", "poll_url": "", "refresh_url": ""}
SLOT = "{% load portal %}{% slot_markup slot %}"
STATES = [
    ("draft", "草稿", "Draft"),
    ("submitted", "待审核", "Waiting for review"),
    ("returned", "需要修改", "Changes needed"),
    ("photo_due", "待上传照片", "Photo needed"),
    ("photo_review", "照片审核中", "Photo in review"),
    ("handing_over", "待提交管局", "Ready to submit"),
    ("phone_due", "待短信核验", "Phone verification due"),
    ("authority_review", "管局审核中", "With the authority"),
    ("authority_returned", "管局退回", "Returned by the authority"),
    ("lapsed", "已逾期", "Expired"),
    ("approved", "已通过", "Approved"),
    ("refused", "未通过", "Refused"),
    ("withdrawn", "已撤销", "Withdrawn"),
    ("abandoned", "已放弃", "Abandoned"),
    ("expired", "超时关闭", "Time ran out"),
    ("cooling_off", "冷静期", "Cooling off"),
    ("cancelled", "已取消接入", "Transfer cancelled"),
]
SYMBOL = re.compile(r'<symbol id="([a-z-]+)"')
IMAGES = Path(settings.BASE_DIR) / "static" / "img"
ICONS = SYMBOL.findall((IMAGES / "icons.svg").read_text())
DRAWINGS = SYMBOL.findall((IMAGES / "drawings.svg").read_text())


class SampleForm(forms.Form):
    """One of each kind of field."""

    site_name = forms.CharField(
        label="网站名称",
        help_text="不少于 3 个汉字，例如：示例纸业官网",
        widget=forms.TextInput(attrs={"lang": "zh-Hans"}),
        max_length=60,
    )
    domain = forms.CharField(label="域名", help_text="只填一级域名，例如 example.com")
    nature = forms.ChoiceField(
        label="主办单位性质",
        choices=[("enterprise", "企业"), ("person", "个人"), ("state", "国家机关")],
        widget=forms.RadioSelect,
    )
    city = forms.ChoiceField(label="城市", choices=[("", "选择城市"), ("6401", "银川市"), ("6402", "石嘴山市")])
    password = forms.CharField(label="备案密码", widget=forms.PasswordInput(attrs={"autocomplete": "off"}))
    code = forms.CharField(
        label="短信验证码",
        widget=forms.TextInput(attrs={"class": "code", "inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    paper = forms.FileField(label="营业执照", help_text="JPEG、PNG、HEIC 或 WebP，不超过 8 MB")
    note = forms.CharField(
        label="备注", required=False, widget=forms.Textarea(attrs={"data-counter": "200", "rows": 3})
    )
    locked = forms.CharField(label="主体备案号", disabled=True, initial="宁ICP备00000000号")
    services = forms.MultipleChoiceField(
        label="网站语言",
        choices=[("zh", "中文简体"), ("en", "英语")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(label="我同意为备案核验处理证件图片", help_text="可随时撤回")


class EnglishForm(SampleForm):
    """The same in English, as an English page shows it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "site_name": ("Website name", "At least three Chinese characters, such as 示例纸业官网"),
            "domain": ("Domain", "The registered domain only, such as example.com"),
            "nature": ("Nature of the subject", ""),
            "city": ("City", ""),
            "password": ("Filing password", ""),
            "code": ("Code from the text message", ""),
            "paper": ("Business licence", "JPEG, PNG, HEIC or WebP, up to 8 MB"),
            "note": ("Note", ""),
            "locked": ("Subject number", ""),
            "services": ("Languages of the website", ""),
            "agree": ("I agree to the use of document pictures for verification", "You can take this back at any time"),
        }
        for name, (label, hint) in words.items():
            self.fields[name].label, self.fields[name].help_text = label, hint
        self.fields["nature"].choices = [
            ("enterprise", "Enterprise"),
            ("person", "Individual"),
            ("state", "State organ"),
        ]
        self.fields["city"].choices = [("", "Choose the city"), ("6401", "银川市"), ("6402", "石嘴山市")]
        self.fields["services"].choices = [("zh", "Simplified Chinese"), ("en", "English")]


def _context(request: HttpRequest) -> dict[str, object]:
    english = request.LANGUAGE_CODE == "en"
    word = (lambda zh, en: en) if english else (lambda zh, en: zh)
    kind = EnglishForm if english else SampleForm
    form = kind({"domain": "www.example"}, {}) if "errors" in request.GET else kind()
    if form.is_bound:
        form.full_clean()
        form.add_error(
            None,
            word(
                "此页面已在其他窗口修改，请核对后再保存", "This page was changed in another window. Compare, then save"
            ),
        )
    steps = [
        (word(zh, en), state)
        for zh, en, state in [
            ("验证备案类型", "Verify filing type", "done"),
            ("产品验证", "Product verification", "done"),
            ("备案密码", "Filing password", "now"),
            ("填写信息", "Details", "todo"),
            ("上传资料", "Documents", "todo"),
            ("拍照核验", "Photo", "todo"),
            ("短信核验", "Phone verification due", "todo"),
        ]
    ]
    return {
        "english": english,
        "form": form,
        "now": NOW,
        "due": DUE,
        "soon": NOW + timedelta(minutes=42, seconds=30),
        "gone": NOW - timedelta(hours=3),
        "back_url": "/gallery/",
        "unread_count": 3,
        "stepper": Stepper(
            word("接入备案", "Transfer"),
            3,
            7,
            steps=tuple(
                StepShown(title, "/x/" if state == "done" else "", is_done=state == "done", is_now=state == "now")
                for title, state in steps
            ),
        ),
        "closed": Stepper(word("已通过", "Approved"), 7, 7, closed=True),
        "slip": OrderSlip(
            reference="T7Q4-M2KX",
            url="/gallery/",
            domain="example.com",
            subject="宁夏***公司",
            state=replace(BY_KEY["phone_due"], label=word("待短信核验", "Phone verification due")),
            is_approved=False,
            number="",
            next_at=DUE,
            next_label=word("完成期限", "Finish by"),
        ),
        "states": [
            {"key": key, "label": word(zh, en), "tone": BY_KEY[key].tone, "icon": BY_KEY[key].icon}
            for key, zh, en in STATES
        ],
        "icons": ICONS,
        "drawings": DRAWINGS,
        "slots": _slots(word),
        "tabs": [
            {"label": label, "count": count, "url": f"/{count}/", "is_here": count == 3}
            for count, label in enumerate(
                word(["待您办理", "我们处理中", "管局审核", "备案库"], ["Your turn", "With us", "Authority", "On file"])
            )
        ],
        "rows": [
            {"label": word("网站名称", "Website name"), "value": "示例纸业官网", "change_url": "/x/"},
            {"label": word("域名", "Domain"), "value": "example.com", "change_url": "/x/"},
            {
                "label": word("证件号码", "Document number"),
                "value": "649999198806060008",
                "old": "649999198806060003",
                "change_url": "/x/",
            },
            {
                "label": word("通讯地址", "Mailing address"),
                "value": "宁夏回族自治区银川市金凤区示例路1号2号楼301室",
                "change_url": "/x/",
            },
            {"label": word("备注", "Note"), "value": "", "change_url": "/x/"},
        ],
        "events": [
            {
                "key": "phone_due",
                "at": NOW,
                "who": word("管局", "Authority"),
                "what": word("等待两位负责人确认手机号", "Both people have to confirm their phones"),
                "messages": [{"label": word("短信", "Text message"), "state": word("已送达", "delivered")}],
            },
            {
                "at": NOW - timedelta(hours=2),
                "who": word("审核员 12 号", "Reviewer 12"),
                "what": word("已电话联系", "Called you"),
                "note": "已核对法定代表人姓名",
            },
            {
                "key": "submitted",
                "at": NOW - timedelta(days=1),
                "who": word("您", "You"),
                "what": word("提交备案", "Submitted for review"),
            },
        ],
        "older": [
            {
                "key": "draft",
                "at": NOW - timedelta(days=3),
                "who": word("您", "You"),
                "what": word("开始填写", "Began the draft"),
            }
        ],
        "tasks": [
            {"title": word("主体负责人", "Subject lead"), "url": "/x/", "state": "done"},
            {
                "title": word("网站信息", "Website"),
                "url": "/x/",
                "state": "wrong",
                "hint": word("有 2 处需要修改", "2 changes needed"),
            },
            {"title": word("网站负责人", "Website administrator"), "url": "/x/", "state": "todo"},
            {
                "title": word("核对并提交", "Check and submit"),
                "state": "waiting",
                "hint": word("以上完成后开放", "Opens when the others are done"),
            },
        ],
        "snippet": '<a href="https://beian.miit.gov.cn/">宁ICP备00000000号-1</a>',
    }


def _slots(word: object) -> list[dict[str, object]]:
    choose = {"label": word("选择文件", "Choose file"), "url": "/x/", "kind": "secondary", "icon": "upload"}
    shoot = {"label": word("拍照", "Take photo"), "url": "/x/", "kind": "secondary", "icon": "camera"}
    again = {"label": word("重新上传", "Upload again"), "url": "/x/", "kind": "primary"}
    remove = {"label": word("删除", "Remove"), "url": "/x/", "kind": "link", "post": True}
    return [
        {
            **EMPTY_SLOT,
            "key": "lead_id_front",
            "title": word("主体负责人身份证 · 人像面", "Subject lead's ID card · front"),
            "state": "empty",
            "drawing": "id-front",
            "hint": word(
                "原件平放拍摄，四角完整，无反光",
                "Photograph the original lying flat, with all four corners visible and no glare",
            ),
            "actions": [choose, shoot],
        },
        {
            **EMPTY_SLOT,
            "key": "lead_id_back",
            "title": word("主体负责人身份证 · 国徽面", "Subject lead's ID card · back"),
            "state": "checking",
            "drawing": "id-back",
            "refresh_url": "?",
            "poll_url": "/gallery/slot/",
        },
        {
            **EMPTY_SLOT,
            "key": "subject_id",
            "title": word("营业执照", "Business licence"),
            "state": "ready",
            "preview_url": "/gallery/picture.svg",
            "preview_alt": word("营业执照预览", "Preview of the business licence"),
            "facts": "1600 × 1200 · 1.2 MB",
            "actions": [remove],
        },
        {
            **EMPTY_SLOT,
            "key": "statement",
            "title": word("真实性核验单", "Authenticity statement"),
            "state": "again",
            "drawing": "statement",
            "reason": word("没有看到签名，签字后重新上传", "No signature found: sign, then upload again"),
            "actions": [again],
        },
    ]


def _draw(request: HttpRequest, file: Path, **more: object) -> HttpResponse:
    template = engines["django"].from_string(file.read_text(encoding="utf-8"))
    return HttpResponse(template.render({**_context(request), **more}, request))


def gallery(request: HttpRequest) -> HttpResponse:
    """Everything on one page."""
    return _draw(request, GALLERY)


def step_page(request: HttpRequest) -> HttpResponse:
    """A step as an applicant sees it."""
    return _draw(request, PAGE)


def slot(request: HttpRequest) -> HttpResponse:
    """The gallery's slot, after its check."""
    ready = {"key": "lead_id_back", "title": "Ready now", "state": "ready", "preview_url": "/gallery/picture.svg"}
    return HttpResponse(engines["django"].from_string(SLOT).render({"slot": EMPTY_SLOT | ready}, request))


def picture(request: HttpRequest) -> HttpResponse:
    """A drawn paper in place of a photograph."""
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120"><path fill="#cfc8b4" d="M0 0h160v120H0z"/>'
        '<path fill="#fbf7e8" stroke="#8a7f60" d="M25 15h110v90H25zM45 40h70M45 55h70M45 70h50"/></svg>'
    )
    return HttpResponse(drawn, content_type="image/svg+xml")


class RegionForm(forms.Form):
    """Province and city; the one determines the options of the other."""

    province = forms.ChoiceField(
        label="Province",
        choices=[("", "Choose"), ("64", "宁夏"), ("12", "天津")],
        widget=forms.Select(attrs={"data-chained": "/gallery/cities/", "data-chained-target": "id_city"}),
    )
    city = forms.ChoiceField(label="City", choices=[("", "Choose the city")])


CHAINED = """{% extends "base.html" %}{% block title %}Regions{% endblock %}{% block heading %}Regions{% endblock %}
{% block content %}<form>{{ form }}
<button class="button" data-chained-button>Show cities</button></form>{% endblock %}"""
CITIES = {"64": [["6401", "银川市"], ["6402", "石嘴山市"]], "12": [["1201", "市辖区"]]}


def regions(request: HttpRequest) -> HttpResponse:
    """A page with chained selects."""
    return HttpResponse(engines["django"].from_string(CHAINED).render({"form": RegionForm()}, request))


def cities(request: HttpRequest) -> JsonResponse:
    """The cities of a province."""
    return JsonResponse({"options": CITIES[request.GET["parent"]]})


def explode(request: HttpRequest) -> HttpResponse:
    """A page with an error."""
    raise RuntimeError("a fault made on purpose")


def missing(request: HttpRequest) -> HttpResponse:
    """A page that does not exist."""
    raise Http404


handler400 = "icpportal.pages.errors.bad_request"
handler403 = "icpportal.pages.errors.permission_denied"
handler404 = "icpportal.pages.errors.not_found"
handler500 = "icpportal.pages.errors.server_error"

urlpatterns = [
    path("gallery/", gallery),
    path("gallery/step/", step_page),
    path("gallery/slot/", slot),
    path("gallery/picture.svg", picture),
    path("gallery/regions/", regions),
    path("gallery/cities/", cities),
    path("gallery/fitting/", lambda request: HttpResponse(FITTING.render({}, request))),
    path("gallery/broken/", explode),
    path("gallery/missing/", missing),
    path("gallery/too-many/", lambda request: errors.too_many(request, DUE)),
    path("gallery/too-large/", errors.too_large),
    path("gallery/resting/", lambda request: errors.unavailable(request, DUE)),
    path("drafts/", include("icpportal.drafts.urls")),
    path("language/", needs_no_token_of_visitors(set_language), name="set_language"),
    path("theme/", needs_no_token_of_visitors(set_theme), name="set_theme"),
    path("help/", help_page, name="help"),
    path("privacy/", privacy_page, name="privacy"),
    path("filings/", missing, name="dashboard"),
    path("account/data/", missing, name="your-data"),
    path("rules/", missing, name="rules"),
    path("messages/", missing, name="notifications"),
    path("account/login/", missing, name="account_login"),
    path("account/signup/", missing, name="account_signup"),
    path("account/logout/", missing, name="account_logout"),
]
