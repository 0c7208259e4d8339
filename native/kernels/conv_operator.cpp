// mocosharp::conv2d: each direction of a convolution by the implementation that is fastest for its shape.
#include <ATen/ops/add.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "activity.h"
#include "amx.h"
#include "conv_choices.h"
#include "conv_library.h"
#include "conv_shape.h"
#include "conv_stencil.h"
#include "conv_weight_gradient.h"
#include "float_columns.h"
#include "level.h"
#include "torch_versions.h"
#include "winograd.h"

namespace mocosharp {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using OptionalTensor = optional<Tensor>;

struct Convolution {
  ConvShape shape;
  bool half, single;  // the activations' type: bfloat16, float
};

Convolution describe(const Tensor& x, const Tensor& weight, at::IntArrayRef stride, at::IntArrayRef padding, int64_t groups) {
  TORCH_CHECK(x.dim() == 4 && weight.dim() == 4, "conv2d: x has shape ", x.sizes(), " and weight ", weight.sizes(),
              "; they must be [N, Ci, H, W] and [Co, Ci / groups, kh, kw]");
  TORCH_CHECK(groups >= 1 && x.size(1) == weight.size(1) * groups && weight.size(0) % groups == 0, "conv2d: x ", x.sizes(), " and weight ",
              weight.sizes(), " do not fit with ", groups, " groups");
  TORCH_CHECK(stride.size() == 2 && padding.size() == 2 && stride[0] > 0 && stride[1] > 0 && padding[0] >= 0 && padding[1] >= 0,
              "conv2d: stride ", stride, " and padding ", padding, " must be two positive and two non-negative numbers");
  const ConvShape shape{x.size(0),      x.size(1), x.size(2), x.size(3),  weight.size(0), weight.size(2),
                        weight.size(3), stride[0], stride[1], padding[0], padding[1],     groups};
  TORCH_CHECK(x.size(2) + 2 * padding[0] >= weight.size(2) && x.size(3) + 2 * padding[1] >= weight.size(3), "conv2d: the kernel of weight ",
              weight.sizes(), " is larger than x ", x.sizes(), " with padding ", padding);
  return {shape, x.scalar_type() == at::kBFloat16, x.scalar_type() == at::kFloat};
}

Tensor channels_last(const Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }
Tensor float_weight(const Tensor& weight) { return weight.to(at::kFloat).contiguous(); }
Tensor cast(const Tensor& tensor, const Tensor& like) { return tensor.defined() ? tensor.to(like.scalar_type()) : tensor; }

using Candidates = std::vector<ConvImplementation>;

// Runs the chosen implementation; while measuring, the others too.
template <typename Run>
Tensor pick(const char* direction, const Convolution& conv, const Candidates& candidates, const Run& run) {
  const std::string key = std::string(direction) + (conv.half ? " " : " fp32 ") + conv.shape.name();
  const auto watched = [&](ConvImplementation implementation) {
    const KernelAtWork here(key + " by " + conv_name(implementation));
    return run(implementation);
  };
  if (candidates.empty()) return watched(ConvImplementation::library);
  return watched(choose_conv(key, candidates, [&](ConvImplementation implementation) { watched(implementation); }));
}

Candidates float_candidates(const Convolution& conv) {
  Candidates found;
  if (columns_take(conv.shape)) found.push_back(ConvImplementation::columns);
  if (winograd_takes(conv.shape)) found.push_back(ConvImplementation::winograd);
  return found;
}

// Without bfloat16's own instructions no kernel for it is to be trusted, and none would be faster: float does the work then.
bool works_in_float(const Convolution& conv) { return conv.half && level() < Level::avx512bf16; }
Tensor in_float(const Tensor& tensor) { return tensor.defined() ? tensor.to(at::kFloat) : tensor; }

// Tiles of AMX multiply so fast that Winograd's transforms would cost more than they spare.
Candidates half_candidates(const Convolution& conv, bool tiles) {
  Candidates found;
  if (tiles) found.push_back(ConvImplementation::tiles);
  if (!has_amx() && winograd_takes(conv.shape)) found.push_back(ConvImplementation::winograd);
  return found;
}

// Who of ours can run it; `tiles` says it of the tiles.
Candidates candidates_of(const Convolution& conv, bool tiles) {
  if (conv.single) return float_candidates(conv);
  return conv.half ? half_candidates(conv, tiles) : Candidates{};
}

// `request` is answered only by ours; what a measurement of ours left there is dropped, so that the first step equals the others.
Tensor forward(const Convolution& conv, const Tensor& x, const Tensor& weight, const Tensor& bias, MomentRequest* request = nullptr) {
  if (works_in_float(conv)) return forward({conv.shape, false, true}, in_float(x), weight, bias).to(at::kBFloat16);
  const Stencil stencil = forward_stencil(conv.shape);
  const auto float_bias = [&] { return bias.defined() ? float_weight(bias) : bias; };
  return pick("forward", conv, candidates_of(conv, stencil_takes(stencil)), [&](ConvImplementation implementation) {
    if (request) request->moments = Tensor();
    switch (implementation) {
      case ConvImplementation::tiles:
        return apply_stencil(stencil, x, float_weight(weight), float_bias(), Tensor(), request);
      case ConvImplementation::columns:
        return columns_stencil(stencil, x, float_weight(weight), float_bias(), Tensor());
      case ConvImplementation::winograd:
        return winograd_forward(conv.shape, x, float_weight(weight), float_bias(), request);
      default:
        return library_forward(conv.shape, x, weight, bias);
    }
  });
}

// `add` (or undefined) is the gradient that x gets from its other branch.
Tensor input_gradient(const Convolution& conv, const Tensor& gradient, const Tensor& x, const Tensor& weight, const Tensor& add) {
  if (works_in_float(conv)) return input_gradient({conv.shape, false, true}, in_float(gradient), in_float(x), weight, in_float(add)).to(at::kBFloat16);
  const Stencil stencil = input_gradient_stencil(conv.shape);
  return pick("input", conv, candidates_of(conv, stencil_takes(stencil)), [&](ConvImplementation implementation) {
    switch (implementation) {
      case ConvImplementation::tiles:
        return apply_stencil(stencil, gradient, float_weight(weight), Tensor(), add);
      case ConvImplementation::columns:
        return columns_stencil(stencil, gradient, float_weight(weight), Tensor(), add);
      case ConvImplementation::winograd:
        return winograd_input_gradient(conv.shape, gradient, float_weight(weight), add);
      default:
        break;
    }
    const Tensor result = library_input_gradient(conv.shape, gradient, x, weight);
    return add.defined() ? at::add(result, add) : result;
  });
}

Tensor weights_gradient(const Convolution& conv, const Tensor& gradient, const Tensor& x, const Tensor& weight) {
  if (works_in_float(conv)) return weights_gradient({conv.shape, false, true}, in_float(gradient), in_float(x), weight);
  return pick("weight", conv, candidates_of(conv, weight_gradient_takes(conv.shape)), [&](ConvImplementation implementation) {
    switch (implementation) {
      case ConvImplementation::tiles:
        return weight_gradient(conv.shape, x, gradient);
      case ConvImplementation::columns:
        return columns_weight_gradient(conv.shape, x, gradient);
      case ConvImplementation::winograd:
        return winograd_weight_gradient(conv.shape, x, gradient);
      default:
        return library_weight_gradient(conv.shape, gradient, x, weight);
    }
  });
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
    return mocosharp::forward(conv, channels_last(x), weight, bias.value_or(Tensor()));
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
    const Tensor y = mocosharp::forward(conv, channels_last(x), weight, bias.value_or(Tensor()), splits > 0 ? &request : nullptr);
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
  return forward(describe(x, weight, stride, padding, groups), channels_last(x), weight, bias.value_or(Tensor()));
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
  const Tensor y = forward(describe(x, weight, stride, padding, groups), channels_last(x), weight, bias.value_or(Tensor()), &request);
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
