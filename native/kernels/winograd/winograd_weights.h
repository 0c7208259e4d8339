// A convolution's weights as Winograd's products take them.
#pragma once

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <vector>

#include "winograd_operands.h"

namespace mocosharp {

// By [panel of outer channels][piece of the inner ones][matrix][unit][column]: a piece of a matrix stays in the L1 cache.
template <typename Real>
class WinogradWeights {
 public:
  // weight [Co, Ci, 3, 3]; for an input gradient channels change sides and the kernel is turned round.
  WinogradWeights(const WinogradLoops<Real>& loops, const at::Tensor& weight, bool turned)
      : outer(weight.size(turned ? 1 : 0)),
        units(weight.size(turned ? 0 : 1) / loops.in_unit),
        panels((outer + loops.products.columns - 1) / loops.products.columns),
        pieces((units + kPiece - 1) / kPiece),
        loops_(loops),
        from_(weight.data_ptr<float>()),
        turned_(turned),
        inner_apart_(turned ? weight.size(1) * 9 : 9),
        outer_apart_(turned ? 9 : weight.size(1) * 9),
        matrix_(std::min(units, kPiece) * loops.products.columns + kLine),
        lanes_(loops.in_unit * 9 * 16) {}

  const int64_t outer, units, panels, pieces;

  int64_t units_of(int64_t piece) const { return std::min(kPiece, units - piece * kPiece); }
  int64_t floats_a_panel() const { return pieces * loops_.matrix_count() * matrix_; }

  // Where a piece of a matrix lies in a panel.
  int64_t at(int64_t piece, int matrix) const { return (piece * loops_.matrix_count() + matrix) * matrix_; }

  // Transforms one piece of a panel to where it lies in `to`, which is the panel.
  void transform(int64_t panel, int64_t piece, float* to) const {
    float lanes[2 * 9 * 16];
    const int columns = loops_.products.columns;
    for (int64_t group = 0; group < columns; group += 16) {
      const int64_t first = panel * columns + group;
      if (first >= outer) std::fill_n(lanes, lanes_, 0.0f);
      for (int64_t unit = 0; unit < units_of(piece); ++unit) {
        if (first < outer) gather((piece * kPiece + unit) * loops_.in_unit, first, lanes);
        loops_.weights(lanes, to + at(piece, 0) + unit * columns + group, matrix_);
      }
    }
  }

 private:
  static constexpr int64_t kPiece = 256;

  // [inner channel of the unit][tap][outer channel]
  void gather(int64_t inner, int64_t outer, float* lanes) const {
    for (int k = 0; k < loops_.in_unit; ++k) {
      const float* kernel = from_ + (inner + k) * inner_apart_ + outer * outer_apart_;
      float* lane = lanes + k * 9 * 16;
      for (int i = 0; i < 16; ++i, kernel += outer_apart_, ++lane) {
        for (int tap = 0; tap < 9; ++tap) lane[tap * 16] = kernel[turned_ ? 8 - tap : tap];
      }
    }
  }

  const WinogradLoops<Real>& loops_;
  const float* from_;
  const bool turned_;
  const int64_t inner_apart_, outer_apart_, matrix_, lanes_;
};

}  // namespace mocosharp
