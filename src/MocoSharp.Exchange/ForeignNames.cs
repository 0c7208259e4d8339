using MocoSharp.Encoders;

namespace MocoSharp.Exchange;

/// <summary>Which encoders other libraries have, and what they call the parts.</summary>
internal static class ForeignNames
{
    private const string ResNet = "resnet", Small = "-small";
    private const int TimmPatch = 16, TimmSide = 224;

    /// <summary>detectron2's name of a part: the mapping of MoCo's own converter (facebookresearch/moco,
    /// detection/convert-pretrain-to-detectron2.py).</summary>
    internal static string Detectron2(string name)
    {
        string there = name.Contains("layer", StringComparison.Ordinal) ? name : $"stem.{name}";
        for (int stage = 4; stage > 0; stage--) there = there.Replace($"layer{stage}", $"res{stage + 1}", StringComparison.Ordinal);
        for (int conv = 1; conv < 4; conv++) there = there.Replace($"bn{conv}", $"conv{conv}.norm", StringComparison.Ordinal);
        return there.Replace("downsample.0", "shortcut", StringComparison.Ordinal)
            .Replace("downsample.1", "shortcut.norm", StringComparison.Ordinal);
    }

    /// <summary>How timm builds the network: its weights then load whole.</summary>
    /// <param name="options">A vision transformer's.</param>
    /// <param name="side">The pictures' side in pixels.</param>
    internal static string TimmTransformer(VisionTransformerOptions options, int side)
    {
        string size = options.Name[(options.Name.IndexOf('-') + 1)..];
        List<string> changes = ["num_classes=0"];
        if (options.PatchSize != TimmPatch) changes.Add($"patch_size={options.PatchSize}");
        if (side != TimmSide) changes.Add($"img_size={side}");
        if (options.Channels != 3) changes.Add($"in_chans={options.Channels}");
        if (options.Width != 1)
        {
            using Torch.TensorScope scope = Torch.TensorScope.Begin();
            using VisionTransformer encoder = (VisionTransformer)EncoderRegistry.Create(options);
            changes.Add($"embed_dim={encoder.Dimension}, num_heads={encoder.Dimension / VisionTransformer.HeadFeatures}");
        }
        if (options.Registers > 0) changes.Add($"reg_tokens={options.Registers}");
        if (!options.ClassToken) changes.Add("class_token=False, global_pool='avg'");
        return $"build it by timm.create_model('vit_{size}_patch{TimmPatch}_{TimmSide}', {string.Join(", ", changes)})";
    }

    /// <summary>What timm has in place of sines and cosines: a table of them for pictures of one size.</summary>
    /// <param name="encoder">One whose positions are fixed.</param>
    /// <param name="height">Of the pictures, in pixels.</param>
    /// <param name="width">Of the pictures, in pixels.</param>
    /// <returns>[1, prefix + rows · columns, D]; zeros for the prefix.</returns>
    internal static Torch.Tensor TimmPositions(VisionTransformer encoder, int height, int width) => Torch.Tensor.Cat(
    [
        Torch.Tensor.Zeros([1, encoder.Prefix, encoder.Dimension]),
        SinePositions.Of(height / encoder.PatchSize, width / encoder.PatchSize, encoder.Dimension),
    ], 1);

    /// <summary>What must be changed in the library's network before it takes the weights; empty where nothing.</summary>
    /// <exception cref="MocoException">MS5190: the library has no such network.</exception>
    internal static IEnumerable<string> Notes(ExportFormat format, EncoderOptions options)
    {
        bool isResNet = options.Name.StartsWith(ResNet, StringComparison.Ordinal) && options.Patches is null;
        if (!isResNet && (format, options) is not (ExportFormat.Timm, { Name: "efficientnet-b0", Patches: null }))
            throw new MocoException(ErrorIds.ExportRefused,
                $"{EncoderExport.NameOf(format)} has no network like {options.Name}{(options.Patches is null ? "" : " over patches")}",
                fix: "export it under its own names (--to safetensors, --to npz), or as ONNX (--to onnx)");
        string network = isResNet ? options.Name.Replace(Small, "", StringComparison.Ordinal) : "tf_efficientnet_b0";
        if (options.Name.EndsWith(Small, StringComparison.Ordinal))
            yield return $"its first convolution is 3×3 of stride 1 and no max-pool follows: change both in {network} before you load";
        if (options.Width != 1) yield return $"its channels are {options.Width:R} times those of {network}: build it with as many";
        if (options.Channels != 3)
            yield return $"it takes {options.Channels} {(options.Channels == 1 ? "channel" : "channels")}, and {network} takes 3: "
                + $"change its first convolution";
        if (options.Pooling != Pooling.Average) yield return "its features are not the mean over the last map: pool as the encoder does";
        if (format != ExportFormat.Detectron2)
            yield return "it has no classifier: load with strict=False, or set the last layer to Identity first";
    }
}
