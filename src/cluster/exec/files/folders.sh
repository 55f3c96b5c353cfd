# Directories below one, and that one, each ended by NUL; links are not entered. Arguments: depth, directory.
LC_ALL=C; export LC_ALL
[ -d "$2" ] || exit 0
if find / -maxdepth 0 >/dev/null 2>&1; then
  exec find "$2" -maxdepth "$1" -type d -exec sh -c 'for d; do printf "%s\0" "$d"; done' sh {} +
fi
walk() {
  printf '%s\0' "$1"
  [ "$2" -gt 0 ] || return 0
  for d in "$1"/* "$1"/.[!.]*; do
    if [ -d "$d" ] && [ ! -h "$d" ]; then ( walk "$d" $(($2 - 1)) ); fi
  done
}
walk "$2" "$1"
