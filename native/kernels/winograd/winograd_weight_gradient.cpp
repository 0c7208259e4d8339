#include <ATen/ops/empty.h>

#include <algorithm>
#include <vector>

#include "kernels/machine/cache.h"
#include "kernels/machine/threads.h"
#include "kernels/products/float_memory.h"
#include "winograd.h"
#include "winograd_operands.h"

namespace mocosharp {
namespace {

// Floats, found by trying: a block's transformed tiles; the sums of a group, which are touched once a block, so that they may be larger
// than the L2 cache; those of a panel, which are not; and all transformed tiles of a pass, part of the L3 cache.
int64_t gradient_floats() { return l2_bytes() / 64 * 9; }
int64_t sums_floats() { return l2_bytes() / 64 * 17; }
int64_t panel_floats() { return l2_bytes() / 64 * 6; }
constexpr int64_t kAllFloats = int64_t{6} << 20;

// Products whose sums are kept together, in steps of neighbors that are transformed together; `matrices` are theirs.
struct Group {
  std::vector<Range> steps;
  Range matrices;
};

// Transformed tiles: the i-th of some products has its operands at v + i * v_slice and d + i * d_slice.
struct Operands {
  float* v;
  int64_t v_slice;
  float* d;
  int64_t d_slice;
};

// Sums of some inner by some outer channels, a matrix each `slice`, the first of which is `first`.
struct Sums {
  float* at;
  int64_t rows, columns, row, slice, first;
};

// A weight gradient's matrices are each summed over the tiles, then turned to weights. Large maps pass by in blocks of tiles, once for each
// group of products. Of small ones all tiles are transformed before, and each panel of outer channels is finished while the cache holds it.
template <typename Real>
class Summer {
 public:
  Summer(const WinogradLoops<Real>& loops, const ConvShape& s, const at::Tensor& x, const at::Tensor& gradient, const Normed* seen)
      : loops_(loops),
        rows_(round_up(s.in_channels, loops.products.rows)),
        columns_(round_up(s.out_channels, loops.products.columns)),
        in_row_(row_floats(rows_)),
        out_row_(row_floats(columns_)),
        width_(std::min<int64_t>(columns_, std::max(loops.products.columns, 32))),
        tiling_(s.batch, s.out_height(), s.out_width(), loops.side),
        input_(pixels_of<Real>(x, loops.patch, loops.step, s.pad_height, s.pad_width)),
        output_(pixels_of<Real>(gradient, loops.side, loops.side, 0, 0)),
        zeros_(std::max(s.in_channels, s.out_channels)),
        seen_(seen, s.in_channels, zeros_.data()),
        groups_(grouped()) {}

  // `weights` [outer][inner][9].
  void run(float* weights) const {
    // Numbers that pass between the caches and the memory. Half of the maps' is hidden behind the products where a row of these is short.
    const int64_t tiles = tiling_.tiles(), sums = loops_.matrix_count() * rows_ * columns_, groups = groups_.size();
    const int64_t maps = tiles * (loops_.step * loops_.step * input_.channels + loops_.side * loops_.side * output_.channels);
    const int64_t by_groups_moves = groups * maps / (loops_.lines > loops_.matrices ? 1 : 2) + 4 * sums;
    const int64_t by_panels_moves = tiles * loops_.count() * (in_row_ * (1 + columns_ / width_) + out_row_);
    if (by_panels_moves < by_groups_moves) by_panels(weights);
    else by_groups(weights);
  }

 private:
  // All products, or whole rows of their matrices, or some of one row, as the sums have room; the longest first.
  std::vector<Group> grouped() const {
    const int64_t lines = loops_.lines, side = loops_.matrices, room = sums_floats() / (rows_ * columns_);
    if (room >= loops_.matrix_count() && lines == side) return {{{{0, loops_.count()}}, {0, loops_.matrix_count()}}};
    int64_t some = side;  // matrices of a row
    while (lines == side && some > 1 && (side % some != 0 || some > room)) --some;
    std::vector<Group> groups;
    for (int64_t row = side - 1; row >= 0; --row) {
      const int64_t end = row + 1 < side ? row + 1 : lines;
      for (int64_t first = 0; first < side; first += some) {
        Group group{{}, {row * side + first, row * side + first + some}};
        for (int64_t line = row; line < end; ++line)
          group.steps.push_back({line * lines + first, line * lines + (some < side ? first + some : lines)});
        groups.push_back(group);
      }
    }
    return groups;
  }

