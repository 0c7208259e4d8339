// AVX-512 pieces shared by the kernels: loads and stores of bfloat16 as float, and what this processor can do.
// Everything here carries its own target attribute, so that one binary also runs where these instructions do not exist.
#pragma once

#include <c10/util/BFloat16.h>
#include <immintrin.h>

#include "level.h"

#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // gcc 12 says so of its own intrinsics
#pragma GCC diagnostic ignored "-Wuninitialized"

#define MOCOSHARP_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

namespace mocosharp {

// AVX-512 with the bfloat16 conversions (Cooper Lake, Sapphire Rapids, Zen 4 and later).
inline bool has_avx512_bf16() { return level() >= Level::avx512bf16; }

MOCOSHARP_AVX512 inline __m512 load16(const float* from) { return _mm512_loadu_ps(from); }

MOCOSHARP_AVX512 inline __m512 load16(const c10::BFloat16* from) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from))), 16));
}

MOCOSHARP_AVX512 inline void store16(float* to, __m512 value) { _mm512_storeu_ps(to, value); }

MOCOSHARP_AVX512 inline void store16(c10::BFloat16* to, __m512 value) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), (__m256i)_mm512_cvtneps_pbh(value));
}

}  // namespace mocosharp
