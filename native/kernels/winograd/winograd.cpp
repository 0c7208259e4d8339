#include "winograd.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <vector>

#include "kernels/machine/cache.h"
#include "kernels/machine/threads.h"
#include "kernels/products/float_memory.h"
#include "winograd_operands.h"
#include "winograd_weights.h"

namespace mocosharp {
namespace {

// Floats, found by trying: a block's transformed tiles and their products, most of the L2 cache.
int64_t block_floats() { return l2_bytes() / 64 * 10; }

// Of the transformed tiles that all panels pass over: part of the L3 cache.
constexpr int64_t kPassFloats = int64_t{4} << 20;

// A convolution's products. Each block of tiles meets all the weights, which were transformed before; or, where the weights are the larger
// operand, all the tiles are transformed before, and each panel of weights meets them as soon as it is transformed.
template <typename Real>
class Convolver {
 public:
  Convolver(const WinogradLoops<Real>& loops, const WinogradWeights<Real>& w, const Pixels<Real>& in, const Pixels<Real>& out,
            int64_t batch, const Finish& finish, int64_t splits, const Normed* seen, const GateRequest* gate)
      : loops_(loops),
        w_(w),
        input_(in),
        output_(out),
        tiling_(batch, out.height, out.width, loops.side),
        finish_(finish.terms()),
        other_(static_cast<const Real*>(gate ? gate->x.data_ptr() : finish.add.defined() ? finish.add.data_ptr() : nullptr)),
        gate_(gate ? &gate->seen : nullptr),
        splits_(splits),
        columns_(loops.products.columns),
        in_row_(row_floats(w.units)),
        zeros_(in.channels),
        seen_(seen, in.channels, zeros_.data()) {}

  // `moments` becomes [splits][2][outer] where splits are asked for.
  void run(std::vector<double>& moments) const {
    moments.assign(splits_ * 2 * w_.outer, 0.0);
    const int64_t count = tiles_a_block(), blocks = (tiling_.tiles() + count - 1) / count;
    const int64_t weights = w_.panels * w_.floats_a_panel(), tiles = tiling_.tiles() * loops_.count() * in_row_;
    if (weights * blocks > tiles * w_.panels) by_panels(moments);
    else by_tiles(count, moments);
  }

 private:
  // What the cache holds, in whole rows of the products' blocks, and equally many blocks for each share of the work.
  int64_t tiles_a_block() const {
    const int64_t rows = loops_.products.rows, tiles = tiling_.tiles(), floats = loops_.count() * (in_row_ + columns_);
    const int64_t most = std::clamp<int64_t>(block_floats() / floats / rows, 1, 16) * rows;
    const int64_t blocks = round_up((tiles + most - 1) / most, claimable_shares());
    return round_up((tiles + blocks - 1) / blocks, rows);
  }

  void by_tiles(int64_t count, std::vector<double>& moments) const {
    const at::Tensor storage = at::empty({w_.panels * w_.floats_a_panel()}, at::kFloat);
    float* const weights = storage.data_ptr<float>();
    claim_shares(w_.panels * w_.pieces, [&](int64_t, int64_t share) {
      const int64_t panel = share / w_.pieces;
      w_.transform(panel, share % w_.pieces, weights + panel * w_.floats_a_panel());
    });
    const int64_t blocks = (tiling_.tiles() + count - 1) / count, shares = std::min(claimable_shares(), blocks), sums = moments.size();
    const int64_t slice = count * in_row_, tiles = loops_.count() * slice, products = loops_.count() * product_slice(count);
    const int threads = std::min(at::get_num_threads(), static_cast<int>(shares));
    const FloatMemory memory(tiles + products + sums, threads, true);
    std::vector<double> partial(sums * shares);
    claim_shares(shares, [&](int64_t worker, int64_t part) {
      float *v = memory.of(static_cast<int>(worker)), *m = v + tiles, *mine = sums > 0 ? m + products : nullptr;
      const Range range = share(blocks, part, shares);
      for (int64_t index = range.begin; index < range.end; ++index) {
        const Range block{index * count, std::min((index + 1) * count, tiling_.tiles())};
        transform(block, v, slice);
        for (int64_t panel = 0; panel < w_.panels; ++panel) {
          for (int64_t piece = 0; piece < w_.pieces; ++piece) {
            multiply(v, slice, block.end - block.begin, weights + panel * w_.floats_a_panel(), piece, m, product_slice(count));
          }
          write(block, panel * columns_, m, product_slice(count), mine ? mine + panel * columns_ : nullptr, w_.outer);
        }
        for (int64_t i = 0; i < sums; ++i) {
          partial[part * sums + i] += mine[i];
          mine[i] = 0.0f;
        }
      }
    });
    for (int64_t part = 0; part < shares; ++part) {
      for (int64_t i = 0; i < sums; ++i) moments[i] += partial[part * sums + i];
    }
  }

