"""The world can be filled twice and is the same."""

from icpportal.gateways.miit.simulated import world
from icpportal.gateways.miit.simulated.models import SimulatedFiling, SimulatedProvince, SimulatedSite
from tests.icpportal.gateways.miit.simulated.conftest import NUMBER, put_on_record


def test_filling_the_world_twice_leaves_one_filing_and_one_site(db):
    put_on_record()
    put_on_record()

    assert [filing.number for filing in SimulatedFiling.objects.all()] == [NUMBER]
    assert [(site.domain, site.number) for site in SimulatedSite.objects.all()] == [("example.com", f"{NUMBER}-1")]


def test_sites_are_numbered_under_their_subject(db):
    put_on_record()

    world.add_filing(
        "宁ICP备00000001号",
        province="64",
        id_type_code=2,
        id_number="64999919880606000x",
        password="p",
        lead=world.Person("13900000001", "64999919880606000x"),
        administrator=world.Person("13900000001", "64999919880606000x"),
        sites=(world.Site("a.example", "甲"), world.Site("b.example", "乙", accesses=(), number="宁ICP备00000001号-7")),
    )

    found = SimulatedSite.objects.filter(filing__number="宁ICP备00000001号").order_by("domain")
    assert [(site.number, site.accesses) for site in found] == [
        ("宁ICP备00000001号-1", ["另一家接入商"]),
        ("宁ICP备00000001号-7", []),
    ]
    assert SimulatedFiling.objects.get(number="宁ICP备00000001号").lead_tail == "06000X"


def test_a_province_is_corrected_by_setting_it_again(db):
    world.set_province("12", asks_phones=True)
    world.set_province("12", asks_phones=True, people=SimulatedProvince.ADMINISTRATOR, hours=24)

    rows = list(SimulatedProvince.objects.values_list("code", "asks_phones", "people", "hours"))
    assert rows == [("12", True, "administrator", 24)]
