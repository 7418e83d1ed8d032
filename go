#!/usr/bin/env bash
# One command from a fresh checkout: ./go demo does the whole job, ./go test runs every check.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

VENV="${GAZEANNOTATOR_VENV:-.venv}"
# What the wheels of Qt expect of the system: OpenGL, X11, D-Bus, fonts (with Chinese ones).
QT_PACKAGES=(libegl1 libgl1 libgl1-mesa-dri libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0
    libxcb-xkb1 fonts-dejavu-core fonts-noto-cjk)
TEST_PACKAGES=(xvfb)

usage() {
    cat <<'TEXT'
usage: ./go demo [options]   set everything up, then run: gazeannotator demo [options]
       ./go test [options]   set everything up, then run all checks and: pytest [options]
       ./go app  [STUDY]     set everything up, then open the app

Settings: PYTHON (which Python), GAZEANNOTATOR_VENV (where the environment goes, default .venv),
          GAZEANNOTATOR_TEST_JOBS (how many tests run at once, default 3; 0: one after the other)
TEXT
}

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
stop() {
    printf '%s\n' "$*" >&2
    exit 2
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3.10 python3; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
            echo "$candidate"
            return
        fi
    done
    stop "Python 3.10 or later was not found. Install it (apt-get install python3), or name it: PYTHON=/path/to/python ./go"
}

# By Debian's package manager, where it is there and we may use it; elsewhere say what is missing and go on.
install_system_packages() {
    local missing=() as_root=() package
    command -v dpkg-query >/dev/null || return 0
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            say "missing system packages; ask an administrator for: apt-get install ${missing[*]}"
            return 0
        fi
        as_root=(sudo)
    fi
    say "installing system packages: ${missing[*]}"
    if ! { "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }; then
        say "they could not all be installed; going on without"
    fi
}

# Leaves the environment alone unless what it is made of has changed.
set_up() {
    local extra="$1" python made_of stamp
    made_of="$(cat setup.cfg pyproject.toml constraints.txt | sha256sum | cut -c1-16)"
    stamp="$(cat "$VENV/.stamp" 2>/dev/null || true)"
    # An environment with the tools for tests serves the app as well.
    if [ "$stamp" = "$made_of$extra" ] || [ "$stamp" = "$made_of[dev]" ]; then
        return
    fi
    python="$(find_python)"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        install_system_packages "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
    say "making the Python environment in $VENV (some minutes, once)"
    if [ ! -x "$VENV/bin/pip" ]; then
        "$python" -m venv --clear "$VENV" || stop "Python's venv module is missing: apt-get install python3-venv"
    fi
    # torch first and by its exact version: a build for this machine (CPU only, say) that lies ready is then taken.
    "$VENV/bin/python" -m pip install --quiet "$(grep -E '^torch==' constraints.txt)"
    "$VENV/bin/python" -m pip install --quiet -c constraints.txt -e ".$extra"
    echo "$made_of$extra" >"$VENV/.stamp"
}

run_checks() {
    local bin="$VENV/bin"
    say "style"
    "$bin/ruff" check .
    "$bin/ruff" format --check .
    say "layers"
    "$bin/lint-imports"
    say "types"
    "$bin/mypy"
    say "tests"
    # Most tests wait for a tracker, a screen or another process: several at once take a third of the time.
    "$bin/python" -m pytest -n "${GAZEANNOTATOR_TEST_JOBS:-3}" --dist loadfile --no-loadscope-reorder "$@" || {
        # Last, so that it is seen whatever a failed test printed.
        say "failed tests"
        cut -c1-200 .pytest_cache/v/cache/lastfailed >&2
        return 1
    }
}

action="${1:-}"
shift || true
case "$action" in
demo)
    install_system_packages "${QT_PACKAGES[@]}"
    set_up ""
    exec "$VENV/bin/gazeannotator" demo "$@"
    ;;
app)
    install_system_packages "${QT_PACKAGES[@]}"
    set_up ""
    exec "$VENV/bin/gazeannotator" "$@"
    ;;
test)
    install_system_packages "${QT_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
    set_up "[dev]"
    run_checks "$@"
    ;;
*)
    usage
    exit 2
    ;;
esac
