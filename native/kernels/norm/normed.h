// Batch norm and rectifier that are applied where a map is read, so that the normalized map need not be written: relu(x * scale + shift).
#pragma once

#include <ATen/core/Tensor.h>

namespace mocosharp {

struct Normed {
  at::Tensor scale, shift, mean;  // [splits, C] float; sample i belongs to split i % splits

  int64_t splits() const { return scale.size(0); }
};

// A convolution's input gradient is to stop where relu(x * scale + shift) is zero.
struct GateRequest {
  const at::Tensor& x;
  const Normed& seen;
  at::Tensor sums;  // answer: [splits, 2, C] double, of g and of g * (x - mean); undefined where the gradient came without the gate
};

// The map that `seen` makes of x [N, C, H, W], channels-last, float or bfloat16.
at::Tensor apply_norm(const at::Tensor& x, const Normed& seen);

}  // namespace mocosharp
