#!/usr/bin/env bash
# Builds the named parts for this system into build/bin: page, server, load,
# browser, app. The page is built before anything that embeds it.
source "$(dirname "$0")/lib.sh"

# build_page runs Vite, unless the page that is there is newer than all it is
# made from. The page names the Go modules of the programs; their list is written
# again only when it changes.
build_page() {
	npm_ci
	go run -trimpath ./build/licences -json frontend/licences-go.json
	local stamp=frontend/dist/index.html
	if [[ ! -f $stamp || -n $(find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune \
		-o -path frontend/e2e -prune -o -type f -newer $stamp -print -quit) ]]; then
		echo "building the page"
		(cd frontend && npm run --silent build -- --logLevel warn)
		touch $stamp # Vite keeps the time of a file that it only copies.
	fi
}

if [[ $* == server || $* == "server load" ]]; then need_go; else need_toolchains; fi
exe=$([[ $(go env GOOS) == windows ]] && echo .exe || true)
page_built=
for part in "$@"; do
	if [[ $part != server && $part != load && -z $page_built ]]; then
		build_page
		page_built=yes
	fi
	case $part in
	page) continue ;;
	server) package=./server name=mychat-server flags=() ;;
	load) package=./test/load name=mychat-load flags=() ;;
	browser) package=./cmd/mychat-browser name=mychat-browser flags=() ;;
	app)
		build/deps.sh run
		package=. name=mychat flags=(-tags "$app_tags")
		;;
	*) die "no such part: $part" ;;
	esac
	echo "building $name"
	go build "${flags[@]}" -trimpath -ldflags "$ldflags" -o "$bin/$name$exe" "$package"
done
