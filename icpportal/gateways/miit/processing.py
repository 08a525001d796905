"""What a processing code of the authority (Jgdm) means in plain words, whose fault it is, and which parts it opens.

Source: ministry interface V3.0, table of processing codes. `opens` are the steps or fields the applicant may mend; the
words of a code that is not the applicant's fault are for staff. Several codes of one answer stand in one text, with
spaces between them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

EVERYTHING = ("subject", "website", "administrator", "paper")
PEOPLE = ("subject", "administrator")
NOTHING = ()  # the code of a cancellation: its order opens no part


class Fault(StrEnum):
    """Who has to act on a code; in the order in which one result with several codes is judged."""

    PROVIDER = "provider"  # what we reported is wrong: the order is held and operations are alarmed
    APPLICANT = "applicant"  # the order goes back to its owner, open where the codes point
    NEITHER = "neither"  # nobody: the same report goes again by itself
    SUCCESS = "success"


@dataclass(frozen=True)
class Code:
    """One processing code: our words in both languages, whose fault it is, and the steps or fields it opens."""

    zh: str
    en: str
    fault: Fault = Fault.APPLICANT
    opens: tuple[str, ...] = EVERYTHING


APPROVED, REJECTED = "1001", "1002"


def _ours(zh: str, en: str) -> Code:
    return Code(zh, en, Fault.PROVIDER, NOTHING)


def _later(zh: str, en: str) -> Code:
    return Code(zh, en, Fault.NEITHER, NOTHING)


def _done(zh: str, en: str) -> Code:
    return Code(zh, en, Fault.SUCCESS, NOTHING)


def _theirs(zh: str, en: str, *opens: str) -> Code:
    return Code(zh, en, Fault.APPLICANT, opens)


# A transfer changes nothing on the filing: what is wrong there is changed at the present provider first.
_FILING_ZH, _FILING_EN = "，请先在原接入商处变更备案", ": have the filing changed at your present provider first"
_PAPER = ("附件有问题，重新上传资料", "A paper cannot be used: upload it again")
_IP = ("IP 地址有问题，另选实例", "The IP address is the problem: pick another server")
_SITE = ("管局查不到此网站，核对备案号", "The authority does not find the site: check the number")


def _on_file(zh: str, en: str, *opens: str) -> Code:
    return Code(zh + _FILING_ZH, en + _FILING_EN, Fault.APPLICANT, opens)


CODES: dict[str, Code] = {
    APPROVED: _done("管局审核通过", "The authority has approved"),
    REJECTED: _theirs("按管局原文修改", "Change it as the authority says", *EVERYTHING),
    "1003": _theirs(
        "管局另有此主办者的备案，致电我们核对", "The authority has this subject on file twice: call us", "subject"
    ),
    "1004": _on_file("备案中的域名无效", "The domain on the filing is not valid", "website"),
    "1005": _theirs("域名已存在，致电我们核对", "The domain exists already: call us to compare", "website"),
    # the address comes from our own list of servers
    "1006": _ours("上报的 IP 无效，核对服务器清单", "The reported address is not valid: check the list of servers"),
    "1007": _on_file("联系方式无效", "Contact details are not valid", *PEOPLE),
    "1008": _on_file("证件无效", "A document is not valid", *PEOPLE, "paper"),
    "1009": _on_file("邮箱无效", "An e-mail address is not valid", *PEOPLE),
    "1010": _on_file("办公电话无效", "An office phone is not valid", *PEOPLE),
    "1011": _on_file("手机号无效", "A mobile number is not valid", *PEOPLE),
    "1012": _on_file("MSN 账号无效", "An MSN account is not valid", *PEOPLE),
    "1013": _on_file("QQ 号无效", "A QQ number is not valid", *PEOPLE),
    "1014": _on_file("单位性质无效", "The nature of the subject is not valid", "subject"),
    "1015": _on_file("身份证号无效", "An ID card number is not valid", *PEOPLE),
    "1016": _theirs(*_SITE, "filing_password"),
    # it ends by itself when the other change is decided
    "1017": _later("此备案另有变更在审，稍后自动重报", "Another change of this filing is under review: it goes again"),
    "1018": _theirs(
        "备案密码不对，重新验证备案密码", "The filing password is not right: verify it again", "filing_password"
    ),
    # a new access names no region: the authority's table is newer than ours
    "1019": _ours("省市县代码与管局不符，更新代码表", "A region code is not the authority's: update the tables"),
    "1020": _on_file("网站名称冲突", "The website name is taken", "website"),
    "1021": _on_file("首页地址已存在", "The home page is on file already", "website"),
    "1022": _on_file("首页地址格式错误", "The home page address is malformed", "website"),
    "1023": _ours("管局无此 IP 的报备，先报 IP", "The authority does not know the address: report our IP first"),
    "1024": _theirs(*_IP, "service_code"),
    "1025": _theirs(
        "此网站只剩这一个接入，不能取消", "This is the website's only access: it cannot be cancelled", *NOTHING
    ),
    "1026": _ours("注销理由代码错误，核对代码表", "The reason of the cancellation is not in the tables: correct it"),
    "1027": _theirs("主体正在注销，致电我们", "The subject is being cancelled: call us", "subject"),
    "1028": _ours("上报用户名错误，核对账号", "The user name of the report is wrong: check the account"),
    # the authority already has our access to this site, or believes so: nothing the applicant could mend
    "1029": _ours("同一网站接入重复，核对已有接入", "The site has this access already: compare with the register"),
    "1030": _theirs("网站正在注销，致电我们", "The website is being cancelled: call us", "website"),
    "1031": _on_file("缺少网站负责人的办公电话", "The administrator's office phone is missing", "administrator"),
    # an earlier request of ours is on its way; sending once more would only repeat this
    "1032": _ours("取消接入已申请过，等待或核对", "The cancellation was requested before: wait or compare"),
    "1033": _on_file("前置审批类型无效", "The type of pre-approval is not valid", "website"),
    "1034": _on_file("服务内容无效", "The content of the website is not valid", "website"),
    "1035": _ours("接入方式代码无效，核对代码表", "The access method is not in the tables: correct it"),
    "1036": _ours(
        "服务器放置地代码无效，核对设置", "The place of the servers is not in the tables: check SERVER_PROVINCE"
    ),
    "1037": _ours("网站重复报备，核对已有上报", "The site was reported before: compare with what we sent"),
    "1038": _ours("接入重复报备，核对已有上报", "The access was reported before: compare with what we sent"),
    "1039": _ours("域名重复报备，核对已有上报", "The domain was reported before: compare with what we sent"),
    # sites may share an address, so it is our report that repeats it; the 1024 is somebody else's claim
    "1040": Code(*_IP, Fault.PROVIDER, ("service_code",)),
    "1041": _theirs("首页地址与域名不符，请修改", "The home page does not fit the domain: change it", "website"),
    # somebody else's cancellation is under way: whatever comes of it, the next answer is another one
    "1042": _later("主体正在注销，稍后自动重报", "The subject is being cancelled: it goes again"),
    "1043": _later("网站正在注销，稍后自动重报", "The website is being cancelled: it goes again"),
    "1044": _on_file("缺少主体负责人姓名", "The name of the subject lead is missing", "subject"),
    "1045": _ours("须向本省管局上报，核对接口地址", "Reported to the wrong province's authority: check the addresses"),
    "1046": _on_file("主体所在省不可变更", "The subject's province cannot change", "subject"),
    "1047": _ours("只能取消本单位的接入，核对接入编号", "Not our access: compare the ministry's id of the access"),
    "1048": _ours("此备案并非由本单位接入，核对", "Not a filing that we serve: compare with the register"),
    "1049": _theirs("主体备案已注销，致电我们", "The subject's filing was cancelled: call us", "subject"),
    "1050": _theirs("网站备案已注销，致电我们", "The website's filing was cancelled: call us", "website"),
    # a limit of a time, not of the filing
    "1051": _later("变更申请超过上限，稍后自动重报", "Too many requests for this subject: it goes again"),
    # the former system hands it over by itself
    "1052": _later("原系统仍在受理，稍后自动重报", "The former system still works on it: it goes again"),
    "1053": _ours("本报备单位已删除，联系管局", "Our reporting unit was deleted: ask the administration"),
    "1054": _ours("本报备单位无效，联系管局", "Our reporting unit is not valid: ask the administration"),
    "1055": _theirs("核验单不属于此备案，重新上传", "The statement is another filing's: upload the right one", "paper"),
    "1056": Code(*_PAPER, Fault.PROVIDER, ("paper",)),  # a code we write
    "1057": Code(*_PAPER, Fault.PROVIDER, ("paper",)),  # a code we write
    "1058": _theirs(
        "管局查不到此主体，核对备案号", "The authority does not find the subject: check the number", "filing_password"
    ),
    "1059": _theirs(*_SITE, "filing_password"),
    "1060": _done("核验材料已入库", "The papers were stored"),
    "1061": Code(*_PAPER, Fault.PROVIDER, ("paper",)),  # which paper is whose, we write
    "1062": _done("接入 IP 与 IP 库一致", "The address fits the authority's records"),
    "1063": _ours("接入 IP 与本单位 IP 报备不符，先报 IP", "The address is not in our own IP filings: report it first"),
    "1064": _theirs("域名在管局黑名单中，致电我们", "The domain is on the authority's black list: call us", "website"),
    "1065": _theirs("主体在管局黑名单中，致电我们", "The subject is on the authority's black list: call us", "subject"),
    "1066": _on_file("网站语言类别错误", "A language of the website is not valid", "website"),
    "1067": _ours("备案号对应多个网站，与管局核对", "The number fits several websites: ask the administration"),
    "1068": _ours("备案号对应多条记录，与管局核对", "The number fits several records: ask the administration"),
    # it does not say what is wrong: a person reads it before anybody is blamed
    "1999": _ours("管局的其他错误，看原文", "Another error: read the authority's words"),
    "5001": _ours("上报文件不符合格式，修正后重报", "The file breaks the ministry's schema: correct and send again"),
    "5002": _ours("上报文件的属性不存在，修正后重报", "The file has an unknown attribute: correct and send again"),
    "5003": _ours("上报单位与账号不符，核对 MIIT_ISP_ID", "The reporting unit is not the account's: check MIIT_ISP_ID"),
    "5004": _ours("接口版本错误，核对 MIIT_VERSION", "The interface's version is wrong: check MIIT_VERSION"),
    "5005": _ours("未备案网站不属本单位，与管局核对", "An unfiled website is not ours: ask the administration"),
    "5006": _ours("未备案处理结果已上报，核对", "The handling of an unfiled website was reported before: compare"),
    "5007": _ours("处理结果代码错误，核对代码表", "The handling's code is not in the tables: correct it"),
    # a new access carries nothing that was typed
    "5008": _ours("上报内容含非法字符，修正后重报", "The file has characters that cannot go: correct and send again"),
    "5009": _ours("本单位无此权限，联系管局", "We have no permission for this: ask the administration"),
    "5010": Code(*_PAPER, Fault.APPLICANT, ("paper",)),
    "5011": _ours("此功能未开放，联系管局", "This function is not open: ask the administration"),
    # names no fault: their system was busy or broken
    "5999": _later("管局系统其他错误，稍后自动重报", "Another error of the authority's system: it goes again"),
}
OTHER = Code("按管局原文修改", "Change it as the authority says")
# 2001-2999 are about IP reports, 3001-3999 about domains: never about what an applicant typed here
UNKNOWN = _ours("管局的代码不在表中，看原文", "A code that is in no table: read the authority's words")
IP = _ours("IP 报备有误，核对 IP 报备", "Our IP filings are at fault: compare them")
DOMAIN = _ours("域名报备有误，与管局核对", "A code of domain registries: ask the administration")
RANGES = ((range(2001, 3000), IP), (range(3001, 4000), DOMAIN))


def code_of(code: str) -> Code:
    """The code's row; without a code the authority's words are all there is, and everything is open."""
    if not code:
        return OTHER
    return CODES.get(code) or _of_range(code)


def _of_range(code: str) -> Code:
    number = int(code) if code.isascii() and code.isdigit() else 0
    return next((row for numbers, row in RANGES if number in numbers), UNKNOWN)


def _rows(codes: str) -> list[Code]:
    return [code_of(code) for code in codes.split() or [""]]


def plain_words(codes: str) -> dict[str, str]:
    """One or several codes in plain words, per language."""
    rows = _rows(codes)
    return {
        "zh": "；".join(dict.fromkeys(row.zh for row in rows)),
        "en": "; ".join(dict.fromkeys(row.en for row in rows)),
    }


def applicants_codes(codes: str) -> list[tuple[str, Code]]:
    """The codes of a refusal that ask the applicant for something; one that asks for anything when none does."""
    rows = [(code, code_of(code)) for code in codes.split() if code_of(code).opens]
    return rows or [("", OTHER)]


def opened_by(codes: str) -> tuple[str, ...]:
    """The parts that one or several codes open together; everything when they name none."""
    return tuple(dict.fromkeys(part for row in _rows(codes) for part in row.opens)) or EVERYTHING


@dataclass(frozen=True)
class Judgement:
    """The gravest fault among the codes of a result, and the codes that bear it."""

    fault: Fault
    codes: tuple[str, ...]


def judge(codes: Iterable[str]) -> Judgement:
    """Whose fault a result with these codes is: provider before applicant before nobody before success.

    A rejection that comes with its reason names no part of its own: the reason alone says what is open.
    """
    given = tuple(dict.fromkeys(codes))
    by_fault = {fault: tuple(code for code in given if code_of(code).fault == fault) for fault in Fault}
    fault = next(fault for fault in Fault if by_fault[fault])
    reasons = tuple(code for code in by_fault[fault] if code != REJECTED)
    return Judgement(fault, reasons or by_fault[fault])
