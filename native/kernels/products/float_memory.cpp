#include "float_memory.h"

#include "kernels/machine/threads.h"

namespace mocosharp {

namespace {

MOCOSHARP_SIMD void add(float* __restrict to, const float* __restrict from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

}  // namespace

void add_threads(const FloatMemory& sums, int threads, int64_t count, float* to) {
  for_each_thread(threads, [&](int thread) {
    const Range range = share(count, thread, threads, 16);
    const int64_t length = range.end - range.begin;
    std::copy_n(sums.of(0) + range.begin, length, to + range.begin);
    for (int other = 1; other < threads; ++other) add(to + range.begin, sums.of(other) + range.begin, length);
  });
}

}  // namespace mocosharp
