"""Every processing code (Jgdm) of ministry interface V3.0: its meaning for a new access and for a cancellation.

A new access (XZJR) carries the website's number, an address, a place and a method, pictures of documents and the filing
password; a cancellation (ZXBA) the ministry's id of the access, a reason and the password. A code opens a part only
where changing it changes the next report. Everything else in the filing stays as it is in a transfer: it is changed
with the current provider.
"""

from dataclasses import dataclass
from enum import StrEnum

from icpportal.gateways.miit.codes import foreign_codes

# printed on the statement, whose picture is part of the report
EVERYTHING = ("subject", "website", "administrator", "paper")
NOTHING = ()


class Fault(StrEnum):
    """Who must act on a code; in the order in which several codes of one result are judged."""

    PROVIDER = "provider"  # what we reported is wrong: the order is held and operations are alarmed
    GONE = "gone"  # what is to be cancelled no longer exists: the cancellation is done
    APPLICANT = "applicant"  # the order goes back to its owner, open where the codes point
    NEITHER = "neither"  # nobody: the same report is sent again automatically
    SUCCESS = "success"


@dataclass(frozen=True)
class Code:
    """The meaning of a code: texts in both languages, whose fault it is, and the steps or fields it opens.

    A code of the applicant's that opens nothing is settled elsewhere: they say what was changed there before the same
    report is sent again. `ending` is its meaning for a cancellation, if different.
    """

    zh: str
    en: str
    fault: Fault = Fault.APPLICANT
    opens: tuple[str, ...] = EVERYTHING
    in_review: bool = False  # something else is with the authority: it takes as long as a review
    ending: "Code | None" = None

    @property
    def is_settled_elsewhere(self) -> bool:
        """Whether the applicant must act although nothing in the report can be changed."""
        return self.fault == Fault.APPLICANT and not self.opens


APPROVED, REJECTED = "1001", "1002"
# does not apply to a cancellation
STRANGE = Code(
    "取消接入的报备不含此项，请与管局核对",
    "A cancellation carries nothing of this: ask the authority",
    Fault.PROVIDER,
    NOTHING,
)


def _ours(zh: str, en: str, *, ending: Code | None = None) -> Code:
    return Code(zh, en, Fault.PROVIDER, NOTHING, ending=ending)


def _of_access(zh: str, en: str) -> Code:
    """A code about something that only a new access has."""
    return _ours(zh, en, ending=STRANGE)


def _of_ending(ending: Code) -> Code:
    """A code about something that only a cancellation has."""
    words = ("新增接入不应有此结果，请与管局核对", "This answer fits no new access: ask the authority")
    return _ours(*words, ending=ending)


def _foreign(zh_of: str, en_of: str, zh: str, en: str) -> Code:
    """A code about something that the portal never reports."""
    return _ours(f"{zh_of}：{zh}，本平台不上报此项，请与管局核对", f"{en_of}: {en}. We report none: ask the authority")


def _success_code(zh: str, en: str) -> Code:
    return Code(zh, en, Fault.SUCCESS, NOTHING)


def _gone_code(zh: str, en: str) -> Code:
    return Code(zh, en, Fault.GONE, NOTHING)


def _later(zh: str, en: str) -> Code:
    """The authority has not decided something else: whatever comes of it, the next answer will be another one."""
    return Code(zh, en, Fault.NEITHER, NOTHING, in_review=True)


def _theirs(zh: str, en: str, *opens: str, ending: Code | None = None) -> Code:
    return Code(zh, en, Fault.APPLICANT, opens, ending=ending)


def _on_file(zh: str, en: str, *opens: str) -> Code:
    """Something in the filing itself is wrong, which no report of ours changes."""
    ending = _theirs(
        f"{zh}，请先通过其他接入商变更备案，再重新申请取消接入；没有其他接入商的，请致电我们",
        f"{en}: change the filing through your other provider, then cancel again. "
        "Call us if there is no other provider",
    )
    advice = (f"{zh}，请先通过原接入商变更备案", f"{en}: change the filing through your current provider first")
    return _theirs(*advice, *opens, ending=ending)


def _not_found(ending: Code) -> Code:
    """The number was not typed here: the authority named it for the domain when the order began."""
    return _theirs(
        "管局未查到此备案号，请向原接入商核对备案是否有效；备案号已变更的，请放弃本订单并重新开始",
        "The authority cannot find this filing number: ask your current provider whether the filing is valid. "
        "If the number has changed, abandon this order and start a new one",
        ending=ending,
    )


def _no_access(zh: str, en: str) -> Code:
    return _gone_code(f"{zh}，接入随之终止", f"{en}, and the access with it")


