using System.Reflection;

namespace MocoSharp.Encoders;

/// <summary>Marks a static factory <c>Encoder Name(EncoderOptions)</c> as an encoder that recipes can name.</summary>
/// <param name="name">Its name in recipes.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EncoderAttribute(string name) : Attribute
{
    /// <summary>Its name in recipes.</summary>
    public string Name { get; } = name;
}

/// <summary>All encoders by name. A new one is a factory with an <see cref="EncoderAttribute"/>, and nothing else.</summary>
public static class EncoderRegistry
{
    private static readonly SortedDictionary<string, Func<EncoderOptions, Encoder>> s_factories = Find();

    /// <summary>The names, sorted.</summary>
    public static IReadOnlyCollection<string> Names => s_factories.Keys;

    /// <summary>Builds an encoder with fresh weights from libtorch's generator.</summary>
    /// <exception cref="MocoException">No encoder has this name.</exception>
    public static Encoder Create(EncoderOptions options)
    {
        _ = options.InBounds();
        bool isPair = options.Name.StartsWith(PairEncoder.Prefix, StringComparison.Ordinal);
        string name = isPair ? options.Name[PairEncoder.Prefix.Length..] : options.Name;
        if (!s_factories.TryGetValue(name, out Func<EncoderOptions, Encoder>? factory))
            throw new MocoException(ErrorIds.UnknownEncoder, $"no encoder is called '{options.Name}'",
                fix: $"choose one of {string.Join(", ", Names)}; {PairEncoder.Prefix}NAME puts two of them side by side, for lightness and color");
        Func<EncoderOptions, Encoder> whole = isPair ? inner => new PairEncoder(inner, factory) : factory;
        return options.Patches is { } patches ? new PatchEncoder(options, patches, whole) : whole(options);
    }

    private static SortedDictionary<string, Func<EncoderOptions, Encoder>> Find() => new(
        (from type in typeof(EncoderRegistry).Assembly.GetTypes()
         from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
         let attribute = method.GetCustomAttribute<EncoderAttribute>()
         where attribute is not null
         select (attribute.Name, Factory: method.CreateDelegate<Func<EncoderOptions, Encoder>>()))
        .ToDictionary(static found => found.Name, static found => found.Factory), StringComparer.Ordinal);
}
