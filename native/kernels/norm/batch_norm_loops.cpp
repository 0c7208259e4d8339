#include "batch_norm_loops.h"

#include <algorithm>
#include <vector>

#include "batch_norm_avx512.h"
#include "kernels/machine/bfloat.h"
#include "kernels/machine/threads.h"

namespace mocosharp {
namespace {

// The loops are written once for both element types and compiled for each processor level through the thin functions below them.
#define MOCOSHARP_INLINE inline __attribute__((always_inline))

template <typename T>
MOCOSHARP_INLINE void moments_body(const T* __restrict x, int64_t rows, int64_t channels, const float* __restrict around,
                                   float* __restrict sums, float* __restrict squares) {
  int64_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    const T* r0 = x + row * channels;
    const T *r1 = r0 + channels, *r2 = r1 + channels, *r3 = r2 + channels;
    for (int64_t c = 0; c < channels; ++c) {
      const float k = around[c];
      const float a = to_float(r0[c]) - k, b = to_float(r1[c]) - k, d = to_float(r2[c]) - k, e = to_float(r3[c]) - k;
      sums[c] += (a + b) + (d + e);
      squares[c] += (a * a + b * b) + (d * d + e * e);
    }
  }
  for (; row < rows; ++row) {
    for (int64_t c = 0; c < channels; ++c) {
      const float a = to_float(x[row * channels + c]) - around[c];
      sums[c] += a;
      squares[c] += a * a;
    }
  }
}

template <bool kResidual, bool kRelu, typename T>
MOCOSHARP_INLINE void normalize_rows(const T* x, const T* residual, T* y, int64_t rows, int64_t channels, const float* scale,
                                     const float* shift) {
  for (int64_t row = 0; row < rows; ++row, x += channels, y += channels) {
#pragma GCC ivdep
    for (int64_t c = 0; c < channels; ++c) {
      float value = to_float(x[c]) * scale[c] + shift[c];
      if (kResidual) value += to_float(residual[row * channels + c]);
      if (kRelu) value = value < 0.0f ? 0.0f : value;  // a NaN passes
      store(y + c, value);
    }
  }
}

template <typename T>
MOCOSHARP_INLINE void normalize_body(const T* x, const T* residual, T* y, int64_t rows, int64_t channels, const ChannelTerms& t,
                                     bool relu) {
  if (residual && relu) normalize_rows<true, true>(x, residual, y, rows, channels, t.scale, t.shift);
  else if (residual) normalize_rows<true, false>(x, residual, y, rows, channels, t.scale, t.shift);
  else if (relu) normalize_rows<false, true>(x, residual, y, rows, channels, t.scale, t.shift);
  else normalize_rows<false, false>(x, residual, y, rows, channels, t.scale, t.shift);
}

template <Gate kGate, typename T>
MOCOSHARP_INLINE float gated_gradient(T gradient, T x, T y, float scale, float shift) {
  const float g = to_float(gradient);
  if (kGate == Gate::from_input) return to_float(x) * scale + shift > 0.0f ? g : 0.0f;
  if (kGate == Gate::from_output) return to_float(y) > 0.0f ? g : 0.0f;
  return g;
}

template <Gate kGate, bool kKeep, typename T>
MOCOSHARP_INLINE void gradients_rows(const T* __restrict gradient, const T* __restrict x, const T* __restrict y, T* __restrict gated,
                                     int64_t rows, int64_t channels, const ChannelTerms& t, float* __restrict sums,
                                     float* __restrict products) {
  const float* __restrict mean = t.mean, * __restrict scale = t.scale, * __restrict shift = t.shift;
  for (int64_t row = 0; row < rows; ++row, gradient += channels, x += channels) {
    for (int64_t c = 0; c < channels; ++c) {
      const T output = kGate == Gate::from_output ? y[row * channels + c] : x[c];
      const float g = gated_gradient<kGate>(gradient[c], x[c], output, scale[c], shift[c]);
      sums[c] += g;
      products[c] += g * (to_float(x[c]) - mean[c]);
      if (kKeep) store(gated + row * channels + c, g);
    }
  }
}

template <typename T>
MOCOSHARP_INLINE void gradients_body(const T* gradient, const T* x, const T* y, T* gated, int64_t rows, int64_t channels,
                                     const ChannelTerms& t, Gate gate, float* sums, float* products) {
  if (gate == Gate::from_output) gradients_rows<Gate::from_output, true>(gradient, x, y, gated, rows, channels, t, sums, products);
  else if (gate == Gate::from_input) gradients_rows<Gate::from_input, false>(gradient, x, y, gated, rows, channels, t, sums, products);
  else gradients_rows<Gate::none, false>(gradient, x, y, gated, rows, channels, t, sums, products);
}

template <Gate kGate, typename T>
MOCOSHARP_INLINE void input_rows(const T* __restrict gradient, const T* __restrict x, T* __restrict dx, int64_t rows, int64_t channels,
                                 const ChannelTerms& t) {
  const float* __restrict mean = t.mean, * __restrict scale = t.scale, * __restrict shift = t.shift;
  const float* __restrict slope = t.slope, * __restrict offset = t.offset;
  for (int64_t row = 0; row < rows; ++row, gradient += channels, x += channels, dx += channels) {
    for (int64_t c = 0; c < channels; ++c) {
      const float g = gated_gradient<kGate>(gradient[c], x[c], x[c], scale[c], shift[c]);
      store(dx + c, g * scale[c] + ((to_float(x[c]) - mean[c]) * slope[c] + offset[c]));
    }
  }
}

template <typename T>
MOCOSHARP_INLINE void input_body(const T* gradient, const T* x, T* dx, int64_t rows, int64_t channels, const ChannelTerms& t, Gate gate) {
  if (gate == Gate::from_input) input_rows<Gate::from_input>(gradient, x, dx, rows, channels, t);
  else input_rows<Gate::none>(gradient, x, dx, rows, channels, t);
}

using BF = c10::BFloat16;

MOCOSHARP_SIMD void moments(const BF* x, int64_t n, int64_t c, const float* k, float* s, float* q) { moments_body(x, n, c, k, s, q); }
MOCOSHARP_SIMD void moments(const float* x, int64_t n, int64_t c, const float* k, float* s, float* q) { moments_body(x, n, c, k, s, q); }
MOCOSHARP_SIMD void normalized(const BF* x, const BF* r, BF* y, int64_t n, int64_t c, const ChannelTerms& t, bool relu) {
  normalize_body(x, r, y, n, c, t, relu);
}
MOCOSHARP_SIMD void normalized(const float* x, const float* r, float* y, int64_t n, int64_t c, const ChannelTerms& t, bool relu) {
  normalize_body(x, r, y, n, c, t, relu);
}
MOCOSHARP_SIMD void gradients(const BF* g, const BF* x, const BF* y, BF* k, int64_t n, int64_t c, const ChannelTerms& t, Gate gate,
                              float* s, float* p) {
  gradients_body(g, x, y, k, n, c, t, gate, s, p);
}
MOCOSHARP_SIMD void gradients(const float* g, const float* x, const float* y, float* k, int64_t n, int64_t c, const ChannelTerms& t,
                              Gate gate, float* s, float* p) {
  gradients_body(g, x, y, k, n, c, t, gate, s, p);
}
MOCOSHARP_SIMD void input(const BF* g, const BF* x, BF* dx, int64_t n, int64_t c, const ChannelTerms& t, Gate gate) {
  input_body(g, x, dx, n, c, t, gate);
}
MOCOSHARP_SIMD void input(const float* g, const float* x, float* dx, int64_t n, int64_t c, const ChannelTerms& t, Gate gate) {
  input_body(g, x, dx, n, c, t, gate);
}

bool wide(int64_t channels) { return channels % 16 == 0 && has_avx512_bf16(); }

// Runs body(float sums, float other sums) and adds both to the doubles.
template <typename Body>
void add_in_double(int64_t channels, double* first, double* second, const Body& body) {
  thread_local std::vector<float> sums;
  sums.assign(2 * channels, 0.0f);
  body(sums.data(), sums.data() + channels);
  for (int64_t c = 0; c < channels; ++c) {
    first[c] += sums[c];
    second[c] += sums[channels + c];
  }
}

}  // namespace

