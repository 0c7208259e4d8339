// The one-dimensional algorithms of winograd_loops.h: what becomes of a line of numbers. A tile applies its algorithm to its columns, then
// to its rows. Each evaluates polynomials at a few points; `weight_adjoint` and `gradient` are the transposes of `weight` and `output`.
// No #pragma once, and no includes: this is compiled for each level, and by the compiler itself to find a row's shares.

namespace mocosharp {
namespace {

// What two points of opposite signs give: of even powers the same, of odd ones the opposite.
template <typename N>
constexpr void keep_signs(N even, N odd, N* to) {
  to[0] = even + odd;
  to[1] = even - odd;
}

// F(2, 3): points 0, 1, -1 and infinity.
struct Lines2 {
  static constexpr int kPatch = 4, kOutputs = 2, kProducts = 4, kMatrices = 4, kStep = 2;

  template <typename N>
  static constexpr void input(const N* d, N* to) {
    to[0] = d[0] - d[2];
    keep_signs(d[2], d[1], to + 1);
    to[3] = d[1] - d[3];
  }

  template <typename N>
  static constexpr void output(const N* m, N* to) {
    to[0] = m[0] + m[1] + m[2];
    to[1] = m[1] - m[2] - m[3];
  }

  template <typename N>
  static constexpr void gradient(const N* y, N* to) {
    to[0] = y[0];
    keep_signs(y[0], y[1], to + 1);
    to[3] = -y[1];
  }

  template <typename N>
  static constexpr void weight(const N* g, N* to) {
    to[0] = g[0];
    keep_signs(0.5f * (g[0] + g[2]), 0.5f * g[1], to + 1);
    to[3] = g[2];
  }

  template <typename N>
  static constexpr void weight_adjoint(const N* w, N* to) {
    const N both = 0.5f * (w[1] + w[2]);
    to[0] = w[0] + both;
    to[1] = 0.5f * (w[1] - w[2]);
    to[2] = both + w[3];
  }
};

// F(4, 3): points 0, 1/sqrt(2), -1/sqrt(2), sqrt(2), -sqrt(2) and infinity, which make a sixth to a third of the greatest error that 0, 1,
// -1, 2, -2 and infinity do.
struct Lines4 {
  static constexpr int kPatch = 6, kOutputs = 4, kProducts = 6, kMatrices = 6, kStep = 4;
  static constexpr float kA = 0.70710678118654752f, kB = 1.4142135623730950f;  // kA * kB = 1
  static constexpr float kNear = -2.0f / 3, kFar = 1.0f / 6;                 // of weights at the near and the far points

  template <typename N>
  static constexpr void input(const N* d, N* to) {
    to[0] = d[0] + d[4] - 2.5f * d[2];
    keep_signs(d[4] - 2.0f * d[2], kA * d[3] - kB * d[1], to + 1);
    keep_signs(d[4] - 0.5f * d[2], kB * d[3] - kA * d[1], to + 3);
    to[5] = d[1] + d[5] - 2.5f * d[3];
  }

  template <typename N>
  static constexpr void output(const N* m, N* to) {
    const N near_sum = m[1] + m[2], near_rest = m[1] - m[2], far_sum = m[3] + m[4], far_rest = m[3] - m[4];
    to[0] = m[0] + near_sum + far_sum;
    to[1] = kA * near_rest + kB * far_rest;
    to[2] = 0.5f * near_sum + 2.0f * far_sum;
    to[3] = 0.5f * kA * near_rest + 2.0f * kB * far_rest + m[5];
  }

  template <typename N>
  static constexpr void gradient(const N* y, N* to) {
    to[0] = y[0];
    keep_signs(y[0] + 0.5f * y[2], kA * (y[1] + 0.5f * y[3]), to + 1);
    keep_signs(y[0] + 2.0f * y[2], kB * (y[1] + 2.0f * y[3]), to + 3);
    to[5] = y[3];
  }

  template <typename N>
  static constexpr void weight(const N* g, N* to) {
    to[0] = g[0];
    keep_signs(kNear * (g[0] + 0.5f * g[2]), kNear * kA * g[1], to + 1);
    keep_signs(kFar * (g[0] + 2.0f * g[2]), kFar * kB * g[1], to + 3);
    to[5] = g[2];
  }

