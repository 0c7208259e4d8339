#include "conv_weights.h"

#include <ATen/ops/empty.h>

#include "conv_pack.h"
#include "conv_tiles.h"
#include "kernels/machine/threads.h"

namespace mocosharp {
namespace {

// What one tile is made of: where weight [Co, Ci / groups, kh, kw] begins and how its channels lie.
struct Source {
  const float* weight;
  WeightStrides strides;
  int64_t taps, kernel_width, inner, outer, groups;
  bool rows;

  void pack_dense(int64_t first_inner, int64_t first_outer, int64_t tap, char* tile) const {
    const float* from = weight + first_outer * strides.outer + tap;
    const int64_t left = std::max<int64_t>(outer - first_outer, 0);
    if (rows) pack_row_weight_tile(from, inner, taps, kernel_width, strides.outer, left, tile);
    else pack_weight_tile(from + first_inner * strides.inner, strides, inner - first_inner, left, tile);
  }

  // The part of a block-diagonal matrix; `inners` and `outers` channels of it exist.
  void pack_grouped(int64_t first_inner, int64_t inners, int64_t first_outer, int64_t outers, int64_t tap, char* tile) const {
    const int64_t inner_group = inner / groups, outer_group = outer / groups;
    pack_block(weight + tap, inner_group * outer_group * taps, strides, {first_inner, inners, inner_group},
               {first_outer, outers, outer_group}, tile);
  }
};

}  // namespace

PackedWeights pack_weights(const Stencil& stencil, const at::Tensor& weight, bool rows) {
  const int64_t taps = weight.size(2) * weight.size(3), inputs = weight.size(1);
  const WeightStrides strides = stencil.gradient ? WeightStrides{inputs * taps, taps} : WeightStrides{taps, inputs * taps};
  const Source source{weight.data_ptr<float>(), strides,        taps, weight.size(3), stencil.in_channels,
                      stencil.out_channels,     stencil.groups, rows};
  PackedWeights packed;
  packed.plan = rows ? plan_rows(stencil) : plan_channels(stencil);
  const ChannelPlan& plan = packed.plan;
  int64_t bytes = 0;
  for (const Phase& phase : stencil.phases) {
    packed.phase_offset.push_back(bytes);
    packed.chunk_bytes.push_back(static_cast<int64_t>(phase.taps.size()) * 2 * kTileBytes);
    bytes += plan.steps() * packed.chunk_bytes.back();
  }
  packed.storage = at::empty({std::max<int64_t>(bytes, 1)}, weight.options().dtype(at::kByte));
  char* target = static_cast<char*>(packed.storage.data_ptr());
  const int threads = at::get_num_threads();
  const auto pack_chunk = [&](int64_t panel, int64_t chunk) {
    const ChannelPlan::Seen& seen = plan.seen[panel];
    const int64_t inner = (seen.first + chunk) * plan.chunk;
    for (size_t p = 0; p < stencil.phases.size(); ++p) {
      const Phase& phase = stencil.phases[p];
      char* at = target + packed.phase_offset[p] + seen.before * packed.chunk_bytes[p];
      for (size_t t = 0; t < phase.taps.size(); ++t) {
        for (int64_t half = 0; half < 2; ++half) {
          const int64_t outer = panel * plan.panel + half * 16, end = std::min((panel + 1) * plan.panel, stencil.out_channels);
          char* tile = at + ((static_cast<int64_t>(t) * seen.count + chunk) * 2 + half) * kTileBytes;
          if (stencil.groups == 1) source.pack_dense(inner, outer, phase.taps[t].weight, tile);
          else
            source.pack_grouped(inner, std::min(plan.chunk, stencil.in_channels - inner), outer, end - outer, phase.taps[t].weight, tile);
        }
      }
    }
  };
  for_each_thread(threads, [&](int thread) {
    const Range range = share(plan.steps(), thread, threads);
    int64_t panel = 0;
    for (int64_t unit = range.begin; unit < range.end; ++unit) {
      while (unit >= plan.seen[panel].before + plan.seen[panel].count) ++panel;
      pack_chunk(panel, unit - plan.seen[panel].before);
    }
  });
  return packed;
}

}  // namespace mocosharp
