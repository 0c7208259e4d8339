// mocosharp::norm_conv2d: a convolution that reads its input through the batch norm and rectifier before it.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "conv_directions.h"
#include "kernels/norm/batch_norm.h"
#include "torch_versions.h"

namespace mocosharp {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using OptionalTensor = optional<Tensor>;
using Pair = std::tuple<Tensor, Tensor>;

// The norm's side of the operator.
struct NormBefore {
  const OptionalTensor &weight, &bias;
  const Tensor &mean, &variance;
  double momentum, eps;
  int64_t splits;
  const Tensor& moments;

  BatchNormOptions options() const { return {true, momentum, eps, splits, true}; }
};

// The convolution's.
struct ConvBehind {
  const Tensor& weight;
  at::IntArrayRef stride, padding;
  int64_t splits;
};

// By the two operators that it is made of, one after the other.
Pair composed(const Tensor& x, const NormBefore& norm, const ConvBehind& conv) {
  using Norm = Tensor(const Tensor&, const OptionalTensor&, const OptionalTensor&, const OptionalTensor&, Tensor, Tensor, bool, double,
                      double, int64_t, bool, const Tensor&);
  using Conv = std::tuple<Tensor, Tensor, Tensor>(const Tensor&, const Tensor&, const OptionalTensor&, at::IntArrayRef, at::IntArrayRef,
                                                  int64_t, int64_t);
  static const auto norm_act = c10::Dispatcher::singleton().findSchemaOrThrow("mocosharp::batch_norm_act", "moments").typed<Norm>();
  static const auto conv2d = c10::Dispatcher::singleton().findSchemaOrThrow("mocosharp::conv2d_moments", "").typed<Conv>();
  const Tensor map = norm_act.call(x, {}, norm.weight, norm.bias, norm.mean, norm.variance, true, norm.momentum, norm.eps, norm.splits,
                                   true, norm.moments);
  const auto [y, same, moments] = conv2d.call(map, conv.weight, {}, conv.stride, conv.padding, 1, conv.splits);
  return {y, moments};
}

Tensor as_float(const OptionalTensor& parameter) {
  return parameter.has_value() && parameter->defined() ? parameter->to(at::kFloat).contiguous() : Tensor();
}

Tensor empty_moments(const Tensor& x) {
  return at::empty({0}, x.options().dtype(at::kDouble).memory_format(at::MemoryFormat::Contiguous));
}

struct Forward {
  Tensor y, moments;
  BatchNormForward statistics;
};

Forward forward_of(const Convolution& convolution, const Tensor& x, const NormBefore& norm, const ConvBehind& conv) {
  const Tensor moments = norm.moments.numel() > 0 ? norm.moments : Tensor();
  Forward result;
  result.statistics = batch_norm_statistics(x, norm.mean, norm.variance, norm.options(), moments);
  const Normed seen = normed(result.statistics, as_float(norm.weight), as_float(norm.bias));
  MomentRequest request{conv.splits, Tensor()};
  result.y = convolve(convolution, x, conv.weight, {}, &request, &seen);
  result.moments = request.moments.defined() ? request.moments : empty_moments(x);
  return result;
}

class NormConv2d : public torch::autograd::Function<NormConv2d> {
 public:
  static variable_list forward(AutogradContext* context, const Tensor& x, const OptionalTensor& norm_weight,
                               const OptionalTensor& norm_bias, const Tensor& running_mean, const Tensor& running_var, double momentum,
                               double eps, int64_t norm_splits, const Tensor& moments, const Tensor& weight, at::IntArrayRef stride,
                               at::IntArrayRef padding, int64_t splits) {
    at::AutoDispatchBelowADInplaceOrView below;
    const NormBefore norm{norm_weight, norm_bias, running_mean, running_var, momentum, eps, norm_splits, moments};
    const Forward result = forward_of(describe(x, weight, stride, padding, 1), x, norm, {weight, stride, padding, splits});
    context->save_for_backward({x, weight, as_float(norm_weight), as_float(norm_bias), result.statistics.mean,
                                result.statistics.inverse_deviation});
    auto& data = context->saved_data;
    data["stride"] = stride;
    data["padding"] = padding;
    data["weight"] = weight.requires_grad();
    context->mark_non_differentiable({result.moments});
    return {result.y, result.moments};
  }

