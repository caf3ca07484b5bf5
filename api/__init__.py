"""The ways in and out: command line, HTTP API, web pages, schedule and exports."""
