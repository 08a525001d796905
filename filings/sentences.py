"""What a check says: a sentence for the applicant, and the key under which tests and reviewers know it."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError


@dataclass(frozen=True)
class Sentence:
    """`key` is that of the message catalogue, `text` is translated and tells what to do."""

    key: str
    text: str

    def as_error(self) -> ValidationError:
        """The same as a form's error."""
        return ValidationError(self.text, code=self.key)
