"""What must equal the present filing does equal it, where the present filing is known."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from filings.checks.catalogue import Check
from filings.checks.facts import Facts
from filings.matching import FIELDS, differs, fields_to_match


def differs_from_record(name: str) -> Callable[[Facts], str | None]:
    def judge(facts: Facts) -> str | None:
        asked = {each.name for each in fields_to_match(facts.province, facts.nature) or ()}
        if name not in asked or not differs(FIELDS[name], facts.answers, facts.record):
            return None
        return _("This differs from the record: change it at your present provider first")

    return judge


CHECKS: tuple[Check, ...] = tuple(
    Check("match_record", each.step, each.name, differs_from_record(each.name)) for each in FIELDS.values()
)
