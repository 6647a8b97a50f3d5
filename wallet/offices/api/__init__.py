"""JSON for a carrier's own systems: how it stands, its breaks, its usage files."""

from wallet.offices.api.console import (
    AnswerBreak,
    OfficeBreaks,
    OfficeInstructions,
    Offices,
    OfficeWork,
)
from wallet.offices.api.files import OneUpload, Uploads

__all__ = [
    "AnswerBreak",
    "OfficeBreaks",
    "OfficeInstructions",
    "OfficeWork",
    "Offices",
    "OneUpload",
    "Uploads",
]
