# The system's packages. Needs setup.sh's functions.

# Package or its other names, then what it is for. Debian 12 and 13 have the first names. Ubuntu calls libturbojpeg0 libturbojpeg.
PACKAGES='libtorch-dev tensors and automatic differentiation
libgloo-dev training on several processes
libopenblas0-pthread fast matrix products
libturbojpeg0|libturbojpeg reading and writing JPEG
libspng0 reading and writing PNG
libwebp7 reading and writing WebP
libfontconfig1 charts with words
fonts-dejavu-core charts with words
dataset-fashion-mnist the pictures of the demo
cmake building the native bridge
g++ building the native bridge
make building the native bridge'

OTHER_SYSTEMS="install cmake, make, g++, libturbojpeg, libspng and libwebp with your system's package manager, then 'pip install torch' and run this again"

# The packages that are not installed, one a line with their purpose. What comes with an official libtorch is not asked for.
missing_packages() {
  local installed names purpose name
  installed=$(dpkg-query -W -f '${db:Status-Abbrev}|${Package}\n' $(cut -d' ' -f1 <<<"$PACKAGES" | tr '|' '\n') 2>/dev/null | sed -n 's/^ii *|//p')
  while read -r names purpose; do
    case $names in libtorch-dev | libgloo-dev | libopenblas0-pthread) [ -z "$TORCH_FOLDER" ] || continue ;; esac
    for name in ${names//|/ }; do
      grep -qxF "$name" <<<"$installed" && continue 2
    done
    printf '%s %s\n' "$names" "$purpose"
  done <<<"$PACKAGES"
}

# The names of missing packages that apt has here, on one line. Fails on one that it has under no name.
names_in_apt() {
  local names purpose name found=
  while read -r names purpose; do
    for name in ${names//|/ }; do
      apt-cache show --no-all-versions "$name" >/dev/null 2>&1 && found+="$name " && continue 2
    done
    return 1
  done
  printf '%s' "$found"
}

# Not Debian's kind of system: what is missing is said in one sentence, and nothing is installed.
need_tools() {
  local tool
  for tool in cmake make c++; do
    command -v "$tool" >/dev/null || fail "$tool is missing, and only Debian and Ubuntu are known here by their packages" "$OTHER_SYSTEMS"
  done
}

install_packages() {
  local missing names as_root=
  command -v dpkg-query >/dev/null || { need_tools; return; }
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "packages are missing: $(cut -d' ' -f1 <<<"$missing" | tr '\n' ' ')" "install them as root with apt-get install"
    as_root=sudo
  fi
  # A package list may be absent or old: fetch it only then.
  if ! names=$(names_in_apt <<<"$missing") || ! apt_install; then
    logged $as_root apt-get update
    names=$(names_in_apt <<<"$missing") || fail "this system's packages lack one of: $(cut -d' ' -f1 <<<"$missing" | tr '\n' ' ')" "$OTHER_SYSTEMS"
    apt_install || failed "apt-get install $names"
  fi
}

# Reads install_packages's names and as_root.
apt_install() {
  say "installing with apt: $names"
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o APT::Status-Fd=1 $names 2>>"$LOG" 9>&- | follow "installing"
}
