// The source of float_loops.h, included once a level behind `#pragma GCC target`. kWidth: floats a vector; kRows: rows of a block.
// No #pragma once, and no includes: what is included here would be compiled for the level too.

namespace mocosharp {
namespace {

using Vec = float __attribute__((vector_size(kWidth * 4), aligned(4), may_alias));

inline Vec load(const float* from) { return *reinterpret_cast<const Vec*>(from); }
inline void keep(float* to, Vec value) { *reinterpret_cast<Vec*>(to) = value; }

template <bool Near>
inline void block_of(const float* a, Apart apart, const float* b, int64_t b_step, int64_t count, float* c, int64_t c_row, bool add) {
  Vec low[kRows], high[kRows];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    low[r] = add ? load(c + r * c_row) : Vec{};
    high[r] = add ? load(c + r * c_row + kWidth) : Vec{};
  }
  for (int64_t step = 0; step < count; ++step, a += apart.step, b += b_step) {
    const Vec b0 = load(b), b1 = load(b + kWidth);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const float one = a[Near ? r : r * apart.row];
      low[r] += one * b0;
      high[r] += one * b1;
    }
  }
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

// Row i of the input's transform is pixel row `a` plus `sign` times pixel row `b`; columns alike.
struct Pair {
  int a, b;
  float sign;
};
constexpr Pair kInput[4] = {{0, 2, -1.0f}, {1, 2, 1.0f}, {2, 1, -1.0f}, {1, 3, -1.0f}};
// Row i of the gradient's transform: so much of rows 0 and 1.
constexpr float kGradient[4][2] = {{1, 0}, {1, 1}, {1, -1}, {0, -1}};

void input(const float* const* patch, int64_t channels, int first, int last, float* to, int64_t slice) {
  if (last - first < 4) {
    for (int i = first; i < last; ++i, to += slice) {
      const Pair rows = kInput[i / 4], columns = kInput[i % 4];
      const float *p = patch[4 * rows.a + columns.a], *q = patch[4 * rows.a + columns.b];
      const float *u = patch[4 * rows.b + columns.a], *v = patch[4 * rows.b + columns.b];
      for (int64_t c = 0; c < channels; c += kWidth) {
        keep(to + c, (load(p + c) + columns.sign * load(q + c)) + rows.sign * (load(u + c) + columns.sign * load(v + c)));
      }
    }
    return;
  }
  for (int row = first / 4; row < last / 4; ++row, to += 4 * slice) {
    const Pair rows = kInput[row];
    const float *const *p = patch + 4 * rows.a, *const *q = patch + 4 * rows.b;
    for (int64_t c = 0; c < channels; c += kWidth) {
      const Vec t0 = load(p[0] + c) + rows.sign * load(q[0] + c), t1 = load(p[1] + c) + rows.sign * load(q[1] + c);
      const Vec t2 = load(p[2] + c) + rows.sign * load(q[2] + c), t3 = load(p[3] + c) + rows.sign * load(q[3] + c);
      keep(to + c, t0 - t2);
      keep(to + slice + c, t1 + t2);
      keep(to + 2 * slice + c, t2 - t1);
      keep(to + 3 * slice + c, t1 - t3);
    }
  }
}

void gradient(const float* const* patch, int64_t channels, int first, int last, float* to, int64_t slice) {
  for (int64_t c = 0; c < channels; c += kWidth) {
    const Vec y00 = load(patch[0] + c), y01 = load(patch[1] + c), y10 = load(patch[2] + c), y11 = load(patch[3] + c);
    for (int i = first; i < last; ++i) {
      const float *rows = kGradient[i / 4], *columns = kGradient[i % 4];
      const Vec left = rows[0] * y00 + rows[1] * y10, right = rows[0] * y01 + rows[1] * y11;
      keep(to + (i - first) * slice + c, columns[0] * left + columns[1] * right);
    }
  }
}

void output(const float* from, int64_t slice, int64_t channels, const float* bias, const float* const* add, float* const* to) {
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
    const Vec offset = bias ? load(bias + c) : Vec{};
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      if (to[i]) keep(to[i] + c, y[i] + offset + (add ? load(add[i] + c) : Vec{}));
    }
  }
}

void weights(const float* g, float* to, int64_t slice) {
  for (int lane = 0; lane < 16; lane += kWidth) {
    Vec rows[4][3];
    for (int x = 0; x < 3; ++x) {
      const Vec a = load(g + x * 16 + lane), b = load(g + (3 + x) * 16 + lane), c = load(g + (6 + x) * 16 + lane);
      rows[0][x] = a;
      rows[1][x] = 0.5f * (a + b + c);
      rows[2][x] = 0.5f * (a - b + c);
      rows[3][x] = c;
    }
    for (int y = 0; y < 4; ++y) {
      const Vec a = rows[y][0], b = rows[y][1], c = rows[y][2];
      keep(to + (4 * y) * slice + lane, a);
      keep(to + (4 * y + 1) * slice + lane, 0.5f * (a + b + c));
      keep(to + (4 * y + 2) * slice + lane, 0.5f * (a - b + c));
      keep(to + (4 * y + 3) * slice + lane, c);
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

}  // namespace
}  // namespace mocosharp
