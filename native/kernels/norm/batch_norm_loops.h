// The inner loops of batch normalization over channels-last rows. Each works on `rows` rows of `channels` numbers that lie one after
// another, all of one split of the batch. Per-channel numbers are float; sums are double, and a
// call adds up at most kBlockRows rows in float, so that rounding stays near 1e-7.
#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>

namespace mocosharp {

constexpr int64_t kBlockRows = 32;

// What one channel does to its numbers. Forward: y = x * scale + shift. Backward: dx = g * scale + (x - mean) * slope + offset.
struct ChannelTerms {
  const float* mean;
  const float* scale;
  const float* shift;
  const float* slope;
  const float* offset;
};

// How the rectifier's gate is found again in the backward pass.
enum class Gate { none, from_input, from_output };

// sums[c] += sum(x - around), squares[c] += sum((x - around)^2). `around` is a number near the mean, so nothing cancels.
template <typename T>
void accumulate_moments(const T* x, int64_t rows, int64_t channels, const float* around, double* sums, double* squares);

// y = [relu](x * scale + shift [+ residual]); y may be x.
template <typename T>
void normalize(const T* x, const T* residual, T* y, int64_t rows, int64_t channels, const ChannelTerms& terms, bool relu);

// sums[c] += sum(g), products[c] += sum(g * (x - mean)), with g the gradient behind the gate. Gate::from_output reads y and
// writes g to `gated`; the others take null for both.
template <typename T>
void accumulate_gradients(const T* gradient, const T* x, const T* y, T* gated, int64_t rows, int64_t channels, const ChannelTerms& terms,
                          Gate gate, double* sums, double* products);

// dx = g * scale + (x - mean) * slope + offset, with g the gradient behind the gate
template <typename T>
void input_gradient(const T* gradient, const T* x, T* dx, int64_t rows, int64_t channels, const ChannelTerms& terms, Gate gate);

}  // namespace mocosharp
