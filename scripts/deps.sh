#!/bin/sh
# Provides what a build needs beyond Rust, a C compiler and make: libhs (Hyperscan or Vectorscan)
# and pkg-config.
#
#   deps.sh install   installs what is missing and says what it does
#   deps.sh flags     prints the cargo flags for this machine: none with libhs, the portable matcher without
#
# Set LOCKGATE_DEPS=off to forbid `install` to change the machine.
set -eu

# The same as VERSION_MIN in build.rs.
LIBHS_VERSION_MIN=5.2

# Package tools are read below, so they speak English.
export LC_ALL=C

say() {
    printf 'deps: %s\n' "$*" >&2
}

have() {
    command -v "$1" >/dev/null 2>&1
}

have_libhs() {
    have pkg-config && pkg-config --atleast-version="$LIBHS_VERSION_MIN" libhs
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        say "running with sudo: $*"
        sudo "$@"
    else
        say "not root and no sudo: cannot run: $*"
        return 1
    fi
}

apt_has() {
    apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [0-9]'
}

# The first of the two packages that the distribution has. They exclude each other.
apt_libhs() {
    for package in libhyperscan-dev libvectorscan-dev; do
        if apt_has "$package"; then
            echo "$package"
            return
        fi
    done
}

install_apt() {
    package=$(apt_libhs)
    if [ -z "$package" ]; then
        say "no libhs in the package lists; updating them"
        as_root apt-get update -q >&2 || return 1
        package=$(apt_libhs)
    fi
    if [ -z "$package" ]; then
        say "this distribution has neither libhyperscan-dev nor libvectorscan-dev"
        return 1
    fi
    say "installing $package and pkg-config with apt-get"
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$package" pkg-config >&2 && return
    say "failed; once more with fresh package lists"
    as_root apt-get update -q >&2 || return 1
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$package" pkg-config >&2
}

install_brew() {
    say "installing vectorscan and pkg-config with Homebrew"
    brew install vectorscan pkg-config >&2
}

install_libhs() {
    if [ "${LOCKGATE_DEPS:-on}" = off ]; then
        say "LOCKGATE_DEPS=off: nothing is installed"
        return 1
    elif have apt-get; then
        install_apt
    elif have brew; then
        install_brew
    else
        say "neither apt-get nor Homebrew is here"
        return 1
    fi
}

install() {
    if ! have cargo; then
        say "cargo is missing: install Rust first (rustup)"
        exit 1
    fi
    if ! have_libhs && { ! install_libhs || ! have_libhs; }; then
        say "libhs >= $LIBHS_VERSION_MIN is not available: building with the portable matcher"
        say "(same findings, slower; install Hyperscan or Vectorscan and pkg-config to change that)"
        return
    fi
    say "libhs $(pkg-config --modversion libhs) is here"
}

case "${1:-install}" in
install) install ;;
flags) have_libhs || echo "--no-default-features --features server,cli" ;;
*)
    say "usage: deps.sh [install|flags]"
    exit 2
    ;;
esac
