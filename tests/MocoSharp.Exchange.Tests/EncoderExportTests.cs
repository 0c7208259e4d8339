using MocoSharp.Encoders;
using MocoSharp.Exchange.Inspection;
using MocoSharp.Runs;
using MocoSharp.Torch.Serialization.PyTorch;

namespace MocoSharp.Exchange.Tests;

/// <summary>Exports read back; <c>tools/check_export.py</c> lets the libraries themselves read them.</summary>
public sealed class EncoderExportTests : Exports
{
    [Theory, InlineData(false), InlineData(true)]
    public void A_pth_holds_the_state_dict_bit_by_bit_or_in_half_precision(bool half)
    {
        using Encoder encoder = SmallEncoders.Of("resnet18-small");
        ExportResult result = EncoderExport.Write(Written(encoder), At("a.pth"), new ExportOptions(ExportFormat.Torchvision, half));
        Assert.Equal(("torchvision", "resnet18-small", encoder.Features), (result.Format, result.Encoder, result.Features));
        using TorchFile file = TorchFile.Open(At("a.pth"));
        Assert.Equal(encoder.State().Select(static item => item.Name), file.Names);
        foreach ((string name, Tensor value) in encoder.State())
        {
            Assert.Equal(half && value.DType == DType.Float32 ? DType.Float16 : value.DType, file.TypeOf(name));
            Assert.True(file[name].SameAs(value.Detach().To(file.TypeOf(name))), name);
        }
    }

    [Fact]
    public void Safetensors_in_half_precision_is_an_encoders_file_again()
    {
        using Encoder encoder = SmallEncoders.Of("xresnet18");
        EncoderExport.Write(Written(encoder), At("half.safetensors"), new ExportOptions(ExportFormat.Safetensors, Half: true));
        using Encoder read = EncoderFile.Read(At("half.safetensors"));
        Assert.Equal(encoder.Options, read.Options);
        foreach ((Tensor one, Tensor other) in encoder.Parameters().Select(static item => item.Value)
            .Zip(read.Parameters().Select(static item => item.Value)))
            Assert.True(one.Detach().To(DType.Float16).To(DType.Float32).SameAs(other.Detach()));
        Assert.Equal(EncoderFile.Input(At("encoder.safetensors")).View.Steps, EncoderFile.Input(At("half.safetensors")).View.Steps);
    }

    [Fact]
    public void An_npz_holds_each_tensor_under_its_name()
    {
        using Encoder encoder = SmallEncoders.Of("dim-cnn");
        EncoderExport.Write(Written(encoder), At("a.npz"), new ExportOptions(ExportFormat.Npz));
        InspectedFile file = InspectedFile.Of(At("a.npz"));
        Assert.Equal(encoder.State().Select(static item => (item.Name, string.Join(",", item.Value.Shape), item.Value.DType.ShortName())),
            file.Tensors.Select(static tensor => (tensor.Name, string.Join(",", tensor.Shape), tensor.Type)));
        foreach ((Tensor value, InspectedTensor tensor) in encoder.State().Select(static item => item.Value).Zip(file.Tensors))
            Assert.Equal(TensorFiles.Statistics(value.Detach()), tensor.Statistics);
    }

    // timm's VisionTransformer, vit_tiny_patch16_224 with num_classes=0, pictures of 32 pixels and patches of 8
    [Theory, InlineData(Positions.Fixed, 0), InlineData(Positions.Learned, 2)]
    public void Timm_gets_its_vision_transformer_under_its_own_names_and_shapes(Positions positions, int registers)
    {
        using Encoder encoder = SmallEncoders.Of("vit-tiny", options => (VisionTransformerOptions)options with
        {
            Width = 1,
            Positions = positions,
            Registers = registers,
        });
        ExportResult result = EncoderExport.Write(Written(encoder), At("a.pth"), new ExportOptions(ExportFormat.Timm));
        string changes = registers > 0 ? ", reg_tokens=2" : "";
        Assert.Equal([$"build it by timm.create_model('vit_tiny_patch16_224', num_classes=0, patch_size=8, img_size=32{changes})"],
            result.Notes);
        Dictionary<string, string> expected = new()
        {
            ["cls_token"] = "1,1,192",
            ["pos_embed"] = registers > 0 ? "1,19,192" : "1,17,192",
            ["patch_embed.proj.weight"] = "192,3,8,8",
            ["patch_embed.proj.bias"] = "192",
            ["norm.weight"] = "192",
            ["norm.bias"] = "192",
        };
        if (registers > 0) expected["reg_token"] = "1,2,192";
        for (int block = 0; block < 12; block++)
            foreach ((string part, string shape) in new[]
            {
                ("norm1", "192"), ("attn.qkv", "576,192"), ("attn.proj", "192,192"), ("norm2", "192"), ("mlp.fc1", "768,192"),
                ("mlp.fc2", "192,768"),
            })
            {
                expected[$"blocks.{block}.{part}.weight"] = shape;
                expected[$"blocks.{block}.{part}.bias"] = shape.Split(',')[0];
            }
        using TorchFile file = TorchFile.Open(At("a.pth"));
        Assert.Equal(expected.OrderBy(static item => item.Key, StringComparer.Ordinal),
            file.Names.ToDictionary(static name => name, name => string.Join(",", file.ShapeOf(name)))
                .OrderBy(static item => item.Key, StringComparer.Ordinal));
    }

