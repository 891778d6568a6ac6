# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What run and test share: system packages by apt, virtual environments in .venv-* of this checkout. Sourced by bash,
# with $root set to the checkout.
# shellcheck shell=bash disable=SC2034,SC2154

# What Qt's offscreen and X11 platforms need of a bare Debian 12, beside a Python that can make virtual environments;
# libxss1 tells for how long nobody was at the desk.
PYTHON_PACKAGES=(python3 python3-venv ca-certificates)
QT_PACKAGES=(libgl1 libegl1 libfontconfig1 libxkbcommon0 libdbus-1-3 libglib2.0-0 libgssapi-krb5-2 libxcb-cursor0
    libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0
    libxcb-xinerama0 libxcb-xkb1 fonts-dejavu-core fonts-noto-color-emoji)

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }

die() {
    say "$*"
    exit 2
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "system packages are missing and only root may install them: run this as root, or install sudo"
    fi
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Newer releases call some libraries NAMEt64; apt takes the old name there too.
has_package() { is_installed "$1" || is_installed "${1}t64"; }

# need_packages NAME...: install those that are missing.
need_packages() {
    local missing=() package
    command -v apt-get >/dev/null || return 0 # another system: what it lacks, the next step will tell
    for package in "$@"; do
        has_package "$package" || missing+=("$package")
    done
    if [ ${#missing[@]} = 0 ]; then return; fi
    say "installing ${missing[*]}"
    as_root apt-get -qq update >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" >&2
}

works_as() { "$1" -c "import sys; sys.exit(sys.version_info[:2] != ($2, $3))" 2>/dev/null; }

# find_python MINOR: print a Python 3.MINOR that works.
find_python() {
    local candidate
    for candidate in "python3.$1" python3 "$HOME/.pyenv/versions/3.$1".*/bin/python; do
        if works_as "$candidate" 3 "$1"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# need_venv FOLDER PYTHON EXTRAS: a virtual environment with this checkout in it, made anew when pyproject.toml changed.
need_venv() {
    local folder=$1 python=$2 extras=$3 stamp
    stamp=$({ "$python" -VV && echo "$root $extras" && cat "$root/pyproject.toml"; } | sha256sum)
    if [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
    say "setting up $(basename "$folder") with $("$python" -V)"
    rm -rf "$folder"
    "$python" -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$root$extras" >&2
    echo "$stamp" >"$folder/stamp"
}
