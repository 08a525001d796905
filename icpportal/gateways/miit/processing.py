"""What a processing code of the authority (Jgdm) means in plain words, whose fault it is, and which parts it opens.

Source: ministry interface V3.0, table of processing codes. `opens` are the steps or fields the applicant may mend.
"""

from dataclasses import dataclass
from enum import StrEnum

EVERYTHING = ("subject", "website", "administrator", "paper")


class Fault(StrEnum):
    """Who has to act on a code; in the order in which one result with several codes is judged."""

    PROVIDER = "provider"  # what we reported is wrong: the order is held and operations are alarmed
    APPLICANT = "applicant"  # the order goes back to its owner, open where the codes point
    NEITHER = "neither"  # nobody: the same report goes again by itself
    SUCCESS = "success"


@dataclass(frozen=True)
class Code:
    """One processing code: our words in both languages, whose fault it is, and the steps or fields it opens."""

    zh: str
    en: str
    fault: Fault = Fault.APPLICANT
    opens: tuple[str, ...] = EVERYTHING
