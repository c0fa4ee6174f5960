#!/usr/bin/env bash
# Draws every icon again from build/logo.svg. Run it when the logo changes; what
# it makes is committed. Needs rsvg-convert and ImageMagick.
source "$(dirname "$0")/lib.sh"

png() { rsvg-convert --width "$1" --height "$1" --output "$2" build/logo.svg; }

png 1024 build/appicon.png
cp build/logo.svg build/linux/mychat.svg
for size in 48 128 256; do
	png "$size" "build/linux/mychat-$size.png"
done

sizes=$(mktemp -d)
trap 'rm -rf "$sizes"' EXIT
for size in 16 24 32 48 64 128 256; do
	png "$size" "$sizes/$(printf '%03d' "$size").png"
done
# Not the first "convert" of the path: some systems have another by that name.
"$(command -v convert-im6 || command -v magick || echo convert)" "$sizes"/*.png build/windows/icon.ico
