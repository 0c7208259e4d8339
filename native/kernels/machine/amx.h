// Intel AMX tiles: whether this process may use them, and their configuration for a stretch of code.
#pragma once

#include <cstdint>

#include "level.h"

#define MOCOSHARP_AMX __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,prfchw")))

namespace mocosharp {

// True where the processor has bfloat16 tiles and the kernel lets this process use them (asks for them).
bool machine_has_tiles();

inline bool has_amx() { return level() >= Level::amx; }

// Configures all eight tiles of the calling thread as 16 rows of 64 bytes, and frees them at the end of the scope. Nothing below AMX.
class TileScope {
 public:
  TileScope();
  ~TileScope();
  TileScope(const TileScope&) = delete;
  TileScope& operator=(const TileScope&) = delete;

 private:
  const bool configured_;
};

}  // namespace mocosharp
