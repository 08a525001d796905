"""No list of the review desk can be made to reveal what it does not show."""

import pytest
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.views.main import ChangeList, IncorrectLookupParameters
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import User
from icpportal.admin_site import ReviewDesk
from icpportal.alarms.models import Alarm
from icpportal.codes.models import Code
from transfers.models import Order
from verification.models import BackdropStock

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"
DESKS = admin.site._registry
READ_NO_LOOK_UP = (Order, BackdropStock)  # a page of the desk's own, and a list that redirects to its one row
REFUSED = (DisallowedModelAdminLookup, IncorrectLookupParameters)
SUFFIXES = ("", "__exact", "__startswith", "__regex", "__gt", "__in", "__isnull")
PERSONAL = ("email", "mobile", "password", "digest", "index", "key", "name", "id_number", "payload")


@pytest.fixture(autouse=True)
def without_second_factor(letters, settings):
    settings.STAFF_SECOND_FACTOR = False
    roles.ensure()


@pytest.fixture(params=[roles.AUDITOR, roles.OPERATIONS])
def looker(request, client):
    user = open_account(
        email="looker@example.com", password="a-long-password-1", name="Looker", held_roles=(request.param,)
    )
    client.force_login(user)
    return client


@pytest.fixture
def operator(client):
    """Somebody who reads accounts; an auditor does not."""
    user = open_account(
        email="looker@example.com", password="a-long-password-1", name="Looker", held_roles=(roles.OPERATIONS,)
    )
    client.force_login(user)
    return client


@pytest.fixture
def anybody(client):
    """May see every list."""
    user = open_account(
        email="all@example.com", password="a-long-password-1", name="All", held_roles=(roles.OPERATIONS,)
    )
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    client.force_login(user)
    client.user = User.objects.get(pk=user.pk)
    return client


def columns(model):
    return [field.name for field in model._meta.get_fields() if not field.is_relation]


def relations(model):
    """Every relation by its lookup name, with the model behind it."""
    for field in model._meta.get_fields():
        if field.is_relation and field.related_model:
            yield field.name, field.related_model


def forged_lookups(model):
    """Lookups on every column of the model and of its neighbours."""
    yield from ("pk__in", "pk__gt", "pk")
    for name in columns(model):
        yield from (name + suffix for suffix in SUFFIXES)
    for name, other in relations(model):
        yield from (name + suffix for suffix in ("", "__pk", "__pk__gt", "__isnull"))
        yield from (f"{name}__{column}__startswith" for column in columns(other))
        yield from (f"{name}__{further}__pk__gt" for further, _model in relations(other))


def declared_lookups(desk, request):
    """The query parameters that the filters of a list accept."""
    found = {name for spec in desk.get_changelist_instance(request).filter_specs for name in spec.expected_parameters()}
    simple = {each.parameter_name for each in desk.get_list_filter(request) if hasattr(each, "parameter_name")}
    return found | {f"{name}__exact" for name in found} | simple


@pytest.mark.parametrize("lookup", ["password__regex", "email__startswith", "password", "pk__in", "groups__name__gt"])
def test_a_forged_lookup_gets_the_same_answer_whether_it_matches_or_not(operator, chen, lookup: str):
    """`?password__regex=^argon2…` showed one row or none, and so revealed a hash character by character."""
    values = ["^argon2", "^nothing", "", "%", "(", str(chen.pk), "c"]

    answers = [operator.get(USERS, {"email": chen.email, lookup: value}) for value in values]
    answers += [operator.get(USERS, {lookup: value, "e": "1"}) for value in values]
    posted = [operator.post(f"{USERS}?{lookup}={value}", {"action": "x", "_selected_action": "1"}) for value in "ac"]

    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in posted} == {405}  # the list has no actions


@pytest.mark.parametrize("lookup", ["payload__startswith", "reference__regex", "pk__in", "files__name__startswith"])
def test_a_forged_lookup_posted_to_a_list_with_actions_is_refused_before_anything_is_done(operator, lookup: str):
    reports = reverse("admin:miit_report_changelist")
    chosen = {"action": "park", "_selected_action": "1", "reason": "x", "apply": "1"}

    posted = [operator.post(f"{reports}?{lookup}={value}", chosen) for value in ("a", "c", "")]

    assert [answer.status_code for answer in posted] == [400] * 3
    assert len({answer.content for answer in posted}) == 1
    assert operator.post(reports, chosen).status_code != 400


def test_digests_of_codes_cannot_be_looked_up(looker):
    """The digest of a code could be read the same way."""
    Code.objects.create(
        purpose="sign_in", holder="7", digest="abc", destination="d", channel="sms", expires_at="2030-01-01T00:00Z"
    )
    codes = reverse("admin:codes_code_changelist")

    answers = [looker.get(codes, {f"{column}__startswith": "a"}) for column in ("digest", "holder", "destination")]

    assert [answer.status_code for answer in answers] == [400, 400, 400]


