# What ./moco and ./test share: makes sure that the packages, the native bridge and the managed build are there and newer than their sources.
# Source it with ROOT set to the repository. Every function is quiet while there is nothing to do.
#
#   MOCOSHARP_LIBTORCH   folder of an official libtorch to build against instead of Debian's package (CPU or CUDA)

ARTIFACTS=$ROOT/artifacts
LOG=$ARTIFACTS/build.log
BRIDGE=$ARTIFACTS/native/libmocosharp_torch.so

# package, what it is for
PACKAGES='libtorch-dev tensors and automatic differentiation
libgloo-dev training on several processes
libopenblas0-pthread fast matrix products
libturbojpeg0 reading and writing JPEG
libspng0 reading and writing PNG
libwebp7 reading and writing WebP
dataset-fashion-mnist the pictures of the demo
cmake building the native bridge
g++ building the native bridge
make building the native bridge'

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $1"
  [ -z "${2:-}" ] || say "  fix: $2"
  exit 1
}

# Runs a command with its output in the log; shows the log's end when it fails.
logged() {
  if ! "$@" >>"$LOG" 2>&1 9>&-; then
    grep -E '(error|Error|fatal)( [A-Z]+[0-9]+)?:|^E: |[*]{3}|undefined reference' "$LOG" | sort -u | head -n 20 >&2
    fail "'$*' failed" "see $LOG"
  fi
}

need_dotnet() {
  command -v dotnet >/dev/null || fail "dotnet is not installed or not on the PATH" \
    "install the .NET 10 SDK: https://learn.microsoft.com/dotnet/core/install/linux"
}

need_sdk() {
  dotnet --list-sdks | grep -q '^1[0-9]\.' || fail "MocoSharp needs the .NET 10 SDK; dotnet --list-sdks shows: $(dotnet --list-sdks | tr '\n' ' ')" \
    "install the .NET 10 SDK: https://learn.microsoft.com/dotnet/core/install/linux"
}

# The packages that are not installed, one a line with their purpose.
missing_packages() {
  local names installed package purpose
  names=$(cut -d' ' -f1 <<<"$PACKAGES")
  installed=$(dpkg-query -W -f '${db:Status-Abbrev}|${Package}\n' $names 2>/dev/null | sed -n 's/^ii *|//p')
  while read -r package purpose; do
    [ "$package" = libtorch-dev ] && [ -n "${MOCOSHARP_LIBTORCH:-}" ] && continue
    grep -qxF "$package" <<<"$installed" || printf '%s %s\n' "$package" "$purpose"
  done <<<"$PACKAGES"
}

install_packages() {
  local missing names as_root=
  command -v dpkg-query >/dev/null || return 0        # not Debian: cmake and the loaders say what they miss
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  names=$(cut -d' ' -f1 <<<"$missing" | tr '\n' ' ')
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing: $names" "as root: apt-get install $names"
    as_root=sudo
  fi
  say "installing $(wc -l <<<"$missing") packages with apt:"
  sed 's/^\([^ ]*\) /  \1: /' <<<"$missing" >&2
  # A package list may be absent or old: fetch it only then.
  if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $names >>"$LOG" 2>&1 9>&-; then
    logged $as_root apt-get update
    logged $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $names
  fi
}

# stale STAMP PATH...: whether the stamp is missing or one of the paths has changed since. Lock files are written by the build itself.
stale() {
  local stamp=$1
  shift
  [ -e "$stamp" ] || return 0
  [ -n "$(find "$@" -newer "$stamp" ! -name packages.lock.json -print -quit 2>/dev/null)" ]
}

BRIDGE_STAMP=$ARTIFACTS/native.stamp
bridge_is_stale() { [ ! -e "$BRIDGE" ] || stale "$BRIDGE_STAMP" "$ROOT/native"; }

BUILD_FILES="$ROOT/Directory.Build.props $ROOT/Directory.Packages.props $ROOT/global.json $ROOT/BannedSymbols.txt $ROOT/.editorconfig"

# A stamp bears the time at which its build began, so that a change during the build is not missed.
build_bridge() {
  bridge_is_stale || return 0
  say "building the native bridge (about a minute, once)"
  touch "$BRIDGE_STAMP.new"
  logged cmake -S "$ROOT/native" -B "$ARTIFACTS/native" -DCMAKE_BUILD_TYPE=Release ${MOCOSHARP_LIBTORCH:+-DCMAKE_PREFIX_PATH="$MOCOSHARP_LIBTORCH"}
  logged cmake --build "$ARTIFACTS/native" --parallel "$(nproc)"
  mv "$BRIDGE_STAMP.new" "$BRIDGE_STAMP"
}

# build_managed STAMP PROJECT PATH...: builds the project when one of the paths is newer than the stamp.
build_managed() {
  local stamp=$1 project=$2
  shift 2
  stale "$stamp" $BUILD_FILES "$@" || return 0
  need_sdk
  say "building $(basename "${project%.*}")"
  touch "$stamp.new"
  logged env DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 dotnet build "$ROOT/$project" --configuration Release --verbosity quiet --nodereuse:false
  mv "$stamp.new" "$stamp"
}

# with_lock FUNCTION ARGUMENT...: one process at a time may install and build here; a second one waits, then finds the work done.
with_lock() {
  mkdir -p "$ARTIFACTS"
  (
    flock --nonblock 9 || { say "waiting for another build in $ROOT"; flock 9; }
    : >"$LOG"
    "$@"
  ) 9>"$ARTIFACTS/build.lock" || exit 1
}
