#include "conv_tiles.h"

#include <immintrin.h>

#include <algorithm>

#include "kernels/machine/amx.h"
#include "kernels/machine/avx512.h"
#include "conv_pairs.h"

namespace mocosharp {
namespace {

// Tile numbers are part of the instruction, so each tap has its own loop: tiles 0-2 hold the sums.
#define MOCOSHARP_ONE_TAP(tile)                                                   \
  for (int64_t s = 0; s < only_count[tile]; ++s) {                                \
    _tile_loadd(3, gradient.data + only[tile][s].gradient, gradient.pitch);       \
    _tile_loadd(4, input.data + only[tile][s].input + (tile)*apart, input.pitch); \
    _tile_dpbf16ps(tile, 3, 4);                                                   \
  }

template <int Taps>
MOCOSHARP_AMX void accumulate(const GradientPanel& gradient, const GradientPanel& input, int64_t apart, const GradientStep* steps,
                              int64_t count, const GradientStep* const* only, const int64_t* only_count, float* const* sums) {
  __asm__ volatile("" ::: "memory");
  _tile_loadd(0, sums[0], 64);
  if (Taps > 1) _tile_loadd(1, sums[1], 64);
  if (Taps > 2) _tile_loadd(2, sums[2], 64);
  for (int64_t s = 0; s < count; ++s) {
    const char *g = gradient.data + steps[s].gradient, *x = input.data + steps[s].input;
    _tile_loadd(3, g, gradient.pitch);
    _tile_loadd(4, x, input.pitch);
    _tile_dpbf16ps(0, 3, 4);
    if (Taps > 1) {
      _tile_loadd(5, x + apart, input.pitch);
      _tile_dpbf16ps(1, 3, 5);
    }
    if (Taps > 2) {
      _tile_loadd(6, x + 2 * apart, input.pitch);
      _tile_dpbf16ps(2, 3, 6);
    }
  }
  MOCOSHARP_ONE_TAP(0)
  if (Taps > 1) MOCOSHARP_ONE_TAP(1)
  if (Taps > 2) MOCOSHARP_ONE_TAP(2)
  _tile_stored(0, sums[0], 64);
  if (Taps > 1) _tile_stored(1, sums[1], 64);
  if (Taps > 2) _tile_stored(2, sums[2], 64);
}

}  // namespace

void accumulate_taps(const GradientPanel& gradient, const GradientPanel& input, int64_t apart, int taps, const GradientStep* steps,
                     int64_t count, const GradientStep* const* only, const int64_t* only_count, float* const* sums) {
  if (!has_amx()) accumulate_pairs(gradient, input, apart, taps, steps, count, only, only_count, sums);
  else if (taps == 3) accumulate<3>(gradient, input, apart, steps, count, only, only_count, sums);
  else if (taps == 2) accumulate<2>(gradient, input, apart, steps, count, only, only_count, sums);
  else accumulate<1>(gradient, input, apart, steps, count, only, only_count, sums);
}

// One pixel of slide_taps: tiles `a`, `b` and `c` hold its left, own and right input; `c` is new.
#define MOCOSHARP_SLIDE(a, b, c) \
  _tile_loadd(6, g, g_pitch);    \
  _tile_loadd(c, x + 64, pitch); \
  _tile_dpbf16ps(0, 6, a);       \
  _tile_dpbf16ps(1, 6, b);       \
  _tile_dpbf16ps(2, 6, c);       \
  g += 64;                       \
  x += 64;

// The last pixel, whose right neighbor is the border.
#define MOCOSHARP_SLIDE_OUT(a, b) \
  _tile_loadd(6, g, g_pitch);     \
  _tile_dpbf16ps(0, 6, a);        \
  _tile_dpbf16ps(1, 6, b);

namespace {

MOCOSHARP_AMX void slide(const GradientPanel& gradient, const GradientPanel& input, int64_t pixels, const GradientStep* rows, int64_t count,
                         float* const* sums) {
  const int64_t g_pitch = gradient.pitch, pitch = input.pitch;
  __asm__ volatile("" ::: "memory");
  _tile_loadd(0, sums[0], 64);
  _tile_loadd(1, sums[1], 64);
  _tile_loadd(2, sums[2], 64);
  for (int64_t row = 0; row < count; ++row) {
    const char *g = gradient.data + rows[row].gradient, *x = input.data + rows[row].input;
    _tile_loadd(6, g, g_pitch);
    _tile_loadd(3, x, pitch);
    _tile_loadd(4, x + 64, pitch);
    _tile_dpbf16ps(1, 6, 3);
    _tile_dpbf16ps(2, 6, 4);
    g += 64;
    x += 64;
    int64_t middle = pixels - 2;
    for (; middle >= 3; middle -= 3) {
      MOCOSHARP_SLIDE(3, 4, 5)
      MOCOSHARP_SLIDE(4, 5, 3)
      MOCOSHARP_SLIDE(5, 3, 4)
    }
    if (middle == 0) {
      MOCOSHARP_SLIDE_OUT(3, 4)
    } else if (middle == 1) {
      MOCOSHARP_SLIDE(3, 4, 5)
      MOCOSHARP_SLIDE_OUT(4, 5)
    } else {
      MOCOSHARP_SLIDE(3, 4, 5)
      MOCOSHARP_SLIDE(4, 5, 3)
      MOCOSHARP_SLIDE_OUT(5, 3)
    }
  }
  _tile_stored(0, sums[0], 64);
  _tile_stored(1, sums[1], 64);
  _tile_stored(2, sums[2], 64);
}

}  // namespace

void slide_taps(const GradientPanel& gradient, const GradientPanel& input, int64_t pixels, const GradientStep* rows, int64_t count,
                float* const* sums) {
  if (has_amx()) slide(gradient, input, pixels, rows, count, sums);
  else slide_pairs(gradient, input, pixels, rows, count, sums);
}

MOCOSHARP_AVX512 inline void BlockMultiplier::add_moments(float* sums, __m512 low, __m512 high, __m512 low_squares,
                                                          __m512 high_squares) const {
  float* squares = sums + moments_.stride;
  _mm512_storeu_ps(sums, _mm512_add_ps(_mm512_loadu_ps(sums), low));
  _mm512_storeu_ps(sums + 16, _mm512_add_ps(_mm512_loadu_ps(sums + 16), high));
  _mm512_storeu_ps(squares, _mm512_add_ps(_mm512_loadu_ps(squares), low_squares));
  _mm512_storeu_ps(squares + 16, _mm512_add_ps(_mm512_loadu_ps(squares + 16), high_squares));
}

// As bfloat16 keeps it.
MOCOSHARP_AVX512 static inline __m512 rounded(__m512 value) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(value)), 16));
}

