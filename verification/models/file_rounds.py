"""Progress of the comparison of files and rows."""

from django.db import models


class FileRound(models.Model):
    """One round through all files and all rows that name one: under way, or the last finished one."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=20)  # of `verification.documents.rounds.PLACES`
    at = models.CharField(max_length=300, blank=True)  # the last name compared there: day folder and file
    looked = models.PositiveIntegerField(default=0)  # files and rows compared
    files = models.PositiveIntegerField(default=0)  # files without a row
    documents = models.PositiveIntegerField(default=0)  # documents without their file
    lost = models.JSONField(default=list)  # references of the first of those documents

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M} {self.place}/{self.at}"
