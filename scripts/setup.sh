# Sourced by the other scripts: goes to the root of the project and installs what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '== %s\n' "$*"; }

# need PACKAGE…: Debian packages, installed with apt when they are not there.
need() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            printf 'missing: %s\ninstall them as root: apt-get install %s\n' "${missing[*]}" "${missing[*]}" >&2
            exit 1
        }
        root=(sudo)
    fi
    say "installing ${missing[*]}"
    "${root[@]}" apt-get update -qq
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
}

command -v swift >/dev/null || {
    printf 'swift is not in PATH: a Swift 6.2 toolchain or newer is needed (https://www.swift.org/install)\n' >&2
    exit 1
}
# What both programs are built from and need at run time, and what a toolchain that was only unpacked needs for that.
need liblua5.4-dev libcurl4-openssl-dev rapidjson-dev libsqlite3-dev openssl git libstdc++-12-dev libxml2
