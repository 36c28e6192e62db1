"""Logs: one JSON line an event, with routes and numbers in them but neither addresses nor names."""

import logging
import os
import sys

import structlog


def set_up_logs() -> None:
    """RYADOM_LOG chooses the level (default info); exceptions are logged here and nowhere else."""
    level = logging.getLevelNamesMapping().get(os.environ.get("RYADOM_LOG", "info").upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Libraries log addresses and message bodies from INFO down.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
