"""Check rules against what was seen, decided and signed: one pure function per check, grouped by subject."""