  void by_panels(std::vector<double>& moments) const {
    const int64_t rows = loops_.products.rows, floats = loops_.count() * in_row_;
    const int64_t passes = (tiling_.tiles() * floats + kPassFloats - 1) / kPassFloats;
    const int64_t pass = round_up((tiling_.tiles() + passes - 1) / passes, rows), slice = pass * in_row_;
    const int64_t most = std::max<int64_t>(block_floats() / 2 / (loops_.count() * columns_) / rows, 1) * rows, count = std::min(most, pass);
    const int64_t weights = w_.floats_a_panel(), products = loops_.count() * product_slice(count), sums = splits_ * 2 * columns_;
    const int threads = std::min(at::get_num_threads(), static_cast<int>(w_.panels));
    const FloatMemory tiles(loops_.count() * slice, 1, false), memory(weights + products + sums, threads, true);
    float* const v = tiles.of(0);
    for (int64_t first = 0; first < tiling_.tiles(); first += pass) {
      const int64_t here = round_up(std::min(pass, tiling_.tiles() - first), rows);
      claim_shares(here / rows, [&](int64_t, int64_t group) {
        transform({first + group * rows, first + (group + 1) * rows}, v + group * rows * in_row_, slice);
      });
      claim_shares(w_.panels, [&](int64_t worker, int64_t panel) {
        float *w = memory.of(static_cast<int>(worker)), *m = w + weights, *mine = m + products;
        for (int64_t begin = 0; begin < here; begin += count) {
          const Range block{first + begin, std::min({first + begin + count, first + here, tiling_.tiles()})};
          for (int64_t piece = 0; piece < w_.pieces; ++piece) {
            if (begin == 0) w_.transform(panel, piece, w);
            multiply(v + begin * in_row_, slice, block.end - block.begin, w, piece, m, product_slice(count));
          }
          write(block, panel * columns_, m, product_slice(count), sums > 0 ? mine : nullptr, columns_);
          add_moments(panel * columns_, mine, moments);
        }
      });
    }
  }

  int64_t product_slice(int64_t count) const { return count * columns_ + kLine; }

  // Some tiles' inputs; those behind the last tile are zero.
  void transform(Range tiles, float* v, int64_t slice) const {
    const Real* patch[kMostPatch];
    for (int64_t tile = tiles.begin; tile < tiles.end; ++tile, v += in_row_) {
      tiling_.patch(input_, tile, const_cast<Real*>(zeros_.data()), patch);
      const SeenTerms seen = seen_.of(tiling_.image(tile));
      loops_.input(patch, input_.channels, seen_.plain() ? nullptr : &seen, v, slice);
    }
  }

  // Adds a piece's products to those of the pieces before it.
  void multiply(const float* v, int64_t slice, int64_t count, const float* panel, int64_t piece, float* m, int64_t m_slice) const {
    const FloatLoops& products = loops_.products;
    const int64_t first = piece * w_.units_of(0), units = w_.units_of(piece);
    for (int product = 0; product < loops_.count(); ++product) {
      const float* matrix = panel + w_.at(piece, loops_.matrix_of(product));
      for (int64_t row = 0; row < count; row += products.rows) {
        products.block(v + product * slice + row * in_row_ + first, {in_row_, 1}, matrix, columns_, units,
                       m + product * m_slice + row * columns_, columns_, piece > 0);
      }
    }
  }

  // The channels from `channel` on of some tiles' outputs.
  void write(Range tiles, int64_t channel, const float* m, int64_t m_slice, float* moments, int64_t squares) const {
    const int64_t channels = std::min<int64_t>(columns_, w_.outer - channel);
    Real* target[kMostOutputs];
    const Real* other[kMostOutputs];
    for (int64_t tile = tiles.begin; tile < tiles.end; ++tile, m += columns_) {
      tiling_.patch(output_, tile, static_cast<Real*>(nullptr), target);
      for (int i = 0; i < loops_.side * loops_.side; ++i) {
        if (!target[i]) continue;
        target[i] += channel;
        if (other_) other[i] = other_ + (target[i] - output_.data);
      }
      const int64_t split = tiling_.image(tile) % std::max<int64_t>(splits_, 1);
      const GateTerms gate = gate_ ? gate_of(split * w_.outer + channel) : GateTerms{};
      loops_.output(m, m_slice, channels, finish_.from(channel), other_ ? other : nullptr, gate_ ? &gate : nullptr, target,
                    moments ? moments + split * 2 * squares : nullptr, squares);
    }
  }

