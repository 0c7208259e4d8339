#include "conv_pack.h"

#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "kernels/machine/avx512.h"

namespace mocosharp {
namespace {

MOCOSHARP_AVX512 inline __m512i widened_bits(__m512 value) { return _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(value)); }

MOCOSHARP_AVX512 inline __mmask16 first(int64_t count) {
  return count >= 16 ? 0xffff : static_cast<__mmask16>((1u << std::max<int64_t>(count, 0)) - 1);
}

// 16 numbers `stride` apart, or fewer by the mask.
MOCOSHARP_AVX512 inline __m512 gather(const float* from, __m512i lanes, __mmask16 mask, int64_t stride) {
  if (stride == 1) return _mm512_maskz_loadu_ps(mask, from);
  return _mm512_mask_i32gather_ps(_mm512_setzero_ps(), mask, lanes, from, 4);
}

MOCOSHARP_AVX512 inline __m512i lanes_apart(int64_t stride) {
  return _mm512_mullo_epi32(_mm512_set1_epi32(static_cast<int>(stride)),
                            _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

}  // namespace

MOCOSHARP_AVX512 void pack_weight_tile(const float* weights, WeightStrides strides, int64_t inner, int64_t outer, char* tile) {
  const __m512i lanes = lanes_apart(strides.outer);
  const __mmask16 mask = first(outer);
  for (int64_t pair = 0; pair < 16; ++pair) {
    const __m512 even = gather(weights + 2 * pair * strides.inner, lanes, 2 * pair < inner ? mask : 0, strides.outer);
    const __m512 odd = gather(weights + (2 * pair + 1) * strides.inner, lanes, 2 * pair + 1 < inner ? mask : 0, strides.outer);
    _mm512_storeu_si512(tile + 64 * pair, _mm512_or_si512(widened_bits(even), _mm512_slli_epi32(widened_bits(odd), 16)));
  }
}

MOCOSHARP_AVX512 void pack_row_weight_tile(const float* weights, int64_t channels, int64_t taps, int64_t kernel_width, int64_t outer_stride,
                                           int64_t outer, char* tile) {
  const __m512i lanes = lanes_apart(outer_stride);
  for (int64_t pair = 0; pair < 16; ++pair) {
    __m512i halves[2];
    for (int64_t half = 0; half < 2; ++half) {
      const int64_t i = 2 * pair + half, column = i / channels, channel = i % channels;
      halves[half] = widened_bits(gather(weights + channel * taps + column, lanes, column < kernel_width ? first(outer) : 0, outer_stride));
    }
    _mm512_storeu_si512(tile + 64 * pair, _mm512_or_si512(halves[0], _mm512_slli_epi32(halves[1], 16)));
  }
}

MOCOSHARP_AVX512 void pack_block(const float* weights, int64_t group_stride, WeightStrides strides, const BlockSide& inner,
                                 const BlockSide& outer, char* tile) {
  std::memset(tile, 0, 1024);
  const int64_t inner_end = inner.first + std::min<int64_t>(32, inner.count), outer_end = outer.first + std::min<int64_t>(16, outer.count);
  for (int64_t group = outer.first / outer.group; group * outer.group < outer_end; ++group) {
    const int64_t first_outer = std::max(outer.first, group * outer.group), last_outer = std::min(outer_end, (group + 1) * outer.group);
    const int64_t first_inner = std::max(inner.first, group * inner.group), last_inner = std::min(inner_end, (group + 1) * inner.group);
    const __m512i lanes = lanes_apart(strides.outer);
    const __mmask16 mask = first(last_outer - first_outer);
    const float* from = weights + group * group_stride + (first_outer - group * outer.group) * strides.outer;
    for (int64_t i = first_inner; i < last_inner; ++i) {
      const __m512 values = gather(from + (i - group * inner.group) * strides.inner, lanes, mask, strides.outer);
      const int64_t place = i - inner.first, odd = place % 2;
      char* line = tile + place / 2 * 64 + (first_outer - outer.first) * 4;
      const __m512i bits = odd ? _mm512_slli_epi32(widened_bits(values), 16) : widened_bits(values);
      _mm512_mask_storeu_epi32(line, mask, _mm512_or_si512(_mm512_maskz_loadu_epi32(mask, line), bits));
    }
  }
}

MOCOSHARP_AVX512 void spread_pixels(const char* from, int64_t pixels, const LineSpread& s, char* to) {
  const auto mask_of = [](int64_t bytes) { return bytes >= 64 ? ~0ull : (1ull << bytes) - 1; };
  const __mmask64 mask = mask_of(s.step), last = mask_of(s.bytes - (s.lines - 1) * s.step);
  for (int64_t pixel = 0; pixel < pixels; ++pixel, from += s.from_step, to += s.to_step) {
    for (int64_t line = 0; line + 1 < s.lines; ++line) {
      _mm512_storeu_si512(to + line * s.line_stride, _mm512_maskz_loadu_epi8(mask, from + line * s.step));
    }
    const int64_t line = s.lines - 1;
    _mm512_storeu_si512(to + line * s.line_stride, _mm512_maskz_loadu_epi8(last, from + line * s.step));
  }
}

MOCOSHARP_AVX512 void pair_pixels(const Bits16* even, const Bits16* odd, int64_t pixels, int64_t step, int64_t channels, char* to,
                                  int64_t pixel_stride, int64_t block_stride) {
  const __m512i low_half = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), high_half = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  for (int64_t pixel = 0; pixel < pixels; ++pixel, to += pixel_stride) {
    char* block = to;
    for (int64_t c = 0; c < channels; c += 32, block += 2 * block_stride) {
      const int64_t left = channels - c;
      const __mmask32 mask = left >= 32 ? 0xffffffffu : (1u << left) - 1;
      const int64_t at = pixel * step + c;
      const __m512i a = even ? _mm512_maskz_loadu_epi16(mask, even + at) : _mm512_setzero_si512();
      const __m512i b = odd ? _mm512_maskz_loadu_epi16(mask, odd + at) : _mm512_setzero_si512();
      const __m512i low = _mm512_unpacklo_epi16(a, b), high = _mm512_unpackhi_epi16(a, b);
      _mm512_storeu_si512(block, _mm512_permutex2var_epi64(low, low_half, high));
      if (left > 16) _mm512_storeu_si512(block + block_stride, _mm512_permutex2var_epi64(low, high_half, high));
    }
  }
}

MOCOSHARP_AVX512 void transpose_tile(char* tile, int64_t pitch) {
  __m512i r[16], t[16];
  for (int i = 0; i < 16; ++i) r[i] = _mm512_loadu_si512(tile + pitch * i);
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    for (int j = 0; j < 2; ++j) {
      r[i + 2 * j] = _mm512_unpacklo_epi64(t[i + j], t[i + 2 + j]);
      r[i + 2 * j + 1] = _mm512_unpackhi_epi64(t[i + j], t[i + 2 + j]);
    }
  }
  for (int j = 0; j < 4; ++j) {
    t[j] = _mm512_shuffle_i32x4(r[j], r[4 + j], 0x88);
    t[4 + j] = _mm512_shuffle_i32x4(r[j], r[4 + j], 0xdd);
    t[8 + j] = _mm512_shuffle_i32x4(r[8 + j], r[12 + j], 0x88);
    t[12 + j] = _mm512_shuffle_i32x4(r[8 + j], r[12 + j], 0xdd);
  }
  for (int j = 0; j < 4; ++j) {
    _mm512_storeu_si512(tile + pitch * j, _mm512_shuffle_i32x4(t[j], t[8 + j], 0x88));
    _mm512_storeu_si512(tile + pitch * (8 + j), _mm512_shuffle_i32x4(t[j], t[8 + j], 0xdd));
    _mm512_storeu_si512(tile + pitch * (4 + j), _mm512_shuffle_i32x4(t[4 + j], t[12 + j], 0x88));
    _mm512_storeu_si512(tile + pitch * (12 + j), _mm512_shuffle_i32x4(t[4 + j], t[12 + j], 0xdd));
  }
}

