// Intel AMX tiles: whether this process may use them, and their configuration for a stretch of code.
#pragma once

#include <cstdint>

#define MOCOSHARP_AMX __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,prfchw")))

namespace mocosharp {

// True where the processor has bfloat16 tiles and the kernel lets this process use them (asked for once).
bool has_amx();

// Configures all eight tiles of the calling thread as 16 rows of 64 bytes, and frees them at the end of the scope.
class TileScope {
 public:
  TileScope();
  ~TileScope();
  TileScope(const TileScope&) = delete;
  TileScope& operator=(const TileScope&) = delete;
};

}  // namespace mocosharp
