"""The answers that a rule can have, in words: one table for each kind of answer, translated when shown."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings.provinces.choices import (
    ADMINISTRATOR,
    SUBJECT_LEAD,
    AdminRule,
    Change,
    Extra,
    HolderRule,
    LeadRule,
    MustMatch,
    OutsiderRule,
)

NOT_STATED = _("The authority's page does not say.")

LEAD = {
    LeadRule.MUST_BE_LEGAL: _("Must be the legal representative."),
    LeadRule.LEGAL_OR_LETTER: _("The legal representative, or somebody with a letter of authorisation."),
    LeadRule.NOT_STATED: NOT_STATED,
}
ADMIN = {
    AdminRule.NOT_STATED: NOT_STATED,
    AdminRule.MUST_DIFFER: _("Must be a different person from the subject lead, with a different mobile number."),
    AdminRule.ONE_SUBJECT_ONLY: _("May not serve two subjects."),
    AdminRule.LEGAL_OR_LETTER: _("The legal representative, or somebody with a letter of authorisation."),
    AdminRule.SAME_UNLESS_LEGAL: _("The subject lead, when that person is not the legal representative."),
    AdminRule.RESIDENCE_PERMIT: _("With an ID card of another province: a residence permit."),
    AdminRule.NEED_NOT_BE_LEGAL: _("Need not be the legal representative."),
}
LEGAL_NAME_WORDS = {
    "投资管理": _("investment management"),
    "担保": _("guarantees"),
    "典当": _("pawn"),
    "贷款": _("loans"),
    "理财": _("wealth management"),
}
OUTSIDER = {
    OutsiderRule.NOT_STATED: "",
    OutsiderRule.NOT_ALLOWED: _("May not file here."),
    OutsiderRule.RESIDENCE_PERMIT: _("Upload a residence permit of this province."),
    OutsiderRule.PROOF: _(
        "Show that you study, work or live here. This also applies if you file with a document other than the ID card."
    ),
}
STUDENT_CARD = _("Students may upload a student card instead of the residence permit.")
HOLDER = {
    HolderRule.NAME_ONLY: _("The organisation itself."),
    HolderRule.LEGAL: _("The organisation or its legal representative."),
    HolderRule.WIDE: _("The organisation, its legal representative, a shareholder or a senior manager."),
}
MATCH = {
    MustMatch.NAME: _("name of the subject"),
    MustMatch.NUMBER: _("document number"),
    MustMatch.PEOPLE: _("subject lead and website administrator"),
    MustMatch.ADMINISTRATOR: pgettext_lazy("rules", "website administrator"),
    MustMatch.LEAD_IS_LEGAL: _("the subject lead, who must be the legal representative"),
    MustMatch.ID_ADDRESS: _("address on the document"),
    MustMatch.EVERYTHING: _("everything, addresses included"),
}
CHANGE = {
    Change.YES: pgettext_lazy("rules", "yes"),
    Change.NO: pgettext_lazy("rules", "no"),
    Change.IF_LEGAL: _("only if the person is its legal representative"),
    Change.LEGAL_OR_ADMIN: _("only if the person is its legal representative or website administrator"),
    Change.CONTRADICTORY: _("the page contradicts itself: ask the authority"),
    Change.NOT_STATED: _("not stated"),
}
EXTRA = {
    Extra.FINGERPRINT: _("Add a fingerprint."),
    Extra.REGISTRAR: _("Write each domain with its registrar's short name."),
    Extra.HANDWRITING: _("Write the pledge by hand in the field provided."),
    Extra.OWN_FORM: _("The province has a form of its own."),
    Extra.ALL_DOMAINS: _("List all domains on one statement."),
}
PAPERS = {
    "legal_representative_id": _("the legal representative's ID card, both sides, with the letter of authorisation"),
    "establishment_proof": _("the establishment office's proof, for public institutions and government bodies"),
    "phone_bills": _("phone bills of the last three months for each number in the filing"),
    "party_confirmation": _("a letter of confirmation from a party or government body"),
    "construction_plan": _("a construction plan, for an individual with more than 5 sites"),
    "statement_of_responsibility": _("a statement of responsibility, its last paragraph written by hand"),
    "proof_of_work_or_income": _("proof of work or income"),
    "proof_of_employment": _("proof of employment"),
    "guardian_id": _("a guardian's ID card"),
}
COMMITMENT = {
    "always": _("Always."),
    "by_app": _("With documents sent by phone app."),
    "finance": _("For finance sites, with seal and the legal representative's signature."),
    "individual_many_sites": _("For an individual with more than 5 sites, one for each."),
}
APPROVAL = {
    "education": pgettext_lazy("rules", "education"),
    "health": pgettext_lazy("rules", "health care"),
}
PHOTO_WAYS = {
    "backdrop": _("in front of our backdrop"),
    "plain": _("in front of a plain white background"),
    "place": _("at a designated place"),
    "shanghai_app": _("with the Shanghai authority's app"),
}
PEOPLE = {SUBJECT_LEAD: _("Subject lead"), ADMINISTRATOR: _("Website administrator")}
