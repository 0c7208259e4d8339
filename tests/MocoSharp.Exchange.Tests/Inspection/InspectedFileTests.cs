using System.IO.Compression;
using MocoSharp.Encoders;
using MocoSharp.Exchange.Inspection;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Exchange.Tests.Inspection;

public sealed class InspectedFileTests : Exports
{
    [Theory]
    [InlineData(ExportFormat.Safetensors, "a.safetensors"), InlineData(ExportFormat.Npz, "a.npz")]
    [InlineData(ExportFormat.Torchvision, "a.pth")]
    public void Each_format_tells_the_same_of_the_same_weights(ExportFormat format, string file)
    {
        using Encoder encoder = SmallEncoders.Of("resnet18-small");
        EncoderExport.Write(Written(encoder), At(file), new ExportOptions(format));
        InspectedFile found = InspectedFile.Of(At(file));
        Assert.Equal(encoder.State().Select(static item => item.Name), found.Tensors.Select(static tensor => tensor.Name));
        foreach ((Tensor value, InspectedTensor tensor) in encoder.State().Select(static item => item.Value).Zip(found.Tensors))
        {
            Assert.Equal(value.Shape, tensor.Shape);
            Assert.Equal(TensorFiles.Statistics(value.Detach()), tensor.Statistics);
        }
        Assert.Equal(encoder.State().Sum(static item => item.Value.ElementCount), found.Numbers);
        Assert.Equal("resnet18-small, width 0.125, 3 channels", found.Architecture);
    }

    [Fact]
    public void A_name_does_not_say_what_a_file_is()
    {
        using Encoder encoder = SmallEncoders.Of("resnet18-small");
        EncoderExport.Write(Written(encoder), At("a.pth"), new ExportOptions(ExportFormat.Torchvision));
        File.Move(At("a.pth"), At("b.npy"));
        Assert.Equal("pytorch", InspectedFile.Of(At("b.npy")).Format);
    }

    [Theory, MemberData(nameof(Names))]
    public void Each_encoder_of_the_registry_looks_like_itself(string name)
    {
        using Encoder encoder = SmallEncoders.Of(name);
        InspectedTensor[] tensors = [.. encoder.State().Select(static item => new InspectedTensor("net." + item.Name,
            item.Value.DType.ShortName(), item.Value.Shape, null))];
        string guess = ArchitectureGuess.Of(tensors, long.MaxValue) ?? "nothing";
        Assert.StartsWith(name, guess, StringComparison.Ordinal);
        Assert.EndsWith("under net.", guess, StringComparison.Ordinal);
    }

    // a plainconv encoder has names and shapes of another but for biases
    public static TheoryData<string> Names => [.. EncoderRegistry.Names.Where(static name =>
        EncoderRegistry.OptionsOf(name) != typeof(VisionTransformerOptions) && !name.StartsWith("plainconv", StringComparison.Ordinal))];

    [Fact]
    public void An_onnx_model_tells_its_weights_what_goes_in_and_out_and_its_metadata()
    {
        using Encoder encoder = SmallEncoders.Of("resnet18-small");
        EncoderExport.Write(Written(encoder), At("a.onnx"), new ExportOptions(ExportFormat.Onnx));
        InspectedFile found = InspectedFile.Of(At("a.onnx"));
        Assert.Equal("onnx", found.Format);
        Assert.Equal("[batch, 3, 32, 32] F32", found.Texts["input pictures"]);
        Assert.Equal($"[batch, {encoder.Features}] F32", found.Texts["output features"]);
        Assert.Equal("ai.onnx 17", found.Texts["operators"]);
        Assert.Contains(found.Tensors, static tensor => tensor.Name == "conv1.weight" && tensor.Shape.SequenceEqual([8L, 3, 3, 3]));
        Assert.Equal("rgb", found.Texts["color"]);
    }

    [Fact]
    public void Statistics_leave_out_what_is_no_number_and_count_it()
    {
        Safetensors.Write(At("a.safetensors"), [
            ("some", Tensor.From([1f, 2, 3, float.NaN, float.PositiveInfinity, 0])),
            ("none", Tensor.From([float.NaN])),
            ("empty", Tensor.Empty([0, 3])),
            ("whole", Tensor.From([long.MinValue, 7])),
            ("far", Tensor.From([1e8, 1e8 + 1, 1e8 + 2])),
        ]);
        InspectedFile found = InspectedFile.Of(At("a.safetensors"));
        Assert.Equal(new TensorStatistics(0, 3, 1.5, Math.Sqrt(1.25), 1, 1, 1), found.Tensors[0].Statistics);
        Assert.Equal(new TensorStatistics(null, null, null, null, 1, 0, 0), found.Tensors[1].Statistics);
        Assert.Equal(new TensorStatistics(null, null, null, null, 0, 0, 0), found.Tensors[2].Statistics);
        Assert.Equal(long.MinValue, found.Tensors[3].Statistics!.Least);
        Assert.Equal(Math.Sqrt(2 / 3.0), found.Tensors[4].Statistics!.Deviation!.Value, 1e-9);
        Assert.Equal(2, found.NotANumber);
        Assert.Null(found.Architecture);
    }

    [Fact]
    public void Compressed_archives_of_numpy_are_read()
    {
        using Encoder encoder = SmallEncoders.Of("keras-cnn");
        EncoderExport.Write(Written(encoder), At("a.npz"), new ExportOptions(ExportFormat.Npz));
        using (ZipArchive plain = ZipFile.OpenRead(At("a.npz")))
        using (ZipArchive packed = ZipFile.Open(At("b.npz"), ZipArchiveMode.Create))
            foreach (ZipArchiveEntry entry in plain.Entries)
            {
                using Stream from = entry.Open(), to = packed.CreateEntry(entry.FullName, CompressionLevel.Optimal).Open();
                from.CopyTo(to);
            }
        Assert.True(new FileInfo(At("b.npz")).Length < new FileInfo(At("a.npz")).Length);
        InspectedFile first = InspectedFile.Of(At("a.npz")), second = InspectedFile.Of(At("b.npz"));
        Assert.Equal(first.Tensors.Select(static tensor => tensor.Statistics), second.Tensors.Select(static tensor => tensor.Statistics));
    }
}
