using MocoSharp.Torch.Layers;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Torch.Tests;

public sealed class DeviceTests : TensorTest
{
    [Fact]
    public void The_processor_is_always_there()
    {
        Assert.Equal(Device.Cpu, Device.Parse("cpu"));
        Assert.Equal(Device.Cpu, Tensor.Zeros([1]).Device);
        Assert.Equal("cpu", Device.Cpu.ToString());
        Assert.Equal("cuda:2", Device.Cuda(2).ToString());
    }

    [Theory, InlineData("gpu"), InlineData(""), InlineData("cuda:"), InlineData("cuda:-1"), InlineData("cuda:x"), InlineData("CPU")]
    public void Another_text_is_no_device(string text)
    {
        TorchException error = Assert.Throws<TorchException>(() => Device.Parse(text));
        Assert.Equal(TorchErrorIds.Device, error.Id);
        Assert.Equal($"'{text}' is no device", error.Message);
    }

    [Fact]
    public void A_card_that_is_not_there_is_told_with_what_is_and_what_to_install()
    {
        Assert.SkipUnless(Device.CudaDevices == 0, "this libtorch sees CUDA cards");
        TorchException error = Assert.Throws<TorchException>(() => Device.Parse("cuda"));
        Assert.Equal(TorchErrorIds.Device, error.Id);
        Assert.Equal($"device cuda is not there: this libtorch ({Runtime.Version}) has no CUDA, or sees no card", error.Message);
        Assert.Contains("a CUDA build of libtorch", error.Fix, StringComparison.Ordinal);
        Assert.Contains("set MOCOSHARP_LIBTORCH to its folder", error.Fix, StringComparison.Ordinal);
    }

    [Theory, InlineData("cpu", true), InlineData("cuda", true), InlineData("cuda:11", true), InlineData("cuda:", false),
        InlineData("cuda: 1", false), InlineData("xpu", false)]
    public void A_name_is_known_without_the_device(string text, bool known) => Assert.Equal(known, Device.IsName(text));

    [Fact]
    public void An_optimizer_follows_its_parameters_to_a_device_and_updates_there_as_here()
    {
        using Linear here = new(5, 3), there = new(5, 3);
        there.Load(here.State().ToDictionary(static item => item.Name, static item => item.Value));
        using Adam near = new(ParameterGroup.Of(here.Parameters(), weightDecay: 0.1, decayNormsAndBiases: true)),
            far = new(ParameterGroup.Of(there.Parameters(), weightDecay: 0.1, decayNormsAndBiases: true));
        for (int step = 0; step < 3; step++)
        {
            if (step == 1)
            {
                there.MoveTo(TestDevice.Here);
                far.MoveTo(TestDevice.Here);
            }
            Tensor x = Tensor.RandomNormal([4, 5]);
            here.Forward(x).Pow(2).Sum().Backward();
            there.Forward(x.To(there.Weight.Device)).Pow(2).Sum().Backward();
            near.Update(0.1);
            far.Update(0.1);
        }
        Assert.All(far.State, static item => Assert.Equal(item.Name == "updates" ? Device.Cpu : TestDevice.Here, item.Value.Device));
        foreach ((Tensor expected, Tensor actual) in here.Parameters().Zip(there.Parameters(), static (a, b) => (a.Value, b.Value)))
            Assert.All(expected.Detach().ToArray<float>().Zip(actual.Detach().ToArray<float>()),
                static pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-5f));
    }

    [Fact]
    public void A_function_that_fails_in_a_devices_backward_pass_is_told_with_its_cause()
    {
        Tensor x = Tensor.Ones([2], device: TestDevice.Here);
        x.RequiresGrad = true;
        Tensor y = AutogradFunction.Apply([x], () => [x * 2], static (_, _) => throw new InvalidOperationException("the cause"))[0];
        TorchException error = Assert.Throws<TorchException>(() => y.Sum().Backward());
        Assert.Equal("the cause", Assert.IsType<InvalidOperationException>(error.InnerException).Message);
    }

    [Fact]
    public void Cards_that_are_there_compute()
    {
        Assert.SkipWhen(Device.CudaDevices == 0, "this libtorch sees no CUDA card");
        Tensor x = Tensor.Ones([4], device: Device.Cuda());
        Assert.Equal(Device.Cuda(), x.Device);
        Assert.Equal([2f, 2, 2, 2], (x + x).ToArray<float>());
    }
}
