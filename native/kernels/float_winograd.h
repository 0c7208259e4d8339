// 3 x 3 convolutions of stride 1 in fp32 by Winograd's F(2x2, 3x3): 2.25 times fewer products than the definition. A tile of 2 x 2 outputs
// sees 4 x 4 inputs; both are transformed, and the convolution becomes 16 matrix products over the channels. Gradients are the adjoints.
#pragma once

#include <ATen/ATen.h>

#include "conv_shape.h"

namespace mocosharp {

bool winograd_takes(const ConvShape& shape);

// x [N, Ci, H, W], gradient [N, Co, OH, OW] and results float, channels-last; weight [Co, Ci, 3, 3] float, contiguous; bias [Co] or
// undefined.
at::Tensor winograd_forward(const ConvShape& shape, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);
// Plus `add` where that is defined.
at::Tensor winograd_input_gradient(const ConvShape& shape, const at::Tensor& gradient, const at::Tensor& weight, const at::Tensor& add);
at::Tensor winograd_weight_gradient(const ConvShape& shape, const at::Tensor& x, const at::Tensor& gradient);

}  // namespace mocosharp
