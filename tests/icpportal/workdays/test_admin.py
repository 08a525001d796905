"""The work calendar at the review desk."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from icpportal.accounts import roles
from icpportal.workdays.calendar import is_workday
from icpportal.workdays.models import WorkCalendarDay

pytestmark = pytest.mark.django_db
NOTICE = {"date": "2026-11-27", "is_workday": "", "source": "notice 7"}


@pytest.fixture
def desk(client, settings, django_user_model):
    settings.STAFF_SECOND_FACTOR = False

    def sign_in(*codenames: str):
        user = django_user_model.objects.create_user(
            email="op@example.com", password="a-long-password-1", is_staff=True
        )
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="workdays", codename__in=codenames))
        client.force_login(user)
        return client

    return sign_in


def test_operations_enter_a_day_and_it_counts_at_once(desk):
    client = desk("view_workcalendarday", "add_workcalendarday")
    assert is_workday(date(2026, 11, 27))

    answer = client.post(reverse("admin:workdays_workcalendarday_add"), NOTICE)

    assert answer.status_code == 302
    assert not is_workday(date(2026, 11, 27))


def test_the_list_says_how_many_calendar_days_there_are(desk):
    client = desk("view_workcalendarday")
    client.cookies["django_language"] = "en"

    page = client.get(reverse("admin:workdays_workcalendarday_changelist")).content.decode()

    assert ["0 calendar days" in page, "work calendar<" in page] == [True, False]


def test_the_date_of_a_day_cannot_be_changed_into_another(desk):
    day = WorkCalendarDay.objects.create(date=date(2026, 11, 27), is_workday=False, source="notice 7")
    client = desk("view_workcalendarday", "change_workcalendarday")

    client.post(
        reverse("admin:workdays_workcalendarday_change", args=[day.pk]),
        {"date": "2026-11-30", "is_workday": "on", "source": "notice 8"},
    )

    assert list(WorkCalendarDay.objects.values_list("date", "is_workday", "source")) == [
        (date(2026, 11, 27), True, "notice 8")
    ]


def test_with_read_permission_only_nothing_can_be_changed(desk):
    client = desk("view_workcalendarday")

    answers = [
        client.get(reverse("admin:workdays_workcalendarday_changelist")),
        client.post(reverse("admin:workdays_workcalendarday_add"), NOTICE),
    ]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert WorkCalendarDay.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "may"), [(roles.OPERATIONS, True), (roles.REVIEWER, False), (roles.LEAD_REVIEWER, False)]
)
def test_operations_maintain_the_calendar_and_case_workers_do_not(client, settings, django_user_model, role, may):
    settings.STAFF_SECOND_FACTOR = False
    roles.ensure()
    user = django_user_model.objects.create_user(email="who@example.com", password="a-long-password-1")
    roles.give(user, role)
    client.force_login(user)

    client.post(reverse("admin:workdays_workcalendarday_add"), NOTICE)

    assert WorkCalendarDay.objects.exists() is may
