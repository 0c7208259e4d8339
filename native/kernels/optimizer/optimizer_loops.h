// One pass over flat float storage for each update; what torch.optim does in many operators.
#pragma once

#include <cstdint>

namespace mocosharp {

struct SgdStep {
  float rate, momentum, dampening, weight_decay;
  bool nesterov;
  bool first;  // the momentum buffer holds nothing yet and becomes the gradient
  bool zero_gradient;
};

struct AdamStep {
  float rate, beta1, beta2, epsilon, weight_decay;
  float correction1, correction2;  // 1 - beta^step
  bool decoupled;                  // AdamW: decay shrinks the weights and stays out of the moments
  bool zero_gradient;
};

void sgd(float* parameter, float* gradient, float* momentum, int64_t count, const SgdStep& step);
void plain_sgd(float* parameter, float* gradient, int64_t count, const SgdStep& step);  // no momentum, no buffer
void adam(float* parameter, float* gradient, float* first, float* second, int64_t count, const AdamStep& step);

// key = momentum * key + (1 - momentum) * query
void lerp(float* key, const float* query, int64_t count, float momentum);

}  // namespace mocosharp
