"""What each rule says to an applicant: one function a rule, from (province, nature) to a sentence, "" for nothing.

A sentence never names the province; in English it contains no Chinese except words of site names.
"""

from collections.abc import Iterable

from django.utils.text import capfirst
from django.utils.translation import gettext

from filings.provinces import answers
from filings.provinces.choices import (
    ADMINISTRATOR,
    INDIVIDUAL,
    SUBJECT_LEAD,
    AdminRule,
    LeadRule,
    LocalMobile,
    MustMatch,
    OutsiderRule,
    kind_of,
)
from filings.provinces.types import Province
from icpportal.fields.language_marks import reads_chinese, sign
from icpportal.fields.types import Words


def join_words(words: Iterable[Words], last: str = "") -> str:
    """Words as a list in the page's language; `last` joins the last two."""
    texts = [str(word) for word in words]
    comma = sign(", ")
    if last and len(texts) > 1:
        return f"{comma.join(texts[:-1])}{last}{texts[-1]}"
    return comma.join(texts)


def either(words: Iterable[Words]) -> str:
    return join_words(words, "或" if reads_chinese() else " or ")


def sentences(texts: Iterable[Words]) -> str:
    """Sentences joined as the page's language does."""
    return ("" if reads_chinese() else " ").join(str(text) for text in texts if str(text))


def _one(words: Iterable[Words]) -> str:
    """A list as a sentence of its own."""
    return gettext("%(list)s.") % {"list": capfirst(join_words(words))}


def phones(province: Province, nature: str) -> str:
    rule = province.phones
    if rule is None:
        return gettext("Not required here.")
    values = {"hours": rule.hours}
    if kind_of(nature) == INDIVIDUAL:
        return gettext("The ministry texts you a code. Enter it on its site within %(hours)s hours.") % values
    if rule.people == (ADMINISTRATOR,):
        return (
            gettext(
                "The ministry texts the website administrator a code, to be entered on its site within %(hours)s hours."
            )
            % values
        )
    return (
        gettext(
            "The ministry texts a code to the subject lead and one to the website administrator, to be entered on its "
            "site within %(hours)s hours. One mobile for both: one code."
        )
        % values
    )


def site_name(address: str) -> str:
    """A site's address as people say and type it: without scheme and trailing slash."""
    return address.partition("://")[2].rstrip("/")


def filing_site(province: Province, _nature: str) -> str:
    return gettext("It is at %(site)s.") % {"site": site_name(province.filing_site)}


def code_site(province: Province, _nature: str) -> str:
    if province.phones is None:
        return ""
    return gettext("On %(site)s, unless the ministry's text names another site.") % {
        "site": site_name(province.codes_entered_at)
    }


def password(province: Province, _nature: str) -> str:
    return (
        gettext("Required: the password the ministry sent.")
        if province.asks_password
        else gettext("No longer required.")
    )


def papers_route(province: Province, _nature: str) -> str:
    return gettext("With a phone, or upload them here.") if province.papers_by_app else gettext("Upload them here.")


def photo(province: Province, _nature: str) -> str:
    ways = either(answers.PHOTO_WAYS[way] for way in province.photo_ways)
    return gettext("Taken %(ways)s, after our review.") % {"ways": ways}


def review(province: Province, _nature: str) -> str:
    low, high = province.review_days
    return gettext("%(low)s to %(high)s working days.") % {"low": low, "high": high}


def lead(province: Province, nature: str) -> str:
    if kind_of(nature) == INDIVIDUAL:
        return gettext("The person who files.")
    if province.lead_rule == LeadRule.CONDITIONAL:
        return _legal_by_name(province)
    return str(answers.LEAD[province.lead_rule])


def administrator(province: Province, nature: str) -> str:
    if kind_of(nature) == INDIVIDUAL:
        return gettext("The person who files.")
    if province.admin_rule == AdminRule.CONDITIONAL:
        return _legal_by_name(province)
    return str(answers.ADMIN[province.admin_rule])


