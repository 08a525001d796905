"""The storage of style sheets, scripts and drawings."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PageFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's; works out the address of a file once, as it does not change while a process runs.

    Every page names three, which took a twentieth of drawing it.
    """

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self._addresses: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:  # noqa: FBT001, FBT002 -- Django's signature
        """The address with the file's hash; raises `ValueError` for a file that was not collected, each time."""
        found = self._addresses.get(name)
        if found is None:
            found = self._addresses[name] = super().url(name, force)
        return found