// Moments are of the rounded numbers that a batch norm will read. Where a channel hardly varies, a mean of unrounded ones can lie many
// deviations away from all of them. A block of one group: its rows are summed in registers.
MOCOSHARP_AVX512 void BlockMultiplier::add_block_moments(int block) const {
  const BlockTarget& out = out_[block];
  const __m512 b0 = finish_.shift ? _mm512_maskz_loadu_ps(static_cast<__mmask16>(channels_), finish_.shift) : _mm512_setzero_ps();
  const __m512 b1 = finish_.shift ? _mm512_maskz_loadu_ps(static_cast<__mmask16>(channels_ >> 16), finish_.shift + 16)
                                    : _mm512_setzero_ps();
  __m512 low = _mm512_setzero_ps(), high = low, low_squares = low, high_squares = low;
  for (int row = 16 * block; row < 16 * block + 16; ++row) {
    if (rows_[now_][row] == dropped_) continue;
    const __m512 x = rounded(_mm512_add_ps(_mm512_load_ps(results_[row]), b0));
    const __m512 y = rounded(_mm512_add_ps(_mm512_load_ps(results_[row] + 16), b1));
    low = _mm512_add_ps(low, x);
    high = _mm512_add_ps(high, y);
    low_squares = _mm512_fmadd_ps(x, x, low_squares);
    high_squares = _mm512_fmadd_ps(y, y, high_squares);
  }
  add_moments(out.moments + out.group * 2 * moments_.stride, low, high, low_squares, high_squares);
}