    [Theory, InlineData(Positions.Fixed, true), InlineData(Positions.Learned, false)]
    public void A_vision_transformer_comes_back_from_timm_names_with_the_same_features(Positions positions, bool hasClass)
    {
        using Encoder encoder = SmallEncoders.Of("vit-small", options => (VisionTransformerOptions)options with
        {
            Positions = positions,
            ClassToken = hasClass,
        });
        EncoderExport.Write(Written(encoder), At("a.pth"), new ExportOptions(ExportFormat.Timm));
        EncoderGuess guess = EncoderGuess.Of(ForeignEncoder.ShapesOf(At("a.pth")), new FileInfo(At("a.pth")).Length)!;
        VisionTransformerOptions options = Assert.IsType<VisionTransformerOptions>(guess.Options);
        Assert.Equal((32, 8, 2, hasClass, Positions.Learned),
            (options.Side, options.PatchSize, options.Registers, options.ClassToken, options.Positions));
        using Encoder back = EncoderRegistry.Create(options);
        ForeignEncoder.Load(At("a.pth"), back);
        back.Train(false);
        using GradMode off = GradMode.Off();
        Tensor pictures = SmallEncoders.Pictures(3);
        Assert.True(encoder.Forward(pictures).SameAs(back.Forward(pictures)));
    }

    // names as MoCo's own converter makes them of a ResNet-50's
    [Theory]
    [InlineData("conv1.weight", "stem.conv1.weight"), InlineData("bn1.running_mean", "stem.conv1.norm.running_mean")]
    [InlineData("layer1.0.conv1.weight", "res2.0.conv1.weight"), InlineData("layer4.2.bn3.bias", "res5.2.conv3.norm.bias")]
    [InlineData("layer2.0.downsample.0.weight", "res3.0.shortcut.weight")]
    [InlineData("layer3.0.downsample.1.num_batches_tracked", "res4.0.shortcut.norm.num_batches_tracked")]
    public void Detectron2_gets_its_own_names(string ours, string theirs) => Assert.Equal(theirs, ForeignNames.Detectron2(ours));

    [Fact]
    public void What_a_reader_must_change_before_it_loads_is_told()
    {
        using Encoder encoder = SmallEncoders.Of("resnet18-small", static options => options with { Channels = 1, Pooling = Pooling.Max });
        ExportResult result = EncoderExport.Write(Written(encoder), At("a.pkl"), new ExportOptions(ExportFormat.Detectron2));
        foreach (string word in new[] { "3×3", "0.125", "1 channel,", "mean over the last map" })
            Assert.Contains(result.Notes, note => note.Contains(word, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("xresnet18", ExportFormat.Torchvision, "a.pth", false, "no network like xresnet18")]
    [InlineData("efficientnet-b0", ExportFormat.Detectron2, "a.pkl", false, "no network like efficientnet-b0")]
    [InlineData("resnet18", ExportFormat.Onnx, "a.pth", false, "written as .onnx")]
    [InlineData("resnet18", ExportFormat.Npz, "a.npz", true, "takes pictures as bytes")]
    public void What_does_not_go_together_is_refused_and_nothing_is_written(
        string name, ExportFormat format, string file, bool pixels, string why)
    {
        using Encoder encoder = SmallEncoders.Of(name);
        MocoException error = Assert.Throws<MocoException>(() =>
            EncoderExport.Write(Written(encoder), At(file), new ExportOptions(format, Pixels: pixels)));
        Assert.Equal(ErrorIds.ExportRefused, error.Id);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Fix);
        Assert.False(File.Exists(At(file)));
    }

    [Fact]
    public void A_number_beyond_float16_is_refused_by_its_tensors_name()
    {
        using Encoder encoder = SmallEncoders.Of("resnet18-small");
        using (GradMode.Off()) encoder.Parameters().First().Value.FillInPlace(1e6);
        foreach ((ExportFormat format, string file) in new[] { (ExportFormat.Onnx, "a.onnx"), (ExportFormat.Torchvision, "a.pth") })
        {
            MocoException error = Assert.Throws<MocoException>(() =>
                EncoderExport.Write(Written(encoder), At(file), new ExportOptions(format, Half: true)));
            Assert.Contains("conv1.weight", error.Message, StringComparison.Ordinal);
            Assert.False(File.Exists(At(file)));
        }
    }
}
