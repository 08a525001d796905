"""Error pages: their texts, by reader, and which of them may not query the database."""

import logging
import re

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from django.utils import translation
from lxml import html

from icpportal.gateways.storage import StorageDown
from icpportal.lifecycle import MoveNotAllowed
from icpportal.pages import errors
from tests.transfers.builders import make_order, make_reviewer, make_user

pytestmark = pytest.mark.urls("tests.icpportal.look_urls")


@pytest.fixture
def reader():
    return Client(raise_request_exception=False)


@pytest.fixture
def request_():
    return RequestFactory().get("/transfers/T7Q4-M2KX/")


def heading(response):
    return re.search(r"<h1>(.*?)</h1>", response.content.decode()).group(1)


def test_a_missing_page_says_that_the_order_may_belong_to_another_account(reader):
    chinese = reader.get("/gallery/missing/")
    english = reader.get("/gallery/missing/", headers={"accept-language": "en"})

    assert (chinese.status_code, english.status_code) == (404, 404)
    assert heading(chinese) == "页面不存在"
    assert "订单可能属于其他账号" in chinese.content.decode()
    assert "The order may belong to another account" in english.content.decode()


def test_an_unknown_address_gets_the_same_page(reader):
    assert heading(reader.get("/no/such/place/")) == "页面不存在"


def test_an_error_shows_a_number_that_is_in_the_log_too(reader, caplog):
    with caplog.at_level(logging.ERROR, logger="icpportal.pages.errors"):
        page = reader.get("/gallery/broken/")

    shown = re.search(r'<span class="code">([0-9a-f]{8})</span>', page.content.decode()).group(1)
    records = [record for record in caplog.records if record.name == "icpportal.pages.errors"]
    assert page.status_code == 500
    assert [(record.number, record.path, record.method) for record in records] == [(shown, "/gallery/broken/", "GET")]
    assert "a fault made on purpose" not in page.content.decode()


def test_two_errors_have_two_numbers(reader):
    first, second = (re.search(r"[0-9a-f]{8}</span>", reader.get("/gallery/broken/").content.decode()) for _ in "ab")

    assert first.group() != second.group()


def test_when_the_database_does_not_answer_the_page_says_come_back_and_needs_no_database(request_):
    try:
        raise OperationalError("connection refused")
    except OperationalError:
        page = errors.server_error(request_)

    assert (page.status_code, page["Retry-After"]) == (503, "120")
    assert heading(page) == "暂时无法使用"


def test_when_the_storage_does_not_answer_the_page_says_come_back_and_names_no_fault_of_ours(request_, caplog):
    try:
        raise StorageDown("documents")
    except StorageDown:
        page = errors.server_error(request_)

    assert (page.status_code, page["Retry-After"], heading(page)) == (503, "120", "暂时无法使用")
    assert "page failed" not in caplog.text


