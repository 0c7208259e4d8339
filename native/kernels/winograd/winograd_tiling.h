// Winograd's tiles: which pixels the outputs and the inputs of each are.
#pragma once

#include <algorithm>
#include <cstdint>

namespace mocosharp {

// A map's pixels, [batch][height][width][channels], of which a tile sees side x side; the next one's begin `step` further, and the first
// one's `pad` outside of the map.
template <typename Real>
struct Pixels {
  Real* data;
  int64_t height, width, channels, side, step, pad_y, pad_x;
};

struct Tiling {
  int64_t batch, rows, columns;  // rows and columns of tiles

  Tiling(int64_t batch, int64_t out_height, int64_t out_width, int64_t outputs)
      : batch(batch), rows((out_height + outputs - 1) / outputs), columns((out_width + outputs - 1) / outputs) {}
  int64_t tiles() const { return batch * rows * columns; }
  int64_t image(int64_t tile) const { return tile / (rows * columns); }

  // Pointers to a tile's pixels; `outside` stands for those outside of the map, and for all behind the last tile.
  template <typename Real, typename Pointer>
  void patch(const Pixels<Real>& pixels, int64_t tile, Real* outside, Pointer* to) const {
    const int64_t n = image(tile), y = tile / columns % rows * pixels.step - pixels.pad_y, x = tile % columns * pixels.step - pixels.pad_x;
    const int64_t first = std::max<int64_t>(0, -x), last = std::min(pixels.side, pixels.width - x);
    for (int64_t i = 0; i < pixels.side; ++i, to += pixels.side) {
      std::fill_n(to, pixels.side, outside);
      if (n >= batch || y + i < 0 || y + i >= pixels.height) continue;
      Real* pixel = pixels.data + ((n * pixels.height + y + i) * pixels.width + x + first) * pixels.channels;
      for (int64_t j = first; j < last; ++j, pixel += pixels.channels) to[j] = pixel;
    }
  }
};

}  // namespace mocosharp
