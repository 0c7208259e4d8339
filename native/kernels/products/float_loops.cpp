#include "float_loops.h"

#include "kernels/machine/level.h"
#include "kernels/winograd/winograd_loops.h"

namespace mocosharp {

const FloatLoops* float_loops() {
  if (level() >= Level::avx512) return &kFloatLoopsAvx512;
  return level() >= Level::avx2 ? &kFloatLoopsAvx2 : nullptr;
}

template <>
const WinogradLoops<float>* winograd_loops<float>(WinogradForm form) {
  if (level() >= Level::avx512) return &kWinogradAvx512[static_cast<int>(form)];
  return level() >= Level::avx2 ? &kWinogradAvx2[static_cast<int>(form)] : nullptr;
}

template <>
const WinogradLoops<Bits16>* winograd_loops<Bits16>(WinogradForm form) {
  const bool is_there = static_cast<int>(form) < kHalfForms && level() >= Level::avx512bf16;
  return is_there ? &kWinogradHalfAvx512Bf16[static_cast<int>(form)] : nullptr;
}

}  // namespace mocosharp
