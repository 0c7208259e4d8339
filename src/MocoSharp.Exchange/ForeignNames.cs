using MocoSharp.Encoders;

namespace MocoSharp.Exchange;

/// <summary>Which encoders other libraries have, and what they call the parts.</summary>
internal static class ForeignNames
{
    private const string ResNet = "resnet", Small = "-small";

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
