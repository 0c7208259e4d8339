// A caching allocator for libtorch's CPU tensors. A training step asks for the same sizes again and again; handing the same memory out
// each time spares the kernel's zeroing and page faults, which cost as much as the arithmetic.
#pragma once

#include <cstdint>

namespace mocosharp {

struct AllocatorStatistics {
  int64_t bytes_in_use;  // held by tensors, in whole blocks
  int64_t bytes_cached;  // free, kept for the next tensor of that size
  int64_t peak_bytes_in_use;
  int64_t allocations;         // tensors' requests so far
  int64_t system_allocations;  // requests that no cached block could serve; does not grow in a steady state
};

// Makes it libtorch's CPU allocator and keeps the C heap from giving large scratch memory back. Safe to call at any time and twice:
// tensors made before go back to where they came from.
void install_allocator();

AllocatorStatistics allocator_statistics();

// Gives every cached block, and what is free of the C heap, back to the system.
void release_cached_memory();

}  // namespace mocosharp
