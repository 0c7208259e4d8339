#include "conv_weight_gradient.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "kernels/machine/amx.h"
#include "kernels/machine/avx512.h"
#include "conv_piece.h"
#include "kernels/machine/threads.h"

namespace mocosharp {

namespace {

std::vector<Geometry::Near> near_blocks(const Geometry& g) {
  const int64_t inner = g.s.in_channels / g.s.groups, outer = g.s.out_channels / g.s.groups;
  std::vector<Geometry::Near> near;
  int64_t before = 0;
  for (int64_t out = 0; out < g.out_blocks; ++out) {
    const int64_t first_group = out * 16 / outer, last_group = (std::min(out * 16 + 16, g.s.out_channels) - 1) / outer;
    const int64_t first = first_group * inner / 16, count = ((last_group + 1) * inner - 1) / 16 - first + 1;
    near.push_back({first, count, before});
    before += count;
  }
  return near;
}

constexpr int64_t kNarrowestSet = 96;  // channels: of a pixel's cache lines, a set should use whole ones

// As many whole groups in a set as leave room for a whole map, which then is packed once.
void choose_sets(Geometry& g) {
  g.set_in = g.in_blocks;
  g.set_out = g.out_blocks;
  if (g.s.groups == 1) return;
  const int64_t inner = g.s.in_channels / g.s.groups, outer = g.s.out_channels / g.s.groups;
  const int64_t unit = std::lcm(16 / std::gcd(inner, int64_t{16}), 16 / std::gcd(outer, int64_t{16}));  // groups that fill whole blocks
  const int64_t units = (g.s.groups + unit - 1) / unit;
  for (g.sets = 1; g.piece_bytes() > piece_budget() && g.sets < units; ++g.sets) {
    const int64_t groups = (units + g.sets) / (g.sets + 1) * unit;
    if (groups * std::min(inner, outer) < kNarrowestSet) break;
    g.set_in = groups * inner / 16;
    g.set_out = groups * outer / 16;
  }
  g.sets = (g.out_blocks + g.set_out - 1) / g.set_out;
}

}  // namespace

Geometry geometry_of(const ConvShape& shape) {
  Geometry g{shape, unfolds(shape), {}, shape.pad_height, shape.stride_height, 0, 0, 0, 0, 0, 1, 0, 0, {}};
  if (g.unfolded) {
    g.window = {shape.in_channels,   shape.in_height,    shape.in_width,     shape.out_width(),
                shape.kernel_height, shape.kernel_width, shape.stride_width, shape.pad_width};
    const int64_t width = (shape.taps() * shape.in_channels + 15) / 16 * 16;
    g.s = {shape.batch, width, shape.out_height(), shape.out_width(), shape.out_channels, 1, 1, 1, 1, 0, 0};
  }
  g.in_blocks = (g.s.in_channels + 15) / 16;
  g.out_blocks = (g.s.out_channels + 15) / 16;
  g.near = near_blocks(g);
  g.groups = (shape.batch + kImages - 1) / kImages;
  g.strip = g.s.out_height();
  choose_sets(g);
  while (g.strip > 1 &&
         (g.piece_bytes() > piece_budget() || g.groups * g.sets * ((g.s.out_height() + g.strip - 1) / g.strip) < at::get_num_threads())) {
    g.strip = (g.strip + 1) / 2;
  }
  g.strips = (g.s.out_height() + g.strip - 1) / g.strip;
  return g;
}

namespace {

constexpr int64_t kPrivateSums = 1 << 20;     // larger sums are not kept once a thread
constexpr int64_t kSharedGradient = 1 << 20;  // packed output gradient a thread goes over again and again

// All pairs of output blocks in `range` with all input blocks: the input's panel stays near while the outputs pass.
void add_pieces(const Geometry& g, const std::vector<Piece>& pieces, Range range, float* sums) {
  const bool blocks = g.s.taps() == 1 && g.s.groups == 1;
  for (int64_t in = 0; in < g.in_blocks; in += blocks ? kGroup : 1) {
    for (int64_t out = range.begin; out < range.end; ++out) {
      if (!g.connected(out, in)) continue;
      for (const Piece& piece : pieces) {
        if (in < piece.in().begin || in >= piece.in().end || out < piece.out().begin || out >= piece.out().end) continue;
        if (blocks) piece.add_blocks(out, in, static_cast<int>(std::min<int64_t>(kGroup, g.in_blocks - in)), sums);
        else piece.add(out, in, sums);
      }
    }
  }
}

char* aligned(const at::Tensor& storage) {
  return reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(storage.data_ptr()) + 63) / 64 * 64);
}