def _legal_by_name(province: Province) -> str:
    words = either(answers.LEGAL_NAME_WORDS[word] for word in province.legal_name_words)
    return gettext("Must be the legal representative when the name speaks of %(words)s.") % {"words": words}


def mobiles(province: Province, nature: str) -> str:
    if not province.asks_local_mobile(nature):
        return gettext("May be of any province.") if province.local_mobile != LocalMobile.NO else ""
    if province.may_explain_mobile(nature):
        return gettext("Mobiles of this province, or the reason in the remarks.")
    return gettext("Mobiles of this province.")


def outsiders(province: Province, nature: str) -> str:
    if kind_of(nature) != INDIVIDUAL:
        return ""
    also: list[Words] = [answers.STUDENT_CARD] if province.student_card else []
    return sentences([str(answers.OUTSIDER[province.outsider_rule]), *also])


def residence(province: Province, *, has_card: bool) -> str:
    """What proves residence here, for the page that takes its picture; `has_card` with a resident ID card.

    The number of a card keeps its first province after a move, and a permit is only for those registered elsewhere.
    """
    if province.outsider_rule == OutsiderRule.PROOF:
        wanted = gettext("Student card, social insurance, proof of employment, or residence permit")
    elif province.student_card:
        wanted = gettext("A residence permit of this province, or for students the student card")
    else:
        wanted = gettext("A residence permit of this province")
    if not has_card:
        return wanted
    moved = gettext("if the ID card has an address in this province, its side with the address")
    return f"{wanted}{sign('; ')}{moved}"


def foreigners(province: Province, _nature: str) -> str:
    return "" if province.foreigners else gettext("May not file here, nor be the subject lead.")


def travel_permits(province: Province, _nature: str) -> str:
    if not province.permit_back or province.phones is None:
        return ""
    return gettext("At the phone verification, enter the number on the back, with full-width brackets.")


def temporary_id(province: Province, _nature: str) -> str:
    return "" if province.temporary_id else gettext("Temporary ID cards are not accepted.")


def ages(province: Province, nature: str) -> str:
    """How old the people must be; both are named only where their ages differ. An individual is both in one."""
    lead, admin = (_age_text(province, nature, role) for role in (SUBJECT_LEAD, ADMINISTRATOR))
    if lead == admin:
        return lead
    by_role = ((SUBJECT_LEAD, lead), (ADMINISTRATOR, admin))
    return sentences(
        gettext("%(person)s: %(rule)s") % {"person": answers.PEOPLE[role], "rule": text} for role, text in by_role
    )


def _age_text(province: Province, nature: str, role: str) -> str:
    least = province.youngest(nature, role)
    oldest = gettext("%(years)s or older.") % {"years": least} if least else ""
    papers = (
        gettext("Under %(years)s: with %(paper)s.") % {"years": rule.years, "paper": answers.PAPERS[rule.paper]}
        for rule in province.age_papers(nature, role)
    )
    return sentences([oldest, *papers])


def must_equal(province: Province, nature: str) -> str:
    """What must equal the existing filing, as a list: "name of the subject, document number"; "" if nothing."""
    return join_words(answers.MATCH[each] for each in province.must_match(nature) or ())


def match(province: Province, nature: str) -> str:
    rules = province.must_match(nature)
    if rules is None:
        return gettext("The authority's page does not say. Enter everything as in your existing filing.")
    if not rules:
        return gettext("Nothing: your details only need to meet the current rules.")
    tail = (
        ""
        if {MustMatch.EVERYTHING, MustMatch.ID_ADDRESS} & set(rules)
        else gettext("Addresses only need to meet the current rules.")
    )
    return sentences([_one([must_equal(province, nature)]), tail])


def change_certificate(province: Province, nature: str) -> str:
    if not province.change_certificate or kind_of(nature) == INDIVIDUAL:
        return ""
    return gettext(
        "If the name or number has changed, attach a change certificate, then update the filing "
        "right after the transfer."
    )


def holder(province: Province, nature: str) -> str:
    return (
        gettext("The person who files.")
        if kind_of(nature) == INDIVIDUAL
        else str(answers.HOLDER[province.domain_holder])
    )


