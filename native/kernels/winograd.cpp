#include "winograd.h"

#include <algorithm>
#include <vector>

#include "cache.h"
#include "float_memory.h"
#include "threads.h"
#include "winograd_loops.h"
#include "winograd_tiling.h"

namespace mocosharp {
namespace {

constexpr int64_t kProducts = 16;
constexpr int64_t kLine = 16;  // floats of a cache line

// From row to row: whole lines, and one more, because rows a power of two apart would share the caches' sets.
int64_t row_floats(int64_t width) { return round_up(width, kLine) + kLine; }

// Floats, found by trying: a block's transformed tiles and their products; a weight gradient's transformed tiles; and its sums, which are
// touched once a block, so that they may be larger than the L2 cache.
int64_t block_floats() { return l2_bytes() / 64 * 10; }
int64_t gradient_floats() { return l2_bytes() / 64 * 9; }
int64_t sums_floats() { return l2_bytes() / 64 * 17; }

template <typename Real>
Real* data_of(const at::Tensor& tensor) {
  return static_cast<Real*>(tensor.data_ptr());
}

// Weights by [panel of columns][product][unit of inner channels][column].
struct Weights {
  int64_t units, outer, panels, slice;  // of one product
  at::Tensor storage;

  const float* at(int64_t panel, int64_t product) const { return storage.data_ptr<float>() + (panel * kProducts + product) * slice; }
};

// weight [Co, Ci, 3, 3]; for the input gradient channels change sides and the kernel is turned round.
template <typename Real>
Weights transform(const WinogradLoops<Real>& loops, const at::Tensor& weight, bool gradient) {
  const int64_t inputs = weight.size(1), inner = weight.size(gradient ? 0 : 1), outer = weight.size(gradient ? 1 : 0);
  const int64_t inner_apart = gradient ? inputs * 9 : 9, outer_apart = gradient ? 9 : inputs * 9, columns = loops.products.columns;
  Weights w{inner / loops.in_unit, outer, (outer + columns - 1) / columns, 0, {}};
  w.slice = w.units * columns + kLine;
  w.storage = at::empty({w.panels * kProducts * w.slice}, weight.options());
  const float* from = weight.data_ptr<float>();
  float* to = w.storage.data_ptr<float>();
  const int threads = at::get_num_threads();
  for_each_thread(threads, [&](int thread) {
    const Range range = share(w.panels * columns / 16, thread, threads);
    std::vector<float> lanes(loops.in_unit * 9 * 16);
    for (int64_t group = range.begin; group < range.end; ++group) {
      const int64_t first = group * 16;
      if (first >= outer) std::fill(lanes.begin(), lanes.end(), 0.0f);
      for (int64_t unit = 0; unit < w.units; ++unit) {
        for (int64_t k = 0; k < loops.in_unit && first < outer; ++k) {
          const float* kernel = from + (unit * loops.in_unit + k) * inner_apart + first * outer_apart;
          float* lane = lanes.data() + k * 9 * 16;
          for (int64_t i = 0; i < 16; ++i, kernel += outer_apart, ++lane) {
            for (int64_t tap = 0; tap < 9; ++tap) lane[tap * 16] = kernel[gradient ? 8 - tap : tap];
          }
        }
        loops.weights(lanes.data(), to + first / columns * kProducts * w.slice + unit * columns + first % columns, w.slice);
      }
    }
  });
  return w;
}

// Tiles a block: what the cache holds, in whole rows of blocks, and equally many blocks for each share of the work.
int64_t tiles_a_block(const FloatLoops& loops, int64_t tiles, int64_t floats_a_tile) {
  const int64_t most = std::clamp<int64_t>(block_floats() / floats_a_tile / loops.rows, 1, 16) * loops.rows;
  const int64_t blocks = round_up((tiles + most - 1) / most, claimable_shares());
  return round_up((tiles + blocks - 1) / blocks, loops.rows);
}

// A convolution's products, block by block.
template <typename Real>
class Convolver {
 public:
  // out [N, outer, out_height, out_width] = in by w, `pad` pixels of zeros around `in`.
  Convolver(const WinogradLoops<Real>& loops, const Weights& w, const at::Tensor& in, const at::Tensor& out, int64_t pad_y, int64_t pad_x,
            const float* bias, const Real* add, int64_t splits)
      : loops_(loops),
        w_(w),
        input_{data_of<Real>(in), in.size(2), in.size(3), in.size(1)},
        output_{data_of<Real>(out), out.size(2), out.size(3), out.size(1)},
        tiling_(in.size(0), out.size(2), out.size(3)),
        pad_y_(pad_y),
        pad_x_(pad_x),
        bias_(bias),
        add_(add),
        splits_(splits),
        zeros_(in.size(1)) {
    const int64_t columns = loops.products.columns;
    in_row_ = row_floats(w.units);
    count_ = tiles_a_block(loops.products, tiling_.tiles(), kProducts * (in_row_ + columns));
    in_slice_ = count_ * in_row_;
    out_slice_ = count_ * columns + kLine;
  }

