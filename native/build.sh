#!/usr/bin/env bash
# Builds the bridge for a libtorch that the package has none for.
#   build.sh FOLDER [LIBTORCH]   into the folder; LIBTORCH is an unpacked official libtorch, or the folder of pip's torch; without it the system's
# Needs cmake, make and a C++ compiler. Then tell programs where it is: export MOCOSHARP_NATIVE=FOLDER
set -euo pipefail
SOURCE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
[ $# -ge 1 ] || { echo "usage: build.sh FOLDER [LIBTORCH]" >&2; exit 2; }
mkdir -p "$1"
BUILD=$(cd "$1" && pwd)/build
cmake -S "$SOURCE" -B "$BUILD" -DCMAKE_BUILD_TYPE=Release ${2:+-DCMAKE_PREFIX_PATH="$2"}
cmake --build "$BUILD" --parallel "$(nproc)"
mv "$BUILD/libmocosharp_torch.so" "$1/"
rm -rf "$BUILD"
echo "export MOCOSHARP_NATIVE=$(cd "$1" && pwd)"