template <typename T>
void accumulate_moments(const T* x, int64_t rows, int64_t channels, const float* around, double* sums, double* squares) {
  add_in_double(channels, sums, squares, [&](float* s, float* q) {
    if (wide(channels)) avx512::moments(x, rows, channels, around, s, q);
    else moments(x, rows, channels, around, s, q);
  });
}

template <typename T>
void normalize(const T* x, const T* residual, T* y, int64_t rows, int64_t channels, const ChannelTerms& terms, bool relu) {
  if (wide(channels)) avx512::normalize(x, residual, y, rows, channels, terms, relu);
  else normalized(x, residual, y, rows, channels, terms, relu);
}

template <typename T>
void accumulate_gradients(const T* gradient, const T* x, const T* y, T* gated, int64_t rows, int64_t channels, const ChannelTerms& terms,
                          Gate gate, double* sums, double* products) {
  add_in_double(channels, sums, products, [&](float* s, float* p) {
    if (wide(channels)) avx512::gradients(gradient, x, y, gated, rows, channels, terms, gate, s, p);
    else gradients(gradient, x, y, gated, rows, channels, terms, gate, s, p);
  });
}

template <typename T>
void input_gradient(const T* gradient, const T* x, T* dx, int64_t rows, int64_t channels, const ChannelTerms& terms, Gate gate) {
  if (wide(channels)) avx512::input_gradient(gradient, x, dx, rows, channels, terms, gate);
  else input(gradient, x, dx, rows, channels, terms, gate);
}

#define MOCOSHARP_INSTANTIATE(T)                                                                                                          \
  template void accumulate_moments<T>(const T*, int64_t, int64_t, const float*, double*, double*);                                        \
  template void normalize<T>(const T*, const T*, T*, int64_t, int64_t, const ChannelTerms&, bool);                                        \
  template void accumulate_gradients<T>(const T*, const T*, const T*, T*, int64_t, int64_t, const ChannelTerms&, Gate, double*, double*); \
  template void input_gradient<T>(const T*, const T*, T*, int64_t, int64_t, const ChannelTerms&, Gate);

MOCOSHARP_INSTANTIATE(c10::BFloat16)
MOCOSHARP_INSTANTIATE(float)

}  // namespace mocosharp
