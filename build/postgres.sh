#!/usr/bin/env bash
# Runs a private PostgreSQL on a free loopback port while a command runs:
#
#   build/postgres.sh [--durable] COMMAND...
#
# The command finds the address in MYCHAT_TEST_POSTGRES, and the process id in
# MYCHAT_TEST_POSTGRES_PID. The data is in a
# temporary folder that goes with the server, also when the command fails.
# Without --durable nothing is synced to disk: tests do not pull cables.
source "$(dirname "$0")/lib.sh"

settings=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
if [[ ${1:-} == --durable ]]; then
	settings=()
	shift
fi

# Debian keeps the server's programs out of the path.
programs=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1 || true)
[[ -n $programs ]] || programs=$(command -v initdb || true)
[[ -n $programs ]] || die "PostgreSQL is not installed: run make deps"
programs=$(dirname "$programs")

folder=$(mktemp -d)
server=
stop() {
	trap - EXIT INT TERM
	if [[ -n $server ]]; then
		kill -INT "$server" 2>/dev/null || true # Fast shutdown.
		# One that was made to crash may be too busy to hear that.
		for _ in {1..100}; do
			kill -0 "$server" 2>/dev/null || break
			sleep 0.1
		done
		kill -KILL "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

# PostgreSQL refuses to run as root.
as=()
if [[ $(id -u) == 0 ]]; then
	chown postgres "$folder"
	as=(setpriv --reuid postgres --regid postgres --clear-groups env HOME="$folder")
fi
cd "$folder"
"${as[@]}" "$programs/initdb" --pgdata "$folder/data" --username postgres --auth trust \
	--encoding UTF8 --locale C --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }

# answers waits until the server takes connections or is gone.
answers() {
	for _ in {1..300}; do
		"$programs/pg_isready" -q -h 127.0.0.1 -p "$port" && return 0
		kill -0 "$server" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

# A port that was free when it was chosen may be gone when it is used.
for _ in 1 2 3; do
	port=$(node "$root/build/wait.mjs" port)
	"${as[@]}" "$programs/postgres" -D "$folder/data" -h 127.0.0.1 -p "$port" -k "$folder" \
		-c max_connections=300 "${settings[@]}" >server.log 2>&1 &
	server=$!
	answers && break
	wait "$server" || true
	server=
done
[[ -n $server ]] || { cat server.log >&2; die "PostgreSQL did not start"; }

cd "$root"
export MYCHAT_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
export MYCHAT_TEST_POSTGRES_PID=$server
"$@"
