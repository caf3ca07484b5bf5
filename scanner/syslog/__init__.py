"""Take syslog apart: messages out of a stream of bytes, and one safe line out of each message."""
