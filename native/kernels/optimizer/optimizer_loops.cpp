#include "optimizer_loops.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/machine/threads.h"

namespace mocosharp {

namespace {

// The choices are template arguments: decided within the loop they would keep the compiler from vectorizing it.
template <bool kFirst, bool kNesterov>
[[gnu::always_inline]] inline void sgd_loop(float* __restrict parameter, float* __restrict gradient, float* __restrict momentum,
                                            int64_t count, const SgdStep& step) {
  const float rate = step.rate, decay = step.weight_decay, keep = step.momentum, fresh = 1.0f - step.dampening;
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i] + decay * parameter[i];
    // The first step starts the buffer: what is in it, even a NaN, does not count.
    const float buffer = kFirst ? g : keep * momentum[i] + fresh * g;
    momentum[i] = buffer;
    parameter[i] -= rate * (kNesterov ? g + keep * buffer : buffer);
  }
}

// Gradients are cleared block by block, while they are still in the L1 cache: cleared in one go behind the loop, they would pass through
// memory once more.
constexpr int64_t kBlock = 2048;

}  // namespace

MOCOSHARP_SIMD void sgd(float* __restrict parameter, float* __restrict gradient, float* __restrict momentum, int64_t count,
                        const SgdStep& step) {
  for (int64_t at = 0; at < count; at += kBlock) {
    float *p = parameter + at, *g = gradient + at, *m = momentum + at;
    const int64_t size = std::min(kBlock, count - at);
    if (step.first && step.nesterov) sgd_loop<true, true>(p, g, m, size, step);
    else if (step.first) sgd_loop<true, false>(p, g, m, size, step);
    else if (step.nesterov) sgd_loop<false, true>(p, g, m, size, step);
    else sgd_loop<false, false>(p, g, m, size, step);
    if (step.zero_gradient) std::memset(g, 0, size * sizeof(float));
  }
}

MOCOSHARP_SIMD void plain_sgd(float* __restrict parameter, float* __restrict gradient, int64_t count, const SgdStep& step) {
  for (int64_t at = 0; at < count; at += kBlock) {
    const int64_t end = std::min(count, at + kBlock);
    for (int64_t i = at; i < end; ++i) parameter[i] -= step.rate * (gradient[i] + step.weight_decay * parameter[i]);
    if (step.zero_gradient) std::memset(gradient + at, 0, (end - at) * sizeof(float));
  }
}

MOCOSHARP_SIMD void adam(float* __restrict parameter, float* __restrict gradient, float* __restrict first, float* __restrict second,
                         int64_t count, const AdamStep& step) {
  const float b1 = step.beta1, b2 = step.beta2, size = step.rate / step.correction1, root = 1.0f / std::sqrt(step.correction2);
  const float coupled = step.decoupled ? 0.0f : step.weight_decay, shrink = step.decoupled ? 1.0f - step.rate * step.weight_decay : 1.0f;
  for (int64_t at = 0; at < count; at += kBlock) {
    const int64_t end = std::min(count, at + kBlock);
    for (int64_t i = at; i < end; ++i) {
      const float p = parameter[i] * shrink, g = gradient[i] + coupled * parameter[i];
      const float m = b1 * first[i] + (1.0f - b1) * g, v = b2 * second[i] + (1.0f - b2) * g * g;
      first[i] = m;
      second[i] = v;
      parameter[i] = p - size * m / (std::sqrt(v) * root + step.epsilon);
    }
    if (step.zero_gradient) std::memset(gradient + at, 0, (end - at) * sizeof(float));
  }
}

MOCOSHARP_SIMD void lerp(float* __restrict key, const float* __restrict query, int64_t count, float momentum) {
  const float rest = 1.0f - momentum;
  for (int64_t i = 0; i < count; ++i) key[i] = momentum * key[i] + rest * query[i];
}

}  // namespace mocosharp
