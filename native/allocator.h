#pragma once
#include <cstdint>

namespace mocosharp {

struct AllocatorStatistics { int64_t in_use, cached, peak; };

void install_allocator();
AllocatorStatistics allocator_statistics();

}  // namespace mocosharp
