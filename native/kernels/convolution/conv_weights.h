// A convolution's weights in the layout of tile B: [phase][panel of outer channels][tap][chunk of inner channels][2 tiles].
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "kernels/machine/cache.h"
#include "conv_channels.h"
#include "conv_shape.h"

namespace mocosharp {

// A first layer's few channels: one step takes a whole kernel row, since its pixels' channels lie one after another in memory.
inline bool takes_rows(const Stencil& s, int64_t kernel_width) {
  return !s.gradient && s.groups == 1 && s.in_channels < 16 && s.in_channels * kernel_width <= 32;
}

struct PackedWeights {
  at::Tensor storage;
  std::vector<int64_t> phase_offset;  // bytes
  std::vector<int64_t> chunk_bytes;   // of one panel's chunk with all taps, by phase
  ChannelPlan plan;

  bool few() const { return storage.numel() <= l2_bytes() / 4; }

  const char* panel(int64_t phase, int64_t index) const {
    return static_cast<const char*>(storage.data_ptr()) + phase_offset[phase] + plan.seen[index].before * chunk_bytes[phase];
  }
};

// weight [Co, Ci / groups, kh, kw] float contiguous. With `rows`, each phase's taps are the kernel's rows.
PackedWeights pack_weights(const Stencil& stencil, const at::Tensor& weight, bool rows);

}  // namespace mocosharp
