# A Debian 13 root, whatever this machine runs. Sourced by the scripts beside it; needs root.
#
#   MOCOSHARP_DEBIAN13   the root's folder (default /var/tmp/debian13); kept, so that later runs build only what has changed
SOURCE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
DEBIAN=${MOCOSHARP_DEBIAN13:-/var/tmp/debian13}
MOUNTS=()

fail() { printf 'error: %s\n  fix: %s\n' "$1" "$2" >&2; exit 1; }
inside() { chroot "$DEBIAN" env -u TMPDIR LC_ALL=C DEBIAN_FRONTEND=noninteractive DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 HOME=/root "$@"; }

# Debian's mirror, as apt knows it here.
mirror() { apt-cache policy 2>/dev/null | grep -o 'https\?://[^ ]*/debian ' | head -n 1; }

make_root() {
  [ -e "$DEBIAN/etc/debian_version" ] && return
  command -v debootstrap >/dev/null || fail "debootstrap is missing" "apt-get install debootstrap"
  debootstrap --variant=minbase trixie "$DEBIAN" "$(mirror)" >&2
  inside apt-get update >&2
  inside apt-get install -y --no-install-recommends ca-certificates libssl3t64 git >&2
}

# bind FOLDER PLACE: mounts a folder of this machine there, and remembers to take it away again.
bind() {
  mkdir -p "$DEBIAN$2"
  mount --bind "$1" "$DEBIAN$2"
  MOUNTS=("$DEBIAN$2" "${MOUNTS[@]}")
}

clean() {
  for place in "${MOUNTS[@]}"; do umount "$place" || umount --lazy "$place"; done
}

# Makes the root where it is missing, locks it, and mounts the system's folders until the script ends.
enter_root() {
  [ "$(id -u)" = 0 ] || fail "chroot and mount need root" "sudo $0"
  make_root
  exec 9>"$DEBIAN/.lock"
  flock --nonblock 9 || fail "$DEBIAN is in use by another run" "wait for it, or set MOCOSHARP_DEBIAN13 to another folder"
  trap clean EXIT
  bind /proc /proc
  bind /sys /sys
  bind /dev /dev
}
