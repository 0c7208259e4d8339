// Conversions between bfloat16 and float that the compiler can vectorize: plain integer arithmetic, no library calls.
#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>
#include <cstring>

namespace mocosharp {

inline float to_float(float value) { return value; }

inline float to_float(c10::BFloat16 value) {
  const uint32_t bits = static_cast<uint32_t>(value.x) << 16;
  float result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

// Rounds to the nearest, ties to even; a NaN stays a NaN (the rounding increment alone could carry it to a zero).
inline void store(c10::BFloat16* target, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  target->x = static_cast<uint16_t>(value != value ? 0x7fc0u : rounded);
}

inline void store(float* target, float value) { *target = value; }

}  // namespace mocosharp
