// The parts that a weight gradient is added up from: 32 images x a strip of rows, packed for the tiles.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "kernels/machine/cache.h"
#include "conv_pack.h"
#include "conv_shape.h"
#include "conv_tiles.h"
#include "kernels/machine/threads.h"

namespace mocosharp {

constexpr int64_t kImages = 32;    // the inner axis of one tile product
constexpr int64_t kSkew = 5 * 64;  // blocks a power of two apart would share the caches' sets
constexpr int kGroup = 3;          // taps that share one load of the output gradient

// Of a piece's packed data: most of the L2 cache.
inline int64_t piece_budget() { return l2_bytes() / 8 * 7; }

struct Geometry {
  ConvShape s;  // the first layer is seen as 1 x 1 over unfolded pixels
  bool unfolded;
  RowWindow window;  // for unfolding
  int64_t first_pad, stride_rows;
  int64_t in_blocks, out_blocks;  // of 16 channels
  int64_t strip, strips, groups;
  int64_t sets, set_in, set_out;  // sets of channels that no group is divided by, and the blocks in one (the last may have fewer)
  struct Near {
    int64_t first, count, before;  // input blocks; those of all earlier output blocks
  };
  std::vector<Near> near;  // by output block

  int64_t taps() const { return s.taps(); }
  int64_t pieces() const { return groups * strips * sets; }
  Range in_range(int64_t set) const { return {set * set_in, std::min(set * set_in + set_in, in_blocks)}; }
  Range out_range(int64_t set) const { return {set * set_out, std::min(set * set_out + set_out, out_blocks)}; }
  // Only blocks that share a group have sums: those of an output block lie one after another.
  bool connected(int64_t out, int64_t in) const { return in >= near[out].first && in < near[out].first + near[out].count; }
  int64_t pair(int64_t out, int64_t in) const { return near[out].before + in - near[out].first; }
  int64_t tiles() const { return (near.back().before + near.back().count) * taps(); }
  int64_t in_rows(int64_t out_rows) const { return std::min((out_rows - 1) * s.stride_height + s.kernel_height, s.in_height); }
  // Tiles have their 16 rows a whole strip apart: packing then writes memory in order.
  int64_t in_pitch() const { return in_rows(strip) * s.in_width * 64 + 64; }
  int64_t in_block_bytes() const { return 16 * in_pitch() + kSkew; }
  int64_t out_pitch() const { return strip * s.out_width() * 64 + 64; }
  int64_t out_block_bytes() const { return 16 * out_pitch() + kSkew; }
  int64_t piece_bytes() const { return set_in * in_block_bytes() + set_out * out_block_bytes(); }
};

// Whether a first layer's few channels are unfolded: a kernel row of them fits half a tile's row.
inline bool unfolds(const ConvShape& s) { return s.groups == 1 && s.in_channels < 16 && s.in_channels * s.kernel_width <= 32; }

Geometry geometry_of(const ConvShape& shape);

// Whether a kernel row's three taps slide over the image's rows together.
inline bool slides(const ConvShape& s) { return s.kernel_width == 3 && s.stride_width == 1 && s.pad_width == 1 && s.in_width >= 2; }

// Steps of up to three neighboring taps of one kernel row: those where all lie inside the image, and those of single taps at its edges.
// Where taps slide, `all` holds the rows' starts instead.
struct Steps {
  std::vector<GradientStep> all;
  std::array<std::vector<GradientStep>, kGroup> only;
};

// 32 images x a strip of output rows x a set of channels, packed.
class Piece {
 public:
  Piece(const Geometry& g, int64_t index, char* buffer)
      : g_(g),
        in_(g.in_range(index / g.strips / g.groups)),
        out_(g.out_range(index / g.strips / g.groups)),
        input_(buffer),
        gradient_(buffer + g.set_in * g.in_block_bytes()) {
    image_ = index / g.strips % g.groups * kImages;
    first_ = index % g.strips * g.strip;
    last_ = std::min(first_ + g.strip, g.s.out_height());
    top_ = std::max<int64_t>(0, first_ * g.s.stride_height - g.s.pad_height);
    bottom_ = std::min(g.s.in_height, (last_ - 1) * g.s.stride_height - g.s.pad_height + g.s.kernel_height);
    list_steps();
  }

  Range in() const { return in_; }
  Range out() const { return out_; }

  void pack(const Bits16* x, const Bits16* gradient) const {
    const ConvShape& s = g_.s;
    const int64_t in_image = s.in_height * s.in_width * s.in_channels, out_image = s.out_height() * s.out_width() * s.out_channels;
    const int64_t out_row = s.out_width() * s.out_channels;
    const int64_t in_channels = channels(in_, s.in_channels), out_channels = channels(out_, s.out_channels);
    for (int64_t pair = 0; pair < kImages / 2; ++pair) {
      const int64_t n = image_ + 2 * pair;
      char* to = input_ + pair * g_.in_pitch();
      if (g_.unfolded) {
        pack_unfolded(x, n, to);
      } else {
        const Bits16 *even = n < s.batch ? x + n * in_image : nullptr, *odd = n + 1 < s.batch ? x + (n + 1) * in_image : nullptr;
        const int64_t skip = top_ * s.in_width * s.in_channels + in_.begin * 16;
        pair_pixels(even ? even + skip : nullptr, odd ? odd + skip : nullptr, (bottom_ - top_) * s.in_width, s.in_channels, in_channels, to,
                    64, g_.in_block_bytes());
      }
      const Bits16* from = gradient + n * out_image + first_ * out_row + out_.begin * 16;
      pair_pixels(n < s.batch ? from : nullptr, n + 1 < s.batch ? from + out_image : nullptr, (last_ - first_) * s.out_width(),
                  s.out_channels, out_channels, gradient_ + pair * g_.out_pitch(), 64, g_.out_block_bytes());
    }
    for (int64_t block = 0; block < out_.end - out_.begin; ++block) {
      for (int64_t pixel = 0; pixel < (last_ - first_) * s.out_width(); ++pixel) {
        transpose_tile(gradient_ + block * g_.out_block_bytes() + pixel * 64, g_.out_pitch());
      }
    }
  }

