"""The register at the review desk: read-only and masked.

Names, documents and mobiles are stored encrypted, so a search finds whole values only: a filing number, a domain, an
exact name, a document number, a mobile.
"""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings import filed
from filings.legacy_import import admin as legacy_desk  # noqa: F401 -- it registers itself
from filings.models import Access, LegacyRecord, Person, Subject, Website
from filings.register.blind_keys import mobile_key, name_key, person_key, subject_key
from filings.register.certificate_numbers import regular
from filings.register.certificates import CERTIFICATES, INDIVIDUAL, NATURES, nature_label, type_label
from filings.register.numbers import read_number
from filings.register.regions import region
from icpportal.desk.readonly_list import ReadOnly, ValuesFilter
from icpportal.desk.stock.bounded import MOST_RELATED
from icpportal.desk.stock.moments import MomentFilter
from icpportal.fields.domains import registrable
from icpportal.fields.text import normalise_number
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_email, mask_mobile, mask_name, mask_number, readable


def _subject_keys(term: str) -> list[str]:
    return [subject_key(code, term) for code in CERTIFICATES]


def _number(term: str) -> str:
    found = read_number(term)
    return str(found) if found else term


class Masked(ReadOnly):
    """The page of a person or subject, with name and document masked."""

    @admin.display(description=pgettext_lazy("register", "Name"))
    def masked_name(self, row: Subject | Person) -> str:
        return readable(lambda: mask_name(row.name))

    @admin.display(description=_("Type of document"))
    def document(self, row: Subject | Person) -> str:
        return type_label(row.id_type)

    @admin.display(description=_("Document number"))
    def masked_number(self, row: Subject | Person) -> str:
        return readable(lambda: mask_number(row.id_number))


class NatureFilter(ValuesFilter):
    """Filters subjects by their nature."""

    title = _("Nature of the subject")
    parameter_name = "nature"
    values = {each.key: each.label for each in NATURES.values()}


@admin.register(Subject)
class SubjectAdmin(Masked):
    """Subjects, found by number, exact name or document number."""

    columns = ("subject_number", "shown_name", "nature_in_words", "masked_number", "place_in_words", "created_at")
    list_display = columns
    list_filter = [NatureFilter]
    on_page = (*columns, "document", "lead", "owner", "ministry_id")
    search_fields = ["subject_number"]
    list_select_related = False  # no column of the list reads another table

    def row_context(self, row: Subject) -> dict[str, filed.SubjectOnFile]:
        """With its people, its websites and their accesses."""
        return {"filed": filed.of_subject(row)}

    def found_by(self, term: str) -> Q:
        return Q(subject_number=_number(term)) | Q(name_index=name_key(term)) | Q(subject_key__in=_subject_keys(term))

    @admin.display(description=_("Name of the subject"))
    def shown_name(self, row: Subject) -> str:
        return readable(lambda: mask_name(row.name) if row.nature == INDIVIDUAL else row.name)

    @admin.display(description=_("Nature of the subject"))
    def nature_in_words(self, row: Subject) -> str:
        return nature_label(row.nature)

    @admin.display(description=pgettext_lazy("register", "Region"))
    def place_in_words(self, row: Subject) -> str:
        found = region(row.region)
        return found.full_name if found else row.region


@admin.register(Person)
class PersonAdmin(Masked):
    """People in charge, found by document number or mobile."""

    columns = ("masked_name", "masked_number", "masked_mobile", "subject")
    list_display = columns
    on_page = (*columns, "document", "masked_email", "id_until")
    search_fields = ["mobile_index"]
    list_select_related = ["subject"]

    def found_by(self, term: str) -> Q:
        keys = [person_key(code, regular(term)) for code, each in CERTIFICATES.items() if each.nature == INDIVIDUAL]
        return Q(mobile_index=mobile_key(normalise_number(term))) | Q(person_key__in=keys)

    @admin.display(description=pgettext_lazy("register", "Mobile"))
    def masked_mobile(self, row: Person) -> str:
        return readable(lambda: mask_mobile(row.mobile))

    @admin.display(description=pgettext_lazy("register", "Email address"))
    def masked_email(self, row: Person) -> str:
        return readable(lambda: mask_email(row.email))


@admin.register(Website)
class WebsiteAdmin(ReadOnly):
    """Websites, found by domain or number."""

    columns = ("display_domain", "site_number", "name", "subject", "since", "ended_at")
    list_display = columns
    on_page = (*columns, "home_url", "administrator", "owner", "ministry_id")
    search_fields = ["domain"]
    list_select_related = ["subject"]

    def row_context(self, row: Website) -> dict[str, filed.SubjectOnFile]:
        """With its accesses."""
        return {"filed": filed.of_website(row)}

    def found_by(self, term: str) -> Q:
        return Q(domain=_domain(term)) | Q(site_number=_number(term))


@admin.register(Access)
class AccessAdmin(ReadOnly):
    """Accesses, found by report, instance or domain."""

    columns = ("website", "own", "provider", "instance", "since", "ended_at")
    list_display = columns
    list_filter = ["own"]
    on_page = (*columns, "report_key", "service_code", "ip", "method", "ministry_id", "why_ended")
    search_fields = ["report_key"]
    list_select_related = ["website"]

    def found_by(self, term: str) -> Q:
        # looked up first: no index serves a condition on two tables
        websites = Website.objects.filter(domain=_domain(term)).values_list("pk", flat=True)[:MOST_RELATED]
        return Q(report_key=term) | Q(instance=term) | Q(website__in=list(websites))

    @admin.display(description=Access._meta.get_field("ended_because").verbose_name)
    def why_ended(self, access: Access) -> Words:
        """Why it ended, in words."""
        return filed.why_ended(access)


@admin.register(LegacyRecord)
class LegacyRecordAdmin(ReadOnly):
    """Records that are still on the old platform."""

    columns = ("__str__", "subject_number", "filed_on", "created_at", "imported_at")
    list_display = columns
    list_filter = [("imported_at", MomentFilter)]
    on_page = ("domain", "subject_number", "site_number", "region", "filed_on", "created_at", "imported_at")
    search_fields = ["domain"]

    def found_by(self, term: str) -> Q:
        return Q(domain=_domain(term)) | Q(subject_number=_number(term)) | Q(subject_key__in=_subject_keys(term))


def _domain(term: str) -> str:
    try:
        return registrable(term)
    except ValidationError:
        return term
