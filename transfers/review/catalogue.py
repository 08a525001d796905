"""The reasons for returning an order that the portal ships with (docs/sources.md#reasons-for-returning-an-order).

Each: key, parts, sentence and short form in Chinese and English. Staff write later versions; existing rows are left as
they are.
"""

from typing import Any

from django.db.models import Model
from django.utils import timezone

Row = tuple[str, str, str, str, str, str]

ROWS: tuple[Row, ...] = (
    ("domain_holder", "paper.domain_cert paper.registrant_proof website.home_url", "域名持有者与主体不一致，请先办理域名过户再提交", "The domain is not registered to the subject: transfer the domain first", "域名持有者不符", "domain holder differs"),
    ("site_name", "website.site_name", "网站名称不符合要求，请按填写提示修改", "The website name does not meet the rules: change it as the hint beside the field says", "网站名称不合要求", "website name not allowed"),
    ("cross_province", "subject.post_region subject.post_address subject.id_address", "地址不在本省，请改填本省地址", "The address is in another province: enter an address in this province", "跨省地址", "address in another province"),
    ("site_content", "website.content website.site_remark", "网站内容与填写不符，请核对后修改", "The website does not match what you entered: compare and correct", "网站内容不符", "site content differs"),
    ("documents", "paper", "资料不清楚或不完整，请重新上传原件照片", "The document is unclear or incomplete: upload a picture of the original", "资料不清楚", "paper unclear or incomplete"),
    ("lead_not_legal", "subject.is_legal_rep subject.lead_name", "主体负责人须为法定代表人，请更改负责人或上传授权书", "The subject lead must be the legal representative: change the lead or add a letter of authorisation", "负责人非法定代表人", "lead is not the legal representative"),
    ("telephone", "subject.lead_phone1 subject.lead_phone2 administrator.admin_phone1 administrator.admin_phone2", "电话无法接通，请核对号码，有误的请修改", "Nobody answered this number: check it, and change it if it is wrong", "电话无法接通", "phone not answered"),
    ("statement", "paper.statement", "请在核验单上重新签字、盖章后上传", "Sign and seal the statement again, then upload it", "核验单不合要求", "statement not correct"),
    ("mobile_taken", "subject.lead_phone1 administrator.admin_phone1", "此手机号已用于其他主体，请更换号码", "Another subject uses this mobile: enter a different one", "手机号已被使用", "mobile used by another subject"),
    ("wrong_type", "subject.investor subject.id_address", "备案类型不符，请放弃订单后重新验证备案类型", "The filing type is wrong: abandon the order and verify the filing type again", "备案类型不符", "wrong filing type"),
    ("subject_differs", "subject.id_address subject.investor paper.subject_id", "主体信息与证件不一致，请逐字核对后修改", "The subject's details differ from the document: compare them character by character", "与证件不一致", "differs from the document"),
    ("people_share", "administrator.admin_phone1 administrator.admin_email administrator.admin_emergency", "两位负责人的联系方式相同，请分别填写", "Two people have the same contact details: enter each person's own", "联系方式相同", "two people share a contact"),
    ("phone_elsewhere", "subject.lead_phone1 administrator.admin_phone1", "手机号不是本省号码，请更换为本省号码", "The mobile number is from another province: enter one of this province", "非本省手机号", "mobile number from another province"),
    ("id_ending", "subject.lead_id_until administrator.admin_id_until paper.lead_id paper.admin_id", "证件 3 个月内到期，请换领新证件后再提交", "The document expires within 3 months: renew it, then resubmit", "证件将到期", "document expires soon"),
    ("picture_bad", "paper", "图片有反光、缺角或为翻拍，请用原件重拍", "Glare, a cut-off corner or a photo of a screen: photograph the original again", "图片不合格", "picture not usable"),
    ("wrong_side", "paper.lead_id paper.admin_id", "证件两面传反或缺一面，请补齐后提交", "A side of the document is missing or swapped: upload both", "证件缺一面", "a side is missing"),
    ("approval_missing", "website.needs_approval website.approval_types website.approval_number paper.approval_paper", "网站内容须前置审批，请填写批准文号并上传批文", "The content needs approval: enter the number and upload the paper", "缺前置审批", "prior approval missing"),
    ("domain_state", "paper.domain_cert website.home_url", "域名未实名认证或即将到期，请处理后再提交", "The domain is not real-name verified or expires soon: fix this first", "域名状态不符", "domain not in order"),
    ("site_unreachable", "website.home_url", "首页无法打开或底部没有备案号，请处理后再提交", "The home page does not open or has no ICP number at its foot: fix it", "首页不合要求", "home page not in order"),
    ("other_order", "subject website", "同一主体或域名在其他接入商有未完成的订单，请先处理", "Another order for this subject or domain is open with another provider: finish or withdraw it first", "其他接入商有在办订单", "order open elsewhere"),
    ("empty_subject", "subject", "主体下没有有效网站，请致电我们核对", "The subject has no website online: call us", "主体下无网站", "subject without a site"),
    ("statement_unsigned", "paper.statement", "核验单没有签字，请签字后重新上传", "The statement is not signed: sign it, then upload again", "核验单未签字", "statement not signed"),
    ("statement_unsealed", "paper.statement", "核验单未加盖公章，请盖章后重新上传", "The statement has no seal: stamp it, then upload it again", "核验单未盖章", "statement not sealed"),
    ("statement_old", "paper.statement", "核验单不是最新的，请重新下载并签字后上传", "The statement is out of date: download it again, sign and upload", "核验单已过期", "statement out of date"),
    ("photo_clothes", "photo", "上衣为红色或蓝色，请换衣服后重拍", "The top is red or blue: change clothes and take the photo again", "上衣红色或蓝色", "top is red or blue"),
    ("photo_backdrop", "photo", "背景未全部为幕布，请靠近幕布重拍", "The backdrop does not fill the picture: step closer", "背景未全为幕布", "backdrop does not fill the picture"),
    ("photo_ground", "photo", "背景不是纯白色，请在白墙前重拍", "The background is not plain white: take the photo in front of a white wall", "背景非纯白", "background not plain white"),
    ("photo_words", "photo", "幕布字迹不清，请对焦后重拍", "The lettering on the backdrop is not readable: refocus and take the photo again", "幕布字迹不清", "backdrop words not readable"),
    ("photo_face", "photo", "脸部被遮挡，请摘下帽子或口罩后重拍", "The face is covered: take off the hat or mask and take the photo again", "脸部被遮挡", "face covered"),
    ("photo_person", "photo", "照片与证件不符，请由本人重拍", "The person in the photo is not the one on the document: photograph the person on the document", "照片非本人", "another person in the photo"),
    ("photo_retouched", "photo", "照片经过修图，请上传原图", "The photo was edited: upload the original", "照片经过修图", "photo was edited"),
    ("photo_light", "photo", "光线过暗或过亮，请换个位置重拍", "Too dark or too bright: take it again somewhere else", "光线不合适", "too dark or too bright"),
    ("consent_missing", "administrator.admin_told administrator.admin_name", "网站负责人尚未同意，请其同意后重新提交", "The website administrator has not agreed yet: ask the person to agree, then resubmit", "负责人未同意", "administrator has not agreed"),
)  # fmt: skip


def seed(model: type[Model], versions: type[Model] | None = None) -> int:
    """Writes the missing rows, each with its first version; idempotent. Returns how many were new.

    Migrations from before there were versions pass none.
    """
    new = 0
    for key, fields, text_zh, text_en, short_zh, short_en in ROWS:
        row, created = model._default_manager.get_or_create(
            key=key,
            defaults={
                "fields": fields,
                "text_zh": text_zh,
                "text_en": text_en,
                "short_zh": short_zh,
                "short_en": short_en,
            },
        )
        if versions is not None:
            first_version(versions, row)
        new += created
    return new


def first_version(versions: type[Model], reason: Any) -> Model:
    """A reason's first version, in force from the beginning; ended if it is switched off."""
    copied = ("text_zh", "text_en", "short_zh", "short_en", "fields")
    words = {name: getattr(reason, name) for name in copied}
    ended = {} if reason.active else {"ends_at": timezone.now()}
    row, _created = versions._default_manager.get_or_create(
        reason=reason, number=1, defaults={**words, **ended, "published_at": timezone.now()}
    )
    return row
