"""Judge what was seen: exposure of patient data, decisions, and alerts about what nobody approved."""
