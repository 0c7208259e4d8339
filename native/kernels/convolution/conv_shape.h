// The numbers that describe one 2-D convolution, and the two ways of its data through our kernels.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mocosharp {

struct ConvShape {
  int64_t batch, in_channels, in_height, in_width;
  int64_t out_channels, kernel_height, kernel_width;
  int64_t stride_height, stride_width, pad_height, pad_width;
  int64_t groups = 1;

  int64_t out_height() const { return (in_height + 2 * pad_height - kernel_height) / stride_height + 1; }
  int64_t out_width() const { return (in_width + 2 * pad_width - kernel_width) / stride_width + 1; }
  int64_t taps() const { return kernel_height * kernel_width; }
  // "n256 c64 32x32 k64 3x3 s1x1 p1x1", and " g4" with 4 groups: the key of the table of choices
  std::string name() const;
};

// A stencil writes, at out (y * out_step + phase.y, x * out_step + phase.x) for y, x in the phase's grid, the sum over its taps of
// in (y * in_step + tap.dy, x * in_step + tap.dx) times the tap's matrix; what lies outside of the input is zero. A forward convolution
// has one phase; its input gradient has one phase for each position modulo the stride, and reads the output's gradient.
struct Tap {
  int64_t dy, dx;
  int64_t weight;  // kernel_row * kernel_width + kernel_column
};

struct Phase {
  int64_t y, x, rows, columns;
  std::vector<Tap> taps;
};

struct Stencil {
  int64_t batch;
  int64_t in_height, in_width, in_channels;
  int64_t out_height, out_width, out_channels;
  int64_t in_step_y, in_step_x, out_step_y, out_step_x;
  bool gradient;  // reads the weights' output channels and writes their input channels
  std::vector<Phase> phases;
  int64_t groups = 1;
};

Stencil forward_stencil(const ConvShape& shape);
Stencil input_gradient_stencil(const ConvShape& shape);

}  // namespace mocosharp