// Row 0-15 is of the first block, 16-31 of the second. `Plain` rows are written as they are, and have no moments.
template <bool Plain>
MOCOSHARP_AVX512 inline void BlockMultiplier::write_row(int row) const {
  uint16_t* to = rows_[now_][row];
  __m512 low = _mm512_load_ps(results_[row]), high = _mm512_load_ps(results_[row] + 16);
  if (!Plain) {
    const BlockTarget& out = out_[row >> 4];
    if ((row & 15) == 15 && out.moments && !moments_.row_groups) add_block_moments(row >> 4);
    if (to == dropped_) return;
    const __mmask16 first = static_cast<__mmask16>(channels_), second = static_cast<__mmask16>(channels_ >> 16);
    if (finish_.scale) {  // of the map as others would have written it: which kernel runs shall matter little
      low = _mm512_mul_ps(rounded(low), _mm512_maskz_loadu_ps(first, finish_.scale));
      high = _mm512_mul_ps(rounded(high), _mm512_maskz_loadu_ps(second, finish_.scale + 16));
    }
    if (finish_.shift) {
      low = _mm512_add_ps(low, _mm512_maskz_loadu_ps(first, finish_.shift));
      high = _mm512_add_ps(high, _mm512_maskz_loadu_ps(second, finish_.shift + 16));
    }
    if (add_base_) {
      const __m512i both = _mm512_maskz_loadu_epi16(channels_, add_base_ + (to - out_base_));
      low = _mm512_add_ps(low, _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm512_castsi512_si256(both)), 16)));
      high = _mm512_add_ps(high, _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(both, 1)), 16)));
    }
    if (finish_.relu) {  // a NaN, as the second, passes
      low = _mm512_max_ps(_mm512_setzero_ps(), low);
      high = _mm512_max_ps(_mm512_setzero_ps(), high);
    }
    if (out.moments && moments_.row_groups) {
      const __m512 x = rounded(low), y = rounded(high);
      add_moments(out.moments + wrapped_[out.group + (row & 15)] * 2 * moments_.stride, x, y, _mm512_mul_ps(x, x), _mm512_mul_ps(y, y));
    }
  }
  _mm512_mask_storeu_epi16(to, channels_, (__m512i)_mm512_cvtne2ps_pbh(high, low));
}

BlockMultiplier::BlockMultiplier(const uint16_t* out, const uint16_t* add, const MomentLayout& moments)
    : tiles_(has_amx()), out_base_(out), add_base_(add), moments_(moments), wrapped_(moments.groups + 16) {
  for (size_t i = 0; i < wrapped_.size(); ++i) wrapped_[i] = static_cast<int>(i) % moments.groups;
  for (uint16_t*& row : rows_[now_]) row = dropped_;
}

void BlockMultiplier::fetch_ahead(const char* from, int64_t bytes, int64_t steps) {
  ahead_ = from;
  ahead_end_ = from + bytes;
  lines_a_step_ = (bytes / 64 + steps - 1) / std::max<int64_t>(steps, 1);
}

MOCOSHARP_AVX512 inline void BlockMultiplier::place_rows(const BlockTarget& out, uint16_t** rows) {
  const __m512i nowhere = _mm512_set1_epi64(reinterpret_cast<int64_t>(dropped_));
  const __m512i base = _mm512_set1_epi64(reinterpret_cast<int64_t>(out.out));
  for (int row = 0; row < 16; row += 8) {
    const __m512i places = _mm512_loadu_si512(out.places + row);
    const __m512i found = _mm512_add_epi64(base, _mm512_slli_epi64(places, 1));
    _mm512_storeu_si512(rows + row, _mm512_mask_mov_epi64(found, _mm512_movepi64_mask(places), nowhere));
  }
}

