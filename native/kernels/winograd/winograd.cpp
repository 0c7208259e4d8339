#include "winograd.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <vector>

#include "kernels/machine/cache.h"
#include "kernels/products/float_memory.h"
#include "kernels/machine/threads.h"
#include "winograd_operands.h"
#include "winograd_tiling.h"

namespace mocosharp {
namespace {

// Floats, found by trying: a block's transformed tiles and their products, most of the L2 cache.
int64_t block_floats() { return l2_bytes() / 64 * 10; }

// Weights by [panel of columns][product][unit of inner channels][column].
struct Weights {
  int64_t units, outer, panels, slice, products;  // slice: floats of one product
  at::Tensor storage;

  const float* at(int64_t panel, int64_t product) const { return storage.data_ptr<float>() + (panel * products + product) * slice; }
};

// weight [Co, Ci, 3, 3]; for the input gradient channels change sides and the kernel is turned round.
template <typename Real>
Weights transform(const WinogradLoops<Real>& loops, const at::Tensor& weight, bool gradient) {
  const int64_t inputs = weight.size(1), inner = weight.size(gradient ? 0 : 1), outer = weight.size(gradient ? 1 : 0);
  const int64_t inner_apart = gradient ? inputs * 9 : 9, outer_apart = gradient ? 9 : inputs * 9, columns = loops.products.columns;
  Weights w{inner / loops.in_unit, outer, (outer + columns - 1) / columns, 0, loops.count(), {}};
  w.slice = w.units * columns + kLine;
  w.storage = at::empty({w.panels * w.products * w.slice}, weight.options());
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
        loops.weights(lanes.data(), to + first / columns * w.products * w.slice + unit * columns + first % columns, w.slice);
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
            const Finish& finish, int64_t splits)
      : loops_(loops),
        w_(w),
        input_{data_of<Real>(in), in.size(2), in.size(3), in.size(1)},
        output_{data_of<Real>(out), out.size(2), out.size(3), out.size(1)},
        tiling_(in.size(0), out.size(2), out.size(3), loops.side),
        pad_y_(pad_y),
        pad_x_(pad_x),
        finish_(finish.terms()),
        add_(finish.add.defined() ? data_of<Real>(finish.add) : nullptr),
        splits_(splits),
        zeros_(in.size(1)) {
    const int64_t columns = loops.products.columns;
    in_row_ = row_floats(w.units);
    count_ = tiles_a_block(loops.products, tiling_.tiles(), w.products * (in_row_ + columns));
    in_slice_ = count_ * in_row_;
    out_slice_ = count_ * columns + kLine;
  }

  // `moments` becomes [splits][2][outer] where splits are asked for.
  void run(std::vector<double>& moments) const {
    const int64_t blocks = (tiling_.tiles() + count_ - 1) / count_, shares = std::min(claimable_shares(), blocks);
    const int64_t sums = splits_ * 2 * w_.outer;
    const FloatMemory memory(w_.products * (in_slice_ + out_slice_) + sums,
                             std::min(at::get_num_threads(), static_cast<int>(shares)), true);
    moments.assign(sums * shares, 0.0);
    claim_shares(shares, [&](int64_t worker, int64_t part) {
      float *v = memory.of(static_cast<int>(worker)), *m = v + w_.products * in_slice_, *mine = m + w_.products * out_slice_;
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
      const Real* patch[kMostPatch];
      tiling_.patch(input_, first + t, loops_.patch(), pad_y_, pad_x_, const_cast<Real*>(zeros_.data()), patch);
      loops_.input(patch, input_.channels, v + t * in_row_, in_slice_);
    }
    for (int64_t panel = 0; panel < w_.panels; ++panel) {
      for (int64_t product = 0; product < w_.products; ++product) {
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
      Real* target[kMostOutputs];
      const Real* extra[kMostOutputs];
      tiling_.patch(output_, first + t, loops_.side, 0, 0, static_cast<Real*>(nullptr), target);
      for (int i = 0; i < loops_.side * loops_.side; ++i) {
        if (!target[i]) continue;
        target[i] += channel;
        if (add_) extra[i] = add_ + (target[i] - output_.data);
      }
      float* sums = moments ? moments + tiling_.image(first + t) % splits_ * 2 * w_.outer + channel : nullptr;
      loops_.output(m + t * loops_.products.columns, out_slice_, channels, finish_.from(channel), add_ ? extra : nullptr,
                    target, sums, w_.outer);
    }
  }

  const WinogradLoops<Real>& loops_;
  const Weights& w_;
  const Pixels<Real> input_, output_;
  const Tiling tiling_;
  const int64_t pad_y_, pad_x_;
  const FinishTerms finish_;
  const Real* add_;
  const int64_t splits_;
  const std::vector<Real> zeros_;
  int64_t count_, in_row_, in_slice_, out_slice_;
};

template <typename Real>
at::Tensor convolve(int side, const at::Tensor& in, const at::Tensor& weight, bool gradient, int64_t pad_y, int64_t pad_x,
                    int64_t out_height, int64_t out_width, const Finish& finish, MomentRequest* request) {
  const WinogradLoops<Real>& loops = *winograd_loops<Real>(side);
  const Weights w = transform(loops, weight, gradient);
  const at::Tensor out =
      at::empty({in.size(0), w.outer, out_height, out_width}, in.options().memory_format(at::MemoryFormat::ChannelsLast));
  std::vector<double> moments;
  Convolver<Real>(loops, w, in, out, pad_y, pad_x, finish, request ? request->splits : 0).run(moments);
  if (request) request->moments = at::from_blob(moments.data(), {request->splits, 2, w.outer}, at::kDouble).clone();
  return out;
}

}  // namespace

bool winograd_takes(const ConvShape& s, int side) {
  return float_loops() && (side == 2 || std::min(s.out_height(), s.out_width()) >= side) && s.groups == 1 && s.kernel_height == 3 &&
         s.kernel_width == 3 && s.stride_height == 1 && s.stride_width == 1 &&
         s.pad_height <= 2 && s.pad_width <= 2 && s.in_channels % 16 == 0 && s.out_channels % 16 == 0 && s.batch > 0;
}

at::Tensor winograd_forward(const ConvShape& s, int side, const at::Tensor& x, const at::Tensor& weight, const Finish& finish,
                            MomentRequest* request) {
  const auto run = x.scalar_type() == at::kFloat ? convolve<float> : convolve<Bits16>;
  return run(side, x, weight, false, s.pad_height, s.pad_width, s.out_height(), s.out_width(), finish, request);
}

at::Tensor winograd_input_gradient(const ConvShape& s, int side, const at::Tensor& gradient, const at::Tensor& weight,
                                   const Finish& finish) {
  const auto run = gradient.scalar_type() == at::kFloat ? convolve<float> : convolve<Bits16>;
  return run(side, gradient, weight, true, 2 - s.pad_height, 2 - s.pad_width, s.in_height, s.in_width, finish, nullptr);
}

}  // namespace mocosharp
