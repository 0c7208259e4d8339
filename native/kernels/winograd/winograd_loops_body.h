// The source of winograd_loops.h for tiles of 2 x 2 outputs, included behind float_loops_body.h.
// No #pragma once, and no includes: what is included here would be compiled for the level too.

namespace mocosharp {
namespace {

// The number as the map keeps it.
inline Vec as_kept(Vec value, const float*) { return value; }

#ifdef MOCOSHARP_PAIRS
using Halves = uint16_t __attribute__((vector_size(kWidth * 2), aligned(2), may_alias));
using Words = uint32_t __attribute__((vector_size(kWidth * 4), aligned(4), may_alias));

inline Vec load(const Bits16* from) { return (Vec)(__builtin_convertvector(*reinterpret_cast<const Halves*>(from), Words) << 16); }
inline Halves rounded(Vec value) { return (Halves)_mm512_cvtneps_pbh((__m512)value); }
inline void keep(Bits16* to, Vec value) { *reinterpret_cast<Halves*>(to) = rounded(value); }
inline Vec as_kept(Vec value, const Bits16*) { return (Vec)(__builtin_convertvector(rounded(value), Words) << 16); }

// Units along the channels, from channel c on; and units along the tiles.
constexpr int kInUnit = 2;

inline void keep_along(float* to, int64_t c, Vec value) { keep(reinterpret_cast<Bits16*>(to) + c, value); }

inline void keep_across(float* to, const Vec* values) {
  const __m512i interleave = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19,
                                              3, 18, 2, 17, 1, 16, 0);
  const __m512i both = (__m512i)_mm512_cvtne2ps_pbh((__m512)values[1], (__m512)values[0]);
  _mm512_storeu_si512(to, _mm512_permutexvar_epi16(interleave, both));
}
#else
constexpr int kInUnit = 1;

inline void keep_along(float* to, int64_t c, Vec value) { keep(to + c, value); }
inline void keep_across(float* to, const Vec* values) { keep(to, values[0]); }
#endif

// The scale is that of a map as the library would have written it: which kernel runs shall matter little.
template <typename Real>
inline Vec finished(Vec sum, const FinishTerms& terms, Vec add, const Real* kept) {
  if (terms.scale) sum = as_kept(sum, kept) * load(terms.scale);
  if (terms.shift) sum += load(terms.shift);
  sum += add;
  return terms.relu ? (Vec)(sum < 0.0f ? Vec{} : sum) : sum;
}

// Row i of the input's transform is pixel row `a` plus `sign` times pixel row `b`; columns alike.
struct Pair {
  int a, b;
  float sign;
};
constexpr Pair kInput[4] = {{0, 2, -1.0f}, {1, 2, 1.0f}, {2, 1, -1.0f}, {1, 3, -1.0f}};

// One row of the input's products, for the channels from c on.
template <typename Real>
inline void input_row(const Real* const* patch, int row, int64_t c, Vec* to) {
  const Pair rows = kInput[row];
  const Real *const *p = patch + 4 * rows.a, *const *q = patch + 4 * rows.b;
  const Vec t0 = load(p[0] + c) + rows.sign * load(q[0] + c), t1 = load(p[1] + c) + rows.sign * load(q[1] + c);
  const Vec t2 = load(p[2] + c) + rows.sign * load(q[2] + c), t3 = load(p[3] + c) + rows.sign * load(q[3] + c);
  to[0] = t0 - t2;
  to[1] = t1 + t2;
  to[2] = t2 - t1;
  to[3] = t1 - t3;
}

template <typename Real>
void input(const Real* const* patch, int64_t channels, float* to, int64_t slice) {
  for (int64_t c = 0; c < channels; c += kWidth) {
    Vec pixels[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) pixels[i] = load(patch[i] + c);
#pragma GCC unroll 4
    for (int row = 0; row < 4; ++row) {
      const Pair rows = kInput[row];
      Vec t[4];
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) t[i] = pixels[4 * rows.a + i] + rows.sign * pixels[4 * rows.b + i];
      keep_along(to + (4 * row) * slice, c, t[0] - t[2]);
      keep_along(to + (4 * row + 1) * slice, c, t[1] + t[2]);
      keep_along(to + (4 * row + 2) * slice, c, t[2] - t[1]);
      keep_along(to + (4 * row + 3) * slice, c, t[1] - t[3]);
    }
  }
}

template <typename Real>
void input_across(const Real* const* patches, int64_t channels, int first, int last, float* to, int64_t slice) {
  if (last - first < 4) {
    for (int i = first; i < last; ++i, to += slice) {
      const Pair rows = kInput[i / 4], columns = kInput[i % 4];
      for (int64_t c = 0; c < channels; c += kWidth) {
        Vec values[kInUnit];
        for (int tile = 0; tile < kInUnit; ++tile) {
          const Real* const* patch = patches + 16 * tile;
          const Real *p = patch[4 * rows.a + columns.a] + c, *q = patch[4 * rows.a + columns.b] + c;
          const Real *u = patch[4 * rows.b + columns.a] + c, *v = patch[4 * rows.b + columns.b] + c;
          values[tile] = (load(p) + columns.sign * load(q)) + rows.sign * (load(u) + columns.sign * load(v));
        }
        keep_across(to + c, values);
      }
    }
    return;
  }
  for (int row = first / 4; row < last / 4; ++row, to += 4 * slice) {
    for (int64_t c = 0; c < channels; c += kWidth) {
      Vec rows[kInUnit][4];
      for (int tile = 0; tile < kInUnit; ++tile) input_row(patches + 16 * tile, row, c, rows[tile]);
      for (int i = 0; i < 4; ++i) {
        Vec values[kInUnit];
        for (int tile = 0; tile < kInUnit; ++tile) values[tile] = rows[tile][i];
        keep_across(to + i * slice + c, values);
      }
    }
  }
}

