// mocosharp::batch_norm_act: checks, autograd, and the composed form for devices without a kernel of ours.
#include <ATen/TensorOperators.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/relu.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "batch_norm.h"
#include "torch_versions.h"

namespace mocosharp {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using OptionalTensor = optional<Tensor>;

Tensor or_undefined(const OptionalTensor& tensor) { return tensor.value_or(Tensor()); }

// Channels-last for images, plain for [N, C]: either way rows of C numbers.
Tensor as_rows(const Tensor& x) { return x.dim() == 4 ? x.contiguous(at::MemoryFormat::ChannelsLast) : x.contiguous(); }

Tensor as_float(const Tensor& parameter) { return parameter.defined() ? parameter.to(at::kFloat).contiguous() : parameter; }

void check(const Tensor& x, const Tensor& residual, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
           const Tensor& running_var, const BatchNormOptions& o) {
  TORCH_CHECK(x.dim() == 2 || x.dim() == 4, "batch_norm_act: x has shape ", x.sizes(), "; it takes [N, C] or [N, C, H, W]");
  TORCH_CHECK(!residual.defined() || residual.sizes() == x.sizes(), "batch_norm_act: residual has shape ", residual.sizes(), " but x has ",
              x.sizes());
  const int64_t channels = x.size(1);
  for (const Tensor& t : {weight, bias, running_mean, running_var}) {
    TORCH_CHECK(!t.defined() || (t.dim() == 1 && t.size(0) == channels), "batch_norm_act: weight, bias and running statistics must be [",
                channels, "] for x ", x.sizes(), ", got ", t.sizes());
  }
  for (const Tensor& t : {running_mean, running_var}) {
    TORCH_CHECK(t.scalar_type() == (x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat) && t.is_contiguous(),
                "batch_norm_act: running statistics must be contiguous Float, or Double where x is, got ", t.scalar_type());
  }
  TORCH_CHECK(x.numel() > 0, "batch_norm_act: x ", x.sizes(), " holds no number");
  if (!o.training) return;
  TORCH_CHECK(o.splits >= 1 && x.size(0) % o.splits == 0, "batch_norm_act: a batch of ", x.size(0), " cannot be dealt to ", o.splits,
              " splits evenly; choose a batch size that is a multiple of splits");
  TORCH_CHECK(x.numel() / channels / o.splits > 1, "batch_norm_act: training needs more than one value a channel and split, got x ",
              x.sizes(), " and splits ", o.splits);
}

// Split j holds the samples {j, j + splits, ...}: seen as [N / splits, splits * C, ...], each split has its own channels.
Tensor batch_norm_act_composed(const Tensor& x, const OptionalTensor& residual, const OptionalTensor& weight, const OptionalTensor& bias,
                               Tensor running_mean, Tensor running_var, bool training, double momentum, double eps, int64_t splits,
                               bool relu) {
  const BatchNormOptions options{training, momentum, eps, splits, relu};
  const Tensor sum = or_undefined(residual), w = or_undefined(weight), b = or_undefined(bias);
  check(x, sum, w, b, running_mean, running_var, options);
  Tensor y;
  if (!training || splits == 1) {
    y = at::batch_norm(x, w, b, running_mean, running_var, training, momentum, eps, /*cudnn_enabled=*/true);
  } else {
    std::vector<int64_t> packed = x.sizes().vec();
    packed[0] /= splits;
    packed[1] *= splits;
    Tensor means = running_mean.repeat({splits}), vars = running_var.repeat({splits});
    y = at::batch_norm(x.contiguous().view(packed), w.defined() ? w.repeat({splits}) : w, b.defined() ? b.repeat({splits}) : b, means, vars,
                       true, momentum, eps, /*cudnn_enabled=*/true)
            .view(x.sizes());
    at::NoGradGuard constant;
    running_mean.copy_(means.view({splits, -1}).mean(0));
    running_var.copy_(vars.view({splits, -1}).mean(0));
  }
  if (sum.defined()) y = y + sum;
  return relu ? at::relu(y) : y;
}

Tensor batch_norm_act_moments_composed(const Tensor& x, const OptionalTensor& residual, const OptionalTensor& weight,
                                       const OptionalTensor& bias, Tensor running_mean, Tensor running_var, bool training, double momentum,
                                       double eps, int64_t splits, bool relu, const Tensor&) {
  return batch_norm_act_composed(x, residual, weight, bias, running_mean, running_var, training, momentum, eps, splits, relu);
}

// Moments given to the operator, undefined where there are none.
Tensor usable(const OptionalTensor& moments, const Tensor& x, const BatchNormOptions& o) {
  if (!o.training || !moments.has_value() || !moments->defined() || moments->numel() == 0) return {};
  TORCH_CHECK(
      moments->scalar_type() == at::kDouble && moments->is_contiguous() && moments->sizes() == at::IntArrayRef({o.splits, 2, x.size(1)}),
      "batch_norm_act: moments must be contiguous Double [", o.splits, ", 2, ", x.size(1), "], got ", moments->scalar_type(), " ",
      moments->sizes());
  return *moments;
}

class BatchNormAct : public torch::autograd::Function<BatchNormAct> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const OptionalTensor& optional_residual,
                        const OptionalTensor& optional_weight, const OptionalTensor& optional_bias, const Tensor& running_mean,
                        const Tensor& running_var, bool training, double momentum, double eps, int64_t splits, bool relu,
                        const OptionalTensor& moments) {
    at::AutoDispatchBelowADInplaceOrView below;
    const Tensor residual = or_undefined(optional_residual), weight = or_undefined(optional_weight), bias = or_undefined(optional_bias);
    const BatchNormOptions options{training, momentum, eps, splits, relu};
    check(x, residual, weight, bias, running_mean, running_var, options);
    const Tensor rows = as_rows(x), scale = as_float(weight), shift = as_float(bias);
    const Tensor sum = residual.defined() ? as_rows(residual.to(x.scalar_type())) : residual;
    const BatchNormForward result =
        batch_norm_forward(rows, sum, scale, shift, running_mean, running_var, options, usable(moments, rows, options));
    const bool needs_output = relu && residual.defined();
    // Running statistics may move before the backward pass reads them.
    const Tensor mean = training ? result.mean : result.mean.clone();
    context->save_for_backward({rows, needs_output ? result.y : Tensor(), scale, shift, mean, result.inverse_deviation});
    auto& saved = context->saved_data;
    saved["training"] = training;
    saved["relu"] = relu;
    saved["residual"] = residual.defined() ? c10::IValue(static_cast<int64_t>(residual.scalar_type())) : c10::IValue();
    saved["weight"] = weight.defined();
    saved["bias"] = bias.defined();
    return result.y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    auto& data = context->saved_data;
    const BatchNormOptions options{data["training"].toBool(), 0.0, 0.0, 1, data["relu"].toBool()};
    const bool with_residual = !data["residual"].isNone();
    const Tensor gradient = as_rows(gradients[0].to(saved[0].scalar_type()));
    BatchNormBackward result =
        batch_norm_backward(gradient, saved[0], saved[1], saved[2], saved[3], saved[4], saved[5], options, with_residual);
    if (with_residual) result.residual = result.residual.to(static_cast<at::ScalarType>(data["residual"].toInt()));
    if (!data["weight"].toBool()) result.weight = Tensor();
    if (!data["bias"].toBool()) result.bias = Tensor();
    return {result.x, result.residual, result.weight, result.bias, Tensor(), Tensor(),
            Tensor(), Tensor(),        Tensor(),      Tensor(),    Tensor(), Tensor()};
  }
};

