#!/bin/sh
# Runs before the Debian package is removed or upgraded; an upgrade restarts the
# server afterwards. The data stays.
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
	systemctl disable --now mychat-server.service
fi
