#!/usr/bin/env bash
# Crier's few words: ./run.sh start | test | check | lint | bench | chaos | kinds | pin | install
set -euo pipefail
cd "$(dirname "$0")"

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

find_python() {
    local name
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "Crier needs Python 3.11 or newer (Debian: apt install python3)."
}

# A virtual environment with pip, also where Debian's python3-venv is missing and nobody is root:
# then pip comes out of Debian's own package of it, unpacked beside us and not installed.
make_venv() {
    local python apt wheel
    python=$(find_python)
    say "Making a virtual environment with $("$python" --version) ..."
    rm -rf .venv
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv .venv
        return
    fi
    "$python" -m venv --without-pip .venv
    if "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip --python .venv/bin/python install --quiet pip
        return
    fi
    say "This Python has no pip; fetching Debian's package of it (nothing is installed on the system) ..."
    apt="$PWD/.state/apt"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    local options=(-o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=)
    if ! { apt-get "${options[@]}" -qq update && cd "$apt" && apt-get "${options[@]}" -qq download python3-pip-whl; }; then
        fail "No pip could be had. As root: apt install python3-venv"
    fi
    dpkg-deb -x "$apt"/python3-pip-whl_*.deb "$apt/pip"
    cd "$OLDPWD"
    wheel=$(echo "$apt"/pip/usr/share/python-wheels/pip-*.whl)
    .venv/bin/python "$wheel/pip" install --quiet --no-index "$wheel"
}

# install LIST: everything in requirements/LIST.txt, pinned and hashed; quick when it is there already.
install() {
    local list=$1 want
    want=$(sha256sum <"requirements/$list.txt")
    [ -x .venv/bin/python ] && [ "$(cat ".venv/installed-$list" 2>/dev/null)" = "$want" ] && return
    { [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1; } || make_venv
    say "Installing the packages of requirements/$list.txt (once, a minute or two) ..."
    mkdir -p .state
    .venv/bin/python -m pip install --disable-pip-version-check --progress-bar off --no-deps --require-hashes \
        --only-binary :all: -r "requirements/$list.txt" >".state/install.log" 2>&1 &
    show_progress $! "$(grep -c '==' "requirements/$list.txt")"
    printf '%s' "$want" >".venv/installed-$list"
}

# How far pip is, in one line that rewrites itself; where nobody watches, in a line now and then.
show_progress() {
    local process=$1 all=$2 count=0 said=0
    while kill -0 "$process" 2>/dev/null; do
        sleep 0.5
        count=$(grep -cE '^(Collecting|Requirement already)' .state/install.log || true)
        if [ -t 2 ]; then
            printf '\r  %d of %d packages' "$count" "$all" >&2
        elif [ "$count" -ge $((said + 20)) ]; then
            printf '  %d of %d packages\n' "$count" "$all" >&2
            said=$count
        fi
    done
    [ -t 2 ] && printf '\n' >&2
    wait "$process" || { grep -v '^WARNING' .state/install.log | tail -n 15 >&2; fail "The packages could not be installed."; }
}

find_chromium() {
    local name
    for name in "${CRIER_CHROMIUM:-}" chromium chromium-browser google-chrome; do
        [ -n "$name" ] && command -v "$name" && return
    done
    return 1
}

# The page's test looks at the page in a real browser.
need_chromium() {
    find_chromium >/dev/null && return
    local root=()
    [ "$(id -u)" = 0 ] || root=(sudo -n)
    say "Installing Debian's Chromium for the page's test ..."
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >/dev/null ||
        fail "No Chromium and no right to install one. As root: apt install chromium (or name one in CRIER_CHROMIUM)"
}

word=${1:-help}
[ $# -gt 0 ] && shift
case $word in
start)
    install start
    exec .venv/bin/python main.py run "$@"
    ;;
check)
    install start
    exec .venv/bin/python main.py check "$@"
    ;;
install) install start ;;
test)
    install test
    need_chromium
    CRIER_CHROMIUM=$(find_chromium)
    export CRIER_CHROMIUM
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy
    exec .venv/bin/python -m pytest -n 4 --dist worksteal "$@"
    ;;
lint)
    install test
    .venv/bin/ruff check --fix .
    .venv/bin/ruff format .
    exec .venv/bin/mypy
    ;;
bench)
    install test
    for file in tests/bench/*.py; do
        [ -e "$file" ] || continue
        say "$file"
        PYTHONPATH=. .venv/bin/python "$file" "$@"
    done
    ;;
chaos)
    install test
    PYTHONPATH=. exec .venv/bin/python -m tests.chaos.run "$@"
    ;;
kinds)
    install test
    PYTHONPATH=. exec .venv/bin/python -m tests.channels.everywhere "$@"
    ;;
pin)
    # Needs `uv` on the PATH; writes pinned, hashed lists that name no host.
    for list in start test; do
        uv pip compile --no-config --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
            --no-header --no-emit-index-url --no-emit-find-links "requirements/$list.in" -o "requirements/$list.txt"
    done
    ;;
*)
    sed -n '2p' "$0" | cut -c3-
    echo "  start    run the daemon (installs what it needs); the sample newsroom needs no account and no network"
    echo "  test     run every test (installs what they need); words after it go to pytest"
    echo "  check    verify settings, templates, accounts and folders"
    echo "  lint     mend and check style and types"
    echo "  bench    print ratios against named baselines"
    echo "  chaos    kill machines for some minutes (10, or as many as you say), and compare what the platforms got"
    echo "  kinds    post, correct and withdraw a story on doubles of every platform, and print the receipts"
    echo "  pin      renew the pinned requirements (for maintainers)"
    echo "  install  only install what start needs"
    ;;
esac
