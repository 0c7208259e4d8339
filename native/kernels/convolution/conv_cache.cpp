#include "conv_cache.h"

#include <c10/util/Exception.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mocosharp {
namespace {

const char kBetween[] = " = ";

// The file's lock, for a scope: not flock's, by which .NET would refuse to read the file meanwhile.
class Held {
 public:
  explicit Held(int file) : file_(file) {
    struct flock all {};
    all.l_type = F_WRLCK;
    while (fcntl(file_, F_OFD_SETLKW, &all) != 0 && errno == EINTR) {
    }
  }
  ~Held() {
    struct flock all {};
    all.l_type = F_UNLCK;
    fcntl(file_, F_OFD_SETLK, &all);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  const int file_;
};

}  // namespace

ConvCache::~ConvCache() {
  if (file_ >= 0) close(file_);
}

void ConvCache::open(const std::string& path, const std::string& header) {
  if (path == path_) return;
  if (file_ >= 0) close(file_);
  file_ = -1;
  path_.clear();
  problem_.clear();
  kept_.clear();
  read_to_ = 0;
  if (path.empty()) return;
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  TORCH_CHECK(file_ >= 0, path, ": ", std::strerror(errno));
  path_ = path;
  const Held held(file_);
  if (lseek(file_, 0, SEEK_END) == 0) append("# " + header);
  read();
}

std::string ConvCache::get(const std::string& key, const std::function<bool(const std::string&)>& is_usable,
                           const std::function<std::string()>& measure) {
  const auto kept = [&]() -> const std::string* {
    const auto found = kept_.find(key);
    return found != kept_.end() && is_usable(found->second) ? &found->second : nullptr;
  };
  if (const std::string* name = kept()) return *name;
  if (file_ < 0) return measure();
  const Held held(file_);
  read();
  if (const std::string* name = kept()) return *name;
  const std::string name = measure();
  append(key + kBetween + name);
  read();
  return name;
}

// Takes up what was appended since; a line that a killed process left half is passed over.
void ConvCache::read() {
  std::string text;
  char buffer[1 << 16];
  if (lseek(file_, 0, SEEK_END) < read_to_) read_to_ = 0;
  for (long at = read_to_;;) {
    const ssize_t bytes = pread(file_, buffer, sizeof(buffer), at);
    if (bytes <= 0) break;
    text.append(buffer, static_cast<size_t>(bytes));
    at += bytes;
  }
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = text.substr(begin, end - begin);
    const size_t between = line.rfind(kBetween);
    if (between != std::string::npos && line[0] != '#') kept_[line.substr(0, between)] = line.substr(between + std::strlen(kBetween));
  }
  read_to_ += static_cast<long>(begin);
}

// Behind a line break where the file has none at its end.
void ConvCache::append(const std::string& line) {
  char last = '\n';
  const off_t end = lseek(file_, 0, SEEK_END);
  if (end > 0 && pread(file_, &last, 1, end - 1) != 1) last = '\n';
  const std::string text = (last == '\n' ? "" : "\n") + line + "\n";
  const ssize_t written = write(file_, text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) problem_ = path_ + ": " + (written < 0 ? std::strerror(errno) : "the disk is full");
}

}  // namespace mocosharp
