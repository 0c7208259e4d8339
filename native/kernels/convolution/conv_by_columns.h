// Way 1 of a stencil's data: through strips of rows of an image.
#pragma once

#include <ATen/Parallel.h>

#include <cstring>
#include <vector>

#include "kernels/machine/cache.h"
#include "conv_job.h"
#include "conv_pack.h"
#include "kernels/machine/threads.h"

namespace mocosharp {

// Way 1: a tile's 16 rows are 16 neighboring columns of one image, read from a strip of rows with zeros between them. The zeros behind
// one row are also those before the next: where blocks run on over the rows' ends (see `Job::runs_on`), few of their rows are dropped.
class ByColumns {
 public:
  ByColumns(const Job& job) : job_(job) {
    const Stencil& s = job.s;
    if (job.runs_on) {
      planes_y_ = s.in_step_y;
      planes_x_ = s.in_step_x;
    }
    step_y_ = s.in_step_y / planes_y_;
    step_x_ = s.in_step_x / planes_x_;
    low_y_ = floor_div(job.low_y, planes_y_);
    low_x_ = floor_div(job.low_x, planes_x_);
    high_y_ = floor_div(job.high_y, planes_y_);
    int64_t columns = 0;
    for (const Phase& phase : s.phases) columns = std::max(columns, phase.columns);
    const int64_t width = (s.in_width + planes_x_ - 1) / planes_x_, reach = (columns - 1) * step_x_ + floor_div(job.high_x, planes_x_) + 1;
    lead_ = std::max<int64_t>(0, -low_x_);
    pitch_ = job.direct ? s.in_width : std::max({width + lead_, reach, columns});
    pixel_ = s.groups > 1 ? job.plan().chunks * 64 : job.pixel_bytes();
    strip_ = job.grid_rows();
    while (strip_ > 1 && !fits(1, strip_)) strip_ = (strip_ + 1) / 2;
    strips_ = (job.grid_rows() + strip_ - 1) / strip_;
    const int64_t shared = s.batch / (4 * at::get_num_threads());  // images that leave every thread some tasks
    while (s.groups > 1 && strips_ == 1 && images_ < shared && fits(images_ + 1, strip_)) ++images_;
  }

  static constexpr bool kRowGroups = false;
  int64_t tasks() const { return (job_.s.batch + images_ - 1) / images_ * strips_; }
  int64_t buffer_bytes() const { return job_.direct ? 0 : images_ * bytes_of(strip_) + 16 * pixel_ + kSlack; }

  void run(int64_t task, char* buffer, BlockMultiplier& multiplier, float* moments) const {
    const int64_t n = task / strips_ * images_, end = std::min(n + images_, job_.s.batch);
    const int64_t first = task % strips_ * strip_, last = std::min(first + strip_, job_.grid_rows());
    const char* strip = buffer;
    if (job_.direct) {
      strip = job_.in + ((n * job_.s.in_height + first) * job_.s.in_width) * job_.pixel_bytes();
    } else {
      for (int64_t image = n; image < end; ++image) fill(image, first, last, buffer + (image - n) * bytes_of(strip_));
    }
    fill_untouched(job_, n, end - n, first, last);
    fetch_next(end, first, last, multiplier);
    for (size_t p = 0; p < job_.s.phases.size(); ++p) {
      if (!job_.s.phases[p].taps.empty()) compute(static_cast<int64_t>(p), {n, end}, {first, last}, strip, multiplier, moments);
    }
  }

 private:
  static constexpr int64_t kRowBudget = 96 << 10;  // a strip, near the L1 cache's size
  static constexpr int64_t kSlack = 128;           // a tile's rows of 64 bytes may reach past the last pixel

  struct Block {
    const char* source;
    uint16_t* out;
    const int64_t* places;
    int64_t image;
  };

  // Of strips and what they become, of which a panel sees a small part: in the L2 cache.
  static int64_t grouped_budget() { return l2_bytes() / 32 * 9; }
  static int64_t floor_div(int64_t a, int64_t b) { return (a >= 0 ? a : a - b + 1) / b; }

