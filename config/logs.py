"""Logs with a request id on every line: JSON for machines, lines for a person at a terminal."""

from typing import Any

import structlog

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def logging_of(*, level: str, as_lines: bool) -> dict[str, Any]:
    """Configure structlog and return the standard library's configuration beside it."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_rendering(as_lines=as_lines),
                ],
                "foreign_pre_chain": SHARED,
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django gives this logger handlers of its own; one line a request is enough.
            "django": {"handlers": [], "propagate": True},
            # Its lines tell a request's whole address, which can hold what no log should.
            "httpx": {"level": "WARNING"},
            # Dozens of lines about the letters of each statement on paper.
            "fontTools": {"level": "WARNING"},
            "django.server": {"handlers": [], "propagate": True},
        },
    }


def _rendering(*, as_lines: bool) -> list[structlog.typing.Processor]:
    if as_lines:
        # The prettier tracebacks tell every local, a form's phone numbers among them, and take
        # seconds to draw: for each refused page of the admin.
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
