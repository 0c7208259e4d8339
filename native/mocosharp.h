// The C ABI between MocoSharp.Torch and libtorch. Blittable types only; nothing is thrown across it.
// A tensor is a TensorImpl* that owns one reference; who receives one releases it with ms_tensor_release.
#pragma once
#include <stdint.h>

#define MS_EXPORT extern "C" __attribute__((visibility("default")))

enum ms_status : int32_t { MS_OK = 0, MS_TORCH = 1, MS_STD = 2, MS_UNKNOWN = 3 };

enum ms_tag : int64_t {
  MS_NONE = 0, MS_TENSOR = 1, MS_INT = 2, MS_DOUBLE = 3, MS_BOOL = 4,
  MS_INTS = 5, MS_DOUBLES = 6, MS_TENSORS = 7, MS_STRING = 8, MS_DEVICE = 9
};

// An argument or a result of an operator. Lists and strings point at `length` items that the sender owns for the time of the call.
struct ms_value {
  int64_t tag;
  union { int64_t integer; double number; void* pointer; };
  int64_t length;   // items of a list, bytes of a string; device index of a device (its type is `integer`)
};

struct ms_tensor_info {
  void* data;
  const int64_t* sizes;     // valid until the tensor's metadata changes or it is released
  const int64_t* strides;
  int64_t dimensions, elements, storage_bytes;
  int32_t dtype, device_type, device_index, requires_grad;
};

typedef void (*ms_release)(void* context);
// Gradients of the outputs in (an undefined one is null), gradients of the inputs out (null: none). Returns 0, or 1 with the error already
// kept.
typedef int32_t (*ms_backward_callback)(void* context, void* const* output_grads, int32_t outputs, void** input_grads, int32_t inputs);

// error.cpp
MS_EXPORT const char* ms_last_error(int64_t* length);
MS_EXPORT void ms_set_error(const char* text, int64_t length);
// call.cpp
MS_EXPORT ms_status ms_operator_find(const char* name, const char* overload, void** handle);
MS_EXPORT ms_status ms_call(void* handle, const ms_value* arguments, int32_t count, ms_value* results, int32_t capacity, int32_t* produced);
MS_EXPORT void ms_free(void* memory);
// tensor.cpp
MS_EXPORT void ms_tensor_release(void* tensor);
MS_EXPORT ms_status ms_tensor_info_of(void* tensor, ms_tensor_info* info);
MS_EXPORT ms_status ms_tensor_from_memory(void* data, const int64_t* sizes, const int64_t* strides, int32_t dimensions, int32_t dtype,
                                          ms_release release, void* context, void** tensor);
MS_EXPORT ms_status ms_tensor_set_data(void* tensor, void* source);
// upload.cpp
// host stays until the device has it
MS_EXPORT ms_status ms_upload_begin(void* host, int32_t device_type, int32_t device_index, void** upload);
// what the device computes from now on waits for the copy; ends the upload
MS_EXPORT ms_status ms_upload_end(void* upload, void** tensor);
// autograd.cpp
MS_EXPORT ms_status ms_backward(void* loss, void* gradient);
MS_EXPORT ms_status ms_grad(void* tensor, void** gradient);
MS_EXPORT ms_status ms_set_grad(void* tensor, void* gradient);
MS_EXPORT ms_status ms_set_requires_grad(void* tensor, int32_t value);
MS_EXPORT int32_t ms_set_grad_mode(int32_t enabled);
MS_EXPORT ms_status ms_attach_node(void* const* inputs, int32_t input_count, void** outputs, int32_t output_count,
                                   ms_backward_callback backward, ms_release release, void* context);
// runtime.cpp
MS_EXPORT ms_status ms_start(int32_t threads);
MS_EXPORT int32_t ms_threads(void);
MS_EXPORT ms_status ms_set_threads(int32_t threads);
MS_EXPORT ms_status ms_seed(uint64_t seed);
MS_EXPORT int32_t ms_library_is_held_back(void);   // whether oneDNN was found wrong here and is left out
MS_EXPORT int32_t ms_cuda_devices(void);
MS_EXPORT int32_t ms_cuda_has_bf16(void);   // whether its convolutions take bf16 without detours
MS_EXPORT ms_status ms_describe(int32_t what, char** text, int64_t* length);   // 0 build, 1 threading, 2 version, 3 what is computed now
MS_EXPORT ms_status ms_sync_folder(const char* path);   // forces a folder's entries to the disk
MS_EXPORT void ms_allocator_statistics(int64_t* in_use, int64_t* cached, int64_t* peak, int64_t* system_allocations);
MS_EXPORT void ms_release_cached_memory(void);
