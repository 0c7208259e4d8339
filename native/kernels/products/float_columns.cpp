#include "float_columns.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <tuple>

#include "float_gather.h"
#include "float_loops.h"
#include "float_memory.h"
#include "kernels/norm/batch_norm_loops.h"
#include "kernels/machine/threads.h"

namespace mocosharp {
namespace {

constexpr int64_t kBlockFloats = 256 << 10;  // gathered rows: half of the L2 cache
constexpr int64_t kDepth = 512;              // steps of a product at a time: a panel's weights then stay near
constexpr int64_t kSumsFloats = 260 << 10;   // sums of a weight gradient at a time
constexpr int64_t kSkew = 16;

std::vector<Tap> in_memory_order(std::vector<Tap> taps) {
  std::sort(taps.begin(), taps.end(), [](const Tap& a, const Tap& b) { return std::tie(a.dy, a.dx) < std::tie(b.dy, b.dx); });
  return taps;
}

// [panel of columns][tap and inner channel][column]
at::Tensor pack(const Stencil& s, const std::vector<Tap>& taps, const at::Tensor& weight, int64_t columns) {
  const int64_t all = weight.size(2) * weight.size(3), inputs = weight.size(1);
  const int64_t inner_apart = s.gradient ? inputs * all : all, outer_apart = s.gradient ? all : inputs * all;
  const int64_t panels = (s.out_channels + columns - 1) / columns, depth = static_cast<int64_t>(taps.size()) * s.in_channels;
  const at::Tensor packed = at::zeros({panels * depth * columns}, weight.options());
  const float* from = weight.data_ptr<float>();
  float* to = packed.data_ptr<float>();
  const int threads = at::get_num_threads();
  for_each_thread(threads, [&](int thread) {
    const Range range = share(panels * s.in_channels, thread, threads);
    for (int64_t unit = range.begin; unit < range.end; ++unit) {
      const int64_t panel = unit / s.in_channels, inner = unit % s.in_channels, first = panel * columns;
      const int64_t count = std::min(columns, s.out_channels - first);
      for (size_t t = 0; t < taps.size(); ++t) {
        float* row = to + (panel * depth + static_cast<int64_t>(t) * s.in_channels + inner) * columns;
        const float* source = from + inner * inner_apart + first * outer_apart + taps[t].weight;
        for (int64_t lane = 0; lane < count; ++lane) row[lane] = source[lane * outer_apart];
      }
    }
  });
  return packed;
}

// Where a phase's results go.
struct Target {
  const Stencil& s;
  const Phase& phase;
  float* out;
  const float* add;
  ChannelTerms terms;
  bool relu;