MOCOSHARP_AVX512 void sum_and_spread(const float* from, int copies, int64_t distance, float* to, int64_t stride, int64_t lanes) {
  const __mmask16 mask = first(lanes);
  __m512 sum = _mm512_maskz_loadu_ps(mask, from);
  for (int copy = 1; copy < copies; ++copy) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(mask, from + copy * distance));
  _mm512_mask_i32scatter_ps(to, mask, lanes_apart(stride), sum, 4);
}

MOCOSHARP_AVX512 void unfold_row(const Bits16* image, const RowWindow& w, int64_t first_row, int64_t width, Bits16* to) {
  std::memset(to, 0, w.out_width * width * sizeof(Bits16));
  for (int64_t ky = 0; ky < w.kernel_height; ++ky) {
    const int64_t row = first_row + ky;
    if (row < 0 || row >= w.in_height) continue;
    for (int64_t x = 0; x < w.out_width; ++x) {
      const int64_t left = x * w.stride_width - w.pad_width, from = std::max<int64_t>(left, 0);
      const int64_t count = (std::min(left + w.kernel_width, w.in_width) - from) * w.channels;
      if (count <= 0) continue;
      const __mmask32 mask = count >= 32 ? 0xffffffffu : (1u << count) - 1;
      const __m512i run = _mm512_maskz_loadu_epi16(mask, image + (row * w.in_width + from) * w.channels);
      _mm512_mask_storeu_epi16(to + x * width + (ky * w.kernel_width + from - left) * w.channels, mask, run);
    }
  }
}

}  // namespace mocosharp
