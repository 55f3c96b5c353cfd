# A file from a byte on, up to the end that it has as it is opened. It is opened once: a rotation meanwhile changes nothing of it.
# Arguments: its path, how many bytes of it were read before, their SHA-256 or "-". What is known of it is told on standard error:
# "S size" first, "C sum" (of all of it) last. Ends with 64 where this cannot be done here, 66 where the file cannot be opened, 67
# where it does not begin with what was read before.
LC_ALL=C; export LC_ALL
p=/proc/self/fd/3
{
  [ -r "$p" ] || exit 64
  s=$(stat -L -c %s "$p" 2>/dev/null) || s=$(wc -c <"$p") || exit 64
  s=$((s))
  echo "S $s" >&2
  [ "$s" -ge "$2" ] || exit 67
  if [ "$2" -gt 0 ] && [ "$3" != - ]; then
    t=$(head -c "$2" <"$p" | sha256sum 2>/dev/null)
    [ -z "$t" ] || [ "${t%% *}" = "$3" ] || exit 67
  fi
  tail -c "+$(($2 + 1))" <"$p" | head -c "$((s - $2))"
  t=$(head -c "$s" <"$p" | sha256sum 2>/dev/null)
  [ -z "$t" ] || echo "C ${t%% *}" >&2
  exit 0
} 3<"$1" || exit 66
