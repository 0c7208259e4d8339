#include "optimizer_loops.h"

#include <cmath>

#include "threads.h"

namespace mocosharp {

MOCOSHARP_SIMD void sgd(float* __restrict parameter, float* __restrict gradient, float* __restrict momentum, int64_t count,
                        const SgdStep& step) {
  const float rate = step.rate, decay = step.weight_decay, m = step.momentum, keep = step.first ? 0.0f : step.momentum;
  const float fresh = step.first ? 1.0f : 1.0f - step.dampening;
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i] + decay * parameter[i];
    // The first step starts the buffer: what is in it, even a NaN, does not count.
    const float before = step.first ? 0.0f : momentum[i];
    const float buffer = keep * before + fresh * g;
    momentum[i] = buffer;
    parameter[i] -= rate * (step.nesterov ? g + m * buffer : buffer);
    if (step.zero_gradient) gradient[i] = 0.0f;
  }
}

MOCOSHARP_SIMD void plain_sgd(float* __restrict parameter, float* __restrict gradient, int64_t count, const SgdStep& step) {
  for (int64_t i = 0; i < count; ++i) {
    parameter[i] -= step.rate * (gradient[i] + step.weight_decay * parameter[i]);
    if (step.zero_gradient) gradient[i] = 0.0f;
  }
}

MOCOSHARP_SIMD void adam(float* __restrict parameter, float* __restrict gradient, float* __restrict first, float* __restrict second,
                         int64_t count, const AdamStep& step) {
  const float b1 = step.beta1, b2 = step.beta2, size = step.rate / step.correction1, root = 1.0f / std::sqrt(step.correction2);
  const float coupled = step.decoupled ? 0.0f : step.weight_decay, shrink = step.decoupled ? 1.0f - step.rate * step.weight_decay : 1.0f;
  for (int64_t i = 0; i < count; ++i) {
    const float p = parameter[i] * shrink, g = gradient[i] + coupled * parameter[i];
    const float m = b1 * first[i] + (1.0f - b1) * g, v = b2 * second[i] + (1.0f - b2) * g * g;
    first[i] = m;
    second[i] = v;
    parameter[i] = p - size * m / (std::sqrt(v) * root + step.epsilon);
    if (step.zero_gradient) gradient[i] = 0.0f;
  }
}

MOCOSHARP_SIMD void lerp(float* __restrict key, const float* __restrict query, int64_t count, float momentum) {
  const float rest = 1.0f - momentum;
  for (int64_t i = 0; i < count; ++i) key[i] = momentum * key[i] + rest * query[i];
}

}  // namespace mocosharp
