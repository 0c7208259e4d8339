// Backward passes, gradients, and autograd nodes whose backward is written in C#.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <ATen/core/grad_mode.h>
#include "activity.h"
#include "guard.h"

using namespace mocosharp;

namespace {

struct ManagedNode : torch::autograd::Node {
  ManagedNode(ms_backward_callback backward, ms_release release, void* context, int32_t inputs)
      : backward_(backward), release_(release), context_(context), inputs_(inputs) {}
  ~ManagedNode() override { release_variables(); }

  std::string name() const override { return "ManagedBackward"; }

  // The engine calls this after a backward pass that does not keep its graph: what was saved for it can go at once.
  void release_variables() override {
    if (context_ == nullptr) return;
    release_(context_);
    context_ = nullptr;
  }

  torch::autograd::variable_list apply(torch::autograd::variable_list&& output_grads) override {
    TORCH_CHECK(context_ != nullptr, "a second backward pass through an autograd function whose saved tensors the first has freed");
    std::vector<void*> given, made(static_cast<size_t>(inputs_), nullptr);
    for (at::Tensor& grad : output_grads) given.push_back(release(std::move(grad)));
    int32_t status = backward_(context_, given.data(), static_cast<int32_t>(given.size()), made.data(), inputs_);
    torch::autograd::variable_list input_grads;
    for (void* grad : made) {
      input_grads.push_back(borrow(grad));
      ms_tensor_release(grad);
    }
    if (status != 0) {
      int64_t length;
      const char* text = ms_last_error(&length);
      TORCH_CHECK(false, std::string(text, static_cast<size_t>(length)));
    }
    return input_grads;
  }

 private:
  ms_backward_callback backward_;
  ms_release release_;
  void* context_;
  int32_t inputs_;
};

}  // namespace

ms_status ms_backward(void* loss, void* gradient) {
  return guarded([&] {
    prepare_thread();
    torch::autograd::variable_list roots{borrow(loss)}, grads;
    if (gradient != nullptr) grads.push_back(borrow(gradient));
    static const std::string name = "the backward pass";
    operator_begins(&name);
    torch::autograd::backward(roots, grads);
  });
}

ms_status ms_grad(void* tensor, void** gradient) {
  return guarded([&] { *gradient = release(borrow(tensor).grad()); });
}

ms_status ms_set_grad(void* tensor, void* gradient) {
  return guarded([&] { borrow(tensor).mutable_grad() = borrow(gradient); });
}

ms_status ms_set_requires_grad(void* tensor, int32_t value) {
  return guarded([&] { borrow(tensor).set_requires_grad(value != 0); });
}

int32_t ms_set_grad_mode(int32_t enabled) {
  bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(enabled != 0);
  return before;
}

// The outputs were computed without a graph; this makes them the results of one node over the inputs.
ms_status ms_attach_node(void* const* inputs, int32_t input_count, void** outputs, int32_t output_count,
                         ms_backward_callback backward, ms_release release_context, void* context) {
  return guarded([&] {
    auto node = std::shared_ptr<ManagedNode>(
        new ManagedNode(backward, release_context, context, input_count), torch::autograd::deleteNode);
    bool any = false;
    torch::autograd::edge_list edges;
    for (int32_t i = 0; i < input_count; i++) {
      at::Tensor input = borrow(inputs[i]);
      any |= input.requires_grad();
      edges.push_back(input.requires_grad() ? torch::autograd::impl::gradient_edge(input) : torch::autograd::Edge());
    }
    if (!any || !at::GradMode::is_enabled()) return;  // the outputs are constants; the node goes, and releases its context
    node->set_next_edges(std::move(edges));
    for (int32_t i = 0; i < output_count; i++) {
      at::Tensor output = borrow(outputs[i]);
      if (torch::autograd::isDifferentiableType(output.scalar_type())) torch::autograd::set_history(output, node);
      else node->add_input_metadata(torch::autograd::Node::undefined_input());
    }
  });
}
