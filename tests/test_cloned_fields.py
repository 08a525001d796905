"""A copy of a field is what Django would make of its arguments."""

import re

from django.apps import apps
from django.db.migrations.state import ProjectState
from django.db.models import Field

from tests import cloned_fields


def said(field: Field) -> str:
    """Everything about a field except its place in the order, and in memory."""
    own = {name: value for name, value in vars(field).items() if name != "creation_counter"}
    other = own.pop("remote_field", None)
    about_other = other and {name: value for name, value in vars(other).items() if name != "field"}
    return re.sub(" at 0x[0-9a-f]+", "", repr([type(field), field.deconstruct(), about_other, sorted(own.items())]))


def test_a_copy_is_what_django_makes_in_the_same_order() -> None:
    states = ProjectState.from_apps(apps).models.values()
    fields = [(f"{state.name}.{name}", field) for state in states for name, field in state.fields.items()]
    ours = [cloned_fields.clone(field) for _name, field in fields]
    theirs = [field.clone() for _name, field in fields]
    places = [[each.creation_counter for each in made if not each.auto_created] for made in (ours, theirs)]

    pairs = [(name, *each) for (name, _), *each in zip(fields, ours, theirs, strict=True)]
    different = [name for name, one, two in pairs if said(one) != said(two)]
    related = [(name, field, one) for (name, field), one in zip(fields, ours, strict=True) if field.remote_field]
    shared = [name for name, field, one in related if one.remote_field is field.remote_field]

    assert len(fields) > 500
    assert different == []
    assert [place == sorted(place) for place in places] == [True, True]
    assert shared == []
