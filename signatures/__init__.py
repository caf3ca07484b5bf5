"""Know what an AI tool looks like in a log, and under which terms its vendor accepts patient data."""
