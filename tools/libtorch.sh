# Which libtorch the bridge is built against. Needs setup.sh's functions.
#
#   MOCOSHARP_LIBTORCH   a folder (an official libtorch, CPU or CUDA), pip (the torch of the python3 on the PATH), or system (Debian's).
#                        Without it: what the bridge was built against before; at first Debian's, or pip's where there is no such package.

TORCH_RECORD=$ARTIFACTS/libtorch      # what the bridge was built against: the wish, the folder (empty: the system's), the library's state

torch_wish() {
  case ${MOCOSHARP_LIBTORCH:-} in
    pip) printf 'pip %s' "$(command -v python3)" ;;
    *) printf '%s' "${MOCOSHARP_LIBTORCH:-}" ;;
  esac
}

# torch_state FOLDER: path, size and time of the library there; another build of it has another one.
torch_state() { stat -Lc '%n %s %Y' ${1:+"$1"/lib/libtorch_cpu.so} $([ -n "$1" ] || echo /usr/lib/*/libtorch_cpu.so) 2>/dev/null; }

torch_has_changed() {
  local wish folder state
  { read -r wish && read -r folder && read -r state; } 2>/dev/null <"$TORCH_RECORD" || return 0
  [ -n "${MOCOSHARP_LIBTORCH:-}" ] && [ "$(torch_wish)" != "$wish" ] && return 0
  [ "$state" != "$(torch_state "$folder")" ]
}

is_libtorch() { [ -e "$1/share/cmake/Torch/TorchConfig.cmake" ] && [ -e "$1/lib/libtorch_cpu.so" ]; }

# The folder of python3's torch, found without importing it.
pip_torch() {
  python3 -c 'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")' 2>/dev/null || true
}

system_has_torch() {
  [ -n "$(torch_state "")" ] && return
  command -v apt-cache >/dev/null || return
  # Without package lists apt knows nothing: then Debian's is tried first.
  local version
  version=$(apt-cache policy libtorch-dev 2>/dev/null | sed -n 's/^ *Candidate: //p')
  [ -z "$version" ] || dpkg --compare-versions "$version" ge 1.13
}

# Sets TORCH_FOLDER: empty for the system's.
find_libtorch() {
  local pip
  case ${MOCOSHARP_LIBTORCH:-} in
    system) TORCH_FOLDER= ;;
    "" | pip)
      [ -z "${MOCOSHARP_LIBTORCH:-}" ] && recorded_or_system && return
      pip=$(pip_torch)
      [ -n "$pip" ] || fail "no libtorch: ${MOCOSHARP_LIBTORCH:+MOCOSHARP_LIBTORCH is pip, and }python3 on the PATH has no torch" \
        "pip install torch, or set MOCOSHARP_LIBTORCH to the folder of an official libtorch"
      is_libtorch "$pip" || fail "python3's torch in $pip has no libtorch to build against (it is Debian's package)" "set MOCOSHARP_LIBTORCH=system"
      TORCH_FOLDER=$pip ;;
    *)
      is_libtorch "$MOCOSHARP_LIBTORCH" || fail "MOCOSHARP_LIBTORCH names $MOCOSHARP_LIBTORCH, which has no share/cmake/Torch/TorchConfig.cmake and lib/libtorch_cpu.so" \
        "name the folder that an official libtorch was unpacked to, or say pip or system"
      TORCH_FOLDER=$(cd "$MOCOSHARP_LIBTORCH" && pwd) ;;
  esac
}

recorded_or_system() {
  TORCH_FOLDER=$(sed -n 2p "$TORCH_RECORD" 2>/dev/null || true)
  [ -n "$TORCH_FOLDER" ] && is_libtorch "$TORCH_FOLDER" && return
  TORCH_FOLDER=
  system_has_torch
}

# What torch_has_changed compares with next time.
record_libtorch() { printf '%s\n%s\n%s\n' "$(torch_wish)" "$TORCH_FOLDER" "$(torch_state "$TORCH_FOLDER")" >"$TORCH_RECORD"; }
