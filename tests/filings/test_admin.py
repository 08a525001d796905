import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse

from filings.actions import end_access
from filings.authority_records import STRUCK_OFF
from filings.models import Access, LegacyRecord, Person, Subject, Website
from icpportal.accounts.models import User
from tests.filings.checks.cases import PERSON_ADMINISTRATOR, PERSON_SUBJECT, PERSON_TYPE, PERSON_WEBSITE
from tests.filings.filed import KEY, account, on_file

urlpatterns = [path("admin/", admin.site.urls), path("", include("icpportal.accounts.urls"))]
MODELS = (Subject, Person, Website, Access, LegacyRecord)
SECRETS = (
    *("91649999000000019L", "119999199009090002", "649999198502140009", "赵样本", "林示范"),
    *("13900000001", "13900000004", "lin@example.com"),
)
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def staff(client, db):
    client.force_login(User.objects.create_superuser("staff@example.com", None))
    return client


@pytest.fixture
def register(db):
    on_file(account("lin@example.net"))
    on_file(
        account("zhao@example.net"),
        report="T7Q4-M2KY.1",
        domain="example.cn",
        subject_number="津ICP备00000000号",
        site_number="津ICP备00000000号-1",
        pages={
            "type": PERSON_TYPE,
            "subject": PERSON_SUBJECT,
            "website": PERSON_WEBSITE,
            "administrator": PERSON_ADMINISTRATOR,
        },
    )
    LegacyRecord.objects.create(subject_key=KEY, domain="example.org", region="640106", name="宁夏示例纸业有限公司")


def list_of(model):
    return reverse(f"admin:filings_{model._meta.model_name}_changelist")


def page_of(row):
    return reverse(f"admin:filings_{row._meta.model_name}_change", args=[row.pk])


def find(client, model, term):
    response = client.get(list_of(model), {"q": term})
    return [str(row) for row in response.context["cl"].result_list]


def test_the_page_of_an_access_says_in_words_why_it_ended(staff, register):
    access = Access.objects.earliest("pk")
    end_access(access.website, because=STRUCK_OFF)

    page = staff.get(page_of(access), headers={"accept-language": "en"}).content.decode()

    assert "struck off by the authority" in page
    assert STRUCK_OFF not in page


@pytest.mark.parametrize("model", [Subject, Website])
def test_a_list_reads_no_person_it_does_not_show(staff, register, model):
    staff.get(list_of(model))
    with CaptureQueriesContext(connection) as asked:
        staff.get(list_of(model))

    of_rows = [each["sql"] for each in asked if f'FROM "{model._meta.db_table}"' in each["sql"]]
    assert of_rows
    assert not [sql for sql in of_rows if Person._meta.db_table in sql or User._meta.db_table in sql]


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_pages_show_nothing_personal(staff, register, model):
    shown = [staff.get(list_of(model)).content.decode()]
    shown += [staff.get(page_of(row)).content.decode() for row in model.objects.all()]

    assert len(shown) > 1
    assert [secret for secret in SECRETS if any(secret in page for page in shown)] == []


def test_shown_values_are_masked_and_an_organisation_s_name_is_not(staff, register):
    page = staff.get(list_of(Subject)).content.decode()

    assert "宁夏示例纸业有限公司" in page
    assert "赵*本" in page
    assert "9164***019L" in page


def test_the_page_of_a_subject_links_to_its_people_websites_and_accesses_in_few_queries(
    staff, register, django_assert_max_num_queries
):
    subject = Subject.objects.get(websites__domain="example.cn")
    site = subject.websites.get()

    with django_assert_max_num_queries(15):
        page = staff.get(page_of(subject)).content.decode()
    for row in (*subject.people.all(), site, *site.accesses.all()):
        assert f'href="{page_of(row)}"' in page
    assert site.site_number in page
    assert [secret for secret in SECRETS if secret in page] == []
    assert all(page_of(each) in staff.get(page_of(site)).content.decode() for each in site.accesses.all())


@pytest.mark.parametrize("model", MODELS)
def test_the_register_cannot_be_changed_or_deleted_here(staff, register, model):
    row = model.objects.first()
    before = model.objects.count()

    assert staff.post(page_of(row), {"name": "x", "domain": "x"}).status_code == 403
    assert staff.post(reverse(f"admin:filings_{model._meta.model_name}_delete", args=[row.pk])).status_code == 403
    assert staff.get(reverse(f"admin:filings_{model._meta.model_name}_add")).status_code == 403
    assert model.objects.count() == before


@pytest.mark.parametrize("model", MODELS)
def test_without_a_permission_nothing_is_visible(client, register, model):
    client.force_login(User.objects.create_user("staff@example.com", None, is_staff=True))

    assert client.get(list_of(model)).status_code == 403
    assert client.get(page_of(model.objects.first())).status_code == 403


@pytest.mark.parametrize(
    ("model", "term", "rows"),
    [
        (Subject, "宁ICP备00000000号", ["宁ICP备00000000号"]),
        (Subject, "宁icp备 00000000号", ["宁ICP备00000000号"]),
        (Subject, "宁夏示例纸业有限公司", ["宁ICP备00000000号"]),
        (Subject, "赵样本", ["津ICP备00000000号"]),
        (Subject, "91649999 0000 0001 9l", ["宁ICP备00000000号"]),
        (Subject, "宁夏示例纸业", []),
        (Person, "13900000004", ["赵*本"]),
        (Person, "139 0000 0004", ["赵*本"]),
        (Person, "649999198806060008", ["陈*例"]),
        (Person, "1390000", []),
        (Website, "https://www.example.com/", ["example.com"]),
        (Website, "津ICP备00000000号-1", ["example.cn"]),
        (Website, "example", []),
        (Access, "T7Q4-M2KX.1", ["T7Q4-M2KX.1"]),
        (Access, "example.cn", ["T7Q4-M2KY.1"]),
        (LegacyRecord, "example.org", ["example.org"]),
        (LegacyRecord, "91649999000000019L", ["example.org"]),
    ],
)
def test_a_search_finds_complete_values(staff, register, model, term, rows):
    assert find(staff, model, term) == rows


@pytest.mark.usefixtures("steady_cache")
@pytest.mark.parametrize("model", [Subject, Person, Website, Access])
def test_a_list_takes_as_many_queries_with_few_rows_as_with_many(staff, register, model, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    staff.get(list_of(model))  # fills the caches that all pages share
    with CaptureQueriesContext(
        connection,
    ) as few:
        staff.get(list_of(model))
    for place in range(3):
        number = f"T{place}2345678"
        on_file(
            account(f"{place}@example.net"),
            report=f"T7Q4-M2K{place}.1",
            domain=f"example{place}.com",
            pages={"type": {**PERSON_TYPE, "id_type": "7", "id_number": number}, "administrator": PERSON_ADMINISTRATOR},
        )

    with django_assert_num_queries(len(few)):
        staff.get(list_of(model))


@pytest.mark.parametrize(
    ("because", "words"),
    [("struck_off", "struck off by the authority"), ("not_on_record", "no longer on record at the authority")],
)
def test_the_register_says_in_words_why_an_access_ended_and_links_to_no_order_for_an_import(
    staff, register, because, words
):
    access = Access.objects.first()
    Access.objects.filter(pk=access.pk).update(ended_at=access.since, ended_because=because, report_key="import:1")

    html = staff.get(page_of(access.website), headers={"accept-language": "en"}).content.decode()

    assert (words in html, because in html) == (True, False)
    assert "?q=import" not in html
