// mocosharp::conv2d_norm_act: a convolution with the batch norm behind it, for networks that are not trained.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/zeros_like.h>
#include <torch/library.h>

#include "conv_directions.h"
#include "torch_versions.h"

namespace mocosharp {
namespace {

using at::Tensor;
using OptionalTensor = optional<Tensor>;

Tensor in_double(const OptionalTensor& tensor, const Tensor& otherwise) {
  return tensor.has_value() && tensor->defined() ? tensor->to(at::kDouble) : otherwise;
}

Tensor conv2d_norm_act_composed(const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride,
                                at::IntArrayRef padding, int64_t groups, const OptionalTensor& residual, const OptionalTensor& norm_weight,
                                const OptionalTensor& norm_bias, const Tensor& running_mean, const Tensor& running_var, double eps,
                                bool relu) {
  const Tensor offset = bias.value_or(Tensor());
  const Tensor map = at::conv2d(x, weight.to(x.scalar_type()), offset.defined() ? offset.to(x.scalar_type()) : offset, stride, padding,
                                {1, 1}, groups);
  Tensor y = at::batch_norm(map, norm_weight, norm_bias, running_mean, running_var, false, 0.0, eps, /*cudnn_enabled=*/true);
  if (residual.has_value() && residual->defined()) y = y + *residual;
  return relu ? at::relu(y) : y;
}

Tensor conv2d_norm_act(const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding,
                       int64_t groups, const OptionalTensor& residual, const OptionalTensor& norm_weight, const OptionalTensor& norm_bias,
                       const Tensor& running_mean, const Tensor& running_var, double eps, bool relu) {
  if (x.scalar_type() == at::kDouble) {  // for checks: exactness counts, not time
    return conv2d_norm_act_composed(x, weight, bias, stride, padding, groups, residual, norm_weight, norm_bias, running_mean, running_var,
                                    eps, relu);
  }
  const Convolution conv = describe(x, weight, stride, padding, groups);
  const Tensor none, add = residual.value_or(none);
  const ConvShape& s = conv.shape;
  TORCH_CHECK(!add.defined() || add.sizes() == at::IntArrayRef({s.batch, s.out_channels, s.out_height(), s.out_width()}),
              "conv2d_norm_act: residual has shape ", add.sizes(), " but y has [", s.batch, ", ", s.out_channels, ", ", s.out_height(),
              ", ", s.out_width(), "]");
  for (const OptionalTensor& one : {OptionalTensor(running_mean), OptionalTensor(running_var), norm_weight, norm_bias, bias}) {
    TORCH_CHECK(!one.has_value() || !one->defined() || one->sizes() == at::IntArrayRef({s.out_channels}),
                "conv2d_norm_act: biases, scales and statistics must be [", s.out_channels, "], got ", one->sizes());
  }
  const Tensor inverse = at::rsqrt(running_var.to(at::kDouble) + eps), scale = inverse * in_double(norm_weight, at::ones_like(inverse));
  const Tensor shift = in_double(norm_bias, at::zeros_like(inverse)) + (in_double(bias, at::zeros_like(inverse)) - running_mean) * scale;
  const Finish finish{scale.to(at::kFloat).contiguous(), shift.to(at::kFloat).contiguous(),
                      add.defined() ? add.to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast) : none, relu};
  return convolve(conv, x.contiguous(at::MemoryFormat::ChannelsLast), weight, finish);
}

Tensor without_gradient(const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding,
                        int64_t groups, const OptionalTensor& residual, const OptionalTensor& norm_weight, const OptionalTensor& norm_bias,
                        const Tensor& running_mean, const Tensor& running_var, double eps, bool relu) {
  TORCH_CHECK(!at::GradMode::is_enabled(), "conv2d_norm_act has no gradient: take conv2d and batch_norm_act");
  at::AutoDispatchBelowADInplaceOrView below;
  return conv2d_norm_act(x, weight, bias, stride, padding, groups, residual, norm_weight, norm_bias, running_mean, running_var, eps, relu);
}

}  // namespace

TORCH_LIBRARY_IMPL(mocosharp, AutogradCPU, m) { m.impl("conv2d_norm_act", without_gradient); }
TORCH_LIBRARY_IMPL(mocosharp, CPU, m) { m.impl("conv2d_norm_act", conv2d_norm_act); }
TORCH_LIBRARY_IMPL(mocosharp, CompositeImplicitAutograd, m) { m.impl("conv2d_norm_act", conv2d_norm_act_composed); }

}  // namespace mocosharp
