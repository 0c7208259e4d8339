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
    public void A_card_that_is_not_there_is_told_with_the_count()
    {
        string missing = $"cuda:{Device.CudaDevices}";
        TorchException error = Assert.Throws<TorchException>(() => Device.Parse(missing));
        Assert.Equal($"device {missing} is not there: this libtorch sees {Device.CudaDevices} CUDA cards", error.Message);
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