def answers(request):
    """Every error page, rendered outside any request cycle; the test has no database."""
    return {
        400: errors.bad_request(request, ValueError("odd")),
        403: errors.permission_denied(request, PermissionDenied()),
        404: errors.not_found(request, Http404()),
        405: errors.not_allowed(request, "POST"),
        409: errors.conflict(request),
        413: errors.too_large(request),
        429: errors.too_many(request),
        500: errors.server_error(request),
        503: errors.unavailable(request),
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_error_page_is_rendered_without_database_session_or_user(request_, language):
    with translation.override(language):
        pages = answers(request_)

    assert [page.status_code for page in pages.values()] == list(pages)
    assert len({heading(page) for page in pages.values()}) == len(pages)
    assert all("400-000-0000" in page.content.decode() for page in pages.values())


def test_a_request_larger_than_the_portal_reads_is_413_and_not_400(request_):
    page = errors.bad_request(request_, RequestDataTooBig("too big"))

    assert page.status_code == 413
    assert heading(page) == "内容过大，无法接收"


@time_machine.travel("2026-11-27T16:00+08:00", tick=False)
def test_a_pause_states_its_end_if_known(reader):
    page = reader.get("/gallery/too-many/")

    assert page.status_code == 429
    assert "北京时间11月27日16:20（周五）" in page.content.decode()


def test_a_form_with_a_wrong_token_says_to_sign_in_again_and_that_nothing_saved_is_lost(caplog):
    strict = Client(enforce_csrf_checks=True)

    with caplog.at_level(logging.WARNING, logger="icpportal.pages.errors"):
        page = strict.post("/gallery/step/", {"password": "Abc12345"}, headers={"accept-language": "en"})

    body = page.content.decode()
    assert page.status_code == 403
    assert heading(page) == "This form is out of date"
    assert "Sign in again if you are asked to" in body
    assert "What you saved is still there" in body
    assert "Abc12345" not in body + caplog.text


def test_error_pages_keep_the_strict_policy(reader):
    page = reader.get("/gallery/missing/")

    policy = page["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
@pytest.mark.urls("icpportal.urls")
@pytest.mark.parametrize(
    ("person", "menu", "way"),
    [(make_user, "Account", "/filings/"), (make_reviewer, "Account", "/admin/"), (None, "Menu", "/")],
    ids=["customer", "reviewer", "visitor"],
)
def test_an_error_page_knows_who_is_signed_in_and_links_to_their_part(reader, person, menu, way):
    if person:
        reader.force_login(person())

    tree = html.fromstring(reader.get("/no/such/place/", headers={"accept-language": "en"}).content.decode())

    assert tree.xpath("//details[contains(@class, 'menu')]/summary")[0].text_content().strip() == menu
    assert tree.xpath("//main//a[contains(@class, 'button')]/@href")[0] == way


@pytest.mark.django_db
@pytest.mark.urls("icpportal.urls")
def test_staff_at_the_desk_are_not_told_to_sign_in_as_the_applicant(reader):
    reader.force_login(make_reviewer())

    page = reader.get("/admin/transfers/order/no-such/case/", headers={"accept-language": "en"})

    text = page.content.decode()
    assert (page.status_code, heading(page)) == (404, "Page not found")
    assert ["sign in with the account" in text, "The order may not have been submitted" in text] == [False, True]


def test_a_page_without_a_database_names_nobody(request_, monkeypatch):
    class Away:
        @property
        def is_authenticated(self):
            raise OperationalError("connection refused")

    request_.user = Away()

    assert errors.not_found(request_, Http404()).status_code == 404


@pytest.mark.django_db
@pytest.mark.urls("icpportal.urls")
def test_an_address_that_only_accepts_posts_says_so_when_opened(reader):
    reader.force_login(make_user())

    page = reader.get("/messages/read/", headers={"accept-language": "en"})

    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert heading(page) == "This address opens by a button only"


@pytest.mark.django_db
@pytest.mark.urls("icpportal.urls")
def test_a_move_made_by_somebody_else_first_is_reported_with_a_link_to_the_order(reader, monkeypatch):
    order = make_order(owner=make_user())
    reader.force_login(order.owner)
    monkeypatch.setattr("transfers.check.views.readiness.gaps_and_advice", refuse)

    page = reader.get(f"/transfers/{order.reference}/check/", headers={"accept-language": "en"})

    assert page.status_code == 409
    assert heading(page) == "This has changed since you opened the page"
    assert f'href="/transfers/{order.reference}/"' in page.content.decode()


def refuse(*_given):
    raise MoveNotAllowed("submit by applicant from submitted")


@pytest.mark.django_db
@pytest.mark.urls("icpportal.urls")
def test_a_refusal_before_the_language_is_known_is_in_the_readers_language(reader):
    page = reader.get("/help/?q=%00", headers={"accept-language": "en"})

    assert page.status_code == 400
    assert heading(page) == "We could not read that request"


def test_no_search_engine_indexes_an_error_page(reader):
    assert '<meta name="robots" content="noindex">' in reader.get("/gallery/missing/").content.decode()


@pytest.mark.parametrize(("path", "status"), [("/gallery/broken/", 500), ("/no/such/place/", 500)])
def test_without_collected_files_each_page_has_one_error_page_without_a_frame(
    reader, settings, tmp_path, caplog, path, status
):
    """As a new version without `collectstatic`: no page, and no error page, can name its style sheet."""
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": manifest}}
    settings.STATIC_ROOT = str(tmp_path)

    with caplog.at_level(logging.ERROR):
        page = reader.get(path, headers={"accept-language": "en"})

    assert page.status_code == status
    assert heading(page) == "Something went wrong on our side"
    number = re.search(r"<p>([0-9a-f]{8})</p>", page.content.decode())
    own = [record for record in caplog.records if record.name == "icpportal.pages.errors"]
    assert [record.message for record in own] == ["page failed", "error page failed"]
    assert number.group(1) == own[0].number
    assert len(caplog.records) <= 3
    assert page.headers["Content-Security-Policy"]


def test_a_pause_needs_no_frame_either(request_, monkeypatch, caplog):
    def refuse(*_words, **_facts):
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr(errors, "page", refuse)
    with translation.override("zh-hans"):
        page = errors.unavailable(request_)
    assert (page.status_code, page.headers["Retry-After"], heading(page)) == (503, "120", "暂时无法使用")
