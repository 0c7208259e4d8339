#include "conv_shape.h"

#include <algorithm>
#include <sstream>

namespace mocosharp {

std::string ConvShape::name() const {
  std::ostringstream text;
  text << 'n' << batch << " c" << in_channels << ' ' << in_height << 'x' << in_width << " k" << out_channels << ' ' << kernel_height << 'x'
       << kernel_width << " s" << stride_height << 'x' << stride_width << " p" << pad_height << 'x' << pad_width;
  if (groups > 1) text << " g" << groups;
  return text.str();
}

Stencil forward_stencil(const ConvShape& s) {
  Stencil stencil{s.batch,
                  s.in_height,
                  s.in_width,
                  s.in_channels,
                  s.out_height(),
                  s.out_width(),
                  s.out_channels,
                  s.stride_height,
                  s.stride_width,
                  1,
                  1,
                  /*gradient=*/false,
                  {},
                  s.groups};
  Phase phase{0, 0, s.out_height(), s.out_width(), {}};
  for (int64_t ky = 0; ky < s.kernel_height; ++ky) {
    for (int64_t kx = 0; kx < s.kernel_width; ++kx) phase.taps.push_back({ky - s.pad_height, kx - s.pad_width, ky * s.kernel_width + kx});
  }
  stencil.phases.push_back(phase);
  return stencil;
}

Stencil input_gradient_stencil(const ConvShape& s) {
  Stencil stencil{s.batch, s.out_height(),  s.out_width(),  s.out_channels,    s.in_height, s.in_width, s.in_channels, 1,
                  1,       s.stride_height, s.stride_width, /*gradient=*/true, {},          s.groups};
  for (int64_t y = 0; y < std::min(s.stride_height, s.in_height); ++y) {
    for (int64_t x = 0; x < std::min(s.stride_width, s.in_width); ++x) {
      Phase phase{
          y, x, (s.in_height - y + s.stride_height - 1) / s.stride_height, (s.in_width - x + s.stride_width - 1) / s.stride_width, {}};
      // Input row i feeds output row o where o * stride = i + pad - ky.
      for (int64_t ky = 0; ky < s.kernel_height; ++ky) {
        if ((y + s.pad_height - ky) % s.stride_height != 0) continue;
        for (int64_t kx = 0; kx < s.kernel_width; ++kx) {
          if ((x + s.pad_width - kx) % s.stride_width != 0) continue;
          phase.taps.push_back(
              {(y + s.pad_height - ky) / s.stride_height, (x + s.pad_width - kx) / s.stride_width, ky * s.kernel_width + kx});
        }
      }
      stencil.phases.push_back(phase);
    }
  }
  return stencil;
}

}  // namespace mocosharp
