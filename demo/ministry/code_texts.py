"""The codes this authority returns, with their text in Chinese (the basis of its words) and English.

Numbers from the tables of the ministry's interface V3.0; the wording is a short paraphrase.
"""

METHOD_WORDS = {
    0: "成功",
    1: "成功，数据已全部下载",
    2: "暂无可下载的数据",
    3: "还有数据待下载，请继续调用",
    4: "用户名错误",
    5: "密码错误",
    6: "解密失败",
    7: "哈希校验不通过",
    8: "解压失败",
    9: "加密算法标识错误",
    10: "哈希算法标识错误",
    11: "压缩格式标识错误",
    12: "认证信息错误，拒绝响应",
    13: "非本省接入商，拒绝响应",
    14: "序号不连续，请先补报漏报的文件",
    15: "待处理文件过多，请稍后再报",
    16: "随机串不足20个字符",
    17: "每次只能上报一个文件",
    18: "文件超过50MB",
    19: "报备权限未开放",
    20: "不在允许的报备时段",
    21: "回执文件名为空",
    22: "备案密码校验次数超限",
    901: "系统维护，暂停上报",
    902: "系统维护，暂停下载",
    999: "其他错误",
}

# a person's answers: the order is returned for changes
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
    "1055": "核验单不属于该备案",
    "1058": "主体不存在",
    "1059": "网站不存在",
    "1061": "核验材料用途与标识不匹配",
    "1064": "域名在黑名单",
    "1065": "主体在黑名单",
    "5010": "附件格式不合规范",
    "1999": "其他错误",
}

# errors of the provider's report: the applicant has nothing to do
REPORT_FAILED = {
    "1025": "仅剩一个接入，不能取消",
    "1026": "注销理由代码错误",
    "1032": "取消接入申请重复",
    "1035": "接入方式无效",
    "1036": "服务器放置地无效",
    "1038": "接入重复报备",
    "1040": "接入IP重复报备",
    "1045": "须向接入商所在省管局报备",
    "1047": "只能取消本接入商的接入",
    "1048": "非本接入商接入的备案",
    "1056": "附件格式代码错误",
    "1057": "附件用途代码错误",
    "1063": "接入IP与本单位IP报备不一致",
    "5001": "数据文件不符合XSD",
    "5003": "请求单位与报备单位ID不一致",
    "5004": "接口版本错误，当前版本为V.3.0",
    "5011": "功能未开放",
    "5999": "其他错误",
}

GRANTED, GRANTED_WORDS = "1001", "管局审核通过"
STORED, STORED_WORDS = "1060", "核验单入库成功"
UNKNOWN, UNKNOWN_WORDS = "9876", "未公布的处理代码"

# no public text says how a failed phone verification is reported: we send a refusal with words
# (docs/sources.md#how-a-failed-phone-verification-is-reported)
PHONE_FAILURE = "1002"
TOO_MANY_WRONG = "短信核验未通过：验证码输错超过5次"
TOO_LATE = "短信核验未通过：超过核验时限"

REASONS = {1: "主办单位不再使用该接入", 2: "更换接入服务商", 3: "其他"}  # Zxly: invented, in no public table


def words_of(code: str) -> str:
    """The authority's words for a processing code."""
    return {**TURN_DOWN, **REPORT_FAILED, GRANTED: GRANTED_WORDS, STORED: STORED_WORDS}.get(code, "")