  GateTerms gate_of(int64_t at) const {
    return {gate_->scale.data_ptr<float>() + at, gate_->shift.data_ptr<float>() + at, gate_->mean.data_ptr<float>() + at};
  }

  // `mine` [splits][2][columns], which becomes zero, to the channels from `channel` on.
  void add_moments(int64_t channel, float* mine, std::vector<double>& moments) const {
    const int64_t channels = std::min<int64_t>(columns_, w_.outer - channel);
    for (int64_t i = 0; i < splits_ * 2; ++i, mine += columns_) {
      for (int64_t c = 0; c < channels; ++c) moments[i * w_.outer + channel + c] += mine[c];
      std::fill_n(mine, columns_, 0.0f);
    }
  }

  const WinogradLoops<Real>& loops_;
  const WinogradWeights<Real>& w_;
  const Pixels<Real> input_, output_;
  const Tiling tiling_;
  const FinishTerms finish_;
  const Real* other_;  // of the outputs' shape: what is added, or what the gate looks at
  const Normed* gate_;
  const int64_t splits_, columns_, in_row_;
  const std::vector<Real> zeros_;
  const Seen seen_;
};

struct Size {
  int64_t y, x;
};

// What is taken along: a norm before, moments or a norm's gate behind.
struct Extras {
  MomentRequest* request;
  const Normed* seen;
  GateRequest* gate;

  int64_t splits() const { return request ? request->splits : gate ? gate->seen.splits() : 0; }
};

template <typename Real>
at::Tensor convolve(WinogradForm form, const at::Tensor& in, const at::Tensor& weight, bool turned, Size pad, Size out_size,
                    const Finish& finish, const Extras& extras) {
  const WinogradLoops<Real>& loops = *winograd_loops<Real>(form);
  const WinogradWeights<Real> w(loops, weight, turned);
  const at::Tensor out =
      at::empty({in.size(0), w.outer, out_size.y, out_size.x}, in.options().memory_format(at::MemoryFormat::ChannelsLast));
  std::vector<double> moments;
  const int64_t splits = extras.splits();
  const Convolver<Real> convolver(loops, w, pixels_of<Real>(in, loops.patch, loops.step, pad.y, pad.x),
                                  pixels_of<Real>(out, loops.side, loops.side, 0, 0), in.size(0), finish, splits, extras.seen, extras.gate);
  convolver.run(moments);
  if (splits > 0) {
    const at::Tensor sums = at::from_blob(moments.data(), {splits, 2, w.outer}, at::kDouble).clone();
    (extras.request ? extras.request->moments : extras.gate->sums) = sums;
  }
  return out;
}

}  // namespace

bool winograd_takes(const ConvShape& s, int side) {
  const bool plain = s.stride_height == 1 && s.stride_width == 1 && s.pad_height <= 2 && s.pad_width <= 2;
  const bool strided = s.stride_height == 2 && s.stride_width == 2 && s.pad_height == 1 && s.pad_width == 1;
  return float_loops() && (side == 2 || std::min(s.out_height(), s.out_width()) >= side) && s.groups == 1 && s.kernel_height == 3 &&
         s.kernel_width == 3 && (plain || strided) && s.in_channels % 16 == 0 && s.out_channels % 16 == 0 && s.batch > 0;
}

WinogradForm winograd_form(const ConvShape& s, int side) {
  if (s.stride_height == 2) return side == 4 ? WinogradForm::four_strided : WinogradForm::two_strided;
  return side == 4 ? WinogradForm::four : WinogradForm::two;
}

at::Tensor winograd_forward(const ConvShape& s, int side, const at::Tensor& x, const at::Tensor& weight, const Finish& finish,
                            MomentRequest* request, const Normed* seen) {
  const auto run = x.scalar_type() == at::kFloat ? convolve<float> : convolve<Bits16>;
  return run(winograd_form(s, side), x, weight, false, {s.pad_height, s.pad_width}, {s.out_height(), s.out_width()}, finish,
             {request, seen, nullptr});
}

at::Tensor winograd_input_gradient(const ConvShape& s, int side, const at::Tensor& gradient, const at::Tensor& weight,
                                   const Finish& finish, GateRequest* gate) {
  const auto run = gradient.scalar_type() == at::kFloat ? convolve<float> : convolve<Bits16>;
  const bool strided = s.stride_height == 2;
  const WinogradForm spread = side == 4 ? WinogradForm::four_spread : WinogradForm::two_spread;
  const WinogradForm form = strided ? spread : winograd_form(s, side);
  const Size pad = strided ? Size{0, 0} : Size{2 - s.pad_height, 2 - s.pad_width};
  return run(form, gradient, weight, true, pad, {s.in_height, s.in_width}, finish, {nullptr, nullptr, gate});
}

}  // namespace mocosharp
