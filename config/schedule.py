"""What beat starts, and when (Asia/Shanghai): name -> task, schedule."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {}
