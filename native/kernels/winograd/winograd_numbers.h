// Maps' numbers and products' units, for winograd_loops_body.h: how they are read and kept.
// No #pragma once, and no includes: this is compiled for each level.

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

// How a patch of a map is read: as it lies, through a norm, or through a norm but for pixels outside.
enum class Reading { plain, normed, bordered };

// Some channels' terms, in registers.
template <Reading kReading>
struct Reader {
  Vec scale, shift;
  const void* outside;

  Reader(const SeenTerms* seen, int64_t c) {
    if constexpr (kReading == Reading::plain) return;
    scale = load(seen->scale + c);
    shift = load(seen->shift + c);
    outside = seen->outside;
  }

  template <typename Real>
  Vec at(const Real* pixel, int64_t c) const {
    if constexpr (kReading == Reading::bordered) {
      if (pixel == outside) return Vec{};
    }
    const Vec value = load(pixel + c);
    if constexpr (kReading == Reading::plain) return value;
    const Vec y = value * scale + shift;
    return (Vec)(y < 0.0f ? Vec{} : y);
  }
};

template <typename Real>
inline bool has_border(const Real* const* pixels, int64_t count, const SeenTerms& seen) {
  bool found = false;
  for (int64_t i = 0; i < count; ++i) found |= pixels[i] == seen.outside;
  return found;
}

}  // namespace
}  // namespace mocosharp
