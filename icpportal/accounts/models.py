"""Who is asking: a person with an e-mail address and a mainland mobile."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """An account of an applicant or of staff."""
