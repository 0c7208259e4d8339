// mocosharp::conv2d as libtorch sees it: its gradients, and what it is on each kind of device.
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "conv_directions.h"
#include "conv_library.h"
#include "torch_versions.h"

namespace mocosharp {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using OptionalTensor = optional<Tensor>;

Tensor channels_last(const Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }
Tensor cast(const Tensor& tensor, const Tensor& like) { return tensor.defined() ? tensor.to(like.scalar_type()) : tensor; }

Finish biased(const OptionalTensor& bias) {
  const Tensor shift = bias.value_or(Tensor());
  return {Tensor(), shift.defined() ? shift.to(at::kFloat).contiguous() : shift, Tensor(), false};
}

void save(AutogradContext* context, const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride,
          at::IntArrayRef padding, int64_t groups) {
  context->save_for_backward({channels_last(x), weight});
  context->set_materialize_grads(false);
  auto& data = context->saved_data;
  data["stride"] = stride;
  data["padding"] = padding;
  data["groups"] = groups;
  data["x"] = x.requires_grad();
  data["weight"] = weight.requires_grad();
  data["bias"] = bias.has_value() && bias->defined() ? c10::IValue(static_cast<int64_t>(bias->scalar_type())) : c10::IValue();
}

// `upstream` and `other` may be undefined: nothing below used that output.
variable_list gradients_of(AutogradContext* context, const Tensor& upstream, const Tensor& other) {
  const variable_list saved = context->get_saved_variables();
  const Tensor &x = saved[0], &weight = saved[1];
  auto& data = context->saved_data;
  variable_list results(6);
  const bool for_x = data["x"].toBool();
  if (!upstream.defined()) {
    if (for_x) results[0] = other;
    return results;
  }
  const Convolution conv = describe(x, weight, data["stride"].toIntVector(), data["padding"].toIntVector(), data["groups"].toInt());
  const Tensor gradient = channels_last(upstream.to(x.scalar_type()));
  const Tensor add = other.defined() ? channels_last(other.to(x.scalar_type())) : other;
  if (for_x) results[0] = input_gradient(conv, gradient, x, weight, add);
  if (data["weight"].toBool()) results[1] = weights_gradient(conv, gradient, x, weight).to(weight.scalar_type());
  if (!data["bias"].isNone()) {
    results[2] = gradient.sum({0, 2, 3}, false, weight_sum_type(x)).to(static_cast<at::ScalarType>(data["bias"].toInt()));
  }
  return results;
}

class Conv2d : public torch::autograd::Function<Conv2d> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride,
                        at::IntArrayRef padding, int64_t groups) {
    at::AutoDispatchBelowADInplaceOrView below;
    const Convolution conv = describe(x, weight, stride, padding, groups);
    save(context, x, weight, bias, stride, padding, groups);
    return convolve(conv, channels_last(x), weight, biased(bias));
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) { return gradients_of(context, gradients[0], Tensor()); }
};

Tensor answer(const MomentRequest& request, const Tensor& x) {
  return request.moments.defined() ? request.moments
                                   : at::empty({0}, x.options().dtype(at::kDouble).memory_format(at::MemoryFormat::Contiguous));
}

// Also hands x on to its second user, so that the two gradients of x meet in the input gradient's kernel instead of in a pass of their own.
// With splits above 0 the third output is the moments, or empty where they did not come for free.
class Conv2dFork : public torch::autograd::Function<Conv2dFork> {
 public:
  static variable_list forward(AutogradContext* context, const Tensor& x, const Tensor& weight, const OptionalTensor& bias,
                               at::IntArrayRef stride, at::IntArrayRef padding, int64_t groups, int64_t splits) {
    at::AutoDispatchBelowADInplaceOrView below;
    const Convolution conv = describe(x, weight, stride, padding, groups);
    save(context, x, weight, bias, stride, padding, groups);
    MomentRequest request{splits, Tensor()};
    const Tensor y = convolve(conv, channels_last(x), weight, biased(bias), splits > 0 ? &request : nullptr);
    const Tensor moments = answer(request, x);
    context->mark_non_differentiable({moments});
    return {y, x.alias(), moments};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    variable_list results = gradients_of(context, gradients[0], gradients[1]);
    results.emplace_back();
    return results;
  }
};

Tensor conv2d(const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding,
              int64_t groups) {
  return Conv2d::apply(x, weight, bias, stride, padding, groups);
}

