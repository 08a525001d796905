"""Natures of subject (主办单位性质) and types of document (证件类型), with the ministry's code numbers.

Tables DWXZ and ZJLX of the ministry's interface V3.0 with later additions; the table also says which document belongs
to which nature. Numbers are checked in `certificate_numbers.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Shape(StrEnum):
    """The shape of a document's number."""

    ID_CARD = "id_card"
    CREDIT_CODE = "credit_code"
    ORGANISATION_CODE = "organisation_code"
    PASSPORT = "passport"
    PERMIT_HK_MACAO = "permit_hk_macao"
    PERMIT_TAIWAN = "permit_taiwan"
    RESIDENCE_HK_MACAO = "residence_hk_macao"
    RESIDENCE_TAIWAN = "residence_taiwan"
    PERMANENT_RESIDENT = "permanent_resident"
    UNIT_CODE = "unit_code"
    OTHER = "other"


@dataclass(frozen=True)
class Nature:
    """A nature of subject: `code` is the ministry's DWXZ number."""

    key: str
    code: int
    name_zh: str
    label: Promise

    @property
    def is_individual(self) -> bool:
        return self.key == INDIVIDUAL


@dataclass(frozen=True)
class CertificateType:
    """A type of document: `code` is the ministry's ZJLX number, `nature` says whose document it is.

    A type that is not `offered` is known from existing filings and cannot be chosen: it is no longer issued, or nobody
    knows whose it is (`UNPAIRED`).
    """

    code: int
    nature: str
    shape: Shape
    name_zh: str
    label: Promise
    offered: bool = True

    @property
    def key(self) -> str:
        """The code as a form's answer holds it."""
        return str(self.code)


INDIVIDUAL = "individual"
ENTERPRISE = "enterprise"
PUBLIC_INSTITUTION = "public_institution"
SOCIAL_ORGANISATION = "social_organisation"
GOVERNMENT = "government"
DEFENCE = "defence"
NON_ENTERPRISE = "private_non_enterprise"
FOUNDATION = "foundation"
LAW_PRACTICE = "law_practice"
CULTURAL_CENTRE = "foreign_cultural_centre"
MASS_ORGANISATION = "mass_organisation"
FORENSIC = "forensic_institution"
RELIGIOUS = "religious_body"
OVERSEAS = "overseas_body"
MEDICAL = "medical_institution"
NOTARY = "notary_institution"
COLLECTIVE = "collective_economy"
ARBITRATION = "arbitration_body"
UNPAIRED = ""  # the ministry's table names no nature

NATURES: Mapping[str, Nature] = MappingProxyType(
    {
        each.key: each
        for each in (
            Nature(INDIVIDUAL, 5, "个人", pgettext_lazy("nature of subject", "Individual")),
            Nature(ENTERPRISE, 4, "企业", _("Enterprise")),
            Nature(PUBLIC_INSTITUTION, 3, "事业单位", _("Public institution")),
            Nature(SOCIAL_ORGANISATION, 6, "社会团体", _("Social organisation")),
            Nature(GOVERNMENT, 2, "政府机关", _("Government body")),
            Nature(DEFENCE, 1, "国防机构", _("Defence body")),
            Nature(NON_ENTERPRISE, 9, "民办非企业单位", _("Private non-enterprise unit")),
            Nature(FOUNDATION, 10, "基金会", _("Foundation")),
            Nature(LAW_PRACTICE, 11, "律师执业机构", _("Law practice")),
            Nature(MASS_ORGANISATION, 13, "群众性团体组织", _("Mass organisation")),
            Nature(RELIGIOUS, 15, "宗教团体", _("Religious body")),
            Nature(MEDICAL, 17, "医疗机构", _("Medical institution")),
            Nature(FORENSIC, 14, "司法鉴定机构", _("Forensic institution")),
            Nature(NOTARY, 18, "公证机构", _("Notary institution")),
            Nature(COLLECTIVE, 19, "集体经济", _("Collective economy")),
            Nature(ARBITRATION, 20, "仲裁机构", _("Arbitration body")),
            Nature(CULTURAL_CENTRE, 12, "外国在华文化中心", _("Foreign cultural centre in China")),
            Nature(OVERSEAS, 16, "境外机构", _("Overseas body")),
        )
    }
)

