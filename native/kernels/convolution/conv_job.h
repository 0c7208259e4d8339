// One application of a stencil: its data, and the few numbers that both ways through it share.
#pragma once

#include <algorithm>
#include <cstdint>

#include "conv_shape.h"
#include "conv_tiles.h"
#include "conv_weights.h"

namespace mocosharp {

// Everything the loops need, worked out once a call.
struct Job {
  Stencil s;
  PackedWeights weights;
  const char* in;
  uint16_t* out;
  const uint16_t* add;
  FinishTerms finish;
  int64_t low_y, high_y, low_x, high_x;  // reach of all taps
  bool direct;                           // tiles are loaded from `in` itself
  bool runs_on;                          // blocks of neighboring columns run on over the rows' ends
  int64_t splits;                        // groups of the moments; 0 when nobody asked
  int64_t image_pixels;                  // of an output image, before flattening

  const ChannelPlan& plan() const { return weights.plan; }
  MomentLayout moment_layout(bool row_groups) const {
    return {plan().panels * 32, static_cast<int>(std::max<int64_t>(splits, 1)), row_groups};
  }
  int64_t moment_count() const { return splits * 2 * plan().panels * 32; }

  int64_t pixel_bytes() const { return s.in_channels * 2; }
  int64_t rows_for(int64_t grid_rows) const { return (grid_rows - 1) * s.in_step_y + high_y - low_y + 1; }
  int64_t grid_rows() const { return s.phases[0].rows; }
  int channels(int64_t panel) const { return static_cast<int>(std::min(plan().panel, s.out_channels - panel * plan().panel)); }
  FinishTerms finish_of(int64_t panel) const { return finish.from(panel * plan().panel); }
  uint16_t* out_at(const Phase& phase, int64_t n, int64_t y, int64_t x, int64_t panel) const {
    const int64_t row = y * s.out_step_y + phase.y, column = x * s.out_step_x + phase.x;
    return out + ((n * s.out_height + row) * s.out_width + column) * s.out_channels + panel * plan().panel;
  }
};

void find_reach(Job& job);

// Phases without taps (a 1x1 kernel with stride 2 has three) leave their outputs at zero, or at what is to be added: the rows of a strip
// are filled whole, and the other phases then write over theirs.
void fill_untouched(const Job& job, int64_t n, int64_t images, int64_t first, int64_t last);

// Columns of the narrowest phase.
int64_t narrowest(const Stencil& stencil);

// Whether tiles of neighboring columns waste less work than tiles of images.
bool columns_fit(const Stencil& stencil);

// Whether such tiles do not end with the rows: for groups, whose few steps a block make packing images side by side too dear.
bool columns_run_on(const Stencil& stencil);

// A 1x1 convolution does not care where rows end: makes it one image of rows as long as divides the pixels. False where it is not one.
bool flatten(Stencil& stencil);

}  // namespace mocosharp