ENDING_REFUSED = _theirs(
    "请按管局原文处理后重新申请",
    "Do what it asks, then cancel again",
)
CODES: dict[str, Code] = {
    APPROVED: _success_code("管局审核通过", "The authority has approved"),
    REJECTED: _theirs(
        "请按管局原文修改",
        "Make the changes that the authority's words ask for",
        *EVERYTHING,
        ending=ENDING_REFUSED,
    ),
    "1003": _theirs(
        "管局另有此主体的备案，请先通过原接入商处理，或致电我们",
        "The authority has another filing of this subject: settle this through your current provider, or call us",
        ending=_theirs(
            "管局另有此主体的备案，请先向管局申请处理，或致电我们，再重新申请取消接入",
            "The authority has another filing of this subject: settle this with the authority, or call us, "
            "then cancel again",
        ),
    ),
    "1004": _theirs(
        "备案中的域名无效，请核对域名注册是否有效；域名已更换的，请先通过原接入商变更备案",
        "The domain on the filing is not valid: check its registration. If you have replaced the domain, change the "
        "filing through your current provider first",
        ending=_theirs(
            "备案中的域名无效，请核对域名注册是否有效，再重新申请取消接入，或致电我们",
            "The domain on the filing is not valid: check its registration, then cancel again, or call us",
        ),
    ),
    # only a site that is on file can be reported, so there is nothing wrong with that
    "1005": _of_access(
        "管局称域名已备案，请与管局核对", "The domain is on file already, as it has to be: ask the authority"
    ),
    # the address comes from our own list of servers
    "1006": _of_access(
        "上报的 IP 无效，请核对服务器清单", "The reported address is not valid: check the list of servers"
    ),
    "1007": _on_file("备案中的联系方式无效", "Contact details on the filing are not valid"),
    # the picture may be of a document that has run out, or the filing may have an old one
    "1008": _theirs(
        "证件无效，请上传有效证件；备案中仍为旧证件的，请先通过原接入商变更备案",
        "An ID document is not valid: upload a valid one. If the filing still has an old one, change the filing "
        "through your current provider first",
        "paper",
        ending=_theirs(
            "备案中的证件无效，请先通过其他接入商变更备案，再重新申请取消接入；没有其他接入商的，请致电我们",
            "An ID document on the filing is not valid: change the filing through your other provider, then cancel "
            "again. Call us if there is no other provider",
        ),
    ),
    "1009": _on_file("备案中的邮箱无效", "An email address on the filing is not valid"),
    "1010": _on_file("备案中的办公电话无效", "An office phone on the filing is not valid"),
    "1011": _on_file("备案中的手机号无效", "A mobile number on the filing is not valid"),
    "1012": _on_file("备案中的 MSN 账号无效", "An MSN account on the filing is not valid"),
    "1013": _on_file("备案中的 QQ 号无效", "A QQ number on the filing is not valid"),
    "1014": _on_file("备案中的单位性质无效", "The nature of the subject on the filing is not valid"),
    "1015": _on_file("备案中的身份证号无效", "An ID card number on the filing is not valid"),
    "1016": _not_found(_gone_code("管局已无此接入", "The authority has this access on record no longer")),
    "1017": _later(
        "此备案另有变更正在审核，审核结束后我们自动重新提交。不再需要那项变更的，可将其撤销",
        "Another change of this filing is under review: we resubmit this once it is decided. "
        "You can withdraw the other change if you no longer need it",
    ),
    "1018": _theirs(
        "备案密码不正确，请重新验证备案密码",
        "The filing password is wrong: verify it again",
        "filing_password",
        ending=_theirs(
            "备案密码不正确，请找回备案密码后重新申请取消接入",
            "The filing password is wrong: get the right one, then cancel again",
        ),
    ),
    # no report of ours carries a region
    "1019": _on_file("备案中的省市县代码错误", "A region on the filing is wrong"),
    "1020": _on_file("备案中的网站名称与其他备案冲突", "Another filing has the website name of this filing"),
    "1021": _on_file("备案中的首页地址已用于其他备案", "The home page on the filing is on another filing too"),
    "1022": _on_file("备案中的首页地址格式错误", "The home page address on the filing is not valid"),
    "1023": _of_access(
        "管局无此 IP 的报备，请先报备 IP", "The authority does not know the address: report our IP first"
    ),
    # sites may share an address, and it is ours: somebody else claims it, and only we can settle that
    "1024": _of_access(
        "IP 与他人的报备冲突，请核对 IP 报备", "Somebody else claims the address: compare our IP filings"
    ),
    "1025": _of_ending(
        _theirs(
            "此网站仅剩这一个接入，请先通过其他接入商办理接入备案，或向管局申请注销网站备案",
            "This is the website's only access: transfer the filing to another provider first, or ask the authority "
            "to delete the website's filing",
        )
    ),
    "1026": _of_ending(
        _ours(
            "注销理由代码错误，请核对 MIIT_CANCELLATION_REASON", "The reason is wrong: check MIIT_CANCELLATION_REASON"
        )
    ),
    "1027": _later(
        "主体正在注销，管局作出决定后我们自动重新提交。不再需要注销的，可撤销那项申请",
        "The authority is deciding whether to delete the subject's filing: we resubmit this after that. "
        "You can withdraw that request if you no longer need it",
    ),
    "1028": _ours(
        "ICP 用户名错误，请与管局核对账号", "The ICP user name is wrong: check our account with the authority"
    ),
    # the authority already has our access to this site, or believes so: nothing the applicant could mend
    "1029": _of_access(
        "同一网站接入重复，请核对已有接入", "The site has this access already: compare with the register"
    ),
    "1030": _later(
        "网站正在注销，管局作出决定后我们自动重新提交。不再需要注销的，可撤销那项申请",
        "The authority is deciding whether to delete the website's filing: we resubmit this after that. "
        "You can withdraw that request if you no longer need it",
    ),
    "1031": _on_file("备案中缺少网站负责人的办公电话", "The administrator's office phone is missing on the filing"),
    "1032": _of_ending(
        _later(
            "取消接入此前已申请，正由管局处理，有结果后我们自动重新提交。您无需操作",
            "The cancellation was requested before and is with the authority: we resubmit this after its decision. "
            "You do not need to do anything",
        )
    ),
    "1033": _on_file("备案中的前置审批类型无效", "The type of prior approval on the filing is not valid"),
    "1034": _on_file("备案中的服务内容无效", "The content of the website on the filing is not valid"),
    "1035": _of_access("接入方式代码无效，请核对 MIIT_CODES", "The access method is not valid: check MIIT_CODES"),
    "1036": _of_access(
        "服务器放置地代码无效，请核对 MIIT_CODES 和 SERVER_PROVINCE",
        "The place of the servers is not valid: check MIIT_CODES and SERVER_PROVINCE",
    ),
    "1037": _of_access("网站重复报备，请核对已有报备", "The site was reported before: compare with what we sent"),
    "1038": _of_access("接入重复报备，请核对已有报备", "The access was reported before: compare with what we sent"),
    "1039": _of_access("域名重复报备，请核对已有报备", "The domain was reported before: compare with what we sent"),
    "1040": _of_access(
        "接入 IP 重复报备，请核对已有报备", "The address was reported before: compare with what we sent"
    ),
    "1041": _on_file("备案中的首页地址不含所报域名", "The home page on the filing is not on the domain"),
    "1042": _later(
        "主体正在注销，管局作出决定后我们自动重新提交。不再需要注销的，可撤销那项申请",
        "The authority is deciding whether to delete the subject's filing: we resubmit this after that. "
        "You can withdraw that request if you no longer need it",
    ),
    "1043": _later(
        "网站正在注销，管局作出决定后我们自动重新提交。不再需要注销的，可撤销那项申请",
        "The authority is deciding whether to delete the website's filing: we resubmit this after that. "
        "You can withdraw that request if you no longer need it",
    ),
    "1044": _on_file("备案中缺少主体负责人姓名", "The name of the subject lead is missing on the filing"),
    "1045": _ours(
        "须向本省管局上报，请核对接口地址", "Reported to the wrong province's authority: check the addresses"
    ),
    # we move no subject
    "1046": _of_access("管局称主体所在省有变，请与管局核对", "We move no subject between provinces: ask the authority"),
    "1047": _of_ending(
        _ours("只能取消本单位的接入，请核对接入编号", "Not our access: compare the ministry's id of the access")
    ),
    "1048": _ours("此备案并非由本单位接入，请与登记库核对", "Not a filing that we serve: compare with the register"),
    "1049": _theirs(
        "主体备案已注销，须先重新办理备案。并未注销的，请致电我们",
        "The subject's filing was deleted: file it again first. Call us if it was not deleted",
        ending=_no_access("主体备案已注销", "The subject's filing was deleted"),
    ),
    "1050": _theirs(
        "网站备案已注销，须先重新办理备案。并未注销的，请致电我们",
        "The website's filing was deleted: file it again first. Call us if it was not deleted",
        ending=_no_access("网站备案已注销", "The website's filing was deleted"),
    ),
    # a limit of a time, not of the filing
    "1051": _later(
        "此主体的变更申请超过上限，稍后我们自动重新提交。其他变更不再需要的，可将其撤销",
        "The subject has too many requests with the authority: we resubmit this later. "
        "You can withdraw another request if you no longer need it",
    ),
    # the former system hands it over by itself
    "1052": _later(
        "另一项申请仍在原系统受理，受理结束后我们自动重新提交。不再需要那项申请的，可将其撤销",
        "The authority's former system still has another request: we resubmit this after that. "
        "You can withdraw the other request if you no longer need it",
    ),
    "1053": _ours("本报备单位已删除，请联系管局", "Our reporting unit was deleted: ask the authority"),
    "1054": _ours("本报备单位无效，请联系管局", "Our reporting unit is not valid: ask the authority"),
    "1055": _theirs(
        "核验单不属于此备案，请重新打印、签署并上传本订单的核验单",
        "The statement belongs to another filing: print, sign and upload the one of this order",
        "paper.statement",
        ending=STRANGE,
    ),
    # format, purpose and owner of a picture are codes that we write
    "1056": _of_access(
        "附件格式代码错误，请核对 MIIT_CODES", "The format code of a picture is wrong: check MIIT_CODES"
    ),
    "1057": _of_access(
        "附件用途代码错误，请核对 MIIT_CODES", "The purpose code of a picture is wrong: check MIIT_CODES"
    ),
    "1058": _not_found(_no_access("管局已无此主体", "The authority has this subject on record no longer")),
    "1059": _not_found(_no_access("管局已无此网站", "The authority has this website on record no longer")),
    "1060": _success_code("核验材料已入库", "The papers were stored"),
    "1061": _of_access(
        "附件用途与标识不符，请核对 MIIT_CODES", "The purpose of a picture does not match its owner: check MIIT_CODES"
    ),
    "1062": _success_code("接入 IP 与 IP 库一致", "The address fits the authority's records"),
    "1063": _of_access(
        "接入 IP 与本单位 IP 报备不符，请先报备 IP", "The address is not in our own IP filings: report it first"
    ),
    "1064": _theirs(
        "域名在管局黑名单中，请先向管局申请移出，或致电我们",
        "The domain is on the authority's blocklist: ask the authority to remove it, or call us",
    ),
    "1065": _theirs(
        "主体在管局黑名单中，请先向管局申请移出，或致电我们",
        "The subject is on the authority's blocklist: ask the authority to remove it, or call us",
    ),
    "1066": _on_file("备案中的网站语言类别错误", "A website language on the filing is not valid"),
    "1067": _ours("备案号对应多个网站，请与管局核对", "The number fits several websites: ask the authority"),
    "1068": _ours("备案号对应多条记录，请与管局核对", "The number fits several records: ask the authority"),
    # it does not say what is wrong: a person reads it before anybody is blamed
    "1999": _ours("管局返回其他错误，请看管局原文", "Another error: read the authority's words"),
    **{code: _foreign("IP 报备", "IP filings", zh, en) for code, (zh, en) in foreign_codes.IP.items()},
    "2998": _success_code("IP 报备成功", "The IP filing succeeded"),
    **{code: _foreign("域名报备", "Domain registries", zh, en) for code, (zh, en) in foreign_codes.DOMAINS.items()},
    "3998": _success_code("域名报备成功", "The domain filing succeeded"),
    "5001": _ours(
        "上报文件不符合格式，请修正后重新上报", "The file breaks the ministry's schema: correct and send again"
    ),
    "5002": _ours(
        "上报文件的属性不存在，请修正后重新上报", "The file has an unknown attribute: correct and send again"
    ),
    "5003": _ours(
        "报备单位与账号不符，请核对 MIIT_ISP_ID", "The reporting unit is not the account's: check MIIT_ISP_ID"
    ),
    "5004": _ours("接口版本错误，请核对 MIIT_VERSION", "The interface's version is wrong: check MIIT_VERSION"),
    "5005": _ours("未备案网站不属本单位，请与管局核对", "An unfiled website is not ours: ask the authority"),
    "5006": _ours(
        "未备案处理结果此前已上报，请核对", "The handling of an unfiled website was reported before: compare"
    ),
    "5007": _ours("处理结果代码错误，请核对代码表", "The handling's code is not in the tables: correct it"),
    # neither report carries anything that was typed
    "5008": _ours(
        "上报内容含非法字符，请修正后重新上报", "The file has characters that cannot go: correct and send again"
    ),
    "5009": _ours("本单位无此权限，请联系管局", "We have no permission for this: ask the authority"),
    # every picture is encoded here again before it is sent
    "5010": _of_access(
        "附件格式不合规范，请修正后重新上报", "A picture is not encoded as it should be: correct and send again"
    ),
    "5011": _ours("此功能未开放，请联系管局", "This function is not open: ask the authority"),
    # names no fault: their system was busy or broken
    "5999": Code(
        "管局系统其他错误，稍后自动重新上报",
        "Another error of the authority's system: we resubmit this later",
        Fault.NEITHER,
        NOTHING,
    ),
}
FILING_GONE = {"1049", "1050", "1058", "1059"}
OTHER = CODES[REJECTED]
UNKNOWN = _ours("管局的代码不在表中，请看管局原文", "A code that is in no table: read the authority's words")
