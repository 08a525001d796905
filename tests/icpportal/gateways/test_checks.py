"""Gateways for the demo are refused in production."""

import pytest

from icpportal.gateways.checks import gateways_exist, gateways_fit_production
from tests.icpportal.production import manage

HTTP_INVENTORY = "icpportal.gateways.inventory.http.HttpInventory"
HTTP_APP = "icpportal.gateways.photo_app.http.HttpApp"

GOOD = {
    "DEMO": False,
    "AUTHORITY_GATEWAY": "provider.gateways.Wire",
    "INVENTORY_GATEWAY": HTTP_INVENTORY,
    "INVENTORY_URL": "https://console.example.com",
    "SCANNER_GATEWAY": "icpportal.gateways.scanner.clamd.Clamd",
    "PHOTO_APP_GATEWAY": HTTP_APP,
    "PHOTO_APP_URL": "https://app.example.com",
    "DNS_GATEWAY": "icpportal.gateways.dns.system.SystemResolver",
    "WEB_PAGES_GATEWAY": "icpportal.gateways.web_pages.http.HttpPages",
}


def ids(settings, **change):
    for name, value in {**GOOD, **change}.items():
        setattr(settings, name, value)
    return [error.id for error in gateways_fit_production(None)]


def test_a_production_with_real_gateways_passes(settings):
    assert ids(settings) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"SCANNER_GATEWAY": "icpportal.gateways.scanner.none.NoScanner"}, ["gateways.E002"]),
        ({"SCANNER_GATEWAY": "icpportal.gateways.scanner.fake.FakeScanner"}, ["gateways.E001"]),
        ({"AUTHORITY_GATEWAY": "icpportal.gateways.miit.fake.FakeAuthority"}, ["gateways.E001"]),
        ({"INVENTORY_GATEWAY": "icpportal.gateways.inventory.fake.Stalling"}, ["gateways.E001"]),
        ({"INVENTORY_URL": "http://console.example.com"}, ["gateways.E003"]),
        ({"INVENTORY_URL": ""}, ["gateways.E003"]),
        ({"INVENTORY_URL": "https://[console.example.com"}, ["gateways.E003"]),
        ({"PHOTO_APP_GATEWAY": "icpportal.gateways.photo_app.fake.Down"}, ["gateways.E001"]),
        ({"PHOTO_APP_GATEWAY": "demo.photo_app.gateway.PageApp"}, ["gateways.E004"]),
        ({"INVENTORY_GATEWAY": "demo.servers.inventory.FileInventory"}, ["gateways.E001"]),
        ({"DNS_GATEWAY": "demo.servers.names.FileResolver"}, ["gateways.E001"]),
        ({"WEB_PAGES_GATEWAY": "demo.servers.pages.FilePages"}, ["gateways.E001"]),
        ({"DNS_GATEWAY": "icpportal.gateways.dns.fake.FakeResolver"}, ["gateways.E001"]),
        ({"PHOTO_APP_URL": "http://app.example.com"}, ["gateways.E005"]),
    ],
)
def test_a_production_with_a_demo_gateway_is_refused(settings, change, expected):
    assert ids(settings, **change) == expected


def test_a_provider_may_use_a_server_list_of_its_own(settings):
    assert ids(settings, INVENTORY_GATEWAY="provider.servers.Console", INVENTORY_URL="") == []


def test_a_provider_may_do_without_the_photo_app(settings):
    assert ids(settings, PHOTO_APP_GATEWAY="", PHOTO_APP_URL="") == []


def test_the_demo_may_do_without(settings):
    assert ids(settings, DEMO=True, SCANNER_GATEWAY="icpportal.gateways.scanner.none.NoScanner") == []


@pytest.mark.parametrize("path", ["provider.sms.Texts", "misspelt", "json.Nothing"])
def test_whoever_misspells_the_class_of_a_gateway_is_told_before_the_first_call(settings, path):
    ids(settings, AUTHORITY_GATEWAY="icpportal.gateways.miit.gateway.MinistryAuthority", SMS_GATEWAY=path)

    assert [(error.id, error.msg.split()[:3]) for error in gateways_exist(None)] == [
        ("gateways.E006", ["SMS_GATEWAY", "is", f"{path}:"])
    ]


def test_check_deploy_refuses_a_gateway_that_is_not_there():
    done = manage("check", "--deploy", INVENTORY_GATEWAY="provider.servers.Console")

    assert done.returncode == 1
    assert "(gateways.E006) INVENTORY_GATEWAY is provider.servers.Console: it cannot be loaded" in done.stderr
