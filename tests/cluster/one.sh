#!/usr/bin/env bash
# One component of a running cluster: one.sh DIR kill|stop|start NAME
#
# NAME: etcd apiserver controller scheduler containerd kubelet metrics. `kill` is SIGKILL. `start apiserver` waits until it is ready.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd); . "$HERE/lib.sh"; names "$1"
case "$2" in
  kill) stop "$3" KILL ;;
  stop) stop "$3" ;;
  start) start "$3"; [ "$3" != apiserver ] || until_ok 90 ready ;;
  *) echo "one.sh DIR kill|stop|start NAME" >&2; exit 2 ;;
esac
