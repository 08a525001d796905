"""Checks that what must equal the existing filing does, where the existing filing is known."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from filings.checks.catalogue import Check
from filings.checks.facts import Facts
from filings.provinces.match_rules import FIELDS, differs, fields_to_match

DIFFERS = _("This differs from the record: update it with your current provider first")


def differs_from_record(name: str) -> Callable[[Facts], bool]:
    def judge(facts: Facts) -> bool:
        asked = {each.name for each in fields_to_match(facts.province, facts.nature) or ()}
        return name in asked and differs(FIELDS[name], facts.answers, facts.record)

    return judge


CHECKS: tuple[Check, ...] = tuple(
    Check("match_record", each.step, each.name, DIFFERS, differs_from_record(each.name)) for each in FIELDS.values()
)
