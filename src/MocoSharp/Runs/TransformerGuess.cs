using MocoSharp.Encoders;

namespace MocoSharp.Runs;

/// <summary>Which vision transformer a file's shapes are those of: all sizes have the same names.</summary>
internal static class TransformerGuess
{
    private const string Patches = "patch_embed.proj.weight";
    private const int HeadFeatures = VisionTransformer.HeadFeatures, Blocks = VisionTransformer.Blocks;
    private const int MostPixels = 256, MostTokens = 64, MostSide = 4096;
    private static readonly (string Name, int Heads)[] s_sizes = [("vit-base", 12), ("vit-small", 6), ("vit-tiny", 3)];

    /// <summary>Whether an encoder is one.</summary>
    internal static bool IsOne(string name) => EncoderRegistry.OptionsOf(name) == typeof(VisionTransformerOptions);

    /// <inheritdoc cref="EncoderGuess.Of"/>
    internal static EncoderGuess? Of(Dictionary<string, IReadOnlyList<long>> shapes, long bytes)
    {
        if (shapes.Keys.FirstOrDefault(static name => name.EndsWith(Patches, StringComparison.Ordinal)) is not { } first) return null;
        string prefix = first[..^Patches.Length];
        if (shapes[first] is not [var features, > 0 and <= MostPixels, > 0 and <= MostPixels, _] || features % HeadFeatures != 0
            || !shapes.ContainsKey($"{prefix}blocks.{Blocks - 1}.norm1.weight")
            || shapes.ContainsKey($"{prefix}blocks.{Blocks}.norm1.weight"))
            return null;
        long heads = features / HeadFeatures;
        (string name, int usual) = s_sizes.FirstOrDefault(size => size.Heads == heads, s_sizes[^1]);
        // twelve blocks of 12·D² numbers, of one byte or more: no larger one is made
        VisionTransformerOptions? options = heads > 0 && bytes >= 144.0 * features * features
            ? Options(name, (double)heads / usual, shapes, prefix, shapes[first]) : null;
        return new EncoderGuess(name, prefix, options is not null && EncoderGuess.Fits(options, shapes, prefix) ? options : null);
    }

    private static VisionTransformerOptions? Options(
        string name, double width, Dictionary<string, IReadOnlyList<long>> shapes, string prefix, IReadOnlyList<long> patch)
    {
        bool hasClass = shapes.ContainsKey(prefix + "cls_token");
        long registers = shapes.TryGetValue(prefix + "reg_token", out IReadOnlyList<long>? own) && own.Count == 3 ? own[1] : 0;
        VisionTransformerOptions options = new(name, width, (int)patch[1], PatchSize: (int)patch[2], ClassToken: hasClass,
            Registers: (int)Math.Clamp(registers, 0, MostTokens));
        if (!shapes.TryGetValue(prefix + "pos_embed", out IReadOnlyList<long>? table)) return options;
        if (table.Count != 3) return null;
        double grid = Math.Sqrt(table[1] - options.Registers - (hasClass ? 1 : 0));
        return grid >= 1 && double.IsInteger(grid) && grid * options.PatchSize <= MostSide
            ? options with { Positions = Positions.Learned, Side = (int)grid * options.PatchSize } : null;
    }
}
