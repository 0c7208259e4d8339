#include "conv_stencil.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <vector>

#include "kernels/machine/amx.h"
#include "kernels/machine/avx512.h"
#include "conv_by_columns.h"
#include "conv_by_images.h"
#include "kernels/machine/threads.h"

namespace mocosharp {
namespace {

// Adds one task's sums to a share's doubles and clears them.
void collect(std::vector<float>& sums, double* totals) {
  for (size_t i = 0; i < sums.size(); ++i) {
    totals[i] += sums[i];
    sums[i] = 0.0f;
  }
}

// Runs all tasks; `moments` becomes [splits][2][panels][32] if the job asks for them.
template <typename Way>
void run(const Way& way, const Job& job, const at::Tensor& like, std::vector<double>& moments) {
  const int64_t shares = std::min(claimable_shares(), way.tasks()), workers = std::min<int64_t>(at::get_num_threads(), shares);
  const int64_t bytes = (way.buffer_bytes() + 4095) / 4096 * 4096, count = job.moment_count();
  const at::Tensor buffers = at::empty({bytes * workers + 64}, like.options().dtype(at::kByte).memory_format(at::MemoryFormat::Contiguous));
  char* base = reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(buffers.data_ptr()) + 63) / 64 * 64);
  moments.assign(count * shares, 0.0);
  claim_shares(shares, [&](int64_t worker, int64_t part) {
    const TileScope tiles;
    const Range range = share(way.tasks(), part, shares);
    BlockMultiplier multiplier(job.out, job.add, job.moment_layout(Way::kRowGroups && job.splits > 1));
    std::vector<float> sums(count);
    for (int64_t task = range.begin; task < range.end; ++task) {
      way.run(task, base + worker * bytes, multiplier, count > 0 ? sums.data() : nullptr);
      if (count == 0) continue;
      multiplier.finish();
      collect(sums, moments.data() + part * count);
    }
    multiplier.finish();
  });
  for (int64_t part = 1; part < shares; ++part) {
    for (int64_t i = 0; i < count; ++i) moments[i] += moments[part * count + i];
  }
}

}  // namespace

bool stencil_takes(const Stencil& s) {
  bool any = false;
  for (const Phase& phase : s.phases) {
    any = any || !phase.taps.empty();
    if (phase.taps.size() > 64) return false;
  }
  return any && has_avx512_bf16() && s.batch > 0 && s.out_height > 0 && s.out_width > 0 && s.out_channels % 8 == 0;
}

at::Tensor apply_stencil(const Stencil& stencil, const at::Tensor& in, const at::Tensor& weight, const Finish& finish,
                         MomentRequest* request) {
  at::Tensor out = at::empty({stencil.batch, stencil.out_channels, stencil.out_height, stencil.out_width},
                             in.options().memory_format(at::MemoryFormat::ChannelsLast));
  Job job{stencil,
          {},
          static_cast<const char*>(in.data_ptr()),
          static_cast<uint16_t*>(out.data_ptr()),
          finish.add.defined() ? static_cast<const uint16_t*>(finish.add.data_ptr()) : nullptr,
          finish.terms(),
          0,
          0,
          0,
          0,
          false,
          columns_run_on(stencil),
          0,
          stencil.out_height * stencil.out_width};
  job.direct = flatten(job.s);
  const bool rows = takes_rows(stencil, weight.size(3)) && columns_fit(stencil);
  if (rows) {
    Phase& phase = job.s.phases[0];
    std::vector<Tap> starts;
    for (const Tap& tap : phase.taps) {
      if (tap.weight % weight.size(3) == 0) starts.push_back(tap);
    }
    phase.taps = starts;
  }
  find_reach(job);
  if (rows) job.high_x = job.low_x + weight.size(3) - 1;
  job.weights = pack_weights(job.s, weight, rows);
  const bool columns = job.direct || columns_fit(job.s);
  // Blocks that overlap, or hold pixels of several images, cannot be summed by group.
  const bool summable = !columns || ((job.runs_on || narrowest(job.s) % 16 == 0) && (!job.direct || job.image_pixels % 16 == 0));
  if (request && summable) job.splits = request->splits;
  std::vector<double> moments;
  if (columns) run(ByColumns(job), job, in, moments);
  else run(ByImages(job), job, in, moments);
  if (job.splits > 0) {
    const at::Tensor all = at::from_blob(moments.data(), {job.splits, 2, job.plan().panels, 32}, at::kDouble);
    const at::Tensor filled = all.slice(3, 0, job.plan().panel).reshape({job.splits, 2, -1});
    request->moments = filled.slice(2, 0, stencil.out_channels).contiguous().clone();
  }
  return out;
}

}  // namespace mocosharp
