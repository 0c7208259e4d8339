// What Winograd's convolutions and their weight gradients share: how operands' rows lie.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "kernels/products/float_memory.h"
#include "winograd_loops.h"
#include "winograd_tiling.h"

namespace mocosharp {

constexpr int kMostOutputs = 64, kMostPatch = 81;  // of a tile
constexpr int64_t kLine = 16;  // floats of a cache line

// From row to row: whole lines, and one more, because rows a power of two apart would share the caches' sets.
inline int64_t row_floats(int64_t width) { return round_up(width, kLine) + kLine; }

// A channels-last map, as a form's tiles see it.
template <typename Real>
Pixels<Real> pixels_of(const at::Tensor& map, int64_t side, int64_t step, int64_t pad_y, int64_t pad_x) {
  return {static_cast<Real*>(map.data_ptr()), map.size(2), map.size(3), map.size(1), side, step, pad_y, pad_x};
}

}  // namespace mocosharp
