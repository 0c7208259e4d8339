#include "batch_norm.h"

#include <ATen/Dispatch.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "batch_norm_loops.h"
#include "kernels/machine/threads.h"

namespace mocosharp {
namespace {

// Channels-last data seen as rows of C numbers: H * W rows a sample, samples dealt to the groups in turn.
struct Rows {
  int64_t count, channels, per_sample, groups;

  Rows(const at::Tensor& x, int64_t groups)
      : count(x.numel() / x.size(1)), channels(x.size(1)), per_sample(count / x.size(0)), groups(groups) {}

  int64_t in_group() const { return count / groups; }

  // Calls body(first row, rows, group) for stretches of one group that together are one share. Stretches come from several places
  // in turn: the processor's prefetcher follows each of them, and several at a time fill the memory's bandwidth better than one.
  template <typename Body>
  void for_share(int64_t part, int64_t parts, const Body& body) const {
    const Range mine = share(count, part, parts);
    Range places[kPlaces];
    for (int i = 0; i < kPlaces; ++i) {
      const Range part = share(mine.end - mine.begin, i, kPlaces);
      places[i] = {mine.begin + part.begin, mine.begin + part.end};
    }
    for (bool more = true; more;) {
      more = false;
      for (Range& place : places) {
        if (place.begin >= place.end) continue;
        const int64_t sample = place.begin / per_sample, group = sample % groups;
        int64_t end = std::min(place.end, place.begin + kBlockRows);
        if (groups > 1) end = std::min(end, (sample + 1) * per_sample);
        body(place.begin, end - place.begin, group);
        place.begin = end;
        more = true;
      }
    }
  }

  static constexpr int kPlaces = 4;
};

struct Sums {
  std::vector<double> first, second;  // [groups, C] each
};

// Adds up each share's two sums in the order of the shares, so that the result does not depend on who finishes first.
template <typename Body>
Sums add_up(const Rows& rows, const Body& body) {
  const int64_t shares = claimable_shares(), size = rows.groups * rows.channels;
  std::vector<Sums> partial(shares);
  claim_shares(shares, [&](int64_t, int64_t part) {
    Sums& mine = partial[part];
    mine.first.assign(size, 0.0);
    mine.second.assign(size, 0.0);
    rows.for_share(part, shares, [&](int64_t row, int64_t count, int64_t group) {
      body(row, count, group, mine.first.data() + group * rows.channels, mine.second.data() + group * rows.channels);
    });
  });
  for (int64_t part = 1; part < shares; ++part) {
    for (int64_t i = 0; i < size; ++i) {
      partial[0].first[i] += partial[part].first[i];
      partial[0].second[i] += partial[part].second[i];
    }
  }
  return std::move(partial[0]);
}

Sums given(const Rows& rows, const at::Tensor& moments) {
  const double* from = moments.data_ptr<double>();
  Sums sums;
  for (int64_t group = 0; group < rows.groups; ++group, from += 2 * rows.channels) {
    sums.first.insert(sums.first.end(), from, from + rows.channels);
    sums.second.insert(sums.second.end(), from + rows.channels, from + 2 * rows.channels);
  }
  return sums;
}

// Means and inverse deviations of each group, and the running statistics moved by the groups' average.
template <typename T>
void measure(const Rows& rows, const T* x, const BatchNormOptions& options, const at::Tensor& moments, float* mean, float* inverse,
             float* running_mean, float* running_var) {
  const int64_t channels = rows.channels, per_group = rows.in_group();
  std::vector<float> around(rows.groups * channels);
  for (int64_t group = 0; group < rows.groups && !moments.defined(); ++group) {  // a group's first row is near enough to its mean
    for (int64_t c = 0; c < channels; ++c) around[group * channels + c] = static_cast<float>(x[group * rows.per_sample * channels + c]);
  }
  const Sums sums = moments.defined()
                        ? given(rows, moments)
                        : add_up(rows, [&](int64_t row, int64_t count, int64_t group, double* first, double* second) {
                            accumulate_moments(x + row * channels, count, channels, around.data() + group * channels, first, second);
                          });
  for (int64_t c = 0; c < channels; ++c) {
    double average_mean = 0.0, average_var = 0.0;
    for (int64_t group = 0; group < rows.groups; ++group) {
      const int64_t at = group * channels + c;
      const double shift = sums.first[at] / per_group;
      const double spread = sums.second[at] / per_group - shift * shift, var = spread < 0.0 ? 0.0 : spread;  // not a number stays none
      mean[at] = static_cast<float>(around[at] + shift);
      inverse[at] = static_cast<float>(1.0 / std::sqrt(var + options.eps));
      average_mean += (around[at] + shift) / rows.groups;
      average_var += var * per_group / (per_group - 1) / rows.groups;
    }
    running_mean[c] = static_cast<float>((1.0 - options.momentum) * running_mean[c] + options.momentum * average_mean);
    running_var[c] = static_cast<float>((1.0 - options.momentum) * running_var[c] + options.momentum * average_var);
  }
}

// The factors of every channel of every group, kept together.
struct Terms {
  std::vector<float> scale, shift, slope, offset;
  const float* mean;
  int64_t channels;

