// What Winograd's convolutions and their weight gradients share: how operands' rows lie.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "kernels/norm/normed.h"
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

// How the images of a map are seen.
class Seen {
 public:
  // Null: as they lie.
  Seen(const Normed* normed, int64_t channels, const void* outside)
      : scale_(normed ? normed->scale.data_ptr<float>() : nullptr),
        shift_(normed ? normed->shift.data_ptr<float>() : nullptr),
        splits_(normed ? normed->splits() : 1),
        channels_(channels),
        outside_(outside) {}

  bool plain() const { return scale_ == nullptr; }
  SeenTerms of(int64_t image) const {
    if (plain()) return {};
    const int64_t at = image % splits_ * channels_;
    return {scale_ + at, shift_ + at, outside_};
  }

 private:
  const float *const scale_, *const shift_;
  const int64_t splits_, channels_;
  const void* const outside_;
};

}  // namespace mocosharp
