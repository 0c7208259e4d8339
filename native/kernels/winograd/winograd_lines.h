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
  static constexpr int kOutputs = 4, kProducts = 5;
  static constexpr float kNear = -0.5f, kFar = 1.0f / 6;  // of weights at the near and the far points

  template <typename N>
  static constexpr void input(const N* d, N* to) {
    keep_signs(d[3] - 2.25f * d[1], 0.5f * d[2] - 1.125f * d[0], to);
    keep_signs(d[3] - 0.25f * d[1], 1.5f * d[2] - 0.375f * d[0], to + 2);
    to[4] = d[4] - 2.5f * d[2] + 0.5625f * d[0];
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

// F(2, 2): points 1, -1 and infinity.
struct Points22 {
  static constexpr int kOutputs = 2, kProducts = 3;

  template <typename N>
  static constexpr void input(const N* d, N* to) {
    keep_signs(d[0], d[1], to);
    to[2] = d[2] - d[0];
  }

  template <typename N>
  static constexpr void output(const N* m, N* to) {
    to[0] = m[0] + m[1];
    to[1] = m[0] - m[1] + m[2];
  }

  template <typename N>
  static constexpr void gradient(const N* y, N* to) {
    keep_signs(y[0], y[1], to);
    to[2] = y[1];
  }

  template <typename N>
  static constexpr void weight(N g0, N g1, N* to) {
    keep_signs(0.5f * g0, 0.5f * g1, to);
    to[2] = g1;
  }

  template <typename N>
  static constexpr void weight_adjoint(const N* w, N* g0, N* g1) {
    *g0 = 0.5f * (w[0] + w[1]);
    *g1 = 0.5f * (w[0] - w[1]) + w[2];
  }
};

// Stride 2: outer taps see every other input from the first on, by `Points`; the middle tap sees those between, as many products of one
// matrix as there are outputs.
template <typename Points>
struct Strided {
  static constexpr int kOutputs = Points::kOutputs, kPatch = 2 * kOutputs + 1, kStep = 2 * kOutputs;
  static constexpr int kProducts = Points::kProducts + kOutputs, kMatrices = Points::kProducts + 1;

  template <typename N>
  static constexpr void input(const N* d, N* to) {
    N outer[kOutputs + 1] = {};
    for (int i = 0; i <= kOutputs; ++i) outer[i] = d[2 * i];
    Points::input(outer, to);
    for (int i = 0; i < kOutputs; ++i) to[Points::kProducts + i] = d[2 * i + 1];
  }

  template <typename N>
  static constexpr void output(const N* m, N* to) {
    Points::output(m, to);
    for (int i = 0; i < kOutputs; ++i) to[i] += m[Points::kProducts + i];
  }

  template <typename N>
  static constexpr void gradient(const N* y, N* to) {
    Points::gradient(y, to);
    for (int i = 0; i < kOutputs; ++i) to[Points::kProducts + i] = y[i];
  }

  template <typename N>
  static constexpr void weight(const N* g, N* to) {
    Points::weight(g[0], g[2], to);
    to[Points::kProducts] = g[1];
  }

  template <typename N>
  static constexpr void weight_adjoint(const N* w, N* to) {
    Points::weight_adjoint(w, to, to + 2);
    to[1] = w[Points::kProducts];
  }
};

// Its input gradient: outputs between two gradients take both by `Points`, the others take one. `d` are the gradients, and the kernel is
// turned round.
template <typename Points>
struct Spread {
  static constexpr int kOutputs = 2 * Points::kOutputs, kPatch = Points::kOutputs + 1, kStep = Points::kOutputs;
  static constexpr int kProducts = Strided<Points>::kProducts, kMatrices = Strided<Points>::kMatrices;

  template <typename N>
  static constexpr void input(const N* d, N* to) {
    Points::input(d, to);
    for (int i = 0; i < kStep; ++i) to[Points::kProducts + i] = d[i];
  }

  template <typename N>
  static constexpr void output(const N* m, N* to) {
    N between[kStep] = {};
    Points::output(m, between);
    for (int i = 0; i < kStep; ++i) {
      to[2 * i] = m[Points::kProducts + i];
      to[2 * i + 1] = between[i];
    }
  }

  template <typename N>
  static constexpr void weight(const N* g, N* to) {
    Strided<Points>::weight(g, to);
  }
};

}  // namespace
}  // namespace mocosharp
