#!/usr/bin/env bash
# A kubelet serves /var/log of its node (`nodes/NODE/proxy/logs/`), and the logs of a cluster's pods lie in its own folder: this keeps a
# link to each in /var/log/pods until it is ended. Several clusters may run at once: the names have the pods' uids.
#
#   links.sh DIR
set -u
DIR=$(realpath "$1"); mkdir -p /var/log/pods "$DIR/pods"
while :; do
  for pod in "$DIR"/pods/*/; do
    pod=${pod%/}; link=/var/log/pods/${pod##*/}
    [ ! -d "$pod" ] || [ -e "$link" ] || ln -sfn "$pod" "$link"
  done
  for link in /var/log/pods/*; do
    if [ -L "$link" ] && [ ! -e "$link" ]; then case "$(readlink "$link")" in "$DIR"/*) rm -f "$link" ;; esac; fi
  done
  sleep 1
done
