namespace MocoSharp.Torch.Tests;

public sealed class UploadTests : TensorTest
{
    [Theory, InlineData(DType.Float32), InlineData(DType.BFloat16)]
    public void What_arrives_is_what_was_sent_though_the_source_has_changed_since(DType type)
    {
        Tensor pictures = Tensor.RandomNormal([2, 3, 4, 5]).Contiguous(MemoryFormat.ChannelsLast),
            sent = pictures.Clone().To(type).To(DType.Float32);
        using Upload upload = Upload.Begin(pictures, type, TestDevice.Here);
        pictures.ZeroInPlace();
        Tensor there = upload.Finish();
        Assert.Equal(TestDevice.Here, there.Device);
        Assert.Equal(type, there.DType);
        Assert.Equal(pictures.Strides, there.Strides);
        Assert.Equal(sent.ToArray<float>(), there.To(DType.Float32).ToArray<float>());
    }

    [Fact]
    public void The_copy_waits_for_its_memory_and_the_device_for_the_copy()
    {
        long before = TestDevice.Waits;
        using Upload upload = Upload.Begin(Tensor.Ones([4]), DType.Float32, TestDevice.Here);
        Assert.Equal(1, TestDevice.Waits - before);
        _ = upload.Finish();
        Assert.Equal(2, TestDevice.Waits - before);
        Assert.Throws<ObjectDisposedException>(upload.Finish);
    }

    [Fact]
    public void One_that_nobody_waits_for_is_freed()        // the base class counts what is left
    {
        Upload.Begin(Tensor.Ones([4]), DType.Float32, TestDevice.Here).Dispose();
        Assert.Equal(1, Tensor.Ones([1]).ElementCount);
    }

    [Fact]
    public void Nothing_is_uploaded_to_the_processor() =>
        Assert.Throws<ArgumentException>(() => Upload.Begin(Tensor.Ones([1]), DType.Float32, Device.Cpu));
}
