# What the scripts beside this file share. Sourced, with HERE set.

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/rolldeck/kubernetes

# names DIR: what belongs to this cluster and lies outside its folder is named by it, so that two run side by side
names() {
  DIR=$(realpath "$1"); ID=$(printf %s "$DIR" | cksum | cut -d' ' -f1)
  RUN=/run/rolldeck-$ID; SOCK=$RUN/containerd.sock; CGROUP=rolldeck-$ID; NET=rolldeck-$ID
  CTR="ctr -a $SOCK -n k8s.io"
}

# ours PID: whether a process with this number is one that we started, not a later one that got its number
ours() { grep -qzxF "ROLLDECK_TESTBED=$DIR" "/proc/$1/environ" 2>/dev/null; }

# run NAME COMMAND…: starts a component, and keeps how, so that one.sh can start it again
run() { printf '%q ' "${@:2}" > "$DIR/cmd/$1"; start "$1"; }

start() {
  ( cd "$DIR" && eval "ROLLDECK_TESTBED=$DIR exec setsid $(cat "cmd/$1")" >> "log/$1.log" 2>&1 < /dev/null ) &
  echo $! > "$DIR/pid/$1"
}

# stop NAME [SIGNAL]: asks, waits for the end (ports and files must be free for the next start), and insists after 20 seconds
stop() {
  local p; p=$(cat "$DIR/pid/$1" 2>/dev/null) || return 0
  if ours "$p"; then
    kill "-${2:-TERM}" "$p" 2>/dev/null || true
    for _ in $(seq 100); do ours "$p" || break; sleep 0.2; done
    ours "$p" && kill -9 "$p" 2>/dev/null
  fi
  rm -f "$DIR/pid/$1"
}

# until_ok SECONDS COMMAND…
until_ok() {
  for _ in $(seq 1 "$1"); do if "${@:2}" >/dev/null 2>&1; then return 0; fi; sleep 1; done
  echo "not ready after $1 s: ${*:2}; see $DIR/log" >&2; return 1
}

ready() { curl -sf --max-time 2 --cacert "$DIR/pki/ca.crt" --cert "$DIR/pki/admin.crt" --key "$DIR/pki/admin.key" "https://127.0.0.1:$(cat "$DIR/port")/readyz"; }

# loopback_address: sets ADDRESS to one that the loopback interface has for this cluster alone; leaves it empty where none can be added
loopback_address() {
  local n address
  for n in $(seq 0 9); do
    address=10.255.$(((ID / 250 + n) % 250)).$((ID % 250 + 1))
    if ip -o addr show 2>/dev/null | grep -qF " $address/"; then continue; fi
    if ip addr add "$address/32" dev lo scope host 2>/dev/null; then ADDRESS=$address; echo "$address" > "$DIR/address"; fi
    return 0
  done
}

# free_base: the first of ten ports that nobody listens on
free_base() {
  local base n
  for base in $(seq 16440 10 16990); do
    for n in $(seq 0 9); do
      if (exec 3<> "/dev/tcp/127.0.0.1/$((base + n))") 2>/dev/null; then continue 2; fi
    done
    echo "$base"; return
  done
  echo "no ten free ports from 16440 to 16999: name the first of ten with BASE" >&2; return 1
}
