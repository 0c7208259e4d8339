#include "max_pool.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "kernels/machine/avx512.h"
#include "kernels/machine/bfloat.h"
#include "kernels/machine/threads.h"

namespace mocosharp {
namespace {

// Two rows of one pixel's channels: what is best so far, and where it was. `from` is the next candidate.
template <typename T>
inline __attribute__((always_inline)) void keep_larger_body(const T* __restrict from, int64_t channels, uint8_t place,
                                                            float* __restrict best, uint8_t* __restrict places) {
  for (int64_t c = 0; c < channels; ++c) {
    const float value = to_float(from[c]);
    const bool larger = value > best[c] || value != value;
    best[c] = larger ? value : best[c];
    places[c] = larger ? place : places[c];
  }
}

template <typename T>
inline __attribute__((always_inline)) void add_chosen_body(const T* __restrict gradient, const uint8_t* __restrict places, int64_t channels,
                                                           uint8_t place, float* __restrict sum) {
  for (int64_t c = 0; c < channels; ++c) sum[c] += places[c] == place ? to_float(gradient[c]) : 0.0f;
}

using BF = c10::BFloat16;

MOCOSHARP_SIMD void plain_keep(const BF* x, int64_t n, uint8_t place, float* best, uint8_t* at) { keep_larger_body(x, n, place, best, at); }
MOCOSHARP_SIMD void plain_keep(const float* x, int64_t n, uint8_t place, float* best, uint8_t* at) {
  keep_larger_body(x, n, place, best, at);
}
MOCOSHARP_SIMD void plain_add(const BF* g, const uint8_t* at, int64_t n, uint8_t place, float* sum) {
  add_chosen_body(g, at, n, place, sum);
}
MOCOSHARP_SIMD void plain_add(const float* g, const uint8_t* at, int64_t n, uint8_t place, float* sum) {
  add_chosen_body(g, at, n, place, sum);
}
MOCOSHARP_SIMD void round_row(const float* from, int64_t n, BF* to) {
  for (int64_t c = 0; c < n; ++c) store(to + c, from[c]);
}
void round_row(const float* from, int64_t n, float* to) { std::copy_n(from, n, to); }

// Along one axis: for each position, the positions that it meets on the other side, and where in the window that is.
struct Meeting {
  int64_t position;
  int64_t place;
};
using Axis = std::vector<std::vector<Meeting>>;

Axis inputs_of_outputs(int64_t outputs, int64_t inputs, int64_t kernel, int64_t stride, int64_t pad) {
  Axis axis(outputs);
  for (int64_t o = 0; o < outputs; ++o) {
    for (int64_t k = 0; k < kernel; ++k) {
      const int64_t i = o * stride - pad + k;
      if (i >= 0 && i < inputs) axis[o].push_back({i, k});
    }
  }
  return axis;
}

Axis turned_round(const Axis& axis, int64_t inputs) {
  Axis result(inputs);
  for (size_t o = 0; o < axis.size(); ++o) {
    for (const Meeting& meeting : axis[o]) result[meeting.position].push_back({static_cast<int64_t>(o), meeting.place});
  }
  return result;
}

// What one pixel meets: pixels from the start of the other image, and their places in the window.
struct Window {
  int64_t count = 0;
  int64_t pixel[255];
  uint8_t place[255];

