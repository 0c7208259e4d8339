using System.Collections.Concurrent;
using System.Globalization;
using MocoSharp.Encoders;
using MocoSharp.Recipes;
using MocoSharp.Recipes.Yaml;
using MocoSharp.Torch;

namespace MocoSharp.Runs;

/// <summary>Which encoder of the registry a file's names and shapes are those of.</summary>
/// <param name="Name">The encoder's.</param>
/// <param name="Prefix">What stands before its names in the file.</param>
/// <param name="Options">The encoder that every shape fits; null where the names are its and the widths another network's.</param>
internal sealed record EncoderGuess(string Name, string Prefix, EncoderOptions? Options)
{
    private const double Narrow = 0.125;      // names do not depend on the width
    private const int Colors = 3, MostChannels = 256;
    private const string Counter = "num_batches_tracked";
    private static readonly ConcurrentDictionary<(string Name, double Width), NamedShape[]> s_shapes = new();

    /// <summary>Finds it.</summary>
    /// <param name="tensors">What the file holds.</param>
    /// <param name="bytes">Its length: no network is made that is larger than the file.</param>
    /// <returns>Null where it is none of the registry's.</returns>
    internal static EncoderGuess? Of(IReadOnlyList<NamedShape> tensors, long bytes)
    {
        Dictionary<string, IReadOnlyList<long>> shapes = tensors.DistinctBy(static item => item.Name)
            .ToDictionary(static item => item.Name, static item => item.Shape);
        if (TransformerGuess.Of(shapes, bytes) is { } transformer) return transformer;
        NamedShape[] file = [.. shapes.Select(static item => new NamedShape(item.Key, item.Value))];
        (string Name, int Parts, string Prefix)? best = null;
        foreach (string name in EncoderRegistry.Names.Where(static name => !TransformerGuess.IsOne(name)))
        {
            NamedShape[] network = s_shapes.GetOrAdd((name, Narrow), static key => Shapes(OptionsOf(key.Name, key.Width, Colors)));
            if (network.Length <= (best?.Parts ?? 0)) continue;
            KeyMatch match = KeyMatch.Of(file, network);
            if (match.Missing.Any(static part => !part.EndsWith(Counter, StringComparison.Ordinal))
                || !network.All(part => !shapes.TryGetValue(match.Prefix + part.Name, out IReadOnlyList<long>? there)
                || there.Skip(2).SequenceEqual(part.Shape.Skip(2)) && there.Count == part.Shape.Count)) continue;
            best = (name, network.Length, match.Prefix);
        }
        return best is { } found ? new EncoderGuess(found.Name, found.Prefix, Exact(found.Name, shapes, found.Prefix, bytes)) : null;
    }

    /// <summary>Whether a file has each tensor of an encoder, in its shape; counters of batches aside, which older files lack.</summary>
    internal static bool Fits(EncoderOptions options, Dictionary<string, IReadOnlyList<long>> shapes, string prefix) =>
        Shapes(options).All(part => shapes.TryGetValue(prefix + part.Name, out IReadOnlyList<long>? there)
            ? there.SequenceEqual(part.Shape) : part.Name.EndsWith(Counter, StringComparison.Ordinal));

    private static EncoderOptions? Exact(string name, Dictionary<string, IReadOnlyList<long>> shapes, string prefix, long bytes)
    {
        NamedShape[] whole = s_shapes.GetOrAdd((name, 1), static key => Shapes(OptionsOf(key.Name, key.Width, Colors)));
        NamedShape first = whole.First(static part => part.Shape.Count == 4);
        IReadOnlyList<long> there = shapes[prefix + first.Name];
        double width = (double)there[0] / first.Shape[0];
        // a network as wide as the first layer claims is made only where the file is long enough for it
        double numbers = whole.Sum(static part => part.Shape.Aggregate(1.0, static (product, size) => product * size));
        if (width <= 0 || there[1] is not (> 0 and <= MostChannels) || bytes < numbers * width * width / 2) return null;
        EncoderOptions options = OptionsOf(name, width, (int)there[1]);
        return Fits(options, shapes, prefix) ? options : null;
    }

    private static NamedShape[] Shapes(EncoderOptions options)
    {
        using TensorScope scope = TensorScope.Begin();
        using Encoder encoder = EncoderRegistry.Create(options);
        return [.. encoder.State().Select(static item => new NamedShape(item.Name, item.Value.Shape))];
    }

    private static EncoderOptions OptionsOf(string name, double width, int channels)
    {
        static YamlEntry Entry(string key, string value) => new(key, default, new YamlScalar(value, IsPlain: true, default));
        // encoders whose layers depend on the pictures' side have their smallest form
        YamlEntry[] side = EncoderRegistry.OptionsOf(name).IsAssignableTo(typeof(SizedEncoderOptions)) ? [Entry("side", "32")] : [];
        return RecipeFile.Binder.Bind<EncoderOptions>(new YamlMap([Entry("name", name),
            Entry("width", width.ToString("R", CultureInfo.InvariantCulture)),
            Entry("channels", channels.ToString(CultureInfo.InvariantCulture)), .. side], default), "encoder");
    }
}
