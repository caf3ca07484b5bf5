#!/bin/sh
# Resolve requirements/*.txt from pyproject.toml, with the hashes of every file of every release.
# Usage: lock.sh PYTHON   (needs uv: PYTHON -m pip install uv)
set -eu

python=$1
uv=$(dirname "$python")/uv
[ -x "$uv" ] || uv=$(command -v uv) || {
    echo "uv is needed to resolve the lock files: $python -m pip install uv" >&2
    exit 1
}

# One file serves every platform and Python from 3.11 on; no address of an index is written into it.
compile() {
    "$uv" pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-emit-index-url "$@"
}

all="--extra reports --extra postgresql --extra pull"
compile pyproject.toml $all --group build -o requirements/runtime.txt
compile pyproject.toml $all --group build --group dev -c requirements/runtime.txt -o requirements/dev.txt
# The libraries of three clouds are many and want older versions of what others want newer ones of, so only
# who reads object storage installs them, from a lock of its own: pip install --require-hashes -r requirements/objects.txt
compile pyproject.toml --extra objects --extra postgresql --group build -o requirements/objects.txt
echo virtualenv | compile - -o requirements/bootstrap.txt