// Small sums: each thread has its own and takes pieces of its own.
void sum_privately(const Geometry& g, const Bits16* x, const Bits16* gradient, int threads, char* buffers, float* sums) {
  for_each_thread(threads, [&](int thread) {
    const TileScope scope;
    float* mine = sums + thread * g.tiles() * 256;
    std::memset(mine, 0, g.tiles() * kTileBytes);
    const Range range = share(g.pieces(), thread, threads);
    for (int64_t i = range.begin; i < range.end; ++i) {
      const std::vector<Piece> piece{Piece(g, i, buffers + thread * g.piece_bytes())};
      piece[0].pack(x, gradient);
      add_pieces(g, piece, piece[0].out(), mine);
    }
  });
}

// Large sums: all threads pack some pieces together, then each adds them to its own output channels.
void sum_together(const Geometry& g, const Bits16* x, const Bits16* gradient, int threads, int64_t chunk, char* buffers, float* sums) {
  std::memset(sums, 0, g.tiles() * kTileBytes);
  for (int64_t first = 0; first < g.pieces(); first += chunk) {
    std::vector<Piece> pieces;
    for (int64_t i = first; i < std::min(first + chunk, g.pieces()); ++i)
      pieces.emplace_back(g, i, buffers + (i - first) * g.piece_bytes());
    for_each_thread(threads, [&](int thread) {
      const Range range = share(static_cast<int64_t>(pieces.size()), thread, threads);
      for (int64_t i = range.begin; i < range.end; ++i) pieces[i].pack(x, gradient);
    });
    const int64_t shares = std::min(claimable_shares(), g.out_blocks);
    claim_shares(shares, [&](int64_t, int64_t part) {
      const TileScope scope;
      add_pieces(g, pieces, share(g.out_blocks, part, shares), sums);
    });
  }
}

// The sums' tiles of all threads, added in the threads' order, in the weights' layout.
void write_weights(const Geometry& g, const ConvShape& shape, const float* sums, int copies, float* weights) {
  const int64_t taps = g.taps(), columns = g.s.in_channels / g.s.groups;
  const int threads = at::get_num_threads();
  for_each_thread(threads, [&](int thread) {
    const Range range = share(shape.out_channels, thread, threads);
    for (int64_t out = range.begin; out < range.end; ++out) {
      const int64_t begin = out / (shape.out_channels / g.s.groups) * columns, end = begin + columns;  // input channels of its group
      for (int64_t in = begin; in < end; in = in / 16 * 16 + 16) {
        const float* rows = sums + g.pair(out / 16, in / 16) * taps * 256 + out % 16 * 16 + in % 16;
        if (!g.unfolded) {
          const int64_t lanes = std::min(16 - in % 16, end - in);
          for (int64_t tap = 0; tap < taps; ++tap) {
            sum_and_spread(rows + tap * 256, copies, g.tiles() * 256, weights + (out * columns + in - begin) * taps + tap, taps, lanes);
          }
          continue;
        }
        alignas(64) float sum[16];
        sum_and_spread(rows, copies, g.tiles() * 256, sum, 1, 16);
        for (int64_t lane = 0; lane < 16 && in + lane < shape.taps() * shape.in_channels; ++lane) {
          const int64_t channel = (in + lane) % shape.in_channels, place = (in + lane) / shape.in_channels;
          weights[(out * shape.in_channels + channel) * shape.taps() + place] = sum[lane];
        }
      }
    }
  });
}

}  // namespace

bool weight_gradient_takes(const ConvShape& s) {
  return has_avx512_bf16() && s.batch > 0 && s.out_height() > 0 && s.out_width() > 0 && s.out_channels % 8 == 0 &&
         (s.in_channels % 8 == 0 || unfolds(s));
}

at::Tensor weight_gradient(const ConvShape& shape, const at::Tensor& x, const at::Tensor& gradient) {
  const Geometry g = geometry_of(shape);
  const bool together = g.tiles() * kTileBytes > kPrivateSums;
  const int threads = at::get_num_threads();
  const int64_t near = std::max<int64_t>(kSharedGradient * threads / (g.set_out * g.out_block_bytes()), threads);
  const int64_t chunk = std::min(near, g.pieces());
  const int copies = together ? 1 : static_cast<int>(std::min<int64_t>(threads, g.pieces()));
  const auto bytes = x.options().dtype(at::kByte).memory_format(at::MemoryFormat::Contiguous);
  const at::Tensor buffers = at::empty({g.piece_bytes() * (together ? chunk : copies) + 64}, bytes);
  const at::Tensor sums = at::empty({g.tiles() * kTileBytes * copies + 64}, bytes);
  const auto* input = static_cast<const Bits16*>(x.data_ptr());
  const auto* outer = static_cast<const Bits16*>(gradient.data_ptr());
  float* totals = reinterpret_cast<float*>(aligned(sums));
  if (together) sum_together(g, input, outer, threads, chunk, aligned(buffers), totals);
  else sum_privately(g, input, outer, copies, aligned(buffers), totals);
  at::Tensor weights =
      at::empty({shape.out_channels, shape.in_channels / shape.groups, shape.kernel_height, shape.kernel_width}, bytes.dtype(at::kFloat));
  write_weights(g, shape, totals, copies, weights.data_ptr<float>());
  return weights;
}

}  // namespace mocosharp
