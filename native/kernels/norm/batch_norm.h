// Batch normalization with its residual sum and rectifier in one operator; see library.cpp for the schema.
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/convolution/conv_finish.h"
#include "normed.h"

namespace mocosharp {

struct BatchNormOptions {
  bool training;
  double momentum, eps;
  int64_t splits;
  bool relu;
};

struct BatchNormForward {
  at::Tensor y;
  at::Tensor mean, inverse_deviation;  // [groups, C] float; groups is 1 with running statistics
};

struct BatchNormBackward {
  at::Tensor x, residual, weight, bias;  // residual only when `gated` was asked for; weight and bias are [C] float
};

// moments: [splits, 2, C] double sums and sums of squares of x, or undefined to take them here.
// x and residual: channels-last, float or bfloat16; scale parameters: [C] float, or undefined for 1 and 0.
BatchNormForward batch_norm_forward(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& weight, const at::Tensor& bias,
                                    const at::Tensor& running_mean, const at::Tensor& running_var, const BatchNormOptions& options,
                                    const at::Tensor& moments);

// The same without y, in training.
BatchNormForward batch_norm_statistics(const at::Tensor& x, const at::Tensor& running_mean, const at::Tensor& running_var,
                                       const BatchNormOptions& options, const at::Tensor& moments);

// relu(batch norm(x)) as it is seen.
Normed normed(const BatchNormForward& statistics, const at::Tensor& weight, const at::Tensor& bias);

// sums becomes [relu](sums * scale + shift + add): channels-last, float or bfloat16.
void finish_rows(const at::Tensor& sums, const Finish& finish);

// y is read only when a residual was added before the rectifier; otherwise the gate is found from x. With `sums` of GateRequest the
// gradient has passed the gate, and becomes x's.
BatchNormBackward batch_norm_backward(const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& y, const at::Tensor& weight,
                                      const at::Tensor& bias, const at::Tensor& mean, const at::Tensor& inverse_deviation,
                                      const BatchNormOptions& options, bool with_residual, const at::Tensor& sums = {});

}  // namespace mocosharp
