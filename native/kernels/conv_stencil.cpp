#include "conv_stencil.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <vector>

#include "amx.h"
#include "conv_pack.h"
#include "conv_tiles.h"
#include "conv_weights.h"
#include "threads.h"

namespace mocosharp {
namespace {

constexpr int64_t kRowBudget = 96 << 10;     // a strip of one image, near the L1 cache
constexpr int64_t kImagesBudget = 1 << 20;   // a strip of many images: half of the L2 cache, weights take the rest
constexpr int64_t kSlack = 128;              // a tile's rows of 64 bytes may reach past the last pixel

// Everything the loops need, worked out once a call.
struct Job {
  Stencil s;
  PackedWeights weights;
  const char* in;
  uint16_t* out;
  const uint16_t* add;
  const float* bias;
  int64_t panels;
  int64_t low_y, high_y, low_x, high_x;  // reach of all taps
  bool direct;                           // tiles are loaded from `in` itself
  int64_t splits;                        // groups of the moments; 0 when nobody asked
  int64_t image_pixels;                  // of an output image, before flattening

  MomentLayout moment_layout(bool row_groups) const { return {panels * 32, static_cast<int>(std::max<int64_t>(splits, 1)), row_groups}; }
  int64_t moment_count() const { return splits * 2 * panels * 32; }

  int64_t pixel_bytes() const { return s.in_channels * 2; }
  int64_t rows_for(int64_t grid_rows) const { return (grid_rows - 1) * s.in_step_y + high_y - low_y + 1; }
  int64_t grid_rows() const { return s.phases[0].rows; }
  int channels(int64_t panel) const { return static_cast<int>(std::min<int64_t>(32, s.out_channels - panel * 32)); }
  const float* bias_of(int64_t panel) const { return bias ? bias + panel * 32 : nullptr; }
  uint16_t* out_at(const Phase& phase, int64_t n, int64_t y, int64_t x, int64_t panel) const {
    const int64_t row = y * s.out_step_y + phase.y, column = x * s.out_step_x + phase.x;
    return out + ((n * s.out_height + row) * s.out_width + column) * s.out_channels + panel * 32;
  }
};

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

// Phases without taps (a 1x1 kernel with stride 2 has three) leave their outputs at zero, or at what is to be added: the rows of a strip
// are filled whole, and the other phases then write over theirs.
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
    for (size_t p = 0; p < job_.s.phases.size(); ++p) {
      if (!job_.s.phases[p].taps.empty()) compute(static_cast<int64_t>(p), n, first, last, strip, multiplier, moments);
    }
  }

 private:
  int64_t bytes_of(int64_t strip) const { return job_.rows_for(strip) * pitch_ * job_.pixel_bytes(); }

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

  void compute(int64_t index, int64_t n, int64_t first, int64_t last, const char* strip, BlockMultiplier& multiplier, float* moments) const {
    const Stencil& s = job_.s;
    const Phase& phase = s.phases[index];
    const int64_t pixel = job_.pixel_bytes();
    std::vector<TileStep> steps;
    for (size_t t = 0; t < phase.taps.size(); ++t) {
      const Tap& tap = phase.taps[t];
      for (int64_t k = 0; k < job_.weights.chunks; ++k) {
        steps.push_back({static_cast<int32_t>(((tap.dy - job_.low_y) * pitch_ + tap.dx - job_.low_x) * pixel + k * 64),
                         static_cast<int32_t>((static_cast<int64_t>(t) * job_.weights.chunks + k) * 2 * kTileBytes)});
      }
    }
    struct Block {
      int64_t y, x;
    };
    std::vector<Block> blocks;  // the last block of a row overlaps its neighbour where 16 does not divide the row
    for (int64_t y = first; y < std::min(last, phase.rows); ++y) {
      for (int64_t x = 0; x < phase.columns; x += 16) blocks.push_back({y, std::min(x, phase.columns - 16)});
    }
    const auto source = [&](const Block& b) { return strip + ((b.y - first) * s.in_step_y * pitch_ + b.x * s.in_step_x) * pixel; };
    const int64_t out_stride = s.out_step_x * s.out_channels;
    for (int64_t panel = 0; panel < job_.panels; ++panel) {
      const char* weights = job_.weights.panel(index, panel);
      for (size_t i = 0; i < blocks.size(); i += 2) {
        const Block &one = blocks[i], &two = blocks[std::min(i + 1, blocks.size() - 1)];
        const auto target = [&](const Block& b, int rows) -> BlockTarget {
          const int64_t image = job_.direct ? (b.y * s.out_width + b.x) / job_.image_pixels : n;
          return {job_.out_at(phase, n, b.y, b.x, panel), out_stride, rows, moments ? moments + panel * 32 : nullptr,
                  moments ? static_cast<int>(image % job_.splits) : 0};
        };
        multiplier.multiply(source(one), source(two), s.in_step_x * pixel, weights, steps.data(), static_cast<int64_t>(steps.size()),
                            job_.bias_of(panel), job_.channels(panel), target(one, 16), target(two, i + 1 < blocks.size() ? 16 : 0));
      }
    }
  }

