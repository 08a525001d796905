"""Each processing code (Jgdm) of ministry interface V3.0: what it means to a new access and to a cancellation.

A new access (XZJR) carries the website's number, an address, a place and a method, pictures of papers and the filing
password; a cancellation (ZXBA) the ministry's id of the access, a reason and the password. A code opens a part only
where a change of it changes the next report. Everything else on the filing stays as it is in a transfer: it is changed
at the present provider.
"""

from dataclasses import dataclass
from enum import StrEnum

from icpportal.gateways.miit import foreign_codes

# the pages are printed on the statement, whose picture goes along
EVERYTHING = ("subject", "website", "administrator", "paper")
NOTHING = ()


class Fault(StrEnum):
    """Who has to act on a code; in the order in which one result with several codes is judged."""

    PROVIDER = "provider"  # what we reported is wrong: the order is held and operations are alarmed
    GONE = "gone"  # what is to be cancelled is not there any more: the cancellation is done
    APPLICANT = "applicant"  # the order goes back to its owner, open where the codes point
    NEITHER = "neither"  # nobody: the same report goes again by itself
    SUCCESS = "success"


@dataclass(frozen=True)
class Code:
    """What a code means: our words in both languages, whose fault it is, and the steps or fields it opens.

    One that is the applicant's and opens nothing is settled elsewhere: before the same report goes again they say what
    was changed there. `ending` is what it means to a cancellation, where that is something else.
    """

    zh: str
    en: str
    fault: Fault = Fault.APPLICANT
    opens: tuple[str, ...] = EVERYTHING
    in_review: bool = False  # something else is with the authority: it takes as long as a review
    ending: "Code | None" = None

    @property
    def is_settled_elsewhere(self) -> bool:
        """Whether the applicant has to act, and nothing of the report can be changed."""
        return self.fault == Fault.APPLICANT and not self.opens


APPROVED, REJECTED = "1001", "1002"
# a cancellation has nothing that such a code could be about
STRANGE = Code(
    "取消接入的上报没有这一项，与管局核对",
    "A cancellation carries nothing of this: ask the administration",
    Fault.PROVIDER,
    NOTHING,
)


def _ours(zh: str, en: str, *, ending: Code | None = None) -> Code:
    return Code(zh, en, Fault.PROVIDER, NOTHING, ending=ending)


def _of_access(zh: str, en: str) -> Code:
    """About something that a new access alone carries."""
    return _ours(zh, en, ending=STRANGE)


def _of_ending(ending: Code) -> Code:
    """About something that a cancellation alone asks for."""
    words = ("新增接入不应有这一结果，与管局核对", "An answer that fits no new access: ask the administration")
    return _ours(*words, ending=ending)


def _done(zh: str, en: str) -> Code:
    return Code(zh, en, Fault.SUCCESS, NOTHING)


def _gone(zh: str, en: str) -> Code:
    return Code(zh, en, Fault.GONE, NOTHING)


def _later(zh: str, en: str) -> Code:
    """Something else that the authority has not decided: whatever comes of it, the next answer is another one."""
    return Code(zh, en, Fault.NEITHER, NOTHING, in_review=True)


def _theirs(zh: str, en: str, *opens: str, ending: Code | None = None) -> Code:
    return Code(zh, en, Fault.APPLICANT, opens, ending=ending)


def _on_file(zh: str, en: str, *opens: str) -> Code:
    """Something of the filing itself is wrong, and no report of ours changes it."""
    ending = _theirs(f"{zh}，请先变更备案，再申请取消", f"{en}: have the filing changed first, then ask again")
    advice = (f"{zh}，请先在原接入商处变更备案", f"{en}: have the filing changed at your present provider first")
    return _theirs(*advice, *opens, ending=ending)


def _not_found(ending: Code) -> Code:
    """The number was never typed here: the authority itself named it for the domain when the order began."""
    return _theirs(
        "管局查不到此备案号，向原接入商核对备案是否有效；备案号已变的，放弃本订单重新开始",
        "The authority does not find this number: ask your present provider whether the filing stands. "
        "If its number changed, abandon this order and begin anew",
        ending=ending,
    )