  // `moments` becomes [splits][2][outer] where splits are asked for.
  void run(std::vector<double>& moments) const {
    const int64_t blocks = (tiling_.tiles() + count_ - 1) / count_, shares = std::min(claimable_shares(), blocks);
    const int64_t sums = splits_ * 2 * w_.outer;
    const FloatMemory memory(kProducts * (in_slice_ + out_slice_) + sums, std::min(at::get_num_threads(), static_cast<int>(shares)), true);
    moments.assign(sums * shares, 0.0);
    claim_shares(shares, [&](int64_t worker, int64_t part) {
      float *v = memory.of(static_cast<int>(worker)), *m = v + kProducts * in_slice_, *mine = m + kProducts * out_slice_;
      const Range range = share(blocks, part, shares);
      for (int64_t index = range.begin; index < range.end; ++index) {
        block(index * count_, v, m, sums > 0 ? mine : nullptr);
        for (int64_t i = 0; i < sums; ++i) {
          moments[part * sums + i] += mine[i];
          mine[i] = 0.0f;
        }
      }
    });
    for (int64_t part = 1; part < shares; ++part) {
      for (int64_t i = 0; i < sums; ++i) moments[i] += moments[part * sums + i];
    }
    moments.resize(sums);
  }

 private:
  void block(int64_t first, float* v, float* m, float* moments) const {
    const FloatLoops& products = loops_.products;
    const int64_t here = std::min(count_, tiling_.tiles() - first);
    for (int64_t t = 0; t < here; ++t) {
      const Real* patch[16];
      tiling_.patch(input_, first + t, 4, pad_y_, pad_x_, const_cast<Real*>(zeros_.data()), patch);
      loops_.input(patch, input_.channels, v + t * in_row_, in_slice_);
    }
    for (int64_t panel = 0; panel < w_.panels; ++panel) {
      for (int64_t product = 0; product < kProducts; ++product) {
        for (int64_t row = 0; row < here; row += products.rows) {
          products.block(v + product * in_slice_ + row * in_row_, {in_row_, 1}, w_.at(panel, product), products.columns, w_.units,
                         m + product * out_slice_ + row * products.columns, products.columns, false);
        }
      }
      write(first, here, panel * products.columns, m, moments);
    }
  }

  // The channels from `channel` on of a block's outputs.
  void write(int64_t first, int64_t here, int64_t channel, const float* m, float* moments) const {
    const int64_t channels = std::min<int64_t>(loops_.products.columns, w_.outer - channel);
    for (int64_t t = 0; t < here; ++t) {
      Real* target[4];
      const Real* extra[4];
      tiling_.patch(output_, first + t, 2, 0, 0, static_cast<Real*>(nullptr), target);
      for (int i = 0; i < 4; ++i) {
        if (!target[i]) continue;
        target[i] += channel;
        if (add_) extra[i] = add_ + (target[i] - output_.data);
      }
      float* sums = moments ? moments + tiling_.image(first + t) % splits_ * 2 * w_.outer + channel : nullptr;
      loops_.output(m + t * loops_.products.columns, out_slice_, channels, bias_ ? bias_ + channel : nullptr, add_ ? extra : nullptr,
                    target, sums, w_.outer);
    }
  }

