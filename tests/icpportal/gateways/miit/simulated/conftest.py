"""A small invented world for the simulated authority."""

import pytest

from icpportal.gateways.miit.simulated import world
from icpportal.gateways.miit.types import AccessReport, AddressRange, Attachment, Owner, Purpose

LEAD = world.Person("13900000001", "649999198502140009")
ADMINISTRATOR = world.Person("13900000002", "64999919880606000X")
NUMBER, SITE_NUMBER = "宁ICP备00000000号", "宁ICP备00000000号-1"
MD5 = "1a64a010767f0725fb52111b0a9e9f84"  # of Abc12345, as in the ministry's own example


@pytest.fixture
def filing(db):
    """A subject with one site in Ningxia, which asks for the phones of both people."""
    world.set_province("64", asks_phones=True)
    return put_on_record()


def put_on_record(lead=LEAD, administrator=ADMINISTRATOR, number=NUMBER, domain="example.com", province="64"):
    return world.add_filing(
        number,
        province=province,
        id_type_code=1,
        id_number="91649999000000019L",
        password="Abc12345",
        lead=lead,
        administrator=administrator,
        sites=(world.Site(domain, "示例纸业官网"),),
    )


def report(key="T7Q4-M2KX.1", site_number=SITE_NUMBER, password_md5=MD5):
    return AccessReport(
        key=key,
        site_number=site_number,
        places=(22,),
        methods=(5,),
        addresses=(AddressRange("192.0.2.10", "192.0.2.12"),),
        attachments=(Attachment(Purpose.STATEMENT, Owner.SITE, site_number, document="1"),),
        password_md5=password_md5,
    )
