// batch_norm_loops.h for AVX-512: the same contracts, for channels in multiples of 16, sums left in float.
#pragma once

#include "kernels/machine/avx512.h"
#include "batch_norm_loops.h"

namespace mocosharp::avx512 {

template <typename T>
void moments(const T* x, int64_t rows, int64_t channels, const float* around, float* sums, float* squares);

template <typename T>
void normalize(const T* x, const T* residual, T* y, int64_t rows, int64_t channels, const ChannelTerms& terms, bool relu);

template <typename T>
void gradients(const T* gradient, const T* x, const T* y, T* gated, int64_t rows, int64_t channels, const ChannelTerms& terms, Gate gate,
               float* sums, float* products);

template <typename T>
void input_gradient(const T* gradient, const T* x, T* dx, int64_t rows, int64_t channels, const ChannelTerms& terms, Gate gate);

}  // namespace mocosharp::avx512