  void write(int64_t first, int64_t count, const float* rows, int64_t apart) const {
    for (int64_t i = 0; i < count; ++i, rows += apart) {
      const int64_t position = first + i, n = position / (phase.rows * phase.columns);
      const int64_t y = position / phase.columns % phase.rows * s.out_step_y + phase.y,
                    x = position % phase.columns * s.out_step_x + phase.x;
      const int64_t at = ((n * s.out_height + y) * s.out_width + x) * s.out_channels;
      normalize(rows, add ? add + at : nullptr, out + at, 1, s.out_channels, terms, relu);
    }
  }
};

void run_phase(const FloatLoops& loops, const Stencil& s, const Phase& phase, const float* in, const at::Tensor& weight, float* out,
               const Finish& finish) {
  const std::vector<Tap> taps = in_memory_order(phase.taps);
  const at::Tensor packed = pack(s, taps, weight, loops.columns);
  const Gather gather(s, phase, taps);
  const std::vector<float> ones(finish.scale.defined() ? 0 : s.out_channels, 1.0f), zeros(finish.shift.defined() ? 0 : s.out_channels);
  const FinishTerms terms = finish.terms();
  const Target target{s,
                      phase,
                      out,
                      finish.add.defined() ? finish.add.data_ptr<float>() : nullptr,
                      {nullptr, terms.scale ? terms.scale : ones.data(), terms.shift ? terms.shift : zeros.data(), nullptr, nullptr},
                      finish.relu};
  const int64_t depth = static_cast<int64_t>(taps.size()) * s.in_channels, panels = (s.out_channels + loops.columns - 1) / loops.columns;
  const int64_t positions = s.batch * phase.rows * phase.columns;
  const int64_t count = std::clamp<int64_t>(kBlockFloats / depth / loops.rows, 4, 16) * loops.rows;
  const int64_t blocks = (positions + count - 1) / count, row = panels * loops.columns + kSkew;
  const int threads = static_cast<int>(std::min<int64_t>(at::get_num_threads(), blocks));
  const FloatMemory memory(count * (depth + row), threads, /*zero=*/true);
  for_each_thread(threads, [&](int thread) {
    float *gathered = memory.of(thread), *results = gathered + count * depth;
    const Range range = share(blocks, thread, threads);
    for (int64_t index = range.begin; index < range.end; ++index) {
      const int64_t first = index * count, here = std::min(count, positions - first);
      const float* a = gathered;
      if (gather.in_place() && here % loops.rows == 0) a = in + first * depth;
      else gather.rows(in, first, here, gathered, depth);
      for (int64_t k = 0; k < depth; k += kDepth) {
        for (int64_t panel = 0; panel < panels; ++panel) {
          const float* b = packed.data_ptr<float>() + (panel * depth + k) * loops.columns;
          for (int64_t r = 0; r < here; r += loops.rows) {
            loops.block(a + r * depth + k, {depth, 1}, b, loops.columns, std::min(kDepth, depth - k),
                        results + r * row + panel * loops.columns, row, k > 0);
          }
        }
      }
      target.write(first, here, results, row);
    }
  });
}

// Adds up `taps` of the weight gradient, sums[tap and inner channel][outer channel], and writes them.
void add_taps(const FloatLoops& loops, const Stencil& s, const std::vector<Tap>& taps, const float* x, const float* gradient,
              float* weights, int64_t all_taps) {
  const Gather gather(s, s.phases[0], taps);
  const int64_t depth = static_cast<int64_t>(taps.size()) * s.in_channels, outer = s.out_channels;
  const int64_t rows = round_up(depth, loops.rows), columns = round_up(outer, loops.columns), in_row = rows + kSkew,
                out_row = columns + kSkew;
  const int64_t positions = s.batch * s.phases[0].rows * s.phases[0].columns;
  const int64_t count = std::clamp<int64_t>(kBlockFloats / 2 / (rows + columns), 32, 512);
  const int threads = static_cast<int>(std::min<int64_t>(at::get_num_threads(), positions));
  const FloatMemory memory(count * (in_row + out_row), threads, /*zero=*/true), sums(rows * columns, threads, false);
  for_each_thread(threads, [&](int thread) {
    float *a = memory.of(thread), *b = a + count * in_row, *mine = sums.of(thread);
    const Range range = share(positions, thread, threads);
    for (int64_t first = range.begin; first < range.end; first += count) {
      const int64_t here = std::min(count, range.end - first);
      gather.rows(x, first, here, a, in_row);
      for (int64_t i = 0; i < here; ++i) std::memcpy(b + i * out_row, gradient + (first + i) * outer, outer * sizeof(float));
      for (int64_t column = 0; column < columns; column += loops.columns) {
        for (int64_t r = 0; r < rows; r += loops.rows) {
          loops.block(a + r, {1, in_row}, b + column, out_row, here, mine + r * columns + column, columns, first > range.begin);
        }
      }
    }
  });
  add_threads(sums, threads, rows * columns, sums.of(0));
  const float* total = sums.of(0);
  for_each_thread(threads, [&](int thread) {
    const Range range = share(outer, thread, threads);
    for (int64_t o = range.begin; o < range.end; ++o) {
      for (size_t t = 0; t < taps.size(); ++t) {
        for (int64_t c = 0; c < s.in_channels; ++c)
          weights[(o * s.in_channels + c) * all_taps + taps[t].weight] = total[(static_cast<int64_t>(t) * s.in_channels + c) * columns + o];
      }
    }
  });
}

}  // namespace

bool columns_take(const ConvShape& s) { return float_loops() && s.groups == 1 && s.batch > 0; }

at::Tensor columns_stencil(const Stencil& s, const at::Tensor& in, const at::Tensor& weight, const Finish& finish) {
  const bool untouched = std::any_of(s.phases.begin(), s.phases.end(), [](const Phase& phase) { return phase.taps.empty(); });
  at::Tensor out =
      at::empty({s.batch, s.out_channels, s.out_height, s.out_width}, in.options().memory_format(at::MemoryFormat::ChannelsLast));
  if (untouched && finish.add.defined()) out.copy_(finish.add);
  else if (untouched) out.zero_();
  for (const Phase& phase : s.phases) {
    if (phase.taps.empty()) continue;
    run_phase(*float_loops(), s, phase, in.data_ptr<float>(), weight, out.data_ptr<float>(), finish);
  }
  return out;
}

at::Tensor columns_weight_gradient(const ConvShape& shape, const at::Tensor& x, const at::Tensor& gradient) {
  const Stencil s = forward_stencil(shape);
  const std::vector<Tap> taps = in_memory_order(s.phases[0].taps);
  const at::Tensor weights = at::empty({shape.out_channels, shape.in_channels, shape.kernel_height, shape.kernel_width},
                                       x.options().memory_format(at::MemoryFormat::Contiguous));
  const int64_t step = std::max<int64_t>(1, kSumsFloats / (shape.in_channels * shape.out_channels));
  for (int64_t first = 0; first < shape.taps(); first += step) {
    const std::vector<Tap> some(taps.begin() + first, taps.begin() + std::min(first + step, shape.taps()));
    add_taps(*float_loops(), s, some, x.data_ptr<float>(), gradient.data_ptr<float>(), weights.data_ptr<float>(), shape.taps());
  }
  return weights;
}

}  // namespace mocosharp
