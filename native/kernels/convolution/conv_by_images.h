// Way 2 of a stencil's data: through many images at once.
#pragma once

#include <ATen/Parallel.h>

#include <cstring>
#include <vector>

#include "kernels/machine/cache.h"
#include "conv_job.h"
#include "conv_pack.h"

namespace mocosharp {

// Way 2: a tile's 16 rows are the same pixel of 16 images, so that taps outside of the image are left out instead of multiplied by zero:
// for maps of 4 x 4 that is a third of the work. The strip is laid out [row][column][chunk][image][32 channels].
class ByImages {
 public:
  ByImages(const Job& job) : job_(job) {
    line_ = job.plan().chunks;
    images_ = 32;
    strip_ = job.grid_rows();
    while (strip_ > 1 && bytes_of(strip_) > budget()) strip_ = (strip_ + 1) / 2;
    if (strip_ == job.grid_rows() && 2 * bytes_of(strip_) <= budget() && job.s.batch >= 64 * at::get_num_threads()) images_ = 64;
    strips_ = (job.grid_rows() + strip_ - 1) / strip_;
  }

  static constexpr bool kRowGroups = true;
  int64_t tasks() const { return (job_.s.batch + images_ - 1) / images_ * strips_; }
  int64_t buffer_bytes() const { return bytes_of(strip_); }

  void run(int64_t task, char* buffer, BlockMultiplier& multiplier, float* moments) const {
    const int64_t n = task / strips_ * images_, first = task % strips_ * strip_, last = std::min(first + strip_, job_.grid_rows());
    fill(n, first, last, buffer);
    fill_untouched(job_, n, std::min(images_, job_.s.batch - n), first, last);
    for (size_t p = 0; p < job_.s.phases.size(); ++p) {
      if (!job_.s.phases[p].taps.empty()) compute(static_cast<int64_t>(p), n, first, last, buffer, multiplier, moments);
    }
  }

 private:
  static int64_t budget() { return l2_bytes() / 2; }  // of a strip; weights take the rest of the L2 cache

  int64_t line_bytes() const { return images_ * 64; }
  int64_t bytes_of(int64_t strip) const {
    return std::min(job_.rows_for(strip), job_.s.in_height) * job_.s.in_width * line_ * line_bytes();
  }
  int64_t top(int64_t first) const { return std::max<int64_t>(0, first * job_.s.in_step_y + job_.low_y); }

  void fill(int64_t n, int64_t first, int64_t last, char* buffer) const {
    const Stencil& s = job_.s;
    const int64_t pixel = job_.pixel_bytes(), begin = top(first);
    const int64_t end = std::min(s.in_height, (last - 1) * s.in_step_y + job_.high_y + 1), count = std::min(images_, s.batch - n);
    if (count < images_) std::memset(buffer, 0, buffer_bytes());
    for (int64_t image = 0; image < count; ++image) {
      const char* from = job_.in + ((n + image) * s.in_height + begin) * s.in_width * pixel;
      const LineSpread spread{pixel, pixel, line_, job_.plan().chunk * 2, line_bytes(), line_ * line_bytes()};
      spread_pixels(from, (end - begin) * s.in_width, spread, buffer + image * 64);
    }
  }

  void compute(int64_t index, int64_t n, int64_t first, int64_t last, const char* buffer, BlockMultiplier& multiplier,
               float* moments) const {
    const Stencil& s = job_.s;
    const Phase& phase = s.phases[index];
    const int64_t pixel = line_ * line_bytes(), out_image = s.out_height * s.out_width * s.out_channels, begin = top(first);
    const ChannelPlan& plan = job_.plan();
    std::vector<int64_t> places;  // of the images
    for (int64_t image = 0; image < images_; ++image) places.push_back(n + image < s.batch ? image * out_image : -1);
    std::vector<TileStep> steps;
    uint64_t listed = ~uint64_t{0};  // the taps that `steps` is made of
    int64_t chunks = 0;              // and the chunks
    const auto place = [&](int64_t panel, int64_t y, int64_t x) {
      const ChannelPlan::Seen& seen = plan.seen[panel];
      const char* weights = job_.weights.panel(index, panel);
      const uint64_t inside = taps_inside(phase, y, x);
      if (inside != listed || seen.count != chunks) list_steps(phase, inside, pixel, seen.count, steps);
      listed = inside;
      chunks = seen.count;
      const char* a = buffer + ((y * s.in_step_y - begin) * s.in_width + x * s.in_step_x) * pixel + seen.first * line_bytes();
      for (int64_t image = 0; image < images_ && n + image < s.batch; image += 32) {
        uint16_t* out = job_.out_at(phase, n, y, x, panel);
        const auto target = [&](int64_t first) -> BlockTarget {
          return {out, places.data() + first, moments ? moments + panel * 32 : nullptr,
                  moments ? static_cast<int>((n + first) % job_.splits) : 0};
        };
        multiplier.multiply(a + image * 64, a + image * 64 + kTileBytes, 64, weights, steps.data(), static_cast<int64_t>(steps.size()),
                            job_.finish_of(panel), job_.channels(panel), target(image), target(image + 16));
      }
    };
    const bool grouped = s.groups > 1 && job_.weights.few();  // a pixel's panels in turn, so that its cache lines are written whole
    for (int64_t outer = 0; outer < (grouped ? 1 : plan.panels); ++outer) {
      for (int64_t y = first; y < std::min(last, phase.rows); ++y) {
        for (int64_t x = 0; x < phase.columns; ++x) {
          if (grouped) {
            for (int64_t panel = 0; panel < plan.panels; ++panel) place(panel, y, x);
          } else {
            place(outer, y, x);
          }
        }
      }
    }
  }

  // A bit for each tap that falls inside of the image; kernels have at most 64 taps here.
  uint64_t taps_inside(const Phase& phase, int64_t y, int64_t x) const {
    uint64_t inside = 0;
    for (size_t t = 0; t < phase.taps.size(); ++t) {
      const int64_t iy = y * job_.s.in_step_y + phase.taps[t].dy, ix = x * job_.s.in_step_x + phase.taps[t].dx;
      if (iy >= 0 && iy < job_.s.in_height && ix >= 0 && ix < job_.s.in_width) inside |= uint64_t{1} << t;
    }
    return inside;
  }

  void list_steps(const Phase& phase, uint64_t inside, int64_t pixel, int64_t chunks, std::vector<TileStep>& steps) const {
    steps.clear();
    for (size_t t = 0; t < phase.taps.size(); ++t) {
      if (!(inside >> t & 1)) continue;
      const Tap& tap = phase.taps[t];
      for (int64_t k = 0; k < chunks; ++k) {
        steps.push_back({static_cast<int32_t>((tap.dy * job_.s.in_width + tap.dx) * pixel + k * line_bytes()),
                         static_cast<int32_t>((static_cast<int64_t>(t) * chunks + k) * 2 * kTileBytes)});
      }
    }
  }

  const Job& job_;
  int64_t line_, images_, strip_, strips_;
};

}  // namespace mocosharp
