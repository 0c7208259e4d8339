// Convolutions by libtorch's own kernels, [N, C, H, W].
#pragma once

#include <ATen/ATen.h>

#include "conv_shape.h"

namespace mocosharp {

// In x's type; `bias` may be undefined.
at::Tensor library_forward(const ConvShape& shape, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

// The gradient of x, in x's type.
at::Tensor library_input_gradient(const ConvShape& shape, const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight);

// The gradient of the weight, in `weight_sum_type`.
at::Tensor library_weight_gradient(const ConvShape& shape, const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight);

// Gradients of weights are summed in float; in double for checks in double.
inline at::ScalarType weight_sum_type(const at::Tensor& x) { return x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat; }

}  // namespace mocosharp
