// Convolutions of any kernel and stride in fp32 as matrix products, over stretches of positions small enough for the cache.
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/convolution/conv_finish.h"
#include "kernels/convolution/conv_shape.h"

namespace mocosharp {

bool columns_take(const ConvShape& shape);

// A forward convolution or an input gradient, as apply_stencil (conv_stencil.h) in float.
at::Tensor columns_stencil(const Stencil& stencil, const at::Tensor& in, const at::Tensor& weight, const Finish& finish);

// x and gradient float, channels-last; returns [Co, Ci, kh, kw] float.
at::Tensor columns_weight_gradient(const ConvShape& shape, const at::Tensor& x, const at::Tensor& gradient);

}  // namespace mocosharp
