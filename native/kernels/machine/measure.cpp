#include "measure.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

namespace mocosharp {
namespace {

constexpr double kClear = 1.5;  // who is so far behind runs no more
constexpr double kSame = 1.05;  // two times this close are the same time
constexpr int kFewest = 3, kMost = 12;
constexpr double kSeconds = 0.5, kMostSeconds = 2;  // for all runs together: usually, and where times do not repeat

struct Entry {
  size_t index;
  double best = std::numeric_limits<double>::infinity(), second = std::numeric_limits<double>::infinity();

  void add(double seconds) {
    second = std::min(second, std::max(best, seconds));
    best = std::min(best, seconds);
  }
  bool is_settled() const { return second <= kSame * best; }
};

double time_of(const std::function<void(size_t)>& run, size_t index) {
  const auto start = std::chrono::steady_clock::now();
  run(index);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

size_t fastest(size_t count, const std::function<void(size_t)>& run) {
  std::vector<Entry> entries(count);
  for (size_t i = 0; i < count; ++i) {
    entries[i].index = i;
    run(i);  // the first runs build and warm what all need
  }
  const auto faster = [](const Entry& a, const Entry& b) { return a.best < b.best; };
  const auto is_done = [&](int rounds, double spent) {
    const bool settled = std::all_of(entries.begin(), entries.end(), [](const Entry& entry) { return entry.is_settled(); });
    return rounds >= kFewest && (spent >= kMostSeconds || (settled && (spent >= kSeconds || rounds >= kMost)));
  };
  double spent = 0;
  for (int rounds = 0; entries.size() > 1 && !is_done(rounds, spent); ++rounds) {
    for (Entry& entry : entries) {
      const double seconds = time_of(run, entry.index);
      entry.add(seconds);
      spent += seconds;
    }
    if (rounds + 1 < kFewest) continue;
    const double limit = kClear * std::min_element(entries.begin(), entries.end(), faster)->best;
    entries.erase(std::remove_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.best > limit; }), entries.end());
  }
  return std::min_element(entries.begin(), entries.end(), faster)->index;
}

}  // namespace mocosharp
