// How a convolution's channels are dealt to tiles: panels of at most 32 outer channels, each with the chunks of 32 inner channels it sees.
#pragma once

#include <cstdint>
#include <vector>

#include "conv_shape.h"

namespace mocosharp {

// Without groups every panel sees every chunk. Groups that fit a tile's side are packed side by side, as many as fit: a panel is then one
// block of a block-diagonal matrix and sees one chunk. Wider groups leave out the chunks that none of a panel's groups has.
struct ChannelPlan {
  int64_t panel, chunk;    // channels from one panel or chunk to the next, 32 at most
  int64_t panels, chunks;  // how many there are
  struct Seen {
    int64_t first, count;  // chunks
    int64_t before;        // chunks that all earlier panels see
  };
  std::vector<Seen> seen;  // by panel

  int64_t steps() const { return seen.back().before + seen.back().count; }  // pairs of a panel and a chunk
};

ChannelPlan plan_channels(const Stencil& stencil);

// One chunk for all panels: a first layer, whose chunk is a kernel row.
ChannelPlan plan_rows(const Stencil& stencil);

}  // namespace mocosharp
