// What the training thread computes at this moment, for a watchdog beside it: the operator that was called, and the kernel inside it.
#pragma once

#include <string>

namespace mocosharp {

// `name` stays where it is.
void operator_begins(const std::string* name);

// A kernel at work, for a scope.
class KernelAtWork {
 public:
  explicit KernelAtWork(std::string what);
  ~KernelAtWork();
  KernelAtWork(const KernelAtWork&) = delete;
  KernelAtWork& operator=(const KernelAtWork&) = delete;
};

// "mocosharp::conv2d: weight fp32 n64 c16 32x32 k32 1x1 s2x2 p0x0 by library"; the last operator where none runs.
std::string activity();

}  // namespace mocosharp
