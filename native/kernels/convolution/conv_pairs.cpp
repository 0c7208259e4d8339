#include "conv_pairs.h"

#include <immintrin.h>

#include <cstring>

#include "kernels/machine/avx512.h"

namespace mocosharp {
namespace {

constexpr int kPairs = 16;  // of the inner axis, in one step

MOCOSHARP_AVX512 inline __m512bh pair_everywhere(const char* from) {
  int32_t pair;
  std::memcpy(&pair, from, sizeof(pair));
  return (__m512bh)_mm512_set1_epi32(pair);
}

MOCOSHARP_AVX512 inline __m512bh pairs(const char* from) { return (__m512bh)_mm512_loadu_si512(from); }

// results[8 x 32] of the rows that begin at `a`.
MOCOSHARP_AVX512 void multiply_rows(const char* a, int64_t stride, const char* b, const TileStep* steps, int64_t count,
                                    float (*results)[32]) {
  constexpr int kRows = 8;
  __m512 low[kRows], high[kRows];
#pragma GCC unroll 8
  for (int row = 0; row < kRows; ++row) low[row] = high[row] = _mm512_setzero_ps();
  for (int64_t s = 0; s < count; ++s) {
    const char *x = a + steps[s].a, *w = b + steps[s].b;
#pragma GCC unroll 16
    for (int pair = 0; pair < kPairs; ++pair) {
      const __m512bh w0 = pairs(w + 64 * pair), w1 = pairs(w + kTileBytes + 64 * pair);
#pragma GCC unroll 8
      for (int row = 0; row < kRows; ++row) {
        const __m512bh one = pair_everywhere(x + row * stride + 4 * pair);
        low[row] = _mm512_dpbf16_ps(low[row], one, w0);
        high[row] = _mm512_dpbf16_ps(high[row], one, w1);
      }
    }
  }
#pragma GCC unroll 8
  for (int row = 0; row < kRows; ++row) {
    _mm512_storeu_ps(results[row], low[row]);
    _mm512_storeu_ps(results[row] + 16, high[row]);
  }
}

// The 16 x 16 sums of one tap, held in registers.
struct Sums {
  __m512 rows[16];
};

MOCOSHARP_AVX512 inline __attribute__((always_inline)) void load(Sums& sums, const float* from) {
#pragma GCC unroll 16
  for (int row = 0; row < 16; ++row) sums.rows[row] = _mm512_loadu_ps(from + 16 * row);
}

MOCOSHARP_AVX512 inline __attribute__((always_inline)) void store(const Sums& sums, float* to) {
#pragma GCC unroll 16
  for (int row = 0; row < 16; ++row) _mm512_storeu_ps(to + 16 * row, sums.rows[row]);
}

// sums += gradient[16 x 32] * input[32 x 16].
MOCOSHARP_AVX512 inline __attribute__((always_inline)) void add_product(Sums& sums, const char* gradient, int64_t gradient_pitch,
                                                                        const char* input, int64_t input_pitch) {
  for (int pair = 0; pair < kPairs; ++pair, gradient += 4, input += input_pitch) {
    const __m512bh x = pairs(input);
#pragma GCC unroll 16
    for (int row = 0; row < 16; ++row) {
      sums.rows[row] = _mm512_dpbf16_ps(sums.rows[row], pair_everywhere(gradient + row * gradient_pitch), x);
    }
  }
}

}  // namespace

void multiply_pairs(const char* a0, const char* a1, int64_t a_stride, const char* b, const TileStep* steps, int64_t count,
                    float (*results)[32]) {
  for (int half = 0; half < 2; ++half) {
    multiply_rows(a0 + 8 * half * a_stride, a_stride, b, steps, count, results + 8 * half);
    multiply_rows(a1 + 8 * half * a_stride, a_stride, b, steps, count, results + 16 + 8 * half);
  }
}

MOCOSHARP_AVX512 void accumulate_pairs(const GradientPanel& gradient, const GradientPanel& input, int64_t apart, int taps,
                                       const GradientStep* steps, int64_t count, const GradientStep* const* only, const int64_t* only_count,
                                       float* const* sums) {
  for (int tap = 0; tap < taps; ++tap) {
    const char* x = input.data + tap * apart;
    Sums of_tap;
    load(of_tap, sums[tap]);
    for (int64_t s = 0; s < count; ++s)
      add_product(of_tap, gradient.data + steps[s].gradient, gradient.pitch, x + steps[s].input, input.pitch);
    for (int64_t s = 0; s < only_count[tap]; ++s) {
      add_product(of_tap, gradient.data + only[tap][s].gradient, gradient.pitch, x + only[tap][s].input, input.pitch);
    }
    store(of_tap, sums[tap]);
  }
}

MOCOSHARP_AVX512 void slide_pairs(const GradientPanel& gradient, const GradientPanel& input, int64_t pixels, const GradientStep* rows,
                                  int64_t count, float* const* sums) {
  for (int tap = 0; tap < 3; ++tap) {
    const int64_t first = tap == 0 ? 1 : 0, last = tap == 2 ? pixels - 1 : pixels;
    Sums of_tap;
    load(of_tap, sums[tap]);
    for (int64_t row = 0; row < count; ++row) {
      const char *g = gradient.data + rows[row].gradient, *x = input.data + rows[row].input + (tap - 1) * 64;
      for (int64_t pixel = first; pixel < last; ++pixel) add_product(of_tap, g + pixel * 64, gradient.pitch, x + pixel * 64, input.pitch);
    }
    store(of_tap, sums[tap]);
  }
}

}  // namespace mocosharp
