#!/usr/bin/env bash
# Tries the package beside Debian's own safe-rm, with the real dpkg, in a copy of this machine that is
# thrown away: packaging/beside.sh OURS.deb THEIRS.deb (`apt-get download safe-rm`). Needs root.
set -euo pipefail

if [ "${INSIDE:-}" = "" ]; then
    ours=$(realpath "$1") theirs=$(realpath "$2")
    exec env INSIDE=1 unshare --mount --fork bash "$(realpath "$0")" "$ours" "$theirs"
fi

# All that is written lands in memory, and is gone at the end.
place=$(mktemp -d)
trap 'umount -R "$place" && rmdir "$place"' EXIT
mount -t tmpfs none "$place"
mkdir "$place/upper" "$place/work" "$place/root"
mount -t overlay none -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" "$place/root"
mkdir -p "$place/root/debs"
cp "$1" "$place/root/debs/ours.deb"
cp "$2" "$place/root/debs/theirs.deb"
mount -t proc none "$place/root/proc"
mount --bind /dev "$place/root/dev"

in_copy() {
    DEBIAN_FRONTEND=noninteractive chroot "$place/root" "$@"
}
# Whose is the name: `safe-rm policy` is ours alone.
name_is() {
    local whose=theirs
    in_copy safe-rm policy > /dev/null 2>&1 && whose=ours
    in_copy test -e /usr/bin/safe-rm || whose=nobody
    echo "  safe-rm is $whose"
    [ "$whose" = "$1" ] || exit 1
    if dpkg-query --admindir="$place/root/var/lib/dpkg" -W safe-rm-models > /dev/null 2>&1; then
        in_copy safe-rm-models policy > /dev/null
    fi
}

echo "ours first, theirs after it"
in_copy dpkg -i /debs/ours.deb > /dev/null
name_is ours
in_copy dpkg -i /debs/theirs.deb > /dev/null
name_is theirs
in_copy dpkg --verify safe-rm
in_copy dpkg -r safe-rm > /dev/null
name_is ours
in_copy dpkg -r safe-rm-models > /dev/null
name_is nobody
in_copy dpkg -P safe-rm > /dev/null

echo "theirs first, ours after it"
in_copy dpkg -i /debs/theirs.deb > /dev/null
name_is theirs
in_copy dpkg -i /debs/ours.deb > /dev/null
name_is theirs
in_copy dpkg --verify safe-rm
in_copy dpkg -P safe-rm-models > /dev/null
name_is theirs
in_copy dpkg --verify safe-rm
in_copy dpkg -P safe-rm > /dev/null
name_is nobody

left=$(in_copy find /usr /etc -newer /debs/ours.deb -name '*safe-rm*' -not -path '/etc/alternatives')
[ -z "$left" ] || { echo "left: $left"; exit 1; }
echo "nothing is left of either"