  static variable_list backward(AutogradContext* context, variable_list upstream) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &norm_weight = saved[2], &norm_bias = saved[3], &mean = saved[4], &inverse = saved[5];
    auto& data = context->saved_data;
    const Convolution conv = describe(x, weight, data["stride"].toIntVector(), data["padding"].toIntVector(), 1);
    const Tensor gradient = upstream[0].to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
    const Normed seen = normed({Tensor(), mean, inverse}, norm_weight, norm_bias);
    variable_list results(13);
    if (data["weight"].toBool()) results[9] = weights_gradient(conv, gradient, x, weight, &seen).to(weight.scalar_type());
    GateRequest gate{x, seen, Tensor()};
    // In bfloat16 the gate costs the kernel more than a pass of its own would.
    const Tensor behind = input_gradient(conv, gradient, x, weight, Tensor(), conv.single ? &gate : nullptr);
    const BatchNormOptions options{true, 0.0, 0.0, mean.size(0), true};
    const BatchNormBackward norm =
        batch_norm_backward(behind, x, Tensor(), norm_weight, norm_bias, mean, inverse, options, false, gate.sums);
    results[0] = norm.x;
    if (norm_weight.defined()) results[1] = norm.weight;
    if (norm_bias.defined()) results[2] = norm.bias;
    return results;
  }
};

bool reads(const Tensor& x, const ConvBehind& conv) {
  return x.scalar_type() != at::kDouble && x.is_contiguous(at::MemoryFormat::ChannelsLast) &&
         reads_through_norm(describe(x, conv.weight, conv.stride, conv.padding, 1), x, conv.weight);
}

Pair norm_conv2d(const Tensor& x, const OptionalTensor& norm_weight, const OptionalTensor& norm_bias, Tensor running_mean,
                 Tensor running_var, double momentum, double eps, int64_t norm_splits, const Tensor& moments, const Tensor& weight,
                 at::IntArrayRef stride, at::IntArrayRef padding, int64_t splits) {
  const ConvBehind conv{weight, stride, padding, splits};
  bool through;
  {
    at::AutoDispatchBelowADInplaceOrView below;
    through = reads(x, conv);
  }
  if (!through) return composed(x, {norm_weight, norm_bias, running_mean, running_var, momentum, eps, norm_splits, moments}, conv);
  const variable_list outputs = NormConv2d::apply(x, norm_weight, norm_bias, running_mean, running_var, momentum, eps, norm_splits, moments,
                                                  weight, stride, padding, splits);
  return {outputs[0], outputs[1]};
}

Pair norm_conv2d_inference(const Tensor& x, const OptionalTensor& norm_weight, const OptionalTensor& norm_bias, Tensor running_mean,
                           Tensor running_var, double momentum, double eps, int64_t norm_splits, const Tensor& moments,
                           const Tensor& weight, at::IntArrayRef stride, at::IntArrayRef padding, int64_t splits) {
  const ConvBehind conv{weight, stride, padding, splits};
  const NormBefore norm{norm_weight, norm_bias, running_mean, running_var, momentum, eps, norm_splits, moments};
  if (!reads(x, conv)) return composed(x, norm, conv);
  const Forward result = forward_of(describe(x, weight, stride, padding, 1), x, norm, conv);
  return {result.y, result.moments};
}

Pair norm_conv2d_composed(const Tensor& x, const OptionalTensor& norm_weight, const OptionalTensor& norm_bias, Tensor running_mean,
                          Tensor running_var, double momentum, double eps, int64_t norm_splits, const Tensor& moments, const Tensor& weight,
                          at::IntArrayRef stride, at::IntArrayRef padding, int64_t splits) {
  const NormBefore norm{norm_weight, norm_bias, running_mean, running_var, momentum, eps, norm_splits, moments};
  return composed(x, norm, {weight, stride, padding, splits});
}

}  // namespace

TORCH_LIBRARY_IMPL(mocosharp, AutogradCPU, m) { m.impl("norm_conv2d", norm_conv2d); }
TORCH_LIBRARY_IMPL(mocosharp, CPU, m) { m.impl("norm_conv2d", norm_conv2d_inference); }
TORCH_LIBRARY_IMPL(mocosharp, CompositeImplicitAutograd, m) { m.impl("norm_conv2d", norm_conv2d_composed); }

}  // namespace mocosharp
