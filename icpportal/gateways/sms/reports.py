"""What suppliers say of a text that left: whether it arrived, and if not why, in the few reasons that we tell."""

import re
from dataclasses import dataclass
from datetime import datetime

OFF, NUMBER, BLOCKED, OTHER = "off", "number", "blocked", "other"
# of what operators answer, whatever the supplier: their codes, and the words beside them
REASONS = (
    (BLOCKED, re.compile(r"BLACK|REJECT|DENY|UNSUBSCRI|黑名单|退订|投诉|拒收|屏蔽|拦截", re.IGNORECASE)),
    (OFF, re.compile(r"ABSENT|EXPIRED|TERMINAL|POWER|关机|停机|不在服务区|无法接通", re.IGNORECASE)),
    (NUMBER, re.compile(r"NOT_ON_SERVICE|NUMBER_ILLEGAL|NOEXIST|空号|号码不存在|号码错误", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Report:
    """What became of one message. `why` is one of the reasons above, `code` the supplier's word for it."""

    receipt: str
    has_arrived: bool
    at: datetime
    why: str = ""
    code: str = ""


def reason_of(said: str) -> str:
    """The reason behind an operator's code or words."""
    return next((reason for reason, pattern in REASONS if pattern.search(said)), OTHER)
