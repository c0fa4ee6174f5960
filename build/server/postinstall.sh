#!/bin/sh
# Runs after the Debian package was installed or upgraded.
set -e
if ! getent passwd mychat >/dev/null; then
	adduser --quiet --system --group --home /var/lib/mychat --no-create-home --gecos 'MyChat server' mychat
fi
install -d -m 0700 /var/lib/mychat
chown -R mychat:mychat /var/lib/mychat # Root may have tried the server there first.
chgrp mychat /etc/mychat/conf.toml
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart mychat-server.service
fi