  const WinogradLoops<Real>& loops_;
  const Weights& w_;
  const Pixels<Real> input_, output_;
  const Tiling tiling_;
  const int64_t pad_y_, pad_x_;
  const float* bias_;
  const Real* add_;
  const int64_t splits_;
  const std::vector<Real> zeros_;
  int64_t count_, in_row_, in_slice_, out_slice_;
};

template <typename Real>
at::Tensor convolve(const at::Tensor& in, const at::Tensor& weight, bool gradient, int64_t pad_y, int64_t pad_x, int64_t out_height,
                    int64_t out_width, const at::Tensor& bias, const at::Tensor& add, MomentRequest* request) {
  const WinogradLoops<Real>& loops = *winograd_loops<Real>();
  const Weights w = transform(loops, weight, gradient);
  const at::Tensor out =
      at::empty({in.size(0), w.outer, out_height, out_width}, in.options().memory_format(at::MemoryFormat::ChannelsLast));
  std::vector<double> moments;
  Convolver<Real>(loops, w, in, out, pad_y, pad_x, bias.defined() ? bias.data_ptr<float>() : nullptr,
                  add.defined() ? data_of<Real>(add) : nullptr, request ? request->splits : 0)
      .run(moments);
  if (request) request->moments = at::from_blob(moments.data(), {request->splits, 2, w.outer}, at::kDouble).clone();
  return out;
}

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
        tiling_(s.batch, s.out_height(), s.out_width()),
        input_{data_of<Real>(x), s.in_height, s.in_width, s.in_channels},
        output_{data_of<Real>(gradient), s.out_height(), s.out_width(), s.out_channels},
        zeros_(std::max(s.in_channels, s.out_channels)) {
    together_ = 16 * slice() <= sums_floats() ? 16 : 4 * slice() <= sums_floats() ? 4 : 1;
    count_ = std::clamp<int64_t>(gradient_floats() * loops.in_unit / (together_ * (in_row_ + out_row_)) / 2 * 2, 32, 512);
    in_slice_ = count_ / loops.in_unit * in_row_;
    out_slice_ = count_ / loops.in_unit * out_row_;
  }

  int64_t slice() const { return rows_ * columns_; }  // floats of one product's sums
  int64_t columns() const { return columns_; }

  // Threads take products of their own where there are enough, else tiles, and add up what they have.
  void run(float* totals) const {
    const int64_t groups = kProducts / together_, tiles = tiling_.tiles(), group_floats = together_ * slice();
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
  // The products from `product` on, over some tiles.
  void sum(Range tiles, int64_t product, float* memory, float* sums) const {
    const FloatLoops& products = loops_.products;
    const int begin = static_cast<int>(product), end = static_cast<int>(product + together_);
    float *v = memory, *d = v + together_ * in_slice_;
    for (int64_t first = tiles.begin; first < tiles.end; first += count_) {
      const int64_t here = (std::min(count_, tiles.end - first) + loops_.in_unit - 1) / loops_.in_unit;
      for (int64_t unit = 0; unit < here; ++unit) {
        const Real *seen[2 * 16], *written[2 * 4];
        Real* zeros = const_cast<Real*>(zeros_.data());
        for (int i = 0; i < loops_.in_unit; ++i) {
          const int64_t tile = first + unit * loops_.in_unit + i;
          tiling_.patch(input_, tile, 4, s_.pad_height, s_.pad_width, zeros, seen + 16 * i);
          tiling_.patch(output_, tile, 2, 0, 0, zeros, written + 4 * i);
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
at::Tensor sum_weights(const ConvShape& s, const at::Tensor& x, const at::Tensor& gradient) {
  const WinogradLoops<Real>& loops = *winograd_loops<Real>();
  const int64_t inner = s.in_channels, outer = s.out_channels;
  const Summer<Real> summer(loops, s, x, gradient);
  const auto floats = x.options().dtype(at::kFloat).memory_format(at::MemoryFormat::Contiguous);
  const at::Tensor totals = at::empty({kProducts * summer.slice()}, floats), weights = at::empty({outer, inner, 3, 3}, floats);
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

bool winograd_takes(const ConvShape& s) {
  return float_loops() && s.groups == 1 && s.kernel_height == 3 && s.kernel_width == 3 && s.stride_height == 1 && s.stride_width == 1 &&
         s.pad_height <= 2 && s.pad_width <= 2 && s.in_channels % 16 == 0 && s.out_channels % 16 == 0 && s.batch > 0;
}

at::Tensor winograd_forward(const ConvShape& s, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                            MomentRequest* request) {
  const auto run = x.scalar_type() == at::kFloat ? convolve<float> : convolve<Bits16>;
  return run(x, weight, false, s.pad_height, s.pad_width, s.out_height(), s.out_width(), bias, at::Tensor(), request);
}

at::Tensor winograd_input_gradient(const ConvShape& s, const at::Tensor& gradient, const at::Tensor& weight, const at::Tensor& add) {
  const auto run = gradient.scalar_type() == at::kFloat ? convolve<float> : convolve<Bits16>;
  return run(gradient, weight, true, 2 - s.pad_height, 2 - s.pad_width, s.in_height, s.in_width, at::Tensor(), add, nullptr);
}

at::Tensor winograd_weight_gradient(const ConvShape& s, const at::Tensor& x, const at::Tensor& gradient) {
  return x.scalar_type() == at::kFloat ? sum_weights<float>(s, x, gradient) : sum_weights<Bits16>(s, x, gradient);
}

}  // namespace mocosharp
