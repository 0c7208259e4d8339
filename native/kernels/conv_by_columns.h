// Way 1 of a stencil's data: through strips of rows of one image.
#pragma once

#include <cstring>
#include <vector>

#include "conv_job.h"

namespace mocosharp {

// Way 1: a tile's 16 rows are 16 neighbouring columns of one image, read from a strip of rows with a border of zeros.
class ByColumns {
 public:
  ByColumns(const Job& job) : job_(job) {
    int64_t columns = 0;
    for (const Phase& phase : job.s.phases) columns = std::max(columns, phase.columns);
    pitch_ = job.direct ? job.s.in_width : (columns - 1) * job.s.in_step_x + job.high_x - job.low_x + 1;
    strip_ = job.grid_rows();
    while (strip_ > 1 && bytes_of(strip_) > kRowBudget) strip_ = (strip_ + 1) / 2;
    strips_ = (job.grid_rows() + strip_ - 1) / strip_;
  }

  static constexpr bool kRowGroups = false;
  int64_t tasks() const { return job_.s.batch * strips_; }
  int64_t buffer_bytes() const { return job_.direct ? 0 : bytes_of(strip_) + kSlack; }

  void run(int64_t task, char* buffer, BlockMultiplier& multiplier, float* moments) const {
    const int64_t n = task / strips_, first = task % strips_ * strip_, last = std::min(first + strip_, job_.grid_rows());
    const char* strip = buffer;
    if (job_.direct) strip = job_.in + ((n * job_.s.in_height + first) * job_.s.in_width) * job_.pixel_bytes();
    else fill(n, first, last, buffer);
    fill_untouched(job_, n, 1, first, last);
    fetch_next(n, last, last - first, multiplier);
    for (size_t p = 0; p < job_.s.phases.size(); ++p) {
      if (!job_.s.phases[p].taps.empty()) compute(static_cast<int64_t>(p), n, first, last, strip, multiplier, moments);
    }
  }

 private:
  static constexpr int64_t kRowBudget = 96 << 10;  // a strip, near the L1 cache's size
  static constexpr int64_t kSlack = 128;           // a tile's rows of 64 bytes may reach past the last pixel

  int64_t bytes_of(int64_t strip) const { return job_.rows_for(strip) * pitch_ * job_.pixel_bytes(); }

  // The next strip lies behind this one, in this image or the next.
  void fetch_next(int64_t n, int64_t last, int64_t rows, BlockMultiplier& multiplier) const {
    const Stencil& s = job_.s;
    const int64_t row = s.in_width * job_.pixel_bytes(), behind = std::min(s.in_height, (last - 1) * s.in_step_y + job_.high_y + 1);
    multiplier.fetch_ahead(job_.in + (n * s.in_height + behind) * row, rows * s.in_step_y * row, steps(rows));
  }

  // Tile steps of a strip of `rows`.
  int64_t steps(int64_t rows) const {
    int64_t count = 0;
    for (const Phase& phase : job_.s.phases) {
      const int64_t blocks = (rows * ((phase.columns + 15) / 16) + 1) / 2;
      count += blocks * static_cast<int64_t>(phase.taps.size()) * job_.plan().steps();
    }
    return count;
  }

  void fill(int64_t n, int64_t first, int64_t last, char* buffer) const {
    const Stencil& s = job_.s;
    const int64_t pixel = job_.pixel_bytes(), top = first * s.in_step_y + job_.low_y, rows = job_.rows_for(last - first);
    const int64_t left = std::max<int64_t>(0, -job_.low_x), from = std::max<int64_t>(0, job_.low_x);
    const int64_t copied = std::min(s.in_width - from, pitch_ - left);
    for (int64_t r = 0; r < rows; ++r) {
      char* line = buffer + r * pitch_ * pixel;
      const int64_t y = top + r;
      if (y < 0 || y >= s.in_height) {
        std::memset(line, 0, pitch_ * pixel);
        continue;
      }
      std::memset(line, 0, left * pixel);
      std::memcpy(line + left * pixel, job_.in + ((n * s.in_height + y) * s.in_width + from) * pixel, copied * pixel);
      std::memset(line + (left + copied) * pixel, 0, (pitch_ - left - copied) * pixel);
    }
    std::memset(buffer + rows * pitch_ * pixel, 0, kSlack);
  }

  void compute(int64_t index, int64_t n, int64_t first, int64_t last, const char* strip, BlockMultiplier& multiplier,
               float* moments) const {
    const Stencil& s = job_.s;
    const Phase& phase = s.phases[index];
    const int64_t pixel = job_.pixel_bytes();
    std::vector<TileStep> steps;
    struct Block {
      int64_t y, x;
    };
    std::vector<Block> blocks;  // the last block of a row overlaps its neighbour where 16 does not divide the row
    for (int64_t y = first; y < std::min(last, phase.rows); ++y) {
      for (int64_t x = 0; x < phase.columns; x += 16) blocks.push_back({y, std::min(x, phase.columns - 16)});
    }
    const auto source = [&](const Block& b) { return strip + ((b.y - first) * s.in_step_y * pitch_ + b.x * s.in_step_x) * pixel; };
    const int64_t out_stride = s.out_step_x * s.out_channels;
    const ChannelPlan& plan = job_.plan();
    int64_t chunks = 0;  // that `steps` is made of
    const auto place = [&](int64_t panel, size_t i) {
      const ChannelPlan::Seen& seen = plan.seen[panel];
      if (seen.count != chunks) list_steps(phase, seen.count, steps);
      chunks = seen.count;
      const int64_t skipped = seen.first * plan.chunk * 2;
      const Block &one = blocks[i], &two = blocks[std::min(i + 1, blocks.size() - 1)];
      const auto target = [&](const Block& b, int rows) -> BlockTarget {
        const int64_t image = job_.direct ? (b.y * s.out_width + b.x) / job_.image_pixels : n;
        return {job_.out_at(phase, n, b.y, b.x, panel), out_stride, rows, moments ? moments + panel * 32 : nullptr,
                moments ? static_cast<int>(image % job_.splits) : 0};
      };
      multiplier.multiply(source(one) + skipped, source(two) + skipped, s.in_step_x * pixel, job_.weights.panel(index, panel), steps.data(),
                          static_cast<int64_t>(steps.size()), job_.bias_of(panel), job_.channels(panel), target(one, 16),
                          target(two, i + 1 < blocks.size() ? 16 : 0));
    };
    const bool grouped = s.groups > 1 && job_.weights.few();  // a block's panels in turn, so that its cache lines are written whole
    for (int64_t outer = 0; outer < (grouped ? 1 : plan.panels); ++outer) {
      for (size_t i = 0; i < blocks.size(); i += 2) {
        if (grouped) {
          for (int64_t panel = 0; panel < plan.panels; ++panel) place(panel, i);
        } else {
          place(outer, i);
        }
      }
    }
  }

  void list_steps(const Phase& phase, int64_t chunks, std::vector<TileStep>& steps) const {
    steps.clear();
    for (size_t t = 0; t < phase.taps.size(); ++t) {
      const Tap& tap = phase.taps[t];
      const int64_t at = ((tap.dy - job_.low_y) * pitch_ + tap.dx - job_.low_x) * job_.pixel_bytes();
      for (int64_t k = 0; k < chunks; ++k) {
        steps.push_back({static_cast<int32_t>(at + k * job_.plan().chunk * 2),
                         static_cast<int32_t>((static_cast<int64_t>(t) * chunks + k) * 2 * kTileBytes)});
      }
    }
  }

  const Job& job_;
  int64_t pitch_, strip_, strips_;
};

}  // namespace mocosharp
