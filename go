#!/usr/bin/env bash
# One command from a fresh checkout: ./go demo does the whole job, ./go test runs every check.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

VENV="${GAZEANNOTATOR_VENV:-.venv}"
QT_PACKAGES=(libegl1 libgl1 libgl1-mesa-dri libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0
    libxcb-xkb1 fonts-dejavu-core fonts-noto-cjk)
TEST_PACKAGES=(xvfb)

usage() {
    cat <<'TEXT'
usage: ./go demo [options]   set everything up, then run: gazeannotator demo [options]
       ./go test [options]   set everything up, then run all checks and: pytest [options]
       ./go app  [STUDY]     set everything up, then open the app
TEXT
}

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.12 python3.11 python3.13 python3.10 python3; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2])'; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.10 or later was not found. Install it (apt-get install python3), or set PYTHON." >&2
    exit 2
}

# Debian's package manager where it is there and we may use it; elsewhere say what is missing and go on.
install_system_packages() {
    local missing=() package
    command -v dpkg-query >/dev/null || return 0
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "These system packages are missing; ask an administrator to install them: ${missing[*]}" >&2
            return 0
        fi
        as_root=(sudo)
    fi
    say "installing system packages: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The environment is made again only when what it is made of has changed.
set_up() {
    local extra="$1" python stamp
    python="$(find_python)"
    stamp="$(cat setup.cfg pyproject.toml constraints.txt | sha256sum | cut -c1-16)-$extra"
    if [ "$(cat "$VENV/.stamp" 2>/dev/null)" = "$stamp" ]; then
        return
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        install_system_packages "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
    say "making the Python environment in $VENV (a few minutes the first time)"
    [ -x "$VENV/bin/python" ] || "$python" -m venv "$VENV"
    "$VENV/bin/python" -m pip install --quiet --upgrade pip
    # torch first and by its exact version: a build for this machine (CPU only, say) that lies ready is then taken.
    "$VENV/bin/python" -m pip install --quiet "$(grep -E '^torch==' constraints.txt)"
    "$VENV/bin/python" -m pip install --quiet -c constraints.txt -e ".$extra"
    echo "$stamp" >"$VENV/.stamp"
}

run_tests() {
    export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
    local bin="$VENV/bin"
    say "ruff" && "$bin/ruff" check . && "$bin/ruff" format --check .
    say "layers" && "$bin/lint-imports"
    say "types" && "$bin/mypy"
    say "tests" && "$bin/python" -m pytest "$@"
}

command="${1:-}"
[ $# -gt 0 ] && shift
case "$command" in
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
    run_tests "$@"
    ;;
*)
    usage
    exit 2
    ;;
esac
