// What conv_tiles.h does with AMX tiles, by AVX-512's products of pairs of bfloat16: for processors without AMX. Operands lie as tiles do.
#pragma once

#include <cstdint>

#include "conv_tiles.h"

namespace mocosharp {

// results[row][channel] = sum over steps of a[32 x 32] * b[32 x 32]; rows 0-15 are a0's, 16-31 a1's.
void multiply_pairs(const char* a0, const char* a1, int64_t a_stride, const char* b, const TileStep* steps, int64_t count,
                    float (*results)[32]);

// As accumulate_taps and slide_taps.
void accumulate_pairs(const GradientPanel& gradient, const GradientPanel& input, int64_t apart, int taps, const GradientStep* steps,
                      int64_t count, const GradientStep* const* only, const int64_t* only_count, float* const* sums);
void slide_pairs(const GradientPanel& gradient, const GradientPanel& input, int64_t pixels, const GradientStep* rows, int64_t count,
                 float* const* sums);

}  // namespace mocosharp
