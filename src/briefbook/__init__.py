"""briefbook: briefing memos from structured, sourced facts about recurring forums."""

__version__ = "0.1.0"
