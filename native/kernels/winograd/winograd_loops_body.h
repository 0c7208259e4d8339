// The source of winograd_loops.h, included behind float_loops_body.h, winograd_lines.h and winograd_numbers.h.
// No #pragma once, and no includes: what is included here would be compiled for the level too.

namespace mocosharp {
namespace {

// The scale is that of a map as the library would have written it: which kernel runs shall matter little.
template <typename Real>
inline Vec finished(Vec sum, const FinishTerms& terms, Vec add, const Real* kept) {
  if (terms.scale) sum = as_kept(sum, kept) * load(terms.scale);
  if (terms.shift) sum += load(terms.shift);
  sum += add;
  return terms.relu ? (Vec)(sum < 0.0f ? Vec{} : sum) : sum;
}

// Lines of kFrom numbers become lines of kTo: first the columns, then the rows. `take` and `give` get row and column.
template <int kFrom, int kTo, typename Line, typename Take, typename Give>
inline void both_ways(const Line& line, const Take& take, const Give& give) {
  Vec across[kTo][kFrom];
#pragma GCC unroll 9
  for (int column = 0; column < kFrom; ++column) {
    Vec from[kFrom], to[kTo];
#pragma GCC unroll 9
    for (int row = 0; row < kFrom; ++row) from[row] = take(row, column);
    line(from, to);
#pragma GCC unroll 9
    for (int row = 0; row < kTo; ++row) across[row][column] = to[row];
  }
#pragma GCC unroll 9
  for (int row = 0; row < kTo; ++row) {
    Vec to[kTo];
    line(across[row], to);
#pragma GCC unroll 9
    for (int column = 0; column < kTo; ++column) give(row, column, to[column]);
  }
}

// Each number's share in each of a line's products, found from the line itself.
template <int kFrom, int kTo>
struct Shares {
  float of[kTo][kFrom];

