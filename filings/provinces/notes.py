"""Notes on a province's page besides the rules: sentences for the applicant that no machine checks.

The date is the day of the document a sentence comes from, where that is not the province's own page.
"""

from django.utils.translation import gettext_lazy as _

from filings.provinces.types import Note

REACHABLE = Note(_("Domains on file must be reachable and show the right ICP number at the foot of the page."))
WHOIS_OPEN = Note(_("Switch the domain's WHOIS privacy off while the filing is under way."))
PUBLIC_BODY = Note(_("Public institutions and government bodies add the establishment office's proof."), "2019-09")
APP_FIRST_ONLY = Note(
    _("The provider's app checked faces for first filings and new websites only; a transfer used the backdrop."),
    "2019-07",
)
EDUCATION = Note(_("Education sites still need prior approval here."), "2019")
HEALTH = Note(_("Health-care sites still need prior approval here."), "2019")

NOTES = {
    "11": (
        Note(_("A letter of authorisation comes with both sides of the legal representative's ID card."), "2019-09"),
        Note(
            _(
                "The website administrator is photographed holding a document: "
                "the organisation's certificate, or the individual's own ID."
            ),
            "2019-09",
        ),
        Note(
            _(
                "The statement lists each domain with its registrar's short Chinese name; "
                "a Beijing confirmation form (北京备案确认书) takes the rest."
            ),
            "2019-05",
        ),
        Note(_("Several domains that open one site: say so in the remarks. Different prefixes are separate sites.")),
        Note(_("Chinese citizens file with the ID card, enterprises with the business licence.")),
        Note(_("Name and number of an organisation changed together: one change certificate must cover both.")),
    ),
    "12": (
        Note(
            _(
                "The subject lead and the website administrator must be two different people, with two "
                "different mobile numbers."
            ),
            "2019-02",
        ),
        Note(_("Huayuan addresses: inside the ring road is Nankai district, outside is Xiqing district.")),
        Note(
            _(
                "A shareholder who holds the domain adds the articles of association, "
                "a manager six months of social-insurance proof."
            )
        ),
        WHOIS_OPEN,
        Note(
            _(
                "Sole traders file as an enterprise; without a trade name the name is "
                "the legal representative's, followed by （个体工商户）."
            )
        ),
        Note(_("Individuals: the right ICP number must be at the foot of the website before the transfer.")),
        Note(_("If the subject has been on file for more than six months, its website must be online."), "2019-02"),
    ),
    "13": (Note(_("Foreign nationals cannot file here, either as subject lead or as an individual.")), HEALTH),
    "14": (Note(_("Your details only need to meet the current rules. Update the filing after the transfer.")),),
    "15": (
        Note(_("Domains registered abroad and temporary ID cards are not accepted.")),
        PUBLIC_BODY,
    ),
    "21": (
        Note(
            _(
                "Subject lead and administrator must be the legal representative only when the organisation's name "
                "speaks of investment management, guarantees, pawn, loans or wealth management."
            )
        ),
        APP_FIRST_ONLY,
    ),
    "22": (
        Note(
            _(
                "If an organisation's name or number has changed, attach a change certificate to the "
                "transfer and update the filing right afterwards."
            )
        ),
        Note(_("Domains registered abroad are not accepted.")),
    ),
    "23": (
        Note(_("Phone bills of the last three months, in the person's own name, for each number in the filing.")),
        Note(_("One person cannot be website administrator for two subjects.")),
        Note(_("Use the unified social credit code certificate if the organisation has one.")),
        PUBLIC_BODY,
    ),
    "31": (
        Note(_("Domains must be valid for more than 180 days here, 90 days in other provinces."), "2019-09-10"),
        REACHABLE,
        WHOIS_OPEN,
        Note(
            _(
                "A shareholder who holds the domain adds a screenshot of the company registry, a manager six months "
                "of social insurance with contract or appointment."
            )
        ),
        Note(_("Temporary ID cards are not accepted. Hong Kong and Macao residents use the travel permit.")),
        Note(
            _("Forgotten passwords and the cancelling of other people's filings: on the authority's own site."),
            "2018-06",
        ),
    ),
    "32": (
        Note(
            _("Name an individual's website 某某的个人博客 or 某某的个人主页, and describe its content in the remarks.")
        ),
        Note(_("From one organisation to another: only with related names or a change certificate.")),
    ),
    "33": (
        Note(_("A change of name or number needs a certificate, and the organisations must be related.")),
        EDUCATION,
    ),
    "34": (
        Note(
            _(
                "If an organisation's name or number has changed, attach a change certificate to the "
                "transfer and update the filing right afterwards."
            )
        ),
        Note(_("Individuals transfer first and change afterwards, also from a person to a company.")),
    ),
    "35": (
        Note(_("The provider's app had to check the website administrator's face here and in Shanghai."), "2019-07"),
    ),
    "36": (
        Note(_("Individuals sign the statement and add a fingerprint."), "2019-05"),
        Note(
            _("List every domain in the domain field of the statement. Use the wide form if there are many."), "2019-05"
        ),
        PUBLIC_BODY,
    ),
    "37": (
        Note(
            _("Three or more domains with different prefixes under one personal site: remark that they open one site.")
        ),
        Note(_("A newer page asks for 45 days to the domain's end; the older 90 also meet it.")),
        Note(_("A legal representative who lives abroad must authorise someone in mainland China.")),
    ),
    "41": (Note(_("Use the newest combined licence (三证合一).")), REACHABLE),
    "42": (
        Note(_("One website with one domain per order.")),
        Note(
            _(
                "A transfer is refused unless the subject lead is the legal representative: change it with "
                "your current provider first."
            )
        ),
    ),
    "43": (
        Note(_("Everything must match the existing filing.")),
        Note(_("Domains registered abroad are not accepted.")),
        Note(
            _(
                "You can ask online to have someone else's filing cancelled. The authority deals with these "
                "requests every Friday."
            )
        ),
    ),
    "44": (
        Note(
            _(
                "Domains with different prefixes are separate sites. Organisations with more than 31 and individuals "
                "with more than 5 add a construction plan; from 10, or more than 31, also the provider's guarantee."
            )
        ),
        Note(_("Guangdong has a statement of its own; individuals write a paragraph on it by hand.")),
        Note(
            _("Finance sites: a letter of commitment, sealed and signed by the legal representative, with the licence.")
        ),
        REACHABLE,
        APP_FIRST_ONLY,
    ),
    "45": (Note(_("Domains with another prefix, or with the same prefix for another site, are separate sites.")),),
    "46": (Note(_("Chinese citizens file with the ID card. Temporary ID cards are not accepted.")),),
    "50": (
        Note(_("One domain per site, even when several domains open one site.")),
        Note(_("Individuals with more than 5 sites: a construction plan and a letter of commitment for each.")),
        Note(_("Only domains of mainland registrars.")),
        Note(_("Individuals choose blog or personal space as the site's content, where others choose other."), "2018"),
        APP_FIRST_ONLY,
    ),
    "51": (
        Note(
            _(
                "Individuals from elsewhere, also from Hong Kong, Macao, Taiwan and abroad, prove study, work or "
                "residence: student card, social insurance, proof of employment or residence permit."
            )
        ),
        Note(
            _(
                "A shareholder who holds the domain adds articles no older than a year with the registry's seal and "
                "the ID, a manager social insurance of the last year with the bureau's seal, or the contract."
            )
        ),
        WHOIS_OPEN,
    ),
    "53": (
        Note(
            _(
                "The page first allows an individual any change, then only one to an organisation whose legal "
                "representative the person is: ask before you count on it."
            )
        ),
        PUBLIC_BODY,
        REACHABLE,
    ),
    "54": (
        Note(_("Every filing needs a letter of confirmation from a party or government body.")),
        EDUCATION,
        HEALTH,
        REACHABLE,
    ),
    "61": (
        Note(_("An organisation may use a mobile from another province and give the reason in the remarks.")),
        Note(_("A first filing holds up to 5 sites; one domain per site."), "2019-09-19"),
    ),
    "62": (
        Note(_("Gansu has its own form for the subject lead's authority; say so in the subject's remarks.")),
        Note(_("The duplicate of the licence; the seal of the yearly check is not needed.")),
    ),
    "63": (Note(_("First filing of an enterprise: with the business licence only.")), EDUCATION),
    "64": (Note(_("Only the duplicate of the licence.")),),
    "65": (Note(_("Individuals sign the statement and add a fingerprint."), "2019-05"),),
}
