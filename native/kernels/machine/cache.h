// How much this processor's caches hold.
#pragma once

#include <unistd.h>

#include <cstdint>

namespace mocosharp {

// Of one core's L2 cache; what a processor that does not say it is taken to have.
inline int64_t l2_bytes() {
  static const int64_t bytes = [] {
    const long found = sysconf(_SC_LEVEL2_CACHE_SIZE);
    return found > 0 ? static_cast<int64_t>(found) : int64_t{1} << 20;
  }();
  return bytes;
}

}  // namespace mocosharp
