"""The queries of a desk page: at most fifteen, once the caches of the head are filled."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.transfers import states
from tests.walk import world
from tests.walk.world import STAFF
from transfers.check import readiness
from transfers.models import Call, Objection, Order, ReturnReason
from transfers.review import leases

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("steady_cache")]
MOST = 15
OF_A_CASE = ("case", "accept", "return", "second", "more")


def cases_of(made: world.World) -> tuple[Order, ...]:
    """Of entries and papers, of a photo, and one that was accepted and waits for a second look."""
    return world.of(made, states.SUBMITTED), world.of(made, states.PHOTO_REVIEW), world.waits_for_look(made)


def pages_of(made: world.World, role: str) -> list[str]:
    """The first page, each register with its first row, and the other pages of the desk."""
    names = ("index", "registers", "desk_calls", "desk_objections", "desk_reasons", "desk_figures", "desk_settings")
    found = [reverse(f"admin:{name}") for name in names]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._base_manager.order_by("pk").first()
        found += [reverse(f"{name}_changelist")]
        found += [reverse(f"{name}_change", args=[row.pk])] if row is not None and model is not Order else []
    found += [
        reverse(f"admin:desk_{each._meta.model_name}", args=[each.pk])
        for each in (Call.objects.get(), Objection.objects.get())
    ]
    found += [reverse("admin:desk_reason", args=[ReturnReason.objects.earliest("pk").key])]
    for order in cases_of(made):
        found += [reverse(f"admin:transfers_order_{name}", args=[order.pk]) for name in OF_A_CASE]
    return found


@pytest.mark.parametrize("role", STAFF)
def test_no_page_of_the_desk_takes_more_than_fifteen_queries(
    role: str, made: world.World, django_assert_max_num_queries: Any
) -> None:
    for order in cases_of(made):
        order.advice = readiness.advice_kept(order)  # as submitting the order stores it
        order.save(update_fields=["advice"])
        if role in ("reviewer", "lead"):
            leases.take_over(order, made.people[role])
    desk = Client()
    desk.force_login(made.people[role])
    listed = {"session_key": desk.session.session_key, "ip": "127.0.0.1"}  # as by the page to sign in
    UserSession.objects.create(user=made.people[role], **listed)

    opened = 0
    for url in pages_of(made, role):
        with CaptureQueriesContext(connection) as asked:
            opened += desk.get(url).status_code == 200
        if len(asked) > MOST:  # the shared caches are filled by now
            with django_assert_max_num_queries(MOST, info=url):
                desk.get(url)

    assert opened > 5
