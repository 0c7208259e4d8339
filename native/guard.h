// Every export runs its body through guarded(): a C++ exception becomes a status and a text kept for the calling thread.
#pragma once
#include <c10/util/Exception.h>
#include <ATen/core/Tensor.h>
#include <string>
#include "mocosharp.h"

namespace mocosharp {

void keep_error(std::string text) noexcept;

// What every thread needs before it computes: a signal stack large enough for tiles, and the process's thread count, which libtorch keeps
// per calling thread (runtime.cpp).
void prepare_thread();

inline ms_status fail(ms_status status, std::string text) noexcept {
  keep_error(std::move(text));
  return status;
}

template <typename Body> ms_status guarded(Body&& body) noexcept {
  try { body(); return MS_OK; }
  catch (const c10::Error& e)     { return fail(MS_TORCH, e.what_without_backtrace()); }
  catch (const std::exception& e) { return fail(MS_STD, e.what()); }
  catch (...)                     { return fail(MS_UNKNOWN, "a C++ exception of an unknown type"); }
}

// Borrows: the caller's reference stays its own.
inline at::Tensor borrow(void* handle) {
  return handle == nullptr ? at::Tensor()
      : at::Tensor(c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim_copy(static_cast<at::TensorImpl*>(handle)));
}

// Gives the reference away; an undefined tensor is null.
inline void* release(at::Tensor tensor) { return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr; }

}  // namespace mocosharp
