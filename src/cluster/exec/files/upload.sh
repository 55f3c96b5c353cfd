# Writes standard input to a file. Arguments: path, permissions, size, 1 to replace what is there.
# Ends with 21 where a directory is there, 73 where something else is, 74 where it did not come whole. Prints its checksum, where
# the image can tell.
[ ! -d "$1" ] || exit 21
[ "$4" = 1 ] || [ ! -e "$1" ] || exit 73
case $1 in */*) d=${1%/*} ;; *) d=. ;; esac
[ -z "$d" ] || [ -d "$d" ] || mkdir -p "$d" || exit 1
t=$1.rolldeck-part
if command -v head >/dev/null 2>&1; then head -c "$3" >"$t" || exit 1; else cat >"$t" || exit 1; fi
[ "$(wc -c <"$t")" -eq "$3" ] || { rm -f "$t"; exit 74; }
chmod "$2" "$t" && mv -f "$t" "$1" || exit 1
sha256sum "$1" 2>/dev/null || :
