"""Read a secret from a private file or from a named environment variable, and from nowhere else."""

import os
import stat
from pathlib import Path

from api.pulling.errors import SecretUnusable

_LARGEST = 64 << 10


def read_secret(what: str, file: Path | None, variable: str | None) -> str:
    """Return the secret; `what` names it in messages, which never show it. Raises SecretUnusable."""
    if file is not None:
        text = _from_file(what, file)
        where = str(file)
    elif variable is not None:
        text = os.environ.get(variable, "")
        where = f"environment {variable}"
    else:
        raise SecretUnusable(f"{what}: name its file with secret_file, or a variable with secret_env")
    if not (text := text.strip()):
        raise SecretUnusable(f"{what}: {where} is empty or not set")
    return text


def _from_file(what: str, path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as problem:
        raise SecretUnusable(
            f"{what}: {path} cannot be read ({problem.strerror}); check the path and its owner"
        ) from problem
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SecretUnusable(f"{what}: {path} is no regular file")
        if status.st_mode & 0o077:
            raise SecretUnusable(f"{what}: other users may read {path}. Run: chmod 600 {path}")
        data = os.read(descriptor, _LARGEST + 1)
    finally:
        os.close(descriptor)
    if len(data) > _LARGEST:
        raise SecretUnusable(f"{what}: {path} is larger than 64 KiB, so it is no secret")
    try:
        return data.decode()
    except UnicodeDecodeError as problem:
        raise SecretUnusable(f"{what}: {path} is not text") from problem
