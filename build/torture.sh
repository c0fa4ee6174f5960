#!/usr/bin/env bash
# Plays random faults on real servers and apps for a while and prints tables in
# Markdown, to be kept in docs/reliability.md. Arguments go to test/torture.
source "$(dirname "$0")/lib.sh"

need_toolchains
build/deps.sh test
go build -trimpath -o "$out/torture" ./test/torture
if [[ $(uname -s) == Linux ]]; then
	# What PostgreSQL acknowledged must outlive its own crashes.
	build/postgres.sh --durable "$out/torture" -crash-postgres "$@"
else
	"$out/torture" "$@"
fi
