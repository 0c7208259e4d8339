#include <ATen/ops/from_blob.h>
#include "guard.h"

using namespace mocosharp;

void ms_tensor_release(void* tensor) {
  if (tensor != nullptr) c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim(static_cast<at::TensorImpl*>(tensor));
}

ms_status ms_tensor_info_of(void* handle, ms_tensor_info* info) {
  return guarded([&] {
    at::Tensor tensor = borrow(handle);
    info->data = tensor.has_storage() ? tensor.data_ptr() : nullptr;
    info->sizes = tensor.sizes().data();
    info->strides = tensor.strides().data();
    info->dimensions = tensor.dim();
    info->elements = tensor.numel();
    info->storage_bytes = tensor.has_storage() ? static_cast<int64_t>(tensor.storage().nbytes()) : 0;
    info->dtype = static_cast<int32_t>(tensor.scalar_type());
    info->device_type = static_cast<int32_t>(tensor.device().type());
    info->device_index = tensor.device().index();
    info->requires_grad = tensor.requires_grad();
  });
}

ms_status ms_tensor_from_memory(void* data, const int64_t* sizes, const int64_t* strides, int32_t dimensions, int32_t dtype,
                                ms_release release_memory, void* context, void** tensor) {
  return guarded([&] {
    at::IntArrayRef shape(sizes, static_cast<size_t>(dimensions)), steps(strides, static_cast<size_t>(dimensions));
    at::TensorOptions options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype));
    *tensor = release(at::from_blob(data, shape, steps,
        [release_memory, context](void*) { if (release_memory != nullptr) release_memory(context); }, options));
  });
}

ms_status ms_tensor_set_data(void* tensor, void* source) {
  return guarded([&] { borrow(tensor).set_data(borrow(source)); });
}
