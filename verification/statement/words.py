"""The texts on the sheet: the form in Chinese for the authority, the guide in the reader's language."""

from django.utils.translation import gettext_lazy as _

TITLE = "网站备案信息真实性核验单"
CONTINUED = "网站备案信息真实性核验单（续页）"
TITLE_GUIDE = _("Authenticity statement for the ICP filing of a website")
SCAN_GUIDE = _("Keep this QR code clear: it identifies the order of this statement.")

SUBJECT = "一、主办单位（主体）信息"
WEBSITE = "二、网站信息"
ACCESS = "三、接入信息"
RECORD = "四、核验记录（由接入服务商填写）"
PLEDGE = "五、承诺与签署"

GUIDES = {
    SUBJECT: (
        _("① Subject"),
        _(
            "Who the filing belongs to: name, nature, document number. They must match the document "
            "character by character."
        ),
    ),
    WEBSITE: (
        _("② Website"),
        _("Name and domains as on the filing, and the website administrator, who is the one to sign below."),
    ),
    ACCESS: (
        _("③ Access"),
        _("Your new provider, the IP address and where the server is. Your data with your current provider stays."),
    ),
    RECORD: (_("④ For the provider"), _("Leave this part empty. Our reviewer ticks and signs it.")),
    PLEDGE: (
        _("⑤ Sign"),
        _("The pledge says that everything above is true, that you will report changes, and that you answer for it."),
    ),
}
SIGN_GUIDE = _(
    "The website administrator signs in person, in regular script (no scrawl), with a black pen, and writes the date: "
    "year 年, month 月, day 日."
)
SEAL_GUIDE = _("Stamp the organisation's seal here: complete, clear, not over the signature.")
FINGERPRINT_GUIDE = _("Your fingerprint in red ink, beside the signature.")
HANDWRITING_GUIDE = _("Write out the whole pledge by hand, in Chinese. Printed or copied text is not accepted.")
REGISTRAR_GUIDE = _("Beijing requires the short name of the domain's registrar.")
USE_GUIDE = (
    _("How to use this sheet"),
    _(
        "Print it three times, sign each, keep all three. Photograph or scan every page of one: flat, all four "
        "corners. Upload it. If a detail changes, download and sign it again."
    ),
)
MISSING_GUIDE = _("A box stands for a rare character: write it into the box by hand, as on the document.")

RECORD_TICKS = (
    "主体信息与证件原件一致",
    "负责人联系方式核验有效",
    "网站名称、域名、内容属实",
    "接入方式、IP 地址属实",
)
RECORD_SIGN = "核验人签字：　　　　　　　　　　　核验日期：　　　　年　　　月　　　日"
PLEDGE_UNIT, PLEDGE_PERSON = "本单位及网站负责人承诺：", "本人承诺："
PLEDGE_LINES = (
    "一、以上备案信息真实、准确、完整，所交证件和材料均为原件的影像；",
    "二、信息发生变更时及时办理变更手续，不利用网站从事违法活动；",
    "三、对备案信息的真实性承担法律责任。",
)
SIGN = "网站负责人签字（正楷，黑色签字笔）"
SIGN_HERE = "在此签字  SIGN HERE"
SIGN_DATE = "日期：　　　　　年　　　　月　　　　日"
SEAL = "单位公章"
SEAL_HERE = ("在此盖章", "SEAL HERE")
FINGERPRINT = "手印"
FINGERPRINT_HERE = ("在此按印", "FINGERPRINT")
HANDWRITING = "个人承诺（本人手写，不得打印）"
HANDWRITING_PROMPT = "按管局公布的承诺文字逐字手写："
MISSING_NOTE = "字库缺字，表内以□代替，签署前请按证件在□内手写："
FOOT = "一式三份，签署后自行留存，各页均须上传。信息变更后本单作废，须重新下载签署。"


def page_of(page: int, pages: int) -> str:
    return f"第 {page} 页，共 {pages} 页 · Page {page} of {pages}"
