// Bringing images and weights into the layouts that AMX tiles are loaded from.
#pragma once

#include <cstdint>

namespace mocosharp {

using Bits16 = uint16_t;  // a bfloat16

// Where a weight w[output][input][tap] sits: the distance, in floats, between neighbors along the product's inner and outer channels.
struct WeightStrides {
  int64_t inner, outer;
};

// One tile of weights: 16 pairs of inner channels x 16 outer channels, rounded to bfloat16. Missing channels become zero.
void pack_weight_tile(const float* weights, WeightStrides strides, int64_t inner, int64_t outer, char* tile);

// The same for a first layer: inner index i is column i / channels of the kernel's row and channel i % channels.
void pack_row_weight_tile(const float* weights, int64_t channels, int64_t taps, int64_t kernel_width, int64_t outer_stride, int64_t outer,
                          char* tile);

// Channels [first, first + count) of one side of a block-diagonal matrix whose blocks are `group` wide.
struct BlockSide {
  int64_t first, count, group;
};

// One tile of a block-diagonal matrix, zero outside of its blocks: inside, the weight of a group's channels i and o, counted from 0, lies
// at weights + group * group_stride + i * strides.inner + o * strides.outer.
void pack_block(const float* weights, int64_t group_stride, WeightStrides strides, const BlockSide& inner, const BlockSide& outer,
                char* tile);

// Deals pixels of `bytes` bytes, `from_step` apart, to lines of 64 bytes: each line takes the next `step` bytes of its pixel, and zeros
// where there are fewer. A pixel's lines lie `line_stride` bytes apart, pixels `to_step`.
struct LineSpread {
  int64_t bytes, from_step, lines, step, line_stride, to_step;
};
void spread_pixels(const char* from, int64_t pixels, const LineSpread& spread, char* to);

// Pairs two images' pixels: `channels` numbers of each pixel, `step` apart, become, for block b of 16 channels of pixel p, 64
// bytes of 16 pairs at to + b * block_stride + p * pixel_stride. A null image counts as zeros, as do channels that do not exist.
void pair_pixels(const Bits16* even, const Bits16* odd, int64_t pixels, int64_t step, int64_t channels, char* to, int64_t pixel_stride,
                 int64_t block_stride);

// Turns a tile of 16 x 16 pairs, its rows `pitch` bytes apart, round its diagonal, in place.
void transpose_tile(char* tile, int64_t pitch);

// to[lane * stride] = sum over copies of from[copy * distance + lane], for `lanes` lanes, 16 at most.
void sum_and_spread(const float* from, int copies, int64_t distance, float* to, int64_t stride, int64_t lanes);

// The pixels that one output row of a convolution sees, kernel row by kernel row: to[x * width + (ky * kernel_width + kx) * channels + c].
// What lies outside of the image is zero. `channels * kernel_width` is 32 at most.
struct RowWindow {
  int64_t channels, in_height, in_width, out_width, kernel_height, kernel_width, stride_width, pad_width;
};
void unfold_row(const Bits16* image, const RowWindow& window, int64_t first_row, int64_t width, Bits16* to);

}  // namespace mocosharp
