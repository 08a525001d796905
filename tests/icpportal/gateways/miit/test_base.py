"""The authority has one interface, and every gateway implements it."""

import inspect

import pytest

from icpportal.gateways.miit import fake
from icpportal.gateways.miit.base import Authority, authority
from icpportal.gateways.miit.gateway import MinistryAuthority

METHODS = [name for name in vars(Authority) if not name.startswith("_")]


def test_the_gateway_is_the_one_in_the_settings(settings):
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.Down"

    assert type(authority()) is fake.Down


def test_the_demo_uses_the_ministry_s_own_interface():
    assert type(authority()) is MinistryAuthority


@pytest.mark.parametrize("gateway", [MinistryAuthority, fake.FakeAuthority])
def test_every_gateway_has_the_methods_of_the_interface(gateway):
    ours = {name: inspect.signature(getattr(Authority, name)) for name in METHODS}

    theirs = {name: inspect.signature(getattr(gateway, name)) for name in METHODS}

    assert ours == theirs
    assert METHODS == [
        "status_by_domain",
        "status_by_certificate",
        "check_password",
        "queue",
        "send",
        "fetch",
        "answers",
        "acknowledge",
        "answer",
        "record_of",
        "waits_for",
        "supersede",
        "phones",
        "phones_of",
        "check",
        "check_last_answer",
    ]
