// Convolutions by libtorch's own kernels, [N, C, H, W], asked only for what they do right (docs/library-convolutions.md).
#pragma once

#include <ATen/core/Tensor.h>

#include "conv_finish.h"
#include "conv_shape.h"

namespace mocosharp {

enum class Direction { forward, input, weight };

// How libtorch is asked. in_float: where its bfloat16 is wrong: a kernel of one column and several rows that skips three columns or more,
// weight gradients of maps narrower than the stride, and input gradients of kernels of one pixel and an odd number of output channels.
// seen_pixels: where its weight gradient of a kernel of one pixel with a stride is wrong or never returns: over the pixels that the kernel
// sees, the stride is 1.
enum class Route { as_it_is, in_float, seen_pixels };

const char* route_name(Route route);
Route route_of(const ConvShape& shape, Direction direction, bool is_half);

// In x's type.
at::Tensor library_forward(const ConvShape& shape, const at::Tensor& x, const at::Tensor& weight, const Finish& finish);

// The gradient of x, in x's type.
at::Tensor library_input_gradient(const ConvShape& shape, const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight);

// The gradient of the weight, in `weight_sum_type`.
at::Tensor library_weight_gradient(const ConvShape& shape, const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight);

// Gradients of weights are summed in float; in double for checks in double.
inline at::ScalarType weight_sum_type(const at::Tensor& x) { return x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat; }

}  // namespace mocosharp
