// 3 x 3 convolutions of stride 1 by Winograd's F(2x2, 3x3) and F(4x4, 3x3): 2.25 and 4 times fewer products than the definition. A tile of
// 2 x 2 outputs sees 4 x 4 inputs; both are transformed, and the convolution becomes 16 matrix products over the channels (36 for 4 x 4
// outputs, which see 6 x 6). Gradients are the adjoints. `side` is 2 or 4.
// bfloat16 maps are transformed in float; where the processor multiplies pairs of bfloat16 the transforms are rounded to it, which makes
// the result's error about 4e-3 of its norm, against 2e-3 by the definition; F(4x4) would pass 2e-2, and takes float alone.
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/convolution/conv_shape.h"
#include "kernels/convolution/conv_stencil.h"

namespace mocosharp {

// Whether it takes the shape: the side of 2 in float and in bfloat16, 4 in float.
bool winograd_takes(const ConvShape& shape, int side);

// x [N, Ci, H, W], gradient [N, Co, OH, OW] and maps returned are channels-last, all float or all bfloat16; weight [Co, Ci, 3, 3] and its
// gradient float, contiguous.
at::Tensor winograd_forward(const ConvShape& shape, int side, const at::Tensor& x, const at::Tensor& weight, const Finish& finish,
                            MomentRequest* request = nullptr);
at::Tensor winograd_input_gradient(const ConvShape& shape, int side, const at::Tensor& gradient, const at::Tensor& weight,
                                   const Finish& finish);
at::Tensor winograd_weight_gradient(const ConvShape& shape, int side, const at::Tensor& x, const at::Tensor& gradient);

}  // namespace mocosharp
