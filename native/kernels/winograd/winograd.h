// 3 x 3 convolutions by Winograd: F(2x2, 3x3) and F(4x4, 3x3) of stride 1 take 2.25 and 4 times fewer products than the definition. A tile
// of 2 x 2 outputs sees 4 x 4 inputs; both are transformed, and the convolution becomes 16 matrix products over the channels (36 for 4 x 4
// outputs, which see 6 x 6). Stride 2 leaves kernels of two taps and of one along each side, by F(2, 2) and F(4, 2): 2 x 2 outputs take
// 25 products, 1.4 times fewer, and 4 x 4 take 81, 1.8 times fewer. Gradients are the adjoints. `side` is 2 or 4, a tile's outputs.
// bfloat16 maps are transformed in float; where the processor multiplies pairs of bfloat16 the transforms are rounded to it, which makes
// the result's error about 4e-3 of its norm, against 2e-3 by the definition; F(4x4) would pass 2e-2, and takes float alone.
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/convolution/conv_shape.h"
#include "kernels/convolution/conv_stencil.h"
#include "kernels/norm/normed.h"
#include "winograd_loops.h"

namespace mocosharp {

// Whether it takes the shape: the side of 2 in float and in bfloat16, 4 in float.
bool winograd_takes(const ConvShape& shape, int side);
WinogradForm winograd_form(const ConvShape& shape, int side);

// x [N, Ci, H, W], gradient [N, Co, OH, OW] and maps returned are channels-last, all float or all bfloat16; weight [Co, Ci, 3, 3] and its
// gradient float, contiguous. x may be seen through a norm, and an input gradient pass its gate; there is nothing to add to the latter
// then.
at::Tensor winograd_forward(const ConvShape& shape, int side, const at::Tensor& x, const at::Tensor& weight, const Finish& finish,
                            MomentRequest* request = nullptr, const Normed* seen = nullptr);
at::Tensor winograd_input_gradient(const ConvShape& shape, int side, const at::Tensor& gradient, const at::Tensor& weight,
                                   const Finish& finish, GateRequest* gate = nullptr);
at::Tensor winograd_weight_gradient(const ConvShape& shape, int side, const at::Tensor& x, const at::Tensor& gradient,
                                    const Normed* seen = nullptr);

}  // namespace mocosharp
