// Convolutions and their input gradients on AMX tiles, straight from channels-last bfloat16.
#pragma once

#include <ATen/core/Tensor.h>

#include "conv_finish.h"
#include "conv_shape.h"

namespace mocosharp {

// Whether the tile kernels take this shape: bfloat16, any groups.
bool stencil_takes(const Stencil& stencil);

// The sums that a batch norm behind the convolution wants, taken while its numbers are still in registers.
struct MomentRequest {
  int64_t splits;      // sample i belongs to group i % splits
  at::Tensor moments;  // answer: [splits, 2, Co] double, sums and sums of squares; stays undefined where the way of the data forbids it
};

// in [N, Ci, H, W] bfloat16 channels-last; weight [Co, Ci / groups, kh, kw] float contiguous.
// Returns [N, Co, OH, OW] bfloat16 channels-last (channels swapped for a gradient stencil).
at::Tensor apply_stencil(const Stencil& stencil, const at::Tensor& in, const at::Tensor& weight, const Finish& finish,
                         MomentRequest* request = nullptr);

}  // namespace mocosharp
