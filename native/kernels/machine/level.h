// What this processor can do, from AVX2 to AMX, and a limit below that for tests.
#pragma once

#include <string>

namespace mocosharp {

// Each level has what the ones before it have. avx512: F, BW, VL and DQ; avx512bf16: its bfloat16 conversions and products.
enum class Level { none, avx2, avx512, avx512bf16, amx };

// The level at which kernels run: the machine's, or the limit.
Level level();
Level machine_level();

// "auto" goes back to the limit at start: the environment's MOCOSHARP_LEVEL, which bounds libtorch's kernels too, or none.
void set_level_limit(const std::string& name);
std::string level_name(Level level);

}  // namespace mocosharp
