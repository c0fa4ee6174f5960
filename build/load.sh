#!/usr/bin/env bash
# Measures what a server does on this machine and prints a table. Arguments go to
# test/load; docs/SERVER.md says what they mean.
source "$(dirname "$0")/lib.sh"

build/build.sh server load
"$bin/mychat-load" "$@"