Tensor batch_norm_act_moments(const Tensor& x, const OptionalTensor& residual, const OptionalTensor& weight, const OptionalTensor& bias,
                              Tensor running_mean, Tensor running_var, bool training, double momentum, double eps, int64_t splits,
                              bool relu, const Tensor& moments) {
  if (x.scalar_type() == at::kDouble)  // for checks: exactness counts, not time
    return batch_norm_act_composed(x, residual, weight, bias, running_mean, running_var, training, momentum, eps, splits, relu);
  return BatchNormAct::apply(x, residual, weight, bias, running_mean, running_var, training, momentum, eps, splits, relu,
                             OptionalTensor(moments));
}

Tensor batch_norm_act(const Tensor& x, const OptionalTensor& residual, const OptionalTensor& weight, const OptionalTensor& bias,
                      Tensor running_mean, Tensor running_var, bool training, double momentum, double eps, int64_t splits, bool relu) {
  return batch_norm_act_moments(x, residual, weight, bias, running_mean, running_var, training, momentum, eps, splits, relu, Tensor());
}

Tensor batch_norm_act_moments_inference(const Tensor& x, const OptionalTensor& residual, const OptionalTensor& weight,
                                        const OptionalTensor& bias, Tensor running_mean, Tensor running_var, bool training, double momentum,
                                        double eps, int64_t splits, bool relu, const Tensor& moments) {
  if (x.scalar_type() == at::kDouble)
    return batch_norm_act_composed(x, residual, weight, bias, running_mean, running_var, training, momentum, eps, splits, relu);
  const BatchNormOptions options{training, momentum, eps, splits, relu};
  const Tensor sum = or_undefined(residual), w = or_undefined(weight), b = or_undefined(bias);
  check(x, sum, w, b, running_mean, running_var, options);
  return batch_norm_forward(as_rows(x), sum.defined() ? as_rows(sum.to(x.scalar_type())) : sum, as_float(w), as_float(b), running_mean,
                            running_var, options, usable(moments, x, options))
      .y;
}

Tensor batch_norm_act_inference(const Tensor& x, const OptionalTensor& residual, const OptionalTensor& weight, const OptionalTensor& bias,
                                Tensor running_mean, Tensor running_var, bool training, double momentum, double eps, int64_t splits,
                                bool relu) {
  return batch_norm_act_moments_inference(x, residual, weight, bias, running_mean, running_var, training, momentum, eps, splits, relu,
                                          Tensor());
}

}  // namespace

TORCH_LIBRARY_IMPL(mocosharp, AutogradCPU, m) {
  m.impl("batch_norm_act", batch_norm_act);
  m.impl("batch_norm_act.moments", batch_norm_act_moments);
}

TORCH_LIBRARY_IMPL(mocosharp, CPU, m) {
  m.impl("batch_norm_act", batch_norm_act_inference);
  m.impl("batch_norm_act.moments", batch_norm_act_moments_inference);
}

TORCH_LIBRARY_IMPL(mocosharp, CompositeImplicitAutograd, m) {
  m.impl("batch_norm_act", batch_norm_act_composed);
  m.impl("batch_norm_act.moments", batch_norm_act_moments_composed);
}

}  // namespace mocosharp
