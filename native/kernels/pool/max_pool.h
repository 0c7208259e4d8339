// Max pooling over channels-last rows, all channels of a pixel at once.
#pragma once

#include <cstdint>

namespace mocosharp {

struct PoolShape {
  int64_t batch, channels, in_height, in_width;
  int64_t kernel_height, kernel_width, stride_height, stride_width, pad_height, pad_width;

  int64_t out_height() const { return (in_height + 2 * pad_height - kernel_height) / stride_height + 1; }
  int64_t out_width() const { return (in_width + 2 * pad_width - kernel_width) / stride_width + 1; }
};

// One image. places[y][x][c] = kernel row * kernel_width + kernel column of the largest number; null when nobody will ask for gradients.
// The first of equal numbers wins, and a NaN always does, as in libtorch.
template <typename T>
void max_pool_image(const PoolShape& shape, const T* x, T* y, uint8_t* places);

// dx of one image: each output's gradient goes to its window's largest number; sums are made in float.
template <typename T>
void max_pool_gradient_image(const PoolShape& shape, const T* gradient, const uint8_t* places, T* dx);

}  // namespace mocosharp
