"""Compares the table with the list it was written from, if that list is beside the project."""

import json
import os
from pathlib import Path

from django.conf import settings

from filings.provinces import province, provinces
from filings.provinces.choices import INDIVIDUAL, ORGANISATION
from filings.provinces.types import AgeRule
from tests.filings.provinces.ages import min_age

BESIDE = Path(os.environ.get("SHARED_DIR", settings.BASE_DIR.parent / "shared")) / "domain" / "provinces.json"
CERTIFICATE_RULES = {
    "32": "certificate of every domain in the order (organization and individual)",
    "43": "certificate of every domain in the order (organization and individual)",
    "15": "individual: certificate of every domain newly added in the order",
    "61": "when the subject has 5 or more domains",
    "52": "when the order has more than 3 domains",
}
SPECIAL_AGES = {
    "32": "under 18 with proof of work or income",
    "41": "organization 18; individual under 18 with a guardian's ID",
    "44": "under 18 with proof of employment",
}


def as_published(code: str) -> dict[str, object]:
    """One of our rows in the list's words."""
    rules, now = province(code, "seed-2018"), province(code, "current-2020")
    sites = rules.sites_per_order
    most = {"organization": sites.organisation, "individual": sites.individual, "first_filing": sites.first_filing}
    return {
        "code": rules.code,
        "name_zh": rules.name_zh,
        "name_short_zh": rules.short_zh,
        "name_en": rules.name_en,
        "abbreviation": rules.abbreviation,
        "communications_administration_zh": rules.authority_zh,
        "communications_administration_en": rules.authority_en,
        "sms_verification": rules.phones is not None,
        "sms_verification_latest": now.phones is not None,
        "sms_verification_latest_since": now.source("phones").date,
        "app_upload": rules.papers_by_app,
        "shanghai_app": rules.photo_ways == ("shanghai_app",),
        "domain_certificate": rules.domain_certificate is not None,
        "domain_certificate_rule": CERTIFICATE_RULES[code] if rules.domain_certificate else "",
        "entity_leader_legal_representative": rules.lead_rule.value,
        "website_admin_rule": rules.admin_rule.value,
        "local_mobile_required": rules.local_mobile.value,
        "individual_id_from_other_province": rules.outsider_rule.value,
        "minimum_age": SPECIAL_AGES[code] if rules.ages and min_age(rules) is None else min_age(rules),
        "domain_holder_match_organization": rules.domain_holder.value,
        "domain_min_remaining_days": rules.domain_days,
        "transfer_must_match": {
            "organization": _listed(rules.must_match(ORGANISATION)),
            "individual": _listed(rules.must_match(INDIVIDUAL)),
        },
        "change_rules": {
            "organization_to_individual": rules.change_rules.organisation_to_individual.value,
            "individual_to_other_individual": rules.change_rules.individual_to_other.value,
            "individual_to_organization": rules.change_rules.individual_to_organisation.value,
        },
        "max_websites_per_order": {key: number for key, number in most.items() if number} or None,
        "personal_website_banned_words": list(rules.banned_words),
        "source": {"reference": rules.page.reference, "date": rules.page.date},
    }


def _listed(rules):
    return None if rules is None else [rule.value for rule in rules]


def _comparable(row: dict[str, object]) -> dict[str, object]:
    source = row["source"]
    return {**row, "source": {"reference": f"{source['repository']}: {source['path']}", "date": source["date"]}}


if BESIDE.exists():

    def test_the_table_agrees_with_the_published_list():
        published = {row["code"]: _comparable(row) for row in json.loads(BESIDE.read_text("utf-8"))}

        ours = {each.code: as_published(each.code) for each in provinces("seed-2018")}

        compared = set(next(iter(ours.values())))
        assert ours == {code: {key: row[key] for key in compared} for code, row in published.items()}


def test_the_rules_that_the_list_puts_into_words_are_the_special_ones_here():
    rules = provinces("seed-2018")

    assert {each.code for each in rules if each.domain_certificate} == set(CERTIFICATE_RULES)
    assert {each.code for each in rules if each.ages and each.ages != (AgeRule(18),)} == set(SPECIAL_AGES)


def test_no_code_of_ours_reads_the_list():
    for source in (settings.BASE_DIR / "filings").rglob("*.py"):
        assert "provinces.json" not in source.read_text("utf-8"), source