  const Job& job_;
  int64_t pitch_, strip_, strips_;
};

// Way 2: a tile's 16 rows are the same pixel of 16 images, so that taps outside of the image are left out instead of multiplied by zero:
// for maps of 4 x 4 that is a third of the work. The strip is laid out [row][column][chunk][image][32 channels].
class ByImages {
 public:
  ByImages(const Job& job) : job_(job) {
    line_ = job.weights.chunks;
    images_ = 32;
    strip_ = job.grid_rows();
    while (strip_ > 1 && bytes_of(strip_) > kImagesBudget) strip_ = (strip_ + 1) / 2;
    if (strip_ == job.grid_rows() && 2 * bytes_of(strip_) <= kImagesBudget && job.s.batch >= 64 * at::get_num_threads()) images_ = 64;
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
      const int64_t pixels = (end - begin) * s.in_width;
      if (pixel % 64 == 0) {
        spread_lines(from, pixels * line_, 64, buffer + image * 64, line_bytes());
      } else {
        for (int64_t i = 0; i < pixels; ++i) {
          spread_lines(from + i * pixel, line_, pixel % 64, buffer + i * line_ * line_bytes() + image * 64, line_bytes());
        }
      }
    }
  }

  void compute(int64_t index, int64_t n, int64_t first, int64_t last, const char* buffer, BlockMultiplier& multiplier, float* moments) const {
    const Stencil& s = job_.s;
    const Phase& phase = s.phases[index];
    const int64_t pixel = line_ * line_bytes(), out_image = s.out_height * s.out_width * s.out_channels, begin = top(first);
    std::vector<TileStep> steps;
    uint64_t listed = ~uint64_t{0};  // the taps that `steps` is made of
    for (int64_t panel = 0; panel < job_.panels; ++panel) {
      const char* weights = job_.weights.panel(index, panel);
      for (int64_t y = first; y < std::min(last, phase.rows); ++y) {
        for (int64_t x = 0; x < phase.columns; ++x) {
          const uint64_t inside = taps_inside(phase, y, x);
          if (inside != listed) list_steps(phase, inside, pixel, steps);
          listed = inside;
          const char* a = buffer + ((y * s.in_step_y - begin) * s.in_width + x * s.in_step_x) * pixel;
          for (int64_t image = 0; image < images_ && n + image < s.batch; image += 32) {
            const int64_t left = s.batch - n - image;
            uint16_t* out = job_.out_at(phase, n + image, y, x, panel);
            const auto target = [&](int64_t first, int64_t rows) -> BlockTarget {
              return {out + first * out_image, out_image, static_cast<int>(rows), moments ? moments + panel * 32 : nullptr,
                      moments ? static_cast<int>((n + image + first) % job_.splits) : 0};
            };
            multiplier.multiply(a + image * 64, a + image * 64 + kTileBytes, 64, weights, steps.data(), static_cast<int64_t>(steps.size()),
                                job_.bias_of(panel), job_.channels(panel), target(0, std::min<int64_t>(16, left)),
                                target(16, std::clamp<int64_t>(left - 16, 0, 16)));
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

  void list_steps(const Phase& phase, uint64_t inside, int64_t pixel, std::vector<TileStep>& steps) const {
    steps.clear();
    for (size_t t = 0; t < phase.taps.size(); ++t) {
      if (!(inside >> t & 1)) continue;
      const Tap& tap = phase.taps[t];
      for (int64_t k = 0; k < job_.weights.chunks; ++k) {
        steps.push_back({static_cast<int32_t>((tap.dy * job_.s.in_width + tap.dx) * pixel + k * line_bytes()),
                         static_cast<int32_t>((static_cast<int64_t>(t) * job_.weights.chunks + k) * 2 * kTileBytes)});
      }
    }
  }

  const Job& job_;
  int64_t line_, images_, strip_, strips_;
};

// Adds one task's sums to a thread's doubles and clears them.
void collect(std::vector<float>& sums, double* totals) {
  for (size_t i = 0; i < sums.size(); ++i) {
    totals[i] += sums[i];
    sums[i] = 0.0f;
  }
}

// Runs all tasks; `moments` becomes [splits][2][panels * 32] if the job asks for them.
template <typename Way>
void run(const Way& way, const Job& job, const at::Tensor& like, std::vector<double>& moments) {
  const int threads = static_cast<int>(std::min<int64_t>(at::get_num_threads(), way.tasks()));
  const int64_t bytes = (way.buffer_bytes() + 4095) / 4096 * 4096, count = job.moment_count();
  const at::Tensor buffers = at::empty({bytes * threads + 64}, like.options().dtype(at::kByte).memory_format(at::MemoryFormat::Contiguous));
  char* base = reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(buffers.data_ptr()) + 63) / 64 * 64);
  moments.assign(count * threads, 0.0);
  for_each_thread(threads, [&](int thread) {
    const TileScope tiles;
    const Range range = share(way.tasks(), thread, threads);
    BlockMultiplier multiplier(job.out, job.add, job.moment_layout(Way::kRowGroups));
    std::vector<float> sums(count);
    for (int64_t task = range.begin; task < range.end; ++task) {
      way.run(task, base + thread * bytes, multiplier, count > 0 ? sums.data() : nullptr);
      if (count == 0) continue;
      multiplier.finish();
      collect(sums, moments.data() + thread * count);
    }
    multiplier.finish();
  });
  for (int thread = 1; thread < threads; ++thread) {
    for (int64_t i = 0; i < count; ++i) moments[i] += moments[thread * count + i];
  }
}

int64_t narrowest(const Stencil& s) {
  int64_t columns = INT64_MAX;
  for (const Phase& phase : s.phases) columns = std::min(columns, phase.columns);
  return columns;
}

// Part of the work of each way that is thrown away decides between them.
bool columns_fit(const Stencil& s) {
  const int64_t columns = narrowest(s);
  if (columns < 16) return false;
  const double wasted_columns = static_cast<double>((columns + 15) / 16 * 16) / columns;
  const double wasted_images = static_cast<double>((s.batch + 31) / 32 * 32) / s.batch;
  return wasted_columns <= 1.2 * wasted_images;
}

// A 1x1 convolution does not care where rows end: one image of rows as long as divides the pixels.
bool flatten(Stencil& s) {
  const bool plain = s.phases.size() == 1 && s.phases[0].taps.size() == 1 && s.phases[0].taps[0].dy == 0 && s.phases[0].taps[0].dx == 0 &&
                     s.in_step_y == 1 && s.in_step_x == 1 && s.out_step_y == 1 && s.out_step_x == 1 && s.in_height == s.out_height &&
                     s.in_width == s.out_width && s.in_channels % 32 == 0;
  const int64_t pixels = s.batch * s.in_height * s.in_width;
  if (!plain || pixels % 16 != 0) return false;
  const int64_t width = pixels % 64 == 0 ? 64 : pixels % 32 == 0 ? 32 : 16;
  s.batch = 1;
  s.in_height = s.out_height = s.phases[0].rows = pixels / width;
  s.in_width = s.out_width = s.phases[0].columns = width;
  return true;
}

}  // namespace

bool stencil_takes(const Stencil& s) {
  bool any = false;
  for (const Phase& phase : s.phases) {
    any = any || !phase.taps.empty();
    if (phase.taps.size() > 64) return false;
  }
  return any && has_amx() && s.batch > 0 && s.out_height > 0 && s.out_width > 0 && s.out_channels % 16 == 0;
}

at::Tensor apply_stencil(const Stencil& stencil, const at::Tensor& in, const at::Tensor& weight, const at::Tensor& bias,
                         const at::Tensor& add, MomentRequest* request) {
  at::Tensor out = at::empty({stencil.batch, stencil.out_channels, stencil.out_height, stencil.out_width},
                             in.options().memory_format(at::MemoryFormat::ChannelsLast));
  Job job{stencil, {}, static_cast<const char*>(in.data_ptr()), static_cast<uint16_t*>(out.data_ptr()),
          add.defined() ? static_cast<const uint16_t*>(add.data_ptr()) : nullptr, bias.defined() ? bias.data_ptr<float>() : nullptr, (stencil.out_channels + 31) / 32, 0, 0, 0, 0, false, 0,
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
  const bool summable = !columns || (narrowest(job.s) % 16 == 0 && (!job.direct || job.image_pixels % 16 == 0));
  if (request && summable) job.splits = request->splits;
  std::vector<double> moments;
  if (columns) run(ByColumns(job), job, in, moments);
  else run(ByImages(job), job, in, moments);
  if (job.splits > 0) {
    const at::Tensor all = at::from_blob(moments.data(), {job.splits, 2, job.panels * 32}, at::kDouble);
    request->moments = all.slice(2, 0, stencil.out_channels).contiguous().clone();
  }
  return out;
}

}  // namespace mocosharp
