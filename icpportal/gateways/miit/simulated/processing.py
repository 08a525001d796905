"""Processing codes (Jgdm) an authority is likely to give for a new access, with its words: Chinese, as it speaks.

Numbers from the table of processing codes of the ministry's interface V3.0; the wording is a short paraphrase.
"""

# the applicant's or the filing's side: the order goes back to be mended
TURN_DOWN = {
    "1002": "管局审核拒绝",
    "1005": "域名已在备案库",
    "1007": "联系方式无效",
    "1008": "证件无效",
    "1011": "手机号无效",
    "1016": "引用的数据在备案库不存在",
    "1017": "变更审核中，不可再次变更",
    "1018": "ICP备案密码错误",
    "1020": "网站名称冲突",
    "1024": "IP地址冲突",
    "1029": "同一网站接入重复",
    "1041": "首页URL不含所报域名",
    "1049": "主体已注销",
    "1050": "网站已注销",
    "1058": "主体不存在",
    "1059": "网站不存在",
    "1061": "核验材料用途与标识不匹配",
    "1064": "域名在黑名单",
    "1065": "主体在黑名单",
    "5010": "附件格式不合规范",
    "1999": "其他错误",
}

# the provider's side: what it reported is wrong, the applicant has nothing to do
REPORT_FAILED = {
    "1024": "IP地址冲突",
    "1035": "接入方式无效",
    "1036": "服务器放置地无效",
    "1038": "接入重复报备",
    "1040": "接入IP重复报备",
    "1045": "须向接入商所在省管局报备",
    "1056": "附件格式代码错误",
    "1057": "附件用途代码错误",
    "1061": "核验材料用途与标识不匹配",
    "1063": "接入IP与本单位IP报备不一致",
    "5001": "数据文件不符合XSD",
    "5003": "请求单位与报备单位ID不一致",
    "5004": "接口版本错误",
    "5999": "其他错误",
}

# how a failed phone verification is reported is in no public text: a refusal with words (protocol §10)
PHONE_FAILURE = "1002"
PHONE_FAILURE_WORDS = "短信核验未通过：验证码输错超过5次"


def words_of(code: str) -> str:
    """The authority's own words for a code."""
    return TURN_DOWN.get(code) or REPORT_FAILED.get(code, "")