  template <typename Line>
  constexpr explicit Shares(const Line& line) : of{} {
    for (int i = 0; i < kFrom; ++i) {
      float one[kFrom] = {}, to[kTo] = {};
      one[i] = 1.0f;
      line(one, to);
      for (int row = 0; row < kTo; ++row) of[row][i] = to[row];
    }
  }
};

template <typename Lines>
struct InputLine {
  static constexpr int kFrom = Lines::kPatch, kTo = Lines::kProducts;
  template <typename N>
  constexpr void operator()(const N* from, N* to) const { Lines::input(from, to); }
};

template <typename Lines>
struct GradientLine {
  static constexpr int kFrom = Lines::kOutputs, kTo = Lines::kProducts;
  template <typename N>
  constexpr void operator()(const N* from, N* to) const { Lines::gradient(from, to); }
};

template <Reading kReading, typename Lines, typename Real>
inline void input_of(const Real* const* pixels, int64_t channels, const SeenTerms* seen, float* to, int64_t slice) {
  constexpr int kFrom = Lines::kPatch, kTo = Lines::kProducts;
  for (int64_t c = 0; c < channels; c += kWidth) {
    const Reader<kReading> reader(seen, c);
    both_ways<kFrom, kTo>(
        InputLine<Lines>(), [&](int row, int column) { return reader.at(pixels[kFrom * row + column], c); },
        [&](int row, int column, Vec value) { keep_along(to + (kTo * row + column) * slice, c, value); });
  }
}

template <typename Lines, typename Real>
void input(const Real* const* pixels, int64_t channels, const SeenTerms* seen, float* to, int64_t slice) {
  if (!seen) input_of<Reading::plain, Lines>(pixels, channels, seen, to, slice);
  else if (has_border(pixels, Lines::kPatch * Lines::kPatch, *seen)) input_of<Reading::bordered, Lines>(pixels, channels, seen, to, slice);
  else input_of<Reading::normed, Lines>(pixels, channels, seen, to, slice);
}

// Row `row` of the products, of which those in [first, last) are kept.
template <Reading kReading, typename Line, typename Real>
inline void row_across(const Real* const* patches, int64_t channels, const SeenTerms* seen, int row, int first, int last, float* to,
                       int64_t slice) {
  constexpr int kFrom = Line::kFrom, kTo = Line::kTo;
  static constexpr Shares<kFrom, kTo> shares{Line()};
  for (int64_t c = 0; c < channels; c += kWidth) {
    Vec products[kInUnit][kTo];
    for (int tile = 0; tile < kInUnit; ++tile) {
      const Real* const* pixels = patches + kFrom * kFrom * tile;
      const Reader<kReading> reader(seen + tile, c);
      Vec sums[kFrom] = {};
      for (int i = 0; i < kFrom; ++i) {
        const float share = shares.of[row][i];
        if (share == 0.0f) continue;
#pragma GCC unroll 9
        for (int j = 0; j < kFrom; ++j) sums[j] += share * reader.at(pixels[kFrom * i + j], c);
      }
      Line()(sums, products[tile]);
    }
    for (int i = first; i < last; ++i) {
      Vec values[kInUnit];
      for (int tile = 0; tile < kInUnit; ++tile) values[tile] = products[tile][i];
      keep_across(to + (i - first) * slice + c, values);
    }
  }
}

template <Reading kReading, typename Line, typename Real>
inline void all_across(const Real* const* patches, int64_t channels, const SeenTerms* seen, float* to, int64_t slice) {
  constexpr int kFrom = Line::kFrom, kTo = Line::kTo;
  for (int64_t c = 0; c < channels; c += kWidth) {
    [[maybe_unused]] Vec before[kTo][kTo];  // the first tile's, where a unit has two
    for (int tile = 0; tile < kInUnit; ++tile) {
      const Real* const* pixels = patches + kFrom * kFrom * tile;
      const Reader<kReading> reader(seen + tile, c);
      both_ways<kFrom, kTo>(
          Line(), [&](int row, int column) { return reader.at(pixels[kFrom * row + column], c); },
          [&](int row, int column, Vec value) {
            float* unit = to + (kTo * row + column) * slice + c;
            if constexpr (kInUnit == 1) {
              keep_across(unit, &value);
            } else {
              const Vec both[2] = {before[row][column], value};
              if (tile == 0) before[row][column] = value;
              else keep_across(unit, both);
            }
          });
    }
  }
}

template <Reading kReading, typename Line, typename Real>
inline void some_across(const Real* const* patches, int64_t channels, const SeenTerms* seen, int first, int last, float* to,
                        int64_t slice) {
  constexpr int kTo = Line::kTo;
  if (last - first == kTo * kTo) return all_across<kReading, Line>(patches, channels, seen, to, slice);
  for (int row = first / kTo; kTo * row < last; ++row) {
    const int begin = first > kTo * row ? first - kTo * row : 0, end = last - kTo * row < kTo ? last - kTo * row : kTo;
    row_across<kReading, Line>(patches, channels, seen, row, begin, end, to + (kTo * row + begin - first) * slice, slice);
  }
}

template <typename Line, typename Real>
void across(const Real* const* patches, int64_t channels, const SeenTerms* seen, int first, int last, float* to, int64_t slice) {
  constexpr int kPixels = Line::kFrom * Line::kFrom;
  bool border = false;
  for (int tile = 0; seen && tile < kInUnit; ++tile) border |= has_border(patches + kPixels * tile, kPixels, seen[tile]);
  if (!seen) some_across<Reading::plain, Line>(patches, channels, seen, first, last, to, slice);
  else if (border) some_across<Reading::bordered, Line>(patches, channels, seen, first, last, to, slice);
  else some_across<Reading::normed, Line>(patches, channels, seen, first, last, to, slice);
}

template <typename Lines, typename Real>
void output(const float* from, int64_t slice, int64_t channels, const FinishTerms& finish, const Real* const* add, const GateTerms* gate,
            Real* const* to, float* moments, int64_t squares) {
  constexpr int kFrom = Lines::kProducts, kTo = Lines::kOutputs;
  for (int64_t c = 0; c < channels; c += kWidth) {
    const FinishTerms here = finish.from(c);
    const Vec scale = gate ? load(gate->scale + c) : Vec{}, shift = gate ? load(gate->shift + c) : Vec{};
    const Vec mean = gate ? load(gate->mean + c) : Vec{};
    Vec sum{}, square{};
    both_ways<kFrom, kTo>(
        [](const Vec* m, Vec* y) { Lines::output(m, y); },
        [&](int row, int column) { return load(from + (kFrom * row + column) * slice + c); },
        [&](int row, int column, Vec y) {
          const int i = kTo * row + column;
          if (!to[i]) return;
          const Vec other = add ? load(add[i] + c) : Vec{};
          const Vec value = gate ? (Vec)(other * scale + shift > 0.0f ? y : Vec{}) : finished(y, here, other, to[i]);
          keep(to[i] + c, value);
          if (!moments) return;
          const Vec kept = as_kept(value, to[i]);
          sum += kept;
          square += kept * (gate ? other - mean : kept);
        });
    if (moments) {
      keep(moments + c, load(moments + c) + sum);
      keep(moments + squares + c, load(moments + squares + c) + square);
    }
  }
}

template <typename Lines>
void weights(const float* g, float* to, int64_t slice) {
  constexpr int kTo = Lines::kMatrices;
  for (int lane = 0; lane < 16; lane += kWidth) {
    Vec matrices[kTo * kTo][kInUnit];
    for (int inner = 0; inner < kInUnit; ++inner) {
      both_ways<3, kTo>(
          [](const Vec* from, Vec* line) { Lines::weight(from, line); },
          [&](int row, int column) { return load(g + (9 * inner + 3 * row + column) * 16 + lane); },
          [&](int row, int column, Vec value) { matrices[kTo * row + column][inner] = value; });
    }
    for (int i = 0; i < kTo * kTo; ++i) keep_across(to + i * slice + lane, matrices[i]);
  }
}

template <typename Lines>
void weights_adjoint(const float* from, int64_t slice, float* g) {
  constexpr int kFrom = Lines::kMatrices;
  for (int lane = 0; lane < 16; lane += kWidth) {
    both_ways<kFrom, 3>(
        [](const Vec* w, Vec* line) { Lines::weight_adjoint(w, line); },
        [&](int row, int column) { return load(from + (kFrom * row + column) * slice + lane); },
        [&](int row, int column, Vec value) { keep(g + (3 * row + column) * 16 + lane, value); });
  }
}

// What every form has.
template <typename Lines, typename Real>
constexpr WinogradLoops<Real> forward_loops() {
  return {{kRows, 2 * kWidth, block}, kInUnit, Lines::kPatch, Lines::kOutputs, Lines::kStep, Lines::kProducts, Lines::kMatrices,
          input<Lines, Real>, nullptr, nullptr, output<Lines, Real>, weights<Lines>, nullptr};
}

template <typename Lines, typename Real>
constexpr WinogradLoops<Real> loops_of() {
  WinogradLoops<Real> loops = forward_loops<Lines, Real>();
  loops.input_across = across<InputLine<Lines>, Real>;
  loops.gradient_across = across<GradientLine<Lines>, Real>;
  loops.weights_adjoint = weights_adjoint<Lines>;
  return loops;
}

}  // namespace
}  // namespace mocosharp
