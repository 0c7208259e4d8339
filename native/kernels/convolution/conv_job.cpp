#include "conv_job.h"

#include <cstring>

namespace mocosharp {

void find_reach(Job& job) {
  job.low_y = job.low_x = INT64_MAX;
  job.high_y = job.high_x = INT64_MIN;
  for (const Phase& phase : job.s.phases) {
    for (const Tap& tap : phase.taps) {
      job.low_y = std::min(job.low_y, tap.dy);
      job.high_y = std::max(job.high_y, tap.dy);
      job.low_x = std::min(job.low_x, tap.dx);
      job.high_x = std::max(job.high_x, tap.dx);
    }
  }
}

void fill_untouched(const Job& job, int64_t n, int64_t images, int64_t first, int64_t last) {
  const Stencil& s = job.s;
  const bool any = std::any_of(s.phases.begin(), s.phases.end(), [](const Phase& phase) { return phase.taps.empty(); });
  if (!any) return;
  const int64_t row = s.out_width * s.out_channels, begin = first * s.out_step_y, end = std::min(s.out_height, last * s.out_step_y);
  for (int64_t image = n; image < n + images; ++image) {
    const int64_t at = (image * s.out_height + begin) * row;
    if (job.add) std::memcpy(job.out + at, job.add + at, (end - begin) * row * sizeof(uint16_t));
    else std::memset(job.out + at, 0, (end - begin) * row * sizeof(uint16_t));
  }
}

int64_t narrowest(const Stencil& s) {
  int64_t columns = INT64_MAX;
  for (const Phase& phase : s.phases) columns = std::min(columns, phase.columns);
  return columns;
}

bool columns_fit(const Stencil& s) {
  const int64_t columns = narrowest(s);
  // A block of groups has so few steps that packing images side by side takes longer, save where most of a row would be border.
  if (s.groups > 1 && columns >= 5) return true;
  if (columns < 16) return false;
  const double wasted_columns = static_cast<double>((columns + 15) / 16 * 16) / columns;
  const double wasted_images = static_cast<double>((s.batch + 31) / 32 * 32) / s.batch;
  return wasted_columns <= 1.2 * wasted_images;
}

bool columns_run_on(const Stencil& s) {
  const auto uneven = [](const Phase& phase) { return phase.columns % 16 != 0; };
  return s.groups > 1 && std::any_of(s.phases.begin(), s.phases.end(), uneven);
}

bool flatten(Stencil& s) {
  const bool plain = s.phases.size() == 1 && s.phases[0].taps.size() == 1 && s.phases[0].taps[0].dy == 0 && s.phases[0].taps[0].dx == 0 &&
                     s.in_step_y == 1 && s.in_step_x == 1 && s.out_step_y == 1 && s.out_step_x == 1 && s.in_height == s.out_height &&
                     s.in_width == s.out_width && s.in_channels % 32 == 0 && s.groups == 1;
  const int64_t pixels = s.batch * s.in_height * s.in_width;
  if (!plain || pixels % 16 != 0) return false;
  const int64_t width = pixels % 64 == 0 ? 64 : pixels % 32 == 0 ? 32 : 16;
  s.batch = 1;
  s.in_height = s.out_height = s.phases[0].rows = pixels / width;
  s.in_width = s.out_width = s.phases[0].columns = width;
  return true;
}

}  // namespace mocosharp
