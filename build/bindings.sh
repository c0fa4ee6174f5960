#!/usr/bin/env bash
# Generates frontend/wailsjs from the bridge. With --check it changes nothing and
# fails if what is there differs from what it would make.
source "$(dirname "$0")/lib.sh"

need_wails
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
cp -R frontend/wailsjs "$kept/"
"$bin/wails" generate module -tags webkit2_41
find frontend/wailsjs -type f -exec chmod 0644 {} + # As other builds of Wails leave them.
if [[ ${1:-} == --check ]] && ! diff -ru "$kept/wailsjs" frontend/wailsjs; then
	rm -rf frontend/wailsjs
	cp -R "$kept/wailsjs" frontend/wailsjs
	die "frontend/wailsjs is not what the bridge generates: run make bindings and commit it"
fi