  Terms(const at::Tensor& mean, const at::Tensor& inverse, const at::Tensor& weight, const at::Tensor& bias)
      : scale(mean.numel()),
        shift(mean.numel()),
        slope(mean.numel()),
        offset(mean.numel()),
        mean(mean.data_ptr<float>()),
        channels(mean.size(1)) {
    const float* w = weight.defined() ? weight.data_ptr<float>() : nullptr;
    const float* b = bias.defined() ? bias.data_ptr<float>() : nullptr;
    const float* deviation = inverse.data_ptr<float>();
    for (int64_t i = 0; i < mean.numel(); ++i) {
      scale[i] = deviation[i] * (w ? w[i % channels] : 1.0f);
      shift[i] = (b ? b[i % channels] : 0.0f) - this->mean[i] * scale[i];
    }
  }

  explicit Terms(const Normed& seen)
      : slope(seen.mean.numel()), offset(slope), mean(seen.mean.data_ptr<float>()), channels(seen.mean.size(1)) {
    scale.assign(seen.scale.data_ptr<float>(), seen.scale.data_ptr<float>() + seen.scale.numel());
    shift.assign(seen.shift.data_ptr<float>(), seen.shift.data_ptr<float>() + seen.shift.numel());
  }

  Terms(const Finish& finish, int64_t channels)
      : scale(channels, 1.0f), shift(channels), slope(channels), offset(channels), channels(channels) {
    if (finish.scale.defined()) std::copy_n(finish.scale.data_ptr<float>(), channels, scale.data());
    if (finish.shift.defined()) std::copy_n(finish.shift.data_ptr<float>(), channels, shift.data());
    mean = offset.data();
  }

