#include "conv_weights.h"

#include "conv_pack.h"
#include "conv_tiles.h"
#include "threads.h"

namespace mocosharp {

PackedWeights pack_weights(const Stencil& stencil, const at::Tensor& weight, bool rows) {
  const int64_t taps = weight.size(2) * weight.size(3), inputs = weight.size(1);
  const int64_t inner = stencil.in_channels, outer = stencil.out_channels, panels = (outer + 31) / 32;
  const WeightStrides strides = stencil.gradient ? WeightStrides{inputs * taps, taps} : WeightStrides{taps, inputs * taps};
  PackedWeights packed;
  packed.chunks = rows ? 1 : (inner + 31) / 32;
  int64_t bytes = 0;
  for (const Phase& phase : stencil.phases) {
    packed.phase_offset.push_back(bytes);
    packed.panel_bytes.push_back(static_cast<int64_t>(phase.taps.size()) * packed.chunks * 2 * kTileBytes);
    bytes += panels * packed.panel_bytes.back();
  }
  packed.storage = at::empty({std::max<int64_t>(bytes, 1)}, weight.options().dtype(at::kByte));
  char* target = static_cast<char*>(packed.storage.data_ptr());
  const float* source = weight.data_ptr<float>();
  const int threads = at::get_num_threads();
  const int64_t units = panels * packed.chunks;
  for_each_thread(threads, [&](int thread) {
    const Range range = share(units, thread, threads);
    for (int64_t unit = range.begin; unit < range.end; ++unit) {
      const int64_t panel = unit / packed.chunks, chunk = unit % packed.chunks;
      for (size_t p = 0; p < stencil.phases.size(); ++p) {
        const Phase& phase = stencil.phases[p];
        char* at = target + packed.phase_offset[p] + panel * packed.panel_bytes[p];
        for (size_t t = 0; t < phase.taps.size(); ++t) {
          for (int64_t half = 0; half < 2; ++half) {
            const int64_t first = panel * 32 + half * 16, left = std::max<int64_t>(outer - first, 0);
            char* tile = at + ((static_cast<int64_t>(t) * packed.chunks + chunk) * 2 + half) * kTileBytes;
            const float* from = source + first * strides.outer + phase.taps[t].weight;
            if (rows) pack_row_weight_tile(from, inner, taps, weight.size(3), strides.outer, left, tile);
            else pack_weight_tile(from + chunk * 32 * strides.inner, strides, inner - chunk * 32, left, tile);
          }
        }
      }
    }
  });
  return packed;
}

}  // namespace mocosharp
