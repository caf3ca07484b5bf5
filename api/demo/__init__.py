"""An imaginary hospital: a week of its logs in real formats, and the truth about them, for demo and tests."""

from api.demo.hospital import write_demo_logs
from api.demo.truth import DemoTruth, FileTruth, ToolTruth

__all__ = ["DemoTruth", "FileTruth", "ToolTruth", "write_demo_logs"]
