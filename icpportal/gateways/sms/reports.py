"""Delivery reports of suppliers: whether a text arrived, and if not, why, in the few reasons that we distinguish."""

import re
from dataclasses import dataclass
from datetime import datetime

OFF, NUMBER, BLOCKED, OTHER = "off", "number", "blocked", "other"
# operators' codes and texts, whatever the supplier
REASONS = (
    (BLOCKED, re.compile(r"BLACK|REJECT|DENY|UNSUBSCRI|黑名单|退订|投诉|拒收|屏蔽|拦截", re.IGNORECASE)),
    (OFF, re.compile(r"ABSENT|EXPIRED|TERMINAL|POWER|关机|停机|不在服务区|无法接通", re.IGNORECASE)),
    (NUMBER, re.compile(r"NOT_ON_SERVICE|NUMBER_ILLEGAL|NOEXIST|空号|号码不存在|号码错误", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Report:
    """The delivery of one message. `why` is one of the reasons above, `code` the supplier's code."""

    receipt: str
    has_arrived: bool
    at: datetime
    why: str = ""
    code: str = ""


def reason_of(said: str) -> str:
    """The reason for an operator's code or text."""
    return next((reason for reason, pattern in REASONS if pattern.search(said)), OTHER)