def domain_days(province: Province, _nature: str) -> str:
    return gettext("More than %(days)s days.") % {"days": province.domain_days}


def domain_certificate(province: Province, nature: str) -> str:
    rule = province.domain_certificate
    if rule is None or kind_of(nature) not in rule.natures:
        return gettext("Not required here.")
    if rule.from_of_subject:
        return gettext("When the subject has %(count)s or more domains.") % {"count": rule.from_of_subject}
    if rule.from_in_order:
        return gettext("When the order has %(count)s or more domains.") % {"count": rule.from_in_order}
    if rule.new_only:
        return gettext("For each domain that the order adds. Get it from your domain's registrar.")
    return gettext("For each domain of the order. Get it from your domain's registrar.")


def domains_per_site(province: Province, _nature: str) -> str:
    if province.domains_per_site is None:
        return gettext("More than one is allowed if they all open the same website.")
    return gettext("Up to %(count)s.") % {"count": province.domains_per_site}


def registrar(province: Province, _nature: str) -> str:
    return gettext("Mainland China registrars only.") if province.mainland_registrar else ""


def sites_per_order(province: Province, nature: str) -> str:
    rule = province.sites_per_order
    limit = rule.individual if kind_of(nature) == INDIVIDUAL else rule.organisation
    if rule.first_filing:
        return gettext("Up to %(count)s in a first filing.") % {"count": rule.first_filing}
    return gettext("Up to %(count)s.") % {"count": limit} if limit else ""


def banned_words(province: Province, nature: str) -> str:
    if kind_of(nature) != INDIVIDUAL or not province.banned_words:
        return ""
    return gettext("Not with %(words)s.") % {"words": either(province.banned_words)}


def name_forms(province: Province, nature: str) -> str:
    if kind_of(nature) != INDIVIDUAL or not province.name_forms:
        return ""
    return gettext("Only in the form %(forms)s.") % {"forms": either(f"某某{form}" for form in province.name_forms)}


def approvals(province: Province, _nature: str) -> str:
    if not province.extra_approvals:
        return ""
    return gettext("Also for %(kinds)s.") % {
        "kinds": join_words(answers.APPROVAL[each] for each in province.extra_approvals)
    }


def statement(province: Province, nature: str) -> str:
    signed = gettext("Signed by the person who files.")
    if kind_of(nature) != INDIVIDUAL:
        signed = gettext("Signed by the website administrator, with the organisation's seal.")
    return sentences([signed, *(answers.EXTRA[each] for each in province.statement_extras(nature))])


def holding_photo(province: Province, nature: str) -> str:
    if not province.holding_photo:
        return ""
    if kind_of(nature) == INDIVIDUAL:
        return gettext("You, holding your ID document.")
    return gettext("The website administrator, holding the organisation's certificate.")


def commitment(province: Province, nature: str) -> str:
    return sentences(answers.COMMITMENT[each] for each in province.commitment if each not in _for_others(nature))


def _for_others(nature: str) -> tuple[str, ...]:
    return ("finance",) if kind_of(nature) == INDIVIDUAL else ("individual_many_sites",)


def further_papers(province: Province, nature: str) -> str:
    others = ("lead_not_legal", "public_body") if kind_of(nature) == INDIVIDUAL else ("individual_many_sites",)
    keys = [paper.key for paper in province.extra_papers if paper.when not in others]
    return _one(answers.PAPERS[key] for key in keys) if keys else ""


def changes(province: Province, nature: str) -> str:
    rules = province.change_rules
    if kind_of(nature) != INDIVIDUAL:
        return gettext("To an individual: %(answer)s.") % {"answer": answers.CHANGE[rules.organisation_to_individual]}
    return sentences(
        (
            gettext("To another individual: %(answer)s.") % {"answer": answers.CHANGE[rules.individual_to_other]},
            gettext("To an organisation: %(answer)s.") % {"answer": answers.CHANGE[rules.individual_to_organisation]},
        )
    )
