// Work sharing on libtorch's own thread pool, with results that depend on the number of threads alone.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

namespace mocosharp {

// A plain loop compiled twice; the loader takes the AVX2 one where it can. AVX-512 code is written by hand (avx512.h).
#define MOCOSHARP_SIMD __attribute__((target_clones("arch=haswell", "default")))

struct Range {
  int64_t begin, end;
};

// The part of [0, count) that belongs to one thread: contiguous, sizes differ by one `unit` at most.
inline Range share(int64_t count, int thread, int threads, int64_t unit = 1) {
  const int64_t units = (count + unit - 1) / unit;
  return {std::min(count, units * thread / threads * unit), std::min(count, units * (thread + 1) / threads * unit)};
}

// Calls body(thread) once for each of `threads` shares of the work, in parallel.
template <typename Body>
void for_each_thread(int threads, const Body& body) {
  at::parallel_for(0, threads, 1, [&](int64_t begin, int64_t end) {
    for (int64_t thread = begin; thread < end; ++thread) body(static_cast<int>(thread));
  });
}

}  // namespace mocosharp
