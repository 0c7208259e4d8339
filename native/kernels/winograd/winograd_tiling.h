// Winograd's tiles: which pixels the outputs and the inputs of each are.
#pragma once

#include <cstdint>

namespace mocosharp {

// A map's pixels, [batch][height][width][channels].
template <typename Real>
struct Pixels {
  Real* data;
  int64_t height, width, channels;

  Real* at(int64_t n, int64_t y, int64_t x, Real* outside) const {
    const bool inside = y >= 0 && y < height && x >= 0 && x < width;
    return inside ? data + ((n * height + y) * width + x) * channels : outside;
  }
};

struct Tiling {
  int64_t batch, rows, columns, outputs;  // rows and columns of tiles, and outputs along the side of one

  Tiling(int64_t batch, int64_t out_height, int64_t out_width, int64_t outputs)
      : batch(batch), rows((out_height + outputs - 1) / outputs), columns((out_width + outputs - 1) / outputs), outputs(outputs) {}
  int64_t tiles() const { return batch * rows * columns; }
  int64_t image(int64_t tile) const { return tile / (rows * columns); }

  // Pointers to the side x side pixels that begin `offset` before the tile's first output; all are `outside` behind the last tile.
  template <typename Real, typename Pointer>
  void patch(const Pixels<Real>& pixels, int64_t tile, int side, int64_t offset_y, int64_t offset_x, Real* outside, Pointer* to) const {
    const int64_t n = image(tile), y = tile / columns % rows * outputs - offset_y, x = tile % columns * outputs - offset_x;
    for (int i = 0; i < side; ++i) {
      for (int j = 0; j < side; ++j) *to++ = n < batch ? pixels.at(n, y + i, x + j, outside) : outside;
    }
  }
};

}  // namespace mocosharp
