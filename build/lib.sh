# shellcheck shell=bash disable=SC2034 # The scripts that source this use its variables.
# What the scripts of this folder share. Sourced, never run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
bin=$root/build/bin
out=$root/build/out
mkdir -p "$bin" "$out"

# say prints a heading, bold where somebody reads along.
say() {
	if [[ -t 1 ]]; then
		printf '\n\033[1m%s\033[0m\n' "$*"
	else
		printf '\n%s\n' "$*"
	fi
}
die() { printf '%s\n' "$*" >&2; exit 1; }

# wails.json has the version; a build that is not of its tag says so.
release=$(sed -n 's/.*"productVersion": *"\([^"]*\)".*/\1/p' wails.json)
version=$release
if [[ $(git describe --tags --exact-match --dirty 2>/dev/null) != "v$release" ]]; then
	version=$release-dev
fi
commit=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)

# The flags of every build that people run. Go's build cache is keyed by them,
# so checks and cross builds use the same ones.
app_tags=desktop,production,webkit2_41
ldflags="-s -w -X main.version=$version -X main.commit=$commit"

# have_display tells whether a window can be opened.
have_display() {
	[[ $(uname -s) == Darwin || -n ${DISPLAY:-} || -n ${WAYLAND_DISPLAY:-} ]]
}

# find_browser prints the browser for the end-to-end tests, or nothing.
find_browser() { command -v chromium google-chrome chromium-browser 2>/dev/null | head -n 1 || true; }

# need_go and need_toolchains stop with a plain sentence where Go, or Go or Node,
# is missing or too old.
need_go() {
	command -v go >/dev/null || die "MyChat needs Go 1.26 or newer: https://go.dev/dl/"
}
need_toolchains() {
	need_go
	command -v node >/dev/null && command -v npm >/dev/null ||
		die "MyChat needs Node.js 20.19 or newer with npm: https://nodejs.org/"
	node -e 'const [a, b] = process.versions.node.split(".").map(Number);
		process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
		die "MyChat needs Node.js 20.19 or newer; this is $(node --version)."
}

# go_tool NAME MODULE DIR VERSION builds MODULE/DIR into build/bin unless that
# version is there.
go_tool() {
	local name=$1 module=$2 dir=$3 want=$4
	if ! go version -m "$bin/$name" 2>/dev/null |
		awk -v m="$module" -v v="$want" '$1 == "mod" && $2 == m && $3 == v { found = 1 } END { exit !found }'; then
		echo "installing $name $want"
		GOBIN=$bin go install "$module/$dir@$want"
	fi
}
need_wails() { go_tool wails github.com/wailsapp/wails/v2 cmd/wails v2.15.0; }
need_golangci() { go_tool golangci-lint github.com/golangci/golangci-lint/v2 cmd/golangci-lint v2.15.0; }
need_nfpm() { go_tool nfpm github.com/goreleaser/nfpm/v2 cmd/nfpm v2.45.2; }

# npm_ci installs the page's packages unless they match the lock file.
npm_ci() {
	local have=frontend/node_modules/.made-from
	if ! cmp -s frontend/package-lock.json "$have"; then
		echo "installing the page's packages"
		(cd frontend && npm ci --no-fund --no-audit --loglevel error)
		cp frontend/package-lock.json "$have"
	fi
}
