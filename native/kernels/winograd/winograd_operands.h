// What Winograd's convolutions and their weight gradients share: how operands' rows lie.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "kernels/products/float_memory.h"
#include "winograd_loops.h"

namespace mocosharp {

constexpr int kMostOutputs = 16, kMostPatch = 36;  // of a tile
constexpr int64_t kLine = 16;  // floats of a cache line

// From row to row: whole lines, and one more, because rows a power of two apart would share the caches' sets.
inline int64_t row_floats(int64_t width) { return round_up(width, kLine) + kLine; }

template <typename Real>
Real* data_of(const at::Tensor& tensor) {
  return static_cast<Real*>(tensor.data_ptr());
}

}  // namespace mocosharp
