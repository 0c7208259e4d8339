#include "float_winograd.h"

#include <algorithm>
#include <vector>

#include "float_loops.h"
#include "float_memory.h"
#include "float_tiling.h"
#include "threads.h"

namespace mocosharp {
namespace {

constexpr int64_t kProducts = 16;
constexpr int64_t kSkew = 16;                   // rows a power of two apart would share the caches' sets
constexpr int64_t kBlockFloats = 320 << 10;     // a block's transformed tiles: most of the L2 cache
constexpr int64_t kGradientFloats = 160 << 10;  // the same beside the sums of a weight gradient
constexpr int64_t kSumsFloats = 290 << 10;      // sums that stay in the L2 cache

// Weights by [product][panel of columns][inner channel][column].
struct Weights {
  int64_t inner, outer, panels, slice;
  at::Tensor storage;

  const float* panel(int64_t product, int64_t index, int64_t columns) const {
    return storage.data_ptr<float>() + product * slice + index * inner * columns;
  }
};

// weight [Co, Ci, 3, 3]; for the input gradient channels change sides and the kernel is turned round.
Weights transform(const FloatLoops& loops, const at::Tensor& weight, bool gradient) {
  const int64_t inputs = weight.size(1), inner = weight.size(gradient ? 0 : 1), outer = weight.size(gradient ? 1 : 0);
  const int64_t inner_apart = gradient ? inputs * 9 : 9, outer_apart = gradient ? 9 : inputs * 9, columns = loops.columns;
  Weights w{inner, outer, (outer + columns - 1) / columns, 0, {}};
  w.slice = w.panels * inner * columns + 5 * kSkew;
  w.storage = at::empty({kProducts * w.slice}, weight.options());
  const float* from = weight.data_ptr<float>();
  float* to = w.storage.data_ptr<float>();
  const int threads = at::get_num_threads();
  for_each_thread(threads, [&](int thread) {
    const Range range = share(w.panels * columns / 16, thread, threads);
    float lanes[9 * 16] = {};
    for (int64_t group = range.begin; group < range.end; ++group) {
      const int64_t first = group * 16;
      if (first >= outer) std::fill_n(lanes, 9 * 16, 0.0f);
      for (int64_t k = 0; k < inner; ++k) {
        for (int64_t lane = 0; lane < 16 && first < outer; ++lane) {
          const float* kernel = from + k * inner_apart + (first + lane) * outer_apart;
          for (int64_t tap = 0; tap < 9; ++tap) lanes[tap * 16 + lane] = kernel[gradient ? 8 - tap : tap];
        }
        loops.winograd_weights(lanes, to + first / columns * inner * columns + k * columns + first % columns, w.slice);
      }
    }
  });
  return w;
}

// Tiles a block: what the cache holds, in whole rows of blocks, and equally many blocks for each thread.
int64_t tiles_a_block(const FloatLoops& loops, int64_t tiles, int64_t channels) {
  const int64_t most = std::clamp<int64_t>(kBlockFloats / (kProducts * channels), 4 * loops.rows, 16 * loops.rows);
  const int64_t threads = at::get_num_threads(), blocks = round_up((tiles + most - 1) / most, threads);
  return round_up((tiles + blocks - 1) / blocks, loops.rows);
}

// out [N, outer, out_height, out_width] = in by w, `pad` pixels of zeros around `in`.
at::Tensor convolve(const FloatLoops& loops, const at::Tensor& in, const Weights& w, int64_t pad_y, int64_t pad_x, int64_t out_height,
                    int64_t out_width, const float* bias, const float* add) {
  const int64_t batch = in.size(0);
  const at::Tensor out = at::empty({batch, w.outer, out_height, out_width}, in.options().memory_format(at::MemoryFormat::ChannelsLast));
  const Pixels input{in.data_ptr<float>(), in.size(2), in.size(3), w.inner}, output{out.data_ptr<float>(), out_height, out_width, w.outer};
  const Pixels added{add, out_height, out_width, w.outer};
  const Tiling tiling(batch, out_height, out_width);
  const int64_t count = tiles_a_block(loops, tiling.tiles(), w.inner + w.outer), blocks = (tiling.tiles() + count - 1) / count;
  const int64_t in_row = w.inner + kSkew, out_row = w.panels * loops.columns + kSkew, in_slice = count * in_row,
                out_slice = count * out_row;
  const int threads = static_cast<int>(std::min<int64_t>(at::get_num_threads(), blocks));
  const FloatMemory memory(kProducts * (in_slice + out_slice), threads, /*zero=*/true);
  const std::vector<float> zeros(w.inner);
  for_each_thread(threads, [&](int thread) {
    float *v = memory.of(thread), *m = v + kProducts * in_slice;
    const Range range = share(blocks, thread, threads);
    for (int64_t index = range.begin; index < range.end; ++index) {
      const int64_t first = index * count, here = std::min(count, tiling.tiles() - first);
      const float* patch[16];
      for (int64_t t = 0; t < here; ++t) {
        tiling.patch(input, first + t, 4, pad_y, pad_x, zeros.data(), patch);
        loops.winograd_input(patch, w.inner, 0, kProducts, v + t * in_row, in_slice);
      }
      for (int64_t product = 0; product < kProducts; ++product) {
        for (int64_t panel = 0; panel < w.panels; ++panel) {
          const float* b = w.panel(product, panel, loops.columns);
          for (int64_t row = 0; row < here; row += loops.rows) {
            loops.block(v + product * in_slice + row * in_row, {in_row, 1}, b, loops.columns, w.inner,
                        m + product * out_slice + row * out_row + panel * loops.columns, out_row, false);
          }
        }
      }
      for (int64_t t = 0; t < here; ++t) {
        const float *target[4], *extra[4];
        tiling.patch(output, first + t, 2, 0, 0, nullptr, target);
        if (add) tiling.patch(added, first + t, 2, 0, 0, add, extra);
        loops.winograd_output(m + t * out_row, out_slice, w.outer, bias, add ? extra : nullptr, const_cast<float* const*>(target));
      }
    }
  });
  return out;
}

// Sums of one product over all tiles, [inner][outer], padded to whole blocks.
struct SumsShape {
  int64_t rows, columns;
  int64_t slice() const { return rows * columns; }
};

}  // namespace

bool winograd_takes(const ConvShape& s) {
  return float_loops() && s.groups == 1 && s.kernel_height == 3 && s.kernel_width == 3 && s.stride_height == 1 && s.stride_width == 1 &&
         s.pad_height <= 2 && s.pad_width <= 2 && s.in_channels % 16 == 0 && s.out_channels % 16 == 0 && s.batch > 0;
}

at::Tensor winograd_forward(const ConvShape& s, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  const FloatLoops& loops = *float_loops();
  return convolve(loops, x, transform(loops, weight, false), s.pad_height, s.pad_width, s.out_height(), s.out_width(),
                  bias.defined() ? bias.data_ptr<float>() : nullptr, nullptr);
}

at::Tensor winograd_input_gradient(const ConvShape& s, const at::Tensor& gradient, const at::Tensor& weight, const at::Tensor& add) {
  const FloatLoops& loops = *float_loops();
  return convolve(loops, gradient, transform(loops, weight, true), 2 - s.pad_height, 2 - s.pad_width, s.in_height, s.in_width, nullptr,
                  add.defined() ? add.data_ptr<float>() : nullptr);
}

at::Tensor winograd_weight_gradient(const ConvShape& s, const at::Tensor& x, const at::Tensor& gradient) {
  const FloatLoops& loops = *float_loops();
  const int64_t inner = s.in_channels, outer = s.out_channels;
  const SumsShape shape{round_up(inner, loops.rows), round_up(outer, loops.columns)};
  const int64_t together = 16 * shape.slice() <= kSumsFloats ? 16 : 4 * shape.slice() <= kSumsFloats ? 4 : 1;  // products at a time
  const Tiling tiling(s.batch, s.out_height(), s.out_width());
  const Pixels input{x.data_ptr<float>(), s.in_height, s.in_width, inner};
  const Pixels output{gradient.data_ptr<float>(), s.out_height(), s.out_width(), outer};
  const int64_t in_row = shape.rows + kSkew, out_row = shape.columns + kSkew;
  const int64_t count = std::clamp<int64_t>(kGradientFloats / (together * (inner + outer)), 32, 512);
  const int threads = static_cast<int>(std::min<int64_t>(at::get_num_threads(), tiling.tiles()));
  const FloatMemory memory(together * count * (in_row + out_row), threads, /*zero=*/true), sums(together * shape.slice(), threads, false);
  const at::Tensor totals = at::empty({kProducts * shape.slice()}, x.options().memory_format(at::MemoryFormat::Contiguous));
  const std::vector<float> zeros(std::max(inner, outer));
  for (int64_t product = 0; product < kProducts; product += together) {
    const int begin = static_cast<int>(product), end = static_cast<int>(product + together);
    for_each_thread(threads, [&](int thread) {
      float *v = memory.of(thread), *d = v + together * count * in_row, *mine = sums.of(thread);
      const Range range = share(tiling.tiles(), thread, threads);
      for (int64_t first = range.begin; first < range.end; first += count) {
        const int64_t here = std::min(count, range.end - first);
        const float* patch[16];
        for (int64_t t = 0; t < here; ++t) {
          tiling.patch(input, first + t, 4, s.pad_height, s.pad_width, zeros.data(), patch);
          loops.winograd_input(patch, inner, begin, end, v + t * in_row, count * in_row);
          tiling.patch(output, first + t, 2, 0, 0, zeros.data(), patch);
          loops.winograd_gradient(patch, outer, begin, end, d + t * out_row, count * out_row);
        }
        for (int64_t i = 0; i < together; ++i) {
          for (int64_t column = 0; column < shape.columns; column += loops.columns) {
            for (int64_t row = 0; row < shape.rows; row += loops.rows) {
              loops.block(v + i * count * in_row + row, {1, in_row}, d + i * count * out_row + column, out_row, here,
                          mine + i * shape.slice() + row * shape.columns + column, shape.columns, first > range.begin);
            }
          }
        }
      }
    });
    add_threads(sums, threads, together * shape.slice(), totals.data_ptr<float>() + product * shape.slice());
  }
  const at::Tensor weights = at::empty({outer, inner, 3, 3}, totals.options());
  float* to = weights.data_ptr<float>();
  for_each_thread(threads, [&](int thread) {
    const Range range = share(outer / 16, thread, threads);
    float lanes[9 * 16];
    for (int64_t group = range.begin; group < range.end; ++group) {
      for (int64_t k = 0; k < inner; ++k) {
        loops.winograd_weights_adjoint(totals.data_ptr<float>() + k * shape.columns + group * 16, shape.slice(), lanes);
        for (int64_t lane = 0; lane < 16; ++lane) {
          for (int64_t tap = 0; tap < 9; ++tap) to[((group * 16 + lane) * inner + k) * 9 + tap] = lanes[tap * 16 + lane];
        }
      }
    }
  });
  return weights;
}

}  // namespace mocosharp
