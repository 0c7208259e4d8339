#include "batch_norm_avx512.h"

namespace mocosharp::avx512 {
namespace {

constexpr int kLanes = 16;

// `Vectors` x 16 channels stay in registers while all rows pass.
template <int Vectors, typename T>
MOCOSHARP_AVX512 void moments_of(const T* x, int64_t rows, int64_t channels, const float* around, float* sums, float* squares) {
  __m512 k[Vectors], s[Vectors], q[Vectors];
  for (int v = 0; v < Vectors; ++v) {
    k[v] = _mm512_loadu_ps(around + v * kLanes);
    s[v] = q[v] = _mm512_setzero_ps();
  }
  for (int64_t row = 0; row < rows; ++row, x += channels) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      const __m512 value = _mm512_sub_ps(load16(x + v * kLanes), k[v]);
      s[v] = _mm512_add_ps(s[v], value);
      q[v] = _mm512_fmadd_ps(value, value, q[v]);
    }
  }
  for (int v = 0; v < Vectors; ++v) {
    _mm512_storeu_ps(sums + v * kLanes, _mm512_add_ps(_mm512_loadu_ps(sums + v * kLanes), s[v]));
    _mm512_storeu_ps(squares + v * kLanes, _mm512_add_ps(_mm512_loadu_ps(squares + v * kLanes), q[v]));
  }
}

template <bool kResidual, bool kRelu, typename T>
MOCOSHARP_AVX512 void normalize_rows(const T* x, const T* residual, T* y, int64_t rows, int64_t channels, const ChannelTerms& t) {
  const float *scale = t.scale, *shift = t.shift;
  for (int64_t row = 0; row < rows; ++row, x += channels, y += channels, residual += kResidual ? channels : 0) {
    for (int64_t c = 0; c < channels; c += kLanes) {
      __m512 value = _mm512_fmadd_ps(load16(x + c), _mm512_loadu_ps(scale + c), _mm512_loadu_ps(shift + c));
      if (kResidual) value = _mm512_add_ps(value, load16(residual + c));
      if (kRelu) value = _mm512_max_ps(_mm512_setzero_ps(), value);  // the second operand is returned for a NaN
      store16(y + c, value);
    }
  }
}

template <Gate kGate, typename T>
MOCOSHARP_AVX512 inline __m512 behind_gate(const T* gradient, const T* y, __m512 x, __m512 scale, __m512 shift) {
  const __m512 g = load16(gradient), zero = _mm512_setzero_ps();
  if (kGate == Gate::from_input) return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(_mm512_fmadd_ps(x, scale, shift), zero, _CMP_GT_OQ), g);
  if (kGate == Gate::from_output) return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(load16(y), zero, _CMP_GT_OQ), g);
  return g;
}

template <int Vectors, Gate kGate, bool kKeep, typename T>
MOCOSHARP_AVX512 void gradients_of(const T* gradient, const T* x, const T* y, T* gated, int64_t rows, int64_t channels, int64_t at,
                                   const ChannelTerms& t, float* sums, float* products) {
  __m512 mean[Vectors], scale[Vectors], shift[Vectors], s[Vectors], p[Vectors];
  for (int v = 0; v < Vectors; ++v) {
    mean[v] = _mm512_loadu_ps(t.mean + at + v * kLanes);
    scale[v] = _mm512_loadu_ps(t.scale + at + v * kLanes);
    shift[v] = _mm512_loadu_ps(t.shift + at + v * kLanes);
    s[v] = p[v] = _mm512_setzero_ps();
  }
  for (int64_t row = 0, i = at; row < rows; ++row, i += channels) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      const __m512 value = load16(x + i + v * kLanes);
      const __m512 g = behind_gate<kGate>(gradient + i + v * kLanes, kGate == Gate::from_output ? y + i + v * kLanes : nullptr, value,
                                          scale[v], shift[v]);
      s[v] = _mm512_add_ps(s[v], g);
      p[v] = _mm512_fmadd_ps(g, _mm512_sub_ps(value, mean[v]), p[v]);
      if (kKeep) store16(gated + i + v * kLanes, g);
    }
  }
  for (int v = 0; v < Vectors; ++v) {
    float *sum = sums + at + v * kLanes, *product = products + at + v * kLanes;
    _mm512_storeu_ps(sum, _mm512_add_ps(_mm512_loadu_ps(sum), s[v]));
    _mm512_storeu_ps(product, _mm512_add_ps(_mm512_loadu_ps(product), p[v]));
  }
}

