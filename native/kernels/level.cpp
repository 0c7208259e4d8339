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
  if (name.empty() || name == "auto") return machine_level();
  const auto found = std::find(std::begin(kNames) + 1, std::end(kNames), name);
  TORCH_CHECK(found != std::end(kNames), what, " is '", name, "'; set it to auto, avx2, avx512, avx512bf16 or amx");
  const Level wanted = static_cast<Level>(found - std::begin(kNames));
  TORCH_CHECK(wanted <= machine_level(), what, " is '", name, "', which is above this machine's, ", level_name(machine_level()));
  return wanted;
}

std::atomic<Level>& limit() {
  static std::atomic<Level> value{[] {
    const char* text = std::getenv("MOCOSHARP_LEVEL");
    return parse(text ? text : "", "the environment's MOCOSHARP_LEVEL");
  }()};
  return value;
}

}  // namespace

Level machine_level() {
  static const Level found = find_machine_level();
  return found;
}

Level level() { return limit().load(std::memory_order_relaxed); }

void set_level_limit(const std::string& name) { limit() = parse(name, "the processor level"); }

std::string level_name(Level level) { return kNames[static_cast<int>(level)]; }

}  // namespace mocosharp
