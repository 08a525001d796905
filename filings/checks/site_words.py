"""Words that no province accepts in website names (docs/sources.md#website-names).

A province's own words for personal sites are in `filings/provinces/banned_words.py`.
"""

# at the front of a name, unless the subject's own name begins so
HEADS = ("中国", "中华", "中央", "人民", "人大", "国家")
# in any name
NOWHERE = ("反腐", "赌博", "廉政", "色情")
# in the name of a personal site
NOT_PERSONAL = (
    *("资讯", "网站", "网络", "网址", "爱好者", "作品展示", "工作室", "平台", "主页", "热线", "社团", "导航"),
)
# in the name of a personal site without an approval
WITH_APPROVAL = ("博客", "论坛", "在线", "社区", "交流")
# of companies: a personal site has no industry, company or product
COMPANY = ("公司", "企业", "集团", "商城", "商店", "商行", "工厂", "官网", "有限责任")
