# Files below directories, as: mode in hexadecimal, size, seconds of the last write; NUL; path; NUL. What is unknown is "-".
# Arguments: depth, directories. Uses find and stat; else what a shell has by itself, with ls, wc and stat where they are.
LC_ALL=C; export LC_ALL
depth=$1; shift
if find / -maxdepth 0 >/dev/null 2>&1 && stat -c %f / >/dev/null 2>&1; then
  exec find "$@" -maxdepth "$depth" \( -type f -o -type l \) -exec sh -c '
    for f; do
      [ -f "$f" ] || continue
      printf "%s\0%s\0" "$(stat -c "%f %s %Y" "$f" 2>/dev/null || echo - - -)" "$f"
    done' sh {} +
fi
one() {
  if s=$(stat -c '%f %s %Y' "$1" 2>/dev/null); then :
  elif s=$(wc -c <"$1" 2>/dev/null); then s="- $((s)) -"
  elif s=$(ls -ldn "$1" 2>/dev/null); then set -- "$1" $s; s="- $6 -"
  else s='- - -'; fi
  printf '%s\0%s\0' "$s" "$1"
}
walk() {
  for f in "$1"/* "$1"/.[!.]*; do
    if [ -f "$f" ]; then one "$f"
    elif [ -d "$f" ] && [ ! -h "$f" ] && [ "$2" -gt 1 ]; then ( walk "$f" $(($2 - 1)) ); fi
  done
}
for d in "$@"; do
  if [ -f "$d" ]; then one "$d"
  elif [ -d "$d" ]; then ( walk "$d" "$depth" )
  else echo "$d: no such file or directory" >&2; fi
done
