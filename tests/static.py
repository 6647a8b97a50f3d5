"""Static files as the site serves them, looked for once for all clients of a process."""

from typing import ClassVar

from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]


class ScannedOnce(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Keep what the first instance found: hundreds of files, the same for each client."""

    _found: ClassVar[dict[str, object]] = {}

    def add_files_from_finders(self) -> None:
        if not self._found:
            super().add_files_from_finders()
            self._found.update(self.files)
        self.files.update(self._found)
