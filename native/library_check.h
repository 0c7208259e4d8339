#pragma once

namespace mocosharp {

// Whether oneDNN computes convolutions wrongly on this machine and is left out.
extern bool library_is_held_back;

// Compares a few of oneDNN's convolutions with libtorch's plain ones, once, and leaves oneDNN out where they differ. oneDNN 2, of libtorch
// 1.13, was never seen wrong in them and is not asked.
void check_library();

}  // namespace mocosharp
