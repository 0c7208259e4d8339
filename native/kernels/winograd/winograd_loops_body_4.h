// The source of winograd_loops.h for tiles of 4 x 4 outputs, included behind winograd_loops_body.h. Float alone: a unit is one number.
// The transforms evaluate polynomials at 0, 1/sqrt(2), -1/sqrt(2), sqrt(2), -sqrt(2) and infinity, which makes a sixth to a third of the
// greatest error that 0, 1, -1, 2, -2 and infinity do.
// No #pragma once, and no includes: what is included here would be compiled for the level too.

namespace mocosharp {
namespace {

constexpr float kA = 0.70710678118654752f, kB = 1.4142135623730950f;  // kA * kB = 1
constexpr float kNear = -2.0f / 3, kFar = 1.0f / 6;                 // of weights at the near and the far points

// Six inputs' share in each of a row's six products.
constexpr float kInput4[6][6] = {{1, 0, -2.5f, 0, 1, 0}, {0, -kB, -2, kA, 1, 0},    {0, kB, -2, -kA, 1, 0},
                                 {0, -kA, -0.5f, kB, 1, 0}, {0, kA, -0.5f, -kB, 1, 0}, {0, 1, 0, -2.5f, 0, 1}};
constexpr float kGradient4[6][4] = {{1, 0, 0, 0},           {1, kA, 0.5f, 0.5f * kA}, {1, -kA, 0.5f, -0.5f * kA},
                                    {1, kB, 2, 2 * kB}, {1, -kB, 2, -2 * kB}, {0, 0, 0, 1}};

// What the four points of two signs each give: of even powers the same, of odd ones the opposite.
inline void keep_signs(Vec near_even, Vec near_odd, Vec far_even, Vec far_odd, Vec* to) {
  to[1] = near_even + near_odd;
  to[2] = near_even - near_odd;
  to[3] = far_even + far_odd;
  to[4] = far_even - far_odd;
}

inline void input_line(const Vec* d, Vec* to) {
  const Vec near_even = d[4] - 2.0f * d[2], near_odd = kA * d[3] - kB * d[1];
  const Vec far_even = d[4] - 0.5f * d[2], far_odd = kB * d[3] - kA * d[1];
  to[0] = d[0] + d[4] - 2.5f * d[2];
  keep_signs(near_even, near_odd, far_even, far_odd, to);
  to[5] = d[1] + d[5] - 2.5f * d[3];
}

inline void output_line(const Vec* m, Vec* to) {
  const Vec near_sum = m[1] + m[2], near_rest = m[1] - m[2], far_sum = m[3] + m[4], far_rest = m[3] - m[4];
  to[0] = m[0] + near_sum + far_sum;
  to[1] = kA * near_rest + kB * far_rest;
  to[2] = 0.5f * near_sum + 2.0f * far_sum;
  to[3] = 0.5f * kA * near_rest + 2.0f * kB * far_rest + m[5];
}

inline void gradient_line(const Vec* y, Vec* to) {
  const Vec near_even = y[0] + 0.5f * y[2], near_odd = kA * (y[1] + 0.5f * y[3]);
  const Vec far_even = y[0] + 2.0f * y[2], far_odd = kB * (y[1] + 2.0f * y[3]);
  to[0] = y[0];
  keep_signs(near_even, near_odd, far_even, far_odd, to);
  to[5] = y[3];
}

inline void weight_line(const Vec* g, Vec* to) {
  const Vec near_even = kNear * (g[0] + 0.5f * g[2]), near_odd = kNear * kA * g[1];
  const Vec far_even = kFar * (g[0] + 2.0f * g[2]), far_odd = kFar * kB * g[1];
  to[0] = g[0];
  keep_signs(near_even, near_odd, far_even, far_odd, to);
  to[5] = g[2];
}

inline void weight_line_adjoint(const Vec* w, Vec* to) {
  const Vec near_sum = kNear * (w[1] + w[2]), far_sum = kFar * (w[3] + w[4]);
  to[0] = w[0] + near_sum + far_sum;
  to[1] = kNear * kA * (w[1] - w[2]) + kFar * kB * (w[3] - w[4]);
  to[2] = 0.5f * near_sum + 2.0f * far_sum + w[5];
}

// Lines of `kFrom` numbers become lines of `kTo`: first the columns of values[kFrom][kFrom], then the rows. `give` gets row, column and
// number.
template <int kFrom, int kTo, typename Line, typename Give>
inline void both_ways(const Vec (*values)[kFrom], const Line& line, const Give& give) {
  Vec across[kTo][kFrom];
#pragma GCC unroll 6
  for (int column = 0; column < kFrom; ++column) {
    Vec from[kFrom], to[kTo];
#pragma GCC unroll 6
    for (int row = 0; row < kFrom; ++row) from[row] = values[row][column];
    line(from, to);
#pragma GCC unroll 6
    for (int row = 0; row < kTo; ++row) across[row][column] = to[row];
  }
#pragma GCC unroll 6
  for (int row = 0; row < kTo; ++row) {
    Vec to[kTo];
    line(across[row], to);
#pragma GCC unroll 6
    for (int column = 0; column < kTo; ++column) give(row, column, to[column]);
  }
}

// Row `row` of the products of kFrom x kFrom pixels, of which those in [first, last) are kept.
template <int kFrom, typename Line>
inline void one_row(const float (*shares)[kFrom], const Line& line, const float* const* pixels, int64_t channels, int row, int first,
                    int last, float* to, int64_t slice) {
  for (int64_t c = 0; c < channels; c += kWidth) {
    Vec sums[kFrom] = {}, products[6];
    for (int i = 0; i < kFrom; ++i) {
      const float share = shares[row][i];
      if (share == 0.0f) continue;
#pragma GCC unroll 6
      for (int j = 0; j < kFrom; ++j) sums[j] += share * load(pixels[kFrom * i + j] + c);
    }
    line(sums, products);
    for (int i = first; i < last; ++i) keep(to + (i - first) * slice + c, products[i]);
  }
}

template <int kFrom, typename Line>
inline void all_rows(const Line& line, const float* const* pixels, int64_t channels, float* to, int64_t slice) {
  for (int64_t c = 0; c < channels; c += kWidth) {
    Vec values[kFrom][kFrom];
#pragma GCC unroll 36
    for (int i = 0; i < kFrom * kFrom; ++i) values[i / kFrom][i % kFrom] = load(pixels[i] + c);
    both_ways<kFrom, 6>(values, line, [&](int row, int column, Vec value) { keep(to + (6 * row + column) * slice + c, value); });
  }
}

template <int kFrom, typename Line>
inline void some_rows(const float (*shares)[kFrom], const Line& line, const float* const* pixels, int64_t channels, int first, int last,
                      float* to, int64_t slice) {
  if (last - first == 36) return all_rows<kFrom>(line, pixels, channels, to, slice);
  for (int row = first / 6; 6 * row < last; ++row) {
    const int begin = first > 6 * row ? first - 6 * row : 0, end = last - 6 * row < 6 ? last - 6 * row : 6;
    one_row<kFrom>(shares, line, pixels, channels, row, begin, end, to + (6 * row + begin - first) * slice, slice);
  }
}

void input_4(const float* const* pixels, int64_t channels, float* to, int64_t slice) {
  all_rows<6>(input_line, pixels, channels, to, slice);
}

void input_across_4(const float* const* pixels, int64_t channels, int first, int last, float* to, int64_t slice) {
  some_rows<6>(kInput4, input_line, pixels, channels, first, last, to, slice);
}

void gradient_across_4(const float* const* pixels, int64_t channels, int first, int last, float* to, int64_t slice) {
  some_rows<4>(kGradient4, gradient_line, pixels, channels, first, last, to, slice);
}

void output_4(const float* from, int64_t slice, int64_t channels, const FinishTerms& finish, const float* const* add, float* const* to,
              float* moments, int64_t squares) {
  for (int64_t c = 0; c < channels; c += kWidth) {
    Vec products[6][6];
#pragma GCC unroll 36
    for (int i = 0; i < 36; ++i) products[i / 6][i % 6] = load(from + i * slice + c);
    const FinishTerms here = finish.from(c);
    Vec sum{}, square{};
    both_ways<6, 4>(products, output_line, [&](int row, int column, Vec y) {
      const int i = 4 * row + column;
      if (!to[i]) return;
      const Vec value = finished(y, here, add ? load(add[i] + c) : Vec{}, to[i]);
      keep(to[i] + c, value);
      if (!moments) return;
      sum += value;
      square += value * value;
    });
    if (moments) {
      keep(moments + c, load(moments + c) + sum);
      keep(moments + squares + c, load(moments + squares + c) + square);
    }
  }
}

void weights_4(const float* g, float* to, int64_t slice) {
  for (int lane = 0; lane < 16; lane += kWidth) {
    Vec values[3][3];
    for (int i = 0; i < 9; ++i) values[i / 3][i % 3] = load(g + i * 16 + lane);
    both_ways<3, 6>(values, weight_line, [&](int row, int column, Vec value) { keep(to + (6 * row + column) * slice + lane, value); });
  }
}

void weights_adjoint_4(const float* from, int64_t slice, float* g) {
  for (int lane = 0; lane < 16; lane += kWidth) {
    Vec values[6][6];
    for (int i = 0; i < 36; ++i) values[i / 6][i % 6] = load(from + i * slice + lane);
    both_ways<6, 3>(values, weight_line_adjoint, [&](int row, int column, Vec value) { keep(g + (3 * row + column) * 16 + lane, value); });
  }
}

constexpr WinogradLoops<float> winograd_of_4() {
  return {{kRows, 2 * kWidth, block}, 1, 4, input_4, input_across_4, gradient_across_4, output_4, weights_4, weights_adjoint_4};
}

}  // namespace
}  // namespace mocosharp
