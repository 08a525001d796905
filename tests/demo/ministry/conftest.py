"""One simulator for all tests of this folder, reset before each."""

import pytest

from tests.demo.ministry.process import Simulator
from tests.demo.ministry.provider import Provider

NUMBER, PASSWORD, DOMAIN = "宁ICP备00000000号", "Abc12345", "example.com"
SITE = f"{NUMBER}-1"
LEAD = {"name": "林示范", "mobile": "13900000001", "id_number": "649999198502140009"}
ADMINISTRATOR = {"name": "陈样例", "mobile": "13900000002", "id_number": "64999919880606000X"}
FILING = {
    "number": NUMBER,
    "province": "64",
    "id_type_code": 1,
    "id_number": "91649999000000019L",
    "password": PASSWORD,
    "name": "宁夏示例纸业有限公司",
    "lead": LEAD,
    "administrator": ADMINISTRATOR,
    "sites": [{"domain": DOMAIN, "name": "示例纸业官网"}],
}


@pytest.fixture
def desk(simulator: Simulator):
    """The authority's API client, with one filing of Ningxia on record and no phones to verify."""
    client = simulator.client
    client.reset(world=True)
    client.set_province("64", asks_phones=False)
    client.add_filing(**FILING)
    return client


@pytest.fixture
def provider(simulator: Simulator, desk):
    return Provider(simulator.url)
