// Writes what a stencil's outputs see as rows of a matrix: the left side of a convolution as one product.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/convolution/conv_shape.h"

namespace mocosharp {

class Gather {
 public:
  // `taps` of the stencil's phase, in the order in which they stand in a row. Neighbors in the image become one copy.
  Gather(const Stencil& stencil, const Phase& phase, const std::vector<Tap>& taps) : s_(stencil), phase_(phase) {
    for (const Tap& tap : taps) {
      const bool joins = !runs_.empty() && tap.dy == runs_.back().dy && tap.dx == runs_.back().dx + runs_.back().count;
      if (joins) ++runs_.back().count;
      else runs_.push_back({tap.dy, tap.dx, 1});
    }
    const bool plain = taps.size() == 1 && taps[0].dy == 0 && taps[0].dx == 0 && s_.in_step_y == 1 && s_.in_step_x == 1;
    in_place_ = plain && phase.rows == s_.in_height && phase.columns == s_.in_width;
  }

  // Whether the input is that matrix already.
  bool in_place() const { return in_place_; }

  // Rows of positions [first, first + count), counted over images, rows and columns, `apart` floats from one to the next.
  void rows(const float* in, int64_t first, int64_t count, float* to, int64_t apart) const {
    for (int64_t i = 0; i < count; ++i, to += apart) {
      const int64_t position = first + i, n = position / (phase_.rows * phase_.columns);
      const int64_t y = position / phase_.columns % phase_.rows * s_.in_step_y, x = position % phase_.columns * s_.in_step_x;
      float* place = to;
      for (const Run& run : runs_) {
        copy(in + (n * s_.in_height + y + run.dy) * s_.in_width * s_.in_channels, y + run.dy, x + run.dx, run.count, place);
        place += run.count * s_.in_channels;
      }
    }
  }

 private:
  struct Run {
    int64_t dy, dx, count;
  };

  void copy(const float* row, int64_t y, int64_t x, int64_t count, float* to) const {
    const int64_t channels = s_.in_channels, end = std::min(x + count, s_.in_width), begin = std::max<int64_t>(x, 0);
    if (y < 0 || y >= s_.in_height || begin >= end) {
      std::memset(to, 0, count * channels * sizeof(float));
      return;
    }
    std::memset(to, 0, (begin - x) * channels * sizeof(float));
    std::memcpy(to + (begin - x) * channels, row + begin * channels, (end - begin) * channels * sizeof(float));
    std::memset(to + (end - x) * channels, 0, (x + count - end) * channels * sizeof(float));
  }

  const Stencil& s_;
  const Phase& phase_;
  std::vector<Run> runs_;
  bool in_place_;
};

}  // namespace mocosharp