  template <typename N>
  static constexpr void weight_adjoint(const N* w, N* to) {
    const N near_sum = kNear * (w[1] + w[2]), far_sum = kFar * (w[3] + w[4]);
    to[0] = w[0] + near_sum + far_sum;
    to[1] = kNear * kA * (w[1] - w[2]) + kFar * kB * (w[3] - w[4]);
    to[2] = 0.5f * near_sum + 2.0f * far_sum + w[5];
  }
};

// F(4, 2): points 1/2, -1/2, 3/2, -3/2 and infinity. Kernels of two taps, which is what a stride of 2 leaves of three on every other
// number of its input.
struct Points42 {
  static constexpr float kNear = -0.5f, kFar = 1.0f / 6;  // of weights at the near and the far points

  template <typename N>
  static constexpr void input(N d0, N d1, N d2, N d3, N d4, N* to) {
    keep_signs(d3 - 2.25f * d1, 0.5f * d2 - 1.125f * d0, to);
    keep_signs(d3 - 0.25f * d1, 1.5f * d2 - 0.375f * d0, to + 2);
    to[4] = d4 - 2.5f * d2 + 0.5625f * d0;
  }

  template <typename N>
  static constexpr void output(const N* m, N* to) {
    const N near_sum = m[0] + m[1], near_rest = m[0] - m[1], far_sum = m[2] + m[3], far_rest = m[2] - m[3];
    to[0] = near_sum + far_sum;
    to[1] = 0.5f * near_rest + 1.5f * far_rest;
    to[2] = 0.25f * near_sum + 2.25f * far_sum;
    to[3] = 0.125f * near_rest + 3.375f * far_rest + m[4];
  }

  template <typename N>
  static constexpr void gradient(const N* y, N* to) {
    keep_signs(y[0] + 0.25f * y[2], 0.5f * y[1] + 0.125f * y[3], to);
    keep_signs(y[0] + 2.25f * y[2], 1.5f * y[1] + 3.375f * y[3], to + 2);
    to[4] = y[3];
  }

  // The points' signs are in the weights: kNear and kFar for the positive ones, the opposite for the negative ones.
  template <typename N>
  static constexpr void weight(N g0, N g1, N* to) {
    keep_signs(0.5f * kNear * g1, kNear * g0, to);
    keep_signs(1.5f * kFar * g1, kFar * g0, to + 2);
    to[4] = g1;
  }

  template <typename N>
  static constexpr void weight_adjoint(const N* w, N* g0, N* g1) {
    *g0 = kNear * (w[0] - w[1]) + kFar * (w[2] - w[3]);
    *g1 = 0.5f * kNear * (w[0] + w[1]) + 1.5f * kFar * (w[2] + w[3]) + w[4];
  }
};

// Stride 2: outer taps see every other input from the first on, by F(4, 2); the middle tap sees those between, four products of one matrix.
struct Lines4Strided {
  static constexpr int kPatch = 9, kOutputs = 4, kProducts = 9, kMatrices = 6, kStep = 8;

  template <typename N>
  static constexpr void input(const N* d, N* to) {
    Points42::input(d[0], d[2], d[4], d[6], d[8], to);
    for (int i = 0; i < 4; ++i) to[5 + i] = d[2 * i + 1];
  }

  template <typename N>
  static constexpr void output(const N* m, N* to) {
    Points42::output(m, to);
    for (int i = 0; i < 4; ++i) to[i] += m[5 + i];
  }

  template <typename N>
  static constexpr void gradient(const N* y, N* to) {
    Points42::gradient(y, to);
    for (int i = 0; i < 4; ++i) to[5 + i] = y[i];
  }

  template <typename N>
  static constexpr void weight(const N* g, N* to) {
    Points42::weight(g[0], g[2], to);
    to[5] = g[1];
  }

  template <typename N>
  static constexpr void weight_adjoint(const N* w, N* to) {
    Points42::weight_adjoint(w, to, to + 2);
    to[1] = w[5];
  }
};

// Its input gradient: outputs between two gradients take both by F(4, 2), the others take one. `d` are the gradients, and the kernel is
// turned round.
struct Lines4Spread {
  static constexpr int kPatch = 5, kOutputs = 8, kProducts = 9, kMatrices = 6, kStep = 4;

  template <typename N>
  static constexpr void input(const N* d, N* to) {
    Points42::input(d[0], d[1], d[2], d[3], d[4], to);
    for (int i = 0; i < 4; ++i) to[5 + i] = d[i];
  }

  template <typename N>
  static constexpr void output(const N* m, N* to) {
    N between[4] = {};
    Points42::output(m, between);
    for (int i = 0; i < 4; ++i) {
      to[2 * i] = m[5 + i];
      to[2 * i + 1] = between[i];
    }
  }

  template <typename N>
  static constexpr void weight(const N* g, N* to) {
    Lines4Strided::weight(g, to);
  }
};

}  // namespace
}  // namespace mocosharp