  ChannelTerms of(int64_t group) const {
    const int64_t at = group * channels;
    return {mean + at, scale.data() + at, shift.data() + at, slope.data() + at, offset.data() + at};
  }
};

template <typename Body>
void dispatch(at::ScalarType type, const Body& body) {
  if (type == at::kBFloat16) return body(c10::BFloat16());
  TORCH_CHECK(type == at::kFloat, "batch_norm_act: x is ", type, "; it takes Float or BFloat16");
  body(0.0f);
}

// y = [relu](x * scale + shift [+ residual]); y may be x.
template <typename T>
void normalize_all(const Rows& rows, const T* x, const T* residual, T* y, const Terms& terms, bool relu) {
  const int64_t shares = claimable_shares();
  claim_shares(shares, [&](int64_t, int64_t part) {
    rows.for_share(part, shares, [&](int64_t row, int64_t count, int64_t group) {
      const int64_t at = row * rows.channels;
      normalize(x + at, residual ? residual + at : nullptr, y + at, count, rows.channels, terms.of(group), relu);
    });
  });
}

}  // namespace

void finish_rows(const at::Tensor& sums, const Finish& finish) {
  const Rows rows(sums, 1);
  const Terms terms(finish, rows.channels);
  dispatch(sums.scalar_type(), [&](auto type) {
    using T = decltype(type);
    T* y = sums.data_ptr<T>();
    normalize_all(rows, y, finish.add.defined() ? finish.add.data_ptr<T>() : nullptr, y, terms, finish.relu);
  });
}

BatchNormForward batch_norm_statistics(const at::Tensor& x, const at::Tensor& running_mean, const at::Tensor& running_var,
                                       const BatchNormOptions& options, const at::Tensor& moments) {
  const Rows rows(x, options.splits);
  BatchNormForward result;
  result.mean = at::empty({rows.groups, rows.channels}, x.options().dtype(at::kFloat).memory_format(at::MemoryFormat::Contiguous));
  result.inverse_deviation = at::empty_like(result.mean);
  dispatch(x.scalar_type(), [&](auto type) {
    measure(rows, x.data_ptr<decltype(type)>(), options, moments, result.mean.data_ptr<float>(), result.inverse_deviation.data_ptr<float>(),
            running_mean.data_ptr<float>(), running_var.data_ptr<float>());
  });
  return result;
}

Normed normed(const BatchNormForward& statistics, const at::Tensor& weight, const at::Tensor& bias) {
  const Terms terms(statistics.mean, statistics.inverse_deviation, weight, bias);
  const Normed seen{at::empty_like(statistics.mean), at::empty_like(statistics.mean), statistics.mean};
  std::copy(terms.scale.begin(), terms.scale.end(), seen.scale.data_ptr<float>());
  std::copy(terms.shift.begin(), terms.shift.end(), seen.shift.data_ptr<float>());
  return seen;
}

at::Tensor apply_norm(const at::Tensor& x, const Normed& seen) {
  const Rows rows(x, seen.splits());
  const at::Tensor y = at::empty_like(x);
  dispatch(x.scalar_type(), [&](auto type) {
    using T = decltype(type);
    normalize_all(rows, x.data_ptr<T>(), static_cast<const T*>(nullptr), y.data_ptr<T>(), Terms(seen), true);
  });
  return y;
}

BatchNormForward batch_norm_forward(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& weight, const at::Tensor& bias,
                                    const at::Tensor& running_mean, const at::Tensor& running_var, const BatchNormOptions& options,
                                    const at::Tensor& moments) {
  const Rows rows(x, options.training ? options.splits : 1);
  BatchNormForward result;
  if (options.training) {
    result = batch_norm_statistics(x, running_mean, running_var, options, moments);
  } else {
    result.mean = running_mean.view({1, -1});
    result.inverse_deviation = at::rsqrt(running_var + options.eps).view({1, -1});
  }
  result.y = at::empty_like(x);
  dispatch(x.scalar_type(), [&](auto type) {
    using T = decltype(type);
    const T* input = x.data_ptr<T>();
    const T* sum = residual.defined() ? residual.data_ptr<T>() : nullptr;
    T* output = result.y.data_ptr<T>();
    const Terms terms(result.mean, result.inverse_deviation, weight, bias);
    normalize_all(rows, input, sum, output, terms, options.relu);
  });
  return result;
}

BatchNormBackward batch_norm_backward(const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& y, const at::Tensor& weight,
                                      const at::Tensor& bias, const at::Tensor& mean, const at::Tensor& inverse_deviation,
                                      const BatchNormOptions& options, bool with_residual, const at::Tensor& gated_sums) {
  const Rows rows(x, mean.size(0));
  const bool passed = gated_sums.defined();
  const Gate gate = !options.relu || passed ? Gate::none : with_residual ? Gate::from_output : Gate::from_input;
  BatchNormBackward result;
  result.x = passed ? gradient : at::empty_like(x);
  if (with_residual) result.residual = options.relu ? at::empty_like(x) : gradient;
  result.weight = at::zeros({rows.channels}, mean.options());
  result.bias = at::zeros({rows.channels}, mean.options());
  Terms terms(mean, inverse_deviation, weight, bias);
  dispatch(x.scalar_type(), [&](auto type) {
    using T = decltype(type);
    const T *g = gradient.data_ptr<T>(), *input = x.data_ptr<T>();
    const T* output = gate == Gate::from_output ? y.data_ptr<T>() : nullptr;
    T* gated = gate == Gate::from_output ? result.residual.data_ptr<T>() : nullptr;
    const auto add = [&](int64_t row, int64_t count, int64_t group, double* first, double* second) {
      const int64_t at = row * rows.channels;
      accumulate_gradients(g + at, input + at, output ? output + at : nullptr, gated ? gated + at : nullptr, count, rows.channels,
                           terms.of(group), gate, first, second);
    };
    const Sums sums = passed ? given(rows, gated_sums) : add_up(rows, add);
    float *weight_gradient = result.weight.data_ptr<float>(), *bias_gradient = result.bias.data_ptr<float>();
    const float* inverse = inverse_deviation.data_ptr<float>();
    for (int64_t i = 0; i < rows.groups * rows.channels; ++i) {
      weight_gradient[i % rows.channels] += static_cast<float>(sums.second[i] * inverse[i]);
      bias_gradient[i % rows.channels] += static_cast<float>(sums.first[i]);
      if (!options.training) continue;  // running statistics are constants
      terms.slope[i] =
          static_cast<float>(-static_cast<double>(terms.scale[i]) * inverse[i] * inverse[i] * sums.second[i] / rows.in_group());
      terms.offset[i] = static_cast<float>(-static_cast<double>(terms.scale[i]) * sums.first[i] / rows.in_group());
    }
    const Gate left = gated ? Gate::none : gate;  // `gated` has passed the gate already
    const T* behind = gated ? gated : g;
    T* dx = result.x.data_ptr<T>();
    const int64_t shares = claimable_shares();
    claim_shares(shares, [&](int64_t, int64_t part) {
      rows.for_share(part, shares, [&](int64_t row, int64_t count, int64_t group) {
        const int64_t at = row * rows.channels;
        input_gradient(behind + at, input + at, dx + at, count, rows.channels, terms.of(group), left);
      });
    });
  });
  return result;
}

}  // namespace mocosharp
