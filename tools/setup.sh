# What ./moco and ./test share: makes sure that the packages, the native bridge and the managed build are there and newer than their sources.
# Source it with ROOT set to the repository. Every function is quiet while there is nothing to do.

ARTIFACTS=$ROOT/artifacts
LOG=$ARTIFACTS/build.log
BRIDGE=$ARTIFACTS/native/libmocosharp_torch.so

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $1"
  [ -z "${2:-}" ] || say "  fix: $2"
  exit 1
}

# failed COMMAND: says so, with the errors that the log holds.
failed() {
  grep -E '(error|Error|fatal)( [A-Z]+[0-9]+)?:|^E: |[*]{3}|undefined reference' "$LOG" | sort -u | head -n 20 >&2
  fail "'$1' failed" "see $LOG"
}

# Runs a command with its output in the log; shows the log's errors when it fails.
logged() { "$@" >>"$LOG" 2>&1 9>&- || failed "$*"; }

# follow WHAT: keeps in the log what cmake --build or apt-get prints, and shows how far it is: one line on a terminal, one a quarter elsewhere.
follow() {
  local what=$1 line percent detail last=-25
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$LOG"
    case $line in
      '['*%']'*) percent=${line%%%*} percent=${percent#[} detail=${line##*/} ;;
      dlstatus:* | pmstatus:*) IFS=: read -r _ _ percent detail <<<"$line" ;;
      *) continue ;;
    esac
    percent=${percent%%.*} percent=${percent// /}
    if [ -t 2 ]; then
      printf '\r\e[K%.100s' "$what: $percent% $detail" >&2
    elif [ "$percent" -ge $((last + 25)) ] || [ "$percent" -lt "$last" ]; then
      say "$what: $percent%"
      last=$percent
    fi
  done
  [ ! -t 2 ] || printf '\r\e[K' >&2
}

. "$ROOT/tools/packages.sh"
. "$ROOT/tools/libtorch.sh"

need_dotnet() {
  command -v dotnet >/dev/null || fail "dotnet is not installed or not on the PATH" \
    "install the .NET 10 SDK: https://learn.microsoft.com/dotnet/core/install/linux"
}

need_sdk() {
  dotnet --list-sdks | grep -q '^1[0-9]\.' || fail "MocoSharp needs the .NET 10 SDK; dotnet --list-sdks shows: $(dotnet --list-sdks | tr '\n' ' ')" \
    "install the .NET 10 SDK: https://learn.microsoft.com/dotnet/core/install/linux"
}

# compiled build|pack ARGUMENT...: dotnet's command in Release, with one compiler for all projects, which ends with the command; without it each
# project starts a cold one, at three times the work.
compiled() {
  local pipe=mocosharp-$BASHPID status=0 sdk
  DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 dotnet "$@" --configuration Release --verbosity quiet --nodereuse:false \
    -p:UseSharedCompilation=true -p:SharedCompilationId="$pipe" || status=$?
  sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")/sdk/$(dotnet --version)
  dotnet "$sdk/Roslyn/bincore/VBCSCompiler.dll" -shutdown -pipename:"$pipe" || true
  return $status
}

# stale STAMP PATH...: whether the stamp is missing or one of the paths has changed since. Lock files are written by the build itself.
stale() {
  local stamp=$1
  shift
  [ -e "$stamp" ] || return 0
  [ -n "$(find "$@" -newer "$stamp" ! -name packages.lock.json -print -quit 2>/dev/null)" ]
}

BRIDGE_STAMP=$ARTIFACTS/native.stamp
is_of_another_tree() { [ -e "$ARTIFACTS/native/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$ROOT/native" "$ARTIFACTS/native/CMakeCache.txt"; }
bridge_is_stale() { [ ! -e "$BRIDGE" ] || torch_has_changed || stale "$BRIDGE_STAMP" "$ROOT/native"; }

BUILD_FILES="$ROOT/Directory.Build.props $ROOT/Directory.Packages.props $ROOT/global.json $ROOT/BannedSymbols.txt $ROOT/.editorconfig"

# A stamp bears the time at which its build began, so that a change during the build is not missed.
build_bridge() {
  bridge_is_stale || return 0
  if torch_has_changed || is_of_another_tree; then rm -rf "$ARTIFACTS/native"; fi        # no object of another libtorch stays
  touch "$BRIDGE_STAMP.new"
  logged cmake -S "$ROOT/native" -B "$ARTIFACTS/native" -DCMAKE_BUILD_TYPE=Release ${TORCH_FOLDER:+-DCMAKE_PREFIX_PATH="$TORCH_FOLDER"}
  cmake --build "$ARTIFACTS/native" --parallel "$(nproc)" 2>&1 9>&- | follow "building the native bridge" || failed "cmake --build $ARTIFACTS/native"
  mv "$BRIDGE_STAMP.new" "$BRIDGE_STAMP"
  record_libtorch
}

# The studio's page, where Node.js is. Without it, or when it fails, the rest is built as usual, and 'moco studio' says what to do.
build_page() {
  command -v npm >/dev/null || return 0
  "$ROOT/tools/page" >>"$LOG" 2>&1 9>&- || say "the studio's page was not built: see $LOG, or run tools/page"
}

# Packages and bridge, while a managed build that needs neither runs beside them: build_all FUNCTION ARGUMENT...
build_all() {
  (LOG=$ARTIFACTS/managed.log; : >"$LOG"; "$@") &
  local managed=$!
  find_libtorch
  install_packages
  build_bridge
  wait "$managed" || exit 1
}

# build_managed STAMP PROJECT PATH...: builds the project when one of the paths is newer than the stamp.
build_managed() {
  local stamp=$1 project=$2
  shift 2
  stale "$stamp" $BUILD_FILES "$@" || return 0
  need_sdk
  build_page
  say "building $(basename "${project%.*}")"
  touch "$stamp.new"
  logged compiled build "$ROOT/$project"
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
