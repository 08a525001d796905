"""How far the comparison of files and rows has come."""

from django.db import models


class FileRound(models.Model):
    """One walk through all files and all rows that name one: under way, or the last that came to its end."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=20)  # of `verification.documents.rounds.PLACES`
    at = models.CharField(max_length=300, blank=True)  # the last name that was looked at there: day folder and file
    looked = models.PositiveIntegerField(default=0)  # files and rows
    files = models.PositiveIntegerField(default=0)  # without a row
    documents = models.PositiveIntegerField(default=0)  # without their file
    lost = models.JSONField(default=list)  # the references of those documents, the first ones

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M} {self.place}/{self.at}"
