// Each direction of a convolution by the implementation that is fastest for its shape.
#pragma once

#include <ATen/core/Tensor.h>

#include "conv_shape.h"
#include "conv_stencil.h"
#include "kernels/norm/normed.h"

namespace mocosharp {

struct Convolution {
  ConvShape shape;
  bool half, single;  // the activations' type: bfloat16, float
};

// Checks the operands.
Convolution describe(const at::Tensor& x, const at::Tensor& weight, at::IntArrayRef stride, at::IntArrayRef padding, int64_t groups);

// Without bfloat16's own instructions no kernel for it is to be trusted, and none would be faster: float does the work then.
bool works_in_float(const Convolution& conv);

// `request` is answered only by ours; what a measurement of ours left there is dropped, so that the first step equals the others. With
// `seen` x is read through a norm.
at::Tensor convolve(const Convolution& conv, const at::Tensor& x, const at::Tensor& weight, const Finish& finish,
                    MomentRequest* request = nullptr, const Normed* seen = nullptr);

// Whether the forward convolution that is chosen for this shape reads a map through a norm as it goes, without one more pass.
bool reads_through_norm(const Convolution& conv, const at::Tensor& x, const at::Tensor& weight);

// `add` (or undefined) is the gradient that x gets from its other branch. `gate` is answered by those who can, where nothing is added.
at::Tensor input_gradient(const Convolution& conv, const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight,
                          const at::Tensor& add, GateRequest* gate = nullptr);

at::Tensor weights_gradient(const Convolution& conv, const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight,
                            const Normed* seen = nullptr);

}  // namespace mocosharp