  // Threads take groups of their own where there are enough, else tiles, and add up what they have.
  void by_groups(float* weights) const {
    const int64_t groups = groups_.size(), tiles = tiling_.tiles(), slice = rows_ * columns_;
    const int64_t together = groups_[0].steps[0].end - groups_[0].steps[0].begin, floats = together * (in_row_ + out_row_);
    const int64_t count = std::clamp<int64_t>(gradient_floats() * loops_.in_unit / floats / 2 * 2, 32, 512), units = count / loops_.in_unit;
    const int threads = static_cast<int>(std::min<int64_t>(at::get_num_threads(), tiles));
    const FloatMemory memory(floats * units, threads, /*zero=*/true);
    const at::Tensor storage = at::empty({loops_.matrix_count() * slice}, at::kFloat);
    float* const totals = storage.data_ptr<float>();
    const auto sum = [&](Range range, const Group& group, int64_t worker, float* to) {
      const Sums sums{to, rows_, columns_, columns_, slice, group.matrices.begin};
      const Operands operands{memory.of(static_cast<int>(worker)), units * in_row_,
                              memory.of(static_cast<int>(worker)) + together * units * in_row_, units * out_row_};
      for (int64_t first = range.begin; first < range.end; first += count) {
        const int64_t here = (std::min(count, range.end - first) + loops_.in_unit - 1) / loops_.in_unit;
        for (const Range& step : group.steps) {
          transform(first, here, step, operands);
          multiply(operands, step, here, first > range.begin, sums);
        }
      }
    };
    if (groups >= threads) {
      claim_shares(groups, [&](int64_t worker, int64_t index) {
        sum({0, tiles}, groups_[index], worker, totals + groups_[index].matrices.begin * slice);
      });
    } else {
      const FloatMemory apart((groups_[0].matrices.end - groups_[0].matrices.begin) * slice, threads, false);
      for (const Group& group : groups_) {
        for_each_thread(threads, [&](int thread) { sum(share(tiles, thread, threads, loops_.in_unit), group, thread, apart.of(thread)); });
        add_threads(apart, threads, (group.matrices.end - group.matrices.begin) * slice, totals + group.matrices.begin * slice);
      }
    }
    claim_shares(output_.channels / 16, [&](int64_t, int64_t share) {
      write({totals + share * 16, input_.channels, 16, columns_, slice, 0}, 0, share * 16, false, weights);
    });
  }

  void by_panels(float* weights) const {
    const int64_t floats = loops_.count() * (in_row_ + out_row_), unit = loops_.in_unit, tiles = tiling_.tiles();
    const int64_t passes = (tiles / unit * floats + kAllFloats - 1) / kAllFloats, pass = round_up((tiles + passes - 1) / passes, unit);
    const int64_t units = pass / unit, block = loops_.products.rows;
    const int64_t most = std::max<int64_t>(panel_floats() / (loops_.matrix_count() * width_) / block, 1) * block;
    const int64_t rows = std::min(most, rows_), slice = rows * width_ + kLine, pieces = (rows_ + rows - 1) / rows;
    const int64_t shares = (columns_ + width_ - 1) / width_ * pieces;
    const int threads = static_cast<int>(std::min<int64_t>(at::get_num_threads(), shares));
    const FloatMemory all(floats * units, 1, true), memory(loops_.matrix_count() * slice, threads, false);
    const Operands operands{all.of(0), units * in_row_, all.of(0) + loops_.count() * units * in_row_, units * out_row_};
    for (int64_t first = 0; first < tiles; first += pass) {
      const int64_t here = (std::min(pass, tiles - first) + unit - 1) / unit;
      claim_shares(here, [&](int64_t, int64_t one) {
        const Operands place{operands.v + one * in_row_, operands.v_slice, operands.d + one * out_row_, operands.d_slice};
        transform(first + one * unit, 1, {0, loops_.count()}, place);
      });
      claim_shares(shares, [&](int64_t worker, int64_t share) {
        const int64_t row = share % pieces * rows, column = share / pieces * width_;
        const int64_t columns = std::min(width_, columns_ - column);
        const Sums sums{memory.of(static_cast<int>(worker)), std::min(rows, rows_ - row), columns, width_, slice, 0};
        multiply({operands.v + row, operands.v_slice, operands.d + column, operands.d_slice}, {0, loops_.count()}, here, false, sums);
        write(sums, row, column, first > 0, weights);
      });
    }
  }

