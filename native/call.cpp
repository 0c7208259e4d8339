// Operators by name through libtorch's dispatcher: one boxed call serves all of them.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/stack.h>
#include <cstdlib>
#include <cstring>
#include "activity.h"
#include "guard.h"
#include "torch_versions.h"

using namespace mocosharp;

namespace {

c10::IValue list_of_tensors(const ms_value& value, const c10::TypePtr& type) {
  void* const* handles = static_cast<void* const*>(value.pointer);
  if (type->containedType(0)->kind() == c10::TypeKind::OptionalType) {
    c10::List<optional<at::Tensor>> list;
    for (int64_t i = 0; i < value.length; i++)
      list.push_back(handles[i] ? optional<at::Tensor>(borrow(handles[i])) : nullopt);
    return list;
  }
  c10::List<at::Tensor> list;
  list.reserve(value.length);
  for (int64_t i = 0; i < value.length; i++) list.push_back(borrow(handles[i]));
  return list;
}

c10::IValue to_ivalue(const ms_value& value, const c10::TypePtr& type) {
  switch (value.tag) {
    case MS_NONE: return {};
    case MS_TENSOR: return borrow(value.pointer);
    case MS_INT: return type->kind() == c10::TypeKind::FloatType ? c10::IValue(static_cast<double>(value.integer))
        : c10::IValue(value.integer);
    case MS_DOUBLE: return value.number;
    case MS_BOOL: return value.integer != 0;
    case MS_INTS: {
      const int64_t* items = static_cast<const int64_t*>(value.pointer);
      if (type->kind() == c10::TypeKind::ListType && type->containedType(0)->kind() == c10::TypeKind::BoolType) {
        c10::List<bool> flags;
        for (int64_t i = 0; i < value.length; i++) flags.push_back(items[i] != 0);
        return flags;
      }
      return c10::IValue(std::vector<int64_t>(items, items + value.length));
    }
    case MS_DOUBLES: {
      const double* items = static_cast<const double*>(value.pointer);
      return c10::IValue(std::vector<double>(items, items + value.length));
    }
    case MS_TENSORS: return list_of_tensors(value, type);
    case MS_STRING: return std::string(static_cast<const char*>(value.pointer), static_cast<size_t>(value.length));
    case MS_DEVICE: return c10::Device(static_cast<c10::DeviceType>(value.integer), static_cast<c10::DeviceIndex>(value.length));
    default: TORCH_CHECK(false, "unknown argument tag ", value.tag);
  }
}

c10::TypePtr without_optional(const c10::TypePtr& type) {
  return type->kind() == c10::TypeKind::OptionalType ? type->containedType(0) : type;
}

void to_value(c10::IValue&& result, ms_value& value) {
  value.length = 0;
  if (result.isTensor()) {
    value.tag = MS_TENSOR;
    value.pointer = release(std::move(result).toTensor());
  } else if (result.isNone()) {
    value.tag = MS_NONE;
    value.integer = 0;
  } else if (result.isInt()) {
    value.tag = MS_INT;
    value.integer = result.toInt();
  } else if (result.isDouble()) {
    value.tag = MS_DOUBLE;
    value.number = result.toDouble();
  } else if (result.isBool()) {
    value.tag = MS_BOOL;
    value.integer = result.toBool();
  } else if (result.isTensorList()) {
    std::vector<at::Tensor> tensors = result.toTensorVector();
    void** handles = static_cast<void**>(std::malloc(sizeof(void*) * (tensors.size() + 1)));
    for (size_t i = 0; i < tensors.size(); i++) handles[i] = release(std::move(tensors[i]));
    value.tag = MS_TENSORS;
    value.pointer = handles;
    value.length = static_cast<int64_t>(tensors.size());
  } else if (result.isString()) {
    const std::string& text = result.toStringRef();
    char* copy = static_cast<char*>(std::malloc(text.size() + 1));
    std::memcpy(copy, text.data(), text.size());
    value.tag = MS_STRING;
    value.pointer = copy;
    value.length = static_cast<int64_t>(text.size());
  } else {
    TORCH_CHECK(false, "a result of type ", result.tagKind(), " has no place in the bridge");
  }
}

void discard(const ms_value& value) {
  if (value.tag == MS_TENSOR) ms_tensor_release(value.pointer);
  if (value.tag == MS_TENSORS) {
    for (int64_t i = 0; i < value.length; i++) ms_tensor_release(static_cast<void**>(value.pointer)[i]);
  }
  if (value.tag == MS_TENSORS || value.tag == MS_STRING) std::free(value.pointer);
}

}  // namespace

ms_status ms_operator_find(const char* name, const char* overload, void** handle) {
  return guarded([&] { *handle = new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload)); });
}

ms_status ms_call(void* handle, const ms_value* arguments, int32_t count, ms_value* results, int32_t capacity, int32_t* produced) {
  *produced = 0;
  ms_status status = guarded([&] {
    prepare_thread();
    const c10::OperatorHandle& op = *static_cast<c10::OperatorHandle*>(handle);
    const std::vector<c10::Argument>& declared = op.schema().arguments();
    TORCH_CHECK(static_cast<size_t>(count) <= declared.size(), op.schema(), " takes ", declared.size(), " arguments, got ", count);
    torch::jit::Stack stack;
    stack.reserve(declared.size());
    for (int32_t i = 0; i < count; i++) stack.push_back(to_ivalue(arguments[i], without_optional(declared[i].type())));
    for (size_t i = count; i < declared.size(); i++) {
      TORCH_CHECK(declared[i].default_value().has_value(), op.schema(), " needs its argument '", declared[i].name(), "'");
      stack.push_back(*declared[i].default_value());
    }
    operator_begins(&op.operator_name().name);
    op.callBoxed(&stack);
    TORCH_CHECK(stack.size() <= static_cast<size_t>(capacity), op.schema(), " gives ", stack.size(), " results, room for ", capacity);
    for (c10::IValue& result : stack) {
      to_value(std::move(result), results[*produced]);
      ++*produced;
    }
  });
  if (status != MS_OK) {
    while (*produced > 0) discard(results[--*produced]);
  }
  return status;
}

void ms_free(void* memory) { std::free(memory); }
