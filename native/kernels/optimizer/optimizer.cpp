// mocosharp::sgd_step_, adam_step_ and lerp_: updates of flat float storage, one pass each.
#include <ATen/TensorOperators.h>
#include <torch/library.h>

#include <cmath>

#include "optimizer_loops.h"
#include "kernels/machine/threads.h"

namespace mocosharp {
namespace {

using at::Tensor;

void check(const char* name, std::initializer_list<std::pair<const char*, const Tensor*>> tensors) {
  const Tensor& first = *tensors.begin()->second;
  for (const auto& [label, tensor] : tensors) {
    TORCH_CHECK(tensor->scalar_type() == at::kFloat && tensor->is_contiguous(), name, ": ", label, " must be contiguous Float, got ",
                tensor->scalar_type(), " ", tensor->sizes());
    TORCH_CHECK(tensor->sizes() == first.sizes(), name, ": ", label, " has shape ", tensor->sizes(), " but ", tensors.begin()->first,
                " has ", first.sizes());
  }
}

constexpr int64_t kUnit = 1024;  // shares start on whole pages of floats

// body(first element, elements), in parallel
template <typename Body>
void over(int64_t count, const Body& body) {
  const int threads = static_cast<int>(std::clamp<int64_t>(count / (16 * kUnit), 1, at::get_num_threads()));
  for_each_thread(threads, [&](int thread) {
    const Range range = share(count, thread, threads, kUnit);
    if (range.end > range.begin) body(range.begin, range.end - range.begin);
  });
}

void sgd_step_composed(Tensor parameter, Tensor gradient, Tensor momentum_buffer, double rate, double momentum, double dampening,
                       double weight_decay, bool nesterov, bool first, bool zero_gradient) {
  at::NoGradGuard constant;
  const Tensor g = gradient + weight_decay * parameter;
  Tensor move = g;
  if (momentum != 0) {
    if (first) momentum_buffer.copy_(g);
    else momentum_buffer.mul_(momentum).add_(g, 1 - dampening);
    move = nesterov ? g + momentum * momentum_buffer : momentum_buffer;
  }
  parameter.sub_(move, rate);
  if (zero_gradient) gradient.zero_();
}

void adam_step_composed(Tensor parameter, Tensor gradient, Tensor first, Tensor second, double rate, double beta1, double beta2,
                        double epsilon, double weight_decay, bool decoupled, int64_t step_number, bool zero_gradient) {
  at::NoGradGuard constant;
  const Tensor g = decoupled ? gradient : gradient + weight_decay * parameter;
  if (decoupled) parameter.mul_(1 - rate * weight_decay);
  first.mul_(beta1).add_(g, 1 - beta1);
  second.mul_(beta2).addcmul_(g, g, 1 - beta2);
  const auto steps = static_cast<double>(step_number);
  const Tensor scale = (second / (1 - std::pow(beta2, steps))).sqrt_().add_(epsilon);
  parameter.addcdiv_(first, scale, -rate / (1 - std::pow(beta1, steps)));
  if (zero_gradient) gradient.zero_();
}

void lerp_composed(Tensor key, const Tensor& query, double momentum) {
  at::NoGradGuard constant;
  key.mul_(momentum).add_(query, 1 - momentum);
}

void sgd_step(Tensor parameter, Tensor gradient, Tensor momentum_buffer, double rate, double momentum, double dampening,
              double weight_decay, bool nesterov, bool first, bool zero_gradient) {
  if (parameter.scalar_type() == at::kDouble)  // for checks: exactness counts, not time
    return sgd_step_composed(parameter, gradient, momentum_buffer, rate, momentum, dampening, weight_decay, nesterov, first, zero_gradient);
  check("sgd_step_", {{"param", &parameter}, {"grad", &gradient}});
  TORCH_CHECK(!nesterov || (momentum > 0 && dampening == 0), "sgd_step_: nesterov needs momentum above 0 and dampening 0, got momentum ",
              momentum, " and dampening ", dampening);
  const auto f = [](double value) { return static_cast<float>(value); };
  const SgdStep step{f(rate), f(momentum), f(dampening), f(weight_decay), nesterov, first, zero_gradient};
  float *p = parameter.data_ptr<float>(), *g = gradient.data_ptr<float>();
  if (momentum == 0) return over(parameter.numel(), [&](int64_t at, int64_t count) { plain_sgd(p + at, g + at, count, step); });
  check("sgd_step_", {{"param", &parameter}, {"momentum_buffer", &momentum_buffer}});
  float* m = momentum_buffer.data_ptr<float>();
  over(parameter.numel(), [&](int64_t at, int64_t count) { sgd(p + at, g + at, m + at, count, step); });
}

void adam_step(Tensor parameter, Tensor gradient, Tensor first, Tensor second, double rate, double beta1, double beta2, double epsilon,
               double weight_decay, bool decoupled, int64_t step_number, bool zero_gradient) {
  if (parameter.scalar_type() == at::kDouble)
    return adam_step_composed(parameter, gradient, first, second, rate, beta1, beta2, epsilon, weight_decay, decoupled, step_number,
                              zero_gradient);
  check("adam_step_", {{"param", &parameter}, {"grad", &gradient}, {"first_moment", &first}, {"second_moment", &second}});
  TORCH_CHECK(step_number >= 1, "adam_step_: step counts from 1, got ", step_number);
  const auto f = [](double value) { return static_cast<float>(value); };
  const auto steps = static_cast<double>(step_number);
  const AdamStep step{
      f(rate),   f(beta1),     f(beta2), f(epsilon), f(weight_decay), f(1 - std::pow(beta1, steps)), f(1 - std::pow(beta2, steps)),
      decoupled, zero_gradient};
  float *p = parameter.data_ptr<float>(), *g = gradient.data_ptr<float>(), *m = first.data_ptr<float>(), *v = second.data_ptr<float>();
  over(parameter.numel(), [&](int64_t at, int64_t count) { adam(p + at, g + at, m + at, v + at, count, step); });
}

void lerp_towards(Tensor key, const Tensor& query, double momentum) {
  if (key.scalar_type() == at::kDouble) return lerp_composed(key, query, momentum);
  check("lerp_", {{"key", &key}, {"query", &query}});
  float* k = key.data_ptr<float>();
  const float* q = query.data_ptr<float>();
  over(key.numel(), [&](int64_t at, int64_t count) { lerp(k + at, q + at, count, static_cast<float>(momentum)); });
}

}  // namespace

TORCH_LIBRARY_IMPL(mocosharp, CPU, m) {
  m.impl("sgd_step_", sgd_step);
  m.impl("adam_step_", adam_step);
  m.impl("lerp_", lerp_towards);
}

TORCH_LIBRARY_IMPL(mocosharp, CompositeExplicitAutograd, m) {
  m.impl("sgd_step_", sgd_step_composed);
  m.impl("adam_step_", adam_step_composed);
  m.impl("lerp_", lerp_composed);
}

}  // namespace mocosharp