// Part 0 to 3 of the gradient's transform, from its two rows; of columns alike.
inline Vec gradient_part(Vec first, Vec second, int part) {
  return part == 0 ? first : part == 1 ? first + second : part == 2 ? first - second : -second;
}

template <typename Real>
void gradient_across(const Real* const* patches, int64_t channels, int first, int last, float* to, int64_t slice) {
  for (int64_t c = 0; c < channels; c += kWidth) {
    Vec y[kInUnit][4];
#pragma GCC unroll 2
    for (int tile = 0; tile < kInUnit; ++tile) {
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) y[tile][i] = load(patches[4 * tile + i] + c);
    }
#pragma GCC unroll 4
    for (int row = 0; row < 4; ++row) {
      if (4 * row + 3 < first || 4 * row >= last) continue;
      Vec left[kInUnit], right[kInUnit];
#pragma GCC unroll 2
      for (int tile = 0; tile < kInUnit; ++tile) {
        left[tile] = gradient_part(y[tile][0], y[tile][2], row);
        right[tile] = gradient_part(y[tile][1], y[tile][3], row);
      }
#pragma GCC unroll 4
      for (int column = 0; column < 4; ++column) {
        const int i = 4 * row + column;
        if (i < first || i >= last) continue;
        Vec values[kInUnit];
#pragma GCC unroll 2
        for (int tile = 0; tile < kInUnit; ++tile) values[tile] = gradient_part(left[tile], right[tile], column);
        keep_across(to + (i - first) * slice + c, values);
      }
    }
  }
}

template <typename Real>
void output(const float* from, int64_t slice, int64_t channels, const FinishTerms& finish, const Real* const* add, Real* const* to,
            float* moments, int64_t squares) {
  for (int64_t c = 0; c < channels; c += kWidth) {
    Vec top[4], bottom[4];
#pragma GCC unroll 4
    for (int column = 0; column < 4; ++column) {
      const float* m = from + column * slice + c;
      const Vec m1 = load(m + 4 * slice), m2 = load(m + 8 * slice);
      top[column] = load(m) + m1 + m2;
      bottom[column] = m1 - m2 - load(m + 12 * slice);
    }
    const Vec y[4] = {top[0] + top[1] + top[2], top[1] - top[2] - top[3], bottom[0] + bottom[1] + bottom[2],
                      bottom[1] - bottom[2] - bottom[3]};
    const FinishTerms here = finish.from(c);
    Vec sum{}, square{};
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      if (!to[i]) continue;
      const Vec value = finished(y[i], here, add ? load(add[i] + c) : Vec{}, to[i]);
      keep(to[i] + c, value);
      if (!moments) continue;
      const Vec kept = as_kept(value, to[i]);
      sum += kept;
      square += kept * kept;
    }
    if (moments) {
      keep(moments + c, load(moments + c) + sum);
      keep(moments + squares + c, load(moments + squares + c) + square);
    }
  }
}

inline void weight_products(const float* g, Vec* to) {
  Vec rows[4][3];
  for (int x = 0; x < 3; ++x) {
    const Vec a = load(g + x * 16), b = load(g + (3 + x) * 16), c = load(g + (6 + x) * 16);
    rows[0][x] = a;
    rows[1][x] = 0.5f * (a + b + c);
    rows[2][x] = 0.5f * (a - b + c);
    rows[3][x] = c;
  }
  for (int y = 0; y < 4; ++y) {
    const Vec a = rows[y][0], b = rows[y][1], c = rows[y][2];
    to[4 * y] = a;
    to[4 * y + 1] = 0.5f * (a + b + c);
    to[4 * y + 2] = 0.5f * (a - b + c);
    to[4 * y + 3] = c;
  }
}

void weights(const float* g, float* to, int64_t slice) {
  for (int lane = 0; lane < 16; lane += kWidth) {
    Vec products[kInUnit][16];
    for (int inner = 0; inner < kInUnit; ++inner) weight_products(g + inner * 9 * 16 + lane, products[inner]);
    for (int i = 0; i < 16; ++i) {
      Vec values[kInUnit];
      for (int inner = 0; inner < kInUnit; ++inner) values[inner] = products[inner][i];
      keep_across(to + i * slice + lane, values);
    }
  }
}

void weights_adjoint(const float* from, int64_t slice, float* g) {
  for (int lane = 0; lane < 16; lane += kWidth) {
    Vec rows[3][4];
    for (int x = 0; x < 4; ++x) {
      const Vec a = load(from + x * slice + lane), b = load(from + (4 + x) * slice + lane);
      const Vec c = load(from + (8 + x) * slice + lane), d = load(from + (12 + x) * slice + lane);
      rows[0][x] = a + 0.5f * (b + c);
      rows[1][x] = 0.5f * (b - c);
      rows[2][x] = 0.5f * (b + c) + d;
    }
    for (int y = 0; y < 3; ++y) {
      const Vec a = rows[y][0], b = rows[y][1], c = rows[y][2], d = rows[y][3];
      keep(g + (3 * y) * 16 + lane, a + 0.5f * (b + c));
      keep(g + (3 * y + 1) * 16 + lane, 0.5f * (b - c));
      keep(g + (3 * y + 2) * 16 + lane, 0.5f * (b + c) + d);
    }
  }
}

template <typename Real>
constexpr WinogradLoops<Real> winograd_of() {
  return {{kRows, 2 * kWidth, block}, kInUnit, 2, input<Real>, input_across<Real>, gradient_across<Real>, output<Real>, weights,
          weights_adjoint};
}

}  // namespace
}  // namespace mocosharp
