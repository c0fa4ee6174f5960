#!/usr/bin/env bash
# Builds MyChat, starts a server and opens the app on it; with --demo, fills
# the server with sample people first and opens two windows. Where there is no
# display the browser host stands in for the window. Ctrl-C, or closing the last
# window, stops everything.
source "$(dirname "$0")/lib.sh"

listen=${MYCHAT_LISTEN:-127.0.0.1:9999}
url=http://$listen
data=$root/.mychat
demo='' target=run
if [[ ${1:-} == --demo ]]; then
	demo=yes target=demo
	data=$data/demo
fi

need_toolchains
if have_display; then
	build/deps.sh run ${demo:+demo}
	build/build.sh server app
	host=$bin/mychat
else
	build/build.sh server browser
	host=$bin/mychat-browser
fi

(umask 077 && mkdir -p "$data")
node build/wait.mjs free "$listen" ||
	die "$listen is in use: stop what listens there, or choose another address:
  MYCHAT_LISTEN=127.0.0.1:9998 make $target"

# start runs a command in the background as a process group of its own: Ctrl-C
# then reaches this script only, which stops its children in order, windows
# first.
start() {
	set -m
	"$@" &
	set +m
}
server=
windows=()
stop() {
	trap - EXIT
	trap '' INT TERM HUP # A second one must not end the cleaning up.
	local pid
	for pid in ${windows[@]+"${windows[@]}"} $server; do
		kill -TERM "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	[[ -z $server ]] || echo "Stopped."
}
trap stop EXIT
trap 'exit 0' INT TERM HUP

say "Starting the server on $url"
start "$bin/mychat-server" --listen "$listen" --data "$data/server" >"$data/server.log" 2>&1
server=$!
node build/wait.mjs ready "$url/readyz" "$server" || {
	tail -n 20 "$data/server.log" >&2
	die "The server did not start; all of its log is in $data/server.log"
}

folders=(app)
if [[ -n $demo ]]; then
	screen=0
	if have_display; then
		screen=$(xdpyinfo 2>/dev/null | sed -nE 's/^ *dimensions: +([0-9]+)x.*/\1/p' || true) # Not everywhere.
	fi
	go run -trimpath ./build/demo --server "$url" --data "$data" --screen "${screen:-1440}"
	folders=(lin_wan alex_reed)
fi

# address prints what a browser host says on its standard output.
address() {
	until [[ -s $1 ]]; do
		kill -0 "$2" 2>/dev/null || die "The browser host did not start; its log is ${1%.url}.log"
		sleep 0.1
	done
	cat "$1"
}

have_display || say "No display here. Open in a browser on this machine:"
for folder in "${folders[@]}"; do
	run=("$host" --server "$url" --data "$data/$folder")
	if have_display; then
		start "${run[@]}" >"$data/$folder.log" 2>&1
	else
		rm -f "$data/$folder.url"
		start "${run[@]}" >"$data/$folder.url" 2>"$data/$folder.log"
		printf '  %-9s  ' "$folder"
		address "$data/$folder.url" $!
	fi
	windows+=($!)
done

say "MyChat runs. Ctrl-C here stops it$(have_display && echo ', and so does closing its windows')."
echo "Data and logs are in $data"
[[ -n $demo ]] ||
	printf 'A second person on this machine:\n  %s --server %s --data %s\n' "${host#"$root"/}" "$url" "${data#"$root"/}/second"
for pid in "${windows[@]}"; do
	wait "$pid" || true
done
