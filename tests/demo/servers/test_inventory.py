"""The server list as a file."""

import json

import pytest

from demo.servers.inventory import FileInventory, mark_of, save
from icpportal.gateways.errors import Retryable
from tests.icpportal.gateways.inventory.conftest import instance


@pytest.fixture
def path(tmp_path):
    return tmp_path / "inventory.json"


@pytest.fixture
def listed(path):
    save(
        {"Lin@example.com": [instance("i-1"), instance("i-2")], "chen@example.com": []},
        everyone=[instance("i-demo-*"), instance("i-payg-*", billing="payg", ends_on=None)],
        path=path,
    )
    return FileInventory(path)


def test_an_account_has_its_own_instances_whatever_the_case_of_its_address(listed):
    assert listed.instances("LIN@example.com") == [instance("i-1"), instance("i-2")]


def test_an_account_named_with_no_instances_has_none(listed):
    assert listed.instances("chen@example.com") == []


def test_an_account_not_named_gets_copies_of_the_rows_of_everyone_with_ids_of_its_own(listed):
    mine, theirs = listed.instances("new@example.com"), listed.instances("other@example.com")

    mark = mark_of("new@example.com")
    assert [row.id for row in mine] == [f"i-demo-{mark}", f"i-payg-{mark}"]
    assert {row.id for row in mine}.isdisjoint({row.id for row in theirs})


@pytest.mark.parametrize("account", ["lin@example.com", "new@example.com"])
def test_every_instance_of_an_account_is_found_by_its_id(listed, account):
    for row in listed.instances(account):
        assert listed.instance(row.id) == row


@pytest.mark.parametrize("instance_id", ["i-3", "", "i-demo-", "i-demo-*", "*"])
def test_an_unknown_id_is_not_found(listed, instance_id):
    assert listed.instance(instance_id) is None


def test_a_new_list_replaces_the_old_one_and_leaves_no_temporary_file(listed, path):
    save({"lin@example.com": [instance("i-9")]}, path=path)

    assert [row.id for row in listed.instances("lin@example.com")] == ["i-9"]
    assert listed.instances("new@example.com") == []
    assert [file.name for file in path.parent.iterdir()] == ["inventory.json"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"accounts": []}', '{"accounts": {"a@b.c": {}}}', '{"everyone": 1}']
)
def test_an_invalid_list_of_servers_is_a_temporary_error(path, content):
    path.write_text(content, encoding="utf-8")
    inventory = FileInventory(path)

    for question in (lambda: inventory.instances("a@b.c"), lambda: inventory.instance("i-1"), inventory.check):
        with pytest.raises(Retryable):
            question()


def test_a_missing_file_is_a_temporary_error(path):
    with pytest.raises(Retryable):
        FileInventory(path).instances("lin@example.com")


def test_the_file_is_in_the_data_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    save({"lin@example.com": [instance()]})

    assert json.loads((tmp_path / "inventory.json").read_text(encoding="utf-8"))["accounts"].keys() == {
        "lin@example.com"
    }
    FileInventory().check()
