# Directories below one, and that one, as: mode in hexadecimal; NUL; path; NUL. What is unknown is "-"; links are not entered.
# Arguments: depth, directory.
LC_ALL=C; export LC_ALL
[ -d "$2" ] || exit 0
if find / -maxdepth 0 >/dev/null 2>&1; then
  exec find "$2" -maxdepth "$1" -type d -exec sh -c '
    for d; do printf "%s\0%s\0" "$(stat -c %f "$d" 2>/dev/null || echo -)" "$d"; done' sh {} +
fi
walk() {
  printf '%s\0%s\0' "$(stat -c %f "$1" 2>/dev/null || echo -)" "$1"
  [ "$2" -gt 0 ] || return 0
  for d in "$1"/* "$1"/.[!.]*; do
    if [ -d "$d" ] && [ ! -h "$d" ]; then ( walk "$d" $(($2 - 1)) ); fi
  done
}
walk "$2" "$1"
