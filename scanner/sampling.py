"""Choose a few lines of many, the same ones every time."""


def spread(lines: list[str], number: int) -> list[str]:
    """Return up to `number` lines: the first half from the beginning, the others evenly from the rest."""
    half = number // 2
    rest = lines[half:]
    return lines[:half] + rest[:: max(1, -(-len(rest) // half))]