template <Gate kGate, bool kKeep, typename T>
void gradients_rows(const T* gradient, const T* x, const T* y, T* gated, int64_t rows, int64_t channels, const ChannelTerms& t, float* sums,
                    float* products) {
  int64_t c = 0;
  for (; c + 4 * kLanes <= channels; c += 4 * kLanes) {
    gradients_of<4, kGate, kKeep>(gradient, x, y, gated, rows, channels, c, t, sums, products);
  }
  for (; c < channels; c += kLanes) gradients_of<1, kGate, kKeep>(gradient, x, y, gated, rows, channels, c, t, sums, products);
}

template <Gate kGate, typename T>
MOCOSHARP_AVX512 void input_rows(const T* gradient, const T* x, T* dx, int64_t rows, int64_t channels, const ChannelTerms& t) {
  const float *mean = t.mean, *scale = t.scale, *shift = t.shift, *slope = t.slope, *offset = t.offset;
  for (int64_t row = 0; row < rows; ++row, gradient += channels, x += channels, dx += channels) {
    for (int64_t c = 0; c < channels; c += kLanes) {
      const __m512 value = load16(x + c), factor = _mm512_loadu_ps(scale + c);
      const __m512 g = behind_gate<kGate, T>(gradient + c, nullptr, value, factor, _mm512_loadu_ps(shift + c));
      const __m512 around = _mm512_sub_ps(value, _mm512_loadu_ps(mean + c));
      const __m512 pull = _mm512_fmadd_ps(around, _mm512_loadu_ps(slope + c), _mm512_loadu_ps(offset + c));
      store16(dx + c, _mm512_fmadd_ps(g, factor, pull));
    }
  }
}

}  // namespace

template <typename T>
void moments(const T* x, int64_t rows, int64_t channels, const float* around, float* sums, float* squares) {
  int64_t c = 0;
  for (; c + 4 * kLanes <= channels; c += 4 * kLanes) moments_of<4>(x + c, rows, channels, around + c, sums + c, squares + c);
  for (; c < channels; c += kLanes) moments_of<1>(x + c, rows, channels, around + c, sums + c, squares + c);
}

template <typename T>
void normalize(const T* x, const T* residual, T* y, int64_t rows, int64_t channels, const ChannelTerms& terms, bool relu) {
  if (residual && relu) normalize_rows<true, true>(x, residual, y, rows, channels, terms);
  else if (residual) normalize_rows<true, false>(x, residual, y, rows, channels, terms);
  else if (relu) normalize_rows<false, true>(x, residual, y, rows, channels, terms);
  else normalize_rows<false, false>(x, residual, y, rows, channels, terms);
}

template <typename T>
void gradients(const T* gradient, const T* x, const T* y, T* gated, int64_t rows, int64_t channels, const ChannelTerms& t, Gate gate,
               float* sums, float* products) {
  if (gate == Gate::from_output) gradients_rows<Gate::from_output, true>(gradient, x, y, gated, rows, channels, t, sums, products);
  else if (gate == Gate::from_input) gradients_rows<Gate::from_input, false>(gradient, x, y, gated, rows, channels, t, sums, products);
  else gradients_rows<Gate::none, false>(gradient, x, y, gated, rows, channels, t, sums, products);
}

template <typename T>
void input_gradient(const T* gradient, const T* x, T* dx, int64_t rows, int64_t channels, const ChannelTerms& terms, Gate gate) {
  if (gate == Gate::from_input) input_rows<Gate::from_input>(gradient, x, dx, rows, channels, terms);
  else input_rows<Gate::none>(gradient, x, dx, rows, channels, terms);
}

#define MOCOSHARP_INSTANTIATE(T)                                                                                             \
  template void moments<T>(const T*, int64_t, int64_t, const float*, float*, float*);                                        \
  template void normalize<T>(const T*, const T*, T*, int64_t, int64_t, const ChannelTerms&, bool);                           \
  template void gradients<T>(const T*, const T*, const T*, T*, int64_t, int64_t, const ChannelTerms&, Gate, float*, float*); \
  template void input_gradient<T>(const T*, const T*, T*, int64_t, int64_t, const ChannelTerms&, Gate);

MOCOSHARP_INSTANTIATE(c10::BFloat16)
MOCOSHARP_INSTANTIATE(float)

}  // namespace mocosharp::avx512
