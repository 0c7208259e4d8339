#include <algorithm>
#include <vector>

#include "kernels/machine/cache.h"
#include "kernels/products/float_memory.h"
#include "kernels/machine/threads.h"
#include "winograd.h"
#include "winograd_operands.h"
#include "winograd_tiling.h"

namespace mocosharp {
namespace {

// Floats, found by trying: a block's transformed tiles; and the sums, which are touched once a block, so that they may be larger than the
// L2 cache.
int64_t gradient_floats() { return l2_bytes() / 64 * 9; }
int64_t sums_floats() { return l2_bytes() / 64 * 17; }

// A weight gradient's products, each summed over the tiles: [product][inner][outer], padded to whole blocks.
template <typename Real>
class Summer {
 public:
  Summer(const WinogradLoops<Real>& loops, const ConvShape& s, const at::Tensor& x, const at::Tensor& gradient)
      : loops_(loops),
        s_(s),
        rows_(round_up(s.in_channels, loops.products.rows)),
        columns_(round_up(s.out_channels, loops.products.columns)),
        in_row_(row_floats(rows_)),
        out_row_(row_floats(columns_)),
        tiling_(s.batch, s.out_height(), s.out_width(), loops.side),
        input_{data_of<Real>(x), s.in_height, s.in_width, s.in_channels},
        output_{data_of<Real>(gradient), s.out_height(), s.out_width(), s.out_channels},
        zeros_(std::max(s.in_channels, s.out_channels)) {
    together_ = fitting(loops);
    count_ = std::clamp<int64_t>(gradient_floats() * loops.in_unit / (together_ * (in_row_ + out_row_)) / 2 * 2, 32, 512);
    in_slice_ = count_ / loops.in_unit * in_row_;
    out_slice_ = count_ / loops.in_unit * out_row_;
  }

  int64_t slice() const { return rows_ * columns_; }  // floats of one product's sums
  int64_t columns() const { return columns_; }

  // Threads take products of their own where there are enough, else tiles, and add up what they have.
  void run(float* totals) const {
    const int64_t groups = loops_.count() / together_, tiles = tiling_.tiles(), group_floats = together_ * slice();
    const int threads = static_cast<int>(std::min<int64_t>(at::get_num_threads(), tiles));
    const FloatMemory memory(together_ * (in_slice_ + out_slice_), threads, /*zero=*/true);
    if (groups >= threads) {
      claim_shares(groups, [&](int64_t worker, int64_t group) {
        sum({0, tiles}, group * together_, memory.of(static_cast<int>(worker)), totals + group * group_floats);
      });
      return;
    }
    const FloatMemory sums(group_floats, threads, false);
    for (int64_t group = 0; group < groups; ++group) {
      for_each_thread(threads, [&](int thread) {
        sum(share(tiles, thread, threads, loops_.in_unit), group * together_, memory.of(thread), sums.of(thread));
      });
      add_threads(sums, threads, group_floats, totals + group * group_floats);
    }
  }

 private:
  // All products, whole rows or some of one, as their sums have room.
  int64_t fitting(const WinogradLoops<Real>& loops) const {
    const int64_t room = sums_floats() / slice();
    if (room >= loops.count()) return loops.count();
    for (int64_t some = loops.patch(); some > 1; --some) {
      if (loops.patch() % some == 0 && some <= room) return some;
    }
    return 1;
  }

  // The products from `product` on, over some tiles.
  void sum(Range tiles, int64_t product, float* memory, float* sums) const {
    const FloatLoops& products = loops_.products;
    const int begin = static_cast<int>(product), end = static_cast<int>(product + together_);
    float *v = memory, *d = v + together_ * in_slice_;
    for (int64_t first = tiles.begin; first < tiles.end; first += count_) {
      const int64_t here = (std::min(count_, tiles.end - first) + loops_.in_unit - 1) / loops_.in_unit;
      for (int64_t unit = 0; unit < here; ++unit) {
        const Real *seen[2 * kMostPatch], *written[2 * kMostOutputs];
        Real* zeros = const_cast<Real*>(zeros_.data());
        for (int i = 0; i < loops_.in_unit; ++i) {
          const int64_t tile = first + unit * loops_.in_unit + i;
          tiling_.patch(input_, tile, loops_.patch(), s_.pad_height, s_.pad_width, zeros, seen + loops_.count() * i);
          tiling_.patch(output_, tile, loops_.side, 0, 0, zeros, written + loops_.side * loops_.side * i);
        }
        loops_.input_across(seen, s_.in_channels, begin, end, v + unit * in_row_, in_slice_);
        loops_.gradient_across(written, s_.out_channels, begin, end, d + unit * out_row_, out_slice_);
      }
      for (int64_t i = 0; i < together_; ++i) {
        for (int64_t column = 0; column < columns_; column += products.columns) {
          for (int64_t row = 0; row < rows_; row += products.rows) {
            products.block(v + i * in_slice_ + row, {1, in_row_}, d + i * out_slice_ + column, out_row_, here,
                           sums + i * slice() + row * columns_ + column, columns_, first > tiles.begin);
          }
        }
      }
    }
  }

  const WinogradLoops<Real>& loops_;
  const ConvShape& s_;
  const int64_t rows_, columns_, in_row_, out_row_;
  const Tiling tiling_;
  const Pixels<Real> input_, output_;
  const std::vector<Real> zeros_;
  int64_t together_, count_, in_slice_, out_slice_;  // products at a time; tiles of a block
};

template <typename Real>
at::Tensor sum_weights(const ConvShape& s, int side, const at::Tensor& x, const at::Tensor& gradient) {
  const WinogradLoops<Real>& loops = *winograd_loops<Real>(side);
  const int64_t inner = s.in_channels, outer = s.out_channels;
  const Summer<Real> summer(loops, s, x, gradient);
  const auto floats = x.options().dtype(at::kFloat).memory_format(at::MemoryFormat::Contiguous);
  const at::Tensor totals = at::empty({loops.count() * summer.slice()}, floats), weights = at::empty({outer, inner, 3, 3}, floats);
  summer.run(totals.data_ptr<float>());
  float* to = weights.data_ptr<float>();
  const int threads = at::get_num_threads();
  for_each_thread(threads, [&](int thread) {
    const Range range = share(outer / 16, thread, threads);
    float lanes[9 * 16];
    for (int64_t group = range.begin; group < range.end; ++group) {
      for (int64_t k = 0; k < inner; ++k) {
        loops.weights_adjoint(totals.data_ptr<float>() + k * summer.columns() + group * 16, summer.slice(), lanes);
        for (int64_t lane = 0; lane < 16; ++lane) {
          for (int64_t tap = 0; tap < 9; ++tap) to[((group * 16 + lane) * inner + k) * 9 + tap] = lanes[tap * 16 + lane];
        }
      }
    }
  });
  return weights;
}

}  // namespace

at::Tensor winograd_weight_gradient(const ConvShape& s, int side, const at::Tensor& x, const at::Tensor& gradient) {
  return x.scalar_type() == at::kFloat ? sum_weights<float>(s, side, x, gradient) : sum_weights<Bits16>(s, side, x, gradient);
}

}  // namespace mocosharp