_ORGANISATION_CODE = "组织机构代码证"
_ORGANISATION_CODE_LABEL = _("Organisation code certificate")
_CREDIT_CODE = "统一社会信用代码证书"
_CREDIT_CODE_LABEL = _("Unified social credit code certificate")


def _organisation_code(code: int, nature: str) -> CertificateType:
    return CertificateType(code, nature, Shape.ORGANISATION_CODE, _ORGANISATION_CODE, _ORGANISATION_CODE_LABEL)


def _credit_code(code: int, nature: str) -> CertificateType:
    return CertificateType(code, nature, Shape.CREDIT_CODE, _CREDIT_CODE, _CREDIT_CODE_LABEL)


_T, _S = CertificateType, Shape
CERTIFICATES: Mapping[int, CertificateType] = MappingProxyType(
    {
        each.code: each
        for each in (
            _T(1, ENTERPRISE, _S.CREDIT_CODE, "营业执照", _("Business licence")),
            _organisation_code(12, ENTERPRISE),
            _T(
                *(27, ENTERPRISE, _S.CREDIT_CODE, "外国企业常驻代表机构登记证"),
                _("Registration of a foreign company's representative office"),
            ),
            _T(2, INDIVIDUAL, _S.ID_CARD, "居民身份证", _("Resident ID card")),
            _T(
                *(14, INDIVIDUAL, _S.PERMIT_HK_MACAO, "港澳居民来往内地通行证"),
                _("Mainland travel permit (Hong Kong, Macao)"),
            ),
            _T(11, INDIVIDUAL, _S.PERMIT_TAIWAN, "台湾居民来往大陆通行证", _("Mainland travel permit (Taiwan)")),
            _T(41, INDIVIDUAL, _S.RESIDENCE_HK_MACAO, "港澳居民居住证", _("Residence permit (Hong Kong, Macao)")),
            _T(42, INDIVIDUAL, _S.RESIDENCE_TAIWAN, "台湾居民居住证", _("Residence permit (Taiwan)")),
            _T(7, INDIVIDUAL, _S.PASSPORT, "护照", _("Passport")),
            _T(
                *(30, INDIVIDUAL, _S.PERMANENT_RESIDENT, "外国人永久居留身份证"),
                _("Foreign permanent resident ID card"),
            ),
            _T(8, INDIVIDUAL, _S.OTHER, "军官证", _("Officer card"), offered=False),
            _credit_code(15, PUBLIC_INSTITUTION),
            _T(4, PUBLIC_INSTITUTION, _S.CREDIT_CODE, "事业单位法人证书", _("Public institution certificate")),
            _organisation_code(3, PUBLIC_INSTITUTION),
            _T(
                *(6, SOCIAL_ORGANISATION, _S.CREDIT_CODE, "社会团体法人登记证书"),
                _("Social organisation certificate"),
            ),
            _organisation_code(10, SOCIAL_ORGANISATION),
            _credit_code(13, GOVERNMENT),
            _organisation_code(9, GOVERNMENT),
            _T(5, DEFENCE, _S.UNIT_CODE, "部队代号", _("Military unit code")),
            _T(
                *(23, DEFENCE, _S.OTHER, "军队单位对外有偿服务许可证"),
                _("Licence of a military unit for paid services"),
            ),
            _T(
                *(17, NON_ENTERPRISE, _S.CREDIT_CODE, "民办非企业单位登记证书"),
                _("Private non-enterprise unit certificate"),
            ),
            _T(36, NON_ENTERPRISE, _S.CREDIT_CODE, "社会服务机构登记证书", _("Social service body certificate")),
            _T(37, NON_ENTERPRISE, _S.OTHER, "民办学校办学许可证", _("Private school licence")),
            _organisation_code(16, NON_ENTERPRISE),
            _T(19, FOUNDATION, _S.CREDIT_CODE, "基金会法人登记证书", _("Foundation certificate")),
            _organisation_code(18, FOUNDATION),
            _T(21, LAW_PRACTICE, _S.OTHER, "律师事务所执业许可证", _("Law firm licence")),
            _organisation_code(20, LAW_PRACTICE),
            _credit_code(24, MASS_ORGANISATION),
            _T(25, RELIGIOUS, _S.OTHER, "宗教活动场所登记证", _("Religious venue registration")),
            _T(38, MEDICAL, _S.OTHER, "医疗机构执业许可证", _("Medical institution licence")),
            _T(28, FORENSIC, _S.OTHER, "司法鉴定许可证", _("Forensic examination licence")),
            _T(39, NOTARY, _S.OTHER, "公证机构执业证", _("Notary institution licence")),
            _T(
                *(43, COLLECTIVE, _S.CREDIT_CODE, "农村集体经济组织登记证"),
                _("Rural collective economic organisation certificate"),
            ),
            _T(44, ARBITRATION, _S.OTHER, "仲裁委员会登记证", _("Arbitration commission registration")),
            _T(
                *(22, CULTURAL_CENTRE, _S.OTHER, "外国在华文化中心登记证"),
                _("Registration of a foreign cultural centre in China"),
            ),
            _T(
                *(34, CULTURAL_CENTRE, _S.OTHER, "外国政府旅游部门常驻代表机构批准登记证"),
                _("Registration of a foreign tourism office"),
            ),
            _T(
                *(40, CULTURAL_CENTRE, _S.OTHER, "北京市外国驻华使馆人员子女学校办学许可证"),
                _("Licence of an embassy school in Beijing"),
            ),
            _T(35, OVERSEAS, _S.OTHER, "境外机构证件", _("Document of an overseas body")),
            _T(
                *(46, UNPAIRED, _S.OTHER, "境外非政府组织代表机构登记证书"),
                _("Registration of an overseas non-governmental organisation"),
                offered=False,
            ),
            _T(
                *(47, UNPAIRED, _S.OTHER, "外国驻华新闻机构证"),
                _("Card of a foreign news bureau in China"),
                offered=False,
            ),
            _T(
                *(48, UNPAIRED, _S.OTHER, "港澳台地区旅游部门常驻代表机构批准登记证"),
                _("Registration of a tourism office of Hong Kong, Macao or Taiwan"),
                offered=False,
            ),
            _T(
                *(49, UNPAIRED, _S.CREDIT_CODE, "中华人民共和国社会信用代码证书"),
                _("Social credit code certificate of the People's Republic of China"),
                offered=False,
            ),
        )
    }
)


