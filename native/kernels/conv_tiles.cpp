#include "conv_tiles.h"

#include <immintrin.h>

#include "amx.h"
#include "avx512.h"

namespace mocosharp {
namespace {

// `left` and `right` are two stored tiles: channels 0-15 and 16-31 of 16 positions.
MOCOSHARP_AMX inline void write_block(const float* left, const float* right, const float* bias, int channels, const BlockTarget& out) {
  const __m512 b0 = bias ? _mm512_maskz_loadu_ps(channels >= 16 ? 0xffff : (1u << channels) - 1, bias) : _mm512_setzero_ps();
  const __m512 b1 = bias && channels > 16 ? _mm512_maskz_loadu_ps((1u << (channels - 16)) - 1, bias + 16) : _mm512_setzero_ps();
  const __mmask32 mask = channels >= 32 ? 0xffffffffu : (1u << channels) - 1;
  for (int row = 0; row < out.rows; ++row) {
    const __m512 low = _mm512_add_ps(_mm512_load_ps(left + row * 16), b0), high = _mm512_add_ps(_mm512_load_ps(right + row * 16), b1);
    const __m512i both = (__m512i)_mm512_cvtne2ps_pbh(high, low);
    if (mask == 0xffffffffu) _mm512_storeu_si512(out.rows16 + row * out.row_stride, both);
    else _mm512_mask_storeu_epi16(out.rows16 + row * out.row_stride, mask, both);
  }
}

// Tile numbers are part of the instruction, so each tap has its own loop: tiles 0-2 hold the sums.
#define MOCOSHARP_ONE_TAP(tile)                                          \
  for (int64_t s = 0; s < only_count[tile]; ++s) {                       \
    _tile_loadd(3, gradient + only[tile][s].gradient, 64);               \
    _tile_loadd(4, input + only[tile][s].input + (tile) * apart, 64);    \
    _tile_dpbf16ps(tile, 3, 4);                                          \
  }

template <int Taps>
MOCOSHARP_AMX void accumulate(const char* gradient, const char* input, int64_t apart, const GradientStep* steps, int64_t count,
                              const GradientStep* const* only, const int64_t* only_count, float* const* sums) {
  __asm__ volatile("" ::: "memory");
  _tile_loadd(0, sums[0], 64);
  if (Taps > 1) _tile_loadd(1, sums[1], 64);
  if (Taps > 2) _tile_loadd(2, sums[2], 64);
  for (int64_t s = 0; s < count; ++s) {
    const char *g = gradient + steps[s].gradient, *x = input + steps[s].input;
    _tile_loadd(3, g, 64);
    _tile_loadd(4, x, 64);
    _tile_dpbf16ps(0, 3, 4);
    if (Taps > 1) {
      _tile_loadd(5, x + apart, 64);
      _tile_dpbf16ps(1, 3, 5);
    }
    if (Taps > 2) {
      _tile_loadd(6, x + 2 * apart, 64);
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

void accumulate_taps(const char* gradient, const char* input, int64_t apart, int taps, const GradientStep* steps, int64_t count,
                     const GradientStep* const* only, const int64_t* only_count, float* const* sums) {
  if (taps == 3) accumulate<3>(gradient, input, apart, steps, count, only, only_count, sums);
  else if (taps == 2) accumulate<2>(gradient, input, apart, steps, count, only, only_count, sums);
  else accumulate<1>(gradient, input, apart, steps, count, only, only_count, sums);
}

MOCOSHARP_AMX void multiply_blocks(const char* a0, const char* a1, int64_t a_stride, const char* b, const TileStep* steps, int64_t count,
                                   const float* bias, int channels, const BlockTarget& out0, const BlockTarget& out1) {
  alignas(64) float results[4][256];
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
  }
  _tile_stored(0, results[0], 64);
  _tile_stored(1, results[1], 64);
  _tile_stored(2, results[2], 64);
  _tile_stored(3, results[3], 64);
  write_block(results[0], results[1], bias, channels, out0);
  write_block(results[2], results[3], bias, channels, out1);
}

}  // namespace mocosharp
