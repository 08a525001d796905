"""Where the rules were read: the documents by name, and which rule is in which of them.

The help set is the public history of the repository AlibabaCloudDocs/icp (2018-06 to 2019-09); later pages are given by
address. A rule that is not in `BY_RULE` is on the province's own page.
"""

from filings.provinces.types import COLLECTION, Source

HELP_SET = COLLECTION
AREAS = {
    "north": "华北",
    "north_east": "东北",
    "east": "华东",
    "central": "华中",
    "south": "华南",
    "south_west": "西南",
    "north_west": "西北",
}


def page(region: str, short_zh: str, date: str, tree: str = "cn.zh-CN") -> Source:
    """The province's page in the help set, at its last change."""
    path = f"{tree}/ICP备案前准备/学习管局规则/{AREAS[region]}各省管局规则/{short_zh}备案规则.md"
    return Source(f"{HELP_SET}: {path}", date)


SEED = Source(f"{HELP_SET}: intl.en-US/ICP Filing Procedures/Transfer an ICP license", "2018-06-15")
UPLOAD_FAQ = Source(f"{HELP_SET}: intl.en-US/FAQ/Document uploading FAQs.md", "2018-06-15")
PICTURE_GUIDE = Source(f"{HELP_SET}: cn.zh-CN/首次备案流程图文引导", "2018-07")
FORM_PAGE = Source(f"{HELP_SET}: cn.zh-CN/ICP备案流程（PC端）/填写主体信息和网站信息.md", "2019-09-19")
DOMAIN_PAGE = Source(f"{HELP_SET}: cn.zh-CN/ICP备案前准备/网站域名准备与检查.md", "2019-09-10")
STATEMENT_PAGE = Source(f"{HELP_SET}: cn.zh-CN/资料下载/核验单.md", "2019-05-28")
APPROVAL_PAGE = Source(f"{HELP_SET}: cn.zh-CN/ICP备案前准备/前置审批.md", "2019")
APP_PAGE = Source(f"{HELP_SET}: cn.zh-CN/ICP备案流程（PC端）/上传资料及真实性核验.md", "2019-09")
WHITE_GROUND = Source(f"{HELP_SET}: cn.zh-CN/常见问题/备案流程FAQ/上传资料及真实性核验FAQ.md", "2019-09")
ONE_DOMAIN_LETTER = Source("MIIT letter 工信管函〔2019〕633号, https://zhaiyijian.com/news577.html", "2019-04-22")
PHONES_EVERYWHERE = Source("https://hsy.com/help/34-49", "2020-08-17")
CODE_SITES_2018 = Source(
    f"{HELP_SET}: cn.zh-CN/备案流程/备案短信核验.md, a copy at http://maxcnc.com.cn/html/5891742048.html", "2018-06-09"
)
MINISTRY_SITE_PAGE = Source("https://www.dwera.cn/notice/show/358.html", "2020-10-23")
PASSWORD_GONE = Source("https://foxcms.cn/help/problem/icpbeian/7.html", "2022-03-01")

NEWER = "https://alibabacloud.com/help/en/icp-filing/basic-icp-service/user-guide/icp-filing-regulations-for-"
NEWER_INDEX_DATE = "2025-08-12"  # the pages have no date; this is that of their index
TIANJIN_NEWER = Source(f"{NEWER}tianjin-1", NEWER_INDEX_DATE)
JIANGSU_NEWER = Source(f"{NEWER}jiangsu", "2023-07-28")
FUJIAN_NEWER = Source(f"{NEWER}fujian", NEWER_INDEX_DATE)
GUIZHOU_NEWER = Source(f"{NEWER}guizhou", NEWER_INDEX_DATE)
QINGHAI_NEWER = Source(f"{NEWER}qinghai", NEWER_INDEX_DATE)

BY_RULE = {
    "filing_site": SEED,
    "code_site": CODE_SITES_2018,
    "phones": SEED,
    "asks_password": SEED,
    "papers_by_app": SEED,
    "photo_ways": SEED,
    "review_days": SEED,
    "domain_days": DOMAIN_PAGE,
    "domains_per_site": PICTURE_GUIDE,
    "sites_per_order": FORM_PAGE,
    "banned_words": FORM_PAGE,
    "extra_approvals": APPROVAL_PAGE,
    "statement": STATEMENT_PAGE,
    "commitment": UPLOAD_FAQ,
}