  // Adds this piece's part to the sums of output block `out` and input block `in`.
  void add(int64_t out, int64_t in, float* sums) const {
    const char* gradient = gradient_ + (out - out_.begin) * g_.out_block_bytes();
    const char* input = input_ + (in - in_.begin) * g_.in_block_bytes();
    const int64_t groups = (g_.s.kernel_width + kGroup - 1) / kGroup;
    for (size_t i = 0; i < steps_.size(); ++i) {
      const int64_t row = static_cast<int64_t>(i) / groups, column = static_cast<int64_t>(i) % groups * kGroup;
      const int taps = static_cast<int>(std::min<int64_t>(kGroup, g_.s.kernel_width - column));
      float* tile[kGroup];
      for (int t = 0; t < taps; ++t)
        tile[t] = sums + ((g_.pair(out, in) * g_.s.kernel_height + row) * g_.s.kernel_width + column + t) * 256;
      call(gradient, input, 64, taps, steps_[i], tile);
    }
  }

  // The same for a 1 x 1 kernel, whose groups are neighboring input blocks instead of taps.
  void add_blocks(int64_t out, int64_t in, int blocks, float* sums) const {
    float* tile[kGroup];
    for (int t = 0; t < blocks; ++t) tile[t] = sums + g_.pair(out, in + t) * 256;
    call(gradient_ + out * g_.out_block_bytes(), input_ + in * g_.in_block_bytes(), g_.in_block_bytes(), blocks, steps_[0], tile);
  }

 private:
  static int64_t channels(Range blocks, int64_t all) { return std::min(blocks.end * 16, all) - blocks.begin * 16; }

  void call(const char* gradient_block, const char* input_block, int64_t apart, int taps, const Steps& steps, float* const* tile) const {
    const GradientPanel gradient{gradient_block, g_.out_pitch()}, input{input_block, g_.in_pitch()};
    if (slides(g_.s)) {
      slide_taps(gradient, input, g_.s.in_width, steps.all.data(), static_cast<int64_t>(steps.all.size()), tile);
      return;
    }
    const GradientStep* only[kGroup];
    int64_t counts[kGroup];
    for (int t = 0; t < kGroup; ++t) {
      only[t] = steps.only[t].data();
      counts[t] = static_cast<int64_t>(steps.only[t].size());
    }
    accumulate_taps(gradient, input, apart, taps, steps.all.data(), static_cast<int64_t>(steps.all.size()), only, counts, tile);
  }

  void pack_unfolded(const Bits16* x, int64_t n, char* to) const {
    const ConvShape& s = g_.s;
    const int64_t image = g_.window.in_height * g_.window.in_width * g_.window.channels;
    std::vector<Bits16> rows(2 * s.in_width * s.in_channels + 32);
    for (int64_t y = first_; y < last_; ++y) {
      const Bits16* halves[2] = {nullptr, nullptr};
      for (int64_t half = 0; half < 2 && n + half < s.batch; ++half) {
        Bits16* row = rows.data() + half * s.in_width * s.in_channels;
        unfold_row(x + (n + half) * image, g_.window, y * g_.stride_rows - g_.first_pad, s.in_channels, row);
        halves[half] = row;
      }
      pair_pixels(halves[0], halves[1], s.in_width, s.in_channels, s.in_channels, to + (y - first_) * s.in_width * 64, 64,
                  g_.in_block_bytes());
    }
  }

  void list_steps() {
    const ConvShape& s = g_.s;
    for (int64_t ky = 0; ky < s.kernel_height; ++ky) {
      for (int64_t column = 0; column < s.kernel_width; column += kGroup) {
        const int64_t taps = std::min<int64_t>(kGroup, s.kernel_width - column);
        Steps steps;
        for (int64_t y = first_; y < last_; ++y) {
          const int64_t iy = y * s.stride_height - s.pad_height + ky;
          if (iy < 0 || iy >= s.in_height) continue;
          if (slides(s)) {
            steps.all.push_back(
                {static_cast<int32_t>((y - first_) * s.out_width() * 64), static_cast<int32_t>((iy - top_) * s.in_width * 64)});
            continue;
          }
          for (int64_t x = 0; x < s.out_width(); ++x) {
            const int64_t ix = x * s.stride_width - s.pad_width + column;
            const GradientStep step{static_cast<int32_t>(((y - first_) * s.out_width() + x) * 64),
                                    static_cast<int32_t>(((iy - top_) * s.in_width + ix) * 64)};
            if (ix >= 0 && ix + taps <= s.in_width) {
              steps.all.push_back(step);
              continue;
            }
            for (int64_t t = 0; t < taps; ++t) {
              if (ix + t >= 0 && ix + t < s.in_width) steps.only[t].push_back(step);
            }
          }
        }
        steps_.push_back(std::move(steps));
      }
    }
  }

  const Geometry& g_;
  const Range in_, out_;  // blocks of this piece's set
  char *input_, *gradient_;
  int64_t image_, first_, last_, top_, bottom_;
  std::vector<Steps> steps_;  // by kernel row and group of columns
};

}  // namespace mocosharp
