// The source of float_loops.h, included once a level behind `#pragma GCC target`. kWidth: floats a vector; kRows: rows of a block. With
// MOCOSHARP_PAIRS a unit of a and b is a pair of bfloat16, and a step adds the products of both.
// No #pragma once, and no includes: what is included here would be compiled for the level too.

namespace mocosharp {
namespace {

using Vec = float __attribute__((vector_size(kWidth * 4), aligned(4), may_alias));

inline Vec load(const float* from) { return *reinterpret_cast<const Vec*>(from); }
inline void keep(float* to, Vec value) { *reinterpret_cast<Vec*>(to) = value; }

#ifdef MOCOSHARP_PAIRS
inline Vec everywhere(const float* unit) {
  int32_t pair;
  std::memcpy(&pair, unit, sizeof(pair));
  return (Vec)_mm512_set1_epi32(pair);
}
inline Vec multiply_add(Vec a, Vec b, Vec sum) { return (Vec)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b); }
#else
inline float everywhere(const float* unit) { return *unit; }
inline Vec multiply_add(float a, Vec b, Vec sum) { return sum + a * b; }
#endif

// Stops gcc from keeping the address of every unit in a register of its own, of which there are too few.
inline const float* hidden(const float* address) {
  __asm__("" : "+r"(address));
  return address;
}

// One step: b's row times each row's unit of a; `quads` are the addresses of every fourth row's.
inline void step_of(const float* const* quads, int64_t row, int at, const float* b, Vec* low, Vec* high) {
  const Vec b0 = load(b), b1 = load(b + kWidth);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    const auto one = everywhere(quads[r / 4] + r % 4 * row + at);
    low[r] = multiply_add(one, b0, low[r]);
    high[r] = multiply_add(one, b1, high[r]);
  }
}

template <bool NearRows>
inline void block_of(const float* a, Apart apart, const float* b, int64_t b_step, int64_t count, float* c, int64_t c_row, bool add) {
  constexpr int kTogether = NearRows ? 1 : 8, kQuads = (kRows + 3) / 4;
  Vec low[kRows], high[kRows];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    low[r] = add ? load(c + r * c_row) : Vec{};
    high[r] = add ? load(c + r * c_row + kWidth) : Vec{};
  }
  const int64_t row = NearRows ? 1 : apart.row, across = NearRows ? apart.step : 1;
  const float* quads[kQuads];
#pragma GCC unroll 4
  for (int quad = 0; quad < kQuads; ++quad) quads[quad] = a + 4 * quad * row;
  const auto advance = [&](int64_t steps) {
#pragma GCC unroll 4
    for (int quad = 0; quad < kQuads; ++quad) quads[quad] = hidden(quads[quad] + steps * across);
  };
  int64_t step = 0;
  for (; step + kTogether <= count; step += kTogether, advance(kTogether)) {
#pragma GCC unroll 8
    for (int i = 0; i < kTogether; ++i, b = hidden(b + b_step)) step_of(quads, row, i, b, low, high);
  }
  for (; step < count; ++step, advance(1), b += b_step) step_of(quads, row, 0, b, low, high);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    keep(c + r * c_row, low[r]);
    keep(c + r * c_row + kWidth, high[r]);
  }
}

void block(const float* a, Apart apart, const float* b, int64_t b_step, int64_t count, float* c, int64_t c_row, bool add) {
  if (apart.row == 1) block_of<true>(a, apart, b, b_step, count, c, c_row, add);
  else block_of<false>(a, apart, b, b_step, count, c, c_row, add);
}

}  // namespace
}  // namespace mocosharp
