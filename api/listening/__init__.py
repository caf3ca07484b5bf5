"""Receive syslog from the network, keep it on disk, and have it scanned."""
