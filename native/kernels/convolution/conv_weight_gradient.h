// A convolution's weight gradient on AMX tiles. The product's inner axis is the batch: for one pixel and 32 images, a tap adds
// (output gradient, transposed) x (input at the tap's pixel). A tap is then only another tile, with no unfolding and no border.
#pragma once

#include <ATen/core/Tensor.h>

#include "conv_shape.h"

namespace mocosharp {

bool weight_gradient_takes(const ConvShape& shape);

// x [N, Ci, H, W] and gradient [N, Co, OH, OW], bfloat16 channels-last; returns [Co, Ci / groups, kh, kw] float.
at::Tensor weight_gradient(const ConvShape& shape, const at::Tensor& x, const at::Tensor& gradient);

}  // namespace mocosharp