  int64_t rows_for(int64_t strip) const { return (strip - 1) * step_y_ + high_y_ - low_y_ + 1; }
  int64_t plane_bytes(int64_t strip) const { return (lead_ + rows_for(strip) * pitch_) * pixel_; }
  int64_t bytes_of(int64_t strip) const { return planes_y_ * planes_x_ * plane_bytes(strip); }
  bool fits(int64_t images, int64_t strip) const {
    if (job_.s.groups == 1) return bytes_of(strip) <= kRowBudget;
    return images * (bytes_of(strip) + strip * job_.s.out_step_y * job_.s.out_width * job_.s.out_channels * 2) <= grouped_budget();
  }
  int64_t plane_at(int64_t y, int64_t x) const { return (y * planes_x_ + x) * plane_bytes(strip_); }

  // The next strip lies behind this one, in this image or the next.
  void fetch_next(int64_t end, int64_t first, int64_t last, BlockMultiplier& multiplier) const {
    const Stencil& s = job_.s;
    const int64_t row = s.in_width * job_.pixel_bytes(), behind = std::min(s.in_height, (last - 1) * s.in_step_y + job_.high_y + 1);
    const int64_t rows = std::min(s.in_height, (last - first) * s.in_step_y);
    multiplier.fetch_ahead(job_.in + ((end - 1) * s.in_height + behind) * row, images_ * rows * row, steps(last - first));
  }

  // Tile steps of a strip of `rows`.
  int64_t steps(int64_t rows) const {
    int64_t count = 0;
    for (const Phase& phase : job_.s.phases) {
      const int64_t blocks = job_.runs_on ? (rows * pitch_ + 15) / 16 : rows * ((phase.columns + 15) / 16);
      count += (images_ * blocks + 1) / 2 * static_cast<int64_t>(phase.taps.size()) * job_.plan().steps();
    }
    return count;
  }

  // Image n's rows, every plane_y_-th and plane_x_-th pixel of them in a plane of its own.
  void fill(int64_t n, int64_t first, int64_t last, char* buffer) const {
    const Stencil& s = job_.s;
    for (int64_t y = 0; y < planes_y_; ++y) {
      for (int64_t x = 0; x < planes_x_; ++x) {
        char* line = buffer + plane_at(y, x);
        std::memset(line, 0, lead_ * pixel_);
        line += lead_ * pixel_;
        for (int64_t r = 0; r < rows_for(last - first); ++r, line += pitch_ * pixel_) {
          const int64_t row = (first * step_y_ + low_y_ + r) * planes_y_ + y;
          int64_t copied = 0;
          if (row >= 0 && row < s.in_height) {
            copied = (s.in_width - x + planes_x_ - 1) / planes_x_;
            copy(job_.in + ((n * s.in_height + row) * s.in_width + x) * job_.pixel_bytes(), copied, line);
          }
          std::memset(line + copied * pixel_, 0, (pitch_ - copied) * pixel_);
        }
        std::memset(line, 0, kSlack);
      }
    }
  }

  void copy(const char* from, int64_t pixels, char* to) const {
    const int64_t bytes = job_.pixel_bytes();
    if (job_.s.groups == 1) std::memcpy(to, from, pixels * bytes);
    else spread_pixels(from, pixels, {bytes, planes_x_ * bytes, job_.plan().chunks, job_.plan().chunk * 2, 64, pixel_}, to);
  }

  // Pixels from one tile row to the next, and from one grid row to the next.
  int64_t across() const { return step_x_ * pixel_; }
  int64_t down() const { return step_y_ * pitch_ * pixel_; }

  void compute(int64_t index, Range images, Range rows, const char* strip, BlockMultiplier& multiplier, float* moments) const {
    const Phase& phase = job_.s.phases[index];
    rows.end = std::min(rows.end, phase.rows);
    if (rows.begin >= rows.end) return;
    std::vector<int64_t> places;
    const std::vector<Block> blocks =
        job_.runs_on ? running_blocks(phase, images, rows, strip, places) : row_blocks(phase, images, rows, strip, places);
    const ChannelPlan& plan = job_.plan();
    std::vector<TileStep> steps;
    int64_t chunks = 0;  // that `steps` is made of
    for (int64_t panel = 0; panel < plan.panels; ++panel) {
      const ChannelPlan::Seen& seen = plan.seen[panel];
      if (seen.count != chunks) list_steps(phase, seen.count, steps);
      chunks = seen.count;
      const int64_t skipped = seen.first * 64, channel = panel * plan.panel;
      const auto target = [&](const Block& b) -> BlockTarget {
        return {b.out + channel, b.places, moments ? moments + panel * 32 : nullptr, moments ? static_cast<int>(b.image % job_.splits) : 0};
      };
      for (size_t i = 0; i < blocks.size(); i += 2) {
        const bool pair = i + 1 < blocks.size();
        const Block &one = blocks[i], &two = blocks[pair ? i + 1 : i];
        multiplier.multiply(one.source + skipped, two.source + skipped, across(), job_.weights.panel(index, panel), steps.data(),
                            static_cast<int64_t>(steps.size()), job_.finish_of(panel), job_.channels(panel), target(one),
                            pair ? target(two) : BlockTarget{nullptr, kNowhere, nullptr, 0});
      }
    }
  }