  void combine(const std::vector<Meeting>& rows, const std::vector<Meeting>& columns, int64_t width, int64_t kernel_width) {
    count = 0;
    for (const Meeting& row : rows) {
      for (const Meeting& column : columns) {
        pixel[count] = row.position * width + column.position;
        place[count++] = static_cast<uint8_t>(row.place * kernel_width + column.place);
      }
    }
  }
};

template <typename T>
MOCOSHARP_AVX512 void wide_pool(const T* image, int64_t channels, const Window& window, T* y, uint8_t* places) {
  for (int64_t c = 0; c < channels; c += 16) {
    __m512 best = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
    __m512i where = _mm512_set1_epi32(window.place[0]);
    for (int64_t t = 0; t < window.count; ++t) {
      const __m512 value = load16(image + window.pixel[t] * channels + c);
      const __mmask16 larger = _mm512_cmp_ps_mask(value, best, _CMP_NLE_UQ);  // larger, or one of the two is a NaN
      const __mmask16 keep = _mm512_cmp_ps_mask(best, best, _CMP_UNORD_Q) & ~_mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
      best = _mm512_mask_mov_ps(best, larger & ~keep, value);
      where = _mm512_mask_mov_epi32(where, larger & ~keep, _mm512_set1_epi32(window.place[t]));
    }
    store16(y + c, best);
    if (places) _mm_storeu_si128(reinterpret_cast<__m128i*>(places + c), _mm512_cvtepi32_epi8(where));
  }
}

template <typename T>
MOCOSHARP_AVX512 void wide_gradient(const T* gradient, const uint8_t* places, int64_t channels, const Window& windows, T* dx) {
  for (int64_t c = 0; c < channels; c += 16) {
    __m512 sum = _mm512_setzero_ps();
    for (int64_t t = 0; t < windows.count; ++t) {
      const int64_t at = windows.pixel[t] * channels + c;
      const __m128i where = _mm_loadu_si128(reinterpret_cast<const __m128i*>(places + at));
      const __mmask16 mine = _mm_cmpeq_epi8_mask(where, _mm_set1_epi8(static_cast<char>(windows.place[t])));
      sum = _mm512_mask_add_ps(sum, mine, sum, load16(gradient + at));
    }
    store16(dx + c, sum);
  }
}

bool wide(int64_t channels) { return channels % 16 == 0 && has_avx512_bf16(); }

}  // namespace

template <typename T>
void max_pool_image(const PoolShape& s, const T* x, T* y, uint8_t* places) {
  std::vector<float> best(s.channels);
  std::vector<uint8_t> unasked(places ? 0 : s.channels);
  const Axis rows = inputs_of_outputs(s.out_height(), s.in_height, s.kernel_height, s.stride_height, s.pad_height);
  const Axis columns = inputs_of_outputs(s.out_width(), s.in_width, s.kernel_width, s.stride_width, s.pad_width);
  Window window;
  for (int64_t row = 0; row < s.out_height(); ++row) {
    for (int64_t column = 0; column < s.out_width(); ++column) {
      const int64_t at = (row * s.out_width() + column) * s.channels;
      window.combine(rows[row], columns[column], s.in_width, s.kernel_width);
      if (wide(s.channels)) {
        wide_pool(x, s.channels, window, y + at, places ? places + at : nullptr);
        continue;
      }
      uint8_t* where = places ? places + at : unasked.data();
      std::fill(best.begin(), best.end(), -std::numeric_limits<float>::infinity());
      std::fill_n(where, s.channels, window.place[0]);
      for (int64_t t = 0; t < window.count; ++t) {
        plain_keep(x + window.pixel[t] * s.channels, s.channels, window.place[t], best.data(), where);
      }
      round_row(best.data(), s.channels, y + at);
    }
  }
}

template <typename T>
void max_pool_gradient_image(const PoolShape& s, const T* gradient, const uint8_t* places, T* dx) {
  std::vector<float> sum(s.channels);
  const Axis rows =
      turned_round(inputs_of_outputs(s.out_height(), s.in_height, s.kernel_height, s.stride_height, s.pad_height), s.in_height);
  const Axis columns = turned_round(inputs_of_outputs(s.out_width(), s.in_width, s.kernel_width, s.stride_width, s.pad_width), s.in_width);
  Window windows;
  for (int64_t row = 0; row < s.in_height; ++row) {
    for (int64_t column = 0; column < s.in_width; ++column) {
      T* to = dx + (row * s.in_width + column) * s.channels;
      windows.combine(rows[row], columns[column], s.out_width(), s.kernel_width);
      if (wide(s.channels)) {
        wide_gradient(gradient, places, s.channels, windows, to);
        continue;
      }
      std::fill(sum.begin(), sum.end(), 0.0f);
      for (int64_t t = 0; t < windows.count; ++t) {
        const int64_t at = windows.pixel[t] * s.channels;
        plain_add(gradient + at, places + at, s.channels, windows.place[t], sum.data());
      }
      round_row(sum.data(), s.channels, to);
    }
  }
}

template void max_pool_image<BF>(const PoolShape&, const BF*, BF*, uint8_t*);
template void max_pool_image<float>(const PoolShape&, const float*, float*, uint8_t*);
template void max_pool_gradient_image<BF>(const PoolShape&, const BF*, const uint8_t*, BF*);
template void max_pool_gradient_image<float>(const PoolShape&, const float*, const uint8_t*, float*);

}  // namespace mocosharp