def nature(key: str) -> Nature | None:
    """The nature with this key; None for an unknown one."""
    return NATURES.get(key)


def certificate(key: str | int) -> CertificateType | None:
    """The type of document with this code, a number or a form's answer; None for an unknown one."""
    text = str(key)
    return CERTIFICATES.get(int(text)) if text.isascii() and text.isdigit() else None


def code(certificate_key: str | int) -> int:
    """The ministry's number (ZJLX) for the type of document in a form's answer."""
    return CERTIFICATES[int(certificate_key)].code


def nature_label(key: str) -> str:
    """The nature in the reader's language; an unknown key as it is."""
    found = nature(key)
    return str(found.label) if found else key


def type_label(certificate_key: str | int) -> str:
    """The type of document in the reader's language; an unknown key as it is."""
    found = certificate(certificate_key)
    return str(found.label) if found else str(certificate_key)


def certificates_of(nature_key: str) -> tuple[CertificateType, ...]:
    """The documents that a subject of this nature may choose from, the usual one first."""
    return tuple(each for each in CERTIFICATES.values() if each.nature == nature_key and each.offered)


def certificates_of_people() -> tuple[CertificateType, ...]:
    """The documents of a person in charge."""
    return certificates_of(INDIVIDUAL)


def fits(nature_key: str, certificate_key: str | int) -> bool:
    """Whether a subject of this nature may be on file with this document."""
    found = certificate(certificate_key)
    if found is None:
        return False
    if found.nature == UNPAIRED:
        return nature_key in NATURES and nature_key != INDIVIDUAL
    return found.offered and found.nature == nature_key
