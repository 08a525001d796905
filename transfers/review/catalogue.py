"""The reasons for returning an order that the portal ships with (dossier §7, the ten most frequent; ux.md 1.6).

Each: key, parts it fits, sentence and short form in Chinese and English. Staff edit the rows afterwards; a row that
exists is left as it is.
"""

from typing import Any

Row = tuple[str, str, str, str, str, str]

ROWS: tuple[Row, ...] = (
    ("domain_holder", "paper.domain_cert paper.registrant_proof website.home_url", "域名持有者与主体不一致，先办理过户再提交", "The domain's holder is not the subject: transfer the domain first", "域名持有者不符", "domain holder differs"),
    ("site_name", "website.site_name", "网站名称不符合要求，按提示改填", "The website name does not meet the rules: change it as the hints say", "网站名称不合要求", "website name not allowed"),
    ("cross_province", "subject.post_region subject.post_address subject.id_address", "地址不在本省，改填本省地址", "The address is in another province: enter one of this province", "跨省地址", "address in another province"),
    ("site_content", "website.content website.site_remark", "网站内容与填写不符，核对后改填", "The site does not show what you entered: compare and change it", "网站内容不符", "site content differs"),
    ("documents", "paper", "资料不清楚或不完整，重新上传原件照片", "The paper is unclear or incomplete: upload a picture of the original", "资料不清楚", "paper unclear or incomplete"),
    ("lead_not_legal", "subject.is_legal_rep subject.lead_name", "主体负责人须为法定代表人，改填或上传授权书", "The lead must be the legal representative: change the lead or add a letter of authority", "负责人非法定代表人", "lead is not the legal representative"),
    ("telephone", "subject.lead_phone1 subject.lead_phone2 administrator.admin_phone1 administrator.admin_phone2", "电话无法接通，核对号码后改填", "Nobody answered this phone: compare the number and change it", "电话无法接通", "phone not answered"),
    ("statement", "paper.statement", "核验单需重新签字盖章后上传", "Sign and seal the statement again, then upload it", "核验单不合要求", "statement not in order"),
    ("mobile_taken", "subject.lead_phone1 administrator.admin_phone1", "此手机号已用于其他主体，换一个号码", "Another subject uses this mobile: enter a different one", "手机号已被使用", "mobile used by another subject"),
    ("wrong_type", "subject.investor subject.id_address", "备案类型不符，放弃后重新验证类型", "The filing type does not fit: abandon the order and verify the type again", "备案类型不符", "wrong filing type"),
    ("subject_differs", "subject.id_address subject.investor paper.subject_id", "主体信息与证件不一致，逐字核对后改填", "The subject differs from the document: compare character by character", "与证件不一致", "differs from the document"),
    ("people_share", "administrator.admin_phone1 administrator.admin_email administrator.admin_emergency", "两位负责人的联系方式相同，改填各自的", "Two people share one contact: enter each person's own", "联系方式相同", "two people share a contact"),
    ("phone_elsewhere", "subject.lead_phone1 administrator.admin_phone1 subject.remark", "手机号不是本省号码，换号或在备注说明", "The mobile is of another province: change it or explain it in the remarks", "非本省手机号", "mobile of another province"),
    ("id_ending", "subject.lead_id_until administrator.admin_id_until paper.lead_id paper.admin_id", "证件 3 个月内到期，换新证件后再提交", "The document ends within 3 months: renew it, then send again", "证件将到期", "document ends soon"),
    ("picture_bad", "paper", "图片有反光、缺角或为翻拍，用原件重拍", "Glare, a cut corner or a photo of a screen: take the original again", "图片不合格", "picture not usable"),
    ("wrong_side", "paper.lead_id paper.admin_id", "证件两面传反或缺一面，补齐后提交", "A side of the document is missing or swapped: upload both", "证件缺一面", "a side is missing"),
    ("approval_missing", "website.approval_types website.approval_number paper.approval_paper", "内容需要前置审批，填写批文号并上传批文", "The content needs approval: enter the number and upload the paper", "缺前置审批", "prior approval missing"),
    ("domain_state", "paper.domain_cert website.home_url", "域名未实名或将到期，处理后再提交", "The domain is not real-name verified or ends soon: put that right first", "域名状态不符", "domain not in order"),
    ("site_unreachable", "website.home_url", "首页打不开或底部没有备案号，恢复后提交", "The home page does not open or lacks the number at its foot: put it right", "首页不合要求", "home page not in order"),
    ("other_order", "subject website", "同一主体或域名在别处有订单，先处理", "Another order for the subject or domain is open elsewhere: settle it first", "别处有订单", "order open elsewhere"),
    ("empty_subject", "subject", "主体下没有有效网站，致电我们核对", "The subject has no live site: call us to compare", "主体下无网站", "subject without a site"),
    ("statement_unsigned", "paper.statement", "核验单没有签字，签字后重新上传", "The statement is not signed: sign it, then upload again", "核验单未签字", "statement not signed"),
    ("statement_unsealed", "paper.statement", "核验单没有公章，盖章后重新上传", "The statement has no seal: add it, then upload again", "核验单未盖章", "statement not sealed"),
    ("statement_old", "paper.statement", "核验单不是最新的，重新下载签字后上传", "The statement is out of date: download it again, sign and upload", "核验单已过期", "statement out of date"),
    ("photo_clothes", "photo", "上衣是红色或蓝色，换衣服后重拍", "The top is red or blue: change and take it again", "上衣红色或蓝色", "top is red or blue"),
    ("photo_backdrop", "photo", "背景不全是幕布，站近后重拍", "The backdrop does not fill the picture: step closer", "背景不全是幕布", "backdrop does not fill the picture"),
    ("photo_ground", "photo", "背景不是纯白色，换白墙重拍", "The ground is not plain white: take it before a white wall", "背景非纯白", "ground not plain white"),
    ("photo_words", "photo", "幕布字迹看不清，对焦后重拍", "The words on the backdrop are not readable: refocus and take it again", "幕布字迹不清", "backdrop words not readable"),
    ("photo_face", "photo", "脸部被遮挡，摘下帽子或口罩重拍", "The face is covered: take off hat or mask", "脸部被遮挡", "face covered"),
    ("photo_person", "photo", "照片与证件不符，由本人重拍", "The person does not match the document: take it with that person", "照片非本人", "another person on the photo"),
    ("photo_retouched", "photo", "照片经过修图，上传原图", "The photo was edited: upload the original", "照片经过修图", "photo was edited"),
    ("photo_light", "photo", "光线太暗或过亮，换个位置重拍", "Too dark or too bright: take it elsewhere", "光线不合适", "too dark or too bright"),
    ("consent_missing", "administrator.admin_told administrator.admin_name", "网站负责人尚未同意，请其确认后提交", "The administrator has not agreed yet: ask for it, then send again", "负责人未同意", "administrator has not agreed"),
)  # fmt: skip


def seed(model: Any) -> int:
    """Write the rows that are missing; safe to repeat. Returns how many were new."""
    new = 0
    for key, fields, text_zh, text_en, short_zh, short_en in ROWS:
        _row, created = model.objects.get_or_create(
            key=key,
            defaults={
                "fields": fields,
                "text_zh": text_zh,
                "text_en": text_en,
                "short_zh": short_zh,
                "short_en": short_en,
            },
        )
        new += created
    return new
