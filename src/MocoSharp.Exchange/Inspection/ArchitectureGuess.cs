using System.Collections.Concurrent;
using System.Globalization;
using MocoSharp.Encoders;
using MocoSharp.Recipes;
using MocoSharp.Recipes.Yaml;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Exchange.Inspection;

/// <summary>Which encoder of the registry a file's names and shapes are those of.</summary>
internal static class ArchitectureGuess
{
    private const double Narrow = 0.125;      // names do not depend on the width
    private const int Colors = 3, MostChannels = 256;
    private static readonly ConcurrentDictionary<(string Name, double Width), NamedShape[]> s_shapes = new();

    /// <summary>In words: the encoder, its width and channels, and what stands before its names; null where it is none.</summary>
    /// <param name="tensors">What the file holds.</param>
    /// <param name="bytes">Its length.</param>
    internal static string? Of(IReadOnlyList<InspectedTensor> tensors, long bytes)
    {
        NamedShape[] file = [.. tensors.Select(static tensor => new NamedShape(tensor.Name, tensor.Shape))];
        Dictionary<string, IReadOnlyList<long>> shapes = file.DistinctBy(static item => item.Name)
            .ToDictionary(static item => item.Name, static item => item.Shape);
        (string Name, int Parts, string Prefix)? best = null;
        foreach (string name in EncoderRegistry.Names.Where(CanBeTold))
        {
            NamedShape[] network = s_shapes.GetOrAdd((name, Narrow), static key => Shapes(key.Name, key.Width, Colors));
            if (network.Length <= (best?.Parts ?? 0)) continue;
            KeyMatch match = KeyMatch.Of([.. shapes.Select(static item => new NamedShape(item.Key, item.Value))], network);
            if (match.Missing.Any(static part => !part.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                || !network.All(part => !shapes.TryGetValue(match.Prefix + part.Name, out IReadOnlyList<long>? there)
                || there.Skip(2).SequenceEqual(part.Shape.Skip(2)) && there.Count == part.Shape.Count)) continue;
            best = (name, network.Length, match.Prefix);
        }
        return best is { } found ? Words(found.Name, shapes, found.Prefix, bytes) : null;
    }

    /// <summary>Vision transformers of all sizes have the same names, and patches of any side.</summary>
    internal static bool CanBeTold(string name) => EncoderRegistry.OptionsOf(name) != typeof(VisionTransformerOptions);

    private static string Words(string name, Dictionary<string, IReadOnlyList<long>> shapes, string prefix, long bytes)
    {
        NamedShape[] whole = s_shapes.GetOrAdd((name, 1), static key => Shapes(key.Name, key.Width, Colors));
        NamedShape first = whole.First(static part => part.Shape.Count == 4);
        IReadOnlyList<long> there = shapes[prefix + first.Name];
        double width = (double)there[0] / first.Shape[0];
        // a network as wide as the first layer claims is made only where the file is long enough for it
        double numbers = whole.Sum(static part => part.Shape.Aggregate(1.0, static (product, size) => product * size));
        bool isExact = width > 0 && there[1] is > 0 and <= MostChannels && bytes >= numbers * width * width / 2
            && Shapes(name, width, (int)there[1]).All(part =>
                !shapes.TryGetValue(prefix + part.Name, out IReadOnlyList<long>? same) || same.SequenceEqual(part.Shape));
        string words = string.Create(CultureInfo.InvariantCulture,
            $"{name}{(isExact ? $", width {width:0.###}, {there[1]} channels" : ", of other widths")}");
        return prefix.Length == 0 ? words : $"{words}, under {prefix}";
    }

    private static NamedShape[] Shapes(string name, double width, int channels)
    {
        using TensorScope scope = TensorScope.Begin();
        YamlEntry Entry(string key, string value) => new(key, default, new YamlScalar(value, IsPlain: true, default));
        EncoderOptions options = RecipeFile.Binder.Bind<EncoderOptions>(new YamlMap([Entry("name", name),
            Entry("width", width.ToString("R", CultureInfo.InvariantCulture)),
            Entry("channels", channels.ToString(CultureInfo.InvariantCulture)), .. Side(name)], default), "encoder");
        using Encoder encoder = EncoderRegistry.Create(options);
        return [.. encoder.State().Select(static item => new NamedShape(item.Name, item.Value.Shape))];

        // encoders whose layers depend on the pictures' side have their smallest form
        IEnumerable<YamlEntry> Side(string encoder) => EncoderRegistry.OptionsOf(encoder).IsAssignableTo(typeof(SizedEncoderOptions))
            ? [Entry("side", "32")] : [];
    }
}
