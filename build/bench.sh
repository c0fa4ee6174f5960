#!/usr/bin/env bash
# Measures server, app and packages on this machine and prints the figures as
# Markdown, to be kept in docs/performance.md. Arguments go to test/bench.
source "$(dirname "$0")/lib.sh"

need_toolchains
build/deps.sh test
build/build.sh server app
go build -trimpath -o "$out/bench" ./test/bench

say "Machine"
printf 'MyChat %s (%s), %s, %s processors, %s\n' "$version" "$commit" "$(go env GOVERSION)" "$(getconf _NPROCESSORS_ONLN)" \
	"$(awk -F ': ' '/model name/ { print $2; exit }' /proc/cpuinfo 2>/dev/null || uname -m)"

say "Server, closed loop"
build/postgres.sh --durable "$out/bench" -server "$bin/mychat-server" "$@"

if [[ $(uname -s) == Linux ]]; then
	say "App beside an empty window"
	go test -run '^$' -bench BenchmarkStart -benchtime 5x ./test/desktop | grep ^Benchmark
	say "Scrolling in the real window"
	go test -run '^$' -bench BenchmarkScroll -benchtime 1x ./test/desktop | grep ^Benchmark
fi

say "Page"
build/build.sh page browser
(cd frontend && MYCHAT_TEST_BIN=$bin npm run --silent figures) | grep -E '^(\||list|conversation)'

say "Packages"
go list ./... | grep -v '^mychat/test/desktop' >"$out/benched"
xargs -a "$out/benched" go test -run '^$' -bench . -benchmem -benchtime 2s | grep -E '^(Benchmark|pkg:)' || echo "no benchmarks"