@pytest.mark.parametrize("model", DESKS, ids=lambda model: model._meta.label_lower)
def test_no_list_accepts_undeclared_lookups(anybody, model):
    """Every column, and every column of its neighbours, of every registered list, future ones included."""
    desk = DESKS[model]

    def asked(**query: str):
        request = RequestFactory().get("/", query)
        request.user = anybody.user
        return request

    open_to = declared_lookups(desk, asked())
    answered = []
    for lookup in forged_lookups(model):
        try:
            desk.get_changelist_instance(asked(**{lookup: "1"}))
        except REFUSED:
            continue
        answered.append(lookup)

    assert set(answered) <= open_to
    if model in READ_NO_LOOK_UP:
        return
    over_http = anybody.get(
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), {"pk__gt": "0"}
    )
    assert over_http.status_code == 400


@pytest.mark.parametrize("model", DESKS, ids=lambda model: model._meta.label_lower)
def test_no_list_is_sorted_by_a_masked_column_and_no_row_is_addressed_by_one(anybody, model):
    """The order of rows reveals as much as a lookup, and so does a row found by a column."""
    desk = DESKS[model]
    request = RequestFactory().get("/")
    request.user = anybody.user
    shown = desk.get_changelist_instance(request)
    sorted_by = {column: shown.get_ordering_field(column) for column in desk.get_list_display(request)}

    hidden = {
        column: str(by)
        for column, by in sorted_by.items()
        if by and by != column and any(word in str(by).lower() for word in PERSONAL)
    }
    addressed = [name for name in columns(model) if desk.to_field_allowed(request, name)]

    assert hidden == {}
    assert addressed in ([], [model._meta.pk.name])
    if model in READ_NO_LOOK_UP:
        return
    refused = anybody.get(
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), {"_to_field": "x"}
    )
    assert refused.status_code == 400


@pytest.mark.parametrize("typed", ["chen@", "example.com", "1390000", "argon2", "c"])
def test_a_search_finds_an_account_only_by_its_complete_address(operator, chen, typed: str):
    """A search for a part would undo the mask too."""
    found = operator.get(USERS, {"q": typed})

    assert list(found.context["cl"].queryset) == []
    assert list(operator.get(USERS, {"q": chen.email}).context["cl"].queryset) == [chen]


def test_a_form_field_without_a_declared_search_offers_none(anybody):
    """Django searches for any column that points at a list, whether or not a form needs it."""
    asked = {"app_label": "filings", "model_name": "subject", "field_name": "owner", "term": "c"}

    assert anybody.get(reverse("admin:autocomplete"), asked).status_code == 403


def test_a_class_that_opens_itself_is_closed_by_the_desk(anybody):
    """The author of a later list need not think of it."""

    class Wide(ChangeList):
        pass

    class OpenAdmin(admin.ModelAdmin):
        def lookup_allowed(self, lookup, value, request=None) -> bool:
            return True

        def get_changelist(self, request, **kwargs):
            return Wide

        def to_field_allowed(self, *args: object) -> bool:
            return True

    desk = ReviewDesk()
    desk.register(User, OpenAdmin)
    desk.register(Code)
    desk.register(Alarm, search_fields=["cause"])
    request = RequestFactory().get("/")
    request.user = anybody.user

    for model, lookup in ((User, "password__regex"), (Code, "digest__startswith"), (Alarm, "times__gt")):
        request.GET = QueryDict(f"{lookup}=1")
        with pytest.raises(DisallowedModelAdminLookup):
            desk._registry[model].get_changelist_instance(request)
    assert not desk._registry[User].to_field_allowed(request, "email")


def test_the_desk_of_the_portal_is_the_closed_one():
    """All of this depends on one site."""
    assert type(admin.site._wrapped) is ReviewDesk


def test_declared_filters_still_work(anybody, chen):
    """Filters of every kind and the dates above a list."""
    calendar = reverse("admin:workdays_workcalendarday_changelist")
    queries = {
        USERS: {"is_active__exact": "1", "role": roles.OPERATIONS, "o": "1", "p": "1", "_facets": "True"},
        calendar: {"date__year": "2026", "date__month": "10", "is_workday__exact": "0"},
        reverse("admin:alarms_alarm_changelist"): {"cleared_at__isempty": "1"},
        reverse("admin:outbox_message_changelist"): {"care": "failed", "channel": "sms", "state__exact": "failed"},
    }

    answers = {url: anybody.get(url, query) for url, query in queries.items()}

    assert {answer.status_code for answer in answers.values()} == {200}
    assert list(answers[USERS].context["cl"].queryset) == [anybody.user]
