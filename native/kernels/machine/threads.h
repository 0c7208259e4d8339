// Work sharing on libtorch's own thread pool, with results that depend on the number of threads alone.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace mocosharp {

// A plain loop compiled twice; the loader takes the AVX2 one where it can. AVX-512 code is written by hand (avx512.h).
#define MOCOSHARP_SIMD __attribute__((target_clones("arch=haswell", "default")))

struct Range {
  int64_t begin, end;
};

// The part of [0, count) that belongs to one thread: contiguous, sizes differ by one `unit` at most.
inline Range share(int64_t count, int64_t thread, int64_t threads, int64_t unit = 1) {
  const int64_t units = (count + unit - 1) / unit;
  return {std::min(count, units * thread / threads * unit), std::min(count, units * (thread + 1) / threads * unit)};
}

// How many shares work is cut into that workers claim one by one.
inline int64_t claimable_shares() {
  constexpr int64_t kPerThread = 4;
  const int64_t threads = at::get_num_threads();
  return threads == 1 ? 1 : kPerThread * threads;
}

// Calls body(worker, share) once for each of `shares` shares, in parallel, in any order. A worker claims the next share when it is free, so
// one that the host holds up does not hold up the others; what a share computes must therefore not depend on its worker.
template <typename Body>
void claim_shares(int64_t shares, const Body& body) {
  std::atomic<int64_t> next{0};
  at::parallel_for(0, std::min<int64_t>(at::get_num_threads(), shares), 1, [&](int64_t begin, int64_t end) {
    for (int64_t worker = begin; worker < end; ++worker) {
      for (int64_t share = next++; share < shares; share = next++) body(worker, share);
    }
  });
}

// Calls body(thread) once for each of `threads` shares of the work, in parallel.
template <typename Body>
void for_each_thread(int threads, const Body& body) {
  at::parallel_for(0, threads, 1, [&](int64_t begin, int64_t end) {
    for (int64_t thread = begin; thread < end; ++thread) body(static_cast<int>(thread));
  });
}

}  // namespace mocosharp
