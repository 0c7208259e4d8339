// What differs between the libtorch versions that the bridge is built against, 1.13 and newer: nothing else in native/ asks for a version.
#pragma once

#include <c10/core/Allocator.h>
#include <c10/util/Optional.h>
#include <torch/version.h>

#include <cstring>
#include <optional>

#define MOCOSHARP_TORCH (TORCH_VERSION_MAJOR * 100 + TORCH_VERSION_MINOR)

#if MOCOSHARP_TORCH < 113
#error "MocoSharp needs libtorch 1.13 or newer"
#endif

namespace mocosharp {

// Optional values in the schemas of operators: a class of c10's own at first, the standard's later, and c10's name for that is going.
#if MOCOSHARP_TORCH < 206
using c10::nullopt;
using c10::optional;
#else
using std::nullopt;
using std::optional;
#endif

// An allocator hands memory out in `take`. Until 2.3 libtorch's `allocate` was const and it asked for no way to copy.
class VersionedAllocator : public c10::Allocator {
 public:
#if MOCOSHARP_TORCH < 203
  c10::DataPtr allocate(size_t bytes) const final { return take(bytes); }
#else
  c10::DataPtr allocate(size_t bytes) final { return take(bytes); }
#endif
  virtual void copy_data(void* to, const void* from, size_t bytes) const { std::memcpy(to, from, bytes); }

 protected:
  virtual c10::DataPtr take(size_t bytes) const = 0;
};

}  // namespace mocosharp