std::tuple<Tensor, Tensor> conv2d_fork(const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride,
                                       at::IntArrayRef padding, int64_t groups) {
  const variable_list outputs = Conv2dFork::apply(x, weight, bias, stride, padding, groups, 0);
  return {outputs[0], outputs[1]};
}

void check_splits(const Tensor& x, int64_t splits) {
  TORCH_CHECK(splits >= 1 && x.dim() == 4 && x.size(0) % splits == 0, "conv2d_moments: a batch of shape ", x.sizes(),
              " cannot be dealt to ", splits, " splits evenly; choose a batch size that is a multiple of splits");
}

std::tuple<Tensor, Tensor, Tensor> conv2d_moments(const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride,
                                                  at::IntArrayRef padding, int64_t groups, int64_t splits) {
  check_splits(x, splits);
  const variable_list outputs = Conv2dFork::apply(x, weight, bias, stride, padding, groups, splits);
  return {outputs[0], outputs[1], outputs[2]};
}

Tensor conv2d_inference(const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding,
                        int64_t groups) {
  return convolve(describe(x, weight, stride, padding, groups), channels_last(x), weight, biased(bias));
}

Tensor conv2d_composed(const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding,
                       int64_t groups) {
  return at::conv2d(x, weight.to(x.scalar_type()), cast(bias.value_or(Tensor()), x), stride, padding, {1, 1}, groups);
}

std::tuple<Tensor, Tensor> conv2d_fork_inference(const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride,
                                                 at::IntArrayRef padding, int64_t groups) {
  return {conv2d_inference(x, weight, bias, stride, padding, groups), x.alias()};
}

std::tuple<Tensor, Tensor, Tensor> conv2d_moments_inference(const Tensor& x, const Tensor& weight, const OptionalTensor& bias,
                                                            at::IntArrayRef stride, at::IntArrayRef padding, int64_t groups,
                                                            int64_t splits) {
  check_splits(x, splits);
  MomentRequest request{splits, Tensor()};
  const Tensor y = convolve(describe(x, weight, stride, padding, groups), channels_last(x), weight, biased(bias), &request);
  return {y, x.alias(), answer(request, x)};
}

std::tuple<Tensor, Tensor, Tensor> conv2d_moments_composed(const Tensor& x, const Tensor& weight, const OptionalTensor& bias,
                                                           at::IntArrayRef stride, at::IntArrayRef padding, int64_t groups,
                                                           int64_t splits) {
  check_splits(x, splits);
  return {conv2d_composed(x, weight, bias, stride, padding, groups), x.alias(), answer({splits, Tensor()}, x)};
}

std::tuple<Tensor, Tensor> conv2d_fork_composed(const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride,
                                                at::IntArrayRef padding, int64_t groups) {
  return {conv2d_composed(x, weight, bias, stride, padding, groups), x.alias()};
}

// How libtorch would be asked, by name.
std::string library_route(const std::string& direction, const Tensor& x, const Tensor& weight, at::IntArrayRef stride,
                          at::IntArrayRef padding, int64_t groups) {
  const Convolution conv = describe(x, weight, stride, padding, groups);
  const Direction asked = direction == "weight" ? Direction::weight : direction == "input" ? Direction::input : Direction::forward;
  return route_name(route_of(conv.shape, asked, conv.half && !works_in_float(conv)));
}

}  // namespace

TORCH_LIBRARY_IMPL(mocosharp, AutogradCPU, m) {
  m.impl("conv2d", conv2d);
  m.impl("conv2d_fork", conv2d_fork);
  m.impl("conv2d_moments", conv2d_moments);
}

TORCH_LIBRARY_IMPL(mocosharp, CompositeExplicitAutograd, m) { m.impl("conv_library_route", library_route); }

TORCH_LIBRARY_IMPL(mocosharp, CPU, m) {
  m.impl("conv2d", conv2d_inference);
  m.impl("conv2d_fork", conv2d_fork_inference);
  m.impl("conv2d_moments", conv2d_moments_inference);
}

TORCH_LIBRARY_IMPL(mocosharp, CompositeImplicitAutograd, m) {
  m.impl("conv2d", conv2d_composed);
  m.impl("conv2d_fork", conv2d_fork_composed);
  m.impl("conv2d_moments", conv2d_moments_composed);
}

}  // namespace mocosharp