def _no_access(zh: str, en: str) -> Code:
    return _gone(f"{zh}，接入随之结束", f"{en}, and the access with it")


CODES: dict[str, Code] = {
    APPROVED: _done("管局审核通过", "The authority has approved"),
    REJECTED: _theirs(
        "按管局原文修改",
        "Change it as the authority says",
        *EVERYTHING,
        ending=_theirs("管局没有同意，见管局原文", "The authority did not agree: see its words"),
    ),
    "1003": _theirs(
        "管局另有此主办者的备案，请先在原接入商处合并，或致电我们",
        "The authority has this subject on file twice: have it settled at your present provider, or call us",
    ),
    "1004": _on_file("备案中的域名无效", "The domain on the filing is not valid"),
    # only a site that is on file can be reported, so there is nothing wrong with that
    "1005": _of_access(
        "管局称域名已备案，与管局核对", "The authority says the domain is on file: ask the administration"
    ),
    # the address comes from our own list of servers
    "1006": _of_access(
        "上报的 IP 无效，核对服务器清单", "The reported address is not valid: check the list of servers"
    ),
    "1007": _on_file("备案中的联系方式无效", "Contact details on the filing are not valid"),
    # the picture may be of a document that has run out, or the filing may have an old one
    "1008": _theirs(
        "证件无效，上传有效的证件；备案上的证件已换的，请先在原接入商处变更备案",
        "A document is not valid: upload a valid one. If the filing has an old one, have it changed at your present "
        "provider first",
        "paper",
        ending=_theirs(
            "备案中的证件无效，请先变更备案，再申请取消",
            "A document on the filing is not valid: have the filing changed first, then ask again",
        ),
    ),
    "1009": _on_file("备案中的邮箱无效", "An e-mail address on the filing is not valid"),
    "1010": _on_file("备案中的办公电话无效", "An office phone on the filing is not valid"),
    "1011": _on_file("备案中的手机号无效", "A mobile number on the filing is not valid"),
    "1012": _on_file("备案中的 MSN 账号无效", "An MSN account on the filing is not valid"),
    "1013": _on_file("备案中的 QQ 号无效", "A QQ number on the filing is not valid"),
    "1014": _on_file("备案中的单位性质无效", "The nature of the subject on the filing is not valid"),
    "1015": _on_file("备案中的身份证号无效", "An ID card number on the filing is not valid"),
    "1016": _not_found(_gone("管局已没有此接入", "The authority has no such access any more")),
    "1017": _later(
        "此备案另有变更在审，审完后自动重报。可撤回那一变更",
        "Another change of this filing is under review: this goes again by itself. You can withdraw the other one",
    ),
    "1018": _theirs(
        "备案密码不对，重新验证备案密码",
        "The filing password is not right: verify it again",
        "filing_password",
        ending=_theirs(
            "备案密码不对，用正确的备案密码重新申请取消",
            "The filing password is not right: ask again with the right one",
        ),
    ),
    # a new access names no region: the authority's table is newer than ours
    "1019": _of_access("省市县代码与管局不符，更新代码表", "A region code is not the authority's: update the tables"),
    "1020": _on_file("备案中的网站名称冲突", "The website name on the filing is taken"),
    "1021": _on_file("备案中的首页地址已存在", "The home page on the filing is another filing's too"),
    "1022": _on_file("备案中的首页地址格式错误", "The home page address on the filing is malformed"),
    "1023": _of_access("管局无此 IP 的报备，先报 IP", "The authority does not know the address: report our IP first"),
    # sites may share an address, and it is ours: somebody else claims it, and only we can settle that
    "1024": _of_access("IP 与他人的报备冲突，核对 IP 报备", "Somebody else claims the address: compare our IP filings"),
    "1025": _of_ending(
        _theirs(
            "此网站只剩这一个接入，先由其他接入商接入，或向管局注销网站备案，再申请取消",
            "This is the website's only access: have another provider take it over, or the website's filing cancelled, "
            "then ask again",
        )
    ),
    "1026": _of_ending(
        _ours("注销理由代码错误，核对代码表", "The reason of the cancellation is not in the tables: correct it")
    ),
    "1027": _later(
        "主体正在注销，有结果后自动重报。可撤回那一申请",
        "The subject is being cancelled: this goes again by itself. You can withdraw the other request",
    ),
    "1028": _ours("上报用户名错误，核对账号", "The user name of the report is wrong: check the account"),
    # the authority already has our access to this site, or believes so: nothing the applicant could mend
    "1029": _of_access("同一网站接入重复，核对已有接入", "The site has this access already: compare with the register"),
    "1030": _later(
        "网站正在注销，有结果后自动重报。可撤回那一申请",
        "The website is being cancelled: this goes again by itself. You can withdraw the other request",
    ),
    "1031": _on_file("备案中缺少网站负责人的办公电话", "The administrator's office phone is missing on the filing"),
    "1032": _of_ending(
        _later(
            "取消接入已申请过，等管局处理，有结果后自动重报",
            "The cancellation was requested before and is with the authority: this goes again by itself",
        )
    ),
    "1033": _on_file("备案中的前置审批类型无效", "The type of pre-approval on the filing is not valid"),
    "1034": _on_file("备案中的服务内容无效", "The content of the website on the filing is not valid"),
    "1035": _of_access("接入方式代码无效，核对代码表", "The access method is not in the tables: correct it"),
    "1036": _of_access(
        "服务器放置地代码无效，核对设置", "The place of the servers is not in the tables: check SERVER_PROVINCE"
    ),
    "1037": _of_access("网站重复报备，核对已有上报", "The site was reported before: compare with what we sent"),
    "1038": _of_access("接入重复报备，核对已有上报", "The access was reported before: compare with what we sent"),
    "1039": _of_access("域名重复报备，核对已有上报", "The domain was reported before: compare with what we sent"),
    "1040": _of_access("接入 IP 重复报备，核对已有上报", "The address was reported before: compare with what we sent"),
    "1041": _on_file("备案中的首页地址不含所报域名", "The home page on the filing does not fit the domain"),
    "1042": _later(
        "主体正在注销，有结果后自动重报。可撤回那一申请",
        "The subject is being cancelled: this goes again by itself. You can withdraw the other request",
    ),
    "1043": _later(
        "网站正在注销，有结果后自动重报。可撤回那一申请",
        "The website is being cancelled: this goes again by itself. You can withdraw the other request",
    ),
    "1044": _on_file("备案中缺少主体负责人姓名", "The name of the subject lead is missing on the filing"),
    "1045": _ours("须向本省管局上报，核对接口地址", "Reported to the wrong province's authority: check the addresses"),
    # we move no subject
    "1046": _of_access(
        "管局称主体所在省变了，与管局核对", "We move no subject between provinces: ask the administration"
    ),
    "1047": _of_ending(
        _ours("只能取消本单位的接入，核对接入编号", "Not our access: compare the ministry's id of the access")
    ),
    "1048": _ours("此备案并非由本单位接入，核对", "Not a filing that we serve: compare with the register"),
    "1049": _theirs(
        "主体备案已注销，须先重新备案。并未注销的，致电我们",
        "The subject's filing was cancelled: it has to be filed anew first. Call us if it was not",
        ending=_no_access("主体备案已注销", "The subject's filing was cancelled"),
    ),
    "1050": _theirs(
        "网站备案已注销，须先重新备案。并未注销的，致电我们",
        "The website's filing was cancelled: it has to be filed anew first. Call us if it was not",
        ending=_no_access("网站备案已注销", "The website's filing was cancelled"),
    ),
    # a limit of a time, not of the filing
    "1051": _later(
        "此主体的变更申请超过上限，稍后自动重报。可撤回其他变更",
        "Too many requests for this subject: this goes again by itself. You can withdraw another one",
    ),
    # the former system hands it over by itself
    "1052": _later(
        "原系统仍在受理另一申请，稍后自动重报。可撤回那一申请",
        "The former system still has another request: this goes again by itself. You can withdraw the other one",
    ),
    "1053": _ours("本报备单位已删除，联系管局", "Our reporting unit was deleted: ask the administration"),
    "1054": _ours("本报备单位无效，联系管局", "Our reporting unit is not valid: ask the administration"),
    "1055": _theirs(
        "核验单不属于此备案，重新上传",
        "The statement is another filing's: upload the right one",
        "paper",
        ending=STRANGE,
    ),
    # format, purpose and owner of a picture are codes that we write
    "1056": _of_access("附件格式代码错误，修正后重报", "The format code of a picture is wrong: correct and send again"),
    "1057": _of_access(
        "附件用途代码错误，修正后重报", "The purpose code of a picture is wrong: correct and send again"
    ),
    "1058": _not_found(_no_access("管局已没有此主体", "The authority has no such subject any more")),
    "1059": _not_found(_no_access("管局已没有此网站", "The authority has no such website any more")),
    "1060": _done("核验材料已入库", "The papers were stored"),
    "1061": _of_access(
        "附件用途与标识不符，修正后重报", "The purpose of a picture does not fit its owner: correct and send again"
    ),
    "1062": _done("接入 IP 与 IP 库一致", "The address fits the authority's records"),
    "1063": _of_access(
        "接入 IP 与本单位 IP 报备不符，先报 IP", "The address is not in our own IP filings: report it first"
    ),
    "1064": _theirs(
        "域名在管局黑名单中，请先向管局申请移出，或致电我们",
        "The domain is on the authority's black list: ask the authority to take it off, or call us",
    ),
    "1065": _theirs(
        "主体在管局黑名单中，请先向管局申请移出，或致电我们",
        "The subject is on the authority's black list: ask the authority to take it off, or call us",
    ),
    "1066": _on_file("备案中的网站语言类别错误", "A language of the website on the filing is not valid"),
    "1067": _ours("备案号对应多个网站，与管局核对", "The number fits several websites: ask the administration"),
    "1068": _ours("备案号对应多条记录，与管局核对", "The number fits several records: ask the administration"),
    # it does not say what is wrong: a person reads it before anybody is blamed
    "1999": _ours("管局的其他错误，看原文", "Another error: read the authority's words"),
    **{code: _ours(f"IP 报备：{zh}", f"IP filings: {en}") for code, (zh, en) in foreign_codes.IP.items()},
    "2998": _done("IP 报备成功", "IP filings: the IP filing succeeded"),
    **{code: _ours(f"域名报备：{zh}", f"Domain registries: {en}") for code, (zh, en) in foreign_codes.DOMAINS.items()},
    "3998": _done("域名报备成功", "Domain registries: the domain filing succeeded"),
    "5001": _ours("上报文件不符合格式，修正后重报", "The file breaks the ministry's schema: correct and send again"),
    "5002": _ours("上报文件的属性不存在，修正后重报", "The file has an unknown attribute: correct and send again"),
    "5003": _ours("上报单位与账号不符，核对 MIIT_ISP_ID", "The reporting unit is not the account's: check MIIT_ISP_ID"),
    "5004": _ours("接口版本错误，核对 MIIT_VERSION", "The interface's version is wrong: check MIIT_VERSION"),
    "5005": _ours("未备案网站不属本单位，与管局核对", "An unfiled website is not ours: ask the administration"),
    "5006": _ours("未备案处理结果已上报，核对", "The handling of an unfiled website was reported before: compare"),
    "5007": _ours("处理结果代码错误，核对代码表", "The handling's code is not in the tables: correct it"),
    # neither report carries anything that was typed
    "5008": _ours("上报内容含非法字符，修正后重报", "The file has characters that cannot go: correct and send again"),
    "5009": _ours("本单位无此权限，联系管局", "We have no permission for this: ask the administration"),
    # every picture is encoded anew here before it goes
    "5010": _of_access(
        "附件格式不合规范，修正后重报", "A picture is not encoded as it should be: correct and send again"
    ),
    "5011": _ours("此功能未开放，联系管局", "This function is not open: ask the administration"),
    # names no fault: their system was busy or broken
    "5999": Code(
        "管局系统其他错误，稍后自动重报",
        "Another error of the authority's system: it goes again",
        Fault.NEITHER,
        NOTHING,
    ),
}
OTHER = Code("按管局原文修改", "Change it as the authority says")
UNKNOWN = _ours("管局的代码不在表中，看原文", "A code that is in no table: read the authority's words")
