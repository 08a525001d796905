"""What a processing code of the authority (Jgdm) means in plain words, and which part of the order it points at.

Source: ministry interface V3.0, table of processing codes; `fields` are what the applicant may mend after it.
"""

from dataclasses import dataclass

EVERYTHING = ("subject", "website", "administrator", "paper")


@dataclass(frozen=True)
class Code:
    """One processing code: our words in both languages, and the steps or fields it opens."""

    zh: str
    en: str
    opens: tuple[str, ...] = EVERYTHING


CODES: dict[str, Code] = {
    "1018": Code(
        "备案密码不对，重新验证备案密码", "The filing password is not right: verify it again", ("filing_password",)
    ),
    "1024": Code("IP 地址有问题，另选实例", "The IP address is the problem: pick another server", ("service_code",)),
    "1040": Code("IP 地址有问题，另选实例", "The IP address is the problem: pick another server", ("service_code",)),
    "1041": Code("首页地址与域名不符，请修改", "The home page does not fit the domain: change it", ("website",)),
    "1056": Code("附件有问题，重新上传资料", "A paper cannot be used: upload it again", ("paper",)),
    "1057": Code("附件有问题，重新上传资料", "A paper cannot be used: upload it again", ("paper",)),
    "1061": Code("附件有问题，重新上传资料", "A paper cannot be used: upload it again", ("paper",)),
    "5010": Code("附件有问题，重新上传资料", "A paper cannot be used: upload it again", ("paper",)),
    "1005": Code("域名已存在，致电我们核对", "The domain exists already: call us to compare", ("website",)),
    "1016": Code(
        "管局查不到此网站，核对备案号", "The authority does not find the site: check the number", ("filing_password",)
    ),
    "1059": Code(
        "管局查不到此网站，核对备案号", "The authority does not find the site: check the number", ("filing_password",)
    ),
}
OTHER = Code("按管局原文修改", "Change it as the authority says")


def code_of(code: str) -> Code:
    """The code's row; one that is not listed opens everything."""
    return CODES.get(code, OTHER)


def plain_words(code: str) -> dict[str, str]:
    """The code in plain words, per language."""
    found = code_of(code)
    return {"zh": found.zh, "en": found.en}
