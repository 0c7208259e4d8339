#include "float_loops.h"

#include "level.h"

namespace mocosharp {

const FloatLoops* float_loops() {
  if (level() >= Level::avx512) return &kFloatLoopsAvx512;
  return level() >= Level::avx2 ? &kFloatLoopsAvx2 : nullptr;
}

}  // namespace mocosharp
