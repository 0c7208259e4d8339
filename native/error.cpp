#include "guard.h"

namespace {
thread_local std::string last_error;
}

void mocosharp::keep_error(std::string text) noexcept { last_error = std::move(text); }

const char* ms_last_error(int64_t* length) {
  *length = static_cast<int64_t>(last_error.size());
  return last_error.data();
}

void ms_set_error(const char* text, int64_t length) { last_error.assign(text, static_cast<size_t>(length)); }
