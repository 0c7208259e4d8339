#include "level.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "amx.h"

namespace mocosharp {
namespace {

const char* const kNames[] = {"none", "avx2", "avx512", "avx512bf16", "amx"};

Level find_machine_level() {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return Level::none;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl") ||
      !__builtin_cpu_supports("avx512dq"))
    return Level::avx2;
  if (!__builtin_cpu_supports("avx512bf16")) return Level::avx512;
  return machine_has_tiles() ? Level::amx : Level::avx512bf16;
}

Level parse(const std::string& name, const char* what) {
  const auto found = std::find(std::begin(kNames) + 1, std::end(kNames), name);
  TORCH_CHECK(found != std::end(kNames), what, " is '", name, "'; set it to auto, avx2, avx512, avx512bf16 or amx");
  const Level wanted = static_cast<Level>(found - std::begin(kNames));
  TORCH_CHECK(wanted <= machine_level(), what, " is '", name, "', which is above this machine's, ", level_name(machine_level()));
  return wanted;
}

bool is_auto(const std::string& name) { return name.empty() || name == "auto"; }

// The environment's, else the machine's.
Level level_at_start() {
  const char* const text = std::getenv("MOCOSHARP_LEVEL");
  static const Level found = is_auto(text ? text : "") ? machine_level() : parse(text, "the environment's MOCOSHARP_LEVEL");
  return found;
}

// A forced level holds for libtorch's kernels too, where nobody has set theirs: they read these when they first run.
void limit_library(Level level) {
  if (level == machine_level()) return;
  const char* const isa = level == Level::avx2 ? "AVX2" : level == Level::avx512 ? "AVX512_CORE" : "AVX512_CORE_BF16";
  setenv("ONEDNN_MAX_CPU_ISA", isa, /*overwrite=*/0);
  if (level == Level::avx2) setenv("ATEN_CPU_CAPABILITY", "avx2", /*overwrite=*/0);
}

std::atomic<Level>& limit() {
  static std::atomic<Level> value{level_at_start()};
  return value;
}

// Before libtorch reads its limits. A name that parse refuses is refused again, to somebody, at its first use.
const bool kLibraryLimited = [] {
  try {
    limit_library(level_at_start());
    return true;
  } catch (const c10::Error&) {
    return false;
  }
}();

}  // namespace

Level machine_level() {
  static const Level found = find_machine_level();
  return found;
}

Level level() { return limit().load(std::memory_order_relaxed); }

void set_level_limit(const std::string& name) { limit() = is_auto(name) ? level_at_start() : parse(name, "the processor level"); }

std::string level_name(Level level) { return kNames[static_cast<int>(level)]; }

}  // namespace mocosharp