// While this pair is multiplied the last one's rows are written, and the lines fetched where this one's will go: stores into memory's own
// lines would wait for them.
template <bool Plain>
MOCOSHARP_AMX void BlockMultiplier::multiply_tiles(const char* a0, const char* a1, int64_t a_stride, const char* b, const TileStep* steps,
                                                   int64_t count) {
  constexpr int kRows = 32;
  const int rows_a_step = count > 0 ? static_cast<int>((kRows + count - 1) / count) : kRows;
  uint16_t* const* next = rows_[1 - now_];
  int written = 0;
  __asm__ volatile("" ::: "memory");  // the tile loads below read what was packed before; gcc 12 does not know
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int64_t s = 0; s < count; ++s) {
    const char *a = a0 + steps[s].a, *other = a1 + steps[s].a, *w = b + steps[s].b;
    _tile_loadd(4, a, a_stride);
    _tile_loadd(6, w, 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_loadd(7, w + kTileBytes, 64);
    _tile_dpbf16ps(1, 4, 7);
    _tile_loadd(5, other, a_stride);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
    if (ahead_ < ahead_end_) {
      for (int64_t line = 0; line < lines_a_step_; ++line, ahead_ += 64) _mm_prefetch(ahead_, _MM_HINT_T1);
    }
    for (const int end = std::min(kRows, written + rows_a_step); written < end; ++written) {
      _mm_prefetch(reinterpret_cast<const char*>(next[written]), _MM_HINT_ET0);
      write_row<Plain>(written);
    }
  }
  for (; written < kRows; ++written) write_row<Plain>(written);
  _tile_stored(0, results_[0], sizeof(results_[0]));
  _tile_stored(1, results_[0] + 16, sizeof(results_[0]));
  _tile_stored(2, results_[16], sizeof(results_[0]));
  _tile_stored(3, results_[16] + 16, sizeof(results_[0]));
}

template <bool Plain>
MOCOSHARP_AVX512 void BlockMultiplier::multiply_vectors(const char* a0, const char* a1, int64_t a_stride, const char* b,
                                                        const TileStep* steps, int64_t count) {
  for (int row = 0; row < 32; ++row) {
    write_row<Plain>(row);
    __builtin_prefetch(rows_[1 - now_][row], 1);
  }
  for (int64_t line = 0; line < lines_a_step_ * count && ahead_ < ahead_end_; ++line, ahead_ += 64) _mm_prefetch(ahead_, _MM_HINT_T1);
  multiply_pairs(a0, a1, a_stride, b, steps, count, results_);
}

template <bool Plain>
void BlockMultiplier::multiply(const char* a0, const char* a1, int64_t a_stride, const char* b, const TileStep* steps, int64_t count) {
  if (tiles_) multiply_tiles<Plain>(a0, a1, a_stride, b, steps, count);
  else multiply_vectors<Plain>(a0, a1, a_stride, b, steps, count);
}

MOCOSHARP_AVX512 void BlockMultiplier::multiply(const char* a0, const char* a1, int64_t a_stride, const char* b, const TileStep* steps,
                                                int64_t count, const FinishTerms& finish, int channels,
                                                const BlockTarget& out0, const BlockTarget& out1) {
  uint16_t** next = rows_[1 - now_];
  place_rows(out0, next);
  place_rows(out1, next + 16);
  // Read when this pair is written, during the next. Rows that lie closer are fetched by the processor itself.
  if (add_base_ && out0.places[1] - out0.places[0] > 64) {
    for (int row = 0; row < 32; ++row) {
      if (next[row] != dropped_) _mm_prefetch(add_base_ + (next[row] - out_base_), _MM_HINT_T0);
    }
  }
  if (finish_.plain() && !add_base_ && !out_[0].moments) multiply<true>(a0, a1, a_stride, b, steps, count);
  else multiply<false>(a0, a1, a_stride, b, steps, count);
  now_ = 1 - now_;
  out_[0] = out0;
  out_[1] = out1;
  finish_ = finish;
  channels_ = channels >= 32 ? 0xffffffffu : (1u << channels) - 1;
}

MOCOSHARP_AVX512 void BlockMultiplier::finish() {
  for (int row = 0; row < 32; ++row) write_row<false>(row);
  for (uint16_t*& row : rows_[now_]) row = dropped_;
  out_[0] = out_[1] = {nullptr, kNowhere, nullptr, 0};
}

}  // namespace mocosharp
