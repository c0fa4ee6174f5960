#!/usr/bin/env bash
# Runs MyChat's checks and tests and ends with one line, "N passed, N failed".
# With names, only those steps run; --list prints the names, and --quick stands for
# those that are over soon. What a step prints goes to build/out/logs and is shown
# only if the step fails.
source "$(dirname "$0")/lib.sh"

# The whole, in the order of cost; and quick, what needs one process, one database
# and no display: everything else stands in the whole alone.
all=(format imports shell vet lint bindings page-lint page-test build go e2e desktop cross)
quick=(format imports shell vet lint page-lint page-test unit)
logs=$out/logs
export NO_COLOR=1

# Checks and builds share one set of flags, so that nothing is compiled twice.
# Go tests are compiled for the race detector anyway, and find their files by
# the paths that -trimpath takes away.
trimmed="-trimpath ${GOFLAGS:-}"

go_files() { git ls-files --cached --others --exclude-standard -- '*.go' | while read -r f; do [[ ! -f $f ]] || echo "$f"; done; }
shell_files() { git ls-files --cached --others --exclude-standard -- '*.sh' .ci/run; }

# portable_packages lists the packages that every system can compile: all but
# the window, which needs its system's own libraries.
portable_packages() { go list ./... | grep -vxE 'mychat|mychat/test/(desktop|emptywindow)(/.*)?'; }

step_format() {
	local wrong
	wrong=$(go_files | xargs gofmt -l)
	[[ -z $wrong ]] || die "not formatted, run gofmt -w on:"$'\n'"$wrong"
}

step_imports() { go test -vet=off -count=1 -json -run '^TestDoors' ./test >"$logs/imports.json"; }

step_shell() { shell_files | xargs shellcheck; }

step_vet() {
	export GOFLAGS=$trimmed
	go vet -tags "$app_tags" ./...
	portable_packages >"$out/portable"
	xargs env GOOS=windows CGO_ENABLED=0 go vet <"$out/portable"
	xargs env GOOS=darwin CGO_ENABLED=0 go vet <"$out/portable"
}

step_lint() {
	need_golangci
	GOFLAGS=$trimmed "$bin/golangci-lint" run --build-tags "$app_tags" ./...
}

step_bindings() { build/bindings.sh --check; }

step_page_lint() {
	npm_ci
	cd frontend
	npm run --silent typecheck
	npm run --silent lint
}

step_page_test() {
	npm_ci
	cd frontend
	npx vitest run --reporter=default --reporter=json --outputFile.json="$logs/page-test.json"
}

step_build() { build/build.sh server browser app; }

step_go() {
	local with=()
	[[ $(uname -s) != Linux ]] || with=(build/postgres.sh)
	go list -tags "$app_tags" ./... | grep -vE '^mychat/test/desktop' >"$out/tested"
	xargs "${with[@]}" go test -tags "$app_tags" -race -shuffle=on -vet=off -timeout 40m -skip "^TestDoors" -json <"$out/tested" >"$logs/go.json"
}

step_unit() {
	go list ./... | grep -vE '^mychat(/test(/.*)?)?$' >"$out/tested"
	xargs go test -vet=off -short -json <"$out/tested" >"$logs/unit.json"
}

step_e2e() {
	build/build.sh server browser
	cd frontend
	MYCHAT_TEST_BIN=$bin MYCHAT_TEST_CHROMIUM=$(find_browser) PLAYWRIGHT_JSON_OUTPUT_FILE=$logs/e2e.json \
		npm run e2e -- --reporter=line,json
}

step_desktop() {
	[[ -d test/desktop ]] || return 0
	build/build.sh server app
	go test -count=1 -vet=off -timeout 10m -json ./test/desktop/... >"$logs/desktop.json"
}

# step_cross compiles for the systems that this machine is not.
step_cross() {
	local os arch target
	build/build.sh page
	export GOFLAGS=$trimmed CGO_ENABLED=0
	for target in windows/amd64 darwin/arm64 linux/arm64; do
		os=${target%/*} arch=${target#*/}
		echo "$target"
		GOOS=$os GOARCH=$arch go build -ldflags "$ldflags" -o "$out/cross/$os-$arch/" ./server ./cmd/mychat-browser
	done
	GOOS=windows GOARCH=amd64 go build -tags "$app_tags" -ldflags "$ldflags -H windowsgui" -o "$out/cross/windows-amd64/mychat.exe" .
}

# run NAME runs one step, prints how it went and adds to the totals.
passed=0 failed=0 skipped=0
run() {
	local name=$1 started=$SECONDS status counts p f s
	printf '%-12s' "$name"
	rm -f "$logs/$name.json"
	# Not in a condition: there errexit would not hold inside the step.
	set +e
	(
		set -e
		"step_${name//-/_}"
	) >"$logs/$name.log" 2>&1 </dev/null
	status=$?
	set -e
	p=1 f=0 s=0
	if [[ -s $logs/$name.json ]]; then
		counts=$("$out/testreport" "$logs/$name.json" 2>"$logs/$name.failures") || counts="0 1 0"
		read -r p f s <<<"$counts"
	fi
	if ((status != 0 && f == 0)); then
		f=1
		[[ -s $logs/$name.json ]] || p=0
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%5d passed %4d failed %4d skipped %5d s\n' "$p" "$f" "$s" "$((SECONDS - started))"
	if ((f > 0)); then
		sed 's/^/    /' "$logs/$name.log"
		[[ ! -s $logs/$name.failures ]] || sed 's/^/    /' "$logs/$name.failures"
	fi
}

if [[ ${1:-} == --list ]]; then
	printf '%s\n' "${all[@]}"
	exit 0
fi
if [[ ${1:-} == --quick ]]; then
	set -- "${quick[@]}"
fi
(($# > 0)) || set -- "${all[@]}"
for name in "$@"; do
	declare -F "step_${name//-/_}" >/dev/null || die "no step $name; there are: ${all[*]}"
done

started=$SECONDS
need_toolchains
build/deps.sh test
mkdir -p "$logs"
GOFLAGS=$trimmed go build -o "$out/testreport" ./build/testreport
for name in "$@"; do
	run "$name"
done
printf '\n%d skipped, %d s, logs in build/out/logs\n' "$skipped" "$((SECONDS - started))"
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