  // Units of tiles from `first` on: a row of each operand a unit.
  void transform(int64_t first, int64_t units, const Range& step, const Operands& to) const {
    const Real *read[2 * kMostPatch], *written[2 * kMostOutputs];
    SeenTerms seen[2];
    Real* zeros = const_cast<Real*>(zeros_.data());
    const int begin = static_cast<int>(step.begin), end = static_cast<int>(step.end);
    for (int64_t unit = 0; unit < units; ++unit) {
      for (int i = 0; i < loops_.in_unit; ++i) {
        const int64_t tile = first + unit * loops_.in_unit + i;
        seen[i] = seen_.of(tiling_.image(tile));
        tiling_.patch(input_, tile, zeros, read + loops_.patch * loops_.patch * i);
        tiling_.patch(output_, tile, zeros, written + loops_.side * loops_.side * i);
      }
      loops_.input_across(read, input_.channels, seen_.plain() ? nullptr : seen, begin, end, to.v + unit * in_row_, to.v_slice);
      loops_.gradient_across(written, output_.channels, nullptr, begin, end, to.d + unit * out_row_, to.d_slice);
    }
  }

  // A step's products, added to those of other tiles where `add` is set, and to those of one matrix always.
  void multiply(const Operands& from, const Range& step, int64_t units, bool add, const Sums& sums) const {
    const FloatLoops& products = loops_.products;
    for (int64_t product = step.begin; product < step.end; ++product) {
      const bool again = add || product / loops_.lines >= loops_.matrices || product % loops_.lines >= loops_.matrices;
      const float *v = from.v + (product - step.begin) * from.v_slice, *d = from.d + (product - step.begin) * from.d_slice;
      float* to = sums.at + (loops_.matrix_of(static_cast<int>(product)) - sums.first) * sums.slice;
      for (int64_t row = 0; row < sums.rows; row += products.rows) {
        for (int64_t column = 0; column < sums.columns; column += products.columns) {
          products.block(v + row, {1, in_row_}, d + column, out_row_, units, to + row * sums.row + column, sums.row, again);
        }
      }
    }
  }

  // Sums of all matrices of the inner channels from `inner` and the outer ones from `outer` on.
  void write(const Sums& sums, int64_t inner, int64_t outer, bool add, float* weights) const {
    const int64_t inners = std::min(sums.rows, input_.channels - inner), outers = std::min(sums.columns, output_.channels - outer);
    float lanes[9 * 16];
    for (int64_t column = 0; column < outers; column += 16) {
      for (int64_t k = 0; k < inners; ++k) {
        loops_.weights_adjoint(sums.at + k * sums.row + column, sums.slice, lanes);
        float* to = weights + ((outer + column) * input_.channels + inner + k) * 9;
        for (int lane = 0; lane < 16; ++lane, to += input_.channels * 9) {
          for (int tap = 0; tap < 9; ++tap) to[tap] = lanes[tap * 16 + lane] + (add ? to[tap] : 0.0f);
        }
      }
    }
  }

  const WinogradLoops<Real>& loops_;
  const int64_t rows_, columns_, in_row_, out_row_, width_;
  const Tiling tiling_;
  const Pixels<Real> input_, output_;
  const std::vector<Real> zeros_;
  const Seen seen_;
  const std::vector<Group> groups_;
};

template <typename Real>
at::Tensor sum_weights(const ConvShape& s, int side, const at::Tensor& x, const at::Tensor& gradient, const Normed* seen) {
  const auto floats = x.options().dtype(at::kFloat).memory_format(at::MemoryFormat::Contiguous);
  const at::Tensor weights = at::empty({s.out_channels, s.in_channels, 3, 3}, floats);
  Summer<Real>(*winograd_loops<Real>(winograd_form(s, side)), s, x, gradient, seen).run(weights.data_ptr<float>());
  return weights;
}

}  // namespace

at::Tensor winograd_weight_gradient(const ConvShape& s, int side, const at::Tensor& x, const at::Tensor& gradient, const Normed* seen) {
  const auto run = x.scalar_type() == at::kFloat ? sum_weights<float> : sum_weights<Bits16>;
  return run(s, side, x, gradient, seen);
}

}  // namespace mocosharp
