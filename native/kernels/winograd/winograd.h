// 3 x 3 convolutions of stride 1 by Winograd's F(2x2, 3x3): 2.25 times fewer products than the definition. A tile of 2 x 2 outputs sees
// 4 x 4 inputs; both are transformed, and the convolution becomes 16 matrix products over the channels. Gradients are the adjoints.
// bfloat16 maps are transformed in float; where the processor multiplies pairs of bfloat16 the transforms are rounded to it, which makes
// the result's error about 4e-3 of its norm, against 2e-3 by the definition.
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/convolution/conv_shape.h"
#include "kernels/convolution/conv_stencil.h"

namespace mocosharp {

// Whether it takes the shape, in float or in bfloat16.
bool winograd_takes(const ConvShape& shape);

// x [N, Ci, H, W], gradient [N, Co, OH, OW] and maps returned are channels-last, all float or all bfloat16; weight [Co, Ci, 3, 3] and its
// gradient float, contiguous; bias [Co] float or undefined.
at::Tensor winograd_forward(const ConvShape& shape, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                            MomentRequest* request = nullptr);
// Plus `add` where that is defined.
at::Tensor winograd_input_gradient(const ConvShape& shape, const at::Tensor& gradient, const at::Tensor& weight, const at::Tensor& add);
at::Tensor winograd_weight_gradient(const ConvShape& shape, const at::Tensor& x, const at::Tensor& gradient);

}  // namespace mocosharp
