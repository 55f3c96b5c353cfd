# Follows files. Arguments: where to begin in a file that is not known yet (a number of bytes before the end, L and a number of
# lines, or 0- for the start), then for each file: path, inode, offset ("-" where not known yet).
# Says, each on a line: N file inode offset (begins here); D file offset length, then as many bytes, then E and how many of them
# are real; T file (it became shorter); R file 1|0 (another file has its name; the rest of the old one was found or not);
# M file (it is missing). Ends as standard input does.
LC_ALL=C; export LC_ALL
begin=$1; shift
exec 3<&0 6>&1
( IFS= read -r x <&3; kill $$ ) >/dev/null 2>&1 &
look() {
  set -- $(stat -L -c '%i %s' "$1" 2>/dev/null || { ls -lniLd "$1" 2>/dev/null | { read -r a b c d e f g; echo "$a $f"; }; })
  I=$1; Z=$2
}
if dd if=/dev/null of=/dev/null bs=1 iflag=skip_bytes skip=0 count=1 2>/dev/null; then seeks=1; else seeks=; fi
# give FILE PATH OFFSET LENGTH: sets W to what was real: nothing, where the path became that of another file than $ino meanwhile.
give() {
  printf 'D %s %s %s\n' "$1" "$3" "$4"
  if [ "$seeks" ]; then
    W=$(dd if="$2" bs="$4" iflag=skip_bytes skip="$3" count=1 2>&1 >&6) || W=0
    W=${W##*out}
    set -- "$1" "$2" "$3" "$4" $W
    W=${5:-$4}
  else
    tail -c "+$(($3 + 1))" "$2" | head -c "$4"
    look "$2"; W=$4
    [ "${Z:-0}" -ge $(($3 + $4)) ] || exit 75
  fi
  case $W in '' | *[!0-9]*) W=0 ;; esac
  real=$W; look "$2"; [ "$I" = "$ino" ] || real=0
  if [ "$W" -lt "$4" ]; then dd if=/dev/zero bs=$(($4 - W)) count=1 2>/dev/null; fi
  W=$real
  printf 'E %s\n' "$W"
}
# rest FILE PATH OFFSET END: all of it.
rest() {
  at=$3
  while [ "$at" -lt "$4" ]; do
    len=$(($4 - at)); [ "$len" -le 262144 ] || len=262144
    give "$1" "$2" "$at" "$len"
    [ "$W" -gt 0 ] || return 1
    at=$((at + W))
  done
}
# old FILE PATH INODE OFFSET: the rest of what had the name before.
old() {
  for s in "$2".* "$2"-* "$2"_* "${2%/*}"/*; do
    look "$s"
    if [ "$I" = "$3" ]; then
      ino=$3
      if rest "$1" "$s" "$4" "$Z"; then printf 'R %s 1\n' "$1"; else printf 'R %s 0\n' "$1"; fi
      return
    fi
  done
  printf 'R %s 0\n' "$1"
}
n=0
while [ $# -ge 3 ]; do n=$((n + 1)); eval "p$n=\$1 i$n=\$2 o$n=\$3"; shift 3; done
idle=0
while :; do
  busy=; k=0
  while [ "$k" -lt "$n" ]; do
    k=$((k + 1)); eval "p=\$p$k i=\$i$k o=\$o$k"
    look "$p"
    if [ -z "$I" ]; then
      [ "$i" = gone ] || printf 'M %s\n' "$k"
      case $i in - | gone) ;; *) old "$k" "$p" "$i" "$o" ;; esac
      eval "i$k=gone o$k=0"
      continue
    fi
    if [ "$i" = - ]; then
      case $begin in
      0-) o=0 ;;
      L*) o=$(($(tail -n "${begin#L}" "$p" | wc -c))); o=$((Z - o)) ;;
      *) o=$((Z - begin)) ;;
      esac
      [ "$o" -ge 0 ] || o=0
      printf 'N %s %s %s\n' "$k" "$I" "$o"
    elif [ "$i" = gone ]; then
      o=0; printf 'N %s %s 0\n' "$k" "$I"
    elif [ "$i" != "$I" ]; then
      new=$I size=$Z
      old "$k" "$p" "$i" "$o"
      I=$new; Z=$size; o=0; printf 'N %s %s 0\n' "$k" "$I"
    elif [ "$Z" -lt "$o" ]; then
      printf 'T %s\n' "$k"; o=0
    fi
    len=$((Z - o)); [ "$len" -le 262144 ] || { len=262144; busy=1; }
    if [ "$len" -gt 0 ]; then
      ino=$I
      give "$k" "$p" "$o" "$len"
      o=$((o + W)); I=$ino; idle=0
    fi
    eval "i$k=\$I o$k=\$o"
  done
  [ "$busy" ] && continue
  idle=$((idle + 1))
  if [ "$idle" -gt 20 ]; then sleep 1; else sleep 0.2 2>/dev/null || sleep 1; fi
done
