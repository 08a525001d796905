"""What `manage.py help COMMAND` and `make` print: alike, so that a reader finds what is sought."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {"icpportal", "transfers", "filings", "verification", "demo"}
OURS = {name: app for name, app in get_commands().items() if str(app).partition(".")[0] in PACKAGES}
MAKES = re.findall(r"^([a-z-]+):.*?## (.*)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_command_says_what_it_does_in_whole_sentences(name: str) -> None:
    says = " ".join(load_command_class(OURS[name], name).help.split())

    assert re.match("[A-Z][a-z]+s |The |[a-z]", says), (
        says
    )  # "Lists …", a thing, or its own words such as `add ADDRESS`
    assert says.endswith("."), says


@pytest.mark.parametrize(("target", "says"), MAKES, ids=[target for target, _says in MAKES])
def test_a_target_of_make_begins_with_what_it_does(target: str, says: str) -> None:
    assert re.match("[a-z]+ [a-zA-Z`*]", says), f"{target}: {says}"
    assert not says.endswith("."), f"{target}: {says}"
