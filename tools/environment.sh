#!/bin/sh
# Make a Python environment, also where the system's Python came without ensurepip.
# Usage: environment.sh PYTHON FOLDER
set -eu

export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
python=$1
folder=$2

say() { printf '%s\n' "$*" >&2; }

if [ -z "$python" ]; then
    say "No python3 found. Install it (apt-get install python3 python3-pip) or name one: make PYTHON=/path/to/python3.11 ..."
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "$python is $("$python" --version 2>&1); 3.11 or newer is needed. Name another: make PYTHON=/path/to/python3.11 ..."
    exit 1
fi

# A half-made environment is worse than none: every way below begins with an empty folder.
make_with_venv() {
    rm -rf "$folder"
    "$python" -m venv "$folder" >/dev/null 2>&1 && "$folder/bin/python" -m pip --version >/dev/null 2>&1
}

# Debian and Ubuntu keep ensurepip in a package of its own, named after the version.
install_venv_package() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    export DEBIAN_FRONTEND=noninteractive
    say "Installing python$version-venv, which the system's Python needs to make environments ..."
    apt-get update -q >/dev/null 2>&1 || true
    apt-get install -q -y --no-install-recommends "python$version-venv" >/dev/null 2>&1 ||
        apt-get install -q -y --no-install-recommends python3-venv >/dev/null 2>&1
}

# Without root: virtualenv carries pip with it. --target leaves the system's own packages alone.
make_with_virtualenv() {
    "$python" -m pip --version >/dev/null 2>&1 || return 1
    rm -rf "$folder" .build/virtualenv
    mkdir -p .build
    printf '*\n' > .build/.gitignore
    say "Python came without ensurepip: taking virtualenv into .build/virtualenv ..."
    "$python" -m pip install -q --no-input --require-hashes --target .build/virtualenv -r requirements/bootstrap.txt
    PYTHONPATH=.build/virtualenv "$python" -m virtualenv -q --no-download "$folder"
}

if make_with_venv; then
    exit 0
fi
if install_venv_package && make_with_venv; then
    exit 0
fi
if make_with_virtualenv; then
    exit 0
fi
rm -rf "$folder"
say "Could not make $folder: $python has neither ensurepip nor pip. Install python3-venv or python3-pip and try again."
exit 1
