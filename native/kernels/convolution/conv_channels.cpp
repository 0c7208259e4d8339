#include "conv_channels.h"

#include <algorithm>

namespace mocosharp {
namespace {

constexpr int64_t kSide = 32;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

ChannelPlan dense(int64_t panels, int64_t chunks) {
  ChannelPlan plan{kSide, kSide, panels, chunks, {}};
  for (int64_t p = 0; p < panels; ++p) plan.seen.push_back({0, chunks, p * chunks});
  return plan;
}

}  // namespace

ChannelPlan plan_rows(const Stencil& s) { return dense(ceil_div(s.out_channels, kSide), 1); }

ChannelPlan plan_channels(const Stencil& s) {
  if (s.groups == 1) return dense(ceil_div(s.out_channels, kSide), ceil_div(s.in_channels, kSide));
  const int64_t inner = s.in_channels / s.groups, outer = s.out_channels / s.groups, together = std::min(kSide / inner, kSide / outer);
  if (together > 0) {
    const int64_t blocks = ceil_div(s.groups, together);
    ChannelPlan plan{together * outer, together * inner, blocks, blocks, {}};
    for (int64_t p = 0; p < blocks; ++p) plan.seen.push_back({p, 1, p});
    return plan;
  }
  ChannelPlan plan{kSide, kSide, ceil_div(s.out_channels, kSide), ceil_div(s.in_channels, kSide), {}};
  int64_t before = 0;
  for (int64_t p = 0; p < plan.panels; ++p) {
    const int64_t first_group = p * kSide / outer, last_group = (std::min(p * kSide + kSide, s.out_channels) - 1) / outer;
    const int64_t first = first_group * inner / kSide, count = ((last_group + 1) * inner - 1) / kSide - first + 1;
    plan.seen.push_back({first, count, before});
    before += count;
  }
  return plan;
}

}  // namespace mocosharp