  // The last block of a row overlaps its neighbor where 16 does not divide the row.
  std::vector<Block> row_blocks(const Phase& phase, Range images, Range rows, const char* strip, std::vector<int64_t>& places) const {
    const Stencil& s = job_.s;
    for (int64_t i = 0; i < 16; ++i) places.push_back(i * s.out_step_x * s.out_channels);
    std::vector<Block> blocks;
    for (int64_t n = images.begin; n < images.end; ++n, strip += bytes_of(strip_)) {
      for (int64_t y = rows.begin; y < rows.end; ++y) {
        for (int64_t begin = 0; begin < phase.columns; begin += 16) {
          const int64_t x = std::min(begin, phase.columns - 16), image = job_.direct ? (y * s.out_width + x) / job_.image_pixels : n;
          blocks.push_back({strip + (y - rows.begin) * down() + x * across(), job_.out_at(phase, n, y, x, 0), places.data(), image});
        }
      }
    }
    return blocks;
  }

  // Blocks follow one another through the strip; what of them falls on the zeros between rows has no place.
  std::vector<Block> running_blocks(const Phase& phase, Range images, Range rows, const char* strip, std::vector<int64_t>& places) const {
    const Stencil& s = job_.s;
    const int64_t height = rows.end - rows.begin, pixels = (height - 1) * pitch_ + phase.columns;
    int64_t y = 0, x = 0;
    for (int64_t i = 0; i < (pixels + 15) / 16 * 16; ++i) {
      places.push_back(y < height && x < phase.columns ? (y * s.out_step_y * s.out_width + x * s.out_step_x) * s.out_channels : -1);
      if (++x == pitch_) x = 0, ++y;
    }
    std::vector<Block> blocks;
    for (int64_t n = images.begin; n < images.end; ++n, strip += bytes_of(strip_)) {
      uint16_t* out = job_.out_at(phase, n, rows.begin, 0, 0);
      for (int64_t i = 0; i < pixels; i += 16) blocks.push_back({strip + i * pixel_, out, places.data() + i, n});
    }
    return blocks;
  }

  void list_steps(const Phase& phase, int64_t chunks, std::vector<TileStep>& steps) const {
    steps.clear();
    for (size_t t = 0; t < phase.taps.size(); ++t) {
      const Tap& tap = phase.taps[t];
      const int64_t y = floor_div(tap.dy, planes_y_), x = floor_div(tap.dx, planes_x_);
      const int64_t at = plane_at(tap.dy - y * planes_y_, tap.dx - x * planes_x_) + (lead_ + (y - low_y_) * pitch_ + x) * pixel_;
      for (int64_t k = 0; k < chunks; ++k) {
        steps.push_back({static_cast<int32_t>(at + k * 64), static_cast<int32_t>((static_cast<int64_t>(t) * chunks + k) * 2 * kTileBytes)});
      }
    }
  }

  const Job& job_;
  int64_t planes_y_ = 1, planes_x_ = 1;  // that the input is dealt to, so that a tile's rows are neighbors there
  int64_t step_y_, step_x_;              // within a plane
  int64_t low_y_, low_x_, high_y_;       // reach of all taps within a plane
  int64_t lead_;                         // pixels of zeros before the first row
  int64_t pitch_, pixel_;                // pixels from row to row; bytes from pixel to pixel
  int64_t strip_, strips_, images_ = 1;
};

}  // namespace mocosharp
