# What the machine must have, and how it gets there. Sourced by tests/run.
# shellcheck shell=bash

# Prints the folder of the newest PostgreSQL server, or fails.
postgres_bin() {
    local newest
    newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
    if [[ -x $newest ]]; then
        dirname "$newest"
    elif newest=$(command -v postgres) && command -v initdb >/dev/null; then
        dirname "$newest"
    else
        return 1
    fi
}

# Prints the path of a Chromium, or fails.
chromium_path() {
    local name
    for name in ${MUSTER_TEST_CHROMIUM:-chromium chromium-browser google-chrome}; do
        command -v "$name" && return
    done
    return 1
}

# Prints the command of an SMTP server for the mail test, or fails. Debian's own Python, since that
# is the one its package serves.
smtp_command() {
    local python=/usr/bin/python3
    [[ -x $python ]] && "$python" -c 'import aiosmtpd' 2>/dev/null && echo "$python -m aiosmtpd"
}

# Tries a command up to three times: a mirror may hiccup.
try_thrice() {
    local attempt
    for attempt in 1 2 3; do
        timeout 900 "$@" && return
        [[ $attempt -eq 3 ]] || sleep $((attempt * 5))
    done
    return 1
}

need_rust() {
    if ! command -v cargo >/dev/null && [[ -x ${HOME:-/root}/.cargo/bin/cargo ]]; then
        PATH=${HOME:-/root}/.cargo/bin:$PATH
    fi
    command -v cargo >/dev/null ||
        fail "Rust is not installed: install the toolchain with rustup, with rustfmt and clippy, then run this again."
}

# install_missing everything|services|browser: packages for that part, only those not there.
install_missing() {
    local part=$1 packages=()
    need_rust
    command -v cc >/dev/null || packages+=(gcc libc6-dev)
    command -v make >/dev/null || packages+=(make)
    if [[ $part != browser ]]; then
        postgres_bin >/dev/null || packages+=(postgresql)
        command -v redis-server >/dev/null || packages+=(redis-server)
        smtp_command >/dev/null || packages+=(python3-aiosmtpd)
    fi
    if [[ $part != services ]]; then
        chromium_path >/dev/null || packages+=(chromium fonts-dejavu-core)
        command -v node >/dev/null || packages+=(nodejs)
        command -v npm >/dev/null || packages+=(npm)
    fi
    [[ ${#packages[@]} -eq 0 ]] || step "Install ${packages[*]}" install_packages "${packages[@]}"
}

install_packages() {
    local apt=(apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300) policy=/usr/sbin/policy-rc.d
    if ! command -v apt-get >/dev/null || [[ $EUID -ne 0 ]]; then
        echo "Missing on this machine: $*. Install them, or run this as root on Debian." >&2
        return 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    # The packages' own servers stay off: ours are private ones on free ports.
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
        POLICY_MADE=$policy
    fi
    local result=0
    try_thrice "${apt[@]}" update || echo "The package lists could not be refreshed; going on with those here." >&2
    try_thrice "${apt[@]}" install -y --no-install-recommends "$@" </dev/null || result=1
    forget_policy
    return $result
}

forget_policy() {
    if [[ -n ${POLICY_MADE:-} ]]; then
        rm -f "$POLICY_MADE"
        POLICY_MADE=
    fi
}
