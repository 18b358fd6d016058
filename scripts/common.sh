# Sourced by the scripts of this project. Sets ROOT and CACHE, and gives them one way to speak and to install.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=$ROOT/.cache
export LC_ALL=C.UTF-8

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf '\033[1;31merror:\033[0m %s\n' "$*" >&2; exit 1; }

# The entries of a list file: no comments, no empty lines.
entries() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"; }

# A name for what a list of files says, so that a changed list makes a new folder under .cache.
fingerprint() { cat "$@" | sha256sum | cut -c1-16; }

# How many compilers at once: a core each, but 1.5 GiB of memory each as well.
jobs_that_fit() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable/ {print int($2 / 1572864)}' /proc/meminfo)
    ((memory < 1)) && memory=1
    ((memory < cores)) && echo "$memory" || echo "$cores"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; return; fi
    command -v sudo >/dev/null || die "this needs root for: $*
  Run it as root, or install sudo."
    sudo "$@"
}

# What the given lists ask for and this machine lacks. Of a line 'A | B' any will do; without, A is missing.
missing_packages() {
    local installed
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | awk '$1 == "installed" {print $2}') || :
    entries "$@" | sort -u | installed=$installed awk '
        BEGIN { split(ENVIRON["installed"], names); for (i in names) there[names[i]] = 1 }
        { for (i = 1; i <= NF; i += 2) if ($i in there) next; print $1 }'
}

# Debian starts the services of a package as it installs it, unless this file says no. Only tests start daemons here.
without_starting_services() {
    local policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then "$@"; return; fi
    (
        trap 'as_root rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin "$policy"
        "$@"
    )
}

# Installs the packages of the given lists that are missing, in one call; says nothing when none is.
install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null || die "these Debian packages are missing, and there is no apt-get: ${missing[*]}"
    say "installing from Debian's packages: ${missing[*]}"
    as_root apt-get -qq update || die "apt-get update failed. Is there a network? Look at /etc/apt/sources.list."
    without_starting_services as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 \
        -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >&2 ||
        die "apt-get could not install: ${missing[*]}
  Run 'apt-get update' and 'apt-get install ${missing[*]}' to see why, then start this again."
}

# build PRESET [TARGET...]: configures when needed and builds. PRESET's folder is build/PRESET. With WITHOUT_TESTS set a
# new folder is configured for the server alone; a later call without it adds the unit tests.
build() {
    local preset=$1 options=()
    shift
    [ -z "${WITHOUT_TESTS-}" ] || options=(-DBERTH_TESTS=OFF)
    if [ -z "${WITHOUT_TESTS-}" ] && [ "$preset" != fuzz ] &&
        grep -qs '^BERTH_TESTS:BOOL=OFF' "$ROOT/build/$preset/CMakeCache.txt"; then
        rm "$ROOT/build/$preset/build.ninja"
        options=(-DBERTH_TESTS=ON)
    fi
    [ -f "$ROOT/build/$preset/build.ninja" ] ||
        (cd "$ROOT" && cmake --preset "$preset" ${options[@]+"${options[@]}"} >&2) ||
        die "cmake --preset $preset failed; what it found missing stands above"
    ninja -C "$ROOT/build/$preset" -j "$(jobs_that_fit)" "$@" >&2 ||
        die "the $preset build failed; the first 'FAILED:' above says where"
}
