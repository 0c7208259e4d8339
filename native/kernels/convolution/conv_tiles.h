// The inner loops of the bfloat16 convolutions, on operands that lie as AMX tiles do: a tile is 16 rows of 64 bytes (1 KiB). Where the
// processor has AMX call them inside a TileScope; elsewhere AVX-512 multiplies (conv_pairs.h).
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <vector>

#include "kernels/products/finish_terms.h"

namespace mocosharp {

constexpr int64_t kTileBytes = 1024;

// Byte offsets of one step's operands; both accumulate 32 input channels.
struct TileStep {
  int32_t a, b;
};

// Where a block's 16 rows of 32 channels go.
struct BlockTarget {
  uint16_t* out;          // bfloat16
  const int64_t* places;  // of the rows, in elements from `out`; negative for a row that is dropped
  float* moments;         // sums and sums of squares of what is written, [group][2][channels], at this block's first channel; null for none
  int group;              // of the first row
};

// The places of a block that does not exist.
constexpr int64_t kNowhere[16] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

// How the moments lie: channels' stride, and how many groups there are. With `row_groups` each row is of the next group.
struct MomentLayout {
  int64_t stride = 0;
  int groups = 1;
  bool row_groups = false;
};

// Multiplies pairs of blocks of 16 output positions x 32 output channels: out0 = sum over steps of a0[16 x 32] * b[32 x 32], out1 likewise
// from a1. Results are rounded and written while the next pair is multiplied, because reading a tile just stored would stall: call
// `finish` after the last pair.
class BlockMultiplier {
 public:
  // `add`, laid out like `out`, is added to what goes there; null for nothing.
  BlockMultiplier(const uint16_t* out, const uint16_t* add, const MomentLayout& moments);

  // a's rows lie `a_stride` bytes apart; b is two tiles one after another, each 16 pairs of input channels x 16 output channels.
  // finish: of `channels` channels; channels: how many of the 32 exist. A scale and a rectifier come without moments.
  void multiply(const char* a0, const char* a1, int64_t a_stride, const char* b, const TileStep* steps, int64_t count,
                const FinishTerms& finish, int channels, const BlockTarget& out0, const BlockTarget& out1);
  void finish();

  // What the next strip will read: fetched into the L2 cache a few lines a step, because memory would make the packing wait.
  void fetch_ahead(const char* from, int64_t bytes, int64_t steps);

 private:
  template <bool Plain>
  void multiply(const char* a0, const char* a1, int64_t a_stride, const char* b, const TileStep* steps, int64_t count);
  template <bool Plain>
  void multiply_tiles(const char* a0, const char* a1, int64_t a_stride, const char* b, const TileStep* steps, int64_t count);
  template <bool Plain>
  void multiply_vectors(const char* a0, const char* a1, int64_t a_stride, const char* b, const TileStep* steps, int64_t count);
  template <bool Plain>
  void write_row(int row) const;
  void place_rows(const BlockTarget& out, uint16_t** rows);
  void add_moments(float* sums, __m512 low, __m512 high, __m512 low_squares, __m512 high_squares) const;
  void add_block_moments(int block) const;

  const bool tiles_;  // else vectors
  alignas(64) float results_[32][32];
  uint16_t dropped_[32];     // where dropped rows are written, which is cheaper than asking for each
  uint16_t* rows_[2][32]{};  // where the rows of `results_`, and of the pair that is multiplied, go
  int now_ = 0;              // which of the two is the former
  const uint16_t *out_base_, *add_base_;
  MomentLayout moments_;
  std::vector<int> wrapped_;  // i % groups, which a division for each row would cost more than the row
  BlockTarget out_[2]{{nullptr, kNowhere, nullptr, 0}, {nullptr, kNowhere, nullptr, 0}};
  FinishTerms finish_;
  const char *ahead_ = nullptr, *ahead_end_ = nullptr;
  int64_t lines_a_step_ = 0;
  uint32_t channels_ = 0;  // a bit for each that exists
};

// One step of a weight gradient: where the output gradient's tile and the input's first tile lie.
struct GradientStep {
  int32_t gradient, input;  // bytes
};

// Packed operands: a tile's 16 rows lie `pitch` bytes apart.
struct GradientPanel {
  const char* data;
  int64_t pitch;
};

// sums[t] (16 output x 16 input channels, float) += sum over steps of gradient[16 x 32 images] * input[t][32 images x 16], where input[t]
// lies t * apart bytes behind input[0]; `taps` is 1, 2 or 3. The middle steps have all taps; only[t] is for tap t alone.
void accumulate_taps(const GradientPanel& gradient, const GradientPanel& input, int64_t apart, int taps, const GradientStep* steps,
                     int64_t count, const GradientStep* const* only, const int64_t* only_count, float* const* sums);

// The same for the three taps of a 3 wide kernel row with stride 1 and a border of 1: each of `rows` starts a row of `pixels` (2 or more)
// tiles of both operands, 64 bytes apart. An input tile is loaded once and serves three pixels, which halves what has to come from the L2
// cache.
void slide_taps(const GradientPanel& gradient, const GradientPanel& input, int64_t pixels, const GradientStep* rows, int64_t count,
                float* const* sums);

}  // namespace mocosharp
