#!/bin/sh
# Install the programs some tests drive (tshark, Chromium, PostgreSQL) where that is possible, else say what is skipped.
# Never fails: the tests that need a missing program are skipped with the reason.
set -u

has_tshark() { command -v tshark >/dev/null 2>&1; }
has_chromium() {
    [ -n "${SKIAGRAM_TEST_CHROMIUM:-}" ] || command -v chromium >/dev/null 2>&1 ||
        command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1
}
has_postgresql() {
    command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

# Playwright brings its own Node.js, which needs this library; a bare system lacks it.
has_libatomic() { ldconfig -p 2>/dev/null | grep -q 'libatomic\.so\.1'; }

missing() {
    has_tshark || printf ' tshark'
    has_chromium || printf ' chromium'
    has_libatomic || printf ' libatomic1'
    has_postgresql || printf ' postgresql'
}

wanted=$(missing)
[ -n "$wanted" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && [ "${SKIAGRAM_NO_APT:-0}" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    echo "Installing for the tests:$wanted ..."
    # tshark's package asks whether ordinary users may capture; no test captures, so the answer is no.
    echo "wireshark-common wireshark-common/install-setuid boolean false" | debconf-set-selections 2>/dev/null || true
    timeout 120 apt-get update -q >/dev/null 2>&1 || echo "warning: apt-get update failed; trying with what is known" >&2
    for program in $wanted; do
        timeout 300 apt-get install -q -y --no-install-recommends "$program" >/dev/null 2>&1 </dev/null ||
            echo "warning: apt-get install $program failed" >&2
    done
    wanted=$(missing)
fi

for program in $wanted; do
    case $program in
        tshark) what="tests of captures against tshark (marker tshark)" ;;
        chromium | libatomic1) what="tests of the pages in a browser (marker browser)" ;;
        *) what="tests of storage on PostgreSQL (marker postgresql)" ;;
    esac
    echo "skipped: $what; to enable: sudo apt-get install $program" >&2
done
exit 0
