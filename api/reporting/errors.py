"""Name what can go wrong when a report is written.

ReportRefused          the report cannot be written as asked
└── ReportExtraMissing libraries for this form are not installed
"""


class ReportRefused(Exception):
    """The report cannot be written as asked; the message says what to change."""


class ReportExtraMissing(ReportRefused):
    """A form needs libraries that are not installed."""

    def __init__(self, form: str) -> None:
        super().__init__(
            f"{form}: this form needs libraries that are not installed; "
            "pip install 'skiagram[reports]', or take .html, which needs none"
        )
