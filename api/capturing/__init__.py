"""Record names from a network interface, filtered in the kernel, and scan them as they come."""
