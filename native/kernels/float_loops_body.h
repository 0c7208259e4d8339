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

// One step: b's row times each row's unit of a.
inline void step_of(const float* a, int64_t row, const float* b, Vec* low, Vec* high) {
  const Vec b0 = load(b), b1 = load(b + kWidth);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    const auto one = everywhere(a + r * row);
    low[r] = multiply_add(one, b0, low[r]);
    high[r] = multiply_add(one, b1, high[r]);
  }
}

// Steps that lie side by side go in eights: the rows' addresses, for which there are not enough registers, are then found once for eight.
template <bool NearRows>
inline void block_of(const float* a, Apart apart, const float* b, int64_t b_step, int64_t count, float* c, int64_t c_row, bool add) {
  constexpr int kTogether = NearRows ? 1 : 8;
  Vec low[kRows], high[kRows];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    low[r] = add ? load(c + r * c_row) : Vec{};
    high[r] = add ? load(c + r * c_row + kWidth) : Vec{};
  }
  const int64_t row = NearRows ? 1 : apart.row, across = NearRows ? apart.step : 1;
  int64_t step = 0;
  for (; step + kTogether <= count; step += kTogether, a += kTogether * across, b += kTogether * b_step) {
#pragma GCC unroll 8
    for (int i = 0; i < kTogether; ++i) step_of(a + i * across, row, b + i * b_step, low, high);
  }
  for (; step < count; ++step, a += across, b += b_step) step_of(a, row, b, low, high);
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
