#!/usr/bin/env bash
# Installs the system packages that the named purposes (run, demo, test,
# package) need and that are missing. On Debian and Ubuntu it uses apt, as root
# or through sudo; where it may not, it prints the line to run and stops.
source "$(dirname "$0")/lib.sh"

packages_for() {
	case $1 in
	run) echo build-essential pkg-config libgtk-3-dev libwebkit2gtk-4.1-dev ;;
	demo) echo fonts-noto-cjk fonts-noto-color-emoji x11-utils ;;
	test)
		packages_for run
		packages_for demo
		echo git postgresql postgresql-contrib xvfb openbox xdotool imagemagick \
			dbus gnome-keyring webkit2gtk-driver shellcheck \
			fcitx5 fcitx5-frontend-gtk3 fcitx5-m17n
		[[ -n $(find_browser) ]] || echo chromium
		;;
	package) echo nsis desktop-file-utils zip ;;
	*) die "no such purpose: $1" ;;
	esac
}

missing() {
	local name
	for name in $(for purpose in "$@"; do packages_for "$purpose"; done | tr ' ' '\n' | sort -u); do
		[[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null) == ii* ]] || echo "$name"
	done | tr '\n' ' '
}

case $(uname -s) in
Linux) ;;
Darwin)
	xcode-select -p >/dev/null 2>&1 || die "Install Apple's command line tools first: xcode-select --install"
	exit 0
	;;
*) exit 0 ;;
esac

if ! command -v apt-get >/dev/null; then
	if ! pkg-config --exists gtk+-3.0 webkit2gtk-4.1 2>/dev/null; then
		die "MyChat's window needs a C compiler, pkg-config and the development files of GTK 3 and
WebKitGTK 4.1. Install them with this system's package manager, for example
  Fedora:  sudo dnf install gcc pkgconf gtk3-devel webkit2gtk4.1-devel
  Arch:    sudo pacman -S base-devel gtk3 webkit2gtk-4.1"
	fi
	exit 0
fi

want=$(missing "$@")
[[ -n ${want// /} ]] || exit 0

as_root=()
if [[ $(id -u) != 0 ]]; then
	if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 && -z ${CI:-} ]]; }; then
		as_root=(sudo)
	else
		die "Some system packages are missing. Run this, then try again:
  sudo apt-get update && sudo apt-get install -y --no-install-recommends $want"
	fi
fi
say "Installing system packages: $want"
"${as_root[@]}" apt-get update -q
# shellcheck disable=SC2086 # The names are words.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $want
